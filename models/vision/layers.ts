/**
 * The layers of a network: each a forward and a backward beside each other, over tensors `[B, H, W, C]` or `[B, C]`. They know
 * nothing of ONNX or of each other; `layerPlan.ts` makes them from a graph and `network.ts` runs them.
 *
 * [Note: Frozen batch normalisation]
 * Batch normalisation keeps the mean μ and variance σ² that it was trained with, because those of a small batch of one person's
 * photos would be worse. It is then a scale and a shift of each channel, and is folded into the convolution before it:
 * y = x ∗ (K s) + β + (b − μ) s with s = γ / √(σ² + ε). So a convolution, its normalisation and its activation keep one array for
 * the backward pass instead of three, and with K′ = K s the gradients are still exact: dK = dK′ s, ds = Σ dK′ K + db′ (b − μ),
 * dγ = ds / √(σ² + ε), dβ = db′.
 *
 * Shape letters: B photos of a batch, H and W their height and width, C channels, O channels of the output, k side of the filter.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  type Activation,
  activationGradient,
  activationKernels,
  convolution,
  filterGradient,
  gradientKernels,
  inputGradient,
  type Pooling,
  pool,
  poolGradient,
  type WindowOptions,
} from './convolution.ts';

/** An array that a network has learned, as TensorFlow.js wants it: filters [k, k, C, O], matrices [C, O]. */
export interface NetworkParameter {
  /** Name of the ONNX initializer. */
  name: string;
  values: Float32Array;
  shape: readonly number[];
}

/** What a layer's backward pass may use. Only what `Layer.keeps` names has not been disposed of; shapes can always be read. */
export interface LayerPass {
  inputs: readonly tf.Tensor[];
  output: tf.Tensor;
  /** As `Layer.parameters`. */
  parameters: readonly tf.Tensor[];
}

export interface LayerGradients {
  /** A gradient for each input, or none if they were not asked for. */
  inputs: tf.Tensor[];
  /** A gradient for each parameter, or none. */
  parameters: tf.Tensor[];
}

export interface Layer {
  /** What training may change. */
  readonly parameters: readonly NetworkParameter[];
  /** What the backward pass reads, if the parameters train, or if only the gradient goes through. */
  keeps(trains: boolean): { inputs: boolean; output: boolean };
  /** Kernels of the backend that the forward pass takes, and with `backward` those of the backward pass too. */
  kernels(backward: boolean): string[];
  forward(inputs: readonly tf.Tensor[], parameters: readonly tf.Tensor[]): tf.Tensor;
  /** New tensors throughout, so that each can be disposed of. */
  backward(
    gradient: tf.Tensor,
    pass: LayerPass,
    wanted: { inputs: boolean; parameters: boolean },
  ): LayerGradients;
}

const NOTHING = { inputs: false, output: false };

/** Sum over all axes but the last. */
function sumToChannels(x: tf.Tensor): tf.Tensor {
  return tf.sum(x, x.rank === 4 ? [0, 1, 2] : [0]);
}

/** Mean and 1 / √(σ² + ε) of each channel, as trained. */
export interface FrozenStatistics {
  mean: Float32Array;
  inverse: Float32Array;
}

export interface ConvolutionParameters {
  /** [k, k, C / groups, O]; [k, k, C, 1] for a depthwise one. */
  filter: NetworkParameter;
  /** [O] */
  bias?: NetworkParameter | undefined;
  normalisation?:
    | { scale: NetworkParameter; shift: NetworkParameter; statistics: FrozenStatistics }
    | undefined;
}

/** Convolution, frozen batch normalisation and activation in one. See [Note: Frozen batch normalisation]. */
export class Convolution implements Layer {
  readonly parameters: readonly NetworkParameter[];
  readonly #window: WindowOptions;
  readonly #groups: number;
  readonly #depthwise: boolean;
  readonly #activation: Activation;
  readonly #bias: boolean;
  readonly #statistics: FrozenStatistics | undefined;

  constructor(
    { filter, bias, normalisation }: ConvolutionParameters,
    window: WindowOptions,
    groups: number,
    activation: Activation,
  ) {
    this.parameters = [
      filter,
      ...(bias ? [bias] : []),
      ...(normalisation ? [normalisation.scale, normalisation.shift] : []),
    ];
    this.#window = window;
    this.#depthwise = groups > 1 && filter.shape[3] === 1;
    this.#groups = this.#depthwise ? 1 : groups;
    this.#activation = activation;
    this.#bias = bias !== undefined;
    this.#statistics = normalisation?.statistics;
  }

