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
import { TrainerWindow } from '../../electron/engine/train/trainerWindow.ts';
import { chromiumPath } from '../e2e/launch.ts';
import { loseCard, type TrainerPages, trainerPages } from '../fixtures/trainerPage.ts';
import { cases, difference, head, here, losses, there } from '../fixtures/trainings.ts';

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
    // So many steps that the crash comes before the last of them, however late.
    const { options, ...trained } = head();
    const trainer = await there(window, { ...trained, options: { ...options, passes: 1e6 } });
    await losses(trainer, 1);
    await trainer.bring?.();
    const kept = trainer.state();
    await losses(trainer, 2);
    const crashed = expect(losses(trainer)).rejects.toThrow(/window that trains has ended/);
    await other.page.goto('chrome://crash').catch(() => {});
    await crashed;
    await trainer.bring?.().catch(() => {});
    expect(trainer.state()).toEqual(kept);
  });
});
