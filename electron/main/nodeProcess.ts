/** A process under Node, with as much of a utility process as the engine's needs. See [Note: The engine under Node]. */
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import type { MessagePortMain } from 'electron';
import { decodeMessage, encodeMessage } from '../engine/channel.ts';
import type { HostOrder } from '../engine/host.ts';
import type { LineMessage } from '../engine/hostLine.ts';

/** Tells `message`, what the process told its host, `error`, why it could not be started, and once `exit`, with its code. */
export class NodeProcess extends EventEmitter {
  readonly #child: ChildProcess;
  readonly #ports = new Map<number, MessagePortMain>();
  #nextPort = 0;

  /** Starts a script under `node`. */
  constructor(node: string, script: string) {
    super();
    this.#child = spawn(node, [script], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', (message: LineMessage) => this.#hear(message));
    // Without a process there is no exit to come.
    this.#child.on('error', ({ message }) => {
      if (this.#child.pid !== undefined) return;
      this.emit('error', message);
      this.#end(1);
    });
    // A signal as a shell would have it.
    this.#child.once('exit', (code, signal) => this.#end(code ?? 128 + constants.signals[signal!]));
  }

  /** Gives an order; whatever arrives at the port that it brings is passed on, both ways. */
  postMessage(order: HostOrder, [port]: MessagePortMain[] = []): void {
    const id = port ? this.#open(port) : null;
    this.#send({ kind: 'order', order, port: id });
  }

  kill(): boolean {
    return this.#child.kill();
  }

  #open(port: MessagePortMain): number {
    const id = this.#nextPort++;
    this.#ports.set(id, port);
    port.on('message', ({ data }) => this.#send({ kind: 'data', port: id, text: encodeMessage(data) }));
    port.on('close', () => {
      if (this.#ports.delete(id)) this.#send({ kind: 'close', port: id });
    });
    port.start();
    return id;
  }

  #hear(message: LineMessage): void {
    if (message.kind === 'told') this.emit('message', message.message);
    else if (message.kind === 'data') this.#ports.get(message.port)?.postMessage(decodeMessage(message.text));
    else if (message.kind === 'close') this.#close(message.port);
  }

  #send(message: LineMessage): void {
    // What can no longer be sent is told by the exit.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #close(id: number): void {
    const port = this.#ports.get(id);
    this.#ports.delete(id);
    port?.close();
  }

  /** Ports end with their process. */
  #end(code: number): void {
    for (const id of this.#ports.keys()) this.#close(id);
    this.emit('exit', code);
  }
}
