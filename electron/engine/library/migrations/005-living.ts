import type { SqliteDatabase } from '../../../../native/database.ts';

/** A library that lives: what is away, what was replaced, what was imported from where, what belongs or looks together. */
export function migrate(database: SqliteDatabase): void {
  database.exec(`
    -- When its folder was found gone or empty, as that of a drive that is away; null while it is there.
    ALTER TABLE roots ADD COLUMN away_since TEXT;
    -- When the file was looked for and not found; null while it is there.
    ALTER TABLE files ADD COLUMN missing_since TEXT;
    -- The photo whose bytes were in this file before, until it is settled what that photo is now.
    ALTER TABLE files ADD COLUMN replaces INTEGER;
    -- The name of the short video that belongs to the photo in this file, in the same folder.
    ALTER TABLE files ADD COLUMN video TEXT;
    CREATE INDEX files_missing ON files (photo) WHERE missing_since IS NOT NULL;
    CREATE INDEX files_replacing ON files (replaces) WHERE replaces IS NOT NULL;

    -- Absolute path at which a photo was last that is in no file any more.
    ALTER TABLE photos ADD COLUMN last_path TEXT;
    -- 64 bits of what it looks like, see models/vision/perceptualHash.ts.
    ALTER TABLE photos ADD COLUMN look BLOB CHECK (length(look) = 8);
    -- The photo that is shown for it, if it is one of a group and not that one itself.
    ALTER TABLE photos ADD COLUMN shown_by INTEGER;
    -- Of a photo that stands for a group: what kind of one, and how many it is with the others and their videos.
    ALTER TABLE photos ADD COLUMN group_kind TEXT CHECK (group_kind IN ('raw', 'live', 'edited', 'burst'));
    ALTER TABLE photos ADD COLUMN group_size INTEGER NOT NULL DEFAULT 1;
    CREATE INDEX photos_lost ON photos (id) WHERE last_path IS NOT NULL;
    CREATE INDEX photos_hidden ON photos (shown_by) WHERE shown_by IS NOT NULL;
    CREATE INDEX photos_shown ON photos (taken_at DESC, id DESC) WHERE indexed_at IS NOT NULL AND shown_by IS NULL;
    CREATE INDEX photos_unlooked ON photos (id) WHERE indexed_at IS NOT NULL AND look IS NULL;

    -- What the user imported, so that all of it can be read again in the same way.
    CREATE TABLE imports (
      id INTEGER PRIMARY KEY,
      -- Absolute: a folder, a zip archive (which stands for all parts of its export) or a list.
      path TEXT NOT NULL UNIQUE,
      source TEXT NOT NULL
    ) STRICT;
    INSERT OR IGNORE INTO imports (path, source)
      SELECT json_extract(report, '$.folder'),
        CASE WHEN json_extract(report, '$.sources[0].because') = 'you said so'
          THEN json_extract(report, '$.sources[0].name') ELSE 'auto' END
      FROM import_reports ORDER BY id;
  `);
}
