/** Backbone features, cached so that a head trains without looking at a pixel again. Stored as float16. */
import type { SqliteDatabase } from '../../../native/database.ts';

export class FeatureRepository {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  set(photo: number, backbone: string, feature: Float32Array): void {
    const half = new Float16Array(feature);
    this.#database
      .prepare(
        'INSERT INTO features (photo, backbone, feature) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET feature = excluded.feature',
      )
      .run(photo, backbone, Buffer.from(half.buffer));
  }

  get(photo: number, backbone: string): Float32Array | undefined {
    const bytes = this.#database
      .prepare('SELECT feature FROM features WHERE photo = ? AND backbone = ?')
      .pluck()
      .get(photo, backbone) as Buffer | undefined;
    return bytes && halfBytes(bytes);
  }

  /** All features of a backbone, in the order of photos: `features` is `[photos, width]` float32. */
  all(backbone: string, width: number): { photos: Int32Array; features: Float32Array } {
    // One transaction: another process may be indexing, and the rows must be as many as were counted.
    return this.#database.transaction(() => {
      const count = this.#database
        .prepare('SELECT count(*) FROM features WHERE backbone = ?')
        .pluck()
        .get(backbone) as number;
      const photos = new Int32Array(count);
      const features = new Float32Array(count * width);
      const rows = this.#database
        .prepare('SELECT photo, feature FROM features WHERE backbone = ? ORDER BY photo')
        .iterate(backbone) as IterableIterator<{ photo: number; feature: Buffer }>;
      let row = 0;
      for (const { photo, feature } of rows) {
        photos[row] = photo;
        features.set(halfBytes(feature), row * width);
        row++;
      }
      return { photos, features };
    })();
  }
}

function halfBytes(bytes: Uint8Array): Float32Array {
  const copy = new Uint8Array(bytes);
  return new Float32Array(new Float16Array(copy.buffer));
}
