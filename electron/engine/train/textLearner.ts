/** Learns the user's text embedding: the first half of a training, which can be stopped and resumed like the second. */

import { availableParallelism } from 'node:os';
import type { TextAlgorithm } from '../../../models/text/algorithms.ts';
import type { CorpusTraining } from '../../../models/text/corpusTraining.ts';
import type { TextModel } from '../../../models/text/textModel.ts';
import { startTextTraining, type TextState, type TextTraining } from '../../../models/text/textTraining.ts';
import type { Vocabulary } from '../../../models/text/vocabulary.ts';
import type { WordLookup } from '../../../models/text/wordVectors.ts';
import { CHECKPOINT_SECONDS, cancelledError, type LearnHooks } from './learnHooks.ts';
import { trainText } from './textThreads.ts';

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
  const training = startTextTraining(algorithm, {
    ...rest,
    seed: seed ?? 1,
    pretrained: pretrained ? { words: pretrained } : undefined,
  });
  if (resumed) training.restore(resumed);
  const progress = (done: number, loss: number): void =>
    hooks.progress({ stage: 'Learning the words', done, total: training.total, unit: training.unit, loss });
  const { shared } = training;
  const done = shared
    ? await learnShared(shared, seed === undefined ? threadsFor(shared) : 1, progress, hooks, checkpoint)
    : await learnAlone(training, progress, hooks, checkpoint);
  if (done) return training.model();
  await checkpoint(training.state());
  throw cancelledError();
}

type Progress = (done: number, loss: number) => void;
type TakeCheckpoint = (state: TextState) => Promise<void>;

/** Learns on one thread or several; false if it was stopped. */
async function learnShared(
  training: CorpusTraining,
  threads: number,
  progress: Progress,
  hooks: LearnHooks,
  checkpoint: TakeCheckpoint,
): Promise<boolean> {
  const stop = new AbortController();
  const watch = (): void => {
    if (hooks.cancelled()) stop.abort();
  };
  return trainText(training, {
    threads,
    signal: stop.signal,
    onProgress: ({ wordsDone, loss }) => {
      progress(wordsDone, loss);
      watch();
    },
    onCheckpoint: (state) => checkpoint({ ...state }),
    checkpointSeconds: CHECKPOINT_SECONDS,
  });
}

/** Learns what one thread learns alone; false if it was stopped. */
async function learnAlone(
  training: TextTraining,
  progress: Progress,
  hooks: LearnHooks,
  checkpoint: TakeCheckpoint,
): Promise<boolean> {
  let saved = Date.now();
  while (!training.done) {
    const { done, loss } = training.step();
    progress(done, loss);
    await hooks.pause();
    if (hooks.cancelled()) return false;
    if (Date.now() - saved > CHECKPOINT_SECONDS * 1000) {
      await checkpoint(training.state());
      saved = Date.now();
    }
  }
  return true;
}

/** Fewer words to read are not worth starting threads for: some seconds of one. */
const LEAST_WORDS = 5_000_000;
const MOST_THREADS = 8;

/** How many threads a training is worth on this machine. */
function threadsFor(training: CorpusTraining): number {
  if (training.totalWords < LEAST_WORDS) return 1;
  return Math.min(availableParallelism(), MOST_THREADS);
}
