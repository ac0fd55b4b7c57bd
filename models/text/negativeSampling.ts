/**
 * The words that a word is told from: the noise distribution of negative sampling (Mikolov et al. 2013, "Distributed representations
 * of words and phrases and their compositionality", section 2.2). The step that learns from them is `WordPredictor`'s.
 */
import type { Random } from '../random.ts';

/** The power that makes rare words likelier to be drawn than written; best of those the paper tried. */
const noiseExponent = 0.75;

/** Draws word numbers with probability ∝ count^0.75, in constant time (alias method: Walker 1977, Vose 1991). */
export class NoiseDistribution {
  /** Chance to stay in the column that was hit, `[words]`; otherwise the draw is the column's alias. */
  private readonly stay: Float64Array;
  private readonly alias: Uint32Array;

  /** @param counts how often each word was written, `[words]`; a word with count 0 is never drawn */
  constructor(counts: ArrayLike<number>) {
    const words = counts.length;
    const weights = Float64Array.from(counts, (count) => count ** noiseExponent);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    this.stay = weights.map((weight) => (weight * words) / total);
    this.alias = new Uint32Array(words);
    const poor: number[] = [];
    const rich: number[] = [];
    for (let word = 0; word < words; word++) (this.stay[word]! < 1 ? poor : rich).push(word);
    while (poor.length > 0 && rich.length > 0) {
      const receiver = poor.pop()!;
      const giver = rich.at(-1)!;
      this.alias[receiver] = giver;
      this.stay[giver]! -= 1 - this.stay[receiver]!;
      if (this.stay[giver]! < 1) poor.push(rich.pop()!);
    }
    // What is left is 1 but for rounding.
    for (const word of [...poor, ...rich]) if (this.stay[word]! > 0.5) this.stay[word] = 1;
  }

  /** A word number. */
  draw(random: Random): number {
    // One number serves for both: its whole part is the column, what is left over is as random.
    const place = random.next() * this.stay.length;
    const column = Math.floor(place);
    return place - column < this.stay[column]! ? column : this.alias[column]!;
  }
}
