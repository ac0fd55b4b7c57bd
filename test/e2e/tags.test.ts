/** Words for photos in the window: suggested, accepted, rejected, undone, written beside the photos, and edited by hand. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Engine } from '../../electron/engine/engine.ts';
import { learnedAlbum } from '../fixtures/learnedAlbum.ts';
import { ApplicationPage } from './applicationPage.ts';
import { canLaunch, launch } from './launch.ts';

const learned = learnedAlbum();

describe.skipIf(!canLaunch())('tags', () => {
  async function open(): Promise<{ window: ApplicationPage; engine: Engine }> {
    const { engine } = await learned.open();
    const application = await launch({ engine });
    onTestFinished(() => application.close());
    const window = new ApplicationPage(application.page);
    await window.grid.getByRole('option').first().waitFor();
    return { window, engine };
  }

  it('are suggested with a reason, accepted, rejected and undone, with the mouse and with the keyboard', async () => {
    const { window, engine } = await open();
    const { page } = window;
    await page.keyboard.press('k');
    const list = page.getByRole('list', { name: 'Photos without words' });
    const cards = list.getByRole('listitem');
    await page.getByLabel('Suggest from').selectOption('0.3');
    await expect.poll(() => list.getAttribute('aria-busy')).toBe('false');
    await page.getByText('25 photos without words').waitFor();
    expect(await cards.count()).toBe(25);
    const tags = page.locator('[data-tag]');
    const [first, second] = [tags.nth(0), tags.nth(1)];
    await first.focus();
    await page
      .locator('.tooltip')
      .getByText(/% sure that it is in the picture/)
      .first()
      .waitFor();
    await window.expectAccessible();

    await page.keyboard.press('Enter');
    await page.getByText(/^Added “.+” to a photo$/).waitFor();
    expect(await first.getAttribute('aria-pressed')).toBe('true');
    const { edits } = engine.calls;
    expect((await edits({})).map(({ photos }) => photos)).toEqual([1]);
    await page.keyboard.press('ArrowRight');
    const rejected = (await second.locator('span').first().innerText()).trim();
    await page.keyboard.press('Delete');
    await page.getByText(`Rejected “${rejected}” for a photo`).waitFor();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await expect.poll(() => edits({})).toEqual([]);
    await page.getByText('25 photos without words').waitFor();

    const everywhere = page.getByRole('region', { name: 'Accept a word for all' });
    const [word] = (await everywhere.getByRole('listitem').first().innerText()).split('\n');
    await everywhere.getByRole('button').first().click();
    await page.getByText(new RegExp(`^Added “${word}” to \\d+ photos?$`)).waitFor();
    const [edit] = await edits({});
    expect(edit!.photos).toBeGreaterThan(1);
    await page.getByText(`${25 - edit!.photos} photos without words`).waitFor();
    await page.keyboard.press('Escape');
    await window.grid.waitFor();
  });

  it('are written beside the photos when asked, after it was said which', async () => {
    const { window, engine } = await open();
    const { page } = window;
    const { photos } = await engine.calls.listPhotos({ offset: 0, limit: 1 });
    const { files } = await engine.calls.photoDetails({ photo: photos[0]!.id });
    const file = join(files[0]!.folder, files[0]!.path);
    onTestFinished(() => rmSync(`${file}.xmp`, { force: true }));
    await window.grid.press('Home');
    await window.grid.press('Enter');
    await window.lightbox.waitFor();

    await window.lightbox.getByLabel('Add keywords').fill('zorro, the cabin');
    await page.keyboard.press('Enter');
    const keywords = window.lightbox.getByRole('list', { name: 'Keywords' });
    await keywords.getByRole('button', { name: 'the cabin', exact: true }).waitFor();
    await keywords.getByRole('button', { name: 'Remove zorro' }).click();
    await keywords.getByRole('button', { name: 'zorro', exact: true }).waitFor({ state: 'detached' });
    await window.lightbox.getByRole('button', { name: 'Edit title and caption' }).click();
    await window.lightbox.getByLabel('Caption').fill('Where we were that summer');
    await page.keyboard.press('Enter');
    await window.lightbox.getByText('Where we were that summer').first().waitFor();
    await window.lightbox.getByText('Changed the caption of a photo').waitFor();
    await window.expectAccessible();
    await window.lightbox.getByRole('button', { name: 'Undo' }).click();
    await window.lightbox.getByText('Where we were that summer').first().waitFor({ state: 'detached' });
    await window.lightbox.getByRole('button', { name: 'Close' }).click();
    await window.lightbox.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Tags', exact: true }).click();
    await page.getByRole('button', { name: 'Write 1 sidecar …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Write 1 sidecar' });
    await dialog.getByText('+ the cabin').waitFor();
    await window.expectAccessible();
    expect(existsSync(`${file}.xmp`)).toBe(false);
    await dialog.getByRole('button', { name: 'Write them' }).click();
    await page.getByText('Words of 1 photo are written, 1 new sidecar.').waitFor();
    expect(readFileSync(`${file}.xmp`, 'utf8')).toContain('<rdf:li>the cabin</rdf:li>');
    await page.getByRole('button', { name: 'Nothing to write' }).waitFor();
  });
});
