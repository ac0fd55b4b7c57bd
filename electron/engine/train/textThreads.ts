/**
 * A text embedding learnt by several threads at once, from outside like one that is learnt by one. See [Note: replicas add up what
 * they learnt] in `models/text/replica.ts`; the threads' side is `workers/textThread.ts`.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { CorpusTraining, TrainingPlace, TrainingPlan } from '../../../models/text/corpusTraining.ts';
import type { TextModel } from '../../../models/text/textModel.ts';
import type { TextProgress, TextState, TextTraining } from '../../../models/text/textTraining.ts';
import { builtPath } from '../../../native/runtime.ts';
import { PhotolexError } from '../contract.ts';

/** The two matrices of a training, in memory that threads share. */
export interface SharedVectors {
  inputs: Float32Array;
  outputs: Float32Array;
}

/** What a thread is started with. */
export interface TextThreadData {
  thread: number;
  threads: number;
  seed: number;
  plan: TrainingPlan;
  /** All texts: text t is `words[starts[t]]` to `words[starts[t + 1] − 1]`. */
  corpus: { words: Uint32Array; starts: Uint32Array };
  /** What all have learnt so far. */
  common: SharedVectors;
  /** The threads' own vectors, given there at the end of a round. */
  replicas: readonly SharedVectors[];
  /** Int32 flags: `CANCELLED`, and the barrier's two. */
  control: Int32Array;
  /** Where the thread goes on, of a training that is resumed. */
  place: TrainingPlace | null;
}

export type ThreadRequest = { kind: 'learn'; words: number } | { kind: 'place' };
export type ThreadReply =
  | { kind: 'learned'; wordsDone: number; loss: number }
  | { kind: 'place'; place: TrainingPlace };

/** Places in the flags. */
export const CANCELLED = 0;
const ARRIVED = 1;
const GENERATION = 2;

/** Waits until all threads have come here. */
export function waitForAll(control: Int32Array, threads: number): void {
  const generation = Atomics.load(control, GENERATION);
  if (Atomics.add(control, ARRIVED, 1) === threads - 1) {
    Atomics.store(control, ARRIVED, 0);
    Atomics.add(control, GENERATION, 1);
    Atomics.notify(control, GENERATION);
    return;
  }
  while (Atomics.load(control, GENERATION) === generation) Atomics.wait(control, GENERATION, generation);
}

/** Fewer words to read are not worth starting threads for: some seconds of one. */
const LEAST_WORDS = 5_000_000;
const MOST_THREADS = 8;
/** Bytes that all threads' vectors together may take. */
const MOST_BYTES = 1.2e9;
/** A round is so many words for each row of vectors, since every row is exchanged after it … */
const WORDS_FOR_A_ROW = 4;
/** … within these bounds; the second is half a second. */
const LEAST_ROUND = 10_000;
const MOST_ROUND = 250_000;

/** How many threads a training is worth on this machine. */
export function threadsFor({ total, shared }: TextTraining): number {
  if (!shared || total < LEAST_WORDS) return 1;
  const { inputs, outputs } = shared.training.state();
  // The common vectors, and for each thread its own twice: where it learns, and where it gives them.
  const bytes = 4 * (inputs.length + outputs.length);
  const fitting = Math.floor((MOST_BYTES / bytes - 1) / 2);
  return Math.max(1, Math.min(availableParallelism(), MOST_THREADS, fitting));
}

/** A training by threads. It must be closed. */
export class TextThreads {
  readonly total: number;
  readonly unit: TextTraining['unit'];
  readonly #training: CorpusTraining;
  readonly #inner: TextTraining;
  readonly #workers: readonly Worker[];
  readonly #common: SharedVectors;
  readonly #control: Int32Array;
  readonly #round: number;
  readonly #failure: Promise<never>;
  #wordsDone = 0;

