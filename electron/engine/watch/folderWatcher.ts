/**
 * Watches imported folders and tells, once things have become quiet, which parts of them to read again. It reads nothing itself and
 * knows nothing of a library but the folder to stay out of.
 */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import type { AsyncSubscription, Event } from '@parcel/watcher';
import { isLeftOut, isPhotoName, isVideoName } from '../import/folder.ts';
import type { FolderPart } from '../import/folderParts.ts';

/** What to read again of a folder: all of it where words about any photo may have changed, else some parts. */
export type FolderChanges = 'all' | FolderPart[];

export interface FolderWatcherOptions {
  /** A folder whose own changes are nobody's business. */
  except: string;
  /** Told of changes in a watched folder. */
  onChanges: (folder: string, changes: FolderChanges) => void;
  /** Told why a folder cannot be watched, in the user's words. */
  onProblem: (folder: string, reason: string) => void;
  /** Milliseconds without a further change before changes are told, and the longest that they wait. */
  quiet?: number;
  atMost?: number;
}

const QUIET = 1000;
const AT_MOST = 15_000;

/** Files in which exports and lists keep words about photos, and archives: what changed in them may concern any photo. */
const TELLS_OF_PHOTOS = /\.(?:json|tsv|csv|txt|xml|html?|zip)$/i;

class WatchedFolder {
  readonly #folder: string;
  readonly #options: FolderWatcherOptions;
  #subscription: AsyncSubscription | null = null;
  #closed = false;
  #all = false;
  /** Whether the folders inside belong to it, by the prefix of each part. */
  readonly #parts = new Map<string, boolean>();
  #timer: NodeJS.Timeout | null = null;
  #since = 0;

  constructor(folder: string, options: FolderWatcherOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  get isWatched(): boolean {
    return this.#subscription !== null;
  }

  async start(): Promise<void> {
    try {
      const { subscribe } = await import('@parcel/watcher');
      const subscription = await subscribe(
        this.#folder,
        (error, events) => {
          if (error) this.#options.onProblem(this.#folder, watchingReason(error));
          else void this.#hear(events);
        },
        { ignore: [this.#options.except] },
      );
      if (this.#closed) await subscription.unsubscribe();
      else this.#subscription = subscription;
    } catch (error) {
      this.#options.onProblem(this.#folder, watchingReason(error as Error));
    }
  }

  async #hear(events: readonly Event[]): Promise<void> {
    for (const event of events) await this.#note(event);
    if (this.#closed || (!this.#all && this.#parts.size === 0)) return;
    const { quiet = QUIET, atMost = AT_MOST } = this.#options;
    if (this.#timer) clearTimeout(this.#timer);
    else this.#since = Date.now();
    this.#timer = setTimeout(
      () => this.#tell(),
      Math.max(0, Math.min(quiet, this.#since + atMost - Date.now())),
    );
  }

  async #note({ path, type }: Event): Promise<void> {
    const inside = relative(this.#folder, path).replaceAll(sep, '/');
    if (inside === '' || inside.startsWith('../')) return;
    if (isLeftOut(inside, (folder) => existsSync(join(this.#folder, folder, 'photolex.db')))) return;
    const folder = inside.slice(0, inside.length - basename(inside).length);
    const isFile = isPhotoName(inside) || isVideoName(inside) || extname(inside).toLowerCase() === '.xmp';
    if (isFile) return this.#add(folder, false);
    const isFolder =
      type !== 'delete' &&
      (await stat(path).then(
        (found) => found.isDirectory(),
        () => false,
      ));
    if (!isFolder && TELLS_OF_PHOTOS.test(inside)) this.#all = true;
    // What is gone may have been a folder.
    else if (isFolder || type === 'delete') this.#add(`${inside}/`, true);
  }

  #add(prefix: string, deep: boolean): void {
    this.#parts.set(prefix, deep || (this.#parts.get(prefix) ?? false));
  }

  #tell(): void {
    this.#timer = null;
    const parts = [...this.#parts].map(([prefix, deep]) => ({ prefix, deep }));
    const changes = this.#all ? 'all' : parts;
    this.#all = false;
    this.#parts.clear();
    this.#options.onChanges(this.#folder, changes);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    // A folder that is gone needs no unsubscribing.
    await this.#subscription?.unsubscribe().catch(() => {});
  }
}

export class FolderWatcher {
  readonly #options: FolderWatcherOptions;
  readonly #folders = new Map<string, WatchedFolder>();

  constructor(options: FolderWatcherOptions) {
    this.#options = options;
  }

  /** Watches these folders and no others; settles when all of them are watched, or their problems told. */
  async watch(folders: readonly string[]): Promise<void> {
    const gone = [...this.#folders].filter(([folder]) => !folders.includes(folder));
    const added = folders.filter((folder) => !this.#folders.has(folder));
    for (const [folder] of gone) this.#folders.delete(folder);
    const started = added.map((folder) => {
      const watched = new WatchedFolder(folder, this.#options);
      this.#folders.set(folder, watched);
      return watched.start();
    });
    await Promise.all([...gone.map(([, watched]) => watched.close()), ...started]);
  }

  /** How many folders are watched. */
  get watched(): number {
    return [...this.#folders.values()].filter(({ isWatched }) => isWatched).length;
  }

  async close(): Promise<void> {
    await this.watch([]);
  }
}

function watchingReason({ message }: Error): string {
  if (/no space left|ENOSPC|too many open files|EMFILE/i.test(message))
    return 'this system does not let programs watch so many folders (on Linux, raise fs.inotify.max_user_watches)';
  return message;
}
