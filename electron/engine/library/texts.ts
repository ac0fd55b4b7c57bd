/** The words of photos: captions, titles, keywords, each with its source. */
import { preparedOnce, type SqliteDatabase } from '../../../native/database.ts';
import type { PhotoText } from '../contract.ts';

export class TextRepository {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** Adds texts to a photo; one that it has already is kept once. Returns how many were new. */
  add(photo: number, texts: readonly PhotoText[]): number {
    if (texts.length === 0) return 0;
    const insert = preparedOnce(
      this.#database,
      'INSERT INTO texts (photo, kind, source, text) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    let added = 0;
    for (const { kind, source, text } of texts) added += insert.run(photo, kind, source, text).changes;
    return added;
  }

  /** Replaces a photo's texts of these sources: what a changed sidecar or captions file no longer says is gone. */
  replace(photo: number, sources: readonly string[], texts: readonly PhotoText[]): void {
    const wanted = new Set(texts.map(({ kind, source, text }) => JSON.stringify([kind, source, text])));
    const remove = preparedOnce(
      this.#database,
      'DELETE FROM texts WHERE photo = ? AND kind = ? AND source = ? AND text = ?',
    );
    for (const { kind, source, text } of this.of(photo)) {
      if (sources.includes(source) && !wanted.has(JSON.stringify([kind, source, text])))
        remove.run(photo, kind, source, text);
    }
    this.add(photo, texts);
  }

  of(photo: number): PhotoText[] {
    const select = 'SELECT kind, source, text FROM texts WHERE photo = ? ORDER BY id';
    return preparedOnce(this.#database, select).all(photo) as PhotoText[];
  }

  /** The texts from one source of the photos with ids from `first` to `last`: photo → its texts. */
  bySource(source: string, first: number, last: number): Map<number, PhotoText[]> {
    const rows = preparedOnce(
      this.#database,
      'SELECT photo, kind, source, text FROM texts WHERE photo BETWEEN ? AND ? AND source = ? ORDER BY photo, id',
    ).all(first, last, source) as (PhotoText & { photo: number })[];
    const texts = new Map<number, PhotoText[]>();
    for (const { photo, kind, text } of rows) {
      const list = texts.get(photo);
      if (list) list.push({ kind, source, text });
      else texts.set(photo, [{ kind, source, text }]);
    }
    return texts;
  }

  /** Photos in whose texts these words stand side by side, whatever their case and accents. */
  photosWith(words: string): number[] {
    const phrase = `"${words.replaceAll('"', '""')}"`;
    return this.#database
      .prepare(
        'SELECT DISTINCT photo FROM texts WHERE id IN (SELECT rowid FROM texts_search WHERE texts_search MATCH ?) ORDER BY photo',
      )
      .pluck()
      .all(phrase) as number[];
  }

  /** Every photo with words: photo → its texts, in the order of photos. */
  all(): Map<number, PhotoText[]> {
    const rows = this.#database
      .prepare('SELECT photo, kind, source, text FROM texts ORDER BY photo, id')
      .iterate() as IterableIterator<PhotoText & { photo: number }>;
    const texts = new Map<number, PhotoText[]>();
    for (const { photo, kind, source, text } of rows) {
      const list = texts.get(photo);
      if (list) list.push({ kind, source, text });
      else texts.set(photo, [{ kind, source, text }]);
    }
    return texts;
  }
}
