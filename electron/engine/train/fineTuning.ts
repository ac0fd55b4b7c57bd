/**
 * Training the image network itself, after its head: the same objective goes on, now through the backbone's last blocks or all of it,
 * on views of the photos that differ every time.
 */
import { readFileSync } from 'node:fs';
import type { HeadParameters } from '../../../models/vision/head.ts';
import { encodeHead } from '../../../models/vision/headGraph.ts';
import { cutGraph, featureGraph, joinGraphs, withWeights } from '../../../models/vision/imageGraph.ts';
import { ImageNetwork } from '../../../models/vision/imageNetwork.ts';
import type { Objective } from '../../../models/vision/objective.ts';
import { decodeOnnx, encodeOnnx, type OnnxGraph } from '../../../models/vision/onnx.ts';
import { warmCosine } from '../../../models/vision/schedule.ts';
import { Trainer, type TrainerOptions } from '../../../models/vision/trainer.ts';
import { BACKBONES, type BackboneName } from '../../../native/backbone.ts';
import { weightsPath } from '../../../native/runtime.ts';
import { LibraryPictures } from './pictureSupply.ts';
import { PictureViews } from './pictureViews.ts';

/** How much of the backbone trains. See [Note: The last blocks]. */
export type FineTuningDepth = 'last' | 'all';

export interface FineTuningInput {
  backbone: BackboneName;
  depth: FineTuningDepth;
  head: HeadParameters;
  objective: Objective;
  /** The row of each of the objective's captions. */
  rows: readonly number[];
  /** Path of the thumbnail of a row of the corpus. */
  thumbnail: (row: number) => string;
  seed: number;
}

/** Where the last blocks begin. What comes before them runs in onnxruntime, several times faster than where it could train. */
const LAST_BLOCKS: Record<BackboneName, string> = { 'efficientnet-lite0': 'block10.add' };

/** Photos of a chunk. An EfficientNet-Lite0 keeps 26 MB of each for the backward pass at 224 pixels, its last blocks 3 MB. */
const CHUNK: Record<FineTuningDepth, number> = { last: 64, all: 24 };

/** Share of the steps in which the rate rises. */
const WARM_UP = 0.1;

const OPTIONS: TrainerOptions = {
  passes: 3,
  batch: 256,
  rate: 1e-4,
  dropout: 0.5,
  seed: 1,
  schedule: (step, steps, peak) => warmCosine(step, steps, peak, Math.round(WARM_UP * steps)),
};

const CROP = { area: [0.5, 1], aspect: [0.9, 1.1], shape: 'photo' } as const;

export class FineTuning {
  readonly #whole: OnnxGraph;
  readonly #views: PictureViews;
  readonly #network: ImageNetwork;
  readonly #thumbnail: (row: number) => string;
  readonly trainer: Trainer;

  private constructor(
    whole: OnnxGraph,
    views: PictureViews,
    network: ImageNetwork,
    trainer: Trainer,
    thumbnail: (row: number) => string,
  ) {
    this.#whole = whole;
    this.#views = views;
    this.#network = network;
    this.trainer = trainer;
    this.#thumbnail = thumbnail;
  }

  /** @throws {Error} if the present compute backend cannot train the network. */
  static async start(input: FineTuningInput): Promise<FineTuning> {
    const { backbone, depth, head, objective, rows, thumbnail, seed } = input;
    const weights = decodeOnnx(readFileSync(weightsPath(BACKBONES[backbone].file)));
    const joined = joinGraphs(featureGraph(weights), decodeOnnx(encodeHead(head, {}, 'float32')));
    const whole = {
      ...joined,
      outputs: [...joined.outputs, { name: 'output', shape: ['n', head.dimension] }],
    };
    const views = new PictureViews({ crop: CROP, side: null });
    try {
      const cut = depth === 'last' ? cutGraph(whole, LAST_BLOCKS[backbone]) : null;
      if (cut) await views.setNetwork('first', encodeOnnx(cut.before), LAST_BLOCKS[backbone]);
      const pictures = new LibraryPictures(views, {
        thumbnail,
        network: cut && 'first',
        chunk: CHUNK[depth],
        seed,
      });
      const network = new ImageNetwork(cut?.after ?? whole, pictures, {
        depth: 'all',
        backboneRate: 1,
        dropout: OPTIONS.dropout,
      });
      const trainer = new Trainer(network, objective, rows, { ...OPTIONS, seed });
      return new FineTuning(whole, views, network, trainer, thumbnail);
    } catch (error) {
      await views.close();
      throw error;
    }
  }

  /** The whole network, from `image` to `vector`, as it is now. */
  graph(): OnnxGraph {
    const { outputs, ...graph } = withWeights(this.#whole, this.#network.graph().initializers);
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
    const views = rows.map((row) => ({ path: this.#thumbnail(row), seed: null }));
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
