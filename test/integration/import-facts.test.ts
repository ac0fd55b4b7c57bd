import { copyFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ImportReport } from '../../electron/engine/contract.ts';
import { importSource, newImportReport } from '../../electron/engine/import/importer.ts';
import { Library } from '../../electron/engine/library/library.ts';
import { migrate as photosMigration } from '../../electron/engine/library/migrations/001-photos.ts';
import { migrate as rulesMigration } from '../../electron/engine/library/migrations/002-word-rules.ts';
import { migrate as trainingsMigration } from '../../electron/engine/library/migrations/003-trainings.ts';
import { readCorpus } from '../../electron/engine/train/corpus.ts';
import { openDatabase } from '../../native/database.ts';
import { picture, temporaryFolder, writeTags } from '../fixtures/pictures.ts';

function open(path = join(temporaryFolder(), 'library')): Library {
  const library = Library.open(path, { create: true });
  onTestFinished(() => library.close());
  return library;
}

async function importInto(library: Library, folder: string): Promise<ImportReport> {
  const report = newImportReport(folder, '2026-01-01T00:00:00.000Z');
  await importSource(library, folder, { report });
  return report;
}

async function photoIn(folder: string, name: string, seed = 1): Promise<string> {
  const path = join(folder, name);
  await picture(seed, 24, 16).jpeg().toFile(path);
  return path;
}

/** The time of a sidecar's change, so that two changes within a moment differ. */
let clock = 1e9;
async function writeSidecar(path: string, ...tags: string[]): Promise<void> {
  rmSync(path, { force: true });
  await writeTags(path, ...tags);
  clock += 10;
  utimesSync(path, clock, clock);
}

/** Everything that the library has of photo `id`. */
const all = (library: Library, id: number) => ({
  ...library.photos.get(id)!,
  texts: library.texts.of(id).map(({ kind, text }) => `${kind}: ${text}`),
  hierarchies: library.hierarchies.of(id).map(({ levels }) => levels.join('|')),
  place: library.facts.place(id),
});

test('hierarchies, people, stars, labels, places and dates come in, and change with the sidecar', async () => {
  const library = open();
  const folder = temporaryFolder();
  const path = await photoIn(folder, 'a.jpg');
  await writeTags(
    path,
    '-ExifIFD:DateTimeOriginal=2014:05:03 12:30:01',
    '-XMP-xmp:Rating=3',
    '-GPSLatitude=41.39',
    '-GPSLatitudeRef=N',
    '-GPSLongitude=2.17',
    '-GPSLongitudeRef=E',
  );
  await importInto(library, folder);
  expect(all(library, 1)).toMatchObject({
    takenAt: '2014-05-03T12:30:01+02:00',
    rating: 3,
    label: null,
    flag: null,
    texts: [],
    hierarchies: [],
    place: {
      names: ['Eixample', 'Barcelona', 'Província de Barcelona', 'Catalonia', 'Spain'],
      origin: 'coordinates',
    },
  });

  await writeSidecar(
    `${path}.xmp`,
    '-XMP-digiKam:TagsList=Places/Spain/Barcelona',
    '-XMP-iptcExt:PersonInImage=Ada',
    '-XMP-xmp:Rating=5',
    '-XMP-xmp:Label=Red',
    '-XMP-digiKam:PickLabel=3',
    '-XMP-exif:DateTimeOriginal=2014:05:04 18:00:00',
    '-XMP-photoshop:City=Badalona',
  );
  await importInto(library, folder);
  expect(all(library, 1)).toMatchObject({
    takenAt: '2014-05-04T18:00:00+02:00',
    rating: 5,
    label: 'red',
    flag: 'picked',
    texts: ['person: Ada', 'keyword: Places', 'keyword: Spain', 'keyword: Barcelona'],
    hierarchies: ['Places|Spain|Barcelona'],
    place: { names: ['Badalona'], origin: 'written' },
  });

  await writeSidecar(
    `${path}.xmp`,
    '-XMP-digiKam:TagsList=Places/Spain',
    '-XMP-digiKam:TagsList=sun',
    '-XMP-xmp:Rating=0',
  );
  await importInto(library, folder);
  expect(all(library, 1)).toMatchObject({
    takenAt: '2014-05-03T12:30:01+02:00',
    rating: null,
    label: null,
    flag: null,
    texts: ['keyword: Places', 'keyword: Spain', 'keyword: sun'],
    hierarchies: ['Places|Spain'],
    place: {
      names: ['Eixample', 'Barcelona', 'Província de Barcelona', 'Catalonia', 'Spain'],
      origin: 'coordinates',
    },
  });

  rmSync(`${path}.xmp`);
  await importInto(library, folder);
  expect(all(library, 1)).toMatchObject({ rating: 3, texts: [], hierarchies: [] });
});

