/**
 * The main job in the window, from an empty machine: the sample album is drawn, imported and learned, then searched by
 * words, sliders, pictures and photos, and every screen is checked for accessibility. In a browser, and in Electron where
 * its binary is installed.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ApplicationPage, SAMPLE_ALBUM_TAKES } from './applicationPage.ts';
import { canLaunch, type LaunchedApplication, launch } from './launch.ts';

const hosts = [
  { name: 'in a browser', electron: false },
  { name: 'in Electron', electron: true },
];

for (const { name, electron } of hosts) {
  describe.skipIf(!canLaunch({ electron }))(`the sample album ${name}`, () => {
    let application: LaunchedApplication;
    let window: ApplicationPage;
    const problems: string[] = [];

    beforeAll(async () => {
      application = await launch({ electron });
      window = new ApplicationPage(application.page);
      application.page.on('pageerror', (error) => problems.push(error.message));
      application.page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text());
      });
    });

    // What one test leaves open must not stand in the way of the next.
    afterEach(async () => {
      while (await application.page.getByRole('dialog').count()) {
        await application.page.keyboard.press('Escape');
        await application.page.getByRole('dialog').first().waitFor({ state: 'detached' });
      }
    });

    afterAll(async () => {
      await application?.close();
    });

    it('offers three ways to begin on an empty machine', async () => {
      const { page } = window;
      await page.getByRole('button', { name: /^Open a folder of photos/ }).waitFor();
      await page.getByRole('button', { name: /^Import an export/ }).waitFor();
      await page.getByRole('button', { name: /^Try the sample album/ }).waitFor();
      await window.expectAccessible();
    });

    it(
      'is opened, imported and learned with nothing but the keyboard',
      async () => {
        const { page } = window;
        const sampleAlbum = page.getByRole('button', { name: /^Try the sample album/ });
        await window.openSampleAlbum(async () => {
          for (let stop = 0; stop < 10; stop++) {
            await page.keyboard.press('Tab');
            if (await sampleAlbum.evaluate((button) => button === document.activeElement)) break;
          }
          await page.keyboard.press('Enter');
        });
        await expect.poll(() => page.getByText('600 photos', { exact: true }).count()).toBe(1);
        await window.expectAccessible();
      },
      2 * SAMPLE_ALBUM_TAKES,
    );

    it('is searched, looked at and left with nothing but the keyboard', async () => {
      const { page, grid, lightbox, box } = window;
      await page.keyboard.press('/');
      await expect.poll(() => box.evaluate((input) => input === document.activeElement)).toBe(true);
      await page.keyboard.type('beach + sunset');
      await window.answered(() => page.keyboard.press('Enter'));
      await window.chip('beach').waitFor();
      await window.chip('sunset').waitFor();

      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowUp');
      const selected = grid.getByRole('option', { selected: true });
      await expect.poll(() => selected.getAttribute('aria-posinset')).toBe('2');
      await page.keyboard.press('Enter');
      await lightbox.getByText('2 of 600', { exact: true }).waitFor();
      await page.keyboard.press('ArrowRight');
      await lightbox.getByText('3 of 600', { exact: true }).waitFor();
      const panel = lightbox.getByRole('complementary', { name: 'About this photo' });
      await panel.waitFor();
      await page.keyboard.press('i');
      await panel.waitFor({ state: 'detached' });
      await page.keyboard.press('i');
      await panel.waitFor();
      await page.keyboard.press('Escape');
      await lightbox.waitFor({ state: 'detached' });
      await expect.poll(() => selected.getAttribute('aria-posinset')).toBe('3');
      await expect.poll(() => grid.evaluate((list) => list === document.activeElement)).toBe(true);

      await page.keyboard.press('/');
      await page.keyboard.press('Backspace');
      await expect.poll(() => box.inputValue()).toBe('sunset');
      await expect.poll(() => window.chip('sunset').count()).toBe(0);
      await page.keyboard.press('Escape');
      await expect.poll(() => box.inputValue()).toBe('');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('Delete');
      await expect.poll(() => window.chip('beach').count()).toBe(0);
      await expect.poll(() => page.getByText('600 photos', { exact: true }).count()).toBe(1);
    });

    it('is ranked anew by a slider, and back again', async () => {
      await window.search('beach sunset');
      const both = await window.order();
      await window.slider('sunset').press('Home');
      await expect.poll(() => window.order()).not.toEqual(both);
      await expect
        .poll(() => window.slider('sunset').getAttribute('aria-valuetext'))
        .toBe('take it away, −1');
      await window.slider('sunset').press('0');
      await window.slider('sunset').press('End');
      await expect.poll(() => window.order()).toEqual(both);
    });

    it('follows the pointer on a slider and returns to +1 on a double click', async () => {
      const { page } = window;
      await window.search('snow dog');
      const both = await window.order();
      const slider = window.slider('dog');
      const place = (await slider.boundingBox())!;
      await page.mouse.move(place.x + place.width - 7, place.y + place.height / 2);
      await page.mouse.down();
      await page.mouse.move(place.x + 8, place.y + place.height / 2, { steps: 12 });
      await expect.poll(() => window.order()).not.toEqual(both);
      await page.mouse.move(place.x + place.width / 2 + 1, place.y + place.height / 2);
      await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('ignored');
      await page.mouse.up();
      await slider.dblclick();
      await expect.poll(() => slider.inputValue()).toBe('1');
      await expect.poll(() => window.order()).toEqual(both);
    });

    it('says why a photo matched', async () => {
      const { lightbox, grid } = window;
      await window.search('snow - dog');
      await grid.getByRole('option').first().click();
      const why = lightbox.getByRole('region', { name: 'Why it matched' });
      await why.getByText('snow', { exact: true }).waitFor();
      await expect.poll(() => why.getByRole('listitem').count()).toBe(2);
      await why.getByText(/^Together \+\d+\.\d\d: place 1 of 600$/).waitFor();
      await window.expectAccessible();
      const seen = lightbox.getByRole('region', { name: 'What the model sees' }).getByRole('button').first();
      const word = (await seen.innerText()).split('\n')[0]!.trim();
      await seen.click();
      await lightbox.waitFor({ state: 'detached' });
      await window.chip(word).waitFor();
    });

    it('finds more like a photo, that photo first', async () => {
      const { page, grid } = window;
      await window.search('boat');
      const [address] = await window.order(1);
      await grid.getByRole('option').first().hover();
      await window.answered(() => page.getByRole('button', { name: 'More like this' }).click());
      await window.slider('boat').press('0');
      await expect.poll(() => page.getByRole('slider', { name: /^Weight of/ }).count()).toBe(2);
      await expect.poll(async () => (await window.order(1))[0]).toBe(address);
    });

    it('finds a picture that is dropped on the window', async () => {
      const { grid, lightbox } = window;
      const name = 'sample-0123.jpg';
      const bytes = await readFile(join(application.home, 'sample', 'Sample album photos', name));
      await window.search('boat');
      await window.answered(() => window.drop(name, 'image/jpeg', bytes));
      await window.chip(name).getByRole('img', { includeHidden: true }).first().waitFor();
      await window.answered(() => window.slider('boat').press('Delete'));
      await grid.getByRole('option').first().click();
      await lightbox.getByRole('region', { name: 'Details' }).getByText(name, { exact: true }).waitFor();
    });

    it('says what is wrong with a file that is no picture', async () => {
      const { page } = window;
      await window.drop('notes.txt', 'text/plain', Buffer.from('no picture'));
      const alert = page.getByRole('alert').filter({ hasText: 'notes.txt' });
      await alert.waitFor();
      await alert.getByRole('button', { name: 'Dismiss' }).click();
      await alert.waitFor({ state: 'detached' });
    });

    it('makes chips of whole words that are pasted, and empties the box', async () => {
      await window.answered(() => window.box.fill('sunset mountain '));
      await window.chip('mountain').waitFor();
      expect(await window.box.inputValue()).toBe('');
    });

    it('marks a word that nobody knows, and shows the words nearest to one that is known', async () => {
      const { page } = window;
      await window.search('beach xqzzyv');
      await page.getByText('“xqzzyv” is unknown and left out.').waitFor();
      await window.expectAccessible();
      await window.slider('beach').press('Enter');
      const peek = page.getByRole('dialog', { name: 'About beach' });
      const nearest = peek.getByRole('listitem').getByRole('button').first();
      await nearest.waitFor();
      await window.expectAccessible();
      const word = (await nearest.innerText()).split('\n')[0]!.trim();
      await nearest.click();
      await window.chip(word).waitFor();
    });

    it('says what else a word finds, and as what a picture was found', async () => {
      const { page } = window;
      await window.search('animal');
      await window.slider('animal').press('Enter');
      await page
        .getByRole('dialog', { name: 'About animal' })
        .getByText(/^Also finds .*\bcat\b/)
        .waitFor();
      await window.expectAccessible();
      await page.keyboard.press('Escape');
      await window.box.focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page
        .getByRole('complementary', { name: 'About this photo' })
        .getByText(/% likely (in the picture|with “\w+” written) · as “\w+”/)
        .waitFor();
      await page.keyboard.press('Escape');
    });

    it('is accessible in its menus and dialogs', async () => {
      const { page } = window;
      await page.getByRole('button', { name: /^Your model/ }).click();
      await page.getByRole('dialog', { name: 'Models of this library' }).waitFor();
      await window.expectAccessible();
      await page.keyboard.press('Escape');

      await page.getByRole('button', { name: 'Sample album' }).click();
      await page.getByRole('menu').waitFor();
      await window.expectAccessible();
      await page.getByRole('menuitem', { name: 'Import report' }).click();
      await page.getByRole('dialog', { name: 'Import report' }).waitFor();
      await window.expectAccessible();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });

      await window.grid.focus();
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
      await window.expectAccessible();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });

      await page.keyboard.press(',');
      const settings = page.getByRole('dialog', { name: 'Settings' });
      await window.expectAccessible();
      await settings.getByRole('radio', { name: 'Dark' }).click();
      await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('dark');
      await settings.getByRole('radio', { name: 'As the system' }).click();
      await page.keyboard.press('Escape');
      await settings.waitFor({ state: 'detached' });
    });

    it.skipIf(electron)('goes to another folder through the chooser, and remembers the album', async () => {
      const { page } = window;
      await page.getByRole('button', { name: 'Sample album' }).click();
      await page.getByRole('menuitem', { name: 'Close this library' }).click();
      await page.getByRole('button', { name: /^Sample album.*600 photos$/ }).waitFor();
      await window.expectAccessible();
      await page.getByRole('button', { name: /^Open a folder of photos/ }).click();
      const chooser = page.getByRole('dialog', { name: 'Open a folder of photos' });
      const path = chooser.getByRole('textbox', { name: 'Path of the folder' });
      await expect.poll(() => path.inputValue()).not.toBe('');
      await window.expectAccessible();
      await path.fill(join(application.home, 'nowhere'));
      await path.press('Enter');
      await chooser.getByRole('alert').waitFor();
      await path.fill(join(application.home, 'sample'));
      await path.press('Enter');
      await chooser.getByRole('button', { name: 'Sample album photos' }).click();
      await chooser.getByText('600 photos directly inside').waitFor();
      await chooser.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('button', { name: /^Sample album.*600 photos$/ }).click();
      await window.grid.waitFor();
    });

    it('has reported no error to the console', () => {
      expect(problems).toEqual([]);
    });
  });
}
