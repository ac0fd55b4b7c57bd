import { describe, expect, it } from 'vitest';
import { Random } from '../../models/random.ts';
import { fitRidge, RidgeMap } from '../../models/text/ridge.ts';

const gaussians = (random: Random, count: number): Float64Array =>
  Float64Array.from({ length: count }, () => random.gaussian());

describe('fitRidge', () => {
  const x = [1, 2, 3];
  const y = [2, 4, 7];

  it('agrees with the closed form of one input', () => {
    // Without intercept B = Σxy / (Σx² + λ); with it Sxy / (Sxx + λ), Sxy = 5, Sxx = 2, means 2 and 13/3.
    const through = fitRidge(x, y, { samples: 3, penalty: 1, intercept: false });
    expect(through.matrix).toHaveLength(1);
    expect(through.matrix[0]).toBeCloseTo(31 / 15, 12);
    const line = fitRidge(x, y, { samples: 3, penalty: 0 });
    expect(line.matrix[0]).toBeCloseTo(2.5, 12);
    expect(line.matrix[1]).toBeCloseTo(-2 / 3, 12);
    const ridge = fitRidge(x, y, { samples: 3, penalty: 1 });
    expect(ridge.matrix[0]).toBeCloseTo(5 / 3, 12);
    expect(ridge.matrix[1]).toBeCloseTo(1, 12);
  });

  it.each([true, false])('leaves no gradient of the weighted loss (intercept %s)', (intercept) => {
    const [samples, p, q, penalty] = [40, 6, 3, 0.7];
    const random = new Random(2);
    const inputs = gaussians(random, samples * p).map((value) => value + 3);
    const outputs = gaussians(random, samples * q).map((value) => value * 5 - 2);
    const weights = Float64Array.from({ length: samples }, () => random.next() * 2);
    const { matrix } = fitRidge(inputs, outputs, { samples, penalty, weights, intercept });
    const gradient = new Float64Array(matrix.length);
    for (let s = 0; s < samples; s++) {
      for (let k = 0; k < q; k++) {
        let error = (intercept ? matrix[p * q + k]! : 0) - outputs[s * q + k]!;
        for (let i = 0; i < p; i++) error += inputs[s * p + i]! * matrix[i * q + k]!;
        for (let i = 0; i < p; i++) gradient[i * q + k]! += 2 * weights[s]! * error * inputs[s * p + i]!;
        if (intercept) gradient[p * q + k]! += 2 * weights[s]! * error;
      }
    }
    for (let i = 0; i < p * q; i++) gradient[i]! += 2 * penalty * matrix[i]!;
    for (const value of gradient) expect(Math.abs(value)).toBeLessThan(1e-9);
  });

  it('counts a sample of weight 2 twice and one of weight 0 never', () => {
    const weighted = fitRidge([1, 2, 3, 9], [2, 4, 7, 9], { samples: 4, penalty: 1, weights: [1, 2, 1, 0] });
    const repeated = fitRidge([1, 2, 2, 3], [2, 4, 4, 7], { samples: 4, penalty: 1 });
    expect(weighted.matrix[0]).toBeCloseTo(repeated.matrix[0]!, 12);
    expect(weighted.matrix[1]).toBeCloseTo(repeated.matrix[1]!, 12);
  });

  it('recovers a linear map and applies it to several rows', () => {
    const random = new Random(3);
    const truth = new RidgeMap(4, 2, gaussians(random, 10));
    const inputs = gaussians(random, 30 * 4);
    const learnt = fitRidge(inputs, truth.apply(inputs), { samples: 30, penalty: 1e-9 });
    for (const [i, value] of learnt.matrix.entries()) expect(value).toBeCloseTo(truth.matrix[i]!, 5);
    const mapped = learnt.apply(inputs);
    expect(mapped).toHaveLength(60);
    expect([...learnt.apply(inputs.subarray(8, 12))]).toEqual([...mapped.subarray(4, 6)]);
  });

  it('has a solution for collinear inputs and few samples only with a penalty', () => {
    const twins = [1, 1, 2, 2, 4, 4];
    expect(() => fitRidge(twins, y, { samples: 3, penalty: 0 })).toThrow('raise the penalty');
    const { matrix } = fitRidge(twins, y, { samples: 3, penalty: 0.1 });
    expect(matrix[0]).toBeCloseTo(matrix[1]!, 10);
    expect(() => fitRidge([1, 2], [1], { samples: 1, penalty: 1 })).not.toThrow();
  });

  it('says what is wrong with its arguments', () => {
    expect(() => fitRidge(x, [1, 2], { samples: 3, penalty: 1 })).toThrow(
      '2 outputs are not rows of 3 samples',
    );
    expect(() => fitRidge([], [], { samples: 0, penalty: 1 })).toThrow('0 samples');
    expect(() => fitRidge(x, y, { samples: 3, penalty: -1 })).toThrow('penalty');
    expect(() => fitRidge(x, y, { samples: 3, penalty: 1, weights: [1, 1] })).toThrow(
      '2 weights for 3 samples',
    );
    expect(() => fitRidge(x, y, { samples: 3, penalty: 1, weights: [1, -1, 1] })).toThrow('weights[1]');
    expect(() => fitRidge(x, y, { samples: 3, penalty: 1, weights: [0, 0, 0] })).toThrow('all weights are 0');
    expect(() => fitRidge([1, Number.NaN, 3], y, { samples: 3, penalty: 1 })).toThrow('check them');
    expect(() => new RidgeMap(2, 2, new Float64Array(5))).toThrow('5 numbers');
    expect(() => new RidgeMap(2, 1, new Float64Array(2)).apply([1, 2, 3])).toThrow('rows of dimension 2');
  });
});
