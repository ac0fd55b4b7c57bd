/**
 * One training of a library, as the training process runs it: reads the corpus, learns, writes the model's files, and hands
 * the image vectors to the engine, which alone writes to the database.
 */

import type { z } from 'zod';
import { Random } from '../../../models/random.ts';
import { withPhraseWords } from '../../../models/text/phrases.ts';
import type { PackedWordVectors } from '../../../models/text/wordVectors.ts';
import { type Backend, chooseBackend } from '../../../native/compute/backends.ts';
import type { Thumbnail } from '../../../native/image.ts';
import { readWordVectors } from '../../../native/wordVectorFile.ts';
import { PhotolexError, type TrainingPoint, type trainInputSchema } from '../contract.ts';
import type { Progress } from '../import/progress.ts';
import { Library } from '../library/library.ts';
import { readModel, starterPath, writeModel } from '../library/modelFiles.ts';
import { findPaths, noneFound } from '../library/paths.ts';
import { INDEXED_BACKBONE, openBackbone, type TrainingBackbone } from './backbones.ts';
import { CheckpointWriter, readCheckpoint, removeCheckpoint } from './checkpoint.ts';
import { type Corpus, readCorpus } from './corpus.ts';
import { type LearnState, learn } from './learner.ts';
import { cancelledError } from './learnHooks.ts';
import { resumedRequest } from './resumedRequest.ts';
import type { TrainerWindow } from './trainerWindow.ts';

export type TrainRequest = z.output<typeof trainInputSchema>;

/** What the training process tells the engine. */
export interface TrainingHost {
  progress(progress: Progress): void;
  point(point: TrainingPoint): void;
  /** Image vectors of some photos, `vectors` is `[photos, dimension]`. Resolves when they are committed. */
  vectors(photos: Int32Array, vectors: Float32Array): Promise<void>;
}

/** What the engine may ask of the training process. */
export interface TrainWorker {
  /**
   * Learns the library in folder `library` and writes the model's files to `modelFolder`. `home` is the user's data folder,
   * which may have TensorFlow.
   */
  train(
    library: string,
    modelFolder: string,
    home: string,
    request: TrainRequest,
  ): Promise<TrainOutcome | TrainCancelled | TrainUnfit>;
  /** Asks the training to stop at its next step and to keep a checkpoint. */
  cancel(): void;
  /** What a training would compute on now. */
  findBackend(home: string): Promise<Backend>;
  /** Trains a step over a TensorFlow addon, for a proof that it works. @throws {Error} if it does not. */
  prove(addon: string): Promise<{ gpu: boolean }>;
}

/** The end of a training that was cancelled. Not an error, because errors lose their code between processes. */
export interface TrainCancelled {
  /** What was kept, in the user's words. */
  cancelled: string;
}

/** The end of a training that could not be resumed. As `TrainCancelled`, no error. */
export interface TrainUnfit {
  /** Why, in the user's words. */
  unfit: string;
}

export interface TrainOutcome {
  name: string;
  text: string;
  backbone: string;
  loss: string;
  tune: string;
  dimension: number;
  captions: number;
  /** Photos that could be learned from, as `PhotoRepository.countLearnable` counts them. */
  captioned: number;
  /** Captioned photos without a word that could be learned. */
  wordless: number;
  heldOut: number[];
  precisionAt5: number | null;
  meanAveragePrecision: number | null;
  /** What trained, in the user's words. */
  device: string;
  /** What the user should know, for example paths of the hold-out list that are no photos. */
  notes: string[];
}

/** Captioned photos held out when nobody says how many: a tenth, none of a small library, and no more than judge well. */
const DEFAULT_HOLDOUT = 0.1;
const HOLDOUT_LEAST_CAPTIONS = 500;
const HOLDOUT_MOST = 1000;
/** Photos whose vectors travel together. */
const VECTOR_BATCH = 256;

/**
 * Runs a training to its end; its checkpoint stays until whoever asked for it has kept the model.
 * @param window where WebGPU is, if not in this process
 * @throws {PhotolexError} as `learn` does, but for `cancelled` and `no-checkpoint`.
 */
