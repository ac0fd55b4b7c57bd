/**
 * From a corpus to a trained space: vocabulary, text embedding, starting vectors, head and words together, the map for
 * words nobody wrote. It reads no library and starts no process: a worker calls it, and so does the script that makes the
 * starter. It reports through hooks, stops at any step, and goes on from a checkpoint to the same result.
 */

import { JointSpace, type SpaceData } from '../../../models/joint/space.ts';
import { type TextKnowledge, textKnowledge } from '../../../models/joint/textKnowledge.ts';
import { Random } from '../../../models/random.ts';
import { startsFromPretrained, type TextAlgorithm } from '../../../models/text/algorithms.ts';
import type { TextModel } from '../../../models/text/textModel.ts';
import type { TextState } from '../../../models/text/textTraining.ts';
import { Vocabulary } from '../../../models/text/vocabulary.ts';
import type { WordLookup } from '../../../models/text/wordVectors.ts';
import {
  averageWithStart,
  createHead,
  type HeadParameters,
  imageVectors,
} from '../../../models/vision/head.ts';
import {
  fineTuneOptions,
  scratchOptions,
  Trainer,
  type TrainerOptions,
  type TrainerState,
  type WordParameters,
} from '../../../models/vision/trainer.ts';
import type { WeightedWords } from '../../../models/vision/wordTable.ts';
import { PhotolexError, type TrainingPoint } from '../contract.ts';
import { heldOutMeasures, heldOutQueries } from '../evaluate/heldOut.ts';
import { bundledWords, type TrainedModel } from '../library/modelFiles.ts';
import type { Corpus } from './corpus.ts';
import { CHECKPOINT_SECONDS, cancelledError, type LearnHooks, learnText } from './textLearner.ts';
import { fitTextMap, newVectors, startFromSpace } from './wordPlaces.ts';

export interface LearnInput {
  backbone: string;
  text: TextAlgorithm;
  dimension: number;
  init: 'starter' | 'pretrained' | 'scratch';
  weighting: 'mean' | 'tfidf';
  seed: number;
  /** Indices into the corpus whose words stay hidden. */
  heldOut: ReadonlySet<number>;
  /** The model to learn on from; required for `init: 'starter'`. */
  starter: TrainedModel | null;
}

/** What the caller hears of a training, and what it says. */
export interface TrainingHooks extends LearnHooks {
  point(point: TrainingPoint): void;
  /** Takes a checkpoint; the request is the caller's to add. */
  checkpoint(state: LearnState): Promise<void>;
}

/** What the learner itself must remember to go on: words come first, then pictures. */
export interface LearnState {
  /** The user's words, in the order of the trainer's. */
  words: readonly string[];
  /** Photos it learns from. */
  photos: Uint32Array;
  stage:
    | { kind: 'words'; state: TextState }
    | { kind: 'pictures'; text: TextModel; trainer: TrainerState; curve: TrainingPoint[] };
}

export interface Learned {
  model: TrainedModel;
  captions: number;
  /** Captioned photos without a single word that the model could learn. */
  wordless: number;
  last: TrainingPoint;
}

/** A word must be written twice to be learned: once is chance. */
const MINIMUM_COUNT = 2;
/** Width of hidden layer of a new head. */
const HIDDEN_UNITS = 2048;
/**
 * How far the network goes from the starter to where training took it; the words go all the way. Measured on two further
 * splits of the bench's photos: recall@10 .656 → .663 on both, P@5 .922 → .933 on one.
 */
const HEAD_SHARE = 0.5;
/** Numbers of a text vector that nothing else fixes, and topics of LDA. */
const TEXT_DIMENSION = 100;

/**
 * Learns. Shapes as in `models/vision/trainer.ts`.
 * @throws {PhotolexError} `no-captions` if no word is written twice, `cancelled`, `no-checkpoint` if `resumed` does not fit.
 */
