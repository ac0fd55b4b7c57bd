/**
 * Brings a folder of photos, an export, or the photos that a list names, into a library: which bytes are which photo,
 * where they lie, and the words, dates and places that go with them. Files are only read. Nothing is decoded here;
 * that is the index's work, which finds the new photos by itself.
 *
 * An import never ends because of one file: what is skipped goes into the report with the reason. Everything is
 * committed in batches and nothing depends on the order, so an import that was cut off is simply started again.
 */
import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, relative, resolve, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  ExiftoolUnavailable,
  METADATA_SOURCES,
  METADATA_VERSION,
  type Metadata,
  MetadataReader,
} from '../../../native/metadata.ts';
import { inspectPicture, type PictureFile } from '../../../native/pictureFile.ts';
import { FileProblem, systemReason } from '../../../native/problem.ts';
import { ZipArchive } from '../../../native/zip.ts';
import { type ImportReport, type ImportSource, PhotolexError } from '../contract.ts';
import type { Library } from '../library/library.ts';
import type { StoredFile } from '../library/photos.ts';
import { EMPTY_IS_AWAY } from '../library/presence.ts';
import { type FoundFile, fileStamp, withLocalFiles } from './files.ts';
import { addContents, type FolderContents, type FoundPhoto, listArchive, walkFolder } from './folder.ts';
import { type FolderPart, isInPart, walkParts } from './folderParts.ts';
import type { Progress } from './progress.ts';
import { settleReplaced } from './replacement.ts';
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
/** Bytes that a sidecar may have; those with the history of every edit have one or two million. */
const LARGEST_SIDECAR = 16 * 2 ** 20;
/** Files marked as missing or found in one transaction. */
const PRESENCE_BATCH = 2000;
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

/** What the user named: a folder, or files in it. */
interface Given {
  /** As it was named, absolute. */
  path: string;
  folder: string;
  /** Names in the folder of the archives to read; null if the folder itself was named. */
  archives: string[] | null;
  /** A list of photos: only the photos that it names are imported. */
  list: string | null;
  /** Parts of the folder that shall be read; null for all of it. */
  parts: readonly FolderPart[] | null;
}

