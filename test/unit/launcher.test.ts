import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isStale } from '../../build/freshness.ts';
import { displayProblem, electronBinary } from '../../build/launcher.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'photolex-launcher-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a file that was changed at a time, in seconds. */
function file(name: string, time: number): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, '');
  utimesSync(path, time, time);
  return path;
}

describe('a build is stale', () => {
  const folders = ['source/inner', 'source/weights', 'source'];
  const settle = () => {
    for (const name of folders) utimesSync(join(folder, name), 100, 100);
  };
  let stamp: string;
  let source: string;
  beforeEach(() => {
    stamp = file('built', 200);
    file('source/inner/a.ts', 100);
    file('source/weights/w.ts', 100);
    source = join(folder, 'source');
    settle();
  });

  it('without a stamp, and not with one that is newer than everything', () => {
    expect(isStale(stamp, [source])).toBe(false);
    expect(isStale(join(folder, 'none'), [source])).toBe(true);
    expect(isStale(stamp, [source, join(folder, 'missing')])).toBe(false);
  });

  it('after a file deep inside changed', () => {
    file('source/inner/a.ts', 201);
    settle();
    expect(isStale(stamp, [source])).toBe(true);
  });

  it('after a file was added or deleted, which its folder tells', () => {
    rmSync(file('source/inner/b.ts', 100));
    expect(isStale(stamp, [source])).toBe(true);
  });

  it('but not because of weights and other files that no build reads', () => {
    file('source/inner/kernel.wasm', 300);
    file('source/weights/w.ts', 300);
    settle();
    expect(isStale(stamp, [source])).toBe(false);
  });
});

describe('the window', () => {
  it('needs a display on Linux only', () => {
    expect(displayProblem('linux', {})).toMatch(/no display/);
    expect(displayProblem('linux', { DISPLAY: ':0' })).toBeNull();
    expect(displayProblem('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBeNull();
    expect(displayProblem('darwin', {})).toBeNull();
    expect(displayProblem('win32', {})).toBeNull();
  });

  it('needs the binary that the electron package names, or that of a folder which the environment names', () => {
    vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', undefined);
    expect(electronBinary(folder)).toBeNull();
    writeFileSync(join(folder, 'path.txt'), 'electron');
    expect(electronBinary(folder)).toBeNull();
    const binary = file('dist/electron', 1);
    expect(electronBinary(folder)).toBe(binary);
    vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', join(folder, 'other'));
    expect(electronBinary(folder)).toBeNull();
    const other = file('other/electron', 1);
    expect(electronBinary(folder)).toBe(other);
  });
});
