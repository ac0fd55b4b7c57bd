/**
 * `photolex://app/`: the window's pages and pictures, the same site that the server shows on loopback, without a port
 * that anyone else could reach.
 */
import { protocol } from 'electron';
import { builtPath } from '../../native/runtime.ts';
import type { MediaKind } from '../engine/contract.ts';
import type { Media } from '../engine/engine.ts';
import { createSite, type Site, type SiteResponse, textResponse } from '../server/site.ts';
import { isOwnUrl, SCHEME } from './urls.ts';

/** Makes the scheme a proper origin. Must be called before the application is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Answers the scheme's requests. `media` brings the pictures. */
export function handleScheme(media: (kind: MediaKind, id: string) => Promise<Media | null>): void {
  const site = createSite({ root: builtPath('renderer'), media });
  protocol.handle(SCHEME, (request) => answer(site, request, isOwnUrl));
}

/** The site's answer to a request of the window, as a Response; whatever is not of the site's origin is not there. */
export async function answer(
  site: Site,
  request: Request,
  isOfSite: (url: string) => boolean,
): Promise<Response> {
  const response = await siteResponse(site, request, isOfSite).catch((error: unknown) => {
    console.error(`The request ${request.url} failed.`, error);
    return textResponse(503, 'The engine could not answer.');
  });
  const { status, headers, body } = response;
  // A status without a body refuses even an empty one.
  return new Response(body.length > 0 ? body : null, { status, headers });
}

async function siteResponse(
  site: Site,
  request: Request,
  isOfSite: (url: string) => boolean,
): Promise<SiteResponse> {
  if (!isOfSite(request.url)) return textResponse(404, 'There is no such page.');
  return await site({
    method: request.method,
    path: new URL(request.url).pathname,
    header: (name) => request.headers.get(name) ?? undefined,
  });
}
