/** What pixels become for an image network. */

/** The range that EfficientNet-Lite was trained with, and all networks of Photolex take: byte → (byte − 127) / 128. */
export const NORMALISED = Float32Array.from({ length: 256 }, (_, byte) => (byte - 127) / 128);

/**
 * Photos of one size, each `[height, width, 3]` bytes, as the values of a batch `[photos, height, width, 3]`.
 * @throws {RangeError} if their sizes differ.
 */
export function imageBatch(photos: readonly Uint8Array[]): Float32Array {
  const size = photos[0]?.length ?? 0;
  const values = new Float32Array(photos.length * size);
  for (const [index, pixels] of photos.entries()) {
    if (pixels.length !== size) throw new RangeError('The photos of a batch must be of one size.');
    for (let i = 0; i < size; i++) values[index * size + i] = NORMALISED[pixels[i]!]!;
  }
  return values;
}
