/**
 * Reads an ONNX graph as the layers of a trainable network. A convolution takes in the normalisation and the activation that
 * follow it ([Note: Frozen batch normalisation]).
 *
 * Operators: https://onnx.ai/onnx/operators/. Read are those that image classifiers of convolutions have; others are named in
 * the error.
 */
import type { Activation, Sides, WindowOptions } from './convolution.ts';
import { GraphValues, numberAttribute, unreadable } from './graphValues.ts';
import { separateWeights, subgraph } from './imageGraph.ts';
import {
  Convolution,
  Dense,
  type FrozenStatistics,
  type Layer,
  type NetworkParameter,
  Normalisation,
} from './layers.ts';
import type { OnnxGraph, OnnxNode } from './onnx.ts';
import {
  activationLayer,
  type ConstantOperator,
  concatenationLayer,
  constantLayer,
  Fixed,
  flatteningLayer,
  globalPoolingLayer,
  identityLayer,
  type Operation,
  poolingLayer,
  responseNormalisationLayer,
  rootLayer,
  sigmoidLayer,
  sumLayer,
  unitLengthLayer,
} from './operations.ts';

/**
 * Where in a network a layer is.
 *
 * [Note: The last blocks]
 * `head` is everything behind the pooling that makes one row of each photo. `last` are the layers before it that work at the
 * coarsest resolution at which any has weights: from the convolution (or pooling) before them that halves the image for the last time.
 * In EfficientNet-Lite0 these are the depthwise convolution of block 11 and all that follows, in GoogLeNet inceptions 5a and 5b. They
 * hold most of the weights and little of the work, for the image is smallest there. `first` is the rest.
 */
export type Stage = 'first' | 'last' | 'head';

/** A layer with the names of what it reads and makes. */
export interface Step {
  layer: Layer;
  inputs: string[];
  output: string;
  stage: Stage;
}

export interface LayerPlan {
  /** Name of the image `[B, 3, H, W]`. */
  image: string;
  /** In an order in which each layer's inputs are there. */
  steps: Step[];
  /** The part of the graph that makes the outputs, as ONNX has it. */
  graph: OnnxGraph;
  /** Its numbers, of which those of the layers' parameters are. */
  values: GraphValues;
}

/** Operators that change nothing outside training, or only whether a value is float16. */
const TRANSPARENT = new Set(['Dropout', 'Identity', 'Cast']);

/** Makes layers of the part of `graph` that `outputs` need. @throws {Error} naming what is not read. */
export function planLayers(graph: OnnxGraph, outputs: readonly string[]): LayerPlan {
  return new Planner(graph, outputs).plan();
}

class Planner {
  readonly #graph: OnnxGraph;
  readonly #values: GraphValues;
  readonly #outputs: readonly string[];
  /** Names of values that are others under a new name. */
  readonly #aliases = new Map<string, string>();
  /** Nodes that an earlier layer took in. */
  readonly #absorbed = new Set<OnnxNode>();
  readonly #steps: (Omit<Step, 'stage'> & { pooled: boolean; reduction: number })[] = [];
  /** How much smaller than the photo a value is, and whether it still is an image. */
  readonly #places = new Map<string, { reduction: number; pooled: boolean }>();

  constructor(graph: OnnxGraph, outputs: readonly string[]) {
    this.#graph = separateWeights(subgraph(graph, outputs));
    this.#values = new GraphValues(this.#graph);
    this.#outputs = outputs;
  }

