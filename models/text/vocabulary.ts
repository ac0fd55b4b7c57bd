/**
 * The words of a set of documents, each with a number, how often it was written and in how many documents. Word numbers are
 * rows of every matrix of word vectors, so their order is fixed by the counts alone and never by the order of reading.
 */

/** A vocabulary as plain data, fit for JSON. */
export interface VocabularyData {
  readonly documents: number;
  readonly words: readonly string[];
  readonly counts: readonly number[];
  readonly documentFrequency: readonly number[];
}

/** What building a vocabulary may be told. */
export interface VocabularyOptions {
  /** Words written fewer times in all are left out (default 1: none). */
  readonly minimumCount?: number;
}

/** The words of a corpus, the most frequent first, words of equal count in order of their UTF-16 code units. */
export class Vocabulary {
  /** All words; a word's place here is its index. */
  readonly words: readonly string[];
  /** How often each word was written, `[size]`. */
  readonly counts: Uint32Array;
  /** In how many documents each word is, `[size]`. */
  readonly documentFrequency: Uint32Array;
  /** The number of documents it was built from, empty ones included: N of the inverse document frequency. */
  readonly documents: number;
  private readonly indices: ReadonlyMap<string, number>;

  /** Counts the tokens of `documents`. No document, or none with a frequent enough word, gives a vocabulary of size 0. */
  static fromDocuments(documents: Iterable<readonly string[]>, options: VocabularyOptions = {}): Vocabulary {
    const minimumCount = options.minimumCount ?? 1;
    const entries = new Map<string, { count: number; documents: number; last: number }>();
    let total = 0;
    for (const document of documents) {
      total++;
      for (const word of document) {
        const entry = entries.get(word);
        if (entry === undefined) {
          entries.set(word, { count: 1, documents: 1, last: total });
        } else {
          entry.count++;
          if (entry.last !== total) entry.documents++;
          entry.last = total;
        }
      }
    }
    const kept = [...entries]
      .filter(([, entry]) => entry.count >= minimumCount)
      .sort(([a, first], [b, second]) => second.count - first.count || (a < b ? -1 : 1));
    return new Vocabulary({
      documents: total,
      words: kept.map(([word]) => word),
      counts: kept.map(([, entry]) => entry.count),
      documentFrequency: kept.map(([, entry]) => entry.documents),
    });
  }

  /**
   * A vocabulary from the data that `toJSON` gave. Throws an Error naming the field when lists differ in length, a word is
   * listed twice, or a number cannot be a count.
   */
  static fromJSON(data: VocabularyData): Vocabulary {
    const { documents, words, counts, documentFrequency } = data;
    if (!isCount(documents)) throw new Error(`Vocabulary: documents must be a count, got ${documents}.`);
    for (const [name, list] of Object.entries({ counts, documentFrequency })) {
      if (list.length !== words.length) {
        throw new Error(`Vocabulary: ${name} has ${list.length} entries for ${words.length} words.`);
      }
      const wrong = list.findIndex((value) => !isCount(value));
      if (wrong >= 0) throw new Error(`Vocabulary: ${name}[${wrong}] must be a count, got ${list[wrong]}.`);
    }
    const tooMany = documentFrequency.findIndex((value, i) => value > documents || value > counts[i]!);
    if (tooMany >= 0) {
      throw new Error(
        `Vocabulary: documentFrequency[${tooMany}] exceeds the documents or the count of its word.`,
      );
    }
    return new Vocabulary(data);
  }

  private constructor(data: VocabularyData) {
    this.documents = data.documents;
    this.words = [...data.words];
    this.counts = Uint32Array.from(data.counts);
    this.documentFrequency = Uint32Array.from(data.documentFrequency);
    const indices = new Map<string, number>();
    for (const [index, word] of this.words.entries()) {
      if (indices.has(word)) throw new Error(`Vocabulary: the word "${word}" is listed twice.`);
      indices.set(word, index);
    }
    this.indices = indices;
  }

  /** The number of words. */
  get size(): number {
    return this.words.length;
  }

  /** A word's number, undefined for a word that is not in the vocabulary. */
  index(word: string): number | undefined {
    return this.indices.get(word);
  }

  /** True for a word of the vocabulary. */
  has(word: string): boolean {
    return this.indices.has(word);
  }

  /** The numbers of the tokens that are in the vocabulary, in order, repeats kept. */
  encode(tokens: readonly string[]): Uint32Array {
    const encoded = new Uint32Array(tokens.length);
    let length = 0;
    for (const token of tokens) {
      const index = this.indices.get(token);
      if (index !== undefined) encoded[length++] = index;
    }
    return encoded.slice(0, length);
  }

  /**
   * log₂(N / df) of each word, `[size]` float32: Gensim's TfidfModel. A word in every document (df = N) tells nothing and gets
   * exactly 0, so a library with one document has only zeros. Nothing is smoothed: a caller with few documents chooses for
   * itself (see `documentVector`, which falls back to the plain mean when all weights are 0).
   */
  inverseDocumentFrequency(): Float32Array {
    return Float32Array.from(this.documentFrequency, (frequency) => Math.log2(this.documents / frequency));
  }

  /** Plain data for `fromJSON`. */
  toJSON(): VocabularyData {
    return {
      documents: this.documents,
      words: this.words,
      counts: [...this.counts],
      documentFrequency: [...this.documentFrequency],
    };
  }
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xffffffff;
}
