/** Which state of a training is kept, over a trainer that stands where it is told. */
import { expect, test } from 'vitest';
import type { TrainingPoint } from '../../electron/engine/contract.ts';
import { BestFound, patience } from '../../electron/engine/train/bestFound.ts';
import type { PictureTrainer } from '../../electron/engine/train/pictureTrainer.ts';

/** After a pass, of two steps each. */
const after = (pass: number) =>
  ({ stepsPerPass: 2, stepsDone: 2 * pass, state: () => ({ step: 2 * pass }) }) as PictureTrainer;
/** What is shown of every pass is the same, so that it cannot be what is chosen by. */
const point = { precisionAt5: 0.6, meanAveragePrecision: 0.7 } as TrainingPoint;

test('the best is what the held-out photos found best, and is old when no better came for so many passes', () => {
  const best = new BestFound(null, 3);
  [0.2, 0.5, 0.4, 0.5].forEach((choice, pass) => {
    best.hear(point, choice, after(pass + 1));
  });
  expect(best.state).toMatchObject({ choice: 0.5, trainer: { step: 4 } });
  expect([best.isOld(after(4)), best.isOld(after(5))]).toEqual([false, true]);
});

test('where training began may stay the best', () => {
  const best = new BestFound({ point, choice: 0.5, trainer: after(0).state() }, 3);
  best.hear(point, 0.4, after(1));
  expect(best.state).toMatchObject({ trainer: { step: 0 } });
});

test('nothing is the best, and nothing is old, where nothing can be judged', () => {
  const best = new BestFound(null, 3);
  best.hear(point, null, after(1));
  expect(best.state).toBeNull();
  expect(best.isOld(after(100))).toBe(false);
});

test('a network that could see before has a third of its passes to become better, as whole passes, and three at least', () => {
  const passes = (passes: number) => patience({ steps: 4 * passes, stepsPerPass: 4 });
  expect([1, 6, 10, 20, 36].map(passes)).toEqual([3, 3, 4, 7, 12]);
});
