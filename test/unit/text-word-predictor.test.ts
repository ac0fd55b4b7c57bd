import { describe, expect, it } from 'vitest';
import { compileTextKernel } from '../../build/kernel.ts';
import { Random } from '../../models/random.ts';
import { compiledKernel } from '../../models/text/kernel/compiled.ts';
import { NoiseDistribution } from '../../models/text/negativeSampling.ts';
import { WordPredictor } from '../../models/text/wordPredictor.ts';

/** One step of the network with the given rows and targets. */
function step(
  predictor: WordPredictor,
  rows: number[],
  targets: number[],
  { scale = 1 / rows.length, input = 0.1, output = 0.1 } = {},
): number {
  predictor.rows.set(rows);
  predictor.targets.set(targets);
  return predictor.predict(rows.length, targets.length, scale, input, output);
}

const room = { rows: 8, targets: 12 };
const expectClose = (found: ArrayLike<number>, wanted: ArrayLike<number>, within: number): void => {
  expect(found.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++)
    expect(Math.abs(found[i]! - wanted[i]!), `${i}`).toBeLessThan(within);
};

describe('the compiled kernel', () => {
  it('is the compiled source', async () => {
    expect(await compileTextKernel(), 'run `node build/kernel.ts`').toBe(compiledKernel);
  });
});

