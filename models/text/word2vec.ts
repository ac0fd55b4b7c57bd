/**
 * Word2Vec: skip-gram or continuous bag of words, with negative sampling (Mikolov et al. 2013, "Efficient estimation of word
 * representations in vector space" and "Distributed representations of words and phrases and their compositionality"). In skip-gram
 * each word of a text learns to be predicted by each of those near it, in the bag by all of them together; words used alike end up
 * with vectors alike. The bag is faster, skip-gram better with rare words, so with captions.
 *
 *     const model = new Word2Vec({ seed: 7 }, vocabulary, texts.map((tokens) => vocabulary.encode(tokens)));
 *     while (!model.done) report(model.step(10_000));
 *     const vectors = model.vectors();
 *
 * With pretrained vectors see [Note: pretrained words keep their place, new words find theirs] in pretrainedStart.ts.
 */
import { Random } from '../random.ts';
import { oneRowPerWord } from './contextLearner.ts';
import {
  CorpusTraining,
  checkTrainingOptions,
  type TrainingOptions,
  trainingDefaults,
} from './corpusTraining.ts';
import { checkPretrained, type Pretrained, pretrainedStart, randomStart } from './pretrainedStart.ts';
import type { Vocabulary } from './vocabulary.ts';
import { WordVectors } from './wordVectors.ts';

/** How Word2Vec learns. The dimension is by default that of the pretrained vectors. */
export interface Word2VecOptions extends TrainingOptions {
  /** `skip-gram` (default; Gensim's is `cbow`) or `cbow`, continuous bag of words. */
  readonly mode: 'skip-gram' | 'cbow';
  /** In a bag, the mean of the neighbours' vectors predicts (default); else their sum, each moved by its share. */
  readonly cbowMean: boolean;
  /**
   * The share of the learning rate at which a word moves from its pretrained vector, 0 (it stands still) to 1. At the default
   * 0.3 and 8,000 captions the mean cosine of a word's vectors before and after is .993.
   */
  readonly pretrainedRate: number;
}

/** The options that a caller leaves out. */
export const word2VecDefaults: Word2VecOptions = {
  ...trainingDefaults,
  mode: 'skip-gram',
  cbowMean: true,
  pretrainedRate: 0.3,
};

/** A training run. */
export class Word2Vec extends CorpusTraining {
  readonly options: Word2VecOptions;
  private readonly vocabulary: Vocabulary;

  /**
   * @param corpus one array of word numbers per text (`Vocabulary.encode`)
   * @param pretrained vectors to start from; their dimension is the model's
   * Throws an Error naming the option that is out of range, or the dimensions that do not agree.
   */
  constructor(
    options: Partial<Word2VecOptions>,
    vocabulary: Vocabulary,
    corpus: readonly Uint32Array[],
    pretrained?: Pretrained,
  ) {
    const all = checked(
      { ...word2VecDefaults, dimension: pretrained?.words.dimension ?? 100, ...options },
      pretrained,
    );
    const random = new Random(all.seed);
    const start =
      pretrained === undefined
        ? randomStart(vocabulary, all.dimension, random)
        : pretrainedStart(vocabulary, corpus, pretrained, all.window, random);
    super(all, vocabulary.counts, corpus, {
      name: 'Word2Vec',
      reading: all.mode,
      wordRows: oneRowPerWord(vocabulary.size),
      mean: all.cbowMean,
      inputs: start.inputs,
      outputs: start.outputs,
      random,
    });
    this.options = all;
    this.vocabulary = vocabulary;
    for (const [word, known] of start.pretrained.entries()) {
      this.predictor.shares[word] = known === 1 ? all.pretrainedRate : 1;
    }
  }

  /** The word vectors as they are now (a copy). */
  vectors(): WordVectors {
    return new WordVectors(this.vocabulary.words, this.options.dimension, this.predictor.readInputs());
  }

  /** The context vectors as they are now (a copy), to be given as `Pretrained.contexts` with the vectors they were learnt with. */
  contextVectors(): WordVectors {
    return new WordVectors(this.vocabulary.words, this.options.dimension, this.predictor.readOutputs());
  }
}

function checked(options: Word2VecOptions, pretrained: Pretrained | undefined): Word2VecOptions {
  checkTrainingOptions('Word2Vec', options);
  checkPretrained('Word2Vec', options, pretrained);
  return options;
}
