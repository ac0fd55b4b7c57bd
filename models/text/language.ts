/**
 * Which language a text is in, of those whose stop words are known. It is told by function words, which are a third of what people
 * write in any of these languages, and by letters that only some of them use. So it can tell nothing of a text without function
 * words, and there nothing depends on it: the language only decides which function words are left out.
 *
 * [Note: Languages as probabilities]
 * Captions are short and languages share words ("de", "la", "in"), so a text has no language but a probability of each: naive Bayes
 * with the library's languages as the prior. A word is a stop word where the languages that call it one have more than half
 * of the probability. "De la" is dropped in Spanish and Catalan alike, though nobody can tell which of them it is; "car" is dropped
 * from a French caption and kept in an English one; and a text that tells nothing is read in the library's prevailing language.
 */
import { functionWords, type Language, languages } from './stopWords.ts';

/** Nats by which a function word of a language makes the language more probable. */
const wordEvidence = 3;
/** The same for its letters, each pattern once in a text. */
const letterEvidence = 1.5;

/** Function words of one language that others write about pictures: they tell nothing. */
const homographs = new Set(
  (
    'hat men man war die den tag car or son sea van door come sole more mine bald gut her dame ton tons plus fin fan mare ben dan were ' +
    'nun tun ten not pour moi once ha mal fast dans even see wind sol art here past toe bus hut quest mag ma mon mes ' +
    'fur ate state cap bin bent fins hay want ware sons dell'
  ).split(' '),
);

const letters: readonly (readonly [pattern: RegExp, languages: readonly Language[]])[] = [
  [/ñ|ción/, ['es']],
  [/[ãõ]|lh|nh/, ['pt']],
  [/ß|[äöü]|sch|cht|ung(?!\p{L})/u, ['de']],
  [/ç/, ['fr', 'pt', 'ca']],
  [/[œêûîô]|eau|oux|ée/, ['fr']],
  [/[íóú]/, ['es', 'pt', 'ca']],
  [/[èà]/, ['fr', 'it', 'ca']],
  [/[ìù]|zz|cch|ggi|gli|tt[aoie](?!\p{L})/u, ['it']],
  [/ò|ny(?!\p{L})|l·l|[aeo]ts(?!\p{L})/u, ['ca']],
  [/ij|aa|uu|sch|oe|eer/, ['nl']],
  [/th|wh|ing(?!\p{L})|ght|ck/u, ['en']],
];

/** The languages that a word is a function word of, a bit each. */
const masks = new Map<string, number>();
for (const [index, language] of languages.entries()) {
  for (const word of functionWords[language]) masks.set(word, (masks.get(word) ?? 0) | (1 << index));
}

/** The languages that have `word` on their list. */
export function listsOf(word: string): Language[] {
  const mask = masks.get(word) ?? 0;
  return languages.filter((_, index) => mask & (1 << index));
}

/** True for a function word of any language. */
export const isFunctionWord = (word: string): boolean => masks.has(word);

/** True for a function word that is no word of sight in another language, as "car" and "hat" are. */
export const tellsLanguage = (word: string): boolean => masks.has(word) && !homographs.has(word);

/** What texts tell about their language: for each language the log-likelihood, in nats, up to a constant. */
export type LanguageEvidence = Float64Array;

/** A probability of each language, in the order of `languages`. */
export type LanguageProbabilities = Float64Array;

/** English alone. */
export const onlyEnglish: LanguageProbabilities = Float64Array.from(languages, (language) =>
  language === 'en' ? 1 : 0,
);

/** No language before another. */
export const anyLanguage: LanguageProbabilities = new Float64Array(languages.length).fill(
  1 / languages.length,
);

/**
 * What a text tells.
 * @param text in lower case, without addresses and hashtags
 * @param words its words, single letters among them: "y", "è" and the d of "d'Annecy" tell much
 */
export function languageEvidence(text: string, words: Iterable<string>): LanguageEvidence {
  const evidence = new Float64Array(languages.length);
  for (const word of words) addWordEvidence(evidence, word, 1);
  for (const [pattern, which] of letters) {
    if (pattern.test(text))
      for (const language of which) evidence[languages.indexOf(language)]! += letterEvidence;
  }
  return evidence;
}

/** Adds what a word tells, or takes it away with a sign of −1. */
export function addWordEvidence(evidence: LanguageEvidence, word: string, sign: 1 | -1): void {
  if (!tellsLanguage(word)) return;
  const mask = masks.get(word)!;
  for (let index = 0; index < evidence.length; index++) {
    if (mask & (1 << index)) evidence[index]! += sign * wordEvidence;
  }
}

/** The probabilities of the languages of a text, by Bayes' rule. A language of prior 0 stays at 0. */
export function languageProbabilities(
  evidence: LanguageEvidence,
  prior: LanguageProbabilities,
): LanguageProbabilities {
  const probabilities = new Float64Array(evidence.length);
  let most = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < evidence.length; index++) {
    probabilities[index] = evidence[index]! + Math.log(prior[index]!);
    most = Math.max(most, probabilities[index]!);
  }
  let sum = 0;
  for (let index = 0; index < evidence.length; index++) {
    probabilities[index] = Math.exp(probabilities[index]! - most);
    sum += probabilities[index]!;
  }
  for (let index = 0; index < evidence.length; index++) probabilities[index]! /= sum;
  return probabilities;
}

/** How probable it is that a word is a function word of its text's language. */
export function functionWordProbability(word: string, probabilities: LanguageProbabilities): number {
  const mask = masks.get(word);
  if (mask === undefined) return 0;
  let sum = 0;
  for (let index = 0; index < probabilities.length; index++)
    if (mask & (1 << index)) sum += probabilities[index]!;
  return sum;
}

/**
 * The share of each language in a library, from what each photo's words tell: expectation maximisation of the mixture's weights,
 * with one photo of unknown language added, so that none is impossible in a small library.
 */
export function languageShares(photos: readonly LanguageEvidence[]): LanguageProbabilities {
  let shares = anyLanguage;
  // Photos that tell nothing would only hold the shares where they are.
  const telling = photos.filter((evidence) => evidence.some((nats) => nats > 0));
  for (let round = 0; round < 10; round++) {
    const sums = Float64Array.from(anyLanguage);
    for (const evidence of telling) {
      const probabilities = languageProbabilities(evidence, shares);
      for (let index = 0; index < sums.length; index++) sums[index]! += probabilities[index]!;
    }
    shares = sums.map((sum) => sum / (telling.length + 1));
  }
  return shares;
}
