/** XMP files beside the photos: what writing them would do, and what it did. */
import { z } from 'zod';
import { editableTextSchema } from './edits.ts';
import { job, nothing, photos } from './parts.ts';

/** What writing would do to the files of a photo. */
export const pendingWriteSchema = z.object({
  photo: z.number().int(),
  add: z.array(editableTextSchema),
  remove: z.array(editableTextSchema),
  files: z.array(
    z.object({
      /** Absolute, of the photo. */
      path: z.string(),
      /** Absolute; more than one where both spellings are there. Empty if there is a problem. */
      sidecars: z.array(z.string()),
      /** Whether the sidecar is there already and is added to. */
      exists: z.boolean(),
      /** Why nothing can be written beside it. */
      problem: z.string().nullable(),
    }),
  ),
});
export type PendingWrite = z.infer<typeof pendingWriteSchema>;

/** What writing sidecars did. */
export const sidecarReportSchema = z.object({
  startedAt: z.string(),
  seconds: z.number(),
  /** Photos whose words are in all of their sidecars now. */
  photos: z.number().int(),
  /** Absolute paths of the sidecars that are new, and of those that were added to. */
  created: z.array(z.string()),
  changed: z.array(z.string()),
  skipped: z.array(z.object({ path: z.string(), reason: z.string() })),
});
export type SidecarReport = z.infer<typeof sidecarReportSchema>;

export const sidecarCalls = {
  /** What writing sidecars would do, photo by photo. */
  pendingWrites: {
    input: z.object({
      photos: photos.optional(),
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(1000).default(200),
    }),
    output: z.object({ total: z.number().int(), writes: z.array(pendingWriteSchema) }),
  },
  /** Writes what is pending, of all photos or of those named, into sidecars beside them. */
  writeSidecars: { input: z.object({ photos: photos.optional() }), output: job },
  /** What the last writing did. */
  sidecarReport: { input: nothing, output: sidecarReportSchema.nullable() },
} as const;
