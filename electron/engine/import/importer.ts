/**
 * Brings a folder of photos, or the photos that a captions file names, into a library: which bytes are which photo,
 * where they lie, and the words, dates and places that go with them. Files are only read. Nothing is decoded here;
 * that is the index's work, which finds the new photos by itself.
 *
 * An import never ends because of one file: what is skipped goes into the report with the reason. Everything is
 * committed in batches and nothing depends on the order, so an import that was cut off is simply started again.
 */
import { type Stats, statSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { dirname, extname, relative, resolve, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  ExiftoolUnavailable,
  METADATA_SOURCES,
  type Metadata,
  MetadataReader,
} from '../../../native/metadata.ts';
import { inspectPicture, type PictureFile } from '../../../native/pictureFile.ts';
import { FileProblem, systemReason } from '../../../native/problem.ts';
import { type ImportReport, PhotolexError } from '../contract.ts';
import type { Library } from '../library/library.ts';
import type { StoredFile } from '../library/photos.ts';
import { CaptionImport } from './captionImport.ts';
import { comparablePath } from './captions.ts';
import { type FolderContents, type FoundPhoto, walkFolder } from './folder.ts';
import type { Progress } from './progress.ts';

export interface ImportOptions {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Filled in as the import goes, so that it also tells what a cancelled one did. */
  report: ImportReport;
}

/** Files committed in one transaction: large enough to be quick, small enough not to hold up a search. */
const BATCH = 100;
/** Files read side by side. */
const READERS = 8;

/** An empty report for `importSource`. */
export function newImportReport(path: string, startedAt: string): ImportReport {
  return {
    folder: resolve(path),
    startedAt,
    seconds: 0,
    added: 0,
    unchanged: 0,
    duplicates: 0,
    captioned: 0,
    indexed: 0,
    skipped: [],
  };
}

/**
 * Imports a folder with all that is in it, or a captions file with the photos that it names.
 * @throws {PhotolexError} `no-folder` if there is no such folder or file, `not-importable` if it is something else.
 * @throws the signal's reason if it is aborted; what was committed stays.
 */
export async function importSource(library: Library, path: string, options: ImportOptions): Promise<void> {
  const source = openSource(path);
  const run = new ImportRun(library, source.folder, options);
  try {
    await run.execute(source.captionsFile);
  } finally {
    await run.close();
  }
}

function openSource(path: string): { folder: string; captionsFile: string | null } {
  const absolute = resolve(path);
  let found: Stats;
  try {
    found = statSync(absolute);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new PhotolexError(
      'no-folder',
      missing
        ? `There is no folder or file ${absolute}. Check the path.`
        : `${absolute} cannot be read: ${systemReason(error)}.`,
      { cause: error },
    );
  }
  if (found.isDirectory()) return { folder: absolute, captionsFile: null };
  if (extname(absolute).toLowerCase() === '.tsv')
    return { folder: dirname(absolute), captionsFile: absolute };
  throw new PhotolexError(
    'not-importable',
    `${absolute} cannot be imported. Choose a folder of photos, or a captions file whose name ends with .tsv.`,
  );
}

/** The root that an imported folder belongs to, and where in it the folder lies. */
interface Root {
  id: number;
  path: string;
  /** Empty or ending with a slash. */
  prefix: string;
}

/**
 * The root of a folder: a folder inside one that was imported before belongs to that one, and roots inside a folder
 * that is imported now become part of it. So every file has one path in the library, whichever folder was named.
 */
function findRoot(library: Library, folder: string): Root {
  const { photos } = library;
  const roots = photos.roots();
  const outer = roots.find((root) => root.path === folder || isInside(folder, root.path));
  if (outer) return { ...outer, prefix: prefixOf(folder, outer.path) };
  return library.transaction(() => {
    const id = photos.root(folder);
    for (const root of roots)
      if (isInside(root.path, folder)) photos.moveRoot(root.id, id, prefixOf(root.path, folder));
    return { id, path: folder, prefix: '' };
  });
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function prefixOf(path: string, folder: string): string {
  const inner = relative(folder, path).replaceAll(sep, '/');
  return inner === '' ? '' : `${inner}/`;
}

/** A file that is new or has changed, as it was read. */
interface ReadFile {
  found: FoundPhoto;
  stamp: Stamp;
  picture: PictureFile;
  /** Null if there is none, `unread` if there may be some that could not be read. */
  metadata: Metadata | null | 'unread';
}

/** The `sidecarModified` of a file whose metadata could not be read, so that the next import tries again. */
const UNREAD = -1;

/** What tells an unchanged file without reading it. */
type Stamp = Pick<StoredFile, 'size' | 'modified' | 'sidecarModified'>;

class ImportRun {
  readonly #library: Library;
  readonly #folder: string;
  readonly #root: Root;
  readonly #signal: AbortSignal | undefined;
  readonly #report: ImportReport;
  readonly #onProgress: (progress: Progress) => void;
  readonly #metadata = new MetadataReader();
  /** Files below the imported folder that the library knows, by path. */
  readonly #known = new Map<string, StoredFile>();
  /** Paths that the walk found, so that a known file that vanished can be told from one that is still there. */
  readonly #found = new Set<string>();
  /** Every imported file: its path, comparable, and its photo. */
  readonly #photos = new Map<string, number>();
  #metadataUnavailable = false;

  constructor(library: Library, folder: string, { signal, onProgress, report }: ImportOptions) {
    this.#library = library;
    this.#folder = folder;
    this.#signal = signal;
    this.#report = report;
    this.#onProgress = onProgress ?? (() => {});
    this.#root = findRoot(library, folder);
  }

  async execute(captionsFile: string | null): Promise<void> {
    for (const page of this.#library.photos.filePages(this.#root.id)) {
      for (const file of page) if (file.path.startsWith(this.#root.prefix)) this.#known.set(file.path, file);
      await this.#pause();
    }
    const captions = new CaptionImport(this.#library, this.#root.id, this.#report, this.#signal);
    if (captionsFile === null) await this.#importFolder(captions);
    else await this.#importCaptionsFile(captions, captionsFile);
    await captions.store(this.#photos, this.#onProgress);
    await this.#removeReplaced();
    this.#report.captioned = this.#library.photos.captionedAmong(new Set(this.#photos.values()));
  }

  async #importFolder(captions: CaptionImport): Promise<void> {
    const contents = await this.#walk();
    this.#report.skipped.push(...contents.skipped);
    await this.#readPhotos(contents.photos);
    if (contents.complete) await this.#forgetVanished();
    else captions.keepAbsent();
    for (const file of contents.captions) await captions.read(file);
  }

  /** Of the captions file's folder only the photos that it names are imported; the others stay as they are. */
  async #importCaptionsFile(captions: CaptionImport, absolute: string): Promise<void> {
    await captions.read({ path: this.#root.prefix + relative(this.#folder, absolute), absolute });
    const named = captions.paths();
    const { photos } = await this.#walk();
    await this.#readPhotos(photos.filter(({ path }) => named.has(comparablePath(path))));
  }

  close(): Promise<void> {
    return this.#metadata.close();
  }

  /** Lets other work of this process have its turn; a cancelled import ends here. */
  async #pause(): Promise<void> {
    await setImmediate();
    this.#signal?.throwIfAborted();
  }

  #skip(path: string, reason: string): void {
    this.#report.skipped.push({ path, reason });
  }

  async #walk(): Promise<FolderContents> {
    const stage = 'Looking for photos';
    return await walkFolder(this.#folder, {
      prefix: this.#root.prefix,
      ...(this.#signal ? { signal: this.#signal } : {}),
      onFound: (done) => this.#onProgress({ stage, done, total: null, unit: 'files' }),
    }).catch((error: unknown) => {
      this.#signal?.throwIfAborted();
      throw new PhotolexError('no-folder', `${this.#folder} cannot be read: ${systemReason(error)}.`, {
        cause: error,
      });
    });
  }

  /** Reads new and changed files and commits them, batch by batch, in the order in which they were found. */
  async #readPhotos(photos: readonly FoundPhoto[]): Promise<void> {
    for (const { path } of photos) this.#found.add(path);
    const problems = this.#library.photos.problems();
    for (let start = 0; start < photos.length; start += BATCH) {
      const batch = photos.slice(start, start + BATCH);
      const read = await mapAtOnce(batch, READERS, (found) => this.#readPhoto(found, problems));
      this.#commit(read.filter((file) => file !== null));
      const done = start + batch.length;
      this.#onProgress({ stage: 'Reading files', done, total: photos.length, unit: 'files' });
      await this.#pause();
    }
  }

  /** Reads a file unless it is known and unchanged, or cannot be read: then there is nothing to commit. */
  async #readPhoto(found: FoundPhoto, problems: ReadonlyMap<number, string>): Promise<ReadFile | null> {
    try {
      const stamp = await readStamp(found);
      const known = this.#known.get(found.path);
      if (known && isSameStamp(known, stamp)) {
        this.#report.unchanged += 1;
        this.#photos.set(comparablePath(found.path), known.photo);
        const problem = problems.get(known.photo);
        if (problem !== undefined) this.#skip(found.path, problem);
        return null;
      }
      const picture = await inspectPicture(found.absolute);
      const metadata = await this.#readMetadata(found, picture);
      if (metadata === 'unread') stamp.sidecarModified = UNREAD;
      return { found, stamp, picture, metadata };
    } catch (error) {
      if (!(error instanceof FileProblem)) throw error;
      this.#skip(found.path, error.message);
      return null;
    }
  }

  /** The metadata of a photo, which is imported whether it can be read or not. */
  async #readMetadata(
    { path, absolute, sidecars }: FoundPhoto,
    picture: PictureFile,
  ): Promise<ReadFile['metadata']> {
    if (!picture.mayHoldMetadata && sidecars.length === 0) return null;
    if (this.#metadataUnavailable) return 'unread';
    try {
      return await this.#metadata.read(picture.mayHoldMetadata ? absolute : null, sidecars);
    } catch (error) {
      const { message } = error as Error;
      if (!(error instanceof ExiftoolUnavailable)) {
        this.#skip(path, `its captions and keywords cannot be read (${message}); the photo is imported`);
      } else if (!this.#metadataUnavailable) {
        this.#metadataUnavailable = true;
        const reason = `captions, keywords and dates inside photos were not read, because exiftool does not start (${message})`;
        this.#skip(this.#folder, reason);
      }
      return 'unread';
    }
  }

  #commit(files: readonly ReadFile[]): void {
    if (files.length === 0) return;
    const { photos } = this.#library;
    this.#library.transaction(() => {
      for (const { found, stamp, picture, metadata } of files) {
        const { id, isNew } = photos.add(picture.hash, picture.bytes);
        const hasOtherFiles =
          !isNew && photos.filesOf(id).some((file) => this.#isOtherFile(file, found.path));
        if (isNew) this.#report.added += 1;
        else if (hasOtherFiles) this.#report.duplicates += 1;
        else this.#report.unchanged += 1;
        photos.setFile({ root: this.#root.id, path: found.path, photo: id, ...stamp });
        this.#photos.set(comparablePath(found.path), id);
        this.#storeMetadata(id, metadata, hasOtherFiles);
      }
    });
  }

  /**
   * Keeps what metadata says. Of a photo in several files, words are only added: another file, with a sidecar of
   * its own, may be where the rest of its words come from.
   */
  #storeMetadata(photo: number, metadata: ReadFile['metadata'], hasOtherFiles: boolean): void {
    if (metadata === 'unread') return;
    const { photos, texts } = this.#library;
    if (hasOtherFiles) texts.add(photo, metadata?.texts ?? []);
    else texts.replace(photo, METADATA_SOURCES, metadata?.texts ?? []);
    if (metadata) {
      const { takenAt, latitude, longitude, camera } = metadata;
      photos.setFacts(photo, { takenAt, latitude, longitude, camera });
    }
  }

  /** Whether a known file of a photo is another one than `path` and, as far as this import knows, still there. */
  #isOtherFile(file: { folder: string; path: string }, path: string): boolean {
    if (file.folder !== this.#root.path || !file.path.startsWith(this.#root.prefix)) return true;
    return file.path !== path && this.#found.has(file.path);
  }

  /**
   * A photo that was moved or renamed now has a new path, and its old one is forgotten. The path of a photo that
   * is nowhere any more stays: its drive may be away, and its words and vectors would be lost.
   */
  async #forgetVanished(): Promise<void> {
    const { photos } = this.#library;
    const stillThere = new Set(this.#photos.values());
    const vanished = [...this.#known.values()].filter(
      (file) => !this.#found.has(file.path) && stillThere.has(file.photo),
    );
    for (let start = 0; start < vanished.length; start += BATCH) {
      this.#library.transaction(() => {
        for (const file of vanished.slice(start, start + BATCH)) photos.removeFile(file.id);
      });
      await this.#pause();
    }
  }

  /** Photos whose only file now holds other bytes are gone for good, with everything that was derived from them. */
  async #removeReplaced(): Promise<void> {
    const { photos, models, vectors } = this.#library;
    const replaced = photos.withoutFiles();
    if (replaced.length === 0) return;
    const spaces = models.list();
    for (let start = 0; start < replaced.length; start += BATCH) {
      const batch = replaced.slice(start, start + BATCH);
      this.#library.transaction(() => {
        for (const { id } of batch) {
          for (const model of spaces) vectors.remove(model, id);
          photos.remove(id);
        }
      });
      for (const { hash } of batch) await rm(this.#library.thumbnailPath(hash), { force: true });
      await this.#pause();
    }
  }
}

async function readStamp({ absolute, sidecars }: FoundPhoto): Promise<Stamp> {
  try {
    const { size, mtimeMs } = await stat(absolute);
    // A sidecar that cannot be read is exiftool's to complain about; it must not cost the photo.
    const sidecarTimes = sidecars.map((sidecar) =>
      stat(sidecar).then(
        (found) => found.mtimeMs,
        () => 0,
      ),
    );
    return { size, modified: mtimeMs, sidecarModified: Math.max(0, ...(await Promise.all(sidecarTimes))) };
  } catch (error) {
    throw new FileProblem(systemReason(error), false, { cause: error });
  }
}

function isSameStamp(one: Stamp, other: Stamp): boolean {
  return (
    one.size === other.size &&
    one.modified === other.modified &&
    one.sidecarModified === other.sidecarModified
  );
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
