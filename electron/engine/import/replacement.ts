/**
 * What becomes of a photo when its file holds other bytes.
 *
 * [Note: replaced files] A photo is its bytes, and a file that was edited in another program has new ones; but to its owner it is the
 * same photo, with the same words. So while files are read, one that changed only remembers which photo it replaces, because that
 * photo may still turn up under another name: a program that keeps a backup, or two files that swap their names. Once all are
 * read, a photo whose bytes are nowhere any more takes over those that its file has now, and keeps its id and words; what was
 * derived from the old bytes is thrown away, so that it is looked at again. If those bytes are another photo already,
 * nothing is known to replace it, and it stays as one whose file is gone.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { METADATA_SOURCES } from '../../../native/metadata.ts';
import type { Library } from '../library/library.ts';

export interface ReplacementOptions {
  /** Whether a photo came into the library just now, so that nothing is lost when another takes over its bytes. */
  isNew(photo: number): boolean;
  /** Whether a file has been a photo's for longer than this import. */
  isKnown(photo: number, file: { folder: string; path: string }): boolean;
  /** Called between transactions. */
  pause(): Promise<void>;
}

interface Replacing {
  photo: number;
  replaces: number;
  folder: string;
  path: string;
}

/** Photos settled in one transaction. */
const BATCH = 50;

/**
 * Settles every replaced file of a library. Returns the photos that took over new bytes, each with the photo that had them, which is gone.
 * Their metadata must be read again, which their files' stamps ask for. See [Note: replaced files].
 */
export async function settleReplaced(
  library: Library,
  options: ReplacementOptions,
): Promise<Map<number, number>> {
  const adopted = new Map<number, number>();
  const pending = Map.groupBy(replacing(library), ({ replaces }) => replaces);
  const photos = [...pending];
  for (let start = 0; start < photos.length; start += BATCH) {
    const thumbnails: string[] = [];
    library.transaction(() => {
      for (const [photo, files] of photos.slice(start, start + BATCH)) {
        const old = library.photos.get(photo);
        const successor = old && settle(library, photo, files, options);
        if (successor) {
          adopted.set(photo, successor);
          thumbnails.push(library.thumbnailPath(old.hash));
        }
        library.database.prepare('UPDATE files SET replaces = NULL WHERE replaces = ?').run(photo);
      }
    });
    for (const path of thumbnails) await rm(path, { force: true });
    await options.pause();
  }
  return adopted;
}

function replacing(library: Library): Replacing[] {
  return library.database
    .prepare(
      `SELECT files.photo, replaces, roots.path AS folder, files.path FROM files JOIN roots ON roots.id = files.root
       WHERE replaces IS NOT NULL ORDER BY files.id`,
    )
    .all() as Replacing[];
}

/** Settles one photo that was replaced in these files. Returns the photo whose bytes it took over, or null. */
function settle(
  library: Library,
  photo: number,
  files: readonly Replacing[],
  { isNew, isKnown }: ReplacementOptions,
): number | null {
  const successor = files.find((file) => isNew(file.photo));
  const own = library.photos.filesOf(photo);
  if (own.length === 0 && successor) {
    adopt(library, photo, successor.photo);
    return successor.photo;
  }
  if (own.length === 0)
    library.database
      .prepare('UPDATE photos SET last_path = ? WHERE id = ?')
      .run(join(files[0]!.folder, files[0]!.path), photo);
  // One copy of several was edited: both have the words that its owner gave. A photo that only moved is no such copy.
  if (own.some((file) => isKnown(photo, file))) {
    const words = ownWords(library, photo);
    for (const file of files) if (isNew(file.photo)) library.texts.add(file.photo, words);
  }
  return null;
}

/** Words that do not come from inside the photo's file or its sidecars. */
const ownWords = (library: Library, photo: number) =>
  library.texts.of(photo).filter(({ source }) => !METADATA_SOURCES.includes(source));

/** Gives a photo the bytes of a new one, which then is no photo of its own any more. */
function adopt(library: Library, photo: number, successor: number): void {
  const { database, photos, models, vectors } = library;
  const { hash, bytes } = photos.get(successor)!;
  library.texts.add(photo, ownWords(library, successor));
  library.facts.keep(photo);
  // With this stamp the next reading of the file reads its metadata for the photo that it now is.
  database.prepare('UPDATE files SET photo = ?, sidecar_modified = -1 WHERE photo = ?').run(photo, successor);
  for (const model of models.list()) for (const id of [photo, successor]) vectors.remove(model, id);
  photos.remove(successor);
  database.prepare('DELETE FROM features WHERE photo = ?').run(photo);
  database
    .prepare(
      `UPDATE photos SET hash = ?, bytes = ?, indexed_at = NULL, problem = NULL, look = NULL, last_path = NULL
       WHERE id = ?`,
    )
    .run(hash, bytes, photo);
}
