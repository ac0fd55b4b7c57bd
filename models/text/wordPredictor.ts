/**
 * The network that Word2Vec, FastText and Doc2Vec share: the mean of some input rows (one word, the words around it, its character
 * n-grams, a document) predicts a word against a few drawn at random. That is negative sampling (Mikolov et al. 2013,
 * "Distributed representations of words and phrases and their compositionality", section 2.2), one step at a time; which rows
 * and which words is the caller's affair.
 *
 * [Note: the step is compiled]
 * Nearly all of training is this step, and JavaScript has no SIMD, so it is WebAssembly (`kernel/predict.as`), with the matrices
 * in its memory. Microseconds per step of one row and six targets, one core: plain loops with `Math.exp` 2.0 at 100
 * dimensions and 7.4 at 400; six targets in one loop and a table, still JavaScript, 0.7 and 2.9; this 0.14 and 0.44.
 */
import { compiledKernel } from './kernel/compiled.ts';

interface Kernel {
  place(...addresses: number[]): void;
  predict(
    rowCount: number,
    targetCount: number,
    scale: number,
    inputRate: number,
    outputRate: number,
  ): number;
  merge(
    common: number,
    first: number,
    counts: number,
    distance: number,
    replicas: number,
    from: number,
    to: number,
    damping: number,
    moved: number,
  ): void;
}

/** What a predictor has room for. */
export interface PredictorSize {
  /** Numbers per vector. */
  readonly dimension: number;
  readonly inputRows: number;
  readonly outputRows: number;
  /** The most input rows in one step. */
  readonly rows: number;
  /** The most targets in one step: a word and those drawn against it. */
  readonly targets: number;
}

/** As in the kernel: numbers in a SIMD register, targets read together, and the table of the loss. */
const lanes = 4;
const together = 6;
const limit = 16;
const knotsPerUnit = 32;
/** Bytes of a page of WebAssembly memory, and the most pages that there can be. */
const page = 65_536;
const mostPages = 65_536;
/** Replicas that a merge has room for. */
export const mostReplicas = 64;
/** A table of float64 pairs: value and slope at each knot. */
const lossTableBytes = (2 * limit * knotsPerUnit + 1) * 16;

/** Where a predictor's arrays are. */
interface Addresses {
  readonly inputs: number;
  readonly outputs: number;
  /** How many steps each row has moved since the last merge. */
  readonly inputCounts: number;
  readonly outputCounts: number;
  readonly rows: number;
  readonly targets: number;
  readonly slopes: number;
  readonly hidden: number;
  readonly gradient: number;
  readonly moved: number;
}

/** What every predictor of a memory reads. */
interface Tables {
  readonly shares: number;
  readonly loss: number;
}

/**
 * Copies of a predictor's matrices in its own memory, one for each thread that learns: plain data, which can be posted to the threads.
 * `replicaPredictor` makes a predictor of each.
 */
export interface PredictorReplicas {
  readonly memory: WebAssembly.Memory;
  readonly size: PredictorSize;
  readonly count: number;
  /** Input rows from this number on have no copies: each belongs to one thread, which changes it in place. */
  readonly ownedFrom: number;
  readonly common: Addresses;
  readonly tables: Tables;
  /** Of replica 0; replica k has everything `k * distance` bytes further. */
  readonly first: Addresses;
  readonly distance: number;
}

let compiled: WebAssembly.Module | undefined;

/** The two matrices and the step that changes them. */
export class WordPredictor {
  readonly size: PredictorSize;
  /** For the caller to fill: row numbers of `inputs` whose sum is taken, repeats allowed. */
  readonly rows: Uint32Array;
  /** For the caller to fill: row numbers of `outputs`, first the word that was there, then those drawn. */
  readonly targets: Uint32Array;
  /** Share of the learning rate at which each input row moves, `[inputRows]`, 1 unless changed. */
  readonly shares: Float32Array;
  /** `[rows, stride]`, zeros from `dimension` on. */
  private readonly inputs: Float32Array;
  private readonly outputs: Float32Array;
  private readonly stride: number;
  private readonly kernel: Kernel;
  private readonly memory: WebAssembly.Memory;
  private readonly addresses: Addresses;
  private readonly tables: Tables;

