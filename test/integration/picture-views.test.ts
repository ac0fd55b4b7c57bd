/** The threads that look at photos for a training; they run from dist. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LibraryPictures } from '../../electron/engine/train/pictureSupply.ts';
import { PictureViews } from '../../electron/engine/train/pictureViews.ts';
import { cutGraph, featureGraph } from '../../models/vision/imageGraph.ts';
import { decodeOnnx, encodeOnnx } from '../../models/vision/onnx.ts';
import { imageBatch } from '../../models/vision/pixels.ts';
import { ImageInference } from '../../native/backbone.ts';
import { decodeThumbnail, networkInput } from '../../native/image.ts';
import { weightsPath } from '../../native/runtime.ts';
import { picture } from '../fixtures/pictures.ts';

const CUT = 'block10.add';
const crop = { area: [0.5, 1], aspect: [0.9, 1.1], shape: 'photo' } as const;
let folder: string;
let views: PictureViews;
const path = (row: number): string => join(folder, `${row}.jpg`);
const thumbnail = (row: number) => ({ path: path(row), closer: false });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'photolex-views-'));
  for (let row = 0; row < 4; row++) {
    const [width, height] = row === 3 ? [384, 512] : [512, 384];
    await picture(row, width, height).jpeg().toFile(path(row));
  }
  views = new PictureViews({ crop, side: null }, 2);
});

afterAll(async () => {
  await views.close();
  await rm(folder, { recursive: true });
});

describe('views of photos', () => {
  it('of whole photos are what indexing sees, in their order', async () => {
    const seen = await views.look(
      [0, 3, 1].map((row) => ({ ...thumbnail(row), seed: null })),
      null,
    );
    expect(seen.map(({ shape }) => shape)).toEqual([
      [224, 288, 3],
      [288, 224, 3],
      [224, 288, 3],
    ]);
    for (const [index, row] of [0, 3, 1].entries()) {
      const { pixels } = await networkInput(await decodeThumbnail(path(row)));
      expect(seen[index]!.values).toEqual(imageBatch([pixels]));
    }
  });

  it('of whole photos are larger in a closer look, and random parts are not', async () => {
    const [whole, part, other] = await views.look(
      [
        { path: path(0), closer: true, seed: null },
        { path: path(0), closer: true, seed: 7 },
        { ...thumbnail(0), seed: 7 },
      ],
      null,
    );
    const { width, height, pixels } = await networkInput(await decodeThumbnail(path(0)), true);
    expect(whole!.shape).toEqual([height, width, 3]);
    expect(width * height).toBeGreaterThan(1.4 * 224 * 288);
    expect(whole!.values).toEqual(imageBatch([pixels]));
    expect(part).toEqual(other);
  });

  it('differ with the seed, and with nothing else', async () => {
    const [one, again, other] = await views.look(
      [7, 7, 8].map((seed) => ({ ...thumbnail(0), seed })),
      null,
    );
    expect(again!.values).toEqual(one!.values);
    expect(other!.values).not.toEqual(one!.values);
  });

  it('go through the layers that do not train, and on from there to the same features', async () => {
    const graph = featureGraph(decodeOnnx(readFileSync(weightsPath('efficientnet-lite0.onnx'))));
    const { before } = cutGraph(graph, CUT);
    await views.setNetwork('first', encodeOnnx(before), CUT);
    const [seen] = await views.look([{ ...thumbnail(0), seed: null }], 'first');
    expect(seen!.shape).toEqual([14, 18, 112]);
    const photo = await networkInput(await decodeThumbnail(path(0)));
    const { shape, values } = await (await ImageInference.load(encodeOnnx(before), CUT)).run(photo);
    expect(shape).toEqual([1, 112, 14, 18]);
    for (const [channel, at] of [
      [0, 0],
      [5, 100],
      [111, 251],
    ] as const)
      expect(seen!.values[at * 112 + channel]).toBe(values[channel * 252 + at]);

    await views.setNetwork('whole', encodeOnnx(graph), 'features');
    const [features] = await views.look([{ ...thumbnail(0), seed: null }], 'whole');
    const plain = await ImageInference.load(weightsPath('efficientnet-lite0.onnx'), 'features');
    const { values: expected } = await plain.run(photo);
    expect(features!.shape).toEqual([1, 1, 1280]);
    features!.values.forEach((value, index) => {
      expect(Math.abs(value - expected[index]!)).toBeLessThan(1e-4);
    });
  });

  it('become the chunks of a batch: one shape each, no more photos than allowed, every photo once', async () => {
    const supply = new LibraryPictures(views, { thumbnail, network: null, chunk: 2, seed: 1 });
    const rows = Uint32Array.of(3, 0, 1, 2);
    const chunks = await supply.load(rows, 5);
    expect(chunks.map(({ shape }) => shape[0])).toEqual([1, 1, 2]);
    expect(chunks.flatMap(({ positions }) => [...positions]).sort()).toEqual([0, 1, 2, 3]);
    for (const { positions, shape, values } of chunks) {
      expect(values).toHaveLength(shape.reduce((product, size) => product * size, 1));
      for (const position of positions)
        expect(shape.slice(1)).toEqual(rows[position] === 3 ? [288, 224, 3] : [224, 288, 3]);
    }
    expect(await supply.load(rows, 5)).toEqual(chunks);
    expect(await supply.load(rows, 6)).not.toEqual(chunks);
  });

  it('are ended with their threads, which first let go of the photo that they are at', async () => {
    const others = new PictureViews({ crop, side: null }, 2);
    const looking = others.look(
      Array.from({ length: 200 }, (_, seed) => ({ ...thumbnail(0), seed })),
      null,
    );
    const first = others.look([{ ...thumbnail(1), seed: null }], null);
    const ended = expect(looking).rejects.toThrow(/have ended/);
    const alsoEnded = expect(first).rejects.toThrow(/have ended/);
    await others.close();
    await ended;
    await alsoEnded;
  });

  it('name the thumbnail that cannot be read, and go on with the next', async () => {
    await writeFile(path(9), 'no picture');
    await expect(views.look([{ ...thumbnail(9), seed: 1 }], null)).rejects.toThrow(/9\.jpg cannot be read/);
    expect(await views.look([{ ...thumbnail(1), seed: 1 }], null)).toHaveLength(1);
    await expect(views.setNetwork('broken', Uint8Array.of(1, 2, 3), 'x')).rejects.toThrow();
  });
});
