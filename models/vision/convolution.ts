/**
 * Convolutions and pooling of images `[B, H, W, C]`, each a forward and a backward beside each other, in TensorFlow.js
 * operations. The gradient registry of TensorFlow.js is not used, because it does not load in plain Node.
 *
 * [Note: Kernels that WebAssembly lacks]
 * The gradient of a convolution by its filter, and both gradients of a depthwise convolution, have kernels on every backend but
 * WebAssembly. There they are composed of others: the gradient by the filter at offset (i, j) is the product of the input moved by
 * (i, j) with the output's gradient; the gradient by the input is the convolution of the output's gradient, spread by the stride,
 * with the filter turned by 180°.
 *
 * Shape letters: B photos of a batch, H and W their height and width, C channels, O channels of the output, k side of the filter.
 */
import * as tf from '@tensorflow/tfjs-core';

/** How a window of this size moves over an image, as ONNX says it. */
export interface WindowOptions {
  size: readonly [number, number];
  strides: readonly [number, number];
  /** `same`: as many positions as the input has, divided by the stride, the odd pixel of padding right and below. */
  padding: 'same' | Sides;
  /** Whether a last window that reaches beyond the padding counts, if it begins in the image. */
  roundUp: boolean;
}

/** Pixels at each side of an image: top, left, bottom, right. */
export type Sides = readonly [number, number, number, number];

/** How a window moves over an image of a certain size. Padding that TensorFlow.js cannot name is done before. */
interface Placement {
  pad: 'same' | 'valid';
  before: Sides | null;
  strides: [number, number];
}

/** Padding of one direction when the output has ⌈size / stride⌉ positions. */
function samePadding(size: number, window: number, stride: number): [number, number] {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + window - size);
  const before = Math.floor(total / 2);
  return [before, total - before];
}

function sameSides([, height, width]: readonly number[], { size, strides }: WindowOptions): Sides {
  const [top, bottom] = samePadding(height!, size[0], strides[0]);
  const [left, right] = samePadding(width!, size[1], strides[1]);
  return [top, left, bottom, right];
}

/** Pixels that a last window needs beyond the padding `after` the image: none if it would begin beyond the image, which onnxruntime leaves out. */
function lastWindow(image: number, after: number, window: number, stride: number): number {
  const total = image + after;
  const missing = (stride - ((total - window) % stride)) % stride;
  return total + missing - window < image ? missing : 0;
}

function place(shape: readonly number[], options: WindowOptions): Placement {
  const strides: [number, number] = [...options.strides];
  if (options.padding === 'same') return { pad: 'same', before: null, strides };
  let sides = options.padding;
  if (options.roundUp) {
    const [top, left, bottom, right] = sides;
    sides = [
      top,
      left,
      bottom + lastWindow(shape[1]! + top, bottom, options.size[0], strides[0]),
      right + lastWindow(shape[2]! + left, right, options.size[1], strides[1]),
    ];
  }
  if (sides.every((side) => side === 0)) return { pad: 'valid', before: null, strides };
  if (sameSides(shape, options).every((side, index) => side === sides[index]))
    return { pad: 'same', before: null, strides };
  return { pad: 'valid', before: sides, strides };
}

