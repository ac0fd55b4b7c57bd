/** Nobody loses the place: where the view and the keyboard are after photos come, words go, and other screens are left. */
import { afterEach, describe, expect, it } from 'vitest';
import { aJob } from '../fixtures/jobs.ts';
import { type StubLibrary, stubLibrary } from '../fixtures/stubLibrary.ts';
import { ApplicationPage } from './applicationPage.ts';
import { canLaunch, type LaunchedApplication, launch } from './launch.ts';

const job = aJob(1, 'tag', 'done', { done: 1, total: 1 });

describe.skipIf(!canLaunch())('places', () => {
  let application: LaunchedApplication;
  afterEach(() => application?.close());

  async function open(library: StubLibrary): Promise<ApplicationPage> {
    application = await launch({ engine: library.engine });
    const window = new ApplicationPage(application.page);
    await window.grid.getByRole('option').first().waitFor();
    return window;
  }

  /** What has the keyboard. */
  const focused = (window: ApplicationPage): Promise<string> =>
    window.page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
    });
  const selectedPlace = (window: ApplicationPage): Promise<string | null> =>
    window.grid.getByRole('option', { selected: true }).getAttribute('aria-posinset');
  /** How far from the top of the window the photo at the keyboard is. */
  const selectedTop = async (window: ApplicationPage): Promise<number> =>
    (await window.grid.getByRole('option', { selected: true }).boundingBox())!.y;

  it('are reached at both ends of a million photos', async () => {
    const window = await open(stubLibrary(1_000_000));
    const { page, grid, lightbox } = window;
    await grid.focus();
    await page.keyboard.press('End');
    const last = grid.getByRole('option', { name: 'Photo 1,000,000 of 1,000,000' });
    await last.waitFor();
    const [photo, view] = [(await last.boundingBox())!, (await grid.boundingBox())!];
    expect(photo.y).toBeGreaterThanOrEqual(view.y);
    expect(photo.y + photo.height).toBeLessThanOrEqual(view.y + view.height);
    await page.keyboard.press('Enter');
    await lightbox.getByText('1,000,000 of 1,000,000', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await lightbox.waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => selectedPlace(window)).toMatch(/^999/);
    await grid.evaluate((scroller) => scroller.scrollTo({ top: scroller.scrollHeight / 2 }));
    const middle = grid.getByRole('option').filter({ visible: true }).first();
    await expect
      .poll(async () => Number(await middle.getAttribute('aria-posinset')) / 1_000_000)
      .toBeCloseTo(0.5, 2);
    await page.keyboard.press('Home');
    await grid.getByRole('option', { name: 'Photo 1 of 1,000,000' }).waitFor();
  });

  it('stay while photos come before them', async () => {
    const library = stubLibrary(3000);
    const window = await open(library);
    const { page, grid, lightbox } = window;
    await grid.focus();
    for (let time = 0; time < 8; time++) await page.keyboard.press('PageDown');
    await expect.poll(async () => Number(await selectedPlace(window))).toBeGreaterThan(60);
    const place = Number(await selectedPlace(window));
    const top = await selectedTop(window);
    library.arrive(30);
    await expect.poll(() => selectedPlace(window)).toBe(String(place + 30));
    await expect.poll(() => selectedTop(window)).toBeCloseTo(top, -1);
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
    await page.keyboard.press('Enter');
    await lightbox.getByText(`${place}.jpg`, { exact: true }).waitFor();
    library.arrive(5);
    await lightbox.getByText(`${place + 35} of 3,035`, { exact: true }).waitFor();
    await page.keyboard.press('ArrowRight');
    await lightbox.getByText(`${place + 1}.jpg`, { exact: true }).waitFor();
    // Once ahead, and once more at most where it is shown.
    expect(loaded.filter((path) => path === `/media/photo/${place + 1}`).length).toBeLessThanOrEqual(2);
  });

  it('are found again after another screen, where the keyboard begins at the heading', async () => {
    const window = await open(stubLibrary(3000));
    const { page, grid } = window;
    await grid.focus();
    for (let time = 0; time < 8; time++) await page.keyboard.press('PageDown');
    await expect.poll(async () => Number(await selectedPlace(window))).toBeGreaterThan(60);
    const place = await selectedPlace(window);
    const top = await selectedTop(window);
    await page.keyboard.press('k');
    await expect.poll(() => focused(window)).toBe('Stub: tags');
    await page.keyboard.press('Escape');
    await expect.poll(() => focused(window)).toBe('Photos');
    await expect.poll(() => selectedPlace(window)).toBe(place);
    await expect.poll(() => selectedTop(window)).toBeCloseTo(top, -1);
  });

  it('are kept among suggested words, whatever goes away', async () => {
    const library = stubLibrary(90);
    const window = await open(library);
    const { page } = window;
    await page.keyboard.press('k');
    const cards = page.getByRole('list', { name: 'Photos without words' }).getByRole('listitem');
    await cards.nth(39).locator('[data-tag]').first().focus();
    await expect.poll(() => cards.count()).toBe(80);
    await page.keyboard.press('Delete');
    await expect.poll(() => focused(window)).toBe('beach, 90 % sure');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Delete');
    await expect.poll(() => focused(window)).toBe('40.jpg');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => focused(window)).toBe('dog, 95 % sure');

    // A job has accepted a word of the photo that the keyboard is at: the next photo takes its place.
    const card = page.locator('li', { has: page.locator(':focus') });
    const before = await card.getAttribute('aria-label');
    library.texts.set(Number.parseInt(before!, 10), [{ kind: 'keyword', text: 'dog', source: 'you' }]);
    library.engine.tell('job', job);
    await page.getByText('89 photos without words').waitFor();
    await expect.poll(() => cards.count()).toBe(80);
    await expect.poll(() => focused(window)).toBe('dog, 95 % sure');
    expect(await card.getAttribute('aria-label')).not.toBe(before);

    await cards.nth(2).getByRole('button', { name: 'Accept all' }).press('Enter');
    await expect.poll(() => focused(window)).toBe('dog, 95 % sure');
    await expect.poll(() => cards.nth(2).getByRole('button', { pressed: true }).count()).toBe(3);

    // An import brings photos: they are shown when it ends.
    library.arrive(5);
    library.engine.tell('job', { ...job, id: 2, kind: 'import' });
    await page.getByText('93 photos without words').waitFor();
  });

  it('are kept beside a photo: an accepted word leaves the keyboard to the next, and the photo open', async () => {
    const library = stubLibrary(90);
    const window = await open(library);
    const { page, grid, lightbox } = window;
    await grid.focus();
    await page.keyboard.press('Enter');
    const suggested = lightbox.getByRole('group', { name: 'Suggested keywords' });
    await suggested.getByRole('button', { name: 'dog, 95 % sure' }).press('Enter');
    await expect.poll(() => focused(window)).toBe('beach, 90 % sure');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(window)).toBe('snow, 85 % sure');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(window)).toBe('Add keywords');
    await expect
      .poll(() => lightbox.getByRole('list', { name: 'Keywords' }).getByRole('listitem').count())
      .toBe(3);
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowRight');
    await suggested.getByRole('button', { name: 'dog, 95 % sure' }).focus();
    await page.keyboard.press('ArrowRight');
    await lightbox.getByText('3.jpg', { exact: true }).waitFor();
    await page.keyboard.press('ArrowRight');
    await lightbox.getByText('4.jpg', { exact: true }).waitFor();
  });

  it('of typed words are kept when they cannot be saved, and they are saved by who goes on', async () => {
    const library = stubLibrary(90);
    const window = await open(library);
    const { page, grid, lightbox } = window;
    await grid.focus();
    await page.keyboard.press('Enter');
    library.failure = 'The disk is full.';
    const add = lightbox.getByLabel('Add keywords');
    await add.fill('zorro');
    await add.press('Enter');
    await page.getByRole('alert').getByText('The disk is full.').first().waitFor();
    await expect.poll(() => add.inputValue()).toBe('zorro');
    await lightbox.getByRole('button', { name: 'Edit title and caption' }).click();
    await lightbox.getByLabel('Caption').fill('The old cabin');
    const edits = () => library.engine.received.filter(({ name }) => name === 'editWords').length;
    await lightbox.getByLabel('Caption').press('Enter');
    await expect.poll(edits).toBe(2);
    expect(await lightbox.getByLabel('Caption').inputValue()).toBe('The old cabin');
    library.failure = null;
    await lightbox.getByRole('button', { name: 'Next' }).click();
    await lightbox.getByText('2.jpg', { exact: true }).waitFor();
    await expect
      .poll(() => library.texts.get(1))
      .toEqual([{ kind: 'caption', text: 'The old cabin', source: 'you' }]);
    expect(library.texts.get(2)).toBeUndefined();
  });

  it('are kept in the screen of words: Escape leaves a field first, and what is said is of the word that is shown', async () => {
    const list = Array.from({ length: 300 }, (_, at) => ({ word: `word${at}`, count: 300 - at, photos: 1 }));
    const window = await open(
      stubLibrary(90, {
        learnedWords: () => ({ total: list.length, words: list }),
        wordRules: () => ({ rules: { exclude: [], merge: [], join: [] }, learned: true }),
        nearestWords: () => ({ source: 'learned', count: 1, words: [], covers: [] }),
        wordPhotos: () => ({ total: 0, photos: [] }),
        prepareText: () => ({ steps: [], tokens: [] }),
      }),
    );
    const { page } = window;
    await page.keyboard.press('w');
    const words = page.getByRole('listbox', { name: 'Learned words' });
    const heading = (word: string) => page.getByRole('heading', { name: word, exact: true });
    await heading('word0').waitFor();
    expect(await words.getAttribute('aria-activedescendant')).toBe('word-0');
    await words.evaluate((scroller) => scroller.scrollTo({ top: scroller.scrollHeight }));
    await words.getByRole('option', { name: 'word299' }).waitFor();
    expect(await words.getAttribute('aria-activedescendant')).toBeNull();

    const sameAs = page.getByRole('button', { name: 'Same as …' });
    await sameAs.click();
    await page.getByLabel('“word0” means the same as').fill('word9');
    await page.keyboard.press('Escape');
    await page.getByLabel('“word0” means the same as').waitFor({ state: 'detached' });
    await expect.poll(() => focused(window)).toBe('Same as …');
    await sameAs.click();
    await words.getByRole('option', { name: 'word299' }).click();
    await heading('word299').waitFor();
    expect(await page.getByLabel(/means the same as$/).count()).toBe(0);

    await page.getByRole('tab', { name: 'How a caption is read' }).click();
    await page.getByRole('textbox', { name: 'A caption' }).focus();
    await page.keyboard.press('Escape');
    await page.getByRole('textbox', { name: 'A caption' }).waitFor();
    await page.keyboard.press('Escape');
    await window.grid.waitFor();
  });

  it('are kept in the chooser of folders, which is gone through with the Enter key', async () => {
    const folders: Record<string, string[]> = {
      '/': ['home'],
      '/home': ['ada', 'bob'],
      '/home/ada': ['photos'],
      '/home/ada/photos': [],
    };
    const { engine } = stubLibrary(0, {
      libraryStatus: () => null,
      recentLibraries: () => [],
      listFolder: ({ path = '/' }) => {
        if (!folders[path]) throw new Error('There is no such folder.');
        return { path, parent: path === '/' ? null : '/', folders: folders[path], photos: 0 };
      },
      openFolder: () => ({ job: 1 }),
    });
    application = await launch({ engine });
    const window = new ApplicationPage(application.page);
    const { page } = window;
    await page.getByRole('button', { name: /^Open a folder of photos/ }).click();
    const chooser = page.getByRole('dialog', { name: 'Open a folder of photos' });
    await chooser.getByRole('button', { name: 'home' }).focus();
    for (const next of ['ada', 'photos', 'Folders inside']) {
      await page.keyboard.press('Enter');
      await expect.poll(() => focused(window)).toBe(next);
    }
    await page.keyboard.press('Enter');
    const path = chooser.getByRole('textbox', { name: 'Path of the folder' });
    await path.fill('/nowhere');
    await path.press('Enter');
    await chooser.getByRole('alert').waitFor();
    await path.fill('/home/ada/photos');
    await chooser.getByRole('button', { name: 'Open this folder' }).click();
    await chooser.waitFor({ state: 'detached' });
    const opened = engine.received.filter(({ name }) => name === 'openFolder');
    expect(opened.map(({ input }) => input)).toEqual([{ path: '/home/ada/photos' }]);
  });
});
