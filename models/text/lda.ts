/**
 * Latent Dirichlet allocation, learnt online (Hoffman, Blei and Bach 2010, "Online learning for latent Dirichlet allocation", algorithm
 * 2): documents are mixtures of topics, topics are distributions over words. Symmetric priors, which are given and not learnt. One
 * thread, plain arrays: the same seed gives the same bytes.
 *
 *     const model = new Lda({ topics: 200, seed: 7 }, topicCorpus(documents, { minimumCount: 5 }));
 *     while (!model.done) report(model.step(100));
 *     const topics = model.model();
 *
 * It differs from Gensim's LdaModel, whose names and defaults it has, in this: documents are shuffled each pass; a pass is cut into equal
 * chunks (a chunk of three left-over documents would be taken for the whole corpus); ρ falls with every chunk, as in the paper,
 * not only in the first pass; and a word that the first chunk lacks can still be learnt (see `TopicWeights`: with hundreds of topics its
 * weights vanish beside the ε that Gensim adds to their sum, and stay so: perplexity 470 against 1080 with 100 topics on COCO captions).
 */
import { Random, type RandomState } from '../random.ts';
import { TopicInference, type TopicWeights, topicWeights } from './topicInference.ts';
import { type TopicCorpus, TopicModel } from './topicModel.ts';

/** How topics are learnt. Names and defaults are Gensim's, in whole words, where not said otherwise. */
export interface LdaOptions {
  /** The number of topics (default 100). */
  readonly topics: number;
  /**
   * The prior of a document's topics (default 1 / topics). With many topics captions want more: of 7,000 COCO captions (one chunk, 50
   * passes, 100 topics) a thousand others had a perplexity of 401 with 0.01 and 330 with 0.1; with 20 topics 329 and 319.
   */
  readonly alpha: number;
  /** The prior of a topic's words (default 1 / topics). */
  readonly eta: number;
  /** The most documents learnt from before the topics are updated (default 2000; fewer than that teach the first topics too little). */
  readonly chunkSize: number;
  /** Passes over the documents (default 10; Gensim's is 1, which is for millions). */
  readonly passes: number;
  /** The paper's κ, above 0.5 and at most 1: how fast old chunks lose weight (default 0.5, as in Gensim). 0 with one chunk is batch learning. */
  readonly decay: number;
  /** The paper's τ₀: makes the first chunks count less (default 1). */
  readonly offset: number;
  /** The most rounds of inference for a document (default 50). */
  readonly iterations: number;
  /** Inference ends when γ changes by less, on average (default 0.001). */
  readonly threshold: number;
  /** Equal seeds give equal topics (default 1). */
  readonly seed: number;
}

/** The options that a caller leaves out; alpha and eta are 1 / topics. */
export const ldaDefaults: Omit<LdaOptions, 'alpha' | 'eta'> = {
  topics: 100,
  chunkSize: 2000,
  passes: 10,
  decay: 0.5,
  offset: 1,
  iterations: 50,
  threshold: 0.001,
  seed: 1,
};

/** What one call of `step` did. */
export interface LdaProgress {
  /** Documents read so far, over all passes; `totalDocuments` when done. */
  readonly documentsDone: number;
  /** Perplexity per word of this step's documents under the topics before they were learnt from; 1 without a word. */
  readonly perplexity: number;
}

/** Everything that changes while learning: with the same options and corpus, training continues from it. */
export interface LdaState {
  /** `[words, topics]` */
  readonly lambda: Float32Array;
  /** Σ n φ of the current chunk's documents so far, `[words, topics]`. */
  readonly statistics: Float32Array;
  readonly documentsDone: number;
  /** The generator's state at the start of the current pass, which fixes the pass's order. */
  readonly random: RandomState;
}

/** A training run. */
export class Lda {
  readonly options: LdaOptions;
  /** Documents to read in all: those with a known word, once each pass. */
  readonly totalDocuments: number;
  private readonly source: TopicCorpus;
  /** A document without a known word says nothing, and is left out. */
  private readonly texts: readonly Uint32Array[];
  private readonly chunks: number;
  private readonly random: Random;
  private readonly lambda: Float32Array;
  private readonly statistics: Float32Array;
  private weights: TopicWeights;
  private inference: TopicInference;
  private readonly order: Uint32Array;
  private passStart: RandomState;
  private documentsDone = 0;

  /** @throws {Error} naming the option that is out of range */
  constructor(options: Partial<LdaOptions>, source: TopicCorpus) {
    const prior = 1 / (options.topics ?? ldaDefaults.topics);
    this.options = checked({ ...ldaDefaults, alpha: prior, eta: prior, ...options });
    const { topics, passes, chunkSize, seed } = this.options;
    this.source = source;
    this.texts = source.corpus.filter((text) => text.length > 0);
    this.totalDocuments = passes * this.texts.length;
    this.chunks = Math.ceil(this.texts.length / chunkSize);
    this.random = new Random(seed);
    // Mean 1 and deviation 0.1, as Hoffman's start from Gamma(100, 1/100).
    this.lambda = Float32Array.from({ length: source.vocabulary.size * topics }, () =>
      Math.max(0.1, 1 + 0.1 * this.random.gaussian()),
    );
    this.statistics = new Float32Array(this.lambda.length);
    this.weights = topicWeights(this.lambda, topics);
    this.inference = this.inferenceOf(this.weights);
    this.order = new Uint32Array(this.texts.length);
    this.passStart = this.random.state;
  }

