/** The trainer's mathematics: every gradient against finite differences, the optimiser and the schedule against their papers. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../models/random.ts';
import { Adam } from '../../models/vision/adam.ts';
import {
  ContrastiveObjective,
  fineTuneOptions,
  scratchOptions,
} from '../../models/vision/contrastiveObjective.ts';
import {
  averageWithStart,
  createHead,
  dropoutMask,
  forward,
  type HeadParameters,
  headInput,
  imageVectors,
  trainable,
} from '../../models/vision/head.ts';
import { HeadNetwork } from '../../models/vision/headNetwork.ts';
import {
  chooseNegatives,
  contrastiveLoss,
  sigmoidLoss,
  tripletLoss,
  wordLoss,
} from '../../models/vision/losses.ts';
import { SigmoidObjective, TripletObjective } from '../../models/vision/regressionObjectives.ts';
import { oneCycle } from '../../models/vision/schedule.ts';
import { Trainer } from '../../models/vision/trainer.ts';
import {
  composeCaptions,
  composeCaptionsBackward,
  normaliseRows,
  normaliseRowsBackward,
} from '../../models/vision/wordTable.ts';
import { useWasm } from '../../native/compute/wasm.ts';

beforeAll(useWasm);

const gaussian = (length: number, seed: number): Float32Array => {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => random.gaussian());
};
const unitRows = (rows: number, dimension: number, seed: number): Float32Array =>
  normaliseRows(gaussian(rows * dimension, seed), dimension).unit;

/** Largest relative difference between a gradient and central differences of `value` over `at`, at some coordinates. */
function gradientError(
  at: Float32Array,
  gradient: ArrayLike<number>,
  value: () => number,
  step = 1e-2,
): number {
  const scale = Math.max(...Array.from(gradient, Math.abs));
  let worst = 0;
  for (let i = 0; i < at.length; i += Math.max(1, Math.floor(at.length / 12))) {
    const kept = at[i]!;
    at[i] = kept + step;
    const above = value();
    at[i] = kept - step;
    const below = value();
    at[i] = kept;
    worst = Math.max(worst, Math.abs((above - below) / (2 * step) - gradient[i]!) / scale);
  }
  return worst;
}

const read = (tensor: tf.Tensor): Float32Array => tensor.dataSync() as Float32Array;

