/**
 * Training images that differ a little each time they are seen: a random part of the photo, mirrored half of the time. Everything
 * follows from a seed. Pixels are RGB bytes `[height, width, 3]`.
 */
import type { Random } from '../random.ts';

export interface Pixels {
  width: number;
  height: number;
  /** [height, width, 3] */
  pixels: Uint8Array;
}

/** A part of a photo, in its pixels; it need not begin or end at a whole one. */
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
  mirrored: boolean;
}

export interface CropOptions {
  /** Least and largest share of the photo's area. */
  area: readonly [number, number];
  /** Least and largest ratio of width to height, by that of the photo (`shape: 'photo'`) or by themselves. */
  aspect: readonly [number, number];
  /** What `aspect` is relative to: a square part of the photo, or one of the photo's own shape. */
  shape: 'square' | 'photo';
}

/** Szegedy et al. 2015, section 6: from 8 % of the area, width to height from 3/4 to 4/3. */
export const googlenetCrop: CropOptions = { area: [0.08, 1], aspect: [3 / 4, 4 / 3], shape: 'square' };

/** The seed system's: photos squashed to 256 × 256, of which 224 × 224 are taken. */
export const plainCrop: CropOptions = {
  area: [(224 / 256) ** 2, (224 / 256) ** 2],
  aspect: [1, 1],
  shape: 'photo',
};

/** Draws until a part fits; after this many failures the largest centred part of the nearest allowed shape is taken. */
const ATTEMPTS = 10;

/** A random part of a photo of this size, mirrored or not. */
export function drawRegion(
  size: { width: number; height: number },
  { area, aspect, shape }: CropOptions,
  random: Random,
): Region {
  const own = size.width / size.height;
  const relative = shape === 'photo' ? own : 1;
  const between = (low: number, high: number): number => low + (high - low) * random.next();
  const mirrored = random.next() < 0.5;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const pixels = between(...area) * size.width * size.height;
    // Uniform in the logarithm, so that wide and tall parts are equally frequent.
    const ratio = relative * Math.exp(between(Math.log(aspect[0]), Math.log(aspect[1])));
    const width = Math.sqrt(pixels * ratio);
    const height = Math.sqrt(pixels / ratio);
    if (width > size.width * ROUNDING || height > size.height * ROUNDING) continue;
    const left = random.next() * Math.max(0, size.width - width);
    const top = random.next() * Math.max(0, size.height - height);
    return { left, top, width: Math.min(width, size.width), height: Math.min(height, size.height), mirrored };
  }
  const ratio = Math.min(relative * aspect[1], Math.max(relative * aspect[0], own));
  const width = Math.min(size.width, size.height * ratio);
  const height = Math.min(size.height, size.width / ratio);
  return { left: (size.width - width) / 2, top: (size.height - height) / 2, width, height, mirrored };
}

const ROUNDING = 1 + 1e-9;

/** Which pixels of a line make each pixel of a shorter or longer one, and with which weights. */
interface Taps {
  first: Int32Array;
  count: Int32Array;
  /** [pixels, most] */
  weights: Float32Array;
  most: number;
}

/** A triangle as wide as an output pixel, at least as wide as an input one: blurs where it shrinks, interpolates where it enlarges. */
function triangleTaps(size: number, start: number, length: number, pixels: number): Taps {
  const scale = length / pixels;
  const reach = Math.max(1, scale);
  const most = Math.ceil(2 * reach) + 1;
  const taps = {
    first: new Int32Array(pixels),
    count: new Int32Array(pixels),
    weights: new Float32Array(pixels * most),
    most,
  };
  for (let pixel = 0; pixel < pixels; pixel++) {
    const centre = start + (pixel + 0.5) * scale - 0.5;
    const first = Math.max(0, Math.ceil(centre - reach));
    const last = Math.min(size - 1, Math.floor(centre + reach));
    let sum = 0;
    for (let from = first; from <= last; from++) sum += 1 - Math.abs(from - centre) / reach;
    for (let from = first; from <= last; from++)
      taps.weights[pixel * most + from - first] = (1 - Math.abs(from - centre) / reach) / sum;
    taps.first[pixel] = first;
    taps.count[pixel] = last - first + 1;
  }
  return taps;
}

/** A part of a photo scaled to `size`: `[height, width, 3]`. */
export function cropPixels(
  { width, height, pixels }: Pixels,
  region: Region,
  size: { width: number; height: number },
): Uint8Array {
  const across = triangleTaps(width, region.left, region.width, size.width);
  const down = triangleTaps(height, region.top, region.height, size.height);
  const top = down.first[0]!;
  const bottom = down.first[size.height - 1]! + down.count[size.height - 1]!;
  const rows = new Float32Array((bottom - top) * size.width * 3);
  for (let y = top, at = 0; y < bottom; y++) {
    for (let x = 0; x < size.width; x++, at += 3) {
      const taps = x * across.most;
      let from = (y * width + across.first[x]!) * 3;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let tap = 0; tap < across.count[x]!; tap++, from += 3) {
        const weight = across.weights[taps + tap]!;
        red += weight * pixels[from]!;
        green += weight * pixels[from + 1]!;
        blue += weight * pixels[from + 2]!;
      }
      rows[at] = red;
      rows[at + 1] = green;
      rows[at + 2] = blue;
    }
  }
  const result = new Uint8Array(size.height * size.width * 3);
  const sums = new Float32Array(size.width * 3);
  for (let y = 0; y < size.height; y++) {
    sums.fill(0.5);
    for (let tap = 0; tap < down.count[y]!; tap++) {
      const weight = down.weights[y * down.most + tap]!;
      const from = (down.first[y]! + tap - top) * size.width * 3;
      for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + weight * rows[from + i]!;
    }
    for (let x = 0; x < size.width; x++) {
      const at = (y * size.width + (region.mirrored ? size.width - 1 - x : x)) * 3;
      for (let channel = 0; channel < 3; channel++) result[at + channel] = sums[x * 3 + channel]!;
    }
  }
  return result;
}
