/** The engine's process under Node: the real line and the real host, with a stub engine behind. See [Note: The engine under Node]. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { messagePortChannel } from '../../electron/engine/channel.ts';
import type { HostOrder } from '../../electron/engine/host.ts';
import { connectMedia } from '../../electron/engine/mediaChannel.ts';
import { connectEngine } from '../../electron/engine/wire.ts';
import { NodeProcess } from '../../electron/main/nodeProcess.ts';
import { PICTURE } from '../fixtures/engineUnderNode.ts';
import { electron } from '../fixtures/fakeElectron.ts';
import { until } from '../fixtures/until.ts';

const script = fileURLToPath(new URL('../fixtures/engineUnderNode.ts', import.meta.url));
const processes: NodeProcess[] = [];

afterEach(() => {
  vi.unstubAllEnvs();
  for (const child of processes.splice(0)) child.kill();
});

function start(node = process.execPath) {
  const child = new NodeProcess(node, script);
  processes.push(child);
  const ended = new Promise<number>((resolve) => child.once('exit', resolve));
  const channel = (order: HostOrder) => {
    const { port1, port2 } = new electron.MessageChannelMain();
    child.postMessage(order, [port1 as never]);
    return messagePortChannel(port2 as never);
  };
  return { child, ended, page: () => connectEngine(channel({ kind: 'calls' })), channel };
}

describe('the engine under Node', () => {
  it('answers calls, tells events and brings pictures whole', async () => {
    const { page, channel } = start();
    const { calls, on } = page();
    const heard = vi.fn();
    on('library', heard);
    await expect(calls.about()).resolves.toMatchObject({ version: '1', device: '1 listen' });
    expect(heard.mock.calls).toEqual([[null]]);
    const { media } = connectMedia(channel({ kind: 'media' }));
    await expect(media('photo', '1')).resolves.toEqual({ type: 'image/jpeg', bytes: PICTURE });
    await expect(media('photo', '2')).resolves.toBeNull();
  });

  it('goes on where a picture is too large to cross', async () => {
    const { page, channel } = start();
    const { media } = connectMedia(channel({ kind: 'media' }));
    await expect(media('photo', 'large')).rejects.toBeDefined();
    await expect(media('photo', '1')).resolves.toEqual({ type: 'image/jpeg', bytes: PICTURE });
    await expect(page().calls.about()).resolves.toMatchObject({ version: '1' });
  });

  it('forgets a page that is gone', async () => {
    const { page } = start();
    const [first, second] = [page(), page()];
    await first.calls.about();
    expect((await second.calls.about()).device).toBe('2 listen');
    first.close();
    await until(async () => (await second.calls.about()).device === '1 listen');
  });

  it('closes when it is told to, and its pages are told', async () => {
    const { child, ended, page } = start();
    const connection = page();
    await connection.calls.about();
    const closed = new Promise((resolve) => connection.onClose(resolve));
    child.postMessage({ kind: 'close' });
    await expect(ended).resolves.toBe(0);
    await expect(closed).resolves.toMatchObject({ code: 'engine-closed' });
  });

  it('that is killed has ended with an error, and its pages are told', async () => {
    const { child, ended, page } = start();
    const connection = page();
    await connection.calls.about();
    const closed = new Promise((resolve) => connection.onClose(resolve));
    child.kill();
    // 15, SIGTERM, as a shell tells it.
    await expect(ended).resolves.toBe(143);
    await expect(closed).resolves.toMatchObject({ code: 'engine-closed' });
  });

  it('says why there is no engine', async () => {
    vi.stubEnv('NO_ENGINE', 'The settings cannot be read.');
    const { child, ended } = start();
    const [told] = await once(child, 'message');
    expect(told).toEqual({ kind: 'failed', message: 'The settings cannot be read.' });
    await expect(ended).resolves.toBe(1);
  });

  it('has ended where there is no such Node', async () => {
    const { child, ended } = start('/nowhere/node');
    const failed = once(child, 'error');
    await expect(ended).resolves.toBe(1);
    expect(await failed).toEqual(['spawn /nowhere/node ENOENT']);
  });

  it('closes by itself when its host is gone', async () => {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
