import type { SqliteDatabase } from '../../../../native/database.ts';

/** What the user does to words: kept until it is undone, or written to sidecars. */
export function migrate(database: SqliteDatabase): void {
  database.exec(`
    -- One thing the user did, to one photo or to many; undone as a whole, the last first.
    CREATE TABLE edits (
      id INTEGER PRIMARY KEY,
      -- In the user's words.
      label TEXT NOT NULL,
      made_at TEXT NOT NULL
    ) STRICT;

    -- What it changed: only what was not so before, so that undoing it takes back nothing else.
    CREATE TABLE edit_changes (
      id INTEGER PRIMARY KEY,
      edit INTEGER NOT NULL REFERENCES edits (id) ON DELETE CASCADE,
      photo INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
      action TEXT NOT NULL CHECK (action IN ('add', 'remove', 'reject')),
      kind TEXT NOT NULL CHECK (kind IN ('caption', 'title', 'keyword')),
      text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX edit_changes_by_edit ON edit_changes (edit);
    CREATE INDEX edit_changes_by_photo ON edit_changes (photo);

    -- Texts that a file still says and that the user took out: an import does not bring them back.
    CREATE TABLE removed_texts (
      photo INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
      kind TEXT NOT NULL,
      source TEXT NOT NULL,
      text TEXT NOT NULL COLLATE NOCASE,
      -- 1 when no sidecar says it any more.
      written INTEGER NOT NULL DEFAULT 0 CHECK (written IN (0, 1)),
      PRIMARY KEY (photo, kind, text, source)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX removed_texts_pending ON removed_texts (photo) WHERE written = 0;
    CREATE TRIGGER texts_removed BEFORE INSERT ON texts
      WHEN EXISTS (SELECT 1 FROM removed_texts WHERE photo = new.photo AND kind = new.kind AND text = new.text)
    BEGIN SELECT RAISE(IGNORE); END;

    -- Words that shall not be suggested for a photo again.
    CREATE TABLE rejected_words (
      photo INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
      word TEXT NOT NULL COLLATE NOCASE,
      PRIMARY KEY (photo, word)
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX texts_of_photolex ON texts (photo) WHERE source = 'Photolex';
    -- What a sidecar says is not also said by Photolex: this is how what was written stops waiting.
    CREATE TRIGGER texts_written AFTER INSERT ON texts WHEN new.source LIKE 'XMP-%' BEGIN
      DELETE FROM texts WHERE photo = new.photo AND kind = new.kind AND source = 'Photolex'
        AND text = new.text COLLATE NOCASE;
    END;

    CREATE TABLE sidecar_reports (
      id INTEGER PRIMARY KEY,
      report TEXT NOT NULL
    ) STRICT;
  `);
  allowKindsOfJobs(database);
}

/** Kinds of jobs are the contract's to check: a list of them in a table is out of date with the next one. */
function allowKindsOfJobs(database: SqliteDatabase): void {
  const sql = database.prepare(`SELECT sql FROM sqlite_master WHERE name = 'jobs'`).pluck().get() as string;
  const free = sql
    .replace(/CREATE TABLE "?jobs"?/, 'CREATE TABLE new_jobs')
    .replace(/ CHECK \(kind IN \([^)]*\)\)/, '');
  database.exec(
    `${free}; INSERT INTO new_jobs SELECT * FROM jobs; DROP TABLE jobs; ALTER TABLE new_jobs RENAME TO jobs;`,
  );
}
