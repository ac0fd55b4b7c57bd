/** What is kept of a file of word vectors, whatever its format: which words, under which spelling, and how much of it may be broken. */
import { PackedWordVectors, packVector } from '../../models/text/wordVectors.ts';
import { unreadable } from './problem.ts';

/** Which words to keep. */
export interface KeepOptions {
  /** Words to keep however rare they are; asked for tokens, as Photolex writes words. */
  wanted: (token: string) => boolean;
  /** How many other words to keep, the first of the file, which are the most frequent (default 200,000). */
  most?: number;
}

/** What was read. */
export interface ReadVectors {
  vectors: PackedWordVectors;
  /** What the file is. */
  format: 'word2vec text' | 'word2vec binary' | 'GloVe text' | 'fastText binary';
  /** Words in the file. */
  words: number;
  /** Entries that could not be read, and the first reason; null if all could. */
  skipped: { count: number; first: string } | null;
}

const DEFAULT_MOST = 200_000;
/** A file of which more is broken is not what it seems. */
export const MOST_BROKEN = 0.01;
/** Words longer than this are data. */
export const LONGEST_WORD = 500;

/** A word of a file as Photolex writes words: NFKC, lower case, a phrase with _ between its words. */
const tokenOf = (word: string): string => word.normalize('NFKC').toLowerCase().replaceAll(' ', '_');

/** Gathers the vectors that are kept. */
export class VectorGatherer {
  readonly #options: KeepOptions;
  readonly #rows = new Map<string, number>();
  /** 1 where the word was written just like its token; "paris" is better than "Paris". */
  readonly #exact: number[] = [];
  readonly #scales: number[] = [];
  #codes: Int8Array;
  readonly #dimension: number;
  #others = 0;
  /** Words of the file so far. */
  words = 0;
  #broken = 0;
  #firstBroken = '';

  constructor(dimension: number, options: KeepOptions) {
    this.#dimension = dimension;
    this.#options = options;
    this.#codes = new Int8Array(dimension * 1024);
  }

  /** Whether a word's vector should be given to `add`. */
  wants(word: string): boolean {
    this.words++;
    if (word.length > LONGEST_WORD) return false;
    const token = tokenOf(word);
    const row = this.#rows.get(token);
    if (row !== undefined) return this.#exact[row] === 0 && token === word;
    return this.#others < (this.#options.most ?? DEFAULT_MOST) || this.#options.wanted(token);
  }

  /** Keeps a vector. One of zeros, or with a number that is none, says nothing and is left out as broken. */
  add(word: string, vector: Float32Array, where: string): void {
    const token = tokenOf(word);
    const known = this.#rows.get(token);
    const row = known ?? this.#scales.length;
    const at = row * this.#dimension;
    if (at + this.#dimension > this.#codes.length) {
      const larger = new Int8Array(this.#codes.length * 2);
      larger.set(this.#codes);
      this.#codes = larger;
    }
    const scale = packVector(vector, this.#codes, at);
    if (scale === 0) {
      this.skip(`${where}: the vector of "${word}" is zero or has something that is no number`);
      return;
    }
    if (known === undefined) {
      this.#rows.set(token, row);
      if (!this.#options.wanted(token)) this.#others++;
    }
    this.#scales[row] = scale;
    this.#exact[row] = token === word ? 1 : 0;
  }

  /** Leaves an entry out as broken. */
  skip(reason: string): void {
    if (this.#broken === 0) this.#firstBroken = reason;
    this.#broken++;
  }

  /** @throws {Error} if too much was broken, or nothing is left */
  result(path: string, format: ReadVectors['format']): ReadVectors {
    if (this.#broken > Math.max(1, MOST_BROKEN * this.words) || this.#scales.length === 0) {
      const broken =
        this.#broken > 0
          ? `${this.#broken} of ${this.words} entries are broken (${this.#firstBroken})`
          : 'it has no words';
      throw unreadable(path, broken);
    }
    const words = [...this.#rows.keys()];
    const codes = this.#codes.slice(0, words.length * this.#dimension);
    return {
      vectors: new PackedWordVectors(words, this.#dimension, codes, Float32Array.from(this.#scales)),
      format,
      words: this.words,
      skipped: this.#broken > 0 ? { count: this.#broken, first: this.#firstBroken } : null,
    };
  }
}
