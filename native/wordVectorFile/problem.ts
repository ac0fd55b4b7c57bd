/** What is wrong with a file of word vectors, in the user's words. */

/** How many numbers a vector may have. */
export const LEAST_DIMENSION = 2;
export const MOST_DIMENSION = 4096;

/** An error that names the file, what it is not or where it is damaged, and what to give instead. */
export function unreadable(path: string, reason: string): Error {
  return new Error(
    `${path} cannot be used as word vectors: ${reason}. Give a file in the format of word2vec, GloVe or fastText (.vec, .txt, .bin).`,
  );
}

/** @throws {Error} if vectors of so many numbers cannot be meant. */
export function checkDimension(path: string, dimension: number): void {
  if (!(dimension >= LEAST_DIMENSION && dimension <= MOST_DIMENSION))
    throw unreadable(path, `its vectors would have ${dimension} numbers`);
}
