/** How whatever learns tells how far it is, and stops when it is asked to: words, pictures, and the look at the photos before. */
import { PhotolexError } from '../contract.ts';
import type { Progress } from '../import/progress.ts';

/** How the learner reports and stops. */
export interface LearnHooks {
  progress(progress: Progress): void;
  /** True as soon as the training should stop; it then writes a checkpoint and throws `cancelled`. */
  cancelled(): boolean;
  /** Lets messages in between steps. */
  pause(): Promise<void>;
}

/** Seconds between checkpoints. */
export const CHECKPOINT_SECONDS = 10;

/** What is thrown when a training stops because it was asked to. */
export const cancelledError = (): PhotolexError =>
  new PhotolexError('cancelled', 'Stopped. What was learned so far is kept: resume to go on.');
