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
    try {
      // Names stay bytes until they were looked at: yauzl would give up on the whole archive for one name that leads outside.
      const zip = await openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: false });
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
      if (isSystemError(error)) throw new FileProblem(systemReason(error), false, { cause: error });
      const { message } = error as Error;
      throw new FileProblem(`it is not a whole zip archive (${message})`, true, { cause: error });
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
      if (isSystemError(error)) throw new FileProblem(systemReason(error), false, { cause: error });
      throw new FileProblem(`it is damaged in the archive (${(error as Error).message})`, true, {
        cause: error,
      });
    }
  }

  close(): void {
    this.#zip.close();
  }
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

/** Archives that photos were read from lately; opening one reads its whole list. */
const open = new Map<string, { modified: number; archive: Promise<ZipArchive> }>();
const OPEN_ARCHIVES = 8;

/** An archive, opened once for the photos that are read from it one after the other. */
export async function openArchive(path: string): Promise<ZipArchive> {
  const { mtimeMs } = await stat(path);
  const known = open.get(path);
  if (known?.modified === mtimeMs) return known.archive;
  forget(path);
  const archive = ZipArchive.open(path);
  open.set(path, { modified: mtimeMs, archive });
  archive.catch(() => open.delete(path));
  if (open.size > OPEN_ARCHIVES) forget(open.keys().next().value!);
  return archive;
}

/** What is being read from it still comes: its file closes with the last of its streams. */
function forget(path: string): void {
  open.get(path)?.archive.then(
    (archive) => archive.close(),
    () => {},
  );
  open.delete(path);
}
