/**
 * Doc2Vec (Le and Mikolov 2014, "Distributed representations of sentences and documents"): each text has a vector that learns to
 * predict its words, alone (distributed bag of words) or together with the words around (distributed memory, by the mean). With
 * negative sampling, as Gensim does it.
 *
 *     const training = new Doc2Vec({ seed: 7 }, vocabulary, texts.map((tokens) => vocabulary.encode(tokens)));
 *     while (!training.done) report(training.step(10_000));
 *     const model = training.model();
 *     model.infer(['snow', 'leopard']);
 */
import { Random } from '../random.ts';
import { oneRowPerWord } from './contextLearner.ts';
import { CorpusTraining } from './corpusTraining.ts';
import {
  checkDoc2VecOptions,
  Doc2VecModel,
  type Doc2VecOptions,
  doc2VecDefaults,
  readingOf,
} from './doc2vecModel.ts';
import { randomRows } from './pretrainedStart.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A training run. The first input rows are the words', the others the documents'. */
export class Doc2Vec extends CorpusTraining {
  readonly options: Doc2VecOptions;
  private readonly vocabulary: Vocabulary;
  /** The numbers of the documents without a known word. */
  private readonly wordless: readonly number[];

  /**
   * @param corpus one array of word numbers per document (`Vocabulary.encode`)
   * Throws an Error naming the option that is out of range.
   */
  constructor(options: Partial<Doc2VecOptions>, vocabulary: Vocabulary, corpus: readonly Uint32Array[]) {
    const all = { ...doc2VecDefaults, ...options };
    checkDoc2VecOptions(all);
    const random = new Random(all.seed);
    super(all, vocabulary.counts, corpus, {
      name: 'Doc2Vec',
      reading: readingOf(all),
      wordRows: oneRowPerWord(vocabulary.size),
      mean: true,
      inputs: randomRows(vocabulary.size + corpus.length, all.dimension, random),
      documentRow: vocabulary.size,
      random,
    });
    this.options = all;
    this.vocabulary = vocabulary;
    this.wordless = [...corpus.keys()].filter((document) => corpus[document]!.length === 0);
  }

  /** What has been learnt so far (a copy). */
  model(): Doc2VecModel {
    const { dimension } = this.options;
    const documents = this.predictor.readInputs(this.vocabulary.size);
    for (const document of this.wordless) {
      documents.fill(0, document * dimension, (document + 1) * dimension);
    }
    const hasWords = readingOf(this.options) !== 'dbow';
    return new Doc2VecModel({
      options: this.options,
      vocabulary: this.vocabulary,
      documents,
      words: hasWords ? this.predictor.readInputs(0, this.vocabulary.size) : null,
      outputs: this.predictor.readOutputs(),
    });
  }
}
