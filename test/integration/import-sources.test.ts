import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ImportSource } from '../../electron/engine/contract.ts';
import { decodePhoto } from '../../native/image.ts';
import { photoInput } from '../../native/photoInput.ts';
import {
  applePhotosExport,
  type ExportFiles,
  exportFiles,
  facebookExport,
  flickrExport,
  instagramExport,
  instagramOf2025,
  takeoutExport,
  takeoutNames,
  writeFolder,
  writeZip,
} from '../fixtures/exports.ts';
import { importInto, openLibrary, photoAt, words } from '../fixtures/imports.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';

/** Each export both as a folder and as an archive, with the same outcome; `at` is what stands before a path in the library. */
const ways: [string, (files: ExportFiles) => Promise<{ path: string; at: string }>][] = [
  ['as a folder', async (files) => ({ path: writeFolder(temporaryFolder(), files), at: '' })],
  [
    'as an archive',
    async (files) => ({
      path: await writeZip(join(temporaryFolder(), 'export.zip'), files),
      at: 'export.zip/',
    }),
  ],
];

describe.each(ways)('Instagram %s', (_, write) => {
  test('posts, carousels and stories give their captions, dates and places', async () => {
    const library = openLibrary();
    const { path, at } = await write(await instagramExport());
    const report = await importInto(library, path);
    expect(words(library)).toEqual({
      [`${at}media/posts/a.jpg`]: ['caption: Müde Käuze im Café 🌅 #sunset#beach'],
      [`${at}media/posts/b.jpg`]: ['caption: Two of one trip'],
      [`${at}media/posts/c`]: ['caption: Two of one trip'],
      [`${at}media/stories/s.jpg`]: ['caption: A story'],
    });
    expect(photoAt(library, `${at}media/posts/a.jpg`)).toMatchObject({
      takenAt: '2014-05-03T12:30:01+02:00',
      latitude: 41.5,
      longitude: 2.25,
    });
    expect(photoAt(library, `${at}media/stories/s.jpg`).takenAt).toBeNull();
    expect(report.sources).toMatchObject([{ name: 'instagram', photos: 4 }]);
    expect(report.sources[0]!.because).toMatch(/posts_1\.json/);
    expect(report.skipped.map(({ path: skipped, reason }) => `${skipped}: ${reason}`)).toEqual([
      expect.stringMatching(/posts_1\.json: entry 5 is not understood/),
      expect.stringMatching(/\.\.\/\.\.\/secret\.jpg: .*lies outside of the export; it was not followed/),
      expect.stringMatching(
        /media\/posts\/gone\.jpg: .*posts_1\.json has words for it, but there is no such photo/,
      ),
    ]);
  });

  test('a second import changes nothing', async () => {
    const library = openLibrary();
    const { path } = await write(await instagramExport());
    await importInto(library, path);
    const before = words(library);
    expect(await importInto(library, path)).toMatchObject({
      added: 0,
      unchanged: 4,
      duplicates: 0,
      captioned: 4,
    });
    expect(words(library)).toEqual(before);
  });
});

test('an Instagram export in HTML is named, and its photos come in', async () => {
  const library = openLibrary();
  const files = await exportFiles(['media/posts/a.jpg'], {
    'your_instagram_activity/content/posts_1.html': '<html></html>',
  });
  const report = await importInto(library, writeFolder(temporaryFolder(), files));
  expect(report).toMatchObject({ added: 1, captioned: 0 });
  expect(report.skipped).toMatchObject([{ reason: expect.stringMatching(/HTML.*in JSON/) }]);
});

