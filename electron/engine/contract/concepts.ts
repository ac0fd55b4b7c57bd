/** What a query is made of: words, photos of the library and pictures from outside, each with a weight. */
import { z } from 'zod';
import { wordSourceSchema } from './words.ts';

/** The largest weight of a concept, either way. */
export const MAXIMUM_WEIGHT = 1;

const weight = z.number().min(-MAXIMUM_WEIGHT).max(MAXIMUM_WEIGHT);

/** One thing to look for or to avoid: words, a photo of the library, or a picture brought from outside. */
export const conceptSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string().min(1).max(200), weight }),
  z.object({ kind: z.literal('photo'), photo: z.number().int().positive(), weight }),
  z.object({ kind: z.literal('image'), image: z.string().min(1).max(100), weight }),
]);
export type Concept = z.infer<typeof conceptSchema>;

export const conceptInfoSchema = z.object({
  /** What a chip shows: the words as typed, or the name of the picture. */
  label: z.string(),
  words: z.array(z.object({ word: z.string(), source: wordSourceSchema })),
  /** False if the concept has no vector and nobody wrote it; it then contributes nothing. */
  known: z.boolean(),
});
export type ConceptInfo = z.infer<typeof conceptInfoSchema>;

export const conceptCalls = {
  /** `lenient` forgives what is unfinished while typing. */
  parseQuery: {
    input: z.object({ query: z.string().max(2000), lenient: z.boolean().default(false) }),
    output: z.array(conceptSchema),
  },
  /** A picture from outside the library becomes a concept for this session. Bytes of any image format that Photolex reads. */
  addImage: {
    input: z.object({ name: z.string().max(255), bytes: z.instanceof(Uint8Array) }),
    output: z.object({ image: z.string() }),
  },
} as const;
