/**
 * GloVe (Pennington, Socher and Manning 2014, "GloVe: Global vectors for word representation"): word vectors whose products tell how
 * often two words are written near each other. It reads no text, only the co-occurrences counted before.
 *
 * Equation 8: J = Σ f(Xᵢⱼ) (wᵢᵀw̃ⱼ + bᵢ + b̃ⱼ − log Xᵢⱼ)², with f(x) = min(1, (x / maximumCount)^exponent) (equation 9), learnt with AdaGrad
 * one pair at a time. As in the paper a word has two vectors, w as a word and w̃ as a neighbour, and the result is w + w̃. (The
 * program glove-python learns one vector per word for both parts; two that are learnt apart err apart, and their sum less.)
 *
 *     const model = new GloVe({ seed: 7 }, vocabulary, counter.take());
 *     while (!model.done) report(model.step(100_000));
 *     const vectors = model.vectors();
 *
 * [Note: GloVe from pretrained vectors]
 * Given a start (`pretrainedStart` in pretrainedStart.ts, whose note applies), words begin as w and move little, neighbours' vectors
 * w̃ begin at random and are learnt; a new word finds its place by the w̃ of its neighbours. The result is then w alone: only w is in
 * the space of the pretrained vectors. Measured as there, "cat" renamed in 200 / 8,000 COCO captions (window 5, maximumCount
 * 10, 100 / 30 epochs): its place among the words nearest to the new name was 283 / 164 at the start, 85 / 6 after training; from a
 * random start above 20,000 / 109. With w = w̃ = half the pretrained vector it was above 7,000.
 */
import { Random, type RandomState } from '../random.ts';
import type { Cooccurrences } from './cooccurrence.ts';
import { randomStart, type StartVectors } from './pretrainedStart.ts';
import type { Vocabulary } from './vocabulary.ts';
import { WordVectors } from './wordVectors.ts';

/** How GloVe learns. Defaults are those of the program glove-python where not said otherwise. */
export interface GloVeOptions {
  /** Numbers per word vector (default 100, or that of the start). */
  readonly dimension: number;
  /** Passes over all pairs (default 30). */
  readonly epochs: number;
  /** The learning rate (default 0.05), divided by AdaGrad as a number's gradients add up. */
  readonly learningRate: number;
  /** The co-occurrence from which on a pair weighs 1 (default 100; a few thousand captions want 10). */
  readonly maximumCount: number;
  /** The power of rarer pairs' weights (default 0.75). */
  readonly exponent: number;
  /** The share of the learning rate at which a word moves from its pretrained vector, 0 (it stands still) to 1 (default 0.3). */
  readonly pretrainedRate: number;
  /** Equal seeds give equal vectors (default 1). */
  readonly seed: number;
}

/** The options that a caller leaves out. */
export const gloveDefaults: GloVeOptions = {
  dimension: 100,
  epochs: 30,
  learningRate: 0.05,
  maximumCount: 100,
  exponent: 0.75,
  pretrainedRate: 0.3,
  seed: 1,
};

/** What one call of `step` did. */
export interface GloVeProgress {
  /** Pairs learnt from so far, over all epochs; `totalPairs` when done. */
  readonly pairsDone: number;
  /** Mean cost per entry of X in this step, half a term of equation 8, before the entry was learnt from; 0 without a pair. */
  readonly loss: number;
}

/** Everything that changes while learning: with the same options, vocabulary and co-occurrences, training continues from it. */
export interface GloVeState {
  /** w and, last in each row, b: `[words, dimension + 1]`. */
  readonly words: Float32Array;
  /** w̃ and b̃, likewise. */
  readonly contexts: Float32Array;
  /** AdaGrad's sums of squared gradients of `words`. */
  readonly wordSquares: Float32Array;
  /** … and of `contexts`. */
  readonly contextSquares: Float32Array;
  readonly pairsDone: number;
  /** The generator's state at the start of the current epoch, which fixes the epoch's order. */
  readonly random: RandomState;
}

