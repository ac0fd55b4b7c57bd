/**
 * Writes what the user did to words into XMP sidecars beside photos. What goes into a sidecar is `native/sidecar.ts`'s business; here it is
 * decided where: into the sidecars that are there, `photo.jpg.xmp` or `photo.xmp`, and else into a new `photo.jpg.xmp`, the
 * spelling that belongs to one file and not to several of one name. A photo in several files has its words beside each of them.
 *
 * A kill at any moment leaves each sidecar as it was or as it shall be. Photos are done one by one, and what is done waits no
 * longer, so writing that was stopped is simply started again.
 */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeAtomically } from '../../../native/files.ts';
import {
  ExiftoolUnavailable,
  METADATA_SOURCES,
  type Metadata,
  MetadataReader,
} from '../../../native/metadata.ts';
import { FileProblem, isSystemError, systemReason } from '../../../native/problem.ts';
import { type SidecarChange, SidecarWriter } from '../../../native/sidecar.ts';
import type { PendingWrite, SidecarReport } from '../contract.ts';
import { sidecarsOf } from '../import/folder.ts';
import type { Progress } from '../import/progress.ts';
import type { PendingWords } from '../library/edits.ts';
import type { KeywordTree } from '../library/keywordTree.ts';
import type { Library } from '../library/library.ts';
import type { StoredFile } from '../library/photos.ts';

type PlannedFile = PendingWrite['files'][number] & { stored: StoredFile };

export interface WriteOptions {
  /** Only these photos. */
  photos?: readonly number[];
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
}

/** What writing would do to the files of these photos. Reads folders, and no file. */
export async function planWrites(library: Library, photos: readonly number[]): Promise<PendingWrite[]> {
  const plans: PendingWrite[] = [];
  for (const photo of photos) {
    const files = await plannedFiles(library, photo);
    plans.push({ ...library.edits.pending(photo), files: files.map(({ stored: _, ...file }) => file) });
  }
  return plans;
}

/** Photos with something to write, in order. */
export function pendingPhotos(library: Library, only?: readonly number[]): number[] {
  const pending = library.edits.pendingPhotos();
  if (!only) return pending;
  const wanted = new Set(only);
  return pending.filter((photo) => wanted.has(photo));
}

/**
 * Writes the sidecars of all photos that wait for it.
 * @param report filled in as it goes, so that it also tells what a stopped writing did
 * @throws the signal's reason if it is aborted
 * @throws {ExiftoolUnavailable} if exiftool cannot be started
 */
export async function writeSidecars(
  library: Library,
  report: SidecarReport,
  { photos: only, signal, onProgress }: WriteOptions,
): Promise<void> {
  const photos = pendingPhotos(library, only);
  const tree = library.hierarchies.tree();
  const writer = new SidecarWriter();
  const reader = new MetadataReader();
  try {
    for (const [done, photo] of photos.entries()) {
      onProgress({ stage: 'Writing sidecars', done, total: photos.length, unit: 'photos' });
      signal.throwIfAborted();
      await writePhoto(library, photo, { report, tree, writer, reader });
    }
    onProgress({ stage: 'Writing sidecars', done: photos.length, total: photos.length, unit: 'photos' });
  } finally {
    await Promise.all([writer.close(), reader.close()]);
  }
}

interface Tools {
  report: SidecarReport;
  tree: KeywordTree;
  writer: SidecarWriter;
  reader: MetadataReader;
}

/** Writes beside every file of a photo, and then reads the photo's words anew. */
async function writePhoto(library: Library, photo: number, tools: Tools): Promise<void> {
  const { report, tree } = tools;
  const pending = library.edits.pending(photo);
  const change: SidecarChange = {
    add: pending.add.map((text) =>
      text.kind === 'keyword' ? { ...text, above: tree.above(text.text) } : text,
    ),
    remove: pending.remove,
  };
  const files = await plannedFiles(library, photo);
  const written: { file: PlannedFile; metadata: Metadata }[] = [];
  for (const file of files) {
    if (file.problem !== null) {
      report.skipped.push({ path: file.path, reason: file.problem });
      continue;
    }
    try {
      await writeFile(file, change, tools);
      const sidecars = (await sidecarsBeside(file.path)) ?? [];
      // Before they are read: what another program writes from now on is the next import's.
      file.stored.sidecarModified = await newest(sidecars);
      written.push({ file, metadata: await tools.reader.read(file.path, sidecars) });
    } catch (error) {
      if (error instanceof ExiftoolUnavailable) throw error;
      const reason = isSystemError(error)
        ? `its sidecar cannot be written: ${systemReason(error, 'write')}`
        : error instanceof FileProblem
          ? `of its sidecar: ${error.message}`
          : `its sidecar cannot be written (${(error as Error).message})`;
      report.skipped.push({ path: file.path, reason });
    }
  }
  if (written.length === 0) return;
  library.transaction(() => settle(library, pending, written, files.length));
  if (written.length === files.length) report.photos += 1;
}

