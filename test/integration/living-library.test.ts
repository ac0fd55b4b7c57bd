/** A library whose files move, change, go and come back: nothing that somebody wrote is ever lost. */
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { importSource, newImportReport } from '../../electron/engine/import/importer.ts';
import { indexPhotos } from '../../electron/engine/index/indexer.ts';
import { Vision } from '../../electron/engine/index/vision.ts';
import type { StoredModel } from '../../electron/engine/library/models.ts';
import { takeoutExport, writeZip } from '../fixtures/exports.ts';
import { Album, counts } from '../fixtures/importedAlbum.ts';
import { picture, temporaryFolder, writeTags } from '../fixtures/pictures.ts';

const mine = (text: string) => [{ kind: 'caption' as const, source: 'mine', text }];

/** A model without a network, whose vectors a test sets itself. */
function addModel({ library }: Album): StoredModel {
  const model = library.models.add({
    id: 'm',
    name: 'm',
    dimension: 2,
    text: 't',
    backbone: 'efficientnet-lite0',
    loss: 'contrastive',
    network: 'test',
    createdAt: '',
    captions: 0,
    captioned: 0,
    tune: 'head',
    device: null,
    seconds: null,
    heldOut: 0,
    precisionAt5: null,
    meanAveragePrecision: null,
  });
  library.vectors.createTable(model);
  return model;
}

let vision: Vision;
beforeAll(async () => {
  vision = await Vision.create();
});

const index = (album: Album) => indexPhotos(album.library, vision, { model: null });

/** Photos of other bytes but with one look, as many as are wanted. */
function addMany(album: Album, count: number): void {
  const base = readFileSync(album.at('base.png'));
  for (let number = 0; number < count; number++)
    album.write(`many/${number}.png`, Buffer.concat([base, Buffer.from(String(number))]));
}

