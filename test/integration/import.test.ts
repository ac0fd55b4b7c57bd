import { copyFileSync, readFileSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importSource, newImportReport } from '../../electron/engine/import/importer.ts';
import { Album, counts } from '../fixtures/importedAlbum.ts';
import { largePng, picture, writeTags } from '../fixtures/pictures.ts';

test('photos come in with their words, dates, places and captions, and a second import adds only what is new', async () => {
  const album = new Album();
  await album.add('a.png', 'trips/b.png', 'trips/c.png');
  await writeTags(
    album.at('a.png'),
    '-XMP-dc:Subject=sea',
    '-XMP-exif:DateTimeOriginal=2014:05:03 12:30:01',
    '-XMP-exif:GPSLatitude=41.5',
    '-XMP-exif:GPSLongitude=2.25',
    '-XMP-tiff:Model=Pixel 4',
  );
  album.write('trips/captions.tsv', 'b.png\tA boat.\nb.png\tAnother boat.\n');
  const first = await album.import();
  expect(counts(first)).toEqual({ added: 3, captioned: 2 });
  expect(first.skipped).toEqual([]);
  expect(album.texts('a.png')).toEqual(['XMP-dc:Subject: sea']);
  expect(album.texts('trips/b.png')).toEqual(['captions.tsv: A boat.', 'captions.tsv: Another boat.']);
  expect(album.library.photos.get(album.photo('a.png'))).toMatchObject({
    takenAt: '2014-05-03T12:30:01+02:00',
    latitude: 41.5,
    longitude: 2.25,
    camera: 'Pixel 4',
  });

  await album.add('trips/d.png');
  expect(counts(await album.import())).toEqual({ added: 1, unchanged: 3, captioned: 2 });
  expect(counts(await album.import())).toEqual({ unchanged: 4, captioned: 2 });
  expect(album.library.photos.counts()).toMatchObject({ photos: 4, captioned: 2 });
});

test('every file that cannot come in is named with the reason, and the others come in', async () => {
  const album = new Album();
  await album.add('good.png', 'zebra.png');
  album.write('empty.jpg', '');
  album.write('text.jpg', 'These are words.');
  album.write(
    'captions.tsv',
    'good.png\tfine\ngone.jpg\tlost\nempty.jpg\tlost too\nno tab here\n../up.jpg\tx\n',
  );
  album.write('sub/captions.tsv', Buffer.from('good.png\tM\xfcde', 'latin1'));
  const report = await album.import();
  expect(counts(report)).toEqual({ added: 2, captioned: 1 });
  expect(report.skipped).toEqual([
    { path: 'empty.jpg', reason: 'the file is empty' },
    { path: 'text.jpg', reason: 'this is not a picture: it is text' },
    { path: 'captions.tsv', reason: 'line 4: there is no tab between the file and its caption' },
    { path: 'captions.tsv', reason: 'line 5: ../up.jpg is outside the folder of the captions file' },
    { path: 'sub/captions.tsv', reason: 'it is not UTF-8 text; save it again as UTF-8' },
    {
      path: 'gone.jpg',
      reason: 'line 2 of captions.tsv has words for it, but there is no such photo',
    },
  ]);
  // They are named again as long as they lie there.
  expect((await album.import()).skipped).toEqual(report.skipped);
});

test('files are named in the order of the folder, whichever is read first', async () => {
  const album = new Album();
  const names = Array.from({ length: 300 }, (_, index) => `${String(index).padStart(3, '0')}.jpg`);
  for (const [index, name] of names.entries()) album.write(name, index % 3 === 0 ? 'These are words.' : '');
  expect((await album.import()).skipped.map(({ path }) => path)).toEqual(names);
});

test('a photo that could not be decoded is named again by the next import', async () => {
  const album = new Album();
  album.write('large.png', largePng(64, 64));
  await album.import();
  album.library.photos.setProblem(album.photo('large.png'), 'the file is cut off');
  expect((await album.import()).skipped).toEqual([{ path: 'large.png', reason: 'the file is cut off' }]);
});

