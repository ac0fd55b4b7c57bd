/** `photolex tags`: words for photos that have none, accepted, undone, and written to sidecars. */
import type { Command } from 'commander';
import type { PendingWrite, SuggestedPhoto, SuggestedWords } from '../engine/contract.ts';
import { PhotolexError } from '../engine/contract.ts';
import { counted } from '../engine/counted.ts';
import type { Engine } from '../engine/engine.ts';
import { lines } from './commands.ts';
import { finished, type LibraryOptions, withLibrary } from './session.ts';
import { print, printJson, printNotice } from './terminal.ts';
import { UsageError, writtenOptions } from './usage.ts';

export const tagActions = ['suggest', 'accept', 'undo', 'write'] as const;
type TagAction = (typeof tagActions)[number];

export interface TagsOptions extends LibraryOptions {
  limit: number;
  threshold: number;
  words: SuggestedWords;
  word?: string;
  photos?: string;
  dryRun?: boolean;
}

/** What each action heeds beside the library and --json, so that an option that would be ignored is refused. */
const heeded: Record<TagAction, readonly string[]> = {
  suggest: ['limit', 'threshold', 'words', 'photos'],
  accept: ['threshold', 'words', 'word', 'photos', 'dryRun', 'limit'],
  undo: [],
  write: ['photos', 'dryRun', 'limit'],
};

export async function tags(action: TagAction, options: TagsOptions, command: Command): Promise<void> {
  for (const { name, flag } of writtenOptions(command))
    if (!['library', 'json', ...heeded[action]].includes(name))
      throw new UsageError(`photolex tags ${action} takes no ${flag}.`);
  const actions: Record<TagAction, (engine: Engine, options: TagsOptions) => Promise<void>> = {
    suggest,
    accept,
    undo,
    write,
  };
  await withLibrary(options.library, false, (engine) => actions[action](engine, options));
}

/** Ids of the photos that a file names by their paths. */
async function named(engine: Engine, file: string | undefined): Promise<number[] | undefined> {
  if (file === undefined) return undefined;
  const { photos, missing } = await engine.calls.findPhotos({
    paths: (await lines(file)).map((line) => line.split('\t')[0]!),
  });
  if (photos.length === 0) throw new UsageError(`None of the photos in ${file} is in the library.`);
  for (const path of missing) printNotice(`There is no photo ${path} in the library.`);
  return photos;
}

/** Suggestions for the photos that were named, or for all without words, up to so many photos. */
async function suggested(
  engine: Engine,
  options: Pick<TagsOptions, 'threshold' | 'words' | 'photos'>,
  limit: number,
): Promise<SuggestedPhoto[]> {
  const { threshold, words } = options;
  const photos = await named(engine, options.photos);
  const found: SuggestedPhoto[] = [];
  for (let offset = 0; offset < limit; offset += 500) {
    const size = Math.min(500, limit - offset);
    const page = photos?.slice(offset, offset + size);
    if (page?.length === 0) break;
    const answer = await engine.calls.suggestTags({
      threshold,
      words,
      ...(page ? { photos: page } : { offset, limit: size }),
    });
    found.push(...answer.photos);
    if (!page && answer.photos.length < size) break;
  }
  return found;
}

async function suggest(engine: Engine, options: TagsOptions): Promise<void> {
  const photos = await suggested(engine, options, options.limit);
  if (options.json) return printJson({ threshold: options.threshold, photos });
  if (photos.length === 0) return print('Every photo has words.');
  for (const { path, suggestions } of photos) {
    print(path);
    for (const { word, probability, photos: having } of suggestions)
      print(`  ${probability.toFixed(2)}  ${word}${having > 0 ? `  (on ${having} photos)` : ''}`);
  }
}

async function accept(engine: Engine, options: TagsOptions): Promise<void> {
  const { threshold, words, word, json } = options;
  if (options.dryRun) {
    const all = (await suggested(engine, options, Number.POSITIVE_INFINITY)).flatMap(
      ({ path, suggestions }) => {
        const accepted = suggestions.flatMap((one) => (!word || one.word === word ? [one.word] : []));
        return accepted.length > 0 ? [{ path, words: accepted }] : [];
      },
    );
    const photos = all.slice(0, options.limit);
    if (json) return printJson({ total: all.length, photos });
    for (const { path, words: accepted } of photos) print(`${path}: ${accepted.join(', ')}`);
    if (photos.length < all.length) print(`… and ${all.length - photos.length} more`);
    return print(`${counted(all.length, 'photo')} would get words. Nothing was changed.`);
  }
  const photos = await named(engine, options.photos);
  const [before] = await engine.calls.edits({ limit: 1 });
  const job = await finished(engine, () =>
    engine.calls.acceptTags({ threshold, words, ...(photos && { photos }), ...(word && { word }) }),
  );
  const [latest] = await engine.calls.edits({ limit: 1 });
  // Where nothing was accepted, the latest edit is an older one.
  const edit = latest && latest.id !== before?.id ? latest : null;
  if (json) printJson({ message: job.message, edit });
  else print(job.message ?? '');
}

async function undo(engine: Engine, { json }: TagsOptions): Promise<void> {
  const edit = await engine.calls.undoEdit();
  if (json) printJson({ edit });
  else print(edit ? `Undone: ${edit.label}.` : 'There is nothing to undo.');
}

async function write(engine: Engine, options: TagsOptions): Promise<void> {
  const photos = await named(engine, options.photos);
  if (options.dryRun) {
    const { total, writes } = await engine.calls.pendingWrites({
      limit: Math.min(1000, options.limit),
      ...(photos && { photos }),
    });
    if (options.json) return printJson({ total, writes });
    for (const pending of writes) printPending(pending);
    return print(`Words of ${total} photos would be written. Nothing was changed.`);
  }
  const job = await finished(engine, () => engine.calls.writeSidecars(photos ? { photos } : {}));
  const report = await engine.calls.sidecarReport();
  if (!report) throw new PhotolexError('failed', job.message ?? 'The sidecars were not written.');
  if (options.json) return printJson(report);
  print(job.message ?? '');
  for (const { path, reason } of report.skipped) print(`  skipped ${path}: ${reason}`);
}

function printPending({ add, remove, files }: PendingWrite): void {
  for (const { path, sidecars, exists, problem } of files) {
    if (problem !== null) print(`skip ${path}: ${problem}`);
    else for (const sidecar of sidecars) print(`${exists ? 'change' : 'create'} ${sidecar}`);
  }
  for (const { kind, text } of add) print(`  + ${kind}: ${text}`);
  for (const { kind, text } of remove) print(`  - ${kind}: ${text}`);
}
