import type { SqliteDatabase } from '../../../../native/database.ts';

/** Photos, their files and words, backbone features, models, jobs and import reports. */
export function migrate(database: SqliteDatabase): void {
  database.exec(`
    -- A folder or captions file that was imported; paths of files are relative to it.
    CREATE TABLE roots (
      id INTEGER PRIMARY KEY,
      path TEXT NOT NULL UNIQUE
    ) STRICT;

    -- A photo is its bytes: the SHA-256 of the file. width and height are as displayed.
    CREATE TABLE photos (
      id INTEGER PRIMARY KEY,
      hash TEXT NOT NULL UNIQUE,
      bytes INTEGER NOT NULL,
      width INTEGER,
      height INTEGER,
      taken_at TEXT,
      latitude REAL,
      longitude REAL,
      camera TEXT,
      indexed_at TEXT,
      -- Why it cannot be shown or searched, in the user's words.
      problem TEXT
    ) STRICT;
    CREATE INDEX photos_by_date ON photos (taken_at DESC, id DESC) WHERE indexed_at IS NOT NULL;
    CREATE INDEX photos_to_index ON photos (id) WHERE indexed_at IS NULL AND problem IS NULL;

    -- Where a photo's bytes lie. size and modified (milliseconds) tell an unchanged file without reading it.
    CREATE TABLE files (
      id INTEGER PRIMARY KEY,
      root INTEGER NOT NULL REFERENCES roots (id) ON DELETE CASCADE,
      path TEXT NOT NULL,
      photo INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
      size INTEGER NOT NULL,
      modified REAL NOT NULL,
      -- Stamp of the metadata that was read: the newest sidecar's modification time, 0 without one.
      sidecar_modified REAL NOT NULL DEFAULT 0,
      UNIQUE (root, path)
    ) STRICT;
    CREATE INDEX files_by_photo ON files (photo);

    -- The words of a photo, each with its source.
    CREATE TABLE texts (
      id INTEGER PRIMARY KEY,
      photo INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
      kind TEXT NOT NULL CHECK (kind IN ('caption', 'title', 'keyword', 'album', 'person')),
      source TEXT NOT NULL,
      text TEXT NOT NULL,
      UNIQUE (photo, kind, source, text)
    ) STRICT;

    CREATE VIRTUAL TABLE texts_search USING fts5 (text, content = 'texts', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
    CREATE TRIGGER texts_insert AFTER INSERT ON texts BEGIN
      INSERT INTO texts_search (rowid, text) VALUES (new.id, new.text);
    END;
    CREATE TRIGGER texts_delete AFTER DELETE ON texts BEGIN
      INSERT INTO texts_search (texts_search, rowid, text) VALUES ('delete', old.id, old.text);
    END;

    -- What a backbone sees in a photo: [width of the backbone] float16, before any head.
    CREATE TABLE features (
      photo INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
      backbone TEXT NOT NULL,
      feature BLOB NOT NULL,
      PRIMARY KEY (photo, backbone)
    ) STRICT, WITHOUT ROWID;

    -- A trained space. Its files are in models/<id>; its image vectors in the vec0 table vectors_<number>.
    CREATE TABLE models (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      dimension INTEGER NOT NULL,
      text TEXT NOT NULL,
      backbone TEXT NOT NULL,
      loss TEXT NOT NULL,
      -- Hash of its network: vectors belong to this very network.
      network TEXT NOT NULL,
      created_at TEXT NOT NULL,
      captions INTEGER NOT NULL,
      held_out INTEGER NOT NULL,
      -- Photos with words when it learned, whether it could use them or not: what exceeds them has come since.
      captioned INTEGER NOT NULL,
      precision_at_5 REAL,
      mean_average_precision REAL,
      active INTEGER NOT NULL DEFAULT 0 CHECK (active IN (0, 1))
    ) STRICT;
    CREATE UNIQUE INDEX one_active_model ON models (active) WHERE active = 1;

    CREATE TABLE held_out (
      model INTEGER NOT NULL REFERENCES models (number) ON DELETE CASCADE,
      photo INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
      PRIMARY KEY (model, photo)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE jobs (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('sample', 'import', 'train')),
      state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled', 'interrupted')),
      input TEXT NOT NULL,
      -- The process that runs it: a job whose process is gone was interrupted.
      process INTEGER NOT NULL,
      message TEXT,
      started_at TEXT NOT NULL,
      finished_at TEXT,
      curve TEXT NOT NULL DEFAULT '[]'
    ) STRICT;

    CREATE TABLE import_reports (
      id INTEGER PRIMARY KEY,
      report TEXT NOT NULL
    ) STRICT;
  `);
}
