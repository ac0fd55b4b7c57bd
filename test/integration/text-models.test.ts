/** The five text embeddings in a library: learned, kept, asked, and started from vectors that somebody else trained. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../electron/engine/engine.ts';
import { textAlgorithms } from '../../models/text/algorithms.ts';
import { decodeWord2Vec } from '../../models/text/wordVectors.ts';
import { endOf } from '../fixtures/jobs.ts';
import { learnedAlbum, relevance, text } from '../fixtures/learnedAlbum.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';

const imported = learnedAlbum(null);

/** How many times better than by chance the active model finds what is in pictures: mean average precision to share of photos. */
async function timesChance(engine: Engine): Promise<number> {
  const { meanAveragePrecision, perQuery, photos } = await engine.calls.evaluate({
    relevance: relevance(imported.album),
  });
  const chance = perQuery.reduce((sum, { relevant }) => sum + relevant / photos, 0) / perQuery.length;
  return meanAveragePrecision / chance;
}

describe.each(textAlgorithms)('%s', (algorithm) => {
  test('is learned from the starter, and finds what is in pictures', async () => {
    const { engine, path } = await imported.open();
    expect(await endOf(engine, () => engine.calls.train({ text: algorithm }))).toMatchObject({
      state: 'done',
    });
    const { models } = (await engine.calls.libraryStatus())!;
    expect(models.find(({ active }) => active)).toMatchObject({ text: algorithm, loss: 'contrastive' });
    expect(await timesChance(engine)).toBeGreaterThan(3);
    // The words of the text embedding open as word2vec.
    const words = decodeWord2Vec(readFileSync(join(path, 'models', 'model-1', 'text.bin')));
    expect(words.has('beach')).toBe(true);
    const near = await engine.calls.nearestWords({ word: 'beach', space: 'text', limit: 5 });
    expect(near).toMatchObject({ source: 'learned', count: expect.any(Number) });
    expect(near.words).toHaveLength(5);
    const { total, words: learned } = await engine.calls.learnedWords({ filter: 'figaro' });
    expect(total).toBe(1);
    expect(learned).toEqual([{ word: 'figaro', count: 10, photos: 10 }]);
    expect((await engine.calls.wordPhotos({ word: 'figaro' })).total).toBe(10);
    if (algorithm === 'lda') {
      const topics = await engine.calls.topics({ words: 5 });
      expect(topics.length).toBeGreaterThan(2);
      const shares = topics.map(({ share }) => share);
      expect(shares).toEqual(shares.toSorted((one, other) => other - one));
    } else {
      await expect(engine.calls.topics({})).rejects.toMatchObject({ code: 'no-topics' });
    }
  });

  test.each(['sigmoid', 'triplet'] as const)('is what pictures are learned towards (%s)', async (loss) => {
    const { engine } = await imported.open();
    const input = {
      text: algorithm,
      loss,
      init: 'scratch' as const,
      dimension: 32,
      weighting: 'mean' as const,
    };
    expect(await endOf(engine, () => engine.calls.train(input))).toMatchObject({ state: 'done' });
    expect(await timesChance(engine)).toBeGreaterThan(2);
    const { results } = await engine.calls.search({ concepts: [text('beach'), text('sunset')] });
    for (const { score } of results) expect(score).toSatisfy((value) => value >= 0 && value <= 1);
  });
});

test.each(['soft', 'random'] as const)(
  'pictures are told from other captions by a triplet: %s',
  async (negatives) => {
    const { engine } = await imported.open();
    const message = await endOf(engine, () =>
      engine.calls.train({ loss: 'triplet', negatives, weighting: 'mean' }),
    );
    expect(message).toMatchObject({ state: 'done' });
    expect(await timesChance(engine)).toBeGreaterThan(2);
  },
);

test('a misspelt word is guessed from its letters, by FastText alone', async () => {
  const { engine } = await imported.open();
  await endOf(engine, () => engine.calls.train({ text: 'fasttext', init: 'scratch' }));
  const { concepts } = await engine.calls.search({ concepts: [text('sunsetts')] });
  expect(concepts[0]!.words).toEqual([{ word: 'sunsetts', source: 'spelling' }]);
  const { words } = await engine.calls.nearestWords({ word: 'sunsetts', space: 'text', limit: 3 });
  expect(words.map(({ word }) => word)).toContain('sunset');
  const unlike = await engine.calls.search({ concepts: [text('qwrtzpsd')] });
  expect(unlike.concepts[0]).toMatchObject({ known: false });
});

