/**
 * The loop of a training from pictures, whether the head learns or the network itself: steps, with progress, checkpoints, and a
 * judgement after each pass. It stops at any step, and a step that fails costs nothing that was learned before.
 */
import type { StepResult, TrainerState } from '../../../models/vision/trainer.ts';
import { isOutOfMemory } from '../../../native/compute/problem.ts';
import { PhotolexError, type TrainingPoint } from '../contract.ts';
import type { HeldOutMeasures } from '../evaluate/heldOut.ts';
import type { BestFound, BestState } from './bestFound.ts';
import { CHECKPOINT_SECONDS, cancelledError, type LearnHooks } from './learnHooks.ts';
import type { PictureTrainer } from './pictureTrainer.ts';

/** How a run reports and stops. */
export interface PictureHooks extends LearnHooks {
  /** Told each point of the curve. */
  point(point: TrainingPoint): void;
}

/** Losses since the last point of the curve, of which the next one tells the mean. */
export interface LossSum {
  sum: number;
  steps: number;
}

/** What differs between the two trainings that learn from pictures. */
export interface RunRest {
  stage: 'pictures' | 'network';
  /** Of a training that goes on: the losses that no point of the curve tells yet. */
  losses?: LossSum | undefined;
  /** Given, the training ends early when it finds the held-out photos no better any more. */
  best?: BestFound;
  /** Asked after a step for which memory was short; false if no less will do. Without it such a step ends the training. */
  useLessMemory?: () => boolean;
  /** What is better done at the end than along the way. */
  finish: () => void;
}

/** What is to run, beside its trainer. */
export interface PictureRun extends RunRest {
  /** In the user's words. */
  what: string;
  curve: TrainingPoint[];
  /** Photos of a pass. */
  captions: number;
  judge: () => Promise<HeldOutMeasures>;
  checkpoint: (
    stage:
      | { kind: 'pictures'; trainer: TrainerState; losses: LossSum }
      | { kind: 'network'; trainer: TrainerState; losses: LossSum; best: BestState | null },
  ) => Promise<void>;
}

/**
 * Runs a trainer to its end, with progress, checkpoints and a point of the curve for each pass. What it learned is in what it trains.
 * @throws {PhotolexError} `cancelled`, `step-failed`
 */
export async function trainPictures(
  trainer: PictureTrainer,
  hooks: PictureHooks,
  run: PictureRun,
): Promise<void> {
  const { what, curve, captions, stage, best = null } = run;
  const seen = (steps: number): number => Math.round((steps * captions) / trainer.stepsPerPass);
  let losses = run.losses ?? { sum: 0, steps: 0 };
  /** As they were when the trainer was brought here last. */
  let brought = losses;
  const save = (): Promise<void> => {
    const state = trainer.state();
    const common = { trainer: state, losses: state.step === trainer.stepsDone ? losses : brought };
    return run.checkpoint(
      stage === 'network'
        ? { kind: stage, ...common, best: best?.state ?? null }
        : { kind: stage, ...common },
    );
  };
  const attempt = async <T>(work: () => T | Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      // What cannot be brought any more is lost with the window that had it; what was brought before is kept.
      await trainer.bring?.().catch(() => {});
      await save();
      throw stepFailed(error, trainer, stage);
    }
  };
  const bring = async (): Promise<void> => {
    await attempt(() => trainer.bring?.());
    brought = losses;
  };
  /** A step; null if memory was short, which changed nothing, and the next try does with less. */
  const step = async (): Promise<StepResult | null> => {
    try {
      return await trainer.step();
    } catch (error) {
      if (isOutOfMemory(error) && run.useLessMemory?.()) return null;
      throw error;
    }
  };
  const started = performance.now();
  const progress = (rest: { loss?: number; waiting?: number | null } = {}): void =>
    hooks.progress({
      stage: what,
      done: seen(trainer.stepsDone),
      total: seen(trainer.steps),
      unit: 'photos seen',
      ...rest,
    });
  // The first step of a network may take a while.
  progress();
  let waited = 0;
  let saved = Date.now();
  const report = async (): Promise<void> => {
    const { choice, ...measures } = await run.judge();
    const point = {
      step: trainer.stepsDone,
      steps: trainer.steps,
      pass: trainer.stepsDone / trainer.stepsPerPass,
      loss: losses.sum / losses.steps,
      ...measures,
    };
    curve.push(point);
    hooks.point(point);
    best?.hear(point, choice, trainer);
    losses = { sum: 0, steps: 0 };
    brought = losses;
  };
  while (!trainer.done && !best?.isOld(trainer)) {
    const result = await attempt(step);
    if (result === null) continue;
    losses = { sum: losses.sum + result.loss, steps: losses.steps + 1 };
    waited += result.waited;
    progress({
      loss: result.loss,
      waiting: stage === 'network' ? waited / (performance.now() - started) : null,
    });
    if (trainer.done) break;
    if (trainer.stepsDone % trainer.stepsPerPass === 0) {
      await bring();
      await report();
    }
    await hooks.pause();
    const cancelled = hooks.cancelled();
    if (cancelled || Date.now() - saved > CHECKPOINT_SECONDS * 1000) {
      await bring();
      await save();
      saved = Date.now();
    }
    if (cancelled) throw cancelledError();
  }
  await bring();
  run.finish();
  if (losses.steps > 0) await report();
}

/** A step that the backend could not do: memory ran out, a graphics card went away, numbers ran off. */
function stepFailed(error: unknown, trainer: PictureTrainer, stage: RunRest['stage']): PhotolexError {
  const { stepsDone, steps } = trainer;
  const reason = (error as Error).message.split('\n')[0]!.replace(/\.$/, '');
  const kept = trainer.state().step;
  const before = kept === stepsDone ? 'it' : `step ${kept + 1}`;
  const otherwise =
    stage === 'pictures' ? 'resume on WebAssembly' : 'train with fewer pixels, or less of the network';
  return new PhotolexError(
    'step-failed',
    `Step ${stepsDone + 1} of ${steps} failed (${reason}). What was learned before ${before} is kept: resume to go on; if it fails again, ${otherwise}.`,
    { cause: error },
  );
}
