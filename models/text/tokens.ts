/**
 * From what people write under a picture to its tokens: lower-case words of any script, hashtags split into their words, emoji.
 * Web and mail addresses, @names, numbers, single letters and stop words are dropped. The same function serves captions and
 * queries, so that both meet in the same vocabulary. It does no stemming, joins no phrases and reads no HTML (an importer
 * hands over plain text).
 */
import { stopWords } from './stopWords.ts';

/** What `tokenize` may be asked to do otherwise. */
export interface TokenOptions {
  /** Keep stop words (default false). Numbers and single letters are dropped all the same. */
  readonly keepStopWords?: boolean;
}

/** Longer "words" are encoded data or a held key, and would only fill the vocabulary. */
const longestToken = 40;

/** Word boundaries of Unicode Standard Annex 29, with ICU's dictionaries for scripts without spaces. */
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

// The lookbehinds let an attempt start only where a run starts: without them a run of n letters costs n² steps.
const mailAddress = /(?<!\S)[^\s@#]+@[^\s@]+\.[^\s@]+/g;
const webAddress = /(?:https?:\/\/|(?<![a-z0-9])www\.)[!-~]+/gi;
const webAddressWithPath = /(?<![a-z0-9.-])(?:[a-z0-9-]+\.)+[a-z]{2,10}\/[!-~]*/gi;
const domain = /(?<![a-z0-9.-])(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|info|io)(?![a-z0-9])/gi;
const accountName = /(?<![\p{L}\p{N}])@[\p{L}\p{M}\p{N}_](?:[\p{L}\p{M}\p{N}_.]*[\p{L}\p{M}\p{N}_])?/gu;
const hashtag = /#[\p{L}\p{M}\p{N}_]+/gu;
/** Where a capital starts a word, but not after one small letter: "iPhone" and "eBay" are one word. */
const camelBoundary = /(?<=[\p{L}\p{N}]\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu;
/** A year or a date glued to a word, as in "#berlin2019"; "mp3" and "canon5d" stay whole. */
const dateBoundary = /(?<=\p{L})(?=\p{N}{4})|(?<=\p{N}{4})(?=\p{L})/gu;
const acronym = /(?<![\p{L}\p{N}.])\p{L}(?:\.\p{L})+(?![\p{L}\p{N}])/gu;
const irregularNegation = /(?<!\p{L})(ca|wo|sha|ai)n't(?!\p{L})/gu;
const irregularStems: Readonly<Record<string, string>> = { ca: 'can', wo: 'will', sha: 'shall', ai: 'is' };
const englishSuffix = /(?<=\p{L})(?:n't|'(?:s|m|re|ve|ll|d))(?![\p{L}\p{N}'])/gu;
/** Elision (l'eau) and quotation marks. Hebrew, Ukrainian and other scripts have apostrophes inside words: theirs stay. */
const latinApostrophe = /(?<=[\p{Script=Latin}\p{N}])'|'(?=\p{Script=Latin})/gu;
/** Characters that Annex 29 sees as part of a word or number ("end.Start", "snow_leopard", "1,000"), here always a gap,
 * but for the Catalan l·l. */
const gap = /[._:,;‧]|(?<!l)·|·(?!l)/g;

/** Invisible formatting, and what only varies an emoji: its presentation and its skin tone (few captions, so one token). */
const invisible =
  /[\u00ad\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]|[\ufe0e\ufe0f]|[\u{1f3fb}-\u{1f3ff}]/gu;
const spaceLike = /[\p{Cc}\u200b©®™℠]/gu;
const apostropheLike = /[\u2018\u2019\u02bc\u2032`´]/g;
const emoji = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2})/u;
/** Arrows, boxes, ticks and signs: pictographic to Unicode, but decoration in a caption. */
const decoration = /^[\u2190-\u21ff\u25a0-\u25ff\u2b05-\u2b07\u2b1b\u2b1c✔✖➕➖➗➡⤴⤵〰〽]/u;
/** Scripts in which one character is a word: 猫, 강. */
const wordOfOneCharacter = /^[\p{Ideographic}\p{Script=Hangul}]$/u;
const nonAscii = /[^\0-\x7f]/;
const asciiLetter = /[a-z]/;
const anyLetter = /\p{L}/u;

/** A stretch of a text: one hashtag, or what stands between hashtags. */
export interface TextPiece {
  /** The hashtag in lower case without its #, null outside of hashtags. */
  readonly hashtag: string | null;
  /** Its words in lower case and its emoji, in order. Numbers and single letters are among them, see `isToken`. */
  readonly words: readonly string[];
}

/** A text taken apart. */
export interface TextPieces {
  /** The text in one spelling, without addresses and @names. */
  readonly cleaned: string;
  readonly pieces: readonly TextPiece[];
}

/** Takes a text apart into its hashtags, split where capitals, underscores and years say so, and the words between them. */
export function readText(text: string): TextPieces {
  const cleaned = clean(normalise(text));
  if (!cleaned.includes('#')) return { cleaned, pieces: [{ hashtag: null, words: words(cleaned) }] };
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const { 0: tag, index } of cleaned.matchAll(hashtag)) {
    if (index > end) pieces.push({ hashtag: null, words: words(cleaned.slice(end, index)) });
    pieces.push({ hashtag: tag.slice(1).toLowerCase(), words: words(splitHashtag(tag)) });
    end = index + tag.length;
  }
  if (end < cleaned.length) pieces.push({ hashtag: null, words: words(cleaned.slice(end)) });
  return { cleaned, pieces };
}

/**
 * The tokens of a text, in order, repeats kept. Words are in Unicode normal form NFKC and lower case; an emoji is one token,
 * without skin tone and presentation selector. A text of nothing but dropped things gives an empty array.
 *
 * @example tokenize("It's Rex, our dog 🐶 #goldenGate https://a.b/c") // ['rex', 'dog', '🐶', 'golden', 'gate']
 */
export function tokenize(text: string, options: TokenOptions = {}): string[] {
  const keepStopWords = options.keepStopWords ?? false;
  const tokens: string[] = [];
  for (const { hashtag, words } of readText(text).pieces) {
    // Whole first: #PhotoOfTheDay is no more about a day than #photooftheday.
    if (!keepStopWords && hashtag !== null && stopWords.has(hashtag)) continue;
    for (const word of words) {
      if (isToken(word) && (keepStopWords || !stopWords.has(word))) tokens.push(word);
    }
  }
  return tokens;
}

/** False for what is no word of a vocabulary: a number, a single letter, a run of letters longer than any word. */
export function isToken(word: string): boolean {
  if (word.length > longestToken) return false;
  // A character outside the basic plane has a length of 2.
  if (word.length <= 2 && [...word].length === 1 && !wordOfOneCharacter.test(word)) return emoji.test(word);
  return asciiLetter.test(word) || (nonAscii.test(word) && (anyLetter.test(word) || emoji.test(word)));
}

/** The words of a text without addresses and hashtags. */
function words(text: string): string[] {
  const prepared = takeApart(text);
  // In ASCII, with the gaps made, Annex 29 finds exactly the runs of letters and digits; a pattern finds them faster.
  if (!nonAscii.test(prepared)) return prepared.match(/[a-z0-9]+/g) ?? [];
  const found: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(prepared)) {
    if (isWordLike || (emoji.test(segment) && !decoration.test(segment))) found.push(segment);
  }
  return found;
}

/** Text in one spelling: NFKC (which also turns 𝓢𝓾𝓷 and Ｓｕｎ into Sun), one apostrophe, nothing invisible. */
function normalise(text: string): string {
  const spaced = text.replace(spaceLike, ' ');
  if (!nonAscii.test(text)) return spaced;
  return spaced.normalize('NFKC').replace(invisible, '').replace(apostropheLike, "'").replaceAll('İ', 'I');
}

/** Text with addresses and names gone. */
function clean(text: string): string {
  let cleaned = text;
  if (cleaned.includes('@')) cleaned = cleaned.replace(mailAddress, ' ').replace(accountName, ' ');
  if (cleaned.includes('.') || cleaned.includes('://')) {
    cleaned = cleaned
      .replace(webAddress, ' ')
      .replace(webAddressWithPath, ' ')
      .replace(domain, ' ')
      .replace(acronym, (letters) => letters.replaceAll('.', ''));
  }
  return cleaned;
}

/** Text in lower case, with a space wherever a word ends and Annex 29 sees none, and without the endings of contractions. */
function takeApart(text: string): string {
  let apart = text.toLowerCase();
  if (apart.includes("'")) {
    apart = apart
      .replace(irregularNegation, (_, stem: string) => irregularStems[stem]!)
      .replace(englishSuffix, '')
      .replace(latinApostrophe, ' ');
  }
  return apart.replace(gap, ' ');
}

function splitHashtag(tag: string): string {
  return tag.slice(1).replaceAll('_', ' ').replace(camelBoundary, ' ').replace(dateBoundary, ' ');
}
