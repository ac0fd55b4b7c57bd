import { describe, expect, it } from 'vitest';
import { Access, cookieValue, isLoopbackHost, isSameOrigin } from '../../electron/server/access.ts';
import { parseRange } from '../../electron/server/byteRange.ts';
import { decodePath, parseMediaPath } from '../../electron/server/site.ts';

describe('the host', () => {
  it.each(['127.0.0.1', '127.0.0.1:8080', 'localhost', 'LOCALHOST:1'])('%s is loopback', (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });
  it.each([
    undefined,
    '',
    'example.com',
    '127.0.0.1.example.com',
    'localhost.example.com:80',
    'user@localhost',
    '192.168.1.2',
    'localhost:80:80',
  ])('%s is not', (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });
  it('makes an origin only with its own port', () => {
    expect(isSameOrigin('http://localhost:90', 'localhost:90')).toBe(true);
    expect(isSameOrigin('http://localhost:91', 'localhost:90')).toBe(false);
    expect(isSameOrigin('https://localhost:90', 'localhost:90')).toBe(false);
    expect(isSameOrigin('http://example.com', 'example.com')).toBe(false);
    expect(isSameOrigin(undefined, 'localhost:90')).toBe(false);
    expect(isSameOrigin('null', 'localhost:90')).toBe(false);
  });
});

describe('the session', () => {
  it('is had for the token alone, and never is the token', () => {
    const access = new Access('secret', 4000);
    expect(access.exchange('secreT')).toBeNull();
    expect(access.exchange('')).toBeNull();
    expect(access.exchange(null)).toBeNull();
    const cookie = access.exchange('secret') ?? '';
    expect(cookie).toMatch(/^photolex-4000=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(access.admits(`a=b; ${cookie.split(';')[0]}; c=d`)).toBe(true);
    expect(access.admits('photolex-4000=secret')).toBe(false);
    expect(access.admits(undefined)).toBe(false);
  });
  it('belongs to one server', () => {
    const cookie = new Access('secret', 4000).exchange('secret')?.split(';')[0];
    expect(new Access('secret', 4000).admits(cookie)).toBe(false);
  });
  it('is found by its whole name', () => {
    expect(cookieValue('xphotolex=1; photolex=2=3', 'photolex')).toBe('2=3');
    expect(cookieValue('photolex', 'photolex')).toBe('');
    expect(cookieValue('other=1', 'photolex')).toBeUndefined();
  });
});

describe('parseRange', () => {
  it.each([
    ['bytes=0-3', { start: 0, end: 3 }],
    ['bytes=4-', { start: 4, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-30', { start: 0, end: 9 }],
    ['bytes=8-99', { start: 8, end: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-2', null],
    ['bytes=-', null],
    ['bytes=0-1,4-5', null],
    ['pages=1-2', null],
    [undefined, null],
  ])('%s of ten bytes', (header, range) => {
    expect(parseRange(header, 10)).toEqual(range);
  });
});

describe('paths', () => {
  it.each([
    '/../x',
    '/a/../../x',
    '/%2e%2e/x',
    '/a/%2E./x',
    '/..%2fx',
    '/a%5c..%5cx',
    '/a%00.js',
    '/./x',
    '/%zz',
    'x',
    '',
  ])('%s leads nowhere', (path) => {
    expect(decodePath(path)).toBeNull();
  });
  it('are decoded, without their query', () => {
    expect(decodePath('/caf%C3%A9.js?v=1#x')).toBe('/café.js');
    expect(decodePath('/..a/b..')).toBe('/..a/b..');
  });
  it('name pictures by kind and id', () => {
    expect(parseMediaPath('/media/thumbnail/12')).toEqual({ kind: 'thumbnail', id: '12' });
    expect(parseMediaPath('/media/image/a b')).toEqual({ kind: 'image', id: 'a b' });
    for (const path of ['/media/thumbnail/', '/media/secret/1', '/media/photo/1/2', '/x/media/photo/1']) {
      expect(parseMediaPath(path)).toBeNull();
    }
  });
});
