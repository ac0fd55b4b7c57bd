/**
 * The application as a whole: its parts, and what concerns several of them. It hears the engine's events and hands them
 * on; components get it with `useApplication()`.
 */
import { createContext } from 'svelte';
import type { CallOutput, Job, LibraryStatus } from '../../electron/engine/contract.ts';
import type { ShellBridge, ShellCommand } from '../../electron/engine/wire.ts';
import type { EngineClient } from '../engine.ts';
import { AccelerationState } from './acceleration.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import { latestWins } from './latestWins.ts';
import { Library } from './library.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { Preferences } from './preferences.svelte.ts';
import { Search } from './search.svelte.ts';
import { Similar } from './similar.svelte.ts';
import { Tags } from './tags.svelte.ts';
import { Training } from './training.svelte.ts';
import { Viewer } from './viewer.svelte.ts';
import { Words } from './words.svelte.ts';

/** The screens that shortcuts lead to. */
export type ScreenName = 'words' | 'tags' | 'training';
export type DialogName = 'settings' | 'shortcuts' | 'report' | 'sidecars' | 'lost';

/** Dialogs about what is in a library, which another one has not. */
const OF_A_LIBRARY: ReadonlySet<DialogName> = new Set(['report', 'sidecars', 'lost']);

/** A folder that someone waits for while the chooser is open. */
export interface FolderRequest {
  title: string;
  action: string;
  answer: (path: string | null) => void;
}

/** What pictures from outside may weigh, in bytes: more does not cross to the engine in reasonable time. */
const LARGEST_PICTURE = 200_000_000;

export class Application {
  readonly engine: EngineClient;
  readonly shell: ShellBridge | undefined;
  readonly notices = new Notices();
  readonly preferences: Preferences;
  readonly library: Library;
  readonly jobs: Jobs;
  readonly acceleration: AccelerationState;
  readonly search: Search;
  readonly viewer: Viewer;
  readonly words: Words;
  readonly training: Training;
  readonly tags: Tags;
  readonly similar: Similar;

  /** False until it is known whether a library is open. */
  ready = $state(false);
  /** Why the engine cannot be reached; null while it can. */
  disconnected = $state<string | null>(null);
  dialog = $state<DialogName | null>(null);
  folderRequest = $state.raw<FolderRequest | null>(null);
  /** True from the wish to type a search until the box has the cursor. */
  wantsSearchBox = $state(false);
  about = $state.raw<CallOutput<'about'> | null>(null);

  readonly #refresh: () => Promise<void>;

