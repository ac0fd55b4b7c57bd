/** What the foot of the window shows of the engine's jobs. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '../../electron/engine/contract.ts';
import type { EngineClient } from '../../renderer/engine.ts';
import { Jobs } from '../../renderer/state/jobs.svelte.ts';

const job = (id: number, kind: Job['kind'], state: Job['state'], startedAt = `2026-01-0${id}`): Job => ({
  id,
  kind,
  state,
  stage: '',
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
});

const jobsWith = (stored: Job[]) =>
  new Jobs({ calls: { jobs: async () => stored } } as unknown as EngineClient);
const shown = (jobs: Jobs) => jobs.list.map(({ id, state }) => [id, state]);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the jobs in sight', () => {
  it('begin with what runs and what the last session left unfinished, unless it was done again since', async () => {
    const jobs = jobsWith([
      job(1, 'import', 'interrupted'),
      job(2, 'import', 'done'),
      job(3, 'train', 'interrupted'),
      job(4, 'sample', 'running'),
      job(5, 'train', 'failed'),
      job(6, 'train', 'interrupted'),
    ]);
    await jobs.load();
    expect(shown(jobs)).toEqual([
      [4, 'running'],
      [6, 'interrupted'],
    ]);
  });

  it('follow the news, and a new job takes the place of the last of its kind', () => {
    const jobs = jobsWith([]);
    jobs.hear(job(1, 'train', 'running'));
    expect(jobs.training?.id).toBe(1);
    jobs.hear(job(1, 'train', 'cancelled'));
    jobs.hear(job(2, 'import', 'running'));
    jobs.hear(job(3, 'train', 'running'));
    expect(shown(jobs)).toEqual([
      [2, 'running'],
      [3, 'running'],
    ]);
  });

  it('leave by themselves when they went well, and stay when they did not', () => {
    const jobs = jobsWith([]);
    jobs.hear(job(1, 'train', 'failed'));
    jobs.hear(job(2, 'import', 'done'));
    vi.runAllTimers();
    expect(shown(jobs)).toEqual([[1, 'failed']]);
  });

  it('do not come back once dismissed; a job of another library with the same number does', () => {
    const jobs = jobsWith([]);
    const failed = job(1, 'train', 'failed');
    jobs.hear(failed);
    jobs.dismiss(failed);
    jobs.hear(failed);
    expect(shown(jobs)).toEqual([]);
    jobs.hear(job(1, 'train', 'running', '2026-02-01'));
    expect(shown(jobs)).toEqual([[1, 'running']]);
  });
});
