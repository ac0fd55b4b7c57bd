/** Finds what lies in what the user named. Archives stay open, because their photos are read where they lie. */
import { basename, extname } from 'node:path';
import { FileProblem, systemReason } from '../../../native/problem.ts';
import { ZipArchive } from '../../../native/zip.ts';
import { PhotolexError } from '../contract.ts';
import { addContents, type FolderContents, listArchive, walkFolder } from './folder.ts';
import { walkParts } from './folderParts.ts';
import type { Given } from './given.ts';
import type { Progress } from './progress.ts';
import type { Skip } from './reasons.ts';
import { FileTree } from './source.ts';
import { sourcesOf } from './sources.ts';

export interface FindOptions {
  /** Where the folder lies below its root, empty or ending with a slash. */
  prefix: string;
  signal: AbortSignal | undefined;
  onProgress: (progress: Progress) => void;
  /** Told of archives that cannot be read. */
  skip: Skip;
}

export class GivenFiles {
  readonly #given: Given;
  readonly #options: FindOptions;
  readonly #archives: ZipArchive[] = [];

  constructor(given: Given, options: FindOptions) {
    this.#given = given;
    this.#options = options;
  }

  /**
   * Everything that lies in the folder or the archives that were named.
   * @throws {PhotolexError} `no-folder` if the folder cannot be read.
   * @throws the signal's reason if it is aborted.
   */
  async find(): Promise<FolderContents> {
    const { folder, archives, list, parts } = this.#given;
    if (parts !== null) return await walkParts(folder, parts, this.#options.signal);
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
        this.#options.skip(zip.path, error.message);
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

  /** Closes the archives. */
  close(): void {
    for (const archive of this.#archives) archive.close();
  }

  /** The folder's contents; `archivesOnly` leaves out all but the archives directly in it. */
  async #walk(archivesOnly: boolean): Promise<FolderContents> {
    const { folder } = this.#given;
    const { prefix, signal, onProgress } = this.#options;
    const stage = 'Looking for photos';
    return await walkFolder(folder, {
      archivesOnly,
      prefix,
      ...(signal ? { signal } : {}),
      onFound: (done) => onProgress({ stage, done, total: null, unit: 'files' }),
    }).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw new PhotolexError('no-folder', `${folder} cannot be read: ${systemReason(error)}.`, {
        cause: error,
      });
    });
  }
}
