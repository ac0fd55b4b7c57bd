/** The calls that search: from validated input to what the window and the command line show. */
import type { z } from 'zod';
import type { JointSpace } from '../../../models/joint/space.ts';
import type { NearestWord, SearchOutput, searchInputSchema, WordSource } from '../contract.ts';
import type { Library } from '../library/library.ts';
import type { Searcher } from './searcher.ts';

/** Photos found for a query, best first, a page of them. */
export function search(
  library: Library,
  searcher: Searcher,
  input: z.output<typeof searchInputSchema>,
): SearchOutput {
  const started = performance.now();
  const { concepts, compose, offset, limit, untagged } = input;
  const allowed = untagged ? searcher.mask(library.photos.untagged()) : undefined;
  const {
    positions,
    photos,
    scores,
    columns,
    concepts: infos,
    total,
  } = searcher.rank(concepts, compose, offset + limit, allowed);
  const page = positions.subarray(offset);
  const rows = new Map(
    library.photos.found(Array.from(page, (position) => photos[position]!)).map((photo) => [photo.id, photo]),
  );
  const results = Array.from(page).flatMap((position) => {
    const photo = rows.get(photos[position]!);
    if (!photo) return [];
    // Under `all` scores are logarithms, which rank well and read badly.
    const score = compose === 'all' ? Math.exp(scores[position]!) : scores[position]!;
    return [{ ...photo, score, similarities: columns.map((column) => column[position]!) }];
  });
  return {
    model: searcher.model.id,
    total,
    concepts: infos,
    results,
    milliseconds: performance.now() - started,
  };
}

/** The trained words nearest to a word, how often the user wrote each, and where the word's own meaning comes from. */
export function nearestWords(
  space: JointSpace,
  word: string,
  limit: number,
): { source: WordSource; count: number; words: NearestWord[] } {
  const concept = space.concept(word);
  const names = new Set(concept.words.map((part) => part.word));
  const written = (name: string): number => {
    const row = space.row(name);
    return row === undefined ? 0 : space.data.counts[row]!;
  };
  return {
    source: concept.words[0]?.source ?? 'unknown',
    count: Math.max(0, ...[...names].map(written)),
    words: concept.vector
      ? space
          .nearest(concept.vector, limit, names)
          .map(({ word: name, similarity }) => ({ word: name, similarity, count: written(name) }))
      : [],
  };
}
