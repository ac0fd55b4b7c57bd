/**
 * Reads word vectors that somebody else has trained, from any file that is common: word2vec text and binary, GloVe text (both
 * also gzipped), fastText binary. The kind is told by the contents, not by the name. Files are read as a stream and only what is asked for is
 * kept, packed to int8 as the bundled vectors are, so that gigabytes of vectors fit.
 */
import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { ngramBuckets } from '../models/text/characterNgrams.ts';
import { PackedWordVectors, packVector } from '../models/text/wordVectors.ts';

/** What to read, and whom to tell. */
export interface ReadOptions {
  /** Words to keep however rare they are; asked for tokens, as Photolex writes words. */
  wanted: (token: string) => boolean;
  /** How many other words to keep, the first of the file, which are the most frequent (default 200,000). */
  most?: number;
  signal?: AbortSignal;
  /** Bytes of the file read so far, and in all. */
  onProgress?: (done: number, total: number) => void;
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
const MOST_DIMENSION = 4096;
const LEAST_DIMENSION = 2;
/** A file of which more is broken is not what it seems. */
const MOST_BROKEN = 0.01;
/** Words longer than this are data. */
const LONGEST_WORD = 500;
const FASTTEXT_MAGIC = 793_712_314;
const newline = 0x0a;
const space = 0x20;

/**
 * Reads a file.
 * @throws {Error} in the user's words, naming the file: what it is not, where it is damaged, what to do
 */
export async function readWordVectors(path: string, options: ReadOptions): Promise<ReadVectors> {
  const { start, size } = openingOf(path);
  if (start.length >= 4 && start.readInt32LE(0) === FASTTEXT_MAGIC) return readFastText(path, options);
  const gzipped = start[0] === 0x1f && start[1] === 0x8b;
  const reader = new ByteReader(path, gzipped, size, options);
  try {
    return await readEntries(path, reader, options);
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))
      throw unreadable(path, `its gzip data is damaged or cut off (${error.message})`);
    throw error;
  } finally {
    reader.close();
  }
}

function unreadable(path: string, reason: string): Error {
  return new Error(
    `${path} cannot be used as word vectors: ${reason}. Give a file in the format of word2vec, GloVe or fastText (.vec, .txt, .bin).`,
  );
}

function openingOf(path: string): { start: Buffer; size: number } {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw unreadable(path, `it cannot be opened (${(error as Error).message})`);
  }
  try {
    const { size } = statSync(path);
    const start = Buffer.alloc(64);
    const length = readSync(file, start, 0, start.length, 0);
    if (length === 0) throw unreadable(path, 'it is empty');
    return { start: start.subarray(0, length), size };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') throw unreadable(path, 'it is a folder');
    throw error;
  } finally {
    closeSync(file);
  }
}