describe('losses', () => {
  const B = 5;
  const D = 7;
  const V = 9;

  it('contrastive loss is the mean of both softmax cross-entropies', () => {
    const images = unitRows(B, D, 1);
    const captions = unitRows(B, D, 2);
    const logit = (i: number, j: number): number =>
      images.subarray(i * D, i * D + D).reduce((sum, x, k) => sum + x * captions[j * D + k]!, 0) / 0.1;
    let expected = 0;
    for (let i = 0; i < B; i++) {
      const row = Array.from({ length: B }, (_, j) => Math.exp(logit(i, j))).reduce((a, b) => a + b);
      const column = Array.from({ length: B }, (_, j) => Math.exp(logit(j, i))).reduce((a, b) => a + b);
      expected -= (2 * logit(i, i) - Math.log(row) - Math.log(column)) / (2 * B);
    }
    const { loss } = contrastiveLoss(tf.tensor2d(images, [B, D]), tf.tensor2d(captions, [B, D]), 0.1);
    expect(read(loss)[0]).toBeCloseTo(expected, 4);
  });

  it('contrastive gradients agree with finite differences', () => {
    const images = unitRows(B, D, 1);
    const captions = unitRows(B, D, 2);
    const run = () => contrastiveLoss(tf.tensor2d(images, [B, D]), tf.tensor2d(captions, [B, D]), 0.2);
    const { dImages, dCaptions } = run();
    const value = () => read(run().loss)[0]!;
    expect(gradientError(images, read(dImages), value)).toBeLessThan(2e-3);
    expect(gradientError(captions, read(dCaptions), value)).toBeLessThan(2e-3);
  });

  it('word loss gradients agree with finite differences', () => {
    const images = unitRows(B, D, 3);
    const words = unitRows(V, D, 4);
    const bias = gaussian(V, 5);
    const scale = Float32Array.of(3);
    const written = Float32Array.from({ length: B * V }, (_, i) => (i % 4 === 0 ? 1 : 0));
    const run = () =>
      wordLoss(
        tf.tensor2d(images, [B, D]),
        tf.tensor2d(words, [V, D]),
        tf.tensor1d(bias),
        scale[0]!,
        tf.tensor2d(written, [B, V]),
      );
    const { dImages, dWords, dBias, dScale } = run();
    const value = () => read(run().loss)[0]!;
    expect(gradientError(images, read(dImages), value)).toBeLessThan(2e-3);
    expect(gradientError(words, read(dWords), value)).toBeLessThan(2e-3);
    expect(gradientError(bias, read(dBias), value)).toBeLessThan(2e-3);
    expect(gradientError(scale, read(dScale), value)).toBeLessThan(2e-3);
  });

  it('word loss is the sigmoid cross-entropy', () => {
    const images = unitRows(2, D, 3);
    const words = unitRows(3, D, 4);
    const written = Float32Array.of(1, 0, 0, 0, 1, 1);
    let expected = 0;
    for (let i = 0; i < 2; i++) {
      for (let w = 0; w < 3; w++) {
        const cosine = Array.from({ length: D }, (_, k) => images[i * D + k]! * words[w * D + k]!).reduce(
          (a, b) => a + b,
        );
        const p = 1 / (1 + Math.exp(-(5 * cosine - 1)));
        expected -= Math.log(written[i * 3 + w] === 1 ? p : 1 - p) / 2;
      }
    }
    const { loss } = wordLoss(
      tf.tensor2d(images, [2, D]),
      tf.tensor2d(words, [3, D]),
      tf.tensor1d([-1, -1, -1]),
      5,
      tf.tensor2d(written, [2, 3]),
    );
    expect(read(loss)[0]).toBeCloseTo(expected, 4);
  });

  it('sigmoid loss is the cross-entropy with targets, and least where the sigmoid meets them', () => {
    const logits = gaussian(2 * D, 6);
    const targets = gaussian(2 * D, 7).map((value) => 1 / (1 + Math.exp(-value)));
    const expected = logits.reduce((sum, logit, i) => {
      const p = 1 / (1 + Math.exp(-logit));
      return sum - (targets[i]! * Math.log(p) + (1 - targets[i]!) * Math.log(1 - p)) / 2;
    }, 0);
    const run = (at: Float32Array) => sigmoidLoss(tf.tensor2d(at, [2, D]), tf.tensor2d(targets, [2, D]));
    expect(read(run(logits).loss)[0]).toBeCloseTo(expected, 4);
    const best = targets.map((target) => Math.log(target / (1 - target)));
    read(run(best).dLogits).forEach((value) => {
      expect(Math.abs(value)).toBeLessThan(1e-6);
    });
  });

  it('sigmoid loss stays finite however sure the network is', () => {
    const { loss } = sigmoidLoss(tf.tensor2d([200, -200], [1, 2]), tf.tensor2d([0, 1], [1, 2]));
    expect(read(loss)[0]).toBeCloseTo(400, 2);
  });

  it('sigmoid gradients agree with finite differences', () => {
    const logits = gaussian(B * D, 6);
    const targets = tf.sigmoid(tf.tensor2d(gaussian(B * D, 7), [B, D])) as tf.Tensor2D;
    const run = () => sigmoidLoss(tf.tensor2d(logits, [B, D]), targets);
    const { dLogits } = run();
    expect(gradientError(logits, read(dLogits), () => read(run().loss)[0]!)).toBeLessThan(2e-3);
  });

  it('triplet loss is the hinge on squared distances', () => {
    const images = tf.tensor2d([1, 0, 0, 1], [2, 2]);
    const captions = tf.tensor2d([0.6, 0.8, 0, 1], [2, 2]);
    // Photo 0: ‖a − p‖² = .8, ‖a − n‖² = 2, so the margin is kept. Photo 1: 0 and .4.
    const { loss } = tripletLoss(images, captions, Int32Array.of(1, 0), 1.5);
    expect(read(loss)[0]).toBeCloseTo((1.5 + 0.8 - 2 + (1.5 + 0 - 0.4)) / 2, 5);
    const satisfied = tripletLoss(images, captions, Int32Array.of(1, 0), 0.1);
    expect(read(satisfied.loss)[0]).toBe(0);
    expect(read(satisfied.dImages).every((value) => value === 0)).toBe(true);
  });

  it('triplet gradients agree with finite differences', () => {
    const images = unitRows(B, D, 1);
    const captions = tf.tensor2d(unitRows(B, D, 2), [B, D]);
    const run = () => tripletLoss(tf.tensor2d(images, [B, D]), captions, Int32Array.of(1, 2, 3, 4, 0), 0.5);
    const { loss, dImages } = run();
    expect(read(loss)[0]).toBeGreaterThan(0.1);
    expect(gradientError(images, read(dImages), () => read(run().loss)[0]!, 1e-3)).toBeLessThan(5e-3);
  });
});

