/** The application's menu. What it asks of the page goes through `send`; the rest is the system's. */
import type { MenuItemConstructorOptions } from 'electron';
import type { ShellCommand } from '../engine/wire.ts';

export interface MenuActions {
  platform: NodeJS.Platform;
  send(command: ShellCommand): void;
  showDataFolder(): void;
}

/** The menu as Electron wants it. */
export function menuTemplate({ platform, send, showDataFolder }: MenuActions): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const command = (label: string, name: ShellCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    id: name,
    click: () => send(name),
    ...(accelerator && { accelerator }),
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        command('Open Folder…', 'open-folder', 'CmdOrCtrl+O'),
        command('Import…', 'import', 'CmdOrCtrl+I'),
        command('Open Library…', 'open-library', 'CmdOrCtrl+Shift+O'),
        command('Sample Album', 'sample-album'),
        separator,
        { role: mac ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        separator,
        { role: 'reload' },
        { role: 'toggleDevTools' },
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        { label: 'Show Data Folder', id: 'data-folder', click: showDataFolder },
        ...(mac ? [] : [separator, { role: 'about' } as const]),
      ],
    },
  ];
}
