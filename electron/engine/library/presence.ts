/**
 * Which files and folders of a library are there. What is not stays known, with all its words: only `forgettable` photos can be
 * forgotten, and only when somebody says so.
 *
 * [Note: away and missing] A root is *away* when its folder is gone, or empty although many files were in it: a drive that is
 * not plugged in, or its mount point. A file is *missing* when its folder was read and it was not in it. A photo is offline
 * while none of its files is there, and *lost* when nothing is away that could bring it back.
 */
import type { SqliteDatabase } from '../../../native/database.ts';

/** An empty folder is that of a drive that is away if so many files were in it; with fewer, somebody took them out. */
export const EMPTY_IS_AWAY = 100;

/** SQL: photos with a file that is missing, or without any; found by small indexes. */
const MAY_BE_LOST = `id IN (SELECT photo FROM files WHERE missing_since IS NOT NULL
  UNION SELECT id FROM photos WHERE last_path IS NOT NULL)`;
/** SQL: a photo that has no file that is there, or away. */
const LOST = `NOT EXISTS (SELECT 1 FROM files JOIN roots ON roots.id = files.root
  WHERE files.photo = photos.id AND (missing_since IS NULL OR away_since IS NOT NULL))`;

export class PresenceRepository {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** Folders that are away. */
  away(): string[] {
    return this.#database
      .prepare('SELECT path FROM roots WHERE away_since IS NOT NULL ORDER BY id')
      .pluck()
      .all() as string[];
  }

  /** How many files a root has in the library. */
  filesIn(root: number): number {
    return this.#database.prepare('SELECT count(*) FROM files WHERE root = ?').pluck().get(root) as number;
  }

  /** Says since when a root is away, or null: it is there. Returns whether that is news. */
  setAway(root: number, since: string | null): boolean {
    const { changes } = this.#database
      .prepare('UPDATE roots SET away_since = ? WHERE id = ? AND (away_since IS NULL) <> (? IS NULL)')
      .run(since, root, since);
    return changes > 0;
  }

  /** Says since when files are missing, or null: they are there. */
  setMissing(files: readonly number[], since: string | null): void {
    const statement = this.#database.prepare('UPDATE files SET missing_since = ? WHERE id = ?');
    for (const id of files) statement.run(since, id);
  }

  /** How many files are missing since then or later. */
  missingSince(since: string): number {
    return this.#database
      .prepare('SELECT count(*) FROM files WHERE missing_since >= ?')
      .pluck()
      .get(since) as number;
  }

  /** Marks all files below a path of a root as missing. */
  setMissingBelow(root: number, prefix: string, since: string): void {
    this.#database
      .prepare(
        'UPDATE files SET missing_since = ? WHERE root = ? AND substr(path, 1, length(?)) = ? AND missing_since IS NULL',
      )
      .run(since, root, prefix, prefix);
  }

  setVideo(file: number, video: string | null): void {
    this.#database.prepare('UPDATE files SET video = ? WHERE id = ?').run(video, file);
  }

  /** The missing files of photos that are somewhere else now, because they were moved or renamed. */
  moved(): { id: number; photo: number }[] {
    return this.#database
      .prepare(
        `SELECT id, photo FROM files WHERE missing_since IS NOT NULL AND EXISTS (
           SELECT 1 FROM files AS other JOIN roots ON roots.id = other.root
           WHERE other.photo = files.photo AND other.missing_since IS NULL AND away_since IS NULL)
         ORDER BY photo`,
      )
      .all() as { id: number; photo: number }[];
  }

  /** How many photos are offline, and how many of those are lost. */
  counts(): { offline: number; lost: number } {
    const { away, missing } = this.#database
      .prepare(
        `SELECT EXISTS (SELECT 1 FROM roots WHERE away_since IS NOT NULL) AS away,
           EXISTS (SELECT 1 FROM files WHERE missing_since IS NOT NULL)
             OR EXISTS (SELECT 1 FROM photos WHERE last_path IS NOT NULL) AS missing`,
      )
      .get() as { away: number; missing: number };
    const count = (sql: string): number => this.#database.prepare(sql).pluck().get() as number;
    const lost = missing ? count(`SELECT count(*) FROM photos WHERE ${MAY_BE_LOST} AND ${LOST}`) : 0;
    if (!away) return { offline: lost, lost };
    const offline = count(
      `SELECT count(*) FROM photos WHERE NOT EXISTS (SELECT 1 FROM files JOIN roots ON roots.id = files.root
         WHERE files.photo = photos.id AND missing_since IS NULL AND away_since IS NULL)`,
    );
    return { offline, lost };
  }

  /** Photos whose files are gone, with where each was last. */
  lost(): { photo: number; hash: string; path: string }[] {
    return this.#database
      .prepare(
        `SELECT id AS photo, hash, coalesce(last_path, (SELECT roots.path || '/' || files.path FROM files
           JOIN roots ON roots.id = files.root WHERE files.photo = photos.id ORDER BY files.id LIMIT 1)) AS path
         FROM photos WHERE ${MAY_BE_LOST} AND ${LOST} ORDER BY path`,
      )
      .all() as { photo: number; hash: string; path: string }[];
  }
}
