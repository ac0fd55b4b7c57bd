import { describe, expect, it } from 'vitest';
import { Random } from '../../models/random.ts';

const draw = (random: Random, count: number): number[] =>
  Array.from({ length: count }, () => random.uint32());

describe('Random', () => {
  it('repeats its sequence for a seed and differs for every other', () => {
    const first = draw(new Random(7), 50);
    expect(draw(new Random(7), 50)).toEqual(first);
    for (const seed of [0, 8, -7, 7 + 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      expect(draw(new Random(seed), 50)).not.toEqual(first);
    }
  });

  it('continues from a saved state', () => {
    const random = new Random(1);
    draw(random, 11);
    const { state } = random;
    const rest = draw(random, 20);
    const restored = new Random(2);
    restored.restore(state);
    expect(draw(restored, 20)).toEqual(rest);
  });

  it('is uniform in [0, 1) and over integers', () => {
    const random = new Random(3);
    const cells = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const value = random.next();
      expect(value >= 0 && value < 1).toBe(true);
      cells[Math.floor(value * 10)]!++;
    }
    // χ² of 9 degrees of freedom is above 27.9 once in a thousand.
    const chiSquare = cells.reduce((sum, cell) => sum + (cell - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(27.9);
    const dice = new Set(Array.from({ length: 200 }, () => random.integer(6)));
    expect([...dice].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('draws normal numbers with the moments of a normal distribution', () => {
    const random = new Random(4);
    const values = Array.from({ length: 100_000 }, () => random.gaussian());
    const moment = (power: number): number => values.reduce((sum, x) => sum + x ** power, 0) / values.length;
    expect(moment(1)).toBeCloseTo(0, 1.5);
    expect(moment(2)).toBeCloseTo(1, 1.5);
    expect(moment(4) / 3).toBeCloseTo(1, 1);
  });

  it('shuffles arrays and typed arrays in place, every order equally often', () => {
    const random = new Random(5);
    const orders = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle(Uint8Array.of(1, 2, 3)).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect([...orders.keys()].sort()).toEqual(['123', '132', '213', '231', '312', '321']);
    for (const times of orders.values()) expect(Math.abs(times - 1000)).toBeLessThan(130);
    const list = ['a', 'b', 'c'];
    expect(random.shuffle(list)).toBe(list);
  });

  it('refuses a seed that is not a whole number', () => {
    expect(() => new Random(0.5)).toThrow('whole number');
    expect(() => new Random(Number.NaN)).toThrow('whole number');
  });
});
