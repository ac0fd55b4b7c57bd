/** The record of long work, kept so that what a crash cut off can be resumed. */
import type { SqliteDatabase } from '../../../native/database.ts';
import { isAlive } from '../../../native/process.ts';
import type { Job, TrainingPoint } from '../contract.ts';

export interface StoredJob {
  id: number;
  kind: Job['kind'];
  state: Job['state'];
  /** JSON of what the job was asked to do. */
  input: string;
  message: string | null;
  startedAt: string;
  finishedAt: string | null;
  curve: TrainingPoint[];
}

export class JobRepository {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  start(kind: Job['kind'], input: unknown, at: string): number {
    const { lastInsertRowid } = this.#database
      .prepare(`INSERT INTO jobs (kind, state, input, process, started_at) VALUES (?, 'running', ?, ?, ?)`)
      .run(kind, JSON.stringify(input), process.pid, at);
    return Number(lastInsertRowid);
  }

  setCurve(id: number, curve: readonly TrainingPoint[]): void {
    this.#database.prepare('UPDATE jobs SET curve = ? WHERE id = ?').run(JSON.stringify(curve), id);
  }

  finish(id: number, state: Job['state'], message: string | null, at: string): void {
    this.#database
      .prepare('UPDATE jobs SET state = ?, message = ?, finished_at = ? WHERE id = ?')
      .run(state, message, at, id);
  }

  /** Called when a library is opened: a job that still says "running" and whose process is gone was cut off. */
  markInterrupted(at: string): void {
    const running = this.#database.prepare(`SELECT id, process FROM jobs WHERE state = 'running'`).all() as {
      id: number;
      process: number;
    }[];
    for (const job of running) {
      if (job.process === process.pid || !isAlive(job.process))
        this.finish(job.id, 'interrupted', 'Photolex stopped before this was done.', at);
    }
  }

  get(id: number): StoredJob | undefined {
    return this.#read('id = ?', id)[0];
  }

  /**
   * The latest jobs, newest first; and, however many came after them, the latest of each kind and the latest with a curve: small
   * imports by the dozen must not hide a training that was cut off.
   */
  list(limit = 20): StoredJob[] {
    return this.#read(
      `id IN (SELECT id FROM jobs ORDER BY id DESC LIMIT ?)
       OR id IN (SELECT max(id) FROM jobs GROUP BY kind)
       OR id = (SELECT max(id) FROM jobs WHERE curve <> '[]')`,
      limit,
    );
  }

  /** The training that made a model at this moment, between its start and its end. */
  trainingAt(moment: string): StoredJob | undefined {
    return this.#read(
      `kind = 'train' AND state = 'done' AND ? BETWEEN started_at AND finished_at`,
      moment,
    )[0];
  }

  /** The job of this kind that was started last. */
  latest(kind: Job['kind']): StoredJob | undefined {
    return this.#read('id = (SELECT max(id) FROM jobs WHERE kind = ?)', kind)[0];
  }

  #read(where: string, value: number | string): StoredJob[] {
    const rows = this.#database
      .prepare(
        `SELECT id, kind, state, input, message, started_at AS startedAt, finished_at AS finishedAt, curve FROM jobs WHERE ${where} ORDER BY id DESC`,
      )
      .all(value) as (Omit<StoredJob, 'curve'> & { curve: string })[];
    return rows.map((row) => ({ ...row, curve: JSON.parse(row.curve) as TrainingPoint[] }));
  }
}
