import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { walkFolder } from '../../electron/engine/import/folder.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';

/** A tree of empty files. */
function tree(...paths: string[]): string {
  const folder = temporaryFolder();
  for (const path of paths) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), '');
  }
  return folder;
}

const photosOf = async (folder: string) => (await walkFolder(folder)).photos.map(({ path }) => path);

test('photos are found at any depth by extension, in any case, in a fixed order', async () => {
  const folder = tree(
    'b/2.JPG',
    'b/1.jpeg',
    'a.png',
    'c/d/e.WebP',
    'x.tiff',
    'y.TIF',
    'z.gif',
    'w.avif',
    'notes.txt',
    'v.mp4',
    'jpg',
  );
  expect(await photosOf(folder)).toEqual([
    'a.png',
    'b/1.jpeg',
    'b/2.JPG',
    'c/d/e.WebP',
    'w.avif',
    'x.tiff',
    'y.TIF',
    'z.gif',
  ]);
});

test('captions files are found at any depth', async () => {
  const { captions } = await walkFolder(tree('captions.tsv', 'a/Captions.TSV', 'a/other.tsv', 'a/1.jpg'));
  expect(captions.map(({ path }) => path)).toEqual(['a/Captions.TSV', 'captions.tsv']);
});

test('both spellings of sidecars belong to a photo, in any case', async () => {
  const folder = tree('a.jpg', 'a.jpg.xmp', 'a.xmp', 'B.JPG', 'b.XMP', 'c.jpg', 'd.xmp');
  const { photos } = await walkFolder(folder);
  expect(photos.map(({ path, sidecars }) => [path, ...sidecars.map((sidecar) => sidecar.path)])).toEqual([
    ['B.JPG', 'b.XMP'],
    ['a.jpg', 'a.jpg.xmp', 'a.xmp'],
    ['c.jpg'],
  ]);
});

test('hidden folders, system folders and libraries are left out', async () => {
  const folder = tree(
    'a.jpg',
    '.hidden/b.jpg',
    '._a.jpg',
    '@eaDir/c.jpg',
    '__MACOSX/d.jpg',
    'My library/photolex.db',
    'My library/thumbnails/00/e.jpg',
  );
  expect(await walkFolder(folder)).toMatchObject({
    photos: [{ path: 'a.jpg' }],
    skipped: [],
    complete: true,
  });
});

test('a library among the photos hides its own pictures only', async () => {
  expect(
    await photosOf(tree('photolex.db', 'a.jpg', 'thumbnails/00/b.jpg', 'models/c.jpg', 'trips/d.jpg')),
  ).toEqual(['a.jpg', 'trips/d.jpg']);
});

describe('links', () => {
  test('to files and to folders elsewhere are followed', async () => {
    const elsewhere = tree('far/1.jpg', '2.jpg');
    const folder = tree('a.jpg');
    symlinkSync(join(elsewhere, 'far'), join(folder, 'album'));
    symlinkSync(join(elsewhere, '2.jpg'), join(folder, 'b.jpg'));
    expect(await photosOf(folder)).toEqual(['a.jpg', 'b.jpg', 'album/1.jpg']);
  });

  test('back into what is read already are named and not followed', async () => {
    const folder = tree('a/1.jpg', 'b/2.jpg');
    symlinkSync(folder, join(folder, 'a', 'loop'));
    symlinkSync(join(folder, 'b'), join(folder, 'a', 'again'));
    symlinkSync(dirname(folder), join(folder, 'b', 'up'));
    const { photos, skipped } = await walkFolder(folder);
    expect(photos.map(({ path }) => path)).toEqual(['a/1.jpg', 'b/2.jpg']);
    const reason = 'it is a link to a folder that is read anyway';
    expect(skipped).toEqual([
      { path: 'a/again/', reason },
      { path: 'a/loop/', reason },
      { path: 'b/up/', reason },
    ]);
  });

  test('that lead nowhere are named if they look like photos', async () => {
    const folder = tree('a.jpg');
    symlinkSync(join(folder, 'nothing'), join(folder, 'b.jpg'));
    symlinkSync(join(folder, 'nothing'), join(folder, 'c.txt'));
    expect((await walkFolder(folder)).skipped).toEqual([
      { path: 'b.jpg', reason: 'it is a link to a file that is not there' },
    ]);
  });
});

/** Root may read everything, so a test that runs as root becomes nobody meanwhile. */
async function withoutPrivileges<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid!(65534);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
  }
}

test.skipIf(process.platform === 'win32')(
  'a folder that cannot be read is named, and the walk goes on',
  async () => {
    const folder = tree('a/1.jpg', 'b/2.jpg', 'c/3.jpg');
    for (const open of [folder, join(folder, 'a'), join(folder, 'c')]) chmodSync(open, 0o755);
    chmodSync(join(folder, 'b'), 0o000);
    try {
      const { photos, skipped, complete } = await withoutPrivileges(() => walkFolder(folder));
      expect(photos.map(({ path }) => path)).toEqual(['a/1.jpg', 'c/3.jpg']);
      expect(skipped).toEqual([
        { path: 'b/', reason: 'the folder cannot be read: you have no permission to read it' },
      ]);
      expect(complete).toBe(false);
    } finally {
      chmodSync(join(folder, 'b'), 0o755);
    }
  },
);

test('a walk can be cancelled', async () => {
  const controller = new AbortController();
  controller.abort(new Error('enough'));
  await expect(walkFolder(tree('a.jpg'), { signal: controller.signal })).rejects.toThrow('enough');
});
