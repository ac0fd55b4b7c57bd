/** What the foot of the window shows of the engine's jobs. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '../../electron/engine/contract.ts';
import type { EngineClient } from '../../renderer/engine.ts';
import { Jobs } from '../../renderer/state/jobs.svelte.ts';
import { aJob } from '../fixtures/jobs.ts';

const jobsWith = (stored: Job[], resumeJob?: EngineClient['calls']['resumeJob']) =>
  new Jobs({ calls: { jobs: async () => stored, resumeJob } } as unknown as EngineClient);
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
      aJob(1, 'import', 'interrupted'),
      aJob(2, 'import', 'done'),
      aJob(3, 'train', 'interrupted'),
      aJob(4, 'sample', 'running'),
      aJob(5, 'train', 'failed'),
      aJob(6, 'train', 'interrupted'),
    ]);
    await jobs.load();
    expect(shown(jobs)).toEqual([
      [4, 'running'],
      [6, 'interrupted'],
    ]);
  });

  it('follow the news, and a new job takes the place of the last of its kind', () => {
    const jobs = jobsWith([]);
    jobs.hear(aJob(1, 'train', 'running'));
    expect(jobs.training?.id).toBe(1);
    jobs.hear(aJob(1, 'train', 'cancelled'));
    jobs.hear(aJob(2, 'import', 'running'));
    jobs.hear(aJob(3, 'train', 'running'));
    expect(shown(jobs)).toEqual([
      [2, 'running'],
      [3, 'running'],
    ]);
  });

  it('leave by themselves when they went well, and stay when they did not', () => {
    const jobs = jobsWith([]);
    jobs.hear(aJob(1, 'train', 'failed'));
    jobs.hear(aJob(2, 'import', 'done'));
    vi.runAllTimers();
    expect(shown(jobs)).toEqual([[1, 'failed']]);
  });

  it('do not come back once dismissed; a job of another library with the same number does', () => {
    const jobs = jobsWith([]);
    const failed = aJob(1, 'train', 'failed');
    jobs.hear(failed);
    jobs.dismiss(failed);
    jobs.hear(failed);
    expect(shown(jobs)).toEqual([]);
    jobs.hear(aJob(1, 'train', 'running', { startedAt: '2026-02-01' }));
    expect(shown(jobs)).toEqual([[1, 'running']]);
  });

  it('leave when they are resumed, and stay when they could not be', async () => {
    const resumeJob = vi.fn(async ({ job }: { job: number }) => {
      if (job === 2) throw new Error('An import is under way already.');
      return { job: 9 };
    });
    const jobs = jobsWith([], resumeJob);
    const [training, importing] = [aJob(1, 'train', 'failed'), aJob(2, 'import', 'interrupted')];
    jobs.hear(training);
    jobs.hear(importing);
    await jobs.resume(training);
    await expect(jobs.resume(importing)).rejects.toThrow('under way');
    expect(resumeJob.mock.calls).toEqual([[{ job: 1 }], [{ job: 2 }]]);
    expect(shown(jobs)).toEqual([[2, 'interrupted']]);
  });
});
