/** The engine as its hosts use it: from a folder of photos to a search, libraries that open and close, settings. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test, vi } from 'vitest';
import type { SearchOutput } from '../../electron/engine/contract.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { Library } from '../../electron/engine/library/library.ts';
import { type LibraryHost, OpenLibrary } from '../../electron/engine/openLibrary.ts';
import { writeCaptions } from '../fixtures/album.ts';
import { childProcesses } from '../fixtures/childProcesses.ts';
import { endOf, nextJob } from '../fixtures/jobs.ts';
import { learnedAlbum, photoIds, relevance, startEngine, text } from '../fixtures/learnedAlbum.ts';
import { picture, temporaryFolder } from '../fixtures/pictures.ts';
import { until } from '../fixtures/until.ts';

/** Imported, not learned. */
const imported = learnedAlbum(null);

/** How well the uncaptioned pictures of Figaro are found by his name. */
async function findingFigaro(engine: Engine): Promise<{ precisionAt5: number; averagePrecision: number }> {
  const photos = imported.album.pictures.flatMap(({ file, caption }) =>
    caption === undefined ? [file] : [],
  );
  const { perQuery } = await engine.calls.evaluate({
    photos,
    relevance: relevance(imported.album),
    queries: ['Figaro'],
  });
  expect(perQuery.map(({ query, relevant }) => ({ query, relevant }))).toEqual([
    { query: 'Figaro', relevant: 10 },
  ]);
  return perQuery[0]!;
}

test('photos that a browser cannot show, or that are very large, come as JPEGs, made by the process that looks at photos', async () => {
  const folder = temporaryFolder();
  for (const name of ['quarters.heic', 'quarters.jxl'])
    copyFileSync(join(import.meta.dirname, '../fixtures/photos', name), join(folder, name));
  await picture(1, 300, 200).jpeg().toFile(join(folder, 'small.jpg'));
  await picture(2, 300, 200).jpeg().toFile(join(folder, 'large.jpg'));
  truncateSync(join(folder, 'large.jpg'), 60e6);
  const engine = await startEngine({ learnsByItself: false });
  await endOf(engine, () => engine.calls.openFolder({ path: folder }));
  const ids = await photoIds(engine);
  const shown = async (name: string) => {
    for (const pid of childProcesses('vision-worker')) process.kill(pid, 'SIGKILL');
    await until(() => childProcesses('vision-worker').length === 0);
    const { type, bytes } = (await engine.media('photo', String(ids.get(name)!)))!;
    const { width } = await sharp(bytes).metadata();
    return { type, width, bytes: bytes.length, worker: childProcesses('vision-worker').length > 0 };
  };
  const jpeg = { type: 'image/jpeg', worker: true };
  expect(await shown('quarters.heic')).toMatchObject({ ...jpeg, width: 96 });
  expect(await shown('quarters.jxl')).toMatchObject({ ...jpeg, width: 64 });
  const large = await shown('large.jpg');
  expect(large).toMatchObject({ ...jpeg, width: 300 });
  expect(large.bytes).toBeLessThan(1e6);
  // A file that can be shown as it is needs nobody.
  expect(await shown('small.jpg')).toMatchObject({
    worker: false,
    bytes: statSync(join(folder, 'small.jpg')).size,
  });
});

test('an engine whose log cannot be written goes on', async () => {
  const home = join(temporaryFolder(), 'home');
  mkdirSync(join(home, 'logs'), { recursive: true });
  // Every write to it fails as on a full disk.
  symlinkSync('/dev/full', join(home, 'logs', 'photolex.log'));
  const engine = await startEngine({ home });
  const path = join(temporaryFolder(), 'library');
  expect(await engine.calls.openLibrary({ path, create: true })).toMatchObject({ path });
  expect(await engine.calls.jobs()).toEqual([]);
});

