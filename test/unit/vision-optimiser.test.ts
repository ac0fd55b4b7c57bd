/** The optimiser and the schedule against their papers. */
import { describe, expect, it } from 'vitest';
import { Adam } from '../../models/vision/adam.ts';
import { fineTuneOptions } from '../../models/vision/contrastiveObjective.ts';
import { oneCycle } from '../../models/vision/schedule.ts';

describe('optimiser', () => {
  it('does the first two steps of Adam as worked by hand', () => {
    const parameter = Float32Array.of(1);
    const adam = new Adam([parameter]);
    adam.update([Float32Array.of(0.5)], [0.1]);
    // m̂ = g, v̂ = g²: the first step is the learning rate, whatever the gradient.
    expect(parameter[0]).toBeCloseTo(0.9, 6);
    adam.update([Float32Array.of(-0.25)], [0.1]);
    const m = (0.9 * 0.05 + 0.1 * -0.25) / (1 - 0.9 ** 2);
    const v = (0.999 * 0.00025 + 0.001 * 0.0625) / (1 - 0.999 ** 2);
    expect(parameter[0]).toBeCloseTo(0.9 - (0.1 * m) / (Math.sqrt(v) + 1e-8), 6);
  });

  it('leaves a parameter without gradient alone', () => {
    const parameter = Float32Array.of(1);
    new Adam([parameter]).update([null], [0.1]);
    expect(parameter[0]).toBe(1);
  });

  it('rises to the peak, then falls to nearly nothing', () => {
    const rates = Array.from({ length: 100 }, (_, step) => oneCycle(step, 100, 1));
    expect(rates[0]).toBeCloseTo(1 / 25, 6);
    expect(Math.max(...rates)).toBeCloseTo(1, 6);
    expect(rates.indexOf(Math.max(...rates))).toBe(29);
    expect(rates[99]).toBeLessThan(1e-5);
    expect(oneCycle(0, 1, 1)).toBeGreaterThan(0);
  });

  it('moves the network less the fewer captions there are', () => {
    const rates = [10, 100, 1000, 7000, 50_000].map((captions) => fineTuneOptions(captions).rate);
    expect(rates).toEqual([...rates].sort((a, b) => a - b));
    expect(rates[4]).toBe(rates[3]);
  });
});
