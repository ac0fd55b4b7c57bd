/** Photolex itself, whichever library is open: its version, and the user's settings. */
import { z } from 'zod';
import { nothing } from './parts.ts';

export const themeSchema = z.enum(['system', 'light', 'dark']);
const settingsFields = {
  theme: themeSchema,
  thumbnailHeight: z.number().int().min(80).max(480),
  learnAutomatically: z.boolean(),
  watchFolders: z.boolean(),
  /** Whether photos are looked at once more, larger: it takes longer, and finds more. */
  lookCloser: z.boolean(),
  /** Folders of the libraries opened before, latest first. */
  recentLibraries: z.array(z.string()),
};
/** All settings, with what a user has who never changed one. */
export const settingsSchema = z.object({
  theme: settingsFields.theme.default('system'),
  thumbnailHeight: settingsFields.thumbnailHeight.default(200),
  learnAutomatically: settingsFields.learnAutomatically.default(true),
  watchFolders: settingsFields.watchFolders.default(true),
  lookCloser: settingsFields.lookCloser.default(false),
  recentLibraries: settingsFields.recentLibraries.default([]),
});
export type Settings = z.infer<typeof settingsSchema>;

export const applicationCalls = {
  about: {
    input: nothing,
    /** `device` looks at photos; what trains is in `acceleration`. */
    output: z.object({ version: z.string(), device: z.string(), homeFolder: z.string() }),
  },
  getSettings: { input: nothing, output: settingsSchema },
  /** Changes the settings named and leaves the others. (Defaults would survive `settingsSchema.partial()`.) */
  setSettings: { input: z.object(settingsFields).partial(), output: settingsSchema },
} as const;
