/** What can be learned from, and what is refused with a reason that says what to do. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TrainInput } from '../../electron/engine/contract.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { textAlgorithms } from '../../models/text/algorithms.ts';
import { writeCaptions } from '../fixtures/album.ts';
import { endOf } from '../fixtures/jobs.ts';
import { startEngine, text } from '../fixtures/learnedAlbum.ts';
import { picture, temporaryFolder } from '../fixtures/pictures.ts';

/** An engine with a library of six small pictures, of which the first have these captions. */
async function libraryOf(captions: readonly string[]): Promise<Engine> {
  const folder = temporaryFolder();
  for (let number = 0; number < 6; number++)
    await picture(number, 32, 24)
      .png()
      .toFile(join(folder, `${number}.png`));
  writeCaptions(
    folder,
    captions.map((caption, number) => [`${number}.png`, caption]),
  );
  const engine = await startEngine({ learnsByItself: false });
  await engine.calls.openLibrary({ path: join(temporaryFolder(), 'library'), create: true });
  await endOf(engine, () => engine.calls.importPhotos({ path: folder }));
  return engine;
}

describe('nothing is learned', () => {
  async function expectRefusal(engine: Engine, input: TrainInput, message: string): Promise<void> {
    expect(await endOf(engine, () => engine.calls.train(input))).toMatchObject({
      state: 'failed',
      message: expect.stringContaining(message),
    });
    expect((await engine.calls.libraryStatus())!.models).toHaveLength(1);
    expect(await engine.calls.search({ concepts: [text('dog')] })).toMatchObject({
      model: 'starter',
      total: 6,
    });
  }

  test.each([
    ['no captions', [], 'No photo has words to learn from. Add captions'],
    [
      'one caption',
      ['a dog'],
      'no word is written twice in the texts of all captioned photos, of which there are 1. Add',
    ],
    [
      'captions that share no word',
      ['a dog', 'one cat'],
      'no word is written twice in the texts of all captioned photos, of which there are 2. Add',
    ],
    ['words that mean nothing', ['the', 'and 12'], 'There is nothing to learn from: no photo has words'],
  ])('from %s', async (_, captions, message) => {
    await expectRefusal(await libraryOf(captions), {}, message);
  });

  test('as long as the request cannot be met', async () => {
    const engine = await libraryOf(['dog', 'dog']);
    await expectRefusal(engine, { holdout: ['0.png', '1.png'] }, 'no photo has words (held out: 2)');
    await expectRefusal(
      engine,
      { holdout: ['x.png', 'y.png'] },
      'None of the 2 photos to hold out is in the library (the first is x.png)',
    );
    await expectRefusal(engine, { holdout: [] }, 'The list of photos to hold out is empty');
    await expectRefusal(engine, { dimension: 64 }, 'The starter has 400 dimensions');
    await expectRefusal(engine, { resume: true }, 'no interrupted training to resume');
  });
});

test.each(['starter', 'scratch'] as const)(
  'captions that are all the same are learned for what they are (%s)',
  async (init) => {
    const engine = await libraryOf(['Qwrtzpsd', 'Qwrtzpsd', 'Qwrtzpsd', 'Qwrtzpsd']);
    const holdout = ['3.png', 'gone.png'];
    expect(await endOf(engine, () => engine.calls.train({ init, holdout }))).toMatchObject({
      state: 'done',
      message:
        'Learned from 3 captioned photos. Photos to hold out that are not in the library: 1, such as gone.png.',
    });
    const { results, concepts } = await engine.calls.search({ concepts: [text('qwrtzpsd')] });
    expect(concepts).toMatchObject([{ known: true, words: [{ source: 'learned' }] }]);
    expect(results).toHaveLength(6);
    for (const { score } of results) expect(score).toSatisfy((value) => value >= 0 && value <= 1);
  },
);

describe.each(textAlgorithms)('%s', (algorithm) => {
  test('learns captions that are all the same, and ones that no one should write', async () => {
    const long = Array.from({ length: 100_000 }, (_, index) => `wort${index % 500}`).join(' ');
    const engine = await libraryOf([
      'one and the same',
      'one and the same',
      long,
      'dog\u0000 \u001b[31mcat\u202e שלום dog مرحبا cat',
      `🐶🐶🐶 ${'\ud800 #'.repeat(50)}`,
    ]);
    const { state, message } = await endOf(engine, () =>
      engine.calls.train({ text: algorithm, init: 'scratch', dimension: 16 }),
    );
    expect({ state, message }).toMatchObject({
      state: 'done',
      message: expect.stringMatching(/^Learned from \d captioned photos/),
    });
    const { words } = await engine.calls.nearestWords({ word: 'dog', space: 'text' });
    for (const { similarity } of words) expect(Math.abs(similarity)).toBeLessThanOrEqual(1.0001);
    const { results } = await engine.calls.search({ concepts: [text('wort7')] });
    expect(results).toHaveLength(6);
    for (const { score } of results) expect(score).toSatisfy((value) => value >= 0 && value <= 1);
  });
});
