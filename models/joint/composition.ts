/**
 * From columns of concept scores to one ranking. A concept has been scored against every photo once; composing is a
 * few multiplications a photo, so a slider re-ranks a million photos while it moves. It computes no vectors and learns
 * nothing.
 *
 * Shapes: a column is `[photos]` float32, in one order for all concepts; `weights` is `[concepts]`, a negative weight
 * looking away from its concept. A photo whose score is not a number has none, and ranks last.
 */

/** What turns a cosine into a probability: sigmoid(scale · cosine + bias). The word loss leaves one for each word. */
export interface Calibration {
  scale: number;
  bias: number;
}

/**
 * Dot products of all pairs of concept vectors: what `composeMean` needs to know of them.
 *
 * @param vectors `[concepts][dimension]`, unit vectors
 * Returns `[concepts, concepts]`, row after row. Throws a RangeError if the dimensions differ.
 */
export function gramMatrix(vectors: readonly Float32Array[]): Float64Array {
  const count = vectors.length;
  const gram = new Float64Array(count * count);
  for (const [row, left] of vectors.entries()) {
    for (let column = 0; column <= row; column++) {
      const right = vectors[column]!;
      if (left.length !== right.length) {
        throw new RangeError(
          `Concept vectors must have one dimension, got ${right.length} (concept ${column}) and ${left.length} (concept ${row}).`,
        );
      }
      let product = 0;
      for (let index = 0; index < left.length; index++) product += left[index]! * right[index]!;
      gram[row * count + column] = product;
      gram[column * count + row] = product;
    }
  }
  return gram;
}

/**
 * Composition by the mean (Gomez, Gomez, Gibert and Karatzas, "Learning to Learn from Web Data through Deep Semantic
 * Embeddings", ECCV Workshops 2018): the query is the weighted sum of its concepts, and a photo scores the cosine of its
 * vector x with that sum. For unit vectors c_i and cosines s_i = x · c_i
 *
 *     score = x · Σ w_i c_i / ‖Σ w_i c_i‖ = Σ w_i s_i / √(wᵀ G w),   G_ij = c_i · c_j
 *
 * so the ranking is a re-mix of the columns, and the norm only makes a cosine of it. Where the concepts cancel out
 * (`beach -beach`, or all weights 0) there is no direction to look in, and every photo scores 0.
 *
 * @param gram `[concepts, concepts]`, see `gramMatrix`
 * @param out `[photos]` to write to; a new column if absent
 * Throws a RangeError if the shapes do not agree or a weight is not finite.
 */
export function composeMean(
  columns: readonly Float32Array[],
  weights: readonly number[],
  gram: Float64Array,
  out = emptyColumn(columns),
): Float32Array {
  requireShapes(columns, weights, out);
  const factor = meanFactor(weights, gram);
  return mix(
    columns,
    weights.map((weight) => weight * factor),
    out,
  );
}

/**
 * 1 / ‖Σ w_i c_i‖, or 0 where the concepts cancel out: w_i · factor · s_i is what concept i contributes to a photo's
 * score under `composeMean`, and the contributions add up to it.
 */
export function meanFactor(weights: readonly number[], gram: Float64Array): number {
  const count = weights.length;
  if (gram.length !== count * count) {
    throw new RangeError(
      `${count} concepts need a Gram matrix of ${count * count} numbers, got ${gram.length}.`,
    );
  }
  let square = 0;
  let total = 0;
  for (let row = 0; row < count; row++) {
    total += Math.abs(weights[row]!);
    for (let column = 0; column < count; column++) {
      square += weights[row]! * weights[column]! * gram[row * count + column]!;
    }
  }
  // Float32 unit vectors that cancel out leave about 1e-7 of their length, whose direction is noise.
  const norm = Math.sqrt(Math.max(0, square));
  return norm > 1e-6 * total ? 1 / norm : 0;
}

/**
 * By how much log odds are divided where concepts are put together. Captions leave out much of what is in a picture, so a word that is
 * not likely to be written may be there all the same, and concepts of a picture are no independent witnesses: taken at their word, one
 * that is unsure outvotes all others. 2 was best for pairs of labels over 7,000 photos that the starter never saw (docs/training.md).
 */
const TEMPERATURE = 2;

/** The calibration by which a word is put together with others; the probabilities that people are shown are without it. */
export const tempered = ({ scale, bias }: Calibration): Calibration => ({
  scale: scale / TEMPERATURE,
  bias: bias / TEMPERATURE,
});

/** The cosines of all photos with a word, and what makes probabilities of them. */
export interface CalibratedColumn {
  column: Float32Array;
  calibration: Calibration;
}

/** Logits beyond these are taken for them where words are put together: the odds of all of them stay a number. */
const LOGIT_LIMITS = { least: -700, most: 40 };

