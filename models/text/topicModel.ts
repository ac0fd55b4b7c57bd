/**
 * What latent Dirichlet allocation has learnt: topics, each a distribution over words; and what it is used for: the topics of a
 * caption or query, the words that show what a topic is about, how well new documents are foretold. Learnt by `Lda`, saved as a
 * tensor file, never changed.
 */
import type { TensorFile } from '../tensorFile.ts';
import { logGamma } from './gammaFunction.ts';
import { stem } from './porterStemmer.ts';
import { TopicInference, type TopicWeights, topicWeights } from './topicInference.ts';
import { Vocabulary } from './vocabulary.ts';

/** Documents made ready for topics. */
export interface TopicCorpus {
  /** Of stems, or of words when `stems` is false. */
  readonly vocabulary: Vocabulary;
  /** A word to show for each entry of the vocabulary: the one most often written of those with that stem. */
  readonly forms: readonly string[];
  /** True when words are counted by their Porter stems. */
  readonly stems: boolean;
  /** The documents' entries of the vocabulary. */
  readonly corpus: readonly Uint32Array[];
}

/** How documents are made ready. */
export interface TopicCorpusOptions {
  /** Count words by their Porter stems (default true; for English). */
  readonly stems?: boolean;
  /** Stems written fewer times in all are left out (default 1: none). */
  readonly minimumCount?: number;
}

/** Stems and counts tokenised documents. */
export function topicCorpus(
  documents: readonly (readonly string[])[],
  { stems = true, minimumCount = 1 }: TopicCorpusOptions = {},
): TopicCorpus {
  if (!stems) {
    const vocabulary = Vocabulary.fromDocuments(documents, { minimumCount });
    const corpus = documents.map((tokens) => vocabulary.encode(tokens));
    return { vocabulary, forms: vocabulary.words, stems, corpus };
  }
  const words = Vocabulary.fromDocuments(documents);
  const stemOf = new Map(words.words.map((word) => [word, stem(word)]));
  const stemmed = documents.map((tokens) => tokens.map((token) => stemOf.get(token)!));
  const vocabulary = Vocabulary.fromDocuments(stemmed, { minimumCount });
  const corpus = stemmed.map((tokens) => vocabulary.encode(tokens));
  // The words come most frequent first: the first with a stem is its form.
  const forms = new Map<string, string>();
  for (const [word, itsStem] of stemOf) if (!forms.has(itsStem)) forms.set(itsStem, word);
  return { vocabulary, forms: vocabulary.words.map((entry) => forms.get(entry)!), stems, corpus };
}

/** What makes a topic model. */
export interface TopicModelData {
  /** The number of topics. */
  readonly topics: number;
  /** Entries of the vocabulary: stems, or words. */
  readonly words: readonly string[];
  /** A word to show for each entry. */
  readonly forms: readonly string[];
  /** True when tokens are stemmed before they are looked up. */
  readonly stems: boolean;
  /** λ, the parameters of each topic's Dirichlet distribution over the words, `[words, topics]`. */
  readonly lambda: Float32Array;
  /** The prior of a document's topics. */
  readonly alpha: number;
  /** The prior of a topic's words. */
  readonly eta: number;
  /** The most rounds of inference for a document. */
  readonly iterations: number;
  /** Inference ends when γ changes by less, on average. */
  readonly threshold: number;
}

/** A word of a topic. */
export interface TopicWord {
  readonly word: string;
  /** Its share of what the topic writes. */
  readonly probability: number;
}

const format = 'photolex topic model';
const version = '1';

/** Topics that are not learnt any more. */
export class TopicModel {
  readonly data: TopicModelData;
  private readonly weights: TopicWeights;
  private readonly inference: TopicInference;
  private readonly indices: ReadonlyMap<string, number>;

  /** Keeps `data` (no copy). @throws {Error} naming the field that does not fit */
  constructor(data: TopicModelData) {
    const { topics, words, forms, lambda, alpha, eta, iterations, threshold } = data;
    const wanted = (fits: boolean, what: string): void => {
      if (!fits) throw new Error(`Topic model: ${what}.`);
    };
    wanted(
      Number.isInteger(topics) && topics >= 1,
      `topics must be a whole number of 1 or more, got ${topics}`,
    );
    wanted(forms.length === words.length, `${forms.length} forms do not fit ${words.length} words`);
    wanted(lambda.length === words.length * topics, `lambda must have ${words.length * topics} numbers`);
    wanted(
      lambda.every((value) => value > 0 && value < Number.POSITIVE_INFINITY),
      'lambda must be above 0',
    );
    wanted(alpha > 0 && eta > 0, 'alpha and eta must be above 0');
    wanted(iterations >= 1 && threshold >= 0, 'iterations must be 1 or more, threshold 0 or more');
    this.data = data;
    this.weights = topicWeights(lambda, topics);
    this.inference = new TopicInference(this.weights, alpha, iterations, threshold);
    this.indices = new Map(words.map((word, index) => [word, index]));
  }

