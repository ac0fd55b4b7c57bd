/** Reports of the latest imports, and of writing sidecars. */
import { preparedOnce, type SqliteDatabase } from '../../../native/database.ts';
import {
  type ImportReport,
  importReportSchema,
  type PastImport,
  type SidecarReport,
  sidecarReportSchema,
} from '../contract.ts';

/** Reports that are kept: a watched folder is imported often. */
const KEPT = 50;

export class ReportRepository {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** Keeps a report, and forgets the oldest beyond 50. */
  add(report: ImportReport): void {
    this.#database.transaction(() => {
      this.#database.prepare('INSERT INTO import_reports (report) VALUES (?)').run(JSON.stringify(report));
      this.#database
        .prepare(
          'DELETE FROM import_reports WHERE id NOT IN (SELECT id FROM import_reports ORDER BY id DESC LIMIT ?)',
        )
        .run(KEPT);
    })();
  }

  /** A report, or the latest; null if there is none. */
  get(id?: number): ImportReport | null {
    const json = preparedOnce(
      this.#database,
      'SELECT report FROM import_reports WHERE id = coalesce(?, id) ORDER BY id DESC LIMIT 1',
    )
      .pluck()
      .get(id ?? null) as string | undefined;
    return json === undefined ? null : importReportSchema.parse(JSON.parse(json));
  }

  /** The imports whose reports are kept, the latest first. */
  list(): PastImport[] {
    return preparedOnce(
      this.#database,
      `SELECT id, report ->> 'folder' AS folder, report ->> 'startedAt' AS startedAt, report ->> 'added' AS added,
         json_array_length(report, '$.skipped') AS skipped
       FROM import_reports ORDER BY id DESC`,
    ).all() as PastImport[];
  }

  addSidecars(report: SidecarReport): void {
    this.#database.prepare('INSERT INTO sidecar_reports (report) VALUES (?)').run(JSON.stringify(report));
  }

  latestSidecars(): SidecarReport | null {
    const json = this.#database
      .prepare('SELECT report FROM sidecar_reports ORDER BY id DESC LIMIT 1')
      .pluck()
      .get() as string | undefined;
    return json === undefined ? null : sidecarReportSchema.parse(JSON.parse(json));
  }
}
