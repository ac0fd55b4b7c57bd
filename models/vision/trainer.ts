/**
 * Trains a head on cached backbone features: each step takes a batch of captioned photos and moves the network, and what the
 * objective learns along, against the objective's gradients. The caller owns the loop (`step` until `done`), so progress,
 * pause and cancel cost nothing; `state` and `restore` carry a training over a restart and continue it to the same result.
 *
 * Shape letters: F width of the features.
 */
import { Random } from '../random.ts';
import { Adam } from './adam.ts';
import { dropoutMask, forward, type HeadParameters, headInput, trainable } from './head.ts';
import type { Objective } from './objective.ts';
import { oneCycle } from './schedule.ts';

/** Photos with captions: the objective's caption i describes row `rows[i]` of `features`, which may hold other photos too. */
export interface TrainingSet {
  /** [photos, F] */
  features: Float32Array;
  rows: ArrayLike<number>;
}

export interface TrainerOptions {
  /** Passes over all photos. */
  passes: number;
  batch: number;
  /** Peak of the one-cycle schedule for the network. */
  headRate: number;
  dropout: number;
  seed: number;
}

/** Everything that a step changes; typed arrays and plain numbers only, so that it can be written as one file. */
export interface TrainerState {
  step: number;
  tensors: Record<string, Float32Array>;
  random: readonly number[];
  order: Uint32Array;
}

export interface StepResult {
  /** Loss of the batch, as the objective defines it. */
  loss: number;
}

/** Not finite if one of the values is not; 0 without values. */
function sum(values: Float32Array | null): number {
  let total = 0;
  for (let i = 0; i < (values?.length ?? 0); i++) total += values![i]!;
  return total;
}

export class Trainer {
  readonly #head: HeadParameters;
  readonly #objective: Objective;
  readonly #data: TrainingSet;
  readonly #options: TrainerOptions;
  readonly #adam: Adam;
  readonly #random: Random;
  #order: Uint32Array;
  #step = 0;
  readonly steps: number;
  readonly stepsPerPass: number;

  /**
   * Changes `head` and the parameters of `objective` in place.
   * @throws {RangeError} if there is no caption to learn from, or not one photo for each.
   */
  constructor(head: HeadParameters, objective: Objective, data: TrainingSet, options: TrainerOptions) {
    const { captions, parameters } = objective;
    if (captions === 0) throw new RangeError('There is no caption to learn from.');
    if (data.rows.length !== captions)
      throw new RangeError(`There are ${captions} captions for ${data.rows.length} photos.`);
    this.#head = head;
    this.#objective = objective;
    this.#data = data;
    this.#options = options;
    this.stepsPerPass = Math.ceil(captions / options.batch);
    this.steps = this.stepsPerPass * options.passes;
    this.#adam = new Adam([...trainable(head), ...parameters.map(({ values }) => values)]);
    this.#random = new Random(options.seed);
    this.#order = Uint32Array.from({ length: captions }, (_, index) => index);
  }

  /** Steps done so far. */
  get stepsDone(): number {
    return this.#step;
  }

  get done(): boolean {
    return this.#step >= this.steps;
  }

  /**
   * One batch. Batches of a pass are of equal size to within one photo, so none is a noisy remnant. A step that fails
   * changes nothing, so it can be tried again. @throws {Error} the backend's own, or `RangeError` if its numbers ran off.
   */
  step(): StepResult {
    const random = this.#random.state;
    const order = this.#order.slice();
    try {
      return this.#tryStep();
    } catch (error) {
      this.#random.restore(random);
      this.#order = order;
      throw error;
    }
  }

  #tryStep(): StepResult {
    const position = this.#step % this.stepsPerPass;
    if (position === 0) this.#random.shuffle(this.#order);
    const count = this.#order.length;
    const captions = this.#order.subarray(
      Math.floor((position * count) / this.stepsPerPass),
      Math.floor(((position + 1) * count) / this.stepsPerPass),
    );
    const head = this.#head;
    const { dropout, headRate } = this.#options;
    const photos = Array.from(captions, (caption) => this.#data.rows[caption]!);
    const input = headInput(head, this.#data.features, photos);
    const masks = {
      input: dropoutMask(captions.length * head.features, dropout, this.#random),
      hidden: dropoutMask(captions.length * head.hidden, dropout, this.#random),
    };
    const gradients = this.#objective.gradients(captions, () => forward(head, input, masks), this.#random);
    const values = [...gradients.head, ...gradients.parameters];
    if (![gradients.loss, ...values.map(sum)].every(Number.isFinite))
      throw new RangeError('Its numbers ran off: the loss or a gradient is none any more.');
    const peaks = [
      ...trainable(head).map(() => headRate),
      ...this.#objective.parameters.map(({ rate }) => rate),
    ];
    this.#adam.update(
      values,
      peaks.map((peak) => oneCycle(this.#step, this.steps, peak)),
    );
    this.#objective.updated();
    this.#step++;
    return { loss: gradients.loss };
  }

  /** A copy of everything that a step changes. */
  state(): TrainerState {
    const tensors: Record<string, Float32Array> = {};
    this.#named().forEach(([name, array], index) => {
      tensors[name] = array.slice();
      tensors[`${name}.mean`] = this.#adam.moments[index]!.mean.slice();
      tensors[`${name}.square`] = this.#adam.moments[index]!.square.slice();
    });
    return { step: this.#step, tensors, random: this.#random.state, order: this.#order.slice() };
  }

  /**
   * Continues from a saved state; the head, the objective and the data must be those it was saved with.
   * @throws {RangeError} if an array is missing or of another size.
   */
  restore(state: TrainerState): void {
    this.#named().forEach(([name, array], index) => {
      const { mean, square } = this.#adam.moments[index]!;
      for (const [suffix, target] of [
        ['', array],
        ['.mean', mean],
        ['.square', square],
      ] as const) {
        const saved = state.tensors[name + suffix];
        if (saved?.length !== target.length)
          throw new RangeError(`The saved training does not fit: ${name}${suffix}.`);
        target.set(saved);
      }
    });
    this.#step = state.step;
    this.#adam.step = state.step;
    this.#random.restore(state.random as [number, number, number, number]);
    this.#order = state.order.slice();
    // Before the first step nothing has changed, and what an objective derives would only be rounded.
    if (state.step > 0) this.#objective.updated();
  }

  #named(): [string, Float32Array][] {
    const head = this.#head;
    return [
      ['hidden.weight', head.hiddenWeight],
      ['hidden.bias', head.hiddenBias],
      ['output.weight', head.outputWeight],
      ['output.bias', head.outputBias],
      ...this.#objective.parameters.map(({ name, values }): [string, Float32Array] => [name, values]),
    ];
  }
}
