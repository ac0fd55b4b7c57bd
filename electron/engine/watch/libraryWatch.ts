/**
 * Keeps an open library up to date with its folders: changes become small imports, one at a time, and folders that go away or
 * come back are noticed. It is a convenience: where it cannot work it says so once, and everything else goes on.
 */
import { opendir, stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Library } from '../library/library.ts';
import { EMPTY_IS_AWAY } from '../library/presence.ts';
import { type FolderChanges, FolderWatcher } from './folderWatcher.ts';

export interface LibraryWatchOptions {
  library: Library;
  log: Logger;
  /** Starts an import of what changed, by folder. False if it cannot start now; then `idle` says when to try again. */
  importChanges: (changes: ReadonlyMap<string, FolderChanges>) => boolean;
  /** Told when folders went away or came back, or a problem came up. */
  onChange: () => void;
}

/** Milliseconds between two looks at whether folders are there. Drives send no word of it. */
const LOOK_INTERVAL = 10_000;
const FIRST_LOOK = 300;

export class LibraryWatch {
  readonly #options: LibraryWatchOptions;
  readonly #watcher: FolderWatcher;
  readonly #changes = new Map<string, FolderChanges>();
  readonly #problems = new Map<string, string>();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #closed = false;

  constructor(options: LibraryWatchOptions) {
    this.#options = options;
    this.#watcher = new FolderWatcher({
      except: options.library.path,
      onChanges: (folder, changes) => this.#note(folder, changes),
      onProblem: (folder, reason) => this.#complain(folder, reason),
    });
    // Whoever opens a library to import into it goes first.
    this.#timer = setTimeout(() => void this.look(), FIRST_LOOK).unref();
  }

  /** How many folders are watched. */
  get watched(): number {
    return this.#watcher.watched;
  }

  /** Why changes of some folder are not noticed, in one line; null if they are. */
  get problem(): string | null {
    const [first] = this.#problems;
    return first
      ? `Changes in ${first[0]} are not noticed by themselves: ${first[1]}. Rescan to read them.`
      : null;
  }

  /** Looks which folders are there, and watches those. */
  look(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#looking ??= this.#look()
      .catch((error: unknown) => this.#options.log.warn({ error }, 'looking at folders failed'))
      .finally(() => {
        this.#looking = null;
        if (!this.#closed) this.#timer = setTimeout(() => void this.look(), LOOK_INTERVAL).unref();
      });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { library, onChange } = this.#options;
    let changed = false;
    for (const { id, path } of library.photos.roots()) {
      const away = await isAway(path, () => library.presence.filesIn(id));
      if (this.#closed) return;
      if (!library.presence.setAway(id, away ? new Date().toISOString() : null)) continue;
      changed = true;
      if (!away) this.#note(path, 'all');
    }
    if (changed) onChange();
    const folders: string[] = [];
    for (const { path } of library.imports.list()) if (await isFolder(path)) folders.push(path);
    // A folder inside another one is watched with it.
    const outer = folders.filter((path) => !folders.some((other) => path.startsWith(`${other}/`)));
    if (this.#closed) return;
    const before = this.watched;
    await this.#watcher.watch(outer);
    if (this.watched !== before) onChange();
  }

  #complain(folder: string, reason: string): void {
    if (this.#problems.has(folder)) return;
    this.#problems.set(folder, reason);
    this.#options.log.warn({ folder, reason }, 'a folder cannot be watched');
    this.#options.onChange();
  }

  #note(folder: string, changes: FolderChanges): void {
    const known = this.#changes.get(folder) ?? [];
    this.#changes.set(folder, known === 'all' || changes === 'all' ? 'all' : merged(known, changes));
    this.idle();
  }

  /** Says that an import could start now. */
  idle(): void {
    if (this.#closed || this.#changes.size === 0) return;
    const changes = new Map(this.#changes);
    if (this.#options.importChanges(changes)) this.#changes.clear();
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#looking;
    await this.#watcher.close();
  }
}

function merged(one: Exclude<FolderChanges, 'all'>, other: typeof one): typeof one {
  const parts = new Map(one.map(({ prefix, deep }) => [prefix, deep]));
  for (const { prefix, deep } of other) parts.set(prefix, deep || (parts.get(prefix) ?? false));
  return [...parts].map(([prefix, deep]) => ({ prefix, deep }));
}

/** Whether an imported folder is gone, or empty although it had many files. See [Note: away and missing]. */
async function isAway(path: string, files: () => number): Promise<boolean> {
  try {
    const folder = await opendir(path);
    const first = await folder.read();
    await folder.close();
    return first === null && files() >= EMPTY_IS_AWAY;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A folder that may not be read is there; whoever reads it will say so.
    return code !== 'EACCES' && code !== 'EPERM';
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
