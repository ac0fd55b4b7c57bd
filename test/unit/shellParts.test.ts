import { describe, expect, it, vi } from 'vitest';
import { menuTemplate } from '../../electron/main/menu.ts';
import { isExternalLink, isOwnUrl, isTrustedFrame } from '../../electron/main/urls.ts';
import { defaultWindowState, onSomeDisplay, parseWindowState } from '../../electron/main/windowState.ts';

describe('addresses', () => {
  it.each([
    ['photolex://app/', true],
    ['photolex://app/media/photo/1?x=1', true],
    ['photolex://app.example.com/', false],
    ['photolex://user@app:80/', false],
    ['photolex:app', false],
    ['https://app/', false],
    ['about:blank', false],
    ['', false],
  ])('%s is ours: %s', (url, ours) => {
    expect(isOwnUrl(url)).toBe(ours);
  });

  it.each([
    ['https://example.com/page', true],
    ['http://example.com', false],
    ['https://user:word@example.com', false],
    ['javascript:alert(1)', false],
    ['file:///etc/passwd', false],
    ['mailto:a@example.com', false],
    ['not a link', false],
  ])('%s may open in a browser: %s', (url, may) => {
    expect(isExternalLink(url)).toBe(may);
  });

  it('trusts the top frame of our page only', () => {
    const top = { url: 'photolex://app/', parent: null };
    expect(isTrustedFrame(top)).toBe(true);
    expect(isTrustedFrame({ ...top, parent: top })).toBe(false);
    expect(isTrustedFrame(null)).toBe(false);
  });
});

describe('the state of the window', () => {
  it('is the default where the file is anything else', () => {
    for (const text of ['', '{', 'null', '{"width":1}', '{"width":"900","height":700,"maximized":false}']) {
      expect(parseWindowState(text)).toEqual(defaultWindowState);
    }
    const state = { x: -5, y: 10, width: 900, height: 700, maximized: true };
    expect(parseWindowState(JSON.stringify(state))).toEqual(state);
  });

  it('loses a position that no display shows', () => {
    const size = { width: 900, height: 700, maximized: false };
    const displays = [
      { x: 0, y: 0, width: 1920, height: 1080 },
      { x: 1920, y: 200, width: 1280, height: 800 },
    ];
    for (const [x, y] of [
      [0, 0],
      [2500, 300],
      [-800, 500],
    ]) {
      expect(onSomeDisplay({ ...size, x: x!, y: y! }, displays)).toEqual({ ...size, x, y });
    }
    for (const [x, y] of [
      [-870, 500],
      [2500, 100],
      [4000, 300],
      [100, 1060],
      [100, -20],
    ]) {
      expect(onSomeDisplay({ ...size, x: x!, y: y! }, displays)).toEqual(size);
    }
    expect(onSomeDisplay(size, displays)).toEqual(size);
  });
});

describe('the menu', () => {
  const roles = (platform: NodeJS.Platform) =>
    JSON.stringify(menuTemplate({ platform, send: vi.fn(), showDataFolder: vi.fn() }));

  it('follows the system', () => {
    expect(roles('darwin')).toContain('"role":"appMenu"');
    expect(roles('darwin')).not.toContain('"role":"quit"');
    expect(roles('win32')).not.toContain('"role":"appMenu"');
    expect(roles('linux')).toContain('"role":"quit"');
  });

  it('gives no accelerator away twice', () => {
    const accelerators = [...roles('linux').matchAll(/"accelerator":"([^"]+)"/g)].map(([, keys]) => keys);
    expect(accelerators).toHaveLength(3);
    expect(new Set(accelerators).size).toBe(accelerators.length);
  });
});