test('a library that closes while something of it changes tells no more of itself', async () => {
  const told: unknown[] = [];
  const host = {
    home: temporaryFolder(),
    status: (status: unknown) => told.push(status),
    watches: () => false,
  };
  const opened = OpenLibrary.open(join(temporaryFolder(), 'library'), true, host as unknown as LibraryHost);
  opened.tellStatus();
  await opened.close();
  vi.useFakeTimers();
  opened.tellStatus();
  vi.runAllTimers();
  vi.useRealTimers();
  expect(told).toEqual([]);
});

describe('a folder of photos', () => {
  test('is searchable at once, learns its words by itself, and is then found by a name that only its owner uses', async () => {
    const engine = await startEngine();
    const stages = new Set<string>();
    engine.on('job', ({ stage }) => stages.add(stage));
    const answers: Promise<SearchOutput>[] = [];
    engine.on('job', ({ curve }) => {
      // Asked at each pass but the last ones, when the new model may take over.
      if (curve.length <= answers.length || curve.length > 8) return;
      answers.push(engine.calls.search({ concepts: [text('beach'), text(`sunset`, curve.length / 10)] }));
    });
    const training = nextJob(engine, ({ kind, state }) => kind === 'train' && state !== 'running');
    const importing = await endOf(engine, () => engine.calls.openFolder({ path: imported.album.folder }));
    expect(importing).toMatchObject({
      kind: 'import',
      state: 'done',
      message: expect.stringMatching('120 new photos'),
    });
    expect(await engine.calls.importReport()).toMatchObject({
      added: 120,
      indexed: 120,
      captioned: 95,
      skipped: [],
    });

    // Learning has begun; the starter answers until it is done.
    expect((await engine.calls.jobs())[0]).toMatchObject({ kind: 'train', state: 'running' });
    expect((await findingFigaro(engine)).precisionAt5).toBeLessThanOrEqual(0.2);
    const trained = await training;
    expect(answers.length).toBeGreaterThan(5);
    for (const answer of await Promise.all(answers))
      expect(answer).toMatchObject({ model: 'starter', total: 120 });
    expect(trained).toMatchObject({ state: 'done', message: expect.stringContaining('Learned from') });
    expect(trained.curve).toHaveLength(10);
    expect(trained.curve.at(-1)!.loss).toBeLessThan(trained.curve[0]!.loss);
    expect([...stages]).toEqual(
      expect.arrayContaining([
        'Reading files',
        'Looking at the photos',
        'Learning the words',
        'Learning the pictures',
      ]),
    );
    const status = (await engine.calls.libraryStatus())!;
    expect(status).toMatchObject({ photos: 120, captioned: 95, indexed: 120, problems: 0, newCaptions: 0 });
    expect(status.models.map(({ id, active }) => [id, active])).toEqual([
      ['starter', false],
      ['model-1', true],
    ]);
    const found = await engine.calls.search({ concepts: [text('Figaro')], untagged: true, limit: 5 });
    expect(found).toMatchObject({ model: 'model-1', total: 25 });
    expect(found.concepts).toEqual([
      { label: 'Figaro', words: [{ word: 'figaro', source: 'learned' }], known: true },
    ]);
    const { precisionAt5, averagePrecision } = await findingFigaro(engine);
    expect(precisionAt5).toBe(1);
    expect(averagePrecision).toBeGreaterThan(0.8);

    // Again: nothing is new, although some captions had no word that could be imported.
    expect(trained.message).toContain('without a word it could learn');
    await endOf(engine, () => engine.calls.importPhotos({ path: imported.album.folder }));
    expect((await engine.calls.jobs()).filter(({ kind }) => kind === 'train')).toHaveLength(1);
  });

  test('starts learning from 50 captions on and not before, nor if the user does not want it', async () => {
    const folder = temporaryFolder();
    const captions: [string, string][] = [];
    for (let number = 0; number < 50; number++) {
      const name = `${number}.png`;
      await picture(number, 32, 24).png().toFile(join(folder, name));
      captions.push([
        name,
        number % 2 === 0 ? 'waves of blue' : 'abcdefghijklmnopqrstuvwxyz'[number >> 1]!.repeat(4),
      ]);
    }
    const engine = await startEngine();
    const importing = () => endOf(engine, () => engine.calls.importPhotos({ path: folder }));
    const trainings = async () => (await engine.calls.jobs()).filter(({ kind }) => kind === 'train');
    await engine.calls.openLibrary({ path: join(temporaryFolder(), 'library'), create: true });
    writeCaptions(folder, captions.slice(0, 49));
    await importing();
    expect(await engine.calls.libraryStatus()).toMatchObject({
      captioned: 49,
      learnsFrom: 50,
      newCaptions: 49,
    });
    expect(await trainings()).toEqual([]);

    writeCaptions(folder, captions);
    await engine.calls.setSettings({ learnAutomatically: false });
    await importing();
    expect(await trainings()).toEqual([]);

    await engine.calls.setSettings({ learnAutomatically: true });
    const ended = nextJob(engine, ({ kind, state }) => kind === 'train' && state !== 'running');
    await importing();
    expect(await trainings()).toMatchObject([{ state: 'running' }]);
    expect(await ended).toMatchObject({
      state: 'done',
      message: 'Learned from 25 captioned photos, 25 without a word it could learn.',
    });

    // Every second caption has but a word of its own. What could not be learned is not new the next time.
    await importing();
    expect(await trainings()).toHaveLength(1);
  });
});

