import { describe, expect, it } from 'vitest';
import { Random } from '../../models/random.ts';
import { CooccurrenceCounter, type Cooccurrences } from '../../models/text/cooccurrence.ts';
import { GloVe, type GloVeOptions, gloveStep } from '../../models/text/glove.ts';
import { PairTable } from '../../models/text/pairTable.ts';
import { pretrainedStart } from '../../models/text/pretrainedStart.ts';
import { Vocabulary } from '../../models/text/vocabulary.ts';
import type { WordVectors } from '../../models/text/wordVectors.ts';

function count(corpus: readonly Uint32Array[], window = 10): Cooccurrences {
  const counter = new CooccurrenceCounter({ window });
  for (const text of corpus) counter.add(text);
  return counter.take();
}

/** The whole matrix, by going through every two places of every text. */
function bruteForce(corpus: readonly Uint32Array[], size: number, window: number): number[][] {
  const matrix = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (const text of corpus) {
    for (let here = 0; here < text.length; here++) {
      for (let there = 0; there < text.length; there++) {
        const distance = Math.abs(here - there);
        if (distance >= 1 && distance <= window) matrix[text[here]!]![text[there]!]! += 1 / distance;
      }
    }
  }
  return matrix;
}

describe('CooccurrenceCounter', () => {
  it.each([1, 3, 10])('counts what a brute-force count does, window %i', (window) => {
    const random = new Random(window);
    const corpus = Array.from({ length: 200 }, () =>
      Uint32Array.from({ length: random.integer(30) }, () => random.integer(60)),
    );
    const wanted = bruteForce(corpus, 60, window);
    const { rows, columns, counts, lost } = count(corpus, window);
    expect(lost).toBe(0);
    expect(counts).toHaveLength(
      wanted.flat().filter((value, i) => value > 0 && i % 60 >= Math.floor(i / 60)).length,
    );
    for (const [pair, value] of counts.entries()) {
      const [row, column] = [rows[pair]!, columns[pair]!];
      expect(row).toBeLessThanOrEqual(column);
      expect(Math.abs(value - wanted[row]![column]!)).toBeLessThan(1e-6 * value + 1e-5);
      expect(wanted[column]![row]).toBeCloseTo(wanted[row]![column]!, 9);
    }
  });

  it('counts nothing in texts of fewer than two words', () => {
    expect(count([Uint32Array.of(), Uint32Array.of(1)]).counts).toHaveLength(0);
  });

  it('refuses a window or a bound that is none', () => {
    expect(() => new CooccurrenceCounter({ window: 0 })).toThrow('window must be');
    expect(() => new CooccurrenceCounter({ maximumPairs: 0.5 })).toThrow('maximumPairs must be');
  });
});

describe('PairTable', () => {
  it('keeps any two unsigned numbers apart, in either order', () => {
    const table = new PairTable();
    const largest = 0xffffffff;
    table.add(0, 0, 1);
    table.add(0, largest, 2);
    table.add(largest, 0, 3);
    table.add(largest, 0, 3);
    expect([table.get(0, 0), table.get(0, largest), table.get(largest, 0), table.get(1, 1)]).toEqual([
      1, 2, 6, 0,
    ]);
    expect(table.size).toBe(3);
    const { first, second, sums } = table.take();
    expect([...first.keys()].map((row) => [first[row], second[row], sums[row]]).sort()).toEqual([
      [0, 0, 1],
      [0, largest, 2],
      [largest, 0, 6],
    ]);
    expect([table.size, table.get(0, 0)]).toEqual([0, 0]);
  });

  it('keeps the heavy pairs within its bound, each short of its sum by no more than it says', () => {
    const random = new Random(2);
    const table = new PairTable(3000);
    const exact = new Map<number, number>();
    for (let i = 0; i < 60_000; i++) {
      // Half of all are the same 50 pairs.
      const pair = random.next() < 0.5 ? random.integer(50) : 50 + random.integer(20_000);
      exact.set(pair, (exact.get(pair) ?? 0) + 1);
      table.add(pair, pair * 7, 1);
      expect(table.size).toBeLessThanOrEqual(3000);
    }
    expect(table.lost).toBeGreaterThan(0);
    for (const [pair, times] of exact) {
      const sum = table.get(pair, pair * 7);
      expect(sum).toBeLessThanOrEqual(times);
      expect(sum).toBeGreaterThanOrEqual(times - table.lost);
      if (pair < 50) expect(sum).toBeGreaterThan(0.9 * times);
    }
  });
});