describe('a file that was replaced', () => {
  test('keeps its photo and words, and is looked at again', async () => {
    const album = new Album();
    const { library } = album;
    await album.add('a.jpg', 'b.png');
    await picture(1).jpeg().toFile(album.at('a.jpg'));
    await writeTags(album.at('a.jpg'), '-XMP-dc:Subject=in the old file', '-IFD0:Model=Pixel 4');
    await album.import();
    await index(album);
    const photo = album.photo('a.jpg');
    const model = addModel(album);
    library.vectors.set(model, [photo], new Float32Array([0, 1]));
    library.texts.add(photo, mine('dear'));
    const before = {
      feature: library.features.get(photo, 'efficientnet-lite0')!,
      ...library.photos.get(photo)!,
    };
    const oldThumbnail = library.thumbnailPath(before.hash);

    await picture(77).jpeg().toFile(album.at('a.jpg'));
    await writeTags(album.at('a.jpg'), '-XMP-dc:Subject=in the new file');
    expect(counts(await album.import())).toEqual({ replaced: 1, unchanged: 1, captioned: 1 });
    expect(album.photo('a.jpg')).toBe(photo);
    expect(album.texts('a.jpg')).toEqual(['mine: dear', 'XMP-dc:Subject: in the new file']);
    // An editor that drops the camera does not take it from the library.
    expect(library.photos.get(photo)).toMatchObject({ camera: 'Pixel 4' });
    expect(library.vectors.get(model, photo)).toBeUndefined();
    expect(() => readFileSync(oldThumbnail)).toThrow('ENOENT');

    expect(await index(album)).toBe(1);
    const after = library.photos.get(photo)!;
    expect(after.hash).not.toBe(before.hash);
    readFileSync(library.thumbnailPath(after.hash));
    expect(library.features.get(photo, 'efficientnet-lite0')).not.toEqual(before.feature);
    expect(library.photos.counts().photos).toBe(2);
    expect(counts(await album.import())).toEqual({ unchanged: 2, captioned: 1 });
  });

  test('keeps its captions of a list in the folder', async () => {
    const album = new Album();
    await album.add('a.png');
    album.write('captions.tsv', 'a.png\tof the list');
    await album.import();
    const photo = album.photo('a.png');
    await picture(77).png().toFile(album.at('a.png'));
    await album.import();
    expect(album.photo('a.png')).toBe(photo);
    expect(album.texts('a.png')).toEqual(['captions.tsv: of the list']);
  });

  test('is settled by the next import when the first was cut off', async () => {
    const album = new Album();
    await album.add('a.png', 'b.png');
    await album.import();
    await index(album);
    const photo = album.photo('a.png');
    album.library.texts.add(photo, mine('dear'));
    await picture(77).png().toFile(album.at('a.png'));
    await writeTags(album.at('a.png'), '-XMP-dc:Subject=new');
    const controller = new AbortController();
    const cut = importSource(album.library, album.folder, {
      report: newImportReport(album.folder, '2026-01-01T00:00:00.000Z'),
      signal: controller.signal,
      onProgress: ({ stage, done }) => {
        if (stage === 'Reading files' && done > 0) controller.abort(new Error('cut off'));
      },
    });
    await expect(cut).rejects.toThrow('cut off');
    expect(album.photo('a.png')).not.toBe(photo);
    await album.import();
    expect(album.photo('a.png')).toBe(photo);
    expect(album.texts('a.png')).toEqual(['mine: dear', 'XMP-dc:Subject: new']);
    expect(album.library.photos.counts().photos).toBe(2);
  });

  test('whose old bytes are kept under another name leaves them their photo and words', async () => {
    const album = new Album();
    await album.add('a.png');
    await album.import();
    const photo = album.photo('a.png');
    album.library.texts.add(photo, mine('dear'));
    renameSync(album.at('a.png'), album.at('backup/a.png'));
    await picture(77).png().toFile(album.at('a.png'));
    await album.import();
    expect(album.photo('backup/a.png')).toBe(photo);
    expect(album.photo('a.png')).not.toBe(photo);
    expect([album.texts('backup/a.png'), album.texts('a.png')]).toEqual([['mine: dear'], []]);
  });

  test('of two copies has the words of both when one is edited', async () => {
    const album = new Album();
    await album.add('a.png');
    copyFileSync(album.at('a.png'), album.at('copies/a.png'));
    await album.import();
    const photo = album.photo('a.png');
    album.library.texts.add(photo, mine('dear'));
    await picture(77).png().toFile(album.at('a.png'));
    await album.import();
    expect(album.photo('copies/a.png')).toBe(photo);
    expect([album.texts('copies/a.png'), album.texts('a.png')]).toEqual([['mine: dear'], ['mine: dear']]);
  });

  test('by another photo of the library loses neither', async () => {
    const album = new Album();
    await album.add('a.png', 'b.png');
    await album.import();
    await index(album);
    const [a, b] = [album.photo('a.png'), album.photo('b.png')];
    for (const photo of [a, b]) album.library.texts.add(photo, mine(`words of ${photo}`));
    renameSync(album.at('b.png'), album.at('a.png'));
    await album.import();
    expect(album.photo('a.png')).toBe(b);
    expect(album.texts('a.png')).toEqual([`mine: words of ${b}`]);
    expect(album.library.photos.filesOf(a)).toEqual([{ path: 'a.png', folder: album.folder, offline: true }]);
    expect(album.library.texts.of(a)).toEqual(mine(`words of ${a}`));
    expect(album.library.photos.found([a])).toMatchObject([{ id: a, offline: true, path: 'a.png' }]);
    expect(album.library.presence.lost()).toMatchObject([{ photo: a, path: album.at('a.png') }]);
  });
});

describe('moved files', () => {
  test('keep their photo when they go to another imported folder, in either order of reading', async () => {
    for (const order of [
      ['one', 'two'],
      ['two', 'one'],
    ]) {
      const album = new Album();
      await album.add('one/a.png', 'two/b.png');
      for (const folder of order) await album.import(album.at(folder));
      const photo = album.photo('a.png');
      album.library.texts.add(photo, mine('dear'));
      renameSync(album.at('one/a.png'), album.at('two/moved.png'));
      expect(await album.rescan()).toMatchObject({ added: 0, missing: 0 });
      expect(album.paths()).toEqual(['b.png', 'moved.png']);
      expect(album.photo('moved.png')).toBe(photo);
      expect(album.library.presence.counts()).toEqual({ offline: 0, lost: 0 });
    }
  });
});