function enlarge(x: tf.Tensor4D, sides: Sides | null, value = 0): tf.Tensor4D {
  if (!sides?.some((side) => side > 0)) return x;
  const [top, left, bottom, right] = sides;
  return tf.pad4d(
    x,
    [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
    value,
  );
}

/** The gradient of `enlarge`: cuts the sides off. */
function reduce(gradient: tf.Tensor4D, sides: Sides | null, shape: readonly number[]): tf.Tensor4D {
  return sides
    ? tf.slice4d(gradient, [0, sides[0], sides[1], 0], [...shape] as [number, number, number, number])
    : gradient;
}

function has(kernel: string): boolean {
  return tf.getKernel(kernel, tf.getBackend()) !== undefined;
}

function run(
  kernel: string,
  inputs: Record<string, tf.Tensor>,
  attributes: Record<string, unknown>,
): tf.Tensor4D {
  return tf
    .engine()
    .runKernel(kernel, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap) as tf.Tensor4D;
}

/** The kernels that the gradients of a convolution take on the present backend. */
export function gradientKernels(depthwise: boolean): string[] {
  const filter = depthwise ? tf.DepthwiseConv2dNativeBackpropFilter : tf.Conv2DBackpropFilter;
  const byFilter = [tf.StridedSlice, tf.Pack, ...(depthwise ? [] : [tf.BatchMatMul])];
  const input = depthwise ? tf.DepthwiseConv2dNativeBackpropInput : tf.Conv2DBackpropInput;
  const byInput = [tf.DepthwiseConv2dNative, tf.Reverse];
  return [
    ...(has(filter) ? [filter] : byFilter),
    ...(!depthwise || has(input) ? [input] : byInput),
    ...activationKernels,
    tf.PadV2,
    tf.Slice,
  ];
}

/** The kernels of `activationGradient`. */
export const activationKernels = [tf.Greater, tf.Less, tf.LogicalAnd, tf.Cast];

export type Activation = 'linear' | 'relu' | 'relu6';

/**
 * The gradient through an activation, from its output. Not by `tf.step`, which asks TensorFlow for six times as much work: it took
 * more than half of a training step there.
 */
export function activationGradient(
  gradient: tf.Tensor,
  output: tf.Tensor,
  activation: Activation,
): tf.Tensor {
  if (activation === 'linear') return gradient;
  const rising = tf.greater(output, 0);
  const passes = activation === 'relu' ? rising : tf.logicalAnd(rising, tf.less(output, 6));
  return tf.mul(gradient, tf.cast(passes, 'float32'));
}

/** What a convolution gives for x [B, H, W, C] and filter [k, k, C, O]; for a depthwise one the filter is [k, k, C, 1]. */
export function convolution(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  options: WindowOptions,
  depthwise: boolean,
  activation: Activation,
): tf.Tensor4D {
  const { pad, before, strides } = place(x.shape, options);
  const call = { x: enlarge(x, before), filter, strides, pad, bias, activation };
  return depthwise ? tf.fused.depthwiseConv2d(call) : tf.fused.conv2d(call);
}

/** The gradient of a convolution by its filter: x [B, H, W, C] and dy [B, H', W', O] → [k, k, C, O]. */
export function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  filterShape: tf.Tensor4D['shape'],
  options: WindowOptions,
  depthwise: boolean,
): tf.Tensor4D {
  const { pad, before, strides } = place(x.shape, options);
  const kernel = depthwise ? tf.DepthwiseConv2dNativeBackpropFilter : tf.Conv2DBackpropFilter;
  if (has(kernel)) {
    const attributes = {
      strides,
      pad,
      dataFormat: 'NHWC',
      dimRoundingMode: null,
      dilations: [1, 1],
      filterShape,
    };
    return run(kernel, { x: enlarge(x, before), dy }, attributes);
  }
  // See [Note: Kernels that WebAssembly lacks].
  const padded = enlarge(x, pad === 'same' ? sameSides(x.shape, options) : before);
  const [B, height, width, O] = dy.shape;
  const C = x.shape[3];
  const gradient = tf.reshape(dy, [B * height * width, O]) as tf.Tensor2D;
  const parts: tf.Tensor[] = [];
  for (let i = 0; i < filterShape[0]; i++) {
    for (let j = 0; j < filterShape[1]; j++) {
      parts.push(
        tf.tidy(() => {
          const end = [B, i + (height - 1) * strides[0] + 1, j + (width - 1) * strides[1] + 1, C];
          const moved = tf.stridedSlice(padded, [0, i, j, 0], end, [
            1,
            strides[0],
            strides[1],
            1,
          ]) as tf.Tensor4D;
          if (depthwise) return tf.sum(tf.mul(moved, dy), [0, 1, 2]);
          // Its product of matrices is fast only untransposed.
          return tf.matMul(tf.transpose(tf.reshape(moved, [-1, C]) as tf.Tensor2D), gradient);
        }),
      );
    }
  }
  return tf.reshape(tf.stack(parts), filterShape) as tf.Tensor4D;
}

/** The gradient of a convolution by its input: dy [B, H', W', O] and filter [k, k, C, O] → [B, H, W, C]. */
export function inputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  shape: tf.Tensor4D['shape'],
  options: WindowOptions,
  depthwise: boolean,
): tf.Tensor4D {
  const { pad, before, strides } = place(shape, options);
  const kernel = depthwise ? tf.DepthwiseConv2dNativeBackpropInput : tf.Conv2DBackpropInput;
  if (!has(kernel))
    return spreadGradient(dy, filter, shape, pad === 'same' ? sameSides(shape, options) : before, strides);
  const [B, H, W, C] = shape;
  const inputShape = before ? [B, H + before[0] + before[2], W + before[1] + before[3], C] : shape;
  const attributes = {
    strides,
    pad,
    dataFormat: 'NHWC',
    dimRoundingMode: null,
    dilations: [1, 1],
    inputShape,
  };
  return reduce(run(kernel, { dy, filter }, attributes), before, shape);
}

