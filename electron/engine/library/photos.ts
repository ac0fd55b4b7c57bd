/** Photos and the files that hold their bytes. */
import { preparedOnce, type SqliteDatabase } from '../../../native/database.ts';
import type { Photo, PhotoDetails } from '../contract.ts';
import { FACT_COLUMNS } from './facts.ts';

export interface StoredPhoto extends Pick<PhotoDetails, FactName> {
  id: number;
  hash: string;
  bytes: number;
  width: number | null;
  height: number | null;
  problem: string | null;
}

type FactName = 'takenAt' | 'latitude' | 'longitude' | 'camera' | 'rating' | 'label' | 'flag';
type DetailsRow = Omit<PhotoDetails, 'texts' | 'files' | 'hierarchies' | 'place'>;

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
}

export interface PhotoFile {
  photo: number;
  hash: string;
  /** Folder that was imported. */
  folder: string;
  /** Relative to the folder, with forward slashes. */
  path: string;
}

const GRID = `photos.id, width, height, EXISTS (SELECT 1 FROM texts WHERE texts.photo = photos.id) AS captioned`;
type PhotoRow = Omit<Photo, 'captioned'> & { captioned: number };
const toPhoto = (row: PhotoRow): Photo => ({ ...row, captioned: row.captioned === 1 });

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
      `SELECT id, root, path, photo, size, modified, sidecar_modified AS sidecarModified,
         metadata_version AS metadataVersion FROM files
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

  /** Photos whose bytes are in no file any more. */
  withoutFiles(): { id: number; hash: string }[] {
    return this.#database
      .prepare(
        'SELECT id, hash FROM photos WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.photo = photos.id) ORDER BY id',
      )
      .all() as { id: number; hash: string }[];
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

  /** Remembers where a photo's bytes lie; a file that changed now names its new photo. What its metadata says is `FactRepository`'s. */
  setFile(file: Omit<StoredFile, 'id' | 'metadataVersion'>): void {
    preparedOnce(
      this.#database,
      `INSERT INTO files (root, path, photo, size, modified, sidecar_modified)
       VALUES (@root, @path, @photo, @size, @modified, @sidecarModified)
       ON CONFLICT (root, path) DO UPDATE SET photo = excluded.photo, size = excluded.size,
         modified = excluded.modified, sidecar_modified = excluded.sidecar_modified,
         metadata_version = iif(photo = excluded.photo, metadata_version, 0),
         facts = iif(photo = excluded.photo, facts, NULL)`,
    ).run(file);
  }

  setIndexed(id: number, width: number, height: number, at: string): void {
    this.#database
      .prepare('UPDATE photos SET width = ?, height = ?, indexed_at = ?, problem = NULL WHERE id = ?')
      .run(width, height, at, id);
  }

  setProblem(id: number, problem: string): void {
    this.#database.prepare('UPDATE photos SET problem = ? WHERE id = ?').run(problem, id);
  }

  get(id: number): StoredPhoto | undefined {
    return this.#database
      .prepare(`SELECT id, hash, bytes, width, height, problem, ${FACT_COLUMNS} FROM photos WHERE id = ?`)
      .get(id) as StoredPhoto | undefined;
  }

  /** How many photos still wait to be indexed. */
  countToIndex(): number {
    return this.#database
      .prepare(
        `SELECT count(*) FROM photos WHERE indexed_at IS NULL AND problem IS NULL
         AND EXISTS (SELECT 1 FROM files WHERE files.photo = photos.id)`,
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
         WHERE photos.indexed_at IS NULL AND photos.problem IS NULL AND photos.id > ?
         GROUP BY photos.id ORDER BY photos.id LIMIT ?`,
      )
      .all(after, limit) as PhotoFile[];
  }

  /** All files that hold a photo's bytes. */
  filesOf(id: number): { path: string; folder: string }[] {
    return preparedOnce(
      this.#database,
      'SELECT files.path, roots.path AS folder FROM files JOIN roots ON roots.id = files.root WHERE photo = ? ORDER BY files.id',
    ).all(id) as { path: string; folder: string }[];
  }

  /** The same with what tells whether they have changed. */
  storedFilesOf(id: number): (StoredFile & { folder: string })[] {
    return this.#database
      .prepare(
        `SELECT files.id, root, files.path, photo, size, modified, sidecar_modified AS sidecarModified,
           metadata_version AS metadataVersion, roots.path AS folder
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

  /** A page of the indexed photos by date, latest first. */
  page(offset: number, limit: number): Photo[] {
    const rows = this.#database
      .prepare(
        `SELECT ${GRID} FROM photos WHERE indexed_at IS NOT NULL ORDER BY taken_at DESC, id DESC LIMIT ? OFFSET ?`,
      )
      .all(limit, offset) as PhotoRow[];
    return rows.map(toPhoto);
  }

  /** What there is to say of an indexed photo, its words, place and files aside. */
  details(id: number): DetailsRow | undefined {
    const row = this.#database
      .prepare(`SELECT ${GRID}, bytes, ${FACT_COLUMNS} FROM photos WHERE id = ? AND indexed_at IS NOT NULL`)
      .get(id) as (Omit<DetailsRow, 'captioned'> & PhotoRow) | undefined;
    return row && { ...row, captioned: row.captioned === 1 };
  }

  /** How many photos `page` has. */
  countIndexed(): number {
    return this.#database
      .prepare('SELECT count(*) FROM photos WHERE indexed_at IS NOT NULL')
      .pluck()
      .get() as number;
  }

  /** A page of the indexed photos without words, latest first. */
  untaggedPage(offset: number, limit: number): number[] {
    return this.#database
      .prepare(
        `SELECT id FROM photos WHERE indexed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM texts WHERE texts.photo = photos.id)
         ORDER BY taken_at DESC, id DESC LIMIT ? OFFSET ?`,
      )
      .pluck()
      .all(limit, offset) as number[];
  }

  /** How many photos `untaggedPage` has. */
  countUntagged(): number {
    return this.#database
      .prepare(
        `SELECT count(*) FROM photos WHERE indexed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM texts WHERE texts.photo = photos.id)`,
      )
      .pluck()
      .get() as number;
  }

  /** Ids of the photos without words. */
  untagged(): number[] {
    return this.#database
      .prepare('SELECT id FROM photos EXCEPT SELECT photo FROM texts')
      .pluck()
      .all() as number[];
  }

  /** These photos as a search shows them, each with the path of its first file, in the order of ids. */
  found(ids: readonly number[]): (Photo & { path: string; folder: string })[] {
    const rows = this.#database
      .prepare(
        `SELECT ${GRID}, files.path, roots.path AS folder, min(files.id)
         FROM json_each(?) AS wanted JOIN photos ON photos.id = wanted.value
         JOIN files ON files.photo = photos.id JOIN roots ON roots.id = files.root
         WHERE indexed_at IS NOT NULL GROUP BY photos.id`,
      )
      .all(JSON.stringify(ids)) as (PhotoRow & { path: string; folder: string })[];
    return rows.map(({ id, width, height, captioned, path, folder }) => ({
      id,
      width,
      height,
      captioned: captioned === 1,
      path,
      folder,
    }));
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
