/**
 * What a model knows about words: which lie near each other, which topics people write about, how often each was written.
 * Words are compared where they lie among pictures, or in the text embedding that they were learnt with.
 */
import { isDeepStrictEqual } from 'node:util';
import type { JointSpace } from '../../../models/joint/space.ts';
import { startsFromPretrained } from '../../../models/text/algorithms.ts';
import { HashtagSplitter } from '../../../models/text/hashtags.ts';
import { phraseText, phraseWords } from '../../../models/text/phrases.ts';
import { TextPreparation } from '../../../models/text/preparation.ts';
import type { TextModel } from '../../../models/text/textModel.ts';
import type { Neighbour, PackedWordVectors, WordLookup } from '../../../models/text/wordVectors.ts';
import type { LearnedWord, NearestWord, Topic, WordRules, WordSource, WordSpace } from '../contract.ts';
import { PhotolexError } from '../contract.ts';

/** Rarer words of the pretrained vectors, misspellings and names mostly, are not shown as neighbours. */
const FREQUENT_WORDS = 50_000;

/** A word belongs to a topic that writes it so many times as often as if all words were written alike. */
const MORE_THAN_CHANCE = 3;

const languageNames = new Intl.DisplayNames('en', { type: 'language' });

export class ModelWords {
  readonly #space: JointSpace;
  readonly #text: TextModel | null;
  readonly #lookup: WordLookup | null;
  /** Frequent pretrained words, where they share the text embedding's space; null where they do not. */
  readonly #others: PackedWordVectors | null;
  /** Rows of the words that were written here, the most written first. */
  readonly #written: readonly number[];
  /** Words of general English, the most frequent first. */
  readonly #lexicon: readonly string[];
  #tags: HashtagSplitter | undefined;

  /**
   * @param pretrained the vectors that the model falls back on for words that nobody wrote; null if it has none
   * @param lexicon words of general English, the most frequent first
   */
  constructor(
    space: JointSpace,
    text: TextModel | null,
    pretrained: PackedWordVectors | null,
    lexicon: readonly string[],
  ) {
    this.#lexicon = lexicon;
    this.#space = space;
    this.#text = text;
    const shared = !text || startsFromPretrained(text.algorithm);
    this.#others = shared && pretrained ? pretrained.first(FREQUENT_WORDS) : null;
    this.#lookup = text?.algorithm === 'fasttext' ? text.spelling : shared ? pretrained : null;
    const { words, counts } = space.data;
    this.#written = [...words.keys()]
      .filter((row) => counts[row]! > 0)
      .sort((a, b) => counts[b]! - counts[a]! || (words[a]! < words[b]! ? -1 : 1));
  }

