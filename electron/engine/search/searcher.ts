/**
 * Live search over one model: each concept is scored against every photo once, and its column of scores is kept, so that a
 * slider only re-mixes columns. It holds the model's image vectors in memory (int8) and its words; photos and their texts
 * stay in the database.
 */
import {
  type CalibratedColumn,
  type Calibration,
  composeMean,
  conceptLogProbability,
  gramMatrix,
  logProbability,
  meanFactor,
  mix,
  rankOf,
  tempered,
  topRanked,
} from '../../../models/joint/composition.ts';
import type { ConceptWord, JointSpace } from '../../../models/joint/space.ts';
import { phraseText, withPhraseWords } from '../../../models/text/phrases.ts';
import { VectorScan } from '../../../native/scan/vectorScan.ts';
import type { Compose, Concept, ConceptInfo, Explanation } from '../contract.ts';
import type { Library } from '../library/library.ts';
import type { StoredModel } from '../library/models.ts';

/** A picture from outside as the searcher knows it. */
export interface Picture {
  name: string;
  vector: Float32Array;
}

/** A concept with its direction in the space, and the words that it is made of. */
interface Direction {
  /** [D] unit vector, or null for a concept that the model does not know. */
  vector: Float32Array | null;
  words: ConceptWord[];
  label: string;
  /** Photos in whose texts the words stand. */
  written: readonly number[];
}

/** A word of a concept, or one that it covers. */
interface ConceptPart {
  /** Null for a picture. */
  word: string | null;
  /** [D] unit vector. */
  vector: Float32Array;
  calibration: Calibration;
}

/** What a word that no model knows says of a photo in a probability's terms: nearly sure either way. */
const WRITTEN: Calibration = { scale: 10, bias: -5 };
/** How sure a word is of a photo under which somebody wrote it; the picture's own probability adds to that. */
const WRITTEN_PROBABILITY = 0.98;

export interface Ranking {
  /** Positions in the scan, best first. */
  positions: Uint32Array;
  /** Photo at each position of the scan. */
  photos: readonly number[];
  scores: Float32Array;
  /** One column of cosines for each concept, over all photos. */
  columns: Float32Array[];
  concepts: ConceptInfo[];
  total: number;
}

/** Columns kept, and lists of photos with a word: more than a query has concepts, few enough for a million photos. */
const KEPT = 48;
/** Words shown of what the model sees in a picture. */
const SEEN_WORDS = 8;

export class Searcher {
  readonly model: StoredModel;
  readonly space: JointSpace;
  readonly #library: Library;
  readonly #scan: VectorScan;
  readonly #pictures: ReadonlyMap<string, Picture>;
  /** Whether photos are also found by the words that stand in their texts. */
  readonly #reads: boolean;
  /** Photos that are not shown themselves, each with the one that is shown for it. */
  readonly #hidden: readonly { photo: number; shownBy: number }[];
  /** Columns by concept. */
  readonly #columns = new LatestUsed<Float32Array>(KEPT);
  /** Photos by the words that stand under them. */
  readonly #written = new LatestUsed<readonly number[]>(KEPT);

  private constructor(
    library: Library,
    model: StoredModel,
    space: JointSpace,
    scan: VectorScan,
    pictures: ReadonlyMap<string, Picture>,
    reads = true,
  ) {
    this.#library = library;
    this.#reads = reads;
    this.model = model;
    this.space = space;
    this.#scan = scan;
    this.#pictures = pictures;
    this.#hidden = library.groups.hidden();
  }

