import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Random } from '../../models/random.ts';
import { decodeTensorFile, encodeTensorFile } from '../../models/tensorFile.ts';
import { digamma, expDigamma, logGamma } from '../../models/text/gammaFunction.ts';
import { Lda, type LdaOptions } from '../../models/text/lda.ts';
import { TopicInference, topicWeights } from '../../models/text/topicInference.ts';
import { TopicModel, type TopicModelData, topicCorpus } from '../../models/text/topicModel.ts';
import reference from '../fixtures/ldaReferences.json' with { type: 'json' };

describe('gamma functions', () => {
  it('have the values of the tables', () => {
    const euler = 0.5772156649015329;
    expect(digamma(1)).toBeCloseTo(-euler, 10);
    expect(digamma(0.5)).toBeCloseTo(-euler - 2 * Math.LN2, 10);
    expect(digamma(10)).toBeCloseTo(2.251752589066721, 10);
    expect(digamma(1e6)).toBeCloseTo(13.815510057964191, 10);
    expect(logGamma(1)).toBeCloseTo(0, 10);
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 10);
    expect(logGamma(11)).toBeCloseTo(Math.log(3628800), 10);
    expect(logGamma(0.001)).toBeCloseTo(6.907178885383853, 10);
  });

  it('agree with each other', () => {
    for (const x of [0.01, 0.3, 1, 2.5, 5.999, 6, 40, 3000]) {
      expect(expDigamma(x) / Math.exp(digamma(x))).toBeCloseTo(1, 10);
      const step = 1e-4 * x;
      expect((logGamma(x + step) - logGamma(x - step)) / (2 * step) / digamma(x)).toBeCloseTo(1, 5);
    }
    expect(expDigamma(0.001)).toBe(0);
  });
});

/** The E-step as its equations stand: φ of every word and topic, γ from φ, again and again. */
function plainInference(
  lambda: number[][],
  text: readonly number[],
  alpha: number,
  iterations: number,
  threshold: number,
) {
  const topics = lambda[0]!.length;
  const all = Array.from({ length: topics }, (_, k) => k);
  const sums = all.map((k) => lambda.reduce((sum, row) => sum + row[k]!, 0));
  const logBeta = (word: number, k: number): number => digamma(lambda[word]![k]!) - digamma(sums[k]!);
  const phiOf = (gamma: number[]): number[][] =>
    text.map((word) => {
      const logs = all.map((k) => digamma(gamma[k]!) + logBeta(word, k));
      const top = Math.max(...logs);
      const weights = logs.map((value) => Math.exp(value - top));
      const total = weights.reduce((sum, value) => sum + value, 0);
      return weights.map((value) => value / total);
    });
  let gamma = all.map(() => 1);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const phi = phiOf(gamma);
    const next = all.map((k) => phi.reduce((sum, row) => sum + row[k]!, alpha));
    const change = next.reduce((sum, value, k) => sum + Math.abs(value - gamma[k]!), 0) / topics;
    gamma = next;
    if (change < threshold) break;
  }
  return { gamma, phi: phiOf(gamma) };
}

/** Relative to the value, or to 1 for lesser ones. */
function largestError(values: ArrayLike<number>, wanted: ArrayLike<number>): number {
  const errors = Array.from(values, (value, i) => Math.abs(value - wanted[i]!) / Math.max(1, value));
  return errors.reduce((most, error) => Math.max(most, error), 0);
}

