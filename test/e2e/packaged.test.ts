/** The application as it is packaged for Linux: made with the Electron that is here, started, and asked to draw and search. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../native/runtime.ts';
import { ApplicationPage, SAMPLE_ALBUM_TAKES } from './applicationPage.ts';
import { canLaunch, electronPath, type LaunchedApplication, launch } from './launch.ts';

const run = promisify(execFile);
const packages = process.platform === 'linux' && canLaunch({ electron: true });

describe.skipIf(!packages)('the packaged application', () => {
  const folder = mkdtempSync(join(tmpdir(), 'photolex-packaged-'));
  let application: LaunchedApplication;

  beforeAll(async () => {
    const version = await run(electronPath!, ['-p', 'process.versions.electron'], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    await run(
      process.execPath,
      [
        join(projectRoot, 'node_modules', 'electron-builder', 'cli.js'),
        '--config=build/electron-builder.yml',
        '--linux=dir',
        `--config.directories.output=${folder}`,
        `--config.electronDist=${dirname(electronPath!)}`,
        `--config.electronVersion=${version.stdout.trim()}`,
      ],
      { cwd: projectRoot },
    );
    application = await launch({
      electron: true,
      packaged: join(folder, 'linux-unpacked', 'photolex'),
    });
  });
  afterAll(async () => {
    await application?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    'draws, learns and searches the sample album',
    async () => {
      const window = new ApplicationPage(application.page);
      const { page } = window;
      await window.openSampleAlbum(() => page.getByRole('button', { name: /^Try the sample album/ }).click());
      await window.search('beach');
      const [first] = await window.order(1);
      const response = await page.evaluate((address) => fetch(address).then(({ ok }) => ok), first!);
      expect(response).toBe(true);
    },
    2 * SAMPLE_ALBUM_TAKES,
  );
});
