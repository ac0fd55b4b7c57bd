/**
 * All image vectors of a library in memory, eight bits a component, and the scan that scores every one of them
 * against a query with WebAssembly SIMD. It answers "how near is each photo to this concept" as one column of
 * scores; it does not rank, index or persist anything, and it knows nothing of photos but their ids.
 *
 * Each row is quantised with a scale of its own, its largest component becoming ±127; one scale for all rows, such as
 * 127 / (4.5/√d) for normally distributed components, clips the rows that it does not fit. The query is quantised to
 * 16 bits, to which the kernel widens the rows anyway. On 20,000 random unit vectors of 400 components that gives a mean
 * error of 2.9e-4 in the cosine and recall@10 .99 against float32 (one scale and an 8-bit query: 5.8e-4 and .98; with
 * heavy-tailed components 6.8e-4 and .98, and 1.1e-2 and .16).
 *
 * [Note: scan layout] The memory of the kernel holds, one after the other:
 *
 *     query    8,192 bytes             int16, padded with zeros to a multiple of 16 components
 *     window   65,536 bytes            float32 scores of at most 16,384 rows, copied out after each call
 *     groups   16 + 4 · stride bytes   four rows each: four float32 scales, then for every 16 components a block of
 *                                      16 bytes of each of the four rows in turn
 *
 * `stride` is the dimension padded to a multiple of 16. Groups come last, so the memory grows in place and nothing moves.
 * Four rows interleaved are one stream to read, and each load of the query serves four rows.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../runtime.ts';

/** The largest dimension that the layout has room for. */
export const maximumDimension = 4096;

const block = 16;
const rowsPerGroup = 4;
const pageBytes = 65536;
const maximumPages = 65536;
const queryAddress = 0;
const windowAddress = maximumDimension * Int16Array.BYTES_PER_ELEMENT;
const windowRows = 16384;
const groupsAddress = windowAddress + windowRows * Float32Array.BYTES_PER_ELEMENT;
const scalesBytes = rowsPerGroup * Float32Array.BYTES_PER_ELEMENT;

/** The kernel's one function; see `kernel/assembly.ts`. Addresses are bytes. */
type Scan = (
  query: number,
  groups: number,
  groupCount: number,
  blocks: number,
  queryScale: number,
  output: number,
) => void;

let compiled: WebAssembly.Module | undefined;

function instantiate(memory: WebAssembly.Memory): Scan {
  compiled ??= new WebAssembly.Module(readFileSync(join(projectRoot, 'native', 'scan', 'kernel.wasm')));
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports.scan as Scan;
}

/**
 * N vectors of one dimension, each with the id of its photo, scored against a query at a time.
 *
 *     const scan = new VectorScan(400);
 *     scan.append([17, 4], vectors);        // vectors: [2, 400] float32
 *     scan.scores(query);                   // Float32Array [cos(query, photo 17), cos(query, photo 4)]
 */
export class VectorScan {
  /** Components of a vector. */
  readonly dimension: number;

  private readonly memory = new WebAssembly.Memory({ initial: 1, maximum: maximumPages });
  private readonly scan: Scan;
  private readonly blocks: number;
  private readonly groupBytes: number;
  private readonly photoIds: number[] = [];
  private readonly positions = new Map<number, number>();
  // Views of the memory, made anew whenever it grows.
  private bytes = new Int8Array(0);
  private floats = new Float32Array(0);

  /**
   * @param dimension components of a vector, 1…4096
   * @param capacity vectors to reserve memory for; more are always accepted
   * Throws a RangeError if the dimension is not a whole number in that range, or memory for `capacity` cannot be had.
   */
  constructor(dimension: number, capacity = 0) {
    if (!Number.isInteger(dimension) || dimension < 1 || dimension > maximumDimension) {
      throw new RangeError(
        `The dimension of the vectors must be a whole number from 1 to ${maximumDimension}, got ${dimension}.`,
      );
    }
    this.dimension = dimension;
    this.blocks = Math.ceil(dimension / block);
    this.groupBytes = scalesBytes + rowsPerGroup * this.blocks * block;
    this.scan = instantiate(this.memory);
    this.reserve(capacity);
  }

  /** N, the number of vectors held. */
  get length(): number {
    return this.photoIds.length;
  }

