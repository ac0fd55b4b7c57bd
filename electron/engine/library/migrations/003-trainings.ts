import type { SqliteDatabase } from '../../../../native/database.ts';

/** How each model was trained. */
export function migrate(database: SqliteDatabase): void {
  database.exec(`
    -- What of the network trained: head, last or all.
    ALTER TABLE models ADD COLUMN tune TEXT NOT NULL DEFAULT 'head';
    -- What computed, in the user's words, and for how long.
    ALTER TABLE models ADD COLUMN device TEXT;
    ALTER TABLE models ADD COLUMN seconds REAL;
  `);
}
