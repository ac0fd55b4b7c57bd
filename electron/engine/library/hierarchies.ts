/** Keywords with those above them: `Places`, `Spain`, `Barcelona`. Their levels are keywords in `TextRepository` too. */
import { preparedOnce, type SqliteDatabase } from '../../../native/database.ts';
import type { Hierarchy } from '../../../native/metadata.ts';

export class HierarchyRepository {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** Adds hierarchies to a photo; one that it has already is kept once. */
  add(photo: number, hierarchies: readonly Hierarchy[]): void {
    const insert = preparedOnce(
      this.#database,
      'INSERT INTO hierarchies (photo, source, path) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    for (const { source, levels } of hierarchies) insert.run(photo, source, JSON.stringify(levels));
  }

  /** Replaces a photo's hierarchies of these sources. */
  replace(photo: number, sources: readonly string[], hierarchies: readonly Hierarchy[]): void {
    preparedOnce(
      this.#database,
      'DELETE FROM hierarchies WHERE photo = ? AND source IN (SELECT value FROM json_each(?))',
    ).run(photo, JSON.stringify(sources));
    this.add(photo, hierarchies);
  }

  of(photo: number): Hierarchy[] {
    const rows = preparedOnce(
      this.#database,
      'SELECT source, path FROM hierarchies WHERE photo = ? ORDER BY id',
    ).all(photo) as { source: string; path: string }[];
    return rows.map(({ source, path }) => ({ source, levels: JSON.parse(path) as string[] }));
  }
}
