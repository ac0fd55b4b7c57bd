/**
 * Learning pictures towards the vectors of their captions in the text embedding, as the paper does (`SigmoidObjective`), and its
 * sequel (`TripletObjective`). See [Note: A text model's space as the joint space] in `models/joint/textSpace.ts`.
 */
import { fitCalibration } from '../../../models/joint/calibration.ts';
import type { SpaceData } from '../../../models/joint/space.ts';
import { fromOrigin, meanRow, minMaxTargets, originMap } from '../../../models/joint/textSpace.ts';
import { Random } from '../../../models/random.ts';
import { documentVector } from '../../../models/text/documents.ts';
import { documentEmbedding } from '../../../models/text/textModel.ts';
import type { WordLookup } from '../../../models/text/wordVectors.ts';
import { createHead, type OutputStage } from '../../../models/vision/head.ts';
import type { NegativeSampling } from '../../../models/vision/negatives.ts';
import {
  SigmoidObjective,
  sigmoidOptions,
  TripletObjective,
  tripletOptions,
} from '../../../models/vision/regressionObjectives.ts';
import { normaliseRows } from '../../../models/vision/wordTable.ts';
import {
  distinctWords,
  HIDDEN_UNITS,
  logOdds,
  type PictureLearning,
  type PictureLearningInput,
  wordWeights,
} from './pictureLearning.ts';
import { fitTextMap } from './wordPlaces.ts';

/** The dimension is the text embedding's. @param negatives of the triplet loss */
export function textSpaceLearning(
  input: PictureLearningInput,
  loss: 'sigmoid' | 'triplet',
  negatives: NegativeSampling,
): PictureLearning {
  const { corpus, rows, vocabulary, weighting, text, seed } = input;
  const D = text.words.dimension;
  const weights = wordWeights(vocabulary, weighting);
  const captions = captionVectors(input, weights);
  const origin = meanRow(captions, D);
  const places = fromOrigin(captions, origin);
  const targets = loss === 'sigmoid' ? minMaxTargets(places, D) : null;
  const stage: OutputStage = targets
    ? { activation: 'sigmoid', centre: meanRow(targets, D) }
    : { activation: 'none', centre: null };
  const triplet = tripletOptions(negatives);
  const size = { features: corpus.width, hidden: HIDDEN_UNITS, dimension: D };
  const head = createHead(size, corpus.features, rows, new Random(seed), stage);
  const space = wordSpace(input, origin, weights);
  return {
    head,
    objective: targets ? new SigmoidObjective(targets, D) : new TripletObjective(places, D, triplet),
    options: { ...(targets ? sigmoidOptions : triplet), seed },
    strange: 0,
    space: () => space,
    finish: () => {},
    calibrate: async (images) => {
      const { scale, bias } = await fitCalibration({
        images,
        words: normaliseRows(space.vectors, D).unit,
        dimension: D,
        documents: distinctWords(input),
        seed,
      });
      space.scale = scale;
      space.bias = bias;
    },
  };
}

/** The captions in the text embedding, [captions, D]: the (weighted) mean of their words, or as the embedding sees them whole. */
function captionVectors(
  { documents, vocabulary, text }: PictureLearningInput,
  weights: Float32Array,
): Float32Array {
  const whole = documentEmbedding(text);
  const D = text.words.dimension;
  const vectors = new Float32Array(documents.length * D);
  documents.forEach((tokens, caption) => {
    const known = tokens.filter((token) => vocabulary.has(token));
    const vector =
      whole?.infer(known) ?? documentVector(known, text.words, (word) => weights[vocabulary.index(word)!]!);
    if (vector) vectors.set(vector, caption * D);
  });
  return vectors;
}

/**
 * The mean text of one word, [D]: words of an embedding of whole texts lie about a point of their own. (With Doc2Vec and the captions'
 * origin P@5 fell from .88 to .69.)
 */
function meanWord({ vocabulary, text }: PictureLearningInput): Float32Array {
  const sum = new Float64Array(text.words.dimension);
  let total = 0;
  vocabulary.words.forEach((word, row) => {
    const weight = vocabulary.documentFrequency[row]!;
    const vector = text.words.vector(word);
    if (!vector) return;
    total += weight;
    for (let i = 0; i < sum.length; i++) sum[i]! += weight * vector[i]!;
  });
  return Float32Array.from(sum, (value) => value / Math.max(1, total));
}

/** The side of words: all of them where the text embedding has them, about the origin. */
function wordSpace(input: PictureLearningInput, origin: Float32Array, weights: Float32Array): SpaceData {
  const { vocabulary, text, knowledge } = input;
  const D = origin.length;
  const vectors = new Float32Array(vocabulary.size * D);
  const wordOrigin = documentEmbedding(text) ? meanWord(input) : origin;
  vocabulary.words.forEach((word, row) => {
    const vector = text.words.vector(word);
    if (vector) vectors.set(fromOrigin(vector, wordOrigin), row * D);
  });
  // Pretrained vectors that do not share the text embedding's space come into it by a map that is learnt.
  const mapFor = (lookup: WordLookup | null, shared: boolean): Float32Array | null => {
    if (!lookup) return null;
    if (shared) return originMap(origin);
    return fitTextMap(
      { words: vocabulary.words, vectors, dimension: D, pictures: vocabulary.documentFrequency },
      lookup,
    );
  };
  return {
    dimension: D,
    words: vocabulary.words,
    vectors,
    inverseDocumentFrequency: weights,
    bias: logOdds(input),
    counts: vocabulary.counts,
    taught: vocabulary.documentFrequency,
    scale: 10,
    map: mapFor(knowledge.pretrained, knowledge.shared),
    spellingMap: mapFor(knowledge.spelling, true),
    origin,
  };
}
