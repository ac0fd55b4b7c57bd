import type { SqliteDatabase } from '../../../../native/database.ts';

/**
 * Photos that may have been taken for damaged without being so are tried again: HEIC and JPEG XL photos, whose decoders ran out of
 * memory after about a thousand, and photos in zip archives that were closed while they were read.
 */
export function migrate(database: SqliteDatabase): void {
  database.exec(`
    UPDATE photos SET problem = NULL WHERE problem LIKE 'it is damaged in the archive (%';
    UPDATE photos SET problem = NULL
    WHERE problem = 'the file is damaged or cut off' AND id IN (
      SELECT photo FROM files
      WHERE path LIKE '%.heic' OR path LIKE '%.heif' OR path LIKE '%.hif' OR path LIKE '%.jxl'
    );
  `);
}
