/**
 * The window that trains: hidden, sandboxed, in a session of its own that knows one page and no network. It speaks to the training
 * process over one port and lives as long as that. See [Note: Training in a window].
 */
import { BrowserWindow, type MessagePortMain, type Session, session, type WebContents } from 'electron';
import { builtPath } from '../../native/runtime.ts';
import { channels } from '../preload/channels.ts';
import { createSite } from '../server/site.ts';
import { answer } from './protocol.ts';
import { isTrainerUrl, SCHEME, TRAINER_SECURITY_POLICY, TRAINER_URL } from './urls.ts';
import { denyPermissions } from './window.ts';

/** Kept in memory: the page has nothing to store. */
const PARTITION = 'trainer';

const trainerSession = (): Session => session.fromPartition(PARTITION);

/** Whether these contents are those of a window that trains. */
export const isTrainer = (contents: WebContents): boolean => contents.session === trainerSession();

/** The windows that the user sees. */
export function userWindows(): BrowserWindow[] {
  return BrowserWindow.getAllWindows().filter(
    (window) => !window.isDestroyed() && !isTrainer(window.webContents),
  );
}

/** Readies the session, once. */
export function prepareTrainerSession(): void {
  const own = trainerSession();
  const site = createSite({ root: builtPath('trainer'), media: async () => null });
  own.protocol.handle(SCHEME, async (request) => {
    const response = await answer(site, request, isTrainerUrl);
    response.headers.set('Content-Security-Policy', TRAINER_SECURITY_POLICY);
    return response;
  });
  own.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !isTrainerUrl(url) }));
  denyPermissions(own);
}

/** Keeps the page where it is. */
export function lockIn(contents: WebContents): void {
  for (const leaving of ['will-navigate', 'will-redirect', 'will-attach-webview'] as const)
    contents.on(leaving as 'will-navigate', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** Opens the window and hands it the port, which closes with it. @returns what closes it */
export function openTrainerWindow(port: MessagePortMain): () => void {
  const window = new BrowserWindow({
    show: false,
    title: 'Photolex trains',
    webPreferences: {
      preload: builtPath('electron', 'trainerPreload.cjs'),
      partition: PARTITION,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      spellcheck: false,
      // It works although nobody sees it.
      backgroundThrottling: false,
    },
  });
  const { webContents } = window;
  let handed = false;
  const close = (): void => {
    if (!handed) port.close();
    handed = true;
    if (!window.isDestroyed()) window.destroy();
  };
  webContents.once('did-finish-load', () => {
    handed = true;
    webContents.postMessage(channels.trainerPort, null, [port]);
  });
  webContents.once('did-fail-load', close);
  webContents.once('render-process-gone', close);
  // If it fails, did-fail-load says so too.
  window.loadURL(TRAINER_URL).catch(() => {});
  return close;
}
