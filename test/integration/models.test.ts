/** The models of a library side by side: each answers with its own vectors, whatever happens while they change. */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Library } from '../../electron/engine/library/library.ts';
import { readModel, starterPath } from '../../electron/engine/library/modelFiles.ts';
import { imageVectors } from '../../models/vision/head.ts';
import { ImageInference } from '../../native/backbone.ts';
import { useWasm } from '../../native/compute/wasm.ts';
import { decodePhoto } from '../../native/image.ts';
import { endOf, nextJob } from '../fixtures/jobs.ts';
import { learnedAlbum, photoIds, text } from '../fixtures/learnedAlbum.ts';
import { picture, temporaryFolder } from '../fixtures/pictures.ts';

const learned = learnedAlbum();
beforeAll(useWasm);

describe('models', () => {
  /** Checks that every vector of the library was made by the head of its own model, and how many each model has. */
  async function vectorsByModel(path: string): Promise<Record<string, number>> {
    const library = Library.open(path, { readonly: true });
    onTestFinished(() => library.close());
    const { photos, features } = library.features.all('efficientnet-lite0', 1280);
    const counts: Record<string, number> = {};
    for (const model of library.models.list()) {
      const { head } = await readModel(model.id === 'starter' ? starterPath() : library.modelPath(model.id));
      const expected = await imageVectors(head, features, [...photos.keys()]);
      counts[model.id] = 0;
      for (const { photos: some, vectors } of library.vectors.chunks(model)) {
        some.forEach((photo, index) => {
          const row = photos.indexOf(photo);
          let cosine = 0;
          for (let i = 0; i < model.dimension; i++)
            cosine += vectors[index * model.dimension + i]! * expected[row * model.dimension + i]!;
          expect(cosine, `${model.id}, photo ${photo}`).toBeGreaterThan(0.9999);
        });
        counts[model.id]! += some.length;
      }
    }
    return counts;
  }

  const addPictures = async (count: number): Promise<string> => {
    const folder = temporaryFolder();
    for (let number = 0; number < count; number++)
      await picture(100 + number, 40, 30)
        .png()
        .toFile(join(folder, `new-${number}.png`));
    return folder;
  };

  test('keep their own vectors: a photo that came under one gets those of another when that is activated', async () => {
    const { engine, path } = await learned.open();
    await endOf(engine, async () => engine.calls.importPhotos({ path: await addPictures(3) }));
    expect(await vectorsByModel(path)).toEqual({ starter: 120, 'model-1': 123 });
    expect((await engine.calls.search({ concepts: [text('beach')] })).total).toBe(123);
    const status = await engine.calls.activateModel({ model: 'starter' });
    expect(status.models.find(({ active }) => active)!.id).toBe('starter');
    expect(await vectorsByModel(path)).toEqual({ starter: 123, 'model-1': 123 });
    expect(await engine.calls.search({ concepts: [text('beach')] })).toMatchObject({
      model: 'starter',
      total: 123,
    });
    await expect(engine.calls.activateModel({ model: 'model-7' })).rejects.toMatchObject({
      code: 'no-model',
      message: 'This library has no model model-7. It has: starter, model-1.',
    });
  });

  test('are not mixed when one is activated in the middle of an import', async () => {
    const { engine, path } = await learned.open();
    const folder = await addPictures(160);
    const looking = nextJob(engine, ({ stage, done }) => stage === 'Looking at the photos' && done > 0);
    const imported = endOf(engine, () => engine.calls.importPhotos({ path: folder }));
    await looking;
    await engine.calls.activateModel({ model: 'starter' });
    expect(await imported).toMatchObject({ state: 'done' });
    expect(await vectorsByModel(path)).toMatchObject({ starter: 280 });
    expect(await engine.calls.search({ concepts: [text('beach')] })).toMatchObject({
      model: 'starter',
      total: 280,
    });
    await engine.calls.activateModel({ model: 'model-1' });
    expect(await vectorsByModel(path)).toEqual({ starter: 280, 'model-1': 280 });
  });

  test('of a photo whose file was overwritten go with it', async () => {
    const { engine, path } = await learned.open();
    const folder = await addPictures(2);
    await endOf(engine, () => engine.calls.importPhotos({ path: folder }));
    const before = (await photoIds(engine)).get('new-1.png')!;
    await picture(300, 44, 30).png().toFile(join(folder, 'new-1.png'));
    await endOf(engine, () => engine.calls.importPhotos({ path: folder }));
    const { total, results } = await engine.calls.search({ concepts: [text('beach')], limit: 5000 });
    expect([total, results.length]).toEqual([122, 122]);
    expect(results.find(({ path: file }) => file === 'new-1.png')).toMatchObject({ width: 44 });
    expect(before).toBeGreaterThan(120);
    expect(await vectorsByModel(path)).toEqual({ starter: 120, 'model-1': 122 });
  });

  test('are exported as one network from the pixels, which sees what the library stored', async () => {
    const { engine, path } = await learned.open();
    const folder = temporaryFolder();
    const library = Library.open(path, { readonly: true });
    onTestFinished(() => library.close());
    for (const id of ['starter', 'model-1']) {
      const out = join(folder, `${id}.onnx`);
      const model = library.models.require(id);
      expect(await engine.calls.exportModel({ model: id, path: out })).toEqual({
        model: id,
        dimension: model.dimension,
        bytes: statSync(out).size,
      });
      const network = await ImageInference.load(out, 'vector');
      for (const { photo, folder: album, path: file } of [...library.photos.allFiles()].slice(0, 3)) {
        const { network: pixels } = await decodePhoto({ input: join(album, file) });
        const { shape, values } = await network.run(pixels);
        expect(shape).toEqual([1, model.dimension]);
        const stored = library.vectors.get(model, photo)!;
        // The library looks at photos in 8 bits, the exported network in float: see [Note: Features in 8 bits].
        const cosine = values.reduce((sum, value, index) => sum + value * stored[index]!, 0);
        expect(cosine, `${id}, ${file}`).toBeGreaterThan(0.985);
      }
      await network.release();
    }
    await expect(
      engine.calls.exportModel({ path: join(folder, 'missing', 'model.onnx') }),
    ).rejects.toMatchObject({
      code: 'not-exported',
      message: expect.stringContaining(join(folder, 'missing')),
    });
    await expect(engine.calls.exportModel({ path: join(folder, 'photo.jpg') })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('.onnx'),
    });
    expect(readdirSync(folder).sort()).toEqual(['model-1.onnx', 'starter.onnx']);
  });

  test('that are damaged are named, and another can be activated', async () => {
    const { engine, path } = await learned.open();
    await engine.calls.closeLibrary();
    writeFileSync(join(path, 'models', 'model-1', 'words.bin'), 'nothing');
    await engine.calls.openLibrary({ path });
    const searching = () => engine.calls.search({ concepts: [text('beach')] });
    await expect(searching()).rejects.toMatchObject({
      code: 'model-damaged',
      message: expect.stringContaining(join(path, 'models', 'model-1')),
    });
    await engine.calls.activateModel({ model: 'starter' });
    expect(await searching()).toMatchObject({ model: 'starter', total: 120 });
    await expect(engine.calls.activateModel({ model: 'model-1' })).rejects.toMatchObject({
      code: 'model-damaged',
    });
    expect(await searching()).toMatchObject({ model: 'starter' });
  });
});