describe('pictures', () => {
  test('are served by id, the photo whole and the thumbnail small', async () => {
    const { engine } = await imported.open();
    const { file } = imported.album.pictures[4]!;
    const id = String((await photoIds(engine)).get(file));
    expect(await engine.media('photo', id)).toEqual({
      type: 'image/jpeg',
      bytes: readFileSync(join(imported.album.folder, file)),
    });
    const thumbnail = (await engine.media('thumbnail', id))!;
    expect((await sharp(thumbnail.bytes).metadata()).width).toBeLessThanOrEqual(512);
  });

  test('are nothing but what an id names', async () => {
    const { engine } = await imported.open();
    const hostile = [
      '',
      '0',
      '-1',
      '1.5',
      '1e1',
      ' 1',
      '1 ',
      '١',
      '../1',
      '1/../../photolex.db',
      '%2e%2e',
      '..\\1',
      '\0',
      '9'.repeat(30),
      '9999',
      'picture-1',
      '__proto__',
      'constructor',
    ];
    for (const kind of ['photo', 'thumbnail', 'image'] as const)
      for (const id of hostile) expect(await engine.media(kind, id), `${kind} ${id}`).toBeNull();
  });

  test('of a photo that is away are its thumbnail', async () => {
    const engine = await startEngine();
    const folder = temporaryFolder();
    await picture(1, 640, 480).png().toFile(join(folder, 'one.png'));
    await endOf(engine, () => engine.calls.openFolder({ path: folder }));
    rmSync(join(folder, 'one.png'));
    const { type, bytes } = (await engine.media('photo', '1'))!;
    expect(type).toBe('image/jpeg');
    expect((await sharp(bytes).metadata()).width).toBe(512);
  });

  test('whose thumbnail is lost are shown, and the next import makes it anew', async () => {
    const engine = await startEngine();
    const folder = temporaryFolder();
    await picture(1, 640, 480).jpeg().toFile(join(folder, 'one.jpg'));
    await picture(2, 640, 480).jpeg().toFile(join(folder, 'two.jpg'));
    await endOf(engine, () => engine.calls.openFolder({ path: folder }));
    const ids = await photoIds(engine);
    const [one, two] = [String(ids.get('one.jpg')), String(ids.get('two.jpg'))];
    const before = (await engine.media('thumbnail', one))!;
    rmSync(join((await engine.calls.libraryStatus())!.path, 'thumbnails'), { recursive: true });
    expect((await engine.media('thumbnail', one))!.bytes).toEqual(readFileSync(join(folder, 'one.jpg')));

    // Where there is no file to make it from, the photo stays as it is.
    rmSync(join(folder, 'two.jpg'));
    await endOf(engine, () => engine.calls.importPhotos({ path: folder }));
    expect(await engine.media('thumbnail', one)).toEqual(before);
    expect(await engine.media('thumbnail', two)).toBeNull();
    expect(await photoIds(engine)).toEqual(ids);
  });
});

