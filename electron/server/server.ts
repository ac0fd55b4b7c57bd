/**
 * The same engine and the same renderer on loopback, for a browser: where there is no Electron, on a NAS, in tests. It
 * listens on 127.0.0.1 only; who may talk to it is decided in `access.ts`, what there is to see in `site.ts`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { builtPath } from '../../native/runtime.ts';
import { SOCKET_PATH, webSocketChannel } from '../engine/channel.ts';
import { PhotolexError } from '../engine/contract.ts';
import type { Engine } from '../engine/engine.ts';
import { serveEngine } from '../engine/wire.ts';
import { Access, isLoopbackHost, isSameOrigin, randomSecret } from './access.ts';
import { createSite, SECURITY_HEADERS, type SiteResponse, textResponse } from './site.ts';

export interface ServerOptions {
  /** Served, never closed: that is its owner's. */
  engine: Engine;
  /** 0, the default, takes any free port. */
  port?: number;
  /** The secret of the address; random by default. */
  token?: string;
  /** The folder of the built renderer; `dist/renderer` by default. */
  root?: string;
  /** Told what went wrong inside; the console by default. */
  log?: (message: string, error: unknown) => void;
}

export interface RunningServer {
  /** The one address that opens the application, token included. */
  url: string;
  port: number;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** The largest message of a page in bytes: a picture dropped on the search box, in base64. */
const LARGEST_MESSAGE = 128 * 1024 * 1024;

/** Starts serving. Throws `port-in-use` if the port is taken. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { engine, log = (message, error) => console.error(message, error) } = options;
  const site = createSite({
    root: options.root ?? builtPath('renderer'),
    media: (kind, id) => engine.media(kind, id),
  });
  const server = createServer();
  const port = await listen(server, options.port ?? 0);
  const access = new Access(options.token ?? randomSecret(), port);

  const respond = async (request: IncomingMessage): Promise<SiteResponse> => {
    const { headers, url = '/', method = 'GET' } = request;
    if (!isLoopbackHost(headers.host)) return forbidden();
    const cookie = access.exchange(queryToken(url));
    if (cookie) return textResponse(303, 'Welcome.', { Location: '/', 'Set-Cookie': cookie });
    if (!access.admits(headers.cookie)) return forbidden();
    const header = (name: string) => {
      const value = headers[name];
      return Array.isArray(value) ? value[0] : value;
    };
    return await site({ method, path: url, header });
  };
  server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    const answer = await respond(request).catch((error: unknown) => {
      log(`The request ${request.method} ${request.url?.replace(/\?.*$/s, '')} failed.`, error);
      return textResponse(500, 'Photolex could not answer. Its log says why.');
    });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });

  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // A client that goes away during the handshake is nobody's error.
    stream.on('error', () => stream.destroy());
    const { headers, url } = request;
    if (url !== SOCKET_PATH) return refuse(stream, '404 Not Found');
    if (!isSameOrigin(headers.origin, headers.host) || !access.admits(headers.cookie)) {
      return refuse(stream, '403 Forbidden');
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('error', (error) => log('A connection to a page failed.', error));
      serveEngine(engine, webSocketChannel(socket), log);
    });
  });

  return {
    url: `http://${HOST}:${port}/?token=${access.token}`,
    port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error);
      const message = `Port ${port} is taken by another program. Choose another one, or 0 for any free port.`;
      reject(new PhotolexError('port-in-use', message));
    });
    server.listen(port, HOST, () => resolve((server.address() as AddressInfo).port));
  });
}

/** The token in the address of a page, or null. */
function queryToken(url: string): string | null {
  const query = url.indexOf('?');
  return query < 0 ? null : new URLSearchParams(url.slice(query + 1)).get('token');
}

/** What a browser shows that came without the token. */
function forbidden(): SiteResponse {
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Photolex</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark}</style>
<h1>Photolex does not know this browser</h1>
<p>Photos are private, so each start has an address of its own. Use the one that Photolex printed when it started:
it begins with <code>http://127.0.0.1:</code> and ends with <code>?token=</code> and a long random word.</p></html>
`;
  const body = new TextEncoder().encode(page);
  const headers = {
    ...SECURITY_HEADERS,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': String(body.length),
    'Cache-Control': 'no-store',
  };
  return { status: 403, headers, body };
}

function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
