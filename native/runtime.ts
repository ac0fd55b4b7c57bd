/**
 * Everything that asks "where am I running?" is here: where the project's files, its bundled weights, its
 * built worker scripts and the user's own data are, in a checkout, in a test and in an installed application.
 */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json: the checkout, or the application's resources when installed. */
export const projectRoot: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('Photolex cannot find its own package.json. Reinstall it.');
    folder = parent;
  }
  return folder;
})();

/** The version in package.json. */
export const applicationVersion: string = (
  JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string }
).version;

/** Absolute path of a file in `models/weights`. Native libraries read these, so inside an archive they lie unpacked. */
export function weightsPath(...segments: string[]): string {
  return unpacked(join(projectRoot, 'models', 'weights', ...segments));
}

/** Absolute path of a built file, for example `node/index-worker.js`. */
export function builtPath(...segments: string[]): string {
  return join(projectRoot, 'dist', ...segments);
}

/**
 * The Node under which the desktop application runs its engine, or null where Electron itself does: see [Note: The engine under Node]
 * in `electron/engine/hostLine.ts`. An installed application has it beside its own files; `PHOTOLEX_ENGINE_NODE` names another one, or, empty, none.
 */
export function engineNode(): string | null {
  const override = process.env.PHOTOLEX_ENGINE_NODE;
  if (override !== undefined) return override || null;
  if (process.platform !== 'linux') return null;
  const { resourcesPath } = process as { resourcesPath?: string };
  const installed = resourcesPath && join(resourcesPath, 'node');
  const candidates = [installed, join(projectRoot, 'node_modules', 'node', 'bin', 'node')];
  return candidates.find((path) => path && existsSync(path)) ?? null;
}

/** Where native code finds a file of the application: electron-builder keeps such files beside the archive, under this name. */
export function unpacked(path: string): string {
  return path.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
}

/**
 * The user's data folder: settings, libraries that the application created, logs.
 * `PHOTOLEX_HOME` overrides it (tests, a portable installation); absolute, because paths of libraries in it are kept.
 */
export function userDataFolder(): string {
  const override = process.env.PHOTOLEX_HOME;
  if (override) return resolve(override);
  if (process.platform === 'win32')
    return join(process.env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'Photolex');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Photolex');
  const { XDG_DATA_HOME: data } = process.env;
  // A relative one counts for nothing (XDG Base Directory Specification).
  return join(data && isAbsolute(data) ? data : join(homedir(), '.local', 'share'), 'photolex');
}
