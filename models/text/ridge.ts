/**
 * Ridge regression (Hoerl and Kennard 1970) with several outputs: the linear map from one vector space into another that
 * keeps its own numbers small. Photolex maps word vectors into the space of pictures with it, so that words no caption taught
 * have a place there. Solved exactly through the normal equations and a Cholesky factorisation, all in float64.
 */

/** How `fitRidge` regularises and weighs. */
export interface RidgeOptions {
  /** The number of samples, n. */
  readonly samples: number;
  /** λ ≥ 0, in the unit of weight × input²: it stands against the sum over samples, not the mean. */
  readonly penalty: number;
  /** Weight of each sample, `[n]`, none negative (default: all 1). */
  readonly weights?: ArrayLike<number>;
  /** Also learn a constant, which the penalty spares (default true). */
  readonly intercept?: boolean;
}

/** A learnt linear map: output = input · B + b. */
export class RidgeMap {
  readonly inputDimension: number;
  readonly outputDimension: number;
  /** `[p, q]` row by row, or `[p + 1, q]` with the constant b as its last row. */
  readonly matrix: Float64Array | Float32Array;
  private readonly intercept: boolean;

  /** Keeps `matrix` (no copy). Throws an Error when its length fits neither shape. */
  constructor(inputDimension: number, outputDimension: number, matrix: Float64Array | Float32Array) {
    const rows = matrix.length / outputDimension;
    if (rows !== inputDimension && rows !== inputDimension + 1) {
      throw new Error(
        `A ridge map from ${inputDimension} to ${outputDimension} dimensions cannot have ${matrix.length} numbers.`,
      );
    }
    this.inputDimension = inputDimension;
    this.outputDimension = outputDimension;
    this.matrix = matrix;
    this.intercept = rows === inputDimension + 1;
  }

  /** The image of one vector `[p]`, or of several row by row `[n, p]`: `[n, q]` float32. */
  apply(inputs: ArrayLike<number>): Float32Array {
    const { inputDimension: p, outputDimension: q, matrix } = this;
    const samples = inputs.length / p;
    if (!Number.isInteger(samples))
      throw new Error(`${inputs.length} numbers are not rows of dimension ${p}.`);
    const outputs = new Float32Array(samples * q);
    const sum = new Float64Array(q);
    for (let sample = 0; sample < samples; sample++) {
      if (this.intercept) sum.set(matrix.subarray(p * q));
      else sum.fill(0);
      for (let i = 0; i < p; i++) {
        const value = inputs[sample * p + i]!;
        for (let k = 0, at = i * q; k < q; k++, at++) sum[k]! += value * matrix[at]!;
      }
      outputs.set(sum, sample * q);
    }
    return outputs;
  }
}

/**
 * The B `[p, q]` and b `[q]` that minimise Σᵢ wᵢ ‖yᵢ − xᵢB − b‖² + λ ‖B‖², for `inputs` x `[n, p]` and `outputs` y `[n, q]`, both
 * row by row. With Xc and Yc centred on their weighted means, B = (XcᵀWXc + λI)⁻¹ XcᵀWYc and b = ȳ − x̄B.
 * Throws an Error when shapes do not fit, a weight or the penalty is negative or not finite, all weights are 0, or (penalty 0)
 * the inputs do not determine a solution.
 */
