import type { EngineCalls, EngineEvents, EventName, MediaKind } from './contract.ts';

/** Bytes of a picture and their media type, as a browser wants them. */
export interface Media {
  type: string;
  bytes: Uint8Array;
}

/** The engine as its hosts see it: the utility process in Electron, the server, the command line, a test. */
export interface Engine {
  /** Inputs are validated here, so every transport is safe. */
  readonly calls: EngineCalls;
  /** Listens to an event; the returned function stops listening. */
  on<N extends EventName>(name: N, listener: EngineEvents[N]): () => void;
  /** A picture by kind and id, or null if there is none. Never reads outside what the open library names. */
  media(kind: MediaKind, id: string): Promise<Media | null>;
  /** Stops jobs at a safe point, closes the library and the worker processes. */
  close(): Promise<void>;
}
