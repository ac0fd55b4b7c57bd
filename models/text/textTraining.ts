/**
 * The training of a text embedding, the same from outside for all five algorithms, with the options that suit captions: a
 * few hundred to a few hundred thousand of them, of ten words. The caller owns the loop:
 *
 *     const training = startTextTraining('glove', { documents, vocabulary, dimension: 100, seed: 7 });
 *     while (!training.done) report(training.step());
 *     const model = training.model();
 */
import { Random } from '../random.ts';
import { startsFromPretrained, type TextAlgorithm } from './algorithms.ts';
import { CooccurrenceCounter } from './cooccurrence.ts';
import type { CorpusTraining } from './corpusTraining.ts';
import { Doc2Vec } from './doc2vec.ts';
import { FastText } from './fasttext.ts';
import { GloVe } from './glove.ts';
import { Lda } from './lda.ts';
import { type Pretrained, pretrainedStart } from './pretrainedStart.ts';
import { inferredWords, type TextModel } from './textModel.ts';
import { topicCorpus } from './topicModel.ts';
import type { Vocabulary } from './vocabulary.ts';
import { Word2Vec } from './word2vec.ts';

/** What a text embedding is learnt from. */
export interface TextTrainingInput {
  /** The tokens of each caption. */
  readonly documents: readonly (readonly string[])[];
  /** The words that get vectors. */
  readonly vocabulary: Vocabulary;
  /** Numbers per vector; of LDA the most topics, few captions making fewer. Vectors to start from must have as many. */
  readonly dimension: number;
  /** Vectors to start from, for the algorithms that do (`startsFromPretrained`); the others learn from nothing. */
  readonly pretrained?: Pretrained | undefined;
  readonly seed: number;
}

/** What one step did. */
export interface TextProgress {
  /** In units of `TextTraining.unit`; `TextTraining.total` when done. */
  readonly done: number;
  /** Mean loss of the step, as the algorithm defines it: nats for a prediction, squared error for a pair, nats for a word (LDA). */
  readonly loss: number;
}

/** Everything that changes while learning: typed arrays, and what JSON can hold. */
export type TextState = Readonly<Record<string, unknown>>;

/** A training run. */
export interface TextTraining {
  readonly total: number;
  /** What is counted: words read, pairs learnt from, captions read. */
  readonly unit: 'words' | 'pairs' | 'captions';
  readonly done: boolean;
  /** A piece of work of some tens of milliseconds. */
  step(): TextProgress;
  state(): TextState;
  /** Continues from a state of a run of the same input. @throws {Error} when it is of another. */
  restore(state: TextState): void;
  /** What has been learnt so far. */
  model(): TextModel;
  /** What several threads can share, for the algorithms that read texts word by word; null for the others. */
  readonly shared: CorpusTraining | null;
}

/** Words that a library from nothing should read in all: 25 epochs of 10,000 captions. */
const WORDS_TO_READ = 2_500_000;
const LEAST_EPOCHS = 5;
const MOST_EPOCHS = 100;
/** From pretrained vectors words are near their place already. */
const PRETRAINED_EPOCHS = 10;

/** Epochs from nothing: many for few captions, few for many. */
function epochsFor(words: number): number {
  return Math.min(MOST_EPOCHS, Math.max(LEAST_EPOCHS, Math.round(WORDS_TO_READ / Math.max(1, words))));
}

/** Starts a training. @throws {Error} when vectors to start from have another dimension. */
export function startTextTraining(algorithm: TextAlgorithm, input: TextTrainingInput): TextTraining {
  const { documents, vocabulary, dimension, seed } = input;
  const pretrained = startsFromPretrained(algorithm) ? input.pretrained : undefined;
  if (algorithm === 'lda') return new TopicTraining(input);
  const corpus = documents.map((tokens) => vocabulary.encode(tokens));
  const words = corpus.reduce((sum, text) => sum + text.length, 0);
  const epochs = pretrained ? PRETRAINED_EPOCHS : epochsFor(words);
  const options = { dimension, seed, epochs };
  switch (algorithm) {
    case 'word2vec': {
      const training = new Word2Vec(options, vocabulary, corpus, pretrained);
      return corpusTraining(training, () => ({ algorithm, words: training.vectors() }));
    }
    case 'fasttext': {
      const training = new FastText(options, vocabulary, corpus, pretrained);
      return corpusTraining(training, () => {
        const spelling = training.vectors();
        return { algorithm, words: spelling.words, spelling };
      });
    }
    case 'doc2vec': {
      // A caption's own vector moves only with its own words: as many epochs as its default asks for.
      const training = new Doc2Vec({ dimension, seed }, vocabulary, corpus);
      return corpusTraining(training, () => {
        const model = training.model();
        return { algorithm, words: inferredWords(vocabulary.words, model), documents: model };
      });
    }
    case 'glove':
      return new PairTraining(vocabulary, corpus, { dimension, seed, pretrained });
  }
}

