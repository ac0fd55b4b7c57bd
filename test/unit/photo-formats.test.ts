/** HEIC, JPEG XL and RAW photos, from a file and from an archive, and colours of other spaces. */
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { decodeHeic } from '../../native/heic.ts';
import { decodePhoto, MAXIMUM_PIXELS, type NetworkInput } from '../../native/image.ts';
import { photoInput } from '../../native/photoInput.ts';
import { inspectPicture } from '../../native/pictureFile.ts';
import { FileProblem } from '../../native/problem.ts';
import { closeRawPreviews } from '../../native/rawPhoto.ts';
import { viewableFile, viewableJpeg } from '../../native/viewablePhoto.ts';
import { WasmDecoder } from '../../native/wasmDecoder.ts';
import { writeZip } from '../fixtures/exports.ts';
import { temporaryFolder, writeDng } from '../fixtures/pictures.ts';

afterAll(closeRawPreviews);

const heic = join(import.meta.dirname, '../fixtures/photos/quarters.heic');

/** The colour in the middle of a quarter: [0, 1] from the left, [0, 1] from the top. */
function quarter({ width, height, pixels }: NetworkInput, right: 0 | 1, bottom: 0 | 1): number[] {
  const x = Math.round(width * (0.25 + 0.5 * right));
  const y = Math.round(height * (0.25 + 0.5 * bottom));
  return [...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

function expectNear(colour: readonly number[], wanted: readonly number[], tolerance: number): void {
  for (const [channel, value] of colour.entries())
    expect(Math.abs(value - wanted[channel]!), `${colour} is ${wanted}`).toBeLessThanOrEqual(tolerance);
}

describe('HEIC', () => {
  test('is decoded in its colours, and shown as a JPEG', async () => {
    expect(await inspectPicture(heic)).toMatchObject({ format: 'heic', mayHoldMetadata: true, bytes: 841 });
    const { width, height, network } = await decodePhoto(await photoInput(heic));
    expect([width, height]).toEqual([96, 64]);
    expectNear(quarter(network, 0, 0), [220, 40, 40], 12);
    expectNear(quarter(network, 1, 0), [40, 180, 60], 12);
    expectNear(quarter(network, 0, 1), [40, 60, 210], 12);
    expectNear(quarter(network, 1, 1), [230, 220, 60], 12);
    const source = await photoInput(heic);
    expect(await viewableFile(source)).toBeNull();
    expect(await sharp(await viewableJpeg(source)).metadata()).toMatchObject({
      format: 'jpeg',
      width: 96,
      height: 64,
    });
  });

  test('is freed when it is decoded: any number of large files fit into the decoder’s memory', async () => {
    // Two at once, with what decoding takes, are more than the two gigabytes that WebAssembly has. What follows a picture in its file is read like the rest.
    const large = Buffer.alloc(700e6);
    (await readFile(heic)).copy(large);
    for (let photo = 0; photo < 2; photo++)
      expect(await decodeHeic(large, MAXIMUM_PIXELS)).toMatchObject({ width: 96, height: 64 });
  });

  test('that is cut off says so, for good', async () => {
    const bytes = await readFile(heic);
    for (const length of [300, 800])
      await expect(decodeHeic(bytes.subarray(0, length), MAXIMUM_PIXELS)).rejects.toMatchObject({
        message: 'the file is damaged or cut off',
        lasting: true,
      });
  });
});

describe('a decoder in WebAssembly', () => {
  /** A module whose only function, `trap`, crashes as native code does. */
  const crashing = Buffer.from(
    '0061736d0100000001040160000003020100070801047472617000000a05010300000b',
    'hex',
  );

  test('that crashed is replaced by a new one, for the photo that it was at and for those after it', async () => {
    let loads = 0;
    const decoder = new WasmDecoder(async () => {
      const { instance } = await WebAssembly.instantiate(crashing);
      return { number: ++loads, trap: instance.exports.trap as () => void };
    });
    expect(await decoder.use(({ number, trap }) => (number === 1 ? trap() : number))).toBe(2);
    expect(await decoder.use(({ number }) => number)).toBe(2);
    // A photo that crashes each of them says nothing of its bytes: another version may read it.
    await expect(decoder.use(({ trap }) => trap())).rejects.toMatchObject({
      message: 'its decoder failed or had not enough memory (unreachable)',
      lasting: false,
    });
    expect(await decoder.use(({ number }) => number)).toBe(4);
  });

  test('is kept where the file is the problem, and loaded again where loading failed', async () => {
    let loads = 0;
    const decoder = new WasmDecoder(async () => {
      if (++loads < 3) throw new Error('no memory');
      return loads;
    });
    await expect(decoder.use(() => {})).rejects.toThrow('no memory');
    const damaged = decoder.use(() => {
      throw new FileProblem('the file is damaged', true);
    });
    await expect(damaged).rejects.toMatchObject({ message: 'the file is damaged', lasting: true });
    expect(await decoder.use((number) => number)).toBe(3);
  });
});

describe('JPEG XL', () => {
  const jxl = join(import.meta.dirname, '../fixtures/photos/quarters.jxl');

  test('is decoded in its colours, bare and in a box, from a file and from an archive', async () => {
    expect(await inspectPicture(jxl)).toMatchObject({ format: 'jxl', mayHoldMetadata: true });
    const bare = await readFile(jxl);
    // The boxes around a picture with metadata; the last goes to the end of the file.
    const boxed = Buffer.concat([
      Buffer.from('\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl \0\0\0\0jxl \0\0\0\0jxlc', 'latin1'),
      bare,
    ]);
    const zip = await writeZip(join(temporaryFolder(), 'a.zip'), new Map([['in/a.jxl', bare]]));
    for (const source of [
      await photoInput(jxl),
      { input: boxed },
      await photoInput(join(zip, 'in', 'a.jxl')),
    ]) {
      const { width, height, network } = await decodePhoto(source);
      expect([width, height]).toEqual([64, 48]);
      expectNear(quarter(network, 0, 0), [220, 40, 40], 12);
      expectNear(quarter(network, 1, 0), [40, 200, 60], 12);
      expectNear(quarter(network, 0, 1), [40, 60, 220], 12);
      expectNear(quarter(network, 1, 1), [230, 210, 50], 12);
    }
    const source = await photoInput(jxl);
    expect(await viewableFile(source)).toBeNull();
    expect(await sharp(await viewableJpeg(source)).metadata()).toMatchObject({ format: 'jpeg', width: 64 });
  });

  test('that is cut off, or claims a billion billion pixels, says so', async () => {
    const bytes = await readFile(jxl);
    await expect(decodePhoto({ input: bytes.subarray(0, 60) })).rejects.toThrow('damaged or cut off');
    await expect(decodePhoto({ input: Buffer.of(0xff, 0x0a, 1) })).rejects.toThrow('damaged or cut off');
    // Not small, sides of 30 bits, all of them set, as wide as high.
    const header = Buffer.alloc(8);
    header.writeBigUInt64LE((3n << 1n) | ((2n ** 30n - 1n) << 3n) | (1n << 33n));
    const bomb = Buffer.concat([bytes.subarray(0, 2), header, bytes.subarray(2)]);
    await expect(decodePhoto({ input: bomb })).rejects.toThrow('1073741824 × 1073741824 pixels is more than');
  });
});

describe('RAW', () => {
  /** A DNG whose preview is red in one quarter and noise elsewhere, so that it is large enough to be one. */
  async function dng(name: string, orientation: number, preview = true): Promise<string> {
    const folder = temporaryFolder();
    const noise = Buffer.from({ length: 600 * 400 * 3 } as ArrayLike<number>).map(
      (_, at) => Math.imul(at, 2654435761) >>> 24,
    );
    const red = { create: { width: 300, height: 200, channels: 3, background: 'red' } } as const;
    const photo = sharp(noise, { raw: { width: 600, height: 400, channels: 3 } });
    const picture = await photo
      .composite([{ input: red, left: 0, top: 0 }])
      .jpeg()
      .toBuffer();
    await writeDng(join(folder, name), preview ? picture : null, orientation);
    return join(folder, name);
  }

  test.each([
    [1, [600, 400], [0, 0]],
    [3, [600, 400], [1, 1]],
    [6, [400, 600], [1, 0]],
    [8, [400, 600], [0, 1]],
  ] as const)(
    'is seen through its preview, turned as orientation %i says',
    async (orientation, size, red) => {
      const path = await dng('photo.dng', orientation);
      const { width, height, network } = await decodePhoto(await photoInput(path));
      expect([width, height]).toEqual(size);
      expectNear(quarter(network, red[0], red[1]), [254, 0, 0], 8);
      const source = await photoInput(path);
      const bytes = (await viewableFile(source))?.bytes ?? (await viewableJpeg(source));
      const shown = await sharp(bytes).metadata();
      expect([shown.width, shown.height]).toEqual(size);
    },
  );

  test('in an archive is seen as well', async () => {
    const bytes = await readFile(await dng('photo.dng', 6));
    const zip = await writeZip(join(temporaryFolder(), 'raw.zip'), new Map([['2019/photo.DNG', bytes]]));
    expect(await decodePhoto(await photoInput(`${zip}/2019/photo.DNG`))).toMatchObject({
      width: 400,
      height: 600,
    });
  });

  test('without a preview says so', async () => {
    await expect(photoInput(await dng('photo.dng', 1, false))).rejects.toMatchObject({
      message: 'this RAW photo has no preview in it, and Photolex does not develop RAW',
      lasting: true,
    });
  });
});

test('a photo is shown as its own file, unless that is very large', async () => {
  const path = join(temporaryFolder(), 'photo.jpg');
  const bytes = await sharp({ create: { width: 64, height: 48, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();
  await writeFile(path, bytes);
  for (const input of [path, bytes])
    expect(await viewableFile({ input })).toEqual({ type: 'image/jpeg', bytes });
  await truncate(path, 60e6);
  expect(await viewableFile({ input: path })).toBeNull();
  expect(await sharp(await viewableJpeg({ input: path })).metadata()).toMatchObject({
    width: 64,
    height: 48,
  });
});

test('colours of a wide space come out as sRGB', async () => {
  const plain = {
    create: { width: 64, height: 64, channels: 3, background: { r: 200, g: 60, b: 60 } },
  } as const;
  const wide = await sharp(plain).withIccProfile('p3').jpeg({ quality: 100 }).toBuffer();
  // The numbers in the file are those of the other space; without its profile they would mean another red.
  const stored = await sharp(wide, { ignoreIcc: true } as object)
    .raw()
    .toBuffer();
  expect(Math.abs(stored[0]! - 200)).toBeGreaterThan(6);
  expectNear(quarter((await decodePhoto({ input: wide })).network, 0, 0), [200, 60, 60], 3);
});
