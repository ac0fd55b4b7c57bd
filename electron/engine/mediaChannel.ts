/**
 * Pictures over a channel: the desktop shell answers `/media/…` requests of its window, and asks the engine's process
 * for them. The port is the shell's own, never a page's.
 */
import { createBirpc } from 'birpc';
import type { Channel } from './channel.ts';
import { type MediaKind, PhotolexError } from './contract.ts';
import type { Engine, Media } from './engine.ts';

interface MediaFunctions {
  media(kind: MediaKind, id: string): Promise<Media | null>;
}

/** Answers requests for pictures on a channel until it closes. What cannot cross is given to `log`, and the request rejects. */
export function serveMedia(
  engine: Engine,
  channel: Channel,
  log: (message: string, error: unknown) => void = (message, error) => console.error(message, error),
): void {
  const functions: MediaFunctions = { media: (kind, id) => engine.media(kind, id) };
  const remote = createBirpc<object, MediaFunctions>(functions, {
    post: (message) => channel.send(message),
    on: (listener) => channel.onMessage(listener),
    onGeneralError: (error) => {
      log('A picture could not cross to the window.', error);
      return true;
    },
    timeout: -1,
  });
  channel.onClose?.(() => remote.$close());
}

/** The other end: asks for pictures. Requests reject with `engine-closed` once the channel has closed. */
export function connectMedia(channel: Channel): MediaFunctions {
  const remote = createBirpc<MediaFunctions>(
    {},
    {
      post: (message) => channel.send(message),
      on: (listener) => channel.onMessage(listener),
      timeout: -1,
    },
  );
  channel.onClose?.(() => remote.$close(new PhotolexError('engine-closed', 'The engine has stopped.')));
  return { media: (kind, id) => remote.media(kind, id) };
}
