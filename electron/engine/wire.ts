/**
 * How the calls and events of the contract cross a channel: `serveEngine` on the engine's side, `connectEngine` on the
 * caller's. The channel is a message port in Electron and a WebSocket on loopback; requests and replies are birpc's.
 * The renderer imports this file too, so it uses neither Node nor Electron. It does not reconnect: whoever opened the
 * channel decides what a closed one means.
 */
import { createBirpc } from 'birpc';
import { type Channel, handedPort, openedWebSocket, SOCKET_PATH } from './channel.ts';
import {
  type CallInput,
  type CallName,
  calls,
  type EngineCalls,
  type EngineEvents,
  type EventName,
  errorSchema,
  events,
  PhotolexError,
} from './contract.ts';
import type { Engine } from './engine.ts';

/** The caller's side of a channel. */
export interface EngineConnection {
  /** Every call of the contract. A call rejects with a PhotolexError: the engine's own, or `engine-closed`. */
  readonly calls: EngineCalls;
  /** Listens to an event; the returned function stops listening. */
  on<N extends EventName>(name: N, listener: EngineEvents[N]): () => void;
  /** Called once when the channel has closed, or could not be opened; at once if that has happened already. */
  onClose(listener: (reason: PhotolexError) => void): void;
  close(): void;
}

/** What the engine's side tells the caller, as birpc sees it. */
interface CallerFunctions {
  event(name: EventName, payload: unknown): void;
}

/** What the caller may ask, as birpc sees it: names are checked when they arrive. */
type EngineFunctions = Record<string, (input?: unknown) => Promise<unknown>>;

const eventNames = Object.keys(events) as EventName[];

/** What the menu of the desktop window asks of the page. */
export type ShellCommand = 'open-folder' | 'import' | 'open-library' | 'sample-album';

/** What the preload script offers its page as `window.photolex`; absent in a browser. */
export interface ShellBridge {
  /** Shows the system's dialog for choosing a folder; null if the user changes their mind. */
  chooseFolder(): Promise<string | null>;
  /** The absolute path of a file that was dropped or chosen, or '' if it is not on disk. */
  pathOf(file: File): string;
  /** Listens to the menu; the returned function stops listening. */
  onCommand(listener: (command: ShellCommand) => void): () => void;
}

declare global {
  interface Window {
    photolex?: ShellBridge;
  }
}

/**
 * The input of a call, validated and with its defaults filled in. Throws `unknown-call` or `bad-input`, whose message
 * names the call and the field.
 */
export function parseInput(name: string, input: unknown): CallInput<CallName> {
  if (!Object.hasOwn(calls, name)) {
    throw new PhotolexError('unknown-call', `Photolex has no call named "${name}".`);
  }
  const parsed = calls[name as CallName].input.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => {
    const field = path.map(String).join('.');
    return field ? `${field}: ${message}` : message;
  });
  throw new PhotolexError('bad-input', `${name} cannot be called like this. ${problems.join('; ')}.`);
}

/**
 * Serves an engine on a channel until it closes. Errors meant for the user cross as they are; any other is given to
 * `log` and crosses as `internal` with its message.
 */
export function serveEngine(
  engine: Engine,
  channel: Channel,
  log: (message: string, error: unknown) => void = (message, error) => console.error(message, error),
): void {
  const call = async (name: string, input: unknown): Promise<unknown> => {
    try {
      const parsed = parseInput(name, input);
      return await (engine.calls[name as CallName] as (input: unknown) => Promise<unknown>)(parsed);
    } catch (error) {
      if (!(error instanceof PhotolexError)) log(`The call ${name} failed.`, error);
      // A plain object, because an Error loses its code on the way.
      throw asWireError(error);
    }
  };
  const remote = createBirpc<CallerFunctions, EngineFunctions>(
    {},
    {
      post: (message) => channel.send(message),
      on: (listener) =>
        channel.onMessage((message) => {
          // birpc reads fields of whatever comes; a message of another kind must not end the process.
          if (typeof message === 'object' && message !== null) listener(message);
        }),
      resolver: (name) => (input) => call(name, input),
      onGeneralError: (error) => {
        log('A message could not cross to the window.', error);
        return true;
      },
      timeout: -1,
    },
  );
  const stopListening = eventNames.map((name) =>
    engine.on(name, (payload: unknown) => {
      remote.$callEvent('event', name, payload).catch((error) => log(`The event ${name} was lost.`, error));
    }),
  );
  channel.onClose?.(() => {
    for (const stop of stopListening) stop();
    remote.$close();
  });
}

