/**
 * The layers of a network, each a forward and a backward beside each other, over tensors `[B, H, W, C]` or `[B, C]`, and those that have
 * something to train; those without are in `operations.ts`. They know nothing of ONNX or of each other; `layerPlan.ts` makes them from a
 * graph and `network.ts` runs them.
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
  convolution,
  filterGradient,
  gradientKernels,
  inputGradient,
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
