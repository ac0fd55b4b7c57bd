/**
 * Trains a head and the word vectors together, on cached backbone features: each step takes a batch of captioned
 * photos, and moves pictures towards the words written under them. The caller owns the loop (`step` until `done`), so
 * progress, pause and cancel cost nothing; `state` and `restore` carry a training over a restart and continue it to the
 * same result.
 *
 * Shape letters: B photos of a batch, D dimension, V words, F width of the features.
 */
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../random.ts';
import { Adam } from './adam.ts';
import { dropoutMask, forward, type HeadParameters, headInput, trainable } from './head.ts';
import { contrastiveLoss, wordLoss } from './losses.ts';
import { oneCycle } from './schedule.ts';
import {
  composeCaptions,
  composeCaptionsBackward,
  normaliseRows,
  normaliseRowsBackward,
  type WeightedWords,
} from './wordTable.ts';

/** The words that training moves, and the calibration that it leaves: p = σ(scale · cosine + bias of the word). */
export interface WordParameters {
  /** [V, D] */
  vectors: Float32Array;
  /** [V] */
  bias: Float32Array;
  scale: number;
}

/** Captioned photos: caption i describes row `rows[i]` of `features`, which may hold photos without captions too. */
export interface TrainingSet {
  /** [photos, F] */
  features: Float32Array;
  rows: ArrayLike<number>;
  captions: readonly WeightedWords[];
}

export interface TrainerOptions {
  /** Passes over all photos. */
  passes: number;
  batch: number;
  /** Peak of the one-cycle schedule for the network. */
  headRate: number;
  /** The same for the words' vectors and biases. */
  wordRate: number;
  /** Whether the scale of the word loss is learned along; otherwise it stays, and with it what probabilities mean. */
  learnScale: boolean;
  temperature: number;
  /** Weight of the word loss beside the contrastive loss. */
  wordWeight: number;
  dropout: number;
  seed: number;
}

/** The recipe for learning from nothing, measured on 7,000 captions. */
export const scratchOptions: TrainerOptions = {
  passes: 15,
  batch: 256,
  headRate: 2e-3,
  wordRate: 2e-3,
  learnScale: true,
  temperature: 0.07,
  wordWeight: 0.25,
  dropout: 0.5,
  seed: 1,
};

/**
 * The recipe for learning on from a trained model with this many captions. Few captions teach words well and the network
 * badly, so the network's rate grows with them while the words' stays.
 */
export function fineTuneOptions(captions: number): TrainerOptions {
  const share = Math.min(1, Math.sqrt(captions / 7000));
  return { ...scratchOptions, passes: 10, headRate: 5e-4 * share, wordRate: 5e-4, learnScale: false };
}

/** Everything that a step changes; typed arrays and plain numbers only, so that it can be written as one file. */
export interface TrainerState {
  step: number;
  scale: number;
  tensors: Record<string, Float32Array>;
  random: readonly number[];
  order: Uint32Array;
}

export interface StepResult {
  /** The weighted sum of both losses. */
  loss: number;
}

/** Gradients of one batch as they come from the tensor backend. */
interface StepGradients {
  head: Float32Array[];
  /** [B, D] */
  captions: Float32Array;
  /** [V, D] */
  words: Float32Array;
  /** [V] */
  bias: Float32Array;
  logScale: number;
  loss: number;
}

/** Not finite if one of the values is not; 0 without values. */
function sum(values: Float32Array | null): number {
  let total = 0;
  for (let i = 0; i < (values?.length ?? 0); i++) total += values![i]!;
  return total;
}

export class Trainer {
  readonly #head: HeadParameters;
  readonly #words: WordParameters;
  readonly #data: TrainingSet;
  readonly #options: TrainerOptions;
  readonly #adam: Adam;
  /** ln of the word loss's scale, [1]: a positive number is learned best by its logarithm. */
  readonly #logScale: Float32Array;
  readonly #random: Random;
  #order: Uint32Array;
  #step = 0;
  readonly steps: number;
  readonly stepsPerPass: number;

  /** Changes `head` and `words` in place. @throws {RangeError} if there is no caption to learn from. */
  constructor(head: HeadParameters, words: WordParameters, data: TrainingSet, options: TrainerOptions) {
    if (data.captions.length === 0) throw new RangeError('There is no caption to learn from.');
    this.#head = head;
    this.#words = words;
    this.#data = data;
    this.#options = options;
    this.stepsPerPass = Math.ceil(data.captions.length / options.batch);
    this.steps = this.stepsPerPass * options.passes;
    this.#logScale = Float32Array.of(Math.log(words.scale));
    this.#adam = new Adam([...trainable(head), words.vectors, words.bias, this.#logScale]);
    this.#random = new Random(options.seed);
    this.#order = Uint32Array.from(data.captions, (_, index) => index);
  }

  /** Steps done so far. */
  get stepsDone(): number {
    return this.#step;
  }

  get done(): boolean {
    return this.#step >= this.steps;
  }

  /**
   * One batch. Batches of a pass are of equal size to within one photo, so none is a noisy remnant. A step that fails
   * changes nothing, so it can be tried again. @throws {Error} the backend's own, or `RangeError` if its numbers ran off.
   */
  step(): StepResult {
    const random = this.#random.state;
    const order = this.#order.slice();
    try {
      return this.#tryStep();
    } catch (error) {
      this.#random.restore(random);
      this.#order = order;
      throw error;
    }
  }

