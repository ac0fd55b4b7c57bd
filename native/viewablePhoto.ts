/** A photo as a browser can show it: its own bytes where the format allows, else a JPEG made from it. */
import { open, readFile } from 'node:fs/promises';
import { openPhoto, type PhotoSource } from './image.ts';
import { HEAD_LENGTH, type PictureFormat, pictureFormat } from './pictureFormat.ts';

/** Longer side of a converted photo: sharp on any screen, and quick to send. */
const CONVERTED_SIDE = 2560;

const shown: ReadonlySet<PictureFormat> = new Set(['jpeg', 'png', 'webp', 'gif', 'avif']);

/** Bytes and media type of a photo. @throws if it cannot be read or decoded. */
export async function viewablePhoto(source: PhotoSource): Promise<{ type: string; bytes: Uint8Array }> {
  const { input, orientation = 1 } = source;
  const format = pictureFormat(typeof input === 'string' ? await readHead(input) : input);
  if (format && shown.has(format) && orientation === 1)
    return {
      type: `image/${format}`,
      bytes: typeof input === 'string' ? await readFile(input) : input,
    };
  const { image } = await openPhoto(source);
  const bytes = await image
    .flatten({ background: 'white' })
    .resize(CONVERTED_SIDE, CONVERTED_SIDE, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .jpeg({ quality: 88 })
    .toBuffer();
  return { type: 'image/jpeg', bytes };
}

async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_LENGTH), 0, HEAD_LENGTH, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
