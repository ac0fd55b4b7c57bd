/** The learner's own loop, over a trainer that moves everything it trains by the same in each step. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readModel, starterPath } from '../../electron/engine/library/modelFiles.ts';
import { openBackbone } from '../../electron/engine/train/backbones.ts';
import type { Corpus } from '../../electron/engine/train/corpus.ts';
import {
  type Learned,
  type LearnInput,
  type LearnState,
  learn,
} from '../../electron/engine/train/learner.ts';
import type { StartTraining } from '../../electron/engine/train/pictureTrainer.ts';
import { Random } from '../../models/random.ts';
import { TextPreparation } from '../../models/text/preparation.ts';
import { Trainer } from '../../models/vision/trainer.ts';
import { useWasm } from '../../native/compute/wasm.ts';
import { picture, temporaryFolder } from '../fixtures/pictures.ts';

const PHOTOS = 40;
const WIDTH = 1280;
const STEPS = 4;
const words = ['dog', 'cat', 'beach', 'tree', 'car'];

/** Photos with two words each, and features by chance. */
function corpus(seed = 3): Corpus {
  const random = new Random(seed);
  return {
    photos: Int32Array.from({ length: PHOTOS }, (_, row) => row + 1),
    features: Float32Array.from({ length: PHOTOS * WIDTH }, () => Math.max(0, random.gaussian())),
    width: WIDTH,
    documents: Array.from({ length: PHOTOS }, (_, row) => [words[row % 5]!, words[(row * 2 + 1) % 5]!]),
    preparation: TextPreparation.plain,
  };
}

const startTraining: StartTraining = async (network, objective, rows, options) => {
  const trainer = new Trainer(network, objective, rows, options);
  let stepsDone = 0;
  return {
    steps: STEPS,
    stepsPerPass: 1,
    get stepsDone() {
      return stepsDone;
    },
    get done() {
      return stepsDone === STEPS;
    },
    step: async () => {
      for (const { values } of network.parameters)
        for (let i = 0; i < values.length; i++) values[i] = values[i]! + 0.01;
      stepsDone++;
      return { loss: 1, waited: 0 };
    },
    state: () => ({ ...trainer.state(), step: stepsDone }),
    restore: (state) => {
      trainer.restore(state);
      stepsDone = state.step;
    },
  };
};

beforeAll(() => useWasm());

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

describe.each(['contrastive', 'sigmoid'] as const)('a training of the last blocks, %s loss', (loss) => {
  async function request(): Promise<LearnInput> {
    const path = join(temporaryFolder(), 'thumbnail.jpg');
    await picture(1, 64, 48).jpeg().toFile(path);
    const isContrastive = loss === 'contrastive';
    return {
      backbone: await openBackbone({ backbone: 'efficientnet-lite0', seed: 1 }),
      text: 'word2vec',
      loss,
      negatives: 'semi-hard',
      dimension: undefined,
      init: isContrastive ? 'starter' : 'scratch',
      weighting: 'tfidf',
      seed: 1,
      tune: 'last',
      recipe: 'best',
      passes: STEPS,
      thumbnail: () => ({ path, closer: false }),
      heldOut: new Set(),
      starter: isContrastive ? await readModel(starterPath()) : null,
      pretrained: null,
      startTraining,
    };
  }

  /** Learns to the end, or until it has looked twice in a stage whether it shall stop. */
  async function train(
    from: Corpus,
    stopIn: string | null,
    resumed?: LearnState,
  ): Promise<Learned | LearnState> {
    let kept: LearnState | undefined;
    let stage = '';
    let looked = 0;
    try {
      const learned = await learn(
        from,
        await request(),
        {
          progress: (progress) => {
            stage = progress.stage;
          },
          point: () => {},
          pause: async () => {},
          cancelled: () => stage === stopIn && ++looked === 2,
          checkpoint: async (state) => {
            // The text embedding is no plain data; everything else goes on being changed.
            const { text, ...stage } = { text: null, ...state.stage };
            kept = { ...state, stage: { ...structuredClone(stage), text } } as LearnState;
          },
        },
        resumed,
      );
      await learned.close();
      return learned;
    } catch (error) {
      if ((error as { code?: string }).code !== 'cancelled') throw error;
      return kept!;
    }
  }

  test('that stopped makes the same network as one that did not', async () => {
    const whole = ((await train(corpus(), null)) as Learned).model.network!;
    const stopped = (await train(corpus(), 'Learning to see')) as LearnState;
    expect(stopped.stage.kind).toBe('network');
    const resumed = ((await train(corpus(), null, stopped)) as Learned).model.network!;
    for (const [name, { data }] of whole.initializers)
      expect(bytesOf(resumed.initializers.get(name)!.data).equals(bytesOf(data)), name).toBe(true);
  });

  test('goes on with nothing else than what it began with', async () => {
    const stopped = (await train(corpus(), 'Learning to see')) as LearnState;
    const other = corpus();
    other.documents.reverse();
    for (const changed of [other, corpus(4)])
      await expect(train(changed, null, stopped)).rejects.toMatchObject({ code: 'no-checkpoint' });
  });
});
