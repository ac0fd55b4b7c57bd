/**
 * A small seeded random number generator, so that a training run with the same seed gives the same bytes on every machine.
 * It is sfc32 (Chris Doty-Humphrey's PractRand: 128 bits of state, 32-bit operations only, which JavaScript does fast), its
 * state filled from the seed by splitmix32. It will not serve secrets: it is not cryptographic.
 */

/** A generator's state, four unsigned 32-bit numbers: all that is needed to continue its sequence. */
export type RandomState = readonly [number, number, number, number];

/** What `shuffle` takes: an array or a typed array. */
export interface Shuffled<Item> {
  readonly length: number;
  [index: number]: Item;
}

/** One seed of several whole numbers, such as a training's seed and a step of it; each of them counts, and their order. */
export function seedOf(...numbers: readonly number[]): number {
  let seed = 0;
  for (const number of numbers) {
    seed = Math.imul((seed ^ number) + 0x9e3779b9, 0x85ebca6b);
    seed ^= seed >>> 13;
  }
  return seed >>> 0;
}

/** A seeded sequence of random numbers. Two instances with the same seed give the same sequence. */
export class Random {
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 1;

  /** @param seed any safe integer; equal seeds give equal sequences. Throws a RangeError on anything else. */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed))
      throw new RangeError(`The random seed must be a whole number, got ${seed}.`);
    // Both halves of the seed count, and a negative seed differs from its absolute value.
    let mixed = (seed | 0) ^ Math.imul(Math.floor(seed / 2 ** 32) | 0, 0x9e3779b1);
    const fill = (): number => {
      mixed = (mixed + 0x9e3779b9) | 0;
      let z = mixed;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return z ^ (z >>> 16);
    };
    this.a = fill();
    this.b = fill();
    this.c = fill();
    // The first rounds after seeding are still correlated with the seed.
    for (let round = 0; round < 12; round++) this.uint32();
  }

  /** An unsigned 32-bit integer, uniform. */
  uint32(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A number in [0, 1), uniform, with 32 random bits. */
  next(): number {
    return this.uint32() / 4294967296;
  }

  /** An integer in [0, bound), uniform to within bound / 2³². `bound` is at most 2³². */
  integer(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** A normally distributed number, mean 0 and variance 1 (the polar method of Marsaglia and Bray, 1964). */
  gaussian(): number {
    for (;;) {
      const x = 2 * this.next() - 1;
      const y = 2 * this.next() - 1;
      const square = x * x + y * y;
      if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
    }
  }

  /** Puts `items` in random order, in place (Fisher–Yates), and returns them. */
  shuffle<Item, Items extends Shuffled<Item>>(items: Items & Shuffled<Item>): Items {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const held = items[last] as Item;
      items[last] = items[other] as Item;
      items[other] = held;
    }
    return items;
  }

  /** The state to hand to `restore`, now or after a restart. */
  get state(): RandomState {
    return [this.a >>> 0, this.b >>> 0, this.c >>> 0, this.counter >>> 0];
  }

  /** Continues the sequence from a saved state. */
  restore(state: RandomState): void {
    this.a = state[0] | 0;
    this.b = state[1] | 0;
    this.c = state[2] | 0;
    this.counter = state[3] | 0;
  }
}
