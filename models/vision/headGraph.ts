/**
 * A head as an ONNX file, so that onnxruntime (here, in Python, on a phone) turns features into vectors of the space, and
 * back into parameters to train on from. One file is the truth for both.
 */
import type { HeadParameters } from './head.ts';
import { decodeOnnx, encodeOnnx, type OnnxNode, type OnnxTensor } from './onnx.ts';

/** `float16` halves the file and costs no measurable accuracy; `float32` keeps what training needs to go on unchanged. */
export type Precision = 'float32' | 'float16';

const parameterNames = {
  'feature.mean': 'mean',
  'feature.deviation': 'deviation',
  'hidden.weight': 'hiddenWeight',
  'hidden.bias': 'hiddenBias',
  'output.weight': 'outputWeight',
  'output.bias': 'outputBias',
} as const;

/** Name of what an output stage with a centre subtracts, [D]. */
const CENTRE = 'output.centre';

/** What the last layer makes, before its output stage. */
const OUTPUT = 'output';

/** The ONNX file of a head: input `features` [n, F] as a backbone gives them, output `vector` [n, D] of length 1. */
export function encodeHead(
  head: HeadParameters,
  metadata: Record<string, string>,
  precision: Precision,
): Uint8Array {
  const { features: F, hidden: H, dimension: D } = head;
  const shapes: Record<keyof typeof parameterNames, number[]> = {
    'feature.mean': [F],
    'feature.deviation': [F],
    'hidden.weight': [F, H],
    'hidden.bias': [H],
    'output.weight': [H, D],
    'output.bias': [D],
  };
  const initializers = new Map<string, OnnxTensor>();
  const nodes: OnnxNode[] = [];
  const add = (name: string, shape: number[], data: Float32Array): void => {
    if (precision === 'float16') {
      initializers.set(`${name}.half`, { shape, data: new Float16Array(data) });
      nodes.push({ operator: 'Cast', inputs: [`${name}.half`], outputs: [name], attributes: { to: 1 } });
    } else {
      initializers.set(name, { shape, data });
    }
  };
  for (const [name, key] of Object.entries(parameterNames) as [keyof typeof shapes, keyof HeadParameters][])
    add(name, shapes[name], head[key] as Float32Array);
  if (head.centre) add(CENTRE, [D], head.centre);
  const lengthOne = { axis: -1, p: 2 };
  nodes.push(
    { operator: 'Relu', inputs: ['features'], outputs: ['positive'] },
    { operator: 'Sqrt', inputs: ['positive'], outputs: ['root'] },
    { operator: 'LpNormalization', inputs: ['root'], outputs: ['normalised'], attributes: lengthOne },
    { operator: 'Sub', inputs: ['normalised', 'feature.mean'], outputs: ['centred'] },
    { operator: 'Div', inputs: ['centred', 'feature.deviation'], outputs: ['standardised'] },
    { operator: 'Gemm', inputs: ['standardised', 'hidden.weight', 'hidden.bias'], outputs: ['hidden'] },
    { operator: 'Relu', inputs: ['hidden'], outputs: ['active'] },
    { operator: 'Gemm', inputs: ['active', 'output.weight', 'output.bias'], outputs: [OUTPUT] },
  );
  let last = OUTPUT;
  if (head.activation === 'sigmoid') {
    nodes.push({ operator: 'Sigmoid', inputs: [last], outputs: ['activated'] });
    last = 'activated';
  }
  if (head.centre) {
    nodes.push({ operator: 'Sub', inputs: [last, CENTRE], outputs: ['shifted'] });
    last = 'shifted';
  }
  nodes.push({ operator: 'LpNormalization', inputs: [last], outputs: ['vector'], attributes: lengthOne });
  return encodeOnnx({
    name: 'photolex-head',
    nodes,
    inputs: [{ name: 'features', shape: ['photos', F] }],
    outputs: [{ name: 'vector', shape: ['photos', D] }],
    initializers,
    metadata,
  });
}

/** Reads a head back. @throws {Error} if the file is no head of Photolex. */
export function decodeHead(bytes: Uint8Array): { head: HeadParameters; metadata: Record<string, string> } {
  const { initializers, nodes, metadata } = decodeOnnx(bytes);
  const has = (name: string): boolean => initializers.has(name) || initializers.has(`${name}.half`);
  const read = (name: string): { shape: readonly number[]; data: Float32Array } => {
    const tensor = initializers.get(name) ?? initializers.get(`${name}.half`);
    if (!tensor || tensor.data instanceof BigInt64Array)
      throw new Error(`The network lacks ${name}: it is no head of Photolex.`);
    return { shape: tensor.shape, data: new Float32Array(tensor.data) };
  };
  const hidden = read('hidden.weight');
  const output = read('output.weight');
  const [features, units] = hidden.shape as [number, number];
  return {
    head: {
      features,
      hidden: units,
      dimension: output.shape[1]!,
      mean: read('feature.mean').data,
      deviation: read('feature.deviation').data,
      hiddenWeight: hidden.data,
      hiddenBias: read('hidden.bias').data,
      outputWeight: output.data,
      outputBias: read('output.bias').data,
      activation: hasSigmoid(nodes) ? 'sigmoid' : 'none',
      centre: has(CENTRE) ? read(CENTRE).data : null,
    },
    metadata,
  };
}

/** Whether the head's own output goes through a sigmoid; a backbone before it may have sigmoids of its own. */
function hasSigmoid(nodes: readonly OnnxNode[]): boolean {
  return nodes.some(({ operator, inputs }) => operator === 'Sigmoid' && inputs[0] === OUTPUT);
}
