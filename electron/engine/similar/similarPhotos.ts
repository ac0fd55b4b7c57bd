/**
 * Near-duplicates: copies of one picture that were resized, compressed, brightened or trimmed a little, and shots of one moment. A
 * perceptual hash proposes pairs and the backbone's features confirm them: neither alone is sure. Photos are never changed or
 * hidden because of this; it is for their owner to look at.
 */
import { setImmediate } from 'node:timers/promises';
import { nearHashes } from '../../../models/vision/perceptualHash.ts';
import type { BackboneName } from '../../../native/backbone.ts';
import type { Library } from '../library/library.ts';

/**
 * Of the 64 bits of a hash so many may differ, and the cosine of the roots of the features must be this high. Measured on COCO: of
 * copies at 40 % of the size, of JPEG quality 40, a quarter brighter or darker, with more contrast, in grey, or trimmed by 3 %, all
 * were within both; trimmed by 6 %, 95 of 100. Of 244,650 pairs of different photos none was within 12 bits, and the nearest within
 * 16 had a cosine of .65. Heavy crops and mirrored copies are not found.
 */
export const RADIUS = 10;
export const LEAST_COSINE = 0.75;
/** A copy that was trimmed a little has nearly its shape; upright and lying pictures of one kind are no copies of each other. */
const SHAPE_CHANGE = 1.25;

/** Features kept in memory while pairs are confirmed. */
const FEATURES_KEPT = 5000;

export interface SimilarPair {
  one: number;
  other: number;
  /** Cosine of the roots of the features. */
  similarity: number;
}

export interface SimilarOptions {
  backbone?: BackboneName;
  signal?: AbortSignal;
}

/** All pairs of near-duplicates of a library, found in slices so that other work gets its turn. */
export async function similarPairs(
  library: Library,
  { backbone = 'efficientnet-lite0', signal }: SimilarOptions = {},
): Promise<SimilarPair[]> {
  const { photos, looks, ratios } = library.photos.looks();
  const features = new RootedFeatures(library, backbone);
  const pairs: SimilarPair[] = [];
  for (const found of nearHashes(looks, RADIUS)) {
    for (const [first, second] of found) {
      const change = ratios[first]! / ratios[second]!;
      if (Math.max(change, 1 / change) > SHAPE_CHANGE) continue;
      const [one, other] = [photos[first]!, photos[second]!];
      const similarity = features.cosine(one, other);
      if (similarity >= LEAST_COSINE) pairs.push({ one, other, similarity });
    }
    await setImmediate();
    signal?.throwIfAborted();
  }
  return pairs;
}

/** Features of photos as unit vectors of their square roots, which weigh a few strong features less. */
export class RootedFeatures {
  readonly #library: Library;
  readonly #backbone: BackboneName;
  /** The least recently used first. */
  readonly #kept = new Map<number, Float32Array | null>();

  constructor(library: Library, backbone: BackboneName) {
    this.#library = library;
    this.#backbone = backbone;
  }

  /** −1 if one of the photos has no features. */
  cosine(one: number, other: number): number {
    const [first, second] = [this.#of(one), this.#of(other)];
    if (!first || !second) return -1;
    let sum = 0;
    for (let at = 0; at < first.length; at++) sum += first[at]! * second[at]!;
    return sum;
  }

  #of(photo: number): Float32Array | null {
    const known = this.#kept.get(photo);
    const feature = known === undefined ? this.#read(photo) : known;
    this.#kept.delete(photo);
    this.#kept.set(photo, feature);
    if (this.#kept.size > FEATURES_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return feature;
  }

  #read(photo: number): Float32Array | null {
    const feature = this.#library.features.get(photo, this.#backbone);
    if (!feature) return null;
    let sum = 0;
    for (const value of feature) sum += Math.max(0, value);
    // The squares of the roots are the values themselves.
    const length = Math.sqrt(sum) || 1;
    return feature.map((value) => Math.sqrt(Math.max(0, value)) / length);
  }
}

/**
 * Sets of near-duplicates: a photo with all that look like it. The photo with the most of them leads a set, and each photo is in one
 * set at most, so that a chain of small differences never joins what does not look alike. The largest sets first.
 */
export function similarSets(pairs: readonly SimilarPair[]): { photos: number[]; similarity: number }[] {
  const near = new Map<number, Map<number, number>>();
  const link = (one: number, other: number, similarity: number): void => {
    const others = near.get(one) ?? new Map<number, number>();
    near.set(one, others.set(other, similarity));
  };
  for (const { one, other, similarity } of pairs) {
    link(one, other, similarity);
    link(other, one, similarity);
  }
  const leaders = [...near].sort(([one, ones], [other, others]) => others.size - ones.size || one - other);
  const taken = new Set<number>();
  const sets: { photos: number[]; similarity: number }[] = [];
  for (const [leader, others] of leaders) {
    if (taken.has(leader)) continue;
    const members = [...others].filter(([photo]) => !taken.has(photo));
    if (members.length === 0) continue;
    for (const photo of [leader, ...members.map(([member]) => member)]) taken.add(photo);
    members.sort(([, one], [, other]) => other - one);
    sets.push({
      photos: [leader, ...members.map(([member]) => member)],
      similarity: Math.min(...members.map(([, similarity]) => similarity)),
    });
  }
  return sets.sort(
    (one, other) => other.photos.length - one.photos.length || one.photos[0]! - other.photos[0]!,
  );
}
