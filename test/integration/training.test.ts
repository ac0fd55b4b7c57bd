/** Training as a job: stopped, killed and resumed, and always leaving a library that works. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Job, TrainInput } from '../../electron/engine/contract.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { Library } from '../../electron/engine/library/library.ts';
import { projectRoot } from '../../native/runtime.ts';
import { writeCaptions } from '../fixtures/album.ts';
import { endOf, nextJob } from '../fixtures/jobs.ts';
import { learnedAlbum, startEngine, text } from '../fixtures/learnedAlbum.ts';
import { picture, temporaryFolder } from '../fixtures/pictures.ts';

/** The worker processes that engines of this file started, the latest last. */
const workers = vi.hoisted(() => [] as ChildProcess[]);
vi.mock('node:child_process', async (original) => {
  const real = await original<typeof import('node:child_process')>();
  const fork = (...given: Parameters<typeof real.fork>) => {
    const child = real.fork(...given);
    workers.push(child);
    return child;
  };
  return { ...real, fork, default: { ...real, fork } };
});
beforeEach(() => {
  workers.length = 0;
});

/** Imported, not learned. */
const imported = learnedAlbum(null);

const request: TrainInput = { holdout: 0.3, seed: 7 };
const modelFiles = (path: string, id: string): Record<string, Buffer> => {
  const folder = join(path, 'models', id);
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
};

/** Trains and does something at the first point of the curve; resolves with the end of the job. */
async function interrupted(
  engine: Engine,
  input: TrainInput,
  interrupt: (job: Job) => unknown,
): Promise<Job> {
  const started = nextJob(engine, ({ kind, curve }) => kind === 'train' && curve.length > 0);
  const ended = endOf(engine, () => engine.calls.train(input));
  await interrupt(await started);
  return ended;
}

const cancelled = (engine: Engine, input: TrainInput): Promise<Job> =>
  interrupted(engine, input, ({ id }) => engine.calls.cancelJob({ job: id }));

