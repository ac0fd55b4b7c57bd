import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'vite';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeConfig, preloadConfig } from '../../build/vite.ts';
import { projectRoot } from '../../native/runtime.ts';

const run = promisify(execFile);
/** In the project, where what is built finds its libraries; not in `dist`, which another test packs. */
const folder = join(projectRoot, 'release', `build-${process.pid}`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the build', () => {
  it('makes TensorFlow.js with its gradients run in Node', async () => {
    await build(nodeConfig('tensors', 'test/fixtures/tensors.ts', folder));
    const { stdout } = await run(process.execPath, [join(folder, 'tensors.js')]);
    // a b, and 2 (a b) bᵀ, by hand.
    expect(JSON.parse(stdout)).toEqual({
      backend: 'wasm',
      product: [19, 22, 43, 50],
      gradient: [454, 618, 1030, 1402],
    });
  });

  it.each(['preload', 'trainerPreload'])(
    'makes %s one CommonJS file that asks for Electron alone',
    async (name) => {
      await build(preloadConfig(name, `electron/preload/${name}.ts`, folder));
      const script = readFileSync(join(folder, `${name}.cjs`), 'utf8');
      const required = [...script.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name);
      expect(required).toEqual(['electron']);
      expect(script).not.toMatch(/^(import|export) /m);
      expect(builtinModules.some((name) => script.includes(`"node:${name}"`))).toBe(false);
    },
  );
});

describe('the launcher', () => {
  it('says how it is used', async () => {
    const script = join(projectRoot, 'build', 'launch.js');
    await expect(run(process.execPath, [script, 'nonsense'])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Usage: node build/launch.js'),
    });
  });

  it('goes on under the Node of the project where the one on the system is older', async () => {
    const older = await olderNode();
    if (!older) return expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(24);
    const script = join(projectRoot, 'build', 'launch.js');
    await expect(run(older, [script, 'nonsense'])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Usage: node build/launch.js'),
    });
  });
});

describe('the installers', () => {
  it('have an icon of the size that every system wants', () => {
    const png = readFileSync(join(projectRoot, 'build', 'icons', 'icon.png'));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1024, 1024]);
    expect(readdirSync(join(projectRoot, 'build', 'icons'))).toContain('icon.svg');
  });
});

/** A Node on this machine that cannot run the project, or null. */
async function olderNode(): Promise<string | null> {
  for (const path of ['/usr/bin/node', '/usr/local/bin/node']) {
    if (!existsSync(path)) continue;
    const { stdout } = await run(path, ['--version']);
    if (Number(/\d+/.exec(stdout)?.[0]) < 24) return path;
  }
  return null;
}
