/** Putting image networks together as ONNX graphs: a backbone's features, and a head behind them. */
import { isHalf, type OnnxGraph, type OnnxNode, type OnnxTensor, type OnnxValue, ofType } from './onnx.ts';

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
  let name = classifier?.inputs[0] ?? (outputs.length === 1 ? outputs[0]!.name : undefined);
  if (name === undefined)
    throw new Error('The network has neither a fully connected layer nor a single output.');
  const maker = (): OnnxNode | undefined => nodes.find((node) => node.outputs[0] === name);
  for (let node = maker(); node?.operator === 'Dropout'; node = maker()) name = node.inputs[0]!;
  return name;
}

/** The part of a graph that computes these values, which become its outputs. @throws {Error} if it does not compute one. */
export function subgraph(graph: OnnxGraph, outputs: readonly string[]): OnnxGraph {
  const makers = new Map(
    graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)),
  );
  const missing = outputs.find((output) => !makers.has(output));
  if (missing !== undefined) throw new Error(`The network does not compute ${missing}.`);
  const needed = new Set<OnnxNode>();
  const waiting = [...outputs];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = makers.get(name);
    if (!node || needed.has(node)) continue;
    needed.add(node);
    waiting.push(...node.inputs);
  }
  const nodes = graph.nodes.filter((node) => needed.has(node));
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const declared = new Map(graph.outputs.map((output) => [output.name, output]));
  return {
    ...graph,
    nodes,
    outputs: outputs.map((name) => declared.get(name) ?? { name, shape: ['n', 'width'] }),
    initializers: new Map([...graph.initializers].filter(([name]) => read.has(name))),
  };
}

/** Operators that hand on the numbers of an initializer under another name, or as another type. */
export const HANDING_ON: ReadonlySet<string> = new Set(['Cast', 'Identity']);

/**
 * The same network with every array of weights read once. Exporters write equal ones, such as zeros, only once, whatever they are for; but
 * what a layer learns as its bias must not move the mean of a normalisation, nor the bias of another layer. Numbers without axes, which
 * no layer learns, stay as they are.
 */
export function separateWeights(graph: OnnxGraph): OnnxGraph {
  const initializers = new Map(graph.initializers);
  const values = graph.nodes.flatMap(({ outputs }) => outputs);
  const taken = new Set([...initializers.keys(), ...values, ...graph.inputs.map(({ name }) => name)]);
  const handing = new Map<string, OnnxNode>();
  const read = new Set<string>();
  const nodes: OnnxNode[] = [];
  const isWeight = (name: string): boolean => {
    const tensor = initializers.get(name);
    return tensor ? tensor.shape.length > 0 && !(tensor.data instanceof BigInt64Array) : handing.has(name);
  };
  /** The name by which one reader alone has what a name stands for. */
  const own = (name: string): string => {
    if (!isWeight(name)) return name;
    let copy = name;
    for (let number = 2; read.has(name) && taken.has(copy); number++) copy = `${name}.${number}`;
    read.add(copy);
    if (copy === name) return name;
    taken.add(copy);
    const maker = handing.get(name);
    if (maker) nodes.push({ ...maker, inputs: [own(maker.inputs[0]!)], outputs: [copy] });
    else initializers.set(copy, initializers.get(name)!);
    return copy;
  };
  for (const node of graph.nodes) {
    const made = { ...node, inputs: node.inputs.map(own) };
    nodes.push(made);
    if (HANDING_ON.has(node.operator) && isWeight(made.inputs[0]!)) handing.set(made.outputs[0]!, made);
  }
  return { ...graph, nodes, initializers };
}

/**
 * The numbers that a network wants of a pixel, for each channel: (byte / 255 − mean) / deviation. ImageNet's usual ones are
 * mean .485, .456, .406 and deviation .229, .224, .225.
 */
export interface PixelNormalisation {
  mean: readonly number[];
  deviation: readonly number[];
  /** Which colour comes first; red if it is not said. Mean and deviation are of red, green and blue all the same. */
  order?: 'rgb' | 'bgr';
}

