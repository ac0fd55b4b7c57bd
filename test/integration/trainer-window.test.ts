/**
 * Training in a window: the page itself in headless Chromium, over WebGPU's software driver, and the process's side of it, against the
 * same trainer on the CPU reference. See [Note: Training in a window].
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, describe, expect, it } from 'vitest';
import { trainerConfig } from '../../build/vite.ts';
import type { Channel } from '../../electron/engine/channel.ts';
import type { PictureTrainer } from '../../electron/engine/train/pictureTrainer.ts';
import { TrainerWindow } from '../../electron/engine/train/trainerWindow.ts';
import { Random } from '../../models/random.ts';
import { ContrastiveObjective, scratchOptions } from '../../models/vision/contrastiveObjective.ts';
import { createHead } from '../../models/vision/head.ts';
import { HeadNetwork } from '../../models/vision/headNetwork.ts';
import { ImageNetwork } from '../../models/vision/imageNetwork.ts';
import type { Objective } from '../../models/vision/objective.ts';
import { SigmoidObjective, TripletObjective } from '../../models/vision/regressionObjectives.ts';
import type { TrainableNetwork } from '../../models/vision/trainableNetwork.ts';
import { Trainer, type TrainerOptions } from '../../models/vision/trainer.ts';
import { chromiumPath } from '../e2e/launch.ts';
import { gaussian } from '../fixtures/operators.ts';
import { chunksOf, D, PHOTOS, smallNetwork } from '../fixtures/smallNetwork.ts';
import { loseCard, type TrainerPages, trainerPages } from '../fixtures/trainerPage.ts';

const folder = mkdtempSync(join(tmpdir(), 'photolex-trainer-'));
const started: TrainerPages[] = [];
afterAll(async () => {
  if (typeof opened !== 'string') opened.window.close();
  for (const pages of started) await pages.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(adapter = true): Promise<TrainerPages> {
  const pages = await trainerPages(folder, adapter);
  started.push(pages);
  return pages;
}

/** The process's side of a window. */
function windowOf(open: () => Promise<{ channel: Channel }>): TrainerWindow {
  return new TrainerWindow(async () => (await open()).channel);
}

interface Opened {
  pages: TrainerPages;
  page: Page;
  window: TrainerWindow;
  card: string;
}

/** A window on the software driver, in which the tests train one after the other; or why there is none. */
const opened: Opened | string = await (async () => {
  if (!chromiumPath) return 'there is no Chromium';
  await build(trainerConfig(folder));
  const pages = await start();
  const { page, channel } = await pages.open();
  const window = new TrainerWindow(async () => channel);
  try {
    return { pages, page, window, card: await window.useCard({ software: true }) };
  } catch (error) {
    return `in Chromium ${(error as Error).message}`;
  }
})();
const missing = typeof opened === 'string' ? ` (skipped: ${opened})` : '';
const works = it.skipIf(missing !== '');
const { pages, page, window, card } = opened as Opened;
await tf.setBackend('cpu');

const FEATURES = 16;
const rows = Array.from({ length: PHOTOS }, (_, row) => row);
const options: TrainerOptions = { passes: 2, batch: 8, rate: 5e-3, dropout: 0.2, seed: 6 };

/** What is trained, made anew each time, because training changes it. */
interface Trained {
  network: TrainableNetwork;
  objective: Objective;
  options: TrainerOptions;
}

const words = () =>
  new ContrastiveObjective(
    { vectors: gaussian(9 * D, 1), bias: new Float32Array(9).fill(-1), scale: 10 },
    rows.map((row) => ({
      words: Uint32Array.of(row % 9, (row + 4) % 9),
      weights: Float32Array.of(1, 2),
    })),
    scratchOptions,
  );

function head(): Trained {
  const features = gaussian(PHOTOS * FEATURES, 4).map(Math.abs);
  const made = createHead({ features: FEATURES, hidden: 10, dimension: D }, features, rows, new Random(5));
  return { network: new HeadNetwork(made, features, options.dropout), objective: words(), options };
}

function image(objective: Objective, rest: Partial<TrainerOptions> = {}): Trained {
  const network = new ImageNetwork(
    smallNetwork(),
    { load: async (photos) => chunksOf(photos, [4, 4]) },
    { depth: 'all', backboneRate: 0.5, dropout: options.dropout, keepsBatch: false },
  );
  return { network: network as TrainableNetwork, objective, options: { ...options, ...rest } };
}

