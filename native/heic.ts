/** HEIC pictures, which sharp's own libheif cannot decode, through libheif compiled to WebAssembly. */
import { FileProblem } from './problem.ts';
import { WasmDecoder } from './wasmDecoder.ts';

/** A value of C++, compared by identity. */
type Opaque = object;

/** How a function of libheif failed. */
interface HeifError {
  code: Opaque;
  subcode: Opaque;
  message: string;
}

/**
 * The C functions of libheif that are used here. The package's own HeifDecoder never frees what it has read, prints to stdout, and
 * lets a crash while decoding end the process.
 */
interface Libheif {
  heif_context_alloc(): Opaque;
  heif_context_free(context: Opaque): void;
  heif_context_read_from_memory(context: Opaque, bytes: Uint8Array): HeifError;
  heif_js_context_get_primary_image_handle(context: Opaque): Opaque | HeifError;
  heif_image_handle_get_width(handle: Opaque): number;
  heif_image_handle_get_height(handle: Opaque): number;
  heif_image_handle_release(handle: Opaque): void;
  heif_js_decode_image2(handle: Opaque, colours: Opaque, layout: Opaque): HeifPixels | HeifError;
  heif_image_release(image: Opaque): void;
  heif_colorspace: { heif_colorspace_RGB: Opaque };
  heif_chroma: { heif_chroma_interleaved_RGBA: Opaque };
  heif_error_code: { heif_error_Ok: Opaque; heif_error_Memory_allocation_error: Opaque };
  heif_suberror_code: { heif_suberror_Security_limit_exceeded: Opaque };
}
interface HeifPixels {
  image: Opaque;
  channels: { width: number; height: number; stride: number; data: Uint8Array }[];
}

/** Pixels of a picture, upright: `[height, width, 4]` RGBA, 0–255. */
export interface RgbaPixels {
  width: number;
  height: number;
  pixels: Uint8ClampedArray;
}

/** It takes 10 MB of memory and a tenth of a second to load, which a library without HEIC never pays. */
const decoder = new WasmDecoder(async (): Promise<Libheif> => {
  // @ts-expect-error The package has no types for its bundle.
  const module = (await import('libheif-js/libheif-wasm/libheif-bundle.js')) as { default: () => Libheif };
  return module.default();
});

/**
 * Decodes the main picture of a HEIC file, of at most `maximumPixels`.
 * @throws {FileProblem} if it is damaged, or larger, or the decoder fails.
 */
export function decodeHeic(bytes: Uint8Array, maximumPixels: number): Promise<RgbaPixels> {
  return decoder.use((libheif) => {
    const context = libheif.heif_context_alloc();
    try {
      check(libheif, libheif.heif_context_read_from_memory(context, bytes));
      const handle = check(libheif, libheif.heif_js_context_get_primary_image_handle(context));
      try {
        return decodeImage(libheif, handle, maximumPixels);
      } finally {
        libheif.heif_image_handle_release(handle);
      }
    } finally {
      libheif.heif_context_free(context);
    }
  });
}

function decodeImage(libheif: Libheif, handle: Opaque, maximumPixels: number): RgbaPixels {
  const [width, height] = [
    libheif.heif_image_handle_get_width(handle),
    libheif.heif_image_handle_get_height(handle),
  ];
  if (width * height > maximumPixels)
    throw new FileProblem(`${width} × ${height} pixels is more than Photolex decodes`, true);
  const { heif_colorspace_RGB: rgb } = libheif.heif_colorspace;
  const { heif_chroma_interleaved_RGBA: interleaved } = libheif.heif_chroma;
  const { image, channels } = check(libheif, libheif.heif_js_decode_image2(handle, rgb, interleaved));
  try {
    const [channel] = channels;
    if (!channel) throw damaged();
    const row = channel.width * 4;
    const pixels = new Uint8ClampedArray(row * channel.height);
    for (let y = 0; y < channel.height; y++)
      pixels.set(channel.data.subarray(y * channel.stride, y * channel.stride + row), y * row);
    return { width: channel.width, height: channel.height, pixels };
  } finally {
    libheif.heif_image_release(image);
  }
}

/** A result, unless it is an error. @throws {FileProblem} if the file is the reason, another error if memory is. */
function check<R extends object>(libheif: Libheif, result: R | HeifError): R {
  const { code, subcode, message } = result as Partial<HeifError>;
  if (!code || code === libheif.heif_error_code.heif_error_Ok) return result as R;
  const outOfMemory =
    code === libheif.heif_error_code.heif_error_Memory_allocation_error &&
    subcode !== libheif.heif_suberror_code.heif_suberror_Security_limit_exceeded;
  throw outOfMemory ? new Error(message) : damaged(message);
}

const damaged = (cause?: unknown): FileProblem =>
  new FileProblem('the file is damaged or cut off', true, { cause });
