/**
 * The stem of an English word, so that "beach" and "beaches", "hike" and "hiking" count as one word: Porter 1980, "An algorithm for
 * suffix stripping", with the three changes its author has since made in his own program, as every program of that name has
 * them (words of one or two letters stay; "bli" becomes "ble"; "logi" becomes "log"). A stem is no word ("beauti"): keep a word of it to
 * show. Words with other letters than a to z are left as they are; nothing here looks at what language a word is of.
 */

/** A suffix and what takes its place. */
type Rule = readonly [suffix: string, replacement: string];

/** Step 2 and step 3: suffixes on suffixes, taken down by one. A suffix that ends in another comes before it. */
const doubleSuffixes: readonly Rule[] = rules(
  'ational ate, tional tion, enci ence, anci ance, izer ize, bli ble, alli al, entli ent, eli e, ousli ous, ization ize, ' +
    'ation ate, ator ate, alism al, iveness ive, fulness ful, ousness ous, aliti al, iviti ive, biliti ble, logi log',
);
const lightSuffixes: readonly Rule[] = rules('icate ic, ative, alize al, iciti ic, ical ic, ful, ness');
/** Step 4: suffixes on long stems, dropped. */
const longStemSuffixes: readonly Rule[] = rules(
  'al, ance, ence, er, ic, able, ible, ant, ement, ment, ent, ion, ou, ism, ate, iti, ous, ive, ize',
);

const ascii = /^[a-z]+$/;

/** The stem of a word in lower case. */
export function stem(word: string): string {
  if (word.length <= 2 || !ascii.test(word)) return word;
  let rest = withoutPlural(word);
  rest = withoutPastOrPresent(rest);
  // Step 1c: "happy" and "happiness" share a stem, "sky" has no vowel before its y.
  if (rest.endsWith('y') && hasVowel(rest.slice(0, -1))) rest = `${rest.slice(0, -1)}i`;
  rest = replaced(rest, doubleSuffixes, 0);
  rest = replaced(rest, lightSuffixes, 0);
  rest = replaced(rest, longStemSuffixes, 1);
  return withoutFinal(rest);
}

/** Step 1a. */
function withoutPlural(word: string): string {
  if (word.endsWith('sses') || word.endsWith('ies')) return word.slice(0, -2);
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

/** Step 1b. */
function withoutPastOrPresent(word: string): string {
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const suffix = ['ed', 'ing'].find((ending) => word.endsWith(ending));
  const rest = suffix === undefined ? word : word.slice(0, -suffix.length);
  if (suffix === undefined || !hasVowel(rest)) return word;
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`;
  if (endsDoubled(rest) && !/[lsz]$/.test(rest)) return rest.slice(0, -1);
  return measure(rest) === 1 && endsShort(rest) ? `${rest}e` : rest;
}

/** Step 5: a final e, and one of two final l. */
function withoutFinal(word: string): string {
  let rest = word;
  if (rest.endsWith('e')) {
    const before = rest.slice(0, -1);
    const length = measure(before);
    if (length > 1 || (length === 1 && !endsShort(before))) rest = before;
  }
  return rest.endsWith('ll') && measure(rest) > 1 ? rest.slice(0, -1) : rest;
}

/** The word with the first suffix that it ends in replaced, if what is before it has a measure above `least`. */
function replaced(word: string, list: readonly Rule[], least: number): string {
  const rule = list.find(([suffix]) => word.endsWith(suffix));
  if (rule === undefined) return word;
  const rest = word.slice(0, -rule[0].length);
  if (rule[0] === 'ion' && !/[st]$/.test(rest)) return word;
  return measure(rest) > least ? rest + rule[1] : word;
}

/** The paper's m: how often consonants follow vowels, [C](VC)ᵐ[V]. */
function measure(word: string): number {
  let count = 0;
  let afterVowel = false;
  for (let i = 0; i < word.length; i++) {
    const vowel = isVowel(word, i, afterVowel);
    if (afterVowel && !vowel) count++;
    afterVowel = vowel;
  }
  return count;
}

/** The paper's *v*. */
function hasVowel(word: string): boolean {
  for (let i = 0; i < word.length; i++) if (isVowel(word, i, false)) return true;
  return false;
}

/** The paper's *d: two equal consonants at the end (of two y one is a vowel). */
function endsDoubled(word: string): boolean {
  return word.length > 1 && word.at(-1) === word.at(-2) && !/[aeiouy]$/.test(word);
}

/** The paper's *o: consonant, vowel, consonant at the end, the last not w, x or y ("hop", not "snow"). */
function endsShort(word: string): boolean {
  const vowel: boolean[] = [];
  for (let i = 0; i < word.length; i++) vowel.push(isVowel(word, i, vowel[i - 1] ?? false));
  return vowel.at(-3) === false && vowel.at(-2) === true && vowel.at(-1) === false && !/[wxy]$/.test(word);
}

const vowels: ReadonlySet<string> = new Set('aeiou');

/** A y is a vowel after a consonant: "sky", but not "toy" and not "yes". */
function isVowel(word: string, i: number, afterVowel: boolean): boolean {
  const letter = word[i]!;
  return letter === 'y' ? i > 0 && !afterVowel : vowels.has(letter);
}

function rules(text: string): Rule[] {
  return text.split(', ').map((rule) => {
    const [suffix, replacement = ''] = rule.split(' ');
    return [suffix!, replacement];
  });
}
