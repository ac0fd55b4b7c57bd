/** Keywords with those above them: `Places`, `Spain`, `Barcelona`. Their levels are keywords in `TextRepository` too. */
import { preparedOnce, type SqliteDatabase } from '../../../native/database.ts';
import type { Hierarchy } from '../../../native/metadata.ts';
import { KeywordTree } from './keywordTree.ts';

export class HierarchyRepository {
  readonly #database: SqliteDatabase;
  /** The tree as it was read, and the state of the database then, which other processes change. */
  #tree: { tree: KeywordTree; version: number } | null = null;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** Adds hierarchies to a photo; one that it has already is kept once. */
  add(photo: number, hierarchies: readonly Hierarchy[]): void {
    const insert = preparedOnce(
      this.#database,
      'INSERT INTO hierarchies (photo, source, path) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    for (const { source, levels } of hierarchies)
      this.#heed(insert.run(photo, source, JSON.stringify(levels)).changes);
  }

  /** Replaces a photo's hierarchies of these sources. */
  replace(photo: number, sources: readonly string[], hierarchies: readonly Hierarchy[]): void {
    const remove = preparedOnce(
      this.#database,
      'DELETE FROM hierarchies WHERE photo = ? AND source IN (SELECT value FROM json_each(?))',
    );
    this.#heed(remove.run(photo, JSON.stringify(sources)).changes);
    this.add(photo, hierarchies);
  }

  #heed(changes: number): void {
    if (changes > 0) this.#tree = null;
  }

  /**
   * Where keywords stand in all hierarchies. Reading them takes a third of a second where there are many, and each edit asks, so they are
   * kept until one changes. Those of photos that were removed since may still be among them.
   */
  tree(): KeywordTree {
    const version = this.#database.pragma('data_version', { simple: true }) as number;
    if (this.#tree?.version === version) return this.#tree.tree;
    const rows = this.#database
      .prepare('SELECT path, count(DISTINCT photo) AS photos FROM hierarchies GROUP BY path ORDER BY path')
      .all() as { path: string; photos: number }[];
    const tree = new KeywordTree(
      rows.map(({ path, photos }) => ({ levels: JSON.parse(path) as string[], photos })),
    );
    this.#tree = { tree, version };
    return tree;
  }

  of(photo: number): Hierarchy[] {
    const rows = preparedOnce(
      this.#database,
      'SELECT source, path FROM hierarchies WHERE photo = ? ORDER BY id',
    ).all(photo) as { source: string; path: string }[];
    return rows.map(({ source, path }) => ({ source, levels: JSON.parse(path) as string[] }));
  }
}
