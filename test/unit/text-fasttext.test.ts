import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Random } from '../../models/random.ts';
import { ngramBuckets, ngramHash } from '../../models/text/characterNgrams.ts';
import { FastText, type FastTextOptions } from '../../models/text/fasttext.ts';
import { decodeFastText, encodeNgrams } from '../../models/text/fasttextVectors.ts';
import { decodeWord2Vec, encodeWord2Vec, WordVectors } from '../../models/text/wordVectors.ts';
import {
  captionsOf,
  everyScene,
  nearestTo,
  prepare,
  scenes,
  shareWithinScene,
  train,
} from '../fixtures/captions.ts';

const { vocabulary, corpus } = prepare(captionsOf(1, 300, everyScene));
const smallest: Partial<FastTextOptions> = { dimension: 12, epochs: 3, seed: 5 };
const modes = ['skip-gram', 'cbow'] as const;
const references = JSON.parse(
  readFileSync(new URL('../fixtures/textReferences.json', import.meta.url), 'utf8'),
) as { hashes: Record<string, number>; buckets: Record<string, number[]> };

describe('character n-grams', () => {
  it.each(Object.entries(references.hashes))("hashes %j as fastText's %i", (text, hash) => {
    expect(ngramHash(new TextEncoder().encode(text))).toBe(hash);
  });

  it.each(Object.entries(references.buckets))(
    'puts those of %s in the buckets of Gensim',
    (word, buckets) => {
      const found = ngramBuckets(word, { minimumN: 3, maximumN: 6, buckets: 2_000_000 });
      expect(found.toSorted()).toEqual(buckets.toSorted());
    },
  );

  it('counts characters, not bytes, and leaves lone brackets out', () => {
    const options = { minimumN: 1, maximumN: 1, buckets: 2 ** 32 };
    const hashes = ['ñ', '🐶'].map((letter) => ngramHash(new TextEncoder().encode(letter)));
    expect(ngramBuckets('ñ🐶', options)).toEqual(hashes);
    expect(ngramBuckets('a', { ...options, minimumN: 4, maximumN: 6 })).toEqual([]);
  });
});

