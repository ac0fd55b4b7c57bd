/**
 * What a page sees of Photolex, whatever brings it there: the built renderer and the pictures under `/media`, with
 * the headers that keep a page to itself. The server wraps it in HTTP, the desktop shell in a protocol of its own.
 * It decides what there is, never who may ask.
 */
import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { type MediaKind, mediaKinds } from '../engine/contract.ts';
import type { Media } from '../engine/engine.ts';
import { parseRange } from './byteRange.ts';

/** A request as far as the site cares. */
export interface SiteRequest {
  method: string;
  /** The path as it was sent: still percent-encoded, perhaps with a query, which is ignored. */
  path: string;
  /** By lower-case name. */
  header(name: string): string | undefined;
}

export interface SiteResponse {
  status: number;
  headers: Record<string, string>;
  /** Empty for HEAD and where there is nothing to say. */
  body: Uint8Array<ArrayBuffer>;
}

export interface SiteOptions {
  /** The folder of the built renderer. */
  root: string;
  media(kind: MediaKind, id: string): Promise<Media | null>;
}

export type Site = (request: SiteRequest) => Promise<SiteResponse>;

/**
 * Only what the page brings itself, and no code but its own files. Style attributes stay allowed: positions of a
 * virtual list are written there.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** On every answer, errors included. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** Media types of the files that a build of the renderer may hold. */
const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Vite writes the hash of a file's content into its name in this folder, so such a file never changes. */
const HASHED = /^\/assets\//;

const NOTHING = new Uint8Array();

/** The site of one renderer and one source of pictures. */
export function createSite({ root, media }: SiteOptions): Site {
  return async (request) => {
    const reading = request.method === 'GET' || request.method === 'HEAD';
    if (!reading) return textResponse(405, 'Only GET and HEAD are answered here.', { Allow: 'GET, HEAD' });
    const path = decodePath(request.path);
    if (path === null) return textResponse(400, 'This address is malformed.');
    const route = parseMediaPath(path);
    const response = route
      ? await mediaResponse(request, await media(route.kind, route.id))
      : await fileResponse(root, path);
    return request.method === 'HEAD' ? { ...response, body: NOTHING } : response;
  };
}

/** A short answer in plain text. */
export function textResponse(
  status: number,
  text: string,
  headers: Record<string, string> = {},
): SiteResponse {
  const body = new TextEncoder().encode(`${text}\n`);
  return {
    status,
    headers: {
      ...SECURITY_HEADERS,
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': String(body.length),
      'Cache-Control': 'no-store',
      ...headers,
    },
    body,
  };
}

/**
 * The decoded path of a request without its query, or null if it is malformed or tries to leave the site: a bad escape,
 * a null byte, a backslash, or a segment `..` or `.`, encoded or not.
 */
export function decodePath(path: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path.replace(/[?#].*$/s, ''));
  } catch {
    return null;
  }
  if (!decoded.startsWith('/') || /[\0\\]/.test(decoded)) return null;
  return decoded.split('/').some((segment) => segment === '..' || segment === '.') ? null : decoded;
}

/** What `/media/<kind>/<id>` names, or null for any other decoded path. */
export function parseMediaPath(path: string): { kind: MediaKind; id: string } | null {
  const match = /^\/media\/([^/]+)\/([^/]{1,100})$/.exec(path);
  if (!match) return null;
  const [, kind = '', id = ''] = match;
  return (mediaKinds as readonly string[]).includes(kind) ? { kind: kind as MediaKind, id } : null;
}

async function mediaResponse(request: SiteRequest, picture: Media | null): Promise<SiteResponse> {
  if (!picture) return textResponse(404, 'There is no such picture.');
  const bytes = new Uint8Array(picture.bytes);
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
  const headers: Record<string, string> = {
    ...SECURITY_HEADERS,
    'Accept-Ranges': 'bytes',
    // Kept, but asked about each time: another library has other photos under the same numbers.
    'Cache-Control': 'private, no-cache',
    ETag: etag,
  };
  if (matchesEtag(request.header('if-none-match'), etag)) return { status: 304, headers, body: NOTHING };

  const wanted = request.header('if-range');
  const range =
    wanted === undefined || wanted === etag ? parseRange(request.header('range'), bytes.length) : null;
  if (range === 'unsatisfiable') {
    return textResponse(416, 'The picture is shorter than that.', {
      'Content-Range': `bytes */${bytes.length}`,
    });
  }
  const body = range ? bytes.subarray(range.start, range.end + 1) : bytes;
  headers['Content-Type'] = picture.type;
  headers['Content-Length'] = String(body.length);
  if (range) headers['Content-Range'] = `bytes ${range.start}-${range.end}/${bytes.length}`;
  return { status: range ? 206 : 200, headers, body };
}

function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}

async function fileResponse(root: string, path: string): Promise<SiteResponse> {
  const bytes = await readInside(root, path === '/' ? '/index.html' : path);
  if (!bytes && path === '/') {
    return textResponse(503, 'The window of Photolex is not built. Run "npm run build" and try again.');
  }
  const type = types[extname(path === '/' ? 'index.html' : path).toLowerCase()];
  if (!bytes || !type) return textResponse(404, 'There is no such page.');
  return {
    status: 200,
    headers: {
      ...SECURITY_HEADERS,
      'Content-Type': type,
      'Content-Length': String(bytes.length),
      'Cache-Control': HASHED.test(path) ? 'private, max-age=31536000, immutable' : 'private, no-cache',
    },
    body: bytes,
  };
}

/** A file below `root`, or null if there is none. A link that leads outside counts as none. */
async function readInside(root: string, path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const realRoot = await realpath(root);
    const file = await realpath(join(realRoot, path));
    if (!file.startsWith(realRoot + sep)) return null;
    return new Uint8Array(await readFile(file));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ENAMETOOLONG') return null;
    throw error;
  }
}
