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
    this.#settings = this.#stored() ?? settingsSchema.parse({});
  }

  get(): Settings {
    return this.#settings;
  }

  /** Changes these settings, and leaves the others as they are by now: a window and the command line may share the file. */
  async set(changes: Partial<Settings>): Promise<Settings> {
    this.#settings = { ...(this.#stored() ?? this.#settings), ...changes };
    await writeAtomically(this.#path, `${JSON.stringify(this.#settings, null, 2)}\n`, { contended: true });
    return this.#settings;
  }

  /** What the file says; null if it is not written yet, or damaged. */
  #stored(): Settings | null {
    try {
      return settingsSchema.safeParse(JSON.parse(readFileSync(this.#path, 'utf8'))).data ?? null;
    } catch {
      return null;
    }
  }
}
