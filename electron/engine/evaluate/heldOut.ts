/**
 * How well a space finds photos whose words it was never shown: a held-out photo is relevant to a word that its hidden
 * caption has. Used while training, and by `evaluate` where nobody judged the photos.
 */
import { averagePrecision, precisionAt } from './metrics.ts';

/** A word of the hidden captions with the photos that it is written under, as indices into the held-out photos. */
export interface HeldOutQuery {
  word: string;
  relevant: ReadonlySet<number>;
}

/** The P@5 of a word that fewer held-out photos have cannot reach 1. */
const LEAST_RELEVANT = 5;
/**
 * A word that two to four photos have is not shown either, but helps to choose between states of a training: of 50 held-out photos only
 * two or three words may be had by five, so that chance would choose, and dozens by two.
 */
const LEAST_CHOOSING = 2;
const MOST_QUERIES = 100;

/** The words that most held-out photos have, at most 100 of them: those that at least five photos have, or two to choose by. */
export function heldOutQueries(
  documents: readonly (readonly string[])[],
  { choosing = false }: { choosing?: boolean } = {},
): HeldOutQuery[] {
  const least = choosing ? LEAST_CHOOSING : LEAST_RELEVANT;
  const photos = new Map<string, Set<number>>();
  documents.forEach((tokens, photo) => {
    for (const token of tokens) {
      const set = photos.get(token);
      if (set) set.add(photo);
      else photos.set(token, new Set([photo]));
    }
  });
  return [...photos]
    .filter(([, relevant]) => relevant.size >= least)
    .sort(([a, first], [b, second]) => second.size - first.size || (a < b ? -1 : 1))
    .slice(0, MOST_QUERIES)
    .map(([word, relevant]) => ({ word, relevant }));
}

/** What queries say of a space. */
export interface HeldOutMeasures {
  /** Mean P@5 and mAP of the words that at least five photos have; null without such a word. */
  precisionAt5: number | null;
  meanAveragePrecision: number | null;
  /** mAP of all queries, by which to choose between states of a training; null without queries. */
  choice: number | null;
}

/** Measures of queries whose score columns over the held-out photos `score` gives. */
export function heldOutMeasures(
  queries: readonly HeldOutQuery[],
  score: (word: string) => Float32Array,
): HeldOutMeasures {
  const all: number[] = [];
  const precisions: number[] = [];
  const averages: number[] = [];
  for (const { word, relevant } of queries) {
    const scores = score(word);
    const average = averagePrecision(scores, relevant);
    all.push(average);
    if (relevant.size < LEAST_RELEVANT) continue;
    precisions.push(precisionAt(5, scores, relevant));
    averages.push(average);
  }
  const mean = (values: readonly number[]): number | null =>
    values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
  return { precisionAt5: mean(precisions), meanAveragePrecision: mean(averages), choice: mean(all) };
}
