/**
 * The loop that Word2Vec, FastText and Doc2Vec share: epochs over a corpus in random order, subsampling of frequent words, a
 * learning rate that falls linearly with the words done, as in Mikolov's program and in Gensim. One thread: the same seed
 * gives the same bytes. The caller owns the loop, so progress, pause and cancel cost nothing:
 *
 *     while (!model.done) report(model.step(10_000));
 */
import type { Random, RandomState } from '../random.ts';
import { type Context, ContextLearner, mostRows, type Reading, type WordRows } from './contextLearner.ts';
import { NoiseDistribution } from './negativeSampling.ts';
import { WordPredictor } from './wordPredictor.ts';

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
export interface TrainingState {
  /** `[input rows, dimension]` */
  readonly inputs: Float32Array;
  /** `[words, dimension]` */
  readonly outputs: Float32Array;
  /** The order of the texts in the current epoch. */
  readonly order: Uint32Array;
  readonly position: number;
  readonly wordsDone: number;
  readonly random: RandomState;
}

/** A training's state without its vectors. */
export type TrainingPlace = Omit<TrainingState, 'inputs' | 'outputs'>;

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

/** What a training is, without its vectors and its corpus: what another thread needs to go on with a part of it. */
export interface TrainingPlan {
  readonly options: TrainingOptions;
  readonly name: string;
  readonly reading: Reading;
  readonly wordRows: WordRows;
  readonly mean: boolean;
  readonly documentRow: number;
  /** How often each word was written, `[words]`. */
  readonly counts: Uint32Array;
  /** Share of the learning rate at which each input row moves, `[input rows]`. */
  readonly shares: Float32Array;
}

/** Longer texts are read in pieces of this many words, so that a step stays short. */
const pieceLength = 1000;

/** All texts in one array, which takes a fraction of the memory of an array each. */
interface Pieces {
  readonly words: Uint32Array;
  /** Piece p is `words[starts[p]]` to `words[starts[p + 1] − 1]`, `[pieces + 1]`. */
  readonly starts: Uint32Array;
  /** The number of the text in the corpus that each piece is of, `[pieces]`. */
  readonly texts: Uint32Array;
}

