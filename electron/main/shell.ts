/**
 * The desktop application: one instance, one window, one engine process, and the wires between them. It decides nothing
 * about photos.
 */
import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  session,
  shell as system,
} from 'electron';
import { userDataFolder } from '../../native/runtime.ts';
import type { ShellCommand } from '../engine/wire.ts';
import { channels } from '../preload/channels.ts';
import { EngineProcess } from './engineProcess.ts';
import { menuTemplate } from './menu.ts';
import { handleScheme, registerScheme } from './protocol.ts';
import { isTrainer, lockIn, prepareTrainerSession, userWindows } from './trainerWindow.ts';
import { isTrustedFrame } from './urls.ts';
import { confine, denyPermissions, openWindow, reviver } from './window.ts';

/** Starts the application, or leaves it to the instance that already runs. */
export function startShell(): void {
  app.setName('Photolex');
  // Beside the engine's data, so that another PHOTOLEX_HOME is another instance too.
  app.setPath('userData', join(userDataFolder(), 'window'));
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  // Who starts it without, as root must, would get no window at all.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  registerScheme();
  app.on('web-contents-created', (_event, contents) =>
    isTrainer(contents) ? lockIn(contents) : confine(contents),
  );
  app.on('window-all-closed', quitWithoutWindow);
  app
    .whenReady()
    .then(open)
    .catch((error: unknown) => {
      dialog.showErrorBox('Photolex cannot start', error instanceof Error ? error.message : String(error));
      app.exit(1);
    });
}

/** The application ends with its last window, but for a Mac. A window that trains is none. */
function quitWithoutWindow(): void {
  if (process.platform !== 'darwin' && userWindows().length === 0) app.quit();
}

function openUserWindow(): BrowserWindow {
  const window = openWindow();
  window.once('closed', quitWithoutWindow);
  return window;
}

function open(): void {
  const engine = new EngineProcess((reason) => void offerRestart(engine, reason));
  engine.start();
  denyPermissions(session.defaultSession);
  handleScheme((kind, id) => engine.media(kind, id));
  prepareTrainerSession();
  handleMessages(engine);
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate({
        platform: process.platform,
        send: sendCommand,
        showDataFolder: () => void system.openPath(userDataFolder()),
      }),
    ),
  );
  const revive = reviver((reason) => void offerRestart(engine, reason));
  app.on('render-process-gone', (_event, contents, { reason }) => {
    // The training process hears of its window's end, and goes on without it.
    if (!isTrainer(contents)) revive(contents, reason);
  });
  quitAfter(engine);
  openUserWindow();
}

/** What pages may ask. Whatever does not come from our own page is not answered. */
function handleMessages(engine: EngineProcess): void {
  ipcMain.handle(channels.chooseFolder, async (event): Promise<string | null> => {
    if (!isTrustedFrame(event.senderFrame)) throw new Error('This page may not ask for folders.');
    const window = BrowserWindow.fromWebContents(event.sender);
    const options = { properties: ['openDirectory' as const, 'createDirectory' as const] };
    const { filePaths } = await (window
      ? dialog.showOpenDialog(window, options)
      : dialog.showOpenDialog(options));
    return filePaths[0] ?? null;
  });
  ipcMain.on(channels.connect, (event) => {
    const frame = event.senderFrame;
    if (!frame || !isTrustedFrame(frame)) return;
    const { port1, port2 } = new MessageChannelMain();
    engine.connect(port1);
    frame.postMessage(channels.enginePort, null, [port2]);
  });
}

/** Sends a command of the menu to the window, opening one first where all are closed, as on a Mac. */
function sendCommand(command: ShellCommand): void {
  const [window] = userWindows();
  if (window) {
    window.webContents.send(channels.command, command);
    return;
  }
  const { webContents } = openUserWindow();
  webContents.once('did-finish-load', () => webContents.send(channels.command, command));
}

function focusWindow(): void {
  const window = userWindows()[0] ?? openUserWindow();
  if (window.isMinimized()) window.restore();
  window.focus();
}

/** Tells that the engine or the page died and starts it again if the user wants; pages reload, because their ports are dead. */
async function offerRestart(engine: EngineProcess, reason: string): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title: 'Photolex',
    message: 'Photolex stopped unexpectedly.',
    detail: `${reason}\n\nYour photos are untouched, and what was learned is saved.`,
    buttons: ['Restart', 'Quit'],
    defaultId: 0,
    cancelId: 1,
  });
  if (response !== 0) {
    app.quit();
    return;
  }
  engine.start();
  for (const window of userWindows()) window.webContents.reload();
}

/**
 * Lets the engine close its library before the application ends, and before the window that trains is closed under it. Whoever
 * starts the application again gets its window, or, while it ends, a new one after it.
 */
function quitAfter(engine: EngineProcess): void {
  let closing = false;
  let closed = false;
  let wantedAgain = false;
  const show = (): void => {
    if (closing) wantedAgain = true;
    else focusWindow();
  };
  app.on('second-instance', show);
  app.on('activate', show);
  app.on('before-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    if (closing) return;
    closing = true;
    for (const window of userWindows()) window.hide();
    void engine.close().finally(() => {
      closed = true;
      if (wantedAgain) app.relaunch();
      app.quit();
    });
  });
}