/**
 * One AdaGrad step (Duchi, Hazan and Singer 2011) on one entry of X, with E = ½ f (wᵀw̃ + b + b̃ − log X)². Each number x with gradient
 * g and squared gradients G so far: x ← x − rate g / √G, then G ← G + g². Both rows from their values before the step. Rows are a
 * vector and, last, its bias.
 *
 * @param words `[words, dimension + 1]`, changed in row `word`, as is `wordSquares`
 * @param contexts `[words, dimension + 1]`, changed in row `context`, as is `contextSquares`
 * @param logCount log X
 * @param weight f(X)
 * @param rate the learning rate of the biases
 * @param wordRate the learning rate of w; 0 leaves it as it is
 * @param contextRate the learning rate of w̃
 * @returns E before the step
 */
export function gloveStep(
  words: Float32Array,
  contexts: Float32Array,
  wordSquares: Float32Array,
  contextSquares: Float32Array,
  dimension: number,
  word: number,
  context: number,
  logCount: number,
  weight: number,
  rate: number,
  wordRate: number,
  contextRate: number,
): number {
  const from = word * (dimension + 1);
  const at = context * (dimension + 1);
  const error = product(words, from, contexts, at, dimension) - logCount;
  const slope = single(weight * error);
  const [wordStep, contextStep] = [single(wordRate), single(contextRate)];
  for (let i = 0; i < dimension; i++) {
    const w = words[from + i]!;
    const c = contexts[at + i]!;
    const wordGradient = single(slope * c);
    const contextGradient = single(slope * w);
    const wordSquare = wordSquares[from + i]!;
    const contextSquare = contextSquares[at + i]!;
    words[from + i] = single(w - single(single(wordStep * wordGradient) / single(Math.sqrt(wordSquare))));
    contexts[at + i] = single(
      c - single(single(contextStep * contextGradient) / single(Math.sqrt(contextSquare))),
    );
    wordSquares[from + i] = single(wordSquare + single(wordGradient * wordGradient));
    contextSquares[at + i] = single(contextSquare + single(contextGradient * contextGradient));
  }
  const [bias, contextBias] = [from + dimension, at + dimension];
  words[bias]! -= (rate * slope) / Math.sqrt(wordSquares[bias]!);
  contexts[contextBias]! -= (rate * slope) / Math.sqrt(contextSquares[contextBias]!);
  wordSquares[bias]! += slope * slope;
  contextSquares[contextBias]! += slope * slope;
  return 0.5 * slope * error;
}

/** Rounds to float32. Said at each step, the machine works in float32 throughout: 1.7 times the speed, roots and divisions being dear. */
const single = Math.fround;

/** wᵀw̃ + b + b̃ of the rows that start at `from` and `at`. */
function product(
  words: Float32Array,
  from: number,
  contexts: Float32Array,
  at: number,
  dimension: number,
): number {
  // Four sums at a time: each addition need not wait for the one before it.
  const even = dimension - (dimension % 4);
  let [dot, dot1, dot2, dot3] = [single(0), single(0), single(0), single(0)];
  let i = 0;
  for (; i < even; i += 4) {
    dot = single(dot + single(words[from + i]! * contexts[at + i]!));
    dot1 = single(dot1 + single(words[from + i + 1]! * contexts[at + i + 1]!));
    dot2 = single(dot2 + single(words[from + i + 2]! * contexts[at + i + 2]!));
    dot3 = single(dot3 + single(words[from + i + 3]! * contexts[at + i + 3]!));
  }
  for (; i < dimension; i++) dot = single(dot + single(words[from + i]! * contexts[at + i]!));
  return dot + dot1 + dot2 + dot3 + words[from + dimension]! + contexts[at + dimension]!;
}

