/** The closer look: every photo once more and larger, when the user wants it. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { Job } from '../../electron/engine/contract.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { Library } from '../../electron/engine/library/library.ts';
import { Backbone, Head, ImageInference } from '../../native/backbone.ts';
import { decodeThumbnail, networkInput } from '../../native/image.ts';
import { weightsPath } from '../../native/runtime.ts';
import { endOf, nextJob } from '../fixtures/jobs.ts';
import { learnedAlbum, photoIds, text } from '../fixtures/learnedAlbum.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';

const learned = learnedAlbum();

const nextEnd = (engine: Engine): Promise<Job> => nextJob(engine, ({ state }) => state !== 'running');

function cosine(one: Float32Array, other: Float32Array): number {
  const dot = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, value, index) => sum + value * b[index]!, 0);
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
}

test('changes features and vectors to those of larger pictures, of every photo and model', async () => {
  const { engine, path } = await learned.open();
  const before = await engine.calls.search({ concepts: [text('beach')], limit: 500 });
  const ended = nextEnd(engine);
  await engine.calls.setSettings({ lookCloser: true });
  expect(await ended).toMatchObject({ state: 'done', message: 'All photos are looked at closer.' });
  const after = await engine.calls.search({ concepts: [text('beach')], limit: 500 });
  expect(after.total).toBe(before.total);
  expect(after.results.map(({ score }) => score)).not.toEqual(before.results.map(({ score }) => score));

  // Under another model, too, once it is asked for.
  await engine.calls.activateModel({ model: 'starter' });
  expect((await engine.calls.search({ concepts: [text('beach')] })).total).toBe(before.total);
  await engine.close();

  const library = Library.open(path);
  const backbone = await Backbone.load('efficientnet-lite0');
  const [model] = library.models.list().filter(({ id }) => id === 'model-1');
  const head = await Head.load(join(path, 'models', 'model-1', 'network.onnx'));
  expect(library.photos.countLacking('closer')).toBe(0);
  for (const { photo } of library.photos.allFiles().slice(0, 5)) {
    const thumbnail = await decodeThumbnail(library.thumbnailPath(library.photos.get(photo)!.hash));
    const seen = await backbone.features(await networkInput(thumbnail, true));
    const kept = library.features.get(photo, 'efficientnet-lite0')!;
    expect(cosine(kept, seen)).toBeGreaterThan(0.9999);
    expect(cosine(kept, await backbone.features(await networkInput(thumbnail)))).toBeLessThan(0.99);
    const vector = await head.vectors(kept, kept.length);
    expect(cosine(library.vectors.get(model!, photo)!, vector)).toBeGreaterThan(0.999);
  }
  library.close();
});

test('leaves no vector of the usual look in a model that is trained meanwhile', async () => {
  const { engine, path } = await learned.open();
  const point = nextJob(engine, ({ kind, curve }) => kind === 'train' && curve.length > 0);
  const trained = endOf(engine, () => engine.calls.train({}));
  await point;
  const looked = nextJob(engine, ({ kind, state }) => kind === 'import' && state !== 'running');
  await engine.calls.setSettings({ lookCloser: true });
  expect(await trained).toMatchObject({ state: 'done' });
  expect(await looked).toMatchObject({ state: 'done' });
  await engine.close();

  const library = Library.open(path);
  const head = await Head.load(join(path, 'models', 'model-2', 'network.onnx'));
  const model = library.models.require('model-2');
  expect(library.photos.countLacking('closer')).toBe(0);
  for (const { photo } of library.photos.allFiles()) {
    const kept = library.features.get(photo, 'efficientnet-lite0')!;
    const vector = await head.vectors(kept, kept.length);
    expect(cosine(library.vectors.get(model, photo)!, vector)).toBeGreaterThan(0.999);
  }
  library.close();
});

test('is taken by a model’s own network too, of photos that it places and of those that it learns from', async () => {
  const { engine, path } = await learned.open();
  const own = { backbone: weightsPath('efficientnet-lite0.onnx'), pixels: 'symmetric', passes: 1 } as const;
  await endOf(engine, () => engine.calls.train(own));
  const ended = nextEnd(engine);
  await engine.calls.setSettings({ lookCloser: true });
  await ended;
  await endOf(engine, () => engine.calls.train({ ...own, seed: 2 }));
  await engine.close();

  const library = Library.open(path);
  for (const id of ['model-2', 'model-3']) {
    const network = await ImageInference.load(join(library.modelPath(id), 'network.onnx'), 'vector');
    for (const { photo, hash } of library.photos.allFiles().slice(0, 3)) {
      const thumbnail = await decodeThumbnail(library.thumbnailPath(hash));
      const vector = library.vectors.get(library.models.require(id), photo)!;
      const [closer, usual] = [true, false].map(async (look) => {
        const { values } = await network.run(await networkInput(thumbnail, look));
        return cosine(vector, values);
      });
      expect(await closer).toBeGreaterThan(0.9999);
      expect(await usual).toBeLessThan(0.999);
    }
  }
  library.close();
});

test('leaves a model that is activated meanwhile with every photo', async () => {
  const { engine } = await learned.open();
  const { total } = await engine.calls.search({ concepts: [text('beach')] });
  const begun = nextJob(engine, ({ stage, done }) => stage === 'Looking closer' && done > 0);
  const ended = nextEnd(engine);
  await engine.calls.setSettings({ lookCloser: true });
  await begun;
  await engine.calls.activateModel({ model: 'starter' });
  expect(await ended).toMatchObject({ state: 'done' });
  const after = await engine.calls.search({ concepts: [text('beach')] });
  expect(after).toMatchObject({ model: 'starter', total });
});

test('gives way to what the user asks for, and goes on after that', async () => {
  const { engine, path } = await learned.open();
  const looking = () => nextJob(engine, ({ stage, done }) => stage === 'Looking closer' && done > 0);
  let begun = looking();
  await engine.calls.setSettings({ lookCloser: true });
  await begun;
  begun = looking();
  const gone = nextJob(engine, ({ state }) => state === 'cancelled');
  const sidecars = await endOf(engine, () => engine.calls.writeSidecars({}));
  expect(sidecars.state).toBe('done');
  expect(await gone).toMatchObject({ kind: 'import', message: 'Stopped. What was done so far is kept.' });
  await begun;
  const pictures = join(temporaryFolder(), 'more');
  mkdirSync(pictures);
  const { file } = learned.album.pictures[0]!;
  await sharp(join(learned.album.folder, file)).resize(100).toFile(join(pictures, file));
  expect(await endOf(engine, () => engine.calls.importPhotos({ path: pictures }))).toMatchObject({
    state: 'done',
    message: expect.stringMatching(/^1 new photo/),
  });
  await engine.close();
  const library = Library.open(path);
  // The import has looked at all of them.
  expect(library.photos.countLacking('closer')).toBe(0);
  library.close();
});

test('is part of every import while it is wanted, and of none otherwise', async () => {
  const { engine, path } = await learned.open();
  const pictures = join(temporaryFolder(), 'more');
  mkdirSync(pictures);
  const [first, second] = learned.album.pictures;
  const add = async (name: string, file: string): Promise<void> => {
    mkdirSync(join(pictures, name));
    copyFileSync(join(learned.album.folder, file), join(pictures, name, file));
    await endOf(engine, () => engine.calls.importPhotos({ path: join(pictures, name) }));
  };
  const total = (await photoIds(engine)).size;
  await add('before', first!.file);
  const ended = nextEnd(engine);
  await engine.calls.setSettings({ lookCloser: true });
  await ended;
  await add('meanwhile', second!.file);
  await engine.calls.setSettings({ lookCloser: false });
  await engine.close();
  const library = Library.open(path);
  expect(library.photos.countLacking('closer')).toBe(0);
  expect(library.features.all('efficientnet-lite0', 1280).photos).toHaveLength(total);
  // What another file brings in place of these bytes is looked at anew.
  const { photo } = library.photos.allFiles()[0]!;
  library.photos.setIndexed(photo, 10, 10, new Date(0).toISOString());
  expect(library.photos.countLacking('closer')).toBe(1);
  expect(library.photos.lacking('closer', 0, 10).map(({ id }) => id)).toEqual([photo]);
  library.close();
});
