/**
 * The character n-grams of a word and the buckets they fall in, as fastText has them (Bojanowski et al. 2017, "Enriching word vectors
 * with subword information", section 3.2): `where` between minimum and maximum 3 is `<wh`, `whe`, `her`, `ere`, `re>`.
 * Hashes agree with fastText's and Gensim's for every string.
 */

/** Which n-grams a word has. Lengths are in characters (code points), with the `<` and `>` around the word counted. */
export interface NgramOptions {
  /** The shortest (default 3). */
  readonly minimumN: number;
  /** The longest (default 6). */
  readonly maximumN: number;
  /** How many buckets there are: n-grams of equal hash modulo this share a vector. */
  readonly buckets: number;
}

/** UTF-8: the bytes of a character after its first are 10xxxxxx. */
const continues = (byte: number): boolean => (byte & 0xc0) === 0x80;

/**
 * The hash of bytes: FNV-1a with 32 bits, but for one quirk of fastText, kept for its sake: a byte from 128 on is taken for a
 * negative number, so that it also flips the upper 24 bits.
 */
export function ngramHash(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ ((byte << 24) >> 24), 0x01000193);
  return hash >>> 0;
}

/**
 * The bucket numbers of a word's n-grams, in the order of their start, the shorter first; repeats are kept. A word too short for
 * any gives none. As in fastText a single `<` or `>` is no n-gram.
 */
export function ngramBuckets(word: string, { minimumN, maximumN, buckets }: NgramOptions): number[] {
  const bytes = new TextEncoder().encode(`<${word}>`);
  const found: number[] = [];
  for (let start = 0; start < bytes.length; start++) {
    if (continues(bytes[start]!)) continue;
    let end = start;
    for (let n = 1; n <= maximumN && end < bytes.length; n++) {
      end++;
      while (end < bytes.length && continues(bytes[end]!)) end++;
      const bracket = n === 1 && (start === 0 || end === bytes.length);
      if (n >= minimumN && !bracket) found.push(ngramHash(bytes.subarray(start, end)) % buckets);
    }
  }
  return found;
}