describe('negatives', () => {
  const B = 6;
  const D = 3;
  const images = tf.tensor2d.bind(null, unitRows(B, D, 8), [B, D]);
  const captions = unitRows(B, D, 9);
  const count = async (
    sampling: 'random' | 'soft',
    of: Float32Array,
    rounds: number,
  ): Promise<number[][]> => {
    const random = new Random(1);
    const counts = Array.from({ length: B }, () => new Array<number>(B).fill(0));
    for (let round = 0; round < rounds; round++) {
      const negatives = await chooseNegatives(sampling, images(), tf.tensor2d(of, [B, D]), random);
      negatives.forEach((negative, own) => {
        counts[own]![negative]!++;
      });
    }
    return counts;
  };

  it('at random are all the others alike', async () => {
    (await count('random', captions, 1000)).forEach((row, own) => {
      row.forEach((times, other) => {
        if (other === own) expect(times).toBe(0);
        else expect(Math.abs(times - 200)).toBeLessThan(60);
      });
    });
  });

  it('drawn softly come as often as they are far, and never say the same', async () => {
    const twice = captions.slice();
    twice.copyWithin(3 * D, 0, D);
    const counts = await count('soft', twice, 2000);
    const distance = (other: number): number =>
      [0, 1, 2].reduce((sum, i) => sum + (twice[i]! - twice[other * D + i]!) ** 2, 0);
    const total = [1, 2, 4, 5].reduce((sum, other) => sum + distance(other), 0);
    expect(counts[0]![3]! + counts[0]![0]!).toBeLessThan(5);
    for (const other of [1, 2, 4, 5])
      expect(Math.abs(counts[0]![other]! / 2000 - distance(other) / total)).toBeLessThan(0.05);
  });

  it('semi-hard are the nearest of those farther than the own caption, else the farthest', async () => {
    const pictures = tf.tensor2d([1, 0, 0, 1, 1, 0], [3, 2]);
    const texts = tf.tensor2d([0.8, 0.6, 0.6, 0.8, 0, -1], [3, 2]);
    // Cosines with the three captions: .8 .6 0; .6 .8 −1; .8 .6 0
    expect([...(await chooseNegatives('semi-hard', pictures, texts, new Random(1)))]).toEqual([1, 0, 1]);
  });

  it.each(['random', 'soft', 'semi-hard'] as const)(
    'of a batch of one or of equals are harmless (%s)',
    async (sampling) => {
      const one = tf.tensor2d([1, 0], [1, 2]);
      expect([...(await chooseNegatives(sampling, one, one, new Random(1)))]).toEqual([0]);
      const equal = tf.tensor2d([1, 0, 1, 0], [2, 2]);
      expect([...(await chooseNegatives(sampling, equal, equal, new Random(1)))]).toEqual([1, 0]);
    },
  );
});

describe('head', () => {
  const size = { features: 12, hidden: 10, dimension: 6 };
  const features = gaussian(8 * size.features, 9).map(Math.abs);

  it('standardises the features it was made with', () => {
    const head = createHead(size, features, [0, 1, 2, 3, 4, 5, 6, 7], new Random(1));
    const input = headInput(head, features, [0, 1, 2, 3, 4, 5, 6, 7]);
    for (let i = 0; i < size.features; i++) {
      const column = Array.from({ length: 8 }, (_, row) => input[row * size.features + i]!);
      const mean = column.reduce((a, b) => a + b) / 8;
      expect(mean).toBeCloseTo(0, 4);
      expect(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 8).toBeCloseTo(1, 3);
    }
  });

  it('backward pass agrees with finite differences, dropout included', () => {
    const head = createHead(size, features, [0, 1, 2, 3, 4, 5, 6, 7], new Random(1));
    const input = headInput(head, features, [0, 1, 2]);
    const masks = {
      input: dropoutMask(input.length, 0.5, new Random(3)),
      hidden: dropoutMask(3 * size.hidden, 0.5, new Random(4)),
    };
    // Any function of the vectors will do; its gradient is its weights.
    const weights = gaussian(3 * size.dimension, 5);
    const value = () => {
      const vectors = read(forward(head, input, masks).vectors);
      return vectors.reduce((sum, x, i) => sum + x * weights[i]!, 0);
    };
    const gradients = forward(head, input, masks).backward(tf.tensor2d(weights, [3, size.dimension]));
    trainable(head).forEach((parameter, index) => {
      expect(gradientError(parameter, read(gradients[index]!), value, 1e-3)).toBeLessThan(2e-2);
    });
  });

  it('backward pass agrees with finite differences through a sigmoid and about a centre', () => {
    const centre = Float32Array.from({ length: size.dimension }, (_, i) => 0.3 + i / 20);
    const rows = [0, 1, 2, 3, 4, 5, 6, 7];
    const head = createHead(size, features, rows, new Random(1), { activation: 'sigmoid', centre });
    const input = headInput(head, features, [0, 1, 2]);
    const weights = gaussian(3 * size.dimension, 5);
    const value = () => read(forward(head, input).vectors).reduce((sum, x, i) => sum + x * weights[i]!, 0);
    const gradients = forward(head, input).backward(tf.tensor2d(weights, [3, size.dimension]));
    trainable(head).forEach((parameter, index) => {
      expect(gradientError(parameter, read(gradients[index]!), value, 1e-3)).toBeLessThan(2e-2);
    });
  });

  it('gives unit vectors, the same in batches of any size', async () => {
    const head = createHead(size, features, [0, 1, 2, 3, 4, 5, 6, 7], new Random(1));
    const rows = [0, 1, 2, 3, 4, 5, 6, 7];
    const vectors = await imageVectors(head, features, rows);
    for (const row of rows) {
      const vector = vectors.subarray(row * size.dimension, (row + 1) * size.dimension);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    }
    const apart = await imageVectors(head, features, rows, 3);
    vectors.forEach((value, i) => {
      expect(apart[i]).toBeCloseTo(value, 5);
    });
  });

  it('moves back towards where it started by the share that is asked for', () => {
    const start = createHead(size, features, [0, 1, 2, 3, 4, 5, 6, 7], new Random(1));
    const trained = createHead(size, features, [0, 1, 2, 3, 4, 5, 6, 7], new Random(2));
    const before = structuredClone(trained);
    averageWithStart(trained, start, 0.25);
    trained.outputWeight.forEach((value, i) => {
      expect(value).toBeCloseTo(0.75 * start.outputWeight[i]! + 0.25 * before.outputWeight[i]!, 6);
    });
    expect(trained.mean).toEqual(before.mean);
  });

  it('drops the share that is asked for and keeps the expectation', () => {
    const mask = dropoutMask(40_000, 0.3, new Random(1));
    expect(mask.filter((value) => value === 0).length / mask.length).toBeCloseTo(0.3, 1);
    expect(mask.reduce((a, b) => a + b) / mask.length).toBeCloseTo(1, 1);
  });
});

