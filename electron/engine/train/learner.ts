/**
 * From a corpus to a trained space: vocabulary, text embedding, starting vectors, head and words together, the map for
 * words nobody wrote. It reads no library and starts no process: a worker calls it, and so does the script that makes the
 * starter. It reports through hooks, stops at any step, and goes on from a checkpoint to the same result.
 */

import { JointSpace, type SpaceData } from '../../../models/joint/space.ts';
import { meanLength, startingVectors } from '../../../models/joint/wordStart.ts';
import { Random } from '../../../models/random.ts';
import { fitRidge } from '../../../models/text/ridge.ts';
import { Vocabulary } from '../../../models/text/vocabulary.ts';
import { Word2Vec } from '../../../models/text/word2vec.ts';
import { firstOf, type WordLookup, type WordVectors } from '../../../models/text/wordVectors.ts';
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
  type WordParameters,
} from '../../../models/vision/trainer.ts';
import type { WeightedWords } from '../../../models/vision/wordTable.ts';
import { PhotolexError, type TrainingPoint } from '../contract.ts';
import { heldOutMeasures, heldOutQueries } from '../evaluate/heldOut.ts';
import { bundledWords, type TrainedModel } from '../library/modelFiles.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Corpus } from './corpus.ts';

export interface LearnInput {
  backbone: string;
  dimension: number;
  init: 'starter' | 'pretrained' | 'scratch';
  weighting: 'mean' | 'tfidf';
  seed: number;
  /** Indices into the corpus whose words stay hidden. */
  heldOut: ReadonlySet<number>;
  /** The model to learn on from; required for `init: 'starter'`. */
  starter: TrainedModel | null;
}

export interface LearnHooks {
  /** What is being done, in the user's words, and how far. */
  progress(stage: string, done: number, total: number, unit: string): void;
  point(point: TrainingPoint): void;
  /** True as soon as the training should stop; it then writes a checkpoint and throws `cancelled`. */
  cancelled(): boolean;
  /** Takes a checkpoint; the corpus's photos and the request are the caller's to add. */
  checkpoint(state: LearnState): Promise<void>;
  /** Lets messages in between steps. */
  pause(): Promise<void>;
}

/** What the learner itself must remember to go on. */
export type LearnState = Pick<Checkpoint, 'words' | 'photos' | 'text' | 'trainer' | 'curve'>;

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
/** Seconds between checkpoints. */
const CHECKPOINT_SECONDS = 10;
/** Penalty of the map from text vectors into the space, chosen on held-out words of the starter. */
const MAP_PENALTY = 10;

/**
 * Learns. Shapes as in `models/vision/trainer.ts`.
 * @throws {PhotolexError} `no-captions` if no word is written twice, `cancelled`, `step-failed`, `no-checkpoint` if `resumed`
 * does not fit.
 */