export function fitRidge(
  inputs: ArrayLike<number>,
  outputs: ArrayLike<number>,
  { samples, penalty, weights, intercept = true }: RidgeOptions,
): RidgeMap {
  const p = inputs.length / samples;
  const q = outputs.length / samples;
  if (!(samples > 0 && Number.isInteger(p) && Number.isInteger(q) && p > 0 && q > 0)) {
    throw new Error(
      `Ridge regression: ${inputs.length} inputs and ${outputs.length} outputs are not rows of ${samples} samples.`,
    );
  }
  if (!(penalty >= 0 && Number.isFinite(penalty))) {
    throw new Error(`Ridge regression: the penalty must be 0 or more, got ${penalty}.`);
  }
  const weight = checkedWeights(weights, samples);
  const inputMean = intercept ? weightedMean(inputs, weight, p) : new Float64Array(p);
  const outputMean = intercept ? weightedMean(outputs, weight, q) : new Float64Array(q);

  const gram = new Float64Array(p * p);
  const matrix = new Float64Array((intercept ? p + 1 : p) * q);
  const x = new Float64Array(p);
  const y = new Float64Array(q);
  for (let sample = 0; sample < samples; sample++) {
    const w = weight[sample]!;
    if (w === 0) continue;
    for (let i = 0; i < p; i++) x[i] = inputs[sample * p + i]! - inputMean[i]!;
    for (let k = 0; k < q; k++) y[k] = outputs[sample * q + k]! - outputMean[k]!;
    for (let i = 0; i < p; i++) {
      const wx = w * x[i]!;
      for (let j = 0, at = i * p; j <= i; j++, at++) gram[at]! += wx * x[j]!;
      for (let k = 0, at = i * q; k < q; k++, at++) matrix[at]! += wx * y[k]!;
    }
  }
  for (let i = 0; i < p; i++) gram[i * p + i]! += penalty;

  factorise(gram, p);
  solve(gram, p, matrix, q);
  if (intercept) {
    for (let k = 0; k < q; k++) {
      let constant = outputMean[k]!;
      for (let i = 0; i < p; i++) constant -= inputMean[i]! * matrix[i * q + k]!;
      matrix[p * q + k] = constant;
    }
  }
  return new RidgeMap(p, q, matrix);
}

function checkedWeights(weights: ArrayLike<number> | undefined, samples: number): Float64Array {
  if (weights === undefined) return new Float64Array(samples).fill(1);
  if (weights.length !== samples) {
    throw new Error(`Ridge regression: ${weights.length} weights for ${samples} samples.`);
  }
  const checked = Float64Array.from(weights);
  const wrong = checked.findIndex((value) => !(value >= 0 && Number.isFinite(value)));
  if (wrong >= 0)
    throw new Error(`Ridge regression: weights[${wrong}] must be 0 or more, got ${checked[wrong]}.`);
  if (checked.every((value) => value === 0)) throw new Error('Ridge regression: all weights are 0.');
  return checked;
}

function weightedMean(rows: ArrayLike<number>, weights: Float64Array, columns: number): Float64Array {
  const mean = new Float64Array(columns);
  let total = 0;
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row]!;
    total += weight;
    for (let i = 0; i < columns; i++) mean[i]! += weight * rows[row * columns + i]!;
  }
  for (let i = 0; i < columns; i++) mean[i]! /= total;
  return mean;
}

/** Cholesky: overwrites the lower triangle of the symmetric matrix `a` `[size, size]` with L, where a = L Lᵀ. */
function factorise(a: Float64Array, size: number): void {
  let largest = 0;
  for (let i = 0; i < size; i++) largest = Math.max(largest, a[i * size + i]!);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * size + k]! * a[j * size + k]!;
      if (i === j) {
        // Not finite, or rounding's leftover of a zero.
        if (!(sum > largest * size * Number.EPSILON)) {
          throw new Error(
            'Ridge regression: the inputs do not determine a solution; check them or raise the penalty.',
          );
        }
        a[i * size + i] = Math.sqrt(sum);
      } else {
        a[i * size + j] = sum / a[j * size + j]!;
      }
    }
  }
}

/** Solves L Lᵀ X = B in place for the first `size` rows of `b` `[≥ size, columns]`. */
function solve(lower: Float64Array, size: number, b: Float64Array, columns: number): void {
  const subtract = (row: number, other: number, factor: number): void => {
    for (let k = 0, at = row * columns, from = other * columns; k < columns; k++, at++, from++) {
      b[at]! -= factor * b[from]!;
    }
  };
  const divide = (row: number): void => {
    const pivot = lower[row * size + row]!;
    for (let at = row * columns; at < (row + 1) * columns; at++) b[at]! /= pivot;
  };
  for (let row = 0; row < size; row++) {
    for (let other = 0; other < row; other++) subtract(row, other, lower[row * size + other]!);
    divide(row);
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let other = row + 1; other < size; other++) subtract(row, other, lower[other * size + row]!);
    divide(row);
  }
}
