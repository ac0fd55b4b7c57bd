/**
 * A first look at a picture file without decoding it: its format, the hash of its bytes, and whether any metadata can
 * be in it. Files are read in small pieces, so that the thread never stalls and memory stays flat whatever the size.
 */
import { createHash } from 'node:crypto';
import { constants, type FileHandle, open } from 'node:fs/promises';
import { describeBytes, HEAD_LENGTH, type PictureFormat, pictureFormat } from './pictureFormat.ts';
import { FileProblem, isSystemError, systemReason } from './problem.ts';

/** Bytes read and hashed at a time: about 0.2 ms of hashing. */
const PIECE = 256 * 1024;
/** Bytes read at a time while looking for segments. */
const BLOCK = 16 * 1024;

export interface PictureFile {
  /** SHA-256 of all bytes, in lower-case hexadecimal. */
  hash: string;
  bytes: number;
  format: PictureFormat;
  /** False only if the file surely holds no captions, keywords, dates, places: exiftool need not read it. */
  mayHoldMetadata: boolean;
}

/**
 * Looks at a file.
 * @throws {FileProblem} if it cannot be read or is no picture, with the reason.
 */
export async function inspectPicture(path: string): Promise<PictureFile> {
  try {
    // Opening a pipe would otherwise wait for someone to write into it.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const found = await file.stat();
      if (!found.isFile()) throw new FileProblem('it is not a file', false);
      const reader = new BlockReader(file);
      const head = await reader.bytes(0, HEAD_LENGTH);
      const format = pictureFormat(head);
      if (format === null) throw new FileProblem(describeBytes(head), true);
      const holdsMetadata = await mayHoldMetadata(reader, format);
      const hash = await hashFile(file, found.size);
      const now = await file.stat();
      if (now.size !== found.size || now.mtimeMs !== found.mtimeMs)
        throw new FileProblem('it changed while it was read; import it again when it is complete', false);
      return { format, mayHoldMetadata: holdsMetadata, hash, bytes: found.size };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isSystemError(error)) throw new FileProblem(systemReason(error), false, { cause: error });
    throw error;
  }
}

/** The hash of the first `size` bytes: a file that grows as fast as it is read would never end. */
async function hashFile(file: FileHandle, size: number): Promise<string> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(Math.min(PIECE, size + 1));
  for (let bytes = 0; bytes < size; ) {
    const { bytesRead } = await file.read(piece, 0, Math.min(piece.length, size - bytes), bytes);
    if (bytesRead === 0) break;
    hash.update(piece.subarray(0, bytesRead));
    bytes += bytesRead;
  }
  return hash.digest('hex');
}

/** Reads a file here and there, a block at a time, keeping the last block. */
class BlockReader {
  readonly #file: FileHandle;
  #start = 0;
  #block: Buffer = Buffer.alloc(0);

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** `length` bytes (at most a block) from `offset`; fewer at the end of the file. */
  async bytes(offset: number, length: number): Promise<Buffer> {
    if (offset < this.#start || offset + length > this.#start + this.#block.length) {
      const { buffer, bytesRead } = await this.#file.read(Buffer.allocUnsafe(BLOCK), 0, BLOCK, offset);
      this.#start = offset;
      this.#block = buffer.subarray(0, bytesRead);
    }
    return this.#block.subarray(offset - this.#start, offset - this.#start + length);
  }
}

function mayHoldMetadata(reader: BlockReader, format: PictureFormat): Promise<boolean> {
  switch (format) {
    case 'jpeg':
      return jpegHoldsMetadata(reader);
    case 'png':
      return pngHoldsMetadata(reader);
    case 'webp':
      return webpHoldsMetadata(reader);
    case 'tiff':
    case 'gif':
    case 'avif':
    case 'heic':
    case 'jxl':
    case 'raw':
      return Promise.resolve(true);
  }
}

const JPEG = { exifOrXmp: 0xe1, photoshop: 0xed, comment: 0xfe, startOfScan: 0xda, endOfImage: 0xd9 };

/** Walks the segments before the picture data, looking for APP1 (EXIF, XMP), APP13 (IPTC) and comments. */
async function jpegHoldsMetadata(reader: BlockReader): Promise<boolean> {
  let offset = 2;
  for (;;) {
    const segment = await reader.bytes(offset, 4);
    if (segment.length < 4) return false;
    const marker = segment[1]!;
    // Anything but a marker is for exiftool to make sense of.
    if (segment[0] !== 0xff) return true;
    if (marker === 0xff) {
      offset += 1;
      continue;
    }
    if (marker === JPEG.exifOrXmp || marker === JPEG.photoshop || marker === JPEG.comment) return true;
    if (marker === JPEG.startOfScan || marker === JPEG.endOfImage) return false;
    offset += 2 + segment.readUInt16BE(2);
  }
}

const PNG_METADATA = new Set(['tEXt', 'zTXt', 'iTXt', 'eXIf']);

/** Walks the chunks to the end, because text may follow the picture data. */
async function pngHoldsMetadata(reader: BlockReader): Promise<boolean> {
  let offset = 8;
  for (;;) {
    const chunk = await reader.bytes(offset, 8);
    if (chunk.length < 8) return false;
    const type = chunk.toString('latin1', 4, 8);
    if (PNG_METADATA.has(type)) return true;
    if (type === 'IEND') return false;
    offset += 12 + chunk.readUInt32BE(0);
  }
}

/** The extended header announces EXIF and XMP; a file without that header has neither. */
async function webpHoldsMetadata(reader: BlockReader): Promise<boolean> {
  const head = await reader.bytes(12, 12);
  const exifOrXmp = 0x08 | 0x04;
  return head.toString('latin1', 0, 4) === 'VP8X' && (head[8]! & exifOrXmp) !== 0;
}
