/**
 * Reading and writing ONNX files as far as Photolex's networks need: a graph of named nodes, its initializers and
 * metadata. ONNX is protobuf; field numbers are those of onnx.proto3 (https://github.com/onnx/onnx, IR version 8). It does
 * not run graphs (onnxruntime and `network.ts` do) and refuses tensors of types other than float32, float16 and int64.
 */
import { PbfReader, PbfWriter } from 'pbf';

export interface OnnxTensor {
  shape: readonly number[];
  data: Float32Array | Float16Array | BigInt64Array;
}

/** Whether these are float16. Told by what they are not, because an older window that trains has no `Float16Array`. */
export function isHalf(data: OnnxTensor['data']): data is Float16Array {
  return !(data instanceof Float32Array || data instanceof BigInt64Array);
}

/** Numbers as a tensor of the file has its own. */
export function ofType(data: OnnxTensor['data'], values: Float32Array): Float32Array | Float16Array {
  return isHalf(data) ? new Float16Array(values) : values;
}

export interface OnnxNode {
  operator: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** A number, a text, a list of whole numbers, or (`Float32Array`) of others, or a tensor. */
export type OnnxAttribute = number | string | readonly number[] | Float32Array | OnnxTensor;

/** A named value with its shape; a text is a dimension that may vary. Always float32. */
export interface OnnxValue {
  name: string;
  shape: readonly (number | string)[];
}

export interface OnnxGraph {
  name: string;
  /** Version of the operators; 17 where it is not said. */
  opset?: number;
  nodes: readonly OnnxNode[];
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
  initializers: ReadonlyMap<string, OnnxTensor>;
  metadata: Readonly<Record<string, string>>;
}

const OPSET = 17;
const IR_VERSION = 8;
const FLOAT = 1;
const INT64 = 7;
const FLOAT16 = 10;
const ATTRIBUTE = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 } as const;
/**
 * The largest double that is a number of 64 bits. Files say "to the end" by the largest such number, 2⁶³ − 1, for which the nearest
 * double is one too many: its bits are those of the most negative number.
 */
const LARGEST_INTEGER = 2 ** 63 - 1024;
const fitting = (value: number): number => Math.min(value, LARGEST_INTEGER);
/** What ONNX's operators declare as FLOAT: a 1 there must not be written as INT, as whole numbers are elsewhere. */
const FLOAT_ATTRIBUTES = new Set([
  'alpha',
  'beta',
  'bias',
  'clip',
  'cubic_coeff_a',
  'epsilon',
  'extrapolation_value',
  'gamma',
  'lambd',
  'max',
  'min',
  'momentum',
  'ratio',
  'scale',
  'spatial_scale',
  'threshold',
  'value_float',
]);

/** The bytes of an ONNX file. */
export function encodeOnnx(graph: OnnxGraph): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, IR_VERSION);
  pbf.writeStringField(2, 'Photolex');
  pbf.writeMessage(7, writeGraph, graph);
  pbf.writeMessage(
    8,
    (version: number, out: PbfWriter) => {
      out.writeStringField(1, '');
      out.writeVarintField(2, version);
    },
    graph.opset ?? OPSET,
  );
  for (const entry of Object.entries(graph.metadata)) {
    pbf.writeMessage(
      14,
      ([key, value]: [string, string], out: PbfWriter) => {
        out.writeStringField(1, key);
        out.writeStringField(2, value);
      },
      entry,
    );
  }
  return pbf.finish();
}

function writeGraph(graph: OnnxGraph, pbf: PbfWriter): void {
  for (const node of graph.nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, graph.name);
  for (const [name, tensor] of graph.initializers) pbf.writeMessage(5, writeTensor, { name, tensor });
  for (const value of graph.inputs) pbf.writeMessage(11, writeValue, value);
  for (const value of graph.outputs) pbf.writeMessage(12, writeValue, value);
}

