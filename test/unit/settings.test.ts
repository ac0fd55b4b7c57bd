/** The settings file, shared by whatever runs with one data folder. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settingsSchema } from '../../electron/engine/contract.ts';
import { SettingsFile } from '../../electron/engine/settings.ts';

describe('the settings file', () => {
  const defaults = settingsSchema.parse({});
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'photolex-settings-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('is read by who starts later, and means the defaults where it is damaged', async () => {
    expect(new SettingsFile(home).get()).toEqual(defaults);
    await new SettingsFile(home).set(() => ({ theme: 'dark' }));
    expect(new SettingsFile(home).get()).toEqual({ ...defaults, theme: 'dark' });
    await writeFile(join(home, 'settings.json'), '{"theme": "da');
    expect(new SettingsFile(home).get()).toEqual(defaults);
  });

  it('keeps what another process changed, also in the same setting', async () => {
    const [one, other] = [new SettingsFile(home), new SettingsFile(home)];
    await one.set(() => ({ recentLibraries: ['/photos'], theme: 'dark' }));
    await other.set(({ recentLibraries }) => ({ recentLibraries: ['/others', ...recentLibraries] }));
    const settings = { ...defaults, recentLibraries: ['/others', '/photos'], theme: 'dark' };
    expect([one.get(), other.get()]).toEqual([settings, settings]);
  });

  it('has every change of one process, in their order, however close they come', async () => {
    const file = new SettingsFile(home);
    const heights = [100, 110, 120, 130, 140];
    await Promise.all([
      file.set(() => ({ theme: 'dark' })),
      ...heights.map((thumbnailHeight) => file.set(() => ({ thumbnailHeight }))),
      file.set(() => ({ recentLibraries: ['/photos'] })),
    ]);
    expect(file.get()).toEqual({
      ...defaults,
      theme: 'dark',
      thumbnailHeight: 140,
      recentLibraries: ['/photos'],
    });
  });

  it('goes on after a change that could not be written', async () => {
    const file = new SettingsFile(join(home, 'taken'));
    await writeFile(join(home, 'taken'), '');
    await expect(file.set(() => ({ theme: 'dark' }))).rejects.toThrow();
    await rm(join(home, 'taken'));
    expect(await file.set(() => ({ theme: 'light' }))).toEqual({ ...defaults, theme: 'light' });
  });

  it('is whole after many processes have written it at once', async () => {
    const writers = Array.from({ length: 20 }, () => new SettingsFile(home));
    await Promise.all(writers.map((file, i) => file.set(() => ({ thumbnailHeight: 100 + i }))));
    const stored = settingsSchema.parse(JSON.parse(await readFile(join(home, 'settings.json'), 'utf8')));
    expect(stored.thumbnailHeight).toBeGreaterThanOrEqual(100);
    expect(stored.thumbnailHeight).toBeLessThan(120);
    expect(await readdir(home)).toEqual(['settings.json']);
  });
});
