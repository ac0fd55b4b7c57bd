/**
 * The joint space of one model, on its side of words: turns words into vectors that lie where pictures of them lie, and
 * cosines into probabilities. The side of pictures is the head (`models/vision/head.ts`).
 *
 * [Note: Where a word's meaning comes from]
 * A word has its place in the space from the first of these that knows it:
 * 1. `learned`: it was written often enough under the user's own photos, and its vector was trained with the pictures;
 * 2. `starter`: the model that ships with Photolex learned it from other people's captioned photos;
 * 3. `pretrained`: the pretrained vectors know it, and a ridge map, fitted on the words that have a place in both, carries its text
 *    vector into the space;
 * 4. `spelling`: FastText makes a vector of its letters, and a map of its own carries that;
 * 5. `unknown`: nobody knows it. A concept without one known word has no vector.
 * A phrase ("snow_leopard") that none of 1 to 3 knows is the sum of its words.
 *
 * [Note: What a word covers]
 * Captions say "man" and "children", hardly ever "person", so its own vector finds few of the people in a library, and that of "car"
 * misses where there are several. A concept's word therefore covers the trained words that a thesaurus has for its singular, its plural or a
 * kind of it, and is in a photo when one of them is: p = 1 − Π (1 − p_i), as if they were independent. General English is not the
 * user's language: a "pepper" who is a dog is no vegetable, and covered is only what lies near the word among the pictures, too.
 * Captions in training and in evaluation are what was written, and cover nothing.
 */
import { phraseWords } from '../text/phrases.ts';
import type { TextPreparation } from '../text/preparation.ts';
import { RidgeMap } from '../text/ridge.ts';
import type { DocumentEmbedding } from '../text/textModel.ts';
import { type WordLookup, WordVectors } from '../text/wordVectors.ts';
import type { Calibration } from './composition.ts';
import type { TextKnowledge } from './textKnowledge.ts';
import { fromOrigin } from './textSpace.ts';
import type { WordPlace } from './wordStart.ts';

export type WordSource = 'learned' | 'starter' | 'pretrained' | 'spelling' | 'unknown';

/** What a model has learned about words, as plain arrays. V words, D dimension, P dimension of the text embedding. */
export interface SpaceData {
  dimension: number;
  words: readonly string[];
  /** [V, D], as trained: their lengths count when a caption is composed. */
  vectors: Float32Array;
  /** [V] weight of a word in a caption. */
  inverseDocumentFrequency: Float32Array;
  /** [V] bias of the word's probability. */
  bias: Float32Array;
  /** [V] how often the user wrote it; 0 for a word of the starter. */
  counts: Uint32Array;
  /** [V] how many captioned photos taught it, the user's or the starter's. */
  taught: Uint32Array;
  /** Scale of all probabilities. */
  scale: number;
  /** [P + 1, D] from pretrained vectors to the space, the constant in its last row; null in a space from scratch. */
  map: Float32Array | null;
  /** [Q + 1, D] the same from the vectors that FastText makes of letters; null without FastText. */
  spellingMap: Float32Array | null;
  /**
   * [D] in a space that is the text embedding's own: the mean caption, which is taken off all vectors. Null where words were
   * learned with pictures. See [Note: A text model's space as the joint space].
   */
  origin: Float32Array | null;
}

/** A source of vectors for words that no picture taught. */
interface Guess {
  source: WordSource;
  lookup: WordLookup;
  map: RidgeMap;
}

export interface ConceptWord {
  word: string;
  source: WordSource;
  /** [D] unit vector, or null for an unknown word. */
  vector: Float32Array | null;
  /** What turns the cosine with `vector` into a probability; null where nothing was learned about it. */
  calibration: Calibration | null;
}

/** A trained word that another one covers. */
export interface CoveredWord {
  word: string;
  /** [D] unit vector. */
  vector: Float32Array;
  calibration: Calibration;
}

/**
 * What a covered word's cosine with the word is at least among the pictures, and the sum of that and of their cosine in general English: a
 * "kite" lies as near to "bird" among the pictures as "horse" to "animal", but nobody writes of it as one. Where English does not know
 * the two, that cosine counts as the one given here.
 */
const COVERED_SIMILARITY = { pictures: 0.1, sum: 0.4, unknown: 0.2 };
/** Covered words at most, those that the user wrote most or else most pictures taught: more find hardly more, and each is one more scan of all photos. */
const COVERED_WORDS = 8;