function writeNode(node: OnnxNode, pbf: PbfWriter): void {
  for (const input of node.inputs) pbf.writeStringField(1, input);
  for (const output of node.outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(3, node.outputs[0] ?? node.operator);
  pbf.writeStringField(4, node.operator);
  for (const entry of Object.entries(node.attributes ?? {})) pbf.writeMessage(5, writeAttribute, entry);
}

function writeAttribute([name, value]: [string, OnnxAttribute], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  if (typeof value === 'string') {
    pbf.writeStringField(4, value);
    pbf.writeVarintField(20, ATTRIBUTE.string);
  } else if (value instanceof Float32Array) {
    for (const item of value) pbf.writeFloatField(7, item);
    pbf.writeVarintField(20, ATTRIBUTE.floats);
  } else if (isTensor(value)) {
    pbf.writeMessage(5, writeTensor, { name: '', tensor: value });
    pbf.writeVarintField(20, ATTRIBUTE.tensor);
  } else if (typeof value !== 'number') {
    for (const item of value) pbf.writeVarintField(8, fitting(item));
    pbf.writeVarintField(20, ATTRIBUTE.ints);
  } else if (Number.isInteger(value) && !FLOAT_ATTRIBUTES.has(name)) {
    pbf.writeVarintField(3, fitting(value));
    pbf.writeVarintField(20, ATTRIBUTE.int);
  } else {
    pbf.writeFloatField(2, value);
    pbf.writeVarintField(20, ATTRIBUTE.float);
  }
}

function isTensor(value: OnnxAttribute | undefined): value is OnnxTensor {
  return typeof value === 'object' && 'data' in value;
}

function writeTensor({ name, tensor }: { name: string; tensor: OnnxTensor }, pbf: PbfWriter): void {
  const { data, shape } = tensor;
  for (const size of shape) pbf.writeVarintField(1, size);
  pbf.writeVarintField(
    2,
    data instanceof Float32Array ? FLOAT : data instanceof BigInt64Array ? INT64 : FLOAT16,
  );
  pbf.writeStringField(8, name);
  pbf.writeBytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function writeValue(value: OnnxValue, pbf: PbfWriter): void {
  pbf.writeStringField(1, value.name);
  // ValueInfoProto.type → TypeProto.tensor_type → element type and shape
  pbf.writeMessage(
    2,
    (_: null, type: PbfWriter) => {
      type.writeMessage(
        1,
        (__: null, tensor: PbfWriter) => {
          tensor.writeVarintField(1, FLOAT);
          tensor.writeMessage(
            2,
            (___: null, shape: PbfWriter) => {
              for (const size of value.shape) {
                shape.writeMessage(
                  1,
                  (dimension: number | string, out: PbfWriter) => {
                    if (typeof dimension === 'number') out.writeVarintField(1, dimension);
                    else out.writeStringField(2, dimension);
                  },
                  size,
                );
              }
            },
            null,
          );
        },
        null,
      );
    },
    null,
  );
}

/**
 * The graph of an ONNX file. What a `Constant` node holds becomes an initializer, and inputs that only declare an initializer
 * (as files before IR version 4 do) are left out.
 * @throws {Error} on damage, or on what Photolex does not read: nodes with graphs inside, weights in other files.
 */
export function decodeOnnx(bytes: Uint8Array): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const initializers = new Map<string, OnnxTensor>();
  const metadata: Record<string, string> = {};
  let name = '';
  let opset = OPSET;
  new PbfReader(bytes).readFields((field: number, _: null, pbf: PbfReader) => {
    if (field === 7) {
      pbf.readMessage((inner: number, __: null, graph: PbfReader) => {
        if (inner === 1) {
          const { node, constant } = readNode(graph);
          if (constant) initializers.set(node.outputs[0]!, constant);
          else nodes.push(node);
        } else if (inner === 2) {
          name = graph.readString();
        } else if (inner === 5) {
          const { name, tensor } = readTensor(graph);
          initializers.set(name, tensor);
        } else if (inner === 11) {
          inputs.push(readValue(graph));
        } else if (inner === 12) {
          outputs.push(readValue(graph));
        }
      }, null);
    } else if (field === 8) {
      const { domain, version } = pbf.readMessage(
        (inner: number, set: { domain: string; version: number }, out: PbfReader) => {
          if (inner === 1) set.domain = out.readString();
          else if (inner === 2) set.version = out.readVarint();
        },
        { domain: '', version: OPSET },
      );
      if (domain === '' || domain === 'ai.onnx') opset = version;
    } else if (field === 14) {
      const entry = pbf.readMessage(
        (inner: number, pair: { key: string; value: string }, out: PbfReader) => {
          if (inner === 1) pair.key = out.readString();
          else if (inner === 2) pair.value = out.readString();
        },
        { key: '', value: '' },
      );
      metadata[entry.key] = entry.value;
    }
  }, null);
  if (initializers.size === 0) throw new Error('This is not an ONNX model: it has no weights.');
  return {
    name,
    opset,
    nodes,
    inputs: inputs.filter((input) => !initializers.has(input.name)),
    outputs,
    initializers,
    metadata,
  };
}

/** A node, and the tensor that it holds if it is a `Constant`. */
function readNode(pbf: PbfReader): { node: OnnxNode; constant: OnnxTensor | undefined } {
  const attributes: Record<string, OnnxAttribute> = {};
  const node = { operator: '', inputs: [] as string[], outputs: [] as string[], attributes };
  pbf.readMessage((field: number, _: null, out: PbfReader) => {
    if (field === 1) node.inputs.push(out.readString());
    else if (field === 2) node.outputs.push(out.readString());
    else if (field === 4) node.operator = out.readString();
    else if (field === 5) {
      const { name, value } = readAttribute(out);
      attributes[name] = value;
    }
  }, null);
  return { node, constant: node.operator === 'Constant' ? constantOf(attributes) : undefined };
}

function constantOf({ value, value_float: number }: Record<string, OnnxAttribute>): OnnxTensor | undefined {
  if (isTensor(value)) return value;
  return typeof number === 'number' ? { shape: [], data: Float32Array.of(number) } : undefined;
}

/** An AttributeProto as its fields come; `type` says which of them counts. */
interface AttributeFields {
  name: string;
  type: number;
  float: number;
  integer: number;
  text: string;
  tensor: OnnxTensor | undefined;
  floats: number[];
  integers: number[];
}

function readAttribute(pbf: PbfReader): { name: string; value: OnnxAttribute } {
  const empty: AttributeFields = {
    name: '',
    type: 0,
    float: 0,
    integer: 0,
    text: '',
    tensor: undefined,
    floats: [],
    integers: [],
  };
  const fields = pbf.readMessage((field: number, into: AttributeFields, out: PbfReader) => {
    if (field === 1) into.name = out.readString();
    else if (field === 2) into.float = out.readFloat();
    else if (field === 3) into.integer = out.readVarint(true);
    else if (field === 4) into.text = out.readString();
    else if (field === 5) into.tensor = readTensor(out).tensor;
    else if (field === 7) out.readPackedFloat(into.floats);
    else if (field === 8) out.readPackedVarint(into.integers, true);
    else if (field === 20) into.type = out.readVarint();
  }, empty);
  const { name, type } = fields;
  switch (type) {
    case ATTRIBUTE.float:
      return { name, value: fields.float };
    case ATTRIBUTE.int:
      return { name, value: fitting(fields.integer) };
    case ATTRIBUTE.string:
      return { name, value: fields.text };
    case ATTRIBUTE.floats:
      return { name, value: Float32Array.from(fields.floats) };
    case ATTRIBUTE.ints:
      return { name, value: fields.integers.map(fitting) };
    case ATTRIBUTE.tensor:
      if (fields.tensor) return { name, value: fields.tensor };
  }
  throw new Error(`The attribute ${name} has type ${type}, which Photolex does not read.`);
}

/** A ValueInfoProto: TypeProto.tensor_type holds the shape, whose dimensions are numbers or names. */
function readValue(pbf: PbfReader): OnnxValue {
  const value = { name: '', shape: [] as (number | string)[] };
  const message = (out: PbfReader, wanted: number, read: () => void): void => {
    out.readMessage((field: number) => {
      if (field === wanted) read();
    }, null);
  };
  pbf.readMessage((field: number, _: null, out: PbfReader) => {
    if (field === 1) value.name = out.readString();
    else if (field === 2)
      message(out, 1, () =>
        message(out, 2, () =>
          message(out, 1, () => {
            let size: number | string = '';
            out.readMessage((inner: number) => {
              if (inner === 1) size = out.readVarint(true);
              else if (inner === 2) size = out.readString();
            }, null);
            value.shape.push(size);
          }),
        ),
      );
  }, null);
  return value;
}

/** A TensorProto as its fields come: values are in `raw`, or for small tensors in `floats` or `integers`. */
interface TensorFields {
  name: string;
  type: number;
  shape: number[];
  raw: Uint8Array;
  floats: number[];
  integers: number[];
}

function readTensor(pbf: PbfReader): { name: string; tensor: OnnxTensor } {
  const empty: TensorFields = {
    name: '',
    type: 0,
    shape: [],
    raw: new Uint8Array(),
    floats: [],
    integers: [],
  };
  const fields = pbf.readMessage((field: number, into: TensorFields, out: PbfReader) => {
    if (field === 1) out.readPackedVarint(into.shape);
    else if (field === 2) into.type = out.readVarint();
    else if (field === 4) out.readPackedFloat(into.floats);
    else if (field === 7) out.readPackedVarint(into.integers, true);
    else if (field === 8) into.name = out.readString();
    else if (field === 9) into.raw = out.readBytes();
  }, empty);
  const { name, shape } = fields;
  const data = tensorData(fields);
  if (data.length !== shape.reduce((product: number, size: number) => product * size, 1)) {
    throw new Error(
      `The tensor ${name} has ${data.length} values, which do not fill its shape [${shape.join(', ')}].`,
    );
  }
  return { name, tensor: { shape, data } };
}

function tensorData({ name, type, raw, floats, integers }: TensorFields): OnnxTensor['data'] {
  // A copy, because the bytes lie unaligned in the file.
  const { buffer } = new Uint8Array(raw);
  switch (type) {
    case FLOAT:
      return floats.length > 0 ? Float32Array.from(floats) : new Float32Array(buffer);
    case FLOAT16:
      return new Float16Array(buffer);
    case INT64:
      return integers.length > 0
        ? BigInt64Array.from(integers, (value) => BigInt(fitting(value)))
        : new BigInt64Array(buffer);
    default:
      throw new Error(`The tensor ${name} has data type ${type}, which Photolex does not read.`);
  }
}