/** A training run. */
export class GloVe {
  readonly options: GloVeOptions;
  /** Pairs to learn from in all: those that co-occur, once each epoch. A pair is two entries of X, learnt one after the other. */
  readonly totalPairs: number;
  private readonly vocabulary: Vocabulary;
  private readonly pairs: Cooccurrences;
  private readonly random: Random;
  private readonly words: Float32Array;
  private readonly contexts: Float32Array;
  /** They start at 1, as in the paper's program: the first step of a number is then the learning rate's. */
  private readonly wordSquares: Float32Array;
  private readonly contextSquares: Float32Array;
  /** Learning rate of each word's w, `[words]`. */
  private readonly wordRates: Float64Array;
  /** How much of w̃ is in the result. */
  private readonly contextShare: 0 | 1;
  private readonly order: Uint32Array;
  private epochStart: RandomState;
  private pairsDone = 0;

  /**
   * @param cooccurrences of the vocabulary's word numbers; read again each epoch and not copied
   * @param start word vectors to start from (not changed); their dimension is the model's. See [Note: GloVe from pretrained vectors]
   * @throws {Error} naming the option that is out of range, or the dimensions that do not agree
   */
  constructor(
    options: Partial<GloVeOptions>,
    vocabulary: Vocabulary,
    cooccurrences: Cooccurrences,
    start?: StartVectors,
  ) {
    const startDimension = start && vocabulary.size > 0 ? start.inputs.length / vocabulary.size : undefined;
    this.options = checked({ ...gloveDefaults, dimension: startDimension ?? 100, ...options });
    const { dimension, epochs, learningRate, pretrainedRate, seed } = this.options;
    if (startDimension !== undefined && startDimension !== dimension) {
      throw new Error(`GloVe: a dimension of ${dimension} does not fit a start of ${startDimension}.`);
    }
    if (cooccurrences.columns.some((column) => column >= vocabulary.size)) {
      throw new Error(
        'GloVe: these co-occurrences are of another vocabulary: they name words that it lacks.',
      );
    }
    this.vocabulary = vocabulary;
    this.pairs = cooccurrences;
    this.random = new Random(seed);
    this.wordRates = Float64Array.from(vocabulary.words, (_, row) =>
      start?.pretrained[row] === 1 ? learningRate * pretrainedRate : learningRate,
    );
    this.words = this.startRows(start?.inputs);
    this.contexts = this.startRows();
    this.wordSquares = new Float32Array(this.words.length).fill(1);
    this.contextSquares = new Float32Array(this.words.length).fill(1);
    this.contextShare = start === undefined ? 1 : 0;
    this.order = new Uint32Array(cooccurrences.rows.length);
    this.totalPairs = epochs * this.order.length;
    this.epochStart = this.random.state;
  }

  /** True when all epochs are done; from the start when no words co-occur. */
  get done(): boolean {
    return this.pairsDone >= this.totalPairs;
  }

  /** Learns from `pairs` more pairs, or until done. */
  step(pairs: number): GloVeProgress {
    const { rows, columns } = this.pairs;
    const until = Math.min(this.pairsDone + Math.max(Math.floor(pairs), 1), this.totalPairs);
    let loss = 0;
    let entries = 0;
    for (; this.pairsDone < until; this.pairsDone++) {
      const position = this.pairsDone % this.order.length;
      if (position === 0) this.startEpoch();
      const pair = this.order[position]!;
      const row = rows[pair]!;
      const column = columns[pair]!;
      loss += this.learn(row, column, pair);
      entries++;
      if (row === column) continue;
      loss += this.learn(column, row, pair);
      entries++;
    }
    return { pairsDone: this.pairsDone, loss: entries > 0 ? loss / entries : 0 };
  }

  /** The word vectors as they are now: w + w̃, or w when training began from a start. */
  vectors(): WordVectors {
    const { dimension } = this.options;
    const sums = new Float32Array(this.vocabulary.size * dimension);
    for (let row = 0; row < this.vocabulary.size; row++) {
      const from = row * (dimension + 1);
      for (let i = 0; i < dimension; i++) {
        sums[row * dimension + i] = this.words[from + i]! + this.contextShare * this.contexts[from + i]!;
      }
    }
    return new WordVectors(this.vocabulary.words, dimension, sums);
  }

