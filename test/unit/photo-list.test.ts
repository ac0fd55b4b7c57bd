/** The list behind the grid: pages come when they are in view, and answers to an older question are thrown away. */
import { describe, expect, it } from 'vitest';
import type { Photo } from '../../electron/engine/contract.ts';
import { PAGE_SIZE, PhotoList, type PhotoSource } from '../../renderer/state/photoList.svelte.ts';

/** A source that answers when it is told to, one request after the other. */
function heldSource(photos: ReturnType<typeof sourceOf>): {
  source: PhotoSource;
  answer: () => Promise<void>;
} {
  const waiting: (() => void)[] = [];
  return {
    source: async (offset, limit) => {
      // What is there is looked up when it is asked for, and arrives later.
      const page = await photos.source(offset, limit);
      await new Promise<void>((resolve) => waiting.push(resolve));
      return page;
    },
    answer: async () => {
      await expect.poll(() => waiting.length).toBeGreaterThan(0);
      waiting.shift()!();
    },
  };
}

/** A source over so many photos whose ids start at `firstId`; it writes down what it was asked. */
function sourceOf(
  total: number,
  firstId = 1,
): { source: PhotoSource; asked: string[]; total: number; firstId: number } {
  const state: ReturnType<typeof sourceOf> = {
    total,
    firstId,
    asked: [],
    source: async (offset, limit) => {
      state.asked.push(`${offset}+${limit}`);
      await Promise.resolve();
      const count = Math.max(0, Math.min(limit, state.total - offset));
      const photos: Photo[] = Array.from({ length: count }, (_, at) => ({
        id: state.firstId + offset + at,
        width: 3,
        height: 2,
        captioned: false,
        revision: '',
        offline: false,
        group: null,
      }));
      return { total: state.total, photos };
    },
  };
  return state;
}

const failOnError = (error: unknown): void => {
  throw error;
};

describe('a list of photos', () => {
  it('loads the first page to begin with, and others when they come into view, each once', async () => {
    const list = new PhotoList(failOnError);
    const { source, asked } = sourceOf(1050);
    await list.show(source);
    expect(list.total).toBe(1050);
    expect(list.pages.map((page) => page?.length)).toEqual([PAGE_SIZE, ...Array(5).fill(undefined)]);
    list.want(390, 410);
    list.want(390, 410);
    await expect.poll(() => list.at(410)?.id).toBe(411);
    expect(list.at(390)?.id).toBe(391);
    expect(list.at(600)).toBeUndefined();
    expect(asked).toEqual(['0+200', '200+200', '400+200']);
  });

  it('fetches a photo that nobody has seen yet, and none behind the end', async () => {
    const list = new PhotoList(failOnError);
    const { source } = sourceOf(450);
    await list.show(source);
    expect((await list.fetch(449))?.id).toBe(450);
    expect(await list.fetch(450)).toBeUndefined();
    expect(await list.fetch(-1)).toBeUndefined();
  });

  it('throws away a page of the list before', async () => {
    const list = new PhotoList(failOnError);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const old = sourceOf(1000);
    await list.show(async (offset, limit) => {
      if (offset > 0) await held;
      return old.source(offset, limit);
    });
    list.want(200, 210);
    await list.show(sourceOf(1000, 5001).source);
    release();
    list.want(200, 210);
    await expect.poll(() => list.at(200)?.id).toBe(5201);
    expect(list.generation).toBe(2);
  });

  it('stays at its place when the photos behind it change', async () => {
    const list = new PhotoList(failOnError);
    const photos = sourceOf(1000);
    await list.show(photos.source);
    list.want(450, 620);
    await expect.poll(() => list.at(620)?.id).toBe(621);
    photos.total = 1300;
    await list.refresh();
    expect(list.total).toBe(1300);
    expect(list.generation).toBe(1);
    expect(list.at(450)?.id).toBe(451);
    expect(list.at(620)?.id).toBe(621);
    expect(list.at(0)).toBeUndefined();
    expect(photos.asked.at(-1)).toBe('400+400');
  });

  it('reports a page that cannot be loaded, and tries again when asked again', async () => {
    const errors: unknown[] = [];
    const list = new PhotoList((error) => errors.push(error));
    const photos = sourceOf(500);
    let broken = true;
    await list.show(async (offset, limit) => {
      if (offset > 0 && broken) throw new Error('the disk is gone');
      return photos.source(offset, limit);
    });
    list.want(300, 310);
    await expect.poll(() => errors).toEqual([new Error('the disk is gone')]);
    broken = false;
    list.want(300, 310);
    await expect.poll(() => list.at(300)?.id).toBe(301);
  });

  it('gives a photo whose page is on its way already, also when the list is brought up to date meanwhile', async () => {
    const list = new PhotoList(failOnError);
    const photos = sourceOf(450);
    const held = heldSource(photos);
    const shown = list.show(held.source);
    await held.answer();
    await shown;
    list.want(440, 449);
    const fetched = list.fetch(449);
    await held.answer();
    expect((await fetched)?.id).toBe(450);
    expect(photos.asked).toEqual(['0+200', '400+200']);

    const refreshed = list.refresh();
    await held.answer();
    await refreshed;
    list.want(0, 10);
    const first = list.fetch(0);
    const again = list.refresh();
    await held.answer();
    await held.answer();
    await again;
    expect((await first)?.id).toBe(1);
  });

  it('reports a page once that cannot be loaded, and rejects for who waits for a photo of it', async () => {
    const errors: unknown[] = [];
    const list = new PhotoList((error) => errors.push(error));
    const photos = sourceOf(450);
    await list.show(async (offset, limit) => {
      if (offset > 0) throw new Error('the disk is gone');
      return photos.source(offset, limit);
    });
    list.want(440, 449);
    list.want(440, 449);
    await expect(list.fetch(449)).rejects.toThrow('the disk is gone');
    expect(errors).toHaveLength(1);
  });

  it('is of the latest state, whether another list or news of photos come first', async () => {
    const list = new PhotoList(failOnError);
    await list.show(sourceOf(100).source);
    const photos = sourceOf(300, 1001);
    const held = heldSource(photos);
    // Asked for before the change, and shown after it was heard of.
    const shown = list.show(held.source);
    await expect.poll(() => photos.asked.length).toBe(1);
    photos.total = 310;
    await list.refresh();
    await held.answer();
    await held.answer();
    await shown;
    expect(list.total).toBe(310);

    // Asked for of the list before, which is not shown any more when it comes.
    const refreshed = list.refresh();
    const others = sourceOf(500, 2001);
    await list.show(others.source);
    others.total = 510;
    await held.answer();
    await refreshed;
    expect([list.total, list.at(0)?.id]).toEqual([510, 2001]);
  });
});