/**
 * The logarithm of the probability p = 1 − Π (1 − p_i) that at least one of these words is in each photo, p_i being
 * sigmoid(scale · cosine + bias), or with `present` false of 1 − p, that none is. Of one word, with z = scale · cosine + bias, it is
 * min(±z, 0) − log(1 + e^−|z|). Of several, from their odds o = Π (1 + e^z_i) − 1, it is log o − log(1 + o), and −log(1 + o).
 *
 * @param words at least one
 * Throws a RangeError if the shapes do not agree or a calibration is not finite.
 */
export function logProbability(words: readonly CalibratedColumn[], present: boolean): Float32Array {
  const [only] = words;
  const out = new Float32Array(only!.column.length);
  requireShapes(
    words.map(({ column }) => column),
    words.map(() => 1),
    out,
  );
  for (const { scale, bias } of words.map(({ calibration }) => calibration)) {
    if (!Number.isFinite(scale) || !Number.isFinite(bias)) {
      throw new RangeError(`A calibration must be finite, got scale ${scale} and bias ${bias}.`);
    }
  }
  if (words.length === 1) {
    const { column, calibration } = only!;
    const sign = present ? 1 : -1;
    for (let photo = 0; photo < out.length; photo++) {
      const z = sign * (calibration.scale * column[photo]! + calibration.bias);
      out[photo] = Math.min(z, 0) - Math.log1p(Math.exp(-Math.abs(z)));
    }
    return out;
  }
  const odds = new Float64Array(out.length);
  const { least, most } = LOGIT_LIMITS;
  for (const { column, calibration } of words) {
    for (let photo = 0; photo < out.length; photo++) {
      const z = calibration.scale * column[photo]! + calibration.bias;
      const own = Math.exp(Math.max(least, Math.min(z, most)));
      // Not as a product less 1, in which the odds of rare words would be lost.
      odds[photo] = odds[photo]! * (1 + own) + own;
    }
  }
  for (let photo = 0; photo < out.length; photo++) {
    const absent = -Math.log1p(odds[photo]!);
    out[photo] = present ? Math.log(odds[photo]!) + absent : absent;
  }
  return out;
}

/**
 * One concept's column for composing by `all`: the logarithm of the probability p = Π p_word that all its words are in the
 * photo, were they independent, or with `present` false of 1 − p, that not all of them are. A word is there when one of
 * those that it covers is, see [Note: What a word covers].
 *
 * [Note: composing by all] The score is Σ |w_i| · log p_i, with 1 − p_i where the weight is negative: `mix` these columns with
 * the sizes of the weights. A photo that lacks one concept cannot make up for it with another, and taking a concept away
 * stops mattering where it is surely absent. Under the mean instead, "snow − leopard" looks for the opposite of a
 * leopard, which is a beach where both words lie close together.
 *
 * @param words at least one; each the columns of the word and of what it covers
 * Throws a RangeError if the shapes do not agree or a number is not finite.
 */
export function conceptLogProbability(
  words: readonly (readonly CalibratedColumn[])[],
  present: boolean,
): Float32Array {
  if (words.length === 0) throw new RangeError('A concept needs at least one word.');
  if (words.length === 1) return logProbability(words[0]!, present);
  const logs = words.map((word) => logProbability(word, true));
  const sum = mix(
    logs,
    logs.map(() => 1),
  );
  // log(1 − p) of p = e^sum; a p of 1 to float32 would be −∞, which no other concept could weigh up.
  return present ? sum : sum.map((log) => Math.log(-Math.expm1(Math.min(log, -1e-7))));
}

/**
 * The weighted sum of columns. Columns of weight 0 are not looked at.
 *
 * @param out `[photos]` to write to, none of the columns; a new one if absent
 * Throws a RangeError if the shapes do not agree or a weight is not finite.
 */
export function mix(
  columns: readonly Float32Array[],
  weights: readonly number[],
  out = emptyColumn(columns),
): Float32Array {
  requireShapes(columns, weights, out);
  out.fill(0);
  for (const [concept, column] of columns.entries()) {
    const weight = weights[concept]!;
    if (weight === 0) continue;
    for (let photo = 0; photo < out.length; photo++) out[photo] = out[photo]! + weight * column[photo]!;
  }
  return out;
}

/**
 * The best photos, best first. [Note: ranking order] A higher score ranks before a lower one, 0 and −0 being equal; of
 * equal scores the lower index ranks first; what is not a number ranks after everything else, by index too. So a
 * ranking is one and the same on every machine and for every `count`.
 *
 * Selection and sorting are on integer keys that order as the scores do: two counting passes over 16 bits each find the
 * key of the last photo that is wanted, and only the photos up to it are sorted. O(N + k log k), whatever the scores.
 *
 * @param scores `[photos]`
 * @param count how many are wanted, at most
 * @param allowed `[photos]`, 0 where a photo must not be returned; all may be if absent
 * Returns indices into `scores`. Throws a RangeError if `allowed` has another length or `count` is negative.
 */
