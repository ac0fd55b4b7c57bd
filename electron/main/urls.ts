/** Which addresses the shell trusts, and which it hands to the system's browser. */

/** The scheme of the window's own pages. */
export const SCHEME = 'photolex';

/** The one page. */
export const PAGE_URL = `${SCHEME}://app/`;

/** The page of the window that trains: an origin of its own, which the application's page and services know nothing of. */
export const TRAINER_URL = `${SCHEME}://trainer/`;

/** What that page may load: its own scripts, and nothing else at all. */
export const TRAINER_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** True for pages and pictures of the application itself. */
export function isOwnUrl(url: string): boolean {
  return isOf('app', url);
}

/** True for the files of the window that trains. */
export function isTrainerUrl(url: string): boolean {
  return isOf('trainer', url);
}

function isOf(host: string, url: string): boolean {
  if (!URL.canParse(url)) return false;
  const parsed = new URL(url);
  return parsed.protocol === `${SCHEME}:` && parsed.host === host;
}

/** True for links that may open in the system's browser: plain https, no name or password in them. */
export function isExternalLink(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  return protocol === 'https:' && username === '' && password === '';
}

/** True if a message comes from our own page, and from no frame inside it. */
export function isTrustedFrame(frame: { url: string; parent: unknown } | null): boolean {
  return frame !== null && frame.parent === null && isOwnUrl(frame.url);
}
