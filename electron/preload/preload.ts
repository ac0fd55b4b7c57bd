/**
 * Runs in the window before its page, in a world of its own, and hands over two things: the port to the engine, and the
 * few services of the desktop that a page cannot have itself. Nothing of Electron or Node reaches the page.
 */
import { contextBridge, type IpcRendererEvent, ipcRenderer, webUtils } from 'electron';
import type { ShellBridge, ShellCommand } from '../engine/wire.ts';
import { channels } from './channels.ts';
import { handOver } from './ports.ts';

const bridge: ShellBridge = {
  chooseFolder: () => ipcRenderer.invoke(channels.chooseFolder),
  pathOf: (file) => webUtils.getPathForFile(file),
  onCommand: (listener) => {
    // The event names its sender, so only the command goes on.
    const forward = (_event: IpcRendererEvent, command: ShellCommand) => listener(command);
    ipcRenderer.on(channels.command, forward);
    return () => {
      ipcRenderer.off(channels.command, forward);
    };
  },
};
contextBridge.exposeInMainWorld('photolex', bridge);

handOver(channels.enginePort);
ipcRenderer.send(channels.connect);