export async function learn(
  corpus: Corpus,
  input: LearnInput,
  hooks: TrainingHooks,
  resumed?: LearnState,
): Promise<Learned> {
  const captioned = corpus.documents.flatMap((tokens, row) =>
    tokens.length > 0 && !input.heldOut.has(row) ? [row] : [],
  );
  const vocabulary = Vocabulary.fromDocuments(
    captioned.map((row) => corpus.documents[row]!),
    { minimumCount: MINIMUM_COUNT },
  );
  const rows = captioned.filter((row) =>
    corpus.documents[row]!.some((word) => vocabulary.index(word) !== undefined),
  );
  if (rows.length === 0) throw nothingToLearn(captioned.length, input.heldOut.size);
  const photos = Uint32Array.from(rows, (row) => corpus.photos[row]!);
  if (resumed && !(isSame(resumed.words, vocabulary.words) && isSame(resumed.photos, photos))) {
    throw new PhotolexError(
      'no-checkpoint',
      'The captions have changed since that training stopped. Train without --resume.',
    );
  }
  const documents = rows.map((row) => corpus.documents[row]!);

  const learnable = { words: vocabulary.words, photos };
  const pretrained = input.init === 'scratch' ? null : bundledWords();
  const stage = resumed?.stage;
  const text =
    stage?.kind === 'pictures'
      ? stage.text
      : await learnText(
          {
            algorithm: input.text,
            documents,
            vocabulary,
            dimension: startsFromPretrained(input.text) && pretrained ? pretrained.dimension : TEXT_DIMENSION,
            pretrained,
            seed: input.seed,
          },
          hooks,
          (state) => hooks.checkpoint({ ...learnable, stage: { kind: 'words', state } }),
          stage?.state,
        );
  const knowledge = textKnowledge(text, pretrained);

  const start = startingPoint(corpus, rows, vocabulary, input, text, knowledge);
  const { head, words, inverseDocumentFrequency } = start;
  const captions = documents.map((tokens) => weightedWords(tokens, vocabulary, inverseDocumentFrequency));
  const trainer = new Trainer(head, words, { features: corpus.features, rows, captions }, start.options);
  if (stage?.kind === 'pictures') trainer.restore(stage.trainer);

  const space = (): SpaceData => joinSpace(vocabulary, words, inverseDocumentFrequency, knowledge, input);
  const judge = heldOutJudge(corpus, input, head, () => new JointSpace(space(), knowledge));
  const curve = stage?.kind === 'pictures' ? [...stage.curve] : [];
  const state = (): LearnState => ({
    ...learnable,
    stage: { kind: 'pictures', text, trainer: trainer.state(), curve },
  });
  let saved = Date.now();
  let sum = 0;
  let steps = 0;
  const report = (): void => {
    curve.push({
      step: trainer.stepsDone,
      steps: trainer.steps,
      pass: trainer.stepsDone / trainer.stepsPerPass,
      loss: sum / steps,
      ...judge(),
    });
    hooks.point(curve.at(-1)!);
    sum = 0;
    steps = 0;
  };
  while (!trainer.done) {
    const { loss } = trainer.step();
    hooks.progress({
      stage: 'Learning the pictures',
      done: trainer.stepsDone,
      total: trainer.steps,
      unit: 'steps',
      loss,
    });
    sum += loss;
    steps++;
    if (trainer.done) break;
    const passDone = trainer.stepsDone % trainer.stepsPerPass === 0;
    if (passDone && steps >= Math.min(trainer.stepsPerPass, 10)) report();
    await hooks.pause();
    const cancelled = hooks.cancelled();
    if (cancelled || Date.now() - saved > CHECKPOINT_SECONDS * 1000) {
      await hooks.checkpoint(state());
      saved = Date.now();
    }
    if (cancelled) throw cancelledError();
  }
  if (input.init === 'starter' && input.starter) averageWithStart(head, input.starter.head, HEAD_SHARE);
  report();

  return {
    model: {
      info: {
        name: `Your words, ${rows.length.toLocaleString('en')} captions`,
        text: input.text,
        backbone: input.backbone,
        loss: 'contrastive',
        pretrained: input.init === 'scratch' ? 'none' : 'glove',
      },
      head,
      space: space(),
      text,
    },
    captions: rows.length,
    wordless: captioned.length - rows.length,
    last: curve.at(-1)!,
  };
}

function nothingToLearn(captioned: number, heldOut: number): PhotolexError {
  const apart = heldOut > 0 ? ` (held out: ${heldOut})` : '';
  const problem =
    captioned === 0
      ? `no photo has words${apart}`
      : `no word is written twice in the texts of all captioned photos, of which there are ${captioned}${apart}`;
  return new PhotolexError(
    'no-captions',
    `There is nothing to learn from: ${problem}. Add captions or keywords to more photos.`,
  );
}

function isSame<T>(one: ArrayLike<T>, other: ArrayLike<T>): boolean {
  return one.length === other.length && Array.from(one).every((value, index) => value === other[index]);
}

/** What training starts from: the starter's network and words, or new ones. */
interface Start {
  head: HeadParameters;
  words: WordParameters;
  inverseDocumentFrequency: Float32Array;
  options: TrainerOptions;
}

