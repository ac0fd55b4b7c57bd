/** The reports of imports, kept with the library. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newImportReport } from '../../electron/engine/import/importer.ts';
import { groupReasons } from '../../electron/engine/import/reasons.ts';
import { importInto, openLibrary } from '../fixtures/imports.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';

test('the latest 50 are kept, each with its reasons, and can be read again', async () => {
  const { reports } = openLibrary();
  expect(reports.get()).toBeNull();
  expect(reports.list()).toEqual([]);
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'no.jpg'), '');
  const report = await importInto(openLibrary(), folder);
  reports.add(groupReasons(report));
  const { id } = reports.list()[0]!;
  for (let number = 1; number < 50; number++)
    reports.add(newImportReport(`/${number}`, '2026-01-01T00:00:00.000Z'));
  expect(reports.list()).toHaveLength(50);
  expect(reports.list()[0]).toMatchObject({ folder: '/49', added: 0, skipped: 0 });
  expect(reports.list().at(-1)).toMatchObject({ id, folder, skipped: 1 });
  expect(reports.get(id)).toMatchObject({
    skipped: [{ path: 'no.jpg', reason: 'the file is empty', group: 0 }],
    reasons: [{ reason: 'the file is empty', files: 1 }],
  });
  expect(reports.get()).toMatchObject({ folder: '/49' });
  reports.add(newImportReport('/50', '2026-01-01T00:00:00.000Z'));
  expect(reports.get(id)).toBeNull();
});
