/** From paths as people write them to the photos of a library. */
import { isAbsolute, join, resolve, sep } from 'node:path';
import { PhotolexError } from '../contract.ts';
import type { Library } from './library.ts';

export interface FoundPaths {
  /** Photo of each path that was found. */
  photos: Map<string, number>;
  /** Paths that name no photo of the library. */
  missing: string[];
}

/**
 * Finds photos by path: relative to an imported folder (as results show them), absolute, or relative to the current
 * folder.
 */
export function findPaths(library: Library, paths: Iterable<string>): FoundPaths {
  const relative = new Map<string, number>();
  const absolute = new Map<string, number>();
  for (const { photo, path, folder } of library.photos.allFiles()) {
    if (!relative.has(path)) relative.set(path, photo);
    absolute.set(join(folder, path), photo);
  }
  const photos = new Map<string, number>();
  const missing: string[] = [];
  for (const path of paths) {
    const plain = path.normalize('NFC').replaceAll('\\', '/').replace(/^\.\//, '');
    const photo = (isAbsolute(path) ? undefined : relative.get(plain)) ?? absolute.get(resolve(path));
    if (photo === undefined) missing.push(path);
    else photos.set(path, photo);
  }
  return { photos, missing };
}

/** The error for a list of paths that names no photo at all. @param purpose what the photos were wanted for: "hold out", "judge" */
export function noneFound(purpose: string, missing: readonly string[]): PhotolexError {
  const problem =
    missing.length === 0
      ? `The list of photos to ${purpose} is empty. Write a path on each line, relative to the imported folder.`
      : `None of the ${missing.length} photos to ${purpose} is in the library (the first is ${missing[0]}). Paths are relative to the imported folder.`;
  return new PhotolexError('no-such-photos', problem);
}

/** Whether a path lies inside a folder; both absolute. */
export function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
