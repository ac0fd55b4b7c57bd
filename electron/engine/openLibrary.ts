/**
 * A library at work: its jobs, its active model and the search over it. The engine has at most one open; all that happens to
 * a library happens through here.
 */
import { existsSync } from 'node:fs';
import type { Logger } from 'pino';
import type { CallOutput, Job, LibraryStatus, Model, TrainInput } from './contract.ts';
import { type ImportSource, PhotolexError, trainInputSchema } from './contract.ts';
import { importSource, newImportReport } from './import/importer.ts';
import { groupReasons } from './import/reasons.ts';
import { fillVectors, type IndexModel, indexPhotos } from './index/indexer.ts';
import type { VisionWorker } from './index/vision.ts';
import { type JobControl, Jobs } from './jobs/jobs.ts';
import { Library } from './library/library.ts';
import { exportNetwork } from './library/modelExport.ts';
import { bundledWords, networkHash, networkPath, readSpace } from './library/modelFiles.ts';
import type { StoredModel } from './library/models.ts';
import { addStarter, modelFolder } from './library/starter.ts';
import { drawSampleAlbum } from './sample/album.ts';
import { type Picture, Searcher } from './search/searcher.ts';
import { ModelWords } from './search/words.ts';
import { Tagging } from './tags/tagging.ts';
import type { TrainingHost, TrainOutcome, TrainRequest, TrainWorker } from './train/training.ts';
import { type LaunchProcess, startWorker, type WorkerHandle } from './workers/workerProcess.ts';

/** Captioned photos from which learning starts by itself. */
export const LEARNS_FROM = 50;
/** Learning again starts by itself when captions have grown by this share since. */
const LEARNS_AGAIN = 0.25;
/** Milliseconds between two tellings of a changed library. */
const STATUS_INTERVAL = 400;

export interface LibraryListener {
  job(job: Job): void;
  status(status: LibraryStatus): void;
  /** Whether learning may start by itself. */
  learnsByItself(): boolean;
}

/** A picture from outside the library, whatever the model. */
interface OutsidePicture {
  name: string;
  feature: Float32Array;
  /** JPEG. */
  thumbnail: Uint8Array;
}

/** The search over one model, and the pictures from outside as that model sees them. */
interface LoadedModel {
  searcher: Searcher;
  words: ModelWords;
  /** The searcher's own map, which grows. */
  pictures: Map<string, Picture>;
}

export class OpenLibrary {
  readonly library: Library;
  readonly jobs: Jobs;
  readonly tags: Tagging;
  readonly #home: string;
  readonly #listener: LibraryListener;
  readonly #log: Logger;
  readonly #launchTrainer: LaunchProcess;
  /** Pictures from outside, by id. */
  readonly #pictures = new Map<string, OutsidePicture>();
  #vision: WorkerHandle<VisionWorker> | null = null;
  /** Settled when the head of the vision worker is free for another model. */
  #headFree: Promise<unknown> = Promise.resolve();
  #loading: Promise<LoadedModel> | null = null;
  #told: NodeJS.Timeout | null = null;
  #closed = false;

  private constructor(
    library: Library,
    home: string,
    listener: LibraryListener,
    log: Logger,
    launchTrainer: LaunchProcess,
  ) {
    this.library = library;
    this.#home = home;
    this.#listener = listener;
    this.#log = log;
    this.#launchTrainer = launchTrainer;
    this.jobs = new Jobs(library, (job) => {
      if (job.state !== 'running') this.#logEnd(job);
      listener.job(job);
      if (job.state !== 'running') this.tellStatus();
    });
    this.tags = new Tagging({
      library,
      jobs: this.jobs,
      searcher: () => this.searcher(),
      changed: () => this.tellStatus(),
    });
  }

  /**
   * Opens a library folder, with the starter as its model if it has none. `home` is the user's data folder.
   * @throws {PhotolexError} as `Library.open`.
   */
  static open(
    path: string,
    home: string,
    create: boolean,
    listener: LibraryListener,
    log: Logger,
    launchTrainer: LaunchProcess,
  ): OpenLibrary {
    const library = Library.open(path, {
      create,
      onSlow: (milliseconds, label) => log.warn({ milliseconds, label }, 'slow statement'),
    });
    try {
      addStarter(library);
    } catch (error) {
      library.close();
      throw error;
    }
    return new OpenLibrary(library, home, listener, log, launchTrainer);
  }

