/**
 * Every trainable operation gives the same on every compute backend: forward and gradients against the CPU reference of
 * TensorFlow.js, which computes in plain JavaScript. WebGPU runs on Chromium's software driver here.
 */
import { existsSync } from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { drawScene, planAlbum } from '../../electron/engine/sample/scenes.ts';
import { deviceScope, read } from '../../models/deviceScope.ts';
import { Random } from '../../models/random.ts';
import { cropPixels } from '../../models/vision/augmentation.ts';
import { ContrastiveObjective, scratchOptions } from '../../models/vision/contrastiveObjective.ts';
import { createGoogLeNet, googlenetFeatures } from '../../models/vision/googlenet.ts';
import { createHead } from '../../models/vision/head.ts';
import { encodeHead } from '../../models/vision/headGraph.ts';
import { HeadNetwork } from '../../models/vision/headNetwork.ts';
import { featureGraph, joinGraphs } from '../../models/vision/imageGraph.ts';
import { ImageNetwork } from '../../models/vision/imageNetwork.ts';
import { Network } from '../../models/vision/network.ts';
import type { Objective } from '../../models/vision/objective.ts';
import { decodeOnnx } from '../../models/vision/onnx.ts';
import { imageBatch } from '../../models/vision/pixels.ts';
import { SigmoidObjective, TripletObjective } from '../../models/vision/regressionObjectives.ts';
import { seedSgdOptions } from '../../models/vision/sgd.ts';
import { Trainer } from '../../models/vision/trainer.ts';
import { useTensorflow } from '../../native/compute/tensorflow/addon.ts';
import { addonFolder } from '../../native/compute/tensorflow/pack.ts';
import { useWebgpu } from '../../native/compute/webgpu.ts';
import { renderSvg } from '../../native/drawing.ts';
import { decodeThumbnail } from '../../native/image.ts';
import { gaussian, H, N, operators, W } from '../fixtures/operators.ts';
import { pack } from '../fixtures/tensorflow.ts';

/** Where Debian's Chromium keeps its software driver. */
const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (existsSync(DRIVER)) process.env.VK_ICD_FILENAMES ??= DRIVER;

const began = async (start: () => Promise<unknown>): Promise<string> =>
  start().then(
    () => '',
    (error: Error) => ` (skipped: ${error.message})`,
  );
const missing: Record<string, string> = {
  tensorflow: pack
    ? await began(() => useTensorflow(addonFolder(pack!.folder)))
    : ' (skipped: TensorFlow is not installed, see photolex accelerate)',
  webgpu: await began(() => useWebgpu({ software: true })),
};

/** Largest difference from the reference, relative to its largest number. */
function difference(found: readonly Float32Array[], expected: readonly Float32Array[]): number {
  expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  return Math.max(
    ...expected.map((reference, index) => {
      const largest = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
      return (
        reference.reduce((most, value, at) => Math.max(most, Math.abs(value - found[index]![at]!)) || 0, 0) /
        largest
      );
    }),
  );
}

async function on<T>(backend: string, work: () => Promise<T>): Promise<T> {
  await tf.setBackend(backend);
  return work();
}

/** The output of a network and the gradients of all its parameters. */
function pass(
  graph: Parameters<typeof featureGraph>[0],
  shape: [number, number, number],
): Promise<Float32Array[]> {
  const [n, h, w] = shape;
  const output = graph.outputs[0]!.name;
  const network = new Network(graph, { outputs: [output], depth: 'all' });
  network.checkBackend();
  return deviceScope(async () => {
    const { outputs, backward } = network.forward(tf.tensor4d(gaussian(n * h * w * 3, 7), [n, h, w, 3]));
    const rows = outputs[output]!;
    const forward = await read(rows);
    const gradients = backward({ [output]: tf.tensor2d(gaussian(rows.size, 8), rows.shape) });
    return [forward, ...(await Promise.all(gradients.map(read)))];
  });
}

const D = 6;
const CAPTIONS = 12;
const objectives: Record<string, () => Objective> = {
  'contrastive and word loss': () =>
    new ContrastiveObjective(
      { vectors: gaussian(9 * D, 1), bias: new Float32Array(9).fill(-1), scale: 10 },
      Array.from({ length: CAPTIONS }, (_, row) => ({
        words: Uint32Array.of(row % 9, (row + 4) % 9),
        weights: Float32Array.of(1, 2),
      })),
      scratchOptions,
    ),
  sigmoid: () =>
    new SigmoidObjective(
      gaussian(CAPTIONS * D, 2).map((x) => 1 / (1 + Math.exp(-x))),
      D,
    ),
  'triplet, random': () =>
    new TripletObjective(gaussian(CAPTIONS * D, 3), D, { margin: 0.5, sampling: 'random' }),
  'triplet, soft': () =>
    new TripletObjective(gaussian(CAPTIONS * D, 3), D, { margin: 0.5, sampling: 'soft' }),
  'triplet, semi-hard': () =>
    new TripletObjective(gaussian(CAPTIONS * D, 3), D, { margin: 0.5, sampling: 'semi-hard' }),
};

/** Three steps of a head towards an objective: its losses and what it became. */
async function steps(objective: Objective): Promise<Float32Array[]> {
  const features = gaussian(CAPTIONS * 16, 4).map(Math.abs);
  const rows = Array.from({ length: CAPTIONS }, (_, row) => row);
  const head = createHead({ features: 16, hidden: 10, dimension: D }, features, rows, new Random(5));
  const network = new HeadNetwork(head, features, 0.2);
  const trainer = new Trainer(network, objective, rows, {
    passes: 3,
    batch: CAPTIONS,
    rate: 1e-3,
    dropout: 0.2,
    seed: 6,
  });
  const losses: number[] = [];
  while (!trainer.done) losses.push((await trainer.step()).loss);
  return [Float32Array.from(losses), ...network.parameters.map(({ values }) => values)];
}

