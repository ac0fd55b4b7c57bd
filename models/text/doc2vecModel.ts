/**
 * What Doc2Vec has learnt: a vector for each document it was learnt from, and all that is needed to infer the vector of another.
 *
 * [Note: the Doc2Vec file]
 * A tensor file (tensorFile.ts) with metadata `format` = `photolex-doc2vec`, `version` = `1`, `options` (JSON, `Doc2VecOptions`) and
 * `vocabulary` (JSON, `VocabularyData`), and the float32 arrays `documents` `[documents, dimension]`, `outputs` `[words, dimension]` and, where
 * word vectors were learnt, `words` `[words, dimension]`.
 */
import { Random } from '../random.ts';
import { decodeTensorFile, encodeTensorFile } from '../tensorFile.ts';
import { ContextLearner, mostRows, oneRowPerWord, type Reading, type WordRows } from './contextLearner.ts';
import { checkTrainingOptions, type TrainingOptions, trainingDefaults } from './corpusTraining.ts';
import { NoiseDistribution } from './negativeSampling.ts';
import { randomRows } from './pretrainedStart.ts';
import { Vocabulary, type VocabularyData } from './vocabulary.ts';
import { WordPredictor } from './wordPredictor.ts';
import { WordVectors } from './wordVectors.ts';

/** How Doc2Vec learns. */
export interface Doc2VecOptions extends TrainingOptions {
  /** As ever, but 100 by default. */
  readonly epochs: number;
  /** `dbow`, distributed bag of words (default; Gensim's is `dm`), or `dm`, distributed memory. */
  readonly mode: 'dbow' | 'dm';
  /** With `dbow`: learn word vectors as well, by skip-gram (default false, as Gensim's; about four times the work). */
  readonly dbowWords: boolean;
}

/** The options that a caller leaves out. */
export const doc2VecDefaults: Doc2VecOptions = {
  ...trainingDefaults,
  // A caption moves its vector only as often as it has words. Of 300 captions among 2,000, so many found their own vector
  // first: with 40 epochs 10 % (dbow) and 53 % (dm), with 100 epochs 99 % and 97 %.
  epochs: 100,
  mode: 'dbow',
  dbowWords: false,
};

/** What of a text is read how. */
export function readingOf({ mode, dbowWords }: Doc2VecOptions): Reading {
  return mode === 'dbow' && dbowWords ? 'dbow+skip-gram' : mode;
}

/** Throws an Error naming the option that is out of range. */
export function checkDoc2VecOptions(options: Doc2VecOptions): void {
  checkTrainingOptions('Doc2Vec', options);
  if (options.mode !== 'dbow' && options.mode !== 'dm') {
    throw new Error(`Doc2Vec: mode must be dbow or dm, got ${options.mode}.`);
  }
}

/** The parts of a model. */
export interface Doc2VecParts {
  readonly options: Doc2VecOptions;
  readonly vocabulary: Vocabulary;
  /** `[documents, dimension]`; zeros for a document without a known word */
  readonly documents: Float32Array;
  /** `[words, dimension]`, the rows that predict; null when only documents do. */
  readonly words: Float32Array | null;
  /** `[words, dimension]`, the rows that are predicted. */
  readonly outputs: Float32Array;
}

const format = 'photolex-doc2vec';
const version = '1';

interface Frozen {
  readonly predictor: WordPredictor;
  readonly noise: NoiseDistribution;
  readonly wordRows: WordRows;
}

/** A learnt space of documents. */
export class Doc2VecModel {
  readonly parts: Doc2VecParts;
  readonly dimension: number;
  /** Made at the first inference: the learnt rows, standing still, and last of the inputs a row for the new document. */
  private frozen: Frozen | undefined;

  /** Keeps the arrays (no copy). Throws an Error when their lengths do not fit. */
  constructor(parts: Doc2VecParts) {
    const { options, vocabulary, documents, words, outputs } = parts;
    const matrix = vocabulary.size * options.dimension;
    if (
      outputs.length !== matrix ||
      (words !== null && words.length !== matrix) ||
      (words === null && options.mode === 'dm') ||
      documents.length % options.dimension !== 0
    ) {
      throw new Error('Doc2Vec: the vectors do not fit the vocabulary, the dimension and the mode.');
    }
    this.parts = parts;
    this.dimension = options.dimension;
  }

