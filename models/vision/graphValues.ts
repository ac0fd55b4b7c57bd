/**
 * The numbers that stand in an ONNX graph: attributes, constants, and the parameters of layers. Those of ONNX are for images `[B, C, H, W]`,
 * those of TensorFlow.js for `[B, H, W, C]`, so filters and axes are turned here, and nowhere else.
 */
import { HANDING_ON } from './imageGraph.ts';
import type { NetworkParameter } from './layers.ts';
import { type OnnxAttribute, type OnnxGraph, type OnnxNode, type OnnxTensor, ofType } from './onnx.ts';

/** Turns an array from one order of axes to another: axis i of the result is axis `order[i]` of `data`. */
function turn(data: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  if (shape.length < 2) return data.slice();
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const sizes = order.map((axis) => shape[axis]!);
  const steps = order.map((axis) => strides[axis]!);
  const result = new Float32Array(data.length);
  let at = 0;
  const walk = (axis: number, from: number): void => {
    const size = sizes[axis]!;
    const step = steps[axis]!;
    if (axis === sizes.length - 1) for (let i = 0; i < size; i++) result[at++] = data[from + i * step]!;
    else for (let i = 0; i < size; i++) walk(axis + 1, from + i * step);
  };
  if (data.length > 0) walk(0, 0);
  return result;
}

/** Axes of a filter: OIHW in the file, HWIO here. */
const FILTER_ORDER = [2, 3, 1, 0];
/** Of a matrix that the file has as `[O, C]`. */
const TURNED = [1, 0];

/** The numbers of one graph. */
export class GraphValues {
  readonly #graph: OnnxGraph;
  /** By initializer, the order in which the parameter has the axes of the file. */
  readonly #orders = new Map<string, readonly number[]>();

  /** @param graph reads each array of weights once; see `separateWeights` */
  constructor(graph: OnnxGraph) {
    this.#graph = graph;
  }

  /** Whether a name stands for numbers in the file, and not for what a node computes. */
  isConstant(name: string): boolean {
    return this.constant(name) !== undefined;
  }

  /** The tensor that a name stands for, through a cast from float16 or a change of name. */
  constant(name: string): OnnxTensor | undefined {
    return this.#graph.initializers.get(this.#initializer(name));
  }

  /** The initializer that a name stands for, or the name itself. */
  #initializer(name: string): string {
    const maker = this.#graph.nodes.find(
      ({ operator, outputs }) => HANDING_ON.has(operator) && outputs[0] === name,
    );
    return maker ? this.#initializer(maker.inputs[0]!) : name;
  }

  /** The numbers of a node's input. @throws {Error} naming the node if they are not in the file */
  floats(node: OnnxNode, index: number): Float32Array {
    const tensor = this.constant(node.inputs[index] ?? '');
    if (!tensor || tensor.data instanceof BigInt64Array)
      throw unreadable(node, `its input ${index + 1} is no array of numbers in the file`);
    return tensor.data instanceof Float32Array ? tensor.data : new Float32Array(tensor.data);
  }

  /** Whole numbers that older files have in an attribute of a node, and newer ones in an input. */
  integers(node: OnnxNode, index: number, attribute: string): number[] | undefined {
    const value = node.attributes?.[attribute];
    if (Array.isArray(value)) return value as number[];
    const tensor = this.constant(node.inputs[index] ?? '');
    return tensor && Array.from(tensor.data as BigInt64Array, Number);
  }

  /** The filter of a convolution, `[k, k, I, O]`, or `[k, k, O, 1]` of a depthwise one, which are the numbers of `[k, k, 1, O]`. */
  filter(node: OnnxNode, index: number, depthwise: boolean): NetworkParameter {
    return this.#parameter(node, index, FILTER_ORDER, ([height, width, I, O]) =>
      depthwise ? [height!, width!, O!, 1] : [height!, width!, I!, O!],
    );
  }

  /** A matrix `[C, O]`, which a file may have as `[O, C]` (`turned`). */
  matrix(node: OnnxNode, index: number, turned: boolean): NetworkParameter {
    return this.#parameter(node, index, turned ? TURNED : null, (shape) => shape);
  }

  /** Numbers for each channel, in one row; undefined if the node has no such input. */
  vector(node: OnnxNode, index: number): NetworkParameter | undefined {
    return node.inputs[index]
      ? this.#parameter(node, index, null, (shape) => [shape.reduce((product, size) => product * size, 1)])
      : undefined;
  }

  /** An initializer as a parameter, its axes in this order (null: as they are). */
  #parameter(
    node: OnnxNode,
    index: number,
    order: readonly number[] | null,
    reshaped: (turned: readonly number[]) => readonly number[],
  ): NetworkParameter {
    const name = this.#initializer(node.inputs[index]!);
    const values = this.floats(node, index);
    const { shape } = this.constant(name)!;
    order ??= shape.map((_, axis) => axis);
    const turned = order.map((axis) => shape[axis]!);
    this.#orders.set(name, order);
    return { name, values: turn(values, shape, order), shape: [...reshaped(turned)] };
  }

  /** The initializer that a parameter is now, as the file has it: nodes read it as the type that it was. */
  tensorOf({ name, values }: NetworkParameter): OnnxTensor {
    const { shape, data } = this.constant(name)!;
    const order = this.#orders.get(name)!;
    const turned = order.map((axis) => shape[axis]!);
    const back = shape.map((_, axis) => order.indexOf(axis));
    return { shape, data: ofType(data, turn(values, turned, back)) };
  }
}

/** A number in an attribute of a node, or what holds where it is left out. */
export function numberAttribute(node: OnnxNode, name: string, otherwise: number): number {
  const value: OnnxAttribute | undefined = node.attributes?.[name];
  return typeof value === 'number' ? value : otherwise;
}

/** The error for a node that no layer can be made of. */
export function unreadable(node: OnnxNode, reason: string): Error {
  return new Error(`The network's ${node.operator} (${node.outputs[0]}) cannot be trained: ${reason}.`);
}
