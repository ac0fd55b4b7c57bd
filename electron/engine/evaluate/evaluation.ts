/**
 * How well the active model finds what is in photos: for each query the measures of its ranking among the judged photos,
 * and how often a caption finds its own photo. The rankings are those that a search gives.
 */
import type { TextPreparation } from '../../../models/text/preparation.ts';
import type { Concept, EvaluateInput, Evaluation } from '../contract.ts';
import { PhotolexError } from '../contract.ts';
import type { Library } from '../library/library.ts';
import { findPaths, noneFound } from '../library/paths.ts';
import { parseQuery } from '../search/query.ts';
import type { Searcher } from '../search/searcher.ts';
import { photoTokens } from '../train/corpus.ts';
import { heldOutQueries } from './heldOut.ts';
import { averagePrecision, meanAveragePrecision, medianRank, precisionAt } from './metrics.ts';

/** A query with the photos that are relevant to it. */
interface JudgedQuery {
  query: string;
  concepts: Concept[];
  /** Photo ids. */
  relevant: ReadonlySet<number>;
}

/**
 * Evaluates. Judged are the photos named, else those that the model held out, else all.
 * @throws {PhotolexError} `nothing-to-evaluate` if no judged photo has anything to be judged by.
 */
export async function evaluate(
  library: Library,
  searcher: Searcher,
  input: EvaluateInput,
): Promise<Evaluation> {
  const photos = judgedPhotos(library, searcher, input);
  const texts = library.texts.all();
  const { preparation } = searcher.space;
  const tokensOf = (photo: number): string[] => photoTokens(texts.get(photo) ?? [], preparation);
  const queries = input.relevance
    ? labelledQueries(library, photos, input.relevance, input.queries)
    : writtenQueries(photos, tokensOf, preparation, input.queries);
  if (queries.length === 0) {
    throw new PhotolexError(
      'nothing-to-evaluate',
      `Nothing says what is in the ${photos.length} judged photos: give a relevance file, or captions of photos the model did not learn from.`,
    );
  }
  const judged = searcher.mask(photos);
  const blind = searcher.blind();
  const positions = new Map(searcher.ids.map((photo, position) => [photo, position]));
  const compose = input.compose ?? 'all';
  const perQuery: Evaluation['perQuery'] = [];
  for (const { query, concepts, relevant } of queries) {
    const { scores } = blind.score(concepts, compose);
    const found = new Set([...relevant].flatMap((photo) => positions.get(photo) ?? []));
    perQuery.push({
      query,
      relevant: found.size,
      precisionAt5: precisionAt(5, scores, found, judged),
      averagePrecision: averagePrecision(scores, found, judged),
    });
    await nextTurn();
  }
  const ranks: number[] = [];
  for (const [index, photo] of photos.entries()) {
    const tokens = tokensOf(photo);
    const vector = tokens.length > 0 ? searcher.space.compose(tokens).vector : null;
    if (!vector) continue;
    ranks.push(rankAmong(searcher.scores(vector), positions.get(photo)!, judged));
    if (index % 20 === 0) await nextTurn();
  }
  return {
    model: searcher.model.id,
    photos: photos.length,
    precisionAt5: perQuery.reduce((sum, { precisionAt5 }) => sum + precisionAt5, 0) / perQuery.length,
    meanAveragePrecision: meanAveragePrecision(perQuery.map(({ averagePrecision }) => averagePrecision)),
    recallAt10: ranks.length > 0 ? ranks.filter((rank) => rank <= 10).length / ranks.length : null,
    medianRank: ranks.length > 0 ? medianRank(ranks) : null,
    perQuery,
  };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Rank from 1 of the photo at `position` among the judged; equal scores before it count ahead. */
function rankAmong(scores: Float32Array, position: number, judged: Uint8Array): number {
  const own = scores[position]!;
  let rank = 1;
  for (let other = 0; other < scores.length; other++) {
    if (judged[other] !== 1) continue;
    if (scores[other]! > own || (scores[other] === own && other < position)) rank++;
  }
  return rank;
}

function judgedPhotos(
  library: Library,
  searcher: Searcher,
  { photos: paths, relevance }: EvaluateInput,
): number[] {
  const searchable = new Set(searcher.ids);
  if (paths) {
    const { photos, missing } = findPaths(library, paths);
    if (photos.size === 0) throw noneFound('judge', missing);
    return [...new Set(photos.values())].filter((photo) => searchable.has(photo));
  }
  const heldOut = library.models.heldOut(searcher.model).filter((photo) => searchable.has(photo));
  if (heldOut.length === 0 && !relevance && searcher.model.captions > 0) {
    throw new PhotolexError(
      'nothing-to-evaluate',
      `${searcher.model.id} learned all captions, so they cannot judge it. Name photos to judge, give a relevance file, or train with a hold-out.`,
    );
  }
  return heldOut.length > 0 ? heldOut : [...searchable];
}

/** Queries judged by people: their concepts, or the queries given, each needing all the concepts that it adds. */
function labelledQueries(
  library: Library,
  photos: readonly number[],
  relevance: NonNullable<EvaluateInput['relevance']>,
  queries: readonly string[] | undefined,
): JudgedQuery[] {
  const judged = new Set(photos);
  const { photos: found } = findPaths(
    library,
    relevance.map(({ path }) => path),
  );
  const labels = new Map<number, Set<string>>();
  /** Each concept as it was written first, by its plain spelling. */
  const all = new Map<string, string>();
  for (const { path, concepts } of relevance) {
    const photo = found.get(path);
    if (photo === undefined || !judged.has(photo)) continue;
    const own = labels.get(photo) ?? new Set();
    labels.set(photo, own);
    for (const concept of concepts) {
      const plain = plainSpelling(concept);
      own.add(plain);
      if (!all.has(plain)) all.set(plain, concept);
    }
  }
  const having = (wanted: readonly string[], unwanted: readonly string[]): Set<number> =>
    new Set(
      [...labels].flatMap(([photo, own]) =>
        wanted.every((concept) => own.has(concept)) && !unwanted.some((concept) => own.has(concept))
          ? [photo]
          : [],
      ),
    );
  if (!queries) {
    return [...all]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([plain, label]) => ({
        query: label,
        concepts: [{ kind: 'text', text: label, weight: 1 }],
        relevant: having([plain], []),
      }));
  }
  return queries
    .map((query): JudgedQuery => {
      const concepts = parseQuery(query);
      const named = (sign: 1 | -1): string[] =>
        concepts.flatMap((concept) =>
          concept.kind === 'text' && concept.weight * sign > 0 ? [plainSpelling(concept.text)] : [],
        );
      const [wanted, unwanted] = [named(1), named(-1)];
      // Labels say nothing of a query without words.
      const judgeable = wanted.length + unwanted.length > 0;
      return { query, concepts, relevant: judgeable ? having(wanted, unwanted) : new Set() };
    })
    .filter(({ relevant }) => relevant.size > 0);
}

