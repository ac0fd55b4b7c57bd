import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openedWebSocket } from '../../electron/engine/channel.ts';
import { connectEngine } from '../../electron/engine/wire.ts';
import { type RunningServer, startServer } from '../../electron/server/server.ts';
import { stubEngine } from '../fixtures/stubEngine.ts';
import { until } from '../fixtures/until.ts';

const picture = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const engine = stubEngine(
  { about: () => ({ version: '1', device: 'none', homeFolder: '/' }), addImage: () => ({ image: 'x' }) },
  { 'thumbnail/1': { type: 'image/webp', bytes: picture } },
);

let folder: string;
let server: RunningServer;
let cookie: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'photolex-server-'));
  const root = join(folder, 'renderer');
  await mkdir(join(root, 'assets'), { recursive: true });
  await writeFile(join(root, 'index.html'), '<!doctype html><title>Photolex</title>');
  await writeFile(join(root, 'assets', 'index-abc123.js'), 'export {};');
  await writeFile(join(folder, 'secret.txt'), 'outside');
  await symlink(join(folder, 'secret.txt'), join(root, 'link.txt'));
  server = await startServer({ engine, root });
  const { headers } = await get(server.url.slice(server.url.indexOf('/?')), { cookie: '' });
  cookie = String(headers['set-cookie']).split(';')[0]!;
});
afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A request as it is written, which `fetch` would tidy up; with the session's cookie unless told otherwise. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = { host: `127.0.0.1:${server.port}`, cookie, ...headers };
    httpRequest({ host: '127.0.0.1', port: server.port, path, method, headers: all }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts),
        }),
      );
    })
      .on('error', reject)
      .end();
  });
}

describe('who may enter', () => {
  it('exchanges the printed token for a cookie that scripts and other sites never see', async () => {
    const token = new URL(server.url).searchParams.get('token');
    const answer = await get(`/?token=${token}`, { cookie: '' });
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('/');
    expect(String(answer.headers['set-cookie'])).toMatch(/; HttpOnly; SameSite=Strict; Path=\//);
    expect(String(answer.headers['set-cookie'])).not.toContain(token);
  });

  it('refuses a page, a picture and a file without the cookie, and says which address to use', async () => {
    for (const path of ['/', '/?token=wrong', '/media/thumbnail/1', '/assets/index-abc123.js', '/nothing']) {
      const answer = await get(path, { cookie: 'photolex=1' });
      expect(answer.status).toBe(403);
      expect(answer.body.toString()).toContain('the one that Photolex printed');
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });

  it('refuses a host of another name, even with the cookie and the token', async () => {
    const { search } = new URL(server.url);
    for (const host of ['example.com', `example.com:${server.port}`, '127.0.0.1.nip.io']) {
      expect((await get('/', { host })).status).toBe(403);
      expect((await get(`/${search}`, { host })).status).toBe(403);
    }
    expect((await get('/', { host: `localhost:${server.port}` })).status).toBe(200);
  });

  it('gives each server its own token', async () => {
    const other = await startServer({ engine });
    expect(new URL(other.url).search).not.toBe(new URL(server.url).search);
    await other.close();
  });

  it('says which port is taken', async () => {
    await expect(startServer({ engine, port: server.port })).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringContaining(String(server.port)),
    });
  });
});

describe('the page and its files', () => {
  it('carry their type, a policy, and how long they last', async () => {
    const page = await get('/');
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self'/);
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    expect(page.headers['cache-control']).toBe('private, no-cache');
    const script = await get('/assets/index-abc123.js');
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(script.headers['cache-control']).toMatch(/immutable/);
    expect(script.body.toString()).toBe('export {};');
  });

  it('answer HEAD without a body, and nothing else but GET', async () => {
    const head = await get('/', {}, 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(Number(head.headers['content-length'])).toBeGreaterThan(0);
    expect((await get('/', {}, 'POST')).status).toBe(405);
  });

  it.each([
    ['/../secret.txt', 400],
    ['/assets/../../secret.txt', 400],
    ['/%2e%2e/secret.txt', 400],
    ['/..%2fsecret.txt', 400],
    ['/%2e%2e%5csecret.txt', 400],
    ['/assets/%00', 400],
    ['/%ff', 400],
    ['/link.txt', 404],
    ['/assets', 404],
    ['/assets/', 404],
    ['/index.html/x', 404],
    [`/${'a'.repeat(5000)}`, 404],
    ['//etc/passwd', 404],
  ])('cannot be walked out of: %s', async (path, status) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.body.toString()).not.toContain('outside');
  });
});

