/**
 * What a trainer moves: a network from photos to vectors of the joint space. A head on cached features (`headNetwork.ts`) and a
 * network from the pixels on (`imageNetwork.ts`) look the same to it.
 *
 * Shape letters: B photos of a batch, D dimension of the space.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../random.ts';
import type { NetworkTask } from './trainingTask.ts';

/** An array that training changes in place. */
export interface TrainedParameter {
  /** Name in a saved training; no two may be the same. */
  name: string;
  values: Float32Array;
  /** Peak learning rate, as a share of the trainer's. */
  rate: number;
  /** How much of the optimiser's weight decay holds: 1 for weights, 0 for biases and normalisation. */
  decay: number;
}

/** What the backward pass needs of a forward pass. Tensors are the caller's to dispose (use tf.tidy). */
export interface VectorPass {
  /** y [B, D], what the last layer gives. */
  output: tf.Tensor2D;
  /** z [B, D] unit vectors. */
  vectors: tf.Tensor2D;
  /** dz [B, D] → gradients in the order of `TrainableNetwork.parameters`. To be called once, as is the next. */
  backward(gradient: tf.Tensor2D): tf.Tensor[];
  /** dy [B, D] → the same, for a loss on the last layer's output. */
  backwardOutput(gradient: tf.Tensor2D): tf.Tensor[];
}

export interface TrainableNetwork<Batch = unknown> {
  readonly parameters: readonly TrainedParameter[];
  /**
   * What `forward` needs of these photos. It may be asked for the next step's while this one computes, and gives the same
   * for the same step.
   */
  load(photos: Uint32Array, step: number): Batch | Promise<Batch>;
  /** The forward pass of a training step; call it within a `deviceScope`. What is dropped is drawn from `random`. */
  forward(batch: Batch, random: Random): VectorPass;
  /** What `createTrainer` makes the same network of, as it is now. */
  task(): NetworkTask;
  /** @throws {Error} naming what the present backend lacks for training this network. */
  checkBackend(): void;
  /** Frees what it holds on the backend. */
  dispose(): void;
}
