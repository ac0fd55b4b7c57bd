/**
 * From what people write to the tokens that a model learns and is asked for: words in the language they are written in, hashtags
 * taken apart, stop words and what the user leaves out gone, synonyms read as one, phrases joined. It is learnt from a
 * library's texts, kept with the model, and prepares queries as it prepared captions, so that both meet.
 *
 * [Note: Steps of preparation]
 * words (`tokenize`, with hashtags split) → stop words of the text's language left out → words read as what the user
 * says they mean → phrases that the user names, then phrases that go together oftener than by chance → words that the user leaves out, gone.
 */
import { TagSplitter, type TagWords } from './hashtags.ts';
import { detectLanguage, type LanguageShares, languageShares } from './languageDetection.ts';
import { type PhraseData, Phrases, phraseText } from './phrases.ts';
import { functionWords, type Language, stopWords, webWords } from './stopWords.ts';
import { tokenize } from './tokens.ts';
import { noRules, TokenRules, type WordRules } from './wordRules.ts';

/** A preparation as plain data, fit for JSON. */
export interface PreparationData {
  readonly version: 1;
  readonly languages: LanguageShares;
  readonly phrases: PhraseData;
  readonly rules: WordRules;
}

/** What learning a preparation may be told. */
export interface PreparationOptions {
  readonly rules?: WordRules;
  /** Rank of a word in general English, for hashtags of words that the user never wrote. */
  readonly rank?: TagWords['rank'];
  /** Whether phrases are learnt (default true). */
  readonly phrases?: boolean;
}

/** What each step of preparation leaves. */
export interface PreparedText {
  readonly language: Language | null;
  /** All words, with stop words. */
  readonly words: readonly string[];
  /** Words left out: stop words, and what the user excludes. */
  readonly dropped: readonly string[];
  /** Words read as others. */
  readonly merged: readonly { readonly from: string; readonly into: string }[];
  /** Phrases that were joined, as people write them. */
  readonly joined: readonly string[];
  readonly tokens: readonly string[];
}

/** A language of fewer of the library's texts has no say in queries. */
const LEAST_LANGUAGE_SHARE = 0.02;

/** Prepares texts. */
export class TextPreparation {
  readonly rules: WordRules;
  readonly #languages: LanguageShares;
  readonly #tokenRules: TokenRules;
  readonly #tags: TagSplitter;
  #phrases: Phrases;

  /**
   * Learns from all texts of a library, in two passes.
   * @param texts each text of each photo
   * @throws {Error} for rules that cannot be applied, see `TokenRules`
   */
  static learn(texts: readonly string[], options: PreparationOptions = {}): TextPreparation {
    const { rules = noRules, rank = () => undefined, phrases = true } = options;
    const counts = new Map<string, number>();
    // What hashtags run together is not known as words yet, so they do not count.
    for (const text of texts) {
      for (const word of tokenize(text, { keepStopWords: true, splitTag: () => [] }))
        counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    const languages = languageShares(texts);
    const tags = new TagSplitter({ counts, rank });
    const preparation = new TextPreparation(rules, languages, Phrases.fromJSON([]), tags);
    if (phrases) preparation.#phrases = Phrases.learn(texts.map((text) => preparation.tokens(text)));
    return preparation;
  }

  /**
   * A preparation from the data that `toJSON` gave.
   * @param words the words of the model, for hashtags in queries
   * @throws {Error} for data of a newer version
   */
  static fromJSON(data: PreparationData, words: TagWords): TextPreparation {
    if (data.version !== 1)
      throw new Error(`this preparation of texts has version ${data.version}; known is 1`);
    return new TextPreparation(
      data.rules,
      data.languages,
      Phrases.fromJSON(data.phrases),
      new TagSplitter(words),
    );
  }

  /** Prepares texts as if nothing were known of the library: English, no phrases, no rules; hashtags by these words. */
  static plain(words: TagWords = { counts: new Map(), rank: () => undefined }): TextPreparation {
    return new TextPreparation(noRules, { en: 1 }, Phrases.fromJSON([]), new TagSplitter(words));
  }

  /** The same with other rules. @throws {Error} as `learn` */
  withRules(rules: WordRules): TextPreparation {
    return new TextPreparation(rules, this.#languages, this.#phrases, this.#tags);
  }

  private constructor(rules: WordRules, languages: LanguageShares, phrases: Phrases, tags: TagSplitter) {
    this.rules = rules;
    this.#languages = languages;
    this.#tokenRules = new TokenRules(rules);
    this.#phrases = phrases;
    this.#tags = tags;
  }

  /** The tokens of a text under a photo. */
  tokens(text: string): string[] {
    const words = this.#words(text);
    const language = detectLanguage(text, this.#languages);
    return this.#finish(words.filter((word) => !isStopWord(word, language)));
  }

  /**
   * The tokens of a query, which is too short to tell its language: a stop word of any language that the library is written in goes,
   * unless the model has learnt it as a word. Stop words count where there is nothing else: "after" alone is still a query.
   */
  query(text: string, isKnown: (word: string) => boolean): string[] {
    const words = this.#words(text);
    const main = (Object.keys(this.#languages) as Language[]).filter(
      (language) => this.#languages[language]! >= LEAST_LANGUAGE_SHARE,
    );
    const kept = words.filter(
      (word) =>
        isKnown(word) ||
        !(main.length > 0 ? main.some((language) => isStopWord(word, language)) : stopWords.has(word)),
    );
    return this.#finish(kept.length > 0 ? kept : words);
  }

  /** What each step makes of a text under a photo. */
  explain(text: string): PreparedText {
    const words = this.#words(text);
    const language = detectLanguage(text, this.#languages);
    const tokens = this.tokens(text);
    const rules = this.#tokenRules;
    const read = (word: string): string => rules.merge([word])[0]!;
    return {
      language,
      words,
      dropped: words.filter((word) => isStopWord(word, language) || rules.excludes(read(word))),
      merged: [...new Set(words)].flatMap((from) =>
        read(from) === from ? [] : [{ from, into: read(from) }],
      ),
      joined: tokens.filter((token) => phraseText(token) !== token).map(phraseText),
      tokens,
    };
  }

  toJSON(): PreparationData {
    return {
      version: 1,
      languages: this.#languages,
      phrases: this.#phrases.toJSON(),
      rules: this.rules,
    };
  }

  #words(text: string): string[] {
    return tokenize(text, { keepStopWords: true, splitTag: (tag) => this.#tags.split(tag) });
  }

  /** The steps after stop words. */
  #finish(words: readonly string[]): string[] {
    const rules = this.#tokenRules;
    const left = rules.merge(words).filter((token) => !rules.excludes(token));
    const joined = rules.merge(this.#phrases.join(rules.join(left)));
    return joined.filter((token) => !rules.excludes(token));
  }
}

/** A language that no stop words are known of, or that cannot be told, is read without the web's words alone. */
function isStopWord(word: string, language: Language | null): boolean {
  return webWords.has(word) || (language !== null && functionWords[language].has(word));
}
