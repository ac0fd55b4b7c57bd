/** Putting image networks together as ONNX graphs: a backbone's features, and a head behind them. */
import { planLayers } from './layerPlan.ts';
import type { OnnxGraph, OnnxNode, OnnxTensor } from './onnx.ts';

/** The name that a backbone's features have in every file of Photolex. */
const FEATURES = 'features';

/**
 * The features of an image classifier: what it calls `features`, or else what its last fully connected layer reads, or else its
 * only output.
 * @throws {Error} if it has none of these.
 */
export function featureName({ nodes, outputs }: OnnxGraph): string {
  if (outputs.some(({ name }) => name === FEATURES)) return FEATURES;
  const classifier = nodes.findLast(({ operator }) => operator === 'Gemm' || operator === 'MatMul');
  const name = classifier?.inputs[0] ?? (outputs.length === 1 ? outputs[0]!.name : undefined);
  if (name === undefined)
    throw new Error('The network has neither a fully connected layer nor a single output.');
  return name;
}

/**
 * The numbers that a network wants of a pixel, for each channel: (byte / 255 − mean) / deviation. ImageNet's usual ones are
 * mean .485, .456, .406 and deviation .229, .224, .225.
 */
export interface PixelNormalisation {
  mean: readonly number[];
  deviation: readonly number[];
}

/**
 * The part of any image classifier that computes its features, as Photolex's backbones are: from `image` [n, 3, h, w] =
 * (RGB − 127) / 128 to `features` [n, width]. A network that wants other numbers of a pixel gets two steps before it.
 * @throws {Error} if the graph is none that `planLayers` reads.
 */
export function featureGraph(graph: OnnxGraph, normalisation?: PixelNormalisation): OnnxGraph {
  const features = featureName(graph);
  const plan = planLayers(graph, [features]);
  const initializers = new Map<string, OnnxTensor>(plan.graph.initializers);
  const before: OnnxNode[] = [];
  const names = new Map([[features, FEATURES]]);
  if (normalisation) {
    // (128 x + 127) / 255 is the pixel from 0 to 1.
    const { mean, deviation } = normalisation;
    const perChannel = (of: (channel: number) => number): OnnxTensor => ({
      shape: [1, 3, 1, 1],
      data: Float32Array.from({ length: 3 }, (_, channel) => of(channel)),
    });
    initializers.set(
      'pixel.scale',
      perChannel((channel) => 128 / 255 / deviation[channel]!),
    );
    initializers.set(
      'pixel.shift',
      perChannel((channel) => (127 / 255 - mean[channel]!) / deviation[channel]!),
    );
    before.push(
      { operator: 'Mul', inputs: ['image', 'pixel.scale'], outputs: ['pixel.scaled'] },
      { operator: 'Add', inputs: ['pixel.scaled', 'pixel.shift'], outputs: ['pixel.normalised'] },
    );
    names.set(plan.image, 'pixel.normalised');
  } else {
    names.set(plan.image, 'image');
  }
  return {
    ...plan.graph,
    nodes: [...before, ...rename(plan.graph.nodes, names)],
    inputs: [{ name: 'image', shape: ['n', 3, 'h', 'w'] }],
    outputs: [{ name: FEATURES, shape: ['n', 'width'] }],
    initializers,
  };
}

/**
 * A backbone and a head as one network, from `image` to the head's outputs. Names of the head stay; a value of the backbone that
 * is called like one of the head gets `backbone.` before its name.
 * @throws {Error} if the head does not read `features`, or both have an initializer of the same name.
 */
export function joinGraphs(backbone: OnnxGraph, head: OnnxGraph): OnnxGraph {
  if (head.inputs.length !== 1 || head.inputs[0]!.name !== FEATURES)
    throw new Error('The head of a network must take its features.');
  const clash = [...head.initializers.keys()].find((name) => backbone.initializers.has(name));
  if (clash) throw new Error(`The network and its head both have weights called ${clash}.`);
  const taken = new Set(head.nodes.flatMap(({ outputs }) => outputs));
  const made = backbone.nodes.flatMap(({ outputs }) => outputs).filter((name) => taken.has(name));
  const names = new Map(made.map((name) => [name, `backbone.${name}`]));
  return {
    ...head,
    ...(backbone.opset === undefined ? {} : { opset: backbone.opset }),
    nodes: [...rename(backbone.nodes, names), ...head.nodes],
    inputs: backbone.inputs,
    initializers: new Map([...backbone.initializers, ...head.initializers]),
  };
}

function rename(nodes: readonly OnnxNode[], names: ReadonlyMap<string, string>): OnnxNode[] {
  const changed = (name: string): string => names.get(name) ?? name;
  return nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(changed),
    outputs: node.outputs.map(changed),
  }));
}
