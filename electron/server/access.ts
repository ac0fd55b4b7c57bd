/**
 * Who may talk to the server on loopback. Any page in the user's browser and any account of the machine can reach the
 * port, so a request must show that it comes from the address that was printed:
 *
 * - the Host header names loopback, or another site's name could be made to resolve here (DNS rebinding);
 * - it carries the cookie that the random token of that address was exchanged for;
 * - a WebSocket, which the browser lets any page open, also comes from the very origin it is opened to.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** True if a Host header names this machine's loopback; any port, because one may be forwarded to ours. */
export function isLoopbackHost(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost)(:\d{1,5})?$/i.test(host ?? '');
}

/** True if a page of this `Origin` belongs to the server that was addressed as `host`. */
export function isSameOrigin(origin: string | undefined, host: string | undefined): boolean {
  return isLoopbackHost(host) && origin?.toLowerCase() === `http://${host?.toLowerCase()}`;
}

/** The value of a cookie in a `Cookie` header. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [key, ...value] = pair.split('=');
    if (key?.trim() === name) return value.join('=').trim();
  }
  return undefined;
}

/** A secret that cannot be guessed, safe in URLs and cookies. */
export const randomSecret = (): string => randomBytes(32).toString('base64url');

/** The token of the printed address, and the session that it is exchanged for. */
export class Access {
  readonly token: string;
  /** Browsers share cookies between the ports of a host, so each server names its own. */
  readonly #cookie: string;
  readonly #session = randomSecret();

  constructor(token: string, port: number) {
    this.token = token;
    this.#cookie = `photolex-${port}`;
  }

  /** The `Set-Cookie` header for whoever brings the right token; null for anyone else. */
  exchange(token: string | null): string | null {
    if (token === null || !sameSecret(token, this.token)) return null;
    return `${this.#cookie}=${this.#session}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** True if a `Cookie` header holds the session. */
  admits(cookies: string | undefined): boolean {
    const session = cookieValue(cookies, this.#cookie);
    return session !== undefined && sameSecret(session, this.#session);
  }
}

/** Compares in a time that tells nothing about where two secrets differ. */
function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
