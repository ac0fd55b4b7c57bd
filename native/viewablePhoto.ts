/** A photo as a browser can show it: its own bytes where the format allows, else a JPEG made from it. */
import { open, readFile } from 'node:fs/promises';
import { openPhoto, type PhotoSource } from './image.ts';
import { HEAD_LENGTH, type PictureFormat, pictureFormat } from './pictureFormat.ts';

/** Longer side of a converted photo: sharp on any screen, and quick to send. */
const CONVERTED_SIDE = 2560;

const shown: ReadonlySet<PictureFormat> = new Set(['jpeg', 'png', 'webp', 'gif', 'avif']);

/** Larger files are converted: one takes its size several times on its way to the screen, and in base64 is at most half a gigabyte. */
const LARGEST_FILE = 50_000_000;

/** A photo's own bytes and their media type; null where a browser would not show them as they are. @throws if it cannot be read. */
export async function viewableFile({
  input,
  orientation = 1,
}: PhotoSource): Promise<{ type: string; bytes: Uint8Array } | null> {
  const { head, size } =
    typeof input === 'string' ? await lookAt(input) : { head: input, size: input.length };
  const format = pictureFormat(head);
  if (!format || !shown.has(format) || orientation !== 1 || size > LARGEST_FILE) return null;
  return { type: `image/${format}`, bytes: typeof input === 'string' ? await readFile(input) : input };
}

/** A photo as a JPEG for the screen. It may take seconds of the thread. @throws if it cannot be read or decoded. */
export async function viewableJpeg(source: PhotoSource): Promise<Uint8Array> {
  const { image } = await openPhoto(source);
  return await image
    .flatten({ background: 'white' })
    .resize(CONVERTED_SIDE, CONVERTED_SIDE, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .jpeg({ quality: 88 })
    .toBuffer();
}

async function lookAt(path: string): Promise<{ head: Uint8Array; size: number }> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_LENGTH), 0, HEAD_LENGTH, 0);
    return { head: buffer.subarray(0, bytesRead), size: (await file.stat()).size };
  } finally {
    await file.close();
  }
}
