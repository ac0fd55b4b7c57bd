/**
 * A library at work: its jobs, its active model and the search over it. The engine has at most one open; all that happens to
 * a library happens through here.
 */
import { existsSync } from 'node:fs';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { CallOutput, calls, ImportReport, Job, LibraryStatus, Model, TrainInput } from './contract.ts';
import { type ImportSource, PhotolexError, trainInputSchema } from './contract.ts';
import { groupPhotos } from './group/photoGroups.ts';
import { type ImportOptions, importParts, importSource, newImportReport } from './import/importer.ts';
import { groupReasons } from './import/reasons.ts';
import { newRescanReport, rescan } from './import/rescan.ts';
import {
  fillLooks,
  fillVectors,
  findLostThumbnails,
  type IndexModel,
  indexPhotos,
  lookCloser,
} from './index/indexer.ts';
import type { VisionWorker } from './index/vision.ts';
import { type JobControl, Jobs } from './jobs/jobs.ts';
import { Library } from './library/library.ts';
import { exportNetwork } from './library/modelExport.ts';
import { bundledWords, networkHash, networkPath, readSpace } from './library/modelFiles.ts';
import type { StoredModel } from './library/models.ts';
import { removePhotos } from './library/removal.ts';
import { addStarter, modelFolder } from './library/starter.ts';
import { drawSampleAlbum } from './sample/album.ts';
import { type Picture, Searcher } from './search/searcher.ts';
import { ModelWords } from './search/words.ts';
import { similarPairs, similarSets } from './similar/similarPhotos.ts';
import { Tagging } from './tags/tagging.ts';
import type { TrainingHost, TrainOutcome, TrainRequest, TrainWorker } from './train/training.ts';
import type { FolderChanges } from './watch/folderWatcher.ts';
import { LibraryWatch } from './watch/libraryWatch.ts';
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
  /** Whether changes in folders are noticed by themselves. */
  watches(): boolean;
  /** Whether photos are looked at closer. */
  looksCloser(): boolean;
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
  #watch: LibraryWatch | null = null;
  /** Sets of near-duplicates, as they were found last. */
  #similar: Promise<ReturnType<typeof similarSets>> | null = null;
  /** Photos that got other bytes while a training runs, which saw the old ones. */
  readonly #replaced = new Set<number>();
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
      if (job.state === 'running') return;
      this.tellStatus();
      // What was imported now may be a new folder to watch, and what changed meanwhile can be read.
      if (job.kind !== 'train') void this.#watch?.look().then(() => this.#watch?.idle());
    });
    this.tags = new Tagging({
      library,
      jobs: this.jobs,
      searcher: () => this.searcher(),
      changed: () => this.tellStatus(),
    });
    this.heedWatching();
  }

  /** Begins or ends watching the folders, as the user's settings say. */
  heedWatching(): void {
    const wanted = this.#listener.watches() && !this.#closed;
    if (wanted === (this.#watch !== null)) return;
    const previous = this.#watch;
    this.#watch = wanted
      ? new LibraryWatch({
          library: this.library,
          log: this.#log,
          importChanges: (changes) => this.#importChanges(changes),
          onChange: () => this.tellStatus(),
        })
      : null;
    void previous?.close();
    this.tellStatus();
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
      ...library.presence.counts(),
      away: library.presence.away(),
      watched: this.#watch?.watched ?? 0,
      watchProblem: this.#watch?.problem ?? null,
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
      looks: (thumbnails) => this.#visionWorker().looks(thumbnails),
      closer: (thumbnails) => this.#visionWorker().closer(thumbnails),
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
      const message = await this.#importSource(path, control, source);
      this.#learnIfDue(control);
      return message;
    });
  }

  /** Imports everything again, each folder, archive and list as it was imported before, and indexes what is new. */
  rescan(): number {
    return this.jobs.start('import', { rescan: true }, async (control) => {
      const { library } = this;
      if (library.imports.list().length === 0)
        throw new PhotolexError(
          'no-imports',
          'Nothing was imported into this library yet. Import a folder first.',
        );
      const report = newRescanReport(library, new Date().toISOString());
      const message = await this.#import(control, report, async (options) => {
        await rescan(library, options);
        await findLostThumbnails(library);
      });
      this.#learnIfDue(control);
      return message;
    });
  }

  /** Imports what the watch saw change, by folder. Returns false while something else reads files. */
  #importChanges(changes: ReadonlyMap<string, FolderChanges>): boolean {
    if (this.#closed || !this.jobs.isFree('import')) return false;
    const { library } = this;
    const folders = [...changes.keys()];
    const importChanges = async (control: JobControl): Promise<string> => {
      const report = newImportReport(folders.join(', '), new Date().toISOString());
      report.folder = folders.join(', ');
      const read = async (options: Omit<ImportOptions, 'source'>): Promise<void> => {
        for (const [folder, parts] of changes) {
          if (parts === 'all') await rescan(library, options, folder);
          else await importParts(library, folder, parts, options);
        }
      };
      // The report of what the user imported stays the latest, unless there is something to tell.
      const message = await this.#import(control, report, read, () => report.skipped.length > 0);
      this.#learnIfDue(control);
      return message;
    };
    this.jobs.start('import', { changes: folders }, importChanges, { unasked: true });
    return true;
  }

  /** Draws the sample album into a folder beside the library, then imports it. */
  importSampleAlbum(folder: string): number {
    return this.jobs.start('sample', {}, async (control) => {
      const { photos } = await drawSampleAlbum(folder, {
        signal: control.signal,
        onProgress: (done, total) =>
          control.progress({ stage: 'Drawing the sample album', done, total, unit: 'pictures' }),
      });
      await this.#importSource(folder, control);
      this.#learnIfDue(control);
      return `${photos} pictures drawn and imported.`;
    });
  }

  #importSource(path: string, control: JobControl, source?: ImportSource): Promise<string> {
    const report = newImportReport(path, new Date().toISOString());
    return this.#import(control, report, async (options) => {
      await importSource(this.library, path, { ...options, ...(source ? { source } : {}) });
      await findLostThumbnails(this.library);
    });
  }

  /** Reads files with `read`, then looks at what it brought. Returns what happened in one line. */
  async #import(
    { signal, progress }: JobControl,
    report: ImportReport,
    read: (options: Omit<ImportOptions, 'source'>) => Promise<void>,
    keepsReport: () => boolean = () => true,
  ): Promise<string> {
    const started = performance.now();
    const { library } = this;
    const onProgress: typeof progress = (step) => {
      progress(step);
      this.tellStatus();
    };
    const onReplaced = (photos: readonly number[]): void => void this.#forgetVectors(photos);
    try {
      await read({ signal, onProgress, onReplaced, report });
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
      if (this.#listener.looksCloser()) await this.#lookCloser({ signal, progress: onProgress });
      await groupPhotos(library);
    } finally {
      this.#similar = null;
      report.seconds = (performance.now() - started) / 1000;
      if (keepsReport()) library.reports.add(groupReasons(report));
      await this.#refreshSearcher();
    }
    return summary(report);
  }

  /** Near-duplicates, a page of their sets, or those of one photo. */
  async similar({
    photo,
    offset,
    limit,
  }: z.output<(typeof calls)['similarPhotos']['input']>): Promise<CallOutput<'similarPhotos'>> {
    const { photos } = this.library;
    const finding = this.#similar ?? similarPairs(this.library).then(similarSets);
    this.#similar = finding;
    finding.catch(() => {
      this.#similar = null;
    });
    const all = await finding;
    const sets = photo === undefined ? all : all.filter((set) => set.photos.includes(photo));
    const page = sets.slice(offset, offset + limit).map(({ similarity, photos: ids }) => {
      const found = new Map(photos.withFacts(ids).map((one) => [one.id, one]));
      return { similarity, photos: ids.flatMap((id) => found.get(id) ?? []) };
    });
    return { total: sets.length, sets: page, waiting: photos.countLacking('hash') };
  }

  /** Gives photos that were indexed before there were near-duplicates what they are found by. Null if none waits. */
  comparePhotos(): number | null {
    if (this.library.photos.countLacking('hash') === 0) return null;
    return this.jobs.start('import', { compare: true }, async ({ signal, progress }) => {
      const model = this.#indexModel(this.#active);
      await fillLooks(this.library, this.#visionOf(model), { signal, onProgress: progress });
      await groupPhotos(this.library);
      this.#similar = null;
      await this.#refreshSearcher();
      return 'All photos are compared.';
    });
  }

  /** Looks closer at the photos that were not yet, if the user wants that; an import that runs does it at its end. */
  lookCloser(): void {
    const { photos } = this.library;
    if (!this.#listener.looksCloser() || photos.countLacking('closer') === 0 || !this.jobs.isFree('import'))
      return;
    this.jobs.start('import', { closer: true }, async (control) => {
      await this.#lookCloser(control);
      await this.#refreshSearcher();
      return 'All photos are looked at closer.';
    });
  }

  async #lookCloser({ signal, progress }: Pick<JobControl, 'signal' | 'progress'>): Promise<void> {
    const model = this.#indexModel(this.#active);
    try {
      await lookCloser(this.library, this.#visionOf(model), { model, signal, onProgress: progress });
    } finally {
      // A model that was activated meanwhile has lost vectors to it.
      await this.#place(this.#active);
    }
  }

  /** Forgets the photos whose files are gone; returns how many. @throws {PhotolexError} `busy` while an import runs. */
  async forgetLost(): Promise<number> {
    if (!this.jobs.isFree('import'))
      throw new PhotolexError(
        'busy',
        'An import is under way and may find them. Wait for it, then try again.',
      );
    const lost = this.library.presence.lost();
    await removePhotos(this.library, lost);
    await this.#forgetVectors(lost.map(({ photo }) => photo));
    this.#similar = null;
    await groupPhotos(this.library);
    await this.#refreshSearcher();
    this.tellStatus();
    return lost.length;
  }

  /** What was seen in the old bytes of these photos answers no search any more. */
  async #forgetVectors(photos: readonly number[]): Promise<void> {
    for (const photo of photos) this.#replaced.add(photo);
    const loaded = await this.#loading?.catch(() => null);
    loaded?.searcher.forget(photos);
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
    this.#replaced.clear();
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
        for (const photo of photos) if (this.#replaced.has(photo)) library.vectors.remove(model, photo);
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
    const watch = this.#watch;
    this.#watch = null;
    this.#closed = true;
    await watch?.close();
    await this.jobs.close();
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

/** What an import did, in one line. */
function summary(report: ImportReport): string {
  const sources = report.sources.map(({ title }) => title).filter((title) => title !== 'captions.tsv');
  const words = sources.length > 0 ? ` with words from ${[...new Set(sources)].join(', ')}` : '';
  const number = (value: number): string => value.toLocaleString('en');
  const parts = [
    `${count(report.added, 'new photo')}${words}`,
    report.replaced > 0 ? `${number(report.replaced)} edited` : '',
    report.unchanged > 0 ? `${number(report.unchanged)} unchanged` : '',
    report.duplicates > 0 ? `${count(report.duplicates, 'duplicate')}` : '',
    report.found > 0 ? `${number(report.found)} back` : '',
    report.missing > 0 ? `${count(report.missing, 'file')} not there any more` : '',
    report.away.length > 0 ? `${count(report.away.length, 'folder')} away` : '',
    report.skipped.length > 0 ? `${number(report.skipped.length)} skipped (see the report)` : '',
  ];
  return `${parts.filter(Boolean).join(', ')} in ${report.seconds.toFixed(1)} s.`;
}

function count(value: number, noun: string): string {
  return `${value.toLocaleString('en')} ${noun}${value === 1 ? '' : 's'}`;
}
