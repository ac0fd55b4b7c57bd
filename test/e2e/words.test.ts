/** The words of a library in the window: what was learned of each, what people write about, and what the user says of words. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseQuery } from '../../electron/engine/search/query.ts';
import { learnedAlbum } from '../fixtures/learnedAlbum.ts';
import { stubLibrary } from '../fixtures/stubLibrary.ts';
import { ApplicationPage } from './applicationPage.ts';
import { canLaunch, launch } from './launch.ts';

const learned = learnedAlbum();
const LEARNING_TAKES = 120_000;

describe.skipIf(!canLaunch())('the words of a library', () => {
  async function open(): Promise<ApplicationPage> {
    const { engine } = await learned.open();
    const application = await launch({ engine });
    onTestFinished(() => application.close());
    const window = new ApplicationPage(application.page);
    await window.grid.getByRole('option').first().waitFor();
    await window.page.keyboard.press('w');
    await window.page.getByRole('listbox', { name: 'Learned words' }).getByRole('option').first().waitFor();
    return window;
  }

  it('are listed, looked at, searched and left with the keyboard', async () => {
    const window = await open();
    const { page } = window;
    const words = page.getByRole('listbox', { name: 'Learned words' }).getByRole('option');
    const counts = await words.locator('.number').allInnerTexts();
    expect(counts.map(Number)).toEqual(counts.map(Number).toSorted((one, other) => other - one));
    await page.keyboard.type('beach');
    // The list of all has it too, but not at its head.
    await words
      .first()
      .filter({ hasText: /^beach/ })
      .waitFor();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('heading', { name: 'beach', exact: true }).waitFor();
    await page.getByText(/Learned from your captions, where it stands \d+ times/).waitFor();
    for (const heading of ['Seen alike', 'Written alike', /^Written under \d+ photos$/])
      await page.getByRole('heading', { name: heading }).waitFor();
    await window.expectAccessible();
    await page.getByRole('button', { name: 'Search for it' }).press('Enter');
    await window.chip('beach').waitFor();
    await page.getByRole('button', { name: 'Words', exact: true }).press('Enter');
    await page.getByRole('heading', { name: 'beach', exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await window.grid.waitFor();
  });

  it('are shown where nobody wrote them, and play with others', async () => {
    const { page } = await open();
    await page.getByLabel('Find a word').fill('iguana');
    await page.getByText(/Nobody wrote “iguana” often enough/).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'iguana', exact: true }).waitFor();
    const written = page.locator('section', { has: page.getByRole('heading', { name: 'Written alike' }) });
    await written.getByRole('button', { name: /^lizard / }).waitFor();
    await page.getByLabel('A word', { exact: true }).fill('cat');
    await page.getByLabel('Another word').fill('kitten');
    await page.getByRole('button', { name: '…?' }).click();
    await expect.poll(() => page.getByRole('status').getByRole('button').count()).toBe(5);
  });

  it('are left out, merged and joined, and learned again by it', async () => {
    const { page } = await open();
    const find = async (word: string): Promise<void> => {
      await page.getByLabel('Find a word').fill(word);
      await page.getByLabel('Find a word').press('Enter');
      await page.getByRole('heading', { name: word, exact: true }).waitFor();
    };
    await find('sunset');
    await page.getByRole('button', { name: 'Leave out', exact: true }).click();
    await find('dog');
    await page.getByRole('button', { name: 'Same as …' }).click();
    await page.getByLabel('“dog” means the same as').fill('hound');
    await page.keyboard.press('Enter');
    const rules = page.getByRole('region', { name: 'What you said of words' });
    await expect
      .poll(() => rules.getByRole('listitem').allInnerTexts())
      .toEqual(['Leave out “sunset”', 'Read “dog” as “hound”']);
    await find('beach');
    await page.getByRole('button', { name: 'Leave out', exact: true }).click();
    await rules.getByRole('button', { name: 'Take back: Leave out “beach”' }).click();
    await rules.getByText('Leave out “beach”').waitFor({ state: 'detached' });
    await rules.getByRole('button', { name: 'Learn again' }).click();
    await rules.getByText('It counts from the next learning on').waitFor({ state: 'detached' });
    await rules.getByText('Photolex is learning').waitFor({ state: 'detached', timeout: LEARNING_TAKES });
    const words = page.getByRole('listbox', { name: 'Learned words' }).getByRole('option');
    await page.getByLabel('Find a word').fill('hound');
    await words.filter({ hasText: /^hound/ }).waitFor();
    for (const gone of ['sunset', 'dog']) {
      await page.getByLabel('Find a word').fill(gone);
      await page.getByText(`Nobody wrote “${gone}” often enough`).waitFor();
    }
    await page.getByLabel('Find a word').fill('beach');
    await words.filter({ hasText: /^beach/ }).waitFor();
  });

  it('make topics when they are learned so, and every caption can be read step by step', async () => {
    const window = await open();
    const { page } = window;
    await page.getByRole('tab', { name: 'How a caption is read' }).click();
    await page.getByRole('textbox', { name: 'A caption' }).fill('The #goldengate https://a.b/c at sunset');
    await expect
      .poll(() => page.locator('.tokens span').allInnerTexts())
      .toEqual(['golden', 'gate', 'sunset']);
    await window.expectAccessible();
    await page.getByRole('tab', { name: 'Topics' }).click();
    await page.getByRole('button', { name: 'Learn with topics' }).click();
    await page
      .getByRole('heading', { name: 'What your captions are about' })
      .waitFor({ timeout: LEARNING_TAKES });
    expect(await page.getByRole('listitem').count()).toBeGreaterThan(3);
    await window.expectAccessible();
  });

  it('are not said to be left out of a search that finds them by their texts', async () => {
    const { engine } = stubLibrary(3, {
      parseQuery: ({ query }) => parseQuery(query),
      search: () => ({
        model: 'own',
        total: 0,
        concepts: [{ label: 'zorro', words: [{ word: 'zorro', source: 'written' }], known: true }],
        results: [],
        milliseconds: 1,
      }),
      // The model alone is asked about what is near.
      nearestWords: () => ({ source: 'unknown', count: 0, words: [], covers: [] }),
    });
    const application = await launch({ engine });
    onTestFinished(() => application.close());
    const window = new ApplicationPage(application.page);
    await window.search('zorro');
    await window.slider('zorro').press('Enter');
    const peek = window.page.getByRole('dialog', { name: 'About zorro' });
    await peek.getByText('No model knows it; photos are found by their words.').waitFor();
  });
});
