/** `npm start` on a machine without a display: the address is printed, opens the application, and Ctrl-C ends it. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../native/runtime.ts';

describe.skipIf(process.platform !== 'linux')('starting without a display', () => {
  it('serves on loopback, says why, and ends with Ctrl-C', async () => {
    const home = await mkdtemp(join(tmpdir(), 'photolex-start-'));
    const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...environment } = process.env;
    const child = spawn(process.execPath, [join(projectRoot, 'build', 'launch.js'), 'start'], {
      env: { ...environment, PHOTOLEX_HOME: home },
      stdio: ['ignore', 'pipe', 'inherit'],
      // A group of its own, so that Ctrl-C can be sent to it as a terminal does.
      detached: true,
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line.includes('token=')) break;
    }
    expect(lines.join('\n')).toMatch(/there is no display.*\nhttp:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
    const answer = await fetch(lines.at(-1)!, { redirect: 'manual' });
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
    const page = await fetch(new URL('/', lines.at(-1)), { headers: { cookie } });
    expect(await page.text()).toContain('<title>Photolex</title>');
    process.kill(-child.pid!, 'SIGINT');
    await expect(ended).resolves.toBe(0);
    await rm(home, { recursive: true, force: true });
  });
});
