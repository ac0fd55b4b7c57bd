/** Writing files so that a kill at any moment leaves either the old file or the new one, never half of one. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface WriteOptions {
  /**
   * Syncs the bytes to the disk before they take the file's place, so that they survive a power cut too (default). What can be
   * made again in a moment, such as a thumbnail, does without.
   */
  durable?: boolean;
  /**
   * Others may write the same path at the same time, and the last one's bytes stay. What a kill leaves beside the path then
   * remains there; of a file that has one writer the next overwrites it (default).
   */
  contended?: boolean;
}

/** Writes `bytes` beside `path` and renames. Makes the folder if it is missing. */
export async function writeAtomically(
  path: string,
  bytes: Uint8Array | string,
  { durable = true, contended = false }: WriteOptions = {},
): Promise<void> {
  const unfinished = contended ? `${path}.${randomUUID()}.unfinished` : `${path}.unfinished`;
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