describe('what changed since the last import', () => {
  test('an edited captions file changes, adds and removes captions', async () => {
    const album = new Album();
    await album.add('a.png', 'b.png', 'c.png', 'd.png');
    album.write('captions.tsv', 'a.png\told\nb.png\tsame\nc.png\tgoes\n');
    await album.import();
    album.library.texts.add(album.photo('c.png'), [{ kind: 'title', source: 'XMP-dc:Title', text: 'stays' }]);
    album.write('captions.tsv', 'a.png\tnew\nb.png\tsame\nd.png\tcomes\n');
    expect(counts(await album.import())).toEqual({ unchanged: 4, captioned: 4 });
    expect(['a.png', 'b.png', 'c.png', 'd.png'].map((path) => album.texts(path))).toEqual([
      ['captions.tsv: new'],
      ['captions.tsv: same'],
      ['XMP-dc:Title: stays'],
      ['captions.tsv: comes'],
    ]);
    rmSync(album.at('captions.tsv'));
    expect(counts(await album.import())).toEqual({ unchanged: 4, captioned: 1 });
  });

  test('captions stay while their file cannot be read', async () => {
    const album = new Album();
    await album.add('a.png');
    album.write('captions.tsv', 'a.png\tkept');
    await album.import();
    album.write('captions.tsv', Buffer.from('a.png\tM\xfcde', 'latin1'));
    await album.import();
    expect(album.texts('a.png')).toEqual(['captions.tsv: kept']);
  });

  test('a sidecar that comes, changes and goes takes its words with it', async () => {
    const album = new Album();
    await album.add('a.png');
    await writeTags(album.at('a.png'), '-XMP-dc:Title=inside');
    await album.import();
    await writeTags(album.at('a.png.xmp'), '-XMP-dc:Subject=one', '-XMP-dc:Subject=two');
    await album.import();
    expect(album.texts('a.png')).toEqual([
      'XMP-dc:Title: inside',
      'XMP-dc:Subject: one',
      'XMP-dc:Subject: two',
    ]);
    await writeTags(album.at('a.png.xmp'), '-XMP-dc:Subject=two', '-XMP-dc:Subject=three');
    utimesSync(album.at('a.png.xmp'), 1e9, 1e9);
    expect(counts(await album.import())).toEqual({ unchanged: 1, captioned: 1 });
    expect(album.texts('a.png')).toEqual([
      'XMP-dc:Title: inside',
      'XMP-dc:Subject: two',
      'XMP-dc:Subject: three',
    ]);
    rmSync(album.at('a.png.xmp'));
    await album.import();
    expect(album.texts('a.png')).toEqual(['XMP-dc:Title: inside']);
  });

  test('a renamed file keeps its photo, and its old path is forgotten', async () => {
    const album = new Album();
    await album.add('a.png', 'b.png');
    await album.import();
    const photo = album.photo('a.png');
    album.library.texts.add(photo, [{ kind: 'caption', source: 'mine', text: 'dear' }]);
    renameSync(album.at('a.png'), album.at('z/renamed.png'));
    expect(counts(await album.import())).toEqual({ unchanged: 2, captioned: 1 });
    expect(album.paths()).toEqual(['b.png', 'z/renamed.png']);
    expect(album.photo('z/renamed.png')).toBe(photo);
    expect(album.texts('z/renamed.png')).toEqual(['mine: dear']);
  });

  test('two files that swap their names keep their photos', async () => {
    const album = new Album();
    await album.add('a.png', 'b.png');
    await album.import();
    const [a, b] = [album.photo('a.png'), album.photo('b.png')];
    renameSync(album.at('a.png'), album.at('c'));
    renameSync(album.at('b.png'), album.at('a.png'));
    renameSync(album.at('c'), album.at('b.png'));
    for (const path of ['a.png', 'b.png']) utimesSync(album.at(path), 1e9, 1e9);
    expect((await album.import()).added).toBe(0);
    expect([album.photo('b.png'), album.photo('a.png')]).toEqual([a, b]);
  });
});

test('the same bytes twice are one photo with two files, and with the words of both', async () => {
  const album = new Album();
  await album.add('a.png');
  copyFileSync(album.at('a.png'), album.at('copies/b.png'));
  await writeTags(album.at('copies/b.png.xmp'), '-XMP-dc:Subject=beside the copy');
  album.write('captions.tsv', 'a.png\tof the first');
  album.write('copies/captions.tsv', 'b.png\tof the second');
  expect(counts(await album.import())).toEqual({ added: 1, duplicates: 1, captioned: 1 });
  expect(counts(await album.import())).toEqual({ unchanged: 2, captioned: 1 });
  expect(album.photo('a.png')).toBe(album.photo('copies/b.png'));
  expect(album.texts('a.png').sort()).toEqual([
    'XMP-dc:Subject: beside the copy',
    'captions.tsv: of the first',
    'captions.tsv: of the second',
  ]);
});

describe('a captions file named by itself', () => {
  test('brings in the photos that it names, whatever its own name', async () => {
    const album = new Album();
    await album.add('in/a.png', 'in/b.png', 'in/cafe\u0301.png');
    album.write('in/words.tsv', 'a.png\tnamed\ncaf\u00e9.png\taccented\ngone.png\tlost\n');
    const report = await album.import(album.at('in/words.tsv'));
    expect(counts(report)).toEqual({ added: 2, captioned: 2 });
    expect(report.skipped).toMatchObject([{ path: 'gone.png' }]);
    expect(album.paths()).toEqual(['a.png', 'cafe\u0301.png']);
    expect(album.texts('cafe\u0301.png')).toEqual(['captions.tsv: accented']);
  });

  test('leaves the other photos of its folder and their words alone', async () => {
    const album = new Album();
    await album.add('a.png', 'b.png');
    await writeTags(album.at('a.png.xmp'), '-XMP-dc:Subject=kept');
    album.write('captions.tsv', 'a.png\told\nb.png\tkept');
    await album.import();
    album.write('captions.tsv', 'a.png\tnew');
    expect(counts(await album.import(album.at('captions.tsv')))).toEqual({ unchanged: 1, captioned: 1 });
    expect([album.texts('a.png'), album.texts('b.png')]).toEqual([
      ['XMP-dc:Subject: kept', 'captions.tsv: new'],
      ['captions.tsv: kept'],
    ]);
  });
});

