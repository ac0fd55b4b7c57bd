/**
 * The head: a small network from a backbone's features to the joint space of pictures and words. Each layer is a
 * forward and a backward beside each other, in TensorFlow.js operations that every backend has and that tfjs-wasm does
 * fast (its matrix product is slow when asked to transpose, so transposes are explicit).
 *
 * Shape letters: B photos of a batch, F width of the features, H hidden units, D dimension of the space.
 *
 * input = (√f / ‖√f‖ − mean) / deviation;  y = relu(drop(input) · W₁ + b₁)↓drop · W₂ + b₂
 * z = normalise(y), or after a sigmoid and about a centre: normalise(σ(y) − centre)
 */
import * as tf from '@tensorflow/tfjs-core';
import { deviceScope, read } from '../deviceScope.ts';
import type { Random } from '../random.ts';
import type { VectorPass } from './trainableNetwork.ts';

export interface HeadSize {
  /** F */
  features: number;
  /** H */
  hidden: number;
  /** D */
  dimension: number;
}

/** What becomes of the last layer's output before it is scaled to length 1. */
export interface OutputStage {
  /** `sigmoid` for a head that learns targets in [0, 1]. */
  activation: 'none' | 'sigmoid';
  /** [D] subtracted after the activation, or null. Vectors that all lie to one side of zero hardly differ in direction. */
  centre: Float32Array | null;
}

/** What a head has learned, as plain arrays; the trainer changes them in place. */
export interface HeadParameters extends HeadSize, OutputStage {
  /** [F] mean of the normalised features it was trained on. */
  mean: Float32Array;
  /** [F] their standard deviation. */
  deviation: Float32Array;
  /** [F, H] */
  hiddenWeight: Float32Array;
  /** [H] */
  hiddenBias: Float32Array;
  /** [H, D] */
  outputWeight: Float32Array;
  /** [D] */
  outputBias: Float32Array;
}

/** The arrays that training changes, in a fixed order. */
export function trainable(head: HeadParameters): Float32Array[] {
  return [head.hiddenWeight, head.hiddenBias, head.outputWeight, head.outputBias];
}

/**
 * Moves a head that was trained on from `start` back towards it, to start + share · (head − start), in place. Between the
 * two lie networks that are better than both on photos of either kind (Wortsman et al. 2022, "Robust fine-tuning of
 * zero-shot models").
 */
export function averageWithStart(head: HeadParameters, start: HeadParameters, share: number): void {
  const origin = trainable(start);
  trainable(head).forEach((parameter, index) => {
    for (let i = 0; i < parameter.length; i++) {
      parameter[i] = origin[index]![i]! + share * (parameter[i]! - origin[index]![i]!);
    }
  });
}

/** A new head with uniform weights of variance 1 / (3 · inputs), and the statistics of these rows of `features` [photos, F]. */
export function createHead(
  size: HeadSize,
  features: Float32Array,
  rows: readonly number[],
  random: Random,
  stage: OutputStage = { activation: 'none', centre: null },
): HeadParameters {
  const uniform = (inputs: number, outputs: number): Float32Array => {
    const bound = 1 / Math.sqrt(inputs);
    return Float32Array.from({ length: inputs * outputs }, () => (2 * random.next() - 1) * bound);
  };
  return {
    ...size,
    ...stage,
    ...featureStatistics(features, rows, size.features),
    hiddenWeight: uniform(size.features, size.hidden),
    hiddenBias: new Float32Array(size.hidden),
    outputWeight: uniform(size.hidden, size.dimension),
    outputBias: new Float32Array(size.dimension),
  };
}

/** Mean and standard deviation of each normalised feature; a feature that never varies gets deviation 1. */
function featureStatistics(
  features: Float32Array,
  rows: readonly number[],
  width: number,
): { mean: Float32Array; deviation: Float32Array } {
  const sum = new Float64Array(width);
  const squares = new Float64Array(width);
  const row = new Float32Array(width);
  for (const photo of rows) {
    normaliseFeatures(features.subarray(photo * width, (photo + 1) * width), row, 0);
    for (let i = 0; i < width; i++) {
      sum[i] = sum[i]! + row[i]!;
      squares[i] = squares[i]! + row[i]! * row[i]!;
    }
  }
  // The difference of two large numbers: what a mean in float32 rounds off can be more than all the variance.
  const mean = sum.map((value) => value / rows.length);
  const deviation = Float32Array.from(squares, (value, i) => {
    const variance = value / rows.length - mean[i]! ** 2;
    return variance > 1e-12 ? Math.sqrt(variance) : 1;
  });
  return { mean: new Float32Array(mean), deviation };
}

/** Writes √f / ‖√f‖ at `offset` of `out`. The root tames the few features that dominate a photo. */
function normaliseFeatures(feature: Float32Array, out: Float32Array, offset: number): void {
  let sum = 0;
  for (let i = 0; i < feature.length; i++) sum += Math.max(0, feature[i]!);
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
  for (let i = 0; i < feature.length; i++) out[offset + i] = Math.sqrt(Math.max(0, feature[i]!)) * scale;
}

