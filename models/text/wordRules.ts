/** What the user says about words: which mean nothing, which mean the same, which belong together. */
import { isPhrase, phraseText, phraseToken } from './phrases.ts';
import { tokenize } from './tokens.ts';

/** Rules as the user writes them: "Sagrada Família" is the token "sagrada_família". Accents count. */
export interface WordRules {
  /** Words and phrases that are left out, like stop words. */
  readonly exclude: readonly string[];
  /** Words and phrases that are read as another, such as "nyc" as "new york". Rules follow each other. */
  readonly merge: readonly { readonly from: string; readonly into: string }[];
  /** Phrases that are always joined. */
  readonly join: readonly string[];
}

export const noRules: WordRules = { exclude: [], merge: [], join: [] };

/** Rules made ready. */
export class RuleBook {
  readonly rules: WordRules;
  readonly #excluded: ReadonlySet<string>;
  /** Token → what it becomes at the end of its chain. */
  readonly #merged: ReadonlyMap<string, string>;
  /** First word → the phrases that it begins, the longest first. */
  readonly #phrases: ReadonlyMap<string, readonly (readonly string[])[]>;

  /**
   * @throws {Error} naming the words: a rule without a word, a phrase to join of one word, a word merged into two, or merged in a circle
   */
  constructor(rules: WordRules) {
    this.rules = rules;
    const phrases = new Map<string, string[]>();
    const token = (written: string, what: string): string => {
      const words = tokenize(written, { keepStopWords: true });
      if (words.length === 0) throw new Error(`${what} "${written}" has no word of at least two letters.`);
      if (words.length > 1) phrases.set(phraseToken(words), words);
      return phraseToken(words);
    };
    for (const written of rules.join) {
      if (!isPhrase(token(written, 'The phrase to join'))) {
        throw new Error(
          `The phrase to join "${written}" has only one word (numbers and single letters do not count).`,
        );
      }
    }
    this.#excluded = new Set(rules.exclude.map((written) => token(written, 'The word to exclude')));
    const steps = new Map<string, string>();
    for (const rule of rules.merge) {
      const [from, into] = [
        token(rule.from, 'The word to merge'),
        token(rule.into, 'The word to merge into'),
      ];
      const other = steps.get(from);
      if (other !== undefined && other !== into) {
        throw new Error(
          `"${phraseText(from)}" cannot be merged into both "${phraseText(other)}" and "${phraseText(into)}": keep one of the two.`,
        );
      }
      // "Beach" into "beach" says what is so anyway.
      if (from !== into) steps.set(from, into);
    }
    this.#merged = new Map([...steps.keys()].map((from) => [from, endOf(from, steps)]));
    const byFirst = Map.groupBy(phrases.values(), ([first]) => first!);
    for (const list of byFirst.values()) list.sort((a, b) => b.length - a.length);
    this.#phrases = byFirst;
  }

  /** The words with the rules' phrases joined, the longest first; each joined one is told to `found`. */
  join(words: readonly string[], found?: (phrase: string) => void): readonly string[] {
    if (this.#phrases.size === 0) return words;
    const joined: string[] = [];
    for (let i = 0; i < words.length; ) {
      const phrase = this.#phrases
        .get(words[i]!)
        ?.find((phrase) => phrase.every((word, offset) => words[i + offset] === word));
      const token = phrase ? phraseToken(phrase) : words[i]!;
      if (phrase) found?.(token);
      joined.push(token);
      i += phrase?.length ?? 1;
    }
    return joined;
  }

  /** What a token is read as; itself where no rule says otherwise. */
  merge(token: string): string {
    return this.#merged.get(token) ?? token;
  }

  /** True for a token that is left out, before or after it was merged. */
  excludes(token: string): boolean {
    return this.#excluded.has(token);
  }

  /** True for a token that is merged: it is no stop word then. */
  merges(token: string): boolean {
    return this.#merged.has(token);
  }
}

function endOf(from: string, steps: ReadonlyMap<string, string>): string {
  const way = [from];
  for (let next = steps.get(from); next !== undefined; next = steps.get(next)) {
    if (way.includes(next)) {
      const circle = [...way.slice(way.indexOf(next)), next].map((word) => `"${phraseText(word)}"`);
      throw new Error(
        `Words cannot be merged in a circle: ${circle.join(' → ')}. Take one of these rules out.`,
      );
    }
    way.push(next);
  }
  return way.at(-1)!;
}
