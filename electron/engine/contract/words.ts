/** Words: where their meaning comes from, what lies near them, what a model has learned of them, and what the user says of them. */
import { z } from 'zod';
import { nothing, word } from './parts.ts';
import { photoSchema } from './photos.ts';

/**
 * Where the meaning of a query word comes from: `learned` from this library's captions, `starter` from the model
 * that ships with Photolex, `pretrained` through the map from text vectors, `spelling` guessed from its letters. `written` is a
 * word that no model knows and that stands in texts of photos, which are found by it; `unknown` if nobody knows it.
 */
export const wordSourceSchema = z.enum([
  'learned',
  'starter',
  'pretrained',
  'spelling',
  'written',
  'unknown',
]);
export type WordSource = z.infer<typeof wordSourceSchema>;

export const nearestWordSchema = z.object({
  word: z.string(),
  similarity: z.number(),
  count: z.number().int(),
});
export type NearestWord = z.infer<typeof nearestWordSchema>;

/** Where words are compared: `pictures`, in the space where they lie among photos, or `text`, in the text embedding. */
export const wordSpaceSchema = z.enum(['pictures', 'text']);
export type WordSpace = z.infer<typeof wordSpaceSchema>;

/** A word that the active model has learned. */
export const learnedWordSchema = z.object({
  word: z.string(),
  /** How often it was written, and under how many photos. */
  count: z.number().int(),
  photos: z.number().int(),
});
export type LearnedWord = z.infer<typeof learnedWordSchema>;

/** What LDA found people to write about: words that go together. */
export const topicSchema = z.object({
  topic: z.number().int(),
  /** Its share of all that was written. */
  share: z.number(),
  words: z.array(z.object({ word: z.string(), probability: z.number() })),
});
export type Topic = z.infer<typeof topicSchema>;

/** What the user says of words; the next training heeds it. */
export const wordRulesSchema = z.object({
  /** Words that say nothing: they are left out. */
  exclude: z.array(word).max(10_000),
  /** Words that mean the same: the first is read as the second. */
  merge: z.array(z.object({ from: word, into: word })).max(10_000),
  /** Words that belong together: "sagrada família" is one. */
  join: z.array(word).max(10_000),
});
export type WordRules = z.infer<typeof wordRulesSchema>;

const wordLimit = z.number().int().min(1).max(200);

export const wordCalls = {
  /** The words nearest to a word, those of the library's captions first among equals. */
  nearestWords: {
    input: z.object({ word, limit: wordLimit.default(20), space: wordSpaceSchema.default('pictures') }),
    output: z.object({
      source: wordSourceSchema,
      /** How often it was written when the model learned; of a word that is only written, under how many photos. */
      count: z.number().int(),
      words: z.array(nearestWordSchema),
      /** What a search for the word also finds, under `all`: its plural and its kinds. */
      covers: z.array(z.string()),
    }),
  },
  /** What is to `c` as `b` is to `a`. */
  analogy: {
    input: z.object({
      a: word,
      b: word,
      c: word,
      limit: wordLimit.default(10),
      space: wordSpaceSchema.default('text'),
    }),
    output: z.array(nearestWordSchema),
  },
  /** The topics of the active model, those most written about first; only a model trained with LDA has any. */
  topics: { input: z.object({ words: wordLimit.default(10) }), output: z.array(topicSchema) },
  /** The words that the active model has learned from this library, the most written first. */
  learnedWords: {
    input: z.object({
      /** Only words that have this in them. */
      filter: z.string().max(100).default(''),
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(5000).default(200),
    }),
    output: z.object({ total: z.number().int(), words: z.array(learnedWordSchema) }),
  },
  /** Photos in whose texts a word stands. */
  wordPhotos: {
    input: z.object({ word, limit: z.number().int().min(1).max(1000).default(60) }),
    output: z.object({ total: z.number().int(), photos: z.array(photoSchema) }),
  },
  /** How a text is read: what each step of its preparation leaves, in the user's words, and the tokens at the end. */
  prepareText: {
    input: z.object({ text: z.string().max(1_000_000) }),
    output: z.object({
      steps: z.array(z.object({ step: z.string(), result: z.string() })),
      tokens: z.array(z.string()),
    }),
  },
  /** What the user said of words, and whether the active model has learned by it. */
  wordRules: { input: nothing, output: z.object({ rules: wordRulesSchema, learned: z.boolean() }) },
  setWordRules: { input: wordRulesSchema, output: wordRulesSchema },
} as const;