  /** A copy of all that changes while learning. */
  state(): GloVeState {
    return {
      words: this.words.slice(),
      contexts: this.contexts.slice(),
      wordSquares: this.wordSquares.slice(),
      contextSquares: this.contextSquares.slice(),
      pairsDone: this.pairsDone,
      random: this.pairsDone % this.order.length === 0 ? this.random.state : this.epochStart,
    };
  }

  /** Continues from a state of a run of the same options, vocabulary and co-occurrences. Throws an Error when its sizes differ. */
  restore(state: GloVeState): void {
    for (const name of ['words', 'contexts', 'wordSquares', 'contextSquares'] as const) {
      if (state[name].length !== this[name].length) {
        throw new Error(
          `This GloVe state is of another vocabulary or dimension: its ${name} differ in size.`,
        );
      }
    }
    if (!(Number.isInteger(state.pairsDone) && state.pairsDone >= 0 && state.pairsDone <= this.totalPairs)) {
      throw new Error(
        `This GloVe state is of other co-occurrences: ${state.pairsDone} of ${this.totalPairs} pairs.`,
      );
    }
    for (const name of ['words', 'contexts', 'wordSquares', 'contextSquares'] as const) {
      this[name].set(state[name]);
    }
    this.pairsDone = state.pairsDone;
    this.epochStart = state.random;
    this.random.restore(state.random);
    // Between two epochs the next step makes the order itself.
    if (this.order.length > 0 && this.pairsDone % this.order.length !== 0) this.startEpoch();
  }

  /** A new order of the pairs, from the generator's state alone. */
  private startEpoch(): void {
    this.epochStart = this.random.state;
    for (let pair = 0; pair < this.order.length; pair++) this.order[pair] = pair;
    this.random.shuffle(this.order);
  }

  /** Learns one entry of X; returns its cost. */
  private learn(word: number, context: number, pair: number): number {
    const { dimension, learningRate } = this.options;
    const count = this.pairs.counts[pair]!;
    return gloveStep(
      this.words,
      this.contexts,
      this.wordSquares,
      this.contextSquares,
      dimension,
      word,
      context,
      Math.log(count),
      this.weight(count),
      learningRate,
      this.wordRates[word]!,
      learningRate,
    );
  }

  /** Equation 9. */
  private weight(count: number): number {
    const { maximumCount, exponent } = this.options;
    return count < maximumCount ? (count / maximumCount) ** exponent : 1;
  }

  /** Rows of the given vectors, or of small random ones; biases 0. */
  private startRows(vectors?: Float32Array): Float32Array {
    const { dimension } = this.options;
    const start = vectors ?? randomStart(this.vocabulary, dimension, this.random).inputs;
    const rows = new Float32Array(this.vocabulary.size * (dimension + 1));
    for (let row = 0; row < this.vocabulary.size; row++) {
      rows.set(start.subarray(row * dimension, (row + 1) * dimension), row * (dimension + 1));
    }
    return rows;
  }
}

function checked(options: GloVeOptions): GloVeOptions {
  const wanted = (name: keyof GloVeOptions, fits: boolean, what: string): void => {
    if (!fits) throw new Error(`GloVe: ${name} must be ${what}, got ${options[name]}.`);
  };
  for (const name of ['dimension', 'epochs'] as const) {
    wanted(name, Number.isInteger(options[name]) && options[name] >= 1, 'a whole number of 1 or more');
  }
  for (const name of ['learningRate', 'exponent'] as const) {
    wanted(name, Number.isFinite(options[name]) && options[name] >= 0, '0 or more');
  }
  wanted('maximumCount', Number.isFinite(options.maximumCount) && options.maximumCount > 0, 'above 0');
  wanted('pretrainedRate', options.pretrainedRate >= 0 && options.pretrainedRate <= 1, 'between 0 and 1');
  return options;
}
