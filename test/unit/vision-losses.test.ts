/** The losses: values as their papers have them, gradients against finite differences. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { contrastiveLoss, sigmoidLoss, tripletLoss, wordLoss } from '../../models/vision/losses.ts';
import { useWasm } from '../../native/compute/wasm.ts';
import { gradientError, read, unitRows } from '../fixtures/gradients.ts';
import { gaussian } from '../fixtures/operators.ts';

beforeAll(useWasm);

describe('losses', () => {
  const B = 5;
  const D = 7;
  const V = 9;

  it('contrastive loss is the mean of both softmax cross-entropies', () => {
    const images = unitRows(B, D, 1);
    const captions = unitRows(B, D, 2);
    const logit = (i: number, j: number): number =>
      images.subarray(i * D, i * D + D).reduce((sum, x, k) => sum + x * captions[j * D + k]!, 0) / 0.1;
    let expected = 0;
    for (let i = 0; i < B; i++) {
      const row = Array.from({ length: B }, (_, j) => Math.exp(logit(i, j))).reduce((a, b) => a + b);
      const column = Array.from({ length: B }, (_, j) => Math.exp(logit(j, i))).reduce((a, b) => a + b);
      expected -= (2 * logit(i, i) - Math.log(row) - Math.log(column)) / (2 * B);
    }
    const { loss } = contrastiveLoss(tf.tensor2d(images, [B, D]), tf.tensor2d(captions, [B, D]), 0.1);
    expect(read(loss)[0]).toBeCloseTo(expected, 4);
  });

  it('contrastive gradients agree with finite differences', () => {
    const images = unitRows(B, D, 1);
    const captions = unitRows(B, D, 2);
    const run = () => contrastiveLoss(tf.tensor2d(images, [B, D]), tf.tensor2d(captions, [B, D]), 0.2);
    const { dImages, dCaptions } = run();
    const value = () => read(run().loss)[0]!;
    expect(gradientError(images, read(dImages), value)).toBeLessThan(2e-3);
    expect(gradientError(captions, read(dCaptions), value)).toBeLessThan(2e-3);
  });

  it('word loss gradients agree with finite differences', () => {
    const images = unitRows(B, D, 3);
    const words = unitRows(V, D, 4);
    const bias = gaussian(V, 5);
    const scale = Float32Array.of(3);
    const written = Float32Array.from({ length: B * V }, (_, i) => (i % 4 === 0 ? 1 : 0));
    const run = () =>
      wordLoss(
        tf.tensor2d(images, [B, D]),
        tf.tensor2d(words, [V, D]),
        tf.tensor1d(bias),
        scale[0]!,
        tf.tensor2d(written, [B, V]),
      );
    const { dImages, dWords, dBias, dScale } = run();
    const value = () => read(run().loss)[0]!;
    expect(gradientError(images, read(dImages), value)).toBeLessThan(2e-3);
    expect(gradientError(words, read(dWords), value)).toBeLessThan(2e-3);
    expect(gradientError(bias, read(dBias), value)).toBeLessThan(2e-3);
    expect(gradientError(scale, read(dScale), value)).toBeLessThan(2e-3);
  });

  it('word loss is the sigmoid cross-entropy', () => {
    const images = unitRows(2, D, 3);
    const words = unitRows(3, D, 4);
    const written = Float32Array.of(1, 0, 0, 0, 1, 1);
    let expected = 0;
    for (let i = 0; i < 2; i++) {
      for (let w = 0; w < 3; w++) {
        const cosine = Array.from({ length: D }, (_, k) => images[i * D + k]! * words[w * D + k]!).reduce(
          (a, b) => a + b,
        );
        const p = 1 / (1 + Math.exp(-(5 * cosine - 1)));
        expected -= Math.log(written[i * 3 + w] === 1 ? p : 1 - p) / 2;
      }
    }
    const { loss } = wordLoss(
      tf.tensor2d(images, [2, D]),
      tf.tensor2d(words, [3, D]),
      tf.tensor1d([-1, -1, -1]),
      5,
      tf.tensor2d(written, [2, 3]),
    );
    expect(read(loss)[0]).toBeCloseTo(expected, 4);
  });

  it('sigmoid loss is the cross-entropy with targets, and least where the sigmoid meets them', () => {
    const logits = gaussian(2 * D, 6);
    const targets = gaussian(2 * D, 7).map((value) => 1 / (1 + Math.exp(-value)));
    const expected = logits.reduce((sum, logit, i) => {
      const p = 1 / (1 + Math.exp(-logit));
      return sum - (targets[i]! * Math.log(p) + (1 - targets[i]!) * Math.log(1 - p)) / 2;
    }, 0);
    const run = (at: Float32Array) => sigmoidLoss(tf.tensor2d(at, [2, D]), tf.tensor2d(targets, [2, D]));
    expect(read(run(logits).loss)[0]).toBeCloseTo(expected, 4);
    const best = targets.map((target) => Math.log(target / (1 - target)));
    read(run(best).dLogits).forEach((value) => {
      expect(Math.abs(value)).toBeLessThan(1e-6);
    });
  });

  it('sigmoid loss stays finite however sure the network is', () => {
    const { loss } = sigmoidLoss(tf.tensor2d([200, -200], [1, 2]), tf.tensor2d([0, 1], [1, 2]));
    expect(read(loss)[0]).toBeCloseTo(400, 2);
  });

  it('sigmoid gradients agree with finite differences', () => {
    const logits = gaussian(B * D, 6);
    const targets = tf.sigmoid(tf.tensor2d(gaussian(B * D, 7), [B, D])) as tf.Tensor2D;
    const run = () => sigmoidLoss(tf.tensor2d(logits, [B, D]), targets);
    const { dLogits } = run();
    expect(gradientError(logits, read(dLogits), () => read(run().loss)[0]!)).toBeLessThan(2e-3);
  });

  it('triplet loss is the hinge on squared distances', () => {
    const images = tf.tensor2d([1, 0, 0, 1], [2, 2]);
    const captions = tf.tensor2d([0.6, 0.8, 0, 1], [2, 2]);
    // Photo 0: ‖a − p‖² = .8, ‖a − n‖² = 2, so the margin is kept. Photo 1: 0 and .4.
    const { loss } = tripletLoss(images, captions, Int32Array.of(1, 0), 1.5);
    expect(read(loss)[0]).toBeCloseTo((1.5 + 0.8 - 2 + (1.5 + 0 - 0.4)) / 2, 5);
    const satisfied = tripletLoss(images, captions, Int32Array.of(1, 0), 0.1);
    expect(read(satisfied.loss)[0]).toBe(0);
    expect(read(satisfied.dImages).every((value) => value === 0)).toBe(true);
  });

  it('triplet gradients agree with finite differences', () => {
    const images = unitRows(B, D, 1);
    const captions = tf.tensor2d(unitRows(B, D, 2), [B, D]);
    const run = () => tripletLoss(tf.tensor2d(images, [B, D]), captions, Int32Array.of(1, 2, 3, 4, 0), 0.5);
    const { loss, dImages } = run();
    expect(read(loss)[0]).toBeGreaterThan(0.1);
    expect(gradientError(images, read(dImages), () => read(run().loss)[0]!, 1e-3)).toBeLessThan(5e-3);
  });
});