  /** How often the user wrote a word. */
  #count(word: string): number {
    const row = this.#space.row(word);
    return row === undefined ? 0 : this.#space.data.counts[row]!;
  }

  /** The words nearest to a word, how often the user wrote each, where the word's own meaning comes from, and what it covers. */
  nearest(
    word: string,
    limit: number,
    space: WordSpace,
  ): { source: WordSource; count: number; words: NearestWord[]; covers: string[] } {
    const concept = this.#space.concept(word);
    const tokens = concept.words.map((part) => part.word);
    const vector = this.#vector(tokens, space);
    return {
      source: concept.words.find((part) => part.source !== 'unknown')?.source ?? 'unknown',
      count: Math.max(0, ...tokens.map((token) => this.#count(token))),
      words: vector ? this.#near(vector, limit, new Set(tokens), space) : [],
      covers: tokens.flatMap((token) =>
        this.#space.covered(token).map((covered) => phraseText(covered.word)),
      ),
    };
  }

  /**
   * What is to `c` as `b` is to `a`: the words nearest to b − a + c, each of length 1 (Mikolov, Yih and Zweig 2013, "Linguistic
   * regularities in continuous space word representations").
   * @throws {PhotolexError} `unknown-word` naming the word that has no vector
   */
  analogy(a: string, b: string, c: string, limit: number, space: WordSpace): NearestWord[] {
    const named = [a, b, c].map((word) => {
      const tokens = this.#space.concept(word).words.map((part) => part.word);
      const vector = this.#vector(tokens, space);
      if (!vector) throw unknownWord(word, space);
      return { tokens, vector };
    });
    const [from, to, other] = named as [(typeof named)[0], (typeof named)[0], (typeof named)[0]];
    const vector = from.vector.map((value, i) => to.vector[i]! - value + other.vector[i]!);
    return this.#near(vector, limit, new Set(named.flatMap(({ tokens }) => tokens)), space);
  }

  /** The unit vector of some words together, null if none of them has one. */
  #vector(tokens: readonly string[], space: WordSpace): Float32Array | null {
    if (space === 'pictures') return this.#space.compose(tokens).vector;
    const vectors = tokens.flatMap(
      (token) =>
        this.#textVector(token) ?? phraseWords(token).flatMap((part) => this.#textVector(part) ?? []),
    );
    return vectors.length > 0 ? unit(sum(vectors.map(unit))) : null;
  }

  #textVector(word: string): Float32Array | undefined {
    return this.#text?.words.vector(word) ?? this.#lookup?.vector(word);
  }

  #near(vector: Float32Array, limit: number, exclude: ReadonlySet<string>, space: WordSpace): NearestWord[] {
    const found: Neighbour[] =
      space === 'pictures'
        ? this.#space.nearest(vector, limit, exclude)
        : this.#nearText(vector, limit, exclude);
    return found.map(({ word, similarity }) => ({
      word: phraseText(word),
      similarity,
      count: this.#count(word),
    }));
  }

  #nearText(vector: Float32Array, limit: number, exclude: ReadonlySet<string>): Neighbour[] {
    const own = this.#text?.words.nearest(vector, limit, exclude) ?? [];
    const known = new Set([...exclude, ...(this.#text?.words.words ?? [])]);
    const others = this.#others?.nearest(vector, limit, known) ?? [];
    return [...own, ...others].sort((one, other) => other.similarity - one.similarity).slice(0, limit);
  }

  /** @throws {PhotolexError} `no-topics` if the model was not trained with LDA */
  topics(words: number): Topic[] {
    if (this.#text?.algorithm !== 'lda') {
      throw new PhotolexError(
        'no-topics',
        'The active model has no topics: only LDA finds them. Train with --text lda, or activate a model that was.',
      );
    }
    const { documents } = this.#text;
    const shares = documents.topicShares();
    // What lies below is the prior, and the same in every topic.
    const least = MORE_THAN_CHANCE / documents.data.words.length;
    return Array.from(shares, (share, topic) => ({
      topic,
      share,
      words: documents.topicWords(topic, words).filter(({ probability }) => probability > least),
    }))
      .filter((topic) => topic.words.length > 0)
      .sort((one, other) => other.share - one.share);
  }

  /** Whether the model was learnt by these rules. */
  learnedBy(rules: WordRules): boolean {
    return isDeepStrictEqual(this.#space.preparation.toJSON().rules, rules);
  }

  /** How a text is read, step by step, with these rules. */
  prepare(text: string, rules: WordRules): { steps: { step: string; result: string }[]; tokens: string[] } {
    const learned = this.#space.preparation.toJSON();
    // Hashtags that were not there when the model learned are split as the next training would.
    const tags = Array.from(text.matchAll(/#(\p{L}+)/gu), ([, tag]) => tag!.toLowerCase());
    const hashtags = tags
      .map((tag) => this.#splitter().split(tag).join(' '))
      .filter((words) => words.includes(' '));
    const preparation = TextPreparation.fromJSON({
      ...learned,
      hashtags: [...new Set([...learned.hashtags, ...hashtags])],
      rules,
    });
    const steps = preparation.explain(text);
    const list = (words: readonly string[]): string => words.join(' · ') || 'none';
    return {
      steps: [
        {
          step: 'Language',
          result: steps.language ? languageNames.of(steps.language)! : 'not told by these words',
        },
        { step: 'Words', result: list(steps.words) },
        { step: 'Left out', result: list([...steps.stopWords.map(({ word }) => word), ...steps.excluded]) },
        {
          step: 'Read as',
          result: list(steps.merged.map(({ from, into }) => `${phraseText(from)} → ${phraseText(into)}`)),
        },
        { step: 'Belong together', result: list(steps.phrases.map(phraseText)) },
      ],
      tokens: steps.tokens,
    };
  }

  #splitter(): HashtagSplitter {
    const { words, counts } = this.#space.data;
    this.#tags ??= new HashtagSplitter(
      new Map(this.#written.map((row) => [words[row]!, counts[row]!])),
      this.#lexicon,
    );
    return this.#tags;
  }

  /** The words that were written here and learnt, the most written first, a page of those that have `filter` in them. */
  learned(filter: string, offset: number, limit: number): { total: number; words: LearnedWord[] } {
    const { words, counts, taught } = this.#space.data;
    const wanted = filter.trim().toLowerCase().normalize('NFKC');
    const rows = wanted
      ? this.#written.filter((row) => phraseText(words[row]!).includes(wanted))
      : this.#written;
    return {
      total: rows.length,
      words: rows.slice(offset, offset + limit).map((row) => ({
        word: phraseText(words[row]!),
        count: counts[row]!,
        photos: taught[row]!,
      })),
    };
  }
}

function unknownWord(word: string, space: WordSpace): PhotolexError {
  const where = space === 'text' ? 'the text embedding of the active model' : 'the active model';
  return new PhotolexError('unknown-word', `The word "${word}" has no vector in ${where}. Try another word.`);
}

function sum(vectors: readonly Float32Array[]): Float32Array {
  return Float32Array.from(vectors[0]!, (_, i) => vectors.reduce((total, vector) => total + vector[i]!, 0));
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