describe('TopicInference', () => {
  it.each([
    { topics: 3, alpha: 0.3 },
    { topics: 40, alpha: 0.025 },
    { topics: 400, alpha: 0.0025 },
    { topics: 900, alpha: 0.001 },
  ])('equals a plain computation of its equations with $topics topics', ({ topics, alpha }) => {
    const random = new Random(topics);
    const words = 60;
    // A few topics write each word, the others have their prior only; the last word is in no topic.
    const lambda = Array.from({ length: words }, (_, word) =>
      Array.from({ length: topics }, () =>
        Math.fround(word < words - 1 && random.next() < 3 / topics ? 20 * random.next() : alpha),
      ),
    );
    const inference = new TopicInference(
      topicWeights(Float32Array.from(lambda.flat()), topics),
      alpha,
      50,
      0.001,
    );
    for (const length of [1, 3, 8, 30, 2]) {
      const text = Array.from({ length }, () => random.integer(words));
      text[0] = words - 1;
      const wanted = plainInference(lambda, text, alpha, 50, 0.001);
      inference.infer(Uint32Array.from(text));
      expect(largestError(inference.gamma, wanted.gamma)).toBeLessThan(1e-6);
      const statistics = new Float32Array(words * topics);
      inference.addStatistics(statistics);
      const wantedStatistics = new Float64Array(words * topics);
      for (const [n, word] of text.entries()) {
        for (let k = 0; k < topics; k++) wantedStatistics[word * topics + k]! += wanted.phi[n]![k]!;
      }
      expect(largestError(statistics, wantedStatistics)).toBeLessThan(1e-6);
    }
  });

  it('finds the topics and bounds that Gensim finds', () => {
    const { topics, alpha, eta, lambda, texts, gamma, documentBounds, bound } = reference.small;
    const values = Float32Array.from(lambda.flat());
    const inference = new TopicInference(topicWeights(values, topics), alpha, 1000, 1e-12);
    for (const [i, text] of texts.entries()) {
      inference.infer(Uint32Array.from(text));
      for (const [k, value] of gamma[i]!.entries()) expect(inference.gamma[k]).toBeCloseTo(value, 6);
      expect(inference.bound()).toBeCloseTo(documentBounds[i]!, 6);
    }
    const words = lambda.map((_, word) => `${word}`);
    const model = new TopicModel({
      ...{ topics, alpha, eta, words, forms: words, stems: false },
      ...{ lambda: values, iterations: 1000, threshold: 1e-12 },
    });
    expect(model.bound(texts.map((text) => Uint32Array.from(text)))).toBeCloseTo(bound, 5);
  });
});

/** Five topics of ten words; every document is of one or two. */
const planted = [
  'dogs puppy barking leash kennel paws fur bone tail collar',
  'beaches waves surf shell sand towel swimming coast tide sail',
  'oven pan bread butter knife plate flour sugar table baking',
  'tower bridges traffic buses street crossing tram neon station taxi',
  'snow skiing slope mountain chalet lift glacier sledge frost summit',
].map((words) => words.split(' '));
function plantedDocuments(seed: number, count: number): { tokens: string[]; topic: number }[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const [topic, other] = [random.integer(5), random.integer(5)];
    const tokens = Array.from({ length: 6 + random.integer(6) }, () => {
      const words = planted[random.next() < 0.85 ? topic : other]!;
      return words[random.integer(words.length)]!;
    });
    return { tokens, topic };
  });
}
const source = topicCorpus(plantedDocuments(1, 500).map(({ tokens }) => tokens));
const small: Partial<LdaOptions> = { topics: 4, passes: 3, chunkSize: 120, seed: 5 };
function train(model: Lda, stepDocuments = Number.POSITIVE_INFINITY): Lda {
  while (!model.done) model.step(stepDocuments);
  return model;
}
const best = (topics: Float32Array): number => topics.indexOf(Math.max(...topics));

