/** A library that lives, in the window: groups and what is offline are marked, photos that look alike are shown side by side. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../electron/engine/createEngine.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { drawScene, planAlbum } from '../../electron/engine/sample/scenes.ts';
import { renderSvg } from '../../native/drawing.ts';
import { endOf } from '../fixtures/jobs.ts';
import { ApplicationPage } from './applicationPage.ts';
import { canLaunch, type LaunchedApplication, launch } from './launch.ts';

describe.skipIf(!canLaunch())('a library that lives', () => {
  let root: string;
  let photos: string;
  let engine: Engine;
  let application: LaunchedApplication;
  let window: ApplicationPage;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'photolex-living-'));
    photos = join(root, 'photos');
    mkdirSync(photos);
    const scenes = await Promise.all(
      planAlbum(60, 3)
        .filter((_, at) => at % 6 === 0)
        .map((scene) => renderSvg(drawScene(scene).svg, 90)),
    );
    for (const [at, jpeg] of scenes.entries()) writeFileSync(join(photos, `IMG_${at}.jpg`), jpeg);
    await sharp(scenes[0]).resize(400).jpeg({ quality: 60 }).toFile(join(photos, 'small copy.jpg'));
    await sharp(scenes[0]).modulate({ brightness: 1.15 }).jpeg().toFile(join(photos, 'brighter.jpg'));
    await sharp(scenes[1]).modulate({ saturation: 0.4 }).jpeg().toFile(join(photos, 'IMG_1-edited.jpg'));
    writeFileSync(join(photos, 'IMG_2.mov'), 'a video');
    engine = await createEngine({ home: join(root, 'home'), learnsByItself: false });
    await engine.calls.openLibrary({ path: join(root, 'Holidays'), create: true });
    const { state, message } = await endOf(engine, () => engine.calls.importPhotos({ path: photos }));
    if (state !== 'done') throw new Error(`${state}: ${message}`);
    application = await launch({ engine });
    window = new ApplicationPage(application.page);
  });

  afterAll(async () => {
    await application?.close();
    await engine?.close();
    rmSync(root, { recursive: true, force: true });
  });

  it('shows photos that are one as one, and lets each be looked at', async () => {
    const { page, grid, lightbox } = window;
    await expect.poll(() => grid.getByRole('option').count()).toBe(12);
    await grid.getByRole('option', { name: /Live photo \(2\)$/ }).waitFor();
    await window.expectAccessible();
    await grid.getByRole('option', { name: /Edited, with its original \(2\)$/ }).click();
    const strip = lightbox.getByRole('group', { name: 'Shown as one' });
    await expect.poll(() => strip.getByRole('button').count()).toBe(2);
    await strip.getByRole('button', { name: 'IMG_1-edited.jpg', pressed: true }).waitFor();
    await window.expectAccessible();
    await page.keyboard.press('ArrowDown');
    await strip.getByRole('button', { name: 'IMG_1.jpg', pressed: true }).waitFor();
    await lightbox.getByText('IMG_1.jpg', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await lightbox.waitFor({ state: 'detached' });
  });

  it('shows near-duplicates side by side, of all photos and of one', async () => {
    const { page, grid, lightbox } = window;
    await page.getByRole('button', { name: 'Holidays' }).click();
    await page.getByRole('menuitem', { name: 'Similar photos' }).click();
    const set = page.getByRole('region', { name: 'Set 1' });
    await expect.poll(() => set.getByRole('listitem').count()).toBe(3);
    await page.getByText(/^1 set of photos that look alike/).waitFor();
    for (const file of ['IMG_0.jpg', 'small copy.jpg', 'brighter.jpg']) await set.getByText(file).waitFor();
    await window.expectAccessible();
    await set.getByRole('button').nth(1).click();
    await lightbox.getByText('2 of 3', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await lightbox.waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await grid.getByRole('option').first().waitFor();

    await grid.getByRole('option', { name: /Live photo \(2\)$/ }).click();
    await lightbox.waitFor();
    await page.keyboard.press('d');
    await page.getByText('No other photo looks like this one.', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('marks a photo whose file went away by itself, and forgets it only when told to', async () => {
    const { page, grid, lightbox } = window;
    await expect.poll(async () => (await engine.calls.libraryStatus())!.watched, { timeout: 20_000 }).toBe(1);
    renameSync(join(photos, 'IMG_5.jpg'), join(root, 'elsewhere.jpg'));
    const offline = grid.getByRole('option', { name: /offline$/ });
    await offline.waitFor({ timeout: 30_000 });
    await page.getByText('12 photos, 1 offline', { exact: true }).waitFor();
    await offline.click();
    await lightbox.getByText(`Offline. It was last at ${photos}/IMG_5.jpg`).waitFor();
    await window.expectAccessible();
    await page.keyboard.press('Escape');
    await lightbox.waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Holidays' }).click();
    await page.getByRole('menuitem', { name: 'Photos without a file …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Photos without a file' });
    await dialog.getByText(join(photos, 'IMG_5.jpg')).waitFor();
    await window.expectAccessible();
    await dialog.getByRole('button', { name: 'Forget 1 photo and their words' }).click();
    await page.getByText('11 photos', { exact: true }).waitFor();
  });
});
