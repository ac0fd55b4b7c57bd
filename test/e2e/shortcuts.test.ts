/** Keys that lead from screen to screen, and what joins the query from any of them. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { learnedAlbum } from '../fixtures/learnedAlbum.ts';
import { picture } from '../fixtures/pictures.ts';
import { ApplicationPage } from './applicationPage.ts';
import { canLaunch, launch } from './launch.ts';

const imported = learnedAlbum(null);

describe.skipIf(!canLaunch())('shortcuts', () => {
  it('lead from every screen to every other, are left to menus and fields, and a picture shows what it finds', async () => {
    const { engine } = await imported.open();
    const application = await launch({ engine });
    onTestFinished(() => application.close());
    const window = new ApplicationPage(application.page);
    const { page } = window;
    const heading = (name: string) => page.getByRole('heading', { name, level: 1 });
    await window.grid.getByRole('option').first().waitFor();

    // As with Caps Lock.
    await page.keyboard.press('W');
    await heading('words').waitFor();
    // There the filter has the cursor.
    await page.keyboard.type('k');
    expect(await page.getByRole('searchbox').inputValue()).toBe('k');
    await heading('words').click();
    await page.keyboard.press('k');
    await heading('tags').waitFor();
    await page.keyboard.press('t');
    await heading('training').waitFor();
    await page.getByText('Details', { exact: true }).click();
    await page.getByRole('combobox', { name: /^Loss/ }).focus();
    await page.keyboard.type('w');
    expect(await heading('training').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Train', exact: true }).focus();
    await page.keyboard.press('/');
    await window.grid.waitFor();
    await expect.poll(() => window.box.evaluate((box) => box === document.activeElement)).toBe(true);
    expect(await window.box.inputValue()).toBe('');

    // Typed ahead in a menu, letters choose its entries.
    await page.getByRole('button', { name: 'library', exact: true }).click();
    const menu = page.getByRole('menu');
    await menu.waitFor();
    await page.keyboard.type('wk');
    expect(await menu.isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
    expect(await window.grid.isVisible()).toBe(true);

    await page.keyboard.press('w');
    await heading('words').waitFor();
    await window.drop('red.png', 'image/png', await picture(3, 40, 30).png().toBuffer());
    await window.chip('red.png').waitFor();
    await window.grid.waitFor();
  });
});
