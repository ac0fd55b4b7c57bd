/** Reads again all that was imported into a library, each folder, archive and list as it was read before, with one report. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type ImportReport, PhotolexError } from '../contract.ts';
import type { Library } from '../library/library.ts';
import { isInside } from '../library/paths.ts';
import { type ImportOptions, importSource, newImportReport } from './importer.ts';
import { forgetMoved } from './presence.ts';
import { prefixOf } from './root.ts';

/**
 * Imports everything again, or what lies in one folder. What is away is noted and told in the report; nothing of it is lost.
 * @throws the signal's reason if it is aborted; what was committed stays.
 */
export async function rescan(
  library: Library,
  { report, ...options }: Omit<ImportOptions, 'source'>,
  folder?: string,
): Promise<void> {
  const started = new Date().toISOString();
  for (const { path, source } of library.imports.list()) {
    if (folder !== undefined && path !== folder && !isInside(path, folder)) continue;
    options.signal?.throwIfAborted();
    const own = newImportReport(path, report.startedAt);
    try {
      await importSource(library, path, { ...options, source, report: own });
    } catch (error) {
      if (!(error instanceof PhotolexError) || !['no-folder', 'not-importable'].includes(error.code))
        throw error;
      if (error.code === 'not-importable' || !(await noteGone(library, path, own)))
        own.skipped.push({ path: '', reason: error.message });
    } finally {
      addReport(report, own);
      // What one import missed another may have found elsewhere.
      report.missing = library.presence.missingSince(started);
    }
  }
}

/** The report of a rescan, before anything was read. */
export function newRescanReport(library: Library, startedAt: string): ImportReport {
  const folder = library.imports.list().map(({ path }) => path);
  return { ...newImportReport('', startedAt), folder: folder.join(', ') };
}

/**
 * Notes that something that was imported is not there: as a drive that is away, or as missing files. Returns false if the library
 * has no files from it.
 */
async function noteGone(library: Library, path: string, report: ImportReport): Promise<boolean> {
  const { photos, presence } = library;
  const root = photos.roots().find((one) => one.path === path || isInside(path, one.path));
  if (!root) return false;
  const now = new Date().toISOString();
  if (root.path === path || !existsSync(root.path)) {
    presence.setAway(root.id, now);
    report.away.push(root.path);
    return true;
  }
  library.transaction(() => presence.setMissingBelow(root.id, prefixOf(path, root.path), now));
  report.skipped.push({ path: '', reason: 'it is not there any more; its photos stay in the library' });
  await forgetMoved(library, setImmediate);
  return true;
}

const COUNTS = [
  'added',
  'unchanged',
  'duplicates',
  'replaced',
  'found',
  'captioned',
  'videos',
  'livePhotos',
] as const;

/** Adds what one import did. Paths become absolute, because they are relative to different folders. */
function addReport(report: ImportReport, own: ImportReport): void {
  for (const name of COUNTS) report[name] += own[name];
  report.away.push(...own.away.filter((folder) => !report.away.includes(folder)));
  for (const source of own.sources) {
    // One entry a source, as in the report of a single import; what showed it first stands for the rest.
    const known = report.sources.find(({ name }) => name === source.name);
    if (known) known.photos += source.photos;
    else report.sources.push({ ...source });
  }
  for (const { path, reason } of own.skipped)
    report.skipped.push({ path: path === '' ? own.folder : join(own.folder, path), reason });
}
