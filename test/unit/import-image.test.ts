import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import {
  decodePhoto,
  MAXIMUM_PIXELS,
  type NetworkInput,
  networkSize,
  thumbnailSize,
} from '../../native/image.ts';
import { FileProblem } from '../../native/problem.ts';
import { largePng, picture, temporaryFolder } from '../fixtures/pictures.ts';

/** RGB in the middle of a quarter of a picture: 0 0 is the top left one, 1 1 the bottom right one. */
function quarter({ width, height, pixels }: NetworkInput, right: 0 | 1, bottom: 0 | 1): number[] {
  const x = Math.floor(width * (right + 0.5) * 0.5);
  const y = Math.floor(height * (bottom + 0.5) * 0.5);
  return [...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

function expectColour(found: number[], wanted: [number, number, number], tolerance = 6): void {
  found.forEach((value, channel) => {
    expect(Math.abs(value - wanted[channel]!), `${found} should be ${wanted}`).toBeLessThanOrEqual(tolerance);
  });
}

/** Left half red, right half blue. */
function twoColours(width = 400, height = 200): Sharp {
  const half = { width: width / 2, height, channels: 3 as const };
  return sharp({ create: { ...half, width, background: '#dc1e1e' } }).composite([
    { input: { create: { ...half, background: '#1e1edc' } }, left: width / 2, top: 0 },
  ]);
}
const RED: [number, number, number] = [0xdc, 0x1e, 0x1e];
const BLUE: [number, number, number] = [0x1e, 0x1e, 0xdc];

const decode = (input: string | Uint8Array) => decodePhoto({ input });

const problemOf = (input: string | Uint8Array): Promise<FileProblem> =>
  decode(input).then(
    () => expect.unreachable('it should not decode'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(FileProblem);
      return error as FileProblem;
    },
  );

describe('the size that a network sees', () => {
  test.each([
    // 256 · √1.5 = 313.5 and 256 / √1.5 = 209.0
    [3000, 2000, 320, 224],
    // 295.6 and 221.7
    [4000, 3000, 288, 224],
    [3000, 4000, 224, 288],
    [100, 100, 256, 256],
    // 1:2 and beyond: 362.0 and 181.0
    [2000, 1000, 352, 192],
    [10000, 10, 352, 192],
    [1, 5000, 192, 352],
  ])('%i × %i becomes %i × %i', (width, height, networkWidth, networkHeight) => {
    expect(networkSize(width, height)).toEqual({ width: networkWidth, height: networkHeight });
  });

  test('keeps the area near 256² and the sides multiples of 32 for every shape', () => {
    for (let ratio = 0.3; ratio < 3.5; ratio *= 1.01) {
      const { width, height } = networkSize(1000 * ratio, 1000);
      expect([width % 32, height % 32]).toEqual([0, 0]);
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(128);
      expect(Math.abs((width * height) / 256 ** 2 - 1)).toBeLessThan(0.13);
    }
  });
});

test.each([
  [4000, 3000, 512, 384],
  [3000, 4000, 384, 512],
  // Never larger than the photo.
  [200, 100, 200, 100],
  // A panorama keeps 256 across, until it would be too long.
  [10000, 2000, 1280, 256],
  [40000, 1000, 2048, 51],
  [100000, 3, 2048, 1],
])('the thumbnail of %i × %i is %i × %i', (width, height, thumbnailWidth, thumbnailHeight) => {
  expect(thumbnailSize(width, height)).toEqual({ width: thumbnailWidth, height: thumbnailHeight });
});

describe('decoding', () => {
  test('gives the size as displayed, an upright thumbnail and the network input', async () => {
    const decoded = await decode(await twoColours(1200, 600).jpeg().toBuffer());
    expect(decoded).toMatchObject({ width: 1200, height: 600, network: { width: 352, height: 192 } });
    expect(decoded.network.pixels).toHaveLength(352 * 192 * 3);
    expectColour(quarter(decoded.network, 0, 0), RED);
    expectColour(quarter(decoded.network, 1, 1), BLUE);
    const thumbnail = await sharp(decoded.thumbnail).metadata();
    expect(thumbnail).toMatchObject({ format: 'jpeg', width: 512, height: 256, channels: 3, space: 'srgb' });
    expect(thumbnail.exif).toBeUndefined();
  });

  test('gives the network the same pixels as scaling the original at once, for a photo decoded at full size', async () => {
    const original = await picture(3, 300, 200).png().toBuffer();
    const { network } = await decode(original);
    const direct = await sharp(original).resize(320, 224, { fit: 'fill', kernel: 'cubic' }).raw().toBuffer();
    expect(Buffer.compare(network.pixels, direct)).toBe(0);
  });

  // Where the left (red) half of the stored picture is displayed, by EXIF orientation.
  test.each([
    [1, 'left'],
    [2, 'right'],
    [3, 'right'],
    [4, 'left'],
    [5, 'top'],
    [6, 'top'],
    [7, 'bottom'],
    [8, 'bottom'],
  ])('applies EXIF orientation %i', async (orientation, redSide) => {
    const bytes = await twoColours(400, 200).withMetadata({ orientation }).jpeg().toBuffer();
    const { width, height, network } = await decode(bytes);
    expect([width, height]).toEqual(orientation < 5 ? [400, 200] : [200, 400]);
    const isRed = (right: 0 | 1, bottom: 0 | 1) => quarter(network, right, bottom)[0]! > 128;
    const expected = {
      left: [true, false, true, false],
      right: [false, true, false, true],
      top: [true, true, false, false],
      bottom: [false, false, true, true],
    }[redSide];
    expect([isRed(0, 0), isRed(1, 0), isRed(0, 1), isRed(1, 1)]).toEqual(expected);
  });

  test('reads every format that is imported', async () => {
    const encoders = {
      jpeg: twoColours().jpeg(),
      png: twoColours().png(),
      webp: twoColours().webp(),
      tiff: twoColours().tiff(),
      gif: twoColours().gif(),
      avif: twoColours().avif({ effort: 0 }),
    };
    for (const [format, encoder] of Object.entries(encoders)) {
      const { width, height, network } = await decode(await encoder.toBuffer());
      expect([format, width, height]).toEqual([format, 400, 200]);
      expectColour(quarter(network, 0, 0), RED, 12);
      expectColour(quarter(network, 1, 0), BLUE, 12);
    }
  });

  test('makes sRGB of CMYK, of grey, of 16 bits and of a wide gamut', async () => {
    const cmyk = await decode(await twoColours().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer());
    // Ink cannot make these colours; they must still be red and blue, not inverted.
    const [red, green, blue] = quarter(cmyk.network, 0, 0);
    expect(red! - Math.max(green!, blue!)).toBeGreaterThan(100);

    const grey = await decode(
      await sharp({ create: { width: 90, height: 90, channels: 3, background: '#808080' } })
        .toColourspace('b-w')
        .png()
        .toBuffer(),
    );
    expectColour(quarter(grey.network, 0, 0), [128, 128, 128], 2);

    const deep = await decode(await twoColours().toColourspace('rgb16').png().toBuffer());
    expectColour(quarter(deep.network, 0, 0), RED, 2);

    const deepGrey = await decode(
      await sharp({ create: { width: 90, height: 90, channels: 3, background: '#404040' } })
        .toColourspace('grey16')
        .png()
        .toBuffer(),
    );
    expectColour(quarter(deepGrey.network, 1, 1), [64, 64, 64], 2);

    // The numbers in a Display P3 file differ from those in sRGB; decoded, the colour is the same again.
    const wide = await twoColours().withIccProfile('p3').png().toBuffer();
    const stored = await sharp(wide)
      .extract({ left: 9, top: 9, width: 1, height: 1 })
      .keepIccProfile()
      .raw()
      .toBuffer();
    expect(stored[0]).not.toBeCloseTo(RED[0], -1);
    expectColour(quarter((await decode(wide)).network, 0, 0), RED, 3);
  });

  test('puts transparent parts on white', async () => {
    const half = await sharp({
      create: { width: 100, height: 100, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .composite([
        {
          input: { create: { width: 50, height: 100, channels: 4, background: '#008000' } },
          left: 0,
          top: 0,
        },
      ])
      .png()
      .toBuffer();
    const { network } = await decode(half);
    expectColour(quarter(network, 0, 0), [0, 128, 0]);
    expectColour(quarter(network, 1, 0), [255, 255, 255]);
  });

  test('takes the first picture of an animation', async () => {
    const frame = (background: string) =>
      sharp({ create: { width: 64, height: 48, channels: 3, background } })
        .png()
        .toBuffer();
    const animation = await sharp([await frame('#dc1e1e'), await frame('#1e1edc')], {
      join: { animated: true },
    })
      .gif({ loop: 0, delay: [100, 100] })
      .toBuffer();
    expect((await sharp(animation).metadata()).pages).toBe(2);
    const { width, height, network } = await decode(animation);
    expect([width, height]).toEqual([64, 48]);
    expectColour(quarter(network, 0, 0), RED, 12);
    expectColour(quarter(network, 1, 1), RED, 12);
  });
});

describe('what cannot be decoded says why', () => {
  test('a file that is cut off', async () => {
    const whole = picture(1, 600, 400);
    const files = [
      await whole.clone().jpeg().toBuffer(),
      await whole.clone().jpeg({ progressive: true }).toBuffer(),
      await whole.clone().png().toBuffer(),
      await whole.clone().webp().toBuffer(),
      await whole.clone().gif().toBuffer(),
    ];
    for (const bytes of files) {
      const problem = await problemOf(bytes.subarray(0, bytes.length * 0.6));
      expect(problem).toMatchObject({ message: 'the file is cut off', lasting: true });
    }
    for (const encoder of [whole.clone().tiff({ compression: 'lzw' }), whole.clone().avif({ effort: 0 })]) {
      const bytes = await encoder.toBuffer();
      const problem = await problemOf(bytes.subarray(0, bytes.length * 0.6));
      expect(problem).toMatchObject({ message: 'the file is damaged or cut off', lasting: true });
    }
  });

  test('a file that is damaged in the middle', async () => {
    const bytes = await picture(1, 600, 400).png().toBuffer();
    bytes.fill(0x5a, bytes.length / 2, bytes.length / 2 + 200);
    expect((await problemOf(bytes)).message).toBe('the file is damaged or cut off');
  });

  test('files that are something else', async () => {
    const messages: [string | Buffer, string][] = [
      [Buffer.alloc(0), 'the file is empty'],
      ['Just a few words, müde.', 'this is not a picture: it is text'],
      ['<!DOCTYPE html><title>x</title>', 'this is not a picture: it is a web page'],
      [
        '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        'this is a drawing (SVG), which Photolex cannot read',
      ],
      ['%PDF-1.4\n', 'this is not a picture: it is a PDF document'],
      [Buffer.alloc(5000), 'this is not a picture: it holds nothing but zeros'],
      [Buffer.from([7, 200, 3, 4, 5, 6, 0, 9]), 'this is not a picture in a format that Photolex knows'],
      [Buffer.from('\0\0\0\x0cJXL \r\n\x87\n', 'latin1'), 'the file is damaged or cut off'],
      [Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), 'the file is damaged or cut off'],
    ];
    for (const [content, message] of messages)
      expect(await problemOf(Buffer.from(content as string))).toMatchObject({ message, lasting: true });
  });

  test('a picture of more pixels than the limit, without decoding it', async () => {
    const file = join(temporaryFolder(), 'large.png');
    writeFileSync(file, largePng(30_000, 30_000));
    expect(await problemOf(file)).toMatchObject({
      message: '30,000 × 30,000 pixels is more than the limit of 268 million pixels',
      lasting: true,
    });
    expect(MAXIMUM_PIXELS).toBeLessThan(30_000 ** 2);
  });

  test('a file that is not there, which may be there another time', async () => {
    const problem = await problemOf(join(temporaryFolder(), 'nothing.jpg'));
    expect(problem).toMatchObject({ message: 'it is not there any more', lasting: false });
  });
});