describe('files that are away', () => {
  test('stay, marked as offline, and are online again when they come back', async () => {
    const album = new Album();
    await album.add('a.png', 'b.png');
    await album.import();
    await index(album);
    const photo = album.photo('a.png');
    album.library.texts.add(photo, mine('dear'));
    renameSync(album.at('a.png'), join(temporaryFolder(), 'a.png'));
    expect(counts(await album.import())).toEqual({ unchanged: 1, missing: 1 });
    expect(counts(await album.import())).toEqual({ unchanged: 1 });
    expect(
      album.library.photos
        .page(0, 10)
        .map(({ id, offline }) => [id, offline])
        .sort(),
    ).toEqual([
      [photo, true],
      [album.photo('b.png'), false],
    ]);
    expect(album.library.photos.filesOf(photo)).toEqual([
      { path: 'a.png', folder: album.folder, offline: true },
    ]);
    expect(album.library.presence.counts()).toEqual({ offline: 1, lost: 1 });

    await album.add('a.png');
    expect(counts(await album.import())).toMatchObject({ found: 1, unchanged: 2 });
    expect(album.photo('a.png')).toBe(photo);
    expect(album.library.presence.counts()).toEqual({ offline: 0, lost: 0 });
    expect(album.texts('a.png')).toEqual(['mine: dear']);
  });

  test.each(['gone', 'empty'])('on a drive whose folder is %s are not lost but away', async (state) => {
    const album = new Album();
    await album.add('base.png', 'other/x.png');
    addMany(album, 120);
    const drive = album.at('many');
    await album.import(drive);
    await album.import(album.at('other'));
    await index(album);
    const elsewhere = join(temporaryFolder(), 'drive');
    renameSync(drive, elsewhere);
    if (state === 'empty') mkdirSync(drive);
    const report = await album.rescan();
    expect(report).toMatchObject({ away: [drive], missing: 0, unchanged: 1, skipped: [] });
    expect(album.library.presence.counts()).toEqual({ offline: 120, lost: 0 });
    expect(album.library.photos.page(0, 200).filter(({ offline }) => !offline)).toHaveLength(1);
    expect(album.library.photos.countToIndex()).toBe(0);

    if (state === 'empty') rmSync(drive, { recursive: true });
    renameSync(elsewhere, drive);
    expect(await album.rescan()).toMatchObject({ away: [], unchanged: 121 });
    expect(album.library.presence.counts()).toEqual({ offline: 0, lost: 0 });
  });
});

describe('a rescan', () => {
  test('reads folders, archives and lists as they were imported, and nothing else', async () => {
    const album = new Album();
    const downloads = temporaryFolder();
    const [first, second] = await takeoutExport();
    await writeZip(join(downloads, 'takeout-1-001.zip'), first);
    await writeZip(join(downloads, 'takeout-1-002.zip'), second);
    await picture(5).png().toFile(join(downloads, 'unrelated.png'));
    await album.add('a.png', 'in/b.png', 'in/c.png');
    album.write('in/words.tsv', 'b.png\tnamed\n');
    const zips = await album.import(join(downloads, 'takeout-1-001.zip'));
    await album.import(album.at('in/words.tsv'));
    const before = album.paths();
    const photos = album.library.photos.counts();
    const report = await album.rescan();
    expect(report.added).toBe(0);
    expect(report.unchanged).toBe(zips.added + zips.duplicates + 1);
    expect(report.sources.map(({ name }) => name)).toEqual(['takeout', 'captions']);
    expect(album.paths()).toEqual(before);

    rmSync(join(downloads, 'takeout-1-001.zip'));
    const gone = await album.rescan();
    expect(gone.missing).toBeGreaterThan(0);
    expect(gone.skipped).toContainEqual({
      path: join(downloads, 'takeout-1-001.zip'),
      reason: 'it is not there any more; its photos stay in the library',
    });
    expect(album.library.photos.counts()).toEqual(photos);
  });

  test('tells of a source once, with the photos of all folders that have it', async () => {
    const album = new Album();
    const others = temporaryFolder();
    await album.add('a.png', 'b.png');
    album.write('captions.tsv', 'a.png\tone\nb.png\ttwo\n');
    await picture(5).png().toFile(join(others, 'c.png'));
    writeFileSync(join(others, 'captions.tsv'), 'c.png\tthree\n');
    await album.import();
    await album.import(others);
    expect((await album.rescan()).sources).toMatchObject([{ name: 'captions', photos: 3 }]);
  });

  test('reads a folder inside another once', async () => {
    const album = new Album();
    await album.add('a.png', 'sub/b.png');
    await album.import(album.at('sub'));
    await album.import();
    expect(album.library.imports.list()).toEqual([{ path: album.folder, source: 'auto' }]);
    expect(counts(await album.rescan())).toEqual({ unchanged: 2 });
    utimesSync(album.at('a.png'), 1e9, 1e9);
    expect(counts(await album.rescan())).toEqual({ unchanged: 2 });
  });
});
