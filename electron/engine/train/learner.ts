/**
 * From a corpus to a trained space: vocabulary, text embedding, starting vectors, head and words together, the map for
 * words nobody wrote. It reads no library and starts no process: a worker calls it, and so does the script that makes the
 * starter. It reports through hooks, stops at any step, and goes on from a checkpoint to the same result.
 */

import { JointSpace } from '../../../models/joint/space.ts';
import { textKnowledge } from '../../../models/joint/textKnowledge.ts';
import { startsFromPretrained, type TextAlgorithm } from '../../../models/text/algorithms.ts';
import { withPhraseWords } from '../../../models/text/phrases.ts';
import type { TextModel } from '../../../models/text/textModel.ts';
import type { TextState } from '../../../models/text/textTraining.ts';
import { Vocabulary } from '../../../models/text/vocabulary.ts';
import type { PackedWordVectors } from '../../../models/text/wordVectors.ts';
import { imageVectors } from '../../../models/vision/head.ts';
import { decodeHead } from '../../../models/vision/headGraph.ts';
import { HeadNetwork } from '../../../models/vision/headNetwork.ts';
import type { NegativeSampling } from '../../../models/vision/negatives.ts';
import { encodeOnnx } from '../../../models/vision/onnx.ts';
import type { TrainerState } from '../../../models/vision/trainer.ts';
import type { Thumbnail } from '../../../native/image.ts';
import { type Loss, PhotolexError, type TrainingPoint } from '../contract.ts';
import { bundledWords, type TrainedModel } from '../library/modelFiles.ts';
import { type TrainingBackbone, wholeNetwork } from './backbones.ts';
import { BestFound, type BestState, patience } from './bestFound.ts';
import { contrastiveLearning } from './contrastiveLearning.ts';
import type { Corpus } from './corpus.ts';
import { seenBy } from './corpusFeatures.ts';
import { FineTuning, type FineTuningDepth } from './fineTuning.ts';
import { heldOutJudge, type VectorsOf } from './heldOutJudge.ts';
import { type PictureHooks, type RunRest, trainPictures } from './pictureRun.ts';
import { type PictureTrainer, type StartTraining, trainHere } from './pictureTrainer.ts';
import { learnText } from './textLearner.ts';
import { textSpaceLearning } from './textSpaceLearning.ts';

export interface LearnInput {
  /** What photos go through before the head. */
  backbone: TrainingBackbone;
  text: TextAlgorithm;
  loss: Loss;
  /** Of the triplet loss. */
  negatives: NegativeSampling;
  /** Of the space; undefined for what fits the loss and the start. */
  dimension: number | undefined;
  init: 'starter' | 'pretrained' | 'scratch';
  weighting: 'mean' | 'tfidf';
  /** Undefined for a model that need not be the same every time. */
  seed: number | undefined;
  /** What trains: the head on cached features, and then the backbone's last blocks or all of it too. */
  tune: 'head' | FineTuningDepth;
  recipe: 'best' | 'paper';
  /** Of the network; undefined for as many as the recipe thinks right. */
  passes: number | undefined;
  /** The thumbnail of a row of the corpus, for what trains from pixels. */
  thumbnail: (row: number) => Thumbnail;
  /** Indices into the corpus whose words stay hidden. */
  heldOut: ReadonlySet<number>;
  /** The model to learn on from; required for `init: 'starter'`. */
  starter: TrainedModel | null;
  /** Vectors that the user brought, in place of the bundled ones; null without. */
  pretrained: PackedWordVectors | null;
  /** Where the steps of pictures are computed; in this process without it. */
  startTraining?: StartTraining;
}

/** What the caller hears of a training, and what it says. */
export interface TrainingHooks extends PictureHooks {
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
    | { kind: 'pictures'; text: TextModel; trainer: TrainerState; curve: TrainingPoint[] }
    | {
        kind: 'network';
        text: TextModel;
        trainer: TrainerState;
        curve: TrainingPoint[];
        best: BestState | null;
      };
}

export interface Learned {
  model: TrainedModel;
  captions: number;
  /** Captioned photos without a single word that the model could learn. */
  wordless: number;
  /** The point of the curve that the model comes from. */
  point: TrainingPoint;
  /** What the user should know of how it went; null if nothing. */
  note: string | null;
  /** Image vectors of rows of the corpus under the new model. */
  vectors(rows: readonly number[]): Promise<Float32Array>;
  /** Frees what `vectors` needs. */
  close(): Promise<void>;
}

