/** A training for which memory is short: the step that failed is taken again with less at once, and nothing of it is lost. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { type TrainingPoint, trainInputSchema } from '../../electron/engine/contract.ts';
import { runTraining } from '../../electron/engine/train/training.ts';
import { chooseBackend } from '../../native/compute/backends.ts';
import { ComputeProblem, isOutOfMemory } from '../../native/compute/problem.ts';
import { learnedAlbum } from '../fixtures/learnedAlbum.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';
import { acceleratedHome, pack, unlessMissing } from '../fixtures/tensorflow.ts';

const imported = learnedAlbum(null);

test.each([
  new Error('OOM when allocating tensor with shape[256,112,112,32] and type float on CPU'),
  new Error('Resource exhausted: failed to allocate memory'),
  new RangeError('Array buffer allocation failed'),
  Object.assign(new Error('createBuffer'), { name: 'GPUOutOfMemoryError' }),
])('memory that ran out is told from other errors: %s', (error) => {
  expect(isOutOfMemory(error)).toBe(true);
  expect(isOutOfMemory(new RangeError('Its numbers ran off.'))).toBe(false);
  expect(isOutOfMemory(new ComputeProblem('no-room', 'There is no room for it.'))).toBe(false);
});

test.skipIf(!pack)(
  `a network trains on in smaller groups of photos where memory has no room for more${unlessMissing}`,
  { timeout: 600_000 },
  async () => {
    const { engine, path } = await imported.open();
    await engine.close();
    const home = acceleratedHome();
    await chooseBackend('tensorflow', home);
    // A processor with room for the activations of nine photos and no more.
    const room = 9;
    const groups: number[] = [];
    const kernel = tf.getKernel(tf.FusedDepthwiseConv2D, 'tensorflow');
    tf.unregisterKernel(tf.FusedDepthwiseConv2D, 'tensorflow');
    tf.registerKernel({
      ...kernel,
      kernelFunc: (call) => {
        const [photos] = (call.inputs as unknown as tf.FusedDepthwiseConv2DInputs).x.shape as [number];
        groups.push(photos);
        if (photos > room) throw new Error(`OOM when allocating tensor with shape[${photos},28,36,240]`);
        return kernel.kernelFunc(call);
      },
    });
    const points: TrainingPoint[] = [];
    try {
      const outcome = await runTraining(
        path,
        temporaryFolder(),
        home,
        trainInputSchema.parse({ tune: 'last', passes: 2, holdout: 0.3, seed: 7, backend: 'tensorflow' }),
        { progress: () => {}, point: (point) => points.push(point), vectors: async () => {} },
        () => false,
      );
      expect(outcome).toMatchObject({ tune: 'last', precisionAt5: expect.any(Number) });
    } finally {
      tf.unregisterKernel(tf.FusedDepthwiseConv2D, 'tensorflow');
      tf.registerKernel(kernel);
    }
    expect(Math.max(...groups)).toBeGreaterThan(room);
    const firstFit = groups.findLastIndex((photos) => photos > room);
    expect(groups.slice(firstFit + 1).length).toBeGreaterThan(groups.length / 2);
    // Both passes were taken, to the last step.
    expect(points.at(-1)).toMatchObject({ pass: 2 });
    expect(points.at(-1)!.step).toBe(points.at(-1)!.steps);
  },
);
