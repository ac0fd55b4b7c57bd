/** The folders of an open library are watched: what happens there is in the library soon, without a rescan. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../../electron/engine/engine.ts';
import { type FolderChanges, FolderWatcher } from '../../electron/engine/watch/folderWatcher.ts';
import { endOf, nextJob } from '../fixtures/jobs.ts';
import { startEngine } from '../fixtures/learnedAlbum.ts';
import { picture, temporaryFolder, writeTags } from '../fixtures/pictures.ts';

const addPhoto = (path: string, seed: number) => picture(seed, 160, 120).jpeg().toFile(path);

/** A watched folder, and what is told of it, one telling after the other. */
async function watched(folder: string, except = join(folder, 'library')) {
  const told: FolderChanges[] = [];
  let heard = Promise.withResolvers<void>();
  const watcher = new FolderWatcher({
    except,
    quiet: 600,
    onChanges: (_folder, changes) => {
      told.push(changes);
      heard.resolve();
    },
    onProblem: (_folder, reason) => heard.reject(new Error(reason)),
  });
  onTestFinished(() => watcher.close());
  await watcher.watch([folder]);
  return {
    watcher,
    /** What was told next. */
    async next(): Promise<FolderChanges> {
      if (told.length === 0) await heard.promise;
      heard = Promise.withResolvers();
      return told.shift()!;
    },
  };
}

describe('a watched folder', () => {
  test('tells the parts in which photos and folders changed, once it is quiet', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'trips'));
    const { next } = await watched(folder);
    writeFileSync(join(folder, 'trips', 'a.jpg'), 'x');
    writeFileSync(join(folder, 'trips', 'a.jpg.xmp'), 'x');
    expect(await next()).toEqual([{ prefix: 'trips/', deep: false }]);
    renameSync(join(folder, 'trips'), join(folder, 'travels'));
    expect(await next()).toEqual(
      expect.arrayContaining([
        { prefix: 'trips/', deep: true },
        { prefix: 'travels/', deep: true },
      ]),
    );
  });

  test('is read as a whole when a list of words changed', async () => {
    const folder = temporaryFolder();
    const { next } = await watched(folder);
    writeFileSync(join(folder, 'captions.tsv'), 'a.jpg\twords');
    expect(await next()).toBe('all');
  });

  test('has nothing to say of libraries, hidden files and files that are no photos', async () => {
    const folder = temporaryFolder();
    for (const name of ['library', 'other/thumbnails', '.cache'])
      mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'other', 'photolex.db'), '');
    const { next } = await watched(folder);
    for (const name of ['library/a.jpg', 'other/thumbnails/b.jpg', '.cache/c.jpg', '.d.jpg', 'e.lock'])
      writeFileSync(join(folder, name), 'x');
    // What comes after all of these is all that is told.
    writeFileSync(join(folder, 'photo.jpg'), 'x');
    expect(await next()).toEqual([{ prefix: '', deep: false }]);
  });
});

/** An engine whose library has imported a folder with one photo. */
async function openAlbum(): Promise<{ engine: Engine; folder: string }> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'in'));
  await addPhoto(join(folder, 'in', 'first.jpg'), 1);
  const engine = await startEngine({ learnsByItself: false, watches: true });
  await engine.calls.openLibrary({ path: join(folder, 'library'), create: true });
  expect((await endOf(engine, () => engine.calls.importPhotos({ path: folder }))).state).toBe('done');
  await watching(engine);
  return { engine, folder };
}

/** Resolves when a library that is asked to watch has begun to. */
async function watching(engine: Engine): Promise<void> {
  await engine.calls.setSettings({ watchFolders: true });
  await expect.poll(async () => (await engine.calls.libraryStatus())!.watched, { timeout: 20_000 }).toBe(1);
}

const importDone = (engine: Engine) =>
  nextJob(engine, ({ kind, state }) => kind === 'import' && state !== 'running');

describe('an open library', () => {
  test('gets new, edited, moved and removed photos, and never imports itself', async () => {
    const { engine, folder } = await openAlbum();
    const { id } = (await engine.calls.listPhotos({ offset: 0, limit: 1 })).photos[0]!;

    let done = importDone(engine);
    await addPhoto(join(folder, 'in', 'second.jpg'), 2);
    expect(await done).toMatchObject({ state: 'done', message: expect.stringContaining('1 new photo') });
    expect(await engine.calls.libraryStatus()).toMatchObject({ photos: 2, indexed: 2 });

    done = importDone(engine);
    renameSync(join(folder, 'in'), join(folder, 'out'));
    expect(await done).toMatchObject({ state: 'done' });
    expect(await engine.calls.photoDetails({ photo: id })).toMatchObject({
      files: [{ path: 'out/first.jpg', offline: false }],
    });

    done = importDone(engine);
    await addPhoto(join(folder, 'out', 'first.jpg'), 3);
    await done;
    expect((await engine.calls.libraryStatus())!.photos).toBe(2);

    done = importDone(engine);
    await writeTags(join(folder, 'out', 'first.jpg.xmp'), '-XMP-dc:Title=told beside it');
    await done;
    expect((await engine.calls.photoDetails({ photo: id })).texts).toMatchObject([
      { text: 'told beside it' },
    ]);

    done = importDone(engine);
    rmSync(join(folder, 'out', 'first.jpg'));
    await done;
    expect(await engine.calls.libraryStatus()).toMatchObject({ photos: 2, offline: 1, lost: 1 });
    expect(await engine.calls.forgetLost()).toEqual({ forgotten: 1 });
    expect(await engine.calls.libraryStatus()).toMatchObject({ photos: 1, offline: 0, lost: 0 });
  });

  test('does not watch when the user does not want it', async () => {
    const { engine } = await openAlbum();
    await engine.calls.setSettings({ watchFolders: false });
    await expect.poll(async () => (await engine.calls.libraryStatus())!.watched).toBe(0);
  });
});
