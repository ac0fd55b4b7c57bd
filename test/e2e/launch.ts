/**
 * The one way an end-to-end test opens the built application: on the server in a Chromium of this machine, or in
 * Electron where its binary is there. The tests do not know which. Both keep their data in a temporary folder.
 *
 *     describe.skipIf(!canLaunch())('the grid', () => {
 *       const app = await launch();
 *       await app.page.getByRole('button', { name: 'Open a folder' }).click();
 *       await app.close();
 *     });
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Page } from 'playwright-core';
import { vi } from 'vitest';
import { displayProblem, electronBinary } from '../../build/launcher.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { isOwnUrl } from '../../electron/main/urls.ts';
import { startServer } from '../../electron/server/server.ts';
import { builtPath } from '../../native/runtime.ts';

export interface LaunchOptions {
  /** The user's data folder; by default a new one that `close` deletes. */
  home?: string;
  /** Opens the desktop window instead of a page on the server. */
  electron?: boolean;
  /** The binary of a packaged application, to open instead of what is built. With `electron`. */
  packaged?: string;
  /** Serves this engine from the test's own process instead of starting the real one. Not with `electron`. */
  engine?: Engine;
  /** Size of the page in pixels; 1280 × 800 by default. */
  viewport?: { width: number; height: number };
}

export interface LaunchedApplication {
  page: Page;
  /** The user's data folder. */
  home: string;
  /** Closes the page and the application, and deletes the data folder unless the caller brought it. */
  close(): Promise<void>;
}

/** Chromium or Chrome of this machine: `CHROMIUM`, or the first one in the PATH; null if there is none. */
export const chromiumPath: string | null = (() => {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find((path) => existsSync(path)) ?? null;
})();

/** How long each step of a start may take, less than a test may, so that its output is shown; and how often is looked. In milliseconds. */
const START = { timeout: 40_000, interval: 50 };

/** An Electron's binary that is here, or null. */
export const electronPath = electronBinary();

/** Whether `launch` can work here. If not, says why once, so that skipped tests do not pass unnoticed. */
export function canLaunch({ electron = false }: Pick<LaunchOptions, 'electron'> = {}): boolean {
  if (electron) {
    const problem = electronPath
      ? displayProblem(process.platform, process.env)
      : 'its binary is not installed';
    if (problem) console.warn(`End-to-end tests in Electron are skipped: ${problem}.`);
    return problem === null;
  }
  if (!chromiumPath) console.warn('End-to-end tests are skipped: install Chromium, or name it in CHROMIUM.');
  return chromiumPath !== null;
}

/** Starts the built application and opens it. Throws an Error with its output if it does not start. */
export async function launch(options: LaunchOptions = {}): Promise<LaunchedApplication> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'photolex-home-')));
  const cleanUps: (() => Promise<unknown>)[] = [];
  if (!options.home) cleanUps.push(() => rm(home, { recursive: true, force: true, maxRetries: 10 }));
  const close = async () => {
    for (const cleanUp of cleanUps.reverse().splice(0)) await cleanUp();
  };
  try {
    const page = options.electron
      ? await openElectron(home, options.packaged, cleanUps)
      : await openBrowser(await serve(home, options.engine, cleanUps), options.viewport, cleanUps);
    return { page, home, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Playwright's own launch talks to windows while they open, which now and then waits for ever (1 start in 13 on a busy
 * machine); so this waits for the window's page and connects to what is there.
 */
async function openElectron(
  home: string,
  packaged: string | undefined,
  cleanUps: (() => Promise<unknown>)[],
): Promise<Page> {
  const executablePath = packaged ?? electronPath;
  if (!executablePath) throw new Error('There is no Electron binary here; ask canLaunch first.');
  const args = ['--no-sandbox', '--disable-gpu', '--remote-debugging-port=0'];
  if (!packaged) args.unshift(builtPath('node', 'main.js'));
  const application = new ApplicationProcess(executablePath, args, home);
  cleanUps.push(() => application.stop());
  const address = await application.printed(/ws:\/\/127\.0\.0\.1:\d+\/devtools\/browser\/\S+/);
  await application.waitFor(async () => {
    const pages = await (await fetch(new URL('/json/list', address.replace('ws:', 'http:')))).json();
    if (!pages.some(({ url }: { url: string }) => isOwnUrl(url))) throw new Error('No window was opened.');
  });
  const browser = await chromium.connectOverCDP(address);
  cleanUps.push(() => browser.close());
  const pages = browser.contexts().flatMap((context) => context.pages());
  const page = pages.find((page) => isOwnUrl(page.url()));
  if (!page) throw new Error('The window closed again.');
  return page;
}

async function openBrowser(
  url: string,
  viewport = { width: 1280, height: 800 },
  cleanUps: (() => Promise<unknown>)[],
): Promise<Page> {
  if (!chromiumPath) throw new Error('There is no Chromium here; ask canLaunch first.');
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--no-default-browser-check',
    ],
  });
  cleanUps.push(() => browser.close());
  const page = await browser.newPage({ viewport });
  await page.goto(url);
  return page;
}

/** The address of a server with this engine, or with the real one in a process of its own. */
async function serve(
  home: string,
  engine: Engine | undefined,
  cleanUps: (() => Promise<unknown>)[],
): Promise<string> {
  if (engine) {
    const server = await startServer({ engine });
    cleanUps.push(() => server.close());
    return server.url;
  }
  const script = builtPath('node', 'server.js');
  if (!existsSync(script)) throw new Error('The application is not built. Run "npm run build" first.');
  const application = new ApplicationProcess(process.execPath, [script], home);
  cleanUps.push(() => application.stop());
  return await application.printed(/http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/);
}

/** A process of the application, and the last of what it printed. */
class ApplicationProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;
  #output = '';

  constructor(command: string, args: readonly string[], home: string) {
    const child = spawn(command, args, {
      env: { ...process.env, PHOTOLEX_HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.#output = `${this.#output}${line}\n`.slice(-4000);
      });
    }
    this.#ended = new Promise((_, reject) => {
      child.once('error', reject);
      // By then its output has been read, where "exit" may come before.
      child.once('close', (code) => reject(new Error(`It ended with code ${code}.`)));
    });
    this.#ended.catch(() => {});
    this.#child = child;
  }

  /** What `look` returns when it throws no more. Rejects, with what the process printed, if it ends before or takes too long. */
  async waitFor<T>(look: () => T | Promise<T>): Promise<T> {
    try {
      return await Promise.race([vi.waitFor(look, START), this.#ended]);
    } catch (error) {
      const { message } = error as Error;
      throw new Error(`The application did not start: ${message} It printed:\n${this.#output}`);
    }
  }

  /** What of its output matches first; rejects as `waitFor`. */
  printed(pattern: RegExp): Promise<string> {
    return this.waitFor(() => {
      const match = pattern.exec(this.#output)?.[0];
      if (!match) throw new Error('It printed no address.');
      return match;
    });
  }

  /** Asks it to end, as Ctrl-C would, and waits until it has. */
  stop(): Promise<void> {
    const child = this.#child;
    return new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve();
      child.once('exit', () => resolve());
      child.kill('SIGTERM');
      // An engine that hangs must not hang the tests too.
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
    });
  }
}