  /** The vectors of the documents it was learnt from, `[documents, dimension]`, in their order. */
  get documents(): Float32Array {
    return this.parts.documents;
  }

  /** The word vectors, null when none were learnt (mode `dbow` without `dbowWords`). */
  wordVectors(): WordVectors | null {
    const { words, vocabulary } = this.parts;
    return words === null ? null : new WordVectors(vocabulary.words, this.dimension, words);
  }

  /**
   * The vector of a new document, `[dimension]`, learnt as those of the corpus were while everything else stands still; null when
   * it has no known word. The same tokens always give the same vector.
   *
   * @param epochs passes over the document (default those of the training)
   */
  infer(tokens: readonly string[], epochs = this.parts.options.epochs): Float32Array | null {
    const { options, vocabulary } = this.parts;
    const words = vocabulary.encode(tokens);
    if (words.length === 0) return null;
    this.frozen ??= this.freeze();
    const { predictor, noise, wordRows } = this.frozen;
    const row = predictor.size.inputRows - 1;
    const random = new Random(options.seed);
    predictor.writeInputs(randomRows(1, this.dimension, random), row);
    const learner = new ContextLearner(
      predictor,
      { reading: options.mode, wordRows, window: options.window, negative: options.negative, mean: true },
      noise,
      random,
    );
    const { learningRate, minimumLearningRate } = options;
    for (let epoch = 0; epoch < epochs; epoch++) {
      const rate = learningRate + (minimumLearningRate - learningRate) * (epoch / epochs);
      learner.learn(words, words.length, { input: rate, output: 0 }, row);
    }
    return predictor.readInputs(row, 1);
  }

  private freeze(): Frozen {
    const { options, vocabulary, words, outputs } = this.parts;
    const known = options.mode === 'dm' && words !== null ? words : new Float32Array(0);
    const knownRows = known.length / this.dimension;
    const wordRows = oneRowPerWord(vocabulary.size);
    const predictor = new WordPredictor({
      dimension: this.dimension,
      inputRows: knownRows + 1,
      outputRows: vocabulary.size,
      rows: mostRows(wordRows, options.window, Number.POSITIVE_INFINITY),
      targets: options.negative + 1,
    });
    predictor.writeInputs(known);
    predictor.writeOutputs(outputs);
    predictor.shares.fill(0, 0, knownRows);
    return { predictor, noise: new NoiseDistribution(vocabulary.counts), wordRows };
  }
}

/** The bytes of a model. */
export function encodeDoc2Vec({ parts, dimension }: Doc2VecModel): Uint8Array {
  const { options, vocabulary, documents, words, outputs } = parts;
  const tensor = (data: Float32Array) => ({ shape: [data.length / dimension, dimension], data });
  return encodeTensorFile({
    tensors: {
      documents: tensor(documents),
      outputs: tensor(outputs),
      ...(words === null ? {} : { words: tensor(words) }),
    },
    metadata: {
      format,
      version,
      options: JSON.stringify(options),
      vocabulary: JSON.stringify(vocabulary.toJSON()),
    },
  });
}

/** Reads a model. Throws an Error when the file is damaged, or of another kind or version. */
export function decodeDoc2Vec(bytes: Uint8Array): Doc2VecModel {
  const { tensors, metadata } = decodeTensorFile(bytes);
  if (metadata.format !== format) throw new Error('This is not a Doc2Vec file.');
  if (metadata.version !== version) {
    throw new Error(`This Doc2Vec file has version ${metadata.version}; known is ${version}.`);
  }
  const options = { ...doc2VecDefaults, ...(JSON.parse(metadata.options ?? '{}') as Doc2VecOptions) };
  checkDoc2VecOptions(options);
  const array = (name: string): Float32Array => {
    const data = tensors[name]?.data;
    if (!(data instanceof Float32Array))
      throw new Error(`This Doc2Vec file is damaged: it lacks its ${name}.`);
    return data;
  };
  return new Doc2VecModel({
    options,
    vocabulary: Vocabulary.fromJSON(JSON.parse(metadata.vocabulary ?? 'null') as VocabularyData),
    documents: array('documents'),
    words: tensors.words === undefined ? null : array('words'),
    outputs: array('outputs'),
  });
}
