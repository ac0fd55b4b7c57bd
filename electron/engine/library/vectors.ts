/**
 * Image vectors, one sqlite-vec table per model, so that vectors of two models cannot be mixed. The live scan of
 * concepts runs in memory (`native/scan`); these tables are the truth that it is filled from.
 */
import { bytesVector, type SqliteDatabase, vectorBytes } from '../../../native/database.ts';
import type { StoredModel } from './models.ts';

export class VectorRepository {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  #table(model: StoredModel): string {
    return `vectors_${model.number}`;
  }

  createTable(model: StoredModel): void {
    this.#database.exec(
      `CREATE VIRTUAL TABLE IF NOT EXISTS ${this.#table(model)} USING vec0(photo INTEGER PRIMARY KEY, vector float[${model.dimension}] distance_metric=cosine)`,
    );
  }

  /** Forgets all vectors of a model. */
  clear(model: StoredModel): void {
    this.#database.exec(`DROP TABLE IF EXISTS ${this.#table(model)}`);
    this.createTable(model);
  }

  /**
   * Stores unit vectors, `vectors` is `[photos, dimension]`. A photo that has one already gets the new one. A photo that the
   * library lost while its vector was made gets none: its id may come to name another photo. So does one whose row is not there or not
   * finite, because it could not be looked at, or no search would find anything any more.
   */
  set(model: StoredModel, photos: ArrayLike<number>, vectors: Float32Array): void {
    const table = this.#table(model);
    const remove = this.#database.prepare(`DELETE FROM ${table} WHERE photo = ?`);
    const insert = this.#database.prepare(
      `INSERT INTO ${table} (photo, vector) SELECT id, ? FROM photos WHERE id = ?`,
    );
    for (let row = 0; row < photos.length; row++) {
      const photo = BigInt(photos[row]!);
      remove.run(photo);
      const vector = vectors.subarray(row * model.dimension, (row + 1) * model.dimension);
      if (vector.length > 0 && vector.every(Number.isFinite)) insert.run(vectorBytes(vector), photo);
    }
  }

  remove(model: StoredModel, photo: number): void {
    this.#database.prepare(`DELETE FROM ${this.#table(model)} WHERE photo = ?`).run(BigInt(photo));
  }

  get(model: StoredModel, photo: number): Float32Array | undefined {
    const bytes = this.#database
      .prepare(`SELECT vector FROM ${this.#table(model)} WHERE photo = ?`)
      .pluck()
      .get(BigInt(photo)) as Buffer | undefined;
    return bytes && bytesVector(bytes);
  }

  /**
   * All vectors of a model in the order of photos, a chunk at a time, so that memory stays flat and other work gets its
   * turn. A vec0 table finds a row by its key at once but scans everything for a range of keys, so the photos lead.
   */
  *chunks(model: StoredModel, size = 1024): Generator<{ photos: Int32Array; vectors: Float32Array }> {
    const table = this.#table(model);
    const statement = this.#database.prepare(
      `SELECT photos.id AS photo, vector FROM photos CROSS JOIN ${table} ON ${table}.photo = photos.id
       WHERE photos.id > ? ORDER BY photos.id LIMIT ${size}`,
    );
    let after = 0;
    for (;;) {
      const rows = statement.all(after) as { photo: number; vector: Buffer }[];
      if (rows.length === 0) return;
      const photos = new Int32Array(rows.length);
      const vectors = new Float32Array(rows.length * model.dimension);
      rows.forEach(({ photo, vector }, row) => {
        photos[row] = photo;
        vectors.set(bytesVector(vector), row * model.dimension);
      });
      yield { photos, vectors };
      after = rows.at(-1)!.photo;
    }
  }

  /** Indexed photos that have no vector of this model yet. */
  missing(model: StoredModel): number[] {
    return this.#database
      .prepare(
        `SELECT id FROM photos WHERE indexed_at IS NOT NULL AND id NOT IN (SELECT photo FROM ${this.#table(model)}) ORDER BY id`,
      )
      .pluck()
      .all() as number[];
  }
}