  plan(): LayerPlan {
    const { inputs, nodes } = this.#graph;
    if (inputs.length !== 1 || inputs[0]!.shape.length !== 4)
      throw new Error('The network must take one image [photos, 3, height, width].');
    const image = inputs[0]!.name;
    this.#places.set(image, { reduction: 1, pooled: false });
    for (const node of nodes) {
      if (this.#absorbed.has(node)) continue;
      const [source = ''] = node.inputs;
      if (TRANSPARENT.has(node.operator)) {
        if (this.#outputs.includes(node.outputs[0]!)) this.#fixed(identityLayer, node);
        else if (!this.#values.isConstant(source)) this.#aliases.set(node.outputs[0]!, this.#resolve(source));
      } else {
        this.#add(node);
      }
    }
    for (const output of this.#outputs) {
      if (!this.#places.has(output) || output === image)
        throw new Error(`The network does not compute ${output}.`);
    }
    const weighty = this.#steps.filter(({ layer, pooled }) => !pooled && layer.parameters.length > 0);
    const coarsest = Math.max(...weighty.map(({ reduction }) => reduction));
    const steps = this.#steps.map(({ pooled, reduction, ...step }): Step => {
      return { ...step, stage: pooled ? 'head' : reduction >= coarsest ? 'last' : 'first' };
    });
    return { image, steps, graph: this.#graph, values: this.#values };
  }

  #resolve(name: string): string {
    return this.#aliases.get(name) ?? name;
  }

  /** The only node that reads `name`, if it is of one of these operators and `name` is no output. */
  #follower(name: string, operators: readonly string[]): OnnxNode | undefined {
    if (this.#outputs.includes(name)) return undefined;
    const readers = this.#graph.nodes.filter(({ inputs }) => inputs.includes(name));
    const [reader] = readers;
    return readers.length === 1 && reader && operators.includes(reader.operator) ? reader : undefined;
  }

  /** Takes in the activation that follows, if one does. */
  #absorbActivation(output: string): { activation: Activation; output: string } {
    const node = this.#follower(output, ['Relu', 'Clip']);
    const activation = node && this.#activation(node);
    if (!node || !activation) return { activation: 'linear', output };
    this.#absorbed.add(node);
    return { activation, output: node.outputs[0]! };
  }

  #activation(node: OnnxNode): Activation | undefined {
    if (node.operator === 'Relu') return 'relu';
    const bound = (index: number, attribute: string, none: number): number => {
      const value = node.attributes?.[attribute];
      if (typeof value === 'number') return value;
      return node.inputs[index] ? this.#values.floats(node, index)[0]! : none;
    };
    if (bound(1, 'min', -Infinity) !== 0) return undefined;
    const high = bound(2, 'max', Infinity);
    return high === 6 ? 'relu6' : high > 3e38 ? 'relu' : undefined;
  }

