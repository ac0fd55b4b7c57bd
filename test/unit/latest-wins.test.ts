/** One request in flight, and of those that wait only the latest. */
import { describe, expect, it } from 'vitest';
import { latestWins } from '../../renderer/state/latestWins.ts';

/** A task whose runs are ended by hand. */
function manualTask() {
  const runs: { given: number; end: () => void; fail: (error: Error) => void }[] = [];
  const task = (given: number) =>
    new Promise<void>((end, fail) => {
      runs.push({ given, end, fail });
    });
  return { runs, task };
}

describe('latestWins', () => {
  it('runs the first call at once, and of the calls that come meanwhile only the last', async () => {
    const { runs, task } = manualTask();
    const ask = latestWins(task);
    const first = ask(1);
    const later = [ask(2), ask(3), ask(4)];
    expect(runs.map(({ given }) => given)).toEqual([1]);
    runs[0]!.end();
    await first;
    await expect.poll(() => runs.map(({ given }) => given)).toEqual([1, 4]);
    runs[1]!.end();
    await Promise.all(later);
    const again = ask(5);
    expect(runs.map(({ given }) => given)).toEqual([1, 4, 5]);
    runs[2]!.end();
    await again;
  });

  it('rejects only the calls whose run failed, and goes on', async () => {
    const { runs, task } = manualTask();
    const ask = latestWins(task);
    const first = ask(1);
    const second = ask(2);
    runs[0]!.fail(new Error('no'));
    await expect(first).rejects.toThrow('no');
    await expect.poll(() => runs.length).toBe(2);
    runs[1]!.end();
    await expect(second).resolves.toBeUndefined();
  });

  it('never runs twice at once, however the calls fall', async () => {
    let running = 0;
    let most = 0;
    const seen: number[] = [];
    const ask = latestWins(async (given: number) => {
      running++;
      most = Math.max(most, running);
      for (let turn = 0; turn < given % 4; turn++) await Promise.resolve();
      seen.push(given);
      running--;
    });
    const calls: Promise<void>[] = [];
    for (let given = 0; given < 200; given++) {
      calls.push(ask(given));
      for (let turn = 0; turn < given % 3; turn++) await Promise.resolve();
    }
    await Promise.all(calls);
    expect(most).toBe(1);
    expect(seen.at(-1)).toBe(199);
    expect(seen).toEqual(seen.toSorted((one, other) => one - other));
  });
});
