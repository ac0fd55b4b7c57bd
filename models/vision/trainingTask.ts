/**
 * A training as data: all that a trainer elsewhere needs to do the same steps, but for the photos, which it asks for batch by batch.
 * Typed arrays and plain values only, so that it crosses to another process. See [Note: Training in a window].
 */
import {
  ContrastiveObjective,
  type ContrastiveOptions,
  type WordParameters,
} from './contrastiveObjective.ts';
import type { HeadParameters } from './head.ts';
import { HeadNetwork } from './headNetwork.ts';
import { ImageNetwork, type ImageNetworkOptions, type PictureSupply } from './imageNetwork.ts';
import type { Objective } from './objective.ts';
import { decodeOnnx } from './onnx.ts';
import { SigmoidObjective, TripletObjective, type TripletOptions } from './regressionObjectives.ts';
import type { TrainableNetwork } from './trainableNetwork.ts';
import { Trainer, type TrainerOptions } from './trainer.ts';
import type { WeightedWords } from './wordTable.ts';

export type NetworkTask =
  | { kind: 'head'; head: HeadParameters; dropout: number }
  | {
      kind: 'image';
      /** Of an ONNX file. */
      graph: Uint8Array;
      options: ImageNetworkOptions;
    };

export type ObjectiveTask =
  | {
      kind: 'contrastive';
      words: WordParameters;
      captions: readonly WeightedWords[];
      options: ContrastiveOptions;
    }
  | { kind: 'sigmoid'; targets: Float32Array; dimension: number }
  | { kind: 'triplet'; captions: Float32Array; dimension: number; options: TripletOptions };

export interface TrainingTask {
  network: NetworkTask;
  objective: ObjectiveTask;
  /** The photo of each caption. */
  rows: Uint32Array;
  options: TrainerOptions;
}

/** Brings what a network of the task's kind takes of these photos; see `TrainableNetwork.load`. */
export type BatchLoader = (photos: Uint32Array, step: number) => Promise<unknown>;

/** A trainer before its first step, and the network that it moves. @throws {Error} if the present backend cannot train it. */
export function createTrainer(
  task: TrainingTask,
  load: BatchLoader,
): { trainer: Trainer; network: TrainableNetwork } {
  const network = createNetwork(task.network, load);
  network.checkBackend();
  return {
    trainer: new Trainer(network, createObjective(task.objective), task.rows, task.options),
    network,
  };
}

function createNetwork(task: NetworkTask, load: BatchLoader): TrainableNetwork {
  if (task.kind === 'image') {
    return new ImageNetwork(decodeOnnx(task.graph), { load: load as PictureSupply['load'] }, task.options);
  }
  // Its photos are brought, so it needs no features.
  return Object.assign(new HeadNetwork(task.head, new Float32Array(), task.dropout), { load });
}

function createObjective(task: ObjectiveTask): Objective {
  switch (task.kind) {
    case 'contrastive':
      return new ContrastiveObjective(task.words, task.captions, task.options);
    case 'sigmoid':
      return new SigmoidObjective(task.targets, task.dimension);
    case 'triplet':
      return new TripletObjective(task.captions, task.dimension, task.options);
  }
}
