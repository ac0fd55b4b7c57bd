/**
 * Layers that have nothing to train: activations, poolings, sums and what else a network does to its values on the way.
 *
 * Shape letters as in `layers.ts`.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  activationGradient,
  activationKernels,
  type Pooling,
  pool,
  poolGradient,
  type WindowOptions,
} from './convolution.ts';
import type { Layer, LayerGradients, LayerPass } from './layers.ts';

const NOTHING = { inputs: false, output: false };

/** A layer without parameters: its forward pass, its gradient by each input, and what that reads. */
export interface Operation {
  keeps: { inputs: boolean; output: boolean };
  kernels: string[];
  backwardKernels: string[];
  forward(inputs: readonly tf.Tensor[]): tf.Tensor;
  gradient(gradient: tf.Tensor, pass: LayerPass): tf.Tensor[];
}

/** Makes a layer of an operation. */
export class Fixed implements Layer {
  readonly parameters = [];
  readonly #operation: Operation;

  constructor(operation: Operation) {
    this.#operation = operation;
  }

  keeps(): { inputs: boolean; output: boolean } {
    return this.#operation.keeps;
  }

  kernels(backward: boolean): string[] {
    const { kernels, backwardKernels } = this.#operation;
    return backward ? [...kernels, ...backwardKernels] : kernels;
  }

  forward(inputs: readonly tf.Tensor[]): tf.Tensor {
    return this.#operation.forward(inputs);
  }

