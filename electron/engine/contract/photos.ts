/** The photos of the library, and everything that is known of one. */
import { z } from 'zod';
import { nothing, path, photo } from './parts.ts';

export const photoSchema = z.object({
  id: z.number().int(),
  /** As displayed, after EXIF orientation. */
  width: z.number().int(),
  height: z.number().int(),
  captioned: z.boolean(),
  /** Changes with the photo's bytes, for addresses of its pictures that must not show what was kept of the old ones. */
  revision: z.string(),
  /** True while none of its files is there; its thumbnail is shown. */
  offline: z.boolean(),
  /** Of a photo that stands for a group of photos that are one: what kind of one, and how many, with their videos. */
  group: z.object({ kind: z.enum(['raw', 'live', 'edited', 'burst']), size: z.number().int() }).nullable(),
});
export type Photo = z.infer<typeof photoSchema>;

export const photoTextSchema = z.object({
  /** What kind of words: `caption`, `title`, `keyword`, … */
  kind: z.enum(['caption', 'title', 'keyword', 'album', 'person']),
  text: z.string(),
  /** Where they were found, for example `captions.tsv` or `XMP-dc:Description`. */
  source: z.string(),
});
export type PhotoText = z.infer<typeof photoTextSchema>;

export const photoDetailsSchema = photoSchema.extend({
  texts: z.array(photoTextSchema),
  /** Keywords that stand below others, the outermost level first. Each level is among the texts too. */
  hierarchies: z.array(z.object({ levels: z.array(z.string()), source: z.string() })),
  /** Files that are there come first. An offline one is where the photo was last. */
  files: z.array(z.object({ path: z.string(), folder: z.string(), offline: z.boolean() })),
  /**
   * ISO 8601, as precise as it is known: a year, a month, a day or a time. A time is what the clock showed at the place, with its distance to
   * UTC if known; a `Z` stands where only UTC is known.
   */
  takenAt: z.string().nullable(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  camera: z.string().nullable(),
  /** Names from small to large; written by somebody, or of the inhabited place nearest to the coordinates. */
  place: z.object({ names: z.array(z.string()), origin: z.enum(['written', 'coordinates']) }).nullable(),
  /** Stars from 1 to 5, −1 for a rejected photo. */
  rating: z.number().int().min(-1).max(5).nullable(),
  label: z.enum(['red', 'orange', 'yellow', 'green', 'blue', 'purple', 'grey', 'black', 'white']).nullable(),
  flag: z.enum(['picked', 'rejected']).nullable(),
  bytes: z.number().int(),
  /** The photos that are one with it, the one that is shown for all first, and itself; each with its file's name. */
  members: z.array(photoSchema.extend({ path: z.string() })),
  /** Names of the short videos that belong to them. */
  videos: z.array(z.string()),
});
export type PhotoDetails = z.infer<typeof photoDetailsSchema>;

export const photoCalls = {
  /** Photos by date, latest first. */
  listPhotos: {
    input: z.object({ offset: z.number().int().min(0), limit: z.number().int().min(1).max(5000) }),
    output: z.object({ total: z.number().int(), photos: z.array(photoSchema) }),
  },
  photoDetails: { input: photo, output: photoDetailsSchema },
  /** Photos by path: relative to an imported folder, or absolute. */
  findPhotos: {
    input: z.object({ paths: z.array(path).max(1_000_000) }),
    output: z.object({ photos: z.array(z.number().int()), missing: z.array(z.string()) }),
  },
  /** Photos whose files are gone for good, as far as can be seen, each with where it was last. */
  lostPhotos: {
    input: z.object({ limit: z.number().int().min(1).max(1000).default(100) }),
    output: z.object({
      total: z.number().int(),
      photos: z.array(z.object({ photo: z.number().int(), path: z.string() })),
    }),
  },
  /** Forgets the photos whose files are gone, with their words. Nothing else ever does. */
  forgetLost: { input: nothing, output: z.object({ forgotten: z.number().int() }) },
} as const;
