/** A worker's process and the line to it, whatever happens to either. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { VisionWorker } from '../../electron/engine/index/vision.ts';
import { startWorker, type WorkerHandle } from '../../electron/engine/workers/workerProcess.ts';
import { builtPath, projectRoot } from '../../native/runtime.ts';
import { childProcesses } from '../fixtures/childProcesses.ts';

const started: WorkerHandle<VisionWorker>[] = [];

function start(): WorkerHandle<VisionWorker> {
  const worker = startWorker<VisionWorker, object>('vision-worker', {});
  started.push(worker);
  return worker;
}

beforeAll(() => {
  if (!existsSync(builtPath('node', 'vision-worker.js')))
    execFileSync(process.execPath, [join(projectRoot, 'build', 'launch.js'), 'build'], { cwd: projectRoot });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const worker of started.splice(0)) await worker.stop();
});

test('a worker that dies while its engine is busy is an error of the calls, and no end of the engine', async () => {
  const { calls } = start();
  await calls.index([]);
  const [pid] = childProcesses('vision-worker');
  process.kill(pid!, 'SIGKILL');
  // Nothing is noticed meanwhile, as during a commit.
  while (childProcesses('vision-worker').length > 0);
  const unanswered = [calls.index([]), calls.picture(Buffer.alloc(100_000))];
  for (const call of unanswered) await expect(call).rejects.toMatchObject({ code: 'worker-stopped' });
});

test('a worker that cannot be started says so', async () => {
  const { execPath } = process;
  process.execPath = '/nowhere/node';
  try {
    await expect(start().calls.index([])).rejects.toMatchObject({
      code: 'worker-stopped',
      message: expect.stringContaining('spawn /nowhere/node ENOENT'),
    });
  } finally {
    process.execPath = execPath;
  }
});

test('a signal to the whole group of processes, such as Ctrl-C, leaves the worker to its engine', async () => {
  const { calls, stop } = start();
  await calls.index([]);
  const [pid] = childProcesses('vision-worker');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.kill(pid!, signal);
  expect(await calls.index([])).toEqual({ network: null, photos: [] });
  await stop();
  expect(childProcesses('vision-worker')).toEqual([]);
});
