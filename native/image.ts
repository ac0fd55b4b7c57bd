/**
 * From a photo's bytes to what the rest of Photolex looks at, with one decode: a JPEG thumbnail and the pixels that
 * the network sees. It does not find, name or store files, and knows nothing of networks beyond the size they want.
 *
 * The thumbnail is also the training image. With its longer side at 512 pixels it is 1.6 times as long as what the
 * network sees, which leaves room for crops. What its JPEG compression changes is small beside what tells photos
 * apart: the square roots of the features, before and after, have a cosine of .996 (median of 150 photos; at least
 * .989), those of two different photos .50. A second file for each photo would double the disk space for that.
 */
import { type FileHandle, open, readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { decodeHeic } from './heic.ts';
import { decodeJxl } from './jxl.ts';
import { describeBytes, HEAD_LENGTH, type PictureFormat, pictureFormat } from './pictureFormat.ts';
import { FileProblem, isSystemError, systemReason } from './problem.ts';

/** Photos of more pixels are refused: decoding one could take more memory than the rest of Photolex together. */
export const MAXIMUM_PIXELS = 2 ** 28;

/** Sides of a network input are multiples of this, the stride of the backbones. */
const STRIDE = 32;
const NETWORK_SIDE = 256;
/**
 * Side of the square with the area of a closer look. Networks find more in larger pictures than those they learned from, which showed
 * their things larger (Touvron et al. 2019, "Fixing the train-test resolution discrepancy"); measured: docs/training.md.
 */
export const CLOSER_SIDE = 320;
const NETWORK_MINIMUM = 128;
const NETWORK_MAXIMUM_RATIO = 2;

const THUMBNAIL_LONGER = 512;
const THUMBNAIL_SHORTER = 256;
const THUMBNAIL_LIMIT = 2048;
const THUMBNAIL_QUALITY = 80;

// Photos are decoded side by side, one thread each, which beats several threads for one; and each only once, so
// that libvips has nothing to remember.
sharp.concurrency(1);
sharp.cache(false);
// Only decoders of photos stay in reach of hostile bytes; a drawing or a document is refused, whatever its name.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpeg',
    'VipsForeignLoadPng',
    'VipsForeignLoadWebp',
    'VipsForeignLoadTiff',
    'VipsForeignLoadNsgif',
    'VipsForeignLoadHeif',
  ],
});

export interface Size {
  width: number;
  height: number;
}

/** What a network sees of a photo: `pixels` is `[height, width, 3]` RGB, 0–255. */
export interface NetworkInput extends Size {
  pixels: Uint8Array;
}