describe('words and captions', () => {
  it('gradients through composing and normalising agree with finite differences', () => {
    const D = 4;
    const vectors = gaussian(6 * D, 1);
    const captions = [
      { words: Uint32Array.of(0, 3), weights: Float32Array.of(1, 2) },
      { words: Uint32Array.of(3, 5), weights: Float32Array.of(0.5, 1.5) },
    ];
    const weights = gaussian(2 * D, 2);
    const value = () =>
      normaliseRows(composeCaptions(captions, vectors, D), D).unit.reduce(
        (sum, x, i) => sum + x * weights[i]!,
        0,
      );
    const { unit, norms } = normaliseRows(composeCaptions(captions, vectors, D), D);
    const dSums = new Float32Array(2 * D);
    normaliseRowsBackward(weights, unit, norms, D, dSums);
    const gradient = new Float32Array(vectors.length);
    composeCaptionsBackward(captions, dSums, D, gradient);
    expect(gradientError(vectors, gradient, value, 1e-3)).toBeLessThan(5e-3);
    expect(gradient.subarray(D, 2 * D)).toEqual(new Float32Array(D));
  });
});

describe('optimiser', () => {
  it('does the first two steps of Adam as worked by hand', () => {
    const parameter = Float32Array.of(1);
    const adam = new Adam([parameter]);
    adam.update([Float32Array.of(0.5)], [0.1]);
    // m̂ = g, v̂ = g²: the first step is the learning rate, whatever the gradient.
    expect(parameter[0]).toBeCloseTo(0.9, 6);
    adam.update([Float32Array.of(-0.25)], [0.1]);
    const m = (0.9 * 0.05 + 0.1 * -0.25) / (1 - 0.9 ** 2);
    const v = (0.999 * 0.00025 + 0.001 * 0.0625) / (1 - 0.999 ** 2);
    expect(parameter[0]).toBeCloseTo(0.9 - (0.1 * m) / (Math.sqrt(v) + 1e-8), 6);
  });

  it('leaves a parameter without gradient alone', () => {
    const parameter = Float32Array.of(1);
    new Adam([parameter]).update([null], [0.1]);
    expect(parameter[0]).toBe(1);
  });

  it('rises to the peak, then falls to nearly nothing', () => {
    const rates = Array.from({ length: 100 }, (_, step) => oneCycle(step, 100, 1));
    expect(rates[0]).toBeCloseTo(1 / 25, 6);
    expect(Math.max(...rates)).toBeCloseTo(1, 6);
    expect(rates.indexOf(Math.max(...rates))).toBe(29);
    expect(rates[99]).toBeLessThan(1e-5);
    expect(oneCycle(0, 1, 1)).toBeGreaterThan(0);
  });

  it('moves the network less the fewer captions there are', () => {
    const rates = [10, 100, 1000, 7000, 50_000].map((captions) => fineTuneOptions(captions).rate);
    expect(rates).toEqual([...rates].sort((a, b) => a - b));
    expect(rates[4]).toBe(rates[3]);
  });
});

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
