/** Parts of an imported folder that are read again because something happened there. */
import { join } from 'node:path';
import { addContents, emptyContents, type FolderContents, walkFolder } from './folder.ts';

export interface FolderPart {
  /** Relative to the imported folder, with forward slashes; empty or ending with a slash. */
  prefix: string;
  /** Whether the folders inside belong to the part. */
  deep: boolean;
}

/** Whether a file belongs to a part. `path` is relative to the imported folder. */
export function isInPart(path: string, { prefix, deep }: FolderPart): boolean {
  return path.startsWith(prefix) && (deep || !path.includes('/', prefix.length));
}

/** Everything in some parts of a folder. A part that is gone is empty. */
export async function walkParts(
  root: string,
  parts: readonly FolderPart[],
  signal?: AbortSignal,
): Promise<FolderContents> {
  const contents = emptyContents();
  // A part inside one that is read as a whole would be read twice.
  const needed = parts.filter(
    ({ prefix }) =>
      !parts.some((other) => other.deep && other.prefix !== prefix && prefix.startsWith(other.prefix)),
  );
  for (const { prefix, deep } of needed) {
    try {
      const options = { prefix, shallow: !deep, ...(signal ? { signal } : {}) };
      addContents(contents, await walkFolder(join(root, prefix), options));
    } catch (error) {
      signal?.throwIfAborted();
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') contents.complete = false;
    }
  }
  return contents;
}
