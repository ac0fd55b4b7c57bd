/**
 * Which words predict which: the four ways in which Word2Vec, FastText and Doc2Vec read a text, each on top of `WordPredictor`.
 * It knows neither epochs nor learning rates (`CorpusTraining`), nor what its vectors are for.
 */
import type { Random } from '../random.ts';
import type { NoiseDistribution } from './negativeSampling.ts';
import type { WordPredictor } from './wordPredictor.ts';

/**
 * How a text is read.
 * - `skip-gram`: a word predicts each of its neighbours (Mikolov et al. 2013).
 * - `cbow`, continuous bag of words: the neighbours of a word, together, predict it (Mikolov et al. 2013).
 * - `dbow`, distributed bag of words: the document predicts each of its words (Le and Mikolov 2014, section 2.3).
 * - `dbow+skip-gram`: both, one after the other, so that documents and words come to lie in one space (Gensim's `dbow_words`).
 * - `dm`, distributed memory: the document and the neighbours of a word, together, predict it (section 2.2).
 */
export type Reading = 'skip-gram' | 'cbow' | 'dbow' | 'dbow+skip-gram' | 'dm';

/** The input rows that make up each word: those of word w are `rows[starts[w]]` to `rows[starts[w + 1] − 1]`. */
export interface WordRows {
  /** `[words + 1]` */
  readonly starts: Uint32Array;
  readonly rows: Uint32Array;
}

/** How to read, and what a word is made of. */
export interface Context {
  readonly reading: Reading;
  readonly wordRows: WordRows;
  /** The farthest distance, in words, between two neighbours; each word draws its own reach from 1 to this. */
  readonly window: number;
  /** Words drawn against each word that was there. */
  readonly negative: number;
  /** Neighbours predict by the mean of their vectors; else by the sum, each then moved by its share of the gradient. */
  readonly mean: boolean;
}

/** The rates of one text: what moves, and how fast. */
export interface Rates {
  readonly input: number;
  /** 0 leaves the output rows as they are. */
  readonly output: number;
}

/** Word w is row w. */
export function oneRowPerWord(words: number): WordRows {
  return {
    starts: Uint32Array.from({ length: words + 1 }, (_, word) => word),
    rows: Uint32Array.from({ length: words }, (_, word) => word),
  };
}

/** The most input rows that a step can have. A text is at most `longest` words. */
export function mostRows(wordRows: WordRows, window: number, longest: number): number {
  let most = 1;
  for (let word = 0; word + 1 < wordRows.starts.length; word++) {
    most = Math.max(most, wordRows.starts[word + 1]! - wordRows.starts[word]!);
  }
  return most * Math.min(2 * window, longest) + 1;
}

/** Reads texts. */
export class ContextLearner {
  /** Sum of the losses (equation 4 negated, nats) of all predictions so far; the caller may set it back. */
  loss = 0;
  /** Predictions so far. */
  predictions = 0;
  private readonly predictor: WordPredictor;
  private readonly context: Context;
  private readonly noise: NoiseDistribution;
  private readonly random: Random;

  constructor(predictor: WordPredictor, context: Context, noise: NoiseDistribution, random: Random) {
    this.predictor = predictor;
    this.context = context;
    this.noise = noise;
    this.random = random;
  }

  /**
   * Learns from the first `length` of `words`.
   * @param documentRow the input row of their document, for the readings that have one
   */
  learn(words: Uint32Array, length: number, rates: Rates, documentRow = 0): void {
    const { reading } = this.context;
    if (reading === 'skip-gram') {
      this.readPairs(words, length, rates);
    } else if (reading === 'dbow' || reading === 'dbow+skip-gram') {
      this.predictor.rows[0] = documentRow;
      for (let place = 0; place < length; place++) this.predict(words[place]!, 1, rates);
      if (reading === 'dbow+skip-gram') this.readPairs(words, length, rates);
    } else {
      this.readBags(words, length, rates, reading === 'dm' ? documentRow : undefined);
    }
  }

  private readPairs(words: Uint32Array, length: number, rates: Rates): void {
    for (let centre = 0; centre < length; centre++) {
      const rowCount = this.addRows(words[centre]!, 0);
      const reach = 1 + this.random.integer(this.context.window);
      const last = Math.min(length - 1, centre + reach);
      for (let other = Math.max(0, centre - reach); other <= last; other++) {
        if (other !== centre) this.predict(words[other]!, rowCount, rates);
      }
    }
  }

  private readBags(words: Uint32Array, length: number, rates: Rates, documentRow: number | undefined): void {
    for (let centre = 0; centre < length; centre++) {
      const reach = 1 + this.random.integer(this.context.window);
      const last = Math.min(length - 1, centre + reach);
      let rowCount = 0;
      if (documentRow !== undefined) this.predictor.rows[rowCount++] = documentRow;
      for (let other = Math.max(0, centre - reach); other <= last; other++) {
        if (other !== centre) rowCount = this.addRows(words[other]!, rowCount);
      }
      if (rowCount > 0) this.predict(words[centre]!, rowCount, rates);
    }
  }

  /** Writes the rows of `word` from place `at` on and returns the place after them. */
  private addRows(word: number, at: number): number {
    const { starts, rows } = this.context.wordRows;
    const end = starts[word + 1]!;
    let next = at;
    for (let i = starts[word]!; i < end; i++) this.predictor.rows[next++] = rows[i]!;
    return next;
  }

  private predict(word: number, rowCount: number, rates: Rates): void {
    const { negative, mean, reading } = this.context;
    const { targets } = this.predictor;
    targets[0] = word;
    let targetCount = 1;
    for (let draw = 0; draw < negative; draw++) {
      const drawn = this.noise.draw(this.random);
      if (drawn !== word) targets[targetCount++] = drawn;
    }
    const share = 1 / rowCount;
    // A word's own rows are always averaged; what `mean` is about is the neighbours.
    this.loss +=
      mean || reading === 'skip-gram'
        ? this.predictor.predict(rowCount, targetCount, share, rates.input, rates.output)
        : this.predictor.predict(rowCount, targetCount, 1, rates.input * share, rates.output);
    this.predictions++;
  }
}
