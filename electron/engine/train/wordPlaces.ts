/**
 * Where the words of a new model start, and what maps of text vectors carry words that no picture taught into its space. The
 * numbers in between are training's (`learner.ts`).
 */
import type { JointSpace } from '../../../models/joint/space.ts';
import { meanLength, startingVectors, type WordPlace } from '../../../models/joint/wordStart.ts';
import type { Random } from '../../../models/random.ts';
import { fitRidge, RidgeMap } from '../../../models/text/ridge.ts';
import type { TextModel } from '../../../models/text/textModel.ts';
import type { Vocabulary } from '../../../models/text/vocabulary.ts';
import type { WordLookup } from '../../../models/text/wordVectors.ts';

/**
 * Penalty of the map from text vectors into the space, for vectors of mean square 1; chosen on held-out words of the starter,
 * whose text vectors have a mean square of 29.
 */
const MAP_PENALTY = 10 / 29;

/** Rows of places of words: those of `vectors` [words, D] whose word the lookup knows, and what to make of them. */
interface MappedWords {
  words: readonly string[];
  /** [words, D] */
  vectors: Float32Array;
  dimension: number;
  /** [words] how far a place can be trusted: in how many pictures its word was. */
  pictures: ArrayLike<number>;
}

/** Ridge map from text vectors into the space, `[P + 1, D]`, fitted on all words that have a place in both. */
export function fitTextMap(
  { words, vectors, dimension: D, pictures }: MappedWords,
  lookup: WordLookup,
): Float32Array {
  const P = lookup.dimension;
  const rows = words.flatMap((word, row) => (lookup.has(word) ? [row] : []));
  if (rows.length === 0) return new Float32Array((P + 1) * D);
  const inputs = new Float32Array(rows.length * P);
  const outputs = new Float32Array(rows.length * D);
  rows.forEach((row, index) => {
    inputs.set(lookup.vector(words[row]!)!, index * P);
    outputs.set(vectors.subarray(row * D, (row + 1) * D), index * D);
  });
  const meanSquare = inputs.reduce((sum, value) => sum + value * value, 0) / rows.length;
  const { matrix } = fitRidge(inputs, outputs, {
    samples: rows.length,
    penalty: MAP_PENALTY * Math.max(meanSquare, 1e-12),
    // A word seen in few pictures has a noisy place; past twenty, more pictures add little.
    weights: rows.map((row) => Math.min(20, pictures[row]!)),
  });
  return Float32Array.from(matrix);
}

/** What the starting places of words are found from. */
export interface StartInput {
  vocabulary: Vocabulary;
  /** The words of each photo, as numbers of the vocabulary, without repeats. */
  documents: readonly Uint32Array[];
  /** [photos, D] unit image vectors under the network that training starts from. */
  images: Float32Array;
  text: TextModel;
}

/** The starting vectors `[words, D]` of words that learn on from the starter's space; see `models/joint/wordStart.ts`. */
export function startFromSpace(
  known: JointSpace,
  { vocabulary, documents, images, text }: StartInput,
): Float32Array {
  const { dimension, vectors } = known.data;
  const places = vocabulary.words.map((word) => known.place(word));
  return startingVectors({
    documents,
    images,
    dimension,
    places: guessPlaces(vocabulary.words, places, text.words, dimension),
    length: meanLength(vectors, dimension),
  });
}

/** Gives words without a place one by their text vectors, through a map fitted on the words that have one. */
function guessPlaces(
  words: readonly string[],
  places: readonly (WordPlace | null)[],
  text: WordLookup,
  dimension: number,
): (WordPlace | null)[] {
  const placed = words.flatMap((word, row) => (places[row] && text.has(word) ? [row] : []));
  if (placed.length < LEAST_TO_MAP || places.every((place) => place)) return [...places];
  const vectors = new Float32Array(placed.length * dimension);
  placed.forEach((row, index) => {
    vectors.set(places[row]!.vector, index * dimension);
  });
  const map = new RidgeMap(
    text.dimension,
    dimension,
    fitTextMap(
      {
        words: placed.map((row) => words[row]!),
        vectors,
        dimension,
        pictures: placed.map((row) => 1 + places[row]!.taught),
      },
      text,
    ),
  );
  return words.map((word, row) => {
    const vector = places[row] ? undefined : text.vector(word);
    return vector ? { vector: map.apply(vector), taught: 0 } : (places[row] ?? null);
  });
}

/** Fewer words than this with places in both spaces say nothing of how the spaces lie. */
const LEAST_TO_MAP = 50;

/**
 * New word vectors `[words, D]`: text vectors turned into the space by a random projection, so that related words start near
 * each other; random for a word without one.
 */
export function newVectors(
  words: readonly string[],
  text: WordLookup,
  dimension: number,
  random: Random,
): Float32Array {
  const vectors = new Float32Array(words.length * dimension);
  const deviation = 1 / Math.sqrt(dimension);
  for (let i = 0; i < vectors.length; i++) vectors[i] = random.gaussian() * deviation;
  const P = text.dimension;
  const projection = Float32Array.from({ length: P * dimension }, () => random.gaussian() * deviation);
  words.forEach((word, index) => {
    const vector = text.vector(word);
    if (!vector) return;
    const length = Math.hypot(...vector) || 1;
    for (let k = 0; k < dimension; k++) {
      let sum = 0;
      for (let i = 0; i < P; i++) sum += vector[i]! * projection[i * dimension + k]!;
      vectors[index * dimension + k] = sum / length;
    }
  });
  return vectors;
}
