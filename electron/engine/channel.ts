/**
 * What carries messages between two processes, and the two ways there are: message ports, which clone values as they
 * are, and WebSockets, which carry JSON with bytes in base64. Nothing here knows what the messages mean.
 */

/** Two ends that pass messages in order. What a message may hold is the carrier's matter. */
export interface Channel {
  /** Sends one message; does nothing once the channel is closed. */
  send(message: unknown): void;
  /** Sets the one listener. */
  onMessage(listener: (message: unknown) => void): void;
  close?(): void;
  /** Adds a listener that is called once, whichever end closed; never for a channel that cannot tell. */
  onClose?(listener: () => void): void;
}

/** Where the server accepts the WebSocket of a page. */
export const SOCKET_PATH = '/engine';

/** What the preload script posts to its page, with a message port attached. */
export const PORT_MESSAGE = 'photolex-port';

/** A `MessagePort` of a browser or of Node, as far as a channel needs it. */
interface WebPort {
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: () => void): void;
}

/** A `MessagePortMain` of Electron, in the main and in utility processes. */
interface MainPort {
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
  on(type: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(type: 'close', listener: () => void): unknown;
}

/** A channel over a message port of any make. Messages are cloned, bytes included. */
export function messagePortChannel(port: WebPort | MainPort): Channel {
  // A port of Node has both ways to listen, and only the web's hands over an event.
  const listen = (
    'addEventListener' in port ? port.addEventListener.bind(port) : port.on.bind(port)
  ) as WebPort['addEventListener'];
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => {
      listen('message', (event) => listener(event.data));
      port.start();
    },
    close: () => port.close(),
    onClose: (listener) => listen('close', listener),
  };
}

/** The channel whose port the preload script hands over. Call it while the page loads; the port is not kept for later. */
export function handedPort(page: Window): Promise<Channel> {
  return new Promise((resolve) => {
    const receive = (event: MessageEvent) => {
      const [port] = event.ports;
      if (event.source !== page || event.data !== PORT_MESSAGE || !port) return;
      page.removeEventListener('message', receive);
      resolve(messagePortChannel(port));
    };
    page.addEventListener('message', receive);
  });
}

/** A WebSocket of a browser or of the `ws` package, as far as a channel needs it. */
interface Socket {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close' | 'open' | 'error', listener: () => void): void;
}

const CONNECTING = 0;
const OPEN = 1;

/** Status code 1007 of RFC 6455: data that is not what it claims to be. */
const UNREADABLE = 1007;

/** A channel over a WebSocket that is open. A message that is not JSON closes it. */
export function webSocketChannel(socket: Socket): Channel {
  return {
    send: (message) => {
      if (socket.readyState === OPEN) socket.send(encodeMessage(message));
    },
    onMessage: (listener) =>
      socket.addEventListener('message', (event) => {
        let message: unknown;
        try {
          message = decodeMessage(String(event.data));
        } catch {
          socket.close(UNREADABLE, 'A message was not JSON.');
          return;
        }
        listener(message);
      }),
    close: () => socket.close(),
    onClose: (listener) => socket.addEventListener('close', listener),
  };
}

/** Resolves to the channel of a WebSocket once that is open; rejects if it is refused. */
export function openedWebSocket(socket: Socket): Promise<Channel> {
  if (socket.readyState !== CONNECTING) return Promise.resolve(webSocketChannel(socket));
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(webSocketChannel(socket)));
    socket.addEventListener('error', () => reject(new Error('the connection was refused.')));
  });
}

/** The only key of an object that stands for bytes. */
const BYTES = '$bytes';

/** A message as JSON text. A Uint8Array anywhere in it becomes `{ "$bytes": "<base64>" }`. */
export function encodeMessage(message: unknown): string {
  return JSON.stringify(message, function (this: Record<string, unknown>, key: string, value: unknown) {
    // `value` has been through toJSON, which a Buffer has; the original is in its holder.
    const original = this[key];
    return original instanceof Uint8Array ? { [BYTES]: toBase64(original) } : value;
  });
}

/** The message that `encodeMessage` was given. Throws a SyntaxError for anything that is not JSON. */
export function decodeMessage(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, BYTES)) return value;
    const encoded = (value as Record<string, unknown>)[BYTES];
    return typeof encoded === 'string' && Object.keys(value).length === 1 ? fromBase64(encoded) : value;
  });
}

/** Node's Buffer, as far as it is used here: many times faster than `btoa`, and not there in a page. */
interface NodeGlobals {
  Buffer?: {
    from(bytes: ArrayBufferLike, start: number, length: number): { toString(encoding: 'base64'): string };
    from(text: string, encoding: 'base64'): Uint8Array;
  };
}

const { Buffer } = globalThis as NodeGlobals;

/** How many bytes become arguments of one call; engines limit those. */
const CHUNK = 0x8000;

function toBase64(bytes: Uint8Array): string {
  if (Buffer) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  let binary = '';
  for (let start = 0; start < bytes.length; start += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  if (Buffer) return new Uint8Array(Buffer.from(text, 'base64'));
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
