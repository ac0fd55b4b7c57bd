/**
 * Zip archives, read file by file where they lie: nothing is ever unpacked as a whole. What an archive says of itself is not
 * believed: names that lead out of it, links, files that are locked or far too large are refused, each with the reason.
 */
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Entry, getFileNameLowLevel, openPromise, validateFileName, type ZipFile } from 'yauzl';
import { FileProblem, isSystemError, systemReason } from './problem.ts';

/** A file this much smaller in the archive than outside is made to fill the disk: photos hardly shrink, and text no more than this. */
const HIGHEST_RATIO = 200;
/** Files up to this size may shrink as they like. */
const HARMLESS_BYTES = 16 * 2 ** 20;
/** An archive of files that all lie in the same bytes of it unpacks to far more than its size without one of them being large. */
const HARMLESS_TOTAL = 2 ** 30;
/** No photo and no list of photos is larger. */
const LARGEST_FILE = 2 * 2 ** 30;

/** A file in an archive. */
export interface ZippedFile {
  /** As the archive spells it, with forward slashes. */
  path: string;
  /** Bytes when unpacked. */
  size: number;
  /** Milliseconds. */
  modified: number;
}

interface StoredEntry extends ZippedFile {
  entry: Entry;
}

export class ZipArchive {
  readonly path: string;
  /** Everything in it that was not refused, by path. */
  readonly files: ReadonlyMap<string, ZippedFile>;
  readonly refused: readonly { path: string; reason: string }[];
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, StoredEntry>;

  private constructor(
    path: string,
    zip: ZipFile,
    entries: Map<string, StoredEntry>,
    refused: ZipArchive['refused'],
  ) {
    this.path = path;
    this.#zip = zip;
    this.#entries = entries;
    this.files = entries;
    this.refused = refused;
  }

  /**
   * Opens an archive and reads its list of files.
   * @throws {FileProblem} if it cannot be read or is no zip archive.
   */
  static async open(path: string): Promise<ZipArchive> {
    let zip: ZipFile | undefined;
    try {
      // Names stay bytes until they were looked at: yauzl would give up on the whole archive for one name that leads outside.
      zip = await openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: false });
      const entries = new Map<string, StoredEntry>();
      const refused: { path: string; reason: string }[] = [];
      const mostBytes = Math.max(HARMLESS_TOTAL, zip.fileSize * HIGHEST_RATIO);
      let bytes = 0;
      for await (const entry of zip.eachEntry()) {
        const name = fileName(entry);
        if (name.endsWith('/')) continue;
        const reason = entries.has(name)
          ? 'the archive has two files of this name'
          : (refusal(entry, name) ?? (bytes + entry.uncompressedSize > mostBytes ? BOMB : null));
        if (reason !== null) {
          refused.push({ path: name, reason });
          continue;
        }
        bytes += entry.uncompressedSize;
        entries.set(name, {
          path: name,
          size: entry.uncompressedSize,
          modified: entry.getLastModDate().getTime(),
          entry,
        });
      }
      return new ZipArchive(path, zip, entries, refused);
    } catch (error) {
      zip?.close();
      throw problemOf(error, 'it is not a whole zip archive');
    }
  }

  /**
   * The bytes of a file.
   * @throws {FileProblem} if there is no such file, or it is damaged.
   */
  async bytes(path: string): Promise<Buffer> {
    return await this.#read(path, async (stream) => {
      const pieces: Buffer[] = [];
      for await (const piece of stream) pieces.push(piece as Buffer);
      return Buffer.concat(pieces);
    });
  }

  /**
   * Writes a file's bytes to `target`.
   * @throws {FileProblem} as `bytes`.
   */
  async extract(path: string, target: string): Promise<void> {
    await this.#read(path, (stream) => pipeline(stream, createWriteStream(target)));
  }

  async #read<T>(path: string, work: (stream: Readable) => Promise<T>): Promise<T> {
    const stored = this.#entries.get(path);
    if (!stored) throw new FileProblem('it is not in the archive any more', false);
    try {
      return await work(await this.#zip.openReadStreamPromise(stored.entry));
    } catch (error) {
      throw problemOf(error, 'it is damaged in the archive');
    }
  }

  close(): void {
    this.#zip.close();
  }
}

/** What an error says of the bytes that were read. */
function problemOf(error: unknown, damaged: string): FileProblem {
  if (isSystemError(error)) return new FileProblem(systemReason(error), false, { cause: error });
  const { message } = error as Error;
  return isOfBytes(error as NodeJS.ErrnoException)
    ? new FileProblem(`${damaged} (${message})`, true, { cause: error })
    : new FileProblem(`it could not be read (${message})`, false, { cause: error });
}

