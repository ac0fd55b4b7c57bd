/** Training over TensorFlow, where `photolex accelerate` has installed it, and without it where it is damaged. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Job, TrainInput } from '../../electron/engine/contract.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { Library } from '../../electron/engine/library/library.ts';
import { networkPath } from '../../electron/engine/library/modelFiles.ts';
import { ImageInference } from '../../native/backbone.ts';
import { addonFolder, manifestPath, packsFolder } from '../../native/compute/tensorflow/pack.ts';
import { decodeThumbnail, networkInput } from '../../native/image.ts';
import { endOf, nextJob } from '../fixtures/jobs.ts';
import { learnedAlbum, startEngine, text } from '../fixtures/learnedAlbum.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';
import { acceleratedHome, pack, unlessMissing } from '../fixtures/tensorflow.ts';

/** Imported, not learned. */
const imported = learnedAlbum(null);
const request: TrainInput = { holdout: 0.3, seed: 7 };

/** A copy of the library in an engine whose data folder is `home`. */
const openIn = async (home: string): Promise<Engine> => (await openFolderIn(home)).engine;

async function openFolderIn(home: string): Promise<{ engine: Engine; path: string }> {
  const { engine, path } = await imported.open();
  await engine.close();
  const other = await startEngine({ home, learnsByItself: false });
  await other.calls.openLibrary({ path });
  return { engine: other, path };
}

const train = (engine: Engine, input: TrainInput): Promise<Job> =>
  endOf(engine, () => engine.calls.train(input));

/** Scores of what a model finds, by photo. */
async function scores(engine: Engine): Promise<Map<number, number>> {
  const { results } = await engine.calls.search({ concepts: [text('beach')], limit: 5000 });
  return new Map(results.map(({ id, score }) => [id, score]));
}

describe.skipIf(!pack)(`TensorFlow${unlessMissing}`, () => {
  test('trains to the model that WebAssembly trains to', async () => {
    const engine = await openIn(acceleratedHome());
    const one = await train(engine, { ...request, backend: 'wasm' });
    const withWasm = await scores(engine);
    const other = await train(engine, { ...request, backend: 'tensorflow' });
    const withTensorflow = await scores(engine);

    for (const { state, message } of [one, other]) expect(state, message!).toBe('done');
    other.curve.forEach((point, index) => {
      const { loss, precisionAt5, meanAveragePrecision } = one.curve[index]!;
      expect(point.loss).toBeCloseTo(loss, 3);
      expect(point.precisionAt5).toBeCloseTo(precisionAt5!, 1);
      expect(point.meanAveragePrecision).toBeCloseTo(meanAveragePrecision!, 2);
    });
    for (const [photo, score] of withTensorflow) expect(score).toBeCloseTo(withWasm.get(photo)!, 2);
  });

  test('is what trains by itself once it is there, and what was stopped goes on with it', async () => {
    const engine = await openIn(acceleratedHome());
    expect(await engine.calls.acceleration()).toMatchObject({
      device: expect.stringContaining('TensorFlow'),
      tensorflow: { version: pack!.version, variant: pack!.variant },
      installing: null,
    });
    const started = nextJob(engine, ({ kind, curve }) => kind === 'train' && curve.length > 0);
    const ended = train(engine, { ...request, backend: 'wasm' });
    await engine.calls.cancelJob({ job: (await started).id });
    expect(await ended).toMatchObject({ state: 'cancelled' });
    const { state, message } = await train(engine, { resume: true, backend: 'tensorflow' });
    expect(state, message!).toBe('done');
    expect(await engine.calls.search({ concepts: [text('beach')] })).toMatchObject({ model: 'model-1' });
  });

  test('trains the backbone’s last blocks, stops and goes on, and the whole network is one file', async () => {
    const { engine, path } = await openFolderIn(acceleratedHome());
    const seeing = nextJob(engine, ({ stage }) => stage === 'Learning to see');
    const stopped = train(engine, { ...request, tune: 'last', passes: 4 });
    await engine.calls.cancelJob({ job: (await seeing).id });
    expect(await stopped).toMatchObject({ state: 'cancelled' });
    const { state, message, curve } = await train(engine, { resume: true });
    expect(state, message!).toBe('done');
    expect(curve.at(-1)!.precisionAt5).toBeGreaterThan(0.7);
    await engine.close();

    const library = Library.open(path, { readonly: true });
    const model = library.models.active()!;
    const network = await ImageInference.load(networkPath(library.modelPath(model.id)), 'vector');
    for (const photo of [1, 2]) {
      const thumbnail = library.thumbnailPath(library.photos.get(photo)!.hash);
      const { values } = await network.run(await networkInput(await decodeThumbnail(thumbnail)));
      const stored = library.vectors.get(model, photo)!;
      values.forEach((value, index) => {
        expect(Math.abs(value - stored[index]!)).toBeLessThan(1e-4);
      });
    }
    library.close();
  });

  test.each(['sigmoid', 'triplet'] as const)('trains the last blocks with the %s loss', async (loss) => {
    const engine = await openIn(acceleratedHome());
    const { state, message, curve } = await train(engine, { ...request, loss, tune: 'last', passes: 4 });
    expect(state, message!).toBe('done');
    expect(curve.at(-1)!.precisionAt5).toBeGreaterThan(0.7);
  });

  test('is removed on request, and training goes on without it', async () => {
    const home = acceleratedHome();
    const engine = await openIn(home);
    expect(await engine.calls.removeAcceleration()).toEqual({
      device: expect.stringContaining('WebAssembly'),
      backend: 'wasm',
      cardProblem: null,
      tensorflow: null,
      offered: { cpu: expect.any(Number), gpu: expect.toSatisfy((bytes) => bytes === null || bytes > 1e9) },
      installing: null,
      problem: null,
    });
    expect(existsSync(join(packsFolder(home), `${pack!.version}-${pack!.variant}`))).toBe(false);
    expect(existsSync(pack!.folder)).toBe(true);
    const wanted = await train(engine, { ...request, backend: 'tensorflow' });
    expect(wanted).toMatchObject({
      state: 'failed',
      message:
        'TensorFlow is not installed. Install it (in the settings, or with photolex accelerate), or train on WebAssembly.',
    });
  });
});

test('without TensorFlow only the head is trained, and who asks for more is told', async () => {
  const engine = await openIn(join(temporaryFolder(), 'home'));
  expect(await train(engine, { ...request, tune: 'last' })).toMatchObject({
    state: 'failed',
    message: expect.stringMatching(
      /^Without TensorFlow only the head can be trained, because .+\. Install it \(in the settings, or with photolex accelerate\), or train the head alone\.$/,
    ),
  });
});

test('a TensorFlow that cannot be loaded costs speed, not the training, and the user is told', async () => {
  const home = join(temporaryFolder(), 'home');
  const folder = join(packsFolder(home), '2.21.0-cpu');
  mkdirSync(addonFolder(folder), { recursive: true });
  writeFileSync(
    manifestPath(folder),
    JSON.stringify({ version: '2.21.0', variant: 'cpu', device: 'A', bytes: 1, installedAt: '2026-01-01' }),
  );
  const engine = await openIn(home);
  const wanted = await train(engine, { ...request, backend: 'tensorflow' });
  expect(wanted).toMatchObject({
    state: 'failed',
    message: expect.stringMatching(
      /^TensorFlow cannot be used \(Cannot find module .* or train on WebAssembly\.$/,
    ),
  });
  expect(await train(engine, request)).toMatchObject({
    state: 'done',
    message: expect.stringMatching(/TensorFlow cannot be used .*, so WebAssembly trained\./),
  });
});
