/**
 * Training a text embedding, on this thread or on several: progress, cancel, checkpoints. What it trains (Word2Vec, FastText, Doc2Vec) it
 * need not know:
 *
 *     const model = new Word2Vec(options, vocabulary, corpus);
 *     await trainText(model, { threads: 2, signal, onProgress });
 *     model.vectors();
 *
 * To resume, `model.restore(state)` before it.
 */
import { Worker } from 'node:worker_threads';
import type { CorpusTraining, TrainingState } from '../../../models/text/corpusTraining.ts';
import type { ReplicaPlan, ReplicaState } from '../../../models/text/replicas.ts';
import { builtPath } from '../../../native/runtime.ts';
import {
  askForState,
  askToStop,
  createSharedRounds,
  release,
  type SharedRounds,
  type ThreadMessage,
  type ThreadTask,
  totals,
} from './textRounds.ts';

/** How far a training is. */
export interface TextProgress {
  /** Words of the corpus read so far, over all epochs and earlier runs. */
  wordsDone: number;
  totalWords: number;
  /** Words per second since this run began, by all threads together. */
  wordsPerSecond: number;
  /** Mean loss per prediction since the last report, nats. */
  loss: number;
}

export interface TextTrainingOptions {
  /** Threads that learn (default 1: the caller's, and the same bytes for the same seed; on n threads too, but others). */
  threads?: number;
  /** Stops the training within a fraction of a second; what was learnt so far is kept. */
  signal?: AbortSignal;
  /** After the first words, then about ten times a second, and at the end. */
  onProgress?: (progress: TextProgress) => void;
  /** Takes the state of the training, with which it can be resumed, every `checkpointSeconds`. The training waits for it. */
  onCheckpoint?: (state: TrainingState) => Promise<void> | void;
  /** Default 30. */
  checkpointSeconds?: number;
}

/** Words of a step on one thread; after each, messages get in. */
const stepWords = 5_000;
/** Milliseconds between two reports of progress. */
const reportInterval = 100;

/**
 * Trains to the end, or until the signal. The result and the state are the training's own (`vectors()`, `state()`).
 * @returns true at the end, false if it was stopped before
 * @throws the error of a thread that failed, of `onCheckpoint`, or of `CorpusTraining.replicate`
 */
export async function trainText(
  training: CorpusTraining,
  options: TextTrainingOptions = {},
): Promise<boolean> {
  if (!training.done && !options.signal?.aborted) {
    if ((options.threads ?? 1) === 1) await trainHere(training, options);
    else await trainInThreads(training, options);
  }
  return training.done;
}

async function trainHere(training: CorpusTraining, options: TextTrainingOptions): Promise<void> {
  const { signal, onProgress, onCheckpoint } = options;
  const { checkpointDue, progress } = clock(training, options);
  let reported = Number.NEGATIVE_INFINITY;
  let [loss, steps] = [0, 0];
  while (!training.done && !signal?.aborted) {
    loss += training.step(stepWords).loss;
    steps++;
    if (training.done || performance.now() - reported >= reportInterval) {
      onProgress?.(progress(training.wordsDone, loss / steps));
      [loss, steps] = [0, 0];
      reported = performance.now();
    }
    if (checkpointDue() && !training.done) await onCheckpoint?.(training.state());
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

async function trainInThreads(training: CorpusTraining, options: TextTrainingOptions): Promise<void> {
  const { threads = 1, signal, onProgress, onCheckpoint } = options;
  const plan = training.replicate(threads);
  const shared = createSharedRounds(plan.readers.map(({ wordsDone }) => wordsDone));
  const { checkpointDue, progress } = clock(training, options);
  let before = totals(shared);
  const stop = (): void => askToStop(shared);
  signal?.addEventListener('abort', stop);
  const workers: Worker[] = [];
  const report = (): void => {
    const now = totals(shared);
    const predictions = now.predictions - before.predictions;
    onProgress?.(progress(now.wordsDone, predictions > 0 ? (now.loss - before.loss) / predictions : 0));
    before = now;
  };
  try {
    await new Promise<void>((resolve, reject) => {
      const states: ReplicaState['readers'][number][] = [];
      let told = 0;
      const tell = async ({ index, round, state, last }: StateMessage): Promise<void> => {
        states[index] = state;
        if (++told < threads) return;
        told = 0;
        training.gather({ rounds: plan.rounds, round, readers: [...states] });
        if (last) {
          report();
          resolve();
          return;
        }
        await onCheckpoint?.(training.state());
        release(shared);
        if (checkpointDue()) askForState(shared);
      };
      for (let index = 0; index < threads; index++) {
        const worker = startThread({ plan, index, shared });
        workers.push(worker);
        worker.on('message', (message: ThreadMessage) => {
          if (message.kind === 'state') {
            tell(message).catch(reject);
            return;
          }
          report();
          if (onCheckpoint && checkpointDue()) askForState(shared);
        });
        worker.once('error', reject);
        worker.once('exit', (code) => {
          if (code !== 0)
            reject(new Error(`A thread of the text training ended unexpectedly (code ${code}).`));
        });
      }
    });
  } finally {
    signal?.removeEventListener('abort', stop);
    // Also those that wait at a meeting for one that has failed.
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

type StateMessage = Extract<ThreadMessage, { kind: 'state' }>;

function startThread(task: { plan: ReplicaPlan; index: number; shared: SharedRounds }): Worker {
  return new Worker(builtPath('node', 'text-thread.js'), { workerData: task satisfies ThreadTask });
}

/** The time since now: for the words per second, and for checkpoints. */
function clock(
  training: CorpusTraining,
  { checkpointSeconds = 30 }: TextTrainingOptions,
): { checkpointDue: () => boolean; progress: (wordsDone: number, loss: number) => TextProgress } {
  const started = performance.now();
  const first = training.wordsDone;
  let saved = started;
  return {
    checkpointDue: () => {
      const due = performance.now() - saved >= checkpointSeconds * 1000;
      if (due) saved = performance.now();
      return due;
    },
    progress: (wordsDone, loss) => ({
      wordsDone,
      totalWords: training.totalWords,
      wordsPerSecond: ((wordsDone - first) / Math.max(performance.now() - started, 1)) * 1000,
      loss,
    }),
  };
}
