import type { SqliteDatabase } from '../../../../native/database.ts';

/** Which photos were looked at closer. */
export function migrate(database: SqliteDatabase): void {
  database.exec(`
    -- 1 if its features are those of a closer look, see CLOSER_SIDE in native/image.ts.
    ALTER TABLE photos ADD COLUMN closer INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX photos_not_closer ON photos (id) WHERE indexed_at IS NOT NULL AND closer = 0;
  `);
}
