/** The loop of a training from pictures, over a trainer that does as it is told. */
import { describe, expect, test } from 'vitest';
import { trainPictures } from '../../electron/engine/train/pictureRun.ts';
import type { PictureTrainer } from '../../electron/engine/train/pictureTrainer.ts';
import type { TrainerState } from '../../models/vision/trainer.ts';

/** Ten steps, of which the third fails. */
function failingTrainer(): PictureTrainer {
  let stepsDone = 0;
  return {
    steps: 10,
    stepsPerPass: 5,
    get stepsDone() {
      return stepsDone;
    },
    done: false,
    step: async () => {
      if (stepsDone === 2) throw new Error('the loss is not a number.');
      stepsDone += 1;
      return { loss: 1, waited: 0 } as Awaited<ReturnType<PictureTrainer['step']>>;
    },
    state: () => ({ step: stepsDone }) as TrainerState,
    restore: () => {},
  };
}

describe('a step that fails', () => {
  test.each([
    ['pictures', 'resume on WebAssembly.'],
    // Without TensorFlow or WebGPU no network trains, so WebAssembly would be refused.
    ['network', 'train with fewer pixels, or less of the network.'],
  ] as const)(
    'while learning the %s keeps what was learned, and says what may help',
    async (stage, advice) => {
      const kept: number[] = [];
      const told: unknown[] = [];
      const run = trainPictures(
        failingTrainer(),
        {
          progress: (progress) => told.push(progress),
          cancelled: () => false,
          pause: async () => {},
          point: () => {},
        },
        {
          what: 'Learning',
          stage,
          curve: [],
          captions: 100,
          judge: async () => ({ precisionAt5: null, meanAveragePrecision: null, choice: null }),
          checkpoint: async ({ trainer }) => {
            kept.push(trainer.step);
          },
          finish: () => {},
        },
      );
      await expect(run).rejects.toMatchObject({
        code: 'step-failed',
        message: `Step 3 of 10 failed (the loss is not a number). What was learned before it is kept: resume to go on; if it fails again, ${advice}`,
      });
      expect(kept).toEqual([2]);
      // The first before any step: that of a network may take long.
      expect(told).toMatchObject([
        { stage: 'Learning', done: 0, total: 200 },
        { done: 20, loss: 1 },
        { done: 40 },
      ]);
    },
  );
});
