/**
 * Walks a folder tree and finds photos, the sidecars beside them, and captions files. It opens none of them: a file
 * is a candidate by its extension, and whoever reads it says what it really is.
 */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { systemReason } from '../../../native/problem.ts';
import type { ImportReport } from '../contract.ts';

const PHOTO_EXTENSIONS = new Set([
  '.jpg',
  '.jpeg',
  '.jpe',
  '.png',
  '.webp',
  '.tif',
  '.tiff',
  '.gif',
  '.avif',
]);

/** Folders that systems and programs keep for themselves. Names that start with a dot are left out anyway. */
const SYSTEM_FOLDERS = new Set([
  '@eadir',
  '__macosx',
  '$recycle.bin',
  'system volume information',
  'lost+found',
]);

/** The name that a captions file has when it is found without being named. */
export const CAPTIONS_NAME = 'captions.tsv';

/** A file of an imported folder. */
export interface FoundFile {
  /** Relative to the library's root folder, with forward slashes, as the file system spells it. */
  path: string;
  absolute: string;
}

export interface FoundPhoto extends FoundFile {
  /** Absolute paths of `photo.jpg.xmp` and `photo.xmp`, where they exist. */
  sidecars: string[];
}

export interface FolderContents {
  /** Folder by folder, sorted by name, so that the same tree always comes in the same order. */
  photos: FoundPhoto[];
  captions: FoundFile[];
  skipped: ImportReport['skipped'];
  /** False if a part of the tree could not be read, so that what was not found may still be there. */
  complete: boolean;
}

export interface WalkOptions {
  /** What all paths start with: where the folder lies below its root, empty or ending with a slash. */
  prefix?: string;
  signal?: AbortSignal;
  /** Told the number of photos found so far, folder by folder. */
  onFound?: (photos: number) => void;
}

export const isPhotoName = (name: string): boolean => PHOTO_EXTENSIONS.has(extname(name).toLowerCase());

interface Folder {
  absolute: string;
  /** Relative to the library's root folder, empty or ending with a slash. */
  prefix: string;
}

/**
 * Finds the photos of a folder at any depth. Hidden and system folders and Photolex's own libraries are left out.
 * Links to folders are followed once everything real has been read, and never into a folder that was read already.
 * @throws if `root` itself cannot be read.
 */
export async function walkFolder(root: string, options: WalkOptions = {}): Promise<FolderContents> {
  const { prefix = '', signal, onFound } = options;
  const contents: FolderContents = { photos: [], captions: [], skipped: [], complete: true };
  const realRoot = await realpath(root);
  const visited = new Set<string>();
  const links: Folder[] = [];

  const walk = async (folder: Folder, real: string): Promise<void> => {
    signal?.throwIfAborted();
    visited.add(real);
    let entries: Dirent[];
    try {
      entries = await readdir(folder.absolute, { withFileTypes: true });
    } catch (error) {
      if (folder.prefix === prefix) throw error;
      contents.skipped.push({
        path: folder.prefix,
        reason: `the folder cannot be read: ${systemReason(error)}`,
      });
      contents.complete = false;
      return;
    }
    const names = new Map(entries.map((entry) => [entry.name.toLowerCase(), entry.name]));
    const isLibrary = names.has('photolex.db');
    if (isLibrary && folder.prefix !== prefix) return;
    entries.sort((one, other) => (one.name < other.name ? -1 : 1));
    for (const entry of entries) {
      const { name } = entry;
      if (name.startsWith('.')) continue;
      const found: FoundFile = { path: folder.prefix + name, absolute: join(folder.absolute, name) };
      const inside: Folder = { absolute: found.absolute, prefix: `${found.path}/` };
      const kind = entry.isSymbolicLink() ? await linkKind(found.absolute) : entryKind(entry);
      if (kind === 'folder') {
        if (SYSTEM_FOLDERS.has(name.toLowerCase())) continue;
        if (isLibrary && LIBRARY_FOLDERS.has(name)) continue;
        if (entry.isSymbolicLink()) links.push(inside);
        else if (!visited.has(join(real, name))) await walk(inside, join(real, name));
      } else if (isPhotoName(name)) {
        if (kind === 'other') contents.skipped.push({ path: found.path, reason: 'it is not a file' });
        else if (kind === 'broken')
          contents.skipped.push({ path: found.path, reason: 'it is a link to a file that is not there' });
        else contents.photos.push({ ...found, sidecars: sidecarsOf(name, names, folder.absolute) });
      } else if (name.toLowerCase() === CAPTIONS_NAME && kind === 'file') {
        contents.captions.push(found);
      }
    }
    onFound?.(contents.photos.length);
  };

  await walk({ absolute: root, prefix }, realRoot);
  for (let link = links.shift(); link; link = links.shift()) {
    const target = await realpath(link.absolute);
    if (visited.has(target) || realRoot.startsWith(target.endsWith(sep) ? target : target + sep)) {
      contents.skipped.push({ path: link.prefix, reason: 'it is a link to a folder that is read anyway' });
    } else await walk(link, target);
  }
  return contents;
}

/** What a library keeps in its own folder, when photos lie beside it. */
const LIBRARY_FOLDERS = new Set(['thumbnails', 'models']);

type EntryKind = 'file' | 'folder' | 'other' | 'broken';

function entryKind(entry: { isFile(): boolean; isDirectory(): boolean }): EntryKind {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'folder' : 'other';
}

async function linkKind(path: string): Promise<EntryKind> {
  try {
    return entryKind(await stat(path));
  } catch {
    return 'broken';
  }
}

/** The sidecars of the photo `name` among the names of its folder: `photo.jpg.xmp` before `photo.xmp`, in any case. */
function sidecarsOf(name: string, names: ReadonlyMap<string, string>, folder: string): string[] {
  const lower = name.toLowerCase();
  const stem = lower.slice(0, -extname(lower).length);
  return [`${lower}.xmp`, `${stem}.xmp`]
    .map((sidecar) => names.get(sidecar))
    .filter((sidecar) => sidecar !== undefined)
    .map((sidecar) => join(folder, sidecar));
}