  /**
   * All zeros; or, given `replicas`, the replica of number `index`, as its memory has it. Throws an Error when the matrices would
   * need more than the 4 GB that WebAssembly can address.
   */
  constructor(size: PredictorSize, replicas?: PredictorReplicas, index = 0) {
    this.size = size;
    this.stride = strideOf(size);
    const ownedFrom = replicas?.ownedFrom ?? size.inputRows;
    if (replicas === undefined) {
      const { addresses, end } = placeArrays(size, size.inputRows, page);
      const shares = end;
      const loss = aligned(shares + 4 * size.inputRows);
      this.memory = memoryUpTo(loss + lossTableBytes);
      this.addresses = addresses;
      this.tables = { shares, loss };
    } else {
      const shift = index * replicas.distance;
      const moved = Object.entries(replicas.first).map(([name, address]) => [name, address + shift]);
      this.memory = replicas.memory;
      this.addresses = Object.fromEntries(moved) as unknown as Addresses;
      this.tables = replicas.tables;
    }
    const { buffer } = this.memory;
    const at = this.addresses;
    this.inputs = new Float32Array(buffer, at.inputs, ownedFrom * this.stride);
    this.outputs = new Float32Array(buffer, at.outputs, size.outputRows * this.stride);
    this.shares = new Float32Array(buffer, this.tables.shares, size.inputRows);
    this.rows = new Uint32Array(buffer, at.rows, size.rows);
    this.targets = new Uint32Array(buffer, at.targets, targetSlots(size));
    if (replicas === undefined) {
      this.shares.fill(1);
      fillLossTable(new Float64Array(buffer, this.tables.loss, lossTableBytes / 8));
    }
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(compiledKernel), (byte) => byte.charCodeAt(0)));
    const { memory } = this;
    this.kernel = new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as Kernel;
    this.kernel.place(
      at.inputs,
      at.outputs,
      this.tables.shares,
      at.rows,
      at.targets,
      at.slopes,
      at.hidden,
      at.gradient,
      this.tables.loss,
      this.stride * Float32Array.BYTES_PER_ELEMENT,
      replicas?.common.inputs ?? at.inputs,
      ownedFrom,
      at.inputCounts,
      at.outputCounts,
    );
  }

  /**
   * Makes room for `count` replicas in this predictor's memory; they hold nothing until they `take`.
   * @param ownedFrom as in `PredictorReplicas`
   * Throws an Error when they need more than the 4 GB that WebAssembly can address.
   */
  replicate(count: number, ownedFrom: number): PredictorReplicas {
    const { size, memory, tables } = this;
    const start = memory.buffer.byteLength;
    const { addresses: first, end } = placeArrays(size, ownedFrom, start);
    // Whole pages, so that no two threads write to one line of the processor's cache.
    const distance = Math.ceil((end - start) / page) * page;
    const pages = checkedPages(start + count * distance, 'choose fewer threads or a smaller dimension');
    memory.grow(pages - start / page);
    return { memory, size, count, ownedFrom, common: this.addresses, tables, first, distance };
  }

  /** Makes this replica, one of `replicas`, the same as the common matrices. */
  take({ memory, common }: PredictorReplicas): void {
    this.inputs.set(new Float32Array(memory.buffer, common.inputs, this.inputs.length));
    this.outputs.set(new Float32Array(memory.buffer, common.outputs, this.outputs.length));
  }

  /**
   * Joins what all replicas have learnt since they were last the same, and makes them the same again, for part number `part` of
   * `parts` of the rows; see [Note: replicas]. No replica of these rows may change meanwhile. The common row c becomes
   * c + s Σ (rₖ − c) over the m replicas rₖ that moved it, n steps each in the mean, with
   *
   *     s = (1 + x + … + xᵐ⁻¹) / m        x = 1 / (1 + damping · n)
   */
  merge(
    { common, first, distance, count, ownedFrom }: PredictorReplicas,
    part: number,
    parts: number,
    damping: number,
  ): void {
    const { moved } = this.addresses;
    const bound = (rows: number, place: number): number => Math.floor((rows * place) / parts);
    const join = (rows: number, matrix: number, replica: number, counts: number): void => {
      const [from, to] = [bound(rows, part), bound(rows, part + 1)];
      this.kernel.merge(matrix, replica, counts, distance, count, from, to, damping, moved);
    };
    join(ownedFrom, common.inputs, first.inputs, first.inputCounts);
    join(this.size.outputRows, common.outputs, first.outputs, first.outputCounts);
  }

  /**
   * One step of stochastic gradient descent on equation 4, negated so that it falls: E = −log σ(hᵀu₀) − Σₖ log σ(−hᵀuₖ), where
   * h = scale · Σᵣ vᵣ over the first `rowCount` of `rows`, u₀ is the output row of the word that was there (the first of `targets`)
   * and uₖ those of the words drawn. With gₖ = σ(hᵀuₖ) − [k = 0]:
   *
   *     uₖ ← uₖ − outputRate gₖ h        vᵣ ← vᵣ − inputRate shareᵣ Σₖ gₖ uₖ
   *
   * each from the values before the step. A row drawn twice moves twice. Every vᵣ moves by the whole gradient of h and not by its
   * share `scale` of it, as in Mikolov's program, fastText and Gensim: more rows, longer steps. σ and E are looked up, to 2e-7.
   *
   * @returns E before the step
   */
  predict(
    rowCount: number,
    targetCount: number,
    scale: number,
    inputRate: number,
    outputRate: number,
  ): number {
    const { targets } = this;
    // The kernel reads whole sixes: what fills the last up must be a row, and moves by nothing.
    for (let k = targetCount; k % together !== 0; k++) targets[k] = targets[0]!;
    return this.kernel.predict(rowCount, targetCount, scale, inputRate, outputRate);
  }

  /** A copy of `count` input rows from row `from` on, `[count, dimension]`. */
  readInputs(from = 0, count = this.size.inputRows - from): Float32Array {
    return this.read(this.inputs, from, count);
  }

  /** A copy of the output rows, `[outputRows, dimension]`. */
  readOutputs(): Float32Array {
    return this.read(this.outputs, 0, this.size.outputRows);
  }

  /** Sets input rows from row `from` on; `values` is `[rows, dimension]`. */
  writeInputs(values: Float32Array, from = 0): void {
    this.write(this.inputs, values, from);
  }

  /** Sets output rows from row 0 on; `values` is `[rows, dimension]`. */
  writeOutputs(values: Float32Array): void {
    this.write(this.outputs, values, 0);
  }

  private read(matrix: Float32Array, from: number, count: number): Float32Array {
    const { dimension } = this.size;
    const values = new Float32Array(count * dimension);
    for (let row = 0; row < count; row++) {
      const at = (from + row) * this.stride;
      values.set(matrix.subarray(at, at + dimension), row * dimension);
    }
    return values;
  }

  private write(matrix: Float32Array, values: Float32Array, from: number): void {
    const { dimension } = this.size;
    for (let row = 0; row * dimension < values.length; row++) {
      matrix.set(values.subarray(row * dimension, (row + 1) * dimension), (from + row) * this.stride);
    }
  }
}

