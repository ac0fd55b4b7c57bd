/**
 * From what people write to what is learnt: the tokens of captions and of queries, by one way for both. What the library itself tells is
 * learnt first, and saved with each model, because a query must be read as the captions were:
 *
 * 1. the text in one spelling, without addresses and @names (`tokens.ts`);
 * 2. hashtags split: by capitals, else by vocabulary (`hashtags.ts`);
 * 3. phrases of the user's rules joined (`wordRules.ts`);
 * 4. stop words left out, by the text's language ([Note: Languages as probabilities] in language.ts);
 * 5. words merged and excluded as the user's rules say;
 * 6. phrases joined that the library has, "snow leopard" (`phrases.ts`).
 */
import { HashtagSplitter } from './hashtags.ts';
import {
  addWordEvidence,
  anyLanguage,
  functionWordProbability,
  isFunctionWord,
  type LanguageEvidence,
  type LanguageProbabilities,
  languageEvidence,
  languageProbabilities,
  languageShares,
  listsOf,
  onlyEnglish,
} from './language.ts';
import { isPhrase, type PhraseData, Phrases } from './phrases.ts';
import { type Language, languages, webWords } from './stopWords.ts';
import { isToken, readText } from './tokens.ts';
import { noRules, RuleBook, type WordRules } from './wordRules.ts';

/** What learning may be told. */
export interface PreparationOptions {
  readonly rules?: WordRules;
  /** Words in order of frequency, the first the most frequent, for hashtags that the user's own words cannot split (default: none). */
  readonly lexicon?: readonly string[];
  /** Whether to learn phrases (default true). Those of the rules are joined in any case. */
  readonly phrases?: boolean;
}

/** A preparation as plain data, fit for JSON. */
export interface PreparationData {
  readonly version: 1;
  /** The share of each language in the library, their sum 1; a language not named has none. */
  readonly languages: Readonly<Partial<Record<Language, number>>>;
  /** Function words of some language that are other words in most texts of the library, "hat" in an English one. */
  readonly kept: readonly string[];
  /** The hashtags that were split by vocabulary: "golden gate" for #goldengate. */
  readonly hashtags: readonly string[];
  readonly rules: WordRules;
  readonly phrases: PhraseData;
}

/** What became of one text, step by step. */
export interface PreparationSteps {
  /** Without addresses and @names, in one spelling. */
  cleaned: string;
  /** Its most probable language, null where none is more probable than all others together. */
  language: Language | null;
  /** How probable that is, 0 to 1. */
  languageProbability: number;
  /** Hashtags in lower case without #, with their words. */
  hashtags: { hashtag: string; words: string[] }[];
  /** The words and emoji of the text, hashtags split. */
  words: string[];
  /** What was left out, and on whose list it is: languages' codes, `web` for words such as "photo". */
  stopWords: { word: string; lists: (Language | 'web')[] }[];
  merged: { from: string; into: string }[];
  /** What the rules left out. */
  excluded: string[];
  /** The phrases that were joined, by the rules or because the library has them, as tokens. */
  phrases: string[];
  tokens: string[];
}

/** From this probability on, the other words of a query make a word a function word that mostly is another word in the library. */
const surelyFunctionWord = 0.9;

export class TextPreparation {
  /** A preparation that learnt nothing: English, no phrases. Its tokens are those of `tokenize`, but for function words in hashtags. */
  static readonly plain: TextPreparation = new TextPreparation({
    version: 1,
    languages: { en: 1 },
    kept: [],
    hashtags: [],
    rules: noRules,
    phrases: [],
  });

  readonly #data: PreparationData;
  readonly #prior: LanguageProbabilities;
  readonly #kept: ReadonlySet<string>;
  readonly #hashtags: ReadonlyMap<string, readonly string[]>;
  readonly #rules: RuleBook;
  readonly #phrases: Phrases;