test.each(ways)('Facebook %s: posts, people, albums, photos outside of them', async (_, write) => {
  const library = openLibrary();
  const { path, at } = await write(await facebookExport());
  const report = await importInto(library, path);
  expect(words(library)).toEqual({
    [`${at}posts/media/4.jpg`]: ['caption: On its own'],
    [`${at}posts/media/mobile/3.jpg`]: [],
    [`${at}posts/media/trip/1.jpg`]: [
      'album: Spain',
      'caption: Näher am Meer',
      'caption: Our first summer there',
      'person: Zoë',
      'title: Spain',
    ],
    [`${at}posts/media/trip/2.jpg`]: [
      'album: Spain',
      'caption: Our first summer there',
      'caption: The harbour',
    ],
  });
  expect(photoAt(library, `${at}posts/media/trip/1.jpg`).takenAt).toBe('1969-12-31T00:00:00Z');
  expect(photoAt(library, `${at}posts/media/trip/2.jpg`).takenAt).toBeNull();
  expect(report.skipped).toEqual([]);
});

test('Flickr in two archives of one folder: titles, descriptions, tags, albums and places', async () => {
  const library = openLibrary();
  const folder = temporaryFolder();
  const { account, photos } = await flickrExport();
  await writeZip(join(folder, '72157_account.zip'), account);
  await writeZip(join(folder, 'data-download-1.zip'), photos);
  const report = await importInto(library, folder);
  expect(words(library)).toEqual({
    'data-download-1.zip/50002_0a1b2c3d4e_o.jpg': ['album: Zoo'],
    'data-download-1.zip/snow-leopard_50001_o.jpg': [
      'album: Zoo',
      'caption: At home & awake',
      'keyword: cat',
      'keyword: snow',
      'title: Snow leopard',
    ],
  });
  expect(photoAt(library, 'data-download-1.zip/snow-leopard_50001_o.jpg')).toMatchObject({
    takenAt: '2014-05-03T12:30:01+02:00',
    latitude: 41.5,
    longitude: 2.25,
  });
  expect(report.skipped).toMatchObject([{ path: 'the photo 50003' }]);
});

describe('Google Takeout', () => {
  const captions = (at: (part: 1 | 2) => string) => {
    const year = `${at(1)}Takeout/Google Photos/Photos from 2019/`;
    return {
      [`${year}IMG(1).jpg`]: ['caption: The second'],
      [`${year}IMG-bearbeitet(1).jpg`]: ['caption: The second'],
      [`${year}IMG-edited.jpg`]: ['caption: The first'],
      [`${year}IMG.jpg`]: ['caption: The first'],
      [`${year}a-very-long-name-that-a-telephone-gave-to-a.jpg`]: ['caption: A long name'],
      [`${year}cafe\u0301.jpg`]: ['caption: Composed'],
      [`${year}elsewhere.jpg`]: ['caption: Apart'],
      [`${year}new.jpg`]: ['caption: Of now'],
      [`${year}old.jpg`]: ['album: Lisbon', 'caption: Of old', 'person: Ana'],
      [`${year}salt_pepper.jpg`]: ['caption: Both'],
      [`${at(2)}Takeout/Google Photos/Lisbon/old.jpg`]: ['album: Lisbon', 'caption: Of old', 'person: Ana'],
    };
  };

  test('in several archives, one of which is named: sidecars are found across them', async () => {
    const library = openLibrary();
    const folder = temporaryFolder();
    const parts = await takeoutExport();
    for (const [index, part] of parts.entries())
      await writeZip(join(folder, `takeout-20240501T120000Z-00${index + 1}.zip`), part);
    await writeZip(join(folder, 'other.zip'), await exportFiles(['x.jpg'], {}));
    const report = await importInto(library, join(folder, 'takeout-20240501T120000Z-001.zip'));
    expect(words(library)).toEqual(captions((part) => `takeout-20240501T120000Z-00${part}.zip/`));
    expect(report).toMatchObject({ added: 10, duplicates: 1, videos: 1 });
    expect(report.skipped).toEqual([
      { path: expect.stringMatching(/trashed\.jpg$/), reason: 'it is in the trash of Google Photos' },
      {
        path: 'lost.jpg',
        reason: expect.stringMatching(/lost\.jpg\.json has words for it, but there is no such photo/),
      },
    ]);
    const year = 'takeout-20240501T120000Z-001.zip/Takeout/Google Photos/Photos from 2019/';
    expect(photoAt(library, `${year}old.jpg`).takenAt).toBe('2014-05-03T10:30:01Z');
    expect(photoAt(library, `${year}new.jpg`)).toMatchObject({
      takenAt: null,
      latitude: 38.7,
      longitude: -9.1,
    });
    // A photo in an archive is looked at where it lies.
    const input = await photoInput(join(folder, year, 'old.jpg'));
    expect(await decodePhoto(input)).toMatchObject({ width: 24, height: 16 });
  });

  test('unpacked into one folder', async () => {
    const library = openLibrary();
    const folder = temporaryFolder();
    for (const part of await takeoutExport()) writeFolder(folder, part);
    await importInto(library, folder);
    expect(words(library)).toEqual(captions(() => ''));
  });
});

