/** What the commands share: an engine with the library open, waiting for a job, printing. */
import type { Job } from '../engine/contract.ts';
import { PhotolexError } from '../engine/contract.ts';
import { createEngine, type EngineOptions } from '../engine/createEngine.ts';
import type { Engine } from '../engine/engine.ts';
import { ProgressBar } from './progress.ts';

/** What every command about a library is told. */
export interface LibraryOptions {
  library: string;
  json?: boolean;
}

/**
 * Runs `work` with an engine that has the library open, and closes it whatever happens. Ctrl-C cancels running jobs. Nothing is
 * learned by itself: that is what `train` is for, and the process would end under it.
 */
export async function withLibrary<T>(
  path: string,
  create: boolean,
  work: (engine: Engine) => Promise<T>,
  { looksCloser = false }: Pick<EngineOptions, 'looksCloser'> = {},
): Promise<T> {
  const engine = await createEngine({ learnsByItself: false, watches: false, looksCloser });
  const interrupt = (): void => {
    console.error('\nStopping at the next safe point …');
    void engine.close().then(() => process.exit(1));
  };
  process.once('SIGINT', interrupt);
  try {
    await engine.calls.openLibrary({ path, create });
    return await work(engine);
  } finally {
    process.off('SIGINT', interrupt);
    await engine.close();
  }
}

/** Waits for a job, showing its progress. @throws {PhotolexError} if it failed or was cancelled. */
export async function finished(engine: Engine, start: () => Promise<{ job: number }>): Promise<Job> {
  const bar = new ProgressBar();
  const ended = Promise.withResolvers<Job>();
  let id: number | null = null;
  const seen = new Map<number, Job>();
  const stop = engine.on('job', (job) => {
    seen.set(job.id, job);
    if (id !== null && job.id !== id) return;
    bar.show(job);
    if (job.state !== 'running' && id !== null) ended.resolve(job);
  });
  try {
    ({ job: id } = await start());
    const early = seen.get(id);
    if (early && early.state !== 'running') ended.resolve(early);
    const job = await ended.promise;
    if (job.state !== 'done') throw new PhotolexError(job.state, job.message ?? `The job ${job.state}.`);
    return job;
  } finally {
    stop();
  }
}
