/**
 * Imports as jobs: what is read, what is then looked at, and what the library does with it. The user asks for most of them; what the
 * watch saw change, and a closer look, begin by themselves.
 */
import { z } from 'zod';
import { type ImportReport, type ImportSource, importSourceSchema, PhotolexError } from '../contract.ts';
import { counted } from '../counted.ts';
import { groupPhotos } from '../group/photoGroups.ts';
import {
  fillLooks,
  findLostThumbnails,
  type IndexProblem,
  indexPhotos,
  lookCloser,
} from '../index/indexer.ts';
import type { JobControl, Jobs } from '../jobs/jobs.ts';
import type { Library } from '../library/library.ts';
import { removePhotos } from '../library/removal.ts';
import { drawSampleAlbum } from '../sample/album.ts';
import type { ActiveModel } from '../search/activeModel.ts';
import type { NearDuplicates } from '../similar/nearDuplicates.ts';
import type { FolderChanges } from '../watch/folderWatcher.ts';
import { type ImportOptions, importParts, importSource, newImportReport } from './importer.ts';
import { groupReasons } from './reasons.ts';
import { newRescanReport, rescan } from './rescan.ts';

/** What importing needs of the open library. */
export interface ImportingHost {
  library: Library;
  jobs: Jobs;
  model: ActiveModel;
  nearDuplicates: NearDuplicates;
  /** Whether photos are looked at closer. */
  looksCloser(): boolean;
  /** The library has changed. */
  changed(): void;
  /** These photos got other bytes, or are gone. */
  replaced(photos: readonly number[]): void;
  /** An import has ended well. */
  imported(control: JobControl): void;
}

/** What an import was asked to do, as its job writes it down so that it can be started again. */
const taskSchema = z.union([
  z.object({ path: z.string(), source: importSourceSchema }),
  z.object({ rescan: z.literal(true) }),
  /** Folders in which something changed. */
  z.object({ changes: z.array(z.string()) }),
  z.object({ compare: z.literal(true) }),
  z.object({ closer: z.literal(true) }),
]);
type Task = z.infer<typeof taskSchema>;

export class Importing {
  readonly #host: ImportingHost;
  /** Whether a closer look is under way by itself, and whether the last one gave way to something else. */
  readonly #closerLook = { runs: false, gaveWay: false };

  constructor(host: ImportingHost) {
    this.#host = host;
  }

  /** Imports a folder, an export or a list of photos, and indexes what is new. Returns the job. */
  start(path: string, source: ImportSource = 'auto'): number {
    return this.#start({ path, source }, (control) => this.#source(path, control, source));
  }

  /** Starts again what the job of an import wrote down. Returns the new job. */
  resume(input: unknown): number {
    const task = taskSchema.parse(input);
    if ('path' in task) return this.start(task.path, task.source);
    if ('rescan' in task) return this.rescan();
    if ('compare' in task) return this.#compare();
    if ('closer' in task) return this.#startCloserLook();
    return this.#readChanges(new Map(task.changes.map((folder) => [folder, 'all'])));
  }

