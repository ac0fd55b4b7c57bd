/**
 * A whole training whose steps are computed across a port, by the service of the window that trains: the same model as without,
 * and a window that ends costs a step. Both ends are in this process, on WebAssembly; `trainer-window.test.ts` has the page itself.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Channel, messagePortChannel } from '../../electron/engine/channel.ts';
import { type TrainInput, trainInputSchema } from '../../electron/engine/contract.ts';
import { readCheckpoint } from '../../electron/engine/train/checkpoint.ts';
import { TrainerWindow } from '../../electron/engine/train/trainerWindow.ts';
import {
  runTraining,
  type TrainCancelled,
  type TrainOutcome,
  type TrainUnfit,
} from '../../electron/engine/train/training.ts';
import { serveTrainer } from '../../electron/trainer/trainerService.ts';
import { chooseBackend } from '../../native/compute/backends.ts';
import { wasmProcessor } from '../../native/compute/processor.ts';
import { learnedAlbum } from '../fixtures/learnedAlbum.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';

/** Imported, not learned. */
const imported = learnedAlbum(null);

/** A copy of the library that no engine has open. */
async function libraryPath(): Promise<string> {
  const { engine, path } = await imported.open();
  await engine.close();
  return path;
}

interface Run {
  outcome: TrainOutcome | TrainCancelled | TrainUnfit;
  files: Record<string, Buffer>;
}

/** Trains the library at `path`. `atStep` is called as training goes. */
async function train(
  path: string,
  input: TrainInput,
  window: TrainerWindow | null = null,
  atStep: () => void = () => {},
  cancelled: () => boolean = () => false,
): Promise<Run> {
  const folder = join(temporaryFolder(), 'model');
  const host = {
    progress: ({ stage, loss }: { stage: string; loss?: number | null }) => {
      if (stage === 'Learning the pictures' && typeof loss === 'number') atStep();
    },
    point: () => {},
    vectors: async () => {},
  };
  const request = trainInputSchema.parse({ holdout: 0.3, seed: 7, ...input });
  const home = join(temporaryFolder(), 'home');
  const outcome = await runTraining(path, folder, home, request, host, cancelled, window);
  const names = 'cancelled' in outcome ? [] : readdirSync(folder);
  return {
    outcome,
    files: Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))])),
  };
}

/** A window with this card, and its end. */
function windowWith(useCard: () => Promise<string>): {
  window: TrainerWindow;
  end: () => void;
  ended: Promise<void>;
} {
  const { port1, port2 } = new MessageChannel();
  const page: Channel = messagePortChannel(port2 as never);
  serveTrainer(page, useCard);
  const ended = new Promise<void>((resolve) => page.onClose?.(resolve));
  const window = new TrainerWindow(async () => messagePortChannel(port1 as never));
  return { window, end: () => port2.close(), ended };
}

describe('a training in a window', () => {
  let made: Promise<Run> | undefined;
  /** What a training without a window leaves, made once. */
  const whole = (): Promise<Run> => {
    made ??= libraryPath().then((path) => train(path, { backend: 'wasm' }));
    return made;
  };

  test('leaves the very model that one without leaves, and the name of the card', async () => {
    const { window, ended } = windowWith(async () => 'NVIDIA Ampere');
    const { outcome, files } = await train(await libraryPath(), {}, window);
    expect(outcome).toMatchObject({ device: 'NVIDIA Ampere (WebGPU)', notes: [] });
    expect(Object.keys(files)).not.toEqual([]);
    expect(files).toEqual((await whole()).files);
    // The window is closed with the training.
    await ended;
  });

  test('whose window ends is failed, not lost: it goes on elsewhere to the same model', async () => {
    const path = await libraryPath();
    const { window, end } = windowWith(async () => 'NVIDIA Ampere');
    let steps = 0;
    const failed = train(path, {}, window, () => {
      if (++steps === 5) end();
    });
    await expect(failed).rejects.toMatchObject({
      code: 'step-failed',
      message: expect.stringMatching(
        /^Step 6 of \d+ failed \(the window that trains has ended\)\. What was learned before step [1-6] is kept: resume/,
      ),
    });
    const resumed = await train(path, { resume: true, backend: 'wasm' });
    expect(resumed.files).toEqual((await whole()).files);
  });

  test('that is cancelled keeps what the window had learned, and closes it', async () => {
    const path = await libraryPath();
    const { window, ended } = windowWith(async () => 'NVIDIA Ampere');
    let steps = 0;
    const { outcome } = await train(
      path,
      {},
      window,
      () => steps++,
      () => steps >= 4,
    );
    expect(outcome).toHaveProperty('cancelled');
    await ended;
    const { stage } = (await readCheckpoint(join(path, 'models', '.training')))!;
    expect(stage).toMatchObject({ kind: 'pictures', trainer: { step: 4 } });
  });
});

describe('without a card for the window', () => {
  const home = (): string => join(temporaryFolder(), 'home');

  test('WebAssembly trains, and the reason is told', async () => {
    const { window, ended } = windowWith(async () => {
      throw new Error('the only driver for WebGPU computes on the processor (Google Swiftshader)');
    });
    expect(await chooseBackend('auto', home(), window.useCard)).toEqual({
      name: 'wasm',
      device: wasmProcessor(),
      reason: null,
      cardProblem: 'the only driver for WebGPU computes on the processor (Google Swiftshader)',
    });
    await ended;
  });

  test('who asks for WebGPU by name is refused with the reason', async () => {
    const { window } = windowWith(async () => {
      throw new Error('there is no graphics card with a driver for WebGPU');
    });
    await expect(chooseBackend('webgpu', home(), window.useCard)).rejects.toMatchObject({
      code: 'no-webgpu',
      message:
        'WebGPU cannot be used: there is no graphics card with a driver for WebGPU. Train with the best that is there.',
    });
  });

  test('a window that is gone before it answers is a reason, too', async () => {
    const { window, end } = windowWith(() => new Promise(() => {}));
    setImmediate(end);
    await expect(window.useCard({ software: false })).rejects.toThrow('the window that trains has ended');
  });
});
