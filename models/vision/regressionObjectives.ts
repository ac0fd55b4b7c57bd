/**
 * Learning towards caption vectors that a text model fixed before: the network learns to say of each picture where the text
 * model puts its caption. Nothing else is learned along. See [Note: Three objectives].
 *
 * Shape letters: N captions, B captions of a batch, D dimension.
 */
import * as tf from '@tensorflow/tfjs-core';
import { deviceScope, read, readScalar } from '../deviceScope.ts';
import type { Random } from '../random.ts';
import { chooseNegatives, sigmoidLoss, tripletLoss } from './losses.ts';
import type { NegativeSampling } from './negatives.ts';
import type { Objective, ObjectiveGradients } from './objective.ts';
import type { VectorPass } from './trainableNetwork.ts';
import type { TrainerOptions } from './trainer.ts';
import type { ObjectiveTask } from './trainingTask.ts';
import { normaliseRows } from './wordTable.ts';

/** Runs a batch on the tensor backend: `differentiate` gives the loss and the network's gradients, as tensors. */
function run(
  differentiate: () => Promise<{ loss: tf.Scalar; network: tf.Tensor[] }>,
): Promise<ObjectiveGradients> {
  return deviceScope(async () => {
    const { loss, network } = await differentiate();
    return {
      loss: await readScalar(loss),
      network: await Promise.all(network.map(read)),
      parameters: [],
    };
  });
}

/** Rows of `matrix` [N, D] as a tensor [B, D]. */
function batchOf(matrix: Float32Array, dimension: number, rows: Uint32Array): tf.Tensor2D {
  const batch = new Float32Array(rows.length * dimension);
  rows.forEach((row, index) => {
    batch.set(matrix.subarray(row * dimension, (row + 1) * dimension), index * dimension);
  });
  return tf.tensor2d(batch, [rows.length, dimension]);
}

function captionCount(matrix: Float32Array, dimension: number): number {
  const count = matrix.length / dimension;
  if (!Number.isInteger(count))
    throw new RangeError(`${matrix.length} numbers are not rows of dimension ${dimension}.`);
  return count;
}

/** Sigmoid cross-entropy on targets in [0, 1]; for a head whose activation is `sigmoid`. */
export class SigmoidObjective implements Objective {
  readonly #targets: Float32Array;
  readonly #dimension: number;
  readonly captions: number;
  readonly parameters = [];

  /** @param targets [N, D] between 0 and 1 @throws {RangeError} if they are no whole rows. */
  constructor(targets: Float32Array, dimension: number) {
    this.captions = captionCount(targets, dimension);
    this.#targets = targets;
    this.#dimension = dimension;
  }

  gradients(captions: Uint32Array, forward: () => VectorPass): Promise<ObjectiveGradients> {
    return run(async () => {
      const pass = forward();
      const { loss, dLogits } = sigmoidLoss(pass.output, batchOf(this.#targets, this.#dimension, captions));
      return { loss, network: pass.backwardOutput(dLogits) };
    });
  }

  updated(): void {}

  task(): ObjectiveTask {
    return { kind: 'sigmoid', targets: this.#targets, dimension: this.#dimension };
  }
}

export interface TripletOptions {
  /** How much farther, in squared distance, the negative should be than the positive. */
  margin: number;
  sampling: NegativeSampling;
}

/**
 * The recipe for the sigmoid loss, measured on 7,000 COCO captions with 1,000 photos held out, targets from the bundled GloVe
 * (mean of a caption's words): mAP of 18 labels .58. Half or twice the rate and half the passes are as good within .02, twice the
 * passes better by .007; dropout of .7 is worse by .04.
 */
export const sigmoidOptions: TrainerOptions = {
  passes: 15,
  batch: 256,
  rate: 2e-3,
  dropout: 0.5,
  seed: 1,
};

/**
 * The recipe for the triplet loss, measured as that for the sigmoid: mAP .60. Semi-hard negatives make the difference (random ones
 * .53, soft ones .56 at their better margin of .3); margins from .1 to .3 and half the rate are as good.
 */
export function tripletOptions(sampling: NegativeSampling): TrainerOptions & TripletOptions {
  return { ...sigmoidOptions, margin: sampling === 'semi-hard' ? 0.2 : 0.3, sampling };
}

/** Triplet loss on captions of length 1, with negatives from the same batch. */
export class TripletObjective implements Objective {
  readonly #captions: Float32Array;
  readonly #dimension: number;
  readonly #options: TripletOptions;
  readonly captions: number;
  readonly parameters = [];

  /** @param captions [N, D] of any length @throws {RangeError} if they are no whole rows. */
  constructor(captions: Float32Array, dimension: number, options: TripletOptions) {
    this.captions = captionCount(captions, dimension);
    this.#captions = normaliseRows(captions, dimension).unit;
    this.#dimension = dimension;
    this.#options = options;
  }

  gradients(captions: Uint32Array, forward: () => VectorPass, random: Random): Promise<ObjectiveGradients> {
    const { margin, sampling } = this.#options;
    return run(async () => {
      const pass = forward();
      const batch = batchOf(this.#captions, this.#dimension, captions);
      const negatives = await chooseNegatives(sampling, pass.vectors, batch, random);
      const { loss, dImages } = tripletLoss(pass.vectors, batch, negatives, margin);
      return { loss, network: pass.backward(dImages) };
    });
  }

  updated(): void {}

  task(): ObjectiveTask {
    return {
      kind: 'triplet',
      captions: this.#captions,
      dimension: this.#dimension,
      options: this.#options,
    };
  }
}
