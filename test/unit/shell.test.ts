/** The desktop shell as its parts meet: main, preload and page over a fake Electron, with a stub behind the engine's process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBirpc } from 'birpc';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { messagePortChannel } from '../../electron/engine/channel.ts';
import { connectEngine, pageChannel, type ShellBridge } from '../../electron/engine/wire.ts';
import { startWorker } from '../../electron/engine/workers/workerProcess.ts';
import type { menuTemplate } from '../../electron/main/menu.ts';
import { startShell } from '../../electron/main/shell.ts';
import { channels } from '../../electron/preload/channels.ts';
import { electron, FakeBrowserWindow, fake } from '../fixtures/fakeElectron.ts';
import { type StubEngine, stubEngine } from '../fixtures/stubEngine.ts';
import { until } from '../fixtures/until.ts';

vi.mock('electron', async () => (await import('../fixtures/fakeElectron.ts')).electron);

let home: string;
let engine: StubEngine;
let pages = 0;

beforeEach(() => {
  fake.reset();
  home = mkdtempSync(join(tmpdir(), 'photolex-shell-'));
  vi.stubEnv('PHOTOLEX_HOME', home);
  // A process of Electron's, which the fake one has.
  vi.stubEnv('PHOTOLEX_ENGINE_NODE', '');
  engine = stubEngine(
    { about: () => ({ version: '1', device: 'none', homeFolder: '/' }) },
    { 'thumbnail/1': { type: 'image/webp', bytes: new Uint8Array([1, 2, 3]) } },
  );
  fake.createEngine = async () => engine;
});
afterEach(() => {
  fake.reset();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  rmSync(home, { recursive: true, force: true });
});

async function start(): Promise<FakeBrowserWindow> {
  startShell();
  await until(() => FakeBrowserWindow.all.length > 0);
  return FakeBrowserWindow.all[0]!;
}

/** The window's page: runs the preload script, and then is loaded. */
async function loadPage(): Promise<Window & { photolex: ShellBridge }> {
  const target = new EventTarget();
  const page = Object.assign(target, {
    postMessage: (data: unknown, _origin: string, ports: unknown[]) =>
      target.dispatchEvent(Object.assign(new Event('message'), { data, ports, source: target })),
  }) as unknown as Window & { photolex: ShellBridge };
  vi.stubGlobal('window', page);
  // Each page runs the script anew; the query makes it another module.
  const script = `../../electron/preload/preload.ts?page=${pages++}`;
  await import(/* @vite-ignore */ script);
  page.photolex = fake.exposed.photolex as ShellBridge;
  return page;
}

type MenuItem = ReturnType<typeof menuTemplate>[number];

/** Clicks an item of the menu by its id. */
function click(id: string): void {
  const template = electron.Menu.buildFromTemplate.mock.calls[0]?.[0] as MenuItem[];
  const items = template.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
  items.find((item) => item.id === id)?.click?.({} as never, undefined, {} as never);
}

const loaded = (page: Window) => page.dispatchEvent(new Event('DOMContentLoaded'));

describe('starting', () => {
  it('opens one sandboxed window on its own page, with a proper origin', async () => {
    const window = await start();
    expect(electron.protocol.registerSchemesAsPrivileged.mock.calls[0]?.[0]).toMatchObject([
      { scheme: 'photolex', privileges: { standard: true, secure: true } },
    ]);
    expect(electron.app.enableSandbox).toHaveBeenCalled();
    expect(FakeBrowserWindow.all).toHaveLength(1);
    expect(window.webContents.mainFrame.url).toBe('photolex://app/');
    expect(window.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      preload: expect.stringMatching(/preload\.cjs$/),
    });
    expect(fake.children.map(({ path }) => path)).toEqual([expect.stringMatching(/engine\.js$/)]);
  });

  it('leaves it to the instance that runs, whose window comes to the front', async () => {
    fake.onlyInstance = false;
    startShell();
    expect(electron.app.quit).toHaveBeenCalledOnce();
    expect(fake.children).toEqual([]);

    fake.reset();
    const window = await start();
    electron.app.emit('second-instance');
    expect(window.restore).toHaveBeenCalledOnce();
    expect(window.focus).toHaveBeenCalledOnce();
    expect(FakeBrowserWindow.all).toHaveLength(1);
  });

  it('denies every permission', async () => {
    await start();
    const { setPermissionRequestHandler, setPermissionCheckHandler, setDevicePermissionHandler } =
      electron.session.defaultSession;
    const decide = vi.fn();
    setPermissionRequestHandler.mock.calls[0]?.[0]({}, 'geolocation', decide);
    expect(decide).toHaveBeenCalledExactlyOnceWith(false);
    expect(setPermissionCheckHandler.mock.calls[0]?.[0]()).toBe(false);
    expect(setDevicePermissionHandler.mock.calls[0]?.[0]()).toBe(false);
  });
});

