/**
 * Networks that train: the same numbers as onnxruntime from the same file, gradients against finite differences, and weights
 * that come back as they were.
 */
import { readFileSync } from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../models/random.ts';
import { createGoogLeNet, googlenetFeatures } from '../../models/vision/googlenet.ts';
import { createHead, dropoutMask, forward, headInput } from '../../models/vision/head.ts';
import { encodeHead } from '../../models/vision/headGraph.ts';
import { featureGraph, joinGraphs, withWeights } from '../../models/vision/imageGraph.ts';
import { Network, type TuningDepth } from '../../models/vision/network.ts';
import { decodeOnnx, encodeOnnx, type OnnxGraph, type OnnxTensor } from '../../models/vision/onnx.ts';
import { imageBatch } from '../../models/vision/pixels.ts';
import { Sgd } from '../../models/vision/sgd.ts';
import { useWasm } from '../../native/compute/wasm.ts';
import { read } from '../fixtures/gradients.ts';
import { gaussian, graphOf, H, N, operators, pooled, positive, same, W } from '../fixtures/operators.ts';
import { picture } from '../fixtures/pictures.ts';

const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

const difference = (one: ArrayLike<number>, other: ArrayLike<number>): number =>
  largest(Array.from(one, (value, index) => value - other[index]!));

/** What onnxruntime makes of images [n, h, w, 3]. */
async function onnxruntime(
  bytes: Uint8Array,
  images: Float32Array,
  [n, h, w]: [number, number, number],
  output: string,
): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const planes = new Float32Array(images.length);
  for (let photo = 0; photo < n; photo++)
    for (let at = 0; at < h * w; at++)
      for (let channel = 0; channel < 3; channel++)
        planes[(photo * 3 + channel) * h * w + at] = images[(photo * h * w + at) * 3 + channel]!;
  const feeds = { [session.inputNames[0]!]: new Tensor('float32', planes, [n, 3, h, w]) };
  const result = (await session.run(feeds, [output]))[output]!.data as Float32Array;
  await session.release();
  return result;
}

/** A test picture as networks see it, [height, width, 3]. */
async function image(seed: number, width: number, height: number): Promise<Float32Array> {
  const pixels = await picture(seed, width, height).raw().toBuffer();
  return imageBatch([pixels]);
}

const efficientnet = (): OnnxGraph => decodeOnnx(readFileSync('models/weights/efficientnet-lite0.onnx'));

/** The same with weights in float16. */
function halved(graph: OnnxGraph): OnnxGraph {
  const half = ({ shape, data }: OnnxTensor): OnnxTensor => ({
    shape,
    data: new Float16Array(data as Float32Array),
  });
  return {
    ...graph,
    initializers: new Map([...graph.initializers].map(([name, tensor]) => [name, half(tensor)])),
  };
}

/** Gradients of Σ out · weights by all parameters, by the backward pass and by central differences. */
function gradientErrors(graph: OnnxGraph, depth: TuningDepth = 'all'): number[] {
  const output = graph.outputs[0]!.name;
  const network = new Network(graph, { outputs: [output], depth });
  const images = gaussian(N * H * W * 3, 7);
  const input = (): tf.Tensor4D => tf.tensor4d(images, [N, H, W, 3]);
  let weights: Float32Array = new Float32Array();
  const found: Float32Array[] = [];
  tf.tidy(() => {
    const pass = network.forward(input());
    const rows = pass.outputs[output]!;
    weights = gaussian(rows.size, 8);
    const gradients = pass.backward({ [output]: tf.tensor2d(weights, rows.shape) });
    for (const gradient of gradients) found.push(read(gradient));
  });
  const value = (): number =>
    tf.tidy(() => read(network.infer(input())[output]!).reduce((sum, x, i) => sum + x * weights[i]!, 0));
  return network.trainable.map(({ values }, index) => {
    const gradient = found[index]!;
    expect(gradient).toHaveLength(values.length);
    const here = value();
    // Where a rectifier or a maximum turns within a step, the slope lies between those of both sides.
    const error = (i: number, step: number): number => {
      const kept = values[i]!;
      values[i] = kept + step;
      const above = (value() - here) / step;
      values[i] = kept - step;
      const below = (here - value()) / step;
      values[i] = kept;
      const [low, high] = [Math.min(above, below), Math.max(above, below)];
      return Math.max(0, gradient[i]! - high, low - gradient[i]!);
    };
    let worst = 0;
    for (let i = 0; i < values.length; i += Math.max(1, Math.floor(values.length / 9))) {
      // A small slope is lost in what float32 rounds off over a short step, a curved one is not straight over a long one.
      worst = Math.max(worst, Math.min(...[2e-3, 8e-3].map((step) => error(i, step))));
    }
    return worst / largest(gradient);
  });
}

