/** Folders for files that are needed for a moment, such as a photo unpacked from an archive for a program that wants a path. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './process.ts';

/** Followed by the id of the process that made it. */
const PREFIX = 'photolex-work-';
/** What a killed process left is removed when it is this old, in milliseconds: where process ids are told apart by container, a folder of another one is no younger. */
const LEFT_AFTER = 10 * 60 * 1000;

let sweeping: Promise<void> | undefined;

/** Calls `work` with the path of an empty folder, which is removed when it ends. What killed processes left is removed at the first call. */
export async function withTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  sweeping ??= removeLeftFolders(tmpdir());
  await sweeping;
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes folders in `parent` whose process is gone; what cannot be removed stays. */
export async function removeLeftFolders(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const owner = /^(\d+)-/.exec(name.startsWith(PREFIX) ? name.slice(PREFIX.length) : '')?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const path = join(parent, name);
    try {
      if (Date.now() - (await stat(path)).mtimeMs > LEFT_AFTER)
        await rm(path, { recursive: true, force: true });
    } catch {
      // Another process was faster, or it is another user's.
    }
  }
}
