/** HEIC pictures, which sharp's own libheif cannot decode, through libheif compiled to WebAssembly. */
import { FileProblem } from './problem.ts';

/** The parts of libheif-js that are used here; the package has no types for them. */
interface Libheif {
  HeifDecoder: new () => { decode(bytes: Uint8Array): HeifImage[]; decoder?: unknown };
}
interface HeifImage {
  get_width(): number;
  get_height(): number;
  is_primary(): boolean;
  display(target: DisplayTarget, done: (target: DisplayTarget | null) => void): void;
  free(): void;
}
interface DisplayTarget {
  data: Uint8ClampedArray;
  width: number;
  height: number;
}

/** Pixels of a picture, upright: `[height, width, 4]` RGBA, 0–255. */
export interface RgbaPixels {
  width: number;
  height: number;
  pixels: Uint8ClampedArray;
}

let loading: Promise<Libheif> | undefined;

/** The decoder takes 10 MB of memory and a tenth of a second to load, which a library without HEIC never pays. */
async function loadLibheif(): Promise<Libheif> {
  // @ts-expect-error The package has no types.
  const module = (await import('libheif-js/wasm-bundle.js')) as { default: Libheif };
  return module.default;
}

/**
 * Decodes the main picture of a HEIC file, of at most `maximumPixels`.
 * @throws {FileProblem} if it is damaged, or larger.
 */
export async function decodeHeic(bytes: Uint8Array, maximumPixels: number): Promise<RgbaPixels> {
  loading ??= loadLibheif();
  const { HeifDecoder } = await loading;
  const images = new HeifDecoder().decode(bytes);
  try {
    const image = images.find((one) => one.is_primary()) ?? images[0];
    if (!image) throw new FileProblem('the file is damaged or cut off', true);
    const [width, height] = [image.get_width(), image.get_height()];
    if (width * height > maximumPixels)
      throw new FileProblem(`${width} × ${height} pixels is more than Photolex decodes`, true);
    const target = { data: new Uint8ClampedArray(width * height * 4), width, height };
    const shown = await new Promise<DisplayTarget | null>((resolve) => image.display(target, resolve));
    if (!shown) throw new FileProblem('the file is damaged or cut off', true);
    return { width, height, pixels: shown.data };
  } finally {
    for (const image of images) image.free();
  }
}
