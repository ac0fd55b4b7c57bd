/** Long work: progress with a rate and an estimate by a clock that the test turns, ends of every kind, and what is remembered. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Job } from '../../electron/engine/contract.ts';
import { PhotolexError } from '../../electron/engine/contract.ts';
import { type JobControl, Jobs } from '../../electron/engine/jobs/jobs.ts';
import { Library } from '../../electron/engine/library/library.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';

const start = new Date('2026-03-01T12:00:00.000Z');
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: start });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets time pass, in milliseconds. */
const pass = (milliseconds: number): void => void vi.setSystemTime(Date.now() + milliseconds);

interface Bench {
  library: Library;
  jobs: Jobs;
  /** Everything that was told, in order. */
  told: Job[];
}

function bench(): Bench {
  const library = Library.open(join(temporaryFolder(), 'library'), { create: true });
  onTestFinished(() => library.close());
  const told: Job[] = [];
  return { library, jobs: new Jobs(library, (job) => told.push(job)), told };
}

/** A job that the test moves: its control, and its end. */
function held(
  jobs: Jobs,
  kind: Job['kind'] = 'import',
): {
  id: number;
  control: JobControl;
  done(message: string): Promise<void>;
  fail(error: Error): Promise<void>;
} {
  const work = Promise.withResolvers<string>();
  let control!: JobControl;
  const id = jobs.start(kind, { kind }, (given) => {
    control = given;
    return work.promise;
  });
  const settled = async () => {
    // The job's own continuations come before this one.
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  return {
    id,
    control,
    done: (message) => {
      work.resolve(message);
      return settled();
    },
    fail: (error) => {
      work.reject(error);
      return settled();
    },
  };
}

const progress = (done: number, total: number | null = 100, stage = 'Reading files') => ({
  stage,
  done,
  total,
  unit: 'files',
});

describe('progress', () => {
  test('has a rate and an estimate after a second, from what this stage did', () => {
    const { jobs, told } = bench();
    const { control } = held(jobs);
    control.progress(progress(20));
    expect(told.at(-1)).toMatchObject({
      stage: 'Reading files',
      done: 20,
      total: 100,
      rate: null,
      secondsLeft: null,
    });
    pass(999);
    control.progress(progress(30));
    expect(told.at(-1)).toMatchObject({ done: 30, rate: null, secondsLeft: null });
    pass(1001);
    control.progress(progress(40));
    // Twenty in two seconds: what was done before the stage was told does not count.
    expect(told.at(-1)).toMatchObject({ done: 40, rate: 10, secondsLeft: 6 });
    pass(3000);
    control.progress(progress(100));
    expect(told.at(-1)).toMatchObject({ rate: 16, secondsLeft: 0 });
  });

  test('starts anew with each stage, and has no estimate without a total', () => {
    const { jobs, told } = bench();
    const { control } = held(jobs);
    control.progress(progress(0));
    pass(5000);
    control.progress(progress(50));
    expect(told.at(-1)).toMatchObject({ rate: 10, secondsLeft: 5 });
    control.progress(progress(0, null, 'Looking for photos'));
    expect(told.at(-1)).toMatchObject({ stage: 'Looking for photos', rate: null, secondsLeft: null });
    pass(2000);
    control.progress(progress(8, null, 'Looking for photos'));
    expect(told.at(-1)).toMatchObject({ rate: 4, secondsLeft: null, total: null });
    pass(2000);
    control.progress(progress(200, 100, 'Looking for photos'));
    expect(told.at(-1)!.secondsLeft).toBe(0);
  });

  test('is told a few times a second at most, but a new stage and the end at once', async () => {
    const { jobs, told } = bench();
    const { control, id, done } = held(jobs);
    control.progress(progress(0));
    const before = told.length;
    for (let step = 1; step <= 100; step++) {
      pass(10);
      control.progress(progress(step));
    }
    expect(told.length - before).toBeGreaterThanOrEqual(5);
    expect(told.length - before).toBeLessThanOrEqual(7);
    const told1 = told.length;
    control.progress(progress(0, 10, 'Looking at the photos'));
    control.progress(progress(1, 10, 'Looking at the photos'));
    expect(told).toHaveLength(told1 + 1);
    // Whoever asks is told the latest.
    expect(jobs.list()).toMatchObject([{ id, done: 1 }]);
    await done('All read.');
    expect(told.at(-1)).toMatchObject({ id, state: 'done', message: 'All read.', secondsLeft: null });
  });

  test('that was told does not change afterwards', () => {
    const { jobs, told } = bench();
    const { control } = held(jobs);
    control.progress(progress(1));
    pass(1000);
    control.progress(progress(2));
    expect(told.map(({ stage, done }) => [stage, done])).toEqual([
      ['Starting', 0],
      ['Reading files', 1],
      ['Reading files', 2],
    ]);
  });

  test('of a training keeps its curve', async () => {
    const { library, jobs, told } = bench();
    const { control, done } = held(jobs, 'train');
    const points = [1, 2].map((step) => ({
      step,
      steps: 2,
      pass: step,
      loss: 3 - step,
      precisionAt5: null,
      meanAveragePrecision: null,
    }));
    for (const point of points) control.point(point);
    expect(told.map(({ curve }) => curve.length)).toEqual([0, 1, 2]);
    expect(library.jobs.list()[0]!.curve).toEqual(points);
    await done('');
    expect(jobs.list()[0]!.curve).toEqual(points);
  });
});

describe('a job', () => {
  test('is written down when it starts and when it ends', async () => {
    const { library, jobs } = bench();
    const { id, done } = held(jobs);
    expect(library.jobs.list()).toEqual([
      {
        id,
        kind: 'import',
        state: 'running',
        input: '{"kind":"import"}',
        message: null,
        startedAt: start.toISOString(),
        finishedAt: null,
        curve: [],
      },
    ]);
    pass(5000);
    await done('Done.');
    expect(library.jobs.list()[0]).toMatchObject({
      state: 'done',
      message: 'Done.',
      finishedAt: '2026-03-01T12:00:05.000Z',
    });
    expect(jobs.isRunning('import')).toBe(false);
  });

  test('that fails says why', async () => {
    const { library, jobs, told } = bench();
    await held(jobs).fail(new Error('The drive is gone.'));
    expect(told.at(-1)).toMatchObject({ state: 'failed', message: 'The drive is gone.' });
    expect(library.jobs.list()[0]).toMatchObject({ state: 'failed', message: 'The drive is gone.' });
  });

  test('is cancelled by its signal, with the reason as its message', async () => {
    const { jobs, told } = bench();
    const { id, control, fail } = held(jobs);
    expect(control.signal.aborted).toBe(false);
    jobs.cancel(id);
    expect(control.signal.aborted).toBe(true);
    expect(told.at(-1)!.state).toBe('running');
    await fail(control.signal.reason as Error);
    expect(told.at(-1)).toMatchObject({
      state: 'cancelled',
      message: 'Stopped. What was done so far is kept.',
    });
    jobs.cancel(id);
    jobs.cancel(99);
  });

  test('that is cancelled may say itself what it kept, and no other error shows', async () => {
    const { jobs, told } = bench();
    for (const [error, message] of [
      [new PhotolexError('cancelled', 'The first half is kept.'), 'The first half is kept.'],
      [new Error('EPIPE'), 'Stopped. What was done so far is kept.'],
    ] as const) {
      const { id, fail } = held(jobs);
      jobs.cancel(id);
      await fail(error);
      expect(told.at(-1)).toMatchObject({ state: 'cancelled', message });
    }
  });

  test('that was done before it heard of being cancelled is done', async () => {
    const { jobs, told } = bench();
    const { id, done } = held(jobs);
    jobs.cancel(id);
    await done('All of it.');
    expect(told.at(-1)).toMatchObject({ state: 'done', message: 'All of it.' });
  });

  test('whose end cannot be written down is told all the same, and leaves room for the next', async () => {
    const { library, jobs, told } = bench();
    const { done } = held(jobs);
    library.database.pragma('query_only = ON');
    await done('Done.');
    expect(told.at(-1)).toMatchObject({
      state: 'done',
      message: expect.stringMatching(/^Done\. \(Its end could not be written down/),
    });
    library.database.pragma('query_only = OFF');
    await held(jobs).done('Again.');
    expect(told.at(-1)).toMatchObject({ message: 'Again.' });
  });
});

describe('one at a time', () => {
  test.each([
    ['import', 'import', 'An import is under way already. Wait for it, or cancel it first.'],
    ['train', 'train', 'A training is under way already. Wait for it, or cancel it first.'],
    ['sample', 'import', 'Drawing the sample album is under way already. Wait for it, or cancel it first.'],
    ['import', 'sample', 'An import is under way already. Wait for it, or cancel it first.'],
  ] as const)('a running %s keeps %s from starting', async (first, second, message) => {
    const { library, jobs } = bench();
    const running = held(jobs, first);
    expect(() => held(jobs, second)).toThrow(expect.objectContaining({ code: 'busy', message }));
    expect(library.jobs.list()).toHaveLength(1);
    await running.done('');
    await held(jobs, second).done('');
  });

  test('what the user asks for waits for what began by itself, which begins only where nothing runs', async () => {
    const { jobs } = bench();
    const unasked = Promise.withResolvers<string>();
    expect(jobs.isFree('sidecars')).toBe(true);
    jobs.start('import', {}, () => unasked.promise, { unasked: true });
    expect(jobs.isFree('sidecars')).toBe(false);
    const began: string[] = [];
    const asked = Promise.withResolvers<void>();
    jobs.start('sidecars', {}, async () => {
      began.push('sidecars');
      asked.resolve();
      return '';
    });
    expect(() => held(jobs)).toThrow(expect.objectContaining({ code: 'busy' }));
    expect(began).toEqual([]);
    unasked.resolve('');
    await asked.promise;
    expect(began).toEqual(['sidecars']);
  });

  test('what yields is no hindrance: it is told to end, and what was started waits for that', async () => {
    const { jobs, told } = bench();
    const begun = Promise.withResolvers<JobControl>();
    const work = Promise.withResolvers<string>();
    const yielding = jobs.start(
      'import',
      {},
      (control) => {
        begun.resolve(control);
        return work.promise;
      },
      { unasked: true, yields: true },
    );
    const { signal } = await begun.promise;
    expect([jobs.isFree('import'), jobs.isFree('sidecars')]).toEqual([true, true]);
    held(jobs, 'train');
    expect(signal.aborted).toBe(false);
    const asked = Promise.withResolvers<void>();
    jobs.start('sidecars', {}, async () => {
      asked.resolve();
      return '';
    });
    expect(signal.reason).toMatchObject({ code: 'gave-way' });
    expect(jobs.isFree('import')).toBe(false);
    work.reject(signal.reason as Error);
    await asked.promise;
    expect(told.find(({ id, state }) => id === yielding && state !== 'running')).toMatchObject({
      state: 'cancelled',
      message: 'Stopped. What was done so far is kept.',
    });
  });

  test('an import and a training go side by side', () => {
    const { jobs } = bench();
    held(jobs, 'import');
    held(jobs, 'train');
    expect(jobs.list().map(({ kind, state }) => [kind, state])).toEqual([
      ['train', 'running'],
      ['import', 'running'],
    ]);
  });
});

describe('closing', () => {
  test('interrupts all, waits for them, and lets nothing start', async () => {
    const { jobs, told } = bench();
    const [one, other] = [held(jobs, 'import'), held(jobs, 'train')];
    let closed = false;
    const closing = jobs.close().then(() => {
      closed = true;
    });
    expect([one.control.signal.aborted, other.control.signal.aborted]).toEqual([true, true]);
    expect(() => held(jobs, 'import')).toThrow(expect.objectContaining({ code: 'closed' }));
    await one.fail(one.control.signal.reason as Error);
    expect(closed).toBe(false);
    await other.done('Just in time.');
    await closing;
    expect(told.slice(-2).map(({ kind, state }) => [kind, state])).toEqual([
      ['import', 'interrupted'],
      ['train', 'done'],
    ]);
  });
});

test('what the user stopped before closing stays stopped', async () => {
  const { library, jobs } = bench();
  const { id, control, fail } = held(jobs, 'train');
  jobs.cancel(id);
  const closing = jobs.close();
  await fail(control.signal.reason as Error);
  await closing;
  expect(library.jobs.get(id)).toMatchObject({ state: 'cancelled' });
});

describe('opening', () => {
  /** A record of a job that says it runs in some process. */
  function record(library: Library, process: number): number {
    const id = library.jobs.start('train', {}, start.toISOString());
    library.database.prepare('UPDATE jobs SET process = ? WHERE id = ?').run(process, id);
    return id;
  }

  test('calls interrupted what says it runs and whose process is gone', () => {
    const { library } = bench();
    // No system gives out a process number this large.
    const id = record(library, 2 ** 30);
    pass(60_000);
    const told: Job[] = [];
    const jobs = new Jobs(library, (job) => told.push(job));
    expect(jobs.list()).toEqual([
      {
        id,
        kind: 'train',
        state: 'interrupted',
        stage: '',
        done: 0,
        total: null,
        unit: '',
        rate: null,
        secondsLeft: null,
        loss: null,
        waiting: null,
        message: 'Photolex stopped before this was done.',
        startedAt: start.toISOString(),
        finishedAt: '2026-03-01T12:01:00.000Z',
        curve: [],
      },
    ]);
    expect(told).toEqual([]);
  });

  test('leaves alone what another living process runs, and takes what this one left', () => {
    const { library } = bench();
    record(library, process.ppid);
    record(library, process.pid);
    const jobs = new Jobs(library, () => {});
    expect(jobs.list().map(({ state }) => state)).toEqual(['interrupted', 'running']);
  });

  test('shows the latest of every kind, and the latest curve, whatever came after them', async () => {
    const { library, jobs } = bench();
    const point = { step: 1, steps: 1, pass: 1, loss: 1, precisionAt5: null, meanAveragePrecision: null };
    const trained = held(jobs, 'train');
    trained.control.point(point);
    await trained.done('trained');
    await held(jobs, 'train').fail(new Error('Nothing to learn.'));
    await held(jobs, 'sidecars').done('written');
    for (let number = 1; number <= 25; number++) await held(jobs).done('');
    const list = new Jobs(library, () => {}).list();
    expect(list).toHaveLength(23);
    expect(list.slice(20).map(({ kind, message, curve }) => [kind, message, curve])).toEqual([
      ['sidecars', 'written', []],
      ['train', 'Nothing to learn.', []],
      ['train', 'trained', [point]],
    ]);
  });

  test('shows the latest twenty', async () => {
    const { library, jobs } = bench();
    for (let number = 1; number <= 25; number++) await held(jobs).done(`${number}`);
    const list = new Jobs(library, () => {}).list();
    expect(list.map(({ message }) => message)).toEqual(
      Array.from({ length: 20 }, (_, index) => `${25 - index}`),
    );
  });
});