/** Reads lines and runs of bytes from a file, in order. */
class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #stream: ReturnType<typeof createReadStream>;
  readonly #signal: AbortSignal | undefined;
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(path: string, gzipped: boolean, size: number, { signal, onProgress }: ReadOptions) {
    this.#signal = signal;
    this.#stream = createReadStream(path, { highWaterMark: 1 << 20 });
    // Whoever reads is told; nobody may be reading any more.
    this.#stream.on('error', () => {});
    let done = 0;
    this.#stream.on('data', (chunk) => {
      done += chunk.length;
      onProgress?.(done, size);
    });
    let source: AsyncIterable<Buffer> = this.#stream;
    if (gzipped) {
      const gunzip = createGunzip();
      this.#stream.on('error', (error) => gunzip.destroy(error));
      source = this.#stream.pipe(gunzip);
    }
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** Makes at least `length` bytes available; false if the file ends before. */
  async #fill(length: number): Promise<boolean> {
    if (this.#buffer.length - this.#at >= length) return true;
    const parts = [this.#buffer.subarray(this.#at)];
    let total = parts[0]!.length;
    while (total < length) {
      this.#signal?.throwIfAborted();
      const { done, value } = await this.#chunks.next();
      if (done) break;
      parts.push(value);
      total += value.length;
    }
    this.#buffer = Buffer.concat(parts, total);
    this.#at = 0;
    return total >= length;
  }

  /** The next bytes, without going on; fewer at the end of the file. */
  async peek(length: number): Promise<Buffer> {
    await this.#fill(length);
    return this.#buffer.subarray(this.#at, this.#at + length);
  }

  /** Bytes up to `end`, which is passed over, or to the end of the file; null if there are none, or more than `most`. */
  async until(end: number, most: number): Promise<Buffer | null> {
    for (let length = 1 << 12; ; length *= 4) {
      const whole = await this.#fill(length);
      const found = this.#buffer.indexOf(end, this.#at);
      if (found >= 0 && found - this.#at <= most) {
        const bytes = this.#buffer.subarray(this.#at, found);
        this.#at = found + 1;
        return bytes;
      }
      if (this.#buffer.length - this.#at > most) return null;
      if (!whole) {
        const rest = this.#buffer.subarray(this.#at);
        this.#at = this.#buffer.length;
        return rest.length > 0 ? rest : null;
      }
    }
  }

  /** Exactly so many bytes; null if the file ends before. */
  async bytes(length: number): Promise<Buffer | null> {
    if (!(await this.#fill(length))) return null;
    const bytes = this.#buffer.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  close(): void {
    this.#stream.destroy();
  }
}

/** A word of a file as Photolex writes words: NFKC, lower case, a phrase with _ between its words. */
const tokenOf = (word: string): string => word.normalize('NFKC').toLowerCase().replaceAll(' ', '_');

/** Gathers the vectors that are kept. */
class VectorGatherer {
  readonly #options: ReadOptions;
  readonly #rows = new Map<string, number>();
  /** 1 where the word was written just like its token; "paris" is better than "Paris". */
  readonly #exact: number[] = [];
  readonly #scales: number[] = [];
  #codes: Int8Array;
  readonly #dimension: number;
  #others = 0;
  words = 0;
  #broken = 0;
  #firstBroken = '';

  constructor(dimension: number, options: ReadOptions) {
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

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A word as text; null if it is not UTF-8. */
function decode(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

async function readEntries(path: string, reader: ByteReader, options: ReadOptions): Promise<ReadVectors> {
  const opening = await reader.peek(1 << 16);
  const [line = ''] = opening.toString('latin1', 0, 200).split('\n');
  const header = /^\s*(\d+)\s+(\d+)\s*$/.exec(line);
  if (!header) return readText(path, reader, null, options);
  const [count, dimension] = [Number(header[1]), Number(header[2])];
  checkDimension(path, dimension);
  await reader.until(newline, 200);
  const second = opening.toString('latin1', line.length + 1).split('\n')[0] ?? '';
  return isTextEntry(second, dimension)
    ? readText(path, reader, { count, dimension }, options)
    : readBinary(path, reader, count, dimension, options);
}

function checkDimension(path: string, dimension: number): void {
  if (!(dimension >= LEAST_DIMENSION && dimension <= MOST_DIMENSION))
    throw unreadable(path, `its vectors would have ${dimension} numbers`);
}

/** Whether a line, as far as it is there, has a word and then numbers. */
function isTextEntry(line: string, dimension: number): boolean {
  const numbers = line
    .trim()
    .split(/[ \t]+/)
    .slice(-dimension);
  // A long line may be cut off in the middle of its last number.
  return (
    numbers.length > 1 && numbers.slice(1, -1).every((text) => /^[-+]?[\d.]+(?:e[-+]?\d+)?$/i.test(text))
  );
}

async function readText(
  path: string,
  reader: ByteReader,
  header: { count: number; dimension: number } | null,
  options: ReadOptions,
): Promise<ReadVectors> {
  let gatherer: VectorGatherer | null = header && new VectorGatherer(header.dimension, options);
  let dimension = header?.dimension ?? 0;
  let vector = new Float32Array(dimension);
  let number = header ? 1 : 0;
  const longest = 32 * MOST_DIMENSION + LONGEST_WORD;
  for (;;) {
    const line = await reader.until(newline, longest);
    if (line === null) {
      if ((await reader.peek(1)).length > 0)
        throw unreadable(path, `line ${number + 1} is no line of numbers`);
      break;
    }
    number++;
    if (line.length === 0 || (line.length === 1 && line[0] === 0x0d)) continue;
    if (!gatherer) {
      dimension =
        line
          .toString('latin1')
          .trim()
          .split(/[ \t]+/).length - 1;
      if (!isTextEntry(line.toString('latin1'), dimension) || dimension < LEAST_DIMENSION)
        throw unreadable(path, 'its first line is neither "words dimension" nor a word with numbers');
      checkDimension(path, dimension);
      gatherer = new VectorGatherer(dimension, options);
      vector = new Float32Array(dimension);
    }
    const where = `line ${number}`;
    // A word may have spaces, so numbers are counted from the end.
    const end = wordEnd(line, dimension);
    const word = end > 0 ? decode(line.subarray(0, end)) : null;
    if (word === null) {
      gatherer.words++;
      gatherer.skip(
        end > 0 ? `${where}: its word is not UTF-8` : `${where}: it has not ${dimension} numbers`,
      );
      continue;
    }
    if (!gatherer.wants(word)) continue;
    const numbers = line
      .toString('latin1', end)
      .trim()
      .split(/[ \t]+/);
    for (let i = 0; i < dimension; i++)
      vector[i] = numbers[i] === undefined ? Number.NaN : Number(numbers[i]);
    gatherer.add(word, vector, where);
  }
  if (!gatherer) throw unreadable(path, 'it is empty');
  if (header && gatherer.words < header.count * (1 - MOST_BROKEN))
    throw unreadable(
      path,
      `it is cut off: ${gatherer.words} of ${header.count} words are there. Fetch it again`,
    );
  return gatherer.result(path, header ? 'word2vec text' : 'GloVe text');
}

/** Where the word of a line ends that has so many numbers after it; −1 if it has fewer. */
function wordEnd(line: Buffer, dimension: number): number {
  let at = line.length;
  const blank = (index: number): boolean =>
    line[index] === space || line[index] === 0x09 || line[index] === 0x0d;
  for (let field = 0; field < dimension; field++) {
    while (at > 0 && blank(at - 1)) at--;
    while (at > 0 && !blank(at - 1)) at--;
    if (at === 0) return -1;
  }
  while (at > 0 && blank(at - 1)) at--;
  return at;
}

async function readBinary(
  path: string,
  reader: ByteReader,
  count: number,
  dimension: number,
  options: ReadOptions,
): Promise<ReadVectors> {
  const gatherer = new VectorGatherer(dimension, options);
  const bytes = new Uint8Array(dimension * 4);
  const vector = new Float32Array(bytes.buffer);
  for (let entry = 0; entry < count; entry++) {
    const name = await reader.until(space, LONGEST_WORD + 2);
    const numbers = name && (await reader.bytes(dimension * 4));
    if (!name || !numbers) {
      if (entry === 0)
        throw unreadable(path, 'after "words dimension" come neither numbers as text nor a word');
      throw unreadable(
        path,
        `it is damaged or cut off: ${entry} of ${count} words are there. Fetch it again`,
      );
    }
    const word = decode(name[0] === newline ? name.subarray(1) : name);
    if (word === null) {
      gatherer.words++;
      gatherer.skip(`word ${entry + 1}: it is not UTF-8`);
    } else if (gatherer.wants(word)) {
      bytes.set(numbers);
      gatherer.add(word, vector, `word ${entry + 1}`);
    }
  }
  return gatherer.result(path, 'word2vec binary');
}

/**
 * fastText's own format (Dictionary::load and DenseMatrix::load of its program): a word's vector is the mean of its own row and
 * those of its n-grams, which lie anywhere in a matrix that may not fit in memory, so they are read where they are.
 */
async function readFastText(path: string, options: ReadOptions): Promise<ReadVectors> {
  const { signal, onProgress } = options;
  const { size } = statSync(path);
  const cutOff = (): Error => unreadable(path, 'it is a fastText file that is cut off. Fetch it again');
  const reader = new ByteReader(path, false, size, { wanted: options.wanted, ...(signal && { signal }) });
  let at = 0;
  const take = async (length: number): Promise<Buffer> => {
    const bytes = await reader.bytes(length);
    if (!bytes) throw cutOff();
    at += length;
    return bytes;
  };
  const words: string[] = [];
  let [dimension, buckets, minimumN, maximumN, matrix] = [0, 0, 0, 0, 0];
  try {
    // Magic, version, twelve arguments and the sampling threshold.
    const opening = await take(4 * 14 + 8);
    dimension = opening.readInt32LE(8);
    checkDimension(path, dimension);
    [buckets, minimumN, maximumN] = [
      opening.readInt32LE(40),
      opening.readInt32LE(44),
      opening.readInt32LE(48),
    ];
    const sizes = await take(4 * 3 + 8 * 2);
    const [entries, wordCount] = [sizes.readInt32LE(0), sizes.readInt32LE(4)];
    const pruned = Number(sizes.readBigInt64LE(20));
    for (let entry = 0; entry < entries; entry++) {
      const name = await reader.until(0, LONGEST_WORD * 4);
      if (!name) throw cutOff();
      at += name.length + 1;
      // Count and kind; labels come after the words.
      await take(9);
      if (entry < wordCount) words.push(decode(name) ?? '');
    }
    await take(8 * Math.max(0, pruned));
    const [quantised] = await take(1);
    if (quantised) {
      throw unreadable(
        path,
        'it is a quantised fastText model (.ftz), whose vectors are only roughly there. Use the .bin or .vec',
      );
    }
    const shape = await take(16);
    if (Number(shape.readBigInt64LE(8)) !== dimension)
      throw unreadable(path, 'its fastText matrix is damaged');
    matrix = at;
  } finally {
    reader.close();
  }
  if (size < matrix + (words.length + buckets) * dimension * 4 && maximumN > 0) throw cutOff();
  const gatherer = new VectorGatherer(dimension, options);
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(dimension * 4);
    const row = new Float32Array(bytes.buffer);
    const vector = new Float32Array(dimension);
    for (const [number, word] of words.entries()) {
      if (number % 5000 === 0) {
        signal?.throwIfAborted();
        onProgress?.(number, words.length);
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (word === '' || word === '</s>') {
        gatherer.words++;
        continue;
      }
      if (!gatherer.wants(word)) continue;
      const ngrams = maximumN > 0 ? ngramBuckets(word, { minimumN, maximumN, buckets }) : [];
      const rows = [number, ...ngrams.map((bucket) => words.length + bucket)];
      vector.fill(0);
      for (const index of rows) {
        const read = readSync(file, bytes, 0, bytes.length, matrix + index * bytes.length);
        if (read < bytes.length) throw cutOff();
        for (let i = 0; i < dimension; i++) vector[i] = vector[i]! + row[i]! / rows.length;
      }
      gatherer.add(word, vector, `word ${number + 1}`);
    }
  } finally {
    closeSync(file);
  }
  return gatherer.result(path, 'fastText binary');
}
