import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { inspectPicture } from '../../native/pictureFile.ts';
import { FileProblem } from '../../native/problem.ts';
import { picture, pngChunk, temporaryFolder, writeTags } from '../fixtures/pictures.ts';

describe('a first look at a file', () => {
  test('hashes all of its bytes, however many', async () => {
    const folder = temporaryFolder();
    const small = await picture(1).png().toBuffer();
    // Trailing bytes belong to the file: longer than one piece, and not a multiple of it.
    for (const extra of [0, 256 * 1024 - small.length, 1_000_003]) {
      const bytes = Buffer.concat([small, Buffer.alloc(extra, extra % 251)]);
      const path = join(folder, 'photo.png');
      writeFileSync(path, bytes);
      expect(await inspectPicture(path)).toEqual({
        hash: createHash('sha256').update(bytes).digest('hex'),
        bytes: bytes.length,
        format: 'png',
        mayHoldMetadata: false,
      });
    }
  });

  test('knows formats by their bytes and not by their names', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'photo.jpg');
    for (const format of ['jpeg', 'png', 'webp', 'tiff', 'gif', 'avif'] as const) {
      await picture(2).toFormat(format).toFile(path);
      expect(await inspectPicture(path)).toMatchObject({ format });
    }
  });

  test('refuses what is no picture, and what cannot be read', async () => {
    const folder = temporaryFolder();
    const refusal = async (path: string) => {
      const error = await inspectPicture(path).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(FileProblem);
      return (error as FileProblem).message;
    };
    writeFileSync(join(folder, 'text.jpg'), 'not a picture\n');
    writeFileSync(join(folder, 'empty.jpg'), '');
    expect(await refusal(join(folder, 'text.jpg'))).toBe('this is not a picture: it is text');
    expect(await refusal(join(folder, 'empty.jpg'))).toBe('the file is empty');
    expect(await refusal(join(folder, 'gone.jpg'))).toBe('it is not there any more');
    expect(await refusal(folder)).toBe('it is not a file');
  });
});

describe('whether a file may hold metadata', () => {
  const mayHold = async (path: string) => (await inspectPicture(path)).mayHoldMetadata;

  test('no for pictures without any', async () => {
    const folder = temporaryFolder();
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const path = join(folder, `plain.${format}`);
      await picture(1, 800, 600).toFormat(format).toFile(path);
      expect([format, await mayHold(path)]).toEqual([format, false]);
    }
    // A colour profile is an extended header in WebP and an APP2 segment in JPEG, and no metadata of the kind we want.
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const path = join(folder, `profile.${format}`);
      await picture(1).withIccProfile('p3').toFormat(format).toFile(path);
      expect([format, await mayHold(path)]).toEqual([format, false]);
    }
  });

  // Written by exiftool, so that the places are where a real program puts them.
  test.each([
    ['jpeg', '-IFD0:ImageDescription=x'],
    ['jpeg', '-XMP-dc:Title=x'],
    ['jpeg', '-IPTC:Keywords=x'],
    ['jpeg', '-Comment=x'],
    ['png', '-IFD0:ImageDescription=x'],
    ['png', '-XMP-dc:Title=x'],
    ['png', '-PNG:Title=x'],
    ['webp', '-IFD0:ImageDescription=x'],
    ['webp', '-XMP-dc:Title=x'],
    ['tiff', '-XMP-dc:Title=x'],
    ['gif', '-Comment=x'],
    ['avif', '-XMP-dc:Title=x'],
  ] as const)('yes for a %s after %s', async (format, tag) => {
    const path = join(temporaryFolder(), `photo.${format}`);
    await picture(1).toFormat(format).toFile(path);
    await writeTags(path, tag);
    expect(await mayHold(path)).toBe(true);
  });

  test('finds text after the picture data of a PNG, behind many chunks', async () => {
    const path = join(temporaryFolder(), 'photo.png');
    const bytes = await picture(1).png().toBuffer();
    const end = bytes.length - 12;
    const filling = Array.from({ length: 3000 }, () => pngChunk('prVt', Buffer.alloc(100)));
    const text = pngChunk('zTXt', Buffer.concat([Buffer.from('Title\0\0', 'latin1'), deflateSync('x')]));
    const parts = [bytes.subarray(0, end), ...filling, bytes.subarray(end)];
    writeFileSync(path, Buffer.concat(parts));
    expect(await mayHold(path)).toBe(false);
    writeFileSync(path, Buffer.concat([...parts.slice(0, -1), text, bytes.subarray(end)]));
    expect(await mayHold(path)).toBe(true);
  });

  test('answers for files that end anywhere', async () => {
    const folder = temporaryFolder();
    const whole = join(folder, 'whole.jpg');
    await picture(1).jpeg().toFile(whole);
    await writeTags(whole, '-XMP-dc:Title=x', '-IFD0:ImageDescription=y');
    const bytes = readFileSync(whole);
    const cut = join(folder, 'cut.jpg');
    for (const length of [3, 4, 5, 20, 21, 30]) {
      copyFileSync(whole, cut);
      writeFileSync(cut, bytes.subarray(0, length));
      expect(typeof (await mayHold(cut))).toBe('boolean');
    }
  });
});
