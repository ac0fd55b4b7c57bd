/**
 * Perceptual hash: 64 bits of what a picture looks like, from the lowest frequencies of its brightness. Resized, recompressed and
 * brightened copies differ in a few bits, other pictures in about half of them. After Zauner, "Implementation and Benchmarking of
 * Perceptual Image Hash Functions" (2010): a 32 × 32 grey picture, its discrete cosine transform, and of each low frequency
 * whether it is above the median. The constant term says only how bright the picture is, and is left out.
 */

const SIDE = 32;
const BITS = 64;
/** Bytes of a hash. */
export const HASH_BYTES = BITS / 8;
/** Pictures whose strongest low frequency is weaker (of brightness 0–255) have nothing to be told apart by. */
const FLAT = 2;

/** The 64 lowest frequencies without the constant: diagonal by diagonal. */
const FREQUENCIES: readonly (readonly [u: number, v: number])[] = Array.from({ length: 12 }, (_, sum) => sum)
  .flatMap((sum) => Array.from({ length: sum + 1 }, (_, u) => [u, sum - u] as const))
  .slice(1, BITS + 1);
const HIGHEST = Math.max(...FREQUENCIES.flat()) + 1;

/** [HIGHEST, SIDE] cosines of the transform (DCT-II). */
const COSINES = Float64Array.from({ length: HIGHEST * SIDE }, (_, at) =>
  Math.cos((Math.PI / SIDE) * ((at % SIDE) + 0.5) * Math.floor(at / SIDE)),
);

/**
 * The hash of a picture, 8 bytes; all zero for one that is nearly of one colour, which is like no other.
 * @param pixels `[height, width, 3]` RGB, 0–255
 * @param width both sides at least 32
 */
export function perceptualHash(pixels: Uint8Array, width: number, height: number): Uint8Array {
  const grey = shrunk(pixels, width, height);
  // Rows first: [SIDE, HIGHEST], then columns for the frequencies that are wanted.
  const rows = new Float64Array(SIDE * HIGHEST);
  for (let y = 0; y < SIDE; y++)
    for (let u = 0; u < HIGHEST; u++) {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) sum += grey[y * SIDE + x]! * COSINES[u * SIDE + x]!;
      rows[y * HIGHEST + u] = sum;
    }
  const strengths = FREQUENCIES.map(([u, v]) => {
    let sum = 0;
    for (let y = 0; y < SIDE; y++) sum += rows[y * HIGHEST + u]! * COSINES[v * SIDE + y]!;
    return (2 / (SIDE * SIDE)) * sum;
  });
  const hash = new Uint8Array(HASH_BYTES);
  if (strengths.every((strength) => Math.abs(strength) < FLAT)) return hash;
  const sorted = strengths.toSorted((one, other) => one - other);
  const median = (sorted[BITS / 2 - 1]! + sorted[BITS / 2]!) / 2;
  for (const [bit, strength] of strengths.entries())
    if (strength > median) hash[bit >> 3] = hash[bit >> 3]! | (1 << (bit & 7));
  return hash;
}

/** Brightness of a picture on a square of 32 × 32, each the mean of its part. */
function shrunk(pixels: Uint8Array, width: number, height: number): Float64Array {
  const grey = new Float64Array(SIDE * SIDE);
  const counts = new Float64Array(SIDE * SIDE);
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor((y * SIDE) / height) * SIDE;
    for (let x = 0; x < width; x++, at += 3) {
      const cell = row + Math.floor((x * SIDE) / width);
      grey[cell] = grey[cell]! + 0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!;
      counts[cell] = counts[cell]! + 1;
    }
  }
  for (let cell = 0; cell < grey.length; cell++) grey[cell] = grey[cell]! / counts[cell]!;
  return grey;
}

