/**
 * Walks a folder tree, or the list of a zip archive, and finds photos, the sidecars beside them, captions files, and what else
 * lies there. It opens none of them: a file is a candidate by its extension, and whoever reads it says what it really is.
 */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join, sep } from 'node:path';
import { RAW_EXTENSIONS } from '../../../native/rawPhoto.ts';
import type { ZipArchive } from '../../../native/zip.ts';
import type { ImportReport } from '../contract.ts';
import { isInside } from '../library/paths.ts';
import { type FoundFile, unreachable } from './files.ts';

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
  '.heic',
  '.heif',
  '.jxl',
  ...RAW_EXTENSIONS,
]);

const VIDEO_EXTENSIONS = new Set([
  '.mp4',
  '.mov',
  '.m4v',
  '.avi',
  '.mkv',
  '.webm',
  '.3gp',
  '.mpg',
  '.mts',
  '.wmv',
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

export interface FoundPhoto extends FoundFile {
  /** `photo.jpg.xmp` and `photo.xmp`, where they exist. */
  sidecars: FoundFile[];
  /** Name of the short video that was taken with the photo. */
  video?: string;
}

export interface FolderContents {
  /** Folder by folder, sorted by name, so that the same tree always comes in the same order. */
  photos: FoundPhoto[];
  captions: FoundFile[];
  /** Zip archives directly in the folder. */
  archives: FoundFile[];
  /** Everything else that is a file, for sources that tell of photos in files of their own. */
  others: FoundFile[];
  /** How many videos lie there; they are left alone. */
  videos: number;
  /** How many short videos belong to a photo. */
  livePhotos: number;
  skipped: ImportReport['skipped'];
  /** False if a part of the tree could not be read, so that what was not found may still be there. */
  complete: boolean;
}

export interface WalkOptions {
  /** What all paths start with: where the folder lies below its root, empty or ending with a slash. */
  prefix?: string;
  /** Only the zip archives directly in the folder are wanted. */
  archivesOnly?: boolean;
  /** Only what lies directly in the folder is wanted, and not what lies in folders inside. */
  shallow?: boolean;
  signal?: AbortSignal;
  /** Told the number of photos found so far, folder by folder. */
  onFound?: (photos: number) => void;
}

export const isPhotoName = (name: string): boolean => PHOTO_EXTENSIONS.has(extname(name).toLowerCase());

export const isVideoName = (name: string): boolean => VIDEO_EXTENSIONS.has(extname(name).toLowerCase());

/** Names of photos that cameras take together with a short video, or a RAW photo. */
export const isLiveName = (name: string): boolean => /\.(?:jpe?g|heic|heif)$/i.test(name);
const LIVE_PHOTOS = ['.heic', '.jpg', '.jpeg', '.heif'];
const LIVE_VIDEOS = ['.mov', '.mp4', '.m4v'];

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
  const { prefix = '', archivesOnly = false, shallow = false, signal, onFound } = options;
  const contents = emptyContents();
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
        reason: `the folder cannot be read: ${unreachable(folder.absolute, error)}`,
      });
      contents.complete = false;
      return;
    }
    if (archivesOnly) {
      entries = entries.filter(({ name }) => extname(name).toLowerCase() === '.zip');
    }
    const names = new Map(entries.map((entry) => [entry.name.toLowerCase(), entry.name]));
    await leaveOut(names, entries, folder);
    const isLibrary = names.has('photolex.db');
    if (isLibrary && folder.prefix !== prefix) return;
    entries.sort((one, other) => (one.name < other.name ? -1 : 1));
    for (const entry of entries) {
      const { name } = entry;
      if (name.startsWith('.')) continue;
      const path = folder.prefix + name;
      const found = { path, absolute: join(folder.absolute, name), inside: path.slice(prefix.length) };
      const inside: Folder = { absolute: found.absolute, prefix: `${found.path}/` };
      const kind = entry.isSymbolicLink() ? await linkKind(found.absolute) : entryKind(entry);
      if (kind === 'folder') {
        if (shallow) continue;
        if (SYSTEM_FOLDERS.has(name.toLowerCase())) continue;
        if (isLibrary && LIBRARY_FOLDERS.has(name)) continue;
        if (entry.isSymbolicLink()) links.push(inside);
        else if (!visited.has(join(real, name))) await walk(inside, join(real, name));
      } else if (isPhotoName(name) && kind !== 'file') {
        contents.skipped.push({ path, reason: notAFile[kind] });
      } else if (kind === 'file') {
        const isOutermost = folder.prefix === prefix;
        sortFile(contents, found, (sidecar) => {
          const spelled = names.get(sidecar);
          return spelled === undefined ? undefined : besides(found, spelled);
        });
        if (isOutermost && extname(name).toLowerCase() === '.zip') contents.archives.push(found);
      }
    }
    onFound?.(contents.photos.length);
  };

  /** Of sidecars only those that are files: whoever opened a pipe or a device would wait for ever. */
  const leaveOut = async (names: Map<string, string>, entries: readonly Dirent[], folder: Folder) => {
    for (const entry of entries) {
      if (entry.isFile() || extname(entry.name).toLowerCase() !== '.xmp') continue;
      const kind = entry.isSymbolicLink()
        ? await linkKind(join(folder.absolute, entry.name))
        : entryKind(entry);
      if (kind === 'file') continue;
      names.delete(entry.name.toLowerCase());
      if (kind !== 'folder')
        contents.skipped.push({ path: folder.prefix + entry.name, reason: notAFile[kind] });
    }
  };

  await walk({ absolute: root, prefix }, realRoot);
  for (let link = links.shift(); link; link = links.shift()) {
    const target = await realpath(link.absolute);
    if (visited.has(target) || isInside(realRoot, target)) {
      contents.skipped.push({ path: link.prefix, reason: 'it is a link to a folder that is read anyway' });
    } else await walk(link, target);
  }
  return contents;
}