const GOOGLENET = { seed: 2, width: 0.1 };
const SIDE = 64;
const SCENES = 3;
const STEPS = 3;

/** Scenes of the sample album as a network sees them, [SCENES, SIDE, SIDE, 3]. */
const scenes = imageBatch(
  await Promise.all(
    planAlbum(SCENES, 1).map(async (scene) => {
      const photo = await decodeThumbnail(await renderSvg(drawScene(scene).svg, 90));
      const whole = { left: 0, top: 0, width: photo.width, height: photo.height, mirrored: false };
      return cropPixels(photo, whole, { width: SIDE, height: SIDE });
    }),
  ),
);

/** A few steps of a narrow GoogLeNet and a head on scenes of the sample album: its losses and what it became. */
async function googlenetSteps(): Promise<Float32Array[]> {
  const rows = Array.from({ length: SCENES }, (_, row) => row);
  const features = googlenetFeatures(GOOGLENET.width);
  const head = createHead(
    { features, hidden: 16, dimension: D },
    gaussian(SCENES * features, 4).map(Math.abs),
    rows,
    new Random(5),
  );
  const whole = joinGraphs(
    featureGraph(createGoogLeNet(GOOGLENET)),
    decodeOnnx(encodeHead(head, {}, 'float32')),
  );
  const chunk = {
    positions: Int32Array.from(rows),
    shape: [SCENES, SIDE, SIDE, 3] as const,
    values: scenes,
  };
  const network = new ImageNetwork(
    { ...whole, outputs: [...whole.outputs, { name: 'output', shape: ['n', D] }] },
    // Always the same batch, in the order of the photos asked for.
    {
      load: async (photos) => [{ ...chunk, positions: Int32Array.from(rows, (row) => photos.indexOf(row)) }],
    },
    { depth: 'all', backboneRate: 1, dropout: 0, keepsBatch: true },
  );
  network.checkBackend();
  const targets = gaussian(SCENES * D, 2).map((x) => 1 / (1 + Math.exp(-3 * x)));
  const trainer = new Trainer(network, new SigmoidObjective(targets, D), rows, {
    passes: STEPS,
    batch: SCENES,
    rate: 3e-3,
    dropout: 0,
    seed: 6,
    descent: seedSgdOptions,
    // Constant.
    schedule: { kind: 'step-decay', every: STEPS },
  });
  const losses: number[] = [];
  while (!trainer.done) losses.push((await trainer.step()).loss);
  network.dispose();
  return [Float32Array.from(losses), ...network.parameters.map(({ values }) => values)];
}

/** What the CPU reference makes of them, once for all backends. */
let googlenetReference: Promise<Float32Array[]> | undefined;

describe.each(['tensorflow', 'webgpu'])('on %s', (backend) => {
  const reason = missing[backend]!;
  const works = it.skipIf(reason !== '');

  works.each(Object.keys(operators))(`%s: forward and gradients${reason}`, async (name) => {
    const graph = operators[name]!;
    const expected = await on('cpu', () => pass(graph, [N, H, W]));
    const found = await on(backend, () => pass(graph, [N, H, W]));
    expect(difference(found, expected)).toBeLessThan(1e-3);
  });

  works.each(Object.keys(objectives))(`%s: losses, gradients and steps of a head${reason}`, async (name) => {
    const expected = await on('cpu', () => steps(objectives[name]!()));
    const found = await on(backend, () => steps(objectives[name]!()));
    expect(difference(found, expected)).toBeLessThan(1e-3);
  });

  works(`a small GoogLeNet: forward and gradients${reason}`, async () => {
    const graph = featureGraph(createGoogLeNet({ seed: 2, width: 0.1 }));
    const expected = await on('cpu', () => pass(graph, [1, 64, 64]));
    const found = await on(backend, () => pass(graph, [1, 64, 64]));
    expect(difference(found, expected)).toBeLessThan(1e-3);
  });

  works(
    `a small GoogLeNet learns scenes of the sample album${reason}`,
    async () => {
      googlenetReference ??= on('cpu', googlenetSteps);
      const expected = await googlenetReference;
      const found = await on(backend, googlenetSteps);
      expect(difference(found, expected)).toBeLessThan(1e-3);

      const losses = found[0]!;
      expect(losses.at(-1)!).toBeLessThan(losses[0]! - 0.1);
      // Seconds on an idle machine, but software that draws pictures is slow on a busy one.
    },
    180_000,
  );
});

it.skipIf(missing.webgpu !== '')(`a lost card ends the step, not the training${missing.webgpu}`, async () => {
  await tf.setBackend('webgpu');
  const features = gaussian(CAPTIONS * 16, 4).map(Math.abs);
  const rows = Array.from({ length: CAPTIONS }, (_, row) => row);
  const head = createHead({ features: 16, hidden: 10, dimension: D }, features, rows, new Random(5));
  const trainer = new Trainer(new HeadNetwork(head, features, 0.2), objectives.sigmoid!(), rows, {
    passes: 3,
    batch: CAPTIONS,
    rate: 1e-3,
    dropout: 0.2,
    seed: 6,
  });
  await trainer.step();
  const before = trainer.state();
  (tf.backend() as unknown as { device: { destroy(): void } }).device.destroy();
  await expect(trainer.step()).rejects.toThrow();
  expect(trainer.state()).toEqual(before);
  await tf.setBackend('cpu');
  await trainer.step();
  expect(trainer.stepsDone).toBe(2);
});
