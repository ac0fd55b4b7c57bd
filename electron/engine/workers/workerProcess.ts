/**
 * A worker process and the typed calls between it and the engine, both ways, over birpc. Heavy native work (decoding,
 * inference, training) runs in such processes: the engine keeps answering, and a crash of native code is an error
 * message instead of the end of the program.
 */
import { fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { type BirpcReturn, createBirpc } from 'birpc';
import { builtPath } from '../../../native/runtime.ts';
import { PhotolexError } from '../contract.ts';

// biome-ignore lint/suspicious/noExplicitAny: any function type is a call; a narrower type would refuse typed interfaces.
type Calls = Record<string, (...values: any[]) => any>;

export interface WorkerHandle<Remote extends object> {
  /** The worker's calls. They reject with `worker-stopped` if the process ends first. */
  calls: BirpcReturn<Remote, object>;
  /** Ends the process at once. Files that it writes are written atomically, so nothing is torn. */
  stop(): Promise<void>;
}

/** Starts `dist/node/<name>.js`. `local` are the calls that the worker may make back. */
export function startWorker<Remote extends object, Local extends object>(
  name: 'vision-worker' | 'train-worker',
  local: Local,
): WorkerHandle<Remote> {
  const child = fork(builtPath('node', `${name}.js`), [], {
    serialization: 'advanced',
    // What native code prints goes to stderr: stdout belongs to the command's result.
    stdio: ['ignore', 2, 'pipe', 'ipc'],
  });
  lowerPriority(child.pid);
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2000);
  });
  const calls = createBirpc<Remote, Local>(local, {
    post: (message) => child.connected && child.send(message),
    on: (listener) => child.on('message', listener),
    timeout: -1,
  });
  let stopping = false;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      const reason = stopping
        ? 'it was stopped'
        : `it ended unexpectedly (${signal ?? `code ${code}`})${errors && `: ${errors.trim()}`}`;
      calls.$close(
        new PhotolexError('worker-stopped', `The ${name.replace('-', ' ')} cannot answer: ${reason}.`),
      );
      resolve();
    });
  });
  return {
    calls: calls as BirpcReturn<Remote, object>,
    stop: () => {
      stopping = true;
      child.kill('SIGKILL');
      return exited;
    },
  };
}

/** How far a worker steps back for others, from 0 to 19; at 10 a busy engine would starve it. */
const NICENESS = 5;

/** The engine, which answers the user, goes first where both want the processor. */
function lowerPriority(processId: number | undefined): void {
  if (processId === undefined) return;
  try {
    setPriority(processId, NICENESS);
  } catch {
    // Not allowed here, or the process has ended; it works all the same.
  }
}

/** The worker's side: offers `local` to the engine that started this process, and returns the engine's calls. */
export function serveWorker<Remote extends object, Local extends object>(
  local: Local,
): BirpcReturn<Remote, Local> {
  process.on('disconnect', () => process.exit(0));
  return createBirpc<Remote, Local>(local as Local & Calls, {
    post: (message) => process.send?.(message),
    on: (listener) => process.on('message', listener),
    timeout: -1,
  });
}