  keeps(trains: boolean): { inputs: boolean; output: boolean } {
    return { inputs: trains, output: this.#activation !== 'linear' };
  }

  kernels(backward: boolean): string[] {
    return [
      this.#depthwise ? tf.FusedDepthwiseConv2D : tf.FusedConv2D,
      ...(this.#groups > 1 ? [tf.Slice, tf.Concat] : []),
      ...(backward ? gradientKernels(this.#depthwise) : []),
    ];
  }

  /** The parameters as the convolution takes them: K s and β + (b − μ) s, and what their gradients need. */
  #fold(parameters: readonly tf.Tensor[]): {
    filter: tf.Tensor4D;
    bias: tf.Tensor1D;
    scale?: tf.Tensor;
    inverse?: tf.Tensor;
    shifted?: tf.Tensor;
  } {
    const kernel = parameters[0] as tf.Tensor4D;
    const width = this.#depthwise ? kernel.shape[2] : kernel.shape[3];
    const own = this.#bias ? (parameters[1] as tf.Tensor1D) : null;
    if (!this.#statistics) return { filter: kernel, bias: own ?? tf.zeros([width]) };
    const [scaleParameter, shift] = parameters.slice(-2) as [tf.Tensor1D, tf.Tensor1D];
    const inverse = tf.tensor1d(this.#statistics.inverse);
    const mean = tf.tensor1d(this.#statistics.mean);
    const scale = tf.mul(scaleParameter, inverse) as tf.Tensor1D;
    const shifted = own ? tf.sub(own, mean) : tf.neg(mean);
    return {
      filter: tf.mul(kernel, this.#perOutput(scale)),
      bias: tf.add(shift, tf.mul(shifted, scale)) as tf.Tensor1D,
      scale,
      inverse,
      shifted,
    };
  }

  /** [O] in the shape that multiplies a filter. */
  #perOutput(scale: tf.Tensor): tf.Tensor {
    return this.#depthwise ? tf.reshape(scale, [-1, 1]) : scale;
  }

  /** The part of a tensor's last axis that belongs to a group. */
  #part<T extends tf.Tensor>(tensor: T, group: number): T {
    if (this.#groups === 1) return tensor;
    const width = tensor.shape.at(-1)! / this.#groups;
    const begin = tensor.shape.map((_, axis) => (axis === tensor.rank - 1 ? group * width : 0));
    return tf.slice(tensor, begin, [...tensor.shape.slice(0, -1), width]) as T;
  }

  #join(parts: tf.Tensor4D[]): tf.Tensor4D {
    return parts.length === 1 ? parts[0]! : tf.concat4d(parts, 3);
  }

  #eachGroup(make: (group: number) => tf.Tensor4D): tf.Tensor4D {
    return this.#join(Array.from({ length: this.#groups }, (_, group) => make(group)));
  }

  forward([x]: readonly tf.Tensor[], parameters: readonly tf.Tensor[]): tf.Tensor {
    const { filter, bias } = this.#fold(parameters);
    return this.#eachGroup((group) =>
      convolution(
        this.#part(x as tf.Tensor4D, group),
        this.#part(filter, group),
        this.#part(bias, group),
        this.#window,
        this.#depthwise,
        this.#activation,
      ),
    );
  }

  backward(
    gradient: tf.Tensor,
    { inputs, output, parameters }: LayerPass,
    wanted: { inputs: boolean; parameters: boolean },
  ): LayerGradients {
    const x = inputs[0] as tf.Tensor4D;
    const kernel = parameters[0] as tf.Tensor4D;
    const folded = this.#fold(parameters);
    const dy = activationGradient(gradient, output, this.#activation) as tf.Tensor4D;
    const result: LayerGradients = { inputs: [], parameters: [] };
    if (wanted.inputs) {
      const shape = [...x.shape.slice(0, 3), x.shape[3] / this.#groups] as tf.Tensor4D['shape'];
      result.inputs.push(
        this.#eachGroup((group) =>
          inputGradient(
            this.#part(dy, group),
            this.#part(folded.filter, group),
            shape,
            this.#window,
            this.#depthwise,
          ),
        ),
      );
    }
    if (!wanted.parameters) return result;
    const filterShape = [...kernel.shape.slice(0, 3), kernel.shape[3] / this.#groups] as tf.Tensor4D['shape'];
    const dFilter = this.#eachGroup((group) =>
      filterGradient(this.#part(x, group), this.#part(dy, group), filterShape, this.#window, this.#depthwise),
    );
    const dBias = sumToChannels(dy);
    const { scale, inverse, shifted } = folded;
    if (!scale || !inverse || !shifted) {
      result.parameters.push(dFilter);
      if (this.#bias) result.parameters.push(dBias);
      return result;
    }
    const products = tf.mul(dFilter, kernel);
    const byFilter = this.#depthwise ? tf.sum(products, [0, 1, 3]) : tf.sum(products, [0, 1, 2]);
    result.parameters.push(tf.mul(dFilter, this.#perOutput(scale)));
    if (this.#bias) result.parameters.push(tf.mul(dBias, scale));
    result.parameters.push(tf.mul(tf.add(byFilter, tf.mul(dBias, shifted)), inverse), dBias);
    return result;
  }
}

/** Frozen batch normalisation that follows no convolution: y = γ (x − μ) / √(σ² + ε) + β. */
export class Normalisation implements Layer {
  readonly parameters: readonly NetworkParameter[];
  readonly #statistics: FrozenStatistics;

  constructor(scale: NetworkParameter, shift: NetworkParameter, statistics: FrozenStatistics) {
    this.parameters = [scale, shift];
    this.#statistics = statistics;
  }

  keeps(trains: boolean): { inputs: boolean; output: boolean } {
    return { inputs: trains, output: false };
  }

  kernels(): string[] {
    return [];
  }

  forward([x]: readonly tf.Tensor[], [scale, shift]: readonly tf.Tensor[]): tf.Tensor {
    return tf.add(tf.mul(this.#standardise(x!), scale!), shift!);
  }

  backward(
    gradient: tf.Tensor,
    { inputs, parameters }: LayerPass,
    wanted: { inputs: boolean; parameters: boolean },
  ): LayerGradients {
    const factor = tf.mul(parameters[0]!, tf.tensor1d(this.#statistics.inverse));
    return {
      inputs: wanted.inputs ? [tf.mul(gradient, factor)] : [],
      parameters: wanted.parameters
        ? [sumToChannels(tf.mul(gradient, this.#standardise(inputs[0]!))), sumToChannels(gradient)]
        : [],
    };
  }

  #standardise(x: tf.Tensor): tf.Tensor {
    return tf.mul(tf.sub(x, tf.tensor1d(this.#statistics.mean)), tf.tensor1d(this.#statistics.inverse));
  }
}

/** A fully connected layer: y = x W + b, x [B, C], W [C, O]. */
export class Dense implements Layer {
  readonly parameters: readonly NetworkParameter[];

  constructor(weight: NetworkParameter, bias: NetworkParameter | undefined) {
    this.parameters = bias ? [weight, bias] : [weight];
  }

  keeps(trains: boolean): { inputs: boolean; output: boolean } {
    return { inputs: trains, output: false };
  }

  kernels(): string[] {
    return [tf.BatchMatMul];
  }

  forward([x]: readonly tf.Tensor[], [weight, bias]: readonly tf.Tensor[]): tf.Tensor {
    const product = tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D);
    return bias ? tf.add(product, bias) : product;
  }

  backward(
    gradient: tf.Tensor,
    { inputs, parameters }: LayerPass,
    wanted: { inputs: boolean; parameters: boolean },
  ): LayerGradients {
    const dy = gradient as tf.Tensor2D;
    const byWeight = (): tf.Tensor => tf.matMul(tf.transpose(inputs[0] as tf.Tensor2D), dy);
    return {
      inputs: wanted.inputs ? [tf.matMul(dy, tf.transpose(parameters[0] as tf.Tensor2D))] : [],
      parameters: wanted.parameters
        ? [byWeight(), ...(this.parameters.length > 1 ? [sumToChannels(dy)] : [])]
        : [],
    };
  }
}

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
  forward: (inputs) => inputs.reduce((sum, input) => tf.add(sum, input)),
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

/** Adds, subtracts, multiplies or divides by a constant, one number or one for each channel. */
export function constantLayer(operator: 'Add' | 'Sub' | 'Mul' | 'Div', values: Float32Array): Operation {
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
