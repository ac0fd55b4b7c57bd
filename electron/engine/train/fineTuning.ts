/**
 * Training the image network itself, after its head: the same objective goes on, now through the backbone's last blocks or all of it,
 * on views of the photos that differ every time.
 */

import { farther } from '../../../models/joint/familiarity.ts';
import { type CropOptions, plainCrop } from '../../../models/vision/augmentation.ts';
import type { HeadParameters } from '../../../models/vision/head.ts';
import { cutGraph, withWeights } from '../../../models/vision/imageGraph.ts';
import { ImageNetwork } from '../../../models/vision/imageNetwork.ts';
import type { Objective } from '../../../models/vision/objective.ts';
import { encodeOnnx, type OnnxGraph } from '../../../models/vision/onnx.ts';
import type { Schedule } from '../../../models/vision/schedule.ts';
import { seedSgdOptions } from '../../../models/vision/sgd.ts';
import type { TrainerOptions } from '../../../models/vision/trainer.ts';
import type { Thumbnail } from '../../../native/image.ts';
import { type TrainingBackbone, wholeNetwork } from './backbones.ts';
import { LibraryPictures } from './pictureSupply.ts';
import type { PictureTrainer, StartTraining } from './pictureTrainer.ts';
import { PictureViews } from './pictureViews.ts';

/** How much of the backbone trains. See [Note: The last blocks]. */
export type FineTuningDepth = 'last' | 'all';

export interface FineTuningInput {
  backbone: TrainingBackbone;
  depth: FineTuningDepth;
  recipe: 'best' | 'paper';
  /** Undefined for as many as the recipe thinks right. */
  passes: number | undefined;
  /** How strange the pictures are to what the network knows, from 0 to 1; see `strangeness`. */
  strange: number;
  head: HeadParameters;
  objective: Objective;
  /** The row of each of the objective's captions. */
  rows: readonly number[];
  /** The thumbnail of a row of the corpus. */
  thumbnail: (row: number) => Thumbnail;
  seed: number;
  startTraining: StartTraining;
}

/** Bytes that an EfficientNet-Lite0 keeps of a photo of 224 × 224 pixels for the backward pass; other networks are taken for one. */
const PHOTO_BYTES: Record<FineTuningDepth, number> = { last: 3e6, all: 26e6 };
/** Photos of a chunk at most, where memory is not short. */
const CHUNK: Record<FineTuningDepth, number> = { last: 64, all: 24 };
/** A batch that takes no more bytes is kept whole, where otherwise its chunks are computed once for the loss and once more for the gradients. */
const KEPT_BYTES = 1e9;

const schedule: Schedule = { kind: 'warm-cosine', warmUp: 0.1 };

/** How a network trains. */
export interface Recipe {
  options: Omit<TrainerOptions, 'seed'>;
  crop: CropOptions;
  /**
   * How far the network that results lies from where training began to where it went. Half way it keeps more of what it knew before and is
   * better at both (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"); measured: docs/training.md.
   */
  share: number;
}

/** Steps that a small library gets at least, in more passes, up to so many times the usual ones. */
const LEAST_STEPS = 60;
const MORE_PASSES = 4;

/** For a network that can see already; where pictures are strange it goes farther from what it knew. Measured: see docs/training.md. */
export function tuningRecipe(captions: number, strange: number): Recipe {
  const batch = 256;
  const stepsOfPass = Math.ceil(captions / batch);
  const passes = Math.min(MORE_PASSES * 6, Math.max(6, Math.ceil(LEAST_STEPS / stepsOfPass)));
  // Few captions teach a network badly; see `fineTuneOptions`.
  const rate = 5e-4 * Math.min(1, Math.sqrt(captions / 7000)) ** (1 - strange);
  return {
    options: { passes, batch, rate, dropout: 0.5, schedule },
    crop: { area: [0.35, 1], aspect: [0.9, 1.1], shape: 'photo' },
    share: farther(0.5, strange),
  };
}

/** For a network with random weights. Few photos still need many steps, so their batches are small. */
function newRecipe(captions: number): Recipe {
  const batch = Math.max(16, Math.min(64, Math.round(captions / 10)));
  return {
    options: { passes: 60, batch, rate: 5e-4, dropout: 0, schedule },
    crop: { area: [0.5, 1], aspect: [0.9, 1.1], shape: 'photo' },
    share: 1,
  };
}