  #start(
    task: Task,
    work: (control: JobControl) => Promise<string>,
    manner: { unasked?: boolean; yields?: boolean } = {},
  ): number {
    return this.#host.jobs.start('import', task, work, manner);
  }

  /** Draws the sample album into a folder, then imports it. Returns the job. */
  startSampleAlbum(folder: string): number {
    return this.#host.jobs.start('sample', {}, async (control) => {
      const { photos } = await drawSampleAlbum(folder, {
        signal: control.signal,
        onProgress: (done, total) =>
          control.progress({ stage: 'Drawing the sample album', done, total, unit: 'pictures' }),
      });
      await this.#source(folder, control);
      return `${photos} pictures drawn and imported.`;
    });
  }

  /** Imports everything again, each folder, archive and list as it was imported before, and indexes what is new. Returns the job. */
  rescan(): number {
    const { library } = this.#host;
    return this.#start({ rescan: true }, async (control) => {
      if (library.imports.list().length === 0)
        throw new PhotolexError(
          'no-imports',
          'Nothing was imported into this library yet. Import a folder first.',
        );
      const report = newRescanReport(library, new Date().toISOString());
      return await this.#import(control, report, async (options) => {
        await rescan(library, options);
        await findLostThumbnails(library);
      });
    });
  }

  /** Imports what the watch saw change, by folder. Returns false while something else reads files. */
  startChanges(changes: ReadonlyMap<string, FolderChanges>): boolean {
    if (!this.#host.jobs.isFree('import')) return false;
    this.#readChanges(changes, { unasked: true });
    return true;
  }

  #readChanges(changes: ReadonlyMap<string, FolderChanges>, { unasked = false } = {}): number {
    const { library } = this.#host;
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
      return await this.#import(control, report, read, () => report.skipped.length > 0);
    };
    return this.#start({ changes: folders }, importChanges, { unasked });
  }

  #source(path: string, control: JobControl, source?: ImportSource): Promise<string> {
    const { library } = this.#host;
    const report = newImportReport(path, new Date().toISOString());
    return this.#import(control, report, async (options) => {
      await importSource(library, path, { ...options, ...(source ? { source } : {}) });
      await findLostThumbnails(library);
    });
  }

  /** Reads files with `read`, then looks at what it brought. Returns what happened in one line. */
  async #import(
    control: JobControl,
    report: ImportReport,
    read: (options: Omit<ImportOptions, 'source'>) => Promise<void>,
    keepsReport: () => boolean = () => true,
  ): Promise<string> {
    const { library, model, nearDuplicates, looksCloser, changed, replaced, imported } = this.#host;
    const { signal } = control;
    const started = performance.now();
    const unreadable: IndexProblem[] = [];
    const onProgress: JobControl['progress'] = (step) => {
      control.progress(step);
      changed();
    };
    try {
      await read({ signal, onProgress, onReplaced: replaced, report });
      const eyes = model.eyes();
      await eyes.vision.load(eyes.model);
      report.indexed = await indexPhotos(library, eyes.vision, {
        model: eyes.model,
        signal,
        onProgress,
        onProblem: (problem) => unreadable.push(problem),
      });
      // Another model may have been activated meanwhile.
      await model.place();
      if (looksCloser()) await this.#lookCloser({ signal, progress: onProgress });
      await groupPhotos(library);
    } finally {
      nearDuplicates.forget();
      // They came as they were found, by several that look side by side.
      unreadable.sort((one, other) => one.photo - other.photo);
      for (const { path, reason } of unreadable) report.skipped.push({ path, reason });
      report.seconds = (performance.now() - started) / 1000;
      if (keepsReport()) library.reports.add(groupReasons(report));
      await model.refresh();
    }
    imported(control);
    return summary(report);
  }

  /** Gives photos that were indexed before there were near-duplicates what they are found by. Returns the job, null if none waits. */
  comparePhotos(): number | null {
    return this.#host.library.photos.countLacking('hash') === 0 ? null : this.#compare();
  }

  #compare(): number {
    const { library, model, nearDuplicates } = this.#host;
    return this.#start({ compare: true }, async ({ signal, progress }) => {
      await fillLooks(library, model.eyes().vision, { signal, onProgress: progress });
      await groupPhotos(library);
      nearDuplicates.forget();
      await model.refresh();
      return 'All photos are compared.';
    });
  }

  /**
   * Looks closer at the photos that were not yet, if the user wants that; an import that runs does it at its end. It may take hours, so
   * it gives way to all else that reads files; see `goOn`.
   */
  lookCloser(): void {
    const { library, jobs, looksCloser } = this.#host;
    const isDone = library.photos.countLacking('closer') === 0;
    if (this.#closerLook.runs || !looksCloser() || isDone || !jobs.isFree('import')) return;
    this.#startCloserLook();
  }

  #startCloserLook(): number {
    const look = this.#closerLook;
    const work = async (control: JobControl): Promise<string> => {
      try {
        await this.#lookCloser(control);
        await this.#host.model.refresh();
        return 'All photos are looked at closer.';
      } catch (error) {
        look.gaveWay = error instanceof PhotolexError && error.code === 'gave-way';
        throw error;
      } finally {
        look.runs = false;
      }
    };
    const job = this.#start({ closer: true }, work, { unasked: true, yields: true });
    Object.assign(look, { runs: true, gaveWay: false });
    return job;
  }

  /** Goes on with a closer look that gave way, unless something still reads files. */
  goOn(): void {
    if (this.#closerLook.gaveWay) this.lookCloser();
  }

  async #lookCloser({ signal, progress }: Pick<JobControl, 'signal' | 'progress'>): Promise<void> {
    const { library, model } = this.#host;
    const eyes = model.eyes();
    try {
      await lookCloser(library, eyes.vision, { model: eyes.model, signal, onProgress: progress });
    } finally {
      // A model that was activated meanwhile has lost vectors to it.
      await model.place();
    }
  }

  /** Forgets the photos whose files are gone; returns how many. @throws {PhotolexError} `busy` while an import runs. */
  async forgetLost(): Promise<number> {
    const { library, jobs, model, nearDuplicates, changed, replaced } = this.#host;
    if (!jobs.isFree('import'))
      throw new PhotolexError(
        'busy',
        'An import is under way and may find them. Wait for it, then try again.',
      );
    const lost = library.presence.lost();
    await removePhotos(library, lost);
    replaced(lost.map(({ photo }) => photo));
    nearDuplicates.forget();
    await groupPhotos(library);
    await model.refresh();
    changed();
    return lost.length;
  }
}

/** What an import did, in one line. */
function summary(report: ImportReport): string {
  const sources = report.sources.map(({ title }) => title).filter((title) => title !== 'captions.tsv');
  const words = sources.length > 0 ? ` with words from ${[...new Set(sources)].join(', ')}` : '';
  const number = (value: number): string => value.toLocaleString('en');
  const parts = [
    `${counted(report.added, 'new photo')}${words}`,
    report.replaced > 0 ? `${number(report.replaced)} edited` : '',
    report.unchanged > 0 ? `${number(report.unchanged)} unchanged` : '',
    report.duplicates > 0 ? `${counted(report.duplicates, 'duplicate')}` : '',
    report.found > 0 ? `${number(report.found)} back` : '',
    report.missing > 0 ? `${counted(report.missing, 'file')} not there any more` : '',
    report.away.length > 0 ? `${counted(report.away.length, 'folder')} away` : '',
    report.skipped.length > 0 ? `${number(report.skipped.length)} skipped (see the report)` : '',
  ];
  return `${parts.filter(Boolean).join(', ')} in ${report.seconds.toFixed(1)} s.`;
}
