/** The report of an import in the window: long lists by reason, found, saved; and earlier reports. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ImportReport } from '../../electron/engine/contract.ts';
import { createEngine } from '../../electron/engine/createEngine.ts';
import { newImportReport } from '../../electron/engine/import/importer.ts';
import { groupReasons } from '../../electron/engine/import/reasons.ts';
import { Library } from '../../electron/engine/library/library.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';
import { ApplicationPage } from './applicationPage.ts';
import { canLaunch, launch } from './launch.ts';

/** A report with 10,000 skipped files, after one with none. */
function reports(): ImportReport[] {
  const long = newImportReport('/home/ana/Pictures/Export of everything', '2026-05-03T12:30:01.000Z');
  long.added = 31_207;
  long.captioned = 12_004;
  long.videos = 214;
  long.sources = [
    {
      name: 'takeout',
      title: 'Google Takeout',
      because: 'it has Takeout/Google Photos/Photos from 2019/IMG_0001.jpg.supplemental-metadata.json',
      photos: 11_870,
    },
    // As reports of a rescan were written once: a source for each folder that has it.
    { name: 'takeout', title: 'Google Takeout', because: 'it has Takeout/archive_browser.html', photos: 12 },
  ];
  for (let number = 0; number < 9_000; number++)
    long.skipped.push({
      path: `IMG_${number}.jpg`,
      reason: `Takeout/${number}.json has words for it, but there is no such photo`,
    });
  for (let number = 0; number < 1_000; number++)
    long.skipped.push({ path: `Trips/2014/cut-${number}.jpg`, reason: 'the file is cut off' });
  return [newImportReport('/home/ana/Pictures', '2026-05-01T08:00:00.000Z'), groupReasons(long)];
}

describe.skipIf(!canLaunch())('the import report', () => {
  it('shows ten thousand files by reason, finds one, saves all as JSON, and shows earlier imports', async () => {
    const path = join(temporaryFolder(), 'library');
    const library = Library.open(path, { create: true });
    const [first, long] = reports() as [ImportReport, ImportReport];
    library.reports.add(first);
    library.reports.add(long);
    library.close();
    const engine = await createEngine({ home: temporaryFolder() });
    onTestFinished(() => engine.close());
    await engine.calls.openLibrary({ path });
    const application = await launch({ engine });
    onTestFinished(() => application.close());
    const window = new ApplicationPage(application.page);
    const { page } = window;
    await page.getByRole('button', { name: 'Import report' }).click();

    const files = page.getByRole('list', { name: 'Skipped files' }).getByRole('listitem');
    await page.getByText('10,000 files were skipped.').waitFor();
    expect(await page.getByText(/Google Takeout: words for/).count()).toBe(2);
    expect(await files.count()).toBe(200);
    await window.expectAccessible();
    const cutOff = page.getByRole('button', { name: /the file is cut off 1,000/ });
    await cutOff.press('Enter');
    await expect.poll(() => files.first().innerText()).toContain('Trips/2014/cut-0.jpg');
    await page.getByRole('button', { name: /Show 200 more of 800/ }).click();
    await expect.poll(() => files.count()).toBe(400);
    await page.getByLabel('Find a file or a reason').fill('cut-777');
    await expect.poll(() => files.allInnerTexts()).toEqual(['Trips/2014/cut-777.jpg\nthe file is cut off']);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as JSON' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('import-report-2026-05-03T12-30-01.json');
    expect(JSON.parse(readFileSync(await download.path(), 'utf8'))).toEqual(long);

    await page.getByLabel('Import', { exact: true }).selectOption({ index: 1 });
    await page.getByText('No file was skipped.').waitFor();
    await window.expectAccessible();
  });
});
