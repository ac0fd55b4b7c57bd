/**
 * A library at work: what is done with it (imports, trainings, words for photos), the model that answers, and the watch over its
 * folders, which know of each other through here. The engine has at most one open.
 */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { photoInput } from '../../native/photoInput.ts';
import { viewableFile } from '../../native/viewablePhoto.ts';
import {
  type CallOutput,
  calls,
  type Job,
  type LibraryStatus,
  type Model,
  PhotolexError,
} from './contract.ts';
import type { Media } from './engine.ts';
import { Importing } from './import/importing.ts';
import { SharedVision } from './index/sharedVision.ts';
import { Jobs } from './jobs/jobs.ts';
import { Library } from './library/library.ts';
import { exportNetwork } from './library/modelExport.ts';
import type { StoredModel } from './library/models.ts';
import { addStarter, modelFolder } from './library/starter.ts';
import { ActiveModel } from './search/activeModel.ts';
import { NearDuplicates } from './similar/nearDuplicates.ts';
import { Tagging } from './tags/tagging.ts';
import { LEARNS_FROM, Learning } from './train/learning.ts';
import { LibraryWatch } from './watch/libraryWatch.ts';
import type { LaunchProcess } from './workers/workerProcess.ts';

/** Milliseconds between two tellings of a changed library. */
const STATUS_INTERVAL = 400;

/** What an open library needs of the engine. */
export interface LibraryHost {
  /** The user's data folder. */
  home: string;
  log: Logger;
  launchTrainer: LaunchProcess;
  job(job: Job): void;
  status(status: LibraryStatus): void;
  /** Whether learning may start by itself. */
  learnsByItself(): boolean;
  /** Whether changes in folders are noticed by themselves. */
  watches(): boolean;
  /** Whether photos are looked at closer. */
  looksCloser(): boolean;
}

export class OpenLibrary {
  readonly library: Library;
  readonly jobs: Jobs;
  readonly model: ActiveModel;
  readonly nearDuplicates: NearDuplicates;
  readonly importing: Importing;
  readonly learning: Learning;
  readonly tags: Tagging;
  readonly #host: LibraryHost;
  readonly #vision = new SharedVision();
  #told: NodeJS.Timeout | null = null;
  #watch: LibraryWatch | null = null;
  #closed = false;

  private constructor(library: Library, host: LibraryHost) {
    this.library = library;
    this.#host = host;
    const changed = (): void => this.tellStatus();
    this.jobs = new Jobs(library, (job) => {
      if (job.state !== 'running') this.#logEnd(job);
      host.job(job);
      if (job.state === 'running') return;
      this.tellStatus();
      if (!this.#closed) {
        this.importing.goOn();
        // An import that ended meanwhile may have brought much more.
        if (job.kind === 'train' && job.state === 'done') this.learning.startIfDue();
      }
      // What was imported now may be a new folder to watch, and what changed meanwhile can be read.
      if (job.kind !== 'train') void this.#watch?.look().then(() => this.#watch?.idle());
    });
    const { jobs } = this;
    const model = new ActiveModel(library, this.#vision);
    this.model = model;
    this.nearDuplicates = new NearDuplicates(library);
    this.learning = new Learning({ ...host, library, jobs, activate: (id) => this.activate(id) });
    this.importing = new Importing({
      library,
      jobs,
      model,
      nearDuplicates: this.nearDuplicates,
      looksCloser: host.looksCloser,
      changed,
      replaced: (photos) => {
        this.learning.forget(photos);
        void model.forget(photos);
      },
      imported: ({ signal }) => {
        if (!signal.aborted) this.learning.startIfDue();
      },
    });
    this.tags = new Tagging({
      library,
      jobs,
      searcher: () => model.searcher(),
      changed: () => {
        void model.forgetTexts();
        changed();
      },
    });
    this.heedWatching();
  }

  /**
   * Opens a library folder, with the starter as its model if it has none.
   * @throws {PhotolexError} as `Library.open`.
   */
  static open(path: string, create: boolean, host: LibraryHost): OpenLibrary {
    const library = Library.open(path, {
      create,
      onSlow: (milliseconds, label) => host.log.warn({ milliseconds, label }, 'slow statement'),
    });
    try {
      addStarter(library);
    } catch (error) {
      library.close();
      throw error;
    }
    return new OpenLibrary(library, host);
  }

  #logEnd({ kind, state, message }: Job): void {
    this.#host.log[state === 'failed' ? 'error' : 'info']({ kind, state, message }, 'job ended');
  }