/** Takes into the library what files say now, as an import would. */
function settle(
  library: Library,
  pending: PendingWords,
  written: readonly { file: PlannedFile; metadata: Metadata }[],
  files: number,
): void {
  const { photo } = pending;
  const { photos, texts, hierarchies, facts, edits } = library;
  for (const { file, metadata } of written) {
    const { id: _, metadataVersion: __, missingSince: ___, ...stored } = file.stored;
    photos.setFile(stored);
    facts.setOfFile(stored.root, stored.path, metadata.facts);
  }
  facts.resolve(photo);
  const said = written.flatMap(({ metadata }) => metadata.texts);
  const paths = written.flatMap(({ metadata }) => metadata.hierarchies);
  // Another file, that could not be written beside, may be where some of the words come from.
  if (written.length === files) {
    texts.replace(photo, METADATA_SOURCES, said);
    hierarchies.replace(photo, METADATA_SOURCES, paths);
  } else {
    texts.add(photo, said);
    hierarchies.add(photo, paths);
  }
  edits.setWritten(pending, said);
}

async function writeFile(file: PlannedFile, change: SidecarChange, { writer, report }: Tools): Promise<void> {
  for (const [index, sidecar] of file.sidecars.entries()) {
    // What is added is said once; what is taken out must be gone from both.
    const own = index === 0 ? change : { add: [], remove: change.remove };
    const bytes = await writer.change(file.exists ? sidecar : null, file.exists ? null : file.path, own);
    if (!bytes) continue;
    // A sidecar that is a link stays one.
    await writeAtomically(file.exists ? await realpath(sidecar) : sidecar, bytes);
    (file.exists ? report.changed : report.created).push(sidecar);
  }
}

/** Where the words of a photo go, and why they cannot go beside some of its files. */
async function plannedFiles(library: Library, photo: number): Promise<PlannedFile[]> {
  return await Promise.all(
    library.photos.storedFilesOf(photo).map(async ({ folder, ...stored }): Promise<PlannedFile> => {
      const path = join(folder, stored.path);
      const problem = await problemWith(path, folder, stored);
      if (problem !== null) return { path, sidecars: [], exists: false, problem, stored };
      const there = await sidecarsBeside(path).catch((error: unknown) => {
        if (!isSystemError(error)) throw error;
        return error;
      });
      if (there instanceof Error)
        return { path, sidecars: [], exists: false, problem: systemReason(there), stored };
      const exists = there.length > 0;
      return { path, sidecars: exists ? there : [`${path}.xmp`], exists, problem: null, stored };
    }),
  );
}

/** Why nothing can be written beside a file; null if it can. */
async function problemWith(path: string, folder: string, stored: StoredFile): Promise<string | null> {
  try {
    const { size, mtimeMs } = await stat(path);
    if (size === stored.size && mtimeMs === stored.modified) return null;
    return 'the file has changed since it was imported. Import its folder again, then write';
  } catch (error) {
    if (await isInArchive(path, folder))
      return 'it lies in a zip archive, and archives are never changed. Unpack it and import the folder to write sidecars';
    const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return isGone
      ? 'the file is not there; its drive may be away. Nothing is lost, write again when it is back'
      : systemReason(error);
  }
}

/** Whether a folder in a path is really a file. */
async function isInArchive(path: string, folder: string): Promise<boolean> {
  for (let above = dirname(path); above.length > folder.length; above = dirname(above)) {
    const found = await stat(above).catch(() => null);
    if (found) return found.isFile();
  }
  return false;
}

/** Absolute paths of the sidecars of a photo. */
async function sidecarsBeside(path: string): Promise<string[]> {
  const folder = dirname(path);
  const names = new Map((await readdir(folder)).map((name) => [name.toLowerCase(), name]));
  return sidecarsOf(basename(path), (name) => names.get(name)).map((name) => join(folder, name));
}

/** The stamp by which the next import knows these sidecars. */
async function newest(sidecars: readonly string[]): Promise<number> {
  const times = await Promise.all(sidecars.map(async (path) => (await stat(path)).mtimeMs));
  return Math.max(0, ...times);
}