/** The head's input for some rows of `features` [photos, F]: `[rows, F]`, standardised. */
export function headInput(
  head: HeadParameters,
  features: Float32Array,
  rows: ArrayLike<number>,
): Float32Array {
  const width = head.features;
  const input = new Float32Array(rows.length * width);
  for (let row = 0; row < rows.length; row++) {
    const photo = rows[row]!;
    normaliseFeatures(features.subarray(photo * width, (photo + 1) * width), input, row * width);
    for (let i = 0; i < width; i++) {
      const at = row * width + i;
      input[at] = (input[at]! - head.mean[i]!) / head.deviation[i]!;
    }
  }
  return input;
}

/** Keeps each unit with probability 1 − rate, scaled so that the expectation stays: `[length]` of 0 or 1 / (1 − rate). */
export function dropoutMask(length: number, rate: number, random: Random): Float32Array {
  const mask = new Float32Array(length);
  const keep = 1 / (1 - rate);
  const threshold = rate * 256;
  for (let i = 0; i < length; i += 4) {
    let bits = random.uint32();
    for (let j = i; j < Math.min(i + 4, length); j++) {
      mask[j] = (bits & 255) >= threshold ? keep : 0;
      bits >>>= 8;
    }
  }
  return mask;
}

/** Forward pass of a batch. `masks` are dropout masks of the input and the hidden layer; without them nothing is dropped. */
export function forward(
  head: HeadParameters,
  input: Float32Array,
  masks?: { input: Float32Array; hidden: Float32Array },
): VectorPass {
  const { features: F, hidden: H, dimension: D } = head;
  const B = input.length / F;
  const hiddenWeight = tf.tensor2d(head.hiddenWeight, [F, H]);
  const outputWeight = tf.tensor2d(head.outputWeight, [H, D]);
  let x = tf.tensor2d(input, [B, F]);
  if (masks) x = tf.mul(x, tf.tensor2d(masks.input, [B, F]));
  const hiddenMask = masks && tf.tensor2d(masks.hidden, [B, H]);
  const active = tf.relu(tf.add(tf.matMul(x, hiddenWeight), tf.tensor1d(head.hiddenBias))) as tf.Tensor2D;
  const hidden = hiddenMask ? (tf.mul(active, hiddenMask) as tf.Tensor2D) : active;
  const output = tf.add(tf.matMul(hidden, outputWeight), tf.tensor1d(head.outputBias)) as tf.Tensor2D;
  const activated = head.activation === 'sigmoid' ? tf.sigmoid(output) : output;
  const centred = head.centre ? (tf.sub(activated, tf.tensor1d(head.centre)) as tf.Tensor2D) : activated;
  const norm = tf.maximum(tf.norm(centred, 2, 1, true), 1e-12);
  const vectors = tf.div(centred, norm) as tf.Tensor2D;
  const backwardOutput = (dOutput: tf.Tensor2D): tf.Tensor[] => {
    const dOutputWeight = tf.matMul(tf.transpose(hidden), dOutput);
    const dHidden = tf.matMul(dOutput, tf.transpose(outputWeight) as tf.Tensor2D);
    const dMasked = hiddenMask ? tf.mul(dHidden, hiddenMask) : dHidden;
    const dActive = tf.mul(dMasked, tf.step(active)) as tf.Tensor2D;
    return [tf.matMul(tf.transpose(x), dActive), tf.sum(dActive, 0), dOutputWeight, tf.sum(dOutput, 0)];
  };
  return {
    output,
    vectors,
    backward(gradient) {
      // z = a / ‖a‖:  da = (dz − (dz·z) z) / ‖a‖;  a = σ(y) − centre:  dy = da σ (1 − σ)
      const along = tf.sum(tf.mul(gradient, vectors), 1, true);
      const dCentred = tf.div(tf.sub(gradient, tf.mul(along, vectors)), norm) as tf.Tensor2D;
      return backwardOutput(
        head.activation === 'sigmoid'
          ? (tf.mul(dCentred, tf.mul(activated, tf.sub(1, activated))) as tf.Tensor2D)
          : dCentred,
      );
    },
    backwardOutput,
  };
}

/** Image vectors of some rows of `features`, in batches: `[rows, D]` unit vectors. */
export async function imageVectors(
  head: HeadParameters,
  features: Float32Array,
  rows: ArrayLike<number>,
  batch = 512,
): Promise<Float32Array> {
  const vectors = new Float32Array(rows.length * head.dimension);
  const all = Array.from(rows);
  for (let start = 0; start < all.length; start += batch) {
    const part = all.slice(start, start + batch);
    await deviceScope(async () => {
      const pass = forward(head, headInput(head, features, part));
      vectors.set(await read(pass.vectors), start * head.dimension);
    });
  }
  return vectors;
}