describe('folders inside folders', () => {
  test('importing a part of an imported folder adds nothing twice', async () => {
    const album = new Album();
    await album.add('a.png', 'sub/b.png');
    album.write('sub/captions.tsv', 'b.png\tone');
    await album.import();
    await album.add('sub/c.png', 'd.png');
    album.write('sub/captions.tsv', 'b.png\ttwo');
    expect(counts(await album.import(album.at('sub')))).toEqual({ added: 1, unchanged: 1, captioned: 1 });
    expect(album.library.photos.roots().map(({ path }) => path)).toEqual([album.folder]);
    expect(album.paths()).toEqual(['a.png', 'sub/b.png', 'sub/c.png']);
    expect(album.texts('sub/b.png')).toEqual(['captions.tsv: two']);
  });

  test('importing the folder around an imported one takes it in', async () => {
    const album = new Album();
    await album.add('a.png', 'sub/b.png');
    await album.import(album.at('sub'));
    expect(album.paths()).toEqual(['b.png']);
    expect(counts(await album.import())).toEqual({ added: 1, unchanged: 1 });
    expect(album.library.photos.roots().map(({ path }) => path)).toEqual([album.folder]);
    expect(album.paths()).toEqual(['a.png', 'sub/b.png']);
  });

  test('the same photo in two imported folders keeps the captions of both', async () => {
    const album = new Album();
    await album.add('one/a.png');
    copyFileSync(album.at('one/a.png'), album.at('two/a.png'));
    album.write('one/captions.tsv', 'a.png\tof one');
    album.write('two/captions.tsv', 'a.png\tof two');
    await album.import(album.at('one'));
    expect(counts(await album.import(album.at('two')))).toEqual({ duplicates: 1, captioned: 1 });
    await album.import(album.at('one'));
    expect(album.texts('a.png')).toEqual(['captions.tsv: of one', 'captions.tsv: of two']);
  });
});

test('what is not there or cannot be imported is refused with what to do', async () => {
  const album = new Album();
  album.write('notes.txt', 'x');
  await expect(album.import(join(album.folder, 'nothing'))).rejects.toMatchObject({
    code: 'no-folder',
    message: `There is no folder or file ${join(album.folder, 'nothing')}. Check the path.`,
  });
  await expect(album.import(album.at('notes.txt'))).rejects.toMatchObject({ code: 'not-importable' });
  expect(album.library.photos.roots()).toEqual([]);
});

test('a cancelled import keeps what it committed, and the next one does the rest', async () => {
  const album = new Album();
  const base = readFileSync(
    await picture(1, 8, 8)
      .png()
      .toFile(album.at('base.png'))
      .then(() => album.at('base.png')),
  );
  rmSync(album.at('base.png'));
  // Bytes after the end of a picture make a photo of its own.
  for (let number = 0; number < 350; number++)
    album.write(`${number}.png`, Buffer.concat([base, Buffer.from(String(number))]));
  const controller = new AbortController();
  const report = newImportReport(album.folder, '2026-01-01T00:00:00.000Z');
  const cancelled = importSource(album.library, album.folder, {
    report,
    signal: controller.signal,
    onProgress: ({ stage, done }) => {
      if (stage === 'Reading files' && done >= 100) controller.abort(new Error('cancelled'));
    },
  });
  await expect(cancelled).rejects.toThrow('cancelled');
  expect(report.added).toBe(100);
  expect(album.library.photos.counts().photos).toBe(100);
  expect(counts(await album.import())).toEqual({ added: 250, unchanged: 100 });
  expect(album.library.photos.counts().photos).toBe(350);
});

test.skipIf(process.platform === 'win32')(
  'without exiftool photos still come in, and the report says once what is missing',
  async () => {
    const album = new Album();
    await album.add('a.png', 'b.png', 'c.png');
    for (const path of ['a.png', 'b.png']) await writeTags(album.at(path), '-XMP-dc:Title=x');
    // Perl, which exiftool is written in, does not start with a module that it lacks.
    process.env.PERL5OPT = '-MPhotolex::Nothing';
    try {
      const report = await album.import();
      expect(report.added).toBe(3);
      expect(report.skipped).toHaveLength(1);
      expect(report.skipped[0]).toMatchObject({ path: album.folder });
      expect(report.skipped[0]!.reason).toMatch(/^captions, keywords and dates inside photos were not read/);
    } finally {
      delete process.env.PERL5OPT;
    }
  },
);
