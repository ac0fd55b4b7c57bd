/**
 * FastText (Bojanowski et al. 2017, "Enriching word vectors with subword information"): Word2Vec in which a word's vector is the mean
 * of a vector of its own and those of its character n-grams (equation 2 has their sum; the program takes the mean). So words
 * that are spelt alike share what they learn, and a word nobody wrote, or wrote wrongly, has a vector too.
 *
 *     const model = new FastText({ seed: 7 }, vocabulary, texts.map((tokens) => vocabulary.encode(tokens)));
 *     while (!model.done) report(model.step(10_000));
 *     model.vectors().vector('elefant');
 *
 * [Note: only buckets in use take memory]
 * fastText hashes n-grams into two million buckets, made for billions of words: 800 MB at 100 dimensions. A library's vocabulary
 * has some 40,000 n-grams, so here only a bucket that a word of the vocabulary falls in has a row. The others would never move
 * from their random start, which is noise of about 1/dimension in the vector of an unseen word: they are left out of its sum
 * instead. What is left of `buckets` is a bound: with the default of 200,000 no corpus takes more than 80 MB of rows at 100
 * dimensions, and of 40,000 n-grams 18 % share a bucket with another.
 *
 * [Note: FastText from pretrained vectors]
 * Given vectors of whole words, an n-gram begins at the mean of the words that have it, and a word's own row at what is missing to its
 * pretrained vector. So a word begins where it was, and one that nobody wrote begins among those that are spelt alike. As in
 * pretrainedStart.ts, what is pretrained moves little, and new words find their place.
 */
import { Random } from '../random.ts';
import { type NgramOptions, ngramBuckets } from './characterNgrams.ts';
import type { WordRows } from './contextLearner.ts';
import {
  CorpusTraining,
  checkTrainingOptions,
  type TrainingOptions,
  trainingDefaults,
} from './corpusTraining.ts';
import { FastTextVectors } from './fasttextVectors.ts';
import { checkPretrained, type Pretrained, pretrainedStart, randomRows } from './pretrainedStart.ts';
import type { Vocabulary } from './vocabulary.ts';
import { WordVectors } from './wordVectors.ts';

/** How FastText learns: as Word2Vec, and its n-grams. */
export interface FastTextOptions extends TrainingOptions, NgramOptions {
  /** `skip-gram` (default) or `cbow`, as in Word2Vec. */
  readonly mode: 'skip-gram' | 'cbow';
  /** As in Word2Vec. */
  readonly cbowMean: boolean;
  /** As in Word2Vec; n-grams of pretrained words move at this share, too. */
  readonly pretrainedRate: number;
}

/** The options that a caller leaves out. */
export const fastTextDefaults: FastTextOptions = {
  ...trainingDefaults,
  mode: 'skip-gram',
  cbowMean: true,
  pretrainedRate: 0.3,
  minimumN: 3,
  maximumN: 6,
  buckets: 200_000,
};

/** A training run. The first input rows are the words', the others the n-grams'. */
export class FastText extends CorpusTraining {
  readonly options: FastTextOptions;
  private readonly vocabulary: Vocabulary;
  private readonly wordRows: WordRows;
  /** The bucket of each row after the words', ascending. */
  private readonly buckets: Uint32Array;

  /**
   * @param corpus one array of word numbers per text (`Vocabulary.encode`)
   * @param pretrained vectors of whole words to start from; their dimension is the model's. See [Note: FastText from pretrained vectors]
   * Throws an Error naming the option that is out of range, or the dimensions that do not agree.
   */
  constructor(
    options: Partial<FastTextOptions>,
    vocabulary: Vocabulary,
    corpus: readonly Uint32Array[],
    pretrained?: Pretrained,
  ) {
    const all = {
      ...fastTextDefaults,
      dimension: pretrained?.words.dimension ?? fastTextDefaults.dimension,
      ...options,
    };
    checkTrainingOptions('FastText', all);
    checkNgramOptions(all);
    checkPretrained('FastText', all, pretrained);
    const random = new Random(all.seed);
    const { wordRows, buckets } = rowsOfWords(vocabulary, all);
    const inputs = randomRows(vocabulary.size + buckets.length, all.dimension, random);
    const start = pretrained && pretrainedStart(vocabulary, corpus, pretrained, all.window, random);
    const isPretrained = start
      ? placeRows(inputs, start.inputs, start.pretrained, wordRows, all.dimension)
      : null;
    super(all, vocabulary.counts, corpus, {
      name: 'FastText',
      reading: all.mode,
      wordRows,
      mean: all.cbowMean,
      inputs,
      ...(start && { outputs: start.outputs }),
      random,
    });
    isPretrained?.forEach((known, row) => {
      if (known === 1) this.predictor.shares[row] = all.pretrainedRate;
    });
    this.options = all;
    this.vocabulary = vocabulary;
    this.wordRows = wordRows;
    this.buckets = buckets;
  }