describe('places in a list of photos', () => {
  const open = async (photos: ReturnType<typeof sourceOf>, from: number, to: number): Promise<PhotoList> => {
    const list = new PhotoList(failOnError);
    await list.show(photos.source);
    list.want(from, to);
    await list.fetch(from);
    await list.fetch(to);
    return list;
  };

  it.each([
    ['a few', 30],
    ['more than a page', 250],
  ])('stay with their photos when %s come before them', async (_, count) => {
    const photos = sourceOf(1000, 5001);
    const list = await open(photos, 390, 410);
    list.cursor = 395;
    list.anchor = { index: 390, above: 12 };
    photos.firstId -= count;
    photos.total += count;
    await list.refresh();
    expect([list.cursor, list.at(list.cursor)?.id]).toEqual([395 + count, 5396]);
    expect(list.anchor).toEqual({ index: 390 + count, above: 12 });
    // And once more, though the view has not followed yet.
    photos.firstId -= 10;
    photos.total += 10;
    await list.refresh();
    expect(list.at(list.cursor)?.id).toBe(5396);
  });

  it('stay where they are found when the keyboard has gone on meanwhile', async () => {
    const photos = sourceOf(1000, 5001);
    const list = await open(photos, 390, 410);
    list.cursor = 395;
    photos.firstId -= 30;
    photos.total += 30;
    const refreshed = list.refresh();
    list.cursor = 396;
    await refreshed;
    expect(list.at(list.cursor)?.id).toBe(5397);
  });

  it('end where the list ends, when it gets shorter', async () => {
    const photos = sourceOf(1000);
    const list = await open(photos, 790, 810);
    list.cursor = 805;
    list.anchor = { index: 790, above: 0 };
    photos.total = 300;
    await list.refresh();
    expect([list.cursor, list.anchor.index]).toEqual([299, 299]);
    photos.total = 0;
    await list.refresh();
    expect(list.cursor).toBe(0);
  });

  it('stay at the head until somebody goes on or opens a photo, and begin there in another list', async () => {
    const photos = sourceOf(1000, 5001);
    const list = await open(photos, 0, 20);
    photos.firstId -= 30;
    photos.total += 30;
    await list.refresh();
    expect(list.cursor).toBe(0);
    list.isOpenAtCursor = true;
    photos.firstId -= 30;
    photos.total += 30;
    await list.refresh();
    expect(list.cursor).toBe(30);
    await list.show(sourceOf(20).source);
    expect(list.cursor).toBe(19);
    list.isOpenAtCursor = false;
    list.anchor = { index: 3, above: 0 };
    await list.show(sourceOf(20).source);
    expect([list.cursor, list.anchor]).toEqual([0, null]);
  });
});