/** What a word in every caption weighs: its inverse document frequency is 0, but where nothing else is written it still means something. */
export const LEAST_WEIGHT = 1e-3;

export interface ConceptVector {
  /** [D] unit vector, or null if no word of the text is known. */
  vector: Float32Array | null;
  words: ConceptWord[];
}

export class JointSpace {
  readonly data: SpaceData;
  /** How texts become tokens. */
  readonly preparation: TextPreparation;
  readonly #rows: Map<string, number>;
  readonly #guesses: readonly Guess[];
  readonly #rare: number;
  readonly #documents: DocumentEmbedding | null;
  readonly #english: TextKnowledge['english'];
  /** What was asked for of `covered`. */
  readonly #covered = new Map<string, readonly CoveredWord[]>();
  #unit: WordVectors | undefined;

  constructor(
    data: SpaceData,
    { pretrained, spelling, documents, english }: Omit<TextKnowledge, 'shared'>,
    preparation: TextPreparation,
  ) {
    this.preparation = preparation;
    this.data = data;
    this.#rows = new Map(data.words.map((word, row) => [word, row]));
    const guess = (source: WordSource, lookup: WordLookup | null, map: Float32Array | null): Guess[] =>
      lookup && map ? [{ source, lookup, map: new RidgeMap(lookup.dimension, data.dimension, map) }] : [];
    this.#guesses = [
      ...guess('pretrained', pretrained, data.map),
      ...guess('spelling', spelling, data.spellingMap),
    ];
    this.#documents = data.origin ? documents : null;
    this.#english = english;
    this.#rare = data.inverseDocumentFrequency.reduce((most, value) => Math.max(most, value), 1);
  }

  /** For a direction that nobody learned a bias for, such as a picture's: even odds at a cosine of one half. */
  get uncalibrated(): Calibration {
    return { scale: this.data.scale, bias: -this.data.scale / 2 };
  }

  /** The row of a word that has a trained vector. */
  row(word: string): number | undefined {
    return this.#rows.get(word);
  }

  /** Where a word's meaning comes from, see the note above. */
  source(word: string): WordSource {
    const row = this.#rows.get(word);
    if (row !== undefined) return this.data.counts[row]! > 0 ? 'learned' : 'starter';
    return this.#guess(word)?.source ?? 'unknown';
  }

  #guess(word: string): Guess | undefined {
    return this.#guesses.find(({ lookup }) => lookup.has(word));
  }

  /** A word's vector as captions are composed from it, with its weight; undefined for an unknown word. */
  #weighted(word: string): { vector: Float32Array; weight: number } | undefined {
    const { dimension, vectors, inverseDocumentFrequency } = this.data;
    const row = this.#rows.get(word);
    if (row !== undefined) {
      const vector = vectors.subarray(row * dimension, (row + 1) * dimension);
      return { vector, weight: inverseDocumentFrequency[row]! };
    }
    const guess = this.#guess(word);
    const text = guess?.lookup.vector(word);
    return text && { vector: guess!.map.apply(text), weight: this.#rare };
  }

  /** The words that stand for a token: itself, or those of a phrase that is not known as a whole. */
  #known(token: string): readonly string[] {
    const words = phraseWords(token);
    const whole = words.length === 1 || this.#rows.has(token) || this.#guess(token)?.source === 'pretrained';
    return whole ? [token] : words;
  }

  /**
   * Where a word lies, [D] as captions are composed from it, and how many pictures taught it; null for an unknown word. A phrase
   * that is not known as a whole lies at the sum of its words.
   */
  place(word: string): WordPlace | null {
    const words = this.#known(word);
    if (words.length > 1) {
      const { vector } = this.compose(words);
      return vector && { vector, taught: 0 };
    }
    const known = this.#weighted(word);
    const row = this.#rows.get(word);
    return known ? { vector: known.vector, taught: row === undefined ? 0 : this.data.taught[row]! } : null;
  }

  /**
   * The concept that a text names: the weighted sum of its words, as captions were composed in training, scaled to
   * length 1. Stop words and unknown words add nothing.
   */
  concept(text: string): ConceptVector {
    return this.compose(this.preparation.query(text));
  }

  /** The same for tokens. */
  compose(tokens: readonly string[]): ConceptVector {
    const sum = new Float32Array(this.data.dimension);
    const words = [...new Set(tokens.flatMap((token) => this.#known(token)))].map((word): ConceptWord => {
      const source = this.source(word);
      const known = this.#weighted(word);
      if (!known) return { word, source, vector: null, calibration: null };
      // A caption with a phrase lies at the sum of its words, as in training; the phrase alone at its own place.
      const parts = tokens.length > 1 ? phraseWords(word) : [word];
      for (const part of parts) {
        const { vector, weight } = this.#weighted(part) ?? known;
        const factor = Math.max(weight, LEAST_WEIGHT);
        for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + factor * vector[i]!;
      }
      const row = this.#rows.get(word);
      const calibration = row === undefined ? null : { scale: this.data.scale, bias: this.data.bias[row]! };
      return { word, source, vector: unit(known.vector), calibration };
    });
    return { vector: unit(this.#whole(tokens) ?? sum), words };
  }

  /** The trained words that a word covers, what the user writes most first. See [Note: What a word covers]. */
  covered(word: string): readonly CoveredWord[] {
    const known = this.#covered.get(word);
    if (known) return known;
    const place = this.#english && this.#weighted(word);
    const own = place && unit(place.vector);
    const covered = own ? this.#coveredBy(word, own, this.#english!.thesaurus.covering(word)) : [];
    this.#covered.set(word, covered);
    return covered;
  }

  #coveredBy(word: string, own: Float32Array, covers: (other: string) => boolean): CoveredWord[] {
    const { words, counts, taught, bias, scale, dimension } = this.data;
    const { vectors } = this.#units();
    const general = this.#englishVector(word);
    const { pictures, sum, unknown } = COVERED_SIMILARITY;
    return words
      .flatMap((word, row) => {
        if (!covers(word)) return [];
        const vector = vectors.subarray(row * dimension, (row + 1) * dimension);
        const among = cosine(own, vector);
        const other = this.#englishVector(word);
        const written = general && other ? cosine(general, other) : unknown;
        const calibration = { scale, bias: bias[row]! };
        const isNear = among >= pictures && among + written >= sum;
        return isNear ? [{ row, word, vector, calibration }] : [];
      })
      .sort((one, other) => counts[other.row]! - counts[one.row]! || taught[other.row]! - taught[one.row]!)
      .slice(0, COVERED_WORDS)
      .map(({ word, vector, calibration }) => ({ word, vector, calibration }));
  }

  /** [P] unit vector of a word in general English; null if that does not know it. */
  #englishVector(word: string): Float32Array | null {
    const vector = this.#english?.vectors?.vector(word);
    return vector ? unit(vector) : null;
  }

  /** Several words as an embedding of whole texts sees them, in a space of its own; null for one that embeds words. */
  #whole(tokens: readonly string[]): Float32Array | null {
    if (tokens.length < 2) return null;
    const vector = this.#documents?.infer(tokens);
    return vector ? fromOrigin(vector, this.data.origin!) : null;
  }

  /** The trained words with vectors of length 1, made when first asked for. */
  #units(): WordVectors {
    this.#unit ??= new WordVectors(this.data.words, this.data.dimension, this.data.vectors).normalised();
    return this.#unit;
  }

  /** Trained words nearest to a vector [D] by cosine, best first. */
  nearest(
    vector: Float32Array,
    count: number,
    exclude?: ReadonlySet<string>,
  ): { word: string; similarity: number }[] {
    return this.#units().nearest(vector, count, exclude);
  }

  /** The trained words most probably in a picture [D], best first. */
  seen(picture: Float32Array, count: number): { word: string; probability: number }[] {
    const { words, scale, bias, dimension } = this.data;
    const { vectors } = this.#units();
    return words
      .map((word, row) => {
        let cosine = 0;
        for (let i = 0; i < dimension; i++) cosine += picture[i]! * vectors[row * dimension + i]!;
        return { word, probability: 1 / (1 + Math.exp(-scale * cosine - bias[row]!)) };
      })
      .sort((a, b) => b.probability - a.probability)
      .slice(0, count);
  }
}

/** Of unit vectors. */
const cosine = (one: Float32Array, other: Float32Array): number =>
  one.reduce((sum, value, i) => sum + value * other[i]!, 0);

function unit(vector: Float32Array): Float32Array | null {
  let square = 0;
  for (const value of vector) square += value * value;
  const norm = Math.sqrt(square);
  return norm > 0 ? vector.map((value) => value / norm) : null;
}
