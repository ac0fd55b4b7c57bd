/** The user's settings, kept by the engine, and their effect on the page. */
import { type Settings, settingsSchema } from '../../electron/engine/contract.ts';
import type { EngineClient } from '../engine.ts';

/** The theme is also kept where it can be read before the engine answers, so that the window opens in its colours. */
const THEME_KEY = 'photolex-theme';
const SAVE_AFTER = 300;

export class Preferences {
  settings = $state.raw<Settings>(settingsSchema.parse({}));
  readonly #engine: EngineClient;
  readonly #failed: (error: unknown) => void;
  #unsaved: Partial<Settings> = {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(engine: EngineClient, failed: (error: unknown) => void) {
    this.#engine = engine;
    this.#failed = failed;
  }

  async load(): Promise<void> {
    this.settings = await this.#engine.calls.getSettings();
    showTheme(this.settings.theme);
  }

  /** Changes settings at once, and saves them when no more changes come. */
  set(changes: Partial<Settings>): void {
    this.settings = { ...this.settings, ...changes };
    if (changes.theme) showTheme(changes.theme);
    this.#unsaved = { ...this.#unsaved, ...changes };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const unsaved = this.#unsaved;
      this.#unsaved = {};
      this.#engine.calls.setSettings(unsaved).catch(this.#failed);
    }, SAVE_AFTER);
  }
}

/** Gives the page a theme. */
export function showTheme(theme: Settings['theme']): void {
  document.documentElement.dataset.theme = theme;
  localStorage.setItem(THEME_KEY, theme);
}

/** Gives the page the theme of last time. */
export function showLastTheme(): void {
  const last = settingsSchema.shape.theme.safeParse(localStorage.getItem(THEME_KEY));
  if (last.success) document.documentElement.dataset.theme = last.data;
}
