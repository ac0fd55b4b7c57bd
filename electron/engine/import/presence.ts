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

/** Files marked as missing or found in one transaction. */
const BATCH = 2000;

/**
 * Notes which files are there, and returns how many are back and how many have gone. The path of a photo that is somewhere else now
 * is forgotten; that of one that is nowhere any more stays, because it may come back.
 */
export async function notePresence(
  library: Library,
  { known, photos, complete, pause }: PresenceOptions,
): Promise<{ found: number; missing: number }> {
  const { presence, facts } = library;
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
  library.transaction(() => {
    for (const photo of presence.forgetMoved()) facts.resolve(photo);
  });
  return { found: found.length, missing: presence.missingSince(now) };
}