const cases: Record<string, () => Trained> = {
  'a head with words learned along': head,
  'an image network in chunks, triplet loss': () =>
    image(new TripletObjective(gaussian(PHOTOS * D, 5), D, { margin: 0.5, sampling: 'semi-hard' })),
  'an image network by gradient descent, sigmoid loss': () =>
    image(
      new SigmoidObjective(
        gaussian(PHOTOS * D, 7).map((value) => 1 / (1 + Math.exp(-value))),
        D,
      ),
      { descent: { momentum: 0.9, weightDecay: 2e-4 }, schedule: { kind: 'warm-cosine', warmUp: 0.2 } },
    ),
};

const here = ({ network, objective, options }: Trained): Trainer =>
  new Trainer(network, objective, rows, options);
const there = (window: TrainerWindow, { network, objective, options }: Trained): Promise<PictureTrainer> =>
  window.start(network, objective, rows, options);

async function losses(trainer: PictureTrainer, steps = trainer.steps): Promise<number[]> {
  const found: number[] = [];
  while (trainer.stepsDone < steps) found.push((await trainer.step()).loss);
  return found;
}

/** All that a training has learned and remembers, relative to the largest number of each array. */
function difference(one: PictureTrainer, other: PictureTrainer): number {
  const [found, expected] = [one.state(), other.state()];
  expect(Object.keys(found.tensors)).toEqual(Object.keys(expected.tensors));
  expect({ ...found, tensors: {} }).toEqual({ ...expected, tensors: {} });
  return Math.max(
    ...Object.entries(expected.tensors).map(([name, reference]) => {
      const largest = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
      const far = reference.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - found.tensors[name]![at]!)),
        0,
      );
      return far / largest;
    }),
  );
}

describe('the window', () => {
  works(`says what card it has, and refuses one that the processor only plays${missing}`, async () => {
    expect(card).toMatch(/swiftshader/i);
    await expect(windowOf(() => pages.open()).useCard({ software: false })).rejects.toThrow(
      /^the only driver for WebGPU computes on the processor \(.*swiftshader\)$/i,
    );
  });

  works(`says so where there is none${missing}`, async () => {
    const without = await start(false);
    await expect(windowOf(() => without.open()).useCard({ software: false })).rejects.toThrow(/WebGPU$/);
  });

  works.each(Object.keys(cases))(`trains %s as the CPU reference does${missing}`, async (name) => {
    const trained = cases[name]!();
    const trainer = await there(window, trained);
    const reference = here(cases[name]!());
    const found = await losses(trainer);
    (await losses(reference)).forEach((loss, step) => {
      expect(found[step]).toBeCloseTo(loss, 3);
    });
    await trainer.bring?.();
    expect(difference(trainer, reference)).toBeLessThan(1e-3);
    // The arrays of whoever began it are those that the state has.
    const { name: first, values } = trained.network.parameters[0]!;
    expect(values).toEqual(trainer.state().tensors[first]);
    expect(pages.complaints).toEqual([]);
  });

  works(`goes on from a saved state${missing}`, async () => {
    const reference = here(head());
    await losses(reference, 2);
    const saved = reference.state();
    await losses(reference);
    const trainer = await there(window, head());
    await trainer.restore(saved);
    await losses(trainer);
    await trainer.bring?.();
    expect(difference(trainer, reference)).toBeLessThan(1e-3);
  });

  works(`that loses its card ends the step, and what it learned is brought${missing}`, async () => {
    const trainer = await there(window, head());
    await losses(trainer, 2);
    await loseCard(page);
    await expect(trainer.step()).rejects.toThrow(/graphics card was lost/);
    await trainer.bring?.();
    const reference = here(head());
    await losses(reference, 2);
    expect(difference(trainer, reference)).toBeLessThan(1e-3);
  });

  works(`that crashes ends the step, and what was brought before is kept${missing}`, async () => {
    const other = await pages.open();
    const window = new TrainerWindow(async () => other.channel);
    await window.useCard({ software: true });
    await tf.setBackend('cpu');
    const trainer = await there(window, head());
    await losses(trainer, 1);
    await trainer.bring?.();
    const kept = trainer.state();
    await losses(trainer, 2);
    const crashed = expect(trainer.step()).rejects.toThrow(/window that trains has ended/);
    await other.page.goto('chrome://crash').catch(() => {});
    await crashed;
    await trainer.bring?.().catch(() => {});
    expect(trainer.state()).toEqual(kept);
  });
});
