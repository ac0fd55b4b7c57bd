/** Words suggested for photos that have none: which are loaded, and what is shown while and after an edit. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { CallOutput, PendingWrite, SuggestedPhoto } from '../../electron/engine/contract.ts';
import { Tags } from '../../renderer/state/tags.svelte.ts';
import { engineClient } from '../fixtures/engineClient.ts';

interface Request {
  threshold: number;
  offset?: number;
  limit: number;
}

/** Photos without words, by id, the latest first. */
let without: number[];
let asked: Request[];
let errors: string[];
/** What is broken. */
let broken: Set<string>;
/** Ends the next answer with suggestions, if it is held back. */
let release: (() => void) | null;
let holds: boolean;
let tags: Tags;

const suggestion = (word: string, probability: number) => ({ word, probability, photos: 3, examples: [] });
/** The path says by which threshold a photo was suggested for. */
const suggestedPhoto = (id: number, threshold: number): SuggestedPhoto => ({
  id,
  width: 3,
  height: 2,
  captioned: false,
  revision: '',
  offline: false,
  group: null,
  path: `${id} from ${threshold}.jpg`,
  folder: '/photos',
  suggestions: [suggestion('dog', 0.9), suggestion('beach', 0.85), suggestion('snow', 0.81)],
});

async function suggestTags({ threshold, offset = 0, limit }: Request): Promise<CallOutput<'suggestTags'>> {
  asked.push({ threshold, offset, limit });
  const answer = {
    total: without.length,
    photos: without.slice(offset, offset + limit).map((id) => suggestedPhoto(id, threshold)),
    milliseconds: 1,
  };
  if (holds) {
    holds = false;
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  }
  if (broken.has('suggestTags')) throw new Error('no suggestions');
  return answer;
}

const edit = async (): Promise<null> => {
  if (broken.has('edits')) throw new Error('the disk is full');
  return null;
};

beforeEach(() => {
  without = Array.from({ length: 100 }, (_, at) => at + 1);
  asked = [];
  errors = [];
  broken = new Set();
  holds = false;
  release = null;
  tags = new Tags(
    engineClient({
      suggestTags,
      editWords: edit,
      rejectTag: edit,
      undoEdit: edit,
      edits: () => [],
      pendingWrites: () => ({ total: 0, writes: [] }),
    }),
    (error) => errors.push((error as Error).message),
    () => undefined,
  );
});

const shown = () => tags.photos.map(({ id }) => id);
const words = (photo: number) =>
  tags.photos.find(({ id }) => id === photo)?.suggestions.map(({ word }) => word);

describe('photos without words', () => {
  it('are loaded page by page to the end, and not asked for behind it', async () => {
    await tags.open();
    for (let time = 0; time < 5; time++) await tags.more();
    expect(shown()).toEqual(without);
    expect(asked.map(({ offset }) => offset)).toEqual([0, 40, 80]);
  });

  it('are asked for behind those that got words, which are not among them any more', async () => {
    await tags.open();
    await tags.toggle(1, 'dog');
    await tags.toggle(2, 'dog');
    without = without.slice(2);
    for (let time = 0; time < 5; time++) await tags.more();
    expect(asked.map(({ offset }) => offset)).toEqual([0, 38, 78]);
    expect(shown()).toEqual([1, 2, ...without]);
  });

  it('are all loaded again, so that nobody loses the place', async () => {
    await tags.open();
    await tags.more();
    await tags.more();
    without = without.slice(1);
    await tags.undo();
    expect(asked.at(-1)).toMatchObject({ offset: 0, limit: 100 });
    expect(shown()).toEqual(without);
    await tags.hearEnd('tag');
    expect(shown()).toEqual(without);
  });

  it('are all of one choice: what is more of the choice before does not take the place of the new one', async () => {
    await tags.open();
    holds = true;
    const loading = tags.more();
    await expect.poll(() => release).not.toBeNull();
    const chosen = tags.choose({ threshold: 0.3 });
    const more = tags.more();
    release!();
    await Promise.all([loading, chosen, more]);
    await tags.more();
    expect(new Set(tags.photos.map(({ path }) => path.replace(/^\d+/, '')))).toEqual(
      new Set([' from 0.3.jpg']),
    );
    expect(shown()).toEqual(without);
    expect(tags.busy).toBe(false);
  });

  it('are asked for anew at the next chance if a choice could not be loaded', async () => {
    await tags.open();
    broken.add('suggestTags');
    await tags.choose({ threshold: 0.5 });
    expect(errors).toEqual(['no suggestions']);
    broken.clear();
    await tags.more();
    expect(asked.at(-1)).toEqual({ threshold: 0.5, offset: 0, limit: 40 });
  });

  it('of another library are thrown away', async () => {
    holds = true;
    const opened = tags.open();
    await expect.poll(() => release).not.toBeNull();
    tags.clear();
    release!();
    await opened;
    expect(tags.photos).toEqual([]);
    expect(tags.loaded).toBe(false);
  });
});

describe('suggested words', () => {
  beforeEach(() => tags.open());

  it('are shown as accepted, one or all, until they are taken back', async () => {
    const accepting = tags.toggle(1, 'dog');
    expect(tags.isAccepted(1, 'dog')).toBe(true);
    await accepting;
    await tags.acceptAll(tags.photos[0]!);
    expect(['dog', 'beach', 'snow'].every((word) => tags.isAccepted(1, word))).toBe(true);
    await tags.toggle(1, 'dog');
    expect(tags.isAccepted(1, 'dog')).toBe(false);
    expect(errors).toEqual([]);
  });

  it('are shown as before when an edit fails, whichever it was', async () => {
    await tags.toggle(1, 'beach');
    broken.add('edits');
    await tags.toggle(1, 'dog');
    expect(tags.isAccepted(1, 'dog')).toBe(false);
    await tags.toggle(1, 'beach');
    expect(tags.isAccepted(1, 'beach')).toBe(true);
    await tags.acceptAll(tags.photos[0]!);
    expect(['dog', 'beach', 'snow'].map((word) => tags.isAccepted(1, word))).toEqual([false, true, false]);
    const rejecting = tags.reject(2, 'beach');
    expect(words(2)).toEqual(['dog', 'snow']);
    await rejecting;
    expect(words(2)).toEqual(['dog', 'beach', 'snow']);
    expect(await tags.edit([3], [{ kind: 'keyword', text: 'zorro' }])).toBe(false);
    expect(errors).toEqual(Array(5).fill('the disk is full'));
    broken.clear();
    expect(await tags.edit([3], [{ kind: 'keyword', text: 'zorro' }])).toBe(true);
    await tags.reject(2, 'beach');
    expect(words(2)).toEqual(['dog', 'snow']);
  });
});

describe('writing what waits', () => {
  const pending = (photo: number, problem: string | null): PendingWrite => ({
    photo,
    add: [],
    remove: [],
    files: [{ path: `/photos/${photo}.jpg`, sidecars: [], exists: false, problem }],
  });

  it.each([
    ['nothing waits', { total: 0, writes: [] }, false],
    ['nothing can be written', { total: 1, writes: [pending(1, 'offline')] }, false],
    ['something can', { total: 2, writes: [pending(1, 'offline'), pending(2, null)] }, true],
    ['something may that is not named', { total: 2, writes: [pending(1, 'offline')] }, true],
  ])('is offered as is right when %s', (_, preview, can) => {
    tags.preview = preview;
    expect(tags.canWrite).toBe(can);
    tags.preview = null;
    expect(tags.canWrite).toBe(false);
  });
});
