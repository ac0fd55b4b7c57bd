/**
 * Long work: each job runs on its own, tells its progress with a rate and an estimate, can be cancelled, and is written
 * down, so that what a crash cut off is known at the next start. One job of a kind runs at a time, and the sample album counts
 * as an import.
 */
import { type Job, PhotolexError, type TrainingPoint } from '../contract.ts';
import type { Progress } from '../import/progress.ts';
import type { Library } from '../library/library.ts';

/** What a running job may do with its record. */
export interface JobControl {
  id: number;
  signal: AbortSignal;
  progress(progress: Progress): void;
  point(point: TrainingPoint): void;
}

/** Milliseconds between two events of one job. */
const EVENT_INTERVAL = 150;
/** Seconds of work before a rate is ground for an estimate. */
const ESTIMATE_AFTER = 1;

interface RunningJob {
  job: Job;
  controller: AbortController;
  unasked: boolean;
  yields: boolean;
  finished: Promise<void>;
  stageStarted: number;
  stageOffset: number;
  told: number;
}

/** Why a job stopped that did not end by itself. */
const STOPPED = 'Stopped. What was done so far is kept.';
/** The reason of a stop that nobody asked for: the job can go on at the next start. */
const CLOSED = new PhotolexError('closed', STOPPED);

export class Jobs {
  readonly #library: Library;
  readonly #tell: (job: Job) => void;
  readonly #running = new Map<number, RunningJob>();
  #closed = false;

  /** @param tell is called with each change, at most a few times a second for a job, and always when it ends. */
  constructor(library: Library, tell: (job: Job) => void) {
    this.#library = library;
    this.#tell = tell;
    library.jobs.markInterrupted(new Date().toISOString());
  }

  /**
   * Starts a job; `work` returns its result in one line. Its end is told, not thrown.
   * @param unasked that it starts by itself: what the user asks for meanwhile waits for it and is not refused
   * @param yields that it ends for whatever starts meanwhile, aborted by a `PhotolexError` with the code `gave-way`
   * @throws {PhotolexError} `busy` if a job of this kind is running that the user asked for, `closed` after `close`.
   */
  start(
    kind: Job['kind'],
    input: unknown,
    work: (control: JobControl) => Promise<string>,
    { unasked = false, yields = false } = {},
  ): number {
    if (this.#closed) throw new PhotolexError('closed', 'The library is being closed.');
    const others = this.#beside(kind);
    const other = others.find((running) => !running.unasked);
    if (other) {
      throw new PhotolexError(
        'busy',
        `${labels[other.job.kind]} is under way already. Wait for it, or cancel it first.`,
      );
    }
    for (const { controller, yields: gives } of others)
      if (gives) controller.abort(new PhotolexError('gave-way', 'It gave way to what was asked for.'));
    const startedAt = new Date().toISOString();
    const id = this.#library.jobs.start(kind, input, startedAt);
    const job: Job = {
      id,
      kind,
      state: 'running',
      stage: 'Starting',
      done: 0,
      total: null,
      unit: '',
      rate: null,
      secondsLeft: null,
      loss: null,
      waiting: null,
      message: null,
      startedAt,
      finishedAt: null,
      curve: [],
    };
    const controller = new AbortController();
    const running: RunningJob = {
      job,
      controller,
      unasked,
      yields,
      finished: Promise.resolve(),
      stageStarted: 0,
      stageOffset: 0,
      told: 0,
    };
    this.#running.set(id, running);
    running.finished =
      others.length === 0
        ? this.#run(running, work)
        : Promise.all(others.map(({ finished }) => finished)).then(() => this.#run(running, work));
    this.#tell({ ...job });
    return id;
  }

  async #run(running: RunningJob, work: (control: JobControl) => Promise<string>): Promise<void> {
    const { job, controller } = running;
    try {
      job.message = await work({
        id: job.id,
        signal: controller.signal,
        progress: (progress) => this.#progress(running, progress),
        point: (point) => {
          job.curve = [...job.curve, point];
          this.#library.jobs.setCurve(job.id, job.curve);
          this.#tell({ ...job });
        },
      });
      job.state = 'done';
    } catch (error) {
      const { aborted, reason } = controller.signal;
      job.state = !aborted ? 'failed' : reason === CLOSED ? 'interrupted' : 'cancelled';
      const cancelled = error instanceof PhotolexError && error.code === 'cancelled';
      job.message = job.state === 'failed' || cancelled ? (error as Error).message : STOPPED;
    }
    job.finishedAt = new Date().toISOString();
    job.secondsLeft = null;
    try {
      this.#library.jobs.finish(job.id, job.state, job.message, job.finishedAt);
    } catch (error) {
      // As on a full disk. Its end is told all the same; the next start will call it interrupted.
      job.message = `${job.message} (Its end could not be written down: ${(error as Error).message}.)`;
    }
    this.#running.delete(job.id);
    this.#tell({ ...job });
  }

  #progress(running: RunningJob, progress: Progress): void {
    const { job } = running;
    const now = Date.now();
    if (progress.stage !== job.stage) {
      running.stageStarted = now;
      running.stageOffset = progress.done;
      running.told = 0;
    }
    Object.assign(job, { loss: null, waiting: null }, progress);
    const seconds = (now - running.stageStarted) / 1000;
    const known = seconds >= ESTIMATE_AFTER && progress.done > running.stageOffset;
    job.rate = known ? (progress.done - running.stageOffset) / seconds : null;
    job.secondsLeft =
      job.rate && progress.total !== null ? Math.max(0, (progress.total - progress.done) / job.rate) : null;
    if (now - running.told < EVENT_INTERVAL) return;
    running.told = now;
    this.#tell({ ...job });
  }

