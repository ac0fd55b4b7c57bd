/**
 * Hashtags that run words together, taken apart: "goldengate" → golden gate. The most probable way to write the tag as words, each
 * drawn on its own (a unigram model, by dynamic programming; Norvig 2009, "Natural language corpus data"). Words are the user's own
 * and those of general English by their rank.
 */

/** What splitting needs to know about words. */
export interface TagWords {
  /** How often the user wrote a word outside of hashtags. */
  readonly counts: ReadonlyMap<string, number>;
  /** Rank of a word in general English, the most frequent 0; undefined for one that is not in the list. */
  rank(word: string): number | undefined;
}

/** Tags shorter than this are one word. */
const SHORTEST_TAG = 6;
/** Longer tags are no words, and would cost time. */
const LONGEST_TAG = 60;
const LONGEST_WORD = 20;
/** Rarer words of general English are mostly names and misspellings, of which any string can be made. */
const MOST_RANK = 40_000;
/** Two letters are a word only where they are one of the most frequent; of one letter only "a" and "i", which say nothing. */
const MOST_RANK_OF_TWO = 150;
/** A word written so often stands beside the words of general English. */
const LEAST_COUNT = 3;
/** Cost (nats) of a string that is no word: a constant, and so much a letter. A tag of unknown words stays whole. */
const UNKNOWN_COST = 13;
const UNKNOWN_LETTER_COST = 1.2;
/** What splitting must be better by, for each cut: joined words are seldom unrelated, so the product is too low a probability. */
const CUT_COST = -1.5;

const letters = /^\p{L}+$/u;

/** Splits tags. */
export class TagSplitter {
  readonly #words: TagWords;
  readonly #total: number;
  readonly #known = new Map<string, readonly string[]>();

  constructor(words: TagWords) {
    this.#words = words;
    this.#total = [...words.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The words of a tag in lower case; the tag itself where it is a word, or no words can be found in it. */
  split(tag: string): readonly string[] {
    const known = this.#known.get(tag);
    if (known) return known;
    const words = this.#split(tag);
    // Tags repeat; a library of a million tags does not have a million different ones.
    if (this.#known.size < 100_000) this.#known.set(tag, words);
    return words;
  }

  #split(tag: string): readonly string[] {
    const characters = [...tag];
    const length = characters.length;
    if (length < SHORTEST_TAG || length > LONGEST_TAG || !letters.test(tag)) return [tag];
    const cost = new Float64Array(length + 1).fill(Number.POSITIVE_INFINITY);
    const from = new Uint32Array(length + 1);
    cost[0] = 0;
    for (let end = 2; end <= length; end++) {
      for (let start = Math.max(0, end - LONGEST_WORD); start <= end - 2; start++) {
        if (cost[start] === Number.POSITIVE_INFINITY) continue;
        const word = this.#cost(characters.slice(start, end).join(''));
        const total = cost[start]! + word + (start > 0 ? CUT_COST : 0);
        if (total < cost[end]!) {
          cost[end] = total;
          from[end] = start;
        }
      }
    }
    const whole = Math.min(this.#cost(tag), UNKNOWN_COST + UNKNOWN_LETTER_COST * length);
    if (!(cost[length]! < whole)) return [tag];
    const words: string[] = [];
    for (let end = length; end > 0; end = from[end]!)
      words.unshift(characters.slice(from[end], end).join(''));
    return words;
  }

  /** −ln p of a word: the mean of what the user's own counts and its rank in general English (Zipf) say. */
  #cost(word: string): number {
    const count = this.#words.counts.get(word) ?? 0;
    const rank = this.#words.rank(word);
    const own = count >= LEAST_COUNT ? count / this.#total : 0;
    const mostRank = word.length === 2 ? MOST_RANK_OF_TWO : MOST_RANK;
    const general = rank !== undefined && rank < mostRank ? 1 / ((rank + 5) * ZIPF_SUM) : 0;
    const probability = (own + general) / 2;
    return probability > 0 ? -Math.log(probability) : Number.POSITIVE_INFINITY;
  }
}

/** Σ 1 / (rank + 5) over the words of general English. */
const ZIPF_SUM = 9;
