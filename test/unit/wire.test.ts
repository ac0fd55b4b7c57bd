import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type Channel,
  decodeMessage,
  encodeMessage,
  messagePortChannel,
} from '../../electron/engine/channel.ts';
import { PhotolexError } from '../../electron/engine/contract.ts';
import { connectEngine, type EngineConnection, parseInput, serveEngine } from '../../electron/engine/wire.ts';
import { type StubEngine, stubEngine } from '../fixtures/stubEngine.ts';
import { until } from '../fixtures/until.ts';

const job = {
  id: 7,
  kind: 'import',
  state: 'running',
  stage: 'Reading files',
  done: 3,
  total: null,
  unit: 'photos',
  rate: null,
  secondsLeft: null,
  loss: null,
  waiting: null,
  message: null,
  startedAt: '2024-05-01T10:00:00Z',
  finishedAt: null,
  curve: [],
} as const;

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/** Two ends over a real message port. */
function portPair(): [Channel, Channel] {
  const { port1, port2 } = new MessageChannel();
  cleanUps.push(() => port1.close());
  return [messagePortChannel(port1 as never), messagePortChannel(port2 as never)];
}

/** Two ends that carry what a WebSocket does: text. */
function textPair(): [Channel, Channel] {
  const listeners: ((message: unknown) => void)[] = [];
  const end = (own: number, other: number): Channel => ({
    send: (message) => {
      const text = encodeMessage(message);
      queueMicrotask(() => listeners[other]?.(decodeMessage(text)));
    },
    onMessage: (listener) => {
      listeners[own] = listener;
    },
  });
  return [end(0, 1), end(1, 0)];
}

const carriers = { 'message port': portPair, 'JSON text': textPair };

function connected(
  engine: StubEngine,
  pair: () => [Channel, Channel] = portPair,
  log: (message: string, error: unknown) => void = () => {},
): EngineConnection {
  const [ours, theirs] = pair();
  serveEngine(engine, theirs, log);
  return connectEngine(ours);
}

describe.each(Object.entries(carriers))('over a %s', (_name, pair) => {
  it('brings inputs with their defaults to the engine, and results back', async () => {
    const words = { source: 'learned', count: 3, words: [{ word: 'puppy', similarity: 0.9, count: 2 }] };
    const engine = stubEngine({ nearestWords: () => words });
    await expect(connected(engine, pair).calls.nearestWords({ word: 'dog' })).resolves.toEqual(words);
    expect(engine.received).toEqual([
      { name: 'nearestWords', input: { word: 'dog', limit: 20, space: 'pictures' } },
    ]);
  });

  it('lets a call without input stay without one', async () => {
    const engine = stubEngine({ libraryStatus: () => null, listFolder: () => 'listed' });
    const { calls } = connected(engine, pair);
    await expect(calls.libraryStatus()).resolves.toBeNull();
    await expect(calls.listFolder({})).resolves.toBe('listed');
  });

  it('carries every byte of a picture', async () => {
    const engine = stubEngine({ addImage: () => ({ image: 'a1' }) });
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 31) % 256);
    await connected(engine, pair).calls.addImage({ name: 'a.jpg', bytes });
    const { bytes: arrived } = engine.received[0]!.input as { bytes: Uint8Array };
    expect(arrived).toBeInstanceOf(Uint8Array);
    expect(Buffer.compare(arrived, bytes)).toBe(0);
  });

  it('rebuilds the errors that are meant for the user', async () => {
    const engine = stubEngine({
      openLibrary: () => {
        throw new PhotolexError('library-newer', 'Made by Photolex 9. Update Photolex.');
      },
    });
    const log = vi.fn();
    const failure = await connected(engine, pair, log)
      .calls.openLibrary({ path: '/photos' })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PhotolexError);
    expect(failure).toMatchObject({ code: 'library-newer', message: 'Made by Photolex 9. Update Photolex.' });
    expect(log).not.toHaveBeenCalled();
  });

  it('logs an unexpected error where it happened, and sends its message as internal', async () => {
    const cause = new TypeError('x is not a function');
    const log = vi.fn();
    const engine = stubEngine({
      jobs: () => {
        throw cause;
      },
    });
    const failure = connected(engine, pair, log).calls.jobs();
    await expect(failure).rejects.toMatchObject({ code: 'internal', message: 'x is not a function' });
    expect(log).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('jobs'), cause);
  });

  it('refuses a bad input by the name of its field, before the engine sees it', async () => {
    const engine = stubEngine();
    const concepts = [{ kind: 'text' as const, text: 'dog', weight: 3 }];
    const failure = connected(engine, pair).calls.search({ concepts });
    await expect(failure).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/search.*concepts\.0\.weight/),
    });
    expect(engine.received).toEqual([]);
  });

  it('tells events to everyone who listens, and to nobody who stopped', async () => {
    const engine = stubEngine({ jobs: () => [] });
    const connection = connected(engine, pair);
    const kept = vi.fn();
    const dropped = vi.fn();
    connection.on('job', kept);
    connection.on('job', dropped)();
    engine.tell('job', { ...job, curve: [] });
    engine.tell('library', null);
    // A reply comes after the events that were told before it.
    await connection.calls.jobs();
    expect(kept.mock.calls).toEqual([[job]]);
    expect(dropped).not.toHaveBeenCalled();
  });
});

