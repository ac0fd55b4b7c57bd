/** Notes which of the files that a library knows are there, once an import has looked. See [Note: away and missing]. */
import type { Library } from '../library/library.ts';
import type { StoredFile } from '../library/photos.ts';
import type { FoundPhoto } from './folder.ts';

export interface PresenceOptions {
  /** The files that the library knew before, of those that this import could find; by path. */
  known: ReadonlyMap<string, StoredFile>;
  /** Photos that were found. */
  photos: readonly FoundPhoto[];
  /** Whether all was looked at; only then is missing what was not found. */
  complete: boolean;
  /** Called between transactions. */
  pause(): Promise<void>;
}

/** Files marked as missing or found, or forgotten, in one transaction. */
const BATCH = 2000;

/**
 * Notes which files are there, and returns how many are back and how many have gone. The path of a photo that is somewhere else now
 * is forgotten; that of one that is nowhere any more stays, because it may come back.
 */
export async function notePresence(
  library: Library,
  { known, photos, complete, pause }: PresenceOptions,
): Promise<{ found: number; missing: number }> {
  const { presence } = library;
  const paths = new Set(photos.map(({ path }) => path));
  const files = [...known.values()];
  const isFound = ({ path }: StoredFile) => paths.has(path);
  const found = files.filter((file) => file.missingSince !== null && isFound(file));
  const vanished = complete ? files.filter((file) => file.missingSince === null && !isFound(file)) : [];
  const videos = photos.flatMap(({ path, video }) => {
    const file = known.get(path);
    return file && file.video !== (video ?? null) ? [{ id: file.id, video: video ?? null }] : [];
  });
  const now = new Date().toISOString();
  for (const [changed, since] of [
    [found, null],
    [vanished, now],
  ] as const)
    for (let start = 0; start < changed.length; start += BATCH) {
      const ids = changed.slice(start, start + BATCH).map(({ id }) => id);
      library.transaction(() => presence.setMissing(ids, since));
      await pause();
    }
  library.transaction(() => {
    for (const { id, video } of videos) presence.setVideo(id, video);
  });
  await forgetMoved(library, pause);
  return { found: found.length, missing: presence.missingSince(now) };
}

/**
 * Forgets where photos were that are somewhere else now, and what only the files there said of them.
 * @param pause is called after each transaction
 */
export async function forgetMoved(library: Library, pause: () => Promise<void>): Promise<void> {
  const moved = library.presence.moved();
  for (let start = 0; start < moved.length; start += BATCH) {
    const batch = moved.slice(start, start + BATCH);
    library.transaction(() => {
      for (const { id } of batch) library.photos.removeFile(id);
      for (const photo of new Set(batch.map((file) => file.photo))) library.facts.resolve(photo);
    });
    await pause();
  }
}
