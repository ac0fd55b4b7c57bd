/**
 * Training on several threads at once: each has a replica of the vectors and learns from its own part of the texts; after every
 * round all of them meet.
 *
 * [Note: replicas add up what they learnt]
 * Threads that write to the same vectors (Recht et al. 2011, "Hogwild!") wait for each other's cache lines: the vectors of frequent
 * words are in every step. So each thread has vectors of its own for a round of some ten thousand words, and then all meet: with
 * δ = replica − common, for each row
 *
 *     common ← common + f Σ δ        f = min(1, Σ ‖δ‖² / ‖Σ δ‖²)
 *
 * and all go on from there. Where only one thread met a word, or each moved it another way, that is the sum; where all moved it the same
 * way, as frequent words settle, it is the mean, since each has gone the whole way already. (The idea of Maleki et al. 2021, "Scaling
 * distributed training with adaptive summation", for any number of threads. The plain sum diverges with four threads, the mean
 * halves what rare words learn: on a book of 24,000 words, skip-gram, two threads, ten nearest words agreed with Gensim's to .55 as with one
 * thread; the mean .46.) The result depends on the number of threads and on nothing else: the same number gives the same bytes.
 */
import { Random } from '../random.ts';
import { CorpusTraining, type TrainingOptions, type TrainingPlan } from './corpusTraining.ts';

/** The part of a training that one thread does. */
export class Replica extends CorpusTraining {
  readonly options: TrainingOptions;

  /**
   * @param corpus all texts, with empty arrays in place of those that other threads learn from: their numbers stay
   * @param inputs `[input rows, dimension]`, where the training is
   * @param outputs `[words, dimension]`
   */
  constructor(
    plan: TrainingPlan,
    corpus: readonly Uint32Array[],
    inputs: Float32Array,
    outputs: Float32Array,
    seed: number,
  ) {
    super(plan.options, plan.counts, corpus, { ...plan, inputs, outputs, random: new Random(seed) });
    this.options = plan.options;
    this.predictor.shares.set(plan.shares);
  }

  /** Takes over vectors that all replicas share. */
  take(inputs: Float32Array, outputs: Float32Array): void {
    this.predictor.writeInputs(inputs);
    this.predictor.writeOutputs(outputs);
  }

  /** Copies its vectors. */
  give(inputs: Float32Array, outputs: Float32Array): void {
    inputs.set(this.predictor.readInputs());
    outputs.set(this.predictor.readOutputs());
  }
}

/**
 * Brings what replicas learnt into the rows from `start` to `end` of `common`. All arrays are `[rows, dimension]`.
 * See [Note: replicas add up what they learnt].
 */
export function addReplicas(
  common: Float32Array,
  replicas: readonly Float32Array[],
  dimension: number,
  start: number,
  end: number,
): void {
  const sum = new Float64Array(dimension);
  for (let at = start * dimension; at < end * dimension; at += dimension) {
    sum.fill(0);
    let squares = 0;
    for (const replica of replicas) {
      for (let i = 0; i < dimension; i++) {
        const moved = replica[at + i]! - common[at + i]!;
        sum[i]! += moved;
        squares += moved * moved;
      }
    }
    if (squares === 0) continue;
    let square = 0;
    for (let i = 0; i < dimension; i++) square += sum[i]! * sum[i]!;
    const factor = square > squares ? squares / square : 1;
    for (let i = 0; i < dimension; i++) common[at + i] = common[at + i]! + factor * sum[i]!;
  }
}

/** The texts that thread `thread` of `threads` learns from; empty arrays in place of the others. */
export function shareOf(corpus: readonly Uint32Array[], thread: number, threads: number): Uint32Array[] {
  const none = new Uint32Array(0);
  return corpus.map((text, number) => (number % threads === thread ? text : none));
}