describe.each(['cpu', 'wasm'])('operators on %s', (backend) => {
  beforeAll(async () => {
    if (backend === 'wasm') await useWasm();
    else await tf.setBackend(backend);
  });

  it.each(Object.keys(operators))('%s: the numbers of onnxruntime', async (name) => {
    const graph = operators[name]!;
    const output = graph.outputs[0]!.name;
    const images = gaussian(N * H * W * 3, 7);
    const expected = await onnxruntime(encodeOnnx(graph), images, [N, H, W], output);
    const network = new Network(graph, { outputs: [output], depth: 'all' });
    const found = tf.tidy(() => read(network.infer(tf.tensor4d(images, [N, H, W, 3]))[output]!));
    expect(found).toHaveLength(expected.length);
    expect(difference(found, expected) / largest(expected)).toBeLessThan(1e-5);
  });

  it.each(Object.keys(operators))('%s: the gradients of finite differences', (name) => {
    for (const error of gradientErrors(operators[name]!)) expect(error).toBeLessThan(5e-3);
  });
});

describe('whole networks', () => {
  beforeAll(async () => {
    await useWasm();
  });

  it('EfficientNet-Lite0 gives the features of onnxruntime', async () => {
    const [height, width] = [96, 128];
    const pixels = await image(3, width, height);
    const bytes = readFileSync('models/weights/efficientnet-lite0.onnx');
    const expected = await onnxruntime(bytes, pixels, [1, height, width], 'features');
    const network = new Network(decodeOnnx(bytes), { outputs: ['features'], depth: 'all' });
    const { features } = network.infer(tf.tensor4d(pixels, [1, height, width, 3]));
    expect(largest(expected)).toBeGreaterThan(1);
    expect(difference(read(features!), expected)).toBeLessThan(1e-4);
  });

  it('GoogLeNet gives the features and outputs of onnxruntime', async () => {
    const graph = createGoogLeNet({ seed: 4, outputs: 10, width: 0.25 });
    const [height, width] = [96, 64];
    const pixels = await image(5, width, height);
    const network = new Network(graph, { outputs: ['features', 'output'], depth: 'all' });
    const found = network.infer(tf.tensor4d(pixels, [1, height, width, 3]));
    for (const output of ['features', 'output']) {
      const expected = await onnxruntime(encodeOnnx(graph), pixels, [1, height, width], output);
      expect(largest(expected)).toBeGreaterThan(0.1);
      expect(difference(read(found[output]!), expected)).toBeLessThan(1e-4);
    }
  });

  it('GoogLeNet has the weights of table 1', () => {
    const { initializers } = createGoogLeNet({ seed: 1, outputs: 1000 });
    const count = [...initializers].reduce((sum, [, { data }]) => sum + data.length, 0);
    // 6,998,552 with a bias for each filter; the paper rounds to 6.8 million.
    expect(count).toBe(6_998_552);
    expect(googlenetFeatures()).toBe(1024);
    expect(initializers.get('inception5b.five.weight')!.shape).toEqual([128, 48, 5, 5]);
  });

  it('the last blocks are those at the coarsest resolution', () => {
    const of = (graph: OnnxGraph, depth: TuningDepth): string[] => {
      const network = new Network(graph, { outputs: ['features'], depth });
      return [...new Set(network.trainable.map(({ name }) => name.split('.')[0]!))];
    };
    expect(of(efficientnet(), 'head')).toEqual([]);
    expect(of(efficientnet(), 'last')).toEqual([
      'block11',
      'block12',
      'block13',
      'block14',
      'block15',
      'head',
    ]);
    expect(of(efficientnet(), 'all')).toHaveLength(18);
    const googlenet = createGoogLeNet({ seed: 1, width: 0.1 });
    expect(of(googlenet, 'last')).toEqual(['inception5a', 'inception5b']);
  });

  it.each(['MaxPool', 'AveragePool'])(
    'a last %s before the rows has the last blocks before it',
    (pooling) => {
      const graph = graphOf(
        [
          ['Conv', ['image', 'first'], 'x', same(3, 2)],
          ['MaxPool', ['x'], 'half', same(2, 2)],
          ['Conv', ['half', 'last'], 'y', same(3, 1)],
          [pooling, ['y'], 'z', { kernel_shape: [2, 2], strides: [2, 2] }],
          ['Flatten', ['z'], 'flat'],
          ['Gemm', ['flat', 'matrix'], 'rows'],
        ],
        { first: [[4, 3, 3, 3]], last: [[4, 4, 3, 3]], matrix: [[4, 2]] },
      );
      const { trainable } = new Network(graph, { outputs: ['rows'], depth: 'last' });
      expect(trainable.map(({ name, stage }) => [name, stage])).toEqual([
        ['last', 'last'],
        ['matrix', 'head'],
      ]);
    },
  );

  it('weights come back as they were, and changed ones by their names', () => {
    const network = new Network(efficientnet(), { outputs: ['features'], depth: 'all' });
    const before = efficientnet().initializers;
    const unchanged = decodeOnnx(encodeOnnx(network.graph()));
    expect(unchanged.initializers.size).toBe(before.size - 2);
    for (const [name, { shape, data }] of unchanged.initializers) {
      expect(shape).toEqual(before.get(name)!.shape);
      expect(Buffer.from(data.buffer).equals(Buffer.from(before.get(name)!.data.buffer)), name).toBe(true);
    }
    // [k, k, O, 1] here, [O, 1, k, k] in the file.
    const parameter = network.trainable.find(({ name }) => name === 'block00.depthwise.conv.weight')!;
    expect(parameter.shape).toEqual([3, 3, 32, 1]);
    parameter.values[(1 * 3 + 2) * 32 + 7] = 42;
    const { data } = network.graph().initializers.get(parameter.name)!;
    expect(data[7 * 9 + 1 * 3 + 2]).toBe(42);
  });

  it('a square matrix comes back as the file has it, turned or not', () => {
    for (const transB of [0, 1]) {
      const graph = graphOf(
        [
          ['Conv', ['image', 'first'], 'x', same(3, 2)],
          ...pooled('x'),
          ['Gemm', ['rows', 'square'], 'y', { transB }],
        ],
        { first: [[4, 3, 3, 3]], square: [[4, 4]] },
      );
      const network = new Network(graph, { outputs: ['y'], depth: 'all' });
      expect(network.graph().initializers.get('square')).toEqual(graph.initializers.get('square'));
    }
  });

  it.each(['behind a cast', 'as nodes read them'])(
    'float16 weights, %s, train and are written as such',
    async (way) => {
      const cast = way === 'behind a cast';
      const half = (name: string): string => (cast ? `${name}.whole` : name);
      const nodes: Parameters<typeof graphOf>[0] = [
        ...['first', 'bias'].map((name): [string, string[], string, { to: number }] => [
          'Cast',
          [name],
          `${name}.whole`,
          { to: 1 },
        ]),
        ['Cast', ['image'], 'photo', { to: cast ? 1 : 10 }],
        ['Conv', ['photo', half('first'), half('bias')], 'x', same(3, 2)],
        ['Cast', ['x'], 'single', { to: 1 }],
        ...pooled('single'),
      ];
      const graph = halved(graphOf(nodes, { first: [[4, 3, 3, 3]], bias: [[4]] }));
      const network = new Network(graph, { outputs: ['rows'], depth: 'all' });
      expect(network.graph().initializers).toEqual(graph.initializers);
      for (const { values } of network.trainable) values.set(values.map((value) => value * 2 + 0.25));
      const images = gaussian(N * H * W * 3, 7);
      const expected = await onnxruntime(encodeOnnx(network.graph()), images, [N, H, W], 'rows');
      const found = read(network.infer(tf.tensor4d(images, [N, H, W, 3])).rows!);
      expect(largest(expected)).toBeGreaterThan(0.25);
      expect(difference(found, expected)).toBeLessThan(cast ? 2e-3 : 1e-2);
    },
  );

  it('a float16 classifier becomes a backbone with features in float32', async () => {
    const classifier = halved(
      graphOf(
        [
          ['Cast', ['image'], 'photo', { to: 10 }],
          ['Conv', ['photo', 'first'], 'x', same(3, 2)],
          ...pooled('x'),
          ['Gemm', ['rows', 'classifier'], 'half'],
          ['Cast', ['half'], 'logits', { to: 1 }],
        ],
        { first: [[4, 3, 3, 3]], classifier: [[4, 10]] },
      ),
    );
    const backbone = featureGraph(classifier);
    expect(featureGraph(backbone).nodes).toHaveLength(backbone.nodes.length);
    const images = gaussian(N * H * W * 3, 7);
    const expected = await onnxruntime(encodeOnnx(backbone), images, [N, H, W], 'features');
    expect(largest(expected)).toBeGreaterThan(0.1);
    const network = new Network(backbone, { outputs: ['features'], depth: 'all' });
    expect(network.trainable.map(({ name }) => name)).toEqual(['first']);
    const found = tf.tidy(() => {
      const { outputs, backward } = network.forward(tf.tensor4d(images, [N, H, W, 3]));
      const features = read(outputs.features!);
      expect(largest(read(backward({ features: tf.ones([N, 4]) })[0]!))).toBeGreaterThan(0);
      return features;
    });
    expect(difference(found, expected)).toBeLessThan(1e-2);
  });

  it('weights that a file has once for several layers are learned by each for itself', async () => {
    const shared = (cast: boolean): OnnxGraph => {
      const zeros = (node: string): string => (cast && node !== 'Conv' ? 'named' : 'zeros');
      const graph = graphOf(
        [
          ['Conv', ['image', 'first', zeros('Conv')], 'x', same(3, 2)],
          ['Identity', ['zeros'], 'named'],
          ['BatchNormalization', ['x', 'ones', zeros('shift'), zeros('mean'), 'ones'], 'y'],
          ['Add', ['y', 'map'], 'z'],
          ...pooled('z'),
          ['Gemm', ['rows', 'square', zeros('bias')], 'p'],
          ['Gemm', ['p', 'square', zeros('bias')], 'q', { transB: 1 }],
        ],
        {
          first: [[4, 3, 3, 3]],
          zeros: [[4], 0],
          ones: [[4], 1],
          map: [[1, 4, 1, 1]],
          square: [[4, 4]],
        },
      );
      return { ...graph, outputs: [{ name: 'q', shape: ['n', 4] }] };
    };
    const images = gaussian(N * H * W * 3, 7);
    const input = (): tf.Tensor4D => tf.tensor4d(images, [N, H, W, 3]);
    for (const graph of [shared(false), shared(true)]) {
      const network = new Network(graph, { outputs: ['q'], depth: 'all' });
      expect(network.trainable).toHaveLength(8);
      const agrees = async (): Promise<void> => {
        const expected = await onnxruntime(encodeOnnx(network.graph()), images, [N, H, W], 'q');
        expect(difference(read(network.infer(input()).q!), expected)).toBeLessThan(1e-4);
      };
      await agrees();
      const before = await onnxruntime(encodeOnnx(graph), images, [N, H, W], 'q');
      expect(difference(read(network.infer(input()).q!), before)).toBeLessThan(1e-4);
      for (const [index, { values }] of network.trainable.entries())
        values.set(gaussian(values.length, 30 + index));
      await agrees();
    }
  });

  it('a backbone has weights of its own for each layer, so that what is learned goes back into it', () => {
    const graph = graphOf(
      [
        ['Conv', ['image', 'first', 'zeros'], 'x', same(3, 2)],
        ['Conv', ['x', 'last', 'zeros'], 'y', same(3, 2)],
        ...pooled('y'),
      ],
      { first: [[4, 3, 3, 3]], last: [[4, 4, 3, 3]], zeros: [[4], 0] },
    );
    const backbone = featureGraph(graph);
    const network = new Network(backbone, { outputs: ['features'], depth: 'last' });
    network.trainable.find(({ shape }) => shape.length === 1)!.values.fill(0.5);
    const { initializers } = withWeights(backbone, network.graph().initializers);
    expect(initializers.get('zeros')!.data).toEqual(new Float32Array(4));
    expect(initializers.get('zeros.2')!.data).toEqual(new Float32Array(4).fill(0.5));
  });

  it('the gradients of a small GoogLeNet are those of finite differences', () => {
    const graph = featureGraph(createGoogLeNet({ seed: 2, width: 0.06 }));
    // Few filters and no biases would leave some branches without any activation.
    for (const [name, { data }] of graph.initializers)
      if (name.endsWith('.bias'))
        (data as Float32Array).set(positive(data.length, data.length).map((value) => value / 4));
    const errors = gradientErrors(graph);
    expect(errors).toHaveLength(57 * 2);
    for (const error of errors) expect(error).toBeLessThan(2e-2);
  });

  it('a backbone and a head are one file, which onnxruntime opens', async () => {
    const graph = efficientnet();
    const [height, width] = [64, 96];
    const pixels = await image(6, width, height);
    const images = tf.tensor4d(pixels, [1, height, width, 3]);
    const features = read(
      new Network(graph, { outputs: ['features'], depth: 'head' }).infer(images).features!,
    );
    const size = { features: 1280, hidden: 16, dimension: 8 };
    const stage = { activation: 'sigmoid', centre: gaussian(8, 3).map((value) => value / 10) } as const;
    const head = createHead(size, gaussian(1280 * 4, 2).map(Math.abs), [0, 1, 2, 3], new Random(2), stage);
    const joined = joinGraphs(featureGraph(graph), decodeOnnx(encodeHead(head, { made: 'here' }, 'float32')));

    const network = new Network(joined, { outputs: ['features', 'vector', 'output'], depth: 'last' });
    const vector = read(network.infer(images).vector!);
    expect(difference(vector, read(forward(head, headInput(head, features, [0])).vectors))).toBeLessThan(
      1e-5,
    );

    const hidden = network.trainable.find(({ name }) => name === 'hidden.weight')!;
    expect(hidden.stage).toBe('head');
    hidden.values.fill(0.01);
    const file = encodeOnnx(network.graph());
    const changed = await onnxruntime(file, pixels, [1, height, width], 'vector');
    expect(difference(changed, vector)).toBeGreaterThan(1e-3);
    expect(difference(changed, read(network.infer(images).vector!))).toBeLessThan(1e-4);
    expect(
      difference(await onnxruntime(file, pixels, [1, height, width], 'features'), features),
    ).toBeLessThan(1e-4);
    expect(decodeOnnx(file).metadata).toEqual({ made: 'here' });
  });

  it('any other classifier becomes a backbone with the pixels that it wants', async () => {
    const classifier = graphOf(
      [
        ['Conv', ['image', 'first'], 'features.0', same(3, 2)],
        ['Relu', ['features.0'], 'features.1'],
        ...pooled('features.1'),
        ['Gemm', ['rows', 'classifier'], 'logits', { transB: 1 }],
      ],
      { first: [[4, 3, 3, 3]], classifier: [[10, 4]] },
    );
    const normalisation = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };
    const backbone = featureGraph(classifier, normalisation);
    const bytes = gaussian(6 * 5 * 3, 1).map((value) => Math.round(127 + 40 * value));
    const own = bytes.map(
      (byte, at) => (byte / 255 - normalisation.mean[at % 3]!) / normalisation.deviation[at % 3]!,
    );
    const ours = bytes.map((byte) => (byte - 127) / 128);
    const expected = await onnxruntime(encodeOnnx(featureGraph(classifier)), own, [1, 6, 5], 'features');
    expect(
      difference(await onnxruntime(encodeOnnx(backbone), ours, [1, 6, 5], 'features'), expected),
    ).toBeLessThan(1e-5);
    const network = new Network(backbone, { outputs: ['features'], depth: 'all' });
    expect(difference(read(network.infer(tf.tensor4d(ours, [1, 6, 5, 3])).features!), expected)).toBeLessThan(
      1e-5,
    );
  });

  it('names the kernels that training takes', async () => {
    const network = new Network(createGoogLeNet({ seed: 1, width: 0.1 }), {
      outputs: ['features'],
      depth: 'all',
    });
    const profile = await tf.profile(() =>
      tf.tidy(() => {
        const pass = network.forward(tf.ones([1, 32, 32, 3]));
        return pass.backward({ features: tf.ones<tf.Rank.R2>([1, googlenetFeatures(0.1)]) });
      }),
    );
    const named = network.kernels(true);
    expect(named).toContain('MaxPoolGrad');
    expect(network.kernels(false)).not.toContain('MaxPoolGrad');
    const used = profile.kernelNames.filter((name) => tf.getKernel(name, tf.getBackend()));
    expect(used).toContain('BatchMatMul');
    expect(used.filter((name) => !named.includes(name))).toEqual([]);
    expect(() => network.checkBackend()).not.toThrow();
  });

  it('says what it cannot train', () => {
    const graph = graphOf([['Conv', ['image', 'first'], 'x', { dilations: [2, 2] }], ...pooled('x')], {
      first: [[4, 3, 3, 3]],
    });
    expect(() => new Network(graph, { outputs: ['rows'], depth: 'all' })).toThrow(/Conv \(x\).*dilated/);
    const strange = graphOf([['Erf', ['image'], 'x'], ...pooled('x')], { first: [[1]] });
    expect(() => new Network(strange, { outputs: ['rows'], depth: 'all' })).toThrow(/Erf \(x\)/);
    expect(() => new Network(efficientnet(), { outputs: ['vector'], depth: 'all' })).toThrow(
      /does not compute vector/,
    );
  });
});

