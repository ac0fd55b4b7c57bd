/** The screen of photos that look alike: page by page, each set once, and nothing after it was closed. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { CallOutput, SimilarPhoto } from '../../electron/engine/contract.ts';
import { Similar } from '../../renderer/state/similar.svelte.ts';
import { engineClient } from '../fixtures/engineClient.ts';

type Answer = CallOutput<'similarPhotos'>;
interface Request {
  offset?: number;
  limit: number;
  answer: (answer: Answer) => void;
  fail: (error: Error) => void;
}

let requests: Request[];
let similar: Similar;

beforeEach(() => {
  requests = [];
  similar = new Similar(
    engineClient({
      similarPhotos: (input) =>
        new Promise((answer, fail) => {
          requests.push({ ...input, answer, fail });
        }),
    }),
  );
});

/** Sets `first` … `last` of so many; each has its number for the id of its first photo. */
const sets = (first: number, last: number, total: number): Answer => ({
  total,
  waiting: 0,
  sets: Array.from({ length: last - first + 1 }, (_, at) => ({
    similarity: 0.99,
    photos: [first + at, 1000 + first + at].map((id) => ({ id }) as SimilarPhoto),
  })),
});
const shown = () => similar.sets.map(({ photos }) => photos[0]!.id);
const numbers = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

async function open(answer: Answer): Promise<void> {
  const opened = similar.open();
  await expect.poll(() => requests.length).toBe(1);
  requests[0]!.answer(answer);
  await opened;
}

describe('similar photos', () => {
  it('ask once for the next sets, however often they are asked for', async () => {
    await open(sets(1, 40, 100));
    const more = [similar.more(), similar.more()];
    expect(requests.slice(1)).toMatchObject([{ offset: 40, limit: 40 }]);
    requests[1]!.answer(sets(41, 80, 100));
    await Promise.all(more);
    expect(shown()).toEqual(numbers(1, 80));
    void similar.more();
    expect(requests[2]).toMatchObject({ offset: 80 });
  });

  it('show a set once that others have pushed into the next page', async () => {
    await open(sets(1, 40, 50));
    const more = similar.more();
    requests[1]!.answer(sets(38, 52, 52));
    await more;
    expect(shown()).toEqual(numbers(1, 52));
    expect(similar.total).toBe(52);
  });

  it('can be asked for again when they could not be loaded', async () => {
    await open(sets(1, 40, 50));
    const more = similar.more();
    requests[1]!.fail(new Error('the disk is gone'));
    await expect(more).rejects.toThrow('the disk is gone');
    void similar.more();
    expect(requests).toHaveLength(3);
  });

  it('stay away from a screen that was closed', async () => {
    await open(sets(1, 40, 50));
    const more = similar.more();
    const refreshed = similar.refresh();
    similar.close();
    requests[1]!.answer(sets(41, 50, 50));
    requests[2]!.answer(sets(1, 40, 50));
    await Promise.all([more, refreshed]);
    expect(shown()).toEqual([]);
    expect([similar.total, similar.busy]).toEqual([0, false]);
  });
});
