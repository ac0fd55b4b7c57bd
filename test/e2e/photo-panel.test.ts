/** What the panel beside a photo tells of its metadata, in the user's words. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { endOf } from '../fixtures/jobs.ts';
import { startEngine } from '../fixtures/learnedAlbum.ts';
import { picture, temporaryFolder, writeTags } from '../fixtures/pictures.ts';
import { ApplicationPage } from './applicationPage.ts';
import { canLaunch, launch } from './launch.ts';

describe.skipIf(!canLaunch())('the panel beside a photo', () => {
  it('shows stars, label, people, place, date and the ways down to keywords, and searches for them', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a.jpg');
    await picture(4, 900, 600).jpeg().toFile(path);
    await writeTags(
      path,
      '-XMP-dc:Title=Evening in Gràcia',
      '-XMP-dc:Description=The square after the concert.',
      '-XMP-lr:HierarchicalSubject=Places|Spain|Barcelona',
      '-XMP-lr:HierarchicalSubject=Places|Spain',
      '-XMP-dc:Subject=Barcelona',
      '-XMP-dc:Subject=music',
      '-XMP-iptcExt:PersonInImage=Ada Lovelace',
      '-XMP-xmp:Rating=4',
      '-XMP-xmp:Label=Red',
      '-XMP-xmpDM:Pick=1',
      '-Make=Canon',
      '-Model=Canon EOS 5D',
      '-ExifIFD:DateTimeOriginal=2014:05:03 21:30:01',
      '-GPSLatitude=41.4036',
      '-GPSLatitudeRef=N',
      '-GPSLongitude=2.1567',
      '-GPSLongitudeRef=E',
    );
    const engine = await startEngine();
    await endOf(engine, () => engine.calls.openFolder({ path: folder }));
    const application = await launch({ engine });
    onTestFinished(() => application.close());
    const window = new ApplicationPage(application.page);
    const { page, grid } = window;
    await grid.getByRole('option').first().dblclick();
    const panel = page.getByRole('complementary', { name: 'About this photo' });
    await panel.getByRole('img', { name: '4 stars' }).waitFor();
    const facts = panel.getByRole('region', { name: 'Details' });
    expect(await facts.locator('dt').allTextContents()).toEqual([
      'Rating',
      'Taken',
      'Place',
      'Camera',
      'Size',
      'File',
    ]);
    expect(await facts.getByText(/^Saturday, May 3, 2014 at 9:30.PM \(UTC\+2\)$/).count()).toBe(1);
    expect(
      await facts.getByText('Vila de Gràcia, Barcelona, Província de Barcelona, Catalonia, Spain').count(),
    ).toBe(1);
    expect(await facts.getByText('red', { exact: true }).count()).toBe(1);
    expect(await facts.getByText('Picked', { exact: true }).count()).toBe(1);
    const items = (name: string) => panel.getByRole('list', { name }).getByRole('listitem');
    const words = async (name: string) =>
      (await items(name).allTextContents()).map((item) => item.trim().split(/\s+/));
    expect(await words('People')).toEqual([['Ada', 'Lovelace']]);
    expect(await words('Keywords')).toEqual([['Places', 'Spain', 'Barcelona'], ['music']]);
    await window.expectAccessible();

    await window.answered(() => panel.getByRole('button', { name: 'Ada Lovelace' }).click());
    await window.chip('Ada Lovelace').waitFor();
  });
});
