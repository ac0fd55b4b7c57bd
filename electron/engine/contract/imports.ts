/** Where photos and their words come from, and what became of every file. */
import { z } from 'zod';
import { job, nothing, path } from './parts.ts';

export const sourceNameSchema = z.enum([
  'captions',
  'instagram',
  'facebook',
  'flickr',
  'takeout',
  'coco',
  'webvision',
  'instacities',
  'mirflickr',
]);
/** Where words about photos come from, beside the photos and their sidecars themselves. */
export type SourceName = z.infer<typeof sourceNameSchema>;
/** What an import is told of its source: `folder` reads only the photos and their sidecars. */
export const importSourceSchema = z.enum(['auto', 'folder', ...sourceNameSchema.options]);
export type ImportSource = z.infer<typeof importSourceSchema>;

/** What an import did: every skipped file by name, with the reason and what to do. */
export const importReportSchema = z.object({
  folder: z.string(),
  /** The exports and lists that were recognised, why, and how many photos each had words, dates or places for. */
  sources: z
    .array(
      z.object({ name: sourceNameSchema, title: z.string(), because: z.string(), photos: z.number().int() }),
    )
    .default([]),
  startedAt: z.string(),
  seconds: z.number(),
  added: z.number().int(),
  unchanged: z.number().int(),
  duplicates: z.number().int(),
  /** Photos whose file holds other bytes than before; they keep their words. */
  replaced: z.number().int().default(0),
  /** Files that were there before and are not now, and files that came back. */
  missing: z.number().int().default(0),
  found: z.number().int().default(0),
  /** Folders that are gone, or empty although many photos were in them, as of a drive that is away. */
  away: z.array(z.string()).default([]),
  captioned: z.number().int(),
  indexed: z.number().int(),
  /** Videos, which Photolex leaves alone. */
  videos: z.number().int().default(0),
  /** Short videos that belong to a photo. */
  livePhotos: z.number().int().default(0),
  /** Every file that was skipped, or that an export names and that is not there. `group` is the place of its reason in `reasons`. */
  skipped: z.array(
    z.object({ path: z.string(), reason: z.string(), group: z.number().int().nonnegative().optional() }),
  ),
  /** Why files were skipped, without what concerns one file alone, and how many for it; the most frequent first. */
  reasons: z.array(z.object({ reason: z.string(), files: z.number().int() })).default([]),
});
export type ImportReport = z.infer<typeof importReportSchema>;

/** An import whose report is kept. */
export const pastImportSchema = z.object({
  id: z.number().int(),
  folder: z.string(),
  startedAt: z.string(),
  added: z.number().int(),
  skipped: z.number().int(),
});
export type PastImport = z.infer<typeof pastImportSchema>;

export const importCalls = {
  /** Adds a folder, an export or a captions file to the open library. */
  importPhotos: {
    input: z.object({ path, source: importSourceSchema.default('auto') }),
    output: job,
  },
  /** Imports everything again, as it was imported before; only what changed is read. */
  rescan: { input: nothing, output: job },
  /** The report of an import, of the latest if none is named. */
  importReport: {
    input: z.object({ report: z.number().int().optional() }).strict().optional(),
    output: importReportSchema.nullable(),
  },
  /** The imports whose reports are kept, the latest first. */
  importReports: { input: nothing, output: z.array(pastImportSchema) },
  /** The folders inside a folder, for choosing one where there is no native dialog. Hidden ones are left out. */
  listFolder: {
    input: z.object({ path: path.optional() }),
    output: z.object({
      path: z.string(),
      parent: z.string().nullable(),
      folders: z.array(z.string()),
      /** Photos directly inside. */
      photos: z.number().int(),
    }),
  },
} as const;
