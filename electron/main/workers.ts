/** The processes that the engine has main start, and the window of the one that trains. See [Note: Training in a window]. */
import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron';
import { builtPath } from '../../native/runtime.ts';
import type { HostOrder, WorkerOrder } from '../engine/host.ts';
import type { ShellGift, ShellWish } from '../engine/workers/shellPort.ts';
import { endOf, lastOutput, lowerPriority } from '../engine/workers/workerProcess.ts';
import { openTrainerWindow } from './trainerWindow.ts';

export class Workers {
  readonly #answer: (order: HostOrder, port?: MessagePortMain) => void;
  readonly #running = new Map<number, UtilityProcess>();

  /** @param answer tells the engine */
  constructor(answer: (order: HostOrder, port?: MessagePortMain) => void) {
    this.#answer = answer;
  }

  /** Does what the engine asks. */
  hear(order: WorkerOrder): void {
    if (order.kind === 'start-worker') this.#start(order);
    else this.#running.get(order.id)?.kill();
  }

  #start({ id, name }: Extract<WorkerOrder, { kind: 'start-worker' }>): void {
    const child = utilityProcess.fork(builtPath('node', `${name}.js`), [], {
      serviceName: `Photolex ${name.replace('-', ' ')}`,
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    this.#running.set(id, child);
    const printed = lastOutput(child.stderr);
    child.once('spawn', () => lowerPriority(child.pid));
    let closeWindow: (() => void) | null = null;
    child.on('message', (wish: ShellWish) => {
      if (wish.kind !== 'window') return;
      closeWindow?.();
      const { port1, port2 } = new MessageChannelMain();
      closeWindow = openTrainerWindow(port2);
      give(child, { kind: 'window' }, port1);
    });
    let failure: string | null = null;
    child.on('error', (what, place) => {
      failure = `${what} in ${place}`;
    });
    child.once('exit', (code) => {
      closeWindow?.();
      this.#running.delete(id);
      this.#answer({ kind: 'worker-ended', id, how: endOf(failure ?? `code ${code}`, printed()) });
    });
    const { port1, port2 } = new MessageChannelMain();
    give(child, { kind: 'calls' }, port1);
    this.#answer({ kind: 'worker', id }, port2);
  }

  /** Ends all, as when their engine is gone. */
  stop(): void {
    for (const child of this.#running.values()) child.kill();
  }
}

function give(child: UtilityProcess, gift: ShellGift, port: MessagePortMain): void {
  child.postMessage(gift, [port]);
}