  /** Begins or ends watching the folders, as the user's settings say. */
  heedWatching(): void {
    const wanted = this.#host.watches() && !this.#closed;
    if (wanted === (this.#watch !== null)) return;
    const previous = this.#watch;
    this.#watch = wanted
      ? new LibraryWatch({
          library: this.library,
          log: this.#host.log,
          importChanges: (changes) => !this.#closed && this.importing.startChanges(changes),
          onChange: () => this.tellStatus(),
        })
      : null;
    void previous?.close();
    this.tellStatus();
  }

  status(): LibraryStatus {
    const { library } = this;
    const active = library.models.active();
    const counts = library.photos.counts();
    return {
      path: library.path,
      name: library.name,
      ...counts,
      ...library.presence.counts(),
      away: library.presence.away(),
      watched: this.#watch?.watched ?? 0,
      watchProblem: this.#watch?.problem ?? null,
      folders: library.photos.roots().map(({ path }) => path),
      models: library.models.list().map(publicModel),
      databaseBytes: library.databaseBytes,
      learnsFrom: LEARNS_FROM,
      newCaptions: Math.max(0, library.photos.countLearnable() - (active?.captioned ?? 0)),
    };
  }

  /** Tells the library's status soon; many changes in a row are told once. */
  tellStatus(): void {
    // Its watch and its jobs may still have something to tell.
    if (this.#closed) return;
    this.#told ??= setTimeout(() => {
      this.#told = null;
      this.#host.status(this.status());
    }, STATUS_INTERVAL);
  }

  /** Draws the sample album into the user's data folder, then imports it. Returns the job. */
  startSampleAlbum(): number {
    return this.importing.startSampleAlbum(join(this.#host.home, 'sample', 'Sample album photos'));
  }

  /** Starts again what a job was asked to do. Returns the new job. @throws {PhotolexError} `no-job`, `busy` */
  resume(id: number): number {
    const { jobs } = this.library;
    const job = jobs.get(id);
    if (!job) throw new PhotolexError('no-job', `There is no job ${id} in this library.`);
    const input: unknown = JSON.parse(job.input);
    const starts: Record<Job['kind'], () => number> = {
      sample: () => this.startSampleAlbum(),
      import: () => this.importing.resume(input),
      train: () => this.learning.resume(input, jobs.latest('train')?.id === id),
      tag: () => this.tags.accept(calls.acceptTags.input.parse(input)),
      sidecars: () => this.tags.write(calls.writeSidecars.input.parse(input)),
    };
    return starts[job.kind]();
  }

  /** Makes a model answer. @throws {PhotolexError} `no-model`, `model-damaged`. */
  async activate(id: string): Promise<void> {
    await this.model.activate(id);
    this.tellStatus();
  }

  /**
   * Writes a model, or the active one, as one ONNX file.
   * @throws {PhotolexError} `no-model`, `model-damaged`, `not-exported`.
   */
  async exportModel(id: string | undefined, path: string): Promise<CallOutput<'exportModel'>> {
    const { models } = this.library;
    const model = id === undefined ? models.active() : models.require(id);
    if (!model) throw new PhotolexError('no-model', 'This library has no model yet: train one first.');
    const bytes = await exportNetwork(modelFolder(this.library, model.id), model.backbone, path);
    return { model: model.id, dimension: model.dimension, bytes };
  }

  /** The photo at a path as a browser can show it. @throws if it cannot be read or decoded. */
  async viewable(path: string): Promise<Media> {
    const source = await photoInput(path);
    // Decoding HEIC or JPEG XL would keep the engine from answering for seconds.
    return (await viewableFile(source)) ?? { type: 'image/jpeg', bytes: await this.#vision.viewable(source) };
  }

  /** Stops everything at a safe point. */
  async close(): Promise<void> {
    const watch = this.#watch;
    this.#watch = null;
    this.#closed = true;
    const jobsClosed = this.jobs.close();
    // A job that has much left to look at ends at its next call.
    this.#vision.refuse();
    await watch?.close();
    await jobsClosed;
    if (this.#told) clearTimeout(this.#told);
    await this.#vision.stop();
    this.library.close();
  }
}

function publicModel({
  number: _,
  dimension: __,
  network: ___,
  captioned: ____,
  ...model
}: StoredModel): Model {
  return model;
}
