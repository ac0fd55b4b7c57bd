/** Text training in threads, from the built application: what several learn is as good as what one learns. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { trainText } from '../../electron/engine/train/textThreads.ts';
import type { CorpusTraining, TrainingState } from '../../models/text/corpusTraining.ts';
import { Doc2Vec } from '../../models/text/doc2vec.ts';
import { FastText } from '../../models/text/fasttext.ts';
import { Word2Vec } from '../../models/text/word2vec.ts';
import { captionsOf, everyScene, nearestTo, prepare, shareWithinScene, train } from '../fixtures/captions.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
const references = JSON.parse(fixture('textReferences.json')) as {
  queries: string;
  methods: Record<'skip-gram' | 'cbow' | 'fasttext', { overlapOfSeeds: number; neighbours: string[][] }>;
};
const queries = references.queries.split(' ');
const book = prepare(
  fixture('corpus.txt')
    .split('\n')
    .map((line) => line.toLowerCase().match(/[a-z]+/g) ?? []),
  5,
);
const options = { dimension: 50, epochs: 50, shuffle: false };
const methods = {
  'skip-gram': () => new Word2Vec(options, book.vocabulary, book.corpus),
  cbow: () => new Word2Vec({ ...options, mode: 'cbow' }, book.vocabulary, book.corpus),
  fasttext: () => new FastText(options, book.vocabulary, book.corpus),
} as const;

/** The least share of the ten nearest words in common with a seed of Gensim, mean over the queries. */
function overlapWithGensim(
  method: keyof typeof methods,
  vectors: { nearest: Word2VecVectors['nearest']; vector: Word2VecVectors['vector'] },
): number {
  const ours = queries.map((word) => nearestTo(vectors, word, 10));
  const overlaps = references.methods[method].neighbours.map((seed) => {
    const shares = ours.map(
      (words, i) => words.filter((word) => seed[i]!.split(' ').includes(word)).length / 10,
    );
    return shares.reduce((sum, share) => sum + share, 0) / shares.length;
  });
  return Math.min(...overlaps);
}
type Word2VecVectors = ReturnType<Word2Vec['vectors']>;

/** Mean loss per prediction of one more pass, read by a training that learns nothing from it. */
function lossOf(trained: CorpusTraining, make: (still: { learningRate: number }) => CorpusTraining): number {
  const { inputs, outputs } = trained.state();
  const judge = make({ learningRate: 0 });
  judge.restore({ ...judge.state(), inputs, outputs });
  return judge.step(Number.POSITIVE_INFINITY).loss;
}

const scenes = prepare(captionsOf(1, 2000, everyScene));
const small = { dimension: 24, epochs: 10, learningRate: 0.05, seed: 3 };
const makeSmall = (): Word2Vec => new Word2Vec(small, scenes.vocabulary, scenes.corpus);

describe('on one thread', () => {
  it('gives the bytes that steps give', async () => {
    const model = makeSmall();
    const reports: number[] = [];
    expect(await trainText(model, { onProgress: ({ wordsDone }) => reports.push(wordsDone) })).toBe(true);
    expect(model.state()).toEqual(train(makeSmall()).state());
    expect(reports.at(-1)).toBe(model.totalWords);
  });
});

