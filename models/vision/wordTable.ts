/**
 * The trainable word vectors, and the sparse algebra between them and captions. A caption is a handful of words out of
 * thousands, so this runs over plain arrays; the dense products are in `losses.ts`.
 *
 * Shape letters: V words, D dimension, B captions of a batch.
 */

/** A caption as words of a vocabulary: word numbers without repeats, and the weight of each (tf × idf or 1). */
export interface WeightedWords {
  words: Uint32Array;
  weights: Float32Array;
}

/** Rows of `vectors` [rows, D] scaled to length 1, and what the lengths were. A zero row stays zero. */
export function normaliseRows(
  vectors: Float32Array,
  dimension: number,
): { unit: Float32Array; norms: Float32Array } {
  const rows = vectors.length / dimension;
  const unit = new Float32Array(vectors.length);
  const norms = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * dimension;
    let square = 0;
    for (let i = start; i < start + dimension; i++) square += vectors[i]! * vectors[i]!;
    const norm = Math.sqrt(square);
    norms[row] = norm;
    if (norm > 0) for (let i = start; i < start + dimension; i++) unit[i] = vectors[i]! / norm;
  }
  return { unit, norms };
}

/** Gradient through `normaliseRows`: dx = (dû − (dû·û) û) / ‖x‖, added to `out`. */
export function normaliseRowsBackward(
  gradient: Float32Array,
  unit: Float32Array,
  norms: Float32Array,
  dimension: number,
  out: Float32Array,
): void {
  for (let row = 0; row < norms.length; row++) {
    if (norms[row] === 0) continue;
    const start = row * dimension;
    let along = 0;
    for (let i = start; i < start + dimension; i++) along += gradient[i]! * unit[i]!;
    for (let i = start; i < start + dimension; i++)
      out[i] = out[i]! + (gradient[i]! - along * unit[i]!) / norms[row]!;
  }
}

/** Captions as weighted sums of word vectors: `[captions, D]`, not normalised. */
export function composeCaptions(
  captions: readonly WeightedWords[],
  vectors: Float32Array,
  dimension: number,
): Float32Array {
  const sums = new Float32Array(captions.length * dimension);
  captions.forEach(({ words, weights }, caption) => {
    const at = caption * dimension;
    for (let k = 0; k < words.length; k++) {
      const from = words[k]! * dimension;
      const weight = weights[k]!;
      for (let i = 0; i < dimension; i++) sums[at + i] = sums[at + i]! + weight * vectors[from + i]!;
    }
  });
  return sums;
}

/** Gradient through `composeCaptions`, added to `out` [V, D]. */
export function composeCaptionsBackward(
  captions: readonly WeightedWords[],
  gradient: Float32Array,
  dimension: number,
  out: Float32Array,
): void {
  captions.forEach(({ words, weights }, caption) => {
    const from = caption * dimension;
    for (let k = 0; k < words.length; k++) {
      const at = words[k]! * dimension;
      const weight = weights[k]!;
      for (let i = 0; i < dimension; i++) out[at + i] = out[at + i]! + weight * gradient[from + i]!;
    }
  });
}
