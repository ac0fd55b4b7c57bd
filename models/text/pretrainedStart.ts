/**
 * Where Word2Vec starts when pretrained vectors are at hand. A word that they know starts from its vector. A word that they do
 * not know ("Zorrino"), or that is plainly used for something else here ("Zorro", the cat), is learnt anew. Only counts and
 * linear algebra; the learning is `Word2Vec`'s.
 *
 * [Note: pretrained words keep their place, new words find theirs]
 * Vectors learnt from a few hundred captions are comparable with 200,000 pretrained ones only if both lie in one space. So the
 * pretrained vectors are the frame: words that have one move little (`pretrainedRate`), and what is learnt are context vectors,
 * and new words within the frame. Context vectors can be pretrained too: learnt once from many captions, with the pretrained
 * words standing still. They are what makes a name known from a dozen captions. Measured with "cat" renamed in COCO captions:
 * the place of "cat" among the 20,000 most frequent GloVe words nearest to the new name, for 12 cats in 200 captions (median of
 * five draws) / 400 in 8,000:
 *
 *   mean of its neighbours' vectors                          826 / 860
 *   the same through the map of `placeNewWords`              300 / 180
 *   trained from a random start                               36 /  10
 *   trained from `placeNewWords`                              15 /  10
 *   trained with pretrained contexts, from a random start      1 /   1
 */
import type { Random } from '../random.ts';
import { NoiseDistribution } from './negativeSampling.ts';
import { fitRidge } from './ridge.ts';
import type { Vocabulary } from './vocabulary.ts';
import type { WordLookup } from './wordVectors.ts';

/** What an earlier training has learnt. */
export interface Pretrained {
  /** Word vectors: the rows that predict. */
  readonly words: WordLookup;
  /**
   * Context vectors learnt with `words` (`Word2Vec.contextVectors`): the rows that are predicted. With them a new word of a
   * small corpus finds its place at once, and a known word used for something else is noticed.
   */
  readonly contexts?: WordLookup;
}

/** Throws an Error naming what does not fit; `name` is the algorithm's. */
export function checkPretrained(
  name: string,
  { dimension, pretrainedRate }: { readonly dimension: number; readonly pretrainedRate: number },
  pretrained: Pretrained | undefined,
): void {
  if (!(pretrainedRate >= 0 && pretrainedRate <= 1)) {
    throw new Error(`${name}: pretrainedRate must be between 0 and 1, got ${pretrainedRate}.`);
  }
  const lookups = pretrained === undefined ? [] : [pretrained.words, pretrained.contexts ?? pretrained.words];
  const other = lookups.find((lookup) => lookup.dimension !== dimension);
  if (other !== undefined) {
    throw new Error(
      `${name}: a dimension of ${dimension} does not fit pretrained vectors of ${other.dimension}.`,
    );
  }
}

/** The vectors that training starts from. */
export interface StartVectors {
  /** `[words, dimension]` */
  readonly inputs: Float32Array;
  /** `[words, dimension]` */
  readonly outputs: Float32Array;
  /** 1 for each word that starts from its pretrained vector, else 0, `[words]`. */
  readonly pretrained: Uint8Array;
}

/** The start from nothing: Mikolov's, inputs uniform in ±1/(2 dimension), outputs 0. */
export function randomStart(vocabulary: Vocabulary, dimension: number, random: Random): StartVectors {
  const inputs = randomRows(vocabulary.size, dimension, random);
  return { inputs, outputs: new Float32Array(inputs.length), pretrained: new Uint8Array(vocabulary.size) };
}

/** Vectors of which nothing is known, `[rows, dimension]`: uniform in ±1/(2 dimension). */
export function randomRows(rows: number, dimension: number, random: Random): Float32Array {
  const vectors = new Float32Array(rows * dimension);
  fillRandomly(vectors, dimension, random);
  return vectors;
}

