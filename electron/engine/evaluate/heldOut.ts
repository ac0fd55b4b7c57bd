/**
 * How well a space finds photos whose words it was never shown: a held-out photo is relevant to a word that its hidden
 * caption has. Used while training, and by `evaluate` where nobody judged the photos.
 */
import { averagePrecision, meanAveragePrecision, precisionAt } from './metrics.ts';

/** A word of the hidden captions with the photos that it is written under, as indices into the held-out photos. */
export interface HeldOutQuery {
  word: string;
  relevant: ReadonlySet<number>;
}

/** A word under fewer held-out photos than P@5 looks at cannot reach 1. */
const LEAST_RELEVANT = 5;
const MOST_QUERIES = 100;

/** The words most written under the held-out photos, at most 100 of them, each under at least 5. */
export function heldOutQueries(documents: readonly (readonly string[])[]): HeldOutQuery[] {
  const photos = new Map<string, Set<number>>();
  documents.forEach((tokens, photo) => {
    for (const token of tokens) {
      const set = photos.get(token);
      if (set) set.add(photo);
      else photos.set(token, new Set([photo]));
    }
  });
  return [...photos]
    .filter(([, relevant]) => relevant.size >= LEAST_RELEVANT)
    .sort(([a, first], [b, second]) => second.size - first.size || (a < b ? -1 : 1))
    .slice(0, MOST_QUERIES)
    .map(([word, relevant]) => ({ word, relevant }));
}

/** Mean P@5 and mAP of queries whose score columns over the held-out photos `score` gives; null without queries. */
export function heldOutMeasures(
  queries: readonly HeldOutQuery[],
  score: (word: string) => Float32Array,
): { precisionAt5: number; meanAveragePrecision: number } | null {
  if (queries.length === 0) return null;
  let precision = 0;
  const averages = queries.map(({ word, relevant }) => {
    const scores = score(word);
    precision += precisionAt(5, scores, relevant);
    return averagePrecision(scores, relevant);
  });
  return { precisionAt5: precision / queries.length, meanAveragePrecision: meanAveragePrecision(averages) };
}
