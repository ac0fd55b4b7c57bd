/** Which addresses the shell trusts, and which it hands to the system's browser. */

/** The scheme of the window's own pages. */
export const SCHEME = 'photolex';

/** The one page. */
export const PAGE_URL = `${SCHEME}://app/`;

/** True for pages and pictures of the application itself. */
export function isOwnUrl(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed?.protocol === `${SCHEME}:` && parsed.host === 'app';
}

/** True for links that may open in the system's browser: plain https, no name or password in them. */
export function isExternalLink(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed?.protocol === 'https:' && parsed.username === '' && parsed.password === '';
}

/** True if a message comes from our own page, and from no frame inside it. */
export function isTrustedFrame(frame: { url: string; parent: unknown } | null): boolean {
  return frame !== null && frame.parent === null && isOwnUrl(frame.url);
}