/** Words in one step of the algorithms that read words. */
const WORDS_IN_STEP = 10_000;

function corpusTraining(training: CorpusTraining, model: () => TextModel): TextTraining {
  return {
    shared: training,
    total: training.totalWords,
    unit: 'words',
    get done() {
      return training.done;
    },
    step: () => {
      const { wordsDone, loss } = training.step(WORDS_IN_STEP);
      return { done: wordsDone, loss };
    },
    state: () => ({ ...training.state() }),
    restore: (state) => training.restore(state as unknown as ReturnType<CorpusTraining['state']>),
    model,
  };
}

/** GloVe: captions are counted, then pairs are learnt from. */
class PairTraining implements TextTraining {
  readonly unit = 'pairs';
  readonly shared = null;
  readonly #glove: GloVe;

  constructor(
    vocabulary: Vocabulary,
    corpus: readonly Uint32Array[],
    { dimension, seed, pretrained }: Pick<TextTrainingInput, 'dimension' | 'seed' | 'pretrained'>,
  ) {
    const counter = new CooccurrenceCounter({ window: PAIR_WINDOW });
    for (const text of corpus) counter.add(text);
    const start =
      pretrained && pretrainedStart(vocabulary, corpus, pretrained, PAIR_WINDOW, new Random(seed));
    const few = corpus.length < FEW_CAPTIONS;
    this.#glove = new GloVe(
      { dimension, seed, epochs: few ? 100 : 30, maximumCount: few ? 10 : 100 },
      vocabulary,
      counter.take(),
      start,
    );
  }

  get total(): number {
    return this.#glove.totalPairs;
  }

  get done(): boolean {
    return this.#glove.done;
  }

  step(): TextProgress {
    const { pairsDone, loss } = this.#glove.step(
      Math.min(PAIRS_IN_STEP, Math.ceil(this.total / LEAST_STEPS)),
    );
    return { done: pairsDone, loss };
  }

  state(): TextState {
    return { ...this.#glove.state() };
  }

  restore(state: TextState): void {
    this.#glove.restore(state as unknown as ReturnType<GloVe['state']>);
  }

  model(): TextModel {
    return { algorithm: 'glove', words: this.#glove.vectors() };
  }
}

const PAIR_WINDOW = 5;
const PAIRS_IN_STEP = 50_000;
/** So that small libraries show progress, too. */
const LEAST_STEPS = 50;
/** Below so many captions pairs are rare: counts weigh fully sooner, and are read oftener (see `GloVeOptions`). */
const FEW_CAPTIONS = 50_000;

/** LDA reads stems, and learns from captions in chunks. */
class TopicTraining implements TextTraining {
  readonly unit = 'captions';
  readonly shared = null;
  readonly #lda: Lda;
  readonly #words: readonly string[];

  constructor({ documents, vocabulary, dimension, seed }: TextTrainingInput) {
    this.#words = vocabulary.words;
    const known = documents.map((tokens) => tokens.filter((token) => vocabulary.has(token)));
    const passes = Math.min(50, Math.max(5, Math.round(350_000 / Math.max(1, known.length))));
    const topics = Math.min(
      dimension,
      Math.max(LEAST_TOPICS, Math.round(known.length / CAPTIONS_OF_A_TOPIC)),
    );
    this.#lda = new Lda({ topics, alpha: CAPTION_ALPHA, passes, seed }, topicCorpus(known));
  }

  get total(): number {
    return this.#lda.totalDocuments;
  }

  get done(): boolean {
    return this.#lda.done;
  }

  step(): TextProgress {
    const { documentsDone, perplexity } = this.#lda.step(CAPTIONS_IN_STEP);
    return { done: documentsDone, loss: Math.log(perplexity) };
  }

  state(): TextState {
    return { ...this.#lda.state() };
  }

  restore(state: TextState): void {
    this.#lda.restore(state as unknown as ReturnType<Lda['state']>);
  }

  model(): TextModel {
    const documents = this.#lda.model();
    return { algorithm: 'lda', words: inferredWords(this.#words, documents), documents };
  }
}

/** Of 7,000 COCO captions with 100 topics, a thousand others had a perplexity of 330 with 0.1, and of 401 with 0.01. */
const CAPTION_ALPHA = 0.1;
/** A topic of fewer captions is one of them. */
const CAPTIONS_OF_A_TOPIC = 25;
const LEAST_TOPICS = 12;
const CAPTIONS_IN_STEP = 100;
