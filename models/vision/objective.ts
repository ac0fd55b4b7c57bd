/**
 * What a trainer learns towards. The trainer knows the network, its batches, dropout and optimiser; an objective knows what the
 * pictures of a batch should become: it holds the captions, and whatever else is learned along with the network.
 *
 * [Note: Three objectives]
 * - `ContrastiveObjective` learns the words' vectors with the pictures, and leaves a probability for each word.
 * - `SigmoidObjective` regresses caption vectors that a text model fixed before, by sigmoid cross-entropy on targets in [0, 1]
 *   (the seed paper: Gomez et al. 2018).
 * - `TripletObjective` moves pictures nearer to their own fixed caption vector than to another's (its sequel).
 *
 * The last two leave cosines; `models/joint/calibration.ts` makes probabilities of them.
 */
import type { Random } from '../random.ts';
import type { VectorPass } from './trainableNetwork.ts';
import type { ObjectiveTask } from './trainingTask.ts';

/** An array that is learned along with the network. */
export interface ObjectiveParameter {
  /** Name in a saved training; no two may be the same. */
  name: string;
  values: Float32Array;
  /** Peak of the one-cycle schedule. */
  rate: number;
}

/** What one batch says. */
export interface ObjectiveGradients {
  loss: number;
  /** Gradients of the network in the order of its parameters. */
  network: Float32Array[];
  /** A gradient for each parameter of the objective, null for one that stays. */
  parameters: (Float32Array | null)[];
}

export interface Objective {
  /** How many captions there are to learn from. */
  readonly captions: number;
  /** What is learned along, changed in place. */
  readonly parameters: readonly ObjectiveParameter[];
  /**
   * The loss of a batch and its gradients. `captions` are the batch's captions, as numbers; `forward` runs the network on their
   * photos, and must be called within a `deviceScope`, because its tensors are the objective's to dispose. Whatever is drawn
   * comes from `random`, so that a resumed training draws the same.
   */
  gradients(captions: Uint32Array, forward: () => VectorPass, random: Random): Promise<ObjectiveGradients>;
  /** Called after the parameters have changed, by a step or because a saved training was restored. */
  updated(): void;
  /** What `createTrainer` makes the same objective of, as it is now. */
  task(): ObjectiveTask;
}
