/**
 * Tensors where results must be waited for: a graphics card gives no number at once. `tf.tidy` cannot wait, so this does.
 */
import * as tf from '@tensorflow/tfjs-core';

/** Runs work on tensors and disposes of all that it made. Nothing else may compute with tensors until it is done. */
export async function deviceScope<T>(work: () => Promise<T>): Promise<T> {
  const engine = tf.engine();
  engine.startScope();
  try {
    return await work();
  } finally {
    engine.endScope();
  }
}

/** The numbers of a tensor. */
export const read = (tensor: tf.Tensor): Promise<Float32Array> => tensor.data() as Promise<Float32Array>;

/** The number of a scalar. */
export const readScalar = async (tensor: tf.Tensor): Promise<number> => (await read(tensor))[0]!;
