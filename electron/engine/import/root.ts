/** Where an imported folder lies in the library: every file has one path there, whichever folder was named. */
import { relative, sep } from 'node:path';
import type { Library } from '../library/library.ts';
import { isInside } from '../library/paths.ts';

/** The root that an imported folder belongs to, and where in it the folder lies. */
export interface Root {
  id: number;
  path: string;
  /** Empty or ending with a slash. */
  prefix: string;
}

/**
 * The root of a folder: a folder inside one that was imported before belongs to that one, and roots inside a folder
 * that is imported now become part of it.
 */
export function findRoot(library: Library, folder: string): Root {
  const { photos } = library;
  const roots = photos.roots();
  const outer = roots.find((root) => root.path === folder || isInside(folder, root.path));
  if (outer) return { ...outer, prefix: prefixOf(folder, outer.path) };
  return library.transaction(() => {
    const id = photos.root(folder);
    for (const root of roots)
      if (isInside(root.path, folder)) photos.moveRoot(root.id, id, prefixOf(root.path, folder));
    return { id, path: folder, prefix: '' };
  });
}

/** Where a path lies in a folder, as the paths of files in it begin: empty or ending with a slash. */
export function prefixOf(path: string, folder: string): string {
  const inner = relative(folder, path).replaceAll(sep, '/');
  return inner === '' ? '' : `${inner}/`;
}
