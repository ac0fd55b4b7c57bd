/** Hands ports that main sends over to the page. Nothing else of Electron reaches it. */
import { type IpcRendererEvent, ipcRenderer } from 'electron';
import { PORT_MESSAGE } from '../engine/channel.ts';

/** Passes on the ports of a channel, once the page's scripts have run, so that someone listens. */
export function handOver(channel: string): void {
  const loaded = new Promise<void>((resolve) => {
    window.addEventListener('DOMContentLoaded', () => resolve(), { once: true });
  });
  ipcRenderer.on(channel, async (event: IpcRendererEvent) => {
    await loaded;
    // To this window alone; the target need not be named, because it can show no other page.
    window.postMessage(PORT_MESSAGE, '*', event.ports);
  });
}
