/** The one window: sandboxed, isolated from Node, and unable to go anywhere but to its own page. */
import { join } from 'node:path';
import { app, BrowserWindow, type Session, screen, shell, type WebContents } from 'electron';
import { builtPath } from '../../native/runtime.ts';
import { isExternalLink, isOwnUrl, PAGE_URL } from './urls.ts';
import { onSomeDisplay, readWindowState, writeWindowState } from './windowState.ts';

/** Opens the window where it was when it was last closed. */
export function openWindow(): BrowserWindow {
  const statePath = join(app.getPath('userData'), 'window.json');
  const displays = screen.getAllDisplays().map((display) => display.workArea);
  const { maximized, ...bounds } = onSomeDisplay(readWindowState(statePath), displays);
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 480,
    minHeight: 320,
    title: 'Photolex',
    show: false,
    webPreferences: {
      preload: builtPath('electron', 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      spellcheck: false,
    },
  });
  if (maximized) window.maximize();
  // Shown once it is drawn, so that nobody sees it white.
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    const state = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    try {
      writeWindowState(statePath, state);
    } catch (error) {
      console.error(`The place of the window could not be kept in ${statePath}.`, error);
    }
  });
  void window.loadURL(PAGE_URL);
  return window;
}

/** Milliseconds within which a second crash of the page is not left to chance. */
const SOON = 60_000;

/** Hears of pages that crashed, which leave their window blank, and loads them again; if it happens again soon, `ask` is told why instead. */
export function reviver(ask: (reason: string) => void): (contents: WebContents, reason: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (contents, reason) => {
    if (reason === 'clean-exit') return;
    const now = performance.now();
    const again = now - last < SOON;
    last = now;
    if (again) ask(`The page of the window ended (${reason}).`);
    else contents.reload();
  };
}

/** Keeps whatever is shown anywhere in the application from leaving its page. Links go to the system's browser. */
export function confine(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (isOwnUrl(event.url)) return;
    event.preventDefault();
    openLink(event.url);
  });
  contents.on('will-redirect', (event) => {
    if (!isOwnUrl(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url);
    return { action: 'deny' };
  });
}

/** Denies every permission: the application needs no camera, no place, no notifications. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
}

function openLink(url: string): void {
  if (isExternalLink(url)) void shell.openExternal(url);
}