export async function runTraining(
  folder: string,
  modelFolder: string,
  home: string,
  asked: TrainRequest,
  host: TrainingHost,
  cancelled: () => boolean,
  window: TrainerWindow | null = null,
): Promise<TrainOutcome | TrainCancelled | TrainUnfit> {
  const library = Library.open(folder, { readonly: true });
  try {
    const checkpoint = asked.resume ? await readCheckpoint(library.checkpointPath) : null;
    const request = checkpoint ? resumedRequest(checkpoint.input, asked) : asked;
    const backend = await chooseBackend(request.backend, home, window?.useCard);
    if (request.tune !== 'head' && backend.name === 'wasm') throw needsTensorflow(backend);
    host.progress({ stage: 'Reading the captions', done: 0, total: null, unit: 'photos' });
    const backbone = await openBackbone({ ...request, seed: request.seed ?? 1 });
    if (backbone.isNew && request.tune !== 'all') throw needsAll(backbone.name);
    const captioned = library.photos.countLearnable();
    const corpus = readCorpus(library, INDEXED_BACKBONE);
    const notes: string[] = backend.reason ? [backend.reason] : [];
    const heldOut = checkpoint
      ? rowsOf(corpus, checkpoint.heldOut)
      : chooseHeldOut(library, corpus, request, notes);
    const init = startFor(request, backbone);
    const pretrained = request.pretrained
      ? await readPretrained(request.pretrained, corpus, host, cancelled, notes)
      : null;
    const starter = init === 'starter' ? await readModel(starterPath()) : null;
    const writer = new CheckpointWriter(
      library.checkpointPath,
      checkpoint && checkpoint.stage.kind !== 'words' ? checkpoint.stage.text : null,
    );
    const save = (state: LearnState): Promise<void> =>
      writer.write({
        ...state,
        input: JSON.stringify({ ...request, resume: false }),
        heldOut: Uint32Array.from([...heldOut].map((row) => corpus.photos[row]!)),
      });
    const thumbnail = (row: number): Thumbnail => library.thumbnail(library.photos.get(corpus.photos[row]!)!);
    // To resume means the last training that began, so what an earlier one left is worth nothing from here on.
    if (!checkpoint) await removeCheckpoint(library.checkpointPath);
    const learned = await learn(
      corpus,
      {
        ...request,
        backbone,
        thumbnail,
        dimension: request.dimension,
        passes: request.passes,
        seed: request.seed,
        init,
        heldOut,
        starter,
        pretrained,
        ...(window && backend.name === 'webgpu' && { startTraining: window.start }),
      },
      {
        progress: (progress) => host.progress(progress),
        point: (point) => host.point(point),
        cancelled,
        checkpoint: save,
        pause: () => new Promise((resolve) => setImmediate(resolve)),
      },
      checkpoint ?? undefined,
    );
    if (learned.note) notes.push(learned.note);
    try {
      await writeModel(modelFolder, learned.model, 'float32');
      for (let start = 0; start < corpus.photos.length; start += VECTOR_BATCH) {
        const end = Math.min(start + VECTOR_BATCH, corpus.photos.length);
        if (cancelled()) throw cancelledError();
        host.progress({
          stage: 'Placing the photos',
          done: start,
          total: corpus.photos.length,
          unit: 'photos',
        });
        const rows = Array.from({ length: end - start }, (_, index) => start + index);
        await host.vectors(corpus.photos.slice(start, end), await learned.vectors(rows));
      }
    } finally {
      await learned.close();
    }
    const { info, head } = learned.model;
    return {
      name: info.name,
      text: info.text,
      backbone: info.backbone,
      loss: info.loss,
      tune: request.tune,
      dimension: head.dimension,
      captions: learned.captions,
      captioned,
      wordless: learned.wordless,
      heldOut: [...heldOut].map((row) => corpus.photos[row]!),
      precisionAt5: learned.point.precisionAt5,
      meanAveragePrecision: learned.point.meanAveragePrecision,
      device: backend.device,
      notes,
    };
  } catch (error) {
    if (error instanceof PhotolexError && error.code === 'cancelled') return { cancelled: error.message };
    if (error instanceof PhotolexError && error.code === 'no-checkpoint') return { unfit: error.message };
    throw error;
  } finally {
    window?.close();
    library.close();
  }
}