describe('gloveStep', () => {
  it('equals an AdaGrad step computed by hand', () => {
    // w = (1, −2), b = .5; w̃ = (.5, .25), b̃ = −.5; log X = 1, f = .5: the error is 0 + 0 − 1 = −1, the slope −.5,
    // the cost ½ · .5 · 1. Gradients: w −.25, −.125; w̃ −.5, 1; biases −.5. Squares so far 4 for w, 1 for w̃. Rates .1, .1 and .05.
    const words = Float32Array.of(9, 9, 9, 1, -2, 0.5);
    const contexts = Float32Array.of(0.5, 0.25, -0.5, 9, 9, 9);
    const wordSquares = new Float32Array(6).fill(4);
    const contextSquares = new Float32Array(6).fill(1);
    const cost = gloveStep(words, contexts, wordSquares, contextSquares, 2, 1, 0, 1, 0.5, 0.1, 0.1, 0.05);
    const wanted = {
      words: [9, 9, 9, 1.0125, -1.99375, 0.525],
      contexts: [0.525, 0.2, -0.45, 9, 9, 9],
      wordSquares: [4, 4, 4, 4.0625, 4.015625, 4.25],
      contextSquares: [1.25, 2, 1.25, 1, 1, 1],
    };
    for (const [name, values] of Object.entries({ words, contexts, wordSquares, contextSquares })) {
      for (const [i, value] of values.entries()) {
        expect(Math.abs(value - wanted[name as keyof typeof wanted][i]!), `${name} ${i}`).toBeLessThan(1e-6);
      }
    }
    expect(cost).toBeCloseTo(0.25, 6);
  });

  it('has the gradient of equation 8, halved', () => {
    const random = new Random(4);
    const dimension = 7;
    const rows = (): Float32Array =>
      Float32Array.from({ length: 2 * (dimension + 1) }, () => random.gaussian());
    const parameters = [rows(), rows()] as const;
    const [logCount, weight] = [1.7, 0.6];
    const costAt = (): number => {
      const [w, c] = parameters.map((values, side) => values.slice(side === 0 ? dimension + 1 : 0));
      const dot = Array.from({ length: dimension }, (_, i) => w![i]! * c![i]!).reduce(
        (sum, value) => sum + value,
        0,
      );
      return 0.5 * weight * (dot + w![dimension]! + c![dimension]! - logCount) ** 2;
    };
    const slopes = parameters.map((values) =>
      Array.from(values, (kept, i) => {
        values[i] = kept + 2 ** -8;
        const [above, high] = [costAt(), values[i]!];
        values[i] = kept - 2 ** -8;
        const slope = (above - costAt()) / (high - values[i]!);
        values[i] = kept;
        return slope;
      }),
    );
    const before = parameters.map((values) => values.slice());
    const cost = costAt();
    // With squares of 1 and a rate of 1 a step is the gradient.
    const squares = (): Float32Array => new Float32Array(2 * (dimension + 1)).fill(1);
    expect(
      gloveStep(...parameters, squares(), squares(), dimension, 1, 0, logCount, weight, 1, 1, 1),
    ).toBeCloseTo(cost, 5);
    for (const [side, values] of parameters.entries()) {
      for (const [i, value] of values.entries()) {
        expect(before[side]![i]! - value, `${side} ${i}`).toBeCloseTo(slopes[side]![i]!, 4);
      }
    }
  });
});

/** Captions of scenes: each draws its words from one scene, so words of a scene are used alike. */
const scenes = {
  pets: 'cat dog sofa fur paws basket whiskers tail sleeping milk',
  beach: 'sand waves surf shell umbrella swim towel coast tide sail',
  kitchen: 'oven pan bread biscuit butter knife plate flour sugar table',
  city: 'tower bridge traffic bus street crossing tram neon station taxi',
};
function captionsOf(seed: number, number: number): string[][] {
  const random = new Random(seed);
  const names = Object.keys(scenes) as (keyof typeof scenes)[];
  return Array.from({ length: number }, () => {
    const words = scenes[names[random.integer(names.length)]!].split(' ');
    return random.shuffle(words).slice(0, 4 + random.integer(4));
  });
}
function prepare(documents: string[][]) {
  const vocabulary = Vocabulary.fromDocuments(documents);
  const corpus = documents.map((tokens) => vocabulary.encode(tokens));
  return { vocabulary, corpus, cooccurrences: count(corpus) };
}
function train(model: GloVe, stepPairs = Number.POSITIVE_INFINITY): GloVe {
  while (!model.done) model.step(stepPairs);
  return model;
}
const sceneOf = (word: string): string[] =>
  Object.values(scenes)
    .find((words) => words.split(' ').includes(word))
    ?.split(' ') ?? [];
const alike = (vectors: WordVectors, vector: Float32Array, word: string): number =>
  vectors.nearest(vector, 5, new Set([word])).filter((near) => sceneOf(word).includes(near.word)).length;

const { vocabulary, cooccurrences } = prepare(captionsOf(1, 400));
const small: Partial<GloVeOptions> = { dimension: 12, epochs: 3, seed: 5 };
const learning: Partial<GloVeOptions> = { dimension: 24, epochs: 60, learningRate: 0.1, maximumCount: 10 };

