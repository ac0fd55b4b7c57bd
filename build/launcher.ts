/**
 * What each npm script does, under the project's own Node: builds if sources are newer than `dist`, then opens the
 * application or runs the command line. It never imports Electron, which would start a download.
 */
import { type SpawnOptions, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtPath, projectRoot } from '../native/runtime.ts';
import { isStale } from './freshness.ts';

const electronFolder = join(projectRoot, 'node_modules', 'electron');

/** How long the host of Electron's binary may take to answer, in milliseconds. */
const PROBE_LIMIT = 4_000;

/** How long fetching the binary, about 110 MB, may take, in milliseconds. */
const FETCH_LIMIT = 5 * 60_000;

/** A window that ends with an error this soon, in milliseconds, could not open. */
const OPENING_TIME = 10_000;

/** Runs `<verb> …` and returns the exit code. */
export async function launch([verb, ...rest]: string[]): Promise<number> {
  switch (verb) {
    case 'build':
      return (await built(true)) ? 0 : 1;
    case 'prepare':
      // An installation without the tools to build, or with a part that does not, is still an installation.
      if (!(await built(false))) console.error('Photolex is not built yet; "npm start" will try again.');
      return 0;
    case 'start':
      await built(false);
      return await start(rest);
    case 'cli':
    case 'starter':
      // A part that does not build is reported, but keeps only itself from running.
      await built(false);
      return await runBuilt(verb, rest);
    default:
      console.error('Usage: node build/launch.js start | cli … | build | prepare | starter …');
      return 2;
  }
}

/** Builds if needed or `always`; false, with the reason on stderr, if that fails. */
async function built(always: boolean): Promise<boolean> {
  if (!always && !isStale()) return true;
  try {
    if (!always) console.error('Building Photolex …');
    const { buildAll } = await import('./build.ts');
    await buildAll();
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return false;
  }
}

/** Opens the window, or says in one line why there is none and serves the same application on loopback. */
async function start(rest: string[]): Promise<number> {
  let problem = displayProblem(process.platform, process.env);
  if (!problem) {
    const electron = electronBinary() ?? (await fetchElectron());
    if (electron) {
      const opened = performance.now();
      const code = await run(electron, [builtPath('node', 'main.js'), ...rest]);
      if (code === 0 || performance.now() - opened > OPENING_TIME) return code;
      problem = `the window could not open (code ${code})`;
    } else {
      problem = 'the Electron binary is not installed and could not be fetched';
    }
  }
  console.log(`No window: ${problem}. Open this address in a browser instead, Ctrl-C ends:`);
  return await runBuilt('server', rest);
}

/** Why a window cannot open on this machine, or null if it can. */
export function displayProblem(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): string | null {
  if (platform !== 'linux' || environment.DISPLAY || environment.WAYLAND_DISPLAY) return null;
  return 'there is no display';
}

/** The binary that the electron package fetched, or, as that package has it, of the folder that the environment names; or null. */
export function electronBinary(folder = electronFolder): string | null {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) return ifThere(join(override, 'electron'));
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return null;
  return ifThere(join(folder, 'dist', readFileSync(pathFile, 'utf8').trim()));
}

const ifThere = (path: string): string | null => (existsSync(path) ? path : null);

/** Fetches Electron's binary with the electron package's own script; null if its host does not answer. */
async function fetchElectron(): Promise<string | null> {
  const script = join(electronFolder, 'install.js');
  const host =
    process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? 'https://github.com/electron/';
  try {
    await fetch(host, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(PROBE_LIMIT) });
  } catch {
    return null;
  }
  if (!existsSync(script)) return null;
  console.log('Fetching Electron, about 110 MB; this happens once …');
  await run(process.execPath, [script], { stdio: 'ignore', timeout: FETCH_LIMIT });
  return electronBinary();
}

/** Runs a built process with our terminal. */
async function runBuilt(name: string, rest: string[]): Promise<number> {
  const script = builtPath('node', `${name}.js`);
  if (!existsSync(script)) {
    console.error(`${script} is missing. Run "npm run build"; it says why.`);
    return 1;
  }
  return await run(process.execPath, [script, ...rest]);
}

/** Runs a program until it ends and returns its exit code; signals that end us are passed on, for it to end first. */
function run(command: string, commandArguments: string[], options: SpawnOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, { stdio: 'inherit', ...options });
    // Ctrl-C reaches the child by itself: a terminal sends it to the whole group.
    const onInterrupt = () => {};
    const onTerminate = () => child.kill('SIGTERM');
    process.on('SIGINT', onInterrupt);
    process.on('SIGTERM', onTerminate);
    const settle = () => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      settle();
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}
