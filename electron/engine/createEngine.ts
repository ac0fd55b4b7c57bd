/**
 * The engine: every call of the contract over at most one open library. It validates what comes in, keeps settings and the
 * log, and leaves the work to `OpenLibrary`.
 */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import pino, { type Logger } from 'pino';
import { RuleBook } from '../../models/text/wordRules.ts';
import { processorName } from '../../native/compute/processor.ts';
import { applicationVersion, userDataFolder } from '../../native/runtime.ts';
import { Accelerator } from './accelerator.ts';
import {
  type CallName,
  type CallOutput,
  calls as contract,
  type EngineCalls,
  type EngineEvents,
  type EventName,
  type EventPayload,
  PhotolexError,
} from './contract.ts';
import type { Engine, Media } from './engine.ts';
import { evaluate } from './evaluate/evaluation.ts';
import { isPhotoName } from './import/folder.ts';
import { Library } from './library/library.ts';
import { findPaths } from './library/paths.ts';
import { OpenLibrary } from './openLibrary.ts';
import { parseQuery } from './search/query.ts';
import { search } from './search/results.ts';
import { SettingsFile } from './settings.ts';
import { checkRules } from './train/corpus.ts';
import { parseInput } from './wire.ts';
import { forkProcess, type LaunchProcess } from './workers/workerProcess.ts';

export interface EngineOptions {
  /** The user's data folder; another one for a test. */
  home?: string;
  /** False for a host that is told when to learn: then no import starts it, whatever the user's settings say. */
  learnsByItself?: boolean;
  /** Starts the process that trains, where the host does it. */
  launchTrainer?: LaunchProcess;
  /** False for a host that imports when it is told to and ends soon: then no folder is watched. */
  watches?: boolean;
  /** True for a host that was told to look closer at photos, whatever the user's settings say. */
  looksCloser?: boolean;
}

/** What a call does, its input validated already. */
type Handlers = {
  [N in CallName]: (input: Parsed<N>) => Promise<CallOutput<N>> | CallOutput<N>;
};
type Parsed<N extends CallName> = ReturnType<(typeof contract)[N]['input']['parse']>;

const RECENT_LIBRARIES = 12;

/** What the host of an engine allows and does itself. */
type HostOptions = Required<Omit<EngineOptions, 'home'>>;

