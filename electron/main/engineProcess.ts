/**
 * The engine's process: starts it, hands it the ports of pages, asks it for pictures, and notices when it dies. The
 * engine itself never runs in the main process, which must stay free to draw and to answer.
 */
import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron';
import { builtPath, engineNode } from '../../native/runtime.ts';
import { messagePortChannel } from '../engine/channel.ts';
import type { MediaKind } from '../engine/contract.ts';
import type { Media } from '../engine/engine.ts';
import type { HostFailure, HostOrder, WorkerOrder } from '../engine/host.ts';
import { connectMedia } from '../engine/mediaChannel.ts';
import { NodeProcess } from './nodeProcess.ts';
import { Workers } from './workers.ts';

/** How long the engine may take to close its library, in milliseconds. */
const CLOSING_LIMIT = 8_000;

type Child = UtilityProcess | NodeProcess;

interface Running {
  child: Child;
  media: ReturnType<typeof connectMedia>;
  exited: Promise<void>;
}

export class EngineProcess {
  readonly #onCrash: (reason: string) => void;
  #running: Running | null = null;
  #closing = false;

  /** `onCrash` is told why, whenever the process ends that nobody closed. */
  constructor(onCrash: (reason: string) => void) {
    this.#onCrash = onCrash;
  }

  /** Starts the process; does nothing if it runs. */
  start(): void {
    if (this.#running || this.#closing) return;
    const child = startChild();
    let reason: string | null = null;
    const workers = new Workers((answer, port) => order(child, answer, port));
    child.on('message', (message: HostFailure | WorkerOrder) => {
      if (message.kind === 'failed') reason = message.message;
      else workers.hear(message);
    });
    // A utility process tells what went wrong and where in V8; a process of Node's, why it could not be started.
    child.on('error', (what: string, place?: string) => {
      reason ??= `The engine failed: ${place ? `${what} in ${place}` : what}.`;
    });
    const exited = new Promise<void>((resolve) => {
      child.once('exit', (code) => {
        this.#running = null;
        workers.stop();
        resolve();
        if (!this.#closing) this.#onCrash(reason ?? `The engine ended with code ${code}.`);
      });
    });
    const { port1, port2 } = new MessageChannelMain();
    order(child, { kind: 'media' }, port1);
    this.#running = { child, media: connectMedia(messagePortChannel(port2)), exited };
  }

  /** Lets a page talk to the engine over the other end of this port. */
  connect(port: MessagePortMain): void {
    if (this.#running) order(this.#running.child, { kind: 'calls' }, port);
    else port.close();
  }

  /** A picture of the open library, or null. Rejects while there is no engine. */
  async media(kind: MediaKind, id: string): Promise<Media | null> {
    if (!this.#running) throw new Error('The engine is not running.');
    return await this.#running.media.media(kind, id);
  }

  /** Lets the engine close its library, then ends the process; ends it anyway when that takes too long. */
  async close(): Promise<void> {
    this.#closing = true;
    if (!this.#running) return;
    const { child, exited } = this.#running;
    order(child, { kind: 'close' });
    const limit = setTimeout(() => child.kill(), CLOSING_LIMIT);
    await exited;
    clearTimeout(limit);
  }
}

/** Under Node where there must be one. See [Note: The engine under Node]. */
function startChild(): Child {
  const script = builtPath('node', 'engine.js');
  const node = engineNode();
  return node
    ? new NodeProcess(node, script)
    : utilityProcess.fork(script, [], { serviceName: 'Photolex engine', stdio: 'inherit' });
}

function order(child: Child, message: HostOrder, port?: MessagePortMain): void {
  child.postMessage(message, port ? [port] : []);
}