describe('training', () => {
  beforeAll(async () => {
    await useWasm();
  });

  /** Bright and dark images, which a network is to tell apart. */
  const images = (): tf.Tensor4D => {
    const noise = gaussian(8 * 32 * 32 * 3, 5);
    const side = 32 * 32 * 3;
    return tf.tensor4d(
      noise.map((value, at) => 0.3 * value + (Math.floor(at / side) % 2 === 0 ? 0.5 : -0.5)),
      [8, 32, 32, 3],
    );
  };
  const targets = Float32Array.from({ length: 16 }, (_, at) => (Math.floor(at / 2) % 2 === at % 2 ? 1 : -1));

  /** Squared distance to the targets after each of some steps. */
  function train(network: Network, steps: number, rate: number): number[] {
    const sgd = new Sgd(network.trainable.map(({ values }) => values));
    const rates = network.trainable.map(() => rate);
    return Array.from({ length: steps }, () =>
      tf.tidy(() => {
        const pass = network.forward(images());
        const error = tf.sub(pass.outputs.output!, tf.tensor2d(targets, [8, 2])) as tf.Tensor2D;
        const loss = read(tf.mean(tf.square(error)))[0]!;
        const gradients = pass.backward({ output: tf.div(error, 8) }).map(read);
        sgd.update(gradients, rates);
        return loss;
      }),
    );
  }

  it('lowers the loss of a small GoogLeNet, and leaves nothing behind', () => {
    const network = new Network(createGoogLeNet({ seed: 3, outputs: 2, width: 0.1 }), {
      outputs: ['output'],
      depth: 'all',
    });
    const before = tf.memory().numTensors;
    const losses = train(network, 25, 0.005);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 4);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('trains the last blocks alone', () => {
    const network = new Network(createGoogLeNet({ seed: 3, outputs: 2, width: 0.1 }), {
      outputs: ['output'],
      depth: 'last',
    });
    const first = network.graph().initializers.get('stem.first.weight')!.data.slice();
    const last = network.graph().initializers.get('inception5a.three.weight')!.data.slice();
    const losses = train(network, 25, 0.02);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 4);
    const after = network.graph().initializers;
    expect(after.get('stem.first.weight')!.data).toEqual(first);
    expect(
      difference(after.get('inception5a.three.weight')!.data as Float32Array, last as Float32Array),
    ).toBeGreaterThan(0);
    const held = tf.memory().numTensors;
    network.dispose();
    expect(tf.memory().numTensors).toBeLessThan(held);
  });

  it('keeps less where less trains', () => {
    const peak = (depth: TuningDepth): number => {
      const network = new Network(createGoogLeNet({ seed: 3, outputs: 2, width: 0.1 }), {
        outputs: ['output'],
        depth,
      });
      return tf.tidy(() => {
        const input = images();
        const before = tf.memory().numBytes;
        network.forward(input);
        return tf.memory().numBytes - before;
      });
    };
    expect(peak('last')).toBeLessThan(peak('all') / 2);
  });

  it('drops values in training only, with the gradient of what was left', () => {
    const graph = createGoogLeNet({ seed: 3, outputs: 2, width: 0.1 });
    const options = { outputs: ['output'], depth: 'head', dropout: ['features'] } as const;
    const network = new Network(graph, options);
    const random = new Random(1);
    const masks: Float32Array[] = [];
    tf.tidy(() => {
      const input = images();
      const features = read(new Network(graph, { ...options, outputs: ['features'] }).infer(input).features!);
      const pass = network.forward(input, (_, length) => {
        masks.push(dropoutMask(length, 0.5, random));
        return masks.at(-1)!;
      });
      expect(masks.map(({ length }) => length)).toEqual([features.length]);
      const [dWeight] = pass.backward({ output: tf.ones([8, 2]) });
      const width = features.length / 8;
      const expected = Float32Array.from({ length: width }, (_, unit) =>
        Array.from(
          { length: 8 },
          (__, row) => features[row * width + unit]! * masks[0]![row * width + unit]!,
        ).reduce((sum, value) => sum + value, 0),
      );
      const found = read(dWeight!).filter((_, at) => at % 2 === 0);
      expect(difference(found, expected) / largest(expected)).toBeLessThan(1e-5);
    });
  });
});
