/** Photos and the files that hold their bytes. */
import { basename, dirname } from 'node:path';
import { preparedOnce, type SqliteDatabase } from '../../../native/database.ts';
import type { Photo, PhotoDetails, SimilarPhoto } from '../contract.ts';
import { FACT_COLUMNS } from './facts.ts';

export interface StoredPhoto extends Pick<PhotoDetails, FactName> {
  id: number;
  hash: string;
  bytes: number;
  width: number | null;
  height: number | null;
  problem: string | null;
  /** 1 if networks see it as in a closer look, see CLOSER_SIDE in native/image.ts. */
  closer: 0 | 1;
}

type FactName = 'takenAt' | 'latitude' | 'longitude' | 'camera' | 'rating' | 'label' | 'flag';
type DetailsRow = Omit<PhotoDetails, 'texts' | 'files' | 'hierarchies' | 'place' | 'members' | 'videos'>;

export interface StoredFile {
  id: number;
  root: number;
  path: string;
  photo: number;
  size: number;
  modified: number;
  sidecarModified: number;
  /** Of the rules that read its metadata, see `METADATA_VERSION`; 0 if none did. */
  metadataVersion: number;
  /** When it was looked for and not found; null while it is there. */
  missingSince: string | null;
  /** Name of the short video that belongs to it. */
  video: string | null;
}

/** What `setFile` is told of a file; it is there. */
export type SeenFile = Omit<StoredFile, 'id' | 'missingSince' | 'metadataVersion'>;

export interface PhotoFile {
  photo: number;
  hash: string;
  /** Folder that was imported. */
  folder: string;
  /** Relative to the folder, with forward slashes. */
  path: string;
}

/** The columns of `StoredFile`. */
const STORED = `files.id, root, files.path, photo, size, modified, sidecar_modified AS sidecarModified,
  missing_since AS missingSince, video, metadata_version AS metadataVersion`;
/** What an indexed photo may lack that its thumbnail gives, and the photos that do: a perceptual hash, the features of a closer look. */
const LACKING = { hash: 'look IS NULL', closer: 'closer = 0' };
export type SecondLook = keyof typeof LACKING;
/** A file that can be opened, as far as the library knows. */
const THERE = 'files.missing_since IS NULL AND roots.away_since IS NULL';
/** An indexed photo that is shown and has no words; nor has any that it is shown for, because what one photo of a group has, all have. */
const UNTAGGED = `indexed_at IS NOT NULL AND shown_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM texts WHERE texts.photo = photos.id)
  AND NOT EXISTS (SELECT 1 FROM photos AS member JOIN texts ON texts.photo = member.id WHERE member.shown_by = photos.id)`;
const GRID = `photos.id, width, height, EXISTS (SELECT 1 FROM texts WHERE texts.photo = photos.id) AS captioned,
  NOT EXISTS (SELECT 1 FROM files JOIN roots ON roots.id = files.root WHERE files.photo = photos.id AND ${THERE}) AS offline,
  group_kind AS groupKind, group_size AS groupSize, substr(hash, 1, 8) AS revision`;
type PhotoRow = Omit<Photo, 'captioned' | 'offline' | 'group'> & {
  captioned: number;
  offline: number;
  groupKind: NonNullable<Photo['group']>['kind'] | null;
  groupSize: number;
};
function toPhoto<R extends PhotoRow>({ groupKind, groupSize, ...row }: R): Omit<R, keyof PhotoRow> & Photo {
  return {
    ...(row as Omit<R, 'groupKind' | 'groupSize'>),
    captioned: row.captioned === 1,
    offline: row.offline === 1,
    group: groupKind && { kind: groupKind, size: groupSize },
  };
}

export class PhotoRepository {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** The id of an imported folder or captions file, which is remembered if it is new. */
  root(path: string): number {
    this.#database.prepare('INSERT INTO roots (path) VALUES (?) ON CONFLICT DO NOTHING').run(path);
    return this.#database.prepare('SELECT id FROM roots WHERE path = ?').pluck().get(path) as number;
  }

