/** Learns the user's text embedding: the first half of a training, which can be stopped and resumed like the second. */

import type { TextAlgorithm } from '../../../models/text/algorithms.ts';
import type { TextModel } from '../../../models/text/textModel.ts';
import { startTextTraining, type TextState } from '../../../models/text/textTraining.ts';
import type { Vocabulary } from '../../../models/text/vocabulary.ts';
import type { WordLookup } from '../../../models/text/wordVectors.ts';
import { PhotolexError } from '../contract.ts';
import type { Progress } from '../import/progress.ts';
import { TextThreads, threadsFor, threadsOf } from './textThreads.ts';

/** What the text embedding is learnt from and how. */
export interface TextLearnInput {
  algorithm: TextAlgorithm;
  documents: readonly (readonly string[])[];
  vocabulary: Vocabulary;
  dimension: number;
  /** Vectors to start from, for the algorithms that do. */
  pretrained: WordLookup | null;
  /** Given, text is learnt on one thread, to the same bytes every time. */
  seed: number | undefined;
}

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

/**
 * Learns. `checkpoint` is given the state now and then, and when cancelled.
 * @throws {PhotolexError} `cancelled`, `no-checkpoint` if `resumed` does not fit.
 */
export async function learnText(
  input: TextLearnInput,
  hooks: LearnHooks,
  checkpoint: (state: TextState) => Promise<void>,
  resumed: TextState | undefined,
): Promise<TextModel> {
  const { algorithm, pretrained, seed, ...rest } = input;
  const single = startTextTraining(algorithm, {
    ...rest,
    seed: seed ?? 1,
    pretrained: pretrained ? { words: pretrained } : undefined,
  });
  const threads = resumed ? threadsOf(resumed) : seed === undefined ? threadsFor(single) : 1;
  const shared = threads > 1 ? new TextThreads(single, threads, seed ?? 1, resumed) : null;
  if (resumed && !shared) single.restore(resumed);
  const training = shared ?? single;
  // A round of threads is long; what cancels it comes in between.
  const watch = shared && setInterval(() => hooks.cancelled() && shared.cancel(), CANCEL_MILLISECONDS);
  try {
    let saved = Date.now();
    while (!training.done) {
      const { done, loss } = await training.step();
      hooks.progress({ stage: 'Learning the words', done, total: training.total, unit: training.unit, loss });
      await hooks.pause();
      const cancelled = hooks.cancelled();
      if (cancelled || Date.now() - saved > CHECKPOINT_SECONDS * 1000) {
        await checkpoint(await training.state());
        saved = Date.now();
      }
      if (cancelled) throw cancelledError();
    }
    return training.model();
  } finally {
    if (watch) clearInterval(watch);
    await shared?.close();
  }
}

/** Milliseconds until threads hear that they should stop. */
const CANCEL_MILLISECONDS = 100;

export const cancelledError = (): PhotolexError =>
  new PhotolexError('cancelled', 'Stopped. What was learned so far is kept: resume to go on.');
