/**
 * The loop that Word2Vec, FastText and Doc2Vec share: epochs over a corpus in random order, subsampling of frequent words, a
 * learning rate that falls linearly with the words done, as in Mikolov's program and in Gensim. On one thread the same seed
 * gives the same bytes. The caller owns the loop, so progress, pause and cancel cost nothing:
 *
 *     while (!model.done) report(model.step(10_000));
 *
 * Several threads share a training between `replicate` and `gather`; see [Note: replicas] in replicas.ts.
 */
import type { Random } from '../random.ts';
import { mostRows, type Reading, type WordRows } from './contextLearner.ts';
import { CorpusReader, type CorpusSource, pieceLength, piecesOf, type ReaderState } from './corpusReader.ts';
import {
  allPieces,
  dealReaders,
  gatherReaders,
  type ReplicaPlan,
  type ReplicaState,
  roundsFor,
} from './replicas.ts';
import { mostReplicas, type PredictorReplicas, WordPredictor } from './wordPredictor.ts';

/** What every training can be told. Names and defaults are Gensim's, in whole words, where not said otherwise. */
export interface TrainingOptions {
  /** Numbers per vector (default 100). */
  readonly dimension: number;
  /** The farthest distance, in words, between two words that are neighbours (default 5). */
  readonly window: number;
  /** Words drawn against each word that was there (default 5). */
  readonly negative: number;
  /** Passes over the corpus (default 10; a few hundred captions without pretrained contexts want 25 to 100; Gensim's is 5). */
  readonly epochs: number;
  /** The learning rate at the start (default 0.025), falling linearly with the words done … */
  readonly learningRate: number;
  /** … to this at the end (default 0.0001). */
  readonly minimumLearningRate: number;
  /**
   * A share of the corpus: words more frequent than it are left out at random. Default 0, for
   * none (Gensim's is 0.001): stop words are gone already, and a name in twelve captions needs all its neighbours.
   */
  readonly sample: number;
  /**
   * Reads the texts in a fresh random order each epoch (default true), so that the album imported last does not have the last
   * word. Gensim reads them as they come.
   */
  readonly shuffle: boolean;
  /** Equal seeds give equal vectors (default 1). */
  readonly seed: number;
}

/** The options that a caller leaves out. */
export const trainingDefaults: TrainingOptions = {
  dimension: 100,
  window: 5,
  negative: 5,
  epochs: 10,
  learningRate: 0.025,
  minimumLearningRate: 0.0001,
  sample: 0,
  shuffle: true,
  seed: 1,
};

/** What one call of `step` did. */
export interface TrainingProgress {
  /** Words of the corpus read so far, over all epochs; `totalWords` when done. */
  readonly wordsDone: number;
  /** Mean loss per prediction in this step (equation 4 of Mikolov et al. negated, nats); 0 when there was none. */
  readonly loss: number;
}

/** Everything that changes while learning: with the same options, vocabulary and corpus, training continues from it. */
export interface TrainingState extends ReaderState {
  /** `[input rows, dimension]` */
  readonly inputs: Float32Array;
  /** `[words, dimension]` */
  readonly outputs: Float32Array;
  /** Where each thread was, if several trained. As many threads go on from there, another number from `order` and `position`. */
  readonly threads?: ReplicaState;
}

/** Where a training starts and how it reads. */
export interface TrainingStart {
  /** The algorithm's name, for messages. */
  readonly name: string;
  readonly reading: Reading;
  readonly wordRows: WordRows;
  /** As in `Context`. */
  readonly mean: boolean;
  /** `[input rows, dimension]`; for the readings with documents, that of text n is row `documentRow + n`. */
  readonly inputs: Float32Array;
  /** `[words, dimension]`; zeros when not given */
  readonly outputs?: Float32Array;
  readonly documentRow?: number;
  /** The generator after the start was drawn from it. */
  readonly random: Random;
}

/** A training run; each algorithm adds its start and its result. */
export abstract class CorpusTraining {
  /** Words to read in all: those of the corpus, once each epoch. */
  readonly totalWords: number;
  abstract readonly options: TrainingOptions;
  protected readonly predictor: WordPredictor;
  private readonly name: string;
  private readonly source: CorpusSource;
  private readonly reader: CorpusReader;
  private threads: ReplicaState | undefined;
  private replicas: PredictorReplicas | undefined;

