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

  /** All zeros. Throws an Error when the matrices would need more than the 4 GB that WebAssembly can address. */
  constructor(size: PredictorSize) {
    this.size = size;
    this.stride = Math.ceil(size.dimension / lanes) * lanes;
    const targetSlots = Math.ceil(size.targets / together) * together;
    const { memory, addresses } = reserve([
      size.inputRows * this.stride,
      size.outputRows * this.stride,
      size.inputRows,
      size.rows,
      targetSlots,
      together,
      this.stride,
      this.stride,
      // A table of float64 pairs: value and slope at each knot.
      (2 * limit * knotsPerUnit + 1) * 4,
    ]);
    const [inputsAt, outputsAt, sharesAt, rowsAt, targetsAt, , , , tableAt] = addresses;
    this.inputs = new Float32Array(memory.buffer, inputsAt, size.inputRows * this.stride);
    this.outputs = new Float32Array(memory.buffer, outputsAt, size.outputRows * this.stride);
    this.shares = new Float32Array(memory.buffer, sharesAt, size.inputRows).fill(1);
    this.rows = new Uint32Array(memory.buffer, rowsAt, size.rows);
    this.targets = new Uint32Array(memory.buffer, targetsAt, targetSlots);
    fillLossTable(new Float64Array(memory.buffer, tableAt, (2 * limit * knotsPerUnit + 1) * 2));
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(compiledKernel), (byte) => byte.charCodeAt(0)));
    this.kernel = new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as Kernel;
    this.kernel.place(...addresses, this.stride * Float32Array.BYTES_PER_ELEMENT);
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

/** Memory for arrays of so many 4-byte numbers, each at an address that is a multiple of 16. */
function reserve(lengths: readonly number[]): { memory: WebAssembly.Memory; addresses: number[] } {
  const addresses: number[] = [];
  // The compiled module keeps its own few bytes on the first page.
  let end = page;
  for (const length of lengths) {
    addresses.push(end);
    end += Math.ceil((length * 4) / 16) * 16;
  }
  const pages = Math.ceil(end / page);
  if (pages > mostPages) {
    throw new Error(
      `The text embedding needs ${Math.ceil(end / 2 ** 30)} GB, and there can be 4: choose a smaller dimension or fewer words.`,
    );
  }
  return { memory: new WebAssembly.Memory({ initial: pages, maximum: pages }), addresses };
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