test('of a photo in two files, the file whose sidecar changed last counts first; a file that goes takes its facts with it', async () => {
  const library = open();
  const folder = temporaryFolder();
  const path = await photoIn(folder, 'a.jpg');
  const copy = join(folder, 'b.jpg');
  copyFileSync(path, copy);
  await writeSidecar(join(folder, 'a.xmp'), '-XMP-xmp:Rating=2', '-XMP-xmp:Label=Blue');
  await writeSidecar(join(folder, 'b.xmp'), '-XMP-xmp:Rating=4');
  await importInto(library, folder);
  expect(all(library, 1)).toMatchObject({ rating: 4, label: 'blue' });
  await writeSidecar(join(folder, 'a.xmp'), '-XMP-xmp:Rating=1');
  await importInto(library, folder);
  expect(all(library, 1)).toMatchObject({ rating: 1, label: null });
  rmSync(path);
  await importInto(library, folder);
  expect(all(library, 1)).toMatchObject({ rating: 4 });
});

test('an export’s date, place and favourite count where the photo is silent, and go when the export takes them back', async () => {
  const library = open();
  const folder = temporaryFolder();
  await writeTags(await photoIn(folder, 'a.jpg', 1), '-ExifIFD:DateTimeOriginal=2014:05:03 18:00:01');
  await photoIn(folder, 'b.jpg', 2);
  const sidecar = (name: string, favorited: boolean) => ({
    title: name,
    description: '',
    photoTakenTime: { timestamp: String(Date.parse('2014-05-03T10:30:01Z') / 1000) },
    geoData: name === 'b.jpg' ? { latitude: 35.66, longitude: 139.7 } : { latitude: 0, longitude: 0 },
    ...(favorited ? { favorited } : {}),
  });
  const write = (favorited: boolean) => {
    for (const name of ['a.jpg', 'b.jpg'])
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(sidecar(name, favorited)));
  };
  write(true);
  await importInto(library, folder);
  // The clock of the photo, which is seven and a half hours ahead of the export's instant; and an instant at its place.
  expect(all(library, 1)).toMatchObject({ takenAt: '2014-05-03T18:00:01+07:30', flag: 'picked' });
  expect(all(library, 2)).toMatchObject({ takenAt: '2014-05-03T19:30:01+09:00', flag: 'picked' });
  expect(all(library, 2).place?.names.slice(-2)).toEqual(['Tokyo', 'Japan']);
  write(false);
  await importInto(library, folder);
  expect([all(library, 1).flag, all(library, 2).flag]).toEqual([null, null]);
});

test('a place is found by its name, but is no word to learn from', async () => {
  const library = open();
  const folder = temporaryFolder();
  for (const seed of [1, 2])
    await writeTags(
      await photoIn(folder, `${seed}.jpg`, seed),
      '-GPSLatitude=41.39',
      '-GPSLatitudeRef=N',
      '-GPSLongitude=2.17',
      '-GPSLongitudeRef=E',
    );
  await writeSidecar(join(folder, '2.xmp'), '-XMP-photoshop:City=Barcelona', '-XMP-dc:Subject=dog');
  await importInto(library, folder);
  expect(library.facts.photosAt('CATALONIA')).toEqual([1]);
  expect(library.facts.photosAt('provincia de barcelona')).toEqual([1]);
  expect(library.facts.photosAt('barcelona')).toEqual([1, 2]);
  // Half a name is none.
  expect(library.facts.photosAt('provincia')).toEqual([]);
  expect(library.photos.counts().captioned).toBe(1);
  for (const photo of [1, 2]) library.photos.setIndexed(photo, 30, 20, '2026-01-01T00:00:00.000Z');
  expect(library.photos.untagged()).toEqual([1]);
  for (const photo of [1, 2]) library.features.set(photo, 'efficientnet-lite0', new Float32Array(1280));
  expect(readCorpus(library, 'efficientnet-lite0').documents).toEqual([[], ['dog']]);
  library.photos.remove(1);
  expect(library.facts.photosAt('barcelona')).toEqual([2]);
});

