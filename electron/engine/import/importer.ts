/**
 * Brings a folder of photos, an export, or the photos that a list names, into a library: which bytes are which photo,
 * where they lie, and the words, dates and places that go with them. Files are only read. Nothing is decoded here;
 * that is the index's work, which finds the new photos by itself.
 *
 * An import never ends because of one file: what is skipped goes into the report with the reason. Everything is
 * committed in batches and nothing depends on the order, so an import that was cut off is simply started again.
 */
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { METADATA_SOURCES } from '../../../native/metadata.ts';
import { type ImportReport, type ImportSource, PhotolexError } from '../contract.ts';
import type { Library } from '../library/library.ts';
import type { StoredFile } from '../library/photos.ts';
import { EMPTY_IS_AWAY } from '../library/presence.ts';
import type { FolderContents, FoundPhoto } from './folder.ts';
import type { FolderPart } from './folderParts.ts';
import { type Given, isInScope, openGiven } from './given.ts';
import { GivenFiles } from './givenFiles.ts';
import { PhotoReader, type ReadFile } from './photoReader.ts';
import { notePresence } from './presence.ts';
import type { Progress } from './progress.ts';
import type { Skip } from './reasons.ts';
import { settleReplaced } from './replacement.ts';
import { findRoot, type Root } from './root.ts';
import { comparablePath, FileTree, SourceWords } from './source.ts';
import { captions } from './sources/captions.ts';
import { sourcesOf } from './sources.ts';
import { storeWords } from './words.ts';

export interface ImportOptions {
  /** Where the words come from; by default whatever is recognised. */
  source?: ImportSource;
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Filled in as the import goes, so that it also tells what a cancelled one did. */
  report: ImportReport;
  /** Told of photos whose bytes are other ones now, before anything new is known of them. */
  onReplaced?: (photos: readonly number[]) => void;
}

/** Files committed in one transaction: large enough to be quick, small enough not to hold up a search. */
const BATCH = 100;
/** Files read side by side. */
const READERS = 8;

/** An empty report for `importSource`. */
export function newImportReport(path: string, startedAt: string): ImportReport {
  return {
    folder: resolve(path),
    sources: [],
    startedAt,
    seconds: 0,
    added: 0,
    unchanged: 0,
    duplicates: 0,
    replaced: 0,
    missing: 0,
    found: 0,
    away: [],
    captioned: 0,
    indexed: 0,
    videos: 0,
    livePhotos: 0,
    skipped: [],
    reasons: [],
  };
}

/**
 * Imports a folder with all that is in it; zip archives of one export; or the photos that a captions file or a list in JSON names.
 * @throws {PhotolexError} `no-folder` if there is no such folder or file, `not-importable` if it is something else.
 * @throws the signal's reason if it is aborted; what was committed stays.
 */
export async function importSource(library: Library, path: string, options: ImportOptions): Promise<void> {
  const run = new ImportRun(library, await openGiven(path), options);
  try {
    await run.execute();
  } finally {
    await run.close();
  }
}

/**
 * Imports again only parts of a folder that was imported before: photos and their sidecars, as they came, changed or went.
 * `folder` must be one of the library's roots.
 * @throws as `importSource`.
 */
export async function importParts(
  library: Library,
  folder: string,
  parts: readonly FolderPart[],
  options: Omit<ImportOptions, 'source'>,
): Promise<void> {
  const given = { path: folder, folder, archives: null, list: null, parts };
  const run = new ImportRun(library, given, { ...options, source: 'folder' });
  try {
    await run.execute();
  } finally {
    await run.close();
  }
}

/** One import, from what was named to the words of its photos. */
class ImportRun {
  readonly #library: Library;
  readonly #given: Given;
  readonly #source: ImportSource;
  readonly #root: Root;
  readonly #signal: AbortSignal | undefined;
  readonly #report: ImportReport;
  readonly #onProgress: (progress: Progress) => void;
  readonly #files: GivenFiles;
  readonly #reader: PhotoReader;
  /** Files below the imported folder that the library knows, by path. */
  readonly #known = new Map<string, StoredFile>();
  /** Paths that the walk found, so that a known file that vanished can be told from one that is still there. */
  readonly #found = new Set<string>();
  /** Every imported file: its path, comparable, and its photo. */
  readonly #photos = new Map<string, number>();
  readonly #onReplaced: (photos: readonly number[]) => void;
  /** Photos that this import brought in. */
  readonly #added = new Set<number>();
  /** Photos whose file holds other bytes than before. */
  readonly #replaced = new Set<number>();

  constructor(
    library: Library,
    given: Given,
    { source, signal, onProgress, onReplaced, report }: ImportOptions,
  ) {
    this.#library = library;
    this.#given = given;
    this.#source = source ?? 'auto';
    this.#signal = signal;
    this.#report = report;
    this.#onProgress = onProgress ?? (() => {});
    this.#onReplaced = onReplaced ?? (() => {});
    this.#root = findRoot(library, given.folder);
    const skip: Skip = (path, reason) => this.#skip(path, reason);
    const { prefix } = this.#root;
    this.#files = new GivenFiles(given, { prefix, signal, onProgress: this.#onProgress, skip });
    this.#reader = new PhotoReader((reason) => this.#skip(given.folder, reason));
  }

