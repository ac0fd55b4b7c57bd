/** An import that is killed, as hard as by a power cut, at any moment: the next one goes on, and at the end nothing tells that anything happened. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { Library } from '../../electron/engine/library/library.ts';
import { Random } from '../../models/random.ts';
import { projectRoot } from '../../native/runtime.ts';
import { removeLeftFolders } from '../../native/temporaryFolder.ts';
import { exportFiles, writeFolder, writeZip } from '../fixtures/exports.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';

const child = join(projectRoot, 'test', 'fixtures', 'importUntilKilled.ts');

/** How one run of the import ends, if it does not end by itself before. */
type End = { after: number } | { commit: number; where: 'inside' | 'after' };

interface Album {
  folder: string;
  archive: string;
}

/** Photos with captions and sidecars in folders, copies of some, and a Takeout of others and the same. */
async function makeAlbum(): Promise<Album> {
  const numbers = Array.from({ length: 36 }, (_, index) => String(index).padStart(2, '0'));
  const photos = numbers.map((number, index) => `${index % 3 === 0 ? 'a/' : 'b/'}${number}.jpg`);
  const files = await exportFiles(photos, {
    'a/captions.tsv': numbers.map((number) => `${number}.jpg\tCaption ${number}\n`).join(''),
    'broken.jpg': 'no picture',
    ...Object.fromEntries(photos.slice(0, 6).map((path, index) => [`${path}.xmp`, sidecar(`word ${index}`)])),
  });
  files.set('copies/first.jpg', files.get(photos[0]!)!);
  const media = numbers.slice(0, 15).map((number) => `Takeout/Google Photos/2019/T${number}.jpg`);
  const takeout = await exportFiles(
    media,
    Object.fromEntries(
      media.map((path, index) => [
        `${path}.supplemental-metadata.json`,
        {
          title: path.slice(-7),
          description: `Described ${index}`,
          photoTakenTime: { timestamp: String(1_500_000_000 + index) },
        },
      ]),
    ),
  );
  takeout.set('Takeout/Google Photos/2019/again.jpg', files.get(photos[1]!)!);
  return {
    folder: writeFolder(temporaryFolder(), files),
    archive: await writeZip(join(temporaryFolder(), 'takeout.zip'), takeout),
  };
}

const sidecar = (keyword: string): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject><rdf:Bag><rdf:li>${keyword}</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>`;

/** Runs the import in a process of its own. Returns whether it was killed, and the milliseconds it took once the library was open. */
async function run(
  library: string,
  album: Album,
  end?: End,
): Promise<{ killed: boolean; milliseconds: number }> {
  const moment = end && 'commit' in end ? [end.where, String(end.commit)] : ['outside'];
  const process_ = spawn(process.execPath, [child, library, album.folder, album.archive, ...moment], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(process_, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  await Promise.race([once(process_.stdout, 'data'), exited]);
  const started = performance.now();
  const timer = end && 'after' in end ? setTimeout(() => process_.kill('SIGKILL'), end.after) : undefined;
  const [code, signal] = await exited;
  clearTimeout(timer);
  if (signal !== 'SIGKILL') expect(code).toBe(0);
  return { killed: signal === 'SIGKILL', milliseconds: performance.now() - started };
}

/** Everything that an import leaves, in an order that does not depend on when what came in. */
async function contentOf(path: string): Promise<unknown> {
  const library = Library.open(path);
  try {
    expect(library.database.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(library.database.pragma('foreign_key_check')).toEqual([]);
    library.database.exec(`INSERT INTO texts_search (texts_search) VALUES ('integrity-check')`);
    const thumbnails = readdirSync(join(path, 'thumbnails'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.includes('.'))
      .sort();
    for (const name of thumbnails)
      await sharp(join(path, 'thumbnails', name), { failOn: 'warning' })
        .raw()
        .toBuffer();
    const photos = new Map<number, string[]>();
    for (const { photo, folder, path: file } of library.photos.allFiles())
      photos.set(photo, [...(photos.get(photo) ?? []), join(folder, file)]);
    expect(photos.size).toBe(library.photos.counts().photos);
    return {
      thumbnails,
      photos: [...photos]
        .map(([id, files]) => {
          const { id: _, ...photo } = library.photos.get(id)!;
          const feature = library.features.get(id, 'efficientnet-lite0')!;
          return {
            ...photo,
            files: files.sort(),
            texts: library.texts
              .of(id)
              .map((text) => JSON.stringify(text))
              .sort(),
            feature: feature.reduce((sum, value) => sum + value, 0).toFixed(1),
          };
        })
        .sort((one, other) => (one.hash < other.hash ? -1 : 1)),
    };
  } finally {
    library.close();
  }
}

test('killed at 50 moments, an import loses nothing, doubles nothing and leaves nothing torn', async () => {
  const album = await makeAlbum();
  const undisturbed = join(temporaryFolder(), 'library');
  let { milliseconds } = await run(undisturbed, album);
  const expected = await contentOf(undisturbed);

  /** One library after the other is filled by imports that are killed, until one comes to its end. */
  const kill = async (times: number, next: () => End): Promise<void> => {
    for (let kills = 0; kills < times; ) {
      const library = join(temporaryFolder(), 'library');
      let runs = 0;
      for (let killed = true; killed && kills < times; runs++) {
        const ended = await run(library, album, next());
        killed = ended.killed;
        if (killed) kills += 1;
        // Nobody came in time: the computer has become quicker.
        else if (runs === 0) milliseconds = ended.milliseconds;
      }
      await run(library, album);
      expect(await contentOf(library)).toEqual(expected);
      rmSync(library, { recursive: true });
    }
  };
  const random = new Random(7);
  await Promise.all([
    kill(24, () => ({ commit: 1 + random.integer(4), where: random.next() < 0.5 ? 'inside' : 'after' })),
    kill(26, () => ({ after: random.next() * 0.7 * milliseconds })),
  ]);
}, 600_000);

test('files that a killed process unpacked are removed by the next, and those of living ones stay', async () => {
  const parent = temporaryFolder();
  const gone = spawn(process.execPath, ['-e', '']);
  await once(gone, 'exit');
  const make = (name: string, secondsOld: number): string => {
    const path = join(parent, name);
    mkdirSync(path);
    writeFileSync(join(path, 'photo.jpg'), 'bytes');
    utimesSync(path, Date.now() / 1000 - secondsOld, Date.now() / 1000 - secondsOld);
    return path;
  };
  const left = make(`photolex-work-${gone.pid}-abc`, 3600);
  const stay = [
    make(`photolex-work-${gone.pid}-new`, 5),
    make(`photolex-work-${process.pid}-abc`, 3600),
    make('photolex-work-of-somebody', 3600),
  ];
  await removeLeftFolders(parent);
  expect(existsSync(left)).toBe(false);
  expect(stay.filter((path) => !existsSync(join(path, 'photo.jpg')))).toEqual([]);
});