  /** The photo of each position in a column of scores, in the order in which they were appended. */
  get ids(): readonly number[] {
    return this.photoIds;
  }

  /** The position of a photo in a column of scores, or undefined if it is not here. */
  positionOf(id: number): number | undefined {
    return this.positions.get(id);
  }

  /**
   * Adds vectors at the end; positions of those already here stay as they are. One that is not finite, as a model gives that
   * was damaged while it learned, is left out, so that it costs its photo and not every search.
   *
   * @param vectors `[ids, dimension]` float32, row after row, unit vectors
   * Throws, and adds nothing, if the lengths do not agree, an id is already held or given twice, or there is no memory
   * for them.
   */
  append(ids: ArrayLike<number>, vectors: Float32Array): void {
    const { dimension } = this;
    if (vectors.length !== ids.length * dimension) {
      throw new RangeError(
        `${ids.length} vectors of dimension ${dimension} have ${ids.length * dimension} components, got ${vectors.length}.`,
      );
    }
    const added = new Set<number>();
    const finite: { id: number; start: number; largest: number }[] = [];
    for (let row = 0; row < ids.length; row++) {
      const id = ids[row]!;
      if (this.positions.has(id) || added.has(id)) {
        throw new Error(`Photo ${id} has a vector already: remove it before appending another.`);
      }
      added.add(id);
      const start = row * dimension;
      const largest = largestComponent(vectors, start, dimension);
      if (Number.isFinite(largest)) finite.push({ id, start, largest });
    }
    this.reserve(this.length + finite.length);
    for (const { id, start, largest } of finite) {
      this.writeRow(this.length, vectors, start, largest);
      this.positions.set(id, this.length);
      this.photoIds.push(id);
    }
  }

  /**
   * Takes photos out; the rest keep their order and move up, so columns computed before no longer fit. Ids that are
   * not here are ignored. Returns how many were removed. The memory stays reserved.
   */
  remove(ids: Iterable<number>): number {
    let kept = this.length;
    for (const id of ids) {
      const position = this.positions.get(id);
      if (position === undefined) continue;
      this.positions.delete(id);
      kept = Math.min(kept, position);
    }
    const before = this.length;
    for (let position = kept; position < before; position++) {
      const id = this.photoIds[position]!;
      if (!this.positions.has(id)) continue;
      this.moveRow(position, kept);
      this.photoIds[kept] = id;
      this.positions.set(id, kept);
      kept++;
    }
    this.photoIds.length = kept;
    return before - kept;
  }

  /** Takes every photo out, to begin again with vectors of another model of the same dimension. */
  clear(): void {
    this.photoIds.length = 0;
    this.positions.clear();
  }

  /**
   * One column: an estimate of the cosine between the query and every vector (for vectors that are not of unit length,
   * of the dot product), in the order of `ids`.
   *
   * @param query `[dimension]` float32, a unit vector
   * @param out `[N]` float32 to write to; a new one if absent
   * Throws a RangeError if a length does not agree or a component of the query is not finite.
   */
  scores(query: Float32Array, out: Float32Array = new Float32Array(this.length)): Float32Array {
    const { length, groupBytes } = this;
    if (query.length !== this.dimension) {
      throw new RangeError(`The query has ${query.length} components, the vectors have ${this.dimension}.`);
    }
    if (out.length !== length) {
      throw new RangeError(`The output has room for ${out.length} scores, but there are ${length} vectors.`);
    }
    const queryScale = this.writeQuery(query);
    for (let first = 0; first < length; first += windowRows) {
      const rows = Math.min(windowRows, length - first);
      const groups = groupsAddress + (first / rowsPerGroup) * groupBytes;
      this.scan(queryAddress, groups, Math.ceil(rows / rowsPerGroup), this.blocks, queryScale, windowAddress);
      const start = windowAddress / Float32Array.BYTES_PER_ELEMENT;
      out.set(this.floats.subarray(start, start + rows), first);
    }
    return out;
  }

  /** What `scores` says of the vector at one position, but for the rounding of the query. */
  score(query: Float32Array, position: number): number {
    const { bytes, dimension } = this;
    let address = this.rowAddress(position);
    let sum = 0;
    for (let component = 0; component < dimension; component += block) {
      const width = Math.min(block, dimension - component);
      for (let lane = 0; lane < width; lane++) sum += query[component + lane]! * bytes[address + lane]!;
      address += rowsPerGroup * block;
    }
    return sum * this.floats[this.scaleIndex(position)]!;
  }

