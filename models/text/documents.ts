/**
 * A text as one vector: the mean of its words' vectors, or their mean weighted by inverse document frequency. This is how
 * Word2Vec, GloVe and FastText embed captions and queries.
 */
import type { WordLookup } from './wordVectors.ts';

/** The weight of one occurrence of a word, 0 or more. */
export type WordWeight = (word: string) => number;

/**
 * The vector of a text, `[lookup.dimension]`: Σ v(t) / n over its n known tokens, or with `weight` Σ weight(t) v(t) / Σ weight(t).
 * A repeated token counts each time, so that weights of log₂(N/df) make tf-idf. (Gensim's TfidfModel also divides by the length
 * of the weights' vector: the direction is the same.) Unknown words are left out; null for a text without a known word. When
 * every known word has weight 0, as "photo" would if all captions had it, the plain mean is all there is, and is given.
 */
export function documentVector(
  tokens: readonly string[],
  lookup: WordLookup,
  weight?: WordWeight,
): Float32Array | null {
  const weighted = new Float64Array(lookup.dimension);
  const plain = new Float64Array(lookup.dimension);
  let known = 0;
  let total = 0;
  for (const token of tokens) {
    const vector = lookup.vector(token);
    if (vector === undefined) continue;
    const factor = weight?.(token) ?? 1;
    known++;
    total += factor;
    for (let i = 0; i < vector.length; i++) {
      plain[i]! += vector[i]!;
      weighted[i]! += factor * vector[i]!;
    }
  }
  if (known === 0) return null;
  return total > 0
    ? Float32Array.from(weighted, (sum) => sum / total)
    : Float32Array.from(plain, (sum) => sum / known);
}
