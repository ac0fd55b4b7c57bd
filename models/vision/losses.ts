/**
 * Losses between pictures and words, each with its value and its gradients beside it. A trainer feeds the gradients
 * into its network's backward pass; tests check each numerically.
 *
 * Shape letters: B photos of a batch, D dimension, V words. All vectors are unit vectors, but for those of `sigmoidLoss`.
 */
import * as tf from '@tensorflow/tfjs-core';
import { read } from '../deviceScope.ts';
import type { Random } from '../random.ts';
import type { NegativeSampling } from './negatives.ts';

export interface ContrastiveResult {
  loss: tf.Scalar;
  /** [B, D] */
  dImages: tf.Tensor2D;
  /** [B, D] */
  dCaptions: tf.Tensor2D;
}

/**
 * In-batch contrastive loss (van den Oord et al. 2018; both directions as in Radford et al. 2021): each picture must
 * choose its own caption among the batch's, and each caption its picture, by a softmax of cosine / τ. Mean over the
 * batch of the mean of both directions.
 *
 * @param images [B, D] @param captions [B, D] @param temperature τ
 */
export function contrastiveLoss(
  images: tf.Tensor2D,
  captions: tf.Tensor2D,
  temperature: number,
): ContrastiveResult {
  const B = images.shape[0];
  const logits = tf.div(tf.matMul(images, tf.transpose(captions) as tf.Tensor2D), temperature) as tf.Tensor2D;
  const byImage = tf.softmax(logits) as tf.Tensor2D;
  const byCaption = tf.transpose(tf.softmax(tf.transpose(logits))) as tf.Tensor2D;
  const identity = tf.eye(B);
  const matched = tf.mul(identity, tf.add(tf.log(tf.add(byImage, 1e-20)), tf.log(tf.add(byCaption, 1e-20))));
  const loss = tf.div(tf.neg(tf.sum(matched)), 2 * B) as tf.Scalar;
  // d logits = (softmax − identity) of both directions
  const dLogits = tf.div(
    tf.sub(tf.add(byImage, byCaption), tf.mul(identity, 2)),
    2 * B * temperature,
  ) as tf.Tensor2D;
  return {
    loss,
    dImages: tf.matMul(dLogits, captions),
    dCaptions: tf.matMul(tf.transpose(dLogits) as tf.Tensor2D, images),
  };
}

export interface WordResult {
  loss: tf.Scalar;
  /** [B, D] */
  dImages: tf.Tensor2D;
  /** [V, D] */
  dWords: tf.Tensor2D;
  /** [V] */
  dBias: tf.Tensor1D;
  dScale: tf.Scalar;
}

/**
 * Word loss: is each word of the vocabulary written under this picture or not? Sigmoid cross-entropy of
 * scale · cosine + bias of the word, summed over words and averaged over photos. It leaves a calibrated probability for
 * every word and photo. (A sigmoid for each pair as in Zhai et al. 2023, "Sigmoid loss for language image
 * pre-training", with words in place of captions.)
 *
 * @param images [B, D] @param words [V, D] @param bias [V] @param written [B, V] 1 where the caption has the word
 */
export function wordLoss(
  images: tf.Tensor2D,
  words: tf.Tensor2D,
  bias: tf.Tensor1D,
  scale: number,
  written: tf.Tensor2D,
): WordResult {
  const B = images.shape[0];
  const cosines = tf.matMul(images, tf.transpose(words) as tf.Tensor2D);
  const logits = tf.add(tf.mul(cosines, scale), bias) as tf.Tensor2D;
  const probability = tf.sigmoid(logits);
  // softplus(x) − y·x, with softplus(x) = max(x, 0) − log σ(|x|)
  const positive = tf.relu(logits);
  const certainty = tf.maximum(probability, tf.sub(1, probability));
  const loss = tf.div(
    tf.sum(tf.sub(tf.sub(positive, tf.log(certainty)), tf.mul(written, logits))),
    B,
  ) as tf.Scalar;
  const dLogits = tf.div(tf.sub(probability, written), B) as tf.Tensor2D;
  const scaled = tf.mul(dLogits, scale) as tf.Tensor2D;
  return {
    loss,
    dImages: tf.matMul(scaled, words),
    dWords: tf.matMul(tf.transpose(scaled) as tf.Tensor2D, images),
    dBias: tf.sum(dLogits, 0) as tf.Tensor1D,
    dScale: tf.sum(tf.mul(dLogits, cosines)) as tf.Scalar,
  };
}

export interface SigmoidResult {
  loss: tf.Scalar;
  /** [B, D] */
  dLogits: tf.Tensor2D;
}