/**
 * The start from pretrained vectors, of their dimension. Two words are neighbours when they are at most `window` apart in one
 * of the texts of `corpus` (word numbers). Words without a pretrained neighbour start at random.
 */
export function pretrainedStart(
  vocabulary: Vocabulary,
  corpus: readonly Uint32Array[],
  pretrained: Pretrained,
  window: number,
  random: Random,
): StartVectors {
  const dimension = pretrained.words.dimension;
  const start = randomStart(vocabulary, dimension, random);
  for (const [row, word] of vocabulary.words.entries()) {
    const vector = pretrained.words.vector(word);
    if (vector !== undefined) {
      start.inputs.set(vector, row * dimension);
      start.pretrained[row] = 1;
    }
    const context = pretrained.contexts?.vector(word);
    if (context !== undefined) start.outputs.set(context, row * dimension);
  }
  if (pretrained.contexts !== undefined) {
    const elsewhere = usedOtherwise(vocabulary, corpus, start, pretrained.contexts, window, random);
    for (const row of elsewhere) {
      start.pretrained[row] = 0;
      fillRandomly(start.inputs.subarray(row * dimension, (row + 1) * dimension), dimension, random);
    }
  } else {
    placeNewWords(vocabulary, corpus, start, dimension, window);
  }
  return start;
}

function fillRandomly(vectors: Float32Array, dimension: number, random: Random): void {
  for (let i = 0; i < vectors.length; i++) vectors[i] = (random.next() - 0.5) / dimension;
}

/** Written fewer times, a word cannot show that it means something else. */
const occurrencesToJudge = 3;
const drawsPerNeighbour = 5;
/**
 * A word is used otherwise when its pretrained vector predicts its neighbours worse than the mean word does, by this much
 * (nats per neighbour with its drawn words). On COCO captions the fifth percentile of honest words, from 3 or 12
 * captions, was −0.6 or −0.4; names for a cat such as Zorro, Luna, Felix or Max were between −1 and −3.
 */
const contradiction = -1;
/** Drawn words on which the chance of a neighbour is reckoned. */
const noiseDraws = 512;

/** The numbers of pretrained words whose neighbours contradict their vector: a likelihood ratio under negative sampling. */
function usedOtherwise(
  vocabulary: Vocabulary,
  corpus: readonly Uint32Array[],
  { inputs, outputs, pretrained }: StartVectors,
  contexts: WordLookup,
  window: number,
  random: Random,
): number[] {
  const dimension = contexts.dimension;
  const hasContext = Uint8Array.from(vocabulary.words, (word) => (contexts.has(word) ? 1 : 0));
  if (!hasContext.includes(1)) return [];
  const noise = new NoiseDistribution(vocabulary.counts.map((count, row) => count * hasContext[row]!));
  const drawn = Uint32Array.from({ length: noiseDraws }, () => noise.draw(random));

  const meanWord = new Float32Array(dimension);
  let total = 0;
  for (let row = 0; row < vocabulary.size; row++) total += vocabulary.counts[row]! * pretrained[row]!;
  for (let row = 0; row < vocabulary.size; row++) {
    const share = (vocabulary.counts[row]! * pretrained[row]!) / total;
    for (let i = 0; i < dimension; i++) meanWord[i]! += share * inputs[row * dimension + i]!;
  }

  const product = (vector: Float32Array, row: number): number => {
    let dot = 0;
    for (let i = 0, at = row * dimension; i < dimension; i++, at++) dot += vector[i]! * outputs[at]!;
    return dot;
  };
  const vectorOf = (row: number): Float32Array => inputs.subarray(row * dimension, (row + 1) * dimension);
  const noiseOf = (vector: Float32Array): number =>
    drawn.reduce((sum, row) => sum + logSigmoid(-product(vector, row)), 0) / noiseDraws;

  const neighbourOfMean = Float64Array.from(vocabulary.words, (_, row) => logSigmoid(product(meanWord, row)));
  const noiseOfMean = noiseOf(meanWord);
  const ratio = new Float64Array(vocabulary.size);
  const neighbours = new Uint32Array(vocabulary.size);
  const judged = (row: number): boolean =>
    pretrained[row] === 1 && vocabulary.counts[row]! >= occurrencesToJudge;
  forEachNeighbour(corpus, window, (word, neighbour) => {
    if (hasContext[neighbour] === 0 || !judged(word)) return;
    ratio[word]! += logSigmoid(product(vectorOf(word), neighbour)) - neighbourOfMean[neighbour]!;
    neighbours[word]!++;
  });
  return [...vocabulary.words.keys()].filter((row) => {
    if (neighbours[row] === 0) return false;
    const noiseRatio = drawsPerNeighbour * (noiseOf(vectorOf(row)) - noiseOfMean);
    return ratio[row]! / neighbours[row]! + noiseRatio < contradiction;
  });
}

