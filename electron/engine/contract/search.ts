/** Photos ranked by the concepts of a query, and why each of them stands where it stands. */
import { z } from 'zod';
import { conceptInfoSchema, conceptSchema } from './concepts.ts';
import { photo } from './parts.ts';
import { photoSchema } from './photos.ts';

/**
 * How columns of concept scores become one ranking: `all` asks that every concept be there and none that is taken away, `mean` is
 * the paper's weighted sum; see `models/joint/composition.ts`. The default is the better one, measured with
 * `npm run bench -- <folder> --only compose`.
 */
export const composeSchema = z.enum(['all', 'mean']);
const compose = composeSchema.default('all');
export type Compose = z.infer<typeof composeSchema>;

export const searchInputSchema = z.object({
  concepts: z.array(conceptSchema).max(32),
  compose,
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(5000).default(200),
  /** Only photos without words of their own. */
  untagged: z.boolean().default(false),
});
export type SearchInput = z.input<typeof searchInputSchema>;

export const searchResultSchema = photoSchema.extend({
  /** Relative to the imported folder. */
  path: z.string(),
  folder: z.string(),
  /** Under `all` how likely it is that everything is as asked (see `tempered` in `models/joint/composition.ts`), under `mean` the cosine with the whole query. */
  score: z.number(),
  /** Cosine of each concept with the photo, in the order of the query. */
  similarities: z.array(z.number()),
});
export type SearchResult = z.infer<typeof searchResultSchema>;

export const searchOutputSchema = z.object({
  model: z.string().nullable(),
  total: z.number().int(),
  concepts: z.array(conceptInfoSchema),
  results: z.array(searchResultSchema),
  milliseconds: z.number(),
});
export type SearchOutput = z.infer<typeof searchOutputSchema>;

/**
 * Why a photo stands where it stands: what each concept adds to its score, above what it adds to the average photo of the
 * library. The contributions add up to `score`.
 */
export const explanationSchema = z.object({
  score: z.number(),
  rank: z.number().int(),
  total: z.number().int(),
  contributions: z.array(
    z.object({
      label: z.string(),
      weight: z.number(),
      similarity: z.number(),
      /** Calibrated probability that the concept is there, by the picture and what is written; null for pictures and unknown words. */
      probability: z.number().nullable(),
      /** What the picture shows of the words that the concept's own cover, where that is likelier than the word itself: a "man" for "person". */
      seenAs: z.array(z.string()),
      contribution: z.number(),
      /** Words of the photo's own texts that this concept also has. */
      written: z.array(z.string()),
    }),
  ),
  /** The words of the vocabulary that the picture itself is most like, best first. */
  seen: z.array(z.object({ word: z.string(), probability: z.number() })),
});
export type Explanation = z.infer<typeof explanationSchema>;

export const searchCalls = {
  search: { input: searchInputSchema, output: searchOutputSchema },
  explain: {
    input: photo.extend({ concepts: z.array(conceptSchema).max(32), compose }),
    output: explanationSchema,
  },
} as const;