describe('Lda', () => {
  it('recovers planted topics, and tells which one a new document is about', () => {
    // Learning ends in one of many local optima: the bound tells the best.
    const models = [1, 2, 3].map((seed) => train(new Lda({ topics: 5, passes: 30, seed }, source)).model());
    const [model] = models.sort((a, b) => b.bound(source.corpus) - a.bound(source.corpus));
    if (model === undefined) throw new Error('nothing was learnt');
    const topicOf = planted.map((words) => best(model.infer(words)!));
    expect(new Set(topicOf).size).toBe(5);
    for (const [number, words] of planted.entries()) {
      const written = model.topicWords(topicOf[number]!, 10);
      expect(written.map(({ word }) => word).sort()).toEqual(words.toSorted());
      for (const { probability } of written) expect(Math.abs(probability - 0.1)).toBeLessThan(0.04);
    }
    const fresh = plantedDocuments(2, 200);
    const right = fresh.filter(({ tokens, topic }) => best(model.infer(tokens)!) === topicOf[topic]);
    expect(right.length).toBeGreaterThan(190);
    // Fifty words at random would be 50; the words of one known topic 10.
    expect(model.perplexity(fresh.map(({ tokens }) => tokens))).toBeLessThan(25);
  });

  it('raises the bound with every round of batch learning', () => {
    const options = { topics: 5, passes: 25, decay: 0, threshold: 1e-7, iterations: 500 };
    const model = new Lda(options, source);
    const bounds: number[] = [];
    while (!model.done) {
      model.step(source.corpus.length);
      bounds.push(model.model().bound(source.corpus));
    }
    // Each round infers γ afresh, not from the round before: a document may end in another optimum, a fraction of a nat lower.
    for (const [round, bound] of bounds.entries()) {
      if (round > 0) expect(bound).toBeGreaterThan(bounds[round - 1]! - 0.5);
    }
    expect(bounds.at(-1)! - bounds[0]!).toBeGreaterThan(1000);
  });

  it('updates λ as its equations say, chunk by chunk', () => {
    const options = {
      topics: 3,
      alpha: 0.2,
      eta: 0.3,
      chunkSize: 2,
      passes: 2,
      decay: 0.6,
      offset: 4,
      seed: 9,
    };
    const documents = [['a', 'b', 'a'], ['b', 'c'], ['c', 'd', 'd', 'a'], ['d']];
    const corpus = topicCorpus(documents, { stems: false });
    const model = new Lda(options, corpus);
    const rowsOf = (): number[][] => {
      const { lambda } = model.state();
      return corpus.vocabulary.words.map((_, word) => [...lambda.subarray(word * 3, word * 3 + 3)]);
    };
    for (let t = 0; t < 4; t++) {
      const before = rowsOf();
      const statistics = before.map((row) => row.map(() => 0));
      // The documents of the chunk are those that moved the statistics: every order of two of four is tried.
      model.step(2);
      const after = rowsOf();
      const rate = (4 + t) ** -0.6;
      const wantedOf = (chosen: readonly Uint32Array[]): number[][] => {
        for (const row of statistics) row.fill(0);
        for (const text of chosen) {
          const { phi } = plainInference(before, [...text], 0.2, 50, 0.001);
          for (const [n, word] of text.entries())
            for (let k = 0; k < 3; k++) statistics[word]![k]! += phi[n]![k]!;
        }
        return before.map((row, word) =>
          row.map((value, k) => (1 - rate) * value + rate * (0.3 + 2 * statistics[word]![k]!)),
        );
      };
      const pairs = corpus.corpus.flatMap((text, i) =>
        corpus.corpus.slice(i + 1).map((other) => [text, other]),
      );
      const errors = pairs.map((pair) =>
        Math.max(
          ...wantedOf(pair).flatMap((row, word) => row.map((value, k) => Math.abs(value - after[word]![k]!))),
        ),
      );
      expect(Math.min(...errors)).toBeLessThan(1e-5);
    }
  });

  it('learns words that the first chunk lacks, with hundreds of topics too', () => {
    const late = [
      ...Array.from({ length: 30 }, () => ['cat', 'sofa']),
      ...Array.from({ length: 30 }, () => ['sea', 'sun']),
    ];
    const model = train(new Lda({ topics: 300, passes: 10, chunkSize: 10 }, topicCorpus(late))).model();
    for (const pair of [
      ['cat', 'sofa'],
      ['sea', 'sun'],
    ]) {
      const topics = model.infer(pair)!;
      expect(
        model
          .topicWords(best(topics), 2)
          .map(({ word }) => word)
          .sort(),
      ).toEqual(pair);
    }
    expect(best(model.infer(['cat'])!)).not.toBe(best(model.infer(['sea'])!));
  });

  it('gives the same bytes for a seed, however it is stepped, and others for another', () => {
    const once = train(new Lda(small, source)).state();
    expect(train(new Lda(small, source), 7).state()).toEqual(once);
    expect(train(new Lda({ ...small, seed: 6 }, source)).state().lambda).not.toEqual(once.lambda);
  });

  it.each([0, 70, 100, 500, 777])(
    'continues from a state saved after %i documents as if nothing had happened',
    (after) => {
      const whole = train(new Lda(small, source));
      const stopped = new Lda(small, source);
      if (after > 0) stopped.step(after);
      const state = structuredClone(stopped.state());
      const resumed = new Lda(small, source);
      resumed.step(50);
      resumed.restore(state);
      expect(train(resumed).state()).toEqual(whole.state());
    },
  );

  it('refuses a state of another run', () => {
    const state = new Lda(small, source).state();
    expect(() => new Lda({ ...small, topics: 3 }, source).restore(state)).toThrow('lambda differ');
    expect(() => new Lda(small, source).restore({ ...state, documentsDone: 1e9 })).toThrow('another corpus');
  });

  it.each([[[]], [[[]]], [[['one']]], [[['one', 'one'], [], ['one']]]])(
    'is done or stays finite with %j',
    (documents: string[][]) => {
      const model = train(new Lda({ topics: 3 }, topicCorpus(documents))).model();
      expect(model.infer(['unknown'])).toBeNull();
      expect(model.topicWords(2, 5).every(({ probability }) => probability > 0)).toBe(true);
      expect(model.infer(['one'])?.every(Number.isFinite) ?? documents.flat().length === 0).toBe(true);
    },
  );

  it('names the option that is out of range', () => {
    for (const [name, value] of Object.entries({
      topics: 0,
      alpha: 0,
      eta: -1,
      chunkSize: 1.5,
      passes: 0,
      decay: 2,
      offset: 0,
      iterations: 0,
      threshold: Number.NaN,
    })) {
      expect(() => new Lda({ [name]: value }, source), name).toThrow(`${name} must be`);
    }
  });
});