  #logEnd({ kind, state, message }: Job): void {
    this.#log[state === 'failed' ? 'error' : 'info']({ kind, state, message }, 'job ended');
  }

  status(): LibraryStatus {
    const { library } = this;
    const active = library.models.active();
    const counts = library.photos.counts();
    return {
      path: library.path,
      name: library.name,
      ...counts,
      folders: library.photos.roots().map(({ path }) => path),
      models: library.models.list().map(publicModel),
      databaseBytes: library.databaseBytes,
      learnsFrom: LEARNS_FROM,
      newCaptions: Math.max(0, counts.captioned - (active?.captioned ?? 0)),
    };
  }

  /** Tells the library's status soon; many changes in a row are told once. */
  tellStatus(): void {
    this.#told ??= setTimeout(() => {
      this.#told = null;
      this.#listener.status(this.status());
    }, STATUS_INTERVAL);
  }

  /** The process that looks at photos; another one if the last ended by itself. */
  #visionWorker(): VisionWorker {
    if (this.#closed) throw new PhotolexError('closed', 'The library has been closed.');
    if (!this.#vision || this.#vision.calls.$closed) this.#vision = startWorker('vision-worker', {});
    return this.#vision.calls as unknown as VisionWorker;
  }

  /**
   * Work that needs one model's head in the vision worker. It holds one head at a time, so those who need one take turns:
   * otherwise an import could get its vectors from a model that is activated meanwhile.
   */
  #withHead<T>(network: string, work: (vision: VisionWorker) => Promise<T>): Promise<T> {
    const turn = this.#headFree.then(async () => {
      const vision = this.#visionWorker();
      await vision.load({ network });
      return await work(vision);
    });
    this.#headFree = turn.catch(() => {});
    return turn;
  }

  /** The vision worker as one model's: vectors are made by its head and no other. */
  #visionOf({ network }: IndexModel): VisionWorker {
    return {
      load: () => this.#withHead(network, async () => {}),
      // The reply names the head that was loaded then, and the indexer throws away what another one made.
      index: (items) => this.#visionWorker().index(items),
      picture: (bytes) => this.#visionWorker().picture(bytes),
      vectors: (features, thumbnails) =>
        this.#withHead(network, (vision) => vision.vectors(features, thumbnails)),
    };
  }

  /** The model that answers. @throws {PhotolexError} `no-model` if there is none, which needs a damaged installation. */
  get #active(): StoredModel {
    const active = this.library.models.active();
    if (active) return active;
    throw new PhotolexError(
      'no-model',
      'This library has no model to search with, because the starter that ships with Photolex is missing. Reinstall Photolex.',
    );
  }

  #indexModel(stored: StoredModel): IndexModel {
    return { stored, network: networkPath(modelFolder(this.library, stored.id)) };
  }

  /** Gives every photo that has features its vector under a model. */
  async #place(stored: StoredModel): Promise<void> {
    if (this.library.vectors.missing(stored).length === 0) return;
    const model = this.#indexModel(stored);
    await fillVectors(this.library, this.#visionOf(model), { model });
  }

  /** The search over the active model; loaded at the first call. */
  async searcher(): Promise<Searcher> {
    return (await this.#loaded()).searcher;
  }

  /** What the active model knows about words. */
  async words(): Promise<ModelWords> {
    return (await this.#loaded()).words;
  }

  #loaded(): Promise<LoadedModel> {
    if (this.#loading) return this.#loading;
    const loading = this.#load(this.#active);
    this.#loading = loading;
    loading.catch(() => {
      // The next call tries again.
      if (this.#loading === loading) this.#loading = null;
    });
    return loading;
  }

  /** Loads a model, with a vector for every photo: a new starter, or a crash, may have left some without. */
  async #load(stored: StoredModel): Promise<LoadedModel> {
    const { space, text, pretrained } = await readSpace(modelFolder(this.library, stored.id));
    await this.#place(stored);
    const pictures = new Map<string, Picture>();
    const loaded = {
      searcher: await Searcher.load(this.library, stored, space, pictures),
      words: new ModelWords(space, text, pretrained, bundledWords().words),
      pictures,
    };
    await this.#seePictures(loaded);
    return loaded;
  }

  /** Imports a folder, an export or a list of photos, and indexes what is new. */
  import(path: string, source: ImportSource = 'auto'): number {
    return this.jobs.start('import', { path, source }, async (control) => {
      const message = await this.#import(path, control, source);
      this.#learnIfDue(control);
      return message;
    });
  }

  /** Draws the sample album into a folder beside the library, then imports it. */
  importSampleAlbum(folder: string): number {
    return this.jobs.start('sample', {}, async (control) => {
      const { photos } = await drawSampleAlbum(folder, {
        signal: control.signal,
        onProgress: (done, total) =>
          control.progress({ stage: 'Drawing the sample album', done, total, unit: 'pictures' }),
      });
      await this.#import(folder, control);
      this.#learnIfDue(control);
      return `${photos} pictures drawn and imported.`;
    });
  }

  async #import(path: string, { signal, progress }: JobControl, source?: ImportSource): Promise<string> {
    const started = performance.now();
    const { library } = this;
    const report = newImportReport(path, new Date().toISOString());
    const onProgress: typeof progress = (step) => {
      progress(step);
      this.tellStatus();
    };
    try {
      await importSource(library, path, { signal, onProgress, report, ...(source ? { source } : {}) });
      const model = this.#indexModel(this.#active);
      const vision = this.#visionOf(model);
      await vision.load(model);
      report.indexed = await indexPhotos(library, vision, {
        model,
        signal,
        onProgress,
        onProblem: ({ path: file, reason }) => report.skipped.push({ path: file, reason }),
      });
      // Another model may have been activated meanwhile.
      await this.#place(this.#active);
    } finally {
      report.seconds = (performance.now() - started) / 1000;
      library.reports.add(groupReasons(report));
      await this.#refreshSearcher();
    }
    const sources = report.sources.map(({ title }) => title).filter((title) => title !== 'captions.tsv');
    const parts = [
      `${count(report.added, 'new photo')}${sources.length > 0 ? ` with words from ${sources.join(', ')}` : ''}`,
      report.unchanged > 0 ? `${report.unchanged.toLocaleString('en')} unchanged` : '',
      report.duplicates > 0 ? `${count(report.duplicates, 'duplicate')}` : '',
      report.skipped.length > 0
        ? `${report.skipped.length.toLocaleString('en')} skipped (see the report)`
        : '',
    ];
    return `${parts.filter(Boolean).join(', ')} in ${report.seconds.toFixed(1)} s.`;
  }

  /** What the library got meanwhile becomes searchable, and what it lost is found no more. */
  async #refreshSearcher(): Promise<void> {
    const loading = this.#loading;
    const loaded = await loading?.catch(() => null);
    if (!loaded) return;
    const { model, space } = loaded.searcher;
    const searcher = await Searcher.load(this.library, model, space, loaded.pictures);
    if (this.#loading === loading) this.#loading = Promise.resolve({ ...loaded, searcher });
  }

  /** Starts learning if there is enough to learn from, or clearly more than was learned last. */
  #learnIfDue({ signal }: JobControl): void {
    const { captioned } = this.library.photos.counts();
    const last = this.library.models.list().findLast(({ captions }) => captions > 0);
    const due = last ? captioned - last.captioned > LEARNS_AGAIN * last.captions : captioned >= LEARNS_FROM;
    if (!due || signal.aborted || !this.#listener.learnsByItself() || this.jobs.isRunning('train')) return;
    const active = this.library.models.active();
    // As the user chose to learn before; the starter was not learned here.
    const { text, loss } = active && active.captions > 0 ? active : {};
    this.train(trainInputSchema.pick({ text: true, loss: true }).parse({ text, loss }));
  }

  /** Learns the captions of the library in a process of its own, and makes the result the active model. */
  train(input: TrainInput): number {
    const request = trainInputSchema.parse(input);
    return this.jobs.start('train', request, async (control) => {
      const { captioned } = this.library.photos.counts();
      if (captioned === 0) {
        throw new PhotolexError(
          'no-captions',
          'No photo has words to learn from. Add captions, titles or keywords, or import a captions.tsv, then learn again.',
        );
      }
      const id = this.#newModelId();
      const outcome = await this.#train(id, request, control);
      const skipped = outcome.wordless > 0 ? `, ${outcome.wordless} without a word it could learn` : '';
      return [`Learned from ${count(outcome.captions, 'captioned photo')}${skipped}.`, ...outcome.notes].join(
        ' ',
      );
    });
  }

  #newModelId(): string {
    const numbers = this.library.models.list().map(({ id }) => Number(/^model-(\d+)$/.exec(id)?.[1] ?? 0));
    let next = Math.max(0, ...numbers) + 1;
    while (existsSync(this.library.modelPath(`model-${next}`))) next++;
    return `model-${next}`;
  }

  async #train(
    id: string,
    request: TrainRequest,
    { signal, progress, point }: JobControl,
  ): Promise<TrainOutcome> {
    const { library } = this;
    const pending: { photos: Int32Array; vectors: Float32Array }[] = [];
    const local: TrainingHost = {
      progress,
      point,
      // The model is known to the database only when all is done, so that a crash leaves no half of one.
      vectors: async (photos, vectors) => {
        pending.push({ photos, vectors });
      },
    };
    const worker = startWorker<TrainWorker, TrainingHost>('train-worker', local, this.#launchTrainer);
    const cancel = (): void => {
      // It may end before it answers, and then there is nothing left to cancel.
      worker.calls.cancel().catch(() => {});
    };
    signal.addEventListener('abort', cancel, { once: true });
    const started = performance.now();
    try {
      const outcome = await worker.calls.train(library.path, library.modelPath(id), this.#home, request);
      if ('cancelled' in outcome) throw new PhotolexError('cancelled', outcome.cancelled);
      const { heldOut, wordless: _, notes: __, ...facts } = outcome;
      this.#log.info({ device: facts.device }, 'trained');
      const model = library.transaction(() => {
        const stored = library.models.add({
          id,
          network: networkHash(library.modelPath(id)),
          createdAt: new Date().toISOString(),
          ...facts,
          // Of a resumed training only the last part is known.
          seconds: request.resume ? null : (performance.now() - started) / 1000,
          heldOut: heldOut.length,
        });
        library.vectors.createTable(stored);
        library.models.setHeldOut(stored, heldOut);
        return stored;
      });
      for (const { photos, vectors } of pending) {
        library.transaction(() => library.vectors.set(model, photos, vectors));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await this.activate(id);
      return outcome;
    } finally {
      signal.removeEventListener('abort', cancel);
      await worker.stop();
    }
  }

  /**
   * Makes a model answer; photos that it has not seen get their vectors first, and until all is loaded the model before
   * answers. @throws {PhotolexError} `no-model`, `model-damaged`.
   */
  async activate(id: string): Promise<void> {
    const { library } = this;
    const stored = library.models.require(id);
    const loaded = await this.#load(stored);
    while (loaded.pictures.size < this.#pictures.size) await this.#seePictures(loaded);
    library.models.activate(id);
    this.#loading = Promise.resolve(loaded);
    // What an import indexed meanwhile has vectors of the model before.
    if (library.vectors.missing(stored).length > 0) {
      await this.#place(stored);
      await this.#refreshSearcher();
    }
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

  /** A picture from outside becomes a concept; returns its id. @throws {PhotolexError} `not-a-picture`. */
  async addPicture(name: string, bytes: Uint8Array): Promise<string> {
    try {
      const { feature, thumbnail } = await this.#visionWorker().picture(bytes);
      const id = `picture-${this.#pictures.size + 1}`;
      this.#pictures.set(id, { name, feature, thumbnail });
      await this.#seePictures(await this.#loaded());
      return id;
    } catch (error) {
      if (error instanceof PhotolexError) throw error;
      throw new PhotolexError('not-a-picture', `${name} cannot be used: ${(error as Error).message}.`, {
        cause: error,
      });
    }
  }

  /** Gives the pictures that a loaded model has not seen their vectors. */
  async #seePictures({ searcher, pictures }: LoadedModel): Promise<void> {
    const vision = this.#visionOf(this.#indexModel(searcher.model));
    for (const [id, { name, feature, thumbnail }] of this.#pictures) {
      if (!pictures.has(id)) pictures.set(id, { name, vector: await vision.vectors(feature, [thumbnail]) });
    }
  }

  pictureThumbnail(id: string): Uint8Array | null {
    return this.#pictures.get(id)?.thumbnail ?? null;
  }

  /** Stops everything at a safe point. */
  async close(): Promise<void> {
    await this.jobs.close();
    this.#closed = true;
    if (this.#told) clearTimeout(this.#told);
    await this.#vision?.stop();
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

function count(value: number, noun: string): string {
  return `${value.toLocaleString('en')} ${noun}${value === 1 ? '' : 's'}`;
}
