/**
 * Reading and writing ONNX files as far as Photolex's networks need: a graph of named nodes, its initializers and
 * metadata. ONNX is protobuf; field numbers are those of onnx.proto3 (https://github.com/onnx/onnx, IR version 8). It does
 * not run graphs (onnxruntime does) and refuses tensors of types other than float32, float16 and int64.
 */
import { PbfReader, PbfWriter } from 'pbf';

export interface OnnxTensor {
  shape: readonly number[];
  data: Float32Array | Float16Array | BigInt64Array;
}

export interface OnnxNode {
  operator: string;
  inputs: readonly string[];
  outputs: readonly string[];
  /** Whole numbers and lists of them are written as INT(S), other numbers as FLOAT. */
  attributes?: Readonly<Record<string, number | readonly number[]>>;
}

/** A named value with its shape; a text is a dimension that may vary. Always float32. */
export interface OnnxValue {
  name: string;
  shape: readonly (number | string)[];
}

export interface OnnxGraph {
  name: string;
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
const ATTRIBUTE = { float: 1, int: 2, ints: 7 } as const;

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
    OPSET,
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

function writeAttribute([name, value]: [string, number | readonly number[]], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  if (typeof value !== 'number') {
    for (const item of value) pbf.writeVarintField(8, item);
    pbf.writeVarintField(20, ATTRIBUTE.ints);
  } else if (Number.isInteger(value)) {
    pbf.writeVarintField(3, value);
    pbf.writeVarintField(20, ATTRIBUTE.int);
  } else {
    pbf.writeFloatField(2, value);
    pbf.writeVarintField(20, ATTRIBUTE.float);
  }
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
 * The initializers and metadata of an ONNX file, and which operators its graph has; the graph itself is left to onnxruntime.
 * @throws {Error} on damage.
 */
export function decodeOnnx(bytes: Uint8Array): {
  initializers: Map<string, OnnxTensor>;
  operators: Set<string>;
  metadata: Record<string, string>;
} {
  const initializers = new Map<string, OnnxTensor>();
  const operators = new Set<string>();
  const metadata: Record<string, string> = {};
  new PbfReader(bytes).readFields((field: number, _: null, pbf: PbfReader) => {
    if (field === 7) {
      pbf.readMessage((inner: number, __: null, graph: PbfReader) => {
        if (inner === 1) {
          graph.readMessage((field: number, ___: null, node: PbfReader) => {
            if (field === 4) operators.add(node.readString());
          }, null);
        } else if (inner === 5) {
          const { name, tensor } = readTensor(graph);
          initializers.set(name, tensor);
        }
      }, null);
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
  return { initializers, operators, metadata };
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
      return integers.length > 0 ? BigInt64Array.from(integers, BigInt) : new BigInt64Array(buffer);
    default:
      throw new Error(`The tensor ${name} has data type ${type}, which Photolex does not read.`);
  }
}
