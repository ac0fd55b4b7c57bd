/** The networks that photos can go through: the user's own ONNX file, and GoogLeNet from random weights. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { presets } from '../../electron/engine/contract.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { networkPath } from '../../electron/engine/library/modelFiles.ts';
import { openBackbone } from '../../electron/engine/train/backbones.ts';
import { Random } from '../../models/random.ts';
import { createGoogLeNet } from '../../models/vision/googlenet.ts';
import { decodeOnnx, encodeOnnx, type OnnxGraph } from '../../models/vision/onnx.ts';
import { ImageInference, loadNetwork } from '../../native/backbone.ts';
import { endOf } from '../fixtures/jobs.ts';
import { learnedAlbum, startEngine } from '../fixtures/learnedAlbum.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';
import { acceleratedHome, pack, unlessMissing } from '../fixtures/tensorflow.ts';

const SIDE = 8;
const CHANNELS = 5;

/** A classifier of squares: colours first or last, one convolution over everything, and classes that are no features. */
function classifier(
  shape: (number | string)[],
  metadata: Record<string, string>,
  channelsLast: boolean,
): OnnxGraph {
  const random = new Random(1);
  const numbers = (length: number): Float32Array =>
    Float32Array.from({ length }, () => Math.abs(random.gaussian()));
  const before = channelsLast
    ? [{ operator: 'Transpose', inputs: ['photo'], outputs: ['turned'], attributes: { perm: [0, 3, 1, 2] } }]
    : [];
  const from = channelsLast ? 'turned' : 'photo';
  return {
    name: 'classifier',
    opset: 18,
    inputs: [{ name: 'photo', shape }],
    outputs: [{ name: 'classes', shape: ['n', 3] }],
    nodes: [
      ...before,
      {
        operator: 'Conv',
        inputs: [from, 'weight'],
        outputs: ['seen'],
        attributes: { kernel_shape: [SIDE, SIDE] },
      },
      { operator: 'Flatten', inputs: ['seen'], outputs: ['flat'], attributes: { axis: 1 } },
      { operator: 'Gemm', inputs: ['flat', 'classes.weight'], outputs: ['classes'] },
    ],
    initializers: new Map([
      ['weight', { shape: [CHANNELS, 3, SIDE, SIDE], data: numbers(CHANNELS * 3 * SIDE * SIDE) }],
      ['classes.weight', { shape: [CHANNELS, 3], data: numbers(CHANNELS * 3) }],
    ]),
    metadata,
  };
}

function written(graph: OnnxGraph): string {
  const file = join(temporaryFolder(), 'own.onnx');
  writeFileSync(file, encodeOnnx(graph));
  return file;
}

/** A photo of one colour: whatever its size, each pixel stays what it is. */
const COLOUR = [200, 100, 50] as const;
const photo = (width: number, height: number) => ({
  width,
  height,
  pixels: Buffer.from(Uint8Array.from({ length: width * height * 3 }, (_, at) => COLOUR[at % 3]!)),
});

/** What `classifier` sees if its pixels have these three numbers. */
function expected({ initializers }: OnnxGraph, colour: readonly number[]): number[] {
  const weight = initializers.get('weight')!.data as Float32Array;
  const area = SIDE * SIDE;
  return Array.from({ length: CHANNELS }, (_, filter) =>
    colour.reduce((sum, value, channel) => {
      const at = (filter * 3 + channel) * area;
      return sum + value * weight.subarray(at, at + area).reduce((total, number) => total + number, 0);
    }, 0),
  );
}

async function features(graph: OnnxGraph): Promise<number[]> {
  const network = await ImageInference.load(encodeOnnx(graph), 'features');
  const { shape, values } = await network.run(photo(40, 24));
  await network.release();
  expect(shape).toEqual([1, CHANNELS]);
  return [...values];
}

const near = (found: readonly number[], wanted: readonly number[]): void => {
  found.forEach((value, index) => {
    expect(Math.abs(value - wanted[index]!) / Math.abs(wanted[index]!)).toBeLessThan(1e-4);
  });
};

describe('a network of the user', () => {
  it('is fed what its metadata says: blue first, in bytes, and squares of its size', async () => {
    const metadata = { 'Image.BitmapPixelFormat': 'Bgr8', 'Image.NominalPixelRange': 'NominalRange_0_255' };
    const graph = classifier(['n', 3, SIDE, SIDE], metadata, false);
    const backbone = await openBackbone({ backbone: written(graph), seed: 1 });
    expect(backbone).toMatchObject({ name: 'own', side: SIDE, isIndexed: false, isNew: false });
    near(await features(backbone.graph), expected(graph, [50, 100, 200]));
  });

  it('is fed what the user says, with colours last where it wants them so', async () => {
    const graph = classifier([1, SIDE, SIDE, 3], {}, true);
    const backbone = await openBackbone({ backbone: written(graph), pixels: 'imagenet', seed: 1 });
    const colour = [0.485, 0.456, 0.406].map(
      (mean, channel) => (COLOUR[channel]! / 255 - mean) / [0.229, 0.224, 0.225][channel]!,
    );
    near(await features(backbone.graph), expected(graph, colour));
  });

  it('that cannot be used is refused with the reason', async () => {
    const refused = async (backbone: string, reason: RegExp): Promise<void> => {
      await expect(openBackbone({ backbone, seed: 1 })).rejects.toMatchObject({
        code: 'no-backbone',
        message: expect.stringMatching(reason),
      });
    };
    await refused('nowhere.onnx', /nowhere\.onnx cannot be used as a backbone: it is not there/);
    await refused('resnet50', /it must be an ONNX file, or one of/);
    await refused(written(classifier(['n', 3, SIDE, SIDE], {}, false)), /say it with --pixels imagenet/);
    const damaged = join(temporaryFolder(), 'damaged.onnx');
    writeFileSync(damaged, 'no network');
    await refused(damaged, /damaged\.onnx cannot be used as a backbone/);
  });
});