/** A word must be written twice to be learned: once is chance. */
const MINIMUM_COUNT = 2;
/**
 * Deviation of a feature, relative to 1 / √F, which it must be in a row of length 1. That of a network with random weights, for which all
 * photos look alike, would be far smaller, and its first steps far too large.
 */
const FEATURE_DEVIATION = 0.5;
/** Dimension of a space that nothing else fixes. */
const DIMENSION = 400;
/** Numbers of a text vector that nothing else fixes, and topics of LDA. */
const TEXT_DIMENSION = 100;

/**
 * Learns. Shapes as in `models/vision/trainer.ts`.
 * @throws {PhotolexError} `no-captions` if no word is written twice, `cancelled`, `step-failed`, `no-checkpoint` if `resumed`
 * does not fit.
 */
export async function learn(
  indexed: Corpus,
  input: LearnInput,
  hooks: TrainingHooks,
  resumed?: LearnState,
): Promise<Learned> {
  const corpus = await seenBy(input.backbone, indexed, input.thumbnail, hooks);
  const captioned = corpus.documents.flatMap((tokens, row) =>
    tokens.length > 0 && !input.heldOut.has(row) ? [row] : [],
  );
  const vocabulary = Vocabulary.fromDocuments(
    captioned.map((row) => withPhraseWords(corpus.documents[row]!)),
    { minimumCount: MINIMUM_COUNT },
  );
  const rows = captioned.filter((row) =>
    withPhraseWords(corpus.documents[row]!).some((word) => vocabulary.has(word)),
  );
  if (rows.length === 0) throw nothingToLearn(captioned.length, input.heldOut.size);
  const photos = Uint32Array.from(rows, (row) => corpus.photos[row]!);
  if (resumed && !(isSame(resumed.words, vocabulary.words) && isSame(resumed.photos, photos))) {
    throw new PhotolexError(
      'no-checkpoint',
      'The captions have changed since that training stopped. Train anew.',
    );
  }
  const learnable = { words: vocabulary.words, photos };
  const pretrained = input.init === 'scratch' ? null : (input.pretrained ?? bundledWords());
  const stage = resumed?.stage;
  const text =
    stage && stage.kind !== 'words'
      ? stage.text
      : await learnText(
          {
            algorithm: input.text,
            documents: rows.map((row) => corpus.documents[row]!),
            vocabulary,
            dimension: textDimension(input, pretrained),
            pretrained,
            seed: input.seed,
          },
          hooks,
          (state) => hooks.checkpoint({ ...learnable, stage: { kind: 'words', state } }),
          stage?.state,
        );
  // Nothing is composed by what words cover here: captions are what was written.
  const knowledge = textKnowledge(text, pretrained, null);
  const learning = {
    corpus,
    rows,
    documents: rows.map((row) => withPhraseWords(corpus.documents[row]!)),
    vocabulary,
    text,
    knowledge,
    dimension: input.dimension ?? DIMENSION,
    weighting: input.weighting,
    starter: input.init === 'starter' ? input.starter : null,
    seed: input.seed ?? 1,
  };
  const { head, objective, options, strange, space, finish, calibrate } =
    input.loss === 'contrastive'
      ? await contrastiveLearning(learning)
      : textSpaceLearning(learning, input.loss, input.negatives);
  if (input.backbone.isNew) head.deviation.fill(FEATURE_DEVIATION / Math.sqrt(head.features));
  const curve = stage && stage.kind !== 'words' ? [...stage.curve] : [];
  const judge = heldOutJudge(
    corpus,
    input.heldOut,
    () => new JointSpace(space(), knowledge, corpus.preparation),
  );
  const startTraining = input.startTraining ?? trainHere;
  const run = (what: string, trainer: PictureTrainer, vectors: VectorsOf, rest: RunRest): Promise<void> =>
    trainPictures(trainer, hooks, {
      what,
      curve,
      captions: rows.length,
      judge: () => judge(vectors),
      checkpoint: (stage) => hooks.checkpoint({ ...learnable, stage: { ...stage, text, curve } }),
      ...rest,
    });

  const ofHead: VectorsOf = async (rows) => imageVectors(head, corpus.features, rows);
  const isHeadFirst = !input.backbone.isNew;
  if (isHeadFirst && stage?.kind !== 'network') {
    const network = new HeadNetwork(head, corpus.features, options.dropout);
    const trainer = await startTraining(network, objective, rows, options);
    if (stage?.kind === 'pictures') await trainer.restore(stage.trainer);
    await run('Learning the pictures', trainer, ofHead, { stage: 'pictures', finish });
  }
  let tuning: FineTuning | null = null;
  let chosen = curve.at(-1);
  let note: string | null = null;
  try {
    if (input.tune !== 'head') {
      const { backbone, tune: depth, recipe, passes, thumbnail, seed = 1 } = input;
      tuning = await FineTuning.start({
        backbone,
        depth,
        recipe,
        passes,
        strange,
        head,
        objective,
        rows,
        thumbnail,
        seed,
        startTraining,
      });
      const { trainer } = tuning;
      const best = new BestFound(
        stage?.kind === 'network' ? stage.best : null,
        // What begins with random weights learns slowly at first.
        backbone.isNew ? Number.POSITIVE_INFINITY : patience(trainer),
      );
      if (stage?.kind === 'network') await trainer.restore(stage.trainer);
      else if (chosen) best.hear(chosen, (await judge(ofHead)).choice, trainer);
      const vectors: VectorsOf = (rows) => tuning!.vectors(rows);
      await run('Learning to see', trainer, vectors, {
        stage: 'network',
        best,
        useLessMemory: () => tuning!.useLessMemory(),
        finish: () => {},
      });
      chosen = curve.at(-1);
      const found = best.state;
      if (found && found.trainer.step < trainer.stepsDone) {
        note = whichPass(found, trainer);
        await trainer.restore(found.trainer);
        chosen = found.point;
      }
      await tuning.prepare();
    }
    const vectors: VectorsOf = (rows) => (tuning ? tuning.look(rows) : ofHead(rows));
    await calibrate?.(await vectors(rows));
    const network = tuning?.graph() ?? (input.backbone.isIndexed ? null : wholeNetwork(input.backbone, head));
    return {
      model: {
        info: {
          name: `Your words, ${rows.length.toLocaleString('en')} captions`,
          text: input.text,
          backbone: input.backbone.name,
          loss: input.loss,
          pretrained: input.init === 'scratch' ? 'none' : input.pretrained ? 'own' : 'glove',
        },
        head: network ? decodeHead(encodeOnnx(network)).head : head,
        network,
        space: space(),
        text,
        pretrained: input.pretrained,
        preparation: corpus.preparation,
      },
      captions: rows.length,
      wordless: captioned.length - rows.length,
      point: chosen!,
      note,
      vectors,
      close: async () => tuning?.close(),
    };
  } catch (error) {
    await tuning?.close();
    throw error;
  }
}

/** Says from where the model is, if a training did not find the held-out photos best at its end. */
function whichPass({ trainer: { step } }: BestState, { stepsDone, stepsPerPass }: PictureTrainer): string {
  const by = 'by the words that two or more of them have';
  return step === 0
    ? `No pass of the network's training found the held-out photos better than the head alone, ${by}, so the network stays as it was.`
    : `The model is that of pass ${step / stepsPerPass} of ${stepsDone / stepsPerPass}, which found the held-out photos best, ${by}.`;
}

/** Numbers per text vector. @throws {PhotolexError} `wrong-dimension` if the loss needs the space to have as many. */
function textDimension(
  { text, loss, dimension }: LearnInput,
  pretrained: { dimension: number } | null,
): number {
  const fixed = startsFromPretrained(text) && pretrained ? pretrained.dimension : null;
  if (loss === 'contrastive') return fixed ?? TEXT_DIMENSION;
  if (fixed !== null && dimension !== undefined && dimension !== fixed) {
    throw new PhotolexError(
      'wrong-dimension',
      `With --loss ${loss} the space is that of the text vectors, which have ${fixed} dimensions, so --dimension ${dimension} needs --init scratch.`,
    );
  }
  return fixed ?? dimension ?? DIMENSION;
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
