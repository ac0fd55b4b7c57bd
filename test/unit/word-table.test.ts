/** Captions composed of word vectors, and the way back. */
import { describe, expect, it } from 'vitest';
import {
  composeCaptions,
  composeCaptionsBackward,
  normaliseRows,
  normaliseRowsBackward,
} from '../../models/vision/wordTable.ts';
import { gradientError } from '../fixtures/gradients.ts';
import { gaussian } from '../fixtures/operators.ts';

describe('words and captions', () => {
  it('gradients through composing and normalising agree with finite differences', () => {
    const D = 4;
    const vectors = gaussian(6 * D, 1);
    const captions = [
      { words: Uint32Array.of(0, 3), weights: Float32Array.of(1, 2) },
      { words: Uint32Array.of(3, 5), weights: Float32Array.of(0.5, 1.5) },
    ];
    const weights = gaussian(2 * D, 2);
    const value = () =>
      normaliseRows(composeCaptions(captions, vectors, D), D).unit.reduce(
        (sum, x, i) => sum + x * weights[i]!,
        0,
      );
    const { unit, norms } = normaliseRows(composeCaptions(captions, vectors, D), D);
    const dSums = new Float32Array(2 * D);
    normaliseRowsBackward(weights, unit, norms, D, dSums);
    const gradient = new Float32Array(vectors.length);
    composeCaptionsBackward(captions, dSums, D, gradient);
    expect(gradientError(vectors, gradient, value, 1e-3)).toBeLessThan(5e-3);
    expect(gradient.subarray(D, 2 * D)).toEqual(new Float32Array(D));
  });
});