describe('a model over another backbone', () => {
  const album = learnedAlbum(null);

  it('learns on its features, and is one file from photos to vectors', { timeout: 120_000 }, async () => {
    const { engine, path } = await album.open();
    const file = written(createGoogLeNet({ seed: 3, width: 0.1 }));
    const { state, message } = await endOf(engine, () =>
      engine.calls.train({ backbone: file, pixels: 'symmetric', side: 64, seed: 1 }),
    );
    expect(message).toMatch(/^Learned from/);
    expect(state).toBe('done');
    const status = (await engine.calls.libraryStatus())!;
    expect(status.models.at(-1)).toMatchObject({ backbone: 'own', tune: 'head', active: true });
    const network = networkPath(join(path, 'models', 'model-1'));
    expect(await loadNetwork(network)).toBeInstanceOf(ImageInference);
    const { results } = await engine.calls.search({ concepts: [], limit: 500 });
    expect(results.length).toBe(status.photos);

    // What comes while another model answers has its place here, too.
    await engine.calls.activateModel({ model: 'starter' });
    const folder = temporaryFolder();
    const newcomer = { create: { width: 90, height: 60, channels: 3, background: '#4a7' } } as const;
    await sharp(newcomer).jpeg().toFile(join(folder, 'newcomer.jpg'));
    await endOf(engine, () => engine.calls.importPhotos({ path: folder }));
    await engine.calls.activateModel({ model: 'model-1' });
    const { total } = await engine.calls.search({ concepts: [] });
    expect(total).toBe(status.photos + 1);
  });

  it('says what does not go together', async () => {
    const { engine } = await album.open();
    const message = async (input: Parameters<Engine['calls']['train']>[0]): Promise<string | null> =>
      (await endOf(engine, () => engine.calls.train(input))).message;
    expect(await message({ backbone: 'nowhere.onnx' })).toMatch(/cannot be used as a backbone/);
    const file = written(createGoogLeNet({ seed: 3, width: 0.1 }));
    expect(await message({ backbone: file, pixels: 'unit', init: 'starter' })).toMatch(
      /The starter sees with efficientnet-lite0/,
    );
  });

  it.skipIf(!pack)(
    `GoogLeNet learns from random weights, by the paper's preset too${unlessMissing}`,
    { timeout: 300_000 },
    async () => {
      const { path } = await album.open();
      const engine = await startEngine({ home: acceleratedHome(), learnsByItself: false });
      await engine.calls.openLibrary({ path });
      expect((await endOf(engine, () => engine.calls.train({ backbone: 'googlenet' }))).message).toMatch(
        /begins with random weights, so all of it must be trained/,
      );
      const losses = async (input: Parameters<Engine['calls']['train']>[0]): Promise<number[]> => {
        const job = await endOf(engine, () => engine.calls.train({ ...input, holdout: 0, seed: 1 }));
        expect(job.message).toMatch(/^Learned from/);
        return job.curve.map(({ loss }) => loss);
      };
      const own = await losses({ backbone: 'googlenet', tune: 'all', side: 48, passes: 6 });
      expect(own.at(-1)!).toBeLessThan(0.95 * own[0]!);
      const paper = await losses({ ...presets.paper, side: 48, passes: 3 });
      expect(paper.at(-1)!).toBeLessThan(paper[0]!);
      const { models } = (await engine.calls.libraryStatus())!;
      expect(models.slice(-2)).toMatchObject([
        { backbone: 'googlenet', loss: 'contrastive', tune: 'all' },
        { backbone: 'googlenet', loss: 'sigmoid', tune: 'all', text: 'glove' },
      ]);
    },
  );
});

it('a backbone of Photolex keeps its graph, and where its last blocks begin', async () => {
  const { graph, lastBlocks, isIndexed } = await openBackbone({ backbone: 'efficientnet-lite0', seed: 1 });
  expect(isIndexed).toBe(true);
  expect(graph.nodes.flatMap(({ outputs }) => outputs)).toContain(lastBlocks);
  expect(decodeOnnx(encodeOnnx(graph)).outputs[0]!.name).toBe('features');
});