  constructor(engine: EngineClient, shell: ShellBridge | undefined) {
    this.engine = engine;
    this.shell = shell;
    const failed = (error: unknown): void => {
      if (this.disconnected === null) this.notices.fail(error);
    };
    this.preferences = new Preferences(engine, failed);
    this.library = new Library(engine, (before) => this.#followLibrary(before));
    this.jobs = new Jobs(engine);
    this.acceleration = new AccelerationState(engine);
    this.search = new Search(engine, failed);
    this.viewer = new Viewer(engine, this.search, failed, () => this.showLibrary());
    this.words = new Words(engine, failed);
    this.training = new Training(engine, this.library, this.jobs, this.acceleration);
    this.tags = new Tags(engine, failed, () => void this.viewer.refresh());
    this.similar = new Similar(engine);
    this.#refresh = latestWins(() => this.search.refresh());
  }

  /** Loads the state of the engine and listens to it; the returned function ends that. */
  start(): () => void {
    const stop = this.listen();
    void this.#load();
    return stop;
  }

  /** Follows what the engine and the shell tell; the returned function ends that. */
  listen(): () => void {
    this.engine.onClose((reason) => {
      this.disconnected = reason.message;
    });
    const stops = [
      this.engine.on('job', (job) => this.#hearJob(job)),
      this.engine.on('library', (status) => this.library.hear(status)),
      this.engine.on('acceleration', (acceleration) => this.acceleration.hear(acceleration)),
      this.shell?.onCommand((command) => void this.run(command)),
    ];
    return () => {
      for (const stop of stops) stop?.();
    };
  }

  /** Does what the menu of the desktop window asks. */
  run(command: ShellCommand): Promise<void> {
    const commands: Record<ShellCommand, () => Promise<void>> = {
      'open-folder': () => this.openFolder(),
      import: () => this.importPhotos(),
      'open-library': () => this.openLibrary(),
      'sample-album': () => this.openSampleAlbum(),
    };
    return commands[command]();
  }

  async openFolder(): Promise<void> {
    const path = await this.chooseFolder('Open a folder of photos', 'Open this folder');
    if (path) await this.notices.attempt(() => this.library.openFolder(path));
  }

  async importPhotos(): Promise<void> {
    const path = await this.chooseFolder('Import an export', 'Import this folder');
    if (path) await this.notices.attempt(() => this.library.importPhotos(path));
  }

  async openLibrary(): Promise<void> {
    const path = await this.chooseFolder('Open a library', 'Open this library');
    if (path) await this.notices.attempt(() => this.library.open(path));
  }

  async openSampleAlbum(): Promise<void> {
    await this.notices.attempt(() => this.library.openSampleAlbum());
  }

  /** A folder of the user's choice, from the system's dialog or, in a browser, from our own; null if none was chosen. */
  async chooseFolder(title: string, action: string): Promise<string | null> {
    if (this.shell) return (await this.notices.attempt(this.shell.chooseFolder)) ?? null;
    this.folderRequest?.answer(null);
    return new Promise((resolve) => {
      this.folderRequest = {
        title,
        action,
        answer: (path) => {
          this.folderRequest = null;
          resolve(path);
        },
      };
    });
  }

  /** Shows the photos of the library, whatever lies over them: there one sees what came of a query. */
  showLibrary(): void {
    this.viewer.close();
    this.words.close();
    this.tags.close();
    this.training.close();
    this.similar.close();
  }

  /** Whether something lies over the screen and has the keyboard. */
  get isCovered(): boolean {
    return (
      this.viewer.isOpen || this.dialog !== null || this.folderRequest !== null || this.tags.preview !== null
    );
  }

  /** Shows a screen in place of the one that is shown; nothing happens to one that is open. */
  async showScreen(name: ScreenName): Promise<void> {
    if (this[name].isOpen) return;
    this.showLibrary();
    await this.notices.attempt(() => this[name].open());
  }

  /** Does what a key means on every screen. Returns whether it means anything. */
  pressShortcut(key: string): boolean {
    const always: Record<string, () => void> = {
      ',': () => {
        this.dialog = 'settings';
      },
      '?': () => {
        this.dialog = 'shortcuts';
      },
    };
    const inLibrary: typeof always = {
      '/': () => {
        this.showLibrary();
        this.wantsSearchBox = true;
      },
      w: () => void this.showScreen('words'),
      k: () => void this.showScreen('tags'),
      t: () => void this.showScreen('training'),
    };
    const shortcut = always[key] ?? (this.library.isOpen ? inLibrary[key] : undefined);
    if (this.isCovered || !shortcut) return false;
    shortcut();
    return true;
  }

  /** Adds a picture from outside to the query. */
  async addPicture(file: File): Promise<void> {
    await this.notices.attempt(async () => {
      if (file.size > LARGEST_PICTURE) {
        throw new Error(`${file.name} is larger than 200 MB. Make a smaller copy of it and drop that.`);
      }
      const name = file.name || 'Picture';
      const bytes = new Uint8Array(await file.arrayBuffer());
      const { image } = await this.engine.calls.addImage({ name, bytes });
      this.showLibrary();
      this.search.query.add({ kind: 'image', image, weight: 1 }, name);
    });
  }

  async #load(): Promise<void> {
    try {
      const [about] = await Promise.all([
        this.engine.calls.about(),
        this.preferences.load(),
        this.library.load(),
        this.jobs.load(),
        this.acceleration.load(),
      ]);
      this.about = about;
      if (this.library.isOpen) await this.search.update();
    } catch (error) {
      this.notices.fail(error);
    }
    this.ready = true;
  }

  #hearJob(job: Job): void {
    this.jobs.hear(job);
    this.training.hear(job);
    if (job.state === 'running' || job.kind === 'train') return;
    if (job.kind === 'tag' || job.kind === 'sidecars') return void this.tags.hearEnd(job.kind);
    void this.notices.attempt(() => this.library.loadReport());
    // Groups, or what is there, may have changed without a photo more or less.
    void this.#refresh();
    if (this.tags.isOpen) void this.tags.refresh();
    if (this.similar.isOpen) void this.notices.attempt(() => this.similar.refresh());
  }

  /** Does what follows from another status of the library. */
  #followLibrary(before: LibraryStatus | null): void {
    const { status } = this.library;
    if (status?.watchProblem && status.watchProblem !== before?.watchProblem)
      this.notices.show('error', status.watchProblem);
    if (status?.path !== before?.path) {
      this.#changeLibrary();
      return;
    }
    const isOtherModel = status?.models.find(isActive)?.id !== before?.models.find(isActive)?.id;
    const isOtherCount =
      status?.indexed !== before?.indexed ||
      status?.photos !== before?.photos ||
      status?.offline !== before?.offline;
    if (isOtherModel && !this.search.query.isEmpty) void this.search.update();
    else if (isOtherCount) void this.#refresh();
    // Why the open photo matched, and its suggestions, are the model's.
    if (isOtherModel) void this.viewer.refresh();
    if (isOtherModel && this.words.isOpen) void this.words.refresh();
    if (isOtherModel && this.tags.isOpen) void this.tags.refresh();
  }

  #changeLibrary(): void {
    if (this.dialog && OF_A_LIBRARY.has(this.dialog)) this.dialog = null;
    this.viewer.close();
    this.viewer.index = 0;
    this.search.untagged = false;
    this.words.clear();
    this.training.clear();
    this.tags.clear();
    this.similar.close();
    this.library.report = null;
    if (this.library.isOpen) {
      void this.notices.attempt(() => this.library.loadReport());
      void this.notices.attempt(() => this.jobs.load());
      this.search.query.clear();
      void this.search.update();
    } else {
      this.jobs.clear();
      void this.notices.attempt(() => this.library.loadRecent());
    }
  }
}

const isActive = (model: { active: boolean }): boolean => model.active;

export const [useApplication, provideApplication] = createContext<Application>();
