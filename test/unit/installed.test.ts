/** Paths in an installed application, whose files are in an archive that only Electron can look into, except those for native code. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { getLoadablePath } from 'sqlite-vec';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { unpacked } from '../../native/runtime.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'photolex-installed-'));
});
afterEach(() => {
  vi.doUnmock('sqlite-vec');
  rmSync(folder, { recursive: true, force: true });
});

it('what native code opens is beside the archive', () => {
  const weights = join('/opt', 'Photolex', 'resources', 'app.asar', 'models', 'weights');
  expect(unpacked(weights)).toBe(
    join('/opt', 'Photolex', 'resources', 'app.asar.unpacked', 'models', 'weights'),
  );
  expect(unpacked(join('/home', 'app.asarist', 'photolex'))).toBe(join('/home', 'app.asarist', 'photolex'));
});

it('SQLite loads its extension from there', async () => {
  const real = getLoadablePath();
  const beside = join(folder, 'app.asar.unpacked', 'sqlite-vec');
  mkdirSync(beside, { recursive: true });
  cpSync(real, join(beside, basename(real)));
  vi.doMock('sqlite-vec', () => ({
    getLoadablePath: () => join(folder, 'app.asar', 'sqlite-vec', basename(real)),
  }));
  vi.resetModules();
  const { openDatabase } = await import('../../native/database.ts');
  const database = openDatabase(join(folder, 'photos.db'));
  expect(database.prepare('SELECT vec_version()').pluck().get()).toMatch(/^v\d/);
  database.close();
});
