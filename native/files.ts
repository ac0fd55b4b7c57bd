/** Writing files so that a kill at any moment leaves either the old file or the new one, never half of one. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface WriteOptions {
  /**
   * Syncs the bytes to the disk before they take the file's place, so that they survive a power cut too (default). What can be
   * made again in a moment, such as a thumbnail, does without.
   */
  durable?: boolean;
}

/**
 * Writes `bytes` beside `path` and renames. Makes the folder if it is missing. Two writers of one path at a time are not
 * foreseen; what a kill leaves beside it is overwritten by the next.
 */
export async function writeAtomically(
  path: string,
  bytes: Uint8Array | string,
  { durable = true }: WriteOptions = {},
): Promise<void> {
  const unfinished = `${path}.unfinished`;
  try {
    const file = await openForWriting(unfinished);
    try {
      await file.writeFile(bytes);
      if (durable) await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Opens a file, making its folder only where it turns out to be missing: most folders are there. */
async function openForWriting(path: string): ReturnType<typeof open> {
  try {
    return await open(path, 'w');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(dirname(path), { recursive: true });
    return open(path, 'w');
  }
}