function startingPoint(
  { documents: all, features, width }: Corpus,
  rows: readonly number[],
  vocabulary: Vocabulary,
  { starter, init, dimension, seed, weighting }: LearnInput,
  text: TextModel,
  knowledge: TextKnowledge,
): Start {
  const documents = rows.map((row) => all[row]!);
  const random = new Random(seed);
  const frequency = vocabulary.inverseDocumentFrequency();
  const logOdds = Float32Array.from(vocabulary.documentFrequency, (count) =>
    Math.log(count / Math.max(1, documents.length - count)),
  );
  const weight = (value: number): number => (weighting === 'tfidf' ? value : 1);
  if (init !== 'starter' || !starter) {
    const head = createHead({ features: width, hidden: HIDDEN_UNITS, dimension }, features, rows, random);
    const vectors = newVectors(vocabulary.words, knowledge.pretrained ?? text.words, dimension, random);
    return {
      head,
      words: { vectors, bias: logOdds, scale: 10 },
      inverseDocumentFrequency: frequency.map(weight),
      options: { ...scratchOptions, seed },
    };
  }
  if (starter.space.dimension !== dimension) {
    throw new PhotolexError(
      'wrong-dimension',
      `The starter has ${starter.space.dimension} dimensions, so --dimension ${dimension} needs --init pretrained or --init scratch.`,
    );
  }
  const head = structuredClone(starter.head);
  const known = new JointSpace(starter.space, knowledge);
  const vectors = startFromSpace(known, {
    vocabulary,
    documents: documents.map((tokens) => Uint32Array.from(new Set(vocabulary.encode(tokens)))),
    images: imageVectors(head, features, rows),
    text,
  });
  const fromStarter = (values: Float32Array, own: Float32Array): Float32Array =>
    Float32Array.from(own, (value, index) => {
      const row = known.row(vocabulary.words[index]!);
      return row === undefined ? value : values[row]!;
    });
  return {
    head,
    words: { vectors, bias: fromStarter(starter.space.bias, logOdds), scale: starter.space.scale },
    inverseDocumentFrequency: fromStarter(starter.space.inverseDocumentFrequency, frequency).map(weight),
    options: { ...fineTuneOptions(documents.length), seed },
  };
}

/** The trained words, the starter's other words, and the maps from text vectors that serve all the rest. */
function joinSpace(
  vocabulary: Vocabulary,
  trained: WordParameters,
  inverseDocumentFrequency: Float32Array,
  knowledge: TextKnowledge,
  { starter, init, dimension: D }: LearnInput,
): SpaceData {
  const base = init === 'starter' && starter ? starter.space : null;
  const kept = base
    ? base.words.flatMap((word, row) => (vocabulary.index(word) === undefined ? [row] : []))
    : [];
  const words = [...vocabulary.words, ...kept.map((row) => base!.words[row]!)];
  const join = (own: Float32Array, others: Float32Array | undefined, width: number): Float32Array => {
    const joined = new Float32Array(words.length * width);
    joined.set(own);
    kept.forEach((row, index) => {
      joined.set(others!.subarray(row * width, (row + 1) * width), own.length + index * width);
    });
    return joined;
  };
  const vectors = join(trained.vectors, base?.vectors, D);
  const counts = new Uint32Array(words.length);
  counts.set(vocabulary.counts);
  const taught = new Uint32Array(words.length);
  taught.set(vocabulary.documentFrequency);
  kept.forEach((row, index) => {
    taught[vocabulary.size + index] = base!.taught[row]!;
  });
  const mapFor = (lookup: WordLookup | null): Float32Array | null =>
    lookup && fitTextMap({ words, vectors, dimension: D, pictures: taught }, lookup);
  return {
    dimension: D,
    words,
    vectors,
    inverseDocumentFrequency: join(inverseDocumentFrequency, base?.inverseDocumentFrequency, 1),
    bias: join(trained.bias, base?.bias, 1),
    counts,
    taught,
    scale: trained.scale,
    map: base?.map ?? mapFor(knowledge.pretrained),
    spellingMap: mapFor(knowledge.spelling),
  };
}

/** Judges the current state on the held-out photos. */
function heldOutJudge(
  corpus: Corpus,
  { heldOut }: LearnInput,
  head: HeadParameters,
  space: () => JointSpace,
): () => Pick<TrainingPoint, 'precisionAt5' | 'meanAveragePrecision'> {
  const rows = [...heldOut].filter((row) => corpus.documents[row]!.length > 0);
  const queries = heldOutQueries(rows.map((row) => corpus.documents[row]!));
  return () => {
    if (queries.length === 0) return { precisionAt5: null, meanAveragePrecision: null };
    const images = imageVectors(head, corpus.features, rows);
    const current = space();
    const measures = heldOutMeasures(queries, (word) => {
      const vector = current.compose([word]).vector;
      return Float32Array.from(rows, (_, row) => (vector ? dot(vector, images, row * vector.length) : 0));
    });
    return measures ?? { precisionAt5: null, meanAveragePrecision: null };
  };
}

function dot(vector: Float32Array, vectors: Float32Array, start: number): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i]! * vectors[start + i]!;
  return sum;
}

/** A caption for the trainer: each of its words once, weighted by how often it has it and how rare it is. */
function weightedWords(
  tokens: readonly string[],
  vocabulary: Vocabulary,
  weight: Float32Array,
): WeightedWords {
  const sums = new Map<number, number>();
  for (const word of vocabulary.encode(tokens)) sums.set(word, (sums.get(word) ?? 0) + weight[word]!);
  return { words: Uint32Array.from(sums.keys()), weights: Float32Array.from(sums.values()) };
}
