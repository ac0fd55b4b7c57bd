/** word2vec's binary format: after the line "words dimension" each word, a space, and its numbers as float32. */
import { type ByteReader, decode, NEWLINE, SPACE } from './byteReader.ts';
import { unreadable } from './problem.ts';
import { type KeepOptions, LONGEST_WORD, type ReadVectors, VectorGatherer } from './vectorGatherer.ts';

/** Reads as many entries as the header promised, which the reader has passed. @throws {Error} in the user's words */
export async function readBinaryVectors(
  path: string,
  reader: ByteReader,
  count: number,
  dimension: number,
  options: KeepOptions,
): Promise<ReadVectors> {
  const gatherer = new VectorGatherer(dimension, options);
  const bytes = new Uint8Array(dimension * 4);
  const vector = new Float32Array(bytes.buffer);
  for (let entry = 0; entry < count; entry++) {
    const name = await reader.until(SPACE, LONGEST_WORD + 2);
    const numbers = name && (await reader.bytes(dimension * 4));
    if (!name || !numbers) {
      if (entry === 0)
        throw unreadable(path, 'after "words dimension" come neither numbers as text nor a word');
      throw unreadable(
        path,
        `it is damaged or cut off: ${entry} of ${count} words are there. Fetch it again`,
      );
    }
    const word = decode(name[0] === NEWLINE ? name.subarray(1) : name);
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
