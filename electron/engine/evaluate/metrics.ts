/**
 * How good a ranking is, by the measures of information retrieval. Each takes one query's column of scores and the
 * set of photos that are relevant to it; nothing here knows where either came from.
 *
 * Photos rank as they do on screen, by [Note: ranking order] in `models/joint/composition.ts`: equal scores by lower
 * index, so every measure is one number, the same on every machine. (scikit-learn's `average_precision_score` instead
 * counts equal scores as one step; on scores that all differ the two agree. For the scores .5, .5 with the second
 * photo relevant both say 1/2, with the first relevant this says 1 and scikit-learn 1/2.)
 *
 * Shapes: `scores` is `[photos]` float32, `relevant` holds indices into it, and `judged`, if given, is `[photos]`, 0 where
 * a photo takes no part: it is neither ranked nor counted as relevant. Measures are fractions in [0, 1].
 *
 * The definitions are those of Manning, Raghavan and Schütze, "Introduction to Information Retrieval" (2008), chapter 8.
 * A measure that divides by the number of relevant photos is NaN, undefined, where there is none.
 */
import { rankOf, topRanked } from '../../../models/joint/composition.ts';

/**
 * P@k: how many of the k best photos are relevant, divided by k (section 8.4). Fewer photos than k count as if
 * irrelevant ones filled the ranking up.
 */
export function precisionAt(
  k: number,
  scores: Float32Array,
  relevant: ReadonlySet<number>,
  judged?: Uint8Array,
): number {
  return hitsAt(k, scores, relevant, judged) / k;
}

/** Recall@k: how many of the relevant photos are among the k best (section 8.3, at a rank). */
export function recallAt(
  k: number,
  scores: Float32Array,
  relevant: ReadonlySet<number>,
  judged?: Uint8Array,
): number {
  let total = 0;
  for (const photo of relevant) if (judged?.[photo] !== 0) total++;
  return hitsAt(k, scores, relevant, judged) / total;
}

/**
 * Average precision: the mean, over the relevant photos, of the precision at the rank of each (section 8.4),
 * `AP = 1/R · Σ_r (relevant photos up to rank r) / r` over the ranks r of relevant photos. Not interpolated.
 */
export function averagePrecision(
  scores: Float32Array,
  relevant: ReadonlySet<number>,
  judged?: Uint8Array,
): number {
  requireIndices(scores, relevant);
  let found = 0;
  let sum = 0;
  for (const [index, photo] of topRanked(scores, scores.length, judged).entries()) {
    if (!relevant.has(photo)) continue;
    found++;
    sum += found / (index + 1);
  }
  return sum / found;
}

/**
 * mAP: the mean of the average precision over queries (section 8.4, equation 8.8). Queries without a relevant photo
 * (NaN) are left out; NaN if none is left.
 */
export function meanAveragePrecision(averagePrecisions: Iterable<number>): number {
  let sum = 0;
  let count = 0;
  for (const value of averagePrecisions) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}

/** The rank, from 1, of the best-ranked relevant photo; for a caption, of the photo that it was written under. */
export function firstRelevantRank(
  scores: Float32Array,
  relevant: ReadonlySet<number>,
  judged?: Uint8Array,
): number {
  requireIndices(scores, relevant);
  const candidates = new Uint8Array(scores.length);
  for (const photo of relevant) candidates[photo] = judged ? judged[photo]! : 1;
  const [best] = topRanked(scores, 1, candidates);
  return best === undefined ? Number.NaN : rankOf(scores, best, judged);
}

/**
 * The median of ranks over queries, of an even number the mean of the middle two. Queries without a relevant photo
 * (NaN) are left out; NaN if none is left.
 */
export function medianRank(ranks: Iterable<number>): number {
  const sorted = Float64Array.from(ranks)
    .filter((rank) => !Number.isNaN(rank))
    .sort();
  const middle = sorted.length / 2;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function hitsAt(
  k: number,
  scores: Float32Array,
  relevant: ReadonlySet<number>,
  judged: Uint8Array | undefined,
): number {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`k must be a whole number from 1, got ${k}.`);
  requireIndices(scores, relevant);
  let hits = 0;
  for (const photo of topRanked(scores, k, judged)) if (relevant.has(photo)) hits++;
  return hits;
}

function requireIndices(scores: Float32Array, relevant: ReadonlySet<number>): void {
  for (const photo of relevant) {
    if (!Number.isInteger(photo) || photo < 0 || photo >= scores.length) {
      throw new RangeError(`The relevant photo ${photo} is not among the ${scores.length} that have scores.`);
    }
  }
}