  /** The vectors of words and n-grams as they are now (a copy). */
  vectors(): FastTextVectors {
    const { dimension } = this.options;
    const { starts, rows } = this.wordRows;
    const inputs = this.predictor.readInputs();
    const words = new Float32Array(this.vocabulary.size * dimension);
    for (let word = 0; word < this.vocabulary.size; word++) {
      const [start, end] = [starts[word]!, starts[word + 1]!];
      const share = 1 / (end - start);
      for (let row = start; row < end; row++) {
        const at = rows[row]! * dimension;
        for (let i = 0; i < dimension; i++) words[word * dimension + i]! += share * inputs[at + i]!;
      }
    }
    return new FastTextVectors(new WordVectors(this.vocabulary.words, dimension, words), {
      options: this.options,
      numbers: this.buckets,
      vectors: inputs.slice(this.vocabulary.size * dimension),
    });
  }
}

/**
 * Sets `inputs` so that each word's vector is that of `vectors`: see [Note: FastText from pretrained vectors]. Returns which rows are
 * pretrained words or their n-grams, `[input rows]`.
 */
function placeRows(
  inputs: Float32Array,
  vectors: Float32Array,
  pretrained: Uint8Array,
  { starts, rows }: WordRows,
  dimension: number,
): Uint8Array {
  const isPretrained = new Uint8Array(inputs.length / dimension);
  const words = new Uint32Array(isPretrained.length);
  const means = new Float64Array(inputs.length);
  for (let word = 0; word < pretrained.length; word++) {
    if (pretrained[word] === 0) continue;
    isPretrained[word] = 1;
    for (let at = starts[word]! + 1; at < starts[word + 1]!; at++) {
      const row = rows[at]!;
      isPretrained[row] = 1;
      words[row]!++;
      for (let i = 0; i < dimension; i++) means[row * dimension + i]! += vectors[word * dimension + i]!;
    }
  }
  for (let at = pretrained.length * dimension; at < inputs.length; at++) {
    const count = words[Math.floor(at / dimension)]!;
    if (count > 0) inputs[at] = means[at]! / count;
  }
  for (let word = 0; word < pretrained.length; word++) {
    const parts = starts[word + 1]! - starts[word]!;
    for (let i = 0; i < dimension; i++) {
      let own = parts * vectors[word * dimension + i]!;
      for (let at = starts[word]! + 1; at < starts[word + 1]!; at++)
        own -= inputs[rows[at]! * dimension + i]!;
      inputs[word * dimension + i] = own;
    }
  }
  return isPretrained;
}

/** The rows of each word, its own first, and the buckets that have rows. */
function rowsOfWords(
  vocabulary: Vocabulary,
  options: NgramOptions,
): { wordRows: WordRows; buckets: Uint32Array } {
  const ofWords = vocabulary.words.map((word) => ngramBuckets(word, options));
  const buckets = Uint32Array.from(new Set(ofWords.flat())).sort();
  const rowOfBucket = new Map<number, number>();
  for (const [place, bucket] of buckets.entries()) rowOfBucket.set(bucket, vocabulary.size + place);
  const starts = new Uint32Array(vocabulary.size + 1);
  for (const [word, ngrams] of ofWords.entries()) starts[word + 1] = starts[word]! + 1 + ngrams.length;
  const rows = new Uint32Array(starts[vocabulary.size]!);
  for (const [word, ngrams] of ofWords.entries()) {
    rows[starts[word]!] = word;
    for (const [i, bucket] of ngrams.entries()) rows[starts[word]! + 1 + i] = rowOfBucket.get(bucket)!;
  }
  return { wordRows: { starts, rows }, buckets };
}

function checkNgramOptions({ minimumN, maximumN, buckets }: NgramOptions): void {
  if (!Number.isInteger(minimumN) || minimumN < 1) {
    throw new Error(`FastText: minimumN must be a whole number of 1 or more, got ${minimumN}.`);
  }
  if (!Number.isInteger(maximumN) || maximumN < minimumN) {
    throw new Error(`FastText: maximumN must be a whole number of minimumN or more, got ${maximumN}.`);
  }
  if (!Number.isInteger(buckets) || buckets < 1 || buckets > 2 ** 32) {
    throw new Error(`FastText: buckets must be a whole number from 1 to 2³², got ${buckets}.`);
  }
}
