/** What an import notes of the files that are there. */
import { expect, test } from 'vitest';
import { notePresence } from '../../electron/engine/import/presence.ts';
import { openLibrary } from '../fixtures/imports.ts';

test('very many photos that were moved are noted in parts, so that a search gets its turn between them', async () => {
  const library = openLibrary();
  const root = library.photos.root('/photos');
  const count = 4_500;
  library.transaction(() => {
    for (let number = 0; number < count; number++) {
      const { id: photo } = library.photos.add(`hash ${number}`, 1);
      for (const folder of ['before', 'now'])
        library.photos.setFile({
          root,
          path: `${folder}/${number}.jpg`,
          photo,
          size: 1,
          modified: 1,
          sidecarModified: 0,
          video: null,
        });
    }
    library.presence.setMissingBelow(root, 'before/', '2026-01-01T00:00:00.000Z');
  });
  const left: number[] = [];
  const pause = async (): Promise<void> => void left.push(library.presence.filesIn(root));
  await notePresence(library, { known: new Map(), photos: [], complete: false, pause });
  expect(left).toEqual([2 * count - 2_000, 2 * count - 4_000, count]);
  expect(library.photos.allFiles().every(({ path }) => path.startsWith('now/'))).toBe(true);
});
