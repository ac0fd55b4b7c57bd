/** Text embeddings learnt by several threads: as good as by one, the same every time, stopped and resumed. */
import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TextThreads, threadsFor, threadsOf } from '../../electron/engine/train/textThreads.ts';
import type { TextAlgorithm } from '../../models/text/algorithms.ts';
import { encodeTextModel, type TextModel } from '../../models/text/textModel.ts';
import { startTextTraining, type TextState, type TextTraining } from '../../models/text/textTraining.ts';
import { nearestTo, prepare } from '../fixtures/captions.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
const documents = fixture('corpus.txt')
  .split('\n')
  .map((line) => line.toLowerCase().match(/[a-z]+/g) ?? []);
const { vocabulary } = prepare(documents, 5);
const references = JSON.parse(fixture('textReferences.json')) as {
  queries: string;
  methods: Record<'skip-gram' | 'fasttext', { overlapOfSeeds: number; neighbours: string[][] }>;
};

const start = (algorithm: TextAlgorithm): TextTraining =>
  startTextTraining(algorithm, { documents, vocabulary, dimension: 50, seed: 1 });

async function byThreads(algorithm: TextAlgorithm, threads: number): Promise<TextModel> {
  const training = new TextThreads(start(algorithm), threads, 1);
  onTestFinished(() => training.close());
  while (!training.done) await training.step();
  return training.model();
}

/** How many of the ten nearest words agree with Gensim's, mean over its seeds and the queries. */
function agreement({ words }: TextModel, method: 'skip-gram' | 'fasttext'): number {
  const queries = references.queries.split(' ');
  const shares = references.methods[method].neighbours.flatMap((theirs) =>
    queries.map(
      (word, i) =>
        nearestTo(words, word, 10).filter((near) => theirs[i]!.split(' ').includes(near)).length / 10,
    ),
  );
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

describe('two threads', () => {
  test.each([
    ['word2vec', 'skip-gram'],
    ['fasttext', 'fasttext'],
  ] as const)('learn %s as well as one', async (algorithm, method) => {
    const alone = start(algorithm);
    while (!alone.done) alone.step();
    const together = await byThreads(algorithm, 2);
    expect(agreement(together, method)).toBeGreaterThan(agreement(alone.model(), method) - 0.05);
  });

  test('find documents by their own words with Doc2Vec', async () => {
    const model = await byThreads('doc2vec', 2);
    expect(model.algorithm).toBe('doc2vec');
    const whole = 'documents' in model && 'parts' in model.documents ? model.documents : null;
    const sample = documents
      .map((tokens, row) => ({ tokens, row }))
      .filter(({ tokens }) => tokens.length > 15);
    const found = sample.filter(({ tokens, row }, index) => {
      if (index % 5 !== 0) return false;
      const inferred = whole!.infer(tokens)!;
      const scores = documents.map((_, other) => {
        const vector = whole!.documents.subarray(other * 50, (other + 1) * 50);
        const [dot, square] = vector.reduce(
          ([d, s], value, i) => [d! + value * inferred[i]!, s! + value * value],
          [0, 0],
        ) as [number, number];
        return dot / Math.sqrt(square || 1);
      });
      return scores.indexOf(Math.max(...scores)) === row;
    });
    expect(found.length / Math.ceil(sample.length / 5)).toBeGreaterThanOrEqual(0.9);
  });

  test('give the same bytes every time', async () => {
    const [one, other] = [await byThreads('word2vec', 2), await byThreads('word2vec', 2)];
    expect(Buffer.from(encodeTextModel(one).words).equals(Buffer.from(encodeTextModel(other).words))).toBe(
      true,
    );
  });

  test('stop in the middle of a round, and go on', async () => {
    const training = new TextThreads(start('word2vec'), 2, 1);
    onTestFinished(() => training.close());
    await training.step();
    const round = training.step();
    training.cancel();
    const { done } = await round;
    expect(done).toBeLessThan(training.total);
    const state: TextState = structuredClone(await training.state());
    expect(threadsOf(state)).toBe(2);
    const resumed = new TextThreads(start('word2vec'), 2, 1, state);
    onTestFinished(() => resumed.close());
    expect((await resumed.step()).done).toBeGreaterThan(done);
    let progress = { done: 0, loss: Number.NaN };
    while (!resumed.done) progress = await resumed.step();
    expect(progress.done).toBe(resumed.total);
    const unstopped = agreement(await byThreads('word2vec', 2), 'skip-gram');
    expect(agreement(resumed.model(), 'skip-gram')).toBeGreaterThan(unstopped - 0.05);
  });
});

test('threads are for large corpora, of algorithms that can share them', () => {
  expect(threadsFor(start('word2vec'))).toBe(1);
  expect(threadsFor(start('lda'))).toBe(1);
  expect(threadsFor({ ...start('word2vec'), total: 50_000_000 })).toBeGreaterThanOrEqual(1);
});