  /**
   * Learns a library's languages, hashtags and phrases.
   * @param photos for each photo its texts, each once
   * @throws {Error} naming the rule that cannot be followed, as `RuleBook`
   */
  static learn(
    photos: readonly (readonly string[])[],
    { rules = noRules, lexicon = [], phrases = true }: PreparationOptions = {},
  ): TextPreparation {
    // Before the work, which takes seconds.
    new RuleBook(rules);
    const { shares, counts, tags } = survey(photos);
    const splitter = tags.size > 0 ? new HashtagSplitter(counts, lexicon) : null;
    const hashtags = [...tags].flatMap((tag) => {
      const words = splitter!.split(tag);
      return words.length > 1 ? [words.join(' ')] : [];
    });
    const data: PreparationData = {
      version: 1,
      languages: Object.fromEntries(languages.map((language, index) => [language, rounded(shares[index]!)])),
      kept: [],
      hashtags: hashtags.sort(),
      rules,
      phrases: [],
    };
    const first = new TextPreparation(data);
    const kept = first.#mostlyKept(photos);
    if (!phrases) return new TextPreparation({ ...data, kept });
    const runs = photos.flatMap((texts) => texts.flatMap((text) => first.#runs(first.tokens(text))));
    return new TextPreparation({ ...data, kept, phrases: Phrases.learn(runs).toJSON() });
  }

  /** A preparation from the data that `toJSON` gave. @throws {Error} when it is of another version or its rules cannot be followed */
  static fromJSON(data: PreparationData): TextPreparation {
    if (data.version !== 1) {
      throw new Error(`The text preparation has version ${data.version}, this Photolex reads version 1.`);
    }
    return new TextPreparation(data);
  }

  private constructor(data: PreparationData) {
    this.#data = data;
    this.#prior = Float64Array.from(languages, (language) => data.languages[language] ?? 0);
    this.#kept = new Set(data.kept);
    this.#hashtags = new Map(data.hashtags.map((words) => [words.replaceAll(' ', ''), words.split(' ')]));
    this.#rules = new RuleBook(data.rules);
    this.#phrases = Phrases.fromJSON(data.phrases);
  }

  /** The languages of the library with their shares, the most frequent first; those under one in a hundred are left out. */
  get languages(): { language: Language; share: number }[] {
    return languages
      .map((language, index) => ({ language, share: this.#prior[index]! }))
      .filter(({ share }) => share >= 0.01)
      .sort((a, b) => b.share - a.share);
  }

  /** The tokens of a photo's text, as training reads them, in order and with repeats. */
  tokens(text: string): string[] {
    return this.#prepare(text, false);
  }

  /**
   * The tokens of a query. As `tokens`, but where that leaves nothing, stop words count: "after" or "not" alone is a query too. And a
   * function word that is another word in most texts of this library stays: "hat" in a library in English and German, unless the other
   * words of the query show that it is none.
   */
  query(text: string): string[] {
    return this.#prepare(text, true);
  }

  /** Each step from a photo's text to its tokens. */
  explain(text: string): PreparationSteps {
    const steps: PreparationSteps = {
      cleaned: '',
      language: null,
      languageProbability: 0,
      hashtags: [],
      words: [],
      stopWords: [],
      merged: [],
      excluded: [],
      phrases: [],
      tokens: [],
    };
    steps.tokens = this.#prepare(text, false, steps);
    return steps;
  }

  /** Plain data for `fromJSON`. */
  toJSON(): PreparationData {
    return this.#data;
  }

  #prepare(text: string, query: boolean, steps?: PreparationSteps): string[] {
    const { cleaned, pieces } = readText(text);
    const evidence = evidenceOf(pieces);
    const probabilities = languageProbabilities(evidence, this.#prior);
    if (steps) {
      steps.cleaned = cleaned.replace(/\s+/g, ' ').trim();
      const most = probabilities.indexOf(Math.max(...probabilities));
      steps.languageProbability = probabilities[most]!;
      if (steps.languageProbability > 0.5) steps.language = languages[most]!;
    }
    const isStopWord = (word: string): boolean => {
      if (webWords.has(word)) return true;
      if (functionWordProbability(word, probabilities) <= 0.5) return false;
      return !(query && this.#kept.has(word)) || this.#surely(word, evidence);
    };
    const all: string[] = [];
    const tokens: string[] = [];
    for (const { hashtag, words } of pieces) {
      const kept = hashtag === null ? words.filter(isToken) : this.#hashtagWords(words);
      if (kept.length === 0) continue;
      for (const word of kept) all.push(word);
      const own = hashtag !== null && kept.length > 1 ? ownProbabilities(kept) : null;
      const drops = (word: string): boolean =>
        !this.#rules.merges(word) &&
        (isStopWord(word) || (own !== null && functionWordProbability(word, own) > 0.5));
      if (hashtag !== null && steps) steps.hashtags.push({ hashtag, words: kept });
      // #PhotoOfTheDay is no more about a day than #photooftheday.
      const asWhole = hashtag !== null && kept.length > 1 && isStopWord(hashtag);
      for (const word of asWhole
        ? [hashtag]
        : this.#rules.join(kept, (phrase) => steps?.phrases.push(phrase))) {
        if (!asWhole && !drops(word)) tokens.push(word);
        else steps?.stopWords.push({ word, lists: webWords.has(word) ? ['web'] : listsOf(word) });
      }
    }
    if (steps) steps.words = all;
    const meant = query && tokens.length === 0 ? this.#rules.join(all) : tokens;
    return this.#runs(this.#applyRules(meant, steps)).flatMap((run) => {
      const joined = this.#phrases.join(run);
      if (steps && joined.length < run.length)
        for (const token of joined) if (isPhrase(token)) steps.phrases.push(token);
      return joined;
    });
  }

  /** The words of a hashtag: as capitals split it, else as the vocabulary did, but for what the rules know as one word. */
  #hashtagWords(words: readonly string[]): string[] {
    const whole = (word: string): boolean => this.#rules.merges(word) || this.#rules.excludes(word);
    return words.flatMap((word) => (whole(word) ? word : (this.#hashtags.get(word) ?? word))).filter(isToken);
  }

  /** Merged and excluded as the rules say. */
  #applyRules(tokens: readonly string[], steps?: PreparationSteps): string[] {
    const kept: string[] = [];
    for (const token of tokens) {
      const merged = this.#rules.merge(token);
      if (this.#rules.excludes(token) || this.#rules.excludes(merged)) {
        steps?.excluded.push(token);
        continue;
      }
      if (merged !== token) steps?.merged.push({ from: token, into: merged });
      kept.push(merged);
    }
    return kept;
  }

  /** Tokens between which phrases may be joined: neither an emoji nor a phrase of the rules becomes part of a longer one. */
  #runs(tokens: readonly string[]): string[][] {
    const runs: string[][] = [];
    let open = false;
    for (const token of tokens) {
      const alone = isPhrase(token) || !letter.test(token);
      if (alone || !open) runs.push([token]);
      else runs.at(-1)!.push(token);
      open = !alone;
    }
    return runs;
  }

  /** True if the other words of a query make a word a function word. */
  #surely(word: string, evidence: LanguageEvidence): boolean {
    const others = evidence.slice();
    addWordEvidence(others, word, -1);
    return functionWordProbability(word, languageProbabilities(others, this.#prior)) > surelyFunctionWord;
  }

  /** The function words that texts keep oftener than they drop them. */
  #mostlyKept(photos: readonly (readonly string[])[]): string[] {
    const balance = new Map<string, number>();
    for (const texts of photos) {
      for (const text of texts) {
        const { pieces } = readText(text);
        let probabilities: LanguageProbabilities | undefined;
        for (const { hashtag, words } of pieces) {
          if (hashtag !== null) continue;
          for (const word of words) {
            if (!isFunctionWord(word) || !isToken(word)) continue;
            probabilities ??= languageProbabilities(evidenceOf(pieces), this.#prior);
            const dropped = functionWordProbability(word, probabilities) > 0.5;
            balance.set(word, (balance.get(word) ?? 0) + (dropped ? -1 : 1));
          }
        }
      }
    }
    return [...balance].flatMap(([word, sum]) => (sum > 0 ? [word] : [])).sort();
  }
}

const letter = /\p{L}/u;

/** What the words outside of hashtags tell: tags are often English whatever the language of the rest. */
function evidenceOf(pieces: ReturnType<typeof readText>['pieces']): LanguageEvidence {
  const words = pieces.flatMap(({ hashtag, words }) => (hashtag === null ? words : []));
  return languageEvidence(words.join(' '), words);
}

/** The languages of a hashtag by itself: an English tag of several words is often under a Spanish caption. */
function ownProbabilities(words: readonly string[]): LanguageProbabilities {
  return languageProbabilities(languageEvidence('', words), anyLanguage);
}

/** Goes over a library once: its languages, how often each word is written outside of hashtags, and the hashtags in one case. */
function survey(photos: readonly (readonly string[])[]): {
  shares: LanguageProbabilities;
  counts: Map<string, number>;
  tags: Set<string>;
} {
  const evidences: LanguageEvidence[] = [];
  const counts = new Map<string, number>();
  const tags = new Set<string>();
  for (const texts of photos) {
    const sum = new Float64Array(languages.length);
    for (const text of texts) {
      const { pieces } = readText(text);
      for (const [index, nats] of evidenceOf(pieces).entries()) sum[index]! += nats;
      for (const { hashtag, words } of pieces) {
        // Capitals in a tag show where words are, so they are words like others. One word may be many.
        const written = hashtag === null || words.length > 1;
        for (const word of words) {
          if (written && isToken(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
          if (!written && !webWords.has(word)) tags.add(word);
        }
      }
    }
    evidences.push(sum);
  }
  return {
    shares: evidences.some((sum) => sum.some((nats) => nats > 0)) ? languageShares(evidences) : onlyEnglish,
    counts,
    tags,
  };
}

/** More digits would say nothing and fill the file. */
const rounded = (share: number): number => Number(share.toPrecision(4));