test('the same picture from several exports is one photo with the words of all', async () => {
  const library = openLibrary();
  const instagram = await instagramExport();
  const bytes = instagram.get('media/posts/a.jpg')!;
  const facebook = await facebookExport();
  facebook.set('posts/media/4.jpg', bytes);
  await importInto(library, writeFolder(temporaryFolder(), instagram));
  const report = await importInto(library, await writeZip(join(temporaryFolder(), 'facebook.zip'), facebook));
  expect(report).toMatchObject({ added: 3, duplicates: 1 });
  expect(words(library)['media/posts/a.jpg']).toEqual([
    'caption: Müde Käuze im Café 🌅 #sunset#beach',
    'caption: On its own',
  ]);
});

describe('data sets', () => {
  test('COCO: captions and categories, images in a folder beside the annotations', async () => {
    const list = {
      images: [
        { id: 1, file_name: '000001.jpg' },
        { id: 2, file_name: '000002.jpg' },
        { id: 3, file_name: '../../000003.jpg' },
      ],
      annotations: [
        { image_id: 1, caption: 'A dog on a beach.' },
        { image_id: 1, category_id: 18 },
        { image_id: 1, category_id: 18 },
      ],
      categories: [{ id: 18, name: 'dog' }],
    };
    const files = await exportFiles(['train2017/000001.jpg', 'train2017/x.jpg'], {
      'annotations/captions_train2017.json': list,
    });
    const folder = writeFolder(temporaryFolder(), files);
    const library = openLibrary();
    const report = await importInto(library, folder);
    expect(words(library)).toEqual({
      'train2017/000001.jpg': ['caption: A dog on a beach.', 'keyword: dog'],
      'train2017/x.jpg': [],
    });
    expect(report.sources).toMatchObject([{ name: 'coco', photos: 1 }]);
    expect(report.skipped.map(({ path }) => path)).toEqual(['000002.jpg', '../../000003.jpg']);
    // The list named by itself brings in only what it names.
    const other = openLibrary();
    await importInto(other, join(folder, 'annotations/captions_train2017.json'));
    expect(Object.keys(words(other))).toEqual(['train2017/000001.jpg']);
  });

  test('WebVision, InstaCities1M and MIRFLICKR', async () => {
    const sets: [ImportSource, ExportFiles, Record<string, string[]>][] = [
      [
        'webvision',
        await exportFiles(['google/q0001/abc.jpg'], {
          'info/train_filelist_google.txt': 'google/q0001/abc.jpg 0\n',
          'google/q0001.json': [{ id: 'abc', title: 'A tench', description: 'A fish.', tags: 'fish, water' }],
        }),
        { 'google/q0001/abc.jpg': ['caption: A fish.', 'keyword: fish', 'keyword: water', 'title: A tench'] },
      ],
      [
        'instacities',
        await exportFiles(['images/london/17.jpg'], { 'captions/london/17.txt': 'Rain again #london' }),
        { 'images/london/17.jpg': ['caption: Rain again #london'] },
      ],
      [
        'mirflickr',
        await exportFiles(['im1.jpg'], {
          'meta/tags/tags1.txt': 'sky\nclouds\n',
          'annotations/sky.txt': '1\n',
          'annotations/sky_r1.txt': '1\n',
        }),
        { 'im1.jpg': ['keyword: clouds', 'keyword: sky'] },
      ],
    ];
    for (const [name, files, expected] of sets) {
      const library = openLibrary();
      const report = await importInto(library, writeFolder(temporaryFolder(), files));
      expect(report.sources.map((source) => source.name)).toEqual([name]);
      expect(words(library)).toEqual(expected);
    }
  });

  test('a source that the user names is taken at their word, and `folder` reads no list', async () => {
    const folder = writeFolder(temporaryFolder(), await instagramExport());
    const library = openLibrary();
    expect((await importInto(library, folder, 'folder')).sources).toEqual([]);
    expect(library.photos.counts()).toMatchObject({ photos: 3, captioned: 0 });
    expect((await importInto(library, folder, 'instagram')).sources).toMatchObject([
      { because: 'you said so', photos: 4 },
    ]);
  });
});