/** A depthwise convolution's gradient by its input; see [Note: Kernels that WebAssembly lacks]. */
function spreadGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  [B, H, W, C]: tf.Tensor4D['shape'],
  sides: Sides | null,
  [down, across]: [number, number],
): tf.Tensor4D {
  const [top, left, bottom, right] = sides ?? [0, 0, 0, 0];
  const [tall, wide] = [H + top + bottom, W + left + right];
  const [, height, width] = dy.shape;
  let spread: tf.Tensor = dy;
  if (across > 1)
    spread = tf.pad(tf.reshape(spread, [B * height, width, C]), [
      [0, 0],
      [0, 0],
      [0, (across - 1) * C],
    ]);
  if (down > 1) {
    const row = width * across * C;
    spread = tf.pad(tf.reshape(spread, [B, height, row]), [
      [0, 0],
      [0, 0],
      [0, (down - 1) * row],
    ]);
  }
  const [k, l] = filter.shape;
  const field = enlarge(tf.reshape(spread, [B, height * down, width * across, C]) as tf.Tensor4D, [
    k - 1,
    l - 1,
    Math.max(0, tall - height * down),
    Math.max(0, wide - width * across),
  ]);
  const gradient = tf.depthwiseConv2d(field, tf.reverse4d(filter, [0, 1]), 1, 'valid');
  return tf.slice4d(gradient, [0, top, left, 0], [B, H, W, C]);
}

export type Pooling = 'maximum' | 'average';

/** Less than any activation, so that padding never is the maximum. */
const LEAST = -3e38;

/** The maximum or the mean of each window; a mean counts the padding only where `countPadding` says so. */
export function pool(
  x: tf.Tensor4D,
  options: WindowOptions,
  pooling: Pooling,
  countPadding = false,
): tf.Tensor4D {
  const size: [number, number] = [...options.size];
  if (pooling === 'maximum') {
    const { pad, before, strides } = place(x.shape, options);
    return tf.maxPool(enlarge(x, before, LEAST), size, strides, pad);
  }
  const sides = allSides(x.shape, options);
  const mean = tf.avgPool(enlarge(x, sides), size, [...options.strides], 'valid');
  return countPadding ? mean : tf.mul(mean, shares(x.shape, sides, mean.shape, options));
}

/** The gradient of `pool`, from its input and output. */
export function poolGradient(
  dy: tf.Tensor4D,
  x: tf.Tensor4D,
  output: tf.Tensor4D,
  options: WindowOptions,
  pooling: Pooling,
  countPadding = false,
): tf.Tensor4D {
  const filterSize = [...options.size];
  if (pooling === 'maximum') {
    const { pad, before, strides } = place(x.shape, options);
    const attributes = { filterSize, strides, pad, dimRoundingMode: null };
    const input = enlarge(positiveForWasm(x), before, LEAST);
    const gradient = run(tf.MaxPoolGrad, { dy, input, output }, attributes);
    return reduce(gradient, before, x.shape);
  }
  const sides = allSides(x.shape, options);
  const dMean = countPadding ? dy : tf.mul(dy, shares(x.shape, sides, dy.shape, options));
  const attributes = { filterSize, strides: [...options.strides], pad: 'valid', dimRoundingMode: null };
  const gradient = run(tf.AvgPoolGrad, { dy: dMean, input: enlarge(x, sides) }, attributes);
  return reduce(gradient, sides, x.shape);
}

/** What the gradient of a maximum reads: WebAssembly's forgets windows in which nothing is above 0, so there all is lifted above it. */
function positiveForWasm(x: tf.Tensor4D): tf.Tensor4D {
  return tf.getBackend() === 'wasm' ? tf.add(tf.sub(x, tf.min(x)), 1) : x;
}

/** The padding of a mean, always explicit: in TensorFlow.js the gradient of a `same` mean forgets that its borders have fewer pixels. */
function allSides(shape: readonly number[], options: WindowOptions): Sides | null {
  const { pad, before } = place(shape, options);
  return pad === 'same' ? sameSides(shape, options) : before;
}

/** Pixels of a window by how many of them lie in the image: [1, H', W', 1]. */
function shares(
  [, H, W]: tf.Tensor4D['shape'],
  sides: Sides | null,
  [, height, width]: tf.Tensor4D['shape'],
  { size, strides }: WindowOptions,
): tf.Tensor4D {
  const inside = (
    position: number,
    stride: number,
    before: number,
    window: number,
    length: number,
  ): number => {
    const start = position * stride - before;
    return Math.min(length, start + window) - Math.max(0, start);
  };
  const [top, left] = sides ?? [0, 0];
  const values = Float32Array.from({ length: height * width }, (_, at) => {
    const rows = inside(Math.floor(at / width), strides[0], top, size[0], H);
    const columns = inside(at % width, strides[1], left, size[1], W);
    return (size[0] * size[1]) / (rows * columns);
  });
  return tf.tensor4d(values, [1, height, width, 1]);
}