  /** @param state of such a training that is resumed; it must be of as many threads */
  constructor(inner: TextTraining, threads: number, seed: number, state?: TextState) {
    if (!inner.shared) throw new Error('This text embedding cannot be learnt by several threads.');
    const { training, corpus } = inner.shared;
    this.#inner = inner;
    this.#training = training;
    this.total = inner.total;
    this.unit = inner.unit;
    const start = state ? (state as unknown as SharedVectors) : training.state();
    this.#common = sharedVectors(start);
    this.#control = new Int32Array(new SharedArrayBuffer(3 * 4));
    const replicas = Array.from({ length: threads }, () => emptyVectors(start));
    const rows = (start.inputs.length + start.outputs.length) / training.options.dimension;
    this.#round = Math.min(MOST_ROUND, Math.max(LEAST_ROUND, WORDS_FOR_A_ROW * rows));
    const places = state ? placesOf(state) : null;
    if (places && places.length !== threads)
      throw new Error('The saved training is of another number of threads.');
    const common: Omit<TextThreadData, 'thread' | 'place'> = {
      threads,
      seed,
      plan: training.plan(),
      corpus: sharedCorpus(corpus),
      common: this.#common,
      replicas,
      control: this.#control,
    };
    this.#workers = replicas.map((_, thread) => {
      const workerData: TextThreadData = { ...common, thread, place: places?.[thread] ?? null };
      return new Worker(builtPath('node', 'text-thread.js'), { workerData });
    });
    this.#wordsDone = places?.reduce((sum, { wordsDone }) => sum + wordsDone, 0) ?? 0;
    this.#failure = new Promise((_, reject) => {
      for (const worker of this.#workers) {
        worker.once('error', (error) =>
          reject(
            new PhotolexError('worker-stopped', `Learning the words failed: ${error.message}`, {
              cause: error,
            }),
          ),
        );
      }
    });
    // Whoever waits for a reply is told; nobody may be waiting.
    this.#failure.catch(() => {});
  }

  get done(): boolean {
    return this.#wordsDone >= this.total;
  }

  /** One round of all threads. @throws {PhotolexError} `worker-stopped` if a thread failed */
  async step(): Promise<TextProgress> {
    const replies = await this.#ask({ kind: 'learn', words: this.#round });
    const learned = replies.filter((reply) => reply.kind === 'learned');
    this.#wordsDone = learned.reduce((sum, { wordsDone }) => sum + wordsDone, 0);
    const loss = learned.reduce((sum, reply) => sum + reply.loss, 0) / learned.length;
    return { done: this.#wordsDone, loss };
  }

  /** Ends the round that is under way early. */
  cancel(): void {
    Atomics.store(this.#control, CANCELLED, 1);
  }

  /** Between two rounds. */
  async state(): Promise<TextState> {
    const replies = await this.#ask({ kind: 'place' });
    const places = replies.flatMap((reply) => (reply.kind === 'place' ? [reply.place] : []));
    const orders = Object.fromEntries(places.map(({ order }, thread) => [`order${thread}`, order]));
    return {
      inputs: Float32Array.from(this.#common.inputs),
      outputs: Float32Array.from(this.#common.outputs),
      ...orders,
      threads: places.map(({ order: _, ...place }) => place),
    };
  }

  /** What has been learnt so far. */
  model(): TextModel {
    this.#training.restore({ ...this.#training.state(), ...this.#common });
    return this.#inner.model();
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #ask(request: ThreadRequest): Promise<ThreadReply[]> {
    const replies = this.#workers.map(
      (worker) =>
        new Promise<ThreadReply>((resolve) => {
          worker.once('message', resolve);
          worker.postMessage(request);
        }),
    );
    return Promise.race([Promise.all(replies), this.#failure]);
  }
}

/** How many threads a saved state is of; 1 for a state of one thread alone. */
export function threadsOf(state: TextState): number {
  return Array.isArray(state.threads) ? state.threads.length : 1;
}

function placesOf(state: TextState): TrainingPlace[] {
  const places = state.threads as Omit<TrainingPlace, 'order'>[];
  return places.map((place, thread) => ({ ...place, order: state[`order${thread}`] as Uint32Array }));
}

const sharedFloats = (length: number): Float32Array =>
  new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));

const emptyVectors = ({ inputs, outputs }: SharedVectors): SharedVectors => ({
  inputs: sharedFloats(inputs.length),
  outputs: sharedFloats(outputs.length),
});

function sharedVectors(vectors: SharedVectors): SharedVectors {
  const shared = emptyVectors(vectors);
  shared.inputs.set(vectors.inputs);
  shared.outputs.set(vectors.outputs);
  return shared;
}

function sharedCorpus(corpus: readonly Uint32Array[]): TextThreadData['corpus'] {
  const total = corpus.reduce((sum, text) => sum + text.length, 0);
  const words = new Uint32Array(new SharedArrayBuffer(total * 4));
  const starts = new Uint32Array(new SharedArrayBuffer((corpus.length + 1) * 4));
  let at = 0;
  for (const [text, tokens] of corpus.entries()) {
    starts[text] = at;
    words.set(tokens, at);
    at += tokens.length;
  }
  starts[corpus.length] = at;
  return { words, starts };
}