/** The predictor of replica number `index`. */
export function replicaPredictor(replicas: PredictorReplicas, index: number): WordPredictor {
  return new WordPredictor(replicas.size, replicas, index);
}

const strideOf = ({ dimension }: PredictorSize): number => Math.ceil(dimension / lanes) * lanes;
const targetSlots = ({ targets }: PredictorSize): number => Math.ceil(targets / together) * together;
const aligned = (address: number): number => Math.ceil(address / 16) * 16;

/** Lays out a predictor's arrays one after the other from `start` on, with so many input rows. */
function placeArrays(
  size: PredictorSize,
  inputRows: number,
  start: number,
): { addresses: Addresses; end: number } {
  const rowBytes = 4 * strideOf(size);
  let end = start;
  const place = (bytes: number): number => {
    const address = end;
    end = aligned(address + bytes);
    return address;
  };
  const addresses = {
    inputs: place(inputRows * rowBytes),
    outputs: place(size.outputRows * rowBytes),
    inputCounts: place(4 * inputRows),
    outputCounts: place(4 * size.outputRows),
    rows: place(4 * size.rows),
    targets: place(4 * targetSlots(size)),
    slopes: place(4 * together),
    hidden: place(rowBytes),
    gradient: place(rowBytes),
    moved: place(4 * mostReplicas),
  };
  return { addresses, end };
}

/** Shared, so that threads can work in it; it can grow while its arrays stay where they are. */
function memoryUpTo(end: number): WebAssembly.Memory {
  const initial = checkedPages(end, 'choose a smaller dimension or fewer words');
  return new WebAssembly.Memory({ initial, maximum: mostPages, shared: true });
}

function checkedPages(bytes: number, advice: string): number {
  const pages = Math.ceil(bytes / page);
  if (pages > mostPages) {
    throw new Error(
      `The text embedding needs ${Math.ceil(bytes / 2 ** 30)} GB, and there can be 4: ${advice}.`,
    );
  }
  return pages;
}

/**
 * log(1 + e^−x) and its derivative (times the distance of the knots) at each knot. The cubic between two knots is off by at most
 * h⁴/384 · ⅛ = 3e-10, its derivative by less than 1e-7; beyond the limits 0 and −x are off by e^−16 = 1.2e-7.
 */
function fillLossTable(table: Float64Array): void {
  for (let knot = 0; 2 * knot < table.length; knot++) {
    const x = knot / knotsPerUnit - limit;
    table[2 * knot] = Math.log1p(Math.exp(-x));
    table[2 * knot + 1] = -1 / (1 + Math.exp(x)) / knotsPerUnit;
  }
}