  backward(gradient: tf.Tensor, pass: LayerPass, wanted: { inputs: boolean }): LayerGradients {
    return { inputs: wanted.inputs ? this.#operation.gradient(gradient, pass) : [], parameters: [] };
  }
}

/** Relu, and relu that ends at 6. */
export function activationLayer(activation: 'relu' | 'relu6'): Operation {
  return {
    keeps: { inputs: false, output: true },
    kernels: [activation === 'relu' ? tf.Relu : tf.Relu6],
    backwardKernels: activationKernels,
    forward: ([x]) => (activation === 'relu' ? tf.relu(x!) : tf.relu6(x!)),
    gradient: (gradient, { output }) => [activationGradient(gradient, output, activation)],
  };
}

/** The same under another name. */
export const identityLayer: Operation = {
  keeps: NOTHING,
  kernels: [tf.Identity],
  backwardKernels: [tf.Identity],
  forward: ([x]) => tf.clone(x!),
  gradient: (gradient) => [tf.clone(gradient)],
};

export const sigmoidLayer: Operation = {
  keeps: { inputs: false, output: true },
  kernels: [tf.Sigmoid],
  backwardKernels: [],
  forward: ([x]) => tf.sigmoid(x!),
  gradient: (gradient, { output }) => [tf.mul(gradient, tf.mul(output, tf.sub(1, output)))],
};

/**
 * The square root, whose slope grows beyond bounds towards zero. Pooled features that small come from a few weak activations, and
 * would push harder than all others: below this value the slope stays.
 */
const LEAST_ROOT = 0.03;

export const rootLayer: Operation = {
  keeps: { inputs: false, output: true },
  kernels: [tf.Sqrt],
  backwardKernels: [tf.Maximum],
  forward: ([x]) => tf.sqrt(x!),
  gradient: (gradient, { output }) => [tf.div(gradient, tf.mul(2, tf.maximum(output, LEAST_ROOT)))],
};

/** Rows of length 1: z = x / ‖x‖, dx = (dz − (dz·z) z) / ‖x‖. */
export const unitLengthLayer: Operation = {
  keeps: { inputs: true, output: true },
  kernels: [tf.Sqrt],
  backwardKernels: [],
  forward: ([x]) => tf.div(x!, lengths(x!)),
  gradient: (gradient, { inputs, output }) => {
    const along = tf.sum(tf.mul(gradient, output), -1, true);
    return [tf.div(tf.sub(gradient, tf.mul(along, output)), lengths(inputs[0]!))];
  },
};

function lengths(x: tf.Tensor): tf.Tensor {
  return tf.maximum(tf.sqrt(tf.sum(tf.square(x), -1, true)), 1e-12);
}

/** The sum of inputs of the same shape. */
export const sumLayer: Operation = {
  keeps: NOTHING,
  kernels: [tf.Add],
  backwardKernels: [tf.Identity],
  // A new tensor even of one input, which is disposed of when all have read it.
  forward: ([first, ...others]) => others.reduce((sum, input) => tf.add(sum, input), tf.clone(first!)),
  gradient: (gradient, { inputs }) => inputs.map(() => tf.clone(gradient)),
};

/** Inputs beside each other in the last axis. */
export const concatenationLayer: Operation = {
  keeps: NOTHING,
  kernels: [tf.Concat],
  backwardKernels: [tf.Slice],
  forward: (inputs) => tf.concat([...inputs], -1),
  gradient: (gradient, { inputs }) => {
    let start = 0;
    return inputs.map(({ shape }) => {
      const begin = shape.map((_, axis) => (axis === shape.length - 1 ? start : 0));
      start += shape.at(-1)!;
      return tf.slice(gradient, begin, shape);
    });
  },
};

export type ConstantOperator = 'Add' | 'Sub' | 'Mul' | 'Div';

/** Adds, subtracts, multiplies or divides by a constant, one number or one for each channel. */
export function constantLayer(operator: ConstantOperator, values: Float32Array): Operation {
  const constant = (): tf.Tensor => (values.length === 1 ? tf.scalar(values[0]!) : tf.tensor1d(values));
  const apply = { Add: tf.add, Sub: tf.sub, Mul: tf.mul, Div: tf.div }[operator];
  return {
    keeps: NOTHING,
    kernels: [{ Add: tf.Add, Sub: tf.Sub, Mul: tf.Multiply, Div: tf.RealDiv }[operator]],
    backwardKernels: [tf.Identity],
    forward: ([x]) => apply(x!, constant()),
    gradient: (gradient) => [
      operator === 'Mul' || operator === 'Div' ? apply(gradient, constant()) : tf.clone(gradient),
    ],
  };
}

export function poolingLayer(pooling: Pooling, window: WindowOptions, countPadding = false): Operation {
  const maximum = pooling === 'maximum';
  return {
    keeps: { inputs: true, output: maximum },
    kernels: [maximum ? tf.MaxPool : tf.AvgPool],
    backwardKernels: maximum ? [tf.MaxPoolGrad, tf.Min] : [tf.AvgPoolGrad],
    forward: ([x]) => pool(x as tf.Tensor4D, window, pooling, countPadding),
    gradient: (gradient, { inputs, output }) => [
      poolGradient(
        gradient as tf.Tensor4D,
        inputs[0] as tf.Tensor4D,
        output as tf.Tensor4D,
        window,
        pooling,
        countPadding,
      ),
    ],
  };
}

/** The mean of each channel over the image: [B, H, W, C] → [B, 1, 1, C], or [B, C]. */
export function globalPoolingLayer(keepAxes: boolean): Operation {
  return {
    keeps: NOTHING,
    kernels: [tf.Mean],
    backwardKernels: [tf.Tile],
    forward: ([x]) => tf.mean(x!, [1, 2], keepAxes),
    gradient: (gradient, { inputs }) => {
      const [B, H, W, C] = inputs[0]!.shape as [number, number, number, number];
      return [tf.tile(tf.reshape(tf.div(gradient, H * W), [B, 1, 1, C]), [1, H, W, 1])];
    },
  };
}

/** One row for each photo, in the order of ONNX: channel by channel. */
export const flatteningLayer: Operation = {
  keeps: NOTHING,
  kernels: [tf.Transpose, tf.Reshape],
  backwardKernels: [],
  forward: ([x]) => {
    const { shape } = x!;
    return tf.reshape(isImage(shape) ? tf.transpose(x!, [0, 3, 1, 2]) : x!, [shape[0]!, -1]);
  },
  gradient: (gradient, { inputs }) => {
    const { shape } = inputs[0]!;
    if (!isImage(shape)) return [tf.reshape(gradient, shape)];
    const [B, H, W, C] = shape as [number, number, number, number];
    return [tf.transpose(tf.reshape(gradient, [B, C, H, W]), [0, 2, 3, 1])];
  },
};

function isImage(shape: readonly number[]): boolean {
  return shape.length === 4 && shape[1]! * shape[2]! > 1;
}

export interface ResponseNormalisationOptions {
  /** Channels that count, the own one in the middle; odd. */
  size: number;
  alpha: number;
  beta: number;
  bias: number;
}

/**
 * Local response normalisation (Krizhevsky et al. 2012, section 3.3): y = x n^−β with n = bias + α / size · Σ x² over
 * neighbouring channels; dx = dy n^−β − 2 αβ / size · x Σ (dy x n^(−β−1)). The sums are products with a band matrix, which every
 * backend does fast and alike.
 */
export function responseNormalisationLayer(options: ResponseNormalisationOptions): Operation {
  const { size, beta, bias } = options;
  const alpha = options.alpha / size;
  const sums = (x: tf.Tensor): tf.Tensor => {
    const C = x.shape.at(-1)!;
    const reach = (size - 1) / 2;
    const band = Float32Array.from({ length: C * C }, (_, at) =>
      Math.abs(Math.floor(at / C) - (at % C)) <= reach ? 1 : 0,
    );
    const product = tf.matMul(tf.reshape(x, [-1, C]) as tf.Tensor2D, tf.tensor2d(band, [C, C]));
    return tf.reshape(product, x.shape);
  };
  const norm = (x: tf.Tensor): tf.Tensor => tf.add(tf.mul(sums(tf.square(x)), alpha), bias);
  // n^−β. TensorFlow's `pow` takes several times as long as both of these.
  const factor = (n: tf.Tensor): tf.Tensor => tf.exp(tf.mul(tf.log(n), -beta));
  return {
    keeps: { inputs: true, output: false },
    kernels: [tf.BatchMatMul, tf.Log, tf.Exp],
    backwardKernels: [],
    forward: ([x]) => tf.mul(x!, factor(norm(x!))),
    gradient: (gradient, { inputs }) => {
      const x = inputs[0]!;
      const n = norm(x);
      const scaled = tf.mul(gradient, factor(n));
      const shared = sums(tf.div(tf.mul(scaled, x), n));
      return [tf.sub(scaled, tf.mul(tf.mul(x, shared), 2 * alpha * beta))];
    },
  };
}
