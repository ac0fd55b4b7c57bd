/**
 * fastText's own format (Dictionary::load and DenseMatrix::load of its program): a word's vector is the mean of its own row and
 * those of its n-grams, which lie anywhere in a matrix that may not fit in memory, so they are read where they are.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { ngramBuckets } from '../../models/text/characterNgrams.ts';
import { ByteReader, type ByteReaderOptions, decode } from './byteReader.ts';
import { checkDimension, unreadable } from './problem.ts';
import { type KeepOptions, LONGEST_WORD, type ReadVectors, VectorGatherer } from './vectorGatherer.ts';

const MAGIC = 793_712_314;
/** Words between two tellings of progress. */
const TELLING = 5000;

/** Whether a file that starts like this is fastText's. */
export function isFastText(start: Buffer): boolean {
  return start.length >= 4 && start.readInt32LE(0) === MAGIC;
}

/** Reads a file that `isFastText`. @throws {Error} in the user's words */
export async function readFastText(
  path: string,
  options: KeepOptions & ByteReaderOptions,
): Promise<ReadVectors> {
  const { signal, onProgress } = options;
  const { size } = statSync(path);
  const cutOff = (): Error => unreadable(path, 'it is a fastText file that is cut off. Fetch it again');
  const reader = new ByteReader(path, false, size, signal ? { signal } : {});
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
      if (entry % TELLING === 0) onProgress?.(at, size);
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
      if (number % TELLING === 0) {
        signal?.throwIfAborted();
        onProgress?.(Math.round(matrix + ((size - matrix) * number) / words.length), size);
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
    onProgress?.(size, size);
  } finally {
    closeSync(file);
  }
  return gatherer.result(path, 'fastText binary');
}
