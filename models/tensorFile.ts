/**
 * Several named arrays and some facts in one file, in the safetensors layout (https://github.com/huggingface/safetensors): eight bytes
 * with the length of a JSON header, the header (type, shape and place of each array, and `__metadata__`), then the bytes of
 * the arrays. Checkpoints and the numbers beside a model are such files; Python's `safetensors` opens them.
 */

type Numbers = Float32Array | Float16Array | Uint32Array | Int8Array;

export interface Tensor {
  shape: readonly number[];
  data: Numbers;
}

export interface TensorFile {
  tensors: Record<string, Tensor>;
  metadata: Record<string, string>;
}

const types = { F32: Float32Array, F16: Float16Array, U32: Uint32Array, I8: Int8Array } as const;
type TypeName = keyof typeof types;

interface HeaderEntry {
  dtype: TypeName;
  shape: number[];
  data_offsets: [number, number];
}

function typeName(data: Numbers): TypeName {
  return (Object.keys(types) as TypeName[]).find((name) => data instanceof types[name])!;
}

/** The bytes of a tensor file. */
export function encodeTensorFile({ tensors, metadata }: TensorFile): Uint8Array {
  const header: Record<string, HeaderEntry | Record<string, string>> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype: typeName(data), shape: [...shape], data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Spaces after the header keep the arrays aligned to eight bytes, as the format's readers expect.
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + end).fill(0x20, 8, 8 + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  let at = 8 + length;
  for (const { data } of Object.values(tensors)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** Reads a tensor file; the arrays are copies. @throws {Error} if the file is cut off or is something else. */
export function decodeTensorFile(bytes: Uint8Array): TensorFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length >= 8 ? Number(view.getBigUint64(0, true)) : Number.POSITIVE_INFINITY;
  if (length > bytes.length - 8) throw new Error('The file is cut off or is no tensor file.');
  const { __metadata__, ...entries } = JSON.parse(
    new TextDecoder().decode(bytes.subarray(8, 8 + length)),
  ) as Record<string, HeaderEntry> & { __metadata__?: Record<string, string> };
  const tensors: Record<string, Tensor> = {};
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(entries)) {
    const [start, end] = data_offsets;
    // `slice` of a Node Buffer would be a view of its pool, and unaligned.
    const raw = new Uint8Array(bytes.subarray(8 + length + start, 8 + length + end));
    const type = types[dtype];
    if (!type || raw.length !== end - start) throw new Error(`The array ${name} of the file is damaged.`);
    tensors[name] = { shape, data: new type(raw.buffer) };
  }
  return { tensors, metadata: __metadata__ ?? {} };
}
