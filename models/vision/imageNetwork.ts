/**
 * A network from the pixels on, or from some layer on, as the trainer moves it.
 *
 * [Note: Batches larger than memory]
 * A contrastive loss wants many photos in a batch, and what the backward pass keeps of each is tens of megabytes. So the batch is computed
 * in chunks: first only the vectors of all, from which the objective has the gradient of each; then each chunk once more, now for its
 * backward pass (Gao et al. 2021, "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup"). The gradients are those
 * of the whole batch, for a third more work. What is dropped is drawn once, so both times see the same network. Where there is room for
 * all of them at once, each chunk is computed once. Chunks may differ in shape, which lets every photo keep its own aspect ratio.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../random.ts';
import { dropoutMask } from './head.ts';
import { type DropoutMask, Network, type NetworkPass, type TuningDepth } from './network.ts';
import { encodeOnnx, type OnnxGraph } from './onnx.ts';
import type { TrainableNetwork, TrainedParameter, VectorPass } from './trainableNetwork.ts';
import type { NetworkTask } from './trainingTask.ts';

/** Photos of a batch that have the same shape. */
export interface PictureChunk {
  /** Which of the batch's photos these are. */
  positions: Int32Array;
  /** [photos, height, width, channels] */
  shape: readonly [number, number, number, number];
  values: Float32Array;
}

/** Gives the photos of a training step, each seen a little differently every time. */
export interface PictureSupply {
  load(photos: Uint32Array, step: number): Promise<PictureChunk[]>;
}

export interface ImageNetworkOptions {
  depth: TuningDepth;
  /** Rate of the layers before the head, as a share of the trainer's. */
  backboneRate: number;
  dropout: number;
  /** Whether there is room for what the backward pass keeps of a whole batch. */
  keepsBatch: boolean;
}

/** The values of a head's graph of which training drops some. */
const DROPPED = ['standardised', 'active'];
const OUTPUT = 'output';
const VECTOR = 'vector';

export class ImageNetwork implements TrainableNetwork<PictureChunk[]> {
  readonly #network: Network;
  readonly #supply: PictureSupply;
  #options: ImageNetworkOptions;
  readonly parameters: readonly TrainedParameter[];

  /**
   * @param graph ends with a head (`headGraph.ts`) and begins where the supply's chunks do
   * @throws {Error} if it cannot be trained
   */
  constructor(graph: OnnxGraph, supply: PictureSupply, options: ImageNetworkOptions) {
    const { depth, backboneRate } = options;
    this.#network = new Network(graph, { outputs: [OUTPUT, VECTOR], depth, dropout: DROPPED });
    this.#supply = supply;
    this.#options = options;
    this.parameters = this.#network.trainable.map(({ name, values, shape, stage }) => ({
      name,
      values,
      rate: stage === 'head' ? 1 : backboneRate,
      decay: shape.length > 1 ? 1 : 0,
    }));
  }

  /** Whether there is room for what the backward pass keeps of a whole batch. */
  get keepsBatch(): boolean {
    return this.#options.keepsBatch;
  }

  set keepsBatch(keepsBatch: boolean) {
    this.#options = { ...this.#options, keepsBatch };
  }

  /** The network with what it has learned so far. */
  graph(): OnnxGraph {
    return this.#network.graph();
  }

  load(photos: Uint32Array, step: number): Promise<PictureChunk[]> {
    return this.#supply.load(photos, step);
  }

  forward(chunks: PictureChunk[], random: Random): VectorPass {
    const masks = chunks.map(() => this.#masks(random));
    const images = (chunk: PictureChunk): tf.Tensor4D => tf.tensor4d(chunk.values, [...chunk.shape]);
    const forward = (index: number): NetworkPass =>
      this.#network.forward(images(chunks[index]!), masks[index]!);
    const kept = chunks.length === 1 || this.keepsBatch ? chunks.map((_, index) => forward(index)) : null;
    const parts =
      kept?.map((pass) => pass.outputs) ??
      chunks.map((chunk, index) => tf.tidy(() => this.#network.infer(images(chunk), masks[index]!)));
    const { outputs, order } = inOrder(chunks, parts);
    const backward = (name: string, gradient: tf.Tensor2D): tf.Tensor[] => {
      let sums: tf.Tensor[] | null = null;
      for (const index of chunks.keys()) {
        const before: tf.Tensor[] | null = sums;
        sums = tf.tidy(() => {
          const pass = kept?.[index] ?? forward(index);
          const gradients = pass.backward({ [name]: tf.gather(gradient, order[index]!) });
          return before ? gradients.map((gradient, at) => tf.add(before[at]!, gradient)) : gradients;
        });
        if (before) tf.dispose(before);
      }
      return sums!;
    };
    return this.#pass(outputs, backward);
  }

  #pass(
    outputs: Readonly<Record<string, tf.Tensor2D>>,
    backward: (name: string, gradient: tf.Tensor2D) => tf.Tensor[],
  ): VectorPass {
    return {
      output: outputs[OUTPUT]!,
      vectors: outputs[VECTOR]!,
      backward: (gradient) => backward(VECTOR, gradient),
      backwardOutput: (gradient) => backward(OUTPUT, gradient),
    };
  }

  /** Masks that are the same whenever they are asked for. */
  #masks(random: Random): DropoutMask {
    const drawn = new Map<string, Float32Array>();
    return (value, length) => {
      const mask = drawn.get(value) ?? dropoutMask(length, this.#options.dropout, random);
      drawn.set(value, mask);
      return mask;
    };
  }

  task(): NetworkTask {
    return { kind: 'image', graph: encodeOnnx(this.graph()), options: this.#options };
  }

  checkBackend(): void {
    this.#network.checkBackend();
  }

  dispose(): void {
    this.#network.dispose();
  }
}

/** The outputs of chunks as those of the batch, and the batch's rows of each chunk. */
function inOrder(
  chunks: readonly PictureChunk[],
  parts: readonly Readonly<Record<string, tf.Tensor2D>>[],
): { outputs: Record<string, tf.Tensor2D>; order: tf.Tensor1D[] } {
  const rows = chunks.flatMap(({ positions }) => [...positions]);
  const places = new Int32Array(rows.length);
  rows.forEach((position, row) => {
    places[position] = row;
  });
  const place = tf.tensor1d(places, 'int32');
  const joined = (name: string): tf.Tensor2D =>
    tf.gather(
      parts.length === 1 ? parts[0]![name]! : tf.concat(parts.map((part) => part[name]!)),
      place,
    ) as tf.Tensor2D;
  return {
    outputs: { [OUTPUT]: joined(OUTPUT), [VECTOR]: joined(VECTOR) },
    order: chunks.map(({ positions }) => tf.tensor1d(positions, 'int32')),
  };
}
