/** The user's settings: one small JSON file in the user's data folder. A damaged file means the defaults, never an error. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../../native/files.ts';
import { type Settings, settingsSchema } from './contract.ts';

/** Nothing of it is kept in memory: a window, a server and the command line may share the file. */
export class SettingsFile {
  readonly #path: string;
  /** The changes of this process are made one after another; each starts from what the one before has written. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(home: string) {
    this.#path = join(home, 'settings.json');
  }

  /** The settings as the file has them by now. */
  get(): Settings {
    try {
      const stored: unknown = JSON.parse(readFileSync(this.#path, 'utf8'));
      return settingsSchema.safeParse(stored).data ?? settingsSchema.parse({});
    } catch {
      // It is not written yet, or damaged.
      return settingsSchema.parse({});
    }
  }

  /** Changes the settings that `change` returns, which is given those of the moment of writing, and leaves the others as they are. */
  set(change: (now: Settings) => Partial<Settings>): Promise<Settings> {
    const changed = this.#last.then(async () => {
      const now = this.get();
      const settings = { ...now, ...change(now) };
      await writeAtomically(this.#path, `${JSON.stringify(settings, null, 2)}\n`, { contended: true });
      return settings;
    });
    this.#last = changed.catch(() => {});
    return changed;
  }
}
