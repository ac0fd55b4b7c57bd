/** The few ways in which a picture leaves something to chance. All of them draw on one seeded stream. */
import type { Random } from '../../../../models/random.ts';

/** One of the items, all equally likely. */
export function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.integer(items.length)]!;
}

/** A number in [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.next();
}

/** True with this probability. */
export function chance(random: Random, probability: number): boolean {
  return random.next() < probability;
}

/** The numbers 0 to count − 1, as many times `make`, in one string. */
export function repeat(count: number, make: (index: number) => string): string {
  let all = '';
  for (let i = 0; i < count; i += 1) all += make(i);
  return all;
}
