/** The library that is open: how it stands, how it is opened and closed, and which of its models is active. */
import { z } from 'zod';
import { modelSchema } from './models.ts';
import { job, nothing, path } from './parts.ts';

export const libraryStatusSchema = z.object({
  path: z.string(),
  name: z.string(),
  photos: z.number().int(),
  captioned: z.number().int(),
  indexed: z.number().int(),
  /** Photos that could not be decoded. */
  problems: z.number().int(),
  /** Photos none of whose files is there, and those among them that nothing that is away could bring back. */
  offline: z.number().int(),
  lost: z.number().int(),
  /** Folders that are away. */
  away: z.array(z.string()),
  /** How many folders are watched for changes. */
  watched: z.number().int(),
  /** Why changes in some folder are not noticed by themselves, and what to do; null if they are, or nobody wants it. */
  watchProblem: z.string().nullable(),
  folders: z.array(z.string()),
  models: z.array(modelSchema),
  databaseBytes: z.number().int(),
  /** How many captioned photos start learning by themselves. */
  learnsFrom: z.number().int(),
  /** Captioned photos that have come since the active model learned, so that learning again would change something. */
  newCaptions: z.number().int(),
});
export type LibraryStatus = z.infer<typeof libraryStatusSchema>;

export const libraryCalls = {
  /** Libraries opened before, latest first; those whose folder is gone are left out. */
  recentLibraries: {
    input: nothing,
    output: z.array(z.object({ path: z.string(), name: z.string(), photos: z.number().int() })),
  },
  /** The library that is open, or null. */
  libraryStatus: { input: nothing, output: libraryStatusSchema.nullable() },
  openLibrary: {
    /** `create` makes the library if there is none. */
    input: z.object({ path, create: z.boolean().default(false) }),
    output: libraryStatusSchema,
  },
  closeLibrary: { input: nothing, output: z.null() },
  /** Makes or opens the library of a folder of photos, starts importing it, and learns when there is enough to learn from. */
  openFolder: { input: z.object({ path }), output: job },
  /** Draws (once), imports and learns the sample album in a library of its own. */
  openSampleAlbum: { input: nothing, output: job },
  activateModel: { input: z.object({ model: z.string() }), output: libraryStatusSchema },
} as const;
