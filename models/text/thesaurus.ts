/**
 * Which words are kinds of which, as a general thesaurus of English has it (WordNet, made by `build/thesaurus.ts`). It knows nothing of
 * pictures; see [Note: What a word covers] in `models/joint/space.ts` for what is made of it.
 *
 * As text it is one meaning a line: how many lines above it each broader meaning is (base 36, below it if negative), a tab, and
 * the words that have this meaning, those of a phrase joined by "_", each with the plurals that no rule makes:
 * `3 a<TAB>goose/geese`.
 */
export class Thesaurus {
  /** Meanings of each word, plurals that no rule makes included. */
  readonly #meanings = new Map<string, number[]>();
  /** The meanings that are broader by one step. */
  readonly #broader: readonly (readonly number[])[];

  /** @throws {RangeError} if a line names a broader meaning that is not there */
  constructor(text: string) {
    const lines = text.split('\n');
    this.#broader = lines.map((line, meaning) => {
      const [distances = '', words = ''] = line.split('\t');
      for (const word of words ? words.split(/[ /]/) : []) {
        const meanings = this.#meanings.get(word);
        if (meanings) meanings.push(meaning);
        else this.#meanings.set(word, [meaning]);
      }
      const broader = distances
        ? distances.split(' ').map((distance) => meaning - Number.parseInt(distance, 36))
        : [];
      if (!broader.every((other) => other in lines)) {
        throw new RangeError(`Line ${meaning + 1} of the thesaurus names a meaning that it lacks.`);
      }
      return broader;
    });
  }

  /**
   * A test for words that name the same things as this one in the singular or plural ("people": "person"), or a kind of them ("man",
   * "men"). It says no to the word itself, and to every word if this one is not there.
   */
  covering(word: string): (other: string) => boolean {
    const forms = this.#singulars(word);
    const wanted = new Set(forms.flatMap((form) => this.#meanings.get(form)!));
    /** Of the meanings that were met before, whether they are wanted or narrower than one that is. */
    const known = new Map<number, boolean>();
    const isWithin = (meaning: number): boolean => {
      const before = known.get(meaning);
      if (before !== undefined) return before;
      const within = wanted.has(meaning) || this.#broader[meaning]!.some(isWithin);
      known.set(meaning, within);
      return within;
    };
    return (other) =>
      other !== word &&
      this.#singulars(other).some((form) => forms.includes(form) || this.#meanings.get(form)!.some(isWithin));
  }

  /** The words that are there of which a word is the singular or plural. */
  #singulars(word: string): string[] {
    return [word, ...singularsOf(word)].filter((form) => this.#meanings.has(form));
  }
}

/** What a word is the plural of, by the rules of spelling. */
function singularsOf(word: string): string[] {
  if (word.endsWith('men')) return [`${word.slice(0, -3)}man`];
  if (word.endsWith('ies')) return [`${word.slice(0, -3)}y`, word.slice(0, -1)];
  if (word.endsWith('es')) return [word.slice(0, -2), word.slice(0, -1)];
  return word.endsWith('s') && !word.endsWith('ss') ? [word.slice(0, -1)] : [];
}
