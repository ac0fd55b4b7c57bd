/**
 * Probabilities for models whose training leaves none: p = σ(scale · cosine + bias of the word), with one scale and a bias for
 * each word, fitted by maximum likelihood to which words were written under which photos. (Platt, "Probabilistic outputs for
 * support vector machines", 1999, with his regularised targets. The scale is one for all words, as the word loss learns it:
 * a word's few photos cannot tell a scale of its own.)
 *
 * Shape letters: N photos, D dimension, V words, M photos of the sample.
 */
import * as tf from '@tensorflow/tfjs-core';
import { deviceScope, read } from '../deviceScope.ts';
import { Random } from '../random.ts';

export interface CalibrationInput {
  /** [N, D] unit image vectors. */
  images: Float32Array;
  /** [V, D] unit word vectors. */
  words: Float32Array;
  dimension: number;
  /** The words written under each photo, as numbers below V, without repeats. */
  documents: readonly Uint32Array[];
  /** Draws the sample, where there is one. */
  seed?: number;
}

export interface FittedCalibration {
  /** Negative where words are written under photos that are far from them: then the vectors are worth nothing. */
  scale: number;
  /** [V] */
  bias: Float32Array;
}

/** Pairs of a photo and a word that it lacks, at most: ten rounds over them take about two seconds. */
const MOST_PAIRS = 8_000_000;
const MOST_ROUNDS = 60;
/** A Newton step may not leave the region in which a sigmoid is like its tangent: no further than this, in logits. */
const LONGEST_STEP = 1;
const TOLERANCE = 1e-4;

/** The pairs of one word. Those with it are all there; those without it stand for more, see `weight`. */
interface WordPairs {
  /** Cosines with the photos that have the word, then with sampled photos that lack it. */
  cosines: Float32Array;
  /** How many have it. */
  having: number;
  /** How many photos each of those without it stands for. */
  weight: number;
  /** Platt's targets of the photos with and without it: t₊ = (N₊ + 1) / (N₊ + 2), t₋ = 1 / (N₋ + 2). */
  target: number;
  otherTarget: number;
}

/**
 * Fits the calibration by Newton's method. The Hessian is an arrow (one scale, V biases that do not know each other), so a
 * round costs one look at each pair. Of many photos those that have a word all count, those without it as a sample.
 * @throws {RangeError} if there is no photo, or not one list of words for each.
 */
export async function fitCalibration(input: CalibrationInput): Promise<FittedCalibration> {
  const pairs = await wordPairs(input);
  const bias = Float64Array.from(pairs, startingBias);
  let scale = 0;
  const gradients = new Float64Array(pairs.length);
  const curvatures = new Float64Array(pairs.length);
  const crossed = new Float64Array(pairs.length);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let slope = 0;
    let curvature = 0;
    pairs.forEach((own, word) => {
      const sums = derivatives(own, scale, bias[word]!);
      gradients[word] = sums.bias;
      curvatures[word] = sums.biasBias;
      crossed[word] = sums.scaleBias;
      // Schur complement: what is left of the scale once each bias has answered it
      slope += sums.scale - (sums.scaleBias * sums.bias) / sums.biasBias;
      curvature += sums.scaleScale - sums.scaleBias ** 2 / sums.biasBias;
    });
    // Where all cosines of each word are alike they say nothing, and the scale stays.
    const scaleStep = curvature > 1e-9 ? limit(-slope / curvature, 4 * LONGEST_STEP) : 0;
    scale += scaleStep;
    let longest = Math.abs(scaleStep);
    for (let word = 0; word < bias.length; word++) {
      const step = -(gradients[word]! + crossed[word]! * scaleStep) / curvatures[word]!;
      const taken = limit(step, LONGEST_STEP);
      bias[word] = bias[word]! + taken;
      longest = Math.max(longest, Math.abs(taken));
    }
    if (longest < TOLERANCE) break;
  }
  return { scale, bias: Float32Array.from(bias) };
}

const limit = (step: number, most: number): number => Math.max(-most, Math.min(most, step));

