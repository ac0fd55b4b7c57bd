/**
 * Builds everything that runs into `dist`: `node build/launch.js build`. A part that fails does not keep the others from
 * being built; all failures are reported together.
 */
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'vite';
import { builtPath } from '../native/runtime.ts';
import { stampPath } from './freshness.ts';
import { nodeConfig, preloadConfig, rendererConfig, trainerConfig } from './vite.ts';

/** The processes of the application by the name of their file in `dist/node`, and where they start. */
export const processes: Readonly<Record<string, string>> = {
  cli: 'electron/cli/main.ts',
  server: 'electron/server/main.ts',
  main: 'electron/main/main.ts',
  engine: 'electron/engine/entry.ts',
  'vision-worker': 'electron/engine/workers/visionWorker.ts',
  'train-worker': 'electron/engine/workers/trainWorker.ts',
  'text-thread': 'electron/engine/workers/textThread.ts',
  'picture-thread': 'electron/engine/workers/pictureThread.ts',
  starter: 'build/starter.ts',
};

/** The preload scripts in the same way, in `dist/electron`. */
const preloads: Readonly<Record<string, string>> = {
  preload: 'electron/preload/preload.ts',
  trainerPreload: 'electron/preload/trainerPreload.ts',
};

/** Builds all parts. Throws an Error that names every part that failed, with its reason. */
export async function buildAll(): Promise<void> {
  const started = new Date();
  rmSync(builtPath(), { recursive: true, force: true });
  const failures: string[] = [];
  const attempt = async (part: string, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      failures.push(`${part}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  await attempt('renderer', () => build(rendererConfig()));
  await attempt('trainer', () => build(trainerConfig()));
  for (const [name, source] of Object.entries(processes)) {
    await attempt(source, () => build(nodeConfig(name, source)));
  }
  for (const [name, source] of Object.entries(preloads)) {
    await attempt(source, () => build(preloadConfig(name, source)));
  }

  if (failures.length > 0) throw new Error(`The build is incomplete.\n${failures.join('\n')}`);
  // Dated at the start: what was edited meanwhile is newer.
  mkdirSync(dirname(stampPath), { recursive: true });
  writeFileSync(stampPath, '');
  utimesSync(stampPath, started, started);
}
