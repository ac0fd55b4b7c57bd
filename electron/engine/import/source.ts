/**
 * What a source of photos is to an import: a kind of export or data set that keeps words about photos in files of its own. A source
 * recognises itself by the names of files, and then tells which photo has which words; the photos themselves are
 * read like those of any folder. One file for each in `sources/`.
 */
import { posix } from 'node:path';
import type { z } from 'zod';
import { FIRST_YEAR, LAST_YEAR } from '../../../native/metadata/moment.ts';
import type { PhotoFacts } from '../../../native/metadata.ts';
import { FileProblem } from '../../../native/problem.ts';
import type { PhotoText, SourceName } from '../contract.ts';
import type { FoundFile } from './files.ts';
import type { FolderContents, FoundPhoto } from './folder.ts';

export interface Source {
  name: SourceName;
  /** As its maker writes it; the source of its texts in the library. */
  title: string;
  /** What shows that these files are from here, as the end of "because …"; null if they are not. */
  recognise(tree: FileTree): Promise<string | null> | string | null;
  /**
   * Tells the words that the source's files have for photos. Problems with one file or entry are `words.skip`ped.
   * @throws the signal's reason if it is aborted.
   */
  read(tree: FileTree, words: SourceWords, signal?: AbortSignal): Promise<void>;
}

/** How a path is spelled when paths are compared: file systems differ in how they compose accented letters. */
export const comparablePath = (path: string): string => path.normalize('NFC');

/** All files of an import, found by where in their export they lie: its parts may be spread over several archives. */
export class FileTree {
  readonly photos: FoundPhoto[];
  readonly captions: readonly FoundFile[];
  readonly others: readonly FoundFile[];
  readonly #byPath = new Map<string, FoundFile>();
  /** Comparable. */
  readonly #photoPaths: Set<string>;

  constructor({ photos, captions, others }: Pick<FolderContents, 'photos' | 'captions' | 'others'>) {
    this.photos = photos;
    this.captions = captions;
    this.others = others;
    this.#photoPaths = new Set(photos.map(({ path }) => comparablePath(path)));
    for (const files of [others, captions, photos])
      for (const file of files) this.#byPath.set(comparablePath(file.inside), file);
  }

  /** The file at this path in its export. */
  at(inside: string): FoundFile | undefined {
    return this.#byPath.get(comparablePath(inside));
  }

  /** Files other than photos whose path in the export matches. */
  matching(pattern: RegExp): FoundFile[] {
    return this.others.filter(({ inside }) => pattern.test(inside));
  }

  /** Whether there is a photo at this comparable path, relative to the library's root. */
  hasPhoto(path: string): boolean {
    return this.#photoPaths.has(path);
  }

  /** Takes a file for a photo although its name does not look like one's: exports lose extensions. */
  addPhoto(file: FoundFile): void {
    const path = comparablePath(file.path);
    if (this.#photoPaths.has(path)) return;
    this.#photoPaths.add(path);
    this.photos.push({ ...file, sidecars: [] });
  }
}

/** Entries of one file that are named one by one in the report; the rest is counted. */
const NAMED_ENTRIES = 1000;

/** Text longer than this is no caption: what comes after is left out, and the report says so. */
const LONGEST_TEXT = 20_000;

/** What sources say about photos, collected before the photos are read. */
export class SourceWords {
  /** The source whose texts are added. */
  readonly title: string;
  /** By comparable path relative to the library's root. */
  readonly photos = new Map<string, { texts: PhotoText[]; facts: Partial<PhotoFacts> }>();
  /** Photos that an export has and its owner does not want, with the reason. */
  readonly unwanted = new Map<string, string>();
  readonly skipped: { path: string; reason: string }[] = [];
  /** Words for photos that were not found: the path as it was written, and who has them. */
  readonly missing: { path: string; where: string }[] = [];
  /** Whether a file that may have words could not be read, so that words that did not come are not gone. */
  incomplete = false;

  constructor(title: string) {
    this.title = title;
  }

  /** Gives a photo a text; empty ones and repetitions are left out. Whitespace and Unicode's forms are made one. */
  add(photo: FoundFile | string, kind: PhotoText['kind'], text: string | null | undefined): void {
    const path = typeof photo === 'string' ? photo : photo.path;
    let whole = (text ?? '')
      .replaceAll('\0', '')
      .replaceAll(/[\t\r ]+/g, ' ')
      .normalize('NFC')
      .trim();
    if (whole === '') return;
    if (whole.length > LONGEST_TEXT) {
      whole = whole.slice(0, LONGEST_TEXT).trim();
      this.skip(
        path,
        `its ${kind} is longer than ${LONGEST_TEXT.toLocaleString('en')} characters; the rest was left out`,
      );
    }
    const { texts } = this.#of(path);
    if (!texts.some((other) => other.kind === kind && other.text === whole))
      texts.push({ kind, source: this.title, text: whole });
  }