/**
 * The part of any image classifier that computes its features, as Photolex's backbones are: from `image` [n, 3, h, w] =
 * (RGB − 127) / 128 to `features` [n, width]. A network that wants other numbers of a pixel, photos of one size, or colours as the
 * last axis, gets steps before it that make them, and float16 features become float32. Its operators may be any that onnxruntime has; what
 * can be trained, `planLayers` says.
 * @param side of the squares that the network is to see; else what it declares, and any shape if it declares none
 * @throws {Error} if it takes anything but one image.
 */
export function featureGraph(graph: OnnxGraph, normalisation?: PixelNormalisation, side?: number): OnnxGraph {
  const features = featureName(graph);
  const part = separateWeights(subgraph(graph, [features]));
  const [image] = part.inputs;
  if (!image || part.inputs.length > 1) throw new Error('The network must take one image.');
  const initializers = new Map<string, OnnxTensor>(part.initializers);
  const before: OnnxNode[] = [];
  let value = 'image';
  const step = (operator: string, name: string, inputs: string[], attributes = {}): void => {
    before.push({ operator, inputs: [value, ...inputs], outputs: [`${PIXEL}${name}`], attributes });
    value = `${PIXEL}${name}`;
  };
  const { height, width, channelsLast } = declaredSize(image, side);
  if (height !== null && width !== null) {
    if ((part.opset ?? 17) < 11)
      throw new Error('The network has an opset below 11: convert it to a later one.');
    initializers.set(`${PIXEL}size`, {
      shape: [4],
      data: BigInt64Array.of(1n, 3n, BigInt(height), BigInt(width)),
    });
    // Regions and scales, which no one asks for, may be left out only from opset 13 on.
    initializers.set(`${PIXEL}none`, { shape: [0], data: new Float32Array() });
    step('Resize', 'sized', [`${PIXEL}none`, `${PIXEL}none`, `${PIXEL}size`], {
      mode: 'linear',
      coordinate_transformation_mode: 'half_pixel',
      ...((part.opset ?? 17) < 18 ? {} : { antialias: 1 }),
    });
  }
  if (normalisation) {
    // (128 x + 127) / 255 is the pixel from 0 to 1.
    const { mean, deviation, order } = normalisation;
    const perChannel = (of: (channel: number) => number): OnnxTensor => ({
      shape: [1, 3, 1, 1],
      data: Float32Array.from({ length: 3 }, (_, channel) => of(channel)),
    });
    initializers.set(
      `${PIXEL}scale`,
      perChannel((channel) => 128 / 255 / deviation[channel]!),
    );
    initializers.set(
      `${PIXEL}shift`,
      perChannel((channel) => (127 / 255 - mean[channel]!) / deviation[channel]!),
    );
    step('Mul', 'scaled', [`${PIXEL}scale`]);
    step('Add', 'normalised', [`${PIXEL}shift`]);
    if (order === 'bgr') {
      initializers.set(`${PIXEL}order`, { shape: [3], data: BigInt64Array.of(2n, 1n, 0n) });
      step('Gather', 'ordered', [`${PIXEL}order`], { axis: 1 });
    }
  }
  if (channelsLast) step('Transpose', 'turned', [], { perm: [0, 2, 3, 1] });
  const maker = part.nodes.find(({ outputs }) => outputs[0] === features);
  const endsInHalves =
    [...initializers.values()].some(({ data }) => isHalf(data)) &&
    !(maker?.operator === 'Cast' && maker.attributes?.to === 1);
  const made = endsInHalves ? `${FEATURES}.half` : FEATURES;
  const names = new Map([
    [features, made],
    [image.name, value],
  ]);
  const after: OnnxNode[] = endsInHalves
    ? [{ operator: 'Cast', inputs: [made], outputs: [FEATURES], attributes: { to: 1 } }]
    : [];
  return {
    ...part,
    nodes: [...before, ...rename(part.nodes, names), ...after],
    inputs: [{ name: 'image', shape: ['n', 3, 'h', 'w'] }],
    outputs: [{ name: FEATURES, shape: ['n', 'width'] }],
    initializers,
  };
}

/** What comes before every value that makes a photo fit for a network. */
const PIXEL = 'pixel.';

