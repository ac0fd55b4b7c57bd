/** The user's settings: one small JSON file in the user's data folder. A damaged file means the defaults, never an error. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../../native/files.ts';
import { type Settings, settingsSchema } from './contract.ts';

export class SettingsFile {
  readonly #path: string;
  #settings: Settings;

  constructor(home: string) {
    this.#path = join(home, 'settings.json');
    this.#settings = settingsSchema.parse({});
    try {
      const stored = settingsSchema.safeParse(JSON.parse(readFileSync(this.#path, 'utf8')));
      if (stored.success) this.#settings = stored.data;
    } catch {
      // Not written yet, or not JSON.
    }
  }

  get(): Settings {
    return this.#settings;
  }

  async set(changes: Partial<Settings>): Promise<Settings> {
    this.#settings = { ...this.#settings, ...changes };
    await writeAtomically(this.#path, `${JSON.stringify(this.#settings, null, 2)}\n`);
    return this.#settings;
  }
}