describe('the page', () => {
  it('gets a port to the engine when it can listen, and calls and events cross it', async () => {
    await start();
    const page = await loadPage();
    const connection = connectEngine(pageChannel(page));
    const about = connection.calls.about();
    const received = vi.fn();
    connection.on('library', received);
    expect(engine.received).toEqual([]);
    loaded(page);
    await expect(about).resolves.toMatchObject({ version: '1' });
    engine.tell('library', null);
    await connection.calls.about();
    expect(received.mock.calls).toEqual([[null]]);
  });

  it('chooses folders with the system, and knows where a dropped file is', async () => {
    await start();
    const { photolex } = await loadPage();
    await expect(photolex.chooseFolder()).resolves.toBeNull();
    electron.dialog.showOpenDialog.mockResolvedValueOnce({ filePaths: ['/photos'] });
    await expect(photolex.chooseFolder()).resolves.toBe('/photos');
    expect(photolex.pathOf({ name: 'a.jpg' } as File)).toBe('/disk/a.jpg');
  });

  it('hears the commands of the menu until it stops listening', async () => {
    await start();
    const { photolex } = await loadPage();
    const heard = vi.fn();
    const stop = photolex.onCommand(heard);
    for (const id of ['open-folder', 'import', 'open-library', 'sample-album']) click(id);
    stop();
    click('import');
    expect(heard.mock.calls).toEqual([['open-folder'], ['import'], ['open-library'], ['sample-album']]);
    click('data-folder');
    expect(electron.shell.openPath).toHaveBeenCalledExactlyOnceWith(home);
  });

  it('is opened for a command where no window is', async () => {
    (await start()).close();
    click('import');
    const [window] = FakeBrowserWindow.all;
    const heard = vi.fn();
    electron.ipcRenderer.on(channels.command, (_event, command) => heard(command));
    window?.webContents.emit('did-finish-load');
    expect(heard).toHaveBeenCalledExactlyOnceWith('import');
  });

  it('gets its pictures from the engine', async () => {
    await start();
    const picture = await fake.request!(new Request('photolex://app/media/thumbnail/1'));
    expect(picture.headers.get('content-type')).toBe('image/webp');
    expect(new Uint8Array(await picture.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
    expect((await fake.request!(new Request('photolex://app/media/thumbnail/2'))).status).toBe(404);
    expect((await fake.request!(new Request('photolex://elsewhere/media/thumbnail/1'))).status).toBe(404);
  });
});

describe('whoever is not the page', () => {
  const strangers = [
    { url: 'https://example.com/', parent: null },
    { url: 'photolex://other/', parent: null },
    { url: 'photolex://app/frame.html', parent: { url: 'photolex://app/', parent: null } },
  ];

  it.each(strangers)('gets no port and no dialog: $url', async (frame) => {
    const window = await start();
    const postMessage = vi.fn();
    const event = { sender: window.webContents, senderFrame: { ...frame, postMessage } };
    electron.ipcMain.emit(channels.connect, event);
    expect(postMessage).not.toHaveBeenCalled();
    await expect(fake.handlers.get(channels.chooseFolder)!(event)).rejects.toThrow(/may not ask/);
    expect(electron.dialog.showOpenDialog).not.toHaveBeenCalled();
  });

  it('is never navigated to; https links open in the browser of the system', async () => {
    const { webContents } = await start();
    expect(webContents.navigate('photolex://app/')).toBe(true);
    for (const url of [
      'https://example.com/a',
      'file:///etc/passwd',
      'http://example.com',
      'photolex://x/',
    ]) {
      expect(webContents.navigate(url)).toBe(false);
      expect(webContents.navigate(url, 'will-redirect')).toBe(false);
      expect(webContents.openHandler?.({ url })).toEqual({ action: 'deny' });
    }
    expect(webContents.navigate('', 'will-attach-webview')).toBe(false);
    expect(electron.shell.openExternal.mock.calls).toEqual([
      ['https://example.com/a'],
      ['https://example.com/a'],
    ]);
  });
});

describe('the engine process', () => {
  it('that dies is reported, and started again with the page if the user wants', async () => {
    const window = await start();
    const page = await loadPage();
    const connection = connectEngine(pageChannel(page));
    loaded(page);
    await connection.calls.about();
    const closed = new Promise((resolve) => connection.onClose(resolve));
    electron.dialog.showMessageBox.mockResolvedValueOnce({ response: 0 });
    fake.children[0]?.end(139);
    await expect(closed).resolves.toMatchObject({ code: 'engine-closed' });
    await until(() => fake.children.length === 2);
    expect(electron.dialog.showMessageBox.mock.calls[0]?.[0].detail).toContain('139');
    expect(window.webContents.reload).toHaveBeenCalledOnce();
    const picture = await fake.request!(new Request('photolex://app/media/thumbnail/1'));
    expect(picture.status).toBe(200);
  });

  it('that cannot start says why', async () => {
    fake.createEngine = async () => {
      throw new Error('The settings cannot be read.');
    };
    await start();
    await until(() => electron.app.quit.mock.calls.length > 0);
    expect(electron.dialog.showMessageBox.mock.calls[0]?.[0].detail).toContain(
      'The settings cannot be read.',
    );
  });

  it('that fails inside says how, also where it is no process yet', async () => {
    await start();
    fake.children[0]?.emit('error', 'FatalError', 'v8::Heap', '{}');
    fake.children[0]?.end(134);
    await until(() => electron.dialog.showMessageBox.mock.calls.length > 0);
    expect(electron.dialog.showMessageBox.mock.calls[0]?.[0].detail).toContain(
      'The engine failed: FatalError in v8::Heap.',
    );
    fake.reset();
    vi.stubEnv('PHOTOLEX_ENGINE_NODE', '/nowhere/node');
    await start();
    await until(() => electron.dialog.showMessageBox.mock.calls.length > 0);
    expect(electron.dialog.showMessageBox.mock.calls[0]?.[0].detail).toContain(
      'The engine failed: spawn /nowhere/node ENOENT.',
    );
  });

  it('answers no picture while it is down', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await start();
    fake.children[0]?.end(1);
    expect((await fake.request!(new Request('photolex://app/media/thumbnail/1'))).status).toBe(503);
  });

  it('closes its library before the application ends', async () => {
    await start();
    const quit = () => {
      const event = { preventDefault: vi.fn() };
      electron.app.emit('before-quit', event);
      return event.preventDefault.mock.calls.length > 0;
    };
    expect(quit()).toBe(true);
    await until(() => electron.app.quit.mock.calls.length > 0);
    expect(engine.closed).toBe(true);
    expect(electron.dialog.showMessageBox).not.toHaveBeenCalled();
    expect(quit()).toBe(false);
    expect(electron.app.relaunch).not.toHaveBeenCalled();
  });

  it('starts again after it has ended, for whoever started it meanwhile', async () => {
    const window = await start();
    electron.app.emit('before-quit', { preventDefault: () => {} });
    electron.app.emit('second-instance');
    await until(() => electron.app.quit.mock.calls.length > 0);
    expect(electron.app.relaunch).toHaveBeenCalledOnce();
    expect(window.focus).not.toHaveBeenCalled();
  });
});

describe('the window', () => {
  it('comes back where it was', async () => {
    const window = await start();
    expect(window.options).toMatchObject({ width: 1280, height: 840 });
    window.maximize();
    window.close();
    fake.reset();
    const again = await start();
    expect(again.options).toMatchObject({ x: 40, y: 50, width: 1280, height: 840 });
    expect(again.maximized).toBe(true);
  });
});

describe('a page that crashes', () => {
  const crash = (window: FakeBrowserWindow, reason: string) =>
    electron.app.emit('render-process-gone', {}, window.webContents, { reason });

  it('is loaded again; one that crashes again soon is left to the user', async () => {
    const window = await start();
    const { reload } = window.webContents;
    crash(window, 'clean-exit');
    expect(reload).not.toHaveBeenCalled();
    crash(window, 'oom');
    expect(reload).toHaveBeenCalledOnce();
    electron.dialog.showMessageBox.mockResolvedValueOnce({ response: 0 });
    crash(window, 'crashed');
    expect(reload).toHaveBeenCalledOnce();
    expect(electron.dialog.showMessageBox.mock.calls[0]?.[0].detail).toContain(
      'The page of the window ended (crashed).',
    );
    await until(() => reload.mock.calls.length === 2);
    expect(fake.children).toHaveLength(1);
  });
});

describe('the process that trains', () => {
  interface Training {
    double(value: number): number;
  }

  /** Has the engine start it, answers its calls as it would, and has it ask for its window. */
  async function train() {
    const launched = Promise.withResolvers<ReturnType<typeof startWorker<Training, object>>>();
    fake.createEngine = async (launch) => {
      // As a process does, it speaks only after main can listen.
      await Promise.resolve();
      launched.resolve(startWorker<Training, object>('train-worker', {}, launch));
      return engine;
    };
    const user = await start();
    const handle = await launched.promise;
    const worker = await until(() => fake.workers[0]);
    const [calls] = worker.received;
    expect(calls!.message).toEqual({ kind: 'calls' });
    const channel = messagePortChannel(calls!.port as never);
    createBirpc<object, Training>(
      { double: (value) => 2 * value },
      { post: (message) => channel.send(message), on: (listener) => channel.onMessage(listener) },
    );
    worker.emit('message', { kind: 'window' });
    const window = FakeBrowserWindow.all.find((other) => other !== user)!;
    const gift = worker.received.at(-1)!;
    expect(gift.message).toEqual({ kind: 'window' });
    const port = messagePortChannel(gift.port as never);
    const closed = new Promise<void>((resolve) => port.onClose?.(resolve));
    return { user, handle, worker, window, port, closed };
  }

  it('is started by main for the engine, and answers it', async () => {
    const { handle, worker } = await train();
    expect(worker.path).toMatch(/train-worker\.js$/);
    expect(await handle.calls.double(21)).toBe(42);
    await handle.stop();
    await expect(handle.calls.double(1)).rejects.toThrow();
  });

  it('tells the engine when it ends by itself', async () => {
    const { handle, worker } = await train();
    const answer = handle.calls.double(1);
    worker.end(134);
    await expect(answer).rejects.toThrow(/train worker cannot answer: it ended unexpectedly \(code 134\)/);
  });

  it('that fails inside says how', async () => {
    const { handle, worker } = await train();
    const answer = handle.calls.double(1);
    worker.emit('error', 'FatalError', 'v8::Heap', '{}');
    worker.end(134);
    await expect(answer).rejects.toThrow(/ended unexpectedly \(FatalError in v8::Heap\)/);
  });

  it('gets a hidden, sandboxed window with its own page, which only brings its port', async () => {
    const { window, port } = await train();
    expect(window.options).toMatchObject({ show: false });
    expect(window.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      backgroundThrottling: false,
      preload: expect.stringMatching(/trainerPreload\.cjs$/),
    });
    const { webContents } = window;
    expect(webContents.mainFrame.url).toBe('photolex://trainer/');
    expect(webContents.handed).toEqual([]);
    webContents.emit('did-finish-load');
    const page = messagePortChannel(webContents.handed[0]!.port as never);
    const heard = new Promise((resolve) => page.onMessage(resolve));
    port.send({ values: Float32Array.of(1, 2) });
    expect(await heard).toEqual({ values: Float32Array.of(1, 2) });
  });

  it('has a window that goes nowhere, asks nothing and loads nothing but its page', async () => {
    const { window } = await train();
    const { webContents } = window;
    for (const url of ['photolex://app/', 'photolex://trainer/', 'https://example.com/'])
      expect(webContents.navigate(url)).toBe(false);
    expect(webContents.openHandler?.({ url: 'https://example.com/' })).toEqual({ action: 'deny' });
    expect(electron.shell.openExternal).not.toHaveBeenCalled();
    const { onBeforeRequest } = electron.session.fromPartition('trainer').webRequest;
    const answers = ['https://example.com/', 'photolex://app/', 'photolex://trainer/assets/a.js'].map(
      (url) => {
        const decide = vi.fn();
        onBeforeRequest.mock.calls[0]![0]({ url }, decide);
        return decide.mock.calls[0]![0];
      },
    );
    expect(answers).toEqual([{ cancel: true }, { cancel: true }, { cancel: false }]);
    const { request } = electron.session.fromPartition('trainer');
    const page = await request!(new Request('photolex://trainer/nothing.js'));
    expect(page.status).toBe(404);
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    const event = { sender: webContents, senderFrame: webContents.mainFrame };
    await expect(fake.handlers.get(channels.chooseFolder)!(event)).rejects.toThrow(/may not ask/);
  });

  it('takes its window along when it ends', async () => {
    const { user, handle, closed } = await train();
    await handle.stop();
    await closed;
    expect(FakeBrowserWindow.all).toEqual([user]);
  });

  it.each(['did-fail-load', 'render-process-gone'])('is told when its window ends: %s', async (event) => {
    const { user, window, closed } = await train();
    if (event === 'render-process-gone') window.webContents.emit('did-finish-load');
    window.webContents.emit(event);
    await closed;
    expect(FakeBrowserWindow.all).toEqual([user]);
  });

  it('ends with its engine', async () => {
    const { user, closed } = await train();
    fake.children[0]?.end(1);
    await closed;
    expect(FakeBrowserWindow.all).toEqual([user]);
  });

  it.skipIf(process.platform === 'darwin')('keeps no window from being the last', async () => {
    const { user, window } = await train();
    electron.app.emit('second-instance');
    expect(user.focus).toHaveBeenCalledOnce();
    expect(window.focus).not.toHaveBeenCalled();
    expect(electron.app.quit).not.toHaveBeenCalled();
    user.close();
    expect(electron.app.quit).toHaveBeenCalled();
  });
});