  #tryStep(): StepResult {
    const position = this.#step % this.stepsPerPass;
    if (position === 0) this.#random.shuffle(this.#order);
    const count = this.#order.length;
    const rows = this.#order.subarray(
      Math.floor((position * count) / this.stepsPerPass),
      Math.floor(((position + 1) * count) / this.stepsPerPass),
    );
    const { gradients, loss } = this.#gradients(rows);
    if (![loss, ...gradients.map(sum)].every(Number.isFinite)) {
      throw new RangeError('Its numbers ran off: the loss or a gradient is none any more.');
    }
    const { headRate, wordRate } = this.#options;
    const head = oneCycle(this.#step, this.steps, headRate);
    const word = oneCycle(this.#step, this.steps, wordRate);
    this.#adam.update(gradients, [head, head, head, head, word, word, word]);
    this.#words.scale = Math.exp(this.#logScale[0]!);
    this.#step++;
    return { loss };
  }

  #gradients(rows: Uint32Array): { gradients: (Float32Array | null)[]; loss: number } {
    const { temperature, wordWeight, dropout, learnScale } = this.#options;
    const head = this.#head;
    const { vectors, bias } = this.#words;
    const D = head.dimension;
    const V = bias.length;
    const B = rows.length;
    const captions = Array.from(rows, (row) => this.#data.captions[row]!);
    const input = headInput(
      head,
      this.#data.features,
      Array.from(rows, (row) => this.#data.rows[row]!),
    );
    const masks = {
      input: dropoutMask(B * head.features, dropout, this.#random),
      hidden: dropoutMask(B * head.hidden, dropout, this.#random),
    };
    const words = normaliseRows(vectors, D);
    const sums = composeCaptions(captions, vectors, D);
    const caption = normaliseRows(sums, D);
    const written = new Float32Array(B * V);
    captions.forEach(({ words }, row) => {
      for (const word of words) written[row * V + word] = 1;
    });

    // Results leave the tidy through a variable: what it returns is searched for tensors, number by number.
    let result!: StepGradients;
    tf.tidy(() => {
      const pass = forward(head, input, masks);
      const contrast = contrastiveLoss(pass.vectors, tf.tensor2d(caption.unit, [B, D]), temperature);
      const word = wordLoss(
        pass.vectors,
        tf.tensor2d(words.unit, [V, D]),
        tf.tensor1d(bias),
        this.#words.scale,
        tf.tensor2d(written, [B, V]),
      );
      const dImages = tf.add(contrast.dImages, tf.mul(word.dImages, wordWeight)) as tf.Tensor2D;
      result = {
        head: pass.backward(dImages).map((gradient) => gradient.dataSync() as Float32Array),
        captions: contrast.dCaptions.dataSync() as Float32Array,
        words: tf.mul(word.dWords, wordWeight).dataSync() as Float32Array,
        bias: tf.mul(word.dBias, wordWeight).dataSync() as Float32Array,
        logScale: word.dScale.dataSync()[0]! * this.#words.scale * wordWeight,
        loss: contrast.loss.dataSync()[0]! + wordWeight * word.loss.dataSync()[0]!,
      };
    });

    const dSums = new Float32Array(sums.length);
    normaliseRowsBackward(result.captions, caption.unit, caption.norms, D, dSums);
    const dVectors = new Float32Array(vectors.length);
    normaliseRowsBackward(result.words, words.unit, words.norms, D, dVectors);
    composeCaptionsBackward(captions, dSums, D, dVectors);
    return {
      gradients: [
        ...result.head,
        dVectors,
        result.bias,
        learnScale ? Float32Array.of(result.logScale) : null,
      ],
      loss: result.loss,
    };
  }

  /** A copy of everything that a step changes. */
  state(): TrainerState {
    const tensors: Record<string, Float32Array> = {};
    this.#named().forEach(([name, array], index) => {
      tensors[name] = array.slice();
      tensors[`${name}.mean`] = this.#adam.moments[index]!.mean.slice();
      tensors[`${name}.square`] = this.#adam.moments[index]!.square.slice();
    });
    return {
      step: this.#step,
      scale: this.#words.scale,
      tensors,
      random: this.#random.state,
      order: this.#order.slice(),
    };
  }

  /**
   * Continues from a saved state; the head, the words and the data must be those it was saved with.
   * @throws {RangeError} if an array is missing or of another size.
   */
  restore(state: TrainerState): void {
    this.#named().forEach(([name, array], index) => {
      const { mean, square } = this.#adam.moments[index]!;
      for (const [suffix, target] of [
        ['', array],
        ['.mean', mean],
        ['.square', square],
      ] as const) {
        const saved = state.tensors[name + suffix];
        if (saved?.length !== target.length)
          throw new RangeError(`The saved training does not fit: ${name}${suffix}.`);
        target.set(saved);
      }
    });
    this.#step = state.step;
    this.#adam.step = state.step;
    this.#words.scale = state.scale;
    this.#random.restore(state.random as [number, number, number, number]);
    this.#order = state.order.slice();
  }

  #named(): [string, Float32Array][] {
    const head = this.#head;
    return [
      ['hidden.weight', head.hiddenWeight],
      ['hidden.bias', head.hiddenBias],
      ['output.weight', head.outputWeight],
      ['output.bias', head.outputBias],
      ['words', this.#words.vectors],
      ['words.bias', this.#words.bias],
      ['words.logScale', this.#logScale],
    ];
  }
}
