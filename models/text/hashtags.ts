/**
 * Splits a hashtag that was written in one case, "goldengate", into the words that most probably were written together. Words are
 * taken for independent, so the best split is a shortest path over the places between letters (the Viterbi algorithm; the
 * unigram model of Norvig 2009, "Natural language corpus data", in Beautiful Data). How probable a word is comes from the user's own
 * captions and from a lexicon in order of frequency, as Zipf's law has it; a tag may also be one word that nobody knows.
 */
import { isFunctionWord, tellsLanguage } from './language.ts';
import { webWords } from './stopWords.ts';

/** Shorter tags are left whole. */
const shortestTag = 5;
/** Zipf's law: the word of rank r (from 1) has a share of 1 / (r Σ 1/k), and the harmonic sum of 200,000 words is 12.8. */
const harmonicSum = 12.8;
/** Own captions count like this many words of the lexicon's text. */
const ownPrior = 5000;
/** How probable words are taken to be that the lexicon may lack: function words of other languages, the words of the web. */
const functionWordShare = 1e-3;
const webWordShare = 1e-4;
/** Two and three letters are often nothing but letters: they must be frequent words. */
const shortWordRanks: Readonly<Record<number, number>> = { 2: 300, 3: 10_000 };
/** The same for the user's own. */
const shortWordCount = 5;
/** Nats of a word that nobody knows, and for each of its letters. */
const unknownCost = 10;
const unknownLetterCost = 2;
/** Nats of each place where a tag is split: among splits of like probability, that of fewer words. */
const splitCost = 1;
/**
 * Behind this rank a lexicon has "newyork" and "goodmorning" as words, and "labra" and "laven" too: they cost more nats, both as a whole tag
 * and as a piece of one.
 */
const doubtfulRank = 50_000;
const doubtfulTagCost = 6;
const doubtfulPieceCost = 2;

export class HashtagSplitter {
  readonly #ranks: ReadonlyMap<string, number>;
  readonly #own: ReadonlyMap<string, number>;
  readonly #total: number;
  readonly #longest: number;

  /**
   * @param own the words of the user's captions with how often each was written; those written in hashtags only are best left out
   * @param lexicon other words, the most frequent first
   */
  constructor(own: ReadonlyMap<string, number>, lexicon: readonly string[]) {
    this.#own = own;
    this.#ranks = new Map(lexicon.map((word, index) => [word, index + 1]));
    let [total, longest] = [0, 1];
    for (const count of own.values()) total += count;
    for (const words of [own.keys(), lexicon]) {
      for (const word of words) longest = Math.max(longest, word.length);
    }
    this.#total = total;
    this.#longest = Math.min(longest, 40);
  }

  /** The words of a tag in lower case, without #; the tag itself where it is a word or no known words make it. */
  split(tag: string): string[] {
    if (tag.length < shortestTag || !/^[\p{L}\p{M}]+$/u.test(tag)) return [tag];
    const whole = Math.min(this.#cost(tag, doubtfulTagCost), unknownCost + unknownLetterCost * tag.length);
    // best[i]: the least cost of the first i letters in two or more words, or in one that is not the tag; from[i]: where its last begins.
    const best = new Float64Array(tag.length + 1).fill(Number.POSITIVE_INFINITY);
    const from = new Int32Array(tag.length + 1);
    best[0] = -splitCost;
    for (let end = 2; end <= tag.length; end++) {
      for (let start = Math.max(0, end - this.#longest); start <= end - 2; start++) {
        if (start === 0 && end === tag.length) continue;
        if (best[start] === Number.POSITIVE_INFINITY) continue;
        const cost = best[start]! + splitCost + this.#cost(tag.slice(start, end), doubtfulPieceCost);
        if (cost < best[end]!) {
          best[end] = cost;
          from[end] = start;
        }
      }
    }
    if (best[tag.length]! >= whole) return [tag];
    const words: string[] = [];
    for (let end = tag.length; end > 0; end = from[end]!) words.unshift(tag.slice(from[end]!, end));
    // Tags seldom end with a function word, but the letters of many words do: "paisa je", "muench en".
    return tellsLanguage(words.at(-1)!) ? [tag] : words;
  }

  /** −ln p of a word, infinite for none. */
  #cost(word: string, doubtfulCost: number): number {
    const own = this.#own.get(word) ?? 0;
    const rank = this.#ranks.get(word) ?? Number.POSITIVE_INFINITY;
    const sure = isFunctionWord(word) ? functionWordShare : webWords.has(word) ? webWordShare : 0;
    const known =
      word.length in shortWordRanks
        ? rank <= shortWordRanks[word.length]! || own >= shortWordCount
        : rank < Infinity || own > 0;
    if (!known && sure === 0) return Number.POSITIVE_INFINITY;
    const share = Math.max(1 / (rank * harmonicSum), sure);
    const doubtful = own === 0 && sure === 0 && rank > doubtfulRank ? doubtfulCost : 0;
    return doubtful - Math.log((own + ownPrior * share) / (this.#total + ownPrior));
  }
}