/** Labels and queries mean the same concept whatever their case, as in the query language. */
const plainSpelling = (concept: string): string => concept.normalize().toLowerCase();

/** Queries judged by the photos' own words. */
function writtenQueries(
  photos: readonly number[],
  tokensOf: (photo: number) => string[],
  preparation: TextPreparation,
  queries: readonly string[] | undefined,
): JudgedQuery[] {
  const documents = photos.map(tokensOf);
  if (!queries) {
    return heldOutQueries(documents).map(({ word, relevant }) => ({
      query: word,
      concepts: [{ kind: 'text', text: word, weight: 1 }],
      relevant: new Set([...relevant].map((index) => photos[index]!)),
    }));
  }
  const words = documents.map((tokens) => new Set(tokens));
  return queries
    .map((query): JudgedQuery => {
      const concepts = parseQuery(query);
      const tokens = (sign: 1 | -1): string[] =>
        concepts.flatMap((concept) =>
          concept.kind === 'text' && concept.weight * sign > 0 ? preparation.query(concept.text) : [],
        );
      const [wanted, unwanted] = [tokens(1), tokens(-1)];
      // Captions say nothing of a query without words, such as one of stop words alone.
      const judgeable = wanted.length + unwanted.length > 0;
      const relevant = photos.filter(
        (_, index) =>
          judgeable &&
          wanted.every((word) => words[index]!.has(word)) &&
          !unwanted.some((word) => words[index]!.has(word)),
      );
      return { query, concepts, relevant: new Set(relevant) };
    })
    .filter(({ relevant }) => relevant.size > 0);
}
