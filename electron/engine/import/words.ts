/**
 * Makes the library's words from one source the same as that source's: reading it twice changes nothing; a text that was edited or taken
 * out there is edited or taken out here.
 */
import { setImmediate } from 'node:timers/promises';
import type { PhotoFacts } from '../../../native/metadata.ts';
import type { ImportReport, PhotoText } from '../contract.ts';
import type { Library } from '../library/library.ts';
import type { Progress } from './progress.ts';
import { comparablePath, type SourceWords } from './source.ts';

/** Photos whose texts are compared, and written in one transaction. */
const PAGE = 100;

/** Photos of one source that have words and are not there are named up to this number; a data set of which a part was downloaded lacks a million. */
const NAMED_MISSING = 10_000;

export interface StoreOptions {
  root: number;
  /** Every photo that was imported, by its comparable path. */
  photos: ReadonlyMap<string, number>;
  report: ImportReport;
  signal?: AbortSignal;
  onProgress: (progress: Progress) => void;
}

/** Stores what a source says, and tells in the report what it said of photos that are not there. */
export async function storeWords(
  library: Library,
  words: SourceWords,
  { root, photos, report, signal, onProgress }: StoreOptions,
): Promise<void> {
  const wanted = new Map<number, { texts: PhotoText[]; facts: Partial<PhotoFacts> }>();
  for (const [path, { texts, facts }] of words.photos) {
    const photo = photos.get(path);
    if (photo === undefined) continue;
    const known = wanted.get(photo) ?? { texts: [], facts: {} };
    for (const text of texts)
      if (!known.texts.some((other) => other.kind === text.kind && other.text === text.text))
        known.texts.push(text);
    // What the first path of a photo says counts first.
    known.facts = { ...facts, ...known.facts };
    wanted.set(photo, known);
  }
  const ids = [...new Set(photos.values())].sort((one, other) => one - other);
  for (let start = 0; start < ids.length; start += PAGE) {
    signal?.throwIfAborted();
    const page = ids.slice(start, start + PAGE);
    const [first, last] = [page[0]!, page.at(-1)!];
    const stored = library.texts.bySource(words.title, first, last);
    const elsewhere = library.photos.inOtherRoots(root, first, last);
    const changed = page.filter((id) => !isSame(stored.get(id), wanted.get(id)?.texts));
    library.transaction(() => {
      for (const id of changed) {
        const texts = wanted.get(id)?.texts ?? [];
        // A photo that also lies below another imported folder may have words from there, and only gets more.
        if (words.incomplete || elsewhere.has(id)) library.texts.add(id, texts);
        else library.texts.replace(id, [words.title], texts);
      }
      for (const id of page) {
        const facts = wanted.get(id)?.facts ?? {};
        const says = Object.keys(facts).length > 0;
        // As with texts: that it says nothing here and now does not mean that it has nothing to say.
        if (!says && (words.incomplete || elsewhere.has(id))) continue;
        const isNew = says
          ? library.facts.setOfExport(id, words.title, facts)
          : library.facts.removeOfExport(id, words.title);
        if (isNew) library.facts.resolve(id);
      }
    });
    if (wanted.size > 0) {
      const done = Math.min(start + PAGE, ids.length);
      onProgress({ stage: 'Keeping the words', done, total: ids.length, unit: 'photos' });
    }
    await setImmediate();
  }
  const entry = report.sources.find(({ title }) => title === words.title);
  if (entry) entry.photos = wanted.size;
  for (const file of words.skipped) report.skipped.push(file);
  const skipped = new Set(report.skipped.map(({ path }) => comparablePath(path)));
  for (const { path, where } of words.missing.slice(0, NAMED_MISSING)) {
    const why = skipped.has(comparablePath(path)) ? 'it was skipped' : 'there is no such photo';
    report.skipped.push({ path, reason: `${where} has words for it, but ${why}` });
  }
  const more = words.missing.length - NAMED_MISSING;
  if (more > 0)
    report.skipped.push({
      path: words.missing[NAMED_MISSING]!.where,
      reason: `${more.toLocaleString('en')} more photos that ${words.title} has words for are not there`,
    });
}

function isSame(stored: PhotoText[] = [], wanted: PhotoText[] = []): boolean {
  return (
    stored.length === wanted.length &&
    wanted.every(({ kind, text }) => stored.some((other) => other.kind === kind && other.text === text))
  );
}
