/** Keywords that the active model suggests for photos, and what the user makes of them. */
import { z } from 'zod';
import { editSchema } from './edits.ts';
import { job, photos, word } from './parts.ts';
import { photoSchema } from './photos.ts';

/**
 * The probability from which a word is suggested. Of 2,400 photos of COCO, every eighth hidden, more than half of the words from here on stand
 * in the one caption that was hidden (`test/bench/suggestions.ts`), and most others are in the picture all the same.
 */
export const SUGGESTED_FROM = 0.8;

/** Which words may be suggested: those that the user writes, or all that the model has seen in pictures. */
export const suggestedWordsSchema = z.enum(['own', 'all']);
export type SuggestedWords = z.infer<typeof suggestedWordsSchema>;

/** Photos for which one call suggests keywords at most. */
export const MOST_SUGGESTED_PHOTOS = 500;

/** A keyword for a photo, and why. */
export const suggestionSchema = z.object({
  /** As the user writes it. */
  word: z.string(),
  /** Calibrated probability that it is in the picture. */
  probability: z.number(),
  /** How many photos of the library have it in their words. */
  photos: z.number().int(),
  /** Those of them that look most alike, at most three. */
  examples: z.array(z.number().int()),
});
export type Suggestion = z.infer<typeof suggestionSchema>;

export const suggestedPhotoSchema = photoSchema.extend({
  path: z.string(),
  folder: z.string(),
  /** Best first. */
  suggestions: z.array(suggestionSchema),
});
export type SuggestedPhoto = z.infer<typeof suggestedPhotoSchema>;

const suggesting = {
  /** The least probability. */
  threshold: z.number().min(0).max(1).default(SUGGESTED_FROM),
  words: suggestedWordsSchema.default('own'),
};

export const suggestionCalls = {
  /** Keywords for photos: those named, or a page of those without words, latest first. */
  suggestTags: {
    input: z.object({
      ...suggesting,
      photos: photos.max(MOST_SUGGESTED_PHOTOS).optional(),
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(MOST_SUGGESTED_PHOTOS).default(60),
    }),
    output: z.object({
      total: z.number().int(),
      photos: z.array(suggestedPhotoSchema),
      milliseconds: z.number(),
    }),
  },
  /**
   * Accepts what is suggested for photos, those named or all without words, as one edit: one word, or every word. Stopped, the job keeps
   * what it accepted so far.
   */
  acceptTags: {
    input: z.object({ ...suggesting, photos: photos.optional(), word: word.optional() }),
    output: job,
  },
  /** Never suggests a word for these photos again. */
  rejectTag: { input: z.object({ photos: photos.min(1), word }), output: editSchema.nullable() },
} as const;