/** The size of photos that an input declares, or that is asked for, and whether colours are its last axis. */
function declaredSize(
  { shape }: OnnxValue,
  side: number | undefined,
): { height: number | null; width: number | null; channelsLast: boolean } {
  const channelsLast = shape.length === 4 && shape[3] === 3 && shape[1] !== 3;
  const [height, width] = channelsLast ? shape.slice(1, 3) : shape.slice(2, 4);
  const fixed = (size: number | string | undefined): number | null =>
    side ?? (typeof size === 'number' && size > 0 ? size : null);
  return { height: fixed(height), width: fixed(width), channelsLast };
}

/** The value of a feature graph where the network proper begins; null if that is the image itself. */
export function networkEntry({ nodes }: OnnxGraph): string | null {
  return nodes.findLast(({ outputs }) => outputs[0]!.startsWith(PIXEL))?.outputs[0] ?? null;
}

/** A feature graph whose features still have places [n, width, h, w], with their mean over all places. */
export function pooledGraph(graph: OnnxGraph): OnnxGraph {
  const places = `${FEATURES}.places`;
  return {
    ...graph,
    nodes: [
      ...rename(graph.nodes, new Map([[FEATURES, places]])),
      { operator: 'GlobalAveragePool', inputs: [places], outputs: [`${FEATURES}.mean`] },
      {
        operator: 'Flatten',
        inputs: [`${FEATURES}.mean`],
        outputs: [FEATURES],
        attributes: { axis: 1 },
      },
    ],
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

/** A network in two parts: `before` makes `value` of the photo, `after` makes the outputs of it. */
export interface CutGraph {
  before: OnnxGraph;
  after: OnnxGraph;
}

/** Cuts a network where all that follows depends on `value` [n, c, h, w] alone. @throws {Error} if it depends on more. */
export function cutGraph(graph: OnnxGraph, value: string): CutGraph {
  const before = subgraph(graph, [value]);
  const made = new Set(before.nodes.flatMap(({ outputs }) => outputs));
  const first = new Set(before.nodes);
  const nodes = graph.nodes.filter((node) => !first.has(node));
  const crossing = nodes
    .flatMap(({ inputs }) => inputs)
    .find((name) => name !== value && (made.has(name) || graph.inputs.some((input) => input.name === name)));
  if (crossing !== undefined)
    throw new Error(`The network cannot be cut at ${value}: what follows reads ${crossing} too.`);
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  return {
    before: { ...before, outputs: [{ name: value, shape: ['n', 'c', 'h', 'w'] }] },
    after: {
      ...graph,
      nodes,
      inputs: [{ name: value, shape: ['n', 'c', 'h', 'w'] }],
      initializers: new Map([...graph.initializers].filter(([name]) => read.has(name))),
    },
  };
}

/**
 * A network with the weights of a part of it, or of a version of it, in place of its own.
 * @param share how far they go from its own weights to those: at 1 all the way
 */
export function withWeights(
  graph: OnnxGraph,
  weights: ReadonlyMap<string, OnnxTensor>,
  share = 1,
): OnnxGraph {
  const initializers = [...graph.initializers].map(([name, own]): [string, OnnxTensor] => {
    const given = weights.get(name) ?? own;
    return [name, share === 1 ? given : between(own, given, share)];
  });
  return { ...graph, initializers: new Map(initializers) };
}

/** Between two versions of a tensor, in the type of the first. What is the same in both stays: the way between two infinities has no share. */
function between(own: OnnxTensor, given: OnnxTensor, share: number): OnnxTensor {
  const { data: from, shape } = own;
  const { data: to } = given;
  if (from instanceof BigInt64Array || to instanceof BigInt64Array) return given;
  const mixed = Float32Array.from(from, (value, index) =>
    value === to[index] ? value : value + share * (to[index]! - value),
  );
  return { shape, data: ofType(from, mixed) };
}

function rename(nodes: readonly OnnxNode[], names: ReadonlyMap<string, string>): OnnxNode[] {
  const changed = (name: string): string => names.get(name) ?? name;
  return nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(changed),
    outputs: node.outputs.map(changed),
  }));
}