/** Starts an engine with no library open. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const home = options.home ?? userDataFolder();
  await mkdir(home, { recursive: true });
  return new LocalEngine(home, openLog(home), {
    learnsByItself: options.learnsByItself ?? true,
    watches: options.watches ?? true,
    looksCloser: options.looksCloser ?? false,
    launchTrainer: options.launchTrainer ?? forkProcess,
  });
}

function openLog(home: string): Logger {
  const destination = pino.destination({ dest: join(home, 'logs', 'photolex.log'), mkdir: true, sync: true });
  // Where a line cannot be written, as on a full disk, there is nowhere to say so; the engine goes on.
  destination.on('error', () => {});
  return pino({ base: { process: process.pid } }, destination);
}

class LocalEngine implements Engine {
  readonly calls: EngineCalls;
  readonly #home: string;
  readonly #log: Logger;
  readonly #settings: SettingsFile;
  readonly #host: HostOptions;
  readonly #accelerator: Accelerator;
  readonly #listeners = new Map<EventName, Set<(payload: never) => void>>();
  #open: OpenLibrary | null = null;

  constructor(home: string, log: Logger, host: HostOptions) {
    this.#home = home;
    this.#log = log;
    this.#host = host;
    this.#settings = new SettingsFile(home);
    this.#accelerator = new Accelerator(
      home,
      log,
      (acceleration) => this.#tell('acceleration', acceleration),
      host.launchTrainer,
    );
    const handlers = this.#handlers();
    const names = Object.keys(contract) as CallName[];
    this.calls = Object.fromEntries(
      names.map((name) => [
        name,
        async (input: unknown) => {
          const handler = handlers[name] as (input: unknown) => unknown;
          return handler(parseInput(name, input));
        },
      ]),
    ) as unknown as EngineCalls;
  }

  on<N extends EventName>(name: N, listener: EngineEvents[N]): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener as (payload: never) => void);
    return () => listeners.delete(listener as (payload: never) => void);
  }

  #tell<N extends EventName>(name: N, payload: EventPayload<N>): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(payload as never);
  }

  get #current(): OpenLibrary {
    if (!this.#open)
      throw new PhotolexError('no-library', 'No library is open. Open a folder of photos first.');
    return this.#open;
  }

  async #openLibrary(path: string, create: boolean): Promise<OpenLibrary> {
    const folder = resolve(path);
    if (this.#open?.library.path === folder) return this.#open;
    const opened = OpenLibrary.open(folder, create, {
      home: this.#home,
      log: this.#log,
      launchTrainer: this.#host.launchTrainer,
      job: (job) => this.#tell('job', job),
      status: (status) => this.#tell('library', status),
      learnsByItself: () => this.#host.learnsByItself && this.#settings.get().learnAutomatically,
      watches: () => this.#host.watches && this.#settings.get().watchFolders,
      looksCloser: () => this.#host.looksCloser || this.#settings.get().lookCloser,
    });
    const previous = this.#open;
    this.#open = opened;
    await previous?.close();
    await this.#settings.set(({ recentLibraries }) => {
      const others = recentLibraries.filter((recent) => recent !== folder);
      return { recentLibraries: [folder, ...others].slice(0, RECENT_LIBRARIES) };
    });
    this.#tell('library', opened.status());
    this.#log.info({ library: folder }, 'library opened');
    // A host that ends soon begins nothing that it was not asked for.
    if (this.#host.watches) opened.importing.lookCloser();
    return opened;
  }

  /** Folder of the library that belongs to a folder of photos. */
  #libraryOf(photos: string): string {
    const id = createHash('sha256').update(photos).digest('hex').slice(0, 8);
    return join(this.#home, 'libraries', id, basename(photos) || 'Photos');
  }

  #handlers(): Handlers {
    return {
      about: () => ({
        version: applicationVersion,
        device: `${processorName()} (ONNX Runtime)`,
        homeFolder: this.#home,
      }),
      acceleration: () => this.#accelerator.look(),
      accelerate: (input) => this.#accelerator.start(input),
      stopAccelerating: () => this.#accelerator.stop(),
      removeAcceleration: () => this.#accelerator.remove(),
      getSettings: () => this.#settings.get(),
      setSettings: async (changes) => {
        const settings = await this.#settings.set(() => defined(changes));
        this.#open?.heedWatching();
        this.#open?.importing.lookCloser();
        return settings;
      },

      recentLibraries: () => this.#recentLibraries(),
      libraryStatus: () => this.#open?.status() ?? null,
      openLibrary: async ({ path, create }) => (await this.#openLibrary(path, create)).status(),
      closeLibrary: async () => {
        const open = this.#open;
        this.#open = null;
        await open?.close();
        this.#tell('library', null);
        return null;
      },
      openFolder: async ({ path }) => {
        const folder = resolve(path);
        if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
          throw new PhotolexError('no-folder', `There is no folder ${folder}. Check the path.`);
        const open = await this.#openLibrary(this.#libraryOf(folder), true);
        return { job: open.importing.start(folder) };
      },
      openSampleAlbum: async () => {
        const open = await this.#openLibrary(join(this.#home, 'sample', 'Sample album'), true);
        return { job: open.startSampleAlbum() };
      },
      importPhotos: ({ path, source }) => ({ job: this.#current.importing.start(path, source) }),
      rescan: () => ({ job: this.#current.importing.rescan() }),
      lostPhotos: ({ limit }) => {
        const lost = this.#current.library.presence.lost();
        const photos = lost.slice(0, limit).map(({ photo, path }) => ({ photo, path }));
        return { total: lost.length, photos };
      },
      forgetLost: async () => ({ forgotten: await this.#current.importing.forgetLost() }),
      importReport: (input) => this.#current.library.reports.get(input?.report),
      importReports: () => this.#current.library.reports.list(),
      listFolder: ({ path }) => listFolder(resolve(path ?? homedir())),

      listPhotos: ({ offset, limit }) => {
        const { photos } = this.#current.library;
        return { total: photos.countShown(), photos: photos.page(offset, limit) };
      },
      photoDetails: ({ photo }) => {
        const { library } = this.#current;
        const details = library.photos.details(photo);
        if (!details) throw noPhoto(photo);
        const members = library.groups.membersOf(photo);
        return {
          ...details,
          texts: library.texts.of(photo),
          hierarchies: library.hierarchies.of(photo),
          place: library.facts.place(photo),
          files: library.photos.filesOf(photo),
          members: library.photos
            .found(members)
            .sort((one, other) => members.indexOf(one.id) - members.indexOf(other.id)),
          videos: library.groups.videosOf(members),
        };
      },

      findPhotos: ({ paths }) => {
        const { photos, missing } = findPaths(this.#current.library, paths);
        return { photos: [...new Set(photos.values())], missing };
      },

      similarPhotos: (input) => this.#current.nearDuplicates.page(input),
      comparePhotos: () => ({ job: this.#current.importing.comparePhotos() }),

      parseQuery: ({ query, lenient }) => parseQuery(query, { lenient }),
      search: async (input) => search(this.#current.library, await this.#current.model.searcher(), input),
      explain: async ({ photo, concepts, compose }) => {
        const searcher = await this.#current.model.searcher();
        const explanation = searcher.explain(photo, concepts, compose);
        if (!explanation) throw noPhoto(photo);
        return explanation;
      },
      addImage: async ({ name, bytes }) => ({ image: await this.#current.model.addPicture(name, bytes) }),
      nearestWords: async ({ word, limit, space }) => {
        const nearest = (await this.#current.model.words()).nearest(word, limit, space);
        if (nearest.source !== 'unknown') return nearest;
        const written = this.#current.library.texts.photosWith(word).length;
        return written > 0 ? { ...nearest, source: 'written', count: written } : nearest;
      },
      analogy: async ({ a, b, c, limit, space }) =>
        (await this.#current.model.words()).analogy(a, b, c, limit, space),
      topics: async ({ words }) => (await this.#current.model.words()).topics(words),
      learnedWords: async ({ filter, offset, limit }) =>
        (await this.#current.model.words()).learned(filter, offset, limit),
      wordPhotos: ({ word, limit }) => {
        const { texts, photos } = this.#current.library;
        const found = texts.photosWith(word);
        return { total: found.length, photos: photos.found(found.slice(0, limit)) };
      },

      prepareText: async ({ text }) => {
        const words = await this.#current.model.words();
        return checkRules(() => words.prepare(text, this.#current.library.wordRules.get()));
      },
      wordRules: async () => {
        const rules = this.#current.library.wordRules.get();
        return { rules, learned: (await this.#current.model.words()).learnedBy(rules) };
      },
      setWordRules: (rules) => {
        checkRules(() => new RuleBook(rules));
        this.#current.library.wordRules.set(rules);
        return this.#current.library.wordRules.get();
      },

      suggestTags: (input) => this.#current.tags.suggest(input),
      acceptTags: (input) => ({ job: this.#current.tags.accept(input) }),
      rejectTag: (input) => this.#current.tags.reject(input),
      editWords: (input) => this.#current.tags.edit(input),
      edits: ({ limit }) => this.#current.library.edits.list(limit),
      undoEdit: () => this.#current.tags.undo(),
      pendingWrites: (input) => this.#current.tags.pending(input),
      writeSidecars: (input) => ({ job: this.#current.tags.write(input) }),
      sidecarReport: () => this.#current.library.reports.latestSidecars(),

      train: (input) => ({ job: this.#current.learning.start(input) }),
      trainedAs: ({ model }) => this.#current.learning.trainedAs(model),
      jobs: () => this.#open?.jobs.list() ?? [],
      resumeJob: ({ job }) => ({ job: this.#current.resume(job) }),
      cancelJob: ({ job }) => {
        this.#current.jobs.cancel(job);
        return null;
      },
      activateModel: async ({ model }) => {
        await this.#current.activate(model);
        return this.#current.status();
      },
      exportModel: ({ model, path }) => this.#current.exportModel(model, path),
      evaluate: async (input) => evaluate(this.#current.library, await this.#current.model.searcher(), input),
    };
  }

  #recentLibraries(): CallOutput<'recentLibraries'> {
    return this.#settings.get().recentLibraries.flatMap((path) => {
      try {
        const library = Library.open(path, { readonly: true });
        try {
          return [{ path, name: library.name, photos: library.photos.counts().photos }];
        } finally {
          library.close();
        }
      } catch {
        // Gone, or on a drive that is away.
        return [];
      }
    });
  }

  async media(kind: Parameters<Engine['media']>[0], id: string): Promise<Media | null> {
    const open = this.#open;
    if (!open) return null;
    if (kind === 'image') {
      const bytes = open.model.pictureThumbnail(id);
      return bytes && { type: 'image/jpeg', bytes };
    }
    const photo = /^\d{1,15}$/.test(id) ? open.library.photos.get(Number(id)) : undefined;
    if (!photo) return null;
    const thumbnail = async (): Promise<Media | null> => {
      const bytes = await readFile(open.library.thumbnailPath(photo.hash)).catch(() => null);
      return bytes && { type: 'image/jpeg', bytes };
    };
    const original = async (): Promise<Media | null> => {
      for (const { folder, path } of open.library.photos.filesOf(photo.id)) {
        const viewable = await open.viewable(join(folder, path)).catch(() => null);
        if (viewable) return viewable;
      }
      return null;
    };
    // A photo whose drive is away is still shown, as its thumbnail, and one whose thumbnail is lost as itself.
    return kind === 'photo'
      ? ((await original()) ?? (await thumbnail()))
      : ((await thumbnail()) ?? (await original()));
  }

  async close(): Promise<void> {
    await this.#accelerator.close();
    await this.#open?.close();
    this.#open = null;
    this.#log.flush();
  }
}

const noPhoto = (photo: number): PhotolexError =>
  new PhotolexError('no-photo', `There is no photo ${photo} in this library.`);

/** Without the keys whose value is undefined. */
function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

async function listFolder(path: string): Promise<CallOutput<'listFolder'>> {
  let entries: Awaited<ReturnType<typeof readEntries>>;
  try {
    entries = await readEntries(path);
  } catch (error) {
    throw new PhotolexError('no-folder', `The folder ${path} cannot be read (${(error as Error).message}).`, {
      cause: error,
    });
  }
  const visible = entries.filter(({ name }) => !name.startsWith('.'));
  return {
    path,
    parent: dirname(path) === path ? null : dirname(path),
    folders: visible
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort((a, b) => a.localeCompare(b)),
    photos: visible.filter((entry) => entry.isFile() && extname(entry.name) !== '' && isPhotoName(entry.name))
      .length,
  };
}

const readEntries = (path: string) => readdir(path, { withFileTypes: true });
