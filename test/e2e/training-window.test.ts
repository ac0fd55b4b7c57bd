/** Training in a window of Electron itself, over WebGPU's software driver. See [Note: Training in a window]. */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeConfig } from '../../build/vite.ts';
import { projectRoot } from '../../native/runtime.ts';
import type { TrainingReport } from '../fixtures/trainingElectron.ts';
import { cases } from '../fixtures/trainings.ts';
import { canLaunch, electronPath } from './launch.ts';

/** In the project, where a script finds what is built, and modules are those of `package.json`; not in `dist`, which another test packs. */
const folder = join(projectRoot, 'release', `training-${process.pid}`);

describe.skipIf(!canLaunch({ electron: true }))('the window that trains, in Electron', () => {
  let report: TrainingReport;

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    await build(nodeConfig('training', 'test/fixtures/trainingElectron.ts', folder));
    const { stdout, stderr } = await promisify(execFile)(
      electronPath!,
      [
        join(folder, 'training.js'),
        '--no-sandbox',
        `--user-data-dir=${join(folder, 'window')}`,
        '--enable-unsafe-webgpu',
        '--use-webgpu-adapter=swiftshader',
        '--enable-features=Vulkan',
        '--use-vulkan=swiftshader',
        '--use-angle=swiftshader',
        '--enable-unsafe-swiftshader',
        '--ignore-gpu-blocklist',
      ],
      { maxBuffer: 1 << 24, timeout: 250_000, killSignal: 'SIGKILL' },
    );
    const line = stdout.split('\n').find((text) => text.startsWith('{'));
    if (!line) throw new Error(stderr);
    report = JSON.parse(line);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has the card, and refuses one that the processor only plays', () => {
    expect(report.card).toMatch(/swiftshader/i);
    expect(report.refused).toMatch(
      /^the only driver for WebGPU computes on the processor \(.*swiftshader\)$/i,
    );
  });

  it('is never seen, reaches nothing, and is gone after its training', () => {
    expect(report).toMatchObject({ seen: false, reached: [], left: 0 });
  });

  it.each(Object.keys(cases))('trains %s as the CPU reference does', (name) => {
    const trained = report.trained[name]!;
    expect(trained.window).not.toEqual([]);
    trained.here.forEach((loss, step) => {
      expect(trained.window[step]).toBeCloseTo(loss, 3);
    });
    expect(trained.difference).toBeLessThan(1e-3);
  });

  it('that crashes ends the step, and what was brought before is kept', () => {
    expect(report).toMatchObject({ crashed: 'the window that trains has ended', kept: true });
  });
});
