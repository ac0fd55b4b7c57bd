/**
 * The words of the library, as the Words screen shows them: those that the model has learned, the one that is looked at, and what
 * the user says of words.
 */
import type { CallOutput, LearnedWord, Photo, Topic, WordRules } from '../../electron/engine/contract.ts';
import type { EngineClient } from '../engine.ts';
import { latestWins } from './latestWins.ts';

/** What the model knows about one word. */
export interface KnownWord {
  word: string;
  /** Words near it among pictures, with where its meaning comes from. */
  pictures: CallOutput<'nearestWords'>;
  /** Words near it in the text embedding. */
  text: CallOutput<'nearestWords'>['words'];
  photos: readonly Photo[];
  photosInAll: number;
}

export type WordsPage = 'words' | 'topics' | 'reading';

/** Words that the list holds at most; the filter leads to the rest. */
const MOST_WORDS = 5000;
const NEIGHBOURS = 12;
const PHOTOS = 24;

const noRules: WordRules = { exclude: [], merge: [], join: [] };

export class Words {
  isOpen = $state(false);
  page = $state<WordsPage>('words');
  filter = $state('');
  list = $state.raw<readonly LearnedWord[]>([]);
  total = $state(0);
  known = $state.raw<KnownWord | null>(null);
  rules = $state.raw<WordRules>(noRules);
  /** Whether the model that answers was taught by these rules. */
  rulesLearned = $state(true);
  /** Null until they are known, and for a model that has none. */
  topics = $state.raw<readonly Topic[] | null>(null);

  readonly #engine: EngineClient;
  readonly #failed: (error: unknown) => void;
  readonly #find: () => Promise<void>;
  readonly #look: (word: string) => Promise<void>;

  constructor(engine: EngineClient, failed: (error: unknown) => void) {
    this.#engine = engine;
    this.#failed = failed;
    this.#find = latestWins(async () => {
      const { total, words } = await engine.calls.learnedWords({ filter: this.filter, limit: MOST_WORDS });
      this.list = words;
      this.total = total;
    });
    this.#look = latestWins(async (word) => {
      const [pictures, text, found] = await Promise.all([
        engine.calls.nearestWords({ word, limit: NEIGHBOURS }),
        engine.calls.nearestWords({ word, limit: NEIGHBOURS, space: 'text' }),
        engine.calls.wordPhotos({ word, limit: PHOTOS }),
      ]);
      this.known = { word, pictures, text: text.words, photos: found.photos, photosInAll: found.total };
    });
  }

  /** Opens the screen, at a word if one is given. */
  async open(word?: string): Promise<void> {
    this.isOpen = true;
    this.page = 'words';
    if (word) this.filter = '';
    await this.refresh();
    const first = word ?? this.known?.word ?? this.list[0]?.word;
    if (first) await this.look(first);
  }

  close(): void {
    this.isOpen = false;
  }

  /** Forgets what belonged to another library. */
  clear(): void {
    this.isOpen = false;
    this.filter = '';
    this.list = [];
    this.known = null;
    this.topics = null;
    this.rules = noRules;
  }

  /** Loads everything again that depends on the model or the rules; never rejects. */
  async refresh(): Promise<void> {
    try {
      await Promise.all([this.#find(), this.#loadRules(), this.page === 'topics' && this.loadTopics()]);
      if (this.known) await this.#look(this.known.word);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Shows the words that have this in them. */
  async find(filter: string): Promise<void> {
    this.filter = filter;
    await this.#find().catch(this.#failed);
  }

  /** Looks at a word. */
  async look(word: string): Promise<void> {
    await this.#look(word).catch(this.#failed);
  }

  async loadTopics(): Promise<void> {
    try {
      this.topics = await this.#engine.calls.topics({ words: 12 });
    } catch {
      // The model was not trained with LDA; the page says how to get topics.
      this.topics = null;
    }
  }

  async #loadRules(): Promise<void> {
    const { rules, learned } = await this.#engine.calls.wordRules();
    this.rules = rules;
    this.rulesLearned = learned;
  }

  /** Says something of words: shown at once, and taken back if it cannot be. */
  async setRules(rules: WordRules): Promise<void> {
    this.rules = rules;
    try {
      await this.#engine.calls.setWordRules(rules);
    } finally {
      await this.#loadRules();
    }
  }

  /** Leaves a word out. */
  async exclude(word: string): Promise<void> {
    await this.setRules({ ...this.rules, exclude: [...new Set([...this.rules.exclude, word])] });
  }

  /** Reads a word as another. */
  async merge(from: string, into: string): Promise<void> {
    const others = this.rules.merge.filter((rule) => rule.from !== from);
    await this.setRules({ ...this.rules, merge: [...others, { from, into }] });
  }

  /** Takes words as one. */
  async join(words: string): Promise<void> {
    await this.setRules({ ...this.rules, join: [...new Set([...this.rules.join, words])] });
  }

  /** How a text is read. */
  async read(text: string): Promise<CallOutput<'prepareText'>> {
    return this.#engine.calls.prepareText({ text });
  }

  /** What is to `c` as `b` is to `a`. */
  async analogy(a: string, b: string, c: string): Promise<CallOutput<'analogy'>> {
    return this.#engine.calls.analogy({ a, b, c, limit: 5 });
  }
}
