/** The photo that is open, and the answers about the list it is of: what comes late does not land where it does not belong. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Photo, PhotoDetails, SearchResult } from '../../electron/engine/contract.ts';
import { Search } from '../../renderer/state/search.svelte.ts';
import { Viewer } from '../../renderer/state/viewer.svelte.ts';
import { engineClient } from '../fixtures/engineClient.ts';

/** Ids of the photos of the library, by date. */
let library: number[];
let milliseconds: number;
/** What holds back answers of a call; a test may set it. */
let hold: { search?: Promise<void>; suggestTags?: Promise<void> };
let search: Search;
let viewer: Viewer;

const photo = (id: number) => ({ id, revision: 'a' }) as Photo;
const page = (offset: number, limit: number) => library.slice(offset, offset + limit).map(photo);

beforeEach(async () => {
  library = Array.from({ length: 30 }, (_, at) => at + 1);
  milliseconds = 5;
  hold = {};
  const engine = engineClient({
    listPhotos: ({ offset, limit }) => ({ total: library.length, photos: page(offset, limit) }),
    search: async ({ offset, limit }) => {
      const answer = {
        model: 'own',
        total: library.length,
        concepts: [{ label: 'dog', words: [], known: true }],
        results: page(offset, limit) as SearchResult[],
        milliseconds,
      };
      await hold.search;
      return answer;
    },
    parseQuery: () => [{ kind: 'text', text: 'dog', weight: 1 }],
    photoDetails: ({ photo: id }) => ({ ...photo(id), members: [] }) as unknown as PhotoDetails,
    explain: () => ({ score: 0, rank: 1, total: 1, contributions: [], seen: [] }),
    suggestTags: async ({ photos }) => {
      await hold.suggestTags;
      const suggestions = [{ word: `word of ${photos[0]}`, probability: 0.9, photos: 1, examples: [] }];
      return {
        total: 1,
        milliseconds: 1,
        photos: [{ ...photo(photos[0]), path: '', folder: '', suggestions }],
      };
    },
  });
  const fail = (error: unknown): never => {
    throw error;
  };
  search = new Search(engine, fail);
  viewer = new Viewer(engine, search, fail, () => {});
  await search.update();
});

describe('the open photo', () => {
  it('is known at once, while words for the photo before are still looked for', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    hold.suggestTags = promise;
    const first = viewer.open(3);
    await expect.poll(() => viewer.details?.id).toBe(4);
    const second = viewer.step(1);
    await expect.poll(() => viewer.details?.id).toBe(5);
    resolve();
    await Promise.all([first, second]);
    expect(viewer.suggestions.map(({ word }) => word)).toEqual(['word of 5']);
  });

  it('keeps its place while photos come before it, and leads on to its neighbours', async () => {
    await viewer.open(0);
    library.unshift(101, 102);
    await search.refresh();
    expect([viewer.place, viewer.total, viewer.photo?.id]).toEqual([2, 32, 1]);
    await viewer.step(1);
    expect(viewer.photo?.id).toBe(2);
    viewer.close();
    library.unshift(103);
    await search.refresh();
    await viewer.open(viewer.index);
    expect(viewer.photo?.id).toBe(2);
  });

  it('counts the moves that the view follows, and not those of the list', async () => {
    viewer.index = 5;
    const { moves } = viewer;
    library.unshift(101);
    await search.refresh();
    expect([viewer.index, viewer.moves]).toEqual([6, moves]);
    viewer.index = 7;
    expect(viewer.moves).toBe(moves + 1);
  });

  it('is not the one that another list goes on from, if it is shown among others', async () => {
    await viewer.openAmong([photo(7), photo(8)], 1);
    library.unshift(101);
    await search.refresh();
    expect([viewer.place, viewer.total, viewer.index]).toEqual([1, 2, 0]);
  });
});

describe('how an answer came about', () => {
  it('is said of the search that is shown, and follows its refreshes', async () => {
    await search.query.write('dog');
    await expect.poll(() => search.answer).toEqual({ model: 'own', milliseconds: 5 });
    milliseconds = 7;
    await search.refresh();
    expect(search.answer?.milliseconds).toBe(7);
    expect(search.query.chips[0]!.info?.known).toBe(true);
  });

  it('is not said of all photos, when a search was brought up to date too late', async () => {
    await search.query.write('dog');
    await expect.poll(() => search.answer).not.toBeNull();
    const { promise, resolve } = Promise.withResolvers<void>();
    hold.search = promise;
    const refreshed = search.refresh();
    search.query.clear();
    await expect.poll(() => search.answer).toBeNull();
    resolve();
    await refreshed;
    expect(search.answer).toBeNull();
  });
});
