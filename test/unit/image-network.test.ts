import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../models/random.ts';
import { cutGraph, joinGraphs, withWeights } from '../../models/vision/imageGraph.ts';
import { ImageNetwork, type PictureChunk } from '../../models/vision/imageNetwork.ts';
import { Network } from '../../models/vision/network.ts';
import type { OnnxGraph } from '../../models/vision/onnx.ts';
import { SigmoidObjective, TripletObjective } from '../../models/vision/regressionObjectives.ts';
import { Trainer } from '../../models/vision/trainer.ts';
import { useWasm } from '../../native/compute/wasm.ts';
import { gaussian } from '../fixtures/operators.ts';
import { CHANNELS, chunksOf, D, PHOTOS, SIDE, smallNetwork } from '../fixtures/smallNetwork.ts';

beforeAll(useWasm);

const networkOf = (
  graph: OnnxGraph,
  sizes: readonly number[],
  { dropout = 0, keepsBatch = false } = {},
): ImageNetwork =>
  new ImageNetwork(
    graph,
    { load: async (photos) => chunksOf(photos, sizes) },
    { depth: 'all', backboneRate: 0.5, dropout, keepsBatch },
  );

const rows = Uint32Array.from({ length: PHOTOS }, (_, row) => row);
const captions = gaussian(4 * D, 5);
const targets = Float32Array.from({ length: PHOTOS * D }, (_, at) => {
  return captions[(Math.floor(at / D) % 4) * D + (at % D)]!;
});

describe('an image network', () => {
  it.each([
    ['of length 1', new TripletObjective(targets, D, { margin: 0.5, sampling: 'semi-hard' })],
    [
      'of the last layer',
      new SigmoidObjective(
        targets.map((value) => 1 / (1 + Math.exp(-value))),
        D,
      ),
    ],
  ])('has the same loss and gradients in chunks as in one piece, for vectors %s', async (_, objective) => {
    const all: Float32Array[][] = [];
    const losses: number[] = [];
    const ways: [number[], boolean][] = [
      [[16], false],
      [[5, 4, 7], false],
      [[5, 4, 7], true],
    ];
    for (const [sizes, keepsBatch] of ways) {
      const network = networkOf(smallNetwork(), sizes, { keepsBatch });
      const batch = await network.load(rows, 0);
      const random = new Random(6);
      const { loss, network: gradients } = await objective.gradients(
        rows,
        () => network.forward(batch, random),
        random,
      );
      all.push(gradients.map((gradient) => gradient.slice()));
      losses.push(loss);
      network.dispose();
    }
    const [whole, ...chunked] = all as [Float32Array[], ...Float32Array[][]];
    for (const loss of losses) expect(loss).toBeCloseTo(losses[0]!, 5);
    expect(whole).toHaveLength(6);
    whole.forEach((gradient, index) => {
      const most = Math.max(...gradient.map(Math.abs));
      expect(most).toBeGreaterThan(0);
      for (const gradients of chunked)
        gradient.forEach((value, at) => {
          expect(Math.abs(gradients[index]![at]! - value) / most).toBeLessThan(1e-4);
        });
    });
  });

  it.each([false, true])('leaves nothing behind on the backend, batch kept: %s', async (keepsBatch) => {
    const network = networkOf(smallNetwork(), [8, 8], { dropout: 0.2, keepsBatch });
    const objective = new TripletObjective(targets, D, { margin: 0.5, sampling: 'random' });
    const trainer = new Trainer(network, objective, rows, {
      passes: 3,
      batch: 16,
      rate: 1e-3,
      dropout: 0.2,
      seed: 1,
    });
    await trainer.step();
    const { numTensors } = tf.memory();
    await trainer.step();
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('learns from a cut on, and its weights go back into the whole network', async () => {
    const whole = smallNetwork();
    const { before, after } = cutGraph(whole, 'one.active');
    expect(before.nodes.map(({ operator }) => operator)).toEqual(['Conv', 'Relu']);
    expect(() => cutGraph(joinGraphs({ ...whole, outputs: [] }, featuresTwice()), 'one.active')).toThrow(
      /cannot be cut at one.active/,
    );
    const first = new Network(
      { ...before, outputs: [{ name: 'one.active', shape: [] }] },
      { outputs: ['one.active'], depth: 'head' },
    );
    const seen = (photos: Uint32Array): PictureChunk[] =>
      chunksOf(photos, [photos.length]).map((chunk) => {
        const made = first.infer(tf.tensor4d(chunk.values, [...chunk.shape]))['one.active']!;
        return {
          ...chunk,
          shape: [photos.length, SIDE, SIDE, 4],
          values: made.dataSync() as Float32Array,
        };
      });
    const network = new ImageNetwork(
      after,
      { load: async (photos) => seen(photos) },
      { depth: 'all', backboneRate: 1, dropout: 0, keepsBatch: false },
    );
    const objective = new TripletObjective(targets, D, { margin: 0.5, sampling: 'semi-hard' });
    const trainer = new Trainer(network, objective, rows, {
      passes: 60,
      batch: 16,
      rate: 1e-2,
      dropout: 0,
      seed: 1,
    });
    const losses: number[] = [];
    while (!trainer.done) losses.push((await trainer.step()).loss);
    // Photos of the same kind have the same caption, which always costs a part of the margin.
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    const learned = withWeights(whole, network.graph().initializers);
    expect(learned.initializers.get('one.weight')).toBe(whole.initializers.get('one.weight'));
    expect(learned.initializers.get('two.weight')!.data).not.toEqual(
      whole.initializers.get('two.weight')!.data,
    );
    expect([...learned.initializers.keys()]).toEqual([...whole.initializers.keys()]);

    const between = withWeights(whole, network.graph().initializers, 0.25);
    const values = (graph: OnnxGraph): Float32Array =>
      graph.initializers.get('two.weight')!.data as Float32Array;
    values(between).forEach((value, at) => {
      expect(value).toBeCloseTo(0.75 * values(whole)[at]! + 0.25 * values(learned)[at]!, 5);
    });
  });
});

describe('between two versions of a network', () => {
  const graph = (data: Float32Array | Float16Array): OnnxGraph => ({
    ...smallNetwork(),
    initializers: new Map([['values', { shape: [data.length], data }]]),
  });
  const between = (own: Float32Array | Float16Array, given: Float32Array | Float16Array) =>
    withWeights(graph(own), graph(given).initializers, 0.25).initializers.get('values')!.data;

  it('numbers of either type are mixed, and keep the type of the file', () => {
    expect(between(Float16Array.of(1, 2), Float16Array.of(3, 2))).toEqual(Float16Array.of(1.5, 2));
    expect(between(Float16Array.of(1, 2), Float32Array.of(3, 2))).toEqual(Float16Array.of(1.5, 2));
  });

  it('what is the same in both stays, infinite bounds too', () => {
    const values = Float32Array.of(-Infinity, 0.1, Infinity);
    expect(between(values, values.slice())).toEqual(values);
  });
});

/** A head that would read something from before the cut. */
function featuresTwice(): OnnxGraph {
  return {
    name: 'twice',
    inputs: [{ name: 'features', shape: ['n', CHANNELS] }],
    outputs: [{ name: 'sum', shape: ['n', 4, SIDE, SIDE] }],
    nodes: [{ operator: 'Add', inputs: ['one', 'one.active'], outputs: ['sum'] }],
    initializers: new Map(),
    metadata: {},
  };
}
