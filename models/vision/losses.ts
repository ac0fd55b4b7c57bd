/**
 * Losses between pictures and words, each with its value and its gradients beside it. A trainer feeds the gradients
 * into its network's backward pass; tests check each numerically.
 *
 * Shape letters: B photos of a batch, D dimension, V words. All vectors here are unit vectors.
 */
import * as tf from '@tensorflow/tfjs-core';

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
