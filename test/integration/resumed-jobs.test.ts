/** Work that was cut off or failed is started again as what it was, whatever else was done since. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Job, TrainInput } from '../../electron/engine/contract.ts';
import { Library } from '../../electron/engine/library/library.ts';
import { endOf, leaveJob, nextJob } from '../fixtures/jobs.ts';
import { learnedAlbum, startEngine } from '../fixtures/learnedAlbum.ts';
import { picture, temporaryFolder } from '../fixtures/pictures.ts';

const imported = learnedAlbum(null);

function inputOf(path: string, id: number): unknown {
  const library = Library.open(path, { readonly: true });
  const { input } = library.jobs.get(id)!;
  library.close();
  return JSON.parse(input);
}

describe('an import', () => {
  test('that failed reads its own folder, not the one that was imported last', async () => {
    const engine = await startEngine({ learnsByItself: false });
    await engine.calls.openLibrary({ path: join(temporaryFolder(), 'library'), create: true });
    const [first, second] = [join(temporaryFolder(), 'first'), temporaryFolder()];
    await picture(1, 40, 30).png().toFile(join(second, 'second.png'));
    const failed = await endOf(engine, () => engine.calls.importPhotos({ path: first }));
    expect(failed.state).toBe('failed');
    await endOf(engine, () => engine.calls.importPhotos({ path: second }));

    mkdirSync(first);
    await picture(2, 40, 30).png().toFile(join(first, 'first.png'));
    expect(await endOf(engine, () => engine.calls.resumeJob({ job: failed.id }))).toMatchObject({
      state: 'done',
      message: expect.stringMatching(/^1 new photo/),
    });
    expect((await engine.calls.libraryStatus())!.folders.toSorted()).toEqual([first, second].toSorted());
  });

  test.each<[Job['kind'], (folder: string) => object, string | RegExp]>([
    ['import', () => ({ rescan: true }), /120 unchanged/],
    ['import', (folder) => ({ changes: [folder] }), /120 unchanged/],
    ['import', () => ({ compare: true }), 'All photos are compared.'],
    ['import', () => ({ closer: true }), 'All photos are looked at closer.'],
    ['sidecars', () => ({ photos: [] }), /^Words of 0 photos are written/],
  ])('and other work is known by what it was asked: %s', async (kind, input, message) => {
    const { engine, path } = await imported.open();
    const asked = input(imported.album.folder);
    const id = leaveJob(path, kind, asked);
    const again = await endOf(engine, () => engine.calls.resumeJob({ job: id }));
    expect(again).toMatchObject({ kind, state: 'done', message: expect.stringMatching(message) });
    expect(again.id).not.toBe(id);
    expect(inputOf(path, again.id)).toMatchObject(asked);
  });

  test('of the sample album draws it again', async () => {
    const { engine, path } = await imported.open();
    const id = leaveJob(path, 'sample', {});
    const drawing = nextJob(engine, ({ stage }) => stage === 'Drawing the sample album');
    const ended = endOf(engine, () => engine.calls.resumeJob({ job: id }));
    const { id: drawn, kind } = await drawing;
    expect(kind).toBe('sample');
    await engine.calls.cancelJob({ job: drawn });
    expect(await ended).toMatchObject({ state: 'cancelled' });
  });

  test('that this library does not know is refused', async () => {
    const { engine } = await imported.open();
    await expect(engine.calls.resumeJob({ job: 999 })).rejects.toMatchObject({ code: 'no-job' });
  });
});

describe('a training', () => {
  const asked: TrainInput = { holdout: 0.3, seed: 7, text: 'glove' };

  test('goes on from its checkpoint; an older one begins anew, as it was asked for', async () => {
    const { engine, path } = await imported.open();
    const older = leaveJob(path, 'train', { ...asked, holdout: 0.1 }, 'failed');
    const learning = nextJob(engine, ({ kind, curve }) => kind === 'train' && curve.length > 0);
    const cancelled = endOf(engine, () => engine.calls.train(asked));
    await engine.calls.cancelJob({ job: (await learning).id });
    const { id, state, curve } = await cancelled;
    expect(state).toBe('cancelled');

    const resumed = await endOf(engine, () => engine.calls.resumeJob({ job: id }));
    expect(resumed.state).toBe('done');
    // What was measured before the stop is not measured again.
    expect(resumed.curve[0]!.step).toBeGreaterThan(curve.at(-1)!.step);

    expect(await endOf(engine, () => engine.calls.resumeJob({ job: older }))).toMatchObject({
      state: 'done',
    });
    const { models } = (await engine.calls.libraryStatus())!;
    expect(models.map(({ text, heldOut }) => [text, heldOut]).slice(1)).toEqual([
      ['glove', 28],
      ['glove', 9],
    ]);
  });

  test('that has no checkpoint, or one that does not fit, begins anew as it was asked for', async () => {
    const { engine, path } = await imported.open();
    const failed = leaveJob(path, 'train', { ...asked, resume: true }, 'failed');
    const anew = await endOf(engine, () => engine.calls.resumeJob({ job: failed }));
    expect(anew.state).toBe('done');
    const { models } = (await engine.calls.libraryStatus())!;
    expect(await engine.calls.trainedAs({ model: models.at(-1)!.id })).toMatchObject(asked);
    expect(await engine.calls.trainedAs({ model: 'starter' })).toBeNull();
    expect(models.at(-1)).toMatchObject({ text: 'glove', heldOut: 28, seconds: expect.any(Number) });
  });
});
