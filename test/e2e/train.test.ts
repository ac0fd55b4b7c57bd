/** Training in the window: what is chosen, how it goes, and the models that come of it. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { learnedAlbum } from '../fixtures/learnedAlbum.ts';
import { ApplicationPage } from './applicationPage.ts';
import { canLaunch, launch } from './launch.ts';

const learned = learnedAlbum({ seed: 7, holdout: 0.3 });
const TRAINING_TAKES = 120_000;

describe.skipIf(!canLaunch())('training', () => {
  it(
    'is chosen in plain words, goes on in sight, and leaves models to compare',
    async () => {
      const { engine } = await learned.open();
      const application = await launch({ engine });
      onTestFinished(() => application.close());
      const window = new ApplicationPage(application.page);
      const { page } = window;
      await window.grid.getByRole('option').first().waitFor();
      await page.keyboard.press('t');
      const table = page.getByRole('table');
      const row = (id: string) =>
        table.getByRole('row').filter({ has: page.getByRole('rowheader', { name: id }) });
      await row('model-1').getByText('answers').waitFor();
      await page.getByRole('img', { name: 'Loss, P@5 and mAP by step' }).waitFor();
      await page.getByText('how far off what it learns still is').waitFor();
      await window.expectAccessible();

      await page.getByText('Details').press('Enter');
      const start = page.getByRole('combobox', { name: /^Start/ });
      await page.getByRole('combobox', { name: /^Network/ }).selectOption('googlenet');
      expect(await page.getByRole('radio', { name: /^From the first layer/ }).isChecked()).toBe(true);
      expect(await start.inputValue()).toBe('pretrained');
      await page.getByRole('combobox', { name: /^Network/ }).selectOption('file');
      await page.getByRole('textbox', { name: /^Path of the ONNX file/ }).fill('network.onnx');
      await window.expectAccessible();
      await page.getByRole('combobox', { name: /^Network/ }).selectOption('efficientnet-lite0');
      await page.getByRole('radio', { name: /^Quick/ }).check();
      expect(await start.inputValue()).toBe('starter');

      const preset = page.getByRole('combobox', { name: /^Preset/ });
      expect(await preset.inputValue()).toBe('best');
      await preset.selectOption('paper');
      for (const [name, value] of [
        [/^Text embedding/, 'glove'],
        [/^Loss/, 'sigmoid'],
        [/^Network/, 'googlenet'],
        [/^How the network learns/, 'paper'],
      ] as const)
        expect(await page.getByRole('combobox', { name }).inputValue()).toBe(value);
      await preset.selectOption('best');
      expect(await page.getByRole('radio', { name: /^Quick/ }).isChecked()).toBe(true);

      await page.getByRole('combobox', { name: /^Measured on/ }).selectOption('0.3');
      await page.getByRole('combobox', { name: /^Loss/ }).selectOption('sigmoid');
      expect(await preset.inputValue()).toBe('');
      expect(await start.inputValue()).toBe('pretrained');
      await page.getByRole('combobox', { name: /^Text embedding/ }).selectOption('glove');
      await page.getByRole('button', { name: 'Train', exact: true }).click();
      await page.getByText('A training is under way.').waitFor();
      await row('model-2').getByText('answers').waitFor({ timeout: TRAINING_TAKES });
      expect(await row('model-2').getByRole('cell').allInnerTexts()).toEqual(
        expect.arrayContaining(['GloVe', 'As in the paper (sigmoid)', 'Quick']),
      );
      // Three tenths of the 88 captions were held out, of each model others.
      const [, , , , precision] = await row('model-1').getByRole('cell').allInnerTexts();
      expect(precision).toMatch(/^(\.\d\d|1\.00)$/);
      const [, , , captions] = await row('model-2').getByRole('cell').allInnerTexts();
      expect(captions).toBe('62');
      await window.expectAccessible();

      await page.getByRole('button', { name: 'Use model-1' }).click();
      await row('model-1').getByText('answers').waitFor();
      await page.keyboard.press('Escape');
      await window.grid.waitFor();
    },
    2 * TRAINING_TAKES,
  );
});
