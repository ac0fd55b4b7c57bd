/** The Train screen's choices, and the curve that it shows. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Acceleration,
  presets,
  type TrainInput,
  trainInputSchema,
} from '../../electron/engine/contract.ts';
import { aLibrary, aModel, applicationState } from '../fixtures/applicationState.ts';
import { aJob } from '../fixtures/jobs.ts';

const points = (...passes: number[]) =>
  passes.map((pass) => ({
    step: pass,
    steps: 9,
    pass,
    loss: 1 / pass,
    precisionAt5: null,
    meanAveragePrecision: null,
  }));

describe('the curve', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('stays when the job of its training has left the foot of the window', async () => {
    const { application, engine } = applicationState({ jobs: () => [] });
    const { training, jobs } = application;
    await training.open();
    engine.tell('job', aJob(1, 'train', 'running', { curve: points(1) }));
    expect(training.curve).toHaveLength(1);
    engine.tell('job', aJob(1, 'train', 'done', { curve: points(1, 2) }));
    vi.runAllTimers();
    expect(jobs.list).toEqual([]);
    expect(training.curve).toHaveLength(2);

    // A new training begins without one, and one that fails at once leaves the last.
    engine.tell('job', aJob(2, 'train', 'running'));
    expect(training.curve).toEqual([]);
    engine.tell('job', aJob(2, 'train', 'failed'));
    expect(training.curve).toHaveLength(2);

    engine.tell('library', aLibrary());
    expect(training.curve).toEqual([]);
  });

  it('is that of the latest training which has one', async () => {
    const stored = [
      aJob(4, 'train', 'failed'),
      aJob(3, 'train', 'done', { curve: points(1, 2, 3) }),
      aJob(2, 'train', 'done', { curve: points(1) }),
      aJob(1, 'import', 'done'),
    ];
    const { application } = applicationState({ jobs: () => stored });
    await application.training.open();
    expect(application.training.curve).toHaveLength(3);
  });
});

describe('the choices', () => {
  /** The screen, opened while a model answers that was trained like this. */
  async function openedAfter(asked: TrainInput | null, model = aModel('model-1', { active: true })) {
    const state = applicationState({ trainedAs: () => asked && trainInputSchema.parse(asked) });
    state.engine.tell('library', aLibrary({ models: [model] }));
    await state.application.training.open();
    return { ...state, training: state.application.training };
  }

  it('begin as those that made the model that answers', async () => {
    const { training } = await openedAfter({
      text: 'fasttext',
      loss: 'triplet',
      negatives: 'soft',
      tune: 'last',
      weighting: 'mean',
      backbone: '/networks/mine.onnx',
      recipe: 'paper',
      init: 'scratch',
      holdout: 0.3,
      backend: 'webgpu',
    });
    expect(training.choice).toMatchObject({
      text: 'fasttext',
      loss: 'triplet',
      negatives: 'soft',
      tune: 'last',
      weighting: 'mean',
      backbone: '/networks/mine.onnx',
      recipe: 'paper',
      init: 'scratch',
      holdout: 0.3,
      backend: 'auto',
    });
  });

  it('of the paper are the paper’s again, and train as the paper did', async () => {
    const { training, inputsOf, engine } = await openedAfter(presets.paper);
    expect(training.preset).toBe('paper');
    await training.start().catch(() => {});
    expect(engine.received.at(-1)?.name).toBe('train');
    expect(inputsOf('train')[0]).toMatchObject(presets.paper);
  });

  it.each([
    ['googlenet', 'googlenet'],
    ['resnet18', 'efficientnet-lite0'],
  ])(
    'of a model whose training is not known are its record’s, with network %s: %s',
    async (backbone, shown) => {
      const model = aModel('model-1', { active: true, loss: 'sigmoid', tune: 'all', backbone });
      const { training } = await openedAfter(null, model);
      expect(training.choice).toMatchObject({
        loss: 'sigmoid',
        tune: 'all',
        backbone: shown,
        init: 'pretrained',
      });
    },
  );

  it('that the user makes meanwhile stay', async () => {
    const { application, engine } = applicationState({
      trainedAs: () => trainInputSchema.parse({ text: 'lda' }),
    });
    engine.tell('library', aLibrary());
    const opening = application.training.open();
    application.training.change({ text: 'glove' });
    await opening;
    expect(application.training.choice.text).toBe('glove');
  });

  const wasm = { device: 'CPU', backend: 'wasm', tensorflow: null } as Acceleration;
  const tensorflow = {
    ...wasm,
    backend: 'tensorflow',
    tensorflow: { version: '2', variant: 'cpu', bytes: 1 },
  } as Acceleration;
  const webgpu = { ...wasm, backend: 'webgpu' } as Acceleration;
  it.each([
    ['nothing', wasm, { auto: false, tensorflow: false, webgpu: true, wasm: false }],
    ['TensorFlow', tensorflow, { auto: true, tensorflow: true, webgpu: true, wasm: false }],
    ['a graphics card', webgpu, { auto: true, tensorflow: false, webgpu: true, wasm: false }],
  ])('go deep with %s only on what can do it', async (_, acceleration, expected) => {
    const { application, engine } = applicationState();
    engine.tell('acceleration', acceleration);
    const found = Object.keys(expected).map((backend) => {
      application.training.change({ backend: backend as keyof typeof expected });
      return [backend, application.training.trainsDeep];
    });
    expect(Object.fromEntries(found)).toEqual(expected);
  });
});