  /** Loads a model's image vectors. @param pictures pictures from outside, by id; may grow later. */
  static async load(
    library: Library,
    model: StoredModel,
    space: JointSpace,
    pictures: ReadonlyMap<string, Picture>,
  ): Promise<Searcher> {
    const scan = new VectorScan(model.dimension);
    for (const { photos, vectors } of library.vectors.chunks(model)) {
      scan.append(photos, vectors);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return new Searcher(library, model, space, scan, pictures);
  }

  /** Takes photos out whose vectors are of bytes that are gone. They are found again when their new vectors are loaded. */
  forget(photos: readonly number[]): void {
    if (this.#scan.remove(photos) > 0) this.#columns.clear();
  }

  /** The same search by what photos look like alone: judged by texts, it must not read them. */
  blind(): Searcher {
    return new Searcher(this.#library, this.model, this.space, this.#scan, this.#pictures, false);
  }

  /** Cosine of every photo with a direction [D], in the scan's order. */
  scores(vector: Float32Array): Float32Array {
    return this.#scan.scores(vector);
  }

  /** Photos under which these words stand, or whose place has them for a name; kept, because a slider asks at every move. */
  #photosWith(words: string): readonly number[] {
    const { texts, facts } = this.#library;
    return this.#written.get(words, () => [
      ...new Set([...texts.photosWith(words), ...facts.photosAt(words)]),
    ]);
  }

  /** Cosine of one photo with a direction [D]; undefined if the photo has no vector. */
  scoreOf(photo: number, vector: Float32Array): number | undefined {
    const position = this.#scan.positionOf(photo);
    return position === undefined ? undefined : this.#scan.score(vector, position);
  }

  /** Forgets what was kept of texts, because they have changed. */
  forgetTexts(): void {
    this.#columns.clear();
    this.#written.clear();
  }

