/** The first half of a training: stopped within a step, written down, and gone on with to the same text embedding. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  CheckpointWriter,
  readCheckpoint,
  removeCheckpoint,
} from '../../electron/engine/train/checkpoint.ts';
import { learnText, type TextLearnInput } from '../../electron/engine/train/textLearner.ts';
import { textAlgorithms } from '../../models/text/algorithms.ts';
import { encodeTextModel, type TextModel } from '../../models/text/textModel.ts';
import type { TextState } from '../../models/text/textTraining.ts';
import { captionsOf, everyScene, prepare } from '../fixtures/captions.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';

const documents = captionsOf(3, 400, everyScene);
const { vocabulary } = prepare(documents);
const bytes = (model: TextModel): Buffer => Buffer.from(encodeTextModel(model).words);

describe.each(textAlgorithms)('%s', (algorithm) => {
  const input: TextLearnInput = {
    algorithm,
    documents,
    vocabulary,
    dimension: 16,
    pretrained: null,
    seed: 5,
  };

  /** Learns until so many steps are done, then is told to stop. */
  async function learn(
    steps: number,
    resumed?: TextState,
  ): Promise<{ model?: TextModel; state?: TextState }> {
    let left = steps;
    let state: TextState | undefined;
    try {
      const model = await learnText(
        input,
        { progress: () => left--, cancelled: () => left <= 0, pause: async () => {} },
        async (now) => {
          state = now;
        },
        resumed,
      );
      return { model };
    } catch (error) {
      expect(error).toMatchObject({ code: 'cancelled' });
      expect(left).toBe(0);
      return { state: state! };
    }
  }

  test('stops as soon as it is told, and goes on from what was written', async () => {
    const folder = join(temporaryFolder(), 'checkpoint');
    const { state } = await learn(1);
    const common = {
      input: '{}',
      source: 'a hash',
      heldOut: Uint32Array.of(3),
    };
    await new CheckpointWriter(folder, null).write({ ...common, stage: { kind: 'words', state: state! } });
    const read = await readCheckpoint(folder);
    expect(read).toMatchObject({ ...common, stage: { kind: 'words' } });
    const goneOn = await learn(Number.POSITIVE_INFINITY, (read.stage as { state: TextState }).state);
    const whole = await learn(Number.POSITIVE_INFINITY);
    expect(bytes(goneOn.model!).equals(bytes(whole.model!))).toBe(true);
    await removeCheckpoint(folder);
    await expect(readCheckpoint(folder)).rejects.toMatchObject({ code: 'no-checkpoint' });
  });

  test('is kept beside the checkpoint once it is learned', async () => {
    const folder = join(temporaryFolder(), 'checkpoint');
    const { model } = await learn(Number.POSITIVE_INFINITY);
    const trainer = {
      step: 3,
      random: [1, 2, 3, 4],
      order: Uint32Array.of(1, 0),
      tensors: { 'hidden.weight': Float32Array.of(0.5), 'hidden.weight.mean': Float32Array.of(0.25) },
    };
    const losses = { sum: 2.5, steps: 2 };
    const stage = { kind: 'pictures' as const, text: model!, trainer, losses, curve: [] };
    const common = {
      input: '{}',
      source: 'a hash',
      heldOut: new Uint32Array(0),
    };
    const writer = new CheckpointWriter(folder, null);
    await writer.write({ ...common, stage });
    await writer.write({ ...common, stage: { ...stage, trainer: { ...trainer, step: 4 } } });
    const read = (await readCheckpoint(folder)).stage as typeof stage;
    expect(read).toMatchObject({ trainer: { ...trainer, step: 4 }, losses });
    expect(read.text.algorithm).toBe(algorithm);
    expect(bytes(read.text).equals(bytes(model!))).toBe(true);

    const point = { step: 2, steps: 4, pass: 1, loss: 1, precisionAt5: null, meanAveragePrecision: null };
    const best = { point, choice: 0.5, trainer: { ...trainer, step: 2 } };
    const network = { ...stage, kind: 'network' as const, best, head: [Float32Array.of(1, 2)] };
    await writer.write({ ...common, stage: network });
    expect((await readCheckpoint(folder)).stage).toMatchObject({ best, head: network.head });
  });
});
