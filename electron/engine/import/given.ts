/** What the user named to be imported: a folder, the archives of an export, or a list of photos. Told by the path, not by what is inside. */
import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { systemReason } from '../../../native/problem.ts';
import { PhotolexError } from '../contract.ts';
import { type FolderPart, isInPart } from './folderParts.ts';

/** What the user named: a folder, or files in it. */
export interface Given {
  /** As it was named, absolute. */
  path: string;
  folder: string;
  /** Names in the folder of the archives to read; null if the folder itself was named. */
  archives: string[] | null;
  /** A list of photos: only the photos that it names are imported. */
  list: string | null;
  /** Parts of the folder that shall be read; null for all of it. */
  parts: readonly FolderPart[] | null;
}

/**
 * Looks up what lies at a path.
 * @throws {PhotolexError} `no-folder` if nothing does, `not-importable` if it is nothing that can be imported.
 */
export async function openGiven(path: string): Promise<Given> {
  const absolute = resolve(path);
  let found: Stats;
  try {
    found = await stat(absolute);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new PhotolexError(
      'no-folder',
      missing
        ? `There is no folder or file ${absolute}. Check the path.`
        : `${absolute} cannot be read: ${systemReason(error)}.`,
      { cause: error },
    );
  }
  const whole = { path: absolute, archives: null, list: null, parts: null };
  if (found.isDirectory()) return { ...whole, folder: absolute };
  const folder = dirname(absolute);
  switch (extname(absolute).toLowerCase()) {
    case '.tsv':
      return { ...whole, folder, list: absolute };
    case '.json':
      // A data set keeps its lists in a folder beside those of its images.
      return {
        ...whole,
        folder: basename(folder).toLowerCase() === 'annotations' ? dirname(folder) : folder,
        list: absolute,
      };
    case '.zip':
      return { ...whole, folder, archives: partsOf(basename(absolute), await readdir(folder)) };
    default:
      throw new PhotolexError(
        'not-importable',
        `${absolute} cannot be imported. Choose a folder of photos, a zip archive, a captions file (.tsv) or a list of images in JSON.`,
      );
  }
}

/**
 * Whether a path below a root belongs to what was named, whose folder lies at `prefix` in the root (empty or ending with a slash).
 * Of a list everything in its folder does.
 */
export function isInScope(path: string, { path: named, archives, parts }: Given, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  if (archives !== null) {
    const [archive, ...inside] = path.slice(prefix.length).split('/');
    return inside.length > 0 && isPartOf(archive!, basename(named));
  }
  return parts === null || parts.some((part) => isInPart(path, part));
}

/** The archives of an export that was split: `takeout-…-001.zip` and its siblings with other numbers. */
function partsOf(name: string, names: readonly string[]): string[] {
  return names.filter((other) => isPartOf(other, name)).sort();
}

/** Whether an archive and `name` are parts of one export. */
function isPartOf(archive: string, name: string): boolean {
  const numbered = /^(.*[-_ ](?:part)?)(\d{1,3})\.zip$/i;
  const stem = numbered.exec(name)?.[1];
  return archive === name || (stem !== undefined && numbered.exec(archive)?.[1] === stem);
}