  /** The direction of a concept. */
  #direction(concept: Concept): Direction {
    switch (concept.kind) {
      case 'text': {
        const { vector, words } = this.space.concept(concept.text);
        const written = this.#reads ? this.#photosWith(concept.text) : [];
        return { vector, words, label: concept.text, written };
      }
      case 'photo': {
        const vector = this.#library.vectors.get(this.model, concept.photo) ?? null;
        return { vector, words: [], label: `photo ${concept.photo}`, written: [] };
      }
      case 'image': {
        const picture = this.#pictures.get(concept.image);
        return { vector: picture?.vector ?? null, words: [], label: picture?.name ?? 'picture', written: [] };
      }
    }
  }

  /** Cosine of every photo with a direction, kept under `key`. */
  #column(key: string, vector: Float32Array): Float32Array {
    return this.#columns.get(key, () => this.#scan.scores(vector));
  }

  #conceptColumn(concept: Concept, { vector, written }: Direction): Float32Array {
    // Not kept: a picture from outside may get its vector yet, and this is quick.
    if (!vector) return Float32Array.from(this.mask(written));
    const { weight: _, ...what } = concept;
    return this.#column(JSON.stringify(what), vector);
  }

  /** Dot products of the concepts' directions; a written word is a direction of its own, at right angles to all others. */
  #gram(directions: readonly Direction[]): Float64Array {
    const { dimension } = this.model;
    const own = directions.filter(({ vector }) => !vector).length;
    let next = dimension;
    return gramMatrix(
      directions.map(({ vector }) => {
        const extended = new Float32Array(dimension + own);
        if (vector) extended.set(vector);
        else extended[next++] = 1;
        return extended;
      }),
    );
  }

  /**
   * Scores of all photos for a query, [photos] in the scan's order: cosines under `mean`, log-probabilities under `all`.
   * A concept that nobody knows and nobody wrote adds nothing.
   */
  score(
    concepts: readonly Concept[],
    compose: Compose,
  ): { scores: Float32Array; columns: Float32Array[]; infos: ConceptInfo[] } {
    const directions = concepts.map((concept) => this.#direction(concept));
    const columns = concepts.map((concept, index) => this.#conceptColumn(concept, directions[index]!));
    const infos = directions.map(
      ({ label, words, vector, written }): ConceptInfo => ({
        label,
        words: words.map(({ word, source }) => ({
          word,
          source: !vector && written.length > 0 ? 'written' : source,
        })),
        known: vector !== null || written.length > 0,
      }),
    );
    const known = infos.flatMap((info, index) => (info.known ? [index] : []));
    const weights = known.map((index) => concepts[index]!.weight);
    let scores: Float32Array;
    if (compose === 'all') {
      const logs = known.map((index) =>
        this.#logColumn(concepts[index]!, directions[index]!, columns[index]!),
      );
      scores = mix(logs, weights.map(Math.abs));
    } else {
      const gram = this.#gram(known.map((index) => directions[index]!));
      scores = composeMean(
        known.map((index) => columns[index]!),
        weights,
        gram,
      );
    }
    if (known.length === 0) scores = new Float32Array(this.#scan.length);
    return { scores, columns, infos };
  }

  /**
   * What makes the probability of a concept: its words, each first and then what it covers, see [Note: What a word covers]. A picture
   * is one word itself; what is only written is none.
   */
  #parts({ vector, words }: Direction): ConceptPart[][] {
    if (!vector) return [];
    const known = words.flatMap(({ word, vector, calibration }) =>
      vector ? [{ word, vector, calibration }] : [],
    );
    if (known.length === 0) return [[{ word: null, vector, calibration: this.space.uncalibrated }]];
    return known.map(({ word, vector, calibration }) => [
      { word, vector, calibration: calibration ?? this.space.uncalibrated },
      ...this.space.covered(word),
    ]);
  }

  /**
   * The column of a concept for [Note: composing by all]; kept, so that a slider takes no logarithms. A photo has a concept when
   * it looks like it or somebody wrote so: 1 − (1 − p)(1 − p of what is written).
   */
  #logColumn(concept: Concept, direction: Direction, column: Float32Array): Float32Array {
    const present = concept.weight >= 0;
    const make = (): Float32Array => {
      if (!direction.vector) return logProbability([{ column, calibration: WRITTEN }], present);
      const parts = this.#parts(direction);
      const words = parts.map((part) =>
        part.map(({ vector, calibration }, index): CalibratedColumn => {
          const isWhole = parts.length === 1 && index === 0;
          return { column: isWhole ? column : this.#scan.scores(vector), calibration: tempered(calibration) };
        }),
      );
      const logs = conceptLogProbability(words, present);
      for (const photo of direction.written) {
        const position = this.#scan.positionOf(photo);
        if (position === undefined) continue;
        const log = logs[position]!;
        logs[position] = present
          ? Math.log(withWritten(Math.exp(log), true))
          : log + Math.log1p(-WRITTEN_PROBABILITY);
      }
      return logs;
    };
    if (!direction.vector) return make();
    const { weight: _, ...what } = concept;
    return this.#columns.get(JSON.stringify({ ...what, present }), make);
  }

  /** The best photos for a query. `allowed` is [photos] in the scan's order, 0 where a photo may not be found. */
  rank(
    concepts: readonly Concept[],
    compose: Compose,
    count: number,
    allowed?: Uint8Array,
    grouped = false,
  ): Ranking {
    const { scores, columns, infos } = this.score(concepts, compose);
    if (grouped) allowed = this.#asGroups(scores, allowed);
    // Where nothing is known there is nothing to find; any order would be a lie.
    const nothing = concepts.length > 0 && infos.every(({ known }) => !known);
    const positions = topRanked(scores, nothing ? 0 : count, allowed);
    if (nothing) return { positions, photos: this.ids, scores, columns, concepts: infos, total: 0 };
    const total = allowed ? allowed.reduce((sum, value) => sum + value, 0) : this.#scan.length;
    return { positions, photos: this.ids, scores, columns, concepts: infos, total };
  }

  /**
   * Ranks groups as one: the photo that is shown has the score of the best of them. Changes `scores`, and returns who may be
   * found: those that are shown, and allowed.
   */
  #asGroups(scores: Float32Array, allowed: Uint8Array | undefined): Uint8Array | undefined {
    if (this.#hidden.length === 0) return allowed;
    const mask = allowed?.slice() ?? new Uint8Array(this.#scan.length).fill(1);
    for (const { photo, shownBy } of this.#hidden) {
      const [hidden, shown] = [this.#scan.positionOf(photo), this.#scan.positionOf(shownBy)];
      if (hidden === undefined || shown === undefined) continue;
      scores[shown] = Math.max(scores[shown]!, scores[hidden]!);
      mask[hidden] = 0;
    }
    return mask;
  }

  /** [photos] ids in the scan's order. */
  get ids(): readonly number[] {
    return this.#scan.ids;
  }

  /** 1 for each of these photos, in the scan's order. */
  mask(photos: Iterable<number>): Uint8Array {
    const mask = new Uint8Array(this.#scan.length);
    for (const photo of photos) {
      const position = this.#scan.positionOf(photo);
      if (position !== undefined) mask[position] = 1;
    }
    return mask;
  }

  /**
   * Why a photo stands where it stands, or null if it has no vector. A share is what a concept adds to the score of this photo
   * beyond what it adds to the library's photos on average, so that it has a sign that means something under both rules.
   */
  explain(photo: number, concepts: readonly Concept[], compose: Compose): Explanation | null {
    const position = this.#scan.positionOf(photo);
    const picture = this.#library.vectors.get(this.model, photo);
    if (position === undefined || !picture) return null;
    const { scores, columns, infos } = this.score(concepts, compose);
    const directions = concepts.map((concept) => this.#direction(concept));
    const known = infos.flatMap((info, index) => (info.known ? [index] : []));
    const factor = meanFactor(
      known.map((index) => concepts[index]!.weight),
      this.#gram(known.map((index) => directions[index]!)),
    );
    const { preparation } = this.space;
    const own = new Set(
      withPhraseWords(this.#library.texts.of(photo).flatMap(({ text }) => preparation.tokens(text))),
    );
    const contributions = concepts.map((concept, index): Explanation['contributions'][number] => {
      const [direction, column, info] = [directions[index]!, columns[index]!, infos[index]!];
      const [share, weight] =
        compose === 'mean' || !info.known
          ? [column, concept.weight * factor]
          : [this.#logColumn(concept, direction, column), Math.abs(concept.weight)];
      const calibrated =
        direction.words.length > 0 && direction.words.every(({ calibration }) => calibration);
      const parts = this.#parts(direction).map((part) =>
        part.map(({ word, vector, calibration: { scale, bias } }) => ({
          word,
          probability: 1 / (1 + Math.exp(-scale * this.#scan.score(vector, position) - bias)),
        })),
      );
      const likeliest = parts.map((part) =>
        part.reduce((best, other) => (other.probability > best.probability ? other : best)),
      );
      return {
        label: info.label,
        weight: concept.weight,
        similarity: column[position]!,
        probability: calibrated
          ? withWritten(
              parts.reduce((product, part) => product * anyOf(part.map(({ probability }) => probability)), 1),
              direction.written.includes(photo),
            )
          : null,
        seenAs: calibrated
          ? likeliest.flatMap(({ word }, index) =>
              word && word !== parts[index]![0]!.word ? [phraseText(word)] : [],
            )
          : [],
        contribution: info.known ? weight * (share[position]! - average(share)) : 0,
        written: direction.words.map(({ word }) => word).filter((word) => own.has(word)),
      };
    });
    return {
      score: contributions.reduce((sum, { contribution }) => sum + contribution, 0),
      rank: rankOf(scores, position),
      total: this.#scan.length,
      contributions,
      seen: this.space.seen(picture, SEEN_WORDS),
    };
  }
}

/** Values by key, as many as were used last. */
class LatestUsed<T> {
  readonly #most: number;
  /** The least recently used first. */
  readonly #values = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  /** The value of `key`, made if it is not there. */
  get(key: string, make: () => T): T {
    const value = this.#values.get(key) ?? make();
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#most) this.#values.delete(this.#values.keys().next().value!);
    return value;
  }

  clear(): void {
    this.#values.clear();
  }
}

/** The probability that at least one of these is there, were they independent. */
const anyOf = (probabilities: readonly number[]): number =>
  1 - probabilities.reduce((none, probability) => none * (1 - probability), 1);

/** The probability of a concept that looks to be there by this much, and may stand in the photo's texts as well. */
const withWritten = (probability: number, written: boolean): number =>
  written ? 1 - (1 - probability) * (1 - WRITTEN_PROBABILITY) : probability;

function average(column: Float32Array): number {
  let sum = 0;
  for (const value of column) sum += value;
  return sum / column.length;
}