/**
 * Whether a path below an imported folder lies where `walkFolder` does not go: hidden and system folders, hidden files, and Photolex's
 * own libraries. `isLibrary` says whether a folder (relative, empty for the imported one) holds a library.
 */
export function isLeftOut(path: string, isLibrary: (folder: string) => boolean): boolean {
  const names = path.split('/');
  if (names.some((name) => name.startsWith('.'))) return true;
  if (LIBRARY_FOLDERS.has(names[0]!) && isLibrary('')) return true;
  return names
    .slice(0, -1)
    .some(
      (name, depth) =>
        SYSTEM_FOLDERS.has(name.toLowerCase()) || isLibrary(names.slice(0, depth + 1).join('/')),
    );
}

/** What a library keeps in its own folder, when photos lie beside it. */
const LIBRARY_FOLDERS = new Set(['thumbnails', 'models']);

type EntryKind = 'file' | 'folder' | 'other' | 'broken';

const notAFile = {
  other: 'it is not a file',
  broken: 'it is a link to a file that is not there',
} as const;

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

export const emptyContents = (): FolderContents => ({
  photos: [],
  captions: [],
  archives: [],
  others: [],
  videos: 0,
  livePhotos: 0,
  skipped: [],
  complete: true,
});

/** Puts a file where it belongs. `neighbour` finds a file of the same folder by its name in lower case. */
function sortFile(
  contents: FolderContents,
  found: FoundFile,
  neighbour: (name: string) => FoundFile | undefined,
): void {
  const name = basename(found.path);
  const extension = extname(name).toLowerCase();
  const stem = name.slice(0, name.length - extension.length).toLowerCase();
  const beside = (extensions: readonly string[]) =>
    extensions.map((other) => neighbour(stem + other)).find((file) => file !== undefined);
  if (isPhotoName(name)) {
    const video = isLiveName(name) ? beside(LIVE_VIDEOS) : undefined;
    contents.photos.push({
      ...found,
      sidecars: sidecarsOf(name, neighbour),
      ...(video ? { video: basename(video.path) } : {}),
    });
  } else if (LIVE_VIDEOS.includes(extension) && beside(LIVE_PHOTOS)) contents.livePhotos += 1;
  else if (isVideoName(name)) contents.videos += 1;
  else if (name.toLowerCase() === CAPTIONS_NAME) contents.captions.push(found);
  else if (extension !== '.xmp') contents.others.push(found);
}

/** The file of another name in the folder of this one. */
function besides(file: FoundFile, name: string): FoundFile {
  const beside = (path: string) => path.slice(0, -basename(file.path).length) + name;
  return { ...file, path: beside(file.path), absolute: beside(file.absolute), inside: beside(file.inside) };
}

/**
 * The sidecars of the photo `name`: `photo.jpg.xmp` before `photo.xmp`. What Apple's devices call `IMG_E1234` is `IMG_1234`, edited, and
 * shares its sidecar. `neighbour` finds a file of the same folder by its name in lower case.
 */
export function sidecarsOf<T>(name: string, neighbour: (name: string) => T | undefined): T[] {
  const lower = name.toLowerCase();
  const stem = lower.slice(0, -extname(lower).length);
  const find = (names: string[]) => names.map(neighbour).filter((sidecar) => sidecar !== undefined);
  const own = find([`${lower}.xmp`, `${stem}.xmp`]);
  const original = /^img_e(\d+)$/.exec(stem)?.[1];
  return own.length > 0 || original === undefined ? own : find([`img_${original}.xmp`]);
}

/** What a zip archive holds, sorted as a folder is. See [Note: files of an import]. */
export function listArchive(archive: ZipArchive, zip: FoundFile): FolderContents {
  const contents = emptyContents();
  for (const { path, reason } of archive.refused)
    contents.skipped.push({ path: `${zip.path}/${path}`, reason });
  const paths = [...archive.files.keys()].sort((one, other) => (one < other ? -1 : 1));
  const lowerCase = new Map(paths.map((path) => [path.toLowerCase(), path]));
  const file = (inside: string): FoundFile => ({
    path: `${zip.path}/${inside}`,
    absolute: `${zip.absolute}${sep}${inside.replaceAll('/', sep)}`,
    inside,
    archive,
  });
  for (const path of paths) {
    const folders = path.split('/').slice(0, -1);
    if (path.split('/').some((part) => part.startsWith('.'))) continue;
    if (folders.some((folder) => SYSTEM_FOLDERS.has(folder.toLowerCase()))) continue;
    const folder = path.slice(0, -basename(path).length).toLowerCase();
    sortFile(contents, file(path), (name) => {
      const spelled = lowerCase.get(folder + name);
      return spelled === undefined ? undefined : file(spelled);
    });
  }
  return contents;
}

/** Adds what another part of the same import holds. */
export function addContents(contents: FolderContents, more: FolderContents): void {
  for (const photo of more.photos) contents.photos.push(photo);
  for (const file of more.captions) contents.captions.push(file);
  for (const file of more.others) contents.others.push(file);
  for (const file of more.skipped) contents.skipped.push(file);
  contents.videos += more.videos;
  contents.livePhotos += more.livePhotos;
  contents.complete &&= more.complete;
}