describe('a training', () => {
  test('that was cancelled, or killed, goes on to the very model that it would have become', async () => {
    const whole = await imported.open();
    const uninterrupted = await endOf(whole.engine, () => whole.engine.calls.train(request));
    expect(uninterrupted).toMatchObject({ state: 'done' });
    expect(uninterrupted.curve).toHaveLength(10);
    const [, model] = (await whole.engine.calls.libraryStatus())!.models;
    expect(model).toMatchObject({ id: 'model-1', heldOut: 28, active: true });

    const { engine, path } = await imported.open();
    expect(await cancelled(engine, request)).toMatchObject({
      state: 'cancelled',
      message: 'Stopped. What was learned so far is kept: resume to go on.',
    });
    expect((await engine.calls.libraryStatus())!.models).toHaveLength(1);
    expect(await engine.calls.search({ concepts: [text('beach')] })).toMatchObject({
      model: 'starter',
      total: 120,
    });

    const killed = await interrupted(engine, { resume: true }, () => workers.at(-1)!.kill('SIGKILL'));
    expect(killed).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('it ended unexpectedly (SIGKILL)'),
    });
    expect(await engine.calls.search({ concepts: [text('beach')] })).toMatchObject({ model: 'starter' });

    // The request of the first run counts, not what is asked for now.
    const resumed = await endOf(engine, () => engine.calls.train({ resume: true, seed: 99 }));
    expect(resumed).toMatchObject({ state: 'done', message: uninterrupted.message });
    expect(resumed.curve.at(-1)).toEqual(uninterrupted.curve.at(-1));
    const files = modelFiles(path, 'model-1');
    expect(Object.keys(files)).toEqual([
      'network.onnx',
      'preparation.json',
      'space.safetensors',
      'text.bin',
      'words.bin',
    ]);
    for (const [name, bytes] of Object.entries(modelFiles(whole.path, 'model-1')))
      expect(bytes.equals(files[name]!), name).toBe(true);
    const { createdAt: _, seconds: __, ...facts } = (await engine.calls.libraryStatus())!.models[1]!;
    expect(model).toMatchObject(facts);
    expect(await engine.calls.search({ concepts: [text('beach')] })).toEqual({
      ...(await whole.engine.calls.search({ concepts: [text('beach')] })),
      milliseconds: expect.any(Number),
    });

    // Nothing is left to resume.
    expect(existsSync(join(path, 'models', '.training', 'checkpoint.safetensors'))).toBe(false);
    expect(await endOf(engine, () => engine.calls.train({ resume: true }))).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('no interrupted training to resume'),
    });
  });

  test('that ended with the whole engine is known as interrupted, and can be resumed', async () => {
    const { engine, path } = await imported.open();
    await cancelled(engine, request);
    await engine.close();
    const child = join(projectRoot, 'test', 'fixtures', 'trainUntilKilled.ts');
    const { signal, stderr } = spawnSync(process.execPath, [child, temporaryFolder(), path], {
      encoding: 'utf8',
    });
    expect(signal, stderr).toBe('SIGKILL');

    const again = await startEngine({ learnsByItself: false });
    expect(await again.calls.openLibrary({ path })).toMatchObject({
      photos: 120,
      models: [{ id: 'starter' }],
    });
    const [job] = await again.calls.jobs();
    expect(job).toMatchObject({
      kind: 'train',
      state: 'interrupted',
      message: 'Photolex stopped before this was done.',
      finishedAt: expect.any(String),
    });
    expect(job!.curve.length).toBeGreaterThan(0);
    expect(await again.calls.search({ concepts: [text('beach')] })).toMatchObject({
      model: 'starter',
      total: 120,
    });
    expect(await endOf(again, () => again.calls.train({ resume: true }))).toMatchObject({ state: 'done' });
    expect((await again.calls.libraryStatus())!.models[1]).toMatchObject({ heldOut: 28, active: true });
  });

  test('is not resumed once other captions have come, nor in place of a later one', async () => {
    const { engine, path } = await imported.open();
    await cancelled(engine, request);
    const folder = temporaryFolder();
    await picture(400, 40, 30).png().toFile(join(folder, 'new.png'));
    await endOf(engine, () => engine.calls.importPhotos({ path: folder }));
    const checkpoint = join(path, 'models', '.training', 'checkpoint.safetensors');
    expect(existsSync(checkpoint)).toBe(true);

    writeCaptions(folder, [['new.png', 'sunset at the beach']]);
    await endOf(engine, () => engine.calls.importPhotos({ path: folder }));
    expect(await endOf(engine, () => engine.calls.train({ resume: true }))).toMatchObject({
      state: 'failed',
      message: 'The captions have changed since that training stopped. Train anew.',
    });

    // Stopped as soon as it could be: what is kept is its own, or nothing, and the message says which.
    const started = nextJob(
      engine,
      ({ kind, stage }) => kind === 'train' && stage === 'Reading the captions',
    );
    const stopped = endOf(engine, () => engine.calls.train({}));
    await engine.calls.cancelJob({ job: (await started).id });
    const { state, message } = await stopped;
    expect(state).toBe('cancelled');
    expect(message).toMatch(/nothing to resume|resume to go on/);
    expect(existsSync(checkpoint)).toBe(message!.includes('resume to go on'));
  });

  test('can be done again, each time to a model of its own', async () => {
    const { engine, path } = await imported.open();
    for (const holdout of [0, 0.5]) await endOf(engine, () => engine.calls.train({ holdout }));
    const { models } = (await engine.calls.libraryStatus())!;
    expect(models.map(({ id, active, heldOut }) => [id, active, heldOut])).toEqual([
      ['starter', false, 0],
      ['model-1', false, 0],
      ['model-2', true, 47],
    ]);
    const library = Library.open(path, { readonly: true });
    const hidden = library.models.heldOut(library.models.get('model-2')!);
    library.close();
    expect(new Set(hidden).size).toBe(47);
    expect(await engine.calls.evaluate({})).toMatchObject({ model: 'model-2', photos: 47 });
  });
});

test('one training at a time, beside which an import goes on', async () => {
  const { engine } = await imported.open();
  const started = nextJob(engine, ({ kind, stage }) => kind === 'train' && stage === 'Learning the pictures');
  const ended = endOf(engine, () => engine.calls.train({}));
  const { id } = await started;
  await expect(engine.calls.train({})).rejects.toMatchObject({
    code: 'busy',
    message: 'A training is under way already. Wait for it, or cancel it first.',
  });
  // An import may go on beside it.
  expect(await endOf(engine, () => engine.calls.importPhotos({ path: imported.album.folder }))).toMatchObject(
    { state: 'done' },
  );
  await engine.calls.cancelJob({ job: id });
  expect(await ended).toMatchObject({ state: expect.stringMatching('cancelled|done') });
});

test('a vision process that crashed is started anew', async () => {
  const { engine } = await imported.open();
  const bytes = await picture(5).jpeg().toBuffer();
  const { image } = await engine.calls.addImage({ name: 'one.jpg', bytes });
  expect(workers).toHaveLength(1);
  const ended = new Promise((resolve) => workers[0]!.once('exit', resolve));
  workers[0]!.kill('SIGKILL');
  await ended;
  const { image: another } = await engine.calls.addImage({ name: 'two.jpg', bytes });
  expect(workers).toHaveLength(2);
  const [first, second] = await Promise.all(
    [image, another].map((id) =>
      engine.calls.search({ concepts: [{ kind: 'image', image: id, weight: 1 }], limit: 5 }),
    ),
  );
  expect(first!.results).toEqual(second!.results);
});
