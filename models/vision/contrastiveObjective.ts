/**
 * Learning words and pictures together: the in-batch contrastive loss between pictures and captions composed from word
 * vectors, beside the word loss. Unlike a text model's, these word vectors are what training moves.
 *
 * Shape letters: B captions of a batch, D dimension, V words.
 */
import * as tf from '@tensorflow/tfjs-core';
import { deviceScope, read, readScalar } from '../deviceScope.ts';
import { contrastiveLoss, wordLoss } from './losses.ts';
import type { Objective, ObjectiveGradients, ObjectiveParameter } from './objective.ts';
import type { VectorPass } from './trainableNetwork.ts';
import type { TrainerOptions } from './trainer.ts';
import type { ObjectiveTask } from './trainingTask.ts';
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

export interface ContrastiveOptions {
  /** Peak of the one-cycle schedule for the words' vectors and biases. */
  wordRate: number;
  /** Whether the scale of the word loss is learned along; otherwise it stays, and with it what probabilities mean. */
  learnScale: boolean;
  temperature: number;
  /** Weight of the word loss beside the contrastive loss. */
  wordWeight: number;
}

/** The recipe for learning from nothing, measured on 7,000 captions. */
export const scratchOptions: TrainerOptions & ContrastiveOptions = {
  passes: 15,
  batch: 256,
  rate: 2e-3,
  wordRate: 2e-3,
  learnScale: true,
  temperature: 0.07,
  wordWeight: 0.25,
  dropout: 0.5,
  seed: 1,
};

/** Passes and rate of a training that stays near its start. */
const NEAR_PASSES = 10;
const NEAR_RATE = 5e-4;
/** Passes and steps of one that leaves it far behind. */
const FAR_PASSES = 15;
const FAR_STEPS = 60;

/**
 * The recipe for learning on from a trained model with this many captions. Few captions teach words well and the network
 * badly, so the network's rate grows with them while the words' stays. The stranger the pictures are to that model, from 0 to 1 (see
 * `strangeness`), the less it is worth staying near, and the more the recipe is that of learning from nothing.
 */
export function fineTuneOptions(captions: number, strange = 0): TrainerOptions & ContrastiveOptions {
  const between = (near: number, far: number): number => near ** (1 - strange) * far ** strange;
  const { batch, rate, wordRate } = scratchOptions;
  const share = Math.min(1, Math.sqrt(captions / 7000));
  const farPasses = Math.max(FAR_PASSES, Math.ceil(FAR_STEPS / Math.ceil(captions / batch)));
  return {
    ...scratchOptions,
    passes: Math.round(NEAR_PASSES + strange * (farPasses - NEAR_PASSES)),
    rate: between(NEAR_RATE * share, rate),
    wordRate: between(NEAR_RATE, wordRate),
    learnScale: false,
  };
}

/** Gradients of one batch as they come from the tensor backend. */
interface BatchGradients {
  network: Float32Array[];
  /** [B, D] */
  captions: Float32Array;
  /** [V, D] */
  words: Float32Array;
  /** [V] */
  bias: Float32Array;
  logScale: number;
  loss: number;
}

export class ContrastiveObjective implements Objective {
  readonly #words: WordParameters;
  readonly #captions: readonly WeightedWords[];
  readonly #options: ContrastiveOptions;
  /** ln of the word loss's scale, [1]: a positive number is learned best by its logarithm. */
  readonly #logScale: Float32Array;
  readonly parameters: readonly ObjectiveParameter[];

  /** Changes `words` in place. */
  constructor(words: WordParameters, captions: readonly WeightedWords[], options: ContrastiveOptions) {
    this.#words = words;
    this.#captions = captions;
    this.#options = options;
    this.#logScale = Float32Array.of(Math.log(words.scale));
    const rate = options.wordRate;
    this.parameters = [
      { name: 'words', values: words.vectors, rate },
      { name: 'words.bias', values: words.bias, rate },
      { name: 'words.logScale', values: this.#logScale, rate },
    ];
  }

  get captions(): number {
    return this.#captions.length;
  }

  async gradients(rows: Uint32Array, forward: () => VectorPass): Promise<ObjectiveGradients> {
    const { temperature, wordWeight, learnScale } = this.#options;
    const { vectors, bias, scale } = this.#words;
    const V = bias.length;
    const D = vectors.length / V;
    const B = rows.length;
    const captions = Array.from(rows, (row) => this.#captions[row]!);
    const words = normaliseRows(vectors, D);
    const sums = composeCaptions(captions, vectors, D);
    const caption = normaliseRows(sums, D);
    const written = new Float32Array(B * V);
    captions.forEach(({ words }, row) => {
      for (const word of words) written[row * V + word] = 1;
    });

    const result = await deviceScope(async (): Promise<BatchGradients> => {
      const pass = forward();
      const contrast = contrastiveLoss(pass.vectors, tf.tensor2d(caption.unit, [B, D]), temperature);
      const word = wordLoss(
        pass.vectors,
        tf.tensor2d(words.unit, [V, D]),
        tf.tensor1d(bias),
        scale,
        tf.tensor2d(written, [B, V]),
      );
      const dImages = tf.add(contrast.dImages, tf.mul(word.dImages, wordWeight)) as tf.Tensor2D;
      const [network, dCaptions, dWords, dBias, dScale, contrastLoss, ofWords] = await Promise.all([
        Promise.all(pass.backward(dImages).map(read)),
        read(contrast.dCaptions),
        read(tf.mul(word.dWords, wordWeight)),
        read(tf.mul(word.dBias, wordWeight)),
        readScalar(word.dScale),
        readScalar(contrast.loss),
        readScalar(word.loss),
      ]);
      return {
        network,
        captions: dCaptions,
        words: dWords,
        bias: dBias,
        logScale: dScale * scale * wordWeight,
        loss: contrastLoss + wordWeight * ofWords,
      };
    });

    const dSums = new Float32Array(sums.length);
    normaliseRowsBackward(result.captions, caption.unit, caption.norms, D, dSums);
    const dVectors = new Float32Array(vectors.length);
    normaliseRowsBackward(result.words, words.unit, words.norms, D, dVectors);
    composeCaptionsBackward(captions, dSums, D, dVectors);
    return {
      loss: result.loss,
      network: result.network,
      parameters: [dVectors, result.bias, learnScale ? Float32Array.of(result.logScale) : null],
    };
  }

  updated(): void {
    this.#words.scale = Math.exp(this.#logScale[0]!);
  }

  task(): ObjectiveTask {
    return {
      kind: 'contrastive',
      words: this.#words,
      captions: this.#captions,
      options: this.#options,
    };
  }
}