  /** Makes room for `rows` vectors in all. Throws a RangeError if there is not that much memory. */
  private reserve(rows: number): void {
    const bytes = groupsAddress + Math.ceil(rows / rowsPerGroup) * this.groupBytes;
    const missing = Math.ceil((bytes - this.memory.buffer.byteLength) / pageBytes);
    if (missing > 0) {
      try {
        this.memory.grow(missing);
      } catch (cause) {
        const needed = Math.ceil(bytes / 2 ** 20);
        throw new RangeError(
          `${rows} vectors of dimension ${this.dimension} need ${needed} MB of memory in one piece (4,096 at most), which cannot be had.`,
          { cause },
        );
      }
    }
    if (this.bytes.buffer !== this.memory.buffer) {
      this.bytes = new Int8Array(this.memory.buffer);
      this.floats = new Float32Array(this.memory.buffer);
    }
  }

  /** Where the scale of a row is in `floats`. */
  private scaleIndex(position: number): number {
    const group = groupsAddress + Math.floor(position / rowsPerGroup) * this.groupBytes;
    return group / Float32Array.BYTES_PER_ELEMENT + (position % rowsPerGroup);
  }

  /** Where the first block of a row is in `bytes`; the next is `rowsPerGroup` blocks on. */
  private rowAddress(position: number): number {
    const group = groupsAddress + Math.floor(position / rowsPerGroup) * this.groupBytes;
    return group + scalesBytes + (position % rowsPerGroup) * block;
  }

  private writeRow(position: number, vectors: Float32Array, start: number, largest: number): void {
    const { bytes, dimension } = this;
    const factor = largest > 0 ? 127 / largest : 0;
    this.floats[this.scaleIndex(position)] = largest / 127;
    let address = this.rowAddress(position);
    for (let component = 0; component < dimension; component += block) {
      const width = Math.min(block, dimension - component);
      for (let lane = 0; lane < width; lane++) {
        // To the nearest; Math.round does the same ten times slower.
        bytes[address + lane] = Math.floor(vectors[start + component + lane]! * factor + 0.5);
      }
      address += rowsPerGroup * block;
    }
  }

  private moveRow(from: number, to: number): void {
    if (from === to) return;
    this.floats[this.scaleIndex(to)] = this.floats[this.scaleIndex(from)]!;
    let source = this.rowAddress(from);
    let target = this.rowAddress(to);
    for (let index = 0; index < this.blocks; index++) {
      this.bytes.copyWithin(target, source, source + block);
      source += rowsPerGroup * block;
      target += rowsPerGroup * block;
    }
  }

  /**
   * Writes the query as int16 and returns what one unit of it is worth. The factor is the largest with which neither a
   * component leaves int16 nor a sum int32: no row has a component beyond ±127, so |Σ| ≤ 127 · Σ|query|.
   */
  private writeQuery(query: Float32Array): number {
    const largest = largestComponent(query, 0, query.length);
    if (!Number.isFinite(largest)) {
      const component = query.findIndex((value) => !Number.isFinite(value));
      throw new RangeError(
        `The query vector is not finite: component ${component} is ${query[component]}. Compute it again with a valid model.`,
      );
    }
    let sum = 0;
    for (const component of query) sum += Math.abs(component);
    const target = new Int16Array(this.memory.buffer, queryAddress, this.blocks * block);
    target.fill(0);
    if (largest === 0) return 0;
    // Rounding adds at most ½ to each component.
    const factor = Math.min(32767 / largest, (2 ** 31 / 127 - this.dimension) / sum);
    for (let component = 0; component < query.length; component++) {
      target[component] = Math.floor(query[component]! * factor + 0.5);
    }
    return 1 / factor;
  }
}

/** The largest absolute value of a part of `vectors`; not finite if one of them is not, which `Math.max` hands through. */
function largestComponent(vectors: Float32Array, start: number, length: number): number {
  let largest = 0;
  for (let index = start; index < start + length; index++) {
    largest = Math.max(largest, Math.abs(vectors[index]!));
  }
  return largest;
}