  async execute(): Promise<void> {
    // Of an import that was cut off.
    await this.#settleReplaced((photo) => this.#library.photos.isUnindexed(photo));
    for (const page of this.#library.photos.filePages(this.#root.id)) {
      for (const file of page) if (this.#isInScope(file.path)) this.#known.set(file.path, file);
      await this.#pause();
    }
    const contents = await this.#files.find();
    if (this.#isAway(contents)) return;
    this.#report.videos += contents.videos;
    this.#report.livePhotos += contents.livePhotos;
    const words = await this.#readSources(contents);
    if (this.#given.parts === null)
      this.#library.imports.add({ path: this.#given.path, source: this.#source });
    for (const { path, reason } of contents.skipped) this.#skip(path, reason);
    const unwanted = new Map(words.flatMap(({ unwanted }) => [...unwanted]));
    const photos = contents.photos.filter(({ path }) => {
      const reason = unwanted.get(comparablePath(path));
      if (reason !== undefined) this.#skip(path, reason);
      return reason === undefined && this.#isWanted(path, words);
    });
    await this.#readPhotos(photos);
    const replaced = await this.#settleReplaced((photo) => this.#added.has(photo));
    const isReplaced = ({ path }: FoundPhoto) => replaced.has(this.#photos.get(comparablePath(path)) ?? 0);
    if (replaced.size > 0) await this.#readPhotos(photos.filter(isReplaced));
    const { found, missing } = await notePresence(this.#library, {
      known: this.#known,
      photos,
      complete: this.#given.list === null && contents.complete,
      pause: () => this.#pause(),
    });
    this.#report.found += found;
    this.#report.missing = missing;
    for (const one of words) {
      one.incomplete ||= !contents.complete;
      await storeWords(this.#library, one, {
        root: this.#root.id,
        photos: this.#photos,
        report: this.#report,
        onProgress: this.#onProgress,
        ...(this.#signal ? { signal: this.#signal } : {}),
      });
    }
    this.#report.captioned += this.#library.photos.captionedAmong(new Set(this.#photos.values()));
  }

  /** Whether a path below the root belongs to what was named. */
  #isInScope(path: string): boolean {
    return isInScope(path, this.#given, this.#root.prefix);
  }

  /** Of a list of photos only those that it names are imported; the others stay as they are. */
  #isWanted(path: string, words: readonly SourceWords[]): boolean {
    return this.#given.list === null || words.some(({ photos }) => photos.has(comparablePath(path)));
  }

  /** What the exports and lists among the files say about photos. */
  async #readSources(contents: FolderContents): Promise<SourceWords[]> {
    const tree = new FileTree(contents);
    const found = await sourcesOf(tree, this.#source);
    const all: SourceWords[] = [];
    for (const { source, because } of found) {
      this.#onProgress({ stage: `Reading ${source.title}`, done: 0, total: null, unit: 'files' });
      const words = new SourceWords(source.title);
      await source.read(tree, words, this.#signal);
      this.#report.sources.push({ name: source.name, title: source.title, because, photos: 0 });
      all.push(words);
      await this.#pause();
    }
    const isEmpty = all.every(
      ({ photos, skipped, missing }) => photos.size + skipped.length + missing.length === 0,
    );
    if (isEmpty && (this.#given.list !== null || !['auto', 'folder'].includes(this.#source)))
      throw new PhotolexError(
        'not-importable',
        `${this.#given.list ?? this.#given.folder} has no words about photos in the form of ${found[0]?.source.title ?? 'any list that Photolex knows'}. Name no source to have it recognised.`,
      );
    // A captions file that is gone took its captions along.
    const reads = this.#source === 'auto' || this.#source === 'captions';
    if (reads && this.#given.list === null && !found.some(({ source }) => source === captions))
      all.push(new SourceWords(captions.title));
    return all;
  }

  async close(): Promise<void> {
    this.#files.close();
    await this.#reader.close();
  }

  /** Lets other work of this process have its turn; a cancelled import ends here. */
  async #pause(): Promise<void> {
    await setImmediate();
    this.#signal?.throwIfAborted();
  }

  #skip(path: string, reason: string): void {
    this.#report.skipped.push({ path, reason });
  }

  /** Reads new and changed files and commits them, batch by batch, in the order in which they were found. */
  async #readPhotos(photos: readonly FoundPhoto[]): Promise<void> {
    for (const { path } of photos) this.#found.add(path);
    const problems = this.#library.photos.problems();
    for (let start = 0; start < photos.length; start += BATCH) {
      const batch = photos.slice(start, start + BATCH);
      const read = await mapAtOnce(batch, READERS, (found) => this.#readPhoto(found, problems));
      for (const { skipped } of read) this.#report.skipped.push(...skipped);
      this.#commit(read.flatMap(({ file }) => file ?? []));
      const done = start + batch.length;
      this.#onProgress({ stage: 'Reading files', done, total: photos.length, unit: 'files' });
      await this.#pause();
    }
  }

  /**
   * Reads a file unless it is known and unchanged, or cannot be read: then there is nothing to commit. What is wrong
   * with it is returned, not reported: files are read side by side, and the report names them in the order of the folder.
   */
  async #readPhoto(
    found: FoundPhoto,
    problems: ReadonlyMap<number, string>,
  ): Promise<{ file: ReadFile | null; skipped: ImportReport['skipped'] }> {
    const skipped: ImportReport['skipped'] = [];
    const known = this.#known.get(found.path);
    const file = await this.#reader.read(found, known, (path, reason) => skipped.push({ path, reason }));
    if (file !== 'unchanged') return { file, skipped };
    const { photo } = known!;
    this.#report.unchanged += 1;
    this.#photos.set(comparablePath(found.path), photo);
    const problem = problems.get(photo);
    if (problem !== undefined) skipped.push({ path: found.path, reason: problem });
    return { file: null, skipped };
  }

  #commit(files: readonly ReadFile[]): void {
    if (files.length === 0) return;
    const { photos } = this.#library;
    this.#library.transaction(() => {
      for (const { found, stamp, picture, metadata } of files) {
        const { id, isNew } = photos.add(picture.hash, picture.bytes);
        const others = isNew ? [] : photos.filesOf(id).filter((file) => this.#isOtherFile(file, found.path));
        const hasOtherFiles = others.length > 0;
        if (isNew) {
          this.#report.added += 1;
          this.#added.add(id);
        } else if (!this.#replaced.has(id))
          this.#report[others.some(({ offline }) => !offline) ? 'duplicates' : 'unchanged'] += 1;
        photos.setFile({
          root: this.#root.id,
          path: found.path,
          photo: id,
          video: found.video ?? null,
          ...stamp,
        });
        this.#photos.set(comparablePath(found.path), id);
        this.#storeMetadata({ photo: id, path: found.path }, metadata, hasOtherFiles);
      }
    });
  }

  /**
   * Keeps what metadata says. Of a photo in several files, words are only added: another file, with a sidecar of
   * its own, may be where the rest of its words come from.
   */
  #storeMetadata(
    { photo, path }: { photo: number; path: string },
    metadata: ReadFile['metadata'],
    hasOtherFiles: boolean,
  ): void {
    if (metadata === 'unread') return;
    const { texts, hierarchies, facts } = this.#library;
    if (hasOtherFiles) {
      texts.add(photo, metadata?.texts ?? []);
      hierarchies.add(photo, metadata?.hierarchies ?? []);
    } else {
      texts.replace(photo, METADATA_SOURCES, metadata?.texts ?? []);
      hierarchies.replace(photo, METADATA_SOURCES, metadata?.hierarchies ?? []);
    }
    facts.setOfFile(this.#root.id, path, metadata?.facts ?? null);
    facts.resolve(photo);
  }

  /** Whether a known file of a photo is another one than `path` and, as far as this import knows, still there. */
  #isOtherFile(file: { folder: string; path: string }, path: string): boolean {
    if (file.folder !== this.#root.path) return true;
    return !this.#isInScope(file.path) || (file.path !== path && this.#found.has(file.path));
  }

  /** Settles what became of replaced photos; returns those that go on with new bytes. See [Note: replaced files]. */
  async #settleReplaced(isNew: (photo: number) => boolean): Promise<ReadonlySet<number>> {
    const adopted = await settleReplaced(this.#library, {
      isNew,
      isKnown: (photo, { folder, path }) =>
        folder !== this.#root.path || !this.#isInScope(path) || this.#known.get(path)?.photo === photo,
      pause: () => this.#pause(),
    });
    if (adopted.size === 0) return new Set();
    const photoNow = new Map([...adopted].map(([photo, gone]) => [gone, photo]));
    for (const [path, photo] of this.#photos) this.#photos.set(path, photoNow.get(photo) ?? photo);
    for (const photo of adopted.keys()) this.#replaced.add(photo);
    this.#report.replaced += adopted.size;
    this.#report.added -= Math.min(adopted.size, this.#report.added);
    this.#onReplaced([...adopted.keys()]);
    return new Set(adopted.keys());
  }

  /** Whether the root's drive seems to be away. See [Note: away and missing]. */
  #isAway({ photos, others, captions, archives, videos, skipped }: FolderContents): boolean {
    const { presence } = this.#library;
    const { archives: zips, list, parts } = this.#given;
    const isRoot = zips === null && list === null && parts === null && this.#root.prefix === '';
    const nothing =
      photos.length + others.length + captions.length + archives.length + videos + skipped.length === 0;
    const isAway = isRoot && nothing && this.#known.size >= EMPTY_IS_AWAY;
    presence.setAway(this.#root.id, isAway ? new Date().toISOString() : null);
    if (isAway) this.#report.away.push(this.#root.path);
    return isAway;
  }
}

/** Maps in order with at most `limit` calls under way. The first rejection rejects all. */
async function mapAtOnce<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index]!);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
}