describe('pictures', () => {
  it('come whole, with an ETag that saves the second time', async () => {
    const first = await get('/media/thumbnail/1?library=2');
    expect(first.status).toBe(200);
    expect(first.headers['content-type']).toBe('image/webp');
    expect(first.headers['cache-control']).toBe('private, no-cache');
    expect(Buffer.compare(first.body, picture)).toBe(0);
    const again = await get('/media/thumbnail/1', { 'if-none-match': `"other", ${first.headers.etag}` });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it('come in parts', async () => {
    const part = await get('/media/thumbnail/1', { range: 'bytes=10-19' });
    expect(part.status).toBe(206);
    expect(part.headers['content-range']).toBe('bytes 10-19/1000');
    expect(Buffer.compare(part.body, picture.subarray(10, 20))).toBe(0);
    const beyond = await get('/media/thumbnail/1', { range: 'bytes=1000-' });
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, 'bytes */1000']);
    const changed = await get('/media/thumbnail/1', { range: 'bytes=10-19', 'if-range': '"older"' });
    expect([changed.status, changed.body.length]).toEqual([200, 1000]);
  });

  it('are missing where the engine has none', async () => {
    expect((await get('/media/thumbnail/2')).status).toBe(404);
    expect((await get('/media/nothing/1')).status).toBe(404);
  });

  it('that fail are logged and answered', async () => {
    const log = vi.fn();
    const failing = { ...engine, media: () => Promise.reject(new Error('The disk is gone.')) };
    const other = await startServer({ engine: failing, token: 'known', log });
    const answer = await fetch(other.url, { redirect: 'manual' });
    const session = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
    const url = `http://127.0.0.1:${other.port}/media/photo/1`;
    expect((await fetch(url, { headers: { cookie: session } })).status).toBe(500);
    expect(log).toHaveBeenCalledOnce();
    await other.close();
  });
});

describe('the WebSocket', () => {
  const open = (headers: Record<string, string>, path = '/engine') =>
    new WebSocket(`ws://127.0.0.1:${server.port}${path}`, {
      headers: { cookie, origin: `http://127.0.0.1:${server.port}`, ...headers },
    });
  const outcome = (socket: WebSocket): Promise<number> =>
    new Promise((resolve) => {
      socket.on('error', () => {});
      socket.on('open', () => resolve(101));
      socket.on('unexpected-response', (request, response) => {
        request.destroy();
        resolve(response.statusCode ?? 0);
      });
    });

  it('opens for our own page and carries calls, bytes included', async () => {
    const connection = connectEngine(openedWebSocket(open({})));
    await expect(connection.calls.about()).resolves.toMatchObject({ version: '1' });
    await connection.calls.addImage({ name: 'a.jpg', bytes: picture });
    expect(engine.received.at(-1)).toEqual({ name: 'addImage', input: { name: 'a.jpg', bytes: picture } });
    connection.close();
    await until(() => engine.listeners('job') === 0);
  });

  it.each([
    ['another origin', { origin: 'http://example.com' }, '/engine', 403],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }, '/engine', 403],
    ['no cookie', { cookie: '' }, '/engine', 403],
    ['another host', { host: 'example.com', origin: 'http://example.com' }, '/engine', 403],
    ['another path', {}, '/', 404],
  ])('is refused with %s', async (_what, headers, path, status) => {
    await expect(outcome(open(headers, path))).resolves.toBe(status);
  });

  it('closes on a message that is not JSON', async () => {
    const socket = open({});
    expect(await outcome(socket)).toBe(101);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.send('not JSON');
    await expect(closed).resolves.toBe(1007);
  });

  it('ends when the server closes', async () => {
    const other = await startServer({ engine, token: 'known' });
    const answer = await fetch(other.url, { redirect: 'manual' });
    const socket = new WebSocket(`ws://127.0.0.1:${other.port}/engine`, {
      headers: {
        cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '',
        origin: `http://127.0.0.1:${other.port}`,
      },
    });
    const connection = connectEngine(openedWebSocket(socket));
    await connection.calls.about();
    const closed = new Promise((resolve) => connection.onClose(resolve));
    await other.close();
    await expect(closed).resolves.toMatchObject({ code: 'engine-closed' });
  });
});