/** λ of the map from neighbours to word; the ranks in the note vary little between 1 and 10. */
const placePenalty = 1;

/**
 * Places the words without a pretrained vector (Khodak et al. 2018, "A la carte embedding"): the mean of a word's neighbours'
 * vectors, rarer neighbours counting more, sent through the linear map that best turns the same mean of each known word into
 * that word's vector. The map undoes what all such means share.
 */
function placeNewWords(
  vocabulary: Vocabulary,
  corpus: readonly Uint32Array[],
  { inputs, pretrained }: StartVectors,
  dimension: number,
  window: number,
): void {
  if (!pretrained.includes(0) || !pretrained.includes(1)) return;
  const rarity = vocabulary.inverseDocumentFrequency();
  const means = new Float64Array(vocabulary.size * dimension);
  const mass = new Float64Array(vocabulary.size);
  forEachNeighbour(corpus, window, (word, neighbour) => {
    if (pretrained[neighbour] === 0 || neighbour === word) return;
    const weight = rarity[neighbour]!;
    mass[word]! += weight;
    for (let i = 0; i < dimension; i++) {
      means[word * dimension + i]! += weight * inputs[neighbour * dimension + i]!;
    }
  });
  for (let row = 0; row < vocabulary.size; row++) {
    if (mass[row]! > 0) for (let i = row * dimension; i < (row + 1) * dimension; i++) means[i]! /= mass[row]!;
  }

  const known = vocabulary.words.flatMap((_, row) => (pretrained[row] === 1 && mass[row]! > 0 ? [row] : []));
  if (known.length === 0) return;
  const gather = (values: Float64Array | Float32Array): Float64Array => {
    const rows = new Float64Array(known.length * dimension);
    for (const [place, row] of known.entries()) {
      rows.set(values.subarray(row * dimension, (row + 1) * dimension), place * dimension);
    }
    return rows;
  };
  const map = fitRidge(gather(means), gather(inputs), {
    samples: known.length,
    penalty: placePenalty,
    weights: known.map((row) => Math.log1p(vocabulary.counts[row]!)),
  });
  for (let row = 0; row < vocabulary.size; row++) {
    if (pretrained[row] === 1 || mass[row] === 0) continue;
    inputs.set(map.apply(means.subarray(row * dimension, (row + 1) * dimension)), row * dimension);
  }
}

/** Calls `visit` for each ordered pair of words at most `window` apart. */
function forEachNeighbour(
  corpus: readonly Uint32Array[],
  window: number,
  visit: (word: number, neighbour: number) => void,
): void {
  for (const text of corpus) {
    for (let centre = 0; centre < text.length; centre++) {
      const last = Math.min(text.length - 1, centre + window);
      for (let other = Math.max(0, centre - window); other <= last; other++) {
        if (other !== centre) visit(text[centre]!, text[other]!);
      }
    }
  }
}

function logSigmoid(x: number): number {
  return x < -30 ? x : -Math.log1p(Math.exp(-x));
}
