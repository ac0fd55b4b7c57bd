/**
 * Keywords for photos, from what the active model sees in them: the words whose calibrated probability in the picture is high enough. By
 * default only words that stand in the library's own texts, spelled as its keywords spell them; stop words never get into
 * texts' tokens, and a word that no picture taught has no probability. It suggests, and changes nothing.
 *
 * [Note: reasons of suggestions] A word is suggested because it is seen in the picture. Beside that stands how many photos of
 * the library have it in their texts, with those that look most alike, so that a glance tells what the model takes it for. Of a word on
 * very many photos some hundred are compared, evenly spread.
 *
 * V words that the model has learned, D dimension.
 */
import type { JointSpace } from '../../../models/joint/space.ts';
import { phraseText, withPhraseWords } from '../../../models/text/phrases.ts';
import { stem } from '../../../models/text/porterStemmer.ts';
import { VectorScan } from '../../../native/scan/vectorScan.ts';
import type { PhotoText, SuggestedWords, Suggestion } from '../contract.ts';
import type { Library } from '../library/library.ts';
import type { Searcher } from '../search/searcher.ts';
import { photoTokens } from '../train/corpus.ts';

/** Words suggested for one photo, at most. */
const MOST_WORDS = 8;
const EXAMPLES = 3;
/** Photos of a word that are compared with the one it is suggested for. */
const COMPARED = 64;
/** Photos whose texts are read, and photos that are looked at, before other work gets its turn. */
const READ_AT_ONCE = 500;
const SEEN_AT_ONCE = 50;

export interface SuggestOptions {
  /** The least probability. */
  threshold: number;
  words: SuggestedWords;
}

/** A word of the model that may be suggested. */
interface Candidate {
  row: number;
  /** As the user writes it. */
  word: string;
  /** In lower case, by stems: "dog" and "dogs" are one. */
  key: string;
}

export class TagSuggester {
  readonly searcher: Searcher;
  readonly #library: Library;
  readonly #space: JointSpace;
  /** [V] unit vectors; its ids are rows. */
  readonly #words: VectorScan;
  /** By row: the photos that have the word in their texts. */
  readonly #photos = new Map<number, Set<number>>();
  /** By photo: the rows of its words, and its keywords that are a word each, so that an edit can take them back. */
  readonly #read = new Map<number, { rows: readonly number[]; keywords: [row: number, text: string][] }>();
  /** What `#candidates` made of the words as they are. */
  readonly #known = new Map<SuggestedWords, Candidate[]>();
  /** By row: how often each spelling was written as a keyword. */
  readonly #spellings = new Map<number, Map<string, number>>();

  private constructor(library: Library, searcher: Searcher) {
    this.#library = library;
    this.searcher = searcher;
    this.#space = searcher.space;
    const { dimension, words, vectors } = searcher.space.data;
    this.#words = new VectorScan(dimension, words.length);
    this.#words.append([...words.keys()], unitRows(vectors, dimension));
  }

  /** Reads which photos have which words. */
  static async load(library: Library, searcher: Searcher): Promise<TagSuggester> {
    const suggester = new TagSuggester(library, searcher);
    let read = 0;
    for (const [photo, texts] of library.texts.all()) {
      suggester.#learn(photo, texts);
      if (++read % READ_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return suggester;
  }

  /** Takes notice that the texts of photos have changed. */
  refresh(photos: Iterable<number>): void {
    this.#known.clear();
    for (const photo of photos) {
      const { rows, keywords } = this.#read.get(photo) ?? { rows: [], keywords: [] };
      for (const row of rows) this.#photos.get(row)?.delete(photo);
      for (const [row, text] of keywords) this.#countSpelling(row, text, -1);
      this.#read.delete(photo);
      this.#learn(photo, this.#library.texts.of(photo));
    }
  }

  #learn(photo: number, texts: readonly PhotoText[]): void {
    if (texts.length === 0) return;
    const { preparation } = this.#space;
    const rows = this.#rowsOf(texts);
    const keywords = texts.flatMap(({ kind, text }): [number, string][] => {
      const tokens = kind === 'keyword' ? preparation.tokens(text) : [];
      const row = tokens.length === 1 ? this.#space.row(tokens[0]!) : undefined;
      return row === undefined ? [] : [[row, text]];
    });
    this.#read.set(photo, { rows, keywords });
    for (const row of rows) {
      const photos = this.#photos.get(row);
      if (photos) photos.add(photo);
      else this.#photos.set(row, new Set([photo]));
    }
    for (const [row, text] of keywords) this.#countSpelling(row, text, 1);
  }

  #countSpelling(row: number, text: string, by: 1 | -1): void {
    const spellings = this.#spellings.get(row) ?? new Map<string, number>();
    this.#spellings.set(row, spellings);
    const count = (spellings.get(text) ?? 0) + by;
    if (count > 0) spellings.set(text, count);
    else spellings.delete(text);
  }

