/**
 * The host's orders, and the ports they bring, over the one line between a process and the child that it started: what Electron's
 * message ports do between processes of Electron's own.
 *
 * [Note: The engine under Node]
 * On Linux, Electron loads the GLib of the system into each of its processes, and sharp then frees with that one what its own GLib has
 * made: every picture it reads leaks memory, and with newer systems the process crashes (electron/electron#46323, lovell/sharp#4522).
 * So there the engine of the desktop application runs under Node itself, which the application brings along, with everything that it
 * starts in turn; Dawn, which is not for Electron either, then trains on the graphics card as on the server, and no window has to.
 * Electron keeps the windows. Elsewhere the engine is a process of Electron's.
 *
 * A process of Node's takes no port, so a port here is a number: main passes on what arrives at its end (`electron/main/nodeProcess.ts`),
 * and in the engine's process stands another port for it. What crosses is the JSON of `encodeMessage`, because Electron's V8 and Node's
 * differ in how they clone.
 */
import { EventEmitter } from 'node:events';
import { decodeMessage, encodeMessage } from './channel.ts';
import type { HostFailure, HostOrder, HostPort, WorkerOrder } from './host.ts';

/** What is said on the line. A port is opened by the order that brings it. */
export type LineMessage =
  | { kind: 'order'; order: HostOrder; port: number | null }
  | { kind: 'told'; message: HostFailure | WorkerOrder }
  | { kind: 'data'; port: number; text: string }
  | { kind: 'close'; port: number };

/** The child's end: `process`, where another process has started this one with a line to it. */
export interface Line {
  on(type: 'message', listener: (message: LineMessage) => void): unknown;
  once(type: 'disconnect', listener: () => void): unknown;
  send(message: LineMessage, sent: () => void): unknown;
  readonly connected: boolean;
}

/** The port to the host at the other end of the line. When that end is gone, the engine is asked to close. */
export function hostOnLine(line: Line): HostPort {
  const ports = new Map<number, LinePort>();
  const orders = new EventEmitter();
  const send = (message: LineMessage): void => {
    // What can no longer be sent is told by the disconnection.
    if (line.connected) line.send(message, () => {});
  };
  const open = (id: number): LinePort => {
    const port = new LinePort(
      (text) => send({ kind: 'data', port: id, text }),
      () => {
        ports.delete(id);
        send({ kind: 'close', port: id });
      },
    );
    ports.set(id, port);
    return port;
  };
  line.on('message', (message) => {
    if (message.kind === 'order') {
      const { order, port } = message;
      orders.emit('message', { data: order, ports: port === null ? [] : [open(port)] });
    } else if (message.kind === 'data') ports.get(message.port)?.hear(message.text);
    else if (message.kind === 'close') {
      const port = ports.get(message.port);
      ports.delete(message.port);
      port?.emit('close');
    }
  });
  line.once('disconnect', () => {
    for (const port of ports.values()) port.emit('close');
    orders.emit('message', { data: { kind: 'close' } satisfies HostOrder, ports: [] });
  });
  return {
    on: (type, listener) => orders.on(type, listener),
    postMessage: (message) => send({ kind: 'told', message }),
  };
}

/** The port that stands for main's, in the manner of Electron's. */
class LinePort extends EventEmitter {
  /** What arrived before anybody listened; null since then. */
  #early: string[] | null = [];
  readonly #send: (text: string) => void;
  readonly #end: () => void;

  constructor(send: (text: string) => void, end: () => void) {
    super();
    this.#send = send;
    this.#end = end;
  }

  postMessage(message: unknown): void {
    this.#send(encodeMessage(message));
  }

  hear(text: string): void {
    if (this.#early) this.#early.push(text);
    else this.emit('message', { data: decodeMessage(text) });
  }

  start(): void {
    const early = this.#early ?? [];
    this.#early = null;
    for (const text of early) this.hear(text);
  }

  close(): void {
    this.#end();
  }
}
