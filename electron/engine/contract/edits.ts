/** What the user writes about photos, and how it is taken back. */
import { z } from 'zod';
import { nothing, photos } from './parts.ts';

/** Text about a photo that the user can write: everything else comes from elsewhere. */
export const editableTextSchema = z.object({
  kind: z.enum(['caption', 'title', 'keyword']),
  text: z
    .string()
    .max(20_000)
    .transform((text) => text.normalize('NFC').trim())
    .refine((text) => text !== '', 'It must not be empty.'),
});
export type EditableText = z.infer<typeof editableTextSchema>;

/** One thing that the user did to words, on one photo or many. It can be undone, the last first. */
export const editSchema = z.object({
  id: z.number().int(),
  /** In the user's words: `Added “zorro” to 12 photos`. */
  label: z.string(),
  madeAt: z.string(),
  photos: z.number().int(),
});
export type Edit = z.infer<typeof editSchema>;

export const editCalls = {
  /**
   * Adds words to photos and takes others out, as one edit; null if nothing was different. A keyword whose place in a hierarchy is known
   * brings the words above it. A caption or title takes the place of the one there.
   */
  editWords: {
    input: z.object({
      photos: photos.min(1),
      add: z.array(editableTextSchema).max(200).default([]),
      remove: z.array(editableTextSchema).max(200).default([]),
    }),
    output: editSchema.nullable(),
  },
  /** What can be undone, the last first. */
  edits: {
    input: z.object({ limit: z.number().int().min(1).max(200).default(20) }),
    output: z.array(editSchema),
  },
  /** Takes back the last edit; null if there is none. */
  undoEdit: { input: nothing, output: editSchema.nullable() },
} as const;