test.each(ways)("names of Takeout's JSON files of all years %s", async (_, write) => {
  const library = openLibrary();
  const { path, at } = await write(await takeoutNames());
  const report = await importInto(library, path);
  const folder = `${at}Takeout/Google Photos/Photos from 2020/`;
  const dated = 'Screenshot_20200101-120000_WhatsApp_chat_of_us';
  expect(words(library)).toEqual({
    [`${folder}DSC.jpg`]: ['caption: First'],
    [`${folder}DSC(1).jpg`]: ['caption: Second'],
    [`${folder}DSC-modifie\u0301.jpg`]: ['caption: First'],
    [`${folder}IMG_20190704_181500123~2.jpg`]: ['caption: Cut'],
    [`${folder}IMG_20190704_181500123~2(1).jpg`]: ['caption: Cut, second'],
    [`${folder}what_.jpg`]: ['caption: A question'],
    [`${folder}${dated}.p.png`]: ['caption: Long'],
    [`${folder}${dated}(1).png`]: ['caption: Long, second'],
    [`${folder}alone.jpg`]: [],
  });
  expect(report.skipped).toEqual([]);
});

test.each(ways)('Instagram of 2025 %s: lists in media, archived posts', async (_, write) => {
  const library = openLibrary();
  const { path, at } = await write(await instagramOf2025());
  const report = await importInto(library, path);
  const media = `${at}instagram-somebody-2025-03-01-x/media/`;
  expect(words(library)).toEqual({
    [`${media}posts/202503/a.jpg`]: ['caption: Schöner Tag'],
    [`${media}posts/202503/b.webp`]: ['caption: Second list'],
    [`${media}archived_posts/c.jpg`]: ['caption: Put away'],
    [`${media}profile/p.jpg`]: [],
  });
  expect(photoAt(library, `${media}archived_posts/c.jpg`).takenAt).toBe('2025-02-19T21:20:02Z');
  expect(report.skipped).toEqual([]);
});

test.each(ways)('Apple Photos %s: an edit shares the sidecar of its original', async (_, write) => {
  const library = openLibrary();
  const { path, at } = await write(await applePhotosExport());
  const report = await importInto(library, path);
  expect(words(library)).toEqual({
    [`${at}Lisbon/IMG_1234.HEIC`]: ['title: Tram 28'],
    [`${at}Lisbon/IMG_1235.JPG`]: ['title: Harbour'],
    [`${at}Lisbon/IMG_E1234.JPG`]: ['title: Tram 28'],
  });
  expect(report).toMatchObject({ added: 3, videos: 0, livePhotos: 1, skipped: [] });
});