  /** The number of topics, which is the dimension of what `infer` gives. */
  get topics(): number {
    return this.data.topics;
  }

  /**
   * How much of a text (tokens as `tokenize` gives them) is about each topic: the mean of q(θ), `[topics]`, sum 1. Null for a text without
   * a known word, of which nothing can be said.
   */
  infer(tokens: readonly string[]): Float32Array | null {
    const text = this.encode(tokens);
    if (text.length === 0) return null;
    this.inference.infer(text);
    const { gamma } = this.inference;
    const total = gamma.reduce((sum, value) => sum + value, 0);
    return Float32Array.from(gamma, (value) => value / total);
  }

  /** Each topic's share of the words that it was learnt from, `[topics]`: its part of all counts beyond the prior. */
  topicShares(): Float64Array {
    const { topics, lambda, eta } = this.data;
    const counts = new Float64Array(topics);
    for (let at = 0; at < lambda.length; at++) counts[at % topics]! += Math.max(0, lambda[at]! - eta);
    const total = counts.reduce((sum, count) => sum + count, 0);
    return total > 0 ? counts.map((count) => count / total) : counts;
  }

  /** The words that a topic most often writes, in the form to show. */
  topicWords(topic: number, count: number): TopicWord[] {
    const { topics, forms, lambda } = this.data;
    if (!Number.isInteger(topic) || topic < 0 || topic >= topics) {
      throw new RangeError(`There is no topic ${topic}: they are numbered 0 to ${topics - 1}.`);
    }
    let total = 0;
    for (let at = topic; at < lambda.length; at += topics) total += lambda[at]!;
    const share = (word: number): number => lambda[word * topics + topic]! / total;
    return [...forms.keys()]
      .sort((a, b) => share(b) - share(a) || a - b)
      .slice(0, count)
      .map((word) => ({ word: forms[word]!, probability: share(word) }));
  }

  /**
   * An upper bound of the perplexity per word of documents that were not learnt from, exp(−Σ bound / Σ words) (the paper's section 4).
   * Unknown words are left out. Lower is better; NaN for documents without a known word.
   */
  perplexity(documents: Iterable<readonly string[]>): number {
    let bound = 0;
    let words = 0;
    for (const tokens of documents) {
      const text = this.encode(tokens);
      this.inference.infer(text);
      bound += this.inference.bound();
      words += text.length;
    }
    return Math.exp(-bound / words);
  }

  /**
   * The evidence lower bound of a corpus, in nats (equation 4): what learning raises. Over all documents, the topics' own part
   * E[log p(β | η)] − E[log q(β)] included.
   */
  bound(corpus: Iterable<Uint32Array>): number {
    const { topics, words, lambda, eta } = this.data;
    const { rows, logScales } = this.weights;
    let bound = 0;
    for (const text of corpus) {
      this.inference.infer(text);
      bound += this.inference.bound();
    }
    const totals = new Float64Array(topics);
    const logGammaOfEta = logGamma(eta);
    for (let at = 0; at < lambda.length; at++) {
      const value = lambda[at]!;
      totals[at % topics]! += value;
      // 0 in float32 only where λ is η, and the factor 0.
      const expected = rows[at]! > 0 ? Math.log(rows[at]!) + logScales[Math.floor(at / topics)]! : 0;
      bound += (eta - value) * expected + logGamma(value) - logGammaOfEta;
    }
    const logGammaOfPrior = logGamma(eta * words.length);
    return totals.reduce((sum, total) => sum + logGammaOfPrior - logGamma(total), bound);
  }

  /** The tensor file that holds the model: `lambda` `[words, topics]`, and the rest as JSON in the metadata. */
  toTensorFile(): TensorFile {
    const { lambda, topics, words, ...rest } = this.data;
    return {
      tensors: { lambda: { shape: [words.length, topics], data: lambda } },
      metadata: { format, version, model: JSON.stringify({ ...rest, words }) },
    };
  }

  /** @throws {Error} if the file is something else, of a newer version, or damaged */
  static fromTensorFile({ tensors, metadata }: TensorFile): TopicModel {
    if (metadata.format !== format) throw new Error('This tensor file holds no topic model.');
    if (metadata.version !== version) {
      throw new Error(
        `This topic model has version ${metadata.version}; this program reads version ${version}.`,
      );
    }
    const lambda = tensors.lambda;
    if (!(lambda?.data instanceof Float32Array))
      throw new Error('The topic model is damaged: it lacks lambda.');
    const rest = JSON.parse(metadata.model ?? '{}') as Omit<TopicModelData, 'lambda' | 'topics'>;
    if (!Array.isArray(rest.words) || !Array.isArray(rest.forms)) {
      throw new Error('The topic model is damaged: it lacks its words.');
    }
    return new TopicModel({ ...rest, topics: lambda.shape[1] ?? 0, lambda: lambda.data });
  }

  private encode(tokens: readonly string[]): Uint32Array {
    const known = tokens.flatMap((token) => this.indices.get(this.data.stems ? stem(token) : token) ?? []);
    return Uint32Array.from(known);
  }
}
