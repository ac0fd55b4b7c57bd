/**
 * How well a space knows the pictures of a library already: how surely each word that it learned from other pictures tells those
 * it is written under from the rest. Captions name little of what is there, so this is no measure of quality, but low where
 * pictures are not of the kind that the space learned from, such as drawings.
 *
 * Shape letters: N photos, D dimension.
 */
import { Random } from '../random.ts';

export interface FamiliarityInput {
  /** The words of each photo, as numbers, without repeats. */
  documents: readonly Uint32Array[];
  /** [N, D] unit image vectors. */
  images: Float32Array;
  dimension: number;
  /** For each word the place that pictures taught it, or null. */
  places: readonly (Float32Array | null)[];
}

/** Photos looked at; more tell nothing new. */
const MOST_PHOTOS = 1000;
/** A word under fewer of them ranks by chance. */
const LEAST_PHOTOS = 5;
/** Fewer words tell nothing of a library. */
const LEAST_WORDS = 10;

/**
 * The mean over words of the probability that a photo with the word scores higher than one without (the area under the ROC curve,
 * by the rank sum of Mann and Whitney 1947); .5 is chance. Null where too few words can tell.
 */
export function familiarity({ documents, images, dimension, places }: FamiliarityInput): number | null {
  // By chance: libraries have rhythms, such as bracketed shots.
  const sample = new Random(1).shuffle([...documents.keys()]).slice(0, MOST_PHOTOS);
  const photosOf = new Map<number, number[]>();
  sample.forEach((photo, at) => {
    for (const word of documents[photo]!) {
      const photos = photosOf.get(word);
      if (photos) photos.push(at);
      else photosOf.set(word, [at]);
    }
  });
  const areas = [...photosOf].flatMap(([word, photos]) => {
    const place = places[word];
    if (!place || photos.length < LEAST_PHOTOS || photos.length > sample.length / 2) return [];
    const scores = Float32Array.from(sample, (photo) => {
      let score = 0;
      for (let i = 0; i < dimension; i++) score += place[i]! * images[photo * dimension + i]!;
      return score;
    });
    return [areaUnderCurve(scores, photos)];
  });
  if (areas.length < LEAST_WORDS) return null;
  return areas.reduce((sum, area) => sum + area, 0) / areas.length;
}

/**
 * Where learning on from the space may go as far as from nothing, and where it should stay near. Measured with 400 and 2,000
 * captions (docs/training.md): COCO's photos have .88 under the starter, and lose where learning goes far; rotated by 180° they
 * have .83 and gain in parts; drawings have .71, outlines of photos .69, blurred photos .65, and gain.
 */
const STRANGE = 0.7;
const KNOWN = 0.85;

/** How strange a library's pictures are to a space, from 0 to 1, by its familiarity. */
export function strangeness(familiarity: number | null): number {
  if (familiarity === null) return 0;
  return Math.min(1, Math.max(0, (KNOWN - familiarity) / (KNOWN - STRANGE)));
}

/** How much of the way to where training went is gone: a share of it among pictures that are known, all of it among strange ones. */
export function farther(share: number, strange: number): number {
  return share + strange * (1 - share);
}

function areaUnderCurve(scores: Float32Array, relevant: readonly number[]): number {
  const ranks = new Uint32Array(scores.length);
  Array.from(scores.keys())
    .sort((a, b) => scores[a]! - scores[b]!)
    .forEach((index, rank) => {
      ranks[index] = rank + 1;
    });
  const sum = relevant.reduce((total, index) => total + ranks[index]!, 0);
  const least = (relevant.length * (relevant.length + 1)) / 2;
  return (sum - least) / (relevant.length * (scores.length - relevant.length));
}