describe('a connection', () => {
  it('keeps calls in order until its channel is open', async () => {
    const engine = stubEngine({ jobs: () => [], libraryStatus: () => null });
    const [ours, theirs] = portPair();
    serveEngine(engine, theirs);
    const opening = Promise.withResolvers<Channel>();
    const { calls } = connectEngine(opening.promise);
    const waiting = [calls.jobs(), calls.libraryStatus()];
    expect(engine.received).toEqual([]);
    opening.resolve(ours);
    await expect(Promise.all(waiting)).resolves.toEqual([[], null]);
    expect(engine.received.map(({ name }) => name)).toEqual(['jobs', 'libraryStatus']);
  });

  it('rejects waiting and later calls when the channel cannot be opened', async () => {
    const connection = connectEngine(Promise.reject(new Error('the connection was refused.')));
    const closed = vi.fn();
    connection.onClose(closed);
    const expected = {
      code: 'engine-closed',
      message: expect.stringContaining('the connection was refused.'),
    };
    await expect(connection.calls.jobs()).rejects.toMatchObject(expected);
    await expect(connection.calls.jobs()).rejects.toMatchObject(expected);
    expect(closed).toHaveBeenCalledOnce();
  });

  it('rejects calls under way when the other end closes, and says so once', async () => {
    const engine = stubEngine({ jobs: () => new Promise(() => {}) });
    const [ours, theirs] = portPair();
    serveEngine(engine, theirs);
    const connection = connectEngine(ours);
    const closed = vi.fn();
    connection.onClose(closed);
    const underWay = connection.calls.jobs();
    await until(() => engine.received.length === 1);
    theirs.close?.();
    await expect(underWay).rejects.toMatchObject({ code: 'engine-closed' });
    await expect(connection.calls.jobs()).rejects.toBeInstanceOf(PhotolexError);
    expect(closed).toHaveBeenCalledOnce();
    const late = vi.fn();
    connection.onClose(late);
    expect(late).toHaveBeenCalledOnce();
  });

  it('leaves no listener in the engine behind', async () => {
    const engine = stubEngine({ jobs: () => [] });
    const connection = connected(engine);
    await connection.calls.jobs();
    expect(engine.listeners('job')).toBe(1);
    connection.close();
    await until(() => engine.listeners('job') === 0);
    expect(engine.listeners('library')).toBe(0);
    await expect(connection.calls.jobs()).rejects.toMatchObject({ code: 'engine-closed' });
  });

  it('answers a name that is no call, and ignores what is no request', async () => {
    const [ours, theirs] = portPair();
    serveEngine(stubEngine(), theirs);
    const replies = new Promise<unknown>((resolve) => ours.onMessage(resolve));
    for (const noise of [null, 'hello', 3, { t: 'q' }]) ours.send(noise);
    ours.send({ t: 'q', i: '1', m: 'constructor', a: [] });
    await expect(replies).resolves.toMatchObject({
      i: '1',
      e: { code: 'unknown-call', message: expect.stringContaining('"constructor"') },
    });
  });
});

describe('parseInput', () => {
  it('names every field that is wrong', () => {
    expect(() => parseInput('listPhotos', { offset: -1, limit: 'all' })).toThrow(/offset.*; limit/);
    expect(() => parseInput('openLibrary', undefined)).toThrow(/openLibrary/);
  });
});

describe('messages as JSON', () => {
  it('keeps bytes wherever they are, those of a Buffer too', () => {
    const message = { a: [new Uint8Array([0, 255, 128])], b: { c: Buffer.from('é') }, d: new Uint8Array() };
    expect(decodeMessage(encodeMessage(message))).toEqual({
      a: [new Uint8Array([0, 255, 128])],
      b: { c: new Uint8Array([0xc3, 0xa9]) },
      d: new Uint8Array(),
    });
  });

  it('takes only what it wrote itself for bytes', () => {
    const lookAlikes = { a: { $bytes: 3 }, b: { $bytes: 'AA==', more: true } };
    expect(decodeMessage(encodeMessage(lookAlikes))).toEqual(lookAlikes);
  });
});