export async function learn(
  corpus: Corpus,
  input: LearnInput,
  hooks: LearnHooks,
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

  const text = resumed?.text ?? (await learnText(documents, vocabulary, input, hooks));
  const lookup = input.init === 'scratch' ? text : firstOf(text, bundledWords());

  const start = startingPoint(corpus, rows, vocabulary, lookup, input);
  const { head, words, inverseDocumentFrequency } = start;
  const captions = documents.map((tokens) => weightedWords(tokens, vocabulary, inverseDocumentFrequency));
  const trainer = new Trainer(head, words, { features: corpus.features, rows, captions }, start.options);
  if (resumed) trainer.restore(resumed.trainer);

  const space = (): SpaceData => joinSpace(vocabulary, words, inverseDocumentFrequency, lookup, input);
  const judge = heldOutJudge(corpus, input, head, () => new JointSpace(space(), lookup));
  const curve = resumed ? [...resumed.curve] : [];
  const state = (): LearnState => ({
    words: [...vocabulary.words],
    photos,
    text,
    trainer: trainer.state(),
    curve,
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
    hooks.progress('Learning the pictures', trainer.stepsDone, trainer.steps, 'steps');
    try {
      sum += trainer.step().loss;
    } catch (error) {
      await hooks.checkpoint(state());
      throw stepFailed(error, trainer);
    }
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
        text: 'word2vec',
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

const cancelledError = (): PhotolexError =>
  new PhotolexError('cancelled', 'Stopped. What was learned so far is kept: resume to go on.');

/** A step that the backend could not do: memory ran out, a graphics card went away, numbers ran off. */
function stepFailed(error: unknown, { stepsDone, steps }: Trainer): PhotolexError {
  const reason = (error as Error).message.split('\n')[0]!.replace(/\.$/, '');
  return new PhotolexError(
    'step-failed',
    `Step ${stepsDone + 1} of ${steps} failed (${reason}). What was learned before it is kept: resume to go on; if it fails again, resume with --backend wasm.`,
    { cause: error },
  );
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

/** The user's text embedding: Word2Vec over the captions, from the bundled vectors unless from scratch. */
async function learnText(
  documents: readonly string[][],
  vocabulary: Vocabulary,
  input: LearnInput,
  hooks: LearnHooks,
): Promise<WordVectors> {
  const pretrained = input.init === 'scratch' ? undefined : { words: bundledWords() };
  const encoded = documents.map((tokens) => vocabulary.encode(tokens));
  const word2vec = new Word2Vec(
    { dimension: bundledWords().dimension, epochs: 10, seed: input.seed },
    vocabulary,
    encoded,
    pretrained,
  );
  while (!word2vec.done) {
    const { wordsDone } = word2vec.step(10_000);
    hooks.progress('Learning the words', wordsDone, word2vec.totalWords, 'words');
    await hooks.pause();
    if (hooks.cancelled()) {
      throw new PhotolexError(
        'cancelled',
        'Stopped before it looked at pictures; there is nothing to resume.',
      );
    }
  }
  return word2vec.vectors();
}

interface Start {
  head: HeadParameters;
  words: WordParameters;
  inverseDocumentFrequency: Float32Array;
  options: TrainerOptions;
}

/** What training starts from: the starter's network and words, or new ones. */
function startingPoint(
  { documents: all, features, width }: Corpus,
  rows: readonly number[],
  vocabulary: Vocabulary,
  lookup: WordLookup,
  { starter, init, dimension, seed, weighting }: LearnInput,
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
    return {
      head,
      words: { vectors: newVectors(vocabulary, lookup, init, dimension, random), bias: logOdds, scale: 10 },
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
  const known = new JointSpace(starter.space, lookup);
  const places = vocabulary.words.map((word) => known.place(word));
  const encoded = documents.map((tokens) => Uint32Array.from(new Set(vocabulary.encode(tokens))));
  const vectors = startingVectors({
    documents: encoded,
    images: imageVectors(head, features, rows),
    dimension,
    places,
    length: meanLength(starter.space.vectors, dimension),
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

/** New word vectors: random, or the text vectors turned into the space by a random projection, so that related words start near. */
function newVectors(
  vocabulary: Vocabulary,
  lookup: WordLookup,
  init: LearnInput['init'],
  dimension: number,
  random: Random,
): Float32Array {
  const vectors = new Float32Array(vocabulary.size * dimension);
  const deviation = 1 / Math.sqrt(dimension);
  for (let i = 0; i < vectors.length; i++) vectors[i] = random.gaussian() * deviation;
  if (init === 'scratch') return vectors;
  const P = lookup.dimension;
  const projection = Float32Array.from({ length: P * dimension }, () => random.gaussian() * deviation);
  vocabulary.words.forEach((word, index) => {
    const text = lookup.vector(word);
    if (!text) return;
    const length = Math.hypot(...text) || 1;
    for (let k = 0; k < dimension; k++) {
      let sum = 0;
      for (let i = 0; i < P; i++) sum += text[i]! * projection[i * dimension + k]!;
      vectors[index * dimension + k] = sum / length;
    }
  });
  return vectors;
}

/** The trained words, the starter's other words, and the map from text vectors that serves all the rest. */
function joinSpace(
  vocabulary: Vocabulary,
  trained: WordParameters,
  inverseDocumentFrequency: Float32Array,
  lookup: WordLookup,
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
  return {
    dimension: D,
    words,
    vectors,
    inverseDocumentFrequency: join(inverseDocumentFrequency, base?.inverseDocumentFrequency, 1),
    bias: join(trained.bias, base?.bias, 1),
    counts,
    taught,
    scale: trained.scale,
    map: base?.map ?? textMap(words, vectors, D, counts, lookup),
  };
}

/** Ridge map from text vectors into the space, fitted on all words that have a place in both. */
function textMap(
  words: readonly string[],
  vectors: Float32Array,
  D: number,
  counts: Uint32Array,
  lookup: WordLookup,
): Float32Array {
  const rows = words.flatMap((word, row) => (lookup.has(word) ? [row] : []));
  if (rows.length === 0) return new Float32Array((lookup.dimension + 1) * D);
  const inputs = new Float32Array(rows.length * lookup.dimension);
  rows.forEach((row, index) => {
    inputs.set(lookup.vector(words[row]!)!, index * lookup.dimension);
  });
  const { matrix } = fitRidge(inputs, selectRows(vectors, D, rows), {
    samples: rows.length,
    penalty: MAP_PENALTY,
    // A word seen in few pictures has a noisy place; past twenty, more pictures add little.
    weights: rows.map((row) => Math.min(20, counts[row]!)),
  });
  return Float32Array.from(matrix);
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

/** Some rows of a matrix, as a new one. */
function selectRows(matrix: Float32Array, width: number, rows: readonly number[]): Float32Array {
  const selected = new Float32Array(rows.length * width);
  rows.forEach((row, index) => {
    selected.set(matrix.subarray(row * width, (row + 1) * width), index * width);
  });
  return selected;
}
