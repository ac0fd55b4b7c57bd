/**
 * What the user does to the words of photos. An edit is one such act, on one photo or on many, and undone as a whole, the last
 * first. It holds at once: a word that is added is a text with the source `Photolex`; one that is taken out although a file says it
 * is set aside, so that no import brings it back. Sidecars are written when the user asks, and until then an edit waits.
 */
import { preparedOnce, type SqliteDatabase, type SqliteStatement } from '../../../native/database.ts';
import { METADATA_SOURCES } from '../../../native/metadata.ts';
import type { Edit, EditableText, PhotoText } from '../contract.ts';

/** The source of what the user wrote in Photolex. */
export const OWN_SOURCE = 'Photolex';

export interface EditChange extends EditableText {
  photo: number;
  action: 'add' | 'remove' | 'reject';
}

/** What is still to be written about a photo. */
export interface PendingWords {
  photo: number;
  add: EditableText[];
  remove: EditableText[];
}

const isInFile = new Set(METADATA_SOURCES);

export class EditRepository {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** A statement, prepared once: an edit may be about very many photos. */
  #sql(sql: string): SqliteStatement {
    return preparedOnce(this.#database, sql);
  }

  /** Makes an edit of changes, in a transaction; null if everything is so already. */
  make(label: string, changes: Iterable<EditChange>, at: string): Edit | null {
    return this.#database.transaction(() => {
      const id = this.begin(at);
      this.extend(id, changes);
      return this.finish(id, label);
    })();
  }

  /** Begins an edit that is made in parts. One that was not finished, because of a crash, can be undone like any other. */
  begin(at: string): number {
    const { lastInsertRowid } = this.#sql('INSERT INTO edits (label, made_at) VALUES (?, ?)').run(
      'Changed words',
      at,
    );
    return Number(lastInsertRowid);
  }

  /** Makes changes as part of an edit, in a transaction. */
  extend(id: number, changes: Iterable<EditChange>): void {
    this.#database.transaction(() => {
      const insert = this.#sql(
        'INSERT INTO edit_changes (edit, photo, action, kind, text) VALUES (?, ?, ?, ?, ?)',
      );
      for (const change of changes) {
        const { photo, action, kind, text } = change;
        for (const [done, whole] of this.#apply(change)) insert.run(id, photo, done, kind, whole);
        if (action === 'add') this.#unreject(photo, text);
      }
    })();
  }

  /** Ends an edit; null if it changed nothing and is forgotten. */
  finish(id: number, label: string): Edit | null {
    if (this.#sql('SELECT 1 FROM edit_changes WHERE edit = ?').get(id) === undefined) {
      this.#sql('DELETE FROM edits WHERE id = ?').run(id);
      return null;
    }
    this.#sql('UPDATE edits SET label = ? WHERE id = ?').run(label, id);
    return this.#get(id);
  }

  /** Takes back the last edit; null if there is none. Returns it with the photos that it was about. */
  undo(): (Edit & { about: number[] }) | null {
    return this.#database.transaction(() => {
      const id = this.#sql('SELECT max(id) FROM edits').pluck().get() as number | null;
      if (id === null) return null;
      const edit = this.#get(id);
      const changes = this.#sql(
        'SELECT photo, action, kind, text FROM edit_changes WHERE edit = ? ORDER BY id DESC',
      ).all(id) as EditChange[];
      for (const { photo, action, kind, text } of changes) {
        if (action === 'add') this.#remove(photo, { kind, text });
        else if (action === 'remove') this.#add(photo, { kind, text });
        else this.#unreject(photo, text);
      }
      this.#sql('DELETE FROM edits WHERE id = ?').run(id);
      return { ...edit, about: [...new Set(changes.map(({ photo }) => photo))] };
    })();
  }

  /** Edits that can be undone, the last first. */
  list(limit: number): Edit[] {
    const ids = this.#sql('SELECT id FROM edits ORDER BY id DESC LIMIT ?').pluck().all(limit) as number[];
    return ids.map((id) => this.#get(id));
  }

  #get(id: number): Edit {
    return this.#sql(
      `SELECT id, label, made_at AS madeAt,
           (SELECT count(DISTINCT photo) FROM edit_changes WHERE edit = edits.id) AS photos
         FROM edits WHERE id = ?`,
    ).get(id) as Edit;
  }

  /** Does a change and tells what was different before. */
  *#apply({ photo, action, kind, text }: EditChange): Generator<[EditChange['action'], string]> {
    if (action === 'reject') {
      const { changes } = this.#sql(
        'INSERT INTO rejected_words (photo, word) VALUES (?, ?) ON CONFLICT DO NOTHING',
      ).run(photo, text);
      if (changes > 0) yield ['reject', text];
    } else if (action === 'remove') {
      for (const removed of this.#remove(photo, { kind, text })) yield ['remove', removed];
    } else {
      // A sidecar has room for one caption and one title.
      if (kind !== 'keyword') {
        const others = this.#sql(
          'SELECT DISTINCT source, text FROM texts WHERE photo = ? AND kind = ? AND text <> ?',
        ).all(photo, kind, text) as PhotoText[];
        for (const other of others) {
          if (other.source !== OWN_SOURCE && !isInFile.has(other.source)) continue;
          for (const removed of this.#remove(photo, { kind, text: other.text })) yield ['remove', removed];
        }
      }
      if (this.#add(photo, { kind, text })) yield ['add', text];
    }
  }

  /** Adds a text to a photo, bringing back what was set aside; false if it has it. */
  #add(photo: number, { kind, text }: EditableText): boolean {
    const aside = this.#sql(
      'DELETE FROM removed_texts WHERE photo = ? AND kind = ? AND text = ? RETURNING source, text, written',
    ).all(photo, kind, text) as { source: string; text: string; written: number }[];
    const insert = this.#sql(
      'INSERT INTO texts (photo, kind, source, text) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    for (const back of aside) insert.run(photo, kind, back.source, back.text);
    // What a sidecar said and says no more has to be written again.
    const isWhole = aside.some(({ source, written }) => !isInFile.has(source) || written === 0);
    if (isWhole) return true;
    if (aside.length === 0 && this.#has(photo, kind, text)) return false;
    insert.run(photo, kind, OWN_SOURCE, text);
    return true;
  }

  #has(photo: number, kind: EditableText['kind'], text: string): boolean {
    return (
      this.#sql('SELECT 1 FROM texts WHERE photo = ? AND kind = ? AND text = ? COLLATE NOCASE').get(
        photo,
        kind,
        text,
      ) !== undefined
    );
  }

  /** Takes a text out of a photo, wherever it comes from; returns its spellings. */
  #remove(photo: number, { kind, text }: EditableText): string[] {
    const found = this.#sql(
      'DELETE FROM texts WHERE photo = ? AND kind = ? AND text = ? COLLATE NOCASE RETURNING source, text',
    ).all(photo, kind, text) as { source: string; text: string }[];
    const setAside = this.#sql(
      'INSERT INTO removed_texts (photo, kind, source, text, written) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    for (const { source, text: spelled } of found)
      if (source !== OWN_SOURCE) setAside.run(photo, kind, source, spelled, isInFile.has(source) ? 0 : 1);
    return [...new Map(found.map(({ text: spelled }) => [spelled.toLowerCase(), spelled])).values()];
  }

  #unreject(photo: number, word: string): void {
    this.#sql('DELETE FROM rejected_words WHERE photo = ? AND word = ?').run(photo, word);
  }

  /** Words, in lower case, that are not to be suggested: photo → words. */
  rejected(photos: readonly number[]): Map<number, Set<string>> {
    const rows = this.#sql(
      'SELECT photo, word FROM rejected_words WHERE photo IN (SELECT value FROM json_each(?))',
    ).all(JSON.stringify(photos)) as { photo: number; word: string }[];
    const words = new Map<number, Set<string>>();
    for (const { photo, word } of rows)
      words.set(photo, (words.get(photo) ?? new Set()).add(word.toLowerCase()));
    return words;
  }

  /** Photos with something to write, in order. */
  pendingPhotos(): number[] {
    return this.#sql(
      `SELECT photo FROM texts WHERE source = '${OWN_SOURCE}' UNION
         SELECT photo FROM removed_texts WHERE written = 0 ORDER BY 1`,
    )
      .pluck()
      .all() as number[];
  }

  /** What is still to be written about a photo. */
  pending(photo: number): PendingWords {
    const add = this.#sql(
      `SELECT kind, text FROM texts WHERE photo = ? AND source = '${OWN_SOURCE}' ORDER BY id`,
    ).all(photo) as EditableText[];
    const remove = this.#sql(
      'SELECT DISTINCT kind, text FROM removed_texts WHERE photo = ? AND written = 0',
    ).all(photo) as EditableText[];
    return { photo, add, remove };
  }

  /**
   * Notes that sidecars say what was pending, after the photo's texts were read anew: what files say of it now is in `texts` already.
   * @param said what its files say in all, whether it was taken out or not
   */
  setWritten({ photo, add, remove }: PendingWords, said: readonly PhotoText[]): void {
    const drop = this.#sql(
      `DELETE FROM texts WHERE photo = ? AND kind = ? AND text = ? AND source = '${OWN_SOURCE}'`,
    );
    for (const { kind, text } of add) drop.run(photo, kind, text);
    const forget = this.#sql(
      'DELETE FROM removed_texts WHERE photo = ? AND kind = ? AND text = ? AND written = 0',
    );
    const keep = this.#sql('UPDATE removed_texts SET written = 1 WHERE photo = ? AND kind = ? AND text = ?');
    for (const { kind, text } of remove) {
      const isSaid = said.some(
        (other) => other.kind === kind && other.text.toLowerCase() === text.toLowerCase(),
      );
      // The photo itself says it, and photos are not written to.
      (isSaid ? keep : forget).run(photo, kind, text);
    }
  }
}