export function topRanked(scores: Float32Array, count: number, allowed?: Uint8Array): Uint32Array {
  requireMask(scores, allowed);
  if (!(count >= 0)) throw new RangeError(`The number of photos wanted must not be negative, got ${count}.`);
  const bits = new Int32Array(scores.buffer, scores.byteOffset, scores.length);
  const last = lastWanted(bits, count, allowed);
  // A key above an index is one 64-bit integer that orders by both (low word first on every processor that V8 knows
  // in this application).
  const entries = new BigUint64Array(last.photos);
  const words = new Uint32Array(entries.buffer);
  let taken = 0;
  let ties = last.ties;
  for (let photo = 0; taken < last.photos && photo < bits.length; photo++) {
    if (allowed && allowed[photo] === 0) continue;
    const key = rankingKey(bits[photo]!);
    if (key > last.key) continue;
    if (key === last.key && ties-- <= 0) continue;
    words[2 * taken] = photo;
    words[2 * taken + 1] = key ^ 0x80000000;
    taken++;
  }
  entries.sort();
  const ranked = new Uint32Array(taken);
  for (let rank = 0; rank < taken; rank++) ranked[rank] = words[2 * rank]!;
  return ranked;
}

/**
 * The rank of one photo, from 1, in the order of [Note: ranking order]: `topRanked(scores, N)[rank − 1]` is that photo.
 *
 * @param allowed `[photos]`, 0 where a photo does not count; the photo asked for counts always
 * Throws a RangeError if there is no such photo.
 */
export function rankOf(scores: Float32Array, index: number, allowed?: Uint8Array): number {
  requireMask(scores, allowed);
  if (!Number.isInteger(index) || index < 0 || index >= scores.length) {
    throw new RangeError(`There is no photo ${index} among ${scores.length} scores.`);
  }
  const bits = new Int32Array(scores.buffer, scores.byteOffset, scores.length);
  const own = rankingKey(bits[index]!);
  let rank = 1;
  for (let photo = 0; photo < bits.length; photo++) {
    if (allowed && allowed[photo] === 0) continue;
    const key = rankingKey(bits[photo]!);
    if (key < own || (key === own && photo < index)) rank++;
  }
  return rank;
}

/**
 * A signed 32-bit integer that is smaller the better the float32 of these bits ranks. Without branches where scores
 * differ in sign at random: those cost more than everything else here.
 */
function rankingKey(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return 0x7fffffff;
  // Positive floats order as their bits do, negative ones the other way round.
  return bits === -0x80000000 ? -1 : ~(bits ^ ((bits >> 31) & 0x7fffffff));
}

/** The largest key among the `count` best, how many photos there are up to it, and how many of those have that key. */
function lastWanted(
  bits: Int32Array,
  count: number,
  allowed: Uint8Array | undefined,
): { key: number; photos: number; ties: number } {
  const upper = new Uint32Array(65536);
  let candidates = 0;
  for (let photo = 0; photo < bits.length; photo++) {
    if (allowed && allowed[photo] === 0) continue;
    upper[(rankingKey(bits[photo]!) >> 16) + 32768]!++;
    candidates++;
  }
  const photos = Math.min(Math.floor(count), candidates);
  if (photos === 0) return { key: 0, photos: 0, ties: 0 };
  const high = binOf(upper, photos);
  const highBits = high.bin - 32768;
  const lower = new Uint32Array(65536);
  for (let photo = 0; photo < bits.length; photo++) {
    if (allowed && allowed[photo] === 0) continue;
    const key = rankingKey(bits[photo]!);
    if (key >> 16 === highBits) lower[key & 0xffff]!++;
  }
  const low = binOf(lower, photos - high.before);
  return { key: highBits * 65536 + low.bin, photos, ties: photos - high.before - low.before };
}

/** The bin that holds the `wanted`-th item (from 1), and how many items the bins before it hold. */
function binOf(histogram: Uint32Array, wanted: number): { bin: number; before: number } {
  let before = 0;
  let bin = 0;
  while (before + histogram[bin]! < wanted) before += histogram[bin++]!;
  return { bin, before };
}

function emptyColumn(columns: readonly Float32Array[]): Float32Array {
  return new Float32Array(columns[0]?.length ?? 0);
}

function requireShapes(
  columns: readonly Float32Array[],
  weights: readonly number[],
  out: Float32Array,
): void {
  if (weights.length !== columns.length) {
    throw new RangeError(`${columns.length} concepts need as many weights, got ${weights.length}.`);
  }
  for (const [concept, column] of columns.entries()) {
    if (column.length !== out.length) {
      throw new RangeError(
        `The column of concept ${concept} has ${column.length} scores, expected ${out.length}.`,
      );
    }
    if (!Number.isFinite(weights[concept]!)) {
      throw new RangeError(
        `The weight of concept ${concept} is ${weights[concept]}, expected a finite number.`,
      );
    }
  }
}

function requireMask(scores: Float32Array, allowed: Uint8Array | undefined): void {
  if (allowed && allowed.length !== scores.length) {
    throw new RangeError(`The mask is of ${allowed.length} photos, but there are ${scores.length} scores.`);
  }
}
