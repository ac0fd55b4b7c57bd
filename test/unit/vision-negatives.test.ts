/** Which captions of a batch are told from a picture's own. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../models/random.ts';
import { chooseNegatives } from '../../models/vision/losses.ts';
import { useWasm } from '../../native/compute/wasm.ts';
import { unitRows } from '../fixtures/gradients.ts';

beforeAll(useWasm);

describe('negatives', () => {
  const B = 6;
  const D = 3;
  const images = tf.tensor2d.bind(null, unitRows(B, D, 8), [B, D]);
  const captions = unitRows(B, D, 9);
  const count = async (
    sampling: 'random' | 'soft',
    of: Float32Array,
    rounds: number,
  ): Promise<number[][]> => {
    const random = new Random(1);
    const counts = Array.from({ length: B }, () => new Array<number>(B).fill(0));
    for (let round = 0; round < rounds; round++) {
      const negatives = await chooseNegatives(sampling, images(), tf.tensor2d(of, [B, D]), random);
      negatives.forEach((negative, own) => {
        counts[own]![negative]!++;
      });
    }
    return counts;
  };

  it('at random are all the others alike', async () => {
    (await count('random', captions, 1000)).forEach((row, own) => {
      row.forEach((times, other) => {
        if (other === own) expect(times).toBe(0);
        else expect(Math.abs(times - 200)).toBeLessThan(60);
      });
    });
  });

  it('drawn softly come as often as they are far, and never say the same', async () => {
    const twice = captions.slice();
    twice.copyWithin(3 * D, 0, D);
    const counts = await count('soft', twice, 2000);
    const distance = (other: number): number =>
      [0, 1, 2].reduce((sum, i) => sum + (twice[i]! - twice[other * D + i]!) ** 2, 0);
    const total = [1, 2, 4, 5].reduce((sum, other) => sum + distance(other), 0);
    expect(counts[0]![3]! + counts[0]![0]!).toBeLessThan(5);
    for (const other of [1, 2, 4, 5])
      expect(Math.abs(counts[0]![other]! / 2000 - distance(other) / total)).toBeLessThan(0.05);
  });

  it('semi-hard are the nearest of those farther than the own caption, else the farthest', async () => {
    const pictures = tf.tensor2d([1, 0, 0, 1, 1, 0], [3, 2]);
    const texts = tf.tensor2d([0.8, 0.6, 0.6, 0.8, 0, -1], [3, 2]);
    // Cosines with the three captions: .8 .6 0; .6 .8 −1; .8 .6 0
    expect([...(await chooseNegatives('semi-hard', pictures, texts, new Random(1)))]).toEqual([1, 0, 1]);
  });

  it.each(['random', 'soft', 'semi-hard'] as const)(
    'of a batch of one or of equals are harmless (%s)',
    async (sampling) => {
      const one = tf.tensor2d([1, 0], [1, 2]);
      expect([...(await chooseNegatives(sampling, one, one, new Random(1)))]).toEqual([0]);
      const equal = tf.tensor2d([1, 0, 1, 0], [2, 2]);
      expect([...(await chooseNegatives(sampling, equal, equal, new Random(1)))]).toEqual([1, 0]);
    },
  );
});