describe('on several threads', () => {
  it.each([
    ['skip-gram', 2],
    ['skip-gram', 4],
    ['cbow', 2],
    ['cbow', 4],
    ['fasttext', 2],
    ['fasttext', 4],
  ] as const)(
    "learns neighbours as near to Gensim's as Gensim's seeds are: %s, %i",
    async (method, threads) => {
      const model = methods[method]();
      expect(await trainText(model, { threads })).toBe(true);
      const { overlapOfSeeds } = references.methods[method];
      expect(overlapWithGensim(method, model.vectors())).toBeGreaterThanOrEqual(overlapOfSeeds - 0.05);
    },
  );

  it.each([2, 4])('ends with the loss of one thread to a hundredth: %i', async (threads) => {
    const make = (still = {}): Word2Vec =>
      new Word2Vec(
        { dimension: 50, epochs: 20, minimumLearningRate: 0, ...still },
        book.vocabulary,
        book.corpus,
      );
    const model = make();
    await trainText(model, { threads });
    expect(lossOf(model, make)).toBeLessThan(1.01 * lossOf(train(make()), make));
  });

  it('gives the same bytes for a seed, and reports all words', async () => {
    const runs = [makeSmall(), makeSmall()];
    for (const model of runs) {
      const reports: { wordsDone: number; loss: number }[] = [];
      await trainText(model, { threads: 3, onProgress: (progress) => reports.push(progress) });
      expect(reports.at(-1)!.wordsDone).toBe(model.totalWords);
    }
    expect(runs[0]!.state()).toEqual(runs[1]!.state());
    expect(shareWithinScene(runs[0]!.vectors())).toBeGreaterThan(0.95);
  });

  it.each(['dbow', 'dm'] as const)(
    'learns documents with the loss of one thread to two hundredths: %s',
    async (mode) => {
      const make = (still = {}): Doc2Vec =>
        new Doc2Vec(
          { dimension: 50, epochs: 10, minimumLearningRate: 0, mode, ...still },
          book.vocabulary,
          book.corpus,
        );
      const model = make();
      await trainText(model, { threads: 2 });
      expect(lossOf(model, make)).toBeLessThan(1.02 * lossOf(train(make()), make));
    },
  );

  it('learns each document in its own row', async () => {
    const documents = [...captionsOf(5, 300, ['pets']), ...captionsOf(6, 300, ['city'])];
    const { vocabulary, corpus } = prepare(documents);
    const training = new Doc2Vec({ dimension: 16, epochs: 40 }, vocabulary, corpus);
    await trainText(training, { threads: 2 });
    const { inputs } = training.state();
    const row = (n: number): Float32Array =>
      inputs.subarray((vocabulary.size + n) * 16, (vocabulary.size + n + 1) * 16);
    const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, v, i) => sum + v * y[i]!, 0);
    const cosine = (a: number, b: number): number =>
      dot(row(a), row(b)) / Math.sqrt(dot(row(a), row(a)) * dot(row(b), row(b)));
    let right = 0;
    for (let n = 0; n < 299; n++) if (cosine(n, n + 1) > cosine(n, n + 300)) right++;
    expect(right / 299).toBeGreaterThan(0.95);
  });

  it('is done at once without words, and with fewer texts than threads', async () => {
    const empty = prepare([[]]);
    expect(
      await trainText(new Word2Vec({ dimension: 4 }, empty.vocabulary, empty.corpus), { threads: 2 }),
    ).toBe(true);
    const one = prepare([['snow', 'leopard']]);
    const model = new Word2Vec({ dimension: 4, epochs: 3 }, one.vocabulary, one.corpus);
    expect(await trainText(model, { threads: 3 })).toBe(true);
    expect(model.wordsDone).toBe(6);
  });

  it('fails with the message of a thread that fails', async () => {
    // What the first thread gets lacks its texts; the other then waits for it in vain.
    const model = makeSmall();
    const replicate = model.replicate.bind(model);
    model.replicate = (threads) => {
      const plan = replicate(threads);
      const [first, ...others] = plan.readers;
      return { ...plan, readers: [{ ...first!, order: undefined as unknown as Uint32Array }, ...others] };
    };
    await expect(trainText(model, { threads: 2 })).rejects.toThrow('undefined');
    expect(() => makeSmall().replicate(0)).toThrow('threads must be');
  });
});

describe('a training that is stopped', () => {
  /** Trains until the first report and returns the state, as it would be read from a file. */
  async function stopEarly(model: Word2Vec, threads: number): Promise<TrainingState> {
    const controller = new AbortController();
    const done = await trainText(model, {
      threads,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    expect(done).toBe(false);
    expect(model.wordsDone).toBeGreaterThan(0);
    expect(model.wordsDone).toBeLessThan(model.totalWords);
    return structuredClone(model.state());
  }
  const long = { ...small, epochs: 100 };
  const make = (): Word2Vec => new Word2Vec(long, scenes.vocabulary, scenes.corpus);

  it.each([
    [1, 1],
    [2, 2],
    [2, 3],
    [3, 1],
    [1, 2],
  ])('on %i threads ends on %i with all words read, each as often as another', async (before, after) => {
    const state = await stopEarly(make(), before);
    const model = make();
    model.restore(state);
    expect(model.wordsDone).toBe(state.wordsDone);
    expect(await trainText(model, { threads: after })).toBe(true);
    expect(model.wordsDone).toBe(model.totalWords);
    expect(shareWithinScene(model.vectors())).toBeGreaterThan(0.95);
  });

  it('on one thread ends with the same bytes', async () => {
    const model = make();
    model.restore(await stopEarly(make(), 1));
    await trainText(model);
    expect(model.vectors().vectors).toEqual(train(make()).vectors().vectors);
  });

  it.each([1, 2])('goes on from a checkpoint: %i', async (threads) => {
    const controller = new AbortController();
    const states: TrainingState[] = [];
    await trainText(make(), {
      threads,
      signal: controller.signal,
      checkpointSeconds: 0,
      onCheckpoint: (state) => {
        states.push(state);
        if (states.length === 2) controller.abort();
      },
    });
    expect(states[1]!.wordsDone).toBeGreaterThan(states[0]!.wordsDone);
    const model = make();
    model.restore(states[1]!);
    expect(await trainText(model, { threads })).toBe(true);
    expect(model.wordsDone).toBe(model.totalWords);
    expect(shareWithinScene(model.vectors())).toBeGreaterThan(0.95);
  });
});