  /** Tells when and where a photo was taken, or how it was judged. What was told first counts, and the photo's own metadata before that. */
  fact(photo: FoundFile, facts: Partial<PhotoFacts>): void {
    const known: Record<string, unknown> = this.#of(photo.path).facts;
    for (const [name, value] of Object.entries(facts)) if (value !== null) known[name] ??= value;
  }

  /** Names a file that could not be used, or only in part. */
  skip(path: string, reason: string): void {
    this.skipped.push({ path, reason });
  }

  /** Reads a file that may have words; one that cannot be read is skipped. */
  async file<T>(file: FoundFile, read: (file: FoundFile) => Promise<T>): Promise<T | null> {
    try {
      return await read(file);
    } catch (error) {
      if (!(error instanceof FileProblem)) throw error;
      this.skip(file.path, error.message);
      this.incomplete = true;
      return null;
    }
  }

  /** The entries of a list that have the shape of `schema`; the others are named, by their place in the list. */
  entries<T>(file: FoundFile, list: readonly unknown[], schema: z.ZodType<T>): T[] {
    let misunderstood = 0;
    const understood = list.flatMap((entry, index) => {
      const parsed = schema.safeParse(entry);
      if (parsed.success) return [parsed.data];
      if (misunderstood++ >= NAMED_ENTRIES) return [];
      const issue = parsed.error.issues[0];
      const field = issue?.path.join('.');
      this.skip(
        file.path,
        `entry ${index + 1} is not understood (${field ? `${field}: ` : ''}${issue?.message})`,
      );
      return [];
    });
    const more = misunderstood - NAMED_ENTRIES;
    if (more > 0) this.skip(file.path, `${more.toLocaleString('en')} more entries are not understood`);
    return understood;
  }

  #of(path: string): { texts: PhotoText[]; facts: Partial<PhotoFacts> } {
    const key = comparablePath(path);
    const known = this.photos.get(key);
    if (known) return known;
    const words = { texts: [], facts: {} };
    this.photos.set(key, words);
    return words;
  }
}

/**
 * A path that an export's file names, resolved in its root (empty or ending with a slash); null if it leads out of it.
 */
export function pathWithin(root: string, written: string): string | null {
  const slashed = written.replaceAll('\\', '/');
  if (slashed.startsWith('/') || /^[a-z]+:/i.test(slashed) || slashed.includes('\0')) return null;
  const path = posix.normalize(slashed);
  return path === '..' || path.startsWith('../') ? null : root + path;
}

/**
 * The photo that an entry of an export's file names. Null, with a line in the report, if its path leaves the export or nothing is there; videos
 * and addresses in the web are no photos and not worth a line.
 */
export function namedPhoto(
  tree: FileTree,
  words: SourceWords,
  { file, root, uri }: { file: FoundFile; root: string; uri: string },
): FoundFile | null {
  if (/^https?:/i.test(uri) || /\.(mp4|mov|m4v|webm|avi|srt|mp3|m4a)$/i.test(uri)) return null;
  const path = pathWithin(root, uri);
  if (path === null) {
    words.skip(uri, `${file.path} names it, but it lies outside of the export; it was not followed`);
    return null;
  }
  const photo = tree.at(path);
  if (!photo) {
    words.missing.push({ path, where: file.path });
    return null;
  }
  tree.addPhoto(photo);
  return photo;
}

/**
 * Text that Meta's exports write byte by byte: each byte of its UTF-8 as a character of its own. Text that is
 * nothing of that kind stays as it is.
 */
export function repaired(text: string): string {
  if (!/[\x80-\xff]/.test(text) || /[\u0100-\uffff]/.test(text)) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}

/** A moment in seconds since 1970 as ISO 8601 in UTC; null if no photo can have been taken then, or at 0, which means unknown. */
export function momentOf(seconds: number | string | null | undefined): string | null {
  const time = Number(seconds ?? 0) * 1000;
  if (time === 0 || !Number.isFinite(time) || Math.abs(time) > 8.64e15) return null;
  const date = new Date(time);
  const year = date.getUTCFullYear();
  return year < FIRST_YEAR || year > LAST_YEAR ? null : date.toISOString().replace(/\.000Z$/, 'Z');
}

/** A place in degrees, or nothing where there is none: exports write 0, 0 then. */
export function placeOf(
  latitude: number | null | undefined,
  longitude: number | null | undefined,
): { latitude: number; longitude: number } | null {
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return null;
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) || (latitude === 0 && longitude === 0))
    return null;
  return { latitude, longitude };
}