describe('Lda beside Gensim', () => {
  const lines = readFileSync(new URL('../fixtures/corpus.txt', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  const documents = lines.map((line) => line.toLowerCase().match(/[a-z]+/g) ?? []);
  const learnt = topicCorpus(
    documents.filter((_, i) => i % 5 !== 4),
    { stems: false, minimumCount: 5 },
  );
  const held = documents.filter((_, i) => i % 5 === 4);
  const meanOf = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;

  it('reads the same words', () => {
    expect(learnt.vocabulary.size).toBe(reference.words);
    const known = held.flat().filter((word) => learnt.vocabulary.has(word));
    expect(known).toHaveLength(reference.heldWords);
  });

  it.each(reference.runs)(
    'foretells held-out documents as well, within 3 %, with $options.topics topics',
    (run) => {
      const perplexities = run.perplexities.map((_, seed) =>
        train(new Lda({ ...run.options, seed }, learnt))
          .model()
          .perplexity(held),
      );
      const ratio = meanOf(perplexities) / meanOf(run.perplexities);
      expect(ratio).toBeLessThan(1.03);
      expect(ratio).toBeGreaterThan(0.97);
    },
  );
});

describe('topicCorpus', () => {
  const documents = [['beaches', 'beach', 'dog'], ['beach', 'dogs', 'dog', 'cat'], []];

  it('counts words by their stems, and shows the word most often written', () => {
    const { vocabulary, forms, corpus } = topicCorpus(documents, { minimumCount: 2 });
    expect(vocabulary.words).toEqual(['beach', 'dog']);
    expect(forms).toEqual(['beach', 'dog']);
    expect(corpus.map((text) => [...text])).toEqual([[0, 0, 1], [0, 1, 1], []]);
    expect(topicCorpus([['happiness', 'happy', 'happy']]).forms).toEqual(['happy']);
    expect(topicCorpus([['beauty', 'beauties', 'beauties']]).forms).toEqual(['beauties']);
  });

  it('counts words as they are when asked', () => {
    const { vocabulary, forms } = topicCorpus(documents, { stems: false });
    expect(vocabulary.words).toEqual(['beach', 'dog', 'beaches', 'cat', 'dogs']);
    expect(forms).toEqual(vocabulary.words);
  });
});

describe('TopicModel', () => {
  const model = train(new Lda(small, source)).model();

  it('gives the topics of a text as shares of it, whatever the form of its words', () => {
    const topics = model.infer(['dogs', 'puppy', 'unknown'])!;
    expect(topics).toHaveLength(4);
    expect(topics.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    expect(model.infer(['puppies', 'dog'])).toEqual(topics);
    expect(model.infer(['unknown'])).toBeNull();
    expect(() => model.topicWords(4, 1)).toThrow('no topic 4');
  });

  it('survives a file, and is refused when the file is another or damaged', () => {
    const file = model.toTensorFile();
    const back = TopicModel.fromTensorFile(decodeTensorFile(encodeTensorFile(file)));
    expect(back.data).toEqual(model.data);
    expect(back.infer(['beaches', 'snow'])).toEqual(model.infer(['beaches', 'snow']));
    const { tensors, metadata } = file;
    expect(() => TopicModel.fromTensorFile({ tensors, metadata: {} })).toThrow('no topic model');
    expect(() => TopicModel.fromTensorFile({ tensors, metadata: { ...metadata, version: '9' } })).toThrow(
      'version 9',
    );
    expect(() => TopicModel.fromTensorFile({ tensors: {}, metadata })).toThrow('lacks lambda');
    const { model: _, ...less } = metadata;
    expect(() => TopicModel.fromTensorFile({ tensors, metadata: less })).toThrow('lacks its words');
  });

  it('names the field that does not fit', () => {
    const broken: [Partial<TopicModelData>, string][] = [
      [{ topics: 0 }, 'topics'],
      [{ forms: ['one'] }, 'forms'],
      [{ lambda: new Float32Array(3) }, 'lambda'],
      [{ lambda: model.data.lambda.map(() => Number.NaN) }, 'lambda'],
      [{ alpha: 0 }, 'alpha'],
      [{ iterations: 0 }, 'iterations'],
    ];
    for (const [change, what] of broken)
      expect(() => new TopicModel({ ...model.data, ...change })).toThrow(what);
  });
});