/**
 * Sigmoid cross-entropy against targets between 0 and 1, each dimension for itself, summed over dimensions and averaged over
 * photos: the loss of Gomez, Gomez, Gibert and Karatzas, "Learning to Learn from Web Data through Deep Semantic Embeddings"
 * (ECCV Workshops 2018), as Caffe's SigmoidCrossEntropyLoss defines it. At its best, σ(logit) = target, it is the entropy of the
 * targets and not 0.
 *
 * @param logits [B, D] what the network gives, before its sigmoid @param targets [B, D]
 */
export function sigmoidLoss(logits: tf.Tensor2D, targets: tf.Tensor2D): SigmoidResult {
  const B = logits.shape[0];
  const probability = tf.sigmoid(logits);
  // softplus(x) − t·x, as in the word loss
  const certainty = tf.maximum(probability, tf.sub(1, probability));
  const softplus = tf.sub(tf.relu(logits), tf.log(certainty));
  return {
    loss: tf.div(tf.sum(tf.sub(softplus, tf.mul(targets, logits))), B) as tf.Scalar,
    dLogits: tf.div(tf.sub(probability, targets), B) as tf.Tensor2D,
  };
}

export interface TripletResult {
  loss: tf.Scalar;
  /** [B, D] */
  dImages: tf.Tensor2D;
}

/**
 * Triplet loss (Schroff, Kalenichenko and Philbin, "FaceNet", CVPR 2015, equation 3) with a picture for its anchor a, its own
 * caption for the positive p and another caption for the negative n, which the seed paper's author found better than its
 * sigmoid: max(0, margin + ‖a − p‖² − ‖a − n‖²), averaged over the batch. Captions are fixed, so only pictures have a gradient.
 *
 * @param images [B, D] @param captions [B, D] @param negatives [B] which caption of the batch is a photo's negative
 */
export function tripletLoss(
  images: tf.Tensor2D,
  captions: tf.Tensor2D,
  negatives: Int32Array,
  margin: number,
): TripletResult {
  const B = images.shape[0];
  const negative = tf.gather(captions, tf.tensor1d(negatives, 'int32'));
  const near = tf.sum(tf.square(tf.sub(images, captions)), 1);
  const far = tf.sum(tf.square(tf.sub(images, negative)), 1);
  const hinge = tf.relu(tf.add(margin, tf.sub(near, far)));
  // d/da (‖a − p‖² − ‖a − n‖²) = 2 (n − p)
  const active = tf.expandDims(tf.step(hinge), 1);
  const dImages = tf.mul(tf.mul(active, tf.sub(negative, captions)), 2 / B) as tf.Tensor2D;
  return { loss: tf.mean(hinge) as tf.Scalar, dImages };
}

/** Chooses the negatives of a batch, [B]. In a batch of one there is none, and a photo gets its own caption, which teaches nothing. */
export async function chooseNegatives(
  sampling: NegativeSampling,
  images: tf.Tensor2D,
  captions: tf.Tensor2D,
  random: Random,
): Promise<Int32Array> {
  const B = captions.shape[0];
  if (B === 1) return Int32Array.of(0);
  const any = (own: number): number => (own + 1 + random.integer(B - 1)) % B;
  if (sampling === 'random') return Int32Array.from({ length: B }, (_, own) => any(own));
  const from = sampling === 'soft' ? captions : images;
  const cosines = await read(tf.matMul(from, tf.transpose(captions) as tf.Tensor2D));
  return Int32Array.from({ length: B }, (_, own) => {
    const row = cosines.subarray(own * B, (own + 1) * B);
    return sampling === 'soft' ? (drawByDistance(row, own, random) ?? any(own)) : semiHard(row, own);
  });
}

/** Draws a caption other than `own` in proportion to its squared distance, 2 − 2 cosine; undefined if all are the same. */
function drawByDistance(cosines: Float32Array, own: number, random: Random): number | undefined {
  const distance = cosines.map((cosine, other) => (other === own ? 0 : Math.max(0, 2 - 2 * cosine)));
  let left = random.next() * distance.reduce((sum, value) => sum + value, 0);
  if (left === 0) return undefined;
  const drawn = distance.findIndex((value) => {
    left -= value;
    return left < 0;
  });
  // Rounding may leave a remainder behind the last.
  return drawn >= 0 ? drawn : distance.findLastIndex((value) => value > 0);
}

function semiHard(cosines: Float32Array, own: number): number {
  let nearest = -1;
  let farthest = own === 0 ? 1 : 0;
  for (let other = 0; other < cosines.length; other++) {
    if (other === own) continue;
    const cosine = cosines[other]!;
    if (cosine < cosines[farthest]!) farthest = other;
    if (cosine < cosines[own]! && (nearest < 0 || cosine > cosines[nearest]!)) nearest = other;
  }
  return nearest >= 0 ? nearest : farthest;
}
