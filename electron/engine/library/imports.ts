/** What the user imported, each with the source it was read as, so that a rescan reads it in the same way. */
import type { SqliteDatabase } from '../../../native/database.ts';
import type { ImportSource } from '../contract.ts';
import { isInside } from './paths.ts';

export interface StoredImport {
  /** Absolute: a folder, a zip archive or a list. */
  path: string;
  source: ImportSource;
}

export class ImportRepository {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** Remembers an import. One that reads a part of what another reads in the same way is left out, whichever came first. */
  add({ path, source }: StoredImport): void {
    this.#database.transaction(() => {
      const others = this.list().filter((other) => other.source === source);
      if (others.some((other) => isInside(path, other.path))) return;
      const remove = this.#database.prepare('DELETE FROM imports WHERE path = ?');
      for (const other of others) if (isInside(other.path, path)) remove.run(other.path);
      this.#database
        .prepare(
          'INSERT INTO imports (path, source) VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET source = excluded.source',
        )
        .run(path, source);
    })();
  }

  /** In the order in which they were first imported. */
  list(): StoredImport[] {
    return this.#database.prepare('SELECT path, source FROM imports ORDER BY id').all() as StoredImport[];
  }
}
