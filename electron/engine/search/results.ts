/** The call that searches: from validated input to what the window and the command line show. */
import type { z } from 'zod';
import type { SearchOutput, searchInputSchema } from '../contract.ts';
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
  } = searcher.rank(concepts, compose, offset + limit, allowed, true);
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
