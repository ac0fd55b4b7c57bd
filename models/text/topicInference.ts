/**
 * The topics of one document when the topics' words are known: the E-step of variational Bayes for latent Dirichlet allocation
 * (Blei, Ng and Jordan 2003; here as in Hoffman, Blei and Bach 2010, "Online learning for latent Dirichlet allocation", algorithm 1).
 * Symbols are the papers': λ and γ parameterise the Dirichlet distributions of a topic's words and of a document's topics, φ the
 * topic of each word; α is the prior of γ. Learns nothing: that is `Lda`'s.
 */
import { digamma, expDigamma, logGamma } from './gammaFunction.ts';

/** exp E[log β] of every word and topic, each word's row divided by its largest: φ has one sum per word, so the row's scale cancels. */
export interface TopicWeights {
  readonly topics: number;
  /** `[words, topics]`, largest of each row 1. Without the division rare words would vanish from all of hundreds of topics. */
  readonly rows: Float64Array;
  /** The logarithm of what each row was divided by, `[words]`. */
  readonly logScales: Float64Array;
}

/**
 * exp(ψ(λ) − ψ(Σ λ)), the sum over a topic's words (equation 6). `lambda` is `[words, topics]`; so is `rows`, which is filled
 * and kept. (They are float64: rounded to float32, γ after fifty rounds differed by 2e-5.)
 */
export function topicWeights(
  lambda: Float32Array,
  topics: number,
  rows: Float64Array = new Float64Array(lambda.length),
): TopicWeights {
  const words = lambda.length / topics;
  const sums = new Float64Array(topics);
  for (let i = 0; i < lambda.length; i++) sums[i % topics]! += lambda[i]!;
  const totals = sums.map(expDigamma);
  const logScales = new Float64Array(words);
  const row = new Float64Array(topics);
  for (let word = 0; word < words; word++) {
    const from = word * topics;
    let largest = 0;
    for (let topic = 0; topic < topics; topic++) {
      row[topic] = expDigamma(lambda[from + topic]!) / totals[topic]!;
      if (row[topic]! > largest) largest = row[topic]!;
    }
    logScales[word] = Math.log(largest);
    if (largest < leastDouble) {
      // With many topics and a word in none of them the exponentials are too small for a number: the same in logarithms.
      for (let topic = 0; topic < topics; topic++) {
        row[topic] = digamma(lambda[from + topic]!) - Math.log(totals[topic]!);
      }
      const top = row.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
      logScales[word] = top;
      for (let topic = 0; topic < topics; topic++) row[topic] = Math.exp(row[topic]! - top);
      largest = 1;
    }
    for (let topic = 0; topic < topics; topic++) rows[from + topic] = row[topic]! / largest;
  }
  return { topics, rows, logScales };
}

const leastDouble = 1e-250;

/**
 * A topic whose exp E[log θ] is less than this share of the document's largest is left out of further rounds: the next would make its γ
 * α, to the last digit. Of hundreds of topics a caption keeps a few after some rounds, which is most of the speed.
 */
const negligible = 1e-18;

/** Keeps a word that no topic of the document can have written from dividing by 0. */
const leastSum = 1e-300;

/** Infers one document after another, in the same working memory. */
export class TopicInference {
  /** γ of the last document, `[topics]`. */
  readonly gamma: Float64Array;
  private readonly weights: TopicWeights;
  private readonly alpha: number;
  private readonly iterations: number;
  private readonly threshold: number;
  /** exp ψ(γ), for the topics in `active`. */
  private readonly theta: Float64Array;
  private readonly active: Uint32Array;
  private activeCount = 0;
  /** The document's different words … */
  private words = new Uint32Array(0);
  /** … how often each is in it … */
  private counts = new Float64Array(0);
  private length = 0;
  /** … each word's row of the weights, for the active topics `[length, activeCount]` … */
  private local = new Float64Array(0);
  /** … and Σ θ β, the sum that φ is divided by. */
  private norms = new Float64Array(0);

  /**
   * @param alpha the prior of each topic, above 0
   * @param iterations the most rounds for a document
   * @param threshold stop when γ changes by less, on average
   */
  constructor(weights: TopicWeights, alpha: number, iterations: number, threshold: number) {
    this.weights = weights;
    this.alpha = alpha;
    this.iterations = iterations;
    this.threshold = threshold;
    this.gamma = new Float64Array(weights.topics);
    this.theta = new Float64Array(weights.topics);
    this.active = new Uint32Array(weights.topics);
  }

