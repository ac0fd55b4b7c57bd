/** What end-to-end tests do with the window again and again, in the user's words. Waits for conditions, never for time. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** How long drawing, importing and learning the sample album may take on a slow machine, in milliseconds. */
export const SAMPLE_ALBUM_TAKES = 240_000;

export class ApplicationPage {
  readonly page: Page;
  readonly grid: Locator;
  readonly box: Locator;
  readonly lightbox: Locator;

  constructor(page: Page) {
    this.page = page;
    this.grid = page.getByRole('listbox', { name: 'Photos' });
    this.box = page.getByRole('textbox', { name: 'Search words' });
    this.lightbox = page.getByRole('dialog', { name: /^Photo / });
  }

  /** The chip of a concept, by its name. */
  chip(name: string): Locator {
    return this.page
      .getByRole('list', { name: 'Parts of the query' })
      .getByRole('listitem')
      .filter({ has: this.page.getByRole('slider', { name: `Weight of ${name}`, exact: true }) });
  }

  slider(name: string): Locator {
    return this.page.getByRole('slider', { name: `Weight of ${name}`, exact: true });
  }

  /** Opens the sample album from the start screen and waits until its words are learned. */
  async openSampleAlbum(open: () => Promise<void>): Promise<void> {
    await open();
    await this.page
      .getByRole('button', { name: /^Your model: learned from \d+ captions$/ })
      .waitFor({ timeout: SAMPLE_ALBUM_TAKES });
    await expect.poll(() => this.grid.getByRole('option').count()).toBeGreaterThan(10);
  }

  /** Replaces the query by another, typed into the box, and waits for its answer. */
  async search(words: string): Promise<void> {
    const clear = this.page.getByRole('button', { name: 'Clear' });
    if (await clear.isVisible()) await clear.click();
    await this.answered(async () => {
      await this.box.fill(words);
      await this.box.press('Enter');
    });
  }

  /** Does something that changes the query, and waits until what is shown answers it. */
  async answered(change: () => Promise<unknown>): Promise<void> {
    await change();
    const answer = this.page.locator('[role=status][aria-busy=false]');
    await answer.filter({ hasText: /photos?, best first, in/ }).waitFor();
  }

  /** Addresses of the first photos shown, best first. */
  async order(count = 12): Promise<string[]> {
    const photos = await this.grid.getByRole('option').evaluateAll((options) =>
      options.map((option) => ({
        place: Number(option.getAttribute('aria-posinset')),
        address: option.querySelector('img')?.getAttribute('src') ?? '',
      })),
    );
    return photos
      .sort((one, other) => one.place - other.place)
      .slice(0, count)
      .map(({ address }) => address);
  }

  /** Lets a file fall onto the window. */
  async drop(name: string, type: string, bytes: Buffer): Promise<void> {
    await this.page.evaluate(
      ({ name, type, base64 }) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([bytes], name, { type }));
        for (const kind of ['dragenter', 'dragover', 'drop']) {
          document.body.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer }));
        }
      },
      { name, type, base64: bytes.toString('base64') },
    );
  }

  /** Checks what is on the screen for accessibility, in light and in dark. */
  async expectAccessible(): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // One page without a helper page beside it: what is checked has no frames.
      const { violations } = await new AxeBuilder({ page: this.page }).setLegacyMode().analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n')}`);
      expect(found, `in ${colorScheme}`).toEqual([]);
    }
    await this.page.emulateMedia({ colorScheme: null, reducedMotion: null });
  }
}
