/**
 * Words with their vectors: what a text embedding is once it has been learnt. Reads and writes the binary format of word2vec
 * (Mikolov's C program; Gensim's `load_word2vec_format(path, binary=True)`) and reads the packed int8 file of the bundled GloVe
 * vectors. Nothing here learns, and files are the caller's: bytes come in, bytes go out.
 */

/** What everything that turns words into vectors needs, however the vectors are kept. */
export interface WordLookup {
  /** Numbers per vector. */
  readonly dimension: number;
  /** The vector of a word, `[dimension]`, undefined for an unknown word. The caller must not change it. */
  vector(word: string): Float32Array | undefined;
  /** True for a word that has a vector. */
  has(word: string): boolean;
}

/** A word near to some vector. */
export interface Neighbour {
  readonly word: string;
  /** Cosine of the two vectors, −1 to 1. */
  readonly similarity: number;
}

/** Words and their vectors in float32. */
export class WordVectors implements WordLookup {
  /** All words; a word's place is its row in `vectors`. */
  readonly words: readonly string[];
  readonly dimension: number;
  /** `[words, dimension]` row by row. */
  readonly vectors: Float32Array;
  private readonly rows: ReadonlyMap<string, number>;
  private norms: Float32Array | undefined;

  /** Keeps `vectors` (no copy). Throws an Error when their number does not fit, or a word is given twice. */
  constructor(words: readonly string[], dimension: number, vectors: Float32Array) {
    if (vectors.length !== words.length * dimension) {
      throw new Error(
        `${words.length} words of dimension ${dimension} cannot have ${vectors.length} numbers.`,
      );
    }
    this.words = words;
    this.dimension = dimension;
    this.vectors = vectors;
    this.rows = rowsOf(words);
  }

  has(word: string): boolean {
    return this.rows.has(word);
  }

  /** A view into `vectors`, not a copy. */
  vector(word: string): Float32Array | undefined {
    const row = this.rows.get(word);
    return row === undefined ? undefined : rowOf(this.vectors, row, this.dimension);
  }

  /**
   * The `count` words of highest cosine to `vector` (`[dimension]`), best first, without those in `exclude`. A zero vector has
   * cosine 0 to every word. The lengths of the words' vectors are remembered: make a new instance after changing `vectors`.
   */
  nearest(vector: ArrayLike<number>, count: number, exclude?: ReadonlySet<string>): Neighbour[] {
    this.norms ??= Float32Array.from(this.words, (_, row) =>
      lengthOf(rowOf(this.vectors, row, this.dimension)),
    );
    return nearestRows(this.words, this.vectors, this.norms, vector, count, exclude);
  }

  /** The same words with vectors of length 1 (a zero vector stays zero). */
  normalised(): WordVectors {
    const vectors = Float32Array.from(this.vectors);
    for (let row = 0; row < this.words.length; row++) {
      const vector = rowOf(vectors, row, this.dimension);
      const length = lengthOf(vector);
      if (length > 0) for (let i = 0; i < vector.length; i++) vector[i]! /= length;
    }
    return new WordVectors(this.words, this.dimension, vectors);
  }
}

/** Words and their vectors as int8 codes with a scale per word, a quarter of the memory; vectors are made when asked for. */
export class PackedWordVectors implements WordLookup {
  /** All words; a word's place is its row in `codes`. */
  readonly words: readonly string[];
  readonly dimension: number;
  /** `[words, dimension]` row by row; vector = code × scale. */
  readonly codes: Int8Array;
  /** `[words]` */
  readonly scales: Float32Array;
  private readonly rows: ReadonlyMap<string, number>;
  private norms: Float32Array | undefined;

  /** Keeps the arrays (no copy). Throws an Error when their lengths do not fit, or a word is given twice. */
  constructor(words: readonly string[], dimension: number, codes: Int8Array, scales: Float32Array) {
    if (codes.length !== words.length * dimension || scales.length !== words.length) {
      throw new Error(
        `${words.length} words of dimension ${dimension} cannot have ${codes.length} codes and ${scales.length} scales.`,
      );
    }
    this.words = words;
    this.dimension = dimension;
    this.codes = codes;
    this.scales = scales;
    this.rows = rowsOf(words);
  }

  /** The first `count` words, which in files of pretrained vectors are the most frequent; shares the arrays. */
  first(count: number): PackedWordVectors {
    const most = Math.min(count, this.words.length);
    return new PackedWordVectors(
      this.words.slice(0, most),
      this.dimension,
      this.codes.subarray(0, most * this.dimension),
      this.scales.subarray(0, most),
    );
  }

  has(word: string): boolean {
    return this.rows.has(word);
  }

  /** A new array at every call. */
  vector(word: string): Float32Array | undefined {
    const row = this.rows.get(word);
    if (row === undefined) return undefined;
    const scale = this.scales[row]!;
    const start = row * this.dimension;
    return Float32Array.from(this.codes.subarray(start, start + this.dimension), (code) => code * scale);
  }