  /** The jobs of `JobRepository.list`, as far as they are where they run. */
  list(): Job[] {
    return this.#library.jobs.list().map((stored) => {
      const running = this.#running.get(stored.id);
      if (running) return { ...running.job };
      const { input: _, ...record } = stored;
      return {
        ...record,
        stage: '',
        done: 0,
        total: null,
        unit: '',
        rate: null,
        secondsLeft: null,
        loss: null,
        waiting: null,
      };
    });
  }

  /** The jobs that do not run beside one of this kind. */
  #beside(kind: Job['kind']): RunningJob[] {
    return [...this.#running.values()].filter(({ job }) => slots[job.kind] === slots[kind]);
  }

  /** Whether a job of this kind could start, with nothing to wait for but what yields. */
  isFree(kind: Job['kind']): boolean {
    return this.#beside(kind).every(({ yields }) => yields);
  }

  isRunning(kind: Job['kind']): boolean {
    return [...this.#running.values()].some(({ job }) => job.kind === kind);
  }

  /** Asks a job to stop; one that has ended already is left alone. */
  cancel(id: number): void {
    this.#running.get(id)?.controller.abort(new PhotolexError('cancelled', STOPPED));
  }

  /** Interrupts everything and waits until it has stopped; no job starts any more. */
  async close(): Promise<void> {
    this.#closed = true;
    const running = [...this.#running.values()];
    for (const { controller } of running) controller.abort(CLOSED);
    await Promise.all(running.map(({ finished }) => finished));
  }
}

/** Jobs of one slot do not run side by side. */
const slots: Record<Job['kind'], 'import' | 'train' | 'tag'> = {
  sample: 'import',
  import: 'import',
  // Both read files' stamps and set them.
  sidecars: 'import',
  train: 'train',
  tag: 'tag',
};

const labels: Record<Job['kind'], string> = {
  sample: 'Drawing the sample album',
  import: 'An import',
  train: 'A training',
  tag: 'Adding suggested words',
  sidecars: 'Writing sidecars',
};
