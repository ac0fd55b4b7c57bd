/**
 * Where the words of a new model start before training moves them. A word has two hints: the place it has already (in the
 * starter, or where text alone puts it), and the mean of the pictures that the user wrote it under. They are mixed like a
 * prior and its evidence: the more pictures taught the place before, the more it takes to leave it, but for a word whose pictures have
 * nothing in common with its place: it means something else here. So "Zorro" starts from its dozen pictures, "Pepper" leaves the
 * vegetable for the dog, and "beach" stays.
 *
 * Shape letters: V words, D dimension, N photos.
 */

export interface WordStartInput {
  /** The words of each photo, as numbers below V, without repeats. */
  documents: readonly Uint32Array[];
  /** [N, D] unit image vectors under the network that training starts from. */
  images: Float32Array;
  dimension: number;
  /** For each word the place that it has already, or null. */
  places: readonly (WordPlace | null)[];
  /** Length that a new vector gets. */
  length: number;
}

/** A place in the space. */
export interface WordPlace {
  /** [D] */
  vector: Float32Array;
  /** How many captioned photos taught it; 0 for a guess from text alone. */
  taught: number;
}

/** How many pictures weigh as much as a guess from text. */
const PRIOR_PICTURES = 3;
/**
 * Cosine from which pictures agree with a place that other pictures taught, which then is the better one. Of words that COCO
 * captions use alike, half lie above .4 by ten pictures; "pepper" as a cat's name lies at .1.
 */
const AGREEMENT = 0.3;

/** The starting vectors of all words, `[V, D]`. */
export function startingVectors({
  documents,
  images,
  dimension,
  places,
  length,
}: WordStartInput): Float32Array {
  const vectors = new Float32Array(places.length * dimension);
  const { seen, pictures } = pictureMeans(documents, images, dimension, places.length);
  places.forEach((place, word) => {
    const start = word * dimension;
    const evidence = seen.subarray(start, start + dimension);
    const share = evidenceShare(place, evidence, pictures[word]!);
    if (place && share === 0) {
      vectors.set(place.vector, start);
      return;
    }
    const seenScale = share / (norm(evidence) || 1);
    const placeScale = place ? (1 - share) / (norm(place.vector) || 1) : 0;
    const mixed = evidence.map((value, i) => seenScale * value + (place ? placeScale * place.vector[i]! : 0));
    const scale = length / (norm(mixed) || 1);
    mixed.forEach((value, i) => {
      vectors[start + i] = value * scale;
    });
  });
  return vectors;
}

/** How much of a word's start comes from its pictures, 0 to 1. */
function evidenceShare(place: WordPlace | null, evidence: Float64Array, pictures: number): number {
  if (!place) return 1;
  // A word under every photo sets none apart: what is left of its pictures is rounding.
  if (pictures === 0 || norm(evidence) < 1e-4) return 0;
  if (place.taught === 0) return pictures / (pictures + PRIOR_PICTURES);
  const product = evidence.reduce((sum, value, i) => sum + value * place.vector[i]!, 0);
  const agreement = product / (norm(evidence) * norm(place.vector) || 1);
  const contradiction = Math.min(1, Math.max(0, 1 - agreement / AGREEMENT));
  // What taught the place counts for less, too, where the word seems to mean something else now.
  return (contradiction * pictures) / (pictures + PRIOR_PICTURES + place.taught * (1 - contradiction));
}

/**
 * For each word the mean of the pictures it was written under, less the mean of all pictures: what sets them apart, not what
 * all share. `seen` is [V, D].
 */
function pictureMeans(
  documents: readonly Uint32Array[],
  images: Float32Array,
  dimension: number,
  words: number,
): { seen: Float64Array; pictures: Uint32Array } {
  const seen = new Float64Array(words * dimension);
  const pictures = new Uint32Array(words);
  const mean = new Float64Array(dimension);
  documents.forEach((document, photo) => {
    for (let i = 0; i < dimension; i++)
      mean[i] = mean[i]! + images[photo * dimension + i]! / documents.length;
    for (const word of document) {
      pictures[word] = pictures[word]! + 1;
      for (let i = 0; i < dimension; i++) {
        const at = word * dimension + i;
        seen[at] = seen[at]! + images[photo * dimension + i]!;
      }
    }
  });
  for (let at = 0; at < seen.length; at++) {
    const count = pictures[Math.floor(at / dimension)]!;
    if (count > 0) seen[at] = seen[at]! / count - mean[at % dimension]!;
  }
  return { seen, pictures };
}

/** Mean length of the rows of `vectors` [rows, D]. */
export function meanLength(vectors: Float32Array, dimension: number): number {
  const rows = vectors.length / dimension;
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += norm(vectors.subarray(row * dimension, (row + 1) * dimension));
  return rows > 0 ? sum / rows : 1;
}

function norm(vector: Float32Array | Float64Array): number {
  let square = 0;
  for (const value of vector) square += value * value;
  return Math.sqrt(square);
}
