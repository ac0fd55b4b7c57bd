/**
 * The engine in a process of its own, as the process that started it sees it: what it is asked, and what it tells. One
 * port carries the orders; each brings a port of its own for what is served on it.
 */
import { messagePortChannel } from './channel.ts';
import type { Engine } from './engine.ts';
import { serveMedia } from './mediaChannel.ts';
import { serveEngine } from './wire.ts';

/** What the host asks. `calls` and `media` come with a port. */
export type HostOrder = { kind: 'calls' } | { kind: 'media' } | { kind: 'close' };

/** What the process tells its host: why there will be no engine. It ends after that. */
export interface HostFailure {
  kind: 'failed';
  message: string;
}

/** The port to the host; Electron's `process.parentPort`. */
export interface HostPort {
  on(
    type: 'message',
    listener: (event: { data: HostOrder; ports: Parameters<typeof messagePortChannel>[0][] }) => void,
  ): unknown;
  postMessage(message: HostFailure): void;
}

/** Serves the engine to the host until it asks to close; `exit` then ends the process with a code. */
export async function serveHost(
  host: HostPort,
  createEngine: () => Promise<Engine>,
  exit: (code: number) => void,
): Promise<void> {
  const starting = createEngine();
  host.on('message', async ({ data: order, ports: [port] }) => {
    // Orders wait for the engine. If it does not start, the host is told below.
    const engine = await starting.catch(() => null);
    if (!engine) return;
    if (order.kind === 'close') {
      await engine.close();
      exit(0);
    } else if (port) {
      const channel = messagePortChannel(port);
      if (order.kind === 'calls') serveEngine(engine, channel);
      else serveMedia(engine, channel);
    }
  });
  try {
    await starting;
  } catch (error) {
    host.postMessage({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    exit(1);
  }
}
