/** Long work of the engine, as it is heard of: what runs, what has just ended, what was interrupted and can go on. */
import type { Job } from '../../electron/engine/contract.ts';
import type { EngineClient } from '../engine.ts';

/** How long the result of a job that went well stays in sight, in milliseconds. */
const RESULT_STAYS = 12_000;

export class Jobs {
  /** What is to be seen, oldest first: what runs, and of each kind the last that ended, until it is dismissed. */
  list = $state.raw<readonly Job[]>([]);
  readonly #engine: EngineClient;
  readonly #dismissed = new Set<string>();

  constructor(engine: EngineClient) {
    this.#engine = engine;
  }

  get running(): Job | undefined {
    return this.list.find((job) => job.state === 'running');
  }

  /** The training that runs, if one does. */
  get training(): Job | undefined {
    return this.list.find((job) => job.kind === 'train' && job.state === 'running');
  }

  /** Takes up the jobs of the open library: those that run, and those that an earlier session left unfinished. */
  async load(): Promise<void> {
    const jobs = await this.#engine.calls.jobs();
    const latest = new Map(jobs.toSorted((one, other) => one.id - other.id).map((job) => [job.kind, job]));
    this.list = jobs.filter(
      (job) => job.state === 'running' || (job.state === 'interrupted' && latest.get(job.kind) === job),
    );
  }

  /** Takes news of a job. */
  hear(job: Job): void {
    if (this.#dismissed.has(keyOf(job))) return;
    const known = this.list.some((other) => keyOf(other) === keyOf(job));
    this.list = known
      ? this.list.map((other) => (keyOf(other) === keyOf(job) ? job : other))
      : [...this.list.filter((other) => other.kind !== job.kind || other.state === 'running'), job];
    if (job.state === 'done') setTimeout(() => this.dismiss(job), RESULT_STAYS);
  }

  dismiss(job: Job): void {
    this.#dismissed.add(keyOf(job));
    this.list = this.list.filter((other) => keyOf(other) !== keyOf(job));
  }

  /** Goes on with a job that was interrupted or stopped, or tries again one that failed. */
  async resume(job: Job): Promise<void> {
    await this.#engine.calls.resumeJob({ job: job.id });
    this.dismiss(job);
  }

  async cancel(job: Job): Promise<void> {
    await this.#engine.calls.cancelJob({ job: job.id });
  }

  /** Forgets everything, when the library is closed. */
  clear(): void {
    this.list = [];
  }
}

/** Ids count from one in every library. */
const keyOf = (job: Job): string => `${job.id} ${job.startedAt}`;
