/** What the two ways of learning pictures have in common: what they are given, and what they give to the learner's loop. */
import { LEAST_WEIGHT, type SpaceData } from '../../../models/joint/space.ts';
import type { TextKnowledge } from '../../../models/joint/textKnowledge.ts';
import { phraseWords } from '../../../models/text/phrases.ts';
import type { TextModel } from '../../../models/text/textModel.ts';
import type { Vocabulary } from '../../../models/text/vocabulary.ts';
import type { HeadParameters } from '../../../models/vision/head.ts';
import type { Objective } from '../../../models/vision/objective.ts';
import type { TrainerOptions } from '../../../models/vision/trainer.ts';
import type { WeightedWords } from '../../../models/vision/wordTable.ts';
import type { TrainedModel } from '../library/modelFiles.ts';
import type { Corpus } from './corpus.ts';

/** Captioned photos, the words in their captions, and what text alone tells of these. */
export interface PictureLearningInput {
  corpus: Corpus;
  /** The rows of the corpus that are learned from: those with a known word. */
  rows: readonly number[];
  /** Their tokens. */
  documents: readonly (readonly string[])[];
  vocabulary: Vocabulary;
  text: TextModel;
  knowledge: TextKnowledge;
  dimension: number;
  weighting: 'mean' | 'tfidf';
  /** The model to learn on from, null to begin anew. */
  starter: TrainedModel | null;
  seed: number;
}

/** A way of learning, ready for the trainer. */
export interface PictureLearning {
  /** Changed in place by training. */
  head: HeadParameters;
  objective: Objective;
  options: TrainerOptions;
  /** How strange the pictures are to the starter, from 0 to 1; 0 where training does not start there. See `strangeness`. */
  strange: number;
  /** The side of words, as training stands. */
  space(): SpaceData;
  /** Called once after the head's last step: what is better done at the end than along the way. */
  finish(): void;
  /** Called once when nothing trains any more, with the image vectors of the rows that were learned from, `[rows, D]`; null where training has done it. */
  calibrate: ((images: Float32Array) => Promise<void>) | null;
}

/** Width of the hidden layer of a new head. */
export const HIDDEN_UNITS = 2048;

/** A word's weight in captions: how rare it is, and never nothing, or 1. */
export function wordWeights(
  vocabulary: Vocabulary,
  weighting: PictureLearningInput['weighting'],
): Float32Array {
  return weighting === 'tfidf'
    ? vocabulary.inverseDocumentFrequency().map((weight) => Math.max(weight, LEAST_WEIGHT))
    : new Float32Array(vocabulary.size).fill(1);
}

/** The words of each caption as numbers of the vocabulary, without repeats. */
export function distinctWords({ documents, vocabulary }: PictureLearningInput): Uint32Array[] {
  return documents.map((tokens) => Uint32Array.from(new Set(vocabulary.encode(tokens))));
}

/**
 * A caption for the trainer: each of its words once, weighted by how often it has it and by `weight` [words]. A phrase weighs nothing
 * beside its own words: with its own weight as well recall@10 fell from .679 to .666.
 */
export function weightedWords(
  tokens: readonly string[],
  vocabulary: Vocabulary,
  weight: Float32Array,
): WeightedWords {
  const sums = new Map<number, number>();
  for (const word of vocabulary.encode(tokens)) {
    const own = phraseWords(vocabulary.words[word]!).length > 1 ? 0 : weight[word]!;
    sums.set(word, (sums.get(word) ?? 0) + own);
  }
  return { words: Uint32Array.from(sums.keys()), weights: Float32Array.from(sums.values()) };
}

/** Log-odds of each word among the captions: the bias of its probability before anything is learned. */
export function logOdds({ vocabulary, documents }: PictureLearningInput): Float32Array {
  return Float32Array.from(vocabulary.documentFrequency, (count) =>
    Math.log(count / Math.max(1, documents.length - count)),
  );
}