  /** True when all passes are done; from the start for documents without words. */
  get done(): boolean {
    return this.documentsDone >= this.totalDocuments;
  }

  /** Learns from `documents` more documents, or until done; at the end of each chunk the topics are updated. */
  step(documents: number): LdaProgress {
    const until = Math.min(this.documentsDone + Math.max(Math.floor(documents), 1), this.totalDocuments);
    let bound = 0;
    let words = 0;
    while (this.documentsDone < until) {
      const position = this.documentsDone % this.order.length;
      if (position === 0) this.startPass();
      const text = this.texts[this.order[position]!]!;
      this.inference.infer(text);
      this.inference.addStatistics(this.statistics);
      bound += this.inference.bound();
      words += text.length;
      this.documentsDone++;
      const chunk = this.chunkOf(position);
      if (position + 1 === this.chunkEnd(chunk)) this.update(chunk);
    }
    return { documentsDone: this.documentsDone, perplexity: words > 0 ? Math.exp(-bound / words) : 1 };
  }

  /** The topics as they are now (a copy). */
  model(): TopicModel {
    const { topics, alpha, eta, iterations, threshold } = this.options;
    const { vocabulary, forms, stems } = this.source;
    const lambda = this.lambda.slice();
    return new TopicModel({
      topics,
      words: vocabulary.words,
      forms,
      stems,
      lambda,
      alpha,
      eta,
      iterations,
      threshold,
    });
  }

  /** A copy of all that changes while learning. */
  state(): LdaState {
    return {
      lambda: this.lambda.slice(),
      statistics: this.statistics.slice(),
      documentsDone: this.documentsDone,
      random: this.documentsDone % this.order.length === 0 ? this.random.state : this.passStart,
    };
  }

  /** Continues from a state of a run of the same options and corpus. Throws an Error when its sizes differ. */
  restore(state: LdaState): void {
    for (const name of ['lambda', 'statistics'] as const) {
      if (state[name].length !== this[name].length) {
        throw new Error(
          `This LDA state is of another vocabulary or other options: its ${name} differ in size.`,
        );
      }
    }
    const { documentsDone } = state;
    if (!(Number.isInteger(documentsDone) && documentsDone >= 0 && documentsDone <= this.totalDocuments)) {
      throw new Error(
        `This LDA state is of another corpus: ${documentsDone} of ${this.totalDocuments} documents.`,
      );
    }
    this.lambda.set(state.lambda);
    this.statistics.set(state.statistics);
    this.setWeights();
    this.documentsDone = documentsDone;
    this.passStart = state.random;
    this.random.restore(state.random);
    // Between two passes the next step makes the order itself.
    if (this.order.length > 0 && documentsDone % this.order.length !== 0) this.startPass();
  }

  /** A new order of the documents, from the generator's state alone. */
  private startPass(): void {
    this.passStart = this.random.state;
    for (let document = 0; document < this.order.length; document++) this.order[document] = document;
    this.random.shuffle(this.order);
  }

  private chunkOf(position: number): number {
    let chunk = Math.floor((position * this.chunks) / this.order.length);
    while (position >= this.chunkEnd(chunk)) chunk++;
    return chunk;
  }

  /** Where in a pass a chunk ends: chunks are equal to within one document. */
  private chunkEnd(chunk: number): number {
    return Math.floor(((chunk + 1) * this.order.length) / this.chunks);
  }

  /** The M-step: λ ← (1 − ρ) λ + ρ (η + D/S Σ n φ), with ρ = (τ₀ + t)^−κ (equations 7 and 8). */
  private update(chunk: number): void {
    const { eta, decay, offset } = this.options;
    const pass = Math.floor((this.documentsDone - 1) / this.order.length);
    const rate = (offset + pass * this.chunks + chunk) ** -decay;
    const scale = this.order.length / (this.chunkEnd(chunk) - (chunk === 0 ? 0 : this.chunkEnd(chunk - 1)));
    for (let i = 0; i < this.lambda.length; i++) {
      this.lambda[i] = (1 - rate) * this.lambda[i]! + rate * (eta + scale * this.statistics[i]!);
    }
    this.statistics.fill(0);
    this.setWeights();
  }

  private setWeights(): void {
    this.weights = topicWeights(this.lambda, this.options.topics, this.weights.rows);
    this.inference = this.inferenceOf(this.weights);
  }

  private inferenceOf(weights: TopicWeights): TopicInference {
    const { alpha, iterations, threshold } = this.options;
    return new TopicInference(weights, alpha, iterations, threshold);
  }
}

function checked(options: LdaOptions): LdaOptions {
  const wanted = (name: keyof LdaOptions, fits: boolean, what: string): void => {
    if (!fits) throw new Error(`LDA: ${name} must be ${what}, got ${options[name]}.`);
  };
  for (const name of ['topics', 'chunkSize', 'passes', 'iterations'] as const) {
    wanted(name, Number.isInteger(options[name]) && options[name] >= 1, 'a whole number of 1 or more');
  }
  for (const name of ['alpha', 'eta'] as const) {
    wanted(name, Number.isFinite(options[name]) && options[name] > 0, 'above 0');
  }
  wanted('decay', options.decay >= 0 && options.decay <= 1, 'between 0 and 1');
  // Below 1 the first ρ would exceed 1 and turn λ negative.
  wanted('offset', Number.isFinite(options.offset) && options.offset >= 1, '1 or more');
  wanted('threshold', Number.isFinite(options.threshold) && options.threshold >= 0, '0 or more');
  return options;
}
