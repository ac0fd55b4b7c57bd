/** The list behind the grid: pages come when they are in view, and answers to an older question are thrown away. */
import { describe, expect, it } from 'vitest';
import type { Photo } from '../../electron/engine/contract.ts';
import { PAGE_SIZE, PhotoList, type PhotoSource } from '../../renderer/state/photoList.svelte.ts';

/** A source over so many photos whose ids start at `firstId`; it writes down what it was asked. */
function sourceOf(total: number, firstId = 1): { source: PhotoSource; asked: string[]; total: number } {
  const state: ReturnType<typeof sourceOf> = {
    total,
    asked: [],
    source: async (offset, limit) => {
      state.asked.push(`${offset}+${limit}`);
      await Promise.resolve();
      const count = Math.max(0, Math.min(limit, state.total - offset));
      const photos: Photo[] = Array.from({ length: count }, (_, at) => ({
        id: firstId + offset + at,
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
});
