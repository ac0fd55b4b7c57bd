/**
 * In which language a text is written, told by its function words: captions are too short for statistics of letters, and what
 * hangs on the answer are the stop words themselves. A word that several languages have counts less for each.
 */
import { functionWords, type Language, languages } from './stopWords.ts';

/** How much a word speaks for each language that has it. */
const weights: ReadonlyMap<string, number> = (() => {
  const having = new Map<string, number>();
  for (const language of languages)
    for (const word of functionWords[language]) having.set(word, (having.get(word) ?? 0) + 1);
  return new Map([...having].map(([word, count]) => [word, Math.log((languages.length + 1) / count)]));
})();

/** Letters that only some of the languages write; one of them speaks as much as a function word of two languages. */
const letters: Readonly<Partial<Record<Language, RegExp>>> = {
  es: /[ñ¿¡]/u,
  fr: /[œùû]|\b[cdjlmnqs]['’][aeéêiouh]/u,
  de: /[äß]/u,
  it: /[ì]|\b(?:dell|nell|sull|all|un)['’]/u,
  pt: /[ãõ]/u,
  ca: /l·l|[ï]|\b(?:d|l|s)['’](?:h|[aàeèio])/u,
  nl: /ij[a-z]?|[a-z]{2}oe[a-z]/u,
};
const LETTER_WEIGHT = Math.log((languages.length + 1) / 2);

/** Longer texts tell no more. */
const LONGEST_TEXT = 2000;

/** How much a text speaks for each language: 0 where nothing does. */
export function languageEvidence(text: string): Record<Language, number> {
  const lower = text.slice(0, LONGEST_TEXT).normalize('NFKC').toLowerCase();
  // Words of one letter are no tokens, but tell much: "y" is Spanish.
  const words = lower.match(/\p{L}+/gu) ?? [];
  return Object.fromEntries(
    languages.map((language) => {
      let sum = letters[language]?.test(lower) ? LETTER_WEIGHT : 0;
      for (const word of words) if (functionWords[language].has(word)) sum += weights.get(word)!;
      return [language, sum];
    }),
  ) as Record<Language, number>;
}

/** Shares of languages, 0 to 1. */
export type LanguageShares = Readonly<Partial<Record<Language, number>>>;

/** The least share that counts for a language: a library may get its first caption in it any time. */
const LEAST_SHARE = 0.01;

/**
 * The language that a text speaks for most, after what the library is mostly written in; null for a text that says nothing when
 * nothing is known of the library.
 */
export function detectLanguage(text: string, shares: LanguageShares = {}): Language | null {
  const evidence = languageEvidence(text);
  const known = Object.keys(shares).length > 0;
  let best: Language | null = null;
  let most = known ? Number.NEGATIVE_INFINITY : 0;
  for (const language of languages) {
    const prior = known ? Math.log(Math.max(LEAST_SHARE, shares[language] ?? 0)) : 0;
    const score = evidence[language] + prior;
    if (score > most) {
      best = language;
      most = score;
    }
  }
  return best;
}

/** What share of the texts that say anything is in each language. */
export function languageShares(texts: Iterable<string>): LanguageShares {
  const counts = new Map<Language, number>();
  let total = 0;
  for (const text of texts) {
    const language = detectLanguage(text);
    if (!language) continue;
    counts.set(language, (counts.get(language) ?? 0) + 1);
    total++;
  }
  return Object.fromEntries([...counts].map(([language, count]) => [language, count / total]));
}
