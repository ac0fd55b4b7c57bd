/** The search over one model: what it keeps from one query to the next. */
import { expect, test, vi } from 'vitest';
import type { Concept } from '../../electron/engine/contract.ts';
import { readSpace, starterPath } from '../../electron/engine/library/modelFiles.ts';
import { addStarter } from '../../electron/engine/library/starter.ts';
import { Searcher } from '../../electron/engine/search/searcher.ts';
import { Random } from '../../models/random.ts';
import { openLibrary } from '../fixtures/imports.ts';
import { text } from '../fixtures/learnedAlbum.ts';

test('a slider that moves reads no texts, until they change', async () => {
  const library = openLibrary();
  addStarter(library);
  const model = library.models.active()!;
  const random = new Random(1);
  const photos = Array.from({ length: 20 }, (_, index) => {
    const { id } = library.photos.add(`hash ${index}`, 1);
    const vector = Float32Array.from({ length: model.dimension }, () => random.gaussian());
    const length = Math.hypot(...vector);
    library.vectors.set(
      model,
      [id],
      vector.map((value) => value / length),
    );
    return id;
  });
  const tag = (photo: number): void =>
    void library.texts.add(photo, [{ kind: 'keyword', source: 'test', text: 'dog' }]);
  tag(photos[3]!);
  const { space } = await readSpace(starterPath());
  const searcher = await Searcher.load(library, model, space, new Map());
  const read = vi.spyOn(library.texts, 'photosWith');
  const first = (concepts: Concept[]): number => {
    const { positions, photos: ids } = searcher.rank(concepts, 'all', 1);
    return ids[positions[0]!]!;
  };
  for (const weight of [1, 0.7, 0.4]) expect(first([text('dog', weight), text('qwrtzpsd')])).toBe(photos[3]);
  expect(read).toHaveBeenCalledTimes(2);
  library.texts.replace(photos[3]!, ['test'], []);
  tag(photos[5]!);
  searcher.forgetTexts();
  expect(first([text('dog')])).toBe(photos[5]);
  expect(read).toHaveBeenCalledTimes(3);
});