  #push(
    layer: Layer,
    inputs: readonly string[],
    output: string,
    change: { stride?: number; pooled?: boolean } = {},
  ): void {
    const sources = inputs.map((input) => this.#resolve(input));
    const places = sources.map((input) => {
      const place = this.#places.get(input);
      if (!place) throw new Error(`The network reads ${input}, which nothing computes.`);
      return place;
    });
    const place = {
      reduction: Math.max(...places.map(({ reduction }) => reduction)) * (change.stride ?? 1),
      pooled: (change.pooled ?? false) || places.some(({ pooled }) => pooled),
    };
    this.#places.set(output, place);
    this.#steps.push({ layer, inputs: sources, output, ...place });
  }

  #fixed(operation: Operation, node: OnnxNode, change: { stride?: number; pooled?: boolean } = {}): void {
    this.#push(new Fixed(operation), [node.inputs[0]!], node.outputs[0]!, change);
  }

  #add(node: OnnxNode): void {
    const output = node.outputs[0]!;
    switch (node.operator) {
      case 'Conv':
        this.#addConvolution(node);
        break;
      case 'BatchNormalization': {
        const { scale, shift, statistics } = this.#normalisation(node);
        this.#push(new Normalisation(scale, shift, statistics), [node.inputs[0]!], output);
        break;
      }
      case 'Gemm':
      case 'MatMul':
        this.#addDense(node);
        break;
      case 'Relu':
      case 'Clip': {
        const activation = this.#activation(node);
        if (!activation || activation === 'linear')
          throw unreadable(node, 'its bounds are neither 0 and 6 nor 0 alone');
        this.#fixed(activationLayer(activation), node);
        break;
      }
      case 'Sigmoid':
        this.#fixed(sigmoidLayer, node);
        break;
      case 'Sqrt':
        this.#fixed(rootLayer, node);
        break;
      case 'LpNormalization':
        if (numberAttribute(node, 'p', 2) !== 2 || numberAttribute(node, 'axis', -1) !== -1)
          throw unreadable(node, 'it does not make rows of length 1');
        this.#fixed(unitLengthLayer, node);
        break;
      case 'Add':
      case 'Sum':
        if (node.inputs.some((input) => this.#values.isConstant(input))) this.#addConstant(node);
        else this.#push(new Fixed(sumLayer), node.inputs, output);
        break;
      case 'Sub':
      case 'Mul':
      case 'Div':
        this.#addConstant(node);
        break;
      case 'Concat': {
        const axis = numberAttribute(node, 'axis', 1);
        if (axis !== 1 && axis !== -3) throw unreadable(node, 'it joins other axes than channels');
        this.#push(new Fixed(concatenationLayer), node.inputs, output);
        break;
      }
      case 'MaxPool':
      case 'AveragePool':
        this.#addPooling(node);
        break;
      case 'GlobalAveragePool':
        this.#fixed(globalPoolingLayer(true), node, { pooled: true });
        break;
      case 'ReduceMean': {
        const axes = this.#values.integers(node, 1, 'axes')?.map((axis) => (axis + 4) % 4);
        if (axes?.length !== 2 || !axes.includes(2) || !axes.includes(3))
          throw unreadable(node, 'it is not the mean over height and width');
        this.#fixed(globalPoolingLayer(numberAttribute(node, 'keepdims', 1) === 1), node, { pooled: true });
        break;
      }
      case 'Flatten':
      case 'Reshape': {
        const target = node.operator === 'Reshape' ? this.#values.integers(node, 1, 'shape') : undefined;
        if (numberAttribute(node, 'axis', 1) !== 1 || (target && target.length !== 2))
          throw unreadable(node, 'it does not make one row of each photo');
        this.#fixed(flatteningLayer, node, { pooled: true });
        break;
      }
      case 'LRN': {
        const size = numberAttribute(node, 'size', 0);
        if (size % 2 === 0) throw unreadable(node, 'its size is even');
        const options = {
          size,
          alpha: numberAttribute(node, 'alpha', 1e-4),
          beta: numberAttribute(node, 'beta', 0.75),
          bias: numberAttribute(node, 'bias', 1),
        };
        this.#fixed(responseNormalisationLayer(options), node);
        break;
      }
      default:
        throw unreadable(node, 'Photolex cannot train through this operator');
    }
  }

  #normalisation(node: OnnxNode): {
    scale: NetworkParameter;
    shift: NetworkParameter;
    statistics: FrozenStatistics;
  } {
    const epsilon = numberAttribute(node, 'epsilon', 1e-5);
    return {
      scale: this.#values.vector(node, 1)!,
      shift: this.#values.vector(node, 2)!,
      statistics: {
        mean: this.#values.floats(node, 3),
        inverse: this.#values.floats(node, 4).map((variance) => 1 / Math.sqrt(variance + epsilon)),
      },
    };
  }

  #addConvolution(node: OnnxNode): void {
    const weight = this.#values.constant(node.inputs[1] ?? '');
    if (weight?.shape.length !== 4)
      throw unreadable(node, 'it is no convolution of images with filters in the file');
    const [O, I, height, width] = weight.shape as [number, number, number, number];
    const groups = numberAttribute(node, 'group', 1);
    const depthwise = groups > 1 && I === 1 && O === groups;
    const filter = this.#values.filter(node, 1, depthwise);
    let output = node.outputs[0]!;
    const following = this.#follower(output, ['BatchNormalization']);
    if (following) {
      this.#absorbed.add(following);
      output = following.outputs[0]!;
    }
    const activated = this.#absorbActivation(output);
    const options = windowOptions(node, [height, width]);
    const layer = new Convolution(
      {
        filter,
        bias: this.#values.vector(node, 2),
        normalisation: following && this.#normalisation(following),
      },
      options,
      groups,
      activated.activation,
    );
    this.#push(layer, [node.inputs[0]!], activated.output, { stride: Math.max(...options.strides) });
  }

  #addDense(node: OnnxNode): void {
    const weight = this.#values.constant(node.inputs[1] ?? '');
    if (weight?.shape.length !== 2 || numberAttribute(node, 'transA', 0) !== 0)
      throw unreadable(node, 'it is no product of rows with a matrix in the file');
    if (numberAttribute(node, 'alpha', 1) !== 1 || numberAttribute(node, 'beta', 1) !== 1)
      throw unreadable(node, 'its alpha or beta is not 1');
    const turned = numberAttribute(node, 'transB', 0) === 1;
    const matrix = this.#values.matrix(node, 1, turned);
    const output = node.outputs[0]!;
    const sum = node.operator === 'MatMul' ? this.#follower(output, ['Add']) : undefined;
    const addend = sum?.inputs.findIndex((input) => this.#values.isConstant(input)) ?? -1;
    const push = (bias: NetworkParameter | undefined, to: string): void =>
      this.#push(new Dense(matrix, bias), [node.inputs[0]!], to);
    if (sum && this.#isBias(sum, addend, matrix)) {
      this.#absorbed.add(sum);
      push(this.#values.vector(sum, addend), sum.outputs[0]!);
    } else if (node.operator === 'MatMul' || !node.inputs[2]) {
      push(undefined, output);
    } else if (this.#isBias(node, 2, matrix)) {
      push(this.#values.vector(node, 2), output);
    } else {
      const product = `${output}.product`;
      push(undefined, product);
      this.#pushConstant(node, 'Add', product, 2);
    }
  }

  /** Whether an input of a node has a number for each output of a matrix, so that it can learn as its bias. */
  #isBias(node: OnnxNode, index: number, { shape: [, O] }: NetworkParameter): boolean {
    const { shape, data } = this.#values.constant(node.inputs[index] ?? '') ?? {};
    return shape?.at(-1) === O && data?.length === O && shape!.length <= 2;
  }

  #addConstant(node: OnnxNode): void {
    const index = node.inputs.findIndex((input) => this.#values.isConstant(input));
    const commutes = node.operator === 'Add' || node.operator === 'Mul';
    if (node.inputs.length !== 2 || index < 0 || (index === 0 && !commutes))
      throw unreadable(node, 'it does not combine a value with a constant');
    this.#pushConstant(node, node.operator as ConstantOperator, node.inputs[1 - index]!, index);
  }

  /** Combines a value with the constant that is this input of a node. */
  #pushConstant(node: OnnxNode, operator: ConstantOperator, source: string, index: number): void {
    const values = this.#values.floats(node, index);
    const { shape } = this.#values.constant(node.inputs[index]!)!;
    // Channels are the second axis of an image [B, C, H, W] and the last of rows [B, C].
    const flat = this.#places.get(this.#resolve(source))?.pooled && shape.length <= 2;
    const channels = flat ? shape.at(-1) : shape.at(-3);
    if (values.length > 1 && channels !== values.length)
      throw unreadable(node, 'its constant is neither one number nor one for each channel');
    this.#push(new Fixed(constantLayer(operator, values)), [source], node.outputs[0]!);
  }

  #addPooling(node: OnnxNode): void {
    const size = node.attributes?.kernel_shape;
    if (!Array.isArray(size) || size.length !== 2) throw unreadable(node, 'it does not pool images');
    const options = windowOptions(node, size as [number, number]);
    const maximum = node.operator === 'MaxPool';
    if (!maximum && options.roundUp) throw unreadable(node, 'its mean has windows beyond the image');
    const layer = poolingLayer(
      maximum ? 'maximum' : 'average',
      options,
      numberAttribute(node, 'count_include_pad', 0) === 1,
    );
    this.#fixed(layer, node, { stride: Math.max(...options.strides) });
  }
}

function windowOptions(node: OnnxNode, size: readonly [number, number]): WindowOptions {
  const { dilations, strides, pads, auto_pad: automatic } = node.attributes ?? {};
  if (Array.isArray(dilations) && dilations.some((dilation) => dilation !== 1))
    throw unreadable(node, 'it is dilated');
  if (automatic === 'SAME_LOWER') throw unreadable(node, 'it pads more at the left (SAME_LOWER)');
  const common = {
    size,
    strides: (Array.isArray(strides) ? strides : [1, 1]) as [number, number],
    roundUp: numberAttribute(node, 'ceil_mode', 0) === 1,
  };
  if (automatic === 'SAME_UPPER') return { ...common, padding: 'same' };
  const padded = Array.isArray(pads) && automatic !== 'VALID';
  return { ...common, padding: (padded ? pads : [0, 0, 0, 0]) as unknown as Sides };
}
