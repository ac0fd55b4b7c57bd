/** Where a training found the held-out photos best: the model that results comes from there, and a training that only gets worse ends. */
import type { TrainerState } from '../../../models/vision/trainer.ts';
import type { TrainingPoint } from '../contract.ts';
import type { PictureTrainer } from './pictureTrainer.ts';

/** Where a training stood when it found the held-out photos best, to go back there. */
export interface BestState {
  point: TrainingPoint;
  /** How good the held-out photos found it; see `HeldOutMeasures`. */
  choice: number;
  trainer: TrainerState;
}

const LEAST_PATIENCE = 3;

/** Passes that a network which could see before has to find the held-out photos better: a third of all, three at least. */
export function patience({ steps, stepsPerPass }: Pick<PictureTrainer, 'steps' | 'stepsPerPass'>): number {
  return Math.max(LEAST_PATIENCE, Math.ceil(steps / stepsPerPass / 3));
}

/** Remembers where a training found the held-out photos best. Without held-out photos it remembers nothing. */
export class BestFound {
  state: BestState | null;
  readonly #patience: number;

  /** @param patience passes after the best one until `isOld` */
  constructor(state: BestState | null, patience: number) {
    this.#patience = patience;
    this.state = state;
  }

  /** Hears of the end of a pass, and what the held-out photos say of it. */
  hear(point: TrainingPoint, choice: number | null, trainer: PictureTrainer): void {
    if (choice !== null && choice > (this.state?.choice ?? -1))
      this.state = { point, choice, trainer: trainer.state() };
  }

  /** Whether it has been long ago. */
  isOld(trainer: PictureTrainer): boolean {
    return (
      this.state !== null &&
      trainer.stepsDone - this.state.trainer.step >= this.#patience * trainer.stepsPerPass
    );
  }
}
