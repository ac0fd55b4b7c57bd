/** Import reports, the latest last. */
import type { SqliteDatabase } from '../../../native/database.ts';
import { type ImportReport, importReportSchema } from '../contract.ts';

export class ReportRepository {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  add(report: ImportReport): void {
    this.#database.prepare('INSERT INTO import_reports (report) VALUES (?)').run(JSON.stringify(report));
  }

  latest(): ImportReport | null {
    const json = this.#database
      .prepare('SELECT report FROM import_reports ORDER BY id DESC LIMIT 1')
      .pluck()
      .get() as string | undefined;
    return json === undefined ? null : importReportSchema.parse(JSON.parse(json));
  }
}