describe('FastText', () => {
  it('equals a step computed by hand', () => {
    // Two words, no word drawn, outputs of zero: σ = ½. "ab" has the n-grams <ab and ab> (and <ab> is longer than 3), so its vector
    // is the mean of three rows, and "cd" learns u_cd = 0.1 · ½ · that mean. No input has moved yet when "cd" predicts "ab".
    const two = prepare([['ab', 'cd']]);
    const model = new FastText(
      {
        dimension: 2,
        window: 1,
        negative: 0,
        epochs: 2,
        maximumN: 3,
        learningRate: 0.1,
        minimumLearningRate: 0.1,
      },
      two.vocabulary,
      two.corpus,
    );
    const before = model.state().inputs;
    const means = model.vectors().words.vectors;
    expect(before.length).toBe(2 * (2 + 4));
    model.step(2);
    const { inputs, outputs } = model.state();
    for (const i of [0, 1]) {
      expect(Math.abs(outputs[2 + i]! - 0.05 * means[i]!)).toBeLessThan(1e-6);
      expect(Math.abs(outputs[i]! - 0.05 * means[2 + i]!)).toBeLessThan(1e-6);
    }
    expect(inputs).toEqual(before);
    // In the second pass "ab" predicts "cd" with g = σ(h · u) − 1 on all its rows alike, and so does "cd".
    model.step(2);
    const after = model.state().inputs;
    const [h, u] = [means, outputs];
    const slope = 1 - 1 / (1 + Math.exp(-(h[0]! * u[2]! + h[1]! * u[3]!)));
    const rowsOfAb = [0, 2, 3, 4, 5].filter(
      (row) => Math.abs(after[2 * row]! - before[2 * row]! - 0.1 * slope * u[2]!) < 1e-6,
    );
    expect(rowsOfAb.length).toBe(3);
    expect(rowsOfAb[0]).toBe(0);
  });

  // A caption here never repeats a word, which a bag learns too: its words are a little less alike.
  it.each([
    { mode: 'skip-gram', atLeast: 0.95 },
    { mode: 'cbow', atLeast: 0.8 },
  ] as const)('finds words that are used alike: $mode', ({ mode, atLeast }) => {
    const model = train(
      new FastText({ dimension: 24, epochs: 40, learningRate: 0.05, mode }, vocabulary, corpus),
    );
    expect(shareWithinScene(model.vectors())).toBeGreaterThan(atLeast);
  });

  it('has vectors near to the right word for misspelt and unseen ones, and none for what shares no n-gram', () => {
    const vectors = train(
      new FastText({ dimension: 24, epochs: 40, learningRate: 0.05 }, vocabulary, corpus),
    ).vectors();
    for (const [misspelt, word, scene] of [
      ['umbrela', 'umbrella', 'beach'],
      ['whisckers', 'whiskers', 'pets'],
      ['biscuits', 'biscuit', 'kitchen'],
      ['trafic', 'traffic', 'city'],
      ['crosing', 'crossing', 'city'],
    ] as const) {
      expect(vocabulary.has(misspelt)).toBe(false);
      expect(vectors.has(misspelt)).toBe(true);
      const near = nearestTo(vectors, misspelt, 5);
      expect(near, misspelt).toContain(word);
      expect(
        near.filter((found) => scenes[scene].split(' ').includes(found)).length,
        misspelt,
      ).toBeGreaterThanOrEqual(4);
    }
    expect(vectors.has('zzz')).toBe(false);
    expect(vectors.vector('zzz')).toBeUndefined();
  });

  it.each(modes)('gives the same bytes for a seed, and continues from a saved state: %s', (mode) => {
    const make = (): FastText => new FastText({ ...smallest, mode }, vocabulary, corpus);
    const whole = train(make());
    expect(train(make(), 1).state()).toEqual(whole.state());
    expect(train(new FastText({ ...smallest, mode, seed: 6 }, vocabulary, corpus)).state()).not.toEqual(
      whole.state(),
    );
    const stopped = make();
    stopped.step(1000);
    const resumed = make();
    resumed.restore(structuredClone(stopped.state()));
    expect(train(resumed).state()).toEqual(whole.state());
    expect(() =>
      new FastText({ ...smallest, buckets: 5 }, vocabulary, corpus).restore(stopped.state()),
    ).toThrow('FastText state is of another corpus');
  });

  it('takes rows only for buckets in use', () => {
    const rows = (buckets: number): number =>
      new FastText({ ...smallest, buckets }, vocabulary, corpus).state().inputs.length / 12 - vocabulary.size;
    expect(rows(7)).toBe(7);
    expect(rows(2 ** 32)).toBeLessThan(1000);
  });

  it('is saved and read whole', () => {
    const vectors = train(new FastText(smallest, vocabulary, corpus)).vectors();
    const [words, bytes] = [encodeWord2Vec(vectors.words), encodeNgrams(vectors)];
    const read = decodeFastText(decodeWord2Vec(words), bytes);
    for (const word of ['umbrella', 'umbrela', 'zzz'])
      expect(read.vector(word)).toEqual(vectors.vector(word));
    expect(() => decodeFastText(decodeWord2Vec(words), bytes.slice(0, -4))).toThrow('damaged');
    const other = train(new FastText({ ...smallest, dimension: 4 }, vocabulary, corpus)).vectors();
    expect(() => decodeFastText(other.words, bytes)).toThrow('cannot have');
  });

  it('names the option that is out of range', () => {
    for (const [name, value] of Object.entries({ minimumN: 0, maximumN: 2, buckets: 0.5, window: 0 })) {
      expect(() => new FastText({ [name]: value }, vocabulary, corpus), name).toThrow(
        `FastText: ${name} must be`,
      );
    }
  });

  it.each([[[]], [[[]]], [[['a']]]])(
    'is done or learns nothing with the corpus %j',
    (documents: string[][]) => {
      const tiny = prepare(documents);
      const vectors = train(new FastText({ dimension: 3 }, tiny.vocabulary, tiny.corpus)).vectors();
      expect(vectors.words.vectors.every(Number.isFinite)).toBe(true);
    },
  );
});

describe('FastText from pretrained vectors', () => {
  const words = vocabulary.words.filter((word) => word !== 'cat');
  const random = new Random(3);
  const pretrained = new WordVectors(
    words,
    12,
    Float32Array.from({ length: words.length * 12 }, () => random.gaussian()),
  );
  const model = new FastText({ epochs: 20, seed: 5 }, vocabulary, corpus, { words: pretrained });

  it('begins with their vectors, and with words that nobody wrote among those that are spelt alike', () => {
    const vectors = model.vectors();
    for (const word of words) {
      for (const [i, value] of vectors.vector(word)!.entries())
        expect(value).toBeCloseTo(pretrained.vector(word)![i]!, 4);
    }
    expect(vectors.nearest(vectors.vector('whiskerss')!, 1)[0]!.word).toBe('whiskers');
  });

  it('keeps their words near where they were, and finds a place for the new one', () => {
    const vectors = train(model).vectors();
    const kept = words.map(
      (word) =>
        new WordVectors([word], 12, vectors.vector(word)!).nearest(pretrained.vector(word)!, 1)[0]!
          .similarity,
    );
    expect(kept.reduce((sum, similarity) => sum + similarity, 0) / kept.length).toBeGreaterThan(0.8);
    const pets = scenes.pets.split(' ');
    expect(nearestTo(vectors, 'cat', 5).filter((word) => pets.includes(word)).length).toBeGreaterThan(2);
  });

  it('has their dimension', () => {
    expect(() => new FastText({ dimension: 8 }, vocabulary, corpus, { words: pretrained })).toThrow(
      'FastText: a dimension of 8 does not fit pretrained vectors of 12.',
    );
  });
});
