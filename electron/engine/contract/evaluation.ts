/** How well a model finds what it should. */
import { z } from 'zod';
import { searchInputSchema } from './search.ts';

export const evaluationSchema = z.object({
  model: z.string(),
  photos: z.number().int(),
  precisionAt5: z.number(),
  meanAveragePrecision: z.number(),
  /** Caption → photo; null where no judged photo has a caption. */
  recallAt10: z.number().nullable(),
  medianRank: z.number().nullable(),
  perQuery: z.array(
    z.object({
      query: z.string(),
      relevant: z.number().int(),
      precisionAt5: z.number(),
      averagePrecision: z.number(),
    }),
  ),
});
export type Evaluation = z.infer<typeof evaluationSchema>;

export const evaluateInputSchema = z.object({
  /** Queries in the query language; without them, the concepts of the relevance, or words of hidden captions. */
  queries: z.array(z.string()).optional(),
  /** Who is really in the picture: path → concepts. */
  relevance: z.array(z.object({ path: z.string(), concepts: z.array(z.string()) })).optional(),
  photos: z.array(z.string()).optional(),
  compose: searchInputSchema.shape.compose,
});
export type EvaluateInput = z.input<typeof evaluateInputSchema>;

export const evaluationCalls = {
  evaluate: { input: evaluateInputSchema, output: evaluationSchema },
} as const;