describe('GloVe', () => {
  it('finds words that are used alike, its cost falling', () => {
    const model = new GloVe(learning, vocabulary, cooccurrences);
    const costs: number[] = [];
    while (!model.done) costs.push(model.step(model.totalPairs / 6).loss);
    expect(costs).toEqual(costs.toSorted((a, b) => b - a));
    expect(costs.at(-1)!).toBeLessThan(0.3 * costs[0]!);
    const vectors = model.vectors();
    for (const word of vocabulary.words) {
      expect(alike(vectors, vectors.vector(word)!, word), word).toBeGreaterThanOrEqual(4);
    }
  });

  it('gives the same bytes for a seed, however it is stepped, and others for another', () => {
    const once = train(new GloVe(small, vocabulary, cooccurrences)).vectors().vectors;
    expect(train(new GloVe(small, vocabulary, cooccurrences), 7).vectors().vectors).toEqual(once);
    expect(train(new GloVe({ ...small, seed: 6 }, vocabulary, cooccurrences)).vectors().vectors).not.toEqual(
      once,
    );
  });

  it('takes the pairs in another order each epoch', () => {
    const once = new GloVe({ ...small, epochs: 2, learningRate: 0 }, vocabulary, cooccurrences);
    const epoch = (): number[] => Array.from({ length: once.totalPairs / 2 }, () => once.step(1).loss);
    const [first, second] = [epoch(), epoch()];
    expect(second).not.toEqual(first);
    expect(second.toSorted()).toEqual(first.toSorted());
  });

  it.each([100, 0, 'epoch'])(
    'continues from a state saved after %s pairs as if nothing had happened',
    (after) => {
      const whole = train(new GloVe(small, vocabulary, cooccurrences));
      const stopped = new GloVe(small, vocabulary, cooccurrences);
      if (after !== 0) stopped.step(after === 'epoch' ? stopped.totalPairs / 3 : 100);
      const state = structuredClone(stopped.state());
      const resumed = new GloVe(small, vocabulary, cooccurrences);
      resumed.step(50);
      resumed.restore(state);
      expect(train(resumed).state()).toEqual(whole.state());
    },
  );

  it('refuses a state of another run', () => {
    const state = new GloVe(small, vocabulary, cooccurrences).state();
    const other = new GloVe({ ...small, dimension: 4 }, vocabulary, cooccurrences);
    expect(() => other.restore(state)).toThrow('words differ');
    const model = new GloVe(small, vocabulary, cooccurrences);
    expect(() => model.restore({ ...state, pairsDone: 1e9 })).toThrow('other co-occurrences');
  });

  it.each([[[]], [[[]]], [[['one']]], [[['one', 'one']]]])(
    'is done or stays finite with %j',
    (documents: string[][]) => {
      const tiny = prepare(documents);
      const model = train(new GloVe({ dimension: 3 }, tiny.vocabulary, tiny.cooccurrences));
      expect(model.vectors().words).toEqual([...new Set(documents.flat())]);
      expect(model.vectors().vectors.every(Number.isFinite)).toBe(true);
    },
  );

  it('names the option that is out of range', () => {
    for (const [name, value] of Object.entries({
      dimension: 0,
      epochs: 1.5,
      learningRate: -1,
      maximumCount: 0,
      exponent: Number.NaN,
      pretrainedRate: 2,
    })) {
      expect(() => new GloVe({ [name]: value }, vocabulary, cooccurrences), name).toThrow(`${name} must be`);
    }
    const fewer = Vocabulary.fromDocuments([['cat']]);
    expect(() => new GloVe({}, fewer, cooccurrences)).toThrow('another vocabulary');
  });
});

describe('GloVe from pretrained vectors', () => {
  const words = train(new GloVe(learning, vocabulary, cooccurrences)).vectors();
  const user = prepare(
    captionsOf(2, 120).map((tokens) => tokens.map((word) => (word === 'cat' ? 'zorro' : word))),
  );
  const start = () => pretrainedStart(user.vocabulary, user.corpus, { words }, 10, new Random(1));

  it('leaves known words where they are at rate 0, and puts a new name among the words it is used like', () => {
    const model = new GloVe({ pretrainedRate: 0, epochs: 60 }, user.vocabulary, user.cooccurrences, start());
    expect(model.options.dimension).toBe(24);
    const learnt = train(model).vectors();
    for (const word of user.vocabulary.words) {
      if (words.has(word)) expect(learnt.vector(word)).toEqual(words.vector(word));
    }
    const near = words.nearest(learnt.vector('zorro')!, 5).map((neighbour) => neighbour.word);
    expect(near.filter((word) => sceneOf('cat').includes(word))).toHaveLength(5);
  });

  it('learns the neighbours’ vectors that new words are placed by', () => {
    const model = new GloVe({ pretrainedRate: 0, epochs: 60 }, user.vocabulary, user.cooccurrences, start());
    const first = model.step(model.totalPairs / 60).loss;
    let last = first;
    while (!model.done) last = model.step(model.totalPairs / 60).loss;
    expect(last).toBeLessThan(0.2 * first);
  });

  it('moves known words a little at the rate asked for', () => {
    const learnt = train(
      new GloVe({ pretrainedRate: 0.3 }, user.vocabulary, user.cooccurrences, start()),
    ).vectors();
    const dog = learnt.vector('dog')!;
    expect(dog).not.toEqual(words.vector('dog'));
    expect(words.nearest(dog, 1)[0]!.word).toBe('dog');
  });

  it('refuses a start of another dimension', () => {
    expect(() => new GloVe({ dimension: 50 }, user.vocabulary, user.cooccurrences, start())).toThrow(
      '50 does not fit a start of 24',
    );
  });
});
