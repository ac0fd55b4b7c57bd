/**
 * RAW photos, shown as the largest JPEG that the camera put into the file: developing them is the work of other programs, and what the
 * photographer saw on the camera is what they will look for.
 */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { ExifTool } from 'exiftool-vendored';
import { FileProblem } from './problem.ts';
import { withTemporaryFolder } from './temporaryFolder.ts';

export const RAW_EXTENSIONS: ReadonlySet<string> = new Set([
  '.cr2',
  '.cr3',
  '.nef',
  '.arw',
  '.raf',
  '.orf',
  '.rw2',
  '.dng',
  '.pef',
]);

/** Where RAW formats keep JPEGs, in exiftool's names. */
const PREVIEWS = ['JpgFromRaw', 'JpgFromRaw2', 'PreviewImage', 'OtherImage', 'ThumbnailImage'] as const;

/** Previews with fewer bytes are for the camera's menu: a photo is worth nothing at 160 × 120. */
const SMALLEST_PREVIEW = 16 * 1024;

/** Whether a file is a RAW photo, by its name: most are TIFF files to those who only look at the bytes. */
export const isRawName = (name: string): boolean => RAW_EXTENSIONS.has(extname(name).toLowerCase());

export interface RawPreview {
  /** A JPEG. */
  bytes: Uint8Array;
  /** EXIF orientation, 1–8, of the RAW file; the preview itself may have another, or none. */
  orientation: number;
}

let exiftool: ExifTool | undefined;

/**
 * The largest preview in a RAW file; null if there is none worth showing.
 * @throws {FileProblem} if the file cannot be read.
 */
export async function rawPreview(path: string): Promise<RawPreview | null> {
  exiftool ??= new ExifTool({ maxProcs: 1 });
  try {
    const tags = (await exiftool.readRaw(path, {
      readArgs: ['-json', '-n', '-Orientation', ...PREVIEWS.map((name) => `-${name}`)],
    })) as Record<string, unknown>;
    const sizes = PREVIEWS.map((name) => ({ name, bytes: bytesOf(tags[name]) }));
    const largest = sizes.reduce((best, one) => (one.bytes > best.bytes ? one : best));
    if (largest.bytes < SMALLEST_PREVIEW) return null;
    const bytes = await extract(exiftool, largest.name, path);
    const { Orientation: turned = 1 } = tags;
    const orientation = Number(turned);
    return { bytes, orientation: orientation >= 1 && orientation <= 8 ? orientation : 1 };
  } catch (error) {
    throw new FileProblem(`its preview cannot be read (${(error as Error).message})`, false, {
      cause: error,
    });
  }
}

/** Ends the process that reads previews; the next preview starts another. */
export async function closeRawPreviews(): Promise<void> {
  const ending = exiftool;
  exiftool = undefined;
  await ending?.end(true);
}

/** How large a binary field is, of exiftool's `(Binary data 12345 bytes, use -b option to extract)`. */
const bytesOf = (value: unknown): number => Number(/Binary data (\d+) bytes/.exec(String(value))?.[1] ?? 0);

const extract = (tool: ExifTool, name: string, path: string): Promise<Uint8Array> =>
  withTemporaryFolder(async (folder) => {
    const target = join(folder, 'preview.jpg');
    await tool.extractBinaryTag(name, path, target);
    return await readFile(target);
  });
