/** Where the user's data is, and what goes wrong with its files in plain words. */
import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { systemReason } from '../../native/problem.ts';
import { userDataFolder } from '../../native/runtime.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('the user’s data folder is absolute, whatever the environment says', () => {
  const folder = temporaryFolder();
  vi.stubEnv('PHOTOLEX_HOME', folder);
  expect(userDataFolder()).toBe(folder);
  vi.stubEnv('PHOTOLEX_HOME', 'portable');
  expect(userDataFolder()).toBe(resolve('portable'));
});

test.runIf(process.platform === 'linux')('a relative XDG_DATA_HOME counts for nothing', () => {
  vi.stubEnv('PHOTOLEX_HOME', undefined);
  const usual = join(homedir(), '.local', 'share', 'photolex');
  for (const [data, expected] of [
    ['/data', '/data/photolex'],
    ['data', usual],
    ['', usual],
    [undefined, usual],
  ]) {
    vi.stubEnv('XDG_DATA_HOME', data);
    expect(userDataFolder()).toBe(expected);
  }
});

test('a missing permission is one for what was done', () => {
  for (const code of ['EACCES', 'EPERM']) {
    const error = Object.assign(new Error(code), { code });
    expect(systemReason(error)).toBe('you have no permission to read it');
    expect(systemReason(error, 'write')).toBe('you have no permission to write there');
  }
});

test.runIf(process.platform === 'linux')('a full disk is called one', () => {
  let reason = '';
  try {
    writeFileSync('/dev/full', 'more');
  } catch (error) {
    reason = systemReason(error, 'write');
  }
  expect(reason).toBe('the disk is full');
});
