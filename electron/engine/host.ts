/**
 * The engine in a process of its own, as the process that started it sees it: what it is asked, and what it tells. One
 * port carries the orders; each brings a port of its own for what is served on it.
 */
import { type Channel, messagePortChannel } from './channel.ts';
import type { Engine } from './engine.ts';
import { serveMedia } from './mediaChannel.ts';
import { serveEngine } from './wire.ts';
import type { LaunchedProcess, LaunchProcess, WorkerName } from './workers/workerProcess.ts';

/** What the host asks and tells. `calls`, `media` and `worker`, the answer to `start-worker`, come with a port. */
export type HostOrder =
  | { kind: 'calls' }
  | { kind: 'media' }
  | { kind: 'close' }
  | { kind: 'worker'; id: number }
  | { kind: 'worker-ended'; id: number; how: string };

/** What the engine asks of its host: a process of Electron's kind, which may open the window that trains. */
export type WorkerOrder =
  | { kind: 'start-worker'; id: number; name: WorkerName }
  | { kind: 'stop-worker'; id: number };

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
  postMessage(message: HostFailure | WorkerOrder): void;
}

/** Serves the engine to the host until it asks to close; `exit` then ends the process with a code. */
export async function serveHost(
  host: HostPort,
  createEngine: (launch: LaunchProcess) => Promise<Engine>,
  exit: (code: number) => void,
): Promise<void> {
  const starting = createEngine(hostLauncher(host));
  host.on('message', async ({ data: order, ports: [port] }) => {
    // Orders wait for the engine. If it does not start, the host is told below.
    const engine = await starting.catch(() => null);
    if (!engine) return;
    if (order.kind === 'close') {
      await engine.close();
      exit(0);
    } else if (port && order.kind === 'calls') serveEngine(engine, messagePortChannel(port));
    else if (port && order.kind === 'media') serveMedia(engine, messagePortChannel(port));
  });
  try {
    await starting;
  } catch (error) {
    host.postMessage({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    exit(1);
  }
}

/** Starts processes through the host. */
function hostLauncher(host: HostPort): LaunchProcess {
  const running = new Map<
    number,
    { channel: PromiseWithResolvers<Channel>; ended: PromiseWithResolvers<string> }
  >();
  let next = 0;
  host.on('message', ({ data: order, ports: [port] }) => {
    if (order.kind === 'worker' && port) running.get(order.id)?.channel.resolve(messagePortChannel(port));
    if (order.kind === 'worker-ended') {
      running.get(order.id)?.ended.resolve(order.how);
      running.delete(order.id);
    }
  });
  return (name): LaunchedProcess => {
    const id = next++;
    const channel = Promise.withResolvers<Channel>();
    const ended = Promise.withResolvers<string>();
    running.set(id, { channel, ended });
    host.postMessage({ kind: 'start-worker', id, name });
    return {
      channel: channel.promise,
      ended: ended.promise,
      kill: () => host.postMessage({ kind: 'stop-worker', id }),
    };
  };
}
