/**
 * What FastText has learnt: a vector for every word that shares a character n-gram with the words it was learnt from. Saved as two
 * files: the words in word2vec's binary format (`encodeWord2Vec(vectors.words)`, for Gensim and everything else), the
 * n-grams beside them (`encodeNgrams`).
 *
 * [Note: the n-gram file]
 * A tensor file (tensorFile.ts) with metadata `format` = `photolex-fasttext-ngrams`, `version` = `1`, `minimumN`, `maximumN` and
 * `buckets` in decimal, and two arrays: `buckets` `[n]` uint32, ascending, the numbers of the buckets in use
 * (characterNgrams.ts), and `vectors` `[n, dimension]` float32, theirs.
 */
import { decodeTensorFile, encodeTensorFile } from '../tensorFile.ts';
import { type NgramOptions, ngramBuckets } from './characterNgrams.ts';
import type { Neighbour, WordLookup, WordVectors } from './wordVectors.ts';

/** The vectors of n-grams. */
export interface NgramTable {
  readonly options: NgramOptions;
  /** The buckets in use, ascending, `[n]`. */
  readonly numbers: Uint32Array;
  /** `[n, dimension]` */
  readonly vectors: Float32Array;
}

const format = 'photolex-fasttext-ngrams';
const version = '1';

/** Vectors for words, known and unknown. */
export class FastTextVectors implements WordLookup {
  readonly dimension: number;
  /** The words it was learnt from, each with its n-grams already in its vector. */
  readonly words: WordVectors;
  readonly ngrams: NgramTable;
  private readonly rowOfBucket: ReadonlyMap<number, number>;

  /** Keeps the arrays (no copy). Throws an Error when their lengths do not fit. */
  constructor(words: WordVectors, ngrams: NgramTable) {
    if (ngrams.vectors.length !== ngrams.numbers.length * words.dimension) {
      throw new Error(
        `FastText: ${ngrams.numbers.length} n-grams of dimension ${words.dimension} cannot have ${ngrams.vectors.length} numbers.`,
      );
    }
    this.dimension = words.dimension;
    this.words = words;
    this.ngrams = ngrams;
    this.rowOfBucket = new Map(Array.from(ngrams.numbers, (bucket, row) => [bucket, row]));
  }

  /** True for a word of the vocabulary, and for any other that shares an n-gram with one. */
  has(word: string): boolean {
    return this.words.has(word) || this.rowsOf(word).length > 0;
  }

  /**
   * The vector of a known word, or for another the mean of its n-grams' vectors; undefined if none of them is known.
   * See [Note: only buckets in use take memory] in fasttext.ts for what is left out of the mean.
   */
  vector(word: string): Float32Array | undefined {
    const known = this.words.vector(word);
    if (known !== undefined) return known;
    const rows = this.rowsOf(word);
    if (rows.length === 0) return undefined;
    const vector = new Float32Array(this.dimension);
    for (const row of rows) {
      const at = row * this.dimension;
      for (let i = 0; i < this.dimension; i++) vector[i]! += this.ngrams.vectors[at + i]! / rows.length;
    }
    return vector;
  }

  /** The share of a word's n-grams that words it was learnt from have too, 0 to 1; 1 for such a word itself. */
  knownShare(word: string): number {
    if (this.words.has(word)) return 1;
    const buckets = ngramBuckets(word, this.ngrams.options);
    return buckets.length > 0 ? this.rowsOf(word).length / buckets.length : 0;
  }

  /** As `WordVectors.nearest`, among the words it was learnt from. */
  nearest(vector: ArrayLike<number>, count: number, exclude?: ReadonlySet<string>): Neighbour[] {
    return this.words.nearest(vector, count, exclude);
  }

  private rowsOf(word: string): number[] {
    return ngramBuckets(word, this.ngrams.options).flatMap((bucket) => this.rowOfBucket.get(bucket) ?? []);
  }
}

/** The bytes of the n-gram file. */
export function encodeNgrams({ dimension, ngrams }: FastTextVectors): Uint8Array {
  const { options, numbers, vectors } = ngrams;
  return encodeTensorFile({
    tensors: {
      buckets: { shape: [numbers.length], data: numbers },
      vectors: { shape: [numbers.length, dimension], data: vectors },
    },
    metadata: {
      format,
      version,
      minimumN: String(options.minimumN),
      maximumN: String(options.maximumN),
      buckets: String(options.buckets),
    },
  });
}

/**
 * The vectors of words and their n-gram file. Throws an Error when the file is damaged, of another kind or version, or of other
 * words' dimension.
 */
export function decodeFastText(words: WordVectors, bytes: Uint8Array): FastTextVectors {
  const { tensors, metadata } = decodeTensorFile(bytes);
  if (metadata.format !== format) throw new Error('This is not a FastText n-gram file.');
  if (metadata.version !== version) {
    throw new Error(`This FastText n-gram file has version ${metadata.version}; known is ${version}.`);
  }
  const option = (name: keyof NgramOptions): number => {
    const value = Number(metadata[name]);
    if (!Number.isInteger(value) || value < 1) {
      throw new Error(`This FastText n-gram file is damaged: its ${name} is ${metadata[name]}.`);
    }
    return value;
  };
  const [numbers, vectors] = [tensors.buckets?.data, tensors.vectors?.data];
  if (!(numbers instanceof Uint32Array) || !(vectors instanceof Float32Array)) {
    throw new Error('This FastText n-gram file is damaged: it lacks its buckets or their vectors.');
  }
  const options = {
    minimumN: option('minimumN'),
    maximumN: option('maximumN'),
    buckets: option('buckets'),
  };
  return new FastTextVectors(words, { options, numbers, vectors });
}
