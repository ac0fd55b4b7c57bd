/**
 * GoogLeNet (Szegedy et al. 2015, "Going Deeper with Convolutions", table 1) as an ONNX graph with random weights, to be
 * learned from scratch. As in the paper: local response normalisation, no batch normalisation. As in the seed system: no auxiliary
 * classifiers. Weights are drawn after He et al. 2015 (variance 2 / inputs), without which so many layers of rectifiers would not learn
 * without auxiliary losses; biases are 0.
 */
import { Random } from '../random.ts';
import type { OnnxGraph, OnnxNode, OnnxTensor } from './onnx.ts';

/** An inception module: filters of each branch. */
interface Inception {
  one: number;
  threeReduce: number;
  three: number;
  fiveReduce: number;
  five: number;
  pool: number;
}

const inception = (
  one: number,
  threeReduce: number,
  three: number,
  fiveReduce: number,
  five: number,
  pool: number,
): Inception => ({ one, threeReduce, three, fiveReduce, five, pool });

/** Table 1; stages are divided by pooling. */
const STAGES: Record<string, Inception>[] = [
  {
    inception3a: inception(64, 96, 128, 16, 32, 32),
    inception3b: inception(128, 128, 192, 32, 96, 64),
  },
  {
    inception4a: inception(192, 96, 208, 16, 48, 64),
    inception4b: inception(160, 112, 224, 24, 64, 64),
    inception4c: inception(128, 128, 256, 24, 64, 64),
    inception4d: inception(112, 144, 288, 32, 64, 64),
    inception4e: inception(256, 160, 320, 32, 128, 128),
  },
  {
    inception5a: inception(256, 160, 320, 32, 128, 128),
    inception5b: inception(384, 192, 384, 48, 128, 128),
  },
];

const STEM = { first: 64, reduce: 64, second: 192 };
const RESPONSE_NORMALISATION = { size: 5, alpha: 1e-4, beta: 0.75 };

export interface GoogLeNetOptions {
  seed: number;
  /**
   * Width of a last linear layer `output` [n, outputs], as the seed system regresses a caption's vector; without it the network
   * ends with its `features`.
   */
  outputs?: number;
  /** Every number of filters is multiplied by this; a quarter makes a network for small collections and for tests. */
  width?: number;
}

/** Width of the features of a GoogLeNet, 1024 at full width. */
export function googlenetFeatures(width = 1): number {
  const { one, three, five, pool } = STAGES.at(-1)!.inception5b!;
  return [one, three, five, pool].reduce((sum, filters) => sum + scaled(filters, width), 0);
}

function scaled(filters: number, width: number): number {
  return Math.max(1, Math.round(filters * width));
}

/**
 * A GoogLeNet that takes `image` [n, 3, height, width] = (RGB − 127) / 128, any size from 32 × 32, and gives `features`
 * [n, 1024]. The same seed gives the same weights.
 */
export function createGoogLeNet({ seed, outputs, width = 1 }: GoogLeNetOptions): OnnxGraph {
  const random = new Random(seed);
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, OnnxTensor>();
  const parameter = (name: string, shape: number[], variance: number): string => {
    const length = shape.reduce((product, size) => product * size, 1);
    const deviation = Math.sqrt(variance);
    const data = Float32Array.from({ length }, () => (deviation > 0 ? deviation * random.gaussian() : 0));
    initializers.set(name, { shape, data });
    return name;
  };
  const add = (operator: string, inputs: string[], output: string, attributes = {}): string => {
    nodes.push({ operator, inputs, outputs: [output], attributes });
    return output;
  };
  /** A layer's output with its number of channels. */
  type Value = { name: string; channels: number };
  const convolution = (x: Value, name: string, filters: number, size: number, stride = 1): Value => {
    const inputs = x.channels * size * size;
    const channels = scaled(filters, width);
    const weight = parameter(`${name}.weight`, [channels, x.channels, size, size], 2 / inputs);
    const bias = parameter(`${name}.bias`, [channels], 0);
    const window = { kernel_shape: [size, size], strides: [stride, stride], auto_pad: 'SAME_UPPER' };
    const linear = add('Conv', [x.name, weight, bias], `${name}.conv`, window);
    return { name: add('Relu', [linear], name), channels };
  };
  const maximum = (x: Value, name: string, stride: number): Value => {
    const window = { kernel_shape: [3, 3], strides: [stride, stride], auto_pad: 'SAME_UPPER' };
    return { name: add('MaxPool', [x.name], name, window), channels: x.channels };
  };
  const normalise = (x: Value, name: string): Value => {
    return { name: add('LRN', [x.name], name, RESPONSE_NORMALISATION), channels: x.channels };
  };
  const module = (x: Value, name: string, filters: Inception): Value => {
    const branches = [
      convolution(x, `${name}.one`, filters.one, 1),
      convolution(
        convolution(x, `${name}.three.reduce`, filters.threeReduce, 1),
        `${name}.three`,
        filters.three,
        3,
      ),
      convolution(
        convolution(x, `${name}.five.reduce`, filters.fiveReduce, 1),
        `${name}.five`,
        filters.five,
        5,
      ),
      convolution(maximum(x, `${name}.maximum`, 1), `${name}.pool`, filters.pool, 1),
    ];
    return {
      name: add(
        'Concat',
        branches.map((branch) => branch.name),
        name,
        { axis: 1 },
      ),
      channels: branches.reduce((sum, { channels }) => sum + channels, 0),
    };
  };

  let x: Value = { name: 'image', channels: 3 };
  x = normalise(
    maximum(convolution(x, 'stem.first', STEM.first, 7, 2), 'stem.first.pool', 2),
    'stem.first.norm',
  );
  x = convolution(convolution(x, 'stem.reduce', STEM.reduce, 1), 'stem.second', STEM.second, 3);
  x = maximum(normalise(x, 'stem.second.norm'), 'stem.second.pool', 2);
  STAGES.forEach((stage, index) => {
    if (index > 0) x = maximum(x, `stage${index + 3}.pool`, 2);
    for (const [name, filters] of Object.entries(stage)) x = module(x, name, filters);
  });
  add('GlobalAveragePool', [x.name], 'pool');
  add('Flatten', ['pool'], 'features', { axis: 1 });
  const values = [{ name: 'features', shape: ['n', x.channels] }];
  if (outputs !== undefined) {
    const weight = parameter('output.weight', [x.channels, outputs], 1 / x.channels);
    add('Gemm', ['features', weight, parameter('output.bias', [outputs], 0)], 'output');
    values.push({ name: 'output', shape: ['n', outputs] });
  }
  return {
    name: 'googlenet',
    nodes,
    inputs: [{ name: 'image', shape: ['n', 3, 'h', 'w'] }],
    outputs: values,
    initializers,
    metadata: {},
  };
}