/** Number of ones among 32 bits. */
function ones(bits: number): number {
  let sum = bits - ((bits >>> 1) & 0x55555555);
  sum = (sum & 0x33333333) + ((sum >>> 2) & 0x33333333);
  return Math.imul((sum + (sum >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

const PARTS = 4;
const VALUES = 65536;
/** Others that are looked at for one picture and part: thousands of the same look need not all be compared. */
const MOST = 2000;

/**
 * All pairs of hashes that differ in at most `radius` bits, found by multi-index hashing (Norouzi, Punjani and Fleet 2012): cut into
 * four parts, two such hashes differ in at most ⌊radius / 4⌋ bits of one part, and hashes with such a part are looked up; if all
 * of the first parts differ in more, little is left for the others. Of hashes that are all zero there are no pairs. Yields after every `slice` hashes what it found, so that other work gets its turn.
 *
 *     for (const pairs of nearHashes(hashes, 10)) …   // [[0, 7, 3], …]: hashes 0 and 7 differ in 3 bits
 *
 * @param hashes `[n, 8]` bytes
 */
export function* nearHashes(
  hashes: Uint8Array,
  radius: number,
  slice = 500,
): Generator<[one: number, other: number, distance: number][]> {
  const count = hashes.length / HASH_BYTES;
  const parts = new Uint16Array(hashes.slice().buffer);
  const words = new Uint32Array(parts.buffer);
  // With all of the first parts above ⌊radius / 4⌋, one of the others must be below it.
  const least = Math.floor(radius / PARTS);
  const limits = Array.from({ length: PARTS }, (_, part) => (part <= radius % PARTS ? least : least - 1));
  const tables = limits.map((limit, part) => ({ masks: masksUpTo(limit), ...tableOf(parts, count, part) }));
  let found: [number, number, number][] = [];
  for (let one = 0; one < count; one++) {
    if (one % slice === slice - 1) {
      yield found;
      found = [];
    }
    const [low, high] = [words[2 * one]!, words[2 * one + 1]!];
    if (low === 0 && high === 0) continue;
    for (const [part, { masks, starts, order }] of tables.entries()) {
      const own = parts[one * PARTS + part]!;
      let looked = 0;
      for (let index = 0; index < masks.length && looked < MOST; index++) {
        const value = own ^ masks[index]!;
        const start = starts[value]!;
        // Those that come before were the other one of the pair already.
        for (
          let at = starts[value + 1]! - 1;
          at >= start && order[at]! > one && looked < MOST;
          at--, looked++
        ) {
          const other = order[at]!;
          const distance = ones(low ^ words[2 * other]!) + ones(high ^ words[2 * other + 1]!);
          if (distance > radius) continue;
          // A pair is told once, for the first part by which it can be found.
          const bits = (each: number): number =>
            ones(parts[one * PARTS + each]! ^ parts[other * PARTS + each]!);
          if (limits.findIndex((limit, each) => bits(each) <= limit) === part)
            found.push([one, other, distance]);
        }
      }
    }
  }
  yield found;
}

/** Hashes in the order of one part's value, and where those of each value begin. */
function tableOf(
  parts: Uint16Array,
  count: number,
  part: number,
): { starts: Uint32Array; order: Uint32Array } {
  const starts = new Uint32Array(VALUES + 1);
  for (let at = 0; at < count; at++) {
    const value = parts[at * PARTS + part]!;
    starts[value + 1] = starts[value + 1]! + 1;
  }
  for (let value = 0; value < VALUES; value++) starts[value + 1] = starts[value + 1]! + starts[value]!;
  const next = starts.slice();
  const order = new Uint32Array(count);
  for (let at = 0; at < count; at++) {
    const value = parts[at * PARTS + part]!;
    order[next[value]!] = at;
    next[value] = next[value]! + 1;
  }
  return { starts, order };
}

/** All 16-bit numbers with at most so many ones. */
const masksUpTo = (limit: number): Uint16Array =>
  Uint16Array.from({ length: VALUES }, (_, mask) => mask).filter((mask) => ones(mask) <= limit);

/** In how many bits two hashes differ. */
export function hashDistance(one: Uint8Array, other: Uint8Array): number {
  let distance = 0;
  for (let at = 0; at < HASH_BYTES; at++) distance += ones(one[at]! ^ other[at]!);
  return distance;
}
