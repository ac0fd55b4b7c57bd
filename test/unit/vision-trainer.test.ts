/** The trainer: what each objective brings pictures to, and trainings that stop, fail and go on. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../models/random.ts';
import { ContrastiveObjective, scratchOptions } from '../../models/vision/contrastiveObjective.ts';
import {
  createHead,
  forward,
  type HeadParameters,
  headInput,
  imageVectors,
} from '../../models/vision/head.ts';
import { HeadNetwork } from '../../models/vision/headNetwork.ts';
import { SigmoidObjective, TripletObjective } from '../../models/vision/regressionObjectives.ts';
import type { TrainableNetwork } from '../../models/vision/trainableNetwork.ts';
import { Trainer } from '../../models/vision/trainer.ts';
import { normaliseRows } from '../../models/vision/wordTable.ts';
import { useWasm } from '../../native/compute/wasm.ts';
import { read, unitRows } from '../fixtures/gradients.ts';
import { gaussian } from '../fixtures/operators.ts';

beforeAll(useWasm);

describe('trainer', () => {
  const F = 16;
  const D = 8;
  /** Photos of four kinds, each kind with its word and a word that all share. */
  const problem = () => {
    const random = new Random(2);
    const features = Float32Array.from({ length: 64 * F }, (_, i) => {
      const photo = Math.floor(i / F);
      return Math.abs(random.gaussian()) * 0.2 + (i % F === photo % 4 ? 3 : 0);
    });
    const rows = Uint32Array.from({ length: 64 }, (_, row) => row);
    const captions = Array.from({ length: 64 }, (_, photo) => ({
      words: Uint32Array.of(photo % 4, 4),
      weights: Float32Array.of(2, 0.5),
    }));
    const head = createHead({ features: F, hidden: 24, dimension: D }, features, [...rows], new Random(3));
    const words = { vectors: gaussian(5 * D, 4), bias: new Float32Array(5), scale: 5 };
    return { head, words, captions, data: { features, rows } };
  };
  const options = { ...scratchOptions, passes: 30, batch: 16, rate: 1e-2, wordRate: 1e-2, dropout: 0.1 };
  const network = (head: HeadParameters, data: { features: Float32Array }): HeadNetwork =>
    new HeadNetwork(head, data.features, options.dropout);
  const contrastive = ({ head, words, captions, data }: ReturnType<typeof problem>): Trainer =>
    new Trainer(network(head, data), new ContrastiveObjective(words, captions, options), data.rows, options);

  it('brings pictures to their words', async () => {
    const start = problem();
    const { head, words, data } = start;
    const trainer = contrastive(start);
    const losses: number[] = [];
    while (!trainer.done) losses.push((await trainer.step()).loss);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    const vectors = await imageVectors(head, data.features, [0, 1, 2, 3]);
    const { unit } = normaliseRows(words.vectors, D);
    for (let photo = 0; photo < 4; photo++) {
      const cosines = [0, 1, 2, 3].map((word) =>
        vectors.subarray(photo * D, (photo + 1) * D).reduce((sum, x, k) => sum + x * unit[word * D + k]!, 0),
      );
      expect(cosines.indexOf(Math.max(...cosines))).toBe(photo);
    }
  });

  it('goes on from a saved state to the very same result', async () => {
    const whole = problem();
    const uninterrupted = contrastive(whole);
    while (!uninterrupted.done) await uninterrupted.step();

    const first = problem();
    const stopped = contrastive(first);
    for (let step = 0; step < 37; step++) await stopped.step();
    const state = stopped.state();
    const second = problem();
    const resumed = contrastive(second);
    resumed.restore(state);
    while (!resumed.done) await resumed.step();

    expect(second.words).toEqual(whole.words);
    expect(second.head.outputWeight).toEqual(whole.head.outputWeight);
  });

  it('brings the sigmoid of the output to its targets', async () => {
    const { head, data } = problem();
    head.activation = 'sigmoid';
    const random = new Random(6);
    const kinds = Float32Array.from({ length: 4 * D }, () => random.next());
    const targets = Float32Array.from(
      { length: 64 * D },
      (_, i) => kinds[(Math.floor(i / D) % 4) * D + (i % D)]!,
    );
    const trainer = new Trainer(network(head, data), new SigmoidObjective(targets, D), data.rows, options);
    while (!trainer.done) await trainer.step();
    const { output } = forward(head, headInput(head, data.features, data.rows));
    const errors = read(tf.sigmoid(output)).map((value, i) => Math.abs(value - targets[i]!));
    expect(errors.reduce((a, b) => a + b) / errors.length).toBeLessThan(0.05);
  });

  it.each(['random', 'soft', 'semi-hard'] as const)(
    'brings pictures nearer to their own caption than to others by a triplet (%s), and resumes to the same',
    async (sampling) => {
      const kinds = unitRows(4, D, 12);
      const captions = Float32Array.from(
        { length: 64 * D },
        (_, i) => 3 * kinds[(Math.floor(i / D) % 4) * D + (i % D)]!,
      );
      const start = (from: ReturnType<typeof problem>): Trainer =>
        new Trainer(
          network(from.head, from.data),
          new TripletObjective(captions, D, { margin: 0.5, sampling }),
          from.data.rows,
          options,
        );
      const whole = problem();
      const trainer = start(whole);
      while (!trainer.done) await trainer.step();
      const vectors = await imageVectors(whole.head, whole.data.features, [0, 1, 2, 3]);
      for (let photo = 0; photo < 4; photo++) {
        const cosines = [0, 1, 2, 3].map((kind) =>
          vectors
            .subarray(photo * D, (photo + 1) * D)
            .reduce((sum, x, k) => sum + x * kinds[kind * D + k]!, 0),
        );
        expect(cosines.indexOf(Math.max(...cosines))).toBe(photo);
      }

      const stopped = start(problem());
      for (let step = 0; step < 37; step++) await stopped.step();
      const second = problem();
      const resumed = start(second);
      resumed.restore(stopped.state());
      while (!resumed.done) await resumed.step();
      expect(second.head).toEqual(whole.head);
    },
  );

  it('refuses targets that are no whole rows', async () => {
    expect(() => new SigmoidObjective(new Float32Array(D + 1), D)).toThrow(
      /9 numbers are not rows of dimension 8/,
    );
  });

  it('is left as it was by a step whose numbers run off, and goes on as if it had not been', async () => {
    const whole = problem();
    const uninterrupted = contrastive(whole);
    while (!uninterrupted.done) await uninterrupted.step();

    const other = problem();
    const { head, words } = other;
    const trainer = contrastive(other);
    await trainer.step();
    const kept = words.vectors[0]!;
    words.vectors[0] = Number.POSITIVE_INFINITY;
    await expect(trainer.step()).rejects.toThrow(/numbers ran off/);
    expect(trainer.stepsDone).toBe(1);
    words.vectors[0] = kept;
    while (!trainer.done) await trainer.step();
    expect(words).toEqual(whole.words);
    expect(head.outputWeight).toEqual(whole.head.outputWeight);
  });

  it('can try again what it could not load ahead', async () => {
    const { head, words, captions, data } = problem();
    const own = network(head, data);
    const asked: number[] = [];
    let broken = true;
    const load = async (photos: Uint32Array, step: number): Promise<Float32Array> => {
      asked.push(step);
      if (step === 1 && broken) throw new Error('no such photo');
      return own.load(photos);
    };
    const unreliable = { ...own, parameters: own.parameters, load, forward: own.forward.bind(own) };
    const objective = new ContrastiveObjective(words, captions, options);
    const trainer = new Trainer(unreliable as TrainableNetwork, objective, data.rows, options);
    await trainer.step();
    await expect(trainer.step()).rejects.toThrow('no such photo');
    await expect(trainer.step()).rejects.toThrow('no such photo');
    broken = false;
    await trainer.step();
    expect(trainer.stepsDone).toBe(2);
    expect(asked).toEqual([0, 1, 1, 1, 2]);
  });

  it('refuses a state of another training, and nothing to learn from', async () => {
    const start = problem();
    const trainer = contrastive(start);
    const state = trainer.state();
    delete state.tensors.words;
    expect(() => trainer.restore(state)).toThrow(/does not fit: words/);
    expect(() => contrastive({ ...start, captions: [] })).toThrow(/no caption/);
    expect(() => contrastive({ ...start, captions: start.captions.slice(1) })).toThrow(
      /63 captions for 64 photos/,
    );
  });
});
