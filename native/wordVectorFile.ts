/**
 * Reads word vectors that somebody else has trained, from any file that is common: word2vec text and binary, GloVe text (both
 * also gzipped), fastText binary. The kind is told by the contents, not by the name. Files are read as a stream and only what is asked for is
 * kept, packed to int8 as the bundled vectors are, so that gigabytes of vectors fit.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { readBinaryVectors } from './wordVectorFile/binaryFormat.ts';
import { ByteReader, type ByteReaderOptions, NEWLINE } from './wordVectorFile/byteReader.ts';
import { isFastText, readFastText } from './wordVectorFile/fastTextFormat.ts';
import { checkDimension, unreadable } from './wordVectorFile/problem.ts';
import { isTextEntry, readTextVectors } from './wordVectorFile/textFormat.ts';
import type { KeepOptions, ReadVectors } from './wordVectorFile/vectorGatherer.ts';

/** What to read, and whom to tell. */
export type ReadOptions = KeepOptions & ByteReaderOptions;

/**
 * Reads a file.
 * @throws {Error} in the user's words, naming the file: what it is not, where it is damaged, what to do
 */
export async function readWordVectors(path: string, options: ReadOptions): Promise<ReadVectors> {
  const { start, size } = openingOf(path);
  if (isFastText(start)) return readFastText(path, options);
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

async function readEntries(path: string, reader: ByteReader, options: ReadOptions): Promise<ReadVectors> {
  const opening = await reader.peek(1 << 16);
  const [line = ''] = opening.toString('latin1', 0, 200).split('\n');
  const header = /^\s*(\d+)\s+(\d+)\s*$/.exec(line);
  if (!header) return readTextVectors(path, reader, null, options);
  const [count, dimension] = [Number(header[1]), Number(header[2])];
  checkDimension(path, dimension);
  await reader.until(NEWLINE, 200);
  const second = opening.toString('latin1', line.length + 1).split('\n')[0] ?? '';
  return isTextEntry(second, dimension)
    ? readTextVectors(path, reader, { count, dimension }, options)
    : readBinaryVectors(path, reader, count, dimension, options);
}
