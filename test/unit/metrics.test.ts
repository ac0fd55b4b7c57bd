import { describe, expect, it } from 'vitest';
import {
  averagePrecision,
  firstRelevantRank,
  meanAveragePrecision,
  medianRank,
  precisionAt,
  recallAt,
} from '../../electron/engine/evaluate/metrics.ts';
import { Random } from '../../models/random.ts';

/** Scores that rank photo 0 first, 1 second, and so on. */
const inOrder = (count: number) => Float32Array.from({ length: count }, (_, index) => -index);

/**
 * Average precision as scikit-learn defines it, Σ (R_n − R_{n−1}) P_n over the thresholds n: precision and recall of
 * all photos that score at least as much. O(N²), and not by ranks.
 */
function averagePrecisionByThreshold(scores: Float32Array, relevant: ReadonlySet<number>): number {
  const thresholds = [...new Set(scores)].sort((a, b) => b - a);
  let previous = 0;
  let sum = 0;
  for (const threshold of thresholds) {
    const above = [...scores.keys()].filter((index) => scores[index]! >= threshold);
    const hits = above.filter((index) => relevant.has(index)).length;
    const recall = hits / relevant.size;
    sum += (recall - previous) * (hits / above.length);
    previous = recall;
  }
  return sum;
}

describe('average precision', () => {
  it('is what scikit-learn documents', () => {
    // Its example: y_true = [0, 0, 1, 1], y_scores = [0.1, 0.4, 0.35, 0.8] gives 0.83…: (1/1 + 2/3) / 2.
    expect(averagePrecision(new Float32Array([0.1, 0.4, 0.35, 0.8]), new Set([2, 3]))).toBeCloseTo(
      0.8333333333,
      9,
    );
  });

  it('is the mean of the precisions at the relevant ranks, by hand', () => {
    // Ranks 1, 3 and 6 of 10: (1/1 + 2/3 + 3/6) / 3.
    expect(averagePrecision(inOrder(10), new Set([0, 2, 5]))).toBeCloseTo(0.7222222222, 9);
    // Ranks 2, 5 and 7 of 10: (1/2 + 2/5 + 3/7) / 3.
    expect(averagePrecision(inOrder(10), new Set([6, 4, 1]))).toBeCloseTo(0.4428571429, 9);
    expect(averagePrecision(inOrder(10), new Set([0, 1, 2]))).toBe(1);
    expect(averagePrecision(inOrder(10), new Set([9]))).toBeCloseTo(0.1, 9);
  });

  it('agrees with the definition by thresholds where all scores differ', () => {
    const random = new Random(4);
    for (const size of [2, 10, 60, 150]) {
      const scores = Float32Array.from({ length: size }, () => random.gaussian());
      const relevant = new Set(Array.from({ length: Math.ceil(size / 4) }, () => random.integer(size)));
      expect(new Set(scores).size).toBe(size);
      expect(averagePrecision(scores, relevant)).toBeCloseTo(
        averagePrecisionByThreshold(scores, relevant),
        12,
      );
    }
  });

  it('ranks equal scores by index, unlike scikit-learn', () => {
    const scores = new Float32Array([0.5, 0.5]);
    expect(averagePrecision(scores, new Set([0]))).toBe(1);
    expect(averagePrecision(scores, new Set([1]))).toBe(0.5);
    expect(averagePrecisionByThreshold(scores, new Set([0]))).toBe(0.5);
  });

  it('is undefined where nothing is relevant, and left out of the mean', () => {
    expect(averagePrecision(inOrder(3), new Set())).toBeNaN();
    expect(meanAveragePrecision([1, Number.NaN, 0.5, 0.3])).toBeCloseTo(0.6, 12);
    expect(meanAveragePrecision([Number.NaN])).toBeNaN();
  });
});

describe('precision and recall at k', () => {
  const relevant = new Set([0, 2, 5, 7]);

  it('count the relevant among the k best', () => {
    expect(precisionAt(5, inOrder(10), relevant)).toBe(2 / 5);
    expect(precisionAt(1, inOrder(10), relevant)).toBe(1);
    expect(precisionAt(10, inOrder(10), relevant)).toBe(4 / 10);
    expect(recallAt(5, inOrder(10), relevant)).toBe(2 / 4);
    expect(recallAt(6, inOrder(10), relevant)).toBe(3 / 4);
    expect(recallAt(10, inOrder(10), relevant)).toBe(1);
    expect(recallAt(5, inOrder(10), new Set())).toBeNaN();
  });

  it('divide by k where there are fewer photos', () => {
    expect(precisionAt(5, inOrder(3), new Set([0, 1, 2]))).toBe(3 / 5);
  });
});

describe('ranks', () => {
  it('are of the best-ranked relevant photo', () => {
    const scores = new Float32Array([0.1, 0.9, 0.5, 0.5, 0.7]);
    expect(firstRelevantRank(scores, new Set([4]))).toBe(2);
    expect(firstRelevantRank(scores, new Set([0, 3]))).toBe(4);
    expect(firstRelevantRank(scores, new Set([3, 2]))).toBe(3);
    expect(firstRelevantRank(scores, new Set())).toBeNaN();
  });

  it('have a median, of an even number the mean of the middle two', () => {
    expect(medianRank([9, 1, 10])).toBe(9);
    expect(medianRank([100, 2, 3, 8])).toBe(5.5);
    expect(medianRank([Number.NaN, 7])).toBe(7);
    expect(medianRank([])).toBeNaN();
  });
});

describe('photos that are not judged', () => {
  it('are neither ranked nor relevant', () => {
    // Judged: 1, 3, 4, 5, in this order; relevant of them: 3 and 5, at ranks 2 and 4.
    const judged = new Uint8Array([0, 1, 0, 1, 1, 1]);
    const relevant = new Set([0, 2, 3, 5]);
    expect(averagePrecision(inOrder(6), relevant, judged)).toBe((1 / 2 + 2 / 4) / 2);
    expect(precisionAt(2, inOrder(6), relevant, judged)).toBe(1 / 2);
    expect(recallAt(2, inOrder(6), relevant, judged)).toBe(1 / 2);
    expect(firstRelevantRank(inOrder(6), relevant, judged)).toBe(2);
    expect(averagePrecision(inOrder(6), new Set([0]), judged)).toBeNaN();
  });
});

describe('bad input', () => {
  it('is named', () => {
    expect(() => precisionAt(0, inOrder(3), new Set([0]))).toThrow(/k must be a whole number from 1, got 0/);
    expect(() => averagePrecision(inOrder(3), new Set([3]))).toThrow(/relevant photo 3 is not among the 3/);
    expect(() => recallAt(1, inOrder(3), new Set([-1]))).toThrow(/relevant photo -1/);
    expect(() => firstRelevantRank(inOrder(3), new Set([0.5]))).toThrow(/relevant photo 0.5/);
  });
});
