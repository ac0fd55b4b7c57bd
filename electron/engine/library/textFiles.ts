/**
 * A text embedding as files of a folder: `text.bin`, words in word2vec's binary format (Gensim opens it), and for FastText, Doc2Vec and
 * LDA `text.safetensors` with what they have beyond words (see `models/text/textModel.ts`).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TextAlgorithm } from '../../../models/text/algorithms.ts';
import { decodeTextModel, encodeTextModel, type TextModel } from '../../../models/text/textModel.ts';
import { writeAtomically } from '../../../native/files.ts';

const wordsFile = (folder: string): string => join(folder, 'text.bin');
const restFile = (folder: string): string => join(folder, 'text.safetensors');

/** Writes a text embedding into `folder`. */
export async function writeTextModel(folder: string, model: TextModel): Promise<void> {
  const { words, rest } = encodeTextModel(model);
  if (rest) await writeAtomically(restFile(folder), rest);
  await writeAtomically(wordsFile(folder), words);
}

/** Reads it back; null if the folder has none. @throws {Error} if a file is damaged or missing. */
export async function readTextModel(folder: string, algorithm: TextAlgorithm): Promise<TextModel | null> {
  const words = await read(wordsFile(folder));
  return words && decodeTextModel(algorithm, { words, rest: await read(restFile(folder)) });
}

async function read(file: string): Promise<Uint8Array | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
