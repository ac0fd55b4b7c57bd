/**
 * Sums of weights for pairs of numbers, most of which never occur: a hash table in one typed array (open addressing with linear
 * probing), a small part of what a Map would take. It counts co-occurrences for GloVe and neighbours for phrases.
 *
 * [Note: bounded memory]
 * A slot takes 12 bytes. The table doubles when it is three quarters full, up to what `maximumPairs` need. The most memory is
 * taken at the end, by the full table and the pairs taken out of it: for the default of 25 million pairs 403 + 300 = 703 MB. (A
 * million texts of nine words drawn at random from 50,000, frequent as Zipf's law has it, have 19 million pairs; people repeat
 * themselves more.) When `maximumPairs` are there, the lightest go: those below a weight that doubles until a quarter is free. A pair
 * that went and comes again counts from nothing, so a sum is never too high, and too low by at most `lost`; `lost` is 0 until the bound
 * is met, and all sums are then exact (to float32).
 */

const emptyShare = 0.25;
const smallestTable = 1024;
const slotNumbers = 3;

/** Pairs and their sums, in an order that the same additions always give. */
export interface PairSums {
  /** `[pairs]` */
  readonly first: Uint32Array;
  /** `[pairs]` */
  readonly second: Uint32Array;
  /** `[pairs]` */
  readonly sums: Float32Array;
}

/** A growing table of pairs; an empty slot is one whose sum is 0. */
export class PairTable {
  /** The most pairs that are kept. */
  readonly maximumPairs: number;
  /** The most that a sum may lack; see [Note: bounded memory]. */
  lost = 0;
  /** The number of pairs. */
  size = 0;
  private capacity = smallestTable;
  private readonly largest: number;
  private slots = new Uint32Array(smallestTable * slotNumbers);
  /** The same memory: a slot's third number is its sum. */
  private sums = new Float32Array(this.slots.buffer);
  private lightest = 0;

  /** @throws {RangeError} if `maximumPairs` is no whole number from 1 to 2²⁸ */
  constructor(maximumPairs = 25_000_000) {
    if (!Number.isInteger(maximumPairs) || maximumPairs < 1 || maximumPairs > 2 ** 28) {
      throw new RangeError(`maximumPairs must be a whole number from 1 to ${2 ** 28}, got ${maximumPairs}.`);
    }
    this.maximumPairs = maximumPairs;
    this.largest = Math.max(smallestTable, 2 ** Math.ceil(Math.log2(maximumPairs / (1 - emptyShare))));
  }

  /** Adds a weight above 0 to the pair's sum. The order of its two numbers (unsigned, 32 bits) counts. */
  add(first: number, second: number, weight: number): void {
    let at = this.find(first, second);
    if (this.sums[at + 2] === 0) {
      if (this.size >= this.maximumPairs || this.size >= this.capacity * (1 - emptyShare)) {
        this.makeRoom();
        at = this.find(first, second);
      }
      this.slots[at] = first;
      this.slots[at + 1] = second;
      this.size++;
    }
    this.sums[at + 2]! += weight;
  }

  /** The pair's sum, 0 for a pair that was never added (or dropped for want of memory). */
  get(first: number, second: number): number {
    return this.sums[this.find(first, second) + 2]!;
  }

  /** All pairs. The table is empty afterwards, its memory free. */
  take(): PairSums {
    const first = new Uint32Array(this.size);
    const second = new Uint32Array(this.size);
    const sums = new Float32Array(this.size);
    let row = 0;
    for (let at = 0; at < this.slots.length; at += slotNumbers) {
      if (this.sums[at + 2] === 0) continue;
      first[row] = this.slots[at]!;
      second[row] = this.slots[at + 1]!;
      sums[row++] = this.sums[at + 2]!;
    }
    this.allocate(smallestTable);
    return { first, second, sums };
  }

  /** Where the pair is, or the empty slot where it would be. */
  private find(first: number, second: number): number {
    const { slots, sums, capacity } = this;
    let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let slot = (hash ^ (hash >>> 13)) & (capacity - 1);
    for (;;) {
      const at = slot * slotNumbers;
      if (sums[at + 2] === 0 || (slots[at] === first && slots[at + 1] === second)) return at;
      slot = (slot + 1) & (capacity - 1);
    }
  }

  private makeRoom(): void {
    if (this.size >= this.maximumPairs) this.dropLightest();
    if (this.size >= this.capacity * (1 - emptyShare)) this.rebuild(this.capacity * 2, 0);
  }

  private dropLightest(): void {
    const wanted = Math.floor(this.maximumPairs * (1 - emptyShare));
    while (this.size > wanted) {
      this.lightest = this.lightest === 0 ? this.smallest() : this.lightest * 2;
      this.rebuild(this.capacity, this.lightest);
      this.lost += this.lightest;
    }
  }

  private smallest(): number {
    let smallest = Number.POSITIVE_INFINITY;
    for (let at = 2; at < this.sums.length; at += slotNumbers) {
      if (this.sums[at]! > 0) smallest = Math.min(smallest, this.sums[at]!);
    }
    return smallest;
  }

  /** Moves the pairs with a sum above `least` to a new table. */
  private rebuild(capacity: number, least: number): void {
    const { slots, sums } = this;
    this.allocate(Math.min(capacity, this.largest));
    for (let from = 0; from < slots.length; from += slotNumbers) {
      if (!(sums[from + 2]! > least)) continue;
      const at = this.find(slots[from]!, slots[from + 1]!);
      this.slots[at] = slots[from]!;
      this.slots[at + 1] = slots[from + 1]!;
      this.sums[at + 2] = sums[from + 2]!;
      this.size++;
    }
  }

  private allocate(capacity: number): void {
    this.capacity = capacity;
    this.slots = new Uint32Array(capacity * slotNumbers);
    this.sums = new Float32Array(this.slots.buffer);
    this.size = 0;
  }
}
