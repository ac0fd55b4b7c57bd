/**
 * The TensorFlow pack in the user's data folder: what `photolex accelerate` installed. A pack is one folder, put in its
 * place by a rename when it has proved that it works, so a pack that is there is whole.
 *
 * ```
 * <home>/tensorflow/2.21.0-cpu/
 *   pack.json                        what it is
 *   site-packages/tensorflow/        TensorFlow's two libraries, at the place that their own search paths expect
 *   site-packages/nvidia/            CUDA (gpu only)
 *   addon/                           TensorFlow.js's side of it, in JavaScript
 *   addon/lib/napi-v8/tfjs_binding.node
 * ```
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const manifestSchema = z.object({
  version: z.string(),
  variant: z.enum(['cpu', 'gpu']),
  /** What it computed on when it proved itself, in the user's words. */
  device: z.string(),
  bytes: z.number().int(),
  installedAt: z.string(),
});
/** `pack.json` of a pack. */
export type PackManifest = z.infer<typeof manifestSchema>;

export interface Pack extends PackManifest {
  folder: string;
}

const MANIFEST = 'pack.json';
const UNFINISHED = 'unfinished-';

/** Where packs lie in a user's data folder. */
export const packsFolder = (home: string): string => join(home, 'tensorflow');

/** Where a pack is put together; what an interrupted installation left there is used by the next. */
export const unfinishedFolder = (home: string, name: string): string =>
  join(packsFolder(home), `${UNFINISHED}${name}`);

/** Folder of TensorFlow.js's addon in a pack. */
export const addonFolder = (pack: string): string => join(pack, 'addon');

/** The pack that was installed last, or null. */
export function installedPack(home: string): Pack | null {
  const packs = namesIn(packsFolder(home))
    .filter((name) => !name.startsWith(UNFINISHED))
    .flatMap((name) => {
      const folder = join(packsFolder(home), name);
      const manifest = readManifest(folder);
      return manifest ? [{ ...manifest, folder }] : [];
    });
  packs.sort((one, other) => other.installedAt.localeCompare(one.installedAt));
  return packs[0] ?? null;
}

function readManifest(folder: string): PackManifest | null {
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')));
  } catch {
    // Half removed, or no pack at all.
    return null;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Makes a finished folder the pack, in place of all others. `name` tells version and variant. */
export async function placePack(home: string, unfinished: string, name: string): Promise<void> {
  const place = join(packsFolder(home), name);
  await rm(place, { recursive: true, force: true });
  await rename(unfinished, place);
  await removeAllBut(home, name);
}

/** Removes every pack, and what unfinished installations left. */
export const removePacks = (home: string): Promise<void> => removeAllBut(home, null);

async function removeAllBut(home: string, kept: string | null): Promise<void> {
  mkdirSync(packsFolder(home), { recursive: true });
  for (const name of namesIn(packsFolder(home))) {
    if (name !== kept) await rm(join(packsFolder(home), name), { recursive: true, force: true });
  }
}

export const manifestPath = (folder: string): string => join(folder, MANIFEST);

/** Size of all files in a folder in bytes; 0 if there is none. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    // A file may go while it is counted.
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => null);
    bytes += found?.size ?? 0;
  }
  return bytes;
}
