import type { SqliteDatabase } from '../../../../native/database.ts';

/** How photos were judged, keywords with those above them, names of places, and which source said what. */
export function migrate(database: SqliteDatabase): void {
  database.exec(`
    -- Stars from 1 to 5, -1 for a rejected photo.
    ALTER TABLE photos ADD COLUMN rating INTEGER CHECK (rating BETWEEN -1 AND 5);
    ALTER TABLE photos ADD COLUMN label TEXT;
    ALTER TABLE photos ADD COLUMN flag TEXT CHECK (flag IN ('picked', 'rejected'));

    -- Version of the rules that read a file's metadata, and the facts that they found, as JSON.
    ALTER TABLE files ADD COLUMN metadata_version INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE files ADD COLUMN facts TEXT;

    -- The facts that an export has of a photo, as JSON.
    CREATE TABLE export_facts (
      id INTEGER PRIMARY KEY,
      photo INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
      source TEXT NOT NULL,
      facts TEXT NOT NULL,
      UNIQUE (photo, source)
    ) STRICT;

    -- Keywords that stand below others. Each level is a keyword in texts too. path is a JSON array, the outermost level first.
    CREATE TABLE hierarchies (
      id INTEGER PRIMARY KEY,
      photo INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
      source TEXT NOT NULL,
      path TEXT NOT NULL,
      UNIQUE (photo, source, path)
    ) STRICT;

    -- The names of a photo's place, from small (0) to large. See [Note: names of places].
    CREATE TABLE places (
      photo INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      name TEXT NOT NULL,
      -- The name as names are compared: without capitals, accents and punctuation.
      folded TEXT NOT NULL,
      -- Whether somebody wrote it, or it was found from the coordinates.
      origin TEXT NOT NULL CHECK (origin IN ('written', 'coordinates')),
      PRIMARY KEY (photo, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX places_by_name ON places (folded);
  `);
}