  roots(): { id: number; path: string }[] {
    return this.#database.prepare('SELECT id, path FROM roots ORDER BY id').all() as {
      id: number;
      path: string;
    }[];
  }

  /** Every known file below a root, a page at a time, so that other work gets its turn between pages. */
  *filePages(root: number, size = 2000): Generator<StoredFile[]> {
    const statement = this.#database.prepare(
      `SELECT ${STORED} FROM files
       WHERE root = ? AND id > ? ORDER BY id LIMIT ${size}`,
    );
    for (let after = 0; ; ) {
      const rows = statement.all(root, after) as StoredFile[];
      if (rows.length === 0) return;
      yield rows;
      after = rows.at(-1)!.id;
    }
  }

  /** Forgets a file; its photo stays. */
  removeFile(id: number): void {
    this.#database.prepare('DELETE FROM files WHERE id = ?').run(id);
  }

  /** Whether a photo was never looked at. */
  isUnindexed(id: number): boolean {
    return (
      this.#database
        .prepare('SELECT 1 FROM photos WHERE id = ? AND indexed_at IS NULL AND problem IS NULL')
        .get(id) !== undefined
    );
  }

  /** Forgets a photo with its words and features. Its vectors are `VectorRepository.remove`'s. */
  remove(id: number): void {
    this.#database.prepare('DELETE FROM photos WHERE id = ?').run(id);
  }

  /** Photos that could not be decoded, and why. */
  problems(): Map<number, string> {
    const rows = this.#database.prepare('SELECT id, problem FROM photos WHERE problem IS NOT NULL').all() as {
      id: number;
      problem: string;
    }[];
    return new Map(rows.map(({ id, problem }) => [id, problem]));
  }

  /** Those photos with ids from `first` to `last` that also have a file below another root. */
  inOtherRoots(root: number, first: number, last: number): Set<number> {
    return new Set(
      preparedOnce(
        this.#database,
        'SELECT DISTINCT photo FROM files WHERE photo BETWEEN ? AND ? AND root <> ?',
      )
        .pluck()
        .all(first, last, root) as number[],
    );
  }

  /** How many of these photos have words. */
  captionedAmong(ids: ReadonlySet<number>): number {
    const captioned = this.#database.prepare('SELECT DISTINCT photo FROM texts').pluck().all() as number[];
    return captioned.filter((id) => ids.has(id)).length;
  }

  /** Makes a root part of another that holds its folder: `prefix` is where it lies in there, ending with a slash. */
  moveRoot(id: number, into: number, prefix: string): void {
    this.#database
      .prepare('UPDATE OR REPLACE files SET root = ?, path = ? || path WHERE root = ?')
      .run(into, prefix, id);
    this.#database.prepare('DELETE FROM roots WHERE id = ?').run(id);
  }

  /** Makes the photo of these bytes, or finds it. */
  add(hash: string, bytes: number): { id: number; isNew: boolean } {
    const known = preparedOnce(this.#database, 'SELECT id FROM photos WHERE hash = ?').pluck().get(hash) as
      | number
      | undefined;
    if (known !== undefined) return { id: known, isNew: false };
    const insert = 'INSERT INTO photos (hash, bytes) VALUES (?, ?)';
    const { lastInsertRowid } = preparedOnce(this.#database, insert).run(hash, bytes);
    return { id: Number(lastInsertRowid), isNew: true };
  }

  /**
   * Remembers where a photo's bytes lie. A file that changed now names its new photo, and remembers which it replaces. What its metadata says is
   * `FactRepository`'s.
   */
  setFile(file: SeenFile): void {
    preparedOnce(
      this.#database,
      `INSERT INTO files (root, path, photo, size, modified, sidecar_modified, video)
       VALUES (@root, @path, @photo, @size, @modified, @sidecarModified, @video)
       ON CONFLICT (root, path) DO UPDATE SET
         replaces = CASE WHEN photo = excluded.photo THEN replaces ELSE coalesce(replaces, photo) END,
         photo = excluded.photo, size = excluded.size, modified = excluded.modified,
         sidecar_modified = excluded.sidecar_modified, video = excluded.video, missing_since = NULL,
         metadata_version = iif(photo = excluded.photo, metadata_version, 0),
         facts = iif(photo = excluded.photo, facts, NULL)`,
    ).run(file);
    preparedOnce(
      this.#database,
      'UPDATE photos SET last_path = NULL WHERE id = ? AND last_path IS NOT NULL',
    ).run(file.photo);
  }

  setIndexed(id: number, width: number, height: number, at: string): void {
    this.#database
      .prepare(
        'UPDATE photos SET width = ?, height = ?, indexed_at = ?, closer = 0, problem = NULL WHERE id = ?',
      )
      .run(width, height, at, id);
  }

  /** Keeps a photo's perceptual hash. */
  setLook(id: number, look: Uint8Array): void {
    this.#database.prepare('UPDATE photos SET look = ? WHERE id = ?').run(Buffer.from(look), id);
  }

  /** Says that a photo's features, and its vectors under every model, are those of a closer look. */
  setCloser(id: number): void {
    this.#database.prepare('UPDATE photos SET closer = 1 WHERE id = ?').run(id);
  }

  /** Photos whose features are those of a closer look. */
  lookedAtCloser(): Set<number> {
    return new Set(
      this.#database.prepare('SELECT id FROM photos WHERE closer = 1').pluck().all() as number[],
    );
  }

  /** Indexed photos with an id above `after` that lack what one look more would give. */
  lacking(what: SecondLook, after: number, limit: number): { id: number; hash: string }[] {
    return this.#database
      .prepare(
        `SELECT id, hash FROM photos WHERE indexed_at IS NOT NULL AND ${LACKING[what]} AND id > ? ORDER BY id LIMIT ?`,
      )
      .all(after, limit) as { id: number; hash: string }[];
  }

  countLacking(what: SecondLook): number {
    return this.#database
      .prepare(`SELECT count(*) FROM photos WHERE indexed_at IS NOT NULL AND ${LACKING[what]}`)
      .pluck()
      .get() as number;
  }

  /** Perceptual hashes of the photos that are shown, `[photos, 8]` bytes, in the order of photos, and the ratio of width to height of each. */
  looks(): { photos: number[]; looks: Uint8Array; ratios: number[] } {
    const rows = this.#database
      .prepare(
        'SELECT id, look, CAST(width AS REAL) / height AS ratio FROM photos WHERE indexed_at IS NOT NULL AND shown_by IS NULL AND look IS NOT NULL ORDER BY id',
      )
      .all() as { id: number; look: Buffer; ratio: number }[];
    return {
      photos: rows.map(({ id }) => id),
      ratios: rows.map(({ ratio }) => ratio),
      looks: new Uint8Array(Buffer.concat(rows.map(({ look }) => look))),
    };
  }

  setProblem(id: number, problem: string): void {
    this.#database.prepare('UPDATE photos SET problem = ? WHERE id = ?').run(problem, id);
  }

  get(id: number): StoredPhoto | undefined {
    return this.#database
      .prepare(
        `SELECT id, hash, bytes, width, height, problem, closer, ${FACT_COLUMNS} FROM photos WHERE id = ?`,
      )
      .get(id) as StoredPhoto | undefined;
  }

  /** How many photos still wait to be indexed. */
  countToIndex(): number {
    return this.#database
      .prepare(
        `SELECT count(*) FROM photos WHERE indexed_at IS NULL AND problem IS NULL
         AND EXISTS (SELECT 1 FROM files JOIN roots ON roots.id = files.root WHERE files.photo = photos.id AND ${THERE})`,
      )
      .pluck()
      .get() as number;
  }

  /** Photos with an id above `after` that still wait to be indexed, oldest first, with one file each. */
  toIndex(after: number, limit: number): PhotoFile[] {
    return this.#database
      .prepare(
        `SELECT photos.id AS photo, photos.hash, roots.path AS folder, files.path, max(files.id)
         FROM photos JOIN files ON files.photo = photos.id JOIN roots ON roots.id = files.root
         WHERE photos.indexed_at IS NULL AND photos.problem IS NULL AND photos.id > ? AND ${THERE}
         GROUP BY photos.id ORDER BY photos.id LIMIT ?`,
      )
      .all(after, limit) as PhotoFile[];
  }

  /** Indexed photos that could be indexed again, because a file of theirs is there. */
  indexedWithFile(): { id: number; hash: string }[] {
    return this.#database
      .prepare(
        `SELECT id, hash FROM photos WHERE indexed_at IS NOT NULL
         AND EXISTS (SELECT 1 FROM files JOIN roots ON roots.id = files.root WHERE files.photo = photos.id AND ${THERE})`,
      )
      .all() as { id: number; hash: string }[];
  }

  /** Lets a photo wait to be indexed again. */
  setUnindexed(id: number): void {
    this.#database.prepare('UPDATE photos SET indexed_at = NULL WHERE id = ?').run(id);
  }

  /** All files that hold a photo's bytes, those that are there first; of a photo that is in none any more, where it was last. */
  filesOf(id: number): PhotoDetails['files'] {
    const rows = preparedOnce(
      this.#database,
      `SELECT files.path, roots.path AS folder, NOT (${THERE}) AS offline
       FROM files JOIN roots ON roots.id = files.root WHERE photo = ? ORDER BY offline, files.id`,
    ).all(id) as { path: string; folder: string; offline: number }[];
    if (rows.length > 0) return rows.map((row) => ({ ...row, offline: row.offline === 1 }));
    const last = this.#database.prepare('SELECT last_path FROM photos WHERE id = ?').pluck().get(id) as
      | string
      | null
      | undefined;
    return last ? [{ path: basename(last), folder: dirname(last), offline: true }] : [];
  }

  /** The same with what tells whether they have changed. */
  storedFilesOf(id: number): (StoredFile & { folder: string })[] {
    return this.#database
      .prepare(
        `SELECT ${STORED}, roots.path AS folder
         FROM files JOIN roots ON roots.id = files.root WHERE photo = ? ORDER BY files.id`,
      )
      .all(id) as (StoredFile & { folder: string })[];
  }

  /** Every file of the library. */
  allFiles(): PhotoFile[] {
    return this.#database
      .prepare(
        `SELECT photos.id AS photo, photos.hash, roots.path AS folder, files.path
         FROM files JOIN photos ON photos.id = files.photo JOIN roots ON roots.id = files.root ORDER BY files.id`,
      )
      .all() as PhotoFile[];
  }

  /** One path of every photo, relative to its imported folder: photo → path. */
  paths(): Map<number, { path: string; folder: string }> {
    const rows = this.#database
      .prepare(
        'SELECT photo, files.path, roots.path AS folder, min(files.id) FROM files JOIN roots ON roots.id = files.root GROUP BY photo',
      )
      .all() as { photo: number; path: string; folder: string }[];
    return new Map(rows.map(({ photo, path, folder }) => [photo, { path, folder }]));
  }

  /** A page of the indexed photos that are shown, by date, latest first. */
  page(offset: number, limit: number): Photo[] {
    const rows = this.#database
      .prepare(
        `SELECT ${GRID} FROM photos WHERE indexed_at IS NOT NULL AND shown_by IS NULL ORDER BY taken_at DESC, id DESC LIMIT ? OFFSET ?`,
      )
      .all(limit, offset) as PhotoRow[];
    return rows.map(toPhoto);
  }

  /** What there is to say of an indexed photo, its words, place, files and group aside. */
  details(id: number): DetailsRow | undefined {
    const row = this.#database
      .prepare(`SELECT ${GRID}, bytes, ${FACT_COLUMNS} FROM photos WHERE id = ? AND indexed_at IS NOT NULL`)
      .get(id) as (Omit<DetailsRow, keyof Photo> & PhotoRow) | undefined;
    return row && toPhoto(row);
  }

  /** How many photos `page` has. */
  countShown(): number {
    return this.#database
      .prepare('SELECT count(*) FROM photos WHERE indexed_at IS NOT NULL AND shown_by IS NULL')
      .pluck()
      .get() as number;
  }

  /** A page of the photos without words, latest first. */
  untaggedPage(offset: number, limit: number): number[] {
    return this.#database
      .prepare(`SELECT id FROM photos WHERE ${UNTAGGED} ORDER BY taken_at DESC, id DESC LIMIT ? OFFSET ?`)
      .pluck()
      .all(limit, offset) as number[];
  }

  /** How many photos `untaggedPage` has. */
  countUntagged(): number {
    return this.#database.prepare(`SELECT count(*) FROM photos WHERE ${UNTAGGED}`).pluck().get() as number;
  }

  /** All photos without words, in the order of ids. */
  untagged(): number[] {
    return this.#database
      .prepare(`SELECT id FROM photos WHERE ${UNTAGGED} ORDER BY id`)
      .pluck()
      .all() as number[];
  }

  /** These photos as a search shows them, each with the path of its first file, in the order of ids. */
  found(ids: readonly number[]): (Photo & { path: string; folder: string })[] {
    const rows = this.#database
      .prepare(
        `SELECT ${GRID}, files.path, roots.path AS folder, last_path AS lastPath, min(files.id)
         FROM json_each(?) AS wanted JOIN photos ON photos.id = wanted.value
         LEFT JOIN files ON files.photo = photos.id LEFT JOIN roots ON roots.id = files.root
         WHERE indexed_at IS NOT NULL GROUP BY photos.id`,
      )
      .all(JSON.stringify(ids)) as (PhotoRow & {
      path: string | null;
      folder: string | null;
      lastPath: string | null;
      'min(files.id)': number;
    })[];
    return rows.map(({ path, folder, lastPath, 'min(files.id)': _, ...row }) => ({
      ...toPhoto(row),
      path: path ?? basename(lastPath ?? ''),
      folder: folder ?? dirname(lastPath ?? ''),
    }));
  }

  /** These photos as they are compared side by side. */
  withFacts(ids: readonly number[]): SimilarPhoto[] {
    const facts = new Map(
      (
        this.#database
          .prepare(
            `SELECT id, bytes, taken_at AS takenAt, (SELECT count(*) FROM files WHERE files.photo = photos.id) AS files
             FROM photos WHERE id IN (SELECT value FROM json_each(?))`,
          )
          .all(JSON.stringify(ids)) as Pick<SimilarPhoto, 'id' | 'bytes' | 'takenAt' | 'files'>[]
      ).map((row) => [row.id, row]),
    );
    return this.found(ids).map((photo) => ({ ...photo, ...facts.get(photo.id)! }));
  }

  /** Photos with words that were looked at, or never can be: of all others no training can learn yet. */
  countLearnable(): number {
    return this.#database
      .prepare(
        `SELECT count(DISTINCT photo) FROM texts JOIN photos ON photos.id = texts.photo
         WHERE photos.indexed_at IS NOT NULL OR photos.problem IS NOT NULL`,
      )
      .pluck()
      .get() as number;
  }

  counts(): { photos: number; captioned: number; indexed: number; problems: number } {
    return this.#database
      .prepare(
        `SELECT count(*) AS photos, (SELECT count(DISTINCT photo) FROM texts) AS captioned,
           count(indexed_at) AS indexed, count(problem) AS problems
         FROM photos`,
      )
      .get() as { photos: number; captioned: number; indexed: number; problems: number };
  }
}