  /**
   * @param counts how often each word was written, `[words]`
   * @param corpus one array of word numbers per text (`Vocabulary.encode`); it is copied into one array
   */
  protected constructor(
    options: TrainingOptions,
    counts: Uint32Array,
    corpus: readonly Uint32Array[],
    start: TrainingStart,
  ) {
    const { dimension, window, negative, epochs, learningRate, minimumLearningRate, sample, shuffle } =
      options;
    const { name, reading, wordRows, mean, documentRow = 0, random } = start;
    this.name = name;
    this.source = {
      pieces: piecesOf(corpus),
      counts,
      context: { reading, wordRows, mean, window, negative },
      documentRow,
      epochs,
      learningRate,
      minimumLearningRate,
      sample,
      shuffle,
    };
    this.predictor = new WordPredictor({
      dimension,
      inputRows: start.inputs.length / dimension,
      outputRows: counts.length,
      rows: mostRows(wordRows, window, pieceLength),
      targets: negative + 1,
    });
    this.predictor.writeInputs(start.inputs);
    if (start.outputs !== undefined) this.predictor.writeOutputs(start.outputs);
    this.reader = new CorpusReader(this.source, this.predictor, random, allPieces(this.source.pieces));
    this.totalWords = this.reader.totalWords;
  }

  /** Words of the corpus read so far, over all epochs. */
  get wordsDone(): number {
    return this.reader.wordsDone;
  }

  /** True when all epochs are done; from the start for a corpus without words. */
  get done(): boolean {
    return this.wordsDone >= this.totalWords;
  }

  /** Learns from about `words` more words: whole texts until there are as many, or until done. */
  step(words: number): TrainingProgress {
    const { learner } = this.reader;
    learner.loss = 0;
    learner.predictions = 0;
    this.threads = undefined;
    this.reader.read(this.wordsDone + Math.max(words, 1));
    const { loss, predictions } = learner;
    return { wordsDone: this.wordsDone, loss: predictions > 0 ? loss / predictions : 0 };
  }

  /**
   * What so many threads need to train on from here: see `ReplicaPlan`. Until `gather` this training's own `step` must not be called.
   * Throws an Error when the replicas need more memory than WebAssembly can address.
   */
  replicate(threads: number): ReplicaPlan {
    if (!Number.isInteger(threads) || threads < 1 || threads > mostReplicas) {
      throw new Error(
        `${this.name}: threads must be a whole number from 1 to ${mostReplicas}, got ${threads}.`,
      );
    }
    const { source, predictor } = this;
    const ownsDocuments = source.context.reading.startsWith('d');
    const ownedFrom = ownsDocuments ? source.documentRow : predictor.size.inputRows;
    if (this.replicas?.count !== threads) this.replicas = predictor.replicate(threads, ownedFrom);
    const { replicas } = this;
    if (this.threads?.readers.length === threads) return { source, replicas, ...this.threads };
    const rounds = roundsFor(source, threads);
    return {
      source,
      replicas,
      rounds,
      round: Math.floor((this.wordsDone / Math.max(this.totalWords, 1)) * rounds),
      readers: dealReaders(source, this.reader.state(), threads),
    };
  }

  /** Takes over where the threads are; what they have learnt is here as soon as it is merged. */
  gather(threads: ReplicaState): void {
    this.reader.restore(gatherReaders(this.source, threads.readers));
    this.threads = threads;
  }

  /** A copy of all that changes while learning. */
  state(): TrainingState {
    return {
      ...this.reader.state(),
      inputs: this.predictor.readInputs(),
      outputs: this.predictor.readOutputs(),
      ...(this.threads === undefined ? {} : { threads: this.threads }),
    };
  }

  /** Continues from a state of a run of the same options, vocabulary and corpus. Throws an Error when its sizes differ. */
  restore(state: TrainingState): void {
    const { dimension, inputRows, outputRows } = this.predictor.size;
    const pieces = this.source.pieces.texts.length;
    const lengths = {
      inputs: inputRows * dimension,
      outputs: outputRows * dimension,
      order: pieces,
    };
    for (const name of ['inputs', 'outputs', 'order'] as const) {
      if (state[name].length !== lengths[name]) {
        throw new Error(
          `This ${this.name} state is of another corpus or other options: its ${name} differ in size.`,
        );
      }
    }
    for (const { order, position } of [state, ...(state.threads?.readers ?? [])]) {
      if (order.some((index) => index >= pieces) || !(position <= order.length)) {
        throw new Error(`This ${this.name} state is damaged: it names texts that are not there.`);
      }
    }
    this.predictor.writeInputs(state.inputs);
    this.predictor.writeOutputs(state.outputs);
    this.reader.restore(state);
    this.threads = state.threads;
  }
}

/** Throws an Error naming the first option that is out of range; `name` is the algorithm's. */
export function checkTrainingOptions(name: string, options: TrainingOptions): void {
  const wanted = (option: keyof TrainingOptions, fits: boolean, what: string): void => {
    if (!fits) throw new Error(`${name}: ${option} must be ${what}, got ${options[option]}.`);
  };
  for (const option of ['dimension', 'window', 'epochs'] as const) {
    wanted(option, Number.isInteger(options[option]) && options[option] >= 1, 'a whole number of 1 or more');
  }
  wanted(
    'negative',
    Number.isInteger(options.negative) && options.negative >= 0,
    'a whole number of 0 or more',
  );
  for (const option of ['learningRate', 'minimumLearningRate', 'sample'] as const) {
    wanted(option, Number.isFinite(options[option]) && options[option] >= 0, '0 or more');
  }
}