/** A training run; each algorithm adds its start and its result. */
export abstract class CorpusTraining {
  /** Words to read in all: those of the corpus, once each epoch. */
  readonly totalWords: number;
  abstract readonly options: TrainingOptions;
  protected readonly predictor: WordPredictor;
  private readonly name: string;
  private readonly pieces: Pieces;
  private readonly learner: ContextLearner;
  private readonly documentRow: number;
  private readonly counts: Uint32Array;
  private readonly context: Context;
  /** Chance to keep an occurrence of each word, `[words]`, 1 and more for always. */
  private readonly keep: Float64Array;
  private readonly random: Random;
  private readonly order: Uint32Array;
  private position = 0;
  private wordsDone = 0;
  private readonly kept = new Uint32Array(pieceLength);

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
    const { dimension, window, negative, epochs, sample } = options;
    this.name = start.name;
    this.documentRow = start.documentRow ?? 0;
    this.random = start.random;
    this.pieces = piecesOf(corpus);
    this.totalWords = epochs * this.pieces.words.length;
    this.counts = counts;
    this.keep = keepChances(counts, sample);
    this.order = this.pieces.texts.map((_, piece) => piece);
    const context: Context = {
      reading: start.reading,
      wordRows: start.wordRows,
      mean: start.mean,
      window,
      negative,
    };
    this.context = context;
    this.predictor = new WordPredictor({
      dimension,
      inputRows: start.inputs.length / dimension,
      outputRows: counts.length,
      rows: mostRows(start.wordRows, window, pieceLength),
      targets: negative + 1,
    });
    this.predictor.writeInputs(start.inputs);
    if (start.outputs !== undefined) this.predictor.writeOutputs(start.outputs);
    this.learner = new ContextLearner(this.predictor, context, new NoiseDistribution(counts), this.random);
  }

  /** True when all epochs are done; from the start for a corpus without words. */
  get done(): boolean {
    return this.wordsDone >= this.totalWords;
  }

  /** Learns from about `words` more words: whole texts until there are as many, or until done. */
  step(words: number): TrainingProgress {
    const { learningRate, minimumLearningRate, shuffle } = this.options;
    const { learner, kept } = this;
    const { starts, texts } = this.pieces;
    const until = Math.min(this.wordsDone + Math.max(words, 1), this.totalWords);
    learner.loss = 0;
    learner.predictions = 0;
    while (this.wordsDone < until) {
      if (this.position === 0 && shuffle) this.random.shuffle(this.order);
      const piece = this.order[this.position]!;
      const [start, end] = [starts[piece]!, starts[piece + 1]!];
      const rate = learningRate + (minimumLearningRate - learningRate) * (this.wordsDone / this.totalWords);
      const length = this.subsample(start, end);
      learner.learn(kept, length, { input: rate, output: rate }, this.documentRow + texts[piece]!);
      this.wordsDone += end - start;
      this.position = (this.position + 1) % this.order.length;
    }
    const { loss, predictions } = learner;
    return { wordsDone: this.wordsDone, loss: predictions > 0 ? loss / predictions : 0 };
  }

  /** What the training is; see `Replica`. */
  plan(): TrainingPlan {
    const { reading, wordRows, mean } = this.context;
    return {
      options: this.options,
      name: this.name,
      reading,
      wordRows,
      mean,
      documentRow: this.documentRow,
      counts: this.counts,
      shares: this.predictor.shares.slice(),
    };
  }

  /** A copy of all that changes while learning. */
  state(): TrainingState {
    return { inputs: this.predictor.readInputs(), outputs: this.predictor.readOutputs(), ...this.place() };
  }

  /** Where it is in the corpus: the state without the vectors. */
  place(): TrainingPlace {
    return {
      order: this.order.slice(),
      position: this.position,
      wordsDone: this.wordsDone,
      random: this.random.state,
    };
  }

  /** Continues from a state of a run of the same options, vocabulary and corpus. Throws an Error when its sizes differ. */
  restore(state: TrainingState): void {
    const { dimension, inputRows, outputRows } = this.predictor.size;
    const lengths = {
      inputs: inputRows * dimension,
      outputs: outputRows * dimension,
      order: this.order.length,
    };
    for (const name of ['inputs', 'outputs', 'order'] as const) {
      if (state[name].length !== lengths[name]) {
        throw new Error(
          `This ${this.name} state is of another corpus or other options: its ${name} differ in size.`,
        );
      }
    }
    if (state.order.some((index) => index >= this.order.length) || !(state.position <= this.order.length)) {
      throw new Error(`This ${this.name} state is damaged: it names texts that are not there.`);
    }
    this.predictor.writeInputs(state.inputs);
    this.predictor.writeOutputs(state.outputs);
    this.order.set(state.order);
    this.position = state.position;
    this.wordsDone = state.wordsDone;
    this.random.restore(state.random);
  }

  /** Copies the words of the corpus from `start` to `end` that stay into `kept` and returns their number. */
  private subsample(start: number, end: number): number {
    const { kept, keep, random } = this;
    const { words } = this.pieces;
    let length = 0;
    for (let i = start; i < end; i++) {
      const word = words[i]!;
      if (keep[word]! >= 1 || random.next() < keep[word]!) kept[length++] = word;
    }
    return length;
  }
}

/** Mikolov's program: an occurrence of a word of frequency f stays with chance √(sample/f) + sample/f. */
function keepChances(counts: Uint32Array, sample: number): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Float64Array.from(counts, (count) => {
    if (sample === 0) return 1;
    const ratio = (sample * total) / count;
    return Math.sqrt(ratio) + ratio;
  });
}

function piecesOf(corpus: readonly Uint32Array[]): Pieces {
  const words = new Uint32Array(corpus.reduce((sum, text) => sum + text.length, 0));
  const pieces = corpus.reduce((sum, text) => sum + Math.ceil(text.length / pieceLength), 0);
  const starts = new Uint32Array(pieces + 1).fill(words.length, pieces);
  const texts = new Uint32Array(pieces);
  let [piece, at] = [0, 0];
  for (const [text, tokens] of corpus.entries()) {
    words.set(tokens, at);
    for (let start = 0; start < tokens.length; start += pieceLength) {
      starts[piece] = at + start;
      texts[piece++] = text;
    }
    at += tokens.length;
  }
  return { words, starts, texts };
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