test('vectors of one’s own are kept with the model, and words that nobody wrote stay comparable', async () => {
  const { engine, path } = await imported.open();
  const file = fileURLToPath(new URL('../fixtures/vectors/fasttext.bin', import.meta.url));
  const { state, message } = await endOf(engine, () => engine.calls.train({ pretrained: file }));
  expect({ state, message }).toMatchObject({ state: 'done' });
  // "alice" is a word of that file alone.
  const { concepts } = await engine.calls.search({ concepts: [text('alice')] });
  expect(concepts[0]!.words).toEqual([{ word: 'alice', source: 'pretrained' }]);
  const near = await engine.calls.nearestWords({ word: 'alice', space: 'text', limit: 200 });
  expect(near.words.some(({ count }) => count > 0)).toBe(true);
  expect(near.words.some(({ count }) => count === 0)).toBe(true);
  const folder = join(path, 'models', 'model-1');
  expect(readFileSync(join(folder, 'pretrained.words.txt'), 'utf8')).toContain('alice\n');

  const damaged = join(temporaryFolder(), 'damaged.bin');
  writeFileSync(damaged, readFileSync(file).subarray(0, 3000));
  mkdirSync(join(path, 'empty'), { recursive: true });
  for (const [input, reason] of [
    [
      { pretrained: damaged },
      `${damaged} cannot be used as word vectors: it is a fastText file that is cut off`,
    ],
    [{ pretrained: join(path, 'empty') }, 'it is a folder'],
    [{ pretrained: file, init: 'starter' }, 'Vectors of your own are learned from with --init pretrained'],
    [{ loss: 'sigmoid', init: 'starter' }, 'which is not the starter’s space'.replace('’', "'")],
    [{ loss: 'sigmoid', dimension: 64 }, 'have 100 dimensions'],
  ] as const) {
    expect(await endOf(engine, () => engine.calls.train(input))).toMatchObject({
      state: 'failed',
      message: expect.stringContaining(reason),
    });
  }
});

test('analogies are asked of either space', async () => {
  const { engine } = await imported.open();
  const found = await engine.calls.analogy({ a: 'king', b: 'queen', c: 'man', limit: 5 });
  expect(found.map(({ word }) => word)).toContain('woman');
  expect(await engine.calls.analogy({ a: 'dog', b: 'puppy', c: 'cat', space: 'pictures' })).toHaveLength(10);
  await expect(engine.calls.analogy({ a: 'qwrtzpsd', b: 'queen', c: 'man' })).rejects.toMatchObject({
    code: 'unknown-word',
    message: expect.stringContaining('"qwrtzpsd"'),
  });
});

test('what the user says of words is heeded by the next training, in captions and in queries', async () => {
  const { engine } = await imported.open();
  const rules = {
    exclude: ['sofa'],
    merge: [{ from: 'figaro', into: 'kater' }],
    join: ['asleep figaro'],
  };
  expect(await engine.calls.setWordRules(rules)).toEqual(rules);
  expect(await engine.calls.wordRules()).toEqual({ rules, learned: false });
  await endOf(engine, () => engine.calls.train({}));
  expect(await engine.calls.wordRules()).toEqual({ rules, learned: true });
  const words = async (filter: string) =>
    (await engine.calls.learnedWords({ filter })).words.map(({ word }) => word);
  expect(await words('figaro')).toEqual([]);
  expect(await words('sofa')).toEqual([]);
  expect(await words('kater')).toEqual(['kater']);
  const { concepts } = await engine.calls.search({ concepts: [text('Figaro')] });
  expect(concepts[0]!.words).toEqual([{ word: 'kater', source: 'learned' }]);
  const merge = [
    { from: 'a1', into: 'b1' },
    { from: 'b1', into: 'a1' },
  ];
  await expect(engine.calls.setWordRules({ ...rules, merge })).rejects.toMatchObject({ code: 'word-rules' });
  expect((await engine.calls.wordRules()).rules).toEqual(rules);
  const read = await engine.calls.prepareText({ text: 'Figaro on the sofa #goldengate' });
  expect(read.tokens).toEqual(['kater', 'golden', 'gate']);
  expect(read.steps.map(({ step, result }) => [step, result])).toEqual(
    expect.arrayContaining([
      ['Language', 'English'],
      ['Left out', 'on · the · sofa'],
      ['Read as', 'figaro → kater'],
    ]),
  );
});
