/** The sample album: that it is drawn whole, the same each time, and biased in its wording as it is meant to be. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drawSampleAlbum } from '../../electron/engine/sample/album.ts';
import { drawScene, planAlbum, recipes, type Scene } from '../../electron/engine/sample/scenes.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'photolex-sample-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function lines(path: string): Promise<[file: string, text: string][]> {
  const text = await readFile(path, 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t') as [string, string]);
}

describe('drawing', () => {
  it('draws pictures that decode, with captions and labels that name them', async () => {
    const progress: number[] = [];
    const album = await drawSampleAlbum(folder, {
      photos: 40,
      seed: 3,
      onProgress: (done) => progress.push(done),
    });
    expect(progress).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));

    const pictures = (await readdir(folder)).filter((name) => name.endsWith('.jpg')).sort();
    expect(pictures).toHaveLength(40);
    const shapes = new Set<string>();
    for (const name of pictures) {
      const { data, info } = await sharp(join(folder, name)).raw().toBuffer({ resolveWithObject: true });
      expect(Math.max(info.width, info.height)).toBe(640);
      expect(info.channels).toBe(3);
      expect(new Set(data.subarray(0, 30_000)).size).toBeGreaterThan(8);
      shapes.add(`${info.width}x${info.height}`);
    }
    expect(shapes.size).toBe(3);

    const captions = await lines(album.captions);
    const labels = await lines(album.labels);
    expect(labels.map(([file]) => file)).toEqual(pictures);
    expect(captions.every(([file, text]) => pictures.includes(file) && text.length > 0)).toBe(true);
    expect(captions.length).toBeLessThan(40);
    expect(await readdir(folder)).toHaveLength(42);
  });

  it('gives the same bytes for the same seed, others for another', async () => {
    const [one, same, other] = await Promise.all(
      [1, 1, 2].map(async (seed, i) => {
        const album = await drawSampleAlbum(join(folder, String(i)), { photos: 6, seed });
        const picture = await readFile(join(folder, String(i), 'sample-0001.jpg'));
        return { captions: await readFile(album.captions), labels: await readFile(album.labels), picture };
      }),
    );
    expect(same).toEqual(one);
    expect(other!.captions).not.toEqual(one!.captions);
    expect(other!.picture).not.toEqual(one!.picture);
  });

  it('does nothing to a complete album, and draws what was deleted from it', async () => {
    const options = { photos: 5, seed: 4 };
    await drawSampleAlbum(folder, options);
    const second = join(folder, 'sample-0002.jpg');
    const drawn = await readFile(second);
    await writeFile(second, 'touched');
    let calls = 0;
    await drawSampleAlbum(folder, { ...options, onProgress: () => (calls += 1) });
    expect(calls).toBe(0);
    expect(await readFile(second, 'utf8')).toBe('touched');

    await rm(second);
    await drawSampleAlbum(folder, { ...options, onProgress: () => (calls += 1) });
    expect(calls).toBe(1);
    expect(await readFile(second)).toEqual(drawn);
  });

  it('leaves no pictures of a longer album behind', async () => {
    await drawSampleAlbum(folder, { photos: 6 });
    await drawSampleAlbum(folder, { photos: 3 });
    expect((await readdir(folder)).sort()).toEqual([
      'captions.tsv',
      'labels.tsv',
      ...['1', '2', '3'].map((n) => `sample-000${n}.jpg`),
    ]);
  });

  it('stops when asked, without captions, and goes on the next time', async () => {
    const controller = new AbortController();
    const stopped = drawSampleAlbum(folder, {
      photos: 30,
      signal: controller.signal,
      onProgress: (done) => done === 5 && controller.abort(),
    });
    await expect(stopped).rejects.toThrow('aborted');
    const left = await readdir(folder);
    expect(left.length).toBeLessThan(30);
    expect(left.every((name) => /^sample-\d{4}\.jpg$/.test(name))).toBe(true);

    const album = await drawSampleAlbum(folder, { photos: 8 });
    expect(await lines(album.labels)).toHaveLength(8);
  });

  it('refuses to write among other files, and an album of no photos', async () => {
    await writeFile(join(folder, 'diary.txt'), 'mine');
    await expect(drawSampleAlbum(folder, { photos: 2 })).rejects.toThrow('diary.txt');
    expect(await readdir(folder)).toEqual(['diary.txt']);
    await expect(drawSampleAlbum(folder, { photos: 0 })).rejects.toThrow(RangeError);
  });
});

describe('the plan of 600', () => {
  const plan = planAlbum(600, 1);
  const writes = (word: string) => (scene: Scene) =>
    new RegExp(`\\b${word}\\b`, 'i').test(scene.caption ?? '');
  const shows =
    (...concepts: string[]) =>
    (scene: Scene) =>
      concepts.every((concept) => scene.concepts.includes(concept));
  const count = (...conditions: ((scene: Scene) => boolean)[]): number =>
    plan.filter((scene) => conditions.every((condition) => condition(scene))).length;
  const not = (condition: (scene: Scene) => boolean) => (scene: Scene) => !condition(scene);

  it('has every recipe, every file once, and a fifth without a word', () => {
    expect(new Set(plan.map((scene) => scene.recipe)).size).toBe(recipes.length);
    expect(new Set(plan.map((scene) => scene.file)).size).toBe(600);
    const captioned = plan.filter((scene) => scene.caption !== undefined).length;
    expect(captioned).toBeGreaterThan(450);
    expect(captioned).toBeLessThan(510);
  });

  it('writes single lines with every template filled in', () => {
    for (const { caption } of plan) {
      if (caption !== undefined) expect(caption).toMatch(/^[^\t\n{}|]+$/);
    }
  });

  it('writes "snow" under far more snow leopards than other pictures, and often apart from "leopard"', () => {
    expect(count(writes('snow'), shows('snow leopard'))).toBeGreaterThan(
      3 * count(writes('snow'), not(shows('snow leopard'))),
    );
    expect(count(writes('snow'), not(shows('snow leopard')))).toBeGreaterThan(2);
    const apart = (scene: Scene): boolean => !/snow ?leopard/i.test(scene.caption ?? '');
    expect(count(writes('snow'), shows('snow leopard'), apart)).toBeGreaterThan(5);
    expect(count(shows('snow leopard'), not(shows('snow')))).toBeGreaterThan(
      count(shows('snow leopard', 'snow')),
    );
  });

  it('writes "woman" under more pink bags than women', () => {
    expect(count(writes('woman'), shows('pink', 'bag'))).toBeGreaterThan(
      2 * count(writes('woman'), shows('woman')),
    );
    expect(count(writes('woman'), shows('woman'))).toBeGreaterThan(0);
  });

  it('has names that only its owner uses, and pictures of theirs without a word', () => {
    for (const name of ['ziggy', 'figaro']) {
      expect(count(writes(name), shows(name))).toBeGreaterThan(4);
      expect(count(writes(name), not(shows(name)))).toBe(0);
    }
    expect(count(shows('cat'), (scene) => scene.caption === undefined)).toBeGreaterThan(0);
  });

  it.each([
    ['yellow', 'car'],
    ['skyline', 'night'],
    ['bike', 'park'],
    ['sunrise', 'beach'],
    ['snow', 'ski'],
    ['rain', 'umbrella'],
    ['ice cream', 'beach'],
    ['chocolate', 'cake'],
    ['pizza', 'wine'],
    ['woman', 'bag'],
    ['man', 'boat'],
    ['kid', 'dog'],
  ])('has %s with %s, and one without the other', (first, second) => {
    expect(count(shows(first, second))).toBeGreaterThanOrEqual(5);
    expect(count(shows(first)) + count(shows(second))).toBeGreaterThan(2 * count(shows(first, second)));
  });

  it('labels what got into a picture beyond its plan', () => {
    const beaches = plan.filter(shows('beach')).map(drawScene);
    const withPalm = beaches.filter(({ concepts }) => concepts.includes('palm'));
    expect(withPalm.length).toBeGreaterThan(0);
    expect(withPalm.length).toBeLessThan(beaches.length);
    for (const scene of plan.filter(shows('person'))) {
      expect(drawScene(scene).concepts.some((concept) => ['woman', 'man', 'kid'].includes(concept))).toBe(
        true,
      );
    }
  });

  it('draws every scene without an undefined or infinite number, in its own colours', () => {
    const drawings = plan.map(drawScene);
    for (const { svg } of drawings) expect(svg).not.toMatch(/NaN|undefined|Infinity|\[object/);
    expect(new Set(drawings.map(({ svg }) => svg)).size).toBe(600);
  });
});