  /** As `WordVectors.nearest`. The scale of a row does not change its cosine, so the codes are compared as they are. */
  nearest(vector: ArrayLike<number>, count: number, exclude?: ReadonlySet<string>): Neighbour[] {
    this.norms ??= Float32Array.from(this.words, (_, row) =>
      lengthOf(rowOf(this.codes, row, this.dimension)),
    );
    return nearestRows(this.words, this.codes, this.norms, vector, count, exclude);
  }
}

/**
 * Several lookups as one: a word's vector comes from the first that has it. They must share one space, as vectors trained on
 * from others do. Throws an Error when dimensions differ or there is no lookup.
 */
export function firstOf(...lookups: readonly WordLookup[]): WordLookup {
  const [first] = lookups;
  if (first === undefined) throw new Error('firstOf needs at least one word lookup.');
  const other = lookups.find((lookup) => lookup.dimension !== first.dimension);
  if (other !== undefined) {
    throw new Error(
      `Word vectors of ${first.dimension} and of ${other.dimension} dimensions cannot be mixed.`,
    );
  }
  return {
    dimension: first.dimension,
    has: (word) => lookups.some((lookup) => lookup.has(word)),
    vector: (word) => {
      for (const lookup of lookups) {
        const vector = lookup.vector(word);
        if (vector !== undefined) return vector;
      }
      return undefined;
    },
  };
}

/**
 * Reads word2vec's binary format: the line "words dimension", then for each word its name, a space, and `dimension`
 * little-endian float32. Newlines between entries are optional (the C program writes them, Gensim does not).
 * Throws an Error naming the byte offset where the file is damaged: a bad header, a missing or repeated word, text that is not
 * UTF-8, a number that is not finite, an end that comes too early or too late.
 */
export function decodeWord2Vec(bytes: Uint8Array): WordVectors {
  const damaged = (offset: number, what: string): Error =>
    new Error(`This is not a whole word2vec binary file: ${what} at byte ${offset}.`);
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  const headerEnd = bytes.subarray(0, 64).indexOf(newline);
  const header =
    headerEnd < 0 ? null : /^(\d+) (\d+)\r?$/.exec(String.fromCharCode(...bytes.subarray(0, headerEnd)));
  if (header === null) throw damaged(0, 'no header "words dimension"');
  const [count, dimension] = [Number(header[1]), Number(header[2])];
  if (dimension === 0) throw damaged(0, 'a dimension of 0');
  // An entry has at least one letter and a space. Checked first, so that a false header asks for no memory.
  if (count * (dimension * 4 + 2) > bytes.length - headerEnd - 1) {
    throw damaged(bytes.length, `the end (the header promises ${count} words of dimension ${dimension})`);
  }

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words: string[] = [];
  const known = new Set<string>();
  const vectors = new Float32Array(count * dimension);
  let offset = headerEnd + 1;
  for (let row = 0; row < count; row++) {
    while (bytes[offset] === newline) offset++;
    const end = bytes.indexOf(space, offset);
    if (end < 0 || end + 1 + dimension * 4 > bytes.length) {
      throw damaged(bytes.length, `the end (inside word ${row + 1} of ${count})`);
    }
    if (end === offset) throw damaged(offset, `an empty name of word ${row + 1}`);
    let word: string;
    try {
      word = text.decode(bytes.subarray(offset, end));
    } catch {
      throw damaged(offset, `a name that is not UTF-8 (word ${row + 1})`);
    }
    if (known.has(word)) throw damaged(offset, `"${word}" for the second time`);
    known.add(word);
    words.push(word);
    offset = end + 1;
    for (let i = row * dimension; i < (row + 1) * dimension; i++, offset += 4) {
      const value = view.getFloat32(offset, true);
      if (!Number.isFinite(value)) throw damaged(offset, `a number that is not finite (word "${word}")`);
      vectors[i] = value;
    }
  }
  while (bytes[offset] === newline) offset++;
  if (offset !== bytes.length) throw damaged(offset, `${bytes.length - offset} bytes after the last word`);
  return new WordVectors(words, dimension, vectors);
}

/** Writes word2vec's binary format, with the C program's newline after each vector. Throws an Error for a word with a blank. */
export function encodeWord2Vec(vectors: WordVectors): Uint8Array {
  const { words, dimension } = vectors;
  const encoder = new TextEncoder();
  const header = encoder.encode(`${words.length} ${dimension}\n`);
  const names = words.map((word) => {
    if (word === '' || /[ \n]/.test(word)) {
      throw new Error(
        `word2vec's format cannot hold the word "${word}": it is empty or has a space or newline.`,
      );
    }
    return encoder.encode(word);
  });
  const total = names.reduce((sum, name) => sum + name.length + 2 + dimension * 4, header.length);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  bytes.set(header);
  let offset = header.length;
  for (const [row, name] of names.entries()) {
    bytes.set(name, offset);
    offset += name.length;
    bytes[offset++] = space;
    for (const value of rowOf(vectors.vectors, row, dimension)) {
      view.setFloat32(offset, value, true);
      offset += 4;
    }
    bytes[offset++] = newline;
  }
  return bytes;
}

