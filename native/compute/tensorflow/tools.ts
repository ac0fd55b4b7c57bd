/**
 * The programs that an installation calls: Python with its pip, which fetches and unpacks, and a C++ compiler. Their
 * failures become problems that say what to do.
 */
import { spawn } from 'node:child_process';
import { ComputeProblem } from '../problem.ts';

export interface RunOptions {
  signal: AbortSignal;
  environment?: Record<string, string>;
  /** Hears every line of stdout. */
  onLine?: (line: string) => void;
}

/** A program that ended with an error, and the last of what it wrote. */
export class ProgramFailure extends Error {
  readonly output: string;

  constructor(command: string, reason: string, output: string) {
    super(`${command}: ${reason}${output && `\n${output}`}`);
    this.output = output;
  }
}

/** Runs a program and resolves with its stdout. @throws {ProgramFailure} @throws {ComputeProblem} `cancelled` */
export function run(
  command: string,
  given: readonly string[],
  { signal, environment, onLine }: RunOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, given, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const cancel = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', cancel, { once: true });
    let output = '';
    let errors = '';
    let line = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-100_000);
      const lines = (line + text).split('\n');
      line = lines.pop()!;
      for (const whole of lines) onLine?.(whole);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-10_000);
    });
    const settle = (failure: Error | null): void => {
      signal.removeEventListener('abort', cancel);
      if (signal.aborted) reject(cancelled());
      else if (failure) reject(failure);
      else resolve(output);
    };
    child.once('error', (error) => settle(new ProgramFailure(command, error.message, '')));
    child.once('close', (code, ended) => {
      settle(code === 0 ? null : new ProgramFailure(command, `ended with ${ended ?? code}`, errors.trim()));
    });
    if (signal.aborted) cancel();
  });
}

export const cancelled = (): ComputeProblem =>
  new ComputeProblem(
    'cancelled',
    'Stopped. What was fetched so far is kept: start again to go on, or remove it.',
  );

/** The Python that fetches needs to be this new. */
const OLDEST_PYTHON = [3, 6] as const;

/** The Python that fetches; nothing of it is used later. @throws {ComputeProblem} `no-python`, `old-python`, `no-pip` */
export async function findPython(signal: AbortSignal): Promise<string> {
  const commands = ['python3', 'python'];
  const isNew = `import sys; sys.exit(sys.version_info < (${OLDEST_PYTHON.join(', ')}))`;
  const command = await firstThatRuns(commands, signal, ['-c', isNew]);
  if (!command) {
    const old = await firstThatRuns(commands, signal);
    if (old) {
      throw new ComputeProblem(
        'old-python',
        `The Python here (${old}) is too old to fetch TensorFlow: it takes ${OLDEST_PYTHON.join('.')} or newer. Install a newer one, then try again.`,
      );
    }
    throw new ComputeProblem(
      'no-python',
      'Python 3 was not found. It fetches TensorFlow: install it (on Debian and Ubuntu: sudo apt install python3-pip), then try again.',
    );
  }
  try {
    await run(command, ['-m', 'pip', '--version'], { signal });
  } catch (error) {
    if (error instanceof ComputeProblem) throw error;
    throw new ComputeProblem(
      'no-pip',
      'Python is there, but not its installer pip, which fetches TensorFlow. Install it (on Debian and Ubuntu: sudo apt install python3-pip), then try again.',
      { cause: error },
    );
  }
  return command;
}

/** @throws {ComputeProblem} `no-compiler` */
export async function findCompiler(signal: AbortSignal): Promise<string> {
  const chosen = process.env.CXX;
  const command = await firstThatRuns([...(chosen ? [chosen] : []), 'c++', 'g++', 'clang++'], signal);
  if (!command) {
    throw new ComputeProblem(
      'no-compiler',
      'No C++ compiler was found. It joins TensorFlow to Photolex: install one (on Debian and Ubuntu: sudo apt install g++), then try again.',
    );
  }
  return command;
}

/** The first of the commands that can be run with `given`, or null. */
async function firstThatRuns(
  commands: readonly string[],
  signal: AbortSignal,
  given: readonly string[] = ['--version'],
): Promise<string | null> {
  for (const command of commands) {
    try {
      await run(command, given, { signal });
      return command;
    } catch (error) {
      if (error instanceof ComputeProblem) throw error;
    }
  }
  return null;
}

/** What pip's complaint means to the user. @param what what was being fetched */
export function explainDownload(error: unknown, what: string): ComputeProblem {
  if (error instanceof ComputeProblem) return error;
  const output = error instanceof ProgramFailure ? error.output : String(error);
  const explained = (code: string, message: string): ComputeProblem =>
    new ComputeProblem(code, message, { cause: error });
  if (/No space left on device|Errno 28/.test(output)) return noSpaceLeft(error);
  if (/DO NOT MATCH THE HASHES/i.test(output))
    return explained(
      'wrong-checksum',
      `${what} arrived with another checksum than the one it was published with. Try again; if it happens again, ask whoever runs your network or package mirror.`,
    );
  if (
    /NewConnectionError|ConnectTimeout|ReadTimeout|Max retries|name resolution|Network is unreachable|Connection (refused|reset|aborted)|ProxyError|SSLError|IncompleteRead|ProtocolError/i.test(
      output,
    )
  )
    return explained(
      'no-network',
      `${what} could not be fetched: the Python package index does not answer. Check the connection (and the proxy, if there is one), then start again; what was fetched is kept.`,
    );
  return explained(
    'no-download',
    `${what} could not be fetched. pip says: ${output.split('\n').slice(-3).join(' ')}`,
  );
}

export const noSpaceLeft = (cause: unknown): ComputeProblem =>
  new ComputeProblem(
    'no-space',
    'The disk became full. Free some space, then start again; what was fetched is kept.',
    { cause },
  );
