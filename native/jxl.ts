/** JPEG XL pictures, which sharp cannot decode, through libjxl compiled to WebAssembly. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { RgbaPixels } from './heic.ts';
import { FileProblem } from './problem.ts';
import { WasmDecoder } from './wasmDecoder.ts';

type Decode = typeof import('@jsquash/jxl/decode.js')['default'];

/** A library without JPEG XL does not pay for it. */
const decoder = new WasmDecoder(async (): Promise<Decode> => {
  const { default: decode, init } = await import('@jsquash/jxl/decode.js');
  const file = fileURLToPath(import.meta.resolve('@jsquash/jxl/codec/dec/jxl_dec.wasm'));
  await init(await WebAssembly.compile(await readFile(file)));
  return decode;
});

/** How the decoder says that it cannot make sense of the bytes; whatever else it throws says nothing about them. */
const NO_PICTURE = 'Decoding error';

/**
 * Decodes a JPEG XL file of at most `maximumPixels`: upright, in sRGB.
 * @throws {FileProblem} if it is damaged, or larger, or the decoder fails.
 */
export async function decodeJxl(bytes: Uint8Array, maximumPixels: number): Promise<RgbaPixels> {
  const damaged = (cause?: unknown) => new FileProblem('the file is damaged or cut off', true, { cause });
  const size = jxlSize(bytes);
  if (!size) throw damaged();
  if (size.width * size.height > maximumPixels)
    throw new FileProblem(`${size.width} × ${size.height} pixels is more than Photolex decodes`, true);
  return await decoder.use(async (decode) => {
    try {
      // A copy: a Buffer may be a part of a larger piece of memory.
      const { width, height, data } = await decode(new Uint8Array(bytes).buffer);
      return { width, height, pixels: new Uint8ClampedArray(data) };
    } catch (error) {
      throw error instanceof Error && error.message === NO_PICTURE ? damaged(error) : error;
    }
  });
}

/** Widths for a height, by the number that stands for them (ISO/IEC 18181-1, SizeHeader). */
const RATIOS = [
  [1, 1],
  [12, 10],
  [4, 3],
  [3, 2],
  [16, 9],
  [5, 4],
  [2, 1],
] as const;
/** Bits of a side, by the number that stands for them. */
const SIDE_BITS = [9, 13, 18, 30] as const;

/** Width and height as stored, from the first bytes; null if they are none of JPEG XL. */
export function jxlSize(bytes: Uint8Array): { width: number; height: number } | null {
  const start = codestream(bytes);
  if (start === null || start + 12 > bytes.length) return null;
  let at = 8 * (start + 2);
  const read = (bits: number): number => {
    let value = 0;
    for (let bit = 0; bit < bits; bit++, at++) value += ((bytes[at >> 3]! >> (at & 7)) & 1) * 2 ** bit;
    return value;
  };
  const small = read(1) === 1;
  const side = () => (small ? 8 * (read(5) + 1) : read(SIDE_BITS[read(2)]!) + 1);
  const height = side();
  const ratio = RATIOS[read(3) - 1];
  return { height, width: ratio ? Math.floor((height * ratio[0]) / ratio[1]) : side() };
}

const isCodestream = (bytes: Uint8Array, at: number): boolean => bytes[at] === 0xff && bytes[at + 1] === 0x0a;

/** Where the picture itself begins: at the start, or in the first box of it. */
function codestream(bytes: Uint8Array): number | null {
  if (isCodestream(bytes, 0)) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 16 <= bytes.length; ) {
    const [length, type] = [view.getUint32(at), String.fromCharCode(...bytes.subarray(at + 4, at + 8))];
    const head = length === 1 ? 16 : 8;
    const start = at + head + (type === 'jxlp' ? 4 : 0);
    if (type === 'jxlc' || type === 'jxlp') return isCodestream(bytes, start) ? start : null;
    const whole = length === 1 ? Number(view.getBigUint64(at + 8)) : length;
    if (whole < head) return null;
    at += whole;
  }
  return null;
}