/** A photo, decoded. `width` and `height` are its own as displayed, after EXIF orientation. */
export interface DecodedPhoto extends Size {
  /** JPEG, sRGB, upright, without metadata. */
  thumbnail: Uint8Array;
  network: NetworkInput;
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/**
 * The size at which a network sees a photo of this size: about `area`² pixels whatever the shape, both sides
 * multiples of 32 and at least 128. Shapes narrower than 1:2 are squeezed to it. The starter's features were made
 * with this same rule, so changing it means making the starter again.
 */
export function networkSize(width: number, height: number, area = NETWORK_SIDE): Size {
  const ratio = clamp(width / height, 1 / NETWORK_MAXIMUM_RATIO, NETWORK_MAXIMUM_RATIO);
  const side = (length: number) => Math.max(NETWORK_MINIMUM, Math.round(length / STRIDE) * STRIDE);
  return { width: side(area * Math.sqrt(ratio)), height: side(area / Math.sqrt(ratio)) };
}

/**
 * The size of the thumbnail of a photo of this size: its longer side 512; a panorama keeps its shorter side at 256
 * as long as the longer one stays within 2,048. Never larger than the photo.
 */
export function thumbnailSize(width: number, height: number): Size {
  const longer = Math.max(width, height);
  const shorter = Math.min(width, height);
  const scale = Math.min(
    1,
    Math.max(THUMBNAIL_LONGER / longer, Math.min(THUMBNAIL_SHORTER / shorter, THUMBNAIL_LIMIT / longer)),
  );
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** A photo as a decoder takes it. */
export interface PhotoSource {
  /** Its path or its bytes. */
  input: string | Uint8Array;
  /** EXIF orientation, 1–8, in place of the one in the file. */
  orientation?: number;
}

/** Degrees clockwise that bring a picture of an EXIF orientation upright. RAW files are never mirrored. */
const TURNS: Readonly<Record<number, number>> = { 3: 180, 6: 90, 8: 270 };

/**
 * A photo, open for decoding: upright, `width` × `height` as displayed.
 * @throws {FileProblem} if it has more than `MAXIMUM_PIXELS`; whatever the decoder throws.
 */
export async function openPhoto({ input, orientation }: PhotoSource): Promise<Size & { image: Sharp }> {
  const format = pictureFormat((await readEnds(input)).head);
  if (format === 'heic' || format === 'jxl') {
    const bytes = typeof input === 'string' ? await readFile(input) : input;
    const decode = format === 'heic' ? decodeHeic : decodeJxl;
    const { width, height, pixels } = await decode(bytes, MAXIMUM_PIXELS);
    return { width, height, image: sharp(pixels, { raw: { width, height, channels: 4 } }) };
  }
  const found = await sharp(input, { limitInputPixels: false }).metadata();
  if (found.width * found.height > MAXIMUM_PIXELS) throw tooLarge(found.autoOrient);
  const options = { failOn: 'error', limitInputPixels: MAXIMUM_PIXELS } as const;
  if (orientation === undefined)
    return { ...found.autoOrient, image: sharp(input, { ...options, autoOrient: true }) };
  const turn = TURNS[orientation] ?? 0;
  const [width, height] = turn % 180 === 0 ? [found.width, found.height] : [found.height, found.width];
  return { width, height, image: sharp(input, options).rotate(turn) };
}

/**
 * Decodes a photo: in sRGB, transparent parts on white, the first picture of an animation.
 * @throws {FileProblem} if it cannot be read or decoded, with the reason.
 */
export async function decodePhoto(source: PhotoSource): Promise<DecodedPhoto> {
  try {
    const { image, ...size } = await openPhoto(source);
    const small = thumbnailSize(size.width, size.height);
    const pixels = await image
      .flatten({ background: 'white' })
      .resize(small.width, small.height, { fit: 'fill' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer();
    const [thumbnail, network] = await Promise.all([
      sharp(pixels, { raw: { ...small, channels: 3 } })
        // Codes made for each picture would save 4 % of the disk space and take as long again as the encoding.
        .jpeg({ quality: THUMBNAIL_QUALITY, optimiseCoding: false })
        .toBuffer(),
      seenPixels({ ...small, pixels }, networkSize(size.width, size.height)),
    ]);
    return { width: size.width, height: size.height, thumbnail, network };
  } catch (error) {
    throw error instanceof FileProblem ? error : await explain(source.input, error as Error);
  }
}

/** The pixels of a thumbnail, given its path or its bytes. @throws {FileProblem} if it cannot be read or decoded. */
export async function decodeThumbnail(input: string | Uint8Array): Promise<NetworkInput> {
  try {
    const { data, info } = await sharp(input, { failOn: 'error' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, pixels: data };
  } catch (error) {
    throw await explain(input, error as Error);
  }
}

/** A thumbnail of the library, and whether networks see it larger (`CLOSER_SIDE`). */
export interface Thumbnail {
  path: string;
  closer: boolean;
}

/** A thumbnail's pixels as a network sees them. */
export const networkInput = (thumbnail: NetworkInput, closer = false): Promise<NetworkInput> =>
  seenPixels(thumbnail, networkSize(thumbnail.width, thumbnail.height, closer ? CLOSER_SIDE : NETWORK_SIDE));

async function seenPixels({ width, height, pixels }: NetworkInput, wanted: Size): Promise<NetworkInput> {
  const seen = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .resize(wanted.width, wanted.height, { fit: 'fill', kernel: 'cubic', fastShrinkOnLoad: false })
    .raw()
    .toBuffer();
  return { ...wanted, pixels: seen };
}

function tooLarge({ width, height }: Size): FileProblem {
  const [w, h] = [width, height].map((side) => side.toLocaleString('en'));
  const limit = Math.floor(MAXIMUM_PIXELS / 1e6);
  return new FileProblem(`${w} × ${h} pixels is more than the limit of ${limit} million pixels`, true);
}

/** Why a photo could not be decoded: the decoder's message tells little, so this looks at the file itself. */
async function explain(input: string | Uint8Array, error: Error): Promise<FileProblem> {
  const because = { cause: error };
  if (/out of memory|unable to allocate/i.test(error.message))
    return new FileProblem('there was not enough memory to decode it', false, because);
  let ends: Ends;
  try {
    ends = await readEnds(input);
  } catch (unreadable) {
    if (!isSystemError(unreadable)) throw unreadable;
    return new FileProblem(systemReason(unreadable), false, { cause: unreadable });
  }
  const format = pictureFormat(ends.head);
  if (format === null) return new FileProblem(describeBytes(ends.head), true, because);
  if (isCutOff(format, ends, error.message)) return new FileProblem('the file is cut off', true, because);
  return new FileProblem('the file is damaged or cut off', true, because);
}

interface Ends {
  size: number;
  head: Uint8Array;
  tail: Uint8Array;
}

const TAIL_LENGTH = 64;

async function readEnds(input: string | Uint8Array): Promise<Ends> {
  if (typeof input !== 'string')
    return {
      size: input.length,
      head: input.subarray(0, HEAD_LENGTH),
      tail: input.subarray(Math.max(0, input.length - TAIL_LENGTH)),
    };
  const file = await open(input);
  try {
    const { size } = await file.stat();
    return {
      size,
      head: await readAt(file, 0, HEAD_LENGTH),
      tail: await readAt(file, Math.max(0, size - TAIL_LENGTH), TAIL_LENGTH),
    };
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Whether the end of the file is missing, where the format lets us know. */
function isCutOff(format: PictureFormat, { size, head, tail }: Ends, message: string): boolean {
  const end = Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength);
  switch (format) {
    case 'jpeg':
      // The marker EOI. (The decoder's own message gets lost while others decode beside it.)
      return !end.includes(Buffer.of(0xff, 0xd9));
    case 'gif':
      return /premature end|unexpected end/i.test(message);
    case 'png':
      return !end.includes('IEND');
    case 'webp':
      return new DataView(head.buffer, head.byteOffset).getUint32(4, true) + 8 > size;
    case 'tiff':
    case 'avif':
    case 'heic':
    case 'jxl':
    case 'raw':
      return false;
  }
}
