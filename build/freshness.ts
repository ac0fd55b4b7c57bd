/** Whether `dist` is as new as the sources, judged by times of change alone, which takes milliseconds. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { builtPath, projectRoot } from '../native/runtime.ts';

/** Written by a complete build, dated when that build started. */
export const stampPath: string = builtPath('built');

/** What a build reads. Folders count too: their time tells of files that were added or deleted. */
const sources = ['electron', 'renderer', 'models', 'native', 'build', 'package.json', 'package-lock.json'];

/** Read where they are at run time, so a build does not depend on them. */
const notBuilt = /\.(wasm|onnx|int8|bin|md|png|yml)$/;

/** Folders of large files that no build reads. */
const skipped = new Set(['weights', 'icons']);

/** True if there is no complete build, or a source changed after it started. */
export function isStale(stamp = stampPath, paths = sources.map((name) => join(projectRoot, name))): boolean {
  const built = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs;
  return built === undefined || paths.some((path) => hasChangedSince(built, path));
}

function hasChangedSince(time: number, path: string): boolean {
  const status = statSync(path, { throwIfNoEntry: false });
  if (!status) return false;
  if (status.mtimeMs > time) return true;
  if (!status.isDirectory()) return false;
  return readdirSync(path, { withFileTypes: true }).some((entry) => {
    if (entry.isDirectory() ? skipped.has(entry.name) : notBuilt.test(entry.name)) return false;
    return hasChangedSince(time, join(path, entry.name));
  });
}
