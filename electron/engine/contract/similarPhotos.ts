/** Near-duplicates: photos that look alike. */
import { z } from 'zod';
import { nothing } from './parts.ts';
import { photoSchema } from './photos.ts';

/** Sets of near-duplicates that one call gives at most. */
export const MOST_SIMILAR_SETS = 500;

/** A photo beside others that look like it. */
export const similarPhotoSchema = photoSchema.extend({
  path: z.string(),
  folder: z.string(),
  bytes: z.number().int(),
  takenAt: z.string().nullable(),
  /** In how many files its bytes are. */
  files: z.number().int(),
});
export type SimilarPhoto = z.infer<typeof similarPhotoSchema>;
export const similarSetSchema = z.object({
  photos: z.array(similarPhotoSchema),
  /** How alike the least alike is to the first: a cosine of what the network sees. */
  similarity: z.number(),
});
export type SimilarSet = z.infer<typeof similarSetSchema>;

export const similarPhotoCalls = {
  /** Sets of near-duplicates, the largest first, or those that one photo is in. */
  similarPhotos: {
    input: z.object({
      photo: z.number().int().positive().optional(),
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(MOST_SIMILAR_SETS).default(50),
    }),
    output: z.object({
      total: z.number().int(),
      sets: z.array(similarSetSchema),
      /** Photos that were not compared yet; `comparePhotos` does it. */
      waiting: z.number().int(),
    }),
  },
  /** Compares the photos that were indexed before Photolex looked for near-duplicates; null if there are none. */
  comparePhotos: { input: nothing, output: z.object({ job: z.number().int().nullable() }) },
} as const;