function needsAll(backbone: string): PhotolexError {
  return new PhotolexError(
    'wrong-depth',
    `${backbone} begins with random weights, so all of it must be trained: train from the first layer, or take an ONNX file that has weights.`,
  );
}

function needsTensorflow({ cardProblem }: Backend): PhotolexError {
  const because = cardProblem ? `, because ${cardProblem}` : '';
  return new PhotolexError(
    'needs-tensorflow',
    `Without TensorFlow only the head can be trained${because}. Install it (in the settings, or with photolex accelerate), or train the head alone.`,
  );
}

/** @throws {PhotolexError} `wrong-start` for what cannot be learned from there. */
function startFor(
  { loss, init, pretrained }: TrainRequest,
  backbone: TrainingBackbone,
): NonNullable<TrainRequest['init']> {
  const fits = loss === 'contrastive' && !pretrained && backbone.isIndexed;
  const start = init ?? (fits ? 'starter' : 'pretrained');
  if (start === 'starter' && !backbone.isIndexed) {
    throw new PhotolexError(
      'wrong-start',
      `The starter sees with ${INDEXED_BACKBONE}, so with --backbone ${backbone.name} use --init pretrained or --init scratch.`,
    );
  }
  if (start === 'starter' && loss !== 'contrastive') {
    throw new PhotolexError(
      'wrong-start',
      `With --loss ${loss} pictures learn where the text embedding puts their captions, which is not the starter's space: use --init pretrained or --init scratch.`,
    );
  }
  if (pretrained && start !== 'pretrained') {
    throw new PhotolexError(
      'wrong-start',
      `Vectors of your own are learned from with --init pretrained, not --init ${start}.`,
    );
  }
  return start;
}

/**
 * The vectors that the user brought: all words of the captions, and the most frequent others.
 * @throws {PhotolexError} `pretrained-file` saying what is wrong with the file, `cancelled`
 */
async function readPretrained(
  path: string,
  corpus: Corpus,
  host: TrainingHost,
  cancelled: () => boolean,
  notes: string[],
): Promise<PackedWordVectors> {
  const wanted = new Set(corpus.documents.flatMap((tokens) => withPhraseWords(tokens)));
  const stop = new AbortController();
  try {
    const { vectors, skipped } = await readWordVectors(path, {
      wanted: (token) => wanted.has(token),
      signal: stop.signal,
      onProgress: (done, total) => {
        host.progress({ stage: 'Reading word vectors', done, total, unit: 'bytes' });
        if (cancelled()) stop.abort();
      },
    });
    if (skipped) notes.push(`Word vectors that could not be read: ${skipped.count} (${skipped.first}).`);
    return vectors;
  } catch (error) {
    if (stop.signal.aborted) throw cancelledError();
    throw new PhotolexError('pretrained-file', (error as Error).message, { cause: error });
  }
}

/** The rows of these photos. */
function rowsOf(corpus: Corpus, photos: Iterable<number>): Set<number> {
  const wanted = new Set(photos);
  return new Set(Array.from(corpus.photos.keys()).filter((row) => wanted.has(corpus.photos[row]!)));
}

function chooseHeldOut(
  library: Library,
  corpus: Corpus,
  request: TrainRequest,
  notes: string[],
): Set<number> {
  if (Array.isArray(request.holdout)) {
    const { photos, missing } = findPaths(library, request.holdout);
    if (photos.size === 0) throw noneFound('hold out', missing);
    if (missing.length > 0)
      notes.push(`Photos to hold out that are not in the library: ${missing.length}, such as ${missing[0]}.`);
    return rowsOf(corpus, photos.values());
  }
  const captioned = corpus.documents.flatMap((tokens, row) => (tokens.length > 0 ? [row] : []));
  const fraction = request.holdout ?? (captioned.length >= HOLDOUT_LEAST_CAPTIONS ? DEFAULT_HOLDOUT : 0);
  const count = Math.floor(captioned.length * fraction);
  const most = request.holdout === undefined ? HOLDOUT_MOST : count;
  return new Set(new Random(request.seed ?? 1).shuffle(captioned).slice(0, Math.min(count, most)));
}