/**
 * Connects to an engine over a channel, or over one that is still being opened: calls made before it is up wait for
 * it. When it closes or cannot be opened, all waiting and later calls reject with `engine-closed`.
 */
export function connectEngine(channel: Channel | Promise<Channel>): EngineConnection {
  const listeners = new Map(eventNames.map((name) => [name, new Set<(payload: never) => void>()]));
  const closeListeners: ((reason: PhotolexError) => void)[] = [];
  let closed: PhotolexError | undefined;

  const close = (reason: PhotolexError) => {
    if (closed) return;
    closed = reason;
    for (const listener of closeListeners.splice(0)) listener(reason);
  };
  const functions: CallerFunctions = {
    event: (name, payload) => {
      for (const listener of listeners.get(name) ?? []) listener(payload as never);
    },
  };
  const opened = Promise.resolve(channel).then((open) => {
    const remote = createBirpc<EngineFunctions, CallerFunctions>(functions, {
      post: (message) => open.send(message),
      on: (listener) => open.onMessage(listener),
      timeout: -1,
    });
    const end = () => {
      const reason = closed ?? new PhotolexError('engine-closed', 'Photolex has stopped. Start it again.');
      close(reason);
      remote.$close(reason);
    };
    open.onClose?.(end);
    return {
      remote,
      close: () => {
        open.close?.();
        end();
      },
    };
  });
  opened.catch((error: unknown) => {
    close(
      new PhotolexError('engine-closed', `Photolex cannot be reached: ${messageOf(error)}`, { cause: error }),
    );
  });

  const call = async (name: CallName, input: unknown): Promise<unknown> => {
    if (closed) throw closed;
    try {
      const { remote } = await opened;
      if (closed) throw closed;
      // No argument rather than an undefined one, which JSON would turn into null.
      return await (input === undefined ? remote.$call(name) : remote.$call(name, input));
    } catch (error) {
      throw closed ?? fromWireError(error);
    }
  };
  const entries = Object.keys(calls).map((name) => [
    name,
    (input?: unknown) => call(name as CallName, input),
  ]);
  return {
    calls: Object.fromEntries(entries) as EngineCalls,
    on: (name, listener) => {
      listeners.get(name)?.add(listener);
      return () => listeners.get(name)?.delete(listener);
    },
    onClose: (listener) => {
      if (closed) listener(closed);
      else closeListeners.push(listener);
    },
    close: () => {
      close(new PhotolexError('engine-closed', 'The connection to Photolex was closed.'));
      opened.then(
        (open) => open.close(),
        () => {},
      );
    },
  };
}

/**
 * The channel of this page: the message port that the preload script hands over, or where there is none, a WebSocket
 * to the server that the page came from. Call it while the page loads; the port is not kept for later.
 */
export function pageChannel(page: Window = window): Promise<Channel> {
  if (!page.photolex) {
    return openedWebSocket(new WebSocket(`${page.location.origin.replace(/^http/, 'ws')}${SOCKET_PATH}`));
  }
  return handedPort(page);
}

/** An error as `errorSchema` has it. */
function asWireError(error: unknown): { code: string; message: string } {
  if (error instanceof PhotolexError) return { code: error.code, message: error.message };
  return { code: 'internal', message: messageOf(error) };
}

/** The error that `asWireError` was given, or `internal` for whatever else went wrong on the way. */
function fromWireError(error: unknown): PhotolexError {
  const parsed = errorSchema.safeParse(error);
  if (parsed.success && !(error instanceof Error)) {
    return new PhotolexError(parsed.data.code, parsed.data.message);
  }
  return new PhotolexError('internal', messageOf(error), { cause: error });
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === 'string' ? error : 'the message could not be read.';
}
