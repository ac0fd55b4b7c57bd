/** Groups of photos that are shown as one; how they are found is `group/photoGroups.ts`. */
import type { SqliteDatabase } from '../../../native/database.ts';
import type { Photo } from '../contract.ts';

export type GroupKind = NonNullable<Photo['group']>['kind'];

/** What groups are found by. */
export interface GroupedPhoto {
  id: number;
  takenAt: string | null;
  camera: string | null;
  look: Uint8Array | null;
  shownBy: number | null;
  kind: GroupKind | null;
  size: number;
}

export interface GroupedFile {
  id: number;
  photo: number;
  root: number;
  path: string;
  video: string | null;
}

export class GroupRepository {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  photos(): GroupedPhoto[] {
    return this.#database
      .prepare(
        `SELECT id, taken_at AS takenAt, camera, look, shown_by AS shownBy, group_kind AS kind, group_size AS size
         FROM photos WHERE indexed_at IS NOT NULL`,
      )
      .all() as GroupedPhoto[];
  }

  /** Every file, a page at a time, so that other work gets its turn between pages. */
  *filePages(size = 5000): Generator<GroupedFile[]> {
    const statement = this.#database.prepare(
      `SELECT id, photo, root, path, video FROM files WHERE id > ? ORDER BY id LIMIT ${size}`,
    );
    for (let after = 0; ; ) {
      const rows = statement.all(after) as GroupedFile[];
      if (rows.length === 0) return;
      yield rows;
      after = rows.at(-1)!.id;
    }
  }

  /** `shownBy` is the photo that is shown for another; of that one, `kind` and `size` tell of its group. */
  set(photos: readonly Pick<GroupedPhoto, 'id' | 'shownBy' | 'kind' | 'size'>[]): void {
    const statement = this.#database.prepare(
      'UPDATE photos SET shown_by = @shownBy, group_kind = @kind, group_size = @size WHERE id = @id',
    );
    for (const photo of photos) statement.run(photo);
  }

  /** Photos that are not shown themselves: each with the photo that is shown for it. */
  hidden(): { photo: number; shownBy: number }[] {
    return this.#database
      .prepare('SELECT id AS photo, shown_by AS shownBy FROM photos WHERE shown_by IS NOT NULL')
      .all() as { photo: number; shownBy: number }[];
  }

  /** The photos of a photo's group, the one that is shown first; the photo alone if it is in none. */
  membersOf(photo: number): number[] {
    return this.#database
      .prepare(
        `SELECT id FROM photos WHERE id = (SELECT coalesce(shown_by, id) FROM photos WHERE id = @photo)
         UNION ALL SELECT id FROM photos WHERE shown_by = (SELECT coalesce(shown_by, id) FROM photos WHERE id = @photo)`,
      )
      .pluck()
      .all({ photo }) as number[];
  }

  /** Absolute paths are not kept of videos: their names, with those of the folders of their photos. */
  videosOf(photos: readonly number[]): string[] {
    return this.#database
      .prepare(
        'SELECT DISTINCT video FROM files WHERE photo IN (SELECT value FROM json_each(?)) AND video IS NOT NULL',
      )
      .pluck()
      .all(JSON.stringify(photos)) as string[];
  }
}
