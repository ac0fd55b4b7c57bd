/**
 * Tells picture formats apart by their first bytes, never by the file's name, and says what a file is instead when
 * it is no picture. It looks at nothing beyond the bytes it is given.
 */

/** The formats that Photolex decodes. */
export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'tiff' | 'gif' | 'avif' | 'heic' | 'jxl' | 'raw';

/** How many bytes from the start of a file `pictureFormat` and `describeBytes` want to see, or all of a shorter file. */
export const HEAD_LENGTH = 4096;

const AVIF_BRANDS = new Set(['avif', 'avis']);
const HEIC_BRANDS = new Set(['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'mif1', 'msf1']);

function ascii(head: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...head.subarray(from, to));
}

/** Brands of an ISO base media file (AVIF, HEIC, MP4): the main one first. Empty if it is none. */
function brands(head: Uint8Array): string[] {
  if (ascii(head, 4, 8) !== 'ftyp') return [];
  const length = Math.min(new DataView(head.buffer, head.byteOffset).getUint32(0), head.length);
  const found = [ascii(head, 8, 12)];
  for (let at = 16; at + 4 <= length; at += 4) found.push(ascii(head, at, at + 4));
  return found;
}

/** The format of the picture that starts with these bytes, or null if they are no picture that Photolex decodes. */
export function pictureFormat(head: Uint8Array): PictureFormat | null {
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'jpeg';
  if (ascii(head, 0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === 'WEBP') return 'webp';
  if (/^GIF8[79]a/.test(ascii(head, 0, 6))) return 'gif';
  if (/^(II[*+]\0|MM\0[*+])/.test(ascii(head, 0, 4))) return 'tiff';
  if (isRaw(head)) return 'raw';
  if (ascii(head, 4, 12) === 'JXL \r\n\x87\n' || (head[0] === 0xff && head[1] === 0x0a)) return 'jxl';
  const [main] = brands(head);
  if (brands(head).some((brand) => AVIF_BRANDS.has(brand))) return 'avif';
  if (main !== undefined && HEIC_BRANDS.has(main)) return 'heic';
  return null;
}

/** RAW formats with first bytes of their own: CR3, RAF, ORF, RW2. The others are TIFF files, told by their names. */
function isRaw(head: Uint8Array): boolean {
  return (
    brands(head)[0] === 'crx ' ||
    ascii(head, 0, 15) === 'FUJIFILMCCD-RAW' ||
    /^(IIR[OS]|MMOR|IIU\0)/.test(ascii(head, 0, 4))
  );
}

/** What a file that is no picture is instead, as the end of a sentence: "this is not a picture: …". */
export function describeBytes(head: Uint8Array): string {
  if (head.length === 0) return 'the file is empty';
  const brand = brands(head)[0];
  if (brand !== undefined) return 'this is not a picture: it is a video';
  if (ascii(head, 0, 4) === '%PDF') return 'this is not a picture: it is a PDF document';
  if (ascii(head, 0, 2) === 'PK') return 'this is not a picture: it is a zip archive';
  if (ascii(head, 0, 2) === 'BM') return 'this is a BMP picture, which Photolex cannot read';
  if (head.every((byte) => byte === 0)) return 'this is not a picture: it holds nothing but zeros';
  if (/^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<svg/is.test(ascii(head, 0, 1024)))
    return 'this is a drawing (SVG), which Photolex cannot read';
  if (/^\s*<(!doctype html|html)/i.test(ascii(head, 0, 1024)))
    return 'this is not a picture: it is a web page';
  if (isText(head)) return 'this is not a picture: it is text';
  return 'this is not a picture in a format that Photolex knows';
}

/** Whether bytes read as UTF-8 text without control characters. A character cut at the end does not count against it. */
function isText(head: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells text from data.
    return !/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text);
  } catch {
    return false;
  }
}