describe('WordPredictor', () => {
  it('equals a step computed by hand', () => {
    // v = (1, ½), u₀ = (0.2, −0.4), u₁ = (−0.3, 0.1): vᵀu₀ = 0, vᵀu₁ = −¼; σ(0) = ½, σ(−¼) = 0.437823499;
    // E = −ln ½ − ln(1 − 0.437823499) = 0.693147181 + 0.575939463.
    const predictor = new WordPredictor({ dimension: 2, inputRows: 2, outputRows: 3, ...room });
    predictor.writeInputs(Float32Array.of(9, 9, 1, 0.5));
    predictor.writeOutputs(Float32Array.of(-0.3, 0.1, 9, 9, 0.2, -0.4));
    expect(Math.abs(step(predictor, [1], [2, 0]) - 1.269086644)).toBeLessThan(1e-6);
    expectClose(predictor.readInputs(), [9, 9, 1.023134705, 0.475621765], 1e-6);
    expectClose(predictor.readOutputs(), [-0.34378235, 0.078108825, 9, 9, 0.25, -0.375], 1e-6);
  });

  it('equals a step of a bag of words computed by hand', () => {
    // h = ½ ((1, 0) + (0, 1)) = (½, ½), u₀ = (1, 1): hᵀu₀ = 1, g₀ = σ(1) − 1 = −0.268941421; both rows move by the whole gradient,
    // 0.1 · 0.268941421 · (1, 1), the second only half as fast, and u₀ by 0.2 · 0.268941421 · (½, ½); E = −ln σ(1) = 0.313261688.
    const predictor = new WordPredictor({ dimension: 2, inputRows: 2, outputRows: 1, ...room });
    predictor.writeInputs(Float32Array.of(1, 0, 0, 1));
    predictor.writeOutputs(Float32Array.of(1, 1));
    predictor.shares[1] = 0.5;
    expect(Math.abs(step(predictor, [0, 1], [0], { output: 0.2 }) - 0.313261688)).toBeLessThan(1e-6);
    expectClose(predictor.readInputs(), [1.026894142, 0.026894142, 0.013447071, 1.013447071], 1e-6);
    expectClose(predictor.readOutputs(), [1.026894142, 1.026894142], 1e-6);
  });

  // Dimensions with and without a remainder, one and several groups of six targets, gathers of every remainder of four.
  it.each([
    { dimension: 7, rows: [1], targets: [3, 0, 4] },
    { dimension: 4, rows: [2, 0, 5], targets: [1, 2, 3, 4, 0, 5] },
    { dimension: 9, rows: [0, 1, 2, 3], targets: [5, 0, 1, 2, 3, 4, 6, 7] },
    { dimension: 13, rows: [4, 3, 2, 1, 0, 5, 6], targets: [0] },
  ])('has the gradient of its loss: $dimension numbers, rows $rows, targets $targets', (the) => {
    const { dimension, rows, targets } = the;
    const random = new Random(6);
    const size = { dimension, inputRows: 8, outputRows: 8 };
    const draw = (): Float32Array => Float32Array.from({ length: 8 * dimension }, () => random.gaussian());
    const [inputs, outputs] = [draw(), draw()];
    const predictor = new WordPredictor({ ...size, ...room });
    /** E in float64, straight from its definition. */
    const loss = (): number => {
      const dot = (row: number): number => {
        let sum = 0;
        for (let i = 0; i < dimension; i++) {
          const h = rows.reduce((all, r) => all + inputs[r * dimension + i]!, 0) / rows.length;
          sum += h * outputs[row * dimension + i]!;
        }
        return sum;
      };
      return targets.reduce((sum, row, k) => sum + Math.log1p(Math.exp(k === 0 ? -dot(row) : dot(row))), 0);
    };
    const slopes = (values: Float32Array): number[] =>
      Array.from(values, (value, i) => {
        values[i] = value + 2 ** -9;
        const [above, high] = [loss(), values[i]!];
        values[i] = value - 2 ** -9;
        const slope = (above - loss()) / (high - values[i]!);
        values[i] = value;
        return slope;
      });
    predictor.writeInputs(inputs);
    predictor.writeOutputs(outputs);
    expect(step(predictor, rows, targets, { input: 0.5, output: 0.25 })).toBeCloseTo(loss(), 5);
    // Every row moves by the gradient of h, which is that of the row times the number of rows.
    const movedInputs = slopes(inputs).map((slope, i) => inputs[i]! - 0.5 * rows.length * slope);
    const movedOutputs = slopes(outputs).map((slope, i) => outputs[i]! - 0.25 * slope);
    expectClose(predictor.readInputs(), movedInputs, 1e-4);
    expectClose(predictor.readOutputs(), movedOutputs, 1e-4);
  });

  it('knows the loss and its slope to 2e-7, everywhere', () => {
    const predictor = new WordPredictor({ dimension: 1, inputRows: 1, outputRows: 1, ...room });
    for (let x = -20; x <= 20; x += 0.0137) {
      predictor.writeInputs(Float32Array.of(x));
      predictor.writeOutputs(Float32Array.of(1));
      const product = Math.fround(x);
      expect(
        Math.abs(step(predictor, [0], [0], { input: 1, output: 0 }) - Math.log1p(Math.exp(-product))),
      ).toBeLessThan(2e-7);
      // With u = 1 the input moves by the slope itself; read back in float32, of numbers up to 20.
      const slope = predictor.readInputs()[0]! - product;
      expect(Math.abs(slope - 1 / (1 + Math.exp(product)))).toBeLessThan(2e-7 + 2 ** -20);
    }
  });

  it('stays finite however wrong or right it was, and moves nothing at rate 0', () => {
    for (const [size, wanted] of [
      [1e4, 0],
      [-1e4, 1e4],
    ] as const) {
      const predictor = new WordPredictor({ dimension: 1, inputRows: 1, outputRows: 1, ...room });
      predictor.writeInputs(Float32Array.of(1));
      predictor.writeOutputs(Float32Array.of(size));
      expect(step(predictor, [0], [0], { input: 0, output: 0.5 })).toBeCloseTo(wanted, 6);
      expect([...predictor.readOutputs()]).toEqual([size < 0 ? size + 0.5 : size]);
      expect([...predictor.readInputs()]).toEqual([1]);
    }
  });

  it('moves a row drawn twice twice', () => {
    const predictor = new WordPredictor({ dimension: 1, inputRows: 1, outputRows: 2, ...room });
    predictor.writeInputs(Float32Array.of(1));
    step(predictor, [0], [0, 1, 1], { input: 0, output: 0.5 });
    expect([...predictor.readOutputs()]).toEqual([0.25, -0.5]);
  });

  it('says when the vectors are too many for one memory', () => {
    const size = { dimension: 1000, inputRows: 2_000_000, outputRows: 1, ...room };
    expect(() => new WordPredictor(size)).toThrow('choose a smaller dimension');
  });
});

describe('NoiseDistribution', () => {
  it('draws words in proportion to count^¾ and never a word of count 0', () => {
    const noise = new NoiseDistribution([16, 0, 1, 81]);
    const random = new Random(8);
    const times = [0, 0, 0, 0];
    for (let i = 0; i < 72_000; i++) times[noise.draw(random)]!++;
    // 8 : 0 : 1 : 27, of 36; three standard deviations are 300 or less.
    for (const [word, expected] of [16_000, 0, 2000, 54_000].entries()) {
      expect(Math.abs(times[word]! - expected)).toBeLessThanOrEqual(expected === 0 ? 0 : 350);
    }
  });
});
