/**
 * Brings captions files into a library: collects the captions of every file found in an import, matches them with
 * the photos, and makes the library's captions from that source the same as the files'. Reading a file twice
 * changes nothing; a caption that was edited or taken out of the file is edited or taken out here.
 */
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FileProblem } from '../../../native/problem.ts';
import type { ImportReport, PhotoText } from '../contract.ts';
import type { Library } from '../library/library.ts';
import { type Caption, comparablePath, readCaptions } from './captions.ts';
import type { FoundFile } from './folder.ts';
import type { Progress } from './progress.ts';

/** The source of every caption from a captions file, whatever the file's name. */
const SOURCE = 'captions.tsv';

/** Photos whose captions are compared, and written in one transaction. */
const PAGE = 100;

/** Lines of one file that are named one by one in the report; the rest is counted. */
const NAMED_LINES = 1000;

export class CaptionImport {
  readonly #library: Library;
  readonly #root: number;
  readonly #report: ImportReport;
  readonly #signal: AbortSignal | undefined;
  readonly #files: { found: FoundFile; captions: Caption[] }[] = [];
  #keepAbsent = false;

  constructor(library: Library, root: number, report: ImportReport, signal: AbortSignal | undefined) {
    this.#library = library;
    this.#root = root;
    this.#report = report;
    this.#signal = signal;
  }

  /** Reads a captions file; lines that cannot be used go into the report. */
  async read(found: FoundFile): Promise<void> {
    const folder = found.path.slice(0, -basename(found.path).length);
    try {
      const { captions, malformed } = await readCaptions(found.absolute, folder, this.#signal);
      this.#files.push({ found, captions });
      this.#skipLines(
        found,
        malformed.map(({ line, reason }) => ({ path: found.path, reason: `line ${line}: ${reason}` })),
      );
    } catch (error) {
      if (!(error instanceof FileProblem)) throw error;
      this.#report.skipped.push({ path: found.path, reason: error.message });
      this.keepAbsent();
    }
  }

  /** Tells that a captions file may be missing from what was read, so that no caption is taken for deleted. */
  keepAbsent(): void {
    this.#keepAbsent = true;
  }

  /** The photos that captions were found for, as comparable paths. */
  paths(): Set<string> {
    return new Set(this.#files.flatMap(({ captions }) => captions.map(({ path }) => path)));
  }

  /** Stores what was read. `photos` has every photo that was imported, by its comparable path. */
  async store(photos: ReadonlyMap<string, number>, onProgress: (progress: Progress) => void): Promise<void> {
    const wanted = this.#match(photos);
    const ids = [...new Set(photos.values())].sort((one, other) => one - other);
    for (let start = 0; start < ids.length; start += PAGE) {
      this.#signal?.throwIfAborted();
      this.#storePage(ids.slice(start, start + PAGE), wanted);
      if (wanted.size > 0) {
        const done = Math.min(start + PAGE, ids.length);
        onProgress({ stage: 'Reading captions', done, total: ids.length, unit: 'photos' });
      }
      await setImmediate();
    }
  }

  /** Captions by photo, and those of no photo into the report. */
  #match(photos: ReadonlyMap<string, number>): Map<number, PhotoText[]> {
    const wanted = new Map<number, PhotoText[]>();
    const skipped = new Set(this.#report.skipped.map(({ path }) => comparablePath(path)));
    for (const { found, captions } of this.#files) {
      const missing: ImportReport['skipped'] = [];
      for (const { line, path, text } of captions) {
        const photo = photos.get(path);
        if (photo === undefined) {
          const why = skipped.has(path) ? 'it was skipped' : 'there is no such photo';
          missing.push({ path, reason: `line ${line} of ${found.path} has a caption for it, but ${why}` });
          continue;
        }
        const texts = wanted.get(photo);
        const caption: PhotoText = { kind: 'caption', source: SOURCE, text };
        if (!texts) wanted.set(photo, [caption]);
        else if (!texts.some((other) => other.text === text)) texts.push(caption);
      }
      this.#skipLines(found, missing);
    }
    return wanted;
  }

  /**
   * Makes the captions of some photos, in the order of ids, what they should be. A photo that also lies below
   * another imported folder may have captions from there, and only gets more.
   */
  #storePage(ids: readonly number[], wanted: ReadonlyMap<number, PhotoText[]>): void {
    const { photos, texts } = this.#library;
    const [first, last] = [ids[0]!, ids.at(-1)!];
    const stored = texts.bySource(SOURCE, first, last);
    const elsewhere = photos.inOtherRoots(this.#root, first, last);
    const changed = ids.filter((id) => !isSame(stored.get(id), wanted.get(id)));
    if (changed.length === 0) return;
    this.#library.transaction(() => {
      for (const id of changed) {
        if (this.#keepAbsent || elsewhere.has(id)) texts.add(id, wanted.get(id) ?? []);
        else texts.replace(id, [SOURCE], wanted.get(id) ?? []);
      }
    });
  }

  #skipLines(found: FoundFile, lines: ImportReport['skipped']): void {
    this.#report.skipped.push(...lines.slice(0, NAMED_LINES));
    const more = lines.length - NAMED_LINES;
    if (more > 0)
      this.#report.skipped.push({ path: found.path, reason: `${more} more lines could not be used` });
  }
}

function isSame(stored: PhotoText[] = [], wanted: PhotoText[] = []): boolean {
  return (
    stored.length === wanted.length && wanted.every(({ text }) => stored.some((other) => other.text === text))
  );
}
