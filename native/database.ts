/**
 * SQLite as Photolex uses it: better-sqlite3 with sqlite-vec loaded, write-ahead logging and durable commits.
 * It knows nothing of tables; those are in `electron/engine/library`.
 */
import Database from 'better-sqlite3';
import * as sqliteVec from 'sqlite-vec';
import { unpacked } from './runtime.ts';

export type SqliteDatabase = Database.Database;
export type SqliteStatement = Database.Statement<unknown[]>;

/** A statement slower than this is reported, in milliseconds: the window must answer in 100. */
const SLOW_STATEMENT = 40;

export interface OpenOptions {
  readonly?: boolean;
  /** Told of statements that took longer than 40 ms, by their SQL. */
  onSlow?: (milliseconds: number, sql: string) => void;
}

/**
 * Opens a database file, creating it unless `readonly`. A committed transaction survives a kill at any moment: the
 * log is synced at each checkpoint and a torn tail of the log is ignored by SQLite at the next start.
 * @throws if the file is no SQLite database or cannot be opened.
 */
export function openDatabase(path: string, options: OpenOptions = {}): SqliteDatabase {
  const database = new Database(path, { readonly: options.readonly ?? false, timeout: 5000 });
  try {
    if (!options.readonly) {
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = NORMAL');
    }
    database.pragma('foreign_keys = ON');
    database.pragma('cache_size = -65536');
    database.pragma('temp_store = MEMORY');
    database.loadExtension(unpacked(sqliteVec.getLoadablePath()));
    if (options.onSlow) reportSlowStatements(database, options.onSlow);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** Whether an error of SQLite says that somebody else uses the database, and went on doing so while it waited. */
export function isInUse(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}

/** Reports statements that take long under their SQL: the window waits for every one of them. */
function reportSlowStatements(database: SqliteDatabase, onSlow: NonNullable<OpenOptions['onSlow']>): void {
  const prepare = database.prepare.bind(database);
  database.prepare = ((sql: string) => {
    const statement = prepare(sql);
    for (const method of ['run', 'get', 'all'] as const) {
      const execute = statement[method].bind(statement) as (...parameters: unknown[]) => unknown;
      statement[method] = ((...parameters: unknown[]) => {
        const started = performance.now();
        const result = execute(...parameters);
        const milliseconds = performance.now() - started;
        if (milliseconds > SLOW_STATEMENT) onSlow(milliseconds, sql);
        return result;
      }) as never;
    }
    return statement;
  }) as typeof database.prepare;
}

const prepared = new WeakMap<SqliteDatabase, Map<string, Database.Statement>>();

/**
 * A statement that is prepared at its first use and then kept, for those that run once for each photo: preparing takes longer than running
 * them. Its results must be read before it runs again, and whoever uses the same SQL must want them in the same form (`pluck`).
 */
export function preparedOnce(database: SqliteDatabase, sql: string): Database.Statement {
  const statements = prepared.get(database) ?? new Map<string, Database.Statement>();
  prepared.set(database, statements);
  const statement = statements.get(sql) ?? database.prepare(sql);
  statements.set(sql, statement);
  return statement;
}

/** A float32 vector as the bytes that SQLite stores; shares memory with the vector. */
export function vectorBytes(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}

/** The float32 vector in stored bytes; copies, because SQLite's buffers may be unaligned. */
export function bytesVector(bytes: Uint8Array): Float32Array {
  const copy = new Uint8Array(bytes);
  return new Float32Array(copy.buffer);
}
