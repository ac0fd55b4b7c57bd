/**
 * How often words are written near each other: the matrix X that GloVe learns from (Pennington, Socher and Manning 2014, "GloVe:
 * Global vectors for word representation", section 4.2). Two words that are d words apart, at most `window`, count 1/d. X is
 * symmetric and nearly empty: only the pairs that occur are kept, each once, in bounded memory (see [Note: bounded memory] in
 * pairTable.ts). Words outside the vocabulary are gone before (`Vocabulary.encode`), as in the paper's program: they take no place.
 *
 *     const counter = new CooccurrenceCounter();
 *     for (const tokens of texts) counter.add(vocabulary.encode(tokens));
 *     const cooccurrences = counter.take();
 */
import { PairTable } from './pairTable.ts';

/** What counting may be told. */
export interface CooccurrenceOptions {
  /** The farthest distance, in words, between two words that count (default 10). */
  readonly window?: number;
  /** The most pairs that are kept (default 25 million, at most 703 MB). */
  readonly maximumPairs?: number;
}

/** The upper half of a symmetric sparse matrix: X[i, j] = X[j, i]. */
export interface Cooccurrences {
  /** i, a word number, `[pairs]`. */
  readonly rows: Uint32Array;
  /** j ≥ i, `[pairs]`. */
  readonly columns: Uint32Array;
  /** X[i, j] > 0, `[pairs]`. */
  readonly counts: Float32Array;
  /** The most that a count may lack because the pairs did not fit in memory; 0 when all did. */
  readonly lost: number;
}

/** Counts text by text, so that the caller can report progress and stop. */
export class CooccurrenceCounter {
  readonly window: number;
  private readonly table: PairTable;
  private readonly weights: Float64Array;

  /** @throws {Error} naming the option that is out of range */
  constructor(options: CooccurrenceOptions = {}) {
    this.window = options.window ?? 10;
    if (!Number.isInteger(this.window) || this.window < 1) {
      throw new Error(`Co-occurrence: window must be a whole number of 1 or more, got ${this.window}.`);
    }
    this.table = new PairTable(options.maximumPairs);
    this.weights = Float64Array.from({ length: this.window + 1 }, (_, distance) => 1 / distance);
  }

  /** The number of different pairs so far. */
  get pairs(): number {
    return this.table.size;
  }

  /** Counts a text of word numbers. */
  add(text: Uint32Array): void {
    for (let here = 1; here < text.length; here++) {
      const word = text[here]!;
      for (let before = here - 1; before >= Math.max(0, here - this.window); before--) {
        const other = text[before]!;
        const weight = this.weights[here - before]!;
        if (other < word) this.table.add(other, word, weight);
        else if (other > word) this.table.add(word, other, weight);
        // Both are the word and its neighbour: each sees the other.
        else this.table.add(word, word, 2 * weight);
      }
    }
  }

  /** What was counted, sorted by nothing but the order of counting. The counter is empty afterwards. */
  take(): Cooccurrences {
    const { lost } = this.table;
    const { first, second, sums } = this.table.take();
    return { rows: first, columns: second, counts: sums, lost };
  }
}