  /**
   * Finds γ of a document of word numbers, repeats counted. It starts from γ = 1 for every topic (Hoffman's program and Gensim start at
   * random near 1), so that a document's topics do not depend on what was inferred before it.
   */
  infer(text: Uint32Array): void {
    this.gather(text);
    const { gamma, theta, active, alpha } = this;
    const { topics } = this.weights;
    gamma.fill(1);
    theta.fill(expDigamma(1));
    for (let topic = 0; topic < topics; topic++) active[topic] = topic;
    this.activeCount = topics;
    this.normalise();
    let largest = 0;
    for (let iteration = 0; iteration < this.iterations; iteration++) {
      let change = this.leaveOut(largest * negligible);
      largest = 0;
      for (let place = 0; place < this.activeCount; place++) {
        const topic = active[place]!;
        // Equation 5, with φ = θ β / norm put into γ = α + Σ n φ.
        let sum = 0;
        for (let n = 0, at = place; n < this.length; n++, at += this.activeCount) {
          sum += this.norms[n]! * this.local[at]!;
        }
        const next = alpha + theta[place]! * sum;
        change += Math.abs(next - gamma[topic]!);
        gamma[topic] = next;
        theta[place] = expDigamma(next);
        if (theta[place]! > largest) largest = theta[place]!;
      }
      this.normalise();
      if (change / topics < this.threshold) break;
    }
  }

  /** Adds the expected number of times that each topic wrote each word, n φ, to `statistics` `[words, topics]`. */
  addStatistics(statistics: Float32Array): void {
    const { topics } = this.weights;
    for (let n = 0; n < this.length; n++) {
      const from = this.words[n]! * topics;
      const at = n * this.activeCount;
      for (let place = 0; place < this.activeCount; place++) {
        statistics[from + this.active[place]!]! +=
          this.norms[n]! * this.theta[place]! * this.local[at + place]!;
      }
    }
  }

  /** The document's part of the evidence lower bound, E[log p(n, θ, z | α, β)] − E[log q(θ, z)], in nats (equation 4). */
  bound(): number {
    const { alpha, gamma, theta, active } = this;
    const { topics, logScales } = this.weights;
    const total = gamma.reduce((sum, value) => sum + value, 0);
    const logTotal = digamma(total);
    let bound = logGamma(topics * alpha) - logGamma(total);
    for (let n = 0; n < this.length; n++) {
      const count = this.counts[n]!;
      bound += count * (Math.log(count / this.norms[n]!) + logScales[this.words[n]!]! - logTotal);
    }
    const logGammaOfAlpha = logGamma(alpha);
    for (let place = 0; place < this.activeCount; place++) {
      const value = gamma[active[place]!]!;
      if (theta[place]! > 0) bound += (alpha - value) * (Math.log(theta[place]!) - logTotal);
      bound += logGamma(value) - logGammaOfAlpha;
    }
    return bound;
  }

  /** Sets `norms` to n / Σ θ β for each word: what φ's sum and the word's count come to. */
  private normalise(): void {
    const { theta, local, norms, counts, activeCount } = this;
    for (let n = 0, at = 0; n < this.length; n++) {
      let sum = 0;
      for (let place = 0; place < activeCount; place++, at++) sum += theta[place]! * local[at]!;
      norms[n] = counts[n]! / (sum + leastSum);
    }
  }

  /** Takes the topics with a θ below `least` out of the active ones, their γ α; returns by how much that changes γ. */
  private leaveOut(least: number): number {
    const { active, theta, gamma, local, alpha } = this;
    const before = this.activeCount;
    let kept = 0;
    for (let place = 0; place < before; place++) if (theta[place]! >= least) kept++;
    // Moving the rest together costs a round's work: only when it saves some.
    if (kept === 0 || kept > 0.8 * before) return 0;
    let change = 0;
    for (let n = 0, to = 0; n < this.length; n++) {
      for (let place = 0; place < before; place++) {
        if (theta[place]! >= least) local[to++] = local[n * before + place]!;
      }
    }
    kept = 0;
    for (let place = 0; place < before; place++) {
      const topic = active[place]!;
      if (theta[place]! >= least) {
        active[kept] = topic;
        theta[kept++] = theta[place]!;
      } else {
        change += Math.abs(gamma[topic]! - alpha);
        gamma[topic] = alpha;
      }
    }
    this.activeCount = kept;
    return change;
  }

  /** The document's different words, their counts and their rows. */
  private gather(text: Uint32Array): void {
    const { topics, rows } = this.weights;
    if (this.words.length < text.length) {
      this.words = new Uint32Array(text.length);
      this.counts = new Float64Array(text.length);
      this.norms = new Float64Array(text.length);
    }
    const sorted = text.slice().sort();
    this.length = 0;
    for (let i = 0; i < sorted.length; i++) {
      if (i > 0 && sorted[i] === sorted[i - 1]) {
        this.counts[this.length - 1]!++;
        continue;
      }
      this.words[this.length] = sorted[i]!;
      this.counts[this.length++] = 1;
    }
    if (this.local.length < this.length * topics) this.local = new Float64Array(this.length * topics);
    for (let n = 0; n < this.length; n++) {
      const from = this.words[n]! * topics;
      this.local.set(rows.subarray(from, from + topics), n * topics);
    }
  }
}
