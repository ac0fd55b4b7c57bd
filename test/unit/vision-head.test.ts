/** The head: what it makes of features, and its backward pass against finite differences. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../models/random.ts';
import {
  averageWithStart,
  createHead,
  dropoutMask,
  forward,
  headInput,
  imageVectors,
  trainable,
} from '../../models/vision/head.ts';
import { useWasm } from '../../native/compute/wasm.ts';
import { gradientError, read } from '../fixtures/gradients.ts';
import { gaussian } from '../fixtures/operators.ts';

beforeAll(useWasm);

describe('head', () => {
  const size = { features: 12, hidden: 10, dimension: 6 };
  const features = gaussian(8 * size.features, 9).map(Math.abs);

  it('standardises the features it was made with', () => {
    const head = createHead(size, features, [0, 1, 2, 3, 4, 5, 6, 7], new Random(1));
    const input = headInput(head, features, [0, 1, 2, 3, 4, 5, 6, 7]);
    for (let i = 0; i < size.features; i++) {
      const column = Array.from({ length: 8 }, (_, row) => input[row * size.features + i]!);
      const mean = column.reduce((a, b) => a + b) / 8;
      expect(mean).toBeCloseTo(0, 4);
      expect(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 8).toBeCloseTo(1, 3);
    }
  });

  it('standardises a feature that hardly varies', () => {
    // Two features of a photo of which one is all but everything: its share is .99 with a deviation of 1e-4.
    const photos = 64;
    const steady = Float32Array.from({ length: photos * 2 }, (_, at) =>
      at % 2 === 0 ? 1 : 0.02 * (1 + (Math.floor(at / 2) % 2 === 0 ? 0.01 : -0.01)),
    );
    const rows = Array.from({ length: photos }, (_, row) => row);
    const { mean, deviation } = createHead({ ...size, features: 2 }, steady, rows, new Random(1));
    const shares = [0.02 * 1.01, 0.02 * 0.99].map((other) => Math.sqrt(1 / (1 + other)));
    expect(mean[0]).toBeCloseTo((shares[0]! + shares[1]!) / 2, 6);
    expect(deviation[0]! / (Math.abs(shares[0]! - shares[1]!) / 2)).toBeCloseTo(1, 2);
  });

  it('backward pass agrees with finite differences, dropout included', () => {
    const head = createHead(size, features, [0, 1, 2, 3, 4, 5, 6, 7], new Random(1));
    const input = headInput(head, features, [0, 1, 2]);
    const masks = {
      input: dropoutMask(input.length, 0.5, new Random(3)),
      hidden: dropoutMask(3 * size.hidden, 0.5, new Random(4)),
    };
    // Any function of the vectors will do; its gradient is its weights.
    const weights = gaussian(3 * size.dimension, 5);
    const value = () => {
      const vectors = read(forward(head, input, masks).vectors);
      return vectors.reduce((sum, x, i) => sum + x * weights[i]!, 0);
    };
    const gradients = forward(head, input, masks).backward(tf.tensor2d(weights, [3, size.dimension]));
    trainable(head).forEach((parameter, index) => {
      expect(gradientError(parameter, read(gradients[index]!), value, 1e-3)).toBeLessThan(2e-2);
    });
  });

  it('backward pass agrees with finite differences through a sigmoid and about a centre', () => {
    const centre = Float32Array.from({ length: size.dimension }, (_, i) => 0.3 + i / 20);
    const rows = [0, 1, 2, 3, 4, 5, 6, 7];
    const head = createHead(size, features, rows, new Random(1), { activation: 'sigmoid', centre });
    const input = headInput(head, features, [0, 1, 2]);
    const weights = gaussian(3 * size.dimension, 5);
    const value = () => read(forward(head, input).vectors).reduce((sum, x, i) => sum + x * weights[i]!, 0);
    const gradients = forward(head, input).backward(tf.tensor2d(weights, [3, size.dimension]));
    trainable(head).forEach((parameter, index) => {
      expect(gradientError(parameter, read(gradients[index]!), value, 1e-3)).toBeLessThan(2e-2);
    });
  });

  it('gives unit vectors, the same in batches of any size', async () => {
    const head = createHead(size, features, [0, 1, 2, 3, 4, 5, 6, 7], new Random(1));
    const rows = [0, 1, 2, 3, 4, 5, 6, 7];
    const vectors = await imageVectors(head, features, rows);
    for (const row of rows) {
      const vector = vectors.subarray(row * size.dimension, (row + 1) * size.dimension);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    }
    const apart = await imageVectors(head, features, rows, 3);
    vectors.forEach((value, i) => {
      expect(apart[i]).toBeCloseTo(value, 5);
    });
  });

  it('moves back towards where it started by the share that is asked for', () => {
    const start = createHead(size, features, [0, 1, 2, 3, 4, 5, 6, 7], new Random(1));
    const trained = createHead(size, features, [0, 1, 2, 3, 4, 5, 6, 7], new Random(2));
    const before = structuredClone(trained);
    averageWithStart(trained, start, 0.25);
    trained.outputWeight.forEach((value, i) => {
      expect(value).toBeCloseTo(0.75 * start.outputWeight[i]! + 0.25 * before.outputWeight[i]!, 6);
    });
    expect(trained.mean).toEqual(before.mean);
  });

  it('drops the share that is asked for and keeps the expectation', () => {
    const mask = dropoutMask(40_000, 0.3, new Random(1));
    expect(mask.filter((value) => value === 0).length / mask.length).toBeCloseTo(0.3, 1);
    expect(mask.reduce((a, b) => a + b) / mask.length).toBeCloseTo(1, 1);
  });
});
