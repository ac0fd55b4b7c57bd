/** A training of pictures as the learner drives it, wherever its steps are computed: in this process, or in a window. */
import type { Objective } from '../../../models/vision/objective.ts';
import type { TrainableNetwork } from '../../../models/vision/trainableNetwork.ts';
import {
  type StepResult,
  Trainer,
  type TrainerOptions,
  type TrainerState,
} from '../../../models/vision/trainer.ts';

/** What the learner needs of a trainer; `Trainer` has it. */
export interface PictureTrainer {
  readonly steps: number;
  readonly stepsPerPass: number;
  /** Steps done so far. */
  readonly stepsDone: number;
  readonly done: boolean;
  /** One batch. @throws {Error} if the backend could not do it. */
  step(): Promise<StepResult>;
  /** Brings what the steps elsewhere have changed into the network and the objective here. Without it they are always up to date. */
  bring?(): Promise<void>;
  /** A copy of everything that a step changes, as it was last brought here. */
  state(): TrainerState;
  /** Continues from a saved state. @throws {RangeError} if it does not fit. */
  restore(state: TrainerState): void | Promise<void>;
}

/**
 * Begins to train a network, both changed in place. `rows` are the photos of the objective's captions.
 * @throws {Error} if the backend cannot train it.
 */
export type StartTraining = (
  network: TrainableNetwork,
  objective: Objective,
  rows: readonly number[],
  options: TrainerOptions,
) => Promise<PictureTrainer>;

/** Computes the steps on the backend of this process. */
export const trainHere: StartTraining = async (network, objective, rows, options) => {
  network.checkBackend();
  return new Trainer(network, objective, rows, options);
};
