/**
 * Reads the file of one photo: which bytes it has, and what its metadata and sidecars say. A file that is known and unchanged is
 * not read again. What cannot be read is skipped with the reason; a photo is worth having without its words.
 */
import {
  ExiftoolUnavailable,
  METADATA_VERSION,
  type Metadata,
  MetadataReader,
} from '../../../native/metadata.ts';
import { inspectPicture, type PictureFile } from '../../../native/pictureFile.ts';
import { FileProblem } from '../../../native/problem.ts';
import type { StoredFile } from '../library/photos.ts';
import { type FoundFile, fileStamp, withLocalFiles } from './files.ts';
import type { FoundPhoto } from './folder.ts';
import type { Skip } from './reasons.ts';

/** A file that is new or has changed, as it was read. */
export interface ReadFile {
  found: FoundPhoto;
  stamp: Stamp;
  picture: PictureFile;
  /** Null if there is none, `unread` if there may be some that could not be read. */
  metadata: Metadata | null | 'unread';
}

/** What tells an unchanged file without reading it. */
type Stamp = Pick<StoredFile, 'size' | 'modified' | 'sidecarModified'>;

/** The `sidecarModified` of a file whose metadata could not be read, or not all, so that the next import tries again. */
const UNREAD = -1;
/** Bytes that a sidecar may have; those with the history of every edit have one or two million. */
const LARGEST_SIDECAR = 16 * 2 ** 20;

export class PhotoReader {
  readonly #onUnavailable: (reason: string) => void;
  readonly #metadata = new MetadataReader();
  #metadataUnavailable = false;

  /** @param onUnavailable told once if no metadata at all can be read */
  constructor(onUnavailable: (reason: string) => void) {
    this.#onUnavailable = onUnavailable;
  }

  /**
   * Reads a file unless it is as the library knows it. Null if it cannot be read.
   * @param skip told of each file that cannot be read, or not all of it
   */
  async read(
    found: FoundPhoto,
    known: StoredFile | undefined,
    skip: Skip,
  ): Promise<ReadFile | 'unchanged' | null> {
    try {
      const stamp = await readStamp(found);
      if (known && isSameStamp(known, stamp) && known.metadataVersion === METADATA_VERSION)
        return 'unchanged';
      return await withLocalFiles(
        [found, ...(await this.#readableSidecars(found, skip))],
        async ([path, ...sidecars]) => {
          const picture = await inspectPicture(path!);
          const metadata = await this.#readMetadata(found.path, { path: path!, sidecars }, picture, skip);
          const isWhole = metadata !== 'unread' && sidecars.length === found.sidecars.length;
          if (!isWhole) stamp.sidecarModified = UNREAD;
          return { found, stamp, picture, metadata };
        },
      );
    } catch (error) {
      if (!(error instanceof FileProblem)) throw error;
      skip(found.path, error.message);
      return null;
    }
  }

  /** Ends what reads metadata. */
  async close(): Promise<void> {
    await this.#metadata.close();
  }

  /** The sidecars of a photo that are as small as words are: exiftool takes them into memory whole. */
  async #readableSidecars({ sidecars }: FoundPhoto, skip: Skip): Promise<FoundFile[]> {
    const readable: FoundFile[] = [];
    for (const sidecar of sidecars) {
      const size = await fileStamp(sidecar).then(
        (stamp) => stamp.size,
        () => 0,
      );
      if (size <= LARGEST_SIDECAR) readable.push(sidecar);
      else skip(sidecar.path, 'it is too large for a sidecar');
    }
    return readable;
  }

  /** The metadata of a photo, which is imported whether it can be read or not. */
  async #readMetadata(
    name: string,
    { path, sidecars }: { path: string; sidecars: string[] },
    picture: PictureFile,
    skip: Skip,
  ): Promise<ReadFile['metadata']> {
    if (!picture.mayHoldMetadata && sidecars.length === 0) return null;
    if (this.#metadataUnavailable) return 'unread';
    try {
      return await this.#metadata.read(picture.mayHoldMetadata ? path : null, sidecars);
    } catch (error) {
      const { message } = error as Error;
      if (!(error instanceof ExiftoolUnavailable)) {
        skip(name, `its captions and keywords cannot be read (${message}); the photo is imported`);
      } else if (!this.#metadataUnavailable) {
        this.#metadataUnavailable = true;
        this.#onUnavailable(
          `captions, keywords and dates inside photos were not read, because exiftool does not start (${message})`,
        );
      }
      return 'unread';
    }
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