describe('opening', () => {
  test('a library of a newer version is refused, and stays as it is', async () => {
    const { engine, path } = await imported.open();
    await engine.calls.closeLibrary();
    const library = Library.open(path);
    library.database.pragma('user_version = 99');
    library.close();
    const fingerprint = () =>
      readdirSync(path, { recursive: true, encoding: 'utf8' })
        .toSorted()
        .map((name) => [
          name,
          /\.\w+$/.test(name)
            ? createHash('sha256')
                .update(readFileSync(join(path, name)))
                .digest('hex')
            : '',
        ]);
    const before = fingerprint();
    await expect(engine.calls.openLibrary({ path })).rejects.toMatchObject({
      code: 'library-newer',
      message: expect.stringMatching(/newer Photolex \(format 99, .*Update Photolex/),
    });
    expect(fingerprint()).toEqual(before);
    expect(await engine.calls.libraryStatus()).toBeNull();
  });

  test('what is no library says so', async () => {
    const engine = await startEngine();
    const folder = temporaryFolder();
    await expect(engine.calls.openLibrary({ path: folder })).rejects.toMatchObject({
      code: 'no-library',
      message: expect.stringContaining(folder),
    });
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(join(folder, 'photolex.db'), 'This is not a database. '.repeat(100));
    await expect(engine.calls.openLibrary({ path: folder })).rejects.toMatchObject({
      code: 'library-damaged',
      message: expect.stringContaining(join(folder, 'photolex.db')),
    });
    for (const path of [join(folder, 'nowhere'), join(folder, 'photolex.db')])
      await expect(engine.calls.openFolder({ path })).rejects.toMatchObject({ code: 'no-folder' });
  });

  test('another library closes the one before, with its work', async () => {
    const { engine, path } = await imported.open();
    const folder = temporaryFolder();
    for (let number = 0; number < 40; number++)
      await picture(number, 40, 30)
        .png()
        .toFile(join(folder, `${number}.png`));
    const told: (string | null)[] = [];
    engine.on('library', (status) => told.push(status?.path ?? null));
    const looking = nextJob(engine, ({ stage }) => stage === 'Looking at the photos');
    const cancelled = endOf(engine, () => engine.calls.importPhotos({ path: folder }));
    await looking;
    const other = join(temporaryFolder(), 'other');
    expect(await engine.calls.openLibrary({ path: other, create: true })).toMatchObject({
      path: other,
      name: 'other',
      photos: 0,
      models: [{ id: 'starter', active: true }],
    });
    expect(await cancelled).toMatchObject({ state: 'interrupted' });
    expect(told.at(-1)).toBe(other);
    expect(await engine.media('thumbnail', '1')).toBeNull();
    expect(await engine.calls.jobs()).toEqual([]);
    const before = Library.open(path);
    expect(before.jobs.list(1)).toMatchObject([{ kind: 'import', state: 'interrupted' }]);
    before.close();

    // It goes on where it was.
    await engine.calls.openLibrary({ path });
    const [interrupted] = await engine.calls.jobs();
    expect(interrupted).toMatchObject({ kind: 'import', state: 'interrupted' });
    await endOf(engine, () => engine.calls.resumeJob({ job: interrupted!.id }));
    expect(await engine.calls.libraryStatus()).toMatchObject({ photos: 160, indexed: 160 });
    expect(await engine.calls.closeLibrary()).toBeNull();
    expect(told.at(-1)).toBeNull();
  });

  test('remembers the libraries that are still there, the latest first', async () => {
    const home = join(temporaryFolder(), 'home');
    const engine = await startEngine({ home });
    const folder = temporaryFolder();
    const paths = ['a', 'b', 'c'].map((name) => join(folder, name));
    for (const path of [...paths, paths[0]!]) await engine.calls.openLibrary({ path, create: true });
    rmSync(paths[1]!, { recursive: true });
    const expected = [
      { path: paths[0], name: 'a', photos: 0 },
      { path: paths[2], name: 'c', photos: 0 },
    ];
    expect(await engine.calls.recentLibraries()).toEqual(expected);
    await engine.close();
    expect(await (await startEngine({ home })).calls.recentLibraries()).toEqual(expected);
  });

  test('the same folder of photos opens the same library, and another of that name another', async () => {
    const engine = await startEngine();
    const folder = temporaryFolder();
    for (const name of ['one/Photos', 'two/Photos']) {
      mkdirSync(join(folder, name), { recursive: true });
      await picture(name.length, 32, 24)
        .png()
        .toFile(join(folder, name, 'a.png'));
    }
    const open = async (name: string) => {
      await endOf(engine, () => engine.calls.openFolder({ path: join(folder, name) }));
      return (await engine.calls.libraryStatus())!;
    };
    const one = await open('one/Photos');
    const two = await open('two/Photos');
    expect([one.name, two.name]).toEqual(['Photos', 'Photos']);
    expect(two.path).not.toBe(one.path);
    expect(await open('one/Photos')).toMatchObject({ path: one.path, photos: 1 });
  });
});

test('settings that are not named stay, and outlive the engine', async () => {
  const home = join(temporaryFolder(), 'home');
  const engine = await startEngine({ home });
  await engine.calls.openLibrary({ path: join(temporaryFolder(), 'kept'), create: true });
  await engine.calls.setSettings({ learnAutomatically: false, thumbnailHeight: 120 });
  await engine.calls.setSettings({ theme: 'dark' });
  const expected = {
    theme: 'dark',
    thumbnailHeight: 120,
    learnAutomatically: false,
    watchFolders: true,
    lookCloser: false,
    recentLibraries: [expect.stringContaining('kept')],
  };
  expect(await engine.calls.getSettings()).toEqual(expected);
  await engine.close();
  expect(await (await startEngine({ home })).calls.getSettings()).toEqual(expected);
  writeFileSync(join(home, 'settings.json'), '{ "theme": "da');
  expect(await (await startEngine({ home })).calls.getSettings()).toMatchObject({ theme: 'system' });
});

test('without a library, what needs one says what to do', async () => {
  const engine = await startEngine();
  const { calls } = engine;
  const attempts = [
    calls.importPhotos({ path: imported.album.folder }),
    calls.importReport(),
    calls.listPhotos({ offset: 0, limit: 10 }),
    calls.photoDetails({ photo: 1 }),
    calls.search({ concepts: [text('dog')] }),
    calls.explain({ photo: 1, concepts: [] }),
    calls.addImage({ name: 'a.jpg', bytes: new Uint8Array(1) }),
    calls.nearestWords({ word: 'dog' }),
    calls.train({}),
    calls.cancelJob({ job: 1 }),
    calls.activateModel({ model: 'starter' }),
    calls.evaluate({}),
  ];
  for (const attempt of await Promise.allSettled(attempts)) {
    expect(attempt).toMatchObject({
      status: 'rejected',
      reason: { code: 'no-library', message: expect.stringContaining('Open a folder') },
    });
  }
  expect(await calls.libraryStatus()).toBeNull();
  expect(await calls.jobs()).toEqual([]);
  expect(await engine.media('thumbnail', '1')).toBeNull();
  await expect(calls.search({ concepts: [text('')] })).rejects.toMatchObject({ code: 'bad-input' });
});

test('a folder is listed for choosing', async () => {
  const engine = await startEngine();
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'beta'));
  mkdirSync(join(folder, 'Alpha'));
  mkdirSync(join(folder, '.hidden'));
  for (const name of ['a.jpg', 'b.PNG', 'c.txt', '.d.jpg']) writeFileSync(join(folder, name), '');
  expect(await engine.calls.listFolder({ path: folder })).toEqual({
    path: folder,
    parent: expect.stringContaining(tmpdir()),
    folders: ['Alpha', 'beta'],
    photos: 2,
  });
  await expect(engine.calls.listFolder({ path: join(folder, 'gone') })).rejects.toMatchObject({
    code: 'no-folder',
  });
});