  #rowsOf(texts: readonly PhotoText[]): number[] {
    const tokens = withPhraseWords(photoTokens(texts, this.#space.preparation));
    return [...new Set(tokens)].flatMap((token) => this.#space.row(token) ?? []);
  }

  /** The words that may be suggested. */
  #candidates(words: SuggestedWords): readonly Candidate[] {
    const known = this.#known.get(words);
    if (known) return known;
    const rows = words === 'own' ? [...this.#photos.keys()] : [...this.#space.data.words.keys()];
    const candidates = rows.flatMap((row) => {
      if (words === 'own' && this.#photos.get(row)!.size === 0) return [];
      const token = this.#space.data.words[row]!;
      // Numbers and emoji say little as keywords.
      if (!/\p{L}{2}/u.test(token)) return [];
      return [{ row, word: this.#spelling(row), key: keyOf(phraseText(token)) }];
    });
    this.#known.set(words, candidates);
    return candidates;
  }

  /** As most keywords have it; else as captions do. */
  #spelling(row: number): string {
    const spellings = [...(this.#spellings.get(row) ?? [])].sort(([, one], [, other]) => other - one);
    return spellings[0]?.[0] ?? phraseText(this.#space.data.words[row]!);
  }

  /** Suggestions for each of these photos, best first; a photo that has no vector yet has none. */
  suggest(photos: readonly number[], options: SuggestOptions): Map<number, Suggestion[]> {
    const suggested = this.#likely(photos, this.#candidates(options.words), options.threshold).map(
      ({ photo, picture, likely }): [number, Suggestion[]] => [
        photo,
        likely.map(({ row, word, logit }) => ({
          word,
          probability: sigmoid(logit),
          photos: this.#photos.get(row)?.size ?? 0,
          examples: this.#examples(row, picture, photo),
        })),
      ],
    );
    return new Map(suggested);
  }

  /**
   * The words that `suggest` would suggest for very many photos, a few photos at a time so that a search answers meanwhile.
   * @throws the signal's reason if it is aborted
   */
  async *words(
    photos: readonly number[],
    { threshold, words }: SuggestOptions,
    signal: AbortSignal,
  ): AsyncGenerator<{ done: number; found: { photo: number; word: string }[] }> {
    const candidates = this.#candidates(words);
    for (let start = 0; start < photos.length; start += SEEN_AT_ONCE) {
      const page = photos.slice(start, start + SEEN_AT_ONCE);
      const found = this.#likely(page, candidates, threshold).flatMap(({ photo, likely }) =>
        likely.map(({ word }) => ({ photo, word })),
      );
      yield { done: start + page.length, found };
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    }
  }

  /** What is likely in each picture, likeliest first: words that the photo neither has nor shall not have, one of each stem. */
  #likely(
    photos: readonly number[],
    candidates: readonly Candidate[],
    threshold: number,
  ): { photo: number; picture: Float32Array; likely: (Candidate & { logit: number })[] }[] {
    const { scale, bias, words } = this.#space.data;
    const rejected = this.#library.edits.rejected(photos);
    const cosines = new Float32Array(this.#words.length);
    const least = logitOf(threshold);
    return photos.flatMap((photo) => {
      const picture = this.#library.vectors.get(this.searcher.model, photo);
      if (!picture) return [];
      this.#words.scores(picture, cosines);
      const ranked = candidates
        .flatMap((candidate) => {
          const logit = scale * cosines[candidate.row]! + bias[candidate.row]!;
          return logit >= least ? [{ ...candidate, logit }] : [];
        })
        .sort((one, other) => other.logit - one.logit);
      const taken = new Set((this.#read.get(photo)?.rows ?? []).map((row) => keyOf(phraseText(words[row]!))));
      const unwanted = rejected.get(photo);
      const likely = ranked.filter(({ key, word }) => {
        if (taken.has(key) || unwanted?.has(word.toLowerCase())) return false;
        taken.add(key);
        return true;
      });
      return [{ photo, picture, likely: likely.slice(0, MOST_WORDS) }];
    });
  }

  /** The photos with a word that look most like a picture. See [Note: reasons of suggestions]. */
  #examples(row: number, picture: Float32Array, self: number): number[] {
    const photos = this.#photos.get(row);
    if (!photos) return [];
    const step = Math.max(1, Math.floor(photos.size / COMPARED));
    const near: { photo: number; cosine: number }[] = [];
    let index = 0;
    for (const photo of photos) {
      if (index++ % step !== 0 || photo === self) continue;
      const cosine = this.searcher.scoreOf(photo, picture);
      if (cosine !== undefined) near.push({ photo, cosine });
    }
    return near
      .sort((one, other) => other.cosine - one.cosine)
      .slice(0, EXAMPLES)
      .map(({ photo }) => photo);
  }
}

const logitOf = (probability: number): number => Math.log(probability / (1 - probability));
const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

const keyOf = (word: string): string => word.split(' ').map(stem).join(' ');

/** Rows of length 1; one that is not finite, or 0, becomes 0, so that each keeps its place. */
function unitRows(vectors: Float32Array, dimension: number): Float32Array {
  const units = new Float32Array(vectors.length);
  for (let start = 0; start < vectors.length; start += dimension) {
    let square = 0;
    for (let i = start; i < start + dimension; i++) square += vectors[i]! ** 2;
    if (!(square > 0 && square < Number.POSITIVE_INFINITY)) continue;
    const factor = 1 / Math.sqrt(square);
    for (let i = start; i < start + dimension; i++) units[i] = vectors[i]! * factor;
  }
  return units;
}