/** Whether zlib or yauzl did not understand bytes; yauzl's errors have no code. Memory that is short says nothing of them. */
function isOfBytes({ code, name, message }: NodeJS.ErrnoException): boolean {
  if (code !== undefined) return code.startsWith('Z_') && code !== 'Z_MEM_ERROR';
  return name === 'Error' && message !== 'closed';
}

/** A name as its writer meant it: many programs write UTF-8 and forget to say so. */
function fileName(entry: Entry): string {
  const raw = entry.fileNameRaw;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw).replaceAll('\\', '/');
  } catch {
    return getFileNameLowLevel(entry.generalPurposeBitFlag, raw, entry.extraFields, false);
  }
}

const LINK_TYPE = 0o120000;
const TYPE_MASK = 0o170000;

const BOMB = `it would grow to more than ${HIGHEST_RATIO} times its size when unpacked, as files do that are made to fill a disk`;

/** Why a file of an archive is not read, or null. */
function refusal(entry: Entry, name: string): string | null {
  if (name.includes('\0') || validateFileName(name) !== null || name.split('/').includes('..'))
    return 'its name leads out of the archive; it was not read';
  if (((entry.externalFileAttributes >>> 16) & TYPE_MASK) === LINK_TYPE)
    return 'it is a link inside the archive; it was not followed';
  if (entry.isEncrypted()) return 'it is locked with a password';
  if (!entry.canDecodeFileData()) return 'it is packed in a way that Photolex does not know';
  const { uncompressedSize, compressedSize } = entry;
  if (uncompressedSize > LARGEST_FILE) return 'it is larger than any photo';
  if (uncompressedSize > HARMLESS_BYTES && uncompressedSize > compressedSize * HIGHEST_RATIO) return BOMB;
  return null;
}

/** Where a path leads that goes through an archive: `/photos/export.zip/media/1.jpg`. */
interface PathInZip {
  archive: string;
  /** Path of the file in the archive. */
  inside: string;
}

/** Takes a path apart that goes through a zip archive; null if it does not. */
export async function pathInZip(path: string): Promise<PathInZip | null> {
  for (const match of path.matchAll(/\.zip(?=[/\\])/gi)) {
    const archive = path.slice(0, match.index + match[0].length);
    const isFile = await stat(archive).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isFile) return { archive, inside: path.slice(archive.length + 1).replaceAll('\\', '/') };
  }
  return null;
}

interface OpenArchive {
  /** When the file was changed that was opened. */
  modified: number;
  archive: Promise<ZipArchive>;
  /** How many read from it, or wait until it is open. */
  users: number;
}

/** Archives that photos were read from, the latest last; opening one reads its whole list. */
const open = new Map<string, OpenArchive>();
/** So many stay open, beside those that are being read. */
const OPEN_ARCHIVES = 8;

/**
 * What `work` makes of an archive, opened once for all photos that are read from it one after the other, or side by side.
 * @throws {FileProblem} as `ZipArchive.open`; whatever `work` throws.
 */
export async function withArchive<T>(path: string, work: (archive: ZipArchive) => Promise<T>): Promise<T> {
  const used = openArchive(path, await modifiedTime(path));
  used.users += 1;
  try {
    return await work(await used.archive);
  } finally {
    used.users -= 1;
    // It was replaced meanwhile, or could not be opened.
    if (used.users === 0 && open.get(path) !== used) close(used);
    closeSurplus();
  }
}

function openArchive(path: string, modified: number): OpenArchive {
  const known = open.get(path);
  open.delete(path);
  const archive =
    known?.modified === modified ? known : { modified, archive: ZipArchive.open(path), users: 0 };
  open.set(path, archive);
  if (archive === known) return archive;
  if (known?.users === 0) close(known);
  archive.archive.catch(() => open.get(path) === archive && open.delete(path));
  return archive;
}

async function modifiedTime(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    throw new FileProblem(systemReason(error), false, { cause: error });
  }
}

/** Closes those that nobody has used for longest. */
function closeSurplus(): void {
  for (const [path, archive] of open) {
    if (open.size <= OPEN_ARCHIVES) return;
    if (archive.users > 0) continue;
    open.delete(path);
    close(archive);
  }
}

function close({ archive }: OpenArchive): void {
  archive.then(
    (opened) => opened.close(),
    () => {},
  );
}
