/** The port between a process that the desktop application's main process has started and main: what is asked, and the ports it brings. */
import { type Channel, messagePortChannel } from '../channel.ts';

/** A port from main: for the engine's calls to this process, or to the window that trains. */
export type ShellGift = { kind: 'calls' } | { kind: 'window' };

/** What a process asks of main: the window that trains, which lives as long as the port to it. */
export interface ShellWish {
  kind: 'window';
}

/** Electron's `process.parentPort`. */
interface ShellPort {
  on(
    type: 'message',
    listener: (event: { data: ShellGift; ports: Parameters<typeof messagePortChannel>[0][] }) => void,
  ): unknown;
  postMessage(message: ShellWish): void;
}

/** Null in a process that Electron did not start. */
export const shellPort = (process as unknown as { parentPort?: ShellPort }).parentPort ?? null;

/** The channel that main brings for this. */
export function portFor(kind: ShellGift['kind'], from: ShellPort): Promise<Channel> {
  return new Promise((resolve) => {
    from.on('message', ({ data, ports: [port] }) => {
      if (data.kind === kind && port) resolve(messagePortChannel(port));
    });
  });
}

/** Has main open the window that trains. */
export function openWindow(port: ShellPort): Promise<Channel> {
  const channel = portFor('window', port);
  port.postMessage({ kind: 'window' });
  return channel;
}