/**
 * Reads packed vectors (models/weights/README.md): `wordsText` has one word a line; `bytes` are n × dimension int8 row by row,
 * then n little-endian float32 scales. The int8 part is used in place, not copied.
 * Throws an Error when the two parts do not fit, a scale is not a positive number, or a word is listed twice.
 */
export function decodePacked(wordsText: string, bytes: Uint8Array): PackedWordVectors {
  const words = wordsText.replace(/\n$/, '').split('\n');
  const perWord = bytes.length / words.length;
  const dimension = perWord - 4;
  if (!Number.isInteger(dimension) || dimension < 1) {
    throw new Error(
      `Packed word vectors: ${bytes.length} bytes do not divide into ${words.length} words of int8 codes and a scale.`,
    );
  }
  const codesLength = words.length * dimension;
  const view = new DataView(bytes.buffer, bytes.byteOffset + codesLength, words.length * 4);
  const scales = new Float32Array(words.length);
  for (let row = 0; row < words.length; row++) {
    const scale = view.getFloat32(row * 4, true);
    if (!(scale > 0 && Number.isFinite(scale))) {
      throw new Error(
        `Packed word vectors: the scale of "${words[row]}" at byte ${codesLength + row * 4} is not a positive number.`,
      );
    }
    scales[row] = scale;
  }
  return new PackedWordVectors(
    words,
    dimension,
    new Int8Array(bytes.buffer, bytes.byteOffset, codesLength),
    scales,
  );
}

/** The two parts of a packed file, for `decodePacked`. @throws {Error} for a word that a line cannot hold */
export function packedFile({ words, codes, scales }: PackedWordVectors): {
  wordsText: string;
  bytes: Uint8Array;
} {
  const wrong = words.find((word) => word === '' || word.includes('\n'));
  if (wrong !== undefined) throw new Error(`A packed file cannot hold the word "${wrong}".`);
  const bytes = new Uint8Array(codes.length + scales.length * 4);
  bytes.set(new Uint8Array(codes.buffer, codes.byteOffset, codes.length));
  const view = new DataView(bytes.buffer, codes.length);
  scales.forEach((scale, row) => {
    view.setFloat32(row * 4, scale, true);
  });
  return { wordsText: words.map((word) => `${word}\n`).join(''), bytes };
}

/**
 * Packs one vector into `codes` from `at` on, so that its largest number becomes ±127; returns its scale. Cosine to the original is
 * typically above .9999. 0 for a vector that cannot be packed: of zeros, or with a number that is not finite.
 */
export function packVector(vector: Float32Array, codes: Int8Array, at: number): number {
  let largest = 0;
  for (const value of vector) {
    const size = Math.abs(value);
    if (!(size < Number.POSITIVE_INFINITY)) return 0;
    if (size > largest) largest = size;
  }
  const scale = Math.fround(largest / 127);
  if (scale > 0) for (let i = 0; i < vector.length; i++) codes[at + i] = Math.round(vector[i]! / scale);
  return scale;
}

const newline = 0x0a;
const space = 0x20;

function rowsOf(words: readonly string[]): Map<string, number> {
  const rows = new Map<string, number>();
  for (let row = 0; row < words.length; row++) {
    const word = words[row]!;
    if (rows.has(word)) throw new Error(`The word "${word}" is listed twice.`);
    rows.set(word, row);
  }
  return rows;
}

function rowOf<Values extends Float32Array | Int8Array>(
  values: Values,
  row: number,
  dimension: number,
): Values {
  return values.subarray(row * dimension, (row + 1) * dimension) as Values;
}

function lengthOf(vector: ArrayLike<number>): number {
  let square = 0;
  for (let i = 0; i < vector.length; i++) square += vector[i]! * vector[i]!;
  return Math.sqrt(square);
}

/** The rows of highest cosine. `matrix` is `[words, query.length]`, `norms` the lengths of its rows. */
function nearestRows(
  words: readonly string[],
  matrix: Float32Array | Int8Array,
  norms: Float32Array,
  query: ArrayLike<number>,
  count: number,
  exclude?: ReadonlySet<string>,
): Neighbour[] {
  const dimension = query.length;
  if (matrix.length !== words.length * dimension) {
    throw new Error(`The vector has ${dimension} numbers, the words have ${matrix.length / words.length}.`);
  }
  const queryLength = lengthOf(query);
  const best: Neighbour[] = [];
  let worst = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < words.length; row++) {
    let dot = 0;
    for (let i = 0, at = row * dimension; i < dimension; i++, at++) dot += matrix[at]! * query[i]!;
    const lengths = norms[row]! * queryLength;
    const similarity = lengths > 0 ? dot / lengths : 0;
    if (best.length >= count && similarity <= worst) continue;
    const word = words[row]!;
    if (exclude?.has(word)) continue;
    const place = best.findIndex((neighbour) => neighbour.similarity < similarity);
    best.splice(place < 0 ? best.length : place, 0, { word, similarity });
    if (best.length > count) best.pop();
    worst = best.at(-1)?.similarity ?? Number.NEGATIVE_INFINITY;
  }
  return best;
}