/** The seed system's (Gomez et al. 2018); its passes are those of its 300,000 steps over a million photos. */
const paperRecipe: Recipe = {
  options: {
    passes: 36,
    batch: 120,
    rate: 1e-3,
    dropout: 0.5,
    descent: seedSgdOptions,
    schedule: { kind: 'step-decay', every: 100_000 },
  },
  crop: plainCrop,
  share: 1,
};

export class FineTuning {
  readonly #whole: OnnxGraph;
  readonly #views: PictureViews;
  readonly #pictures: LibraryPictures;
  readonly #network: ImageNetwork;
  readonly #thumbnail: FineTuningInput['thumbnail'];
  readonly #share: number;
  readonly trainer: PictureTrainer;

  private constructor(
    whole: OnnxGraph,
    views: PictureViews,
    pictures: LibraryPictures,
    network: ImageNetwork,
    trainer: PictureTrainer,
    thumbnail: FineTuningInput['thumbnail'],
    share: number,
  ) {
    this.#whole = whole;
    this.#views = views;
    this.#pictures = pictures;
    this.#network = network;
    this.trainer = trainer;
    this.#thumbnail = thumbnail;
    this.#share = share;
  }

  /** @throws {Error} if the compute backend cannot train the network. */
  static async start(input: FineTuningInput): Promise<FineTuning> {
    const { backbone, depth, strange, head, objective, rows, thumbnail, seed, startTraining } = input;
    const { options, crop, share } =
      input.recipe === 'paper'
        ? paperRecipe
        : backbone.isNew
          ? newRecipe(rows.length)
          : tuningRecipe(rows.length, strange);
    const joined = wholeNetwork(backbone, head);
    const whole = {
      ...joined,
      outputs: [...joined.outputs, { name: 'output', shape: ['n', head.dimension] }],
    };
    const views = new PictureViews({ crop, side: backbone.side });
    try {
      const begin = (depth === 'last' && backbone.lastBlocks) || backbone.entry;
      const cut = begin === null ? null : cutGraph(whole, begin);
      if (cut && begin) await views.setNetwork('first', encodeOnnx(cut.before), begin);
      const pictures = new LibraryPictures(views, {
        thumbnail,
        network: cut && 'first',
        chunk: CHUNK[depth],
        seed,
      });
      const network = new ImageNetwork(cut?.after ?? whole, pictures, {
        depth: begin !== null && begin === backbone.lastBlocks ? 'all' : depth,
        backboneRate: 1,
        dropout: options.dropout,
        keepsBatch: options.batch * PHOTO_BYTES[depth] * ((backbone.side ?? 224) / 224) ** 2 <= KEPT_BYTES,
      });
      const passes = input.passes ?? options.passes;
      const trainer = await startTraining(network, objective, rows, { ...options, passes, seed });
      return new FineTuning(whole, views, pictures, network, trainer, thumbnail, share);
    } catch (error) {
      await views.close();
      throw error;
    }
  }

  /**
   * Keeps less in memory from the next step on, for the same batches in more time: chunks one after the other, then of half as many
   * photos. Returns false if it keeps as little as it can.
   */
  useLessMemory(): boolean {
    // A window has the network, and with its graphics card what failed is lost.
    if (this.trainer.bring) return false;
    if (this.#network.keepsBatch) {
      this.#network.keepsBatch = false;
      return true;
    }
    return this.#pictures.halveChunks();
  }

  /** The whole network, from `image` to `vector`, that results from the training as it is now. */
  graph(): OnnxGraph {
    const { outputs, ...graph } = withWeights(this.#whole, this.#network.graph().initializers, this.#share);
    return { ...graph, outputs: outputs.filter(({ name }) => name === 'vector') };
  }

  /** Image vectors of whole photos under the network as it is now: `[rows, D]`. @throws naming a thumbnail that cannot be read */
  async vectors(rows: readonly number[]): Promise<Float32Array> {
    await this.prepare();
    return this.look(rows);
  }

  /** Hands the network as it is now to whoever looks. */
  async prepare(): Promise<void> {
    await this.#views.setNetwork('whole', encodeOnnx(this.graph()), 'vector');
  }

  /** The same as `vectors` with the network of the last call of `prepare`. */
  async look(rows: readonly number[]): Promise<Float32Array> {
    const views = rows.map((row) => ({ ...this.#thumbnail(row), seed: null }));
    const seen = await this.#views.look(views, 'whole');
    const dimension = seen[0]?.values.length ?? 0;
    const vectors = new Float32Array(rows.length * dimension);
    seen.forEach(({ values }, row) => {
      vectors.set(values, row * dimension);
    });
    return vectors;
  }

  async close(): Promise<void> {
    this.#network.dispose();
    await this.#views.close();
  }
}
