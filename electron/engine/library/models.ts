/** The models of a library: the record of each trained space, and which one answers. */
import type { SqliteDatabase } from '../../../native/database.ts';
import { type Model, PhotolexError } from '../contract.ts';

export interface StoredModel extends Model {
  /** The row's number, which names the table of its vectors. */
  number: number;
  dimension: number;
  /** Hash of its network file; its vectors were made by this very network. */
  network: string;
  /** Photos with words when it learned, whether it could use them or not; 0 for the starter. */
  captioned: number;
}

const COLUMNS = `number, id, name, dimension, text, backbone, loss, tune, device, seconds, network, created_at AS createdAt, captions, held_out AS heldOut, captioned,
  precision_at_5 AS precisionAt5, mean_average_precision AS meanAveragePrecision, active`;

type Row = Omit<StoredModel, 'active'> & { active: number };
const toModel = (row: Row): StoredModel => ({ ...row, active: row.active === 1 });

export class ModelRepository {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  add(model: Omit<StoredModel, 'number' | 'active'>): StoredModel {
    this.#database
      .prepare(
        `INSERT INTO models (id, name, dimension, text, backbone, loss, tune, device, seconds, network, created_at, captions, held_out, captioned, precision_at_5, mean_average_precision)
         VALUES (@id, @name, @dimension, @text, @backbone, @loss, @tune, @device, @seconds, @network, @createdAt, @captions, @heldOut, @captioned, @precisionAt5, @meanAveragePrecision)`,
      )
      .run(model);
    return this.get(model.id)!;
  }

  list(): StoredModel[] {
    return (this.#database.prepare(`SELECT ${COLUMNS} FROM models ORDER BY number`).all() as Row[]).map(
      toModel,
    );
  }

  get(id: string): StoredModel | undefined {
    const row = this.#database.prepare(`SELECT ${COLUMNS} FROM models WHERE id = ?`).get(id) as
      | Row
      | undefined;
    return row && toModel(row);
  }

  /** @throws {PhotolexError} `no-model` if the library has no such model. */
  require(id: string): StoredModel {
    const model = this.get(id);
    if (model) return model;
    const known = this.list()
      .map((model) => model.id)
      .join(', ');
    throw new PhotolexError('no-model', `This library has no model ${id}. It has: ${known || 'none'}.`);
  }

  active(): StoredModel | undefined {
    const row = this.#database.prepare(`SELECT ${COLUMNS} FROM models WHERE active = 1`).get() as
      | Row
      | undefined;
    return row && toModel(row);
  }

  /** @throws {PhotolexError} `no-model` if the library has no such model. */
  activate(id: string): void {
    this.require(id);
    this.#database.transaction(() => {
      this.#database.prepare('UPDATE models SET active = 0 WHERE active = 1').run();
      this.#database.prepare('UPDATE models SET active = 1 WHERE id = ?').run(id);
    })();
  }

  /** Another network has taken this model's place, as a newer Photolex does with the starter. */
  setNetwork(model: StoredModel, network: string): void {
    this.#database.prepare('UPDATE models SET network = ? WHERE number = ?').run(network, model.number);
  }

  /** Remembers which photos a model held out; those that the library lost meanwhile are left out. */
  setHeldOut(model: StoredModel, photos: Iterable<number>): void {
    const insert = this.#database.prepare(
      'INSERT INTO held_out (model, photo) SELECT ?, id FROM photos WHERE id = ?',
    );
    for (const photo of photos) insert.run(model.number, photo);
  }

  heldOut(model: StoredModel): number[] {
    return this.#database
      .prepare('SELECT photo FROM held_out WHERE model = ? ORDER BY photo')
      .pluck()
      .all(model.number) as number[];
  }
}
