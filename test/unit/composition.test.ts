import { describe, expect, it } from 'vitest';
import {
  type Calibration,
  composeMean,
  conceptLogProbability,
  gramMatrix,
  logProbability,
  meanFactor,
  mix,
  rankOf,
  topRanked,
} from '../../models/joint/composition.ts';
import { Random } from '../../models/random.ts';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

function unitVector(random: Random, dimension: number): Float32Array {
  const vector = Float32Array.from({ length: dimension }, () => random.gaussian());
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

/** Concepts of one word each, composed by all. */
const composeAll = (
  columns: readonly Float32Array[],
  weights: readonly number[],
  calibrations: readonly Calibration[],
): Float32Array =>
  mix(
    columns.map((column, index) =>
      conceptLogProbability([[{ column, calibration: calibrations[index]! }]], weights[index]! >= 0),
    ),
    weights.map(Math.abs),
  );

const dot = (left: ArrayLike<number>, right: ArrayLike<number>) =>
  range(left.length).reduce((sum, index) => sum + left[index]! * right[index]!, 0);

describe('composing by the mean', () => {
  const random = new Random(1);
  const concepts = range(3).map(() => unitVector(random, 12));
  const photos = range(50).map(() => unitVector(random, 12));
  const columns = concepts.map((concept) => Float32Array.from(photos, (photo) => dot(photo, concept)));
  const gram = gramMatrix(concepts);

  it.each([[[1, 1, 1]], [[1, -0.5, 0]], [[0.2, 0.9, -1]], [[-1, -1, 0.1]], [[2, 0.5, 0.25]]])(
    'is the cosine with the weighted sum of the concept vectors, weights %j',
    (weights) => {
      const sum = range(12).map((index) =>
        dot(
          weights,
          concepts.map((concept) => concept[index]!),
        ),
      );
      const norm = Math.hypot(...sum);
      const column = composeMean(columns, weights, gram);
      for (const [index, photo] of photos.entries())
        expect(column[index]).toBeCloseTo(dot(photo, sum) / norm, 6);
    },
  );

  it('has contributions that add up to the score', () => {
    const weights = [1, -0.5, 0.25];
    const factor = meanFactor(weights, gram);
    const column = composeMean(columns, weights, gram);
    for (const photo of range(50)) {
      const contributions = weights.map((weight, concept) => weight * factor * columns[concept]![photo]!);
      expect(contributions.reduce((sum, value) => sum + value)).toBeCloseTo(column[photo]!, 6);
    }
  });

  it('scores every photo 0 where the concepts cancel out', () => {
    const twice = [concepts[0]!, concepts[0]!];
    const same = [columns[0]!, columns[0]!];
    expect(composeMean(same, [1, -1], gramMatrix(twice))).toEqual(new Float32Array(50));
    expect(composeMean(columns, [0, 0, 0], gram)).toEqual(new Float32Array(50));
    expect(composeMean([], [], new Float64Array(0))).toEqual(new Float32Array(0));
  });

  it('ranks as before when all weights are multiplied', () => {
    const once = topRanked(composeMean(columns, [0.5, -0.25, 1], gram), 50);
    expect(topRanked(composeMean(columns, [1, -0.5, 2], gram), 50)).toEqual(once);
  });

  it('leaves a photo without a score without one', () => {
    const column = composeMean([new Float32Array([0.5, Number.NaN])], [1], new Float64Array([1]));
    expect(column).toEqual(new Float32Array([0.5, Number.NaN]));
  });
});

describe('composing so that every concept must be there', () => {
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  const columns = [new Float32Array([0.9, 0.6, -0.2]), new Float32Array([-0.3, 0.6, 0.4])];
  const calibrations = [
    { scale: 8, bias: -4 },
    { scale: 5, bias: -1 },
  ];

  it('is Σ w·log p, and |w|·log(1 − p) for what must not be there', () => {
    const column = composeAll(columns, [1, -0.5], calibrations);
    for (const photo of range(3)) {
      const beach = sigmoid(8 * columns[0]![photo]! - 4);
      const people = sigmoid(5 * columns[1]![photo]! - 1);
      expect(column[photo]).toBeCloseTo(Math.log(beach) + 0.5 * Math.log(1 - people), 5);
    }
  });

  it('prefers a photo that has both to one that has much of one', () => {
    const cosines = [new Float32Array([0.9, 0.4]), new Float32Array([-0.05, 0.4])];
    const gram = new Float64Array([1, 0, 0, 1]);
    const same = { scale: 10, bias: -3 };
    expect([...topRanked(composeMean(cosines, [1, 1], gram), 2)]).toEqual([0, 1]);
    expect([...topRanked(composeAll(cosines, [1, 1], [same, same]), 2)]).toEqual([1, 0]);
  });

  it('stays finite and exact where the probability is next to 0 or 1', () => {
    const cosines = new Float32Array([-1, 1]);
    const calibration = { scale: 1000, bias: 0 };
    const word = [{ column: cosines, calibration }];
    expect(logProbability(word, true)).toEqual(new Float32Array([-1000, 0]));
    expect(logProbability(word, false)).toEqual(new Float32Array([0, -1000]));
    // log sigmoid(20) = −log(1 + e^−20) = −2.0611536e-9, lost where the sigmoid is computed first in float32.
    const near = logProbability([{ column: Float32Array.of(1), calibration: { scale: 20, bias: 0 } }], true);
    expect(near[0]! / -2.0611536e-9).toBeCloseTo(1, 6);
    // Of several words, too: 12 of e^−200 are as rare as one of 12 e^−200, and what is sure stays sure.
    const several = (scale: number) =>
      Array.from({ length: 12 }, () => ({ column: Float32Array.of(1), calibration: { scale, bias: 0 } }));
    expect(logProbability(several(-200), true)[0]).toBeCloseTo(Math.log(12) - 200, 4);
    expect(logProbability(several(-200), false)[0]).toBeCloseTo(0, 12);
    expect(logProbability(several(-1e6), true)[0]).toBeLessThan(-600);
    expect(logProbability(several(1e6), true)[0]).toBeCloseTo(0, 12);
    expect(logProbability(several(1e6), false)[0]).toBeLessThan(-400);
    expect(logProbability(several(1e6), false)[0]).toBeGreaterThan(Number.NEGATIVE_INFINITY);
  });

  it('finds a word where one of those that it covers is', () => {
    const word = columns.map((column, index) => ({ column, calibration: calibrations[index]! }));
    for (const photo of range(3)) {
      const none = (1 - sigmoid(8 * columns[0]![photo]! - 4)) * (1 - sigmoid(5 * columns[1]![photo]! - 1));
      expect(logProbability(word, true)[photo]).toBeCloseTo(Math.log(1 - none), 5);
      expect(logProbability(word, false)[photo]).toBeCloseTo(Math.log(none), 5);
    }
  });

  it('asks for every word of a concept, and denies the concept where one word is missing', () => {
    const words = columns.map((column, index) => [{ column, calibration: calibrations[index]! }]);
    const present = conceptLogProbability(words, true);
    const absent = conceptLogProbability(words, false);
    for (const photo of range(3)) {
      const both = sigmoid(8 * columns[0]![photo]! - 4) * sigmoid(5 * columns[1]![photo]! - 1);
      expect(present[photo]).toBeCloseTo(Math.log(both), 5);
      expect(absent[photo]).toBeCloseTo(Math.log(1 - both), 5);
    }
    const certain = [{ column: Float32Array.of(1), calibration: { scale: 1000, bias: 0 } }];
    const sure = conceptLogProbability([certain, certain], false);
    expect(sure[0]).toBeLessThan(-15);
    expect(Number.isFinite(sure[0])).toBe(true);
  });

  it('takes a concept away where it is, and is indifferent where it is not', () => {
    // Two close concepts: snow and leopard. Photos: a leopard in snow, snow, a beach.
    const snow = Float32Array.of(0.6, 0.5, -0.3);
    const leopard = Float32Array.of(0.7, 0.2, -0.7);
    const calibration = { scale: 18, bias: -6 };
    expect([...topRanked(composeAll([snow, leopard], [1, -1], [calibration, calibration]), 3)]).toEqual([
      1, 0, 2,
    ]);
    expect(topRanked(composeMean([snow, leopard], [1, -1], Float64Array.of(1, 0.9, 0.9, 1)), 1)[0]).toBe(2);
  });
});

describe('bad input', () => {
  it('is named', () => {
    const column = new Float32Array(3);
    expect(() => mix([column], [1, 1])).toThrow(/1 concepts need as many weights, got 2/);
    expect(() => mix([column, new Float32Array(2)], [1, 1])).toThrow(/concept 1 has 2 scores, expected 3/);
    expect(() => mix([column], [Number.NaN])).toThrow(/weight of concept 0 is NaN/);
    expect(() => mix([column], [1], new Float32Array(1))).toThrow(/has 3 scores, expected 1/);
    expect(() => composeMean([column], [1], new Float64Array(4))).toThrow(/Gram matrix of 1 numbers, got 4/);
    expect(() => conceptLogProbability([], true)).toThrow(/at least one word/);
    const calibration = { scale: Number.NaN, bias: 0 };
    expect(() => logProbability([{ column, calibration }], true)).toThrow(/must be finite/);
    const [short, whole] = [new Float32Array(2), column].map((own) => ({
      column: own,
      calibration: { scale: 1, bias: 0 },
    }));
    expect(() => logProbability([short!, whole!], true)).toThrow(/has 3 scores, expected 2/);
    expect(() => gramMatrix([column, new Float32Array(2)])).toThrow(/one dimension, got 3 .* and 2/);
    expect(() => topRanked(column, -1)).toThrow(/must not be negative/);
    expect(() => topRanked(column, 1, new Uint8Array(2))).toThrow(/mask is of 2 photos.* 3 scores/);
    expect(() => rankOf(column, 3)).toThrow(/no photo 3 among 3/);
  });
});

describe('the ranking', () => {
  /** The definition, by comparison: higher first, then lower index, NaN last. */
  const sorted = (scores: Float32Array, allowed?: Uint8Array) =>
    range(scores.length)
      .filter((index) => allowed?.[index] !== 0)
      .sort((a, b) => {
        const [left, right] = [scores[a]!, scores[b]!];
        if (Number.isNaN(left) || Number.isNaN(right)) {
          return Number(Number.isNaN(left)) - Number(Number.isNaN(right)) || a - b;
        }
        return left === right ? a - b : right > left ? 1 : -1;
      });

  const negativeNaN = new Float32Array(new Uint32Array([0xffc00001]).buffer)[0]!;

  it('puts the higher score first, then the lower index, and what is not a number last', () => {
    const { NaN: none, POSITIVE_INFINITY: most, NEGATIVE_INFINITY: least } = Number;
    const scores = new Float32Array([none, 0, 0.5, -0, least, 0.5, negativeNaN, most, -1e-45, 1e-45]);
    expect([...topRanked(scores, 10)]).toEqual([7, 2, 5, 9, 1, 3, 8, 4, 0, 6]);
    expect([...topRanked(scores, 3)]).toEqual([7, 2, 5]);
    expect([...topRanked(scores, 2)]).toEqual([7, 2]);
    expect([...topRanked(scores, 99)]).toHaveLength(10);
    expect([...topRanked(scores, 0)]).toEqual([]);
    expect([...topRanked(new Float32Array(0), 5)]).toEqual([]);
  });

  it.each<[string, (random: Random) => number]>([
    ['all different', (random) => random.gaussian()],
    ['close together', (random) => 0.25 + random.next() * 1e-5],
    ['full of ties', (random) => random.integer(4) - 1.5],
    ['all equal', () => -0.3],
    ['not always numbers', (random) => [Number.NaN, 0, -0, random.gaussian()][random.integer(4)]!],
  ])('agrees with a sort by its definition, scores %s', (_, draw) => {
    const random = new Random(9);
    for (const size of [1, 2, 100, 3000]) {
      const scores = Float32Array.from({ length: size }, () => draw(random));
      const some = Uint8Array.from({ length: size }, () => random.integer(2));
      for (const allowed of [undefined, some, new Uint8Array(size)]) {
        const expected = sorted(scores, allowed);
        for (const count of [1, 7, Math.floor(size / 2), size, size + 5]) {
          expect([...topRanked(scores, count, allowed)]).toEqual(expected.slice(0, count));
        }
      }
    }
  });

  it('gives each photo the rank at which it stands', () => {
    const random = new Random(2);
    const scores = Float32Array.from(
      { length: 200 },
      () => [Number.NaN, -0, 0, random.integer(9)][random.integer(4)]!,
    );
    const allowed = Uint8Array.from({ length: 200 }, () => random.integer(2));
    for (const mask of [undefined, allowed]) {
      for (const [index, photo] of topRanked(scores, 200, mask).entries()) {
        expect(rankOf(scores, photo, mask)).toBe(index + 1);
      }
    }
  });

  it('reads a column that is part of a larger one', () => {
    const whole = new Float32Array([9, 9, 1, 3, 2, 9]);
    expect([...topRanked(whole.subarray(2, 5), 2)]).toEqual([1, 2]);
    expect(rankOf(whole.subarray(2, 5), 0)).toBe(3);
  });
});
