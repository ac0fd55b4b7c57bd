/**
 * [Note: files of an import] An import reads a folder, or zip archives, or both: a file is told by its path, and whoever reads it
 * need not know where it lies. In a path an archive counts as a folder: `export.zip/media/1.jpg` below the folder that
 * `export.zip` lies in. So a photo in an archive stays one: it is decoded from there whenever it is looked at, and nothing is unpacked.
 */
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { FileProblem, isSystemError, systemReason } from '../../../native/problem.ts';
import { withTemporaryFolder } from '../../../native/temporaryFolder.ts';
import type { ZipArchive } from '../../../native/zip.ts';

/** A file of an imported folder or archive. */
export interface FoundFile {
  /** Relative to the library's root folder, with forward slashes, as the file system spells it. */
  path: string;
  absolute: string;
  /** Where in its export the file lies: its path in the archive, or below the imported folder. */
  inside: string;
  /** The archive that holds it. */
  archive?: ZipArchive;
}

/** How large a text file that tells of photos may be. */
const LARGEST_TEXT = 400 * 2 ** 20;

/** Size and modification time (milliseconds) of a file. @throws {FileProblem} if it is gone. */
export async function fileStamp(file: FoundFile): Promise<{ size: number; modified: number }> {
  if (file.archive) {
    const entry = file.archive.files.get(file.inside);
    if (!entry) throw new FileProblem('it is not in the archive any more', false);
    return entry;
  }
  try {
    const { size, mtimeMs } = await stat(file.absolute);
    return { size, modified: mtimeMs };
  } catch (error) {
    throw new FileProblem(unreachable(file.absolute, error), false, { cause: error });
  }
}

/** Why there is nothing at a path that a folder listed. */
export const unreachable = (path: string, error: unknown): string =>
  path.includes('\ufffd')
    ? 'its name has bytes that are no characters in UTF-8, as very old systems write; rename it'
    : systemReason(error);

/**
 * A text file's content.
 * @throws {FileProblem} if it cannot be read, is too large, or is no UTF-8 text.
 */
export async function readText(file: FoundFile): Promise<string> {
  const { size } = await fileStamp(file);
  if (size > LARGEST_TEXT) throw new FileProblem('it is too large to be a list of photos', true);
  let bytes: Uint8Array;
  try {
    bytes = file.archive ? await file.archive.bytes(file.inside) : await readFile(file.absolute);
  } catch (error) {
    if (isSystemError(error)) throw new FileProblem(systemReason(error), false, { cause: error });
    throw error;
  }
  try {
    // The decoder drops a byte order mark.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new FileProblem('it is not UTF-8 text; save it again as UTF-8', true, { cause: error });
  }
}

/**
 * Calls `work` with paths at which these files can be opened by any program. Files of an archive lie there only meanwhile.
 * @throws {FileProblem} if one cannot be unpacked; whatever `work` throws.
 */
export async function withLocalFiles<T>(
  files: readonly FoundFile[],
  work: (paths: string[]) => Promise<T>,
): Promise<T> {
  if (files.every(({ archive }) => !archive)) return work(files.map(({ absolute }) => absolute));
  return await withTemporaryFolder(async (folder) => {
    const paths: string[] = [];
    for (const [index, { archive, absolute, inside }] of files.entries()) {
      const path = archive ? join(folder, `${index}-${localName(inside)}`) : absolute;
      await archive?.extract(inside, path);
      paths.push(path);
    }
    return await work(paths);
  });
}

/** A name that any file system takes; the end, with the extension, is what programs look at. */
const localName = (path: string): string =>
  basename(path)
    .replaceAll(/[^\w.-]/g, '_')
    .slice(-60);
