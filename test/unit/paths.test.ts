/** Which paths lie in which folders. */
import { sep } from 'node:path';
import { expect, test } from 'vitest';
import { isInside } from '../../electron/engine/library/paths.ts';

test.each([
  [`${sep}photos${sep}2024`, `${sep}photos`, true],
  [`${sep}photos`, `${sep}photos`, false],
  [`${sep}photos of 2024`, `${sep}photos`, false],
  // A drive's root ends with a separator already.
  [`${sep}photos`, sep, true],
])('%s in %s: %s', (path, folder, expected) => {
  expect(isInside(path, folder)).toBe(expected);
});
