/** Photos that look alike, and photos that are one to their owner. */
import { rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { groupPhotos } from '../../electron/engine/group/photoGroups.ts';
import { fillLooks, indexPhotos } from '../../electron/engine/index/indexer.ts';
import { Vision } from '../../electron/engine/index/vision.ts';
import { drawSampleAlbum } from '../../electron/engine/sample/album.ts';
import { similarPairs, similarSets } from '../../electron/engine/similar/similarPhotos.ts';
import { Album } from '../fixtures/importedAlbum.ts';
import { picture, writeDng, writeTags } from '../fixtures/pictures.ts';

let vision: Vision;
beforeAll(async () => {
  vision = await Vision.create();
});

async function indexed(album: Album) {
  const report = await album.import();
  await indexPhotos(album.library, vision, { model: null });
  await groupPhotos(album.library);
  return report;
}

/** Sets of near-duplicates, each as the names of its files. */
async function sets({ library }: Album): Promise<string[][]> {
  const found = similarSets(await similarPairs(library));
  return found.map(({ photos }) => photos.map((photo) => library.photos.filesOf(photo)[0]!.path).sort());
}

/** What is shown: the path of each photo, with its group. */
const shown = ({ library }: Album): Record<string, string | null> =>
  Object.fromEntries(
    library.photos
      .page(0, 1000)
      .map(({ id, group }) => [library.photos.filesOf(id)[0]!.path, group && `${group.kind} ${group.size}`])
      .sort(),
  );

/** A JPEG that is large enough to be a preview. */
const noise = (width: number, height: number): Promise<Buffer> =>
  sharp(
    Buffer.from({ length: width * height * 3 } as ArrayLike<number>).map(
      (_, at) => Math.imul(at, 2654435761) >>> 24,
    ),
    {
      raw: { width, height, channels: 3 },
    },
  )
    .jpeg()
    .toBuffer();

describe('near-duplicates', () => {
  test('copies of another size, quality, brightness or edge are found, and different photos are not', async () => {
    const album = new Album();
    await drawSampleAlbum(album.folder, { photos: 60 });
    await indexed(album);
    const files = album.library.photos.allFiles();
    expect(await sets(album)).toEqual([]);
    for (const { path } of files.slice(0, 12)) {
      const source = join(album.folder, path);
      const { width, height } = await sharp(source).metadata();
      const edge = { left: 6, top: 5, width: width - 14, height: height - 11 };
      const copies = {
        small: sharp(source).resize(Math.round(width / 2)),
        poor: sharp(source).jpeg({ quality: 35 }),
        bright: sharp(source).modulate({ brightness: 1.2 }),
        trimmed: sharp(source).extract(edge),
      };
      for (const [name, copy] of Object.entries(copies)) {
        const jpeg = name === 'poor' ? copy : copy.jpeg({ quality: 90 });
        await jpeg.toFile(album.at(`copies/${name}-${basename(path, '.jpg')}.jpg`));
      }
    }
    await indexed(album);
    const found = await sets(album);
    const expected = files
      .slice(0, 12)
      .map(({ path }) => basename(path, '.jpg'))
      .sort();
    expect(found.map((set) => set.length)).toEqual(expected.map(() => 5));
    expect(
      found.map(
        (set) =>
          new Set(set.map((path) => basename(path, '.jpg').replace(/^(?:small|poor|bright|trimmed)-/, '')))
            .size,
      ),
    ).toEqual(expected.map(() => 1));
  });

  test('are found in a library that was indexed before there were hashes', async () => {
    const album = new Album();
    await picture(1, 300, 200).jpeg().toFile(album.at('a.jpg'));
    await picture(1, 300, 200).jpeg({ quality: 40 }).toFile(album.at('b.jpg'));
    await picture(9, 300, 200).jpeg().toFile(album.at('c.jpg'));
    await indexed(album);
    album.library.database.prepare('UPDATE photos SET look = NULL').run();
    expect(await sets(album)).toEqual([]);
    expect(album.library.photos.countLacking('hash')).toBe(3);
    await fillLooks(album.library, vision, {});
    expect(album.library.photos.countLacking('hash')).toBe(0);
    expect(await sets(album)).toEqual([['a.jpg', 'b.jpg']]);
  });
});

describe('photos that are one', () => {
  test('RAW and JPEG, live photos and edited copies are shown as one, the best of them', async () => {
    const album = new Album();
    const add = (path: string, seed: number) => picture(seed, 300, 200).jpeg().toFile(album.at(path));
    await add('pair/IMG_1.JPG', 1);
    await writeDng(album.at('pair/IMG_1.DNG'), await noise(600, 400));
    await add('live/IMG_2.jpg', 3);
    writeFileSync(album.at('live/IMG_2.MOV'), 'a video');
    writeFileSync(album.at('live/holiday.mov'), 'another video');
    await add('takeout/IMG_3.jpg', 4);
    await add('takeout/IMG_3-edited.jpg', 5);
    await add('takeout/IMG_4(1).jpg', 6);
    await add('takeout/IMG_4-bearbeitet(1).jpg', 7);
    await add('apple/IMG_5.jpg', 8);
    await add('apple/IMG_E5.jpg', 9);
    await add('other/IMG_3.jpg', 10);
    await add('other/a.jpg', 11);
    await picture(12, 300, 200).png().toFile(album.at('other/a.png'));
    const report = await indexed(album);
    expect(report).toMatchObject({ videos: 1, livePhotos: 1, skipped: [] });
    expect(shown(album)).toEqual({
      'pair/IMG_1.JPG': 'raw 2',
      'live/IMG_2.jpg': 'live 2',
      'takeout/IMG_3-edited.jpg': 'edited 2',
      'takeout/IMG_4-bearbeitet(1).jpg': 'edited 2',
      'apple/IMG_E5.jpg': 'edited 2',
      'other/IMG_3.jpg': null,
      'other/a.jpg': null,
      'other/a.png': null,
    });
    expect(album.library.photos.countShown()).toBe(8);
    const members = album.library.groups.membersOf(album.photo('pair/IMG_1.DNG'));
    expect(members).toEqual([album.photo('pair/IMG_1.JPG'), album.photo('pair/IMG_1.DNG')]);

    // They have their words together, and are without words together.
    const { library } = album;
    const untagged = (): string[] => {
      const ids = library.photos.untagged();
      expect(library.photos.untaggedPage(0, 100).toSorted((one, other) => one - other)).toEqual(ids);
      expect(library.photos.countUntagged()).toBe(ids.length);
      return ids.map((id) => library.photos.filesOf(id)[0]!.path).sort();
    };
    expect(untagged()).toEqual(Object.keys(shown(album)));
    const caption = { kind: 'caption', source: 'test', text: 'the sea' } as const;
    for (const path of ['pair/IMG_1.DNG', 'takeout/IMG_3-edited.jpg', 'other/a.jpg'])
      library.texts.add(album.photo(path), [caption]);
    expect(untagged()).toEqual([
      'apple/IMG_E5.jpg',
      'live/IMG_2.jpg',
      'other/IMG_3.jpg',
      'other/a.png',
      'takeout/IMG_4-bearbeitet(1).jpg',
    ]);
  });

  test('a burst is one camera, one moment and one look, all three', async () => {
    const album = new Album();
    const shot = async (path: string, seed: number, time: string, camera = 'X100', brightness = 1) => {
      await picture(seed, 300, 200).modulate({ brightness }).jpeg().toFile(album.at(path));
      await writeTags(album.at(path), `-ExifIFD:DateTimeOriginal=${time}`, `-IFD0:Model=${camera}`);
    };
    await shot('1.jpg', 1, '2024:05:01 10:00:00');
    await shot('2.jpg', 1, '2024:05:01 10:00:01', 'X100', 1.03);
    await shot('3.jpg', 1, '2024:05:01 10:00:01', 'X100', 1.06);
    await shot('other-look.jpg', 20, '2024:05:01 10:00:02');
    await shot('other-camera.jpg', 1, '2024:05:01 10:00:01', 'Pixel', 1.05);
    await shot('later.jpg', 1, '2024:05:01 10:00:09', 'X100', 1.04);
    // Of scans only the day is known.
    for (const scan of ['4.jpg', '5.jpg']) {
      await picture(40, 300, 200)
        .modulate({ brightness: scan === '4.jpg' ? 1 : 1.03 })
        .jpeg()
        .toFile(album.at(scan));
      await writeTags(album.at(scan), '-XMP-photoshop:DateCreated=1988:07:01', '-IFD0:Model=Scanner');
    }
    await indexed(album);
    expect(shown(album)).toEqual({
      '4.jpg': null,
      '5.jpg': null,
      '1.jpg': 'burst 3',
      'other-look.jpg': null,
      'other-camera.jpg': null,
      'later.jpg': null,
    });
    // What is shown as one is no near-duplicate of itself.
    expect(await sets(album)).toEqual(
      expect.arrayContaining([
        ['1.jpg', 'later.jpg', 'other-camera.jpg'],
        ['4.jpg', '5.jpg'],
      ]),
    );
  });

  test('come apart again when their files do', async () => {
    const album = new Album();
    await picture(1, 300, 200).jpeg().toFile(album.at('IMG_1.jpg'));
    writeFileSync(album.at('IMG_1.mov'), 'a video');
    await indexed(album);
    expect(shown(album)).toEqual({ 'IMG_1.jpg': 'live 2' });
    rmSync(album.at('IMG_1.mov'));
    await indexed(album);
    expect(shown(album)).toEqual({ 'IMG_1.jpg': null });
  });
});
