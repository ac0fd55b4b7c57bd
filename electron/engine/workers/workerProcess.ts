/**
 * A worker process and the typed calls between it and the engine, both ways, over birpc. Heavy native work (decoding,
 * inference, training) runs in such processes: the engine keeps answering, and a crash of native code is an error
 * message instead of the end of the program.
 */
import { fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { type BirpcReturn, createBirpc } from 'birpc';
import { builtPath } from '../../../native/runtime.ts';
import type { Channel } from '../channel.ts';
import { PhotolexError } from '../contract.ts';
import { portFor, shellPort } from './shellPort.ts';

// biome-ignore lint/suspicious/noExplicitAny: any function type is a call; a narrower type would refuse typed interfaces.
type Calls = Record<string, (...values: any[]) => any>;

/** A process of `dist/node`, by the name of its file. */
export type WorkerName = 'vision-worker' | 'train-worker';

/** A process that was started, whoever started it. */
export interface LaunchedProcess {
  channel: Channel | Promise<Channel>;
  /** Resolves when it has ended: how, and what it printed last. */
  ended: Promise<string>;
  /** Ends it at once. */
  kill(): void;
}

export type LaunchProcess = (name: WorkerName) => LaunchedProcess;

export interface WorkerHandle<Remote extends object> {
  /** The worker's calls. They reject with `worker-stopped` if the process ends first. */
  calls: BirpcReturn<Remote, object>;
  /** Ends the process at once. Files that it writes are written atomically, so nothing is torn. */
  stop(): Promise<void>;
}

/** Starts `dist/node/<name>.js`. `local` are the calls that the worker may make back. */
export function startWorker<Remote extends object, Local extends object>(
  name: WorkerName,
  local: Local,
  launch: LaunchProcess = forkProcess,
): WorkerHandle<Remote> {
  const child = launch(name);
  const channel = Promise.resolve(child.channel);
  const calls = createBirpc<Remote, Local>(local, {
    post: (message) => channel.then((open) => open.send(message)),
    on: (listener) => channel.then((open) => open.onMessage(listener)),
    onGeneralError: isOfReply,
    timeout: -1,
  });
  let stopping = false;
  const closed = child.ended.then((how) => {
    const reason = stopping ? 'it was stopped' : `it ended unexpectedly ${how}`;
    calls.$close(
      new PhotolexError('worker-stopped', `The ${name.replace('-', ' ')} cannot answer: ${reason}.`),
    );
  });
  return {
    calls: calls as BirpcReturn<Remote, object>,
    stop: () => {
      stopping = true;
      child.kill();
      return closed;
    },
  };
}

/** Starts a process of this one's kind. */
export const forkProcess: LaunchProcess = (name) => {
  const child = fork(builtPath('node', `${name}.js`), [], {
    serialization: 'advanced',
    // What native code prints goes to stderr: stdout belongs to the command's result.
    stdio: ['ignore', 2, 'pipe', 'ipc'],
  });
  lowerPriority(child.pid);
  const errors = lastOutput(child.stderr);
  return {
    channel: {
      // What can no longer be sent is told by the end.
      send: (message) => {
        if (child.connected) child.send(message as object, () => {});
      },
      onMessage: (listener) => child.on('message', listener),
    },
    ended: new Promise((resolve) => {
      // Without a process there is no exit to come.
      child.on('error', (error) => {
        if (child.pid === undefined) resolve(endOf(error.message, ''));
      });
      child.once('exit', (code, signal) => resolve(endOf(signal ?? `code ${code}`, errors())));
    }),
    kill: () => child.kill('SIGKILL'),
  };
};

/** Collects what a process prints. @returns what it printed last */
export function lastOutput(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (more: string) => {
    text = (text + more).slice(-2000);
  });
  return () => text;
}

/** Warnings are of what went on well enough, such as a driver that is not there; and where in the code it was helps no user. */
const BESIDE_THE_POINT = /^(Warning:|\s+at )/;

/** How a process ended, in words. */
export function endOf(how: string, printed: string): string {
  const lines = printed.split('\n').filter((line) => !BESIDE_THE_POINT.test(line));
  const told = lines.join('\n').trim();
  return `(${how})${told && `: ${told}`}`;
}

/** How far a worker steps back for others, from 0 to 19; at 10 a busy engine would starve it. */
const NICENESS = 5;

/** The engine, which answers the user, goes first where both want the processor. */
export function lowerPriority(processId: number | undefined): void {
  if (processId === undefined) return;
  try {
    setPriority(processId, NICENESS);
  } catch {
    // Not allowed here, or the process has ended; it works all the same.
  }
}

/** Whether a call failed because the worker's process ended. */
export const isWorkerStopped = (error: unknown): boolean =>
  error instanceof PhotolexError && error.code === 'worker-stopped';

/** What cannot be sent as an answer is an error of the call and no end of the process; errors of calls are for who called. */
const isOfReply = (_error: Error, call?: string): boolean => call !== undefined;

/** The worker's side: offers `local` to the engine that had this process started, and returns the engine's calls. */
export function serveWorker<Remote extends object, Local extends object>(
  local: Local,
): BirpcReturn<Remote, Local> {
  const channel = shellPort ? portFor('calls', shellPort) : Promise.resolve(parentChannel);
  channel.then((open) => open.onClose?.(() => process.exit(0)));
  outliveSignals();
  return createBirpc<Remote, Local>(local as Local & Calls, {
    post: (message) => channel.then((open) => open.send(message)),
    on: (listener) => channel.then((open) => open.onMessage(listener)),
    onGeneralError: isOfReply,
    timeout: -1,
  });
}

/**
 * Ctrl-C in a terminal, and whoever ends a group of processes, signals the worker as well as its engine, which lets it come to a safe
 * point. Electron ends its processes with SIGTERM; a forked one is killed, or goes with the line to its engine.
 */
function outliveSignals(): void {
  process.on('SIGINT', () => {});
  if (!shellPort) process.on('SIGTERM', () => {});
}

/** To the process that forked this one. */
const parentChannel: Channel = {
  send: (message) => process.send?.(message, undefined, undefined, () => {}),
  onMessage: (listener) => process.on('message', listener),
  onClose: (listener) => process.on('disconnect', listener),
};
