/** Word vectors as text: on each line a word and its numbers. With the line "words dimension" before them it is word2vec's format, else GloVe's. */
import { type ByteReader, decode, NEWLINE, SPACE } from './byteReader.ts';
import { checkDimension, LEAST_DIMENSION, MOST_DIMENSION, unreadable } from './problem.ts';
import {
  type KeepOptions,
  LONGEST_WORD,
  MOST_BROKEN,
  type ReadVectors,
  VectorGatherer,
} from './vectorGatherer.ts';

/**
 * Reads entries to the end of the file.
 * @param header what the file says of them, which the reader has passed; null if it has no such line
 * @throws {Error} in the user's words
 */
export async function readTextVectors(
  path: string,
  reader: ByteReader,
  header: { count: number; dimension: number } | null,
  options: KeepOptions,
): Promise<ReadVectors> {
  let gatherer: VectorGatherer | null = header && new VectorGatherer(header.dimension, options);
  let dimension = header?.dimension ?? 0;
  let vector = new Float32Array(dimension);
  let number = header ? 1 : 0;
  const longest = 32 * MOST_DIMENSION + LONGEST_WORD;
  for (;;) {
    const line = await reader.until(NEWLINE, longest);
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

/** Whether a line, as far as it is there, has a word and then numbers. */
export function isTextEntry(line: string, dimension: number): boolean {
  const numbers = line
    .trim()
    .split(/[ \t]+/)
    .slice(-dimension);
  // A long line may be cut off in the middle of its last number.
  return (
    numbers.length > 1 && numbers.slice(1, -1).every((text) => /^[-+]?[\d.]+(?:e[-+]?\d+)?$/i.test(text))
  );
}

/** Where the word of a line ends that has so many numbers after it; −1 if it has fewer. */
function wordEnd(line: Buffer, dimension: number): number {
  let at = line.length;
  const blank = (index: number): boolean =>
    line[index] === SPACE || line[index] === 0x09 || line[index] === 0x0d;
  for (let field = 0; field < dimension; field++) {
    while (at > 0 && blank(at - 1)) at--;
    while (at > 0 && !blank(at - 1)) at--;
    if (at === 0) return -1;
  }
  while (at > 0 && blank(at - 1)) at--;
  return at;
}
