import type { SqliteDatabase } from '../../../../native/database.ts';

/** What the user says of words. */
export function migrate(database: SqliteDatabase): void {
  database.exec(`
    CREATE TABLE word_rules (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('exclude', 'merge', 'join')),
      -- As the user wrote it; of a join, its words.
      word TEXT NOT NULL,
      -- Of a merge: the word that it is read as.
      target TEXT CHECK ((kind = 'merge') = (target IS NOT NULL)),
      UNIQUE (kind, word)
    ) STRICT;
  `);
}