/** Makes a library as the third version of the tables had it after an import of `folder`, with some words and a date. */
async function makeOldLibrary(at: string, folder: string): Promise<void> {
  const today = open();
  await importInto(today, folder);
  const files = [...today.photos.filePages(1)].flat();
  const database = openDatabase(join(at, 'photolex.db'));
  for (const migrate of [photosMigration, rulesMigration, trainingsMigration]) migrate(database);
  database.pragma('user_version = 3');
  database.prepare('INSERT INTO roots (path) VALUES (?)').run(folder);
  for (const { path, photo, size, modified, sidecarModified } of files) {
    const { hash, bytes } = today.photos.get(photo)!;
    database
      .prepare("INSERT INTO photos (id, hash, bytes, taken_at) VALUES (?, ?, ?, '2001-01-01T10:00:00')")
      .run(photo, hash, bytes);
    database
      .prepare(
        'INSERT INTO files (root, path, photo, size, modified, sidecar_modified) VALUES (1, ?, ?, ?, ?, ?)',
      )
      .run(path, photo, size, modified, sidecarModified);
  }
  const text = database.prepare('INSERT INTO texts (photo, kind, source, text) VALUES (?, ?, ?, ?)');
  text.run(1, 'title', 'XMP-dc:Title', 'Sea');
  text.run(1, 'keyword', 'XMP-lr:HierarchicalSubject', 'Spain');
  text.run(2, 'caption', 'mine', 'Ein Käuzchen');
  database.close();
}

test('a library of before keeps everything, is searched as before, and reads unchanged files once more', async () => {
  const folder = temporaryFolder();
  const path = await photoIn(folder, 'a.jpg');
  await writeTags(path, '-XMP-lr:HierarchicalSubject=Places|Spain', '-XMP-xmp:Rating=4', '-XMP-dc:Title=Sea');
  await photoIn(folder, 'b.jpg', 2);
  const at = temporaryFolder();
  await makeOldLibrary(at, folder);
  const library = open(at);
  expect(library.database.pragma('user_version', { simple: true })).toBeGreaterThanOrEqual(4);
  expect(all(library, 2)).toMatchObject({ texts: ['caption: Ein Käuzchen'], takenAt: '2001-01-01T10:00:00' });
  expect(library.texts.photosWith('kauzchen')).toEqual([2]);
  expect(library.texts.photosWith('spain')).toEqual([1]);

  const report = await importInto(library, folder);
  expect([report.added, report.unchanged]).toEqual([0, 2]);
  expect(all(library, 1)).toMatchObject({
    rating: 4,
    hierarchies: ['Places|Spain'],
    texts: ['title: Sea', 'keyword: Spain', 'keyword: Places'],
  });
  expect(all(library, 2).texts).toEqual(['caption: Ein Käuzchen']);
  // What nothing says any more is gone, once every file was read by today's rules.
  expect(all(library, 2).takenAt).toBeNull();
  // The next import reads nothing again.
  library.facts.setOfFile(1, 'b.jpg', { ...emptyFacts, rating: 2 });
  await importInto(library, folder);
  library.facts.resolve(2);
  expect(all(library, 2).rating).toBe(2);
});

test('photos that were called damaged when only their decoder or archive failed are tried again', () => {
  const path = join(temporaryFolder(), 'library');
  const before = Library.open(path, { create: true });
  before.database.exec("INSERT INTO roots (id, path) VALUES (1, '/photos')");
  const damaged = 'the file is damaged or cut off';
  const photos: [name: string, problem: string][] = [
    ['phone/a.HEIC', damaged],
    ['b.jxl', damaged],
    ['export.zip/c.jpg', 'it is damaged in the archive (closed)'],
    ['d.jpg', damaged],
    ['e.heic', 'this is not a picture: it is text'],
  ];
  for (const [at, [name, problem]] of photos.entries()) {
    before.database
      .prepare('INSERT INTO photos (id, hash, bytes, problem) VALUES (?, ?, 1, ?)')
      .run(at + 1, name, problem);
    before.database
      .prepare('INSERT INTO files (root, path, photo, size, modified) VALUES (1, ?, ?, 1, 1)')
      .run(name, at + 1);
  }
  before.database.pragma('user_version = 7');
  before.close();
  const library = Library.open(path);
  onTestFinished(() => library.close());
  expect([...library.photos.problems().keys()]).toEqual([4, 5]);
});

const emptyFacts = {
  takenAt: null,
  latitude: null,
  longitude: null,
  camera: null,
  rating: null,
  label: null,
  flag: null,
  place: null,
};

test('what an old library knew of a photo stays until all of its files were read again', async () => {
  const library = open();
  const [folder, other] = [temporaryFolder(), temporaryFolder()];
  const path = await photoIn(folder, 'a.jpg');
  copyFileSync(path, join(other, 'a.jpg'));
  await importInto(library, folder);
  await importInto(library, other);
  library.database.exec(
    "UPDATE files SET metadata_version = 0, facts = NULL; UPDATE photos SET camera = 'Box', taken_at = '2001'",
  );
  await importInto(library, folder);
  expect(all(library, 1)).toMatchObject({ camera: 'Box', takenAt: '2001' });
  await importInto(library, other);
  expect(all(library, 1)).toMatchObject({ camera: null, takenAt: null });
});