/** Log-odds of a word among the photos: its bias while the scale is 0. */
function startingBias({ having, cosines, weight, target, otherTarget }: WordPairs): number {
  const lacking = weight * (cosines.length - having);
  const mean = (having * target + lacking * otherTarget) / (having + lacking);
  return Math.log(mean / (1 - mean));
}

/** First and second derivatives of a word's negative log-likelihood. */
function derivatives(
  { cosines, having, weight, target, otherTarget }: WordPairs,
  scale: number,
  bias: number,
): { scale: number; bias: number; scaleScale: number; scaleBias: number; biasBias: number } {
  const sums = { scale: 0, bias: 0, scaleScale: 0, scaleBias: 0, biasBias: 0 };
  const add = (start: number, end: number, wanted: number, times: number): void => {
    let first = 0;
    let firstCosine = 0;
    let second = 0;
    let secondCosine = 0;
    let secondSquare = 0;
    for (let i = start; i < end; i++) {
      const cosine = cosines[i]!;
      const probability = 1 / (1 + Math.exp(-scale * cosine - bias));
      const error = probability - wanted;
      const spread = probability * (1 - probability);
      first += error;
      firstCosine += error * cosine;
      second += spread;
      secondCosine += spread * cosine;
      secondSquare += spread * cosine * cosine;
    }
    sums.bias += times * first;
    sums.scale += times * firstCosine;
    sums.biasBias += times * second;
    sums.scaleBias += times * secondCosine;
    sums.scaleScale += times * secondSquare;
  };
  add(0, having, target, 1);
  add(having, cosines.length, otherTarget, weight);
  return sums;
}

async function wordPairs({
  images,
  words,
  dimension: D,
  documents,
  seed = 1,
}: CalibrationInput): Promise<WordPairs[]> {
  const N = documents.length;
  const V = words.length / D;
  if (N === 0) throw new RangeError('There is no photo to calibrate by.');
  if (images.length !== N * D)
    throw new RangeError(`${images.length / D} image vectors do not fit ${N} photos.`);
  const having: number[][] = Array.from({ length: V }, () => []);
  documents.forEach((document, photo) => {
    for (const word of document) having[word]!.push(photo);
  });
  const M = Math.min(N, Math.max(1, Math.floor(MOST_PAIRS / V)));
  const photos = Uint32Array.from({ length: N }, (_, photo) => photo);
  // A sample keeps no order; all photos do.
  const sample = M < N ? new Random(seed).shuffle(photos).subarray(0, M) : photos;
  const cosines = await cosineTable(images, words, D, sample);
  const column = new Map(Array.from(sample, (photo, index) => [photo, index]));
  return having.map((own, word): WordPairs => {
    const lacks = new Uint8Array(M).fill(1);
    for (const photo of own) {
      const index = column.get(photo);
      if (index !== undefined) lacks[index] = 0;
    }
    const others = cosines.subarray(word * M, (word + 1) * M).filter((_, index) => lacks[index] === 1);
    const values = new Float32Array(own.length + others.length);
    own.forEach((photo, index) => {
      values[index] = dot(images, photo * D, words, word * D, D);
    });
    values.set(others, own.length);
    const lacking = N - own.length;
    return {
      cosines: values,
      having: own.length,
      weight: others.length > 0 ? lacking / others.length : 0,
      target: (own.length + 1) / (own.length + 2),
      otherTarget: 1 / (lacking + 2),
    };
  });
}

/** Cosines of all words with some photos, [V, M]. */
async function cosineTable(
  images: Float32Array,
  words: Float32Array,
  D: number,
  sample: Uint32Array,
): Promise<Float32Array> {
  const selected = new Float32Array(sample.length * D);
  sample.forEach((photo, index) => {
    selected.set(images.subarray(photo * D, (photo + 1) * D), index * D);
  });
  return deviceScope(async () => {
    const pictures = tf.transpose(tf.tensor2d(selected, [sample.length, D])) as tf.Tensor2D;
    return read(tf.matMul(tf.tensor2d(words, [words.length / D, D]), pictures));
  });
}

function dot(left: Float32Array, at: number, right: Float32Array, from: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += left[at + i]! * right[from + i]!;
  return sum;
}
