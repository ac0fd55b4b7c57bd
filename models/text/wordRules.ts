/** What the user says of words, made ready to be applied to tokens: words to leave out, to read as another, to take as one. */
import { phraseToken } from './phrases.ts';
import { tokenize } from './tokens.ts';

/** As the user writes them. */
export interface WordRules {
  /** Words that say nothing. */
  readonly exclude: readonly string[];
  /** Words that mean the same: the first is read as the second. */
  readonly merge: readonly { readonly from: string; readonly into: string }[];
  /** Words that belong together: "sagrada família". */
  readonly join: readonly string[];
}

export const noRules: WordRules = { exclude: [], merge: [], join: [] };

/** Rules that are applied to tokens. */
export class TokenRules {
  readonly #exclude: ReadonlySet<string>;
  readonly #merge: ReadonlyMap<string, string>;
  /** Word sequences to join, by their first word, the longest first. */
  readonly #join: ReadonlyMap<string, readonly (readonly string[])[]>;

  /** @throws {Error} naming the words of a rule that says nothing, or of merges that go round in a circle */
  constructor({ exclude, merge, join }: WordRules) {
    this.#exclude = new Set(exclude.map((words) => phraseToken(wordsOf(words))));
    this.#merge = resolved(
      new Map(merge.map(({ from, into }) => [phraseToken(wordsOf(from)), phraseToken(wordsOf(into))])),
    );
    // A phrase that is named in any rule is one.
    const named = [...join, ...exclude, ...merge.flatMap(({ from, into }) => [from, into])];
    const sequences = new Map<string, string[][]>();
    for (const words of named.map(wordsOf).filter((words) => words.length > 1)) {
      const others = sequences.get(words[0]!) ?? [];
      sequences.set(
        words[0]!,
        [...others, words].sort((a, b) => b.length - a.length),
      );
    }
    this.#join = sequences;
  }

  /** The tokens with the named phrases joined. */
  join(tokens: readonly string[]): string[] {
    if (this.#join.size === 0) return [...tokens];
    const joined: string[] = [];
    for (let at = 0; at < tokens.length; ) {
      const found = this.#join
        .get(tokens[at]!)
        ?.find((words) => words.every((word, offset) => tokens[at + offset] === word));
      joined.push(found ? phraseToken(found) : tokens[at]!);
      at += found?.length ?? 1;
    }
    return joined;
  }

  /** The tokens with each read as what it means. */
  merge(tokens: readonly string[]): string[] {
    return tokens.map((token) => this.#merge.get(token) ?? token);
  }

  /** Whether a token is left out. */
  excludes(token: string): boolean {
    return this.#exclude.has(token);
  }
}

/** The words of a rule, as tokens have them. @throws {Error} for a rule without a word */
function wordsOf(text: string): string[] {
  const words = tokenize(text, { keepStopWords: true });
  if (words.length === 0) throw new Error(`"${text}" is no word, so nothing can be said of it.`);
  return words;
}

/** Each word with what it is read as in the end. */
function resolved(merge: ReadonlyMap<string, string>): Map<string, string> {
  return new Map(
    [...merge.keys()].map((from) => {
      const seen = [from];
      let into = from;
      for (let next = merge.get(into); next !== undefined; next = merge.get(into)) {
        if (seen.includes(next)) {
          throw new Error(
            `${[...seen, next].map((word) => `"${word}"`).join(' → ')}: these are read as each other in a circle. Take one of them back.`,
          );
        }
        seen.push(next);
        into = next;
      }
      return [from, into];
    }),
  );
}
