/**
 * Words that belong together, learnt from how much oftener than by chance they follow each other, and joined to one token: "snow",
 * "leopard" → "snow_leopard". Scored by normalised pointwise mutual information (Bouma 2009, "Normalized (pointwise) mutual information
 * in collocation extraction"), as Gensim's `npmi_scorer` does. Learnt in passes, each on what the one before has joined, so that two
 * passes also find phrases of three and four words. It knows only neighbours in the token lists: where stop words were left out, words that
 * had one between them follow each other.
 */
import { PairTable } from './pairTable.ts';
import { Vocabulary } from './vocabulary.ts';

/** Between the words of a phrase; `tokenize` leaves it in no word. */
const separator = '_';

/** The token of a phrase of these words: "snow_leopard". */
export function phraseToken(words: readonly string[]): string {
  return words.join(separator);
}

/** A token as people write it: "snow leopard". A token that is no phrase stays as it is. */
export function phraseText(token: string): string {
  return token.replaceAll(separator, ' ');
}

/** True for the token of a phrase. */
export const isPhrase = (token: string): boolean => token.includes(separator);

/** The words of a phrase's token; of another token itself. */
export function phraseWords(token: string): string[] {
  return token.split(separator);
}

/**
 * The tokens with the words of each phrase after it: what is said of snow leopards is said of leopards, too. (A model that is
 * taught the phrase alone learns that there is no leopard.)
 */
export function withPhraseWords(tokens: readonly string[]): string[] {
  return tokens.flatMap((token) => (isPhrase(token) ? [token, ...phraseWords(token)] : [token]));
}

/** What learning may be told. */
export interface PhraseOptions {
  /** Pairs that follow each other fewer times are no phrases (default 5). */
  readonly minimumCount?: number;
  /** The score above which a pair is a phrase, −1 (never together) to 1 (never apart); 0 is chance (default 0.6: "fire hydrant", "tennis court", "hot dog"; at 0.5 also "blue sky"). */
  readonly threshold?: number;
  /** How often phrases are joined to longer ones (default 2). */
  readonly passes?: number;
}

/** Two tokens that make a phrase; each may be a phrase of an earlier pass. */
export interface Phrase {
  readonly first: string;
  readonly second: string;
  /** How often the second followed the first. */
  readonly count: number;
  /** Their normalised pointwise mutual information. */
  readonly score: number;
}

/** The phrases of each pass, the best first, as plain data fit for JSON. */
export type PhraseData = readonly (readonly Phrase[])[];

/** Phrases to join. */
export class Phrases {
  private readonly data: PhraseData;
  /** For each pass the scores of the phrases, by first and second token. */
  private readonly passes: readonly ReadonlyMap<string, ReadonlyMap<string, number>>[];

  /**
   * Learns from tokenised documents, which it reads several times.
   * @throws {Error} naming the option that is out of range
   */
  static learn(documents: readonly (readonly string[])[], options: PhraseOptions = {}): Phrases {
    const { minimumCount = 5, threshold = 0.6, passes = 2 } = options;
    if (!(minimumCount >= 1))
      throw new Error(`Phrases: minimumCount must be 1 or more, got ${minimumCount}.`);
    if (!(threshold >= -1 && threshold <= 1)) {
      throw new Error(`Phrases: threshold must be between -1 and 1, got ${threshold}.`);
    }
    if (!Number.isInteger(passes) || passes < 1) {
      throw new Error(`Phrases: passes must be a whole number of 1 or more, got ${passes}.`);
    }
    const data: Phrase[][] = [];
    let joined = documents;
    for (let pass = 0; pass < passes; pass++) {
      const found = findPairs(joined, minimumCount, threshold);
      data.push(found);
      if (found.length === 0) break;
      const once = new Phrases([found]);
      joined = joined.map((tokens) => once.join(tokens));
    }
    return new Phrases(data);
  }

  /** Phrases from the data that `toJSON` gave. */
  static fromJSON(data: PhraseData): Phrases {
    return new Phrases(data);
  }

  private constructor(data: PhraseData) {
    this.data = data;
    this.passes = data.map((phrases) => {
      const followers = new Map<string, Map<string, number>>();
      for (const { first, second, score } of phrases) {
        const scores = followers.get(first) ?? new Map();
        followers.set(first, scores.set(second, score));
      }
      return followers;
    });
  }

  /**
   * The tokens with phrases joined, pass after pass. A token that could end one phrase and begin another goes to the one of higher score:
   * "talking", "cell", "phone" become "talking", "cell_phone" though "talking", "cell" is a phrase as well.
   */
  join(tokens: readonly string[]): string[] {
    let joined = [...tokens];
    for (const followers of this.passes) {
      const scoreAt = (i: number): number =>
        followers.get(joined[i]!)?.get(joined[i + 1]!) ?? Number.NEGATIVE_INFINITY;
      const next: string[] = [];
      for (let i = 0; i < joined.length; i++) {
        const score = scoreAt(i);
        if (score > Number.NEGATIVE_INFINITY && score >= scoreAt(i + 1)) {
          next.push(phraseToken([joined[i]!, joined[i + 1]!]));
          i++;
        } else {
          next.push(joined[i]!);
        }
      }
      joined = next;
    }
    return joined;
  }

  /** Plain data for `fromJSON`. */
  toJSON(): PhraseData {
    return this.data;
  }
}

/** The pairs that make phrases, the best first. */
function findPairs(
  documents: readonly (readonly string[])[],
  minimumCount: number,
  threshold: number,
): Phrase[] {
  const words = Vocabulary.fromDocuments(documents);
  const total = words.counts.reduce((sum, count) => sum + count, 0);
  const table = new PairTable();
  for (const tokens of documents) {
    const text = words.encode(tokens);
    for (let i = 1; i < text.length; i++) {
      // A pair cannot be oftener than its words: most never enter the table.
      if (words.counts[text[i - 1]!]! >= minimumCount && words.counts[text[i]!]! >= minimumCount) {
        table.add(text[i - 1]!, text[i]!, 1);
      }
    }
  }
  const { first, second, sums } = table.take();
  const phrases: Phrase[] = [];
  for (const [pair, count] of sums.entries()) {
    if (count < minimumCount) continue;
    const [a, b] = [words.counts[first[pair]!]!, words.counts[second[pair]!]!];
    const score = normalisedMutualInformation(a / total, b / total, count / total);
    if (score > threshold) {
      phrases.push({ first: words.words[first[pair]!]!, second: words.words[second[pair]!]!, count, score });
    }
  }
  const text = ({ first, second }: Phrase): string => `${first} ${second}`;
  return phrases.sort((a, b) => b.score - a.score || b.count - a.count || (text(a) < text(b) ? -1 : 1));
}

/** ln(p(a, b) / (p(a) p(b))) / −ln p(a, b) (Bouma's equation 3). */
function normalisedMutualInformation(first: number, second: number, together: number): number {
  return Math.log(together / (first * second)) / -Math.log(together);
}