async function openGiven(path: string): Promise<Given> {
  const absolute = resolve(path);
  let found: Stats;
  try {
    found = await stat(absolute);
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
  const whole = { path: absolute, archives: null, list: null, parts: null };
  if (found.isDirectory()) return { ...whole, folder: absolute };
  const folder = dirname(absolute);
  switch (extname(absolute).toLowerCase()) {
    case '.tsv':
      return { ...whole, folder, list: absolute };
    case '.json':
      // A data set keeps its lists in a folder beside those of its images.
      return {
        ...whole,
        folder: basename(folder).toLowerCase() === 'annotations' ? dirname(folder) : folder,
        list: absolute,
      };
    case '.zip':
      return { ...whole, folder, archives: partsOf(basename(absolute), await readdir(folder)) };
    default:
      throw new PhotolexError(
        'not-importable',
        `${absolute} cannot be imported. Choose a folder of photos, a zip archive, a captions file (.tsv) or a list of images in JSON.`,
      );
  }
}

/** The archives of an export that was split: `takeout-…-001.zip` and its siblings with other numbers. */
function partsOf(name: string, names: readonly string[]): string[] {
  return names.filter((other) => isPartOf(other, name)).sort();
}

/** Whether an archive and `name` are parts of one export. */
function isPartOf(archive: string, name: string): boolean {
  const numbered = /^(.*[-_ ](?:part)?)(\d{1,3})\.zip$/i;
  const stem = numbered.exec(name)?.[1];
  return archive === name || (stem !== undefined && numbered.exec(archive)?.[1] === stem);
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

/** The `sidecarModified` of a file whose metadata could not be read, or not all, so that the next import tries again. */
const UNREAD = -1;

/** What tells an unchanged file without reading it. */
type Stamp = Pick<StoredFile, 'size' | 'modified' | 'sidecarModified'>;

class ImportRun {
  readonly #library: Library;
  readonly #given: Given;
  readonly #source: ImportSource;
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
  readonly #archives: ZipArchive[] = [];
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
  }

  async execute(): Promise<void> {
    // Of an import that was cut off.
    await this.#settleReplaced((photo) => this.#library.photos.isUnindexed(photo));
    for (const page of this.#library.photos.filePages(this.#root.id)) {
      for (const file of page) if (this.#isInScope(file.path)) this.#known.set(file.path, file);
      await this.#pause();
    }
    const contents = await this.#find();
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
    await this.#notePresence(photos, this.#given.list === null && contents.complete);
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
    const { prefix } = this.#root;
    const { archives, parts } = this.#given;
    if (!path.startsWith(prefix)) return false;
    if (archives !== null) {
      const [archive, ...inside] = path.slice(prefix.length).split('/');
      return inside.length > 0 && isPartOf(archive!, basename(this.#given.path));
    }
    return parts === null || parts.some((part) => isInPart(path, part));
  }

  /** Of a list of photos only those that it names are imported; the others stay as they are. */
  #isWanted(path: string, words: readonly SourceWords[]): boolean {
    return this.#given.list === null || words.some(({ photos }) => photos.has(comparablePath(path)));
  }

  /** Everything that lies in the folder or the archives that were named. */
  async #find(): Promise<FolderContents> {
    const { archives, list, parts } = this.#given;
    if (parts !== null) return await walkParts(this.#given.folder, parts, this.#signal);
    const contents = await this.#walk(archives !== null);
    for (const zip of contents.archives) {
      if (archives !== null && !archives.includes(basename(zip.path))) continue;
      try {
        const archive = await ZipArchive.open(zip.absolute);
        this.#archives.push(archive);
        const inside = listArchive(archive, zip);
        // In a folder of photos lie archives of anything: only exports are read without being named.
        if (
          archives !== null ||
          (await sourcesOf(new FileTree(inside), 'auto')).length > 0 ||
          inside.photos.length > 0
        )
          addContents(contents, inside);
      } catch (error) {
        if (!(error instanceof FileProblem)) throw error;
        this.#skip(zip.path, error.message);
        contents.complete = false;
      }
    }
    if (list === null) return contents;
    const named = [...contents.captions, ...contents.others].filter(({ absolute }) => absolute === list);
    const isCaptions = extname(list).toLowerCase() === '.tsv';
    return {
      ...contents,
      captions: isCaptions ? named : [],
      others: isCaptions ? [] : named,
      videos: 0,
      livePhotos: 0,
      skipped: [],
    };
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
        `${this.#given.list ?? this.#given.folder} has no words about photos in the form of ${found[0]?.source.title ?? 'any list that Photolex knows'}. Leave --source out to have it recognised.`,
      );
    // A captions file that is gone took its captions along.
    const reads = this.#source === 'auto' || this.#source === 'captions';
    if (reads && this.#given.list === null && !found.some(({ source }) => source === captions))
      all.push(new SourceWords(captions.title));
    return all;
  }

  async close(): Promise<void> {
    for (const archive of this.#archives) archive.close();
    await this.#metadata.close();
  }

  /** Lets other work of this process have its turn; a cancelled import ends here. */
  async #pause(): Promise<void> {
    await setImmediate();
    this.#signal?.throwIfAborted();
  }

  #skip(path: string, reason: string): void {
    this.#report.skipped.push({ path, reason });
  }

  /** The folder's contents; `archivesOnly` leaves out all but the archives directly in it. */
  async #walk(archivesOnly: boolean): Promise<FolderContents> {
    const stage = 'Looking for photos';
    return await walkFolder(this.#given.folder, {
      archivesOnly,
      prefix: this.#root.prefix,
      ...(this.#signal ? { signal: this.#signal } : {}),
      onFound: (done) => this.#onProgress({ stage, done, total: null, unit: 'files' }),
    }).catch((error: unknown) => {
      this.#signal?.throwIfAborted();
      throw new PhotolexError('no-folder', `${this.#given.folder} cannot be read: ${systemReason(error)}.`, {
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
      if (known && isSameStamp(known, stamp) && known.metadataVersion === METADATA_VERSION) {
        this.#report.unchanged += 1;
        this.#photos.set(comparablePath(found.path), known.photo);
        const problem = problems.get(known.photo);
        if (problem !== undefined) this.#skip(found.path, problem);
        return null;
      }
      return await withLocalFiles(
        [found, ...(await this.#readableSidecars(found))],
        async ([path, ...sidecars]) => {
          const picture = await inspectPicture(path!);
          const metadata = await this.#readMetadata(found.path, { path: path!, sidecars }, picture);
          const isWhole = metadata !== 'unread' && sidecars.length === found.sidecars.length;
          if (!isWhole) stamp.sidecarModified = UNREAD;
          return { found, stamp, picture, metadata };
        },
      );
    } catch (error) {
      if (!(error instanceof FileProblem)) throw error;
      this.#skip(found.path, error.message);
      return null;
    }
  }

  /** The sidecars of a photo that are as small as words are: exiftool takes them into memory whole. */
  async #readableSidecars({ sidecars }: FoundPhoto): Promise<FoundFile[]> {
    const readable: FoundFile[] = [];
    for (const sidecar of sidecars) {
      const size = await fileStamp(sidecar).then(
        (stamp) => stamp.size,
        () => 0,
      );
      if (size <= LARGEST_SIDECAR) readable.push(sidecar);
      else this.#skip(sidecar.path, 'it is too large for a sidecar');
    }
    return readable;
  }

  /** The metadata of a photo, which is imported whether it can be read or not. */
  async #readMetadata(
    name: string,
    { path, sidecars }: { path: string; sidecars: string[] },
    picture: PictureFile,
  ): Promise<ReadFile['metadata']> {
    if (!picture.mayHoldMetadata && sidecars.length === 0) return null;
    if (this.#metadataUnavailable) return 'unread';
    try {
      return await this.#metadata.read(picture.mayHoldMetadata ? path : null, sidecars);
    } catch (error) {
      const { message } = error as Error;
      if (!(error instanceof ExiftoolUnavailable)) {
        this.#skip(name, `its captions and keywords cannot be read (${message}); the photo is imported`);
      } else if (!this.#metadataUnavailable) {
        this.#metadataUnavailable = true;
        const reason = `captions, keywords and dates inside photos were not read, because exiftool does not start (${message})`;
        this.#skip(this.#given.folder, reason);
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

  /**
   * Notes which files are there. The path of a photo that is somewhere else now is forgotten; that of one that is nowhere any
   * more stays, because it may come back. What was not found is missing only if `complete` says that all was looked at.
   */
  async #notePresence(photos: readonly FoundPhoto[], complete: boolean): Promise<void> {
    const { presence, facts } = this.#library;
    const files = [...this.#known.values()];
    const isFound = ({ path }: StoredFile) => this.#found.has(path);
    const found = files.filter((file) => file.missingSince !== null && isFound(file));
    const vanished = complete ? files.filter((file) => file.missingSince === null && !isFound(file)) : [];
    const videos = photos.filter(({ path, video }) => {
      const known = this.#known.get(path);
      return known !== undefined && known.video !== (video ?? null);
    });
    const now = new Date().toISOString();
    for (const [changed, since] of [
      [found, null],
      [vanished, now],
    ] as const)
      for (let start = 0; start < changed.length; start += PRESENCE_BATCH) {
        const ids = changed.slice(start, start + PRESENCE_BATCH).map(({ id }) => id);
        this.#library.transaction(() => presence.setMissing(ids, since));
        await this.#pause();
      }
    this.#library.transaction(() => {
      for (const { path, video } of videos) presence.setVideo(this.#known.get(path)!.id, video ?? null);
    });
    this.#library.transaction(() => {
      for (const photo of presence.forgetMoved()) facts.resolve(photo);
    });
    this.#report.found += found.length;
    this.#report.missing = presence.missingSince(now);
  }
}

async function readStamp(found: FoundPhoto): Promise<Stamp> {
  const { size, modified } = await fileStamp(found);
  // A sidecar that cannot be read is exiftool's to complain about; it must not cost the photo.
  const sidecarTimes = found.sidecars.map((sidecar) =>
    fileStamp(sidecar).then(
      (stamp) => stamp.modified,
      () => 0,
    ),
  );
  return { size, modified, sidecarModified: Math.max(0, ...(await Promise.all(sidecarTimes))) };
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
