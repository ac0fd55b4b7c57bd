/** The loop of a training from pictures, over a trainer that does as it is told. */
import { describe, expect, test } from 'vitest';
import type { TrainingPoint } from '../../electron/engine/contract.ts';
import { type PictureRun, trainPictures } from '../../electron/engine/train/pictureRun.ts';
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

/** Four passes of five steps, of which each has the loss of its number. */
function plainTrainer(stepsDone: number): PictureTrainer {
  return {
    steps: 20,
    stepsPerPass: 5,
    get stepsDone() {
      return stepsDone;
    },
    get done() {
      return stepsDone === 20;
    },
    step: async () => {
      stepsDone += 1;
      return { loss: stepsDone, waited: 0 } as Awaited<ReturnType<PictureTrainer['step']>>;
    },
    state: () => ({ step: stepsDone }) as TrainerState,
    restore: () => {},
  };
}

test('a training that stopped within a pass goes on to the same curve, and judges that pass too', async () => {
  let kept: Parameters<PictureRun['checkpoint']>[0] | undefined;
  const run = async (curve: TrainingPoint[], stopAt: number): Promise<number[]> => {
    const judged: number[] = [];
    const trainer = plainTrainer(kept?.trainer.step ?? 0);
    const running = trainPictures(
      trainer,
      {
        progress: () => {},
        cancelled: () => trainer.stepsDone >= stopAt,
        pause: async () => {},
        point: () => {},
      },
      {
        what: 'Learning',
        stage: 'pictures',
        curve,
        captions: 100,
        losses: kept?.losses,
        judge: async () => {
          judged.push(trainer.stepsDone);
          return { precisionAt5: null, meanAveragePrecision: null, choice: null };
        },
        checkpoint: async (stage) => {
          kept = stage;
        },
        finish: () => {},
      },
    );
    await running.catch((error) => expect(error).toMatchObject({ code: 'cancelled' }));
    return judged;
  };
  const whole: TrainingPoint[] = [];
  expect(await run(whole, Number.POSITIVE_INFINITY)).toEqual([5, 10, 15, 20]);
  expect(whole.map(({ loss }) => loss)).toEqual([3, 8, 13, 18]);
  const parts: TrainingPoint[] = [];
  expect(await run(parts, 8)).toEqual([5]);
  expect(await run(parts, Number.POSITIVE_INFINITY)).toEqual([10, 15, 20]);
  expect(parts).toEqual(whole);
});

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
