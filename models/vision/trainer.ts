/**
 * Trains a network: each step takes a batch of captioned photos and moves the network, and what the objective learns along,
 * against the objective's gradients. The caller owns the loop (`step` until `done`), so progress, pause and cancel cost
 * nothing; `state` and `restore` carry a training over a restart and continue it to the same result.
 */
import { Random, seedOf } from '../random.ts';
import { Adam } from './adam.ts';
import type { Objective } from './objective.ts';
import type { Optimiser } from './optimiser.ts';
import { type Schedule, scheduledRate } from './schedule.ts';
import { Sgd, type SgdOptions } from './sgd.ts';
import type { TrainableNetwork } from './trainableNetwork.ts';

export interface TrainerOptions {
  /** Passes over all photos. */
  passes: number;
  batch: number;
  /** Peak learning rate of the network. */
  rate: number;
  dropout: number;
  seed: number;
  /** Momentum and decay of stochastic gradient descent; without it, Adam. */
  descent?: SgdOptions;
  /** Decay of Adam's parameters; none without it. */
  weightDecay?: number;
  /** One cycle without it. */
  schedule?: Schedule;
}

/** Everything that a step changes; typed arrays and plain numbers only, so that it can be written as one file. */
export interface TrainerState {
  step: number;
  tensors: Record<string, Float32Array>;
  random: readonly number[];
}

export interface StepResult {
  /** Loss of the batch, as the objective defines it. */
  loss: number;
  /** Milliseconds that the device waited for the photos. */
  waited: number;
}

/** Not finite if one of the values is not; 0 without values. */
function sum(values: Float32Array | null): number {
  let total = 0;
  for (let i = 0; i < (values?.length ?? 0); i++) total += values![i]!;
  return total;
}

export class Trainer {
  readonly #network: TrainableNetwork;
  readonly #objective: Objective;
  readonly #rows: ArrayLike<number>;
  readonly #options: TrainerOptions;
  readonly #optimiser: Optimiser;
  readonly #random: Random;
  /** The captions of a pass in its order. */
  #order: { pass: number; captions: Uint32Array } | null = null;
  #step = 0;
  /** The next step's photos, asked for while this one computes. */
  #ahead: { step: number; batch: Promise<unknown> } | null = null;
  readonly steps: number;
  readonly stepsPerPass: number;

  /**
   * Changes the parameters of `network` and `objective` in place.
   * @param rows the photo of each of the objective's captions, as the network calls it
   * @throws {RangeError} if there is no caption to learn from, or not one photo for each.
   */
  constructor(
    network: TrainableNetwork,
    objective: Objective,
    rows: ArrayLike<number>,
    options: TrainerOptions,
  ) {
    const { captions, parameters } = objective;
    if (captions === 0) throw new RangeError('There is no caption to learn from.');
    if (rows.length !== captions)
      throw new RangeError(`There are ${captions} captions for ${rows.length} photos.`);
    this.#network = network;
    this.#objective = objective;
    this.#rows = rows;
    this.#options = options;
    this.stepsPerPass = Math.ceil(captions / options.batch);
    this.steps = this.stepsPerPass * options.passes;
    const arrays = [...network.parameters, ...parameters].map(({ values }) => values);
    this.#optimiser = options.descent
      ? new Sgd(arrays, options.descent)
      : new Adam(arrays, { weightDecay: options.weightDecay ?? 0 });
    this.#random = new Random(options.seed);
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
  async step(): Promise<StepResult> {
    const random = this.#random.state;
    try {
      return await this.#tryStep();
    } catch (error) {
      this.#random.restore(random);
      throw error;
    }
  }

  async #tryStep(): Promise<StepResult> {
    const captions = this.#captions(this.#step);
    const asked = performance.now();
    const ahead = this.#ahead;
    // Whoever tries a step again that found no photos asks for them anew.
    this.#ahead = null;
    const batch = await (ahead?.step === this.#step
      ? ahead.batch
      : this.#network.load(this.#photos(captions), this.#step));
    const waited = performance.now() - asked;
    this.#lookAhead();
    const { loss, network, parameters } = await this.#objective.gradients(
      captions,
      () => this.#network.forward(batch, this.#random),
      this.#random,
    );
    const gradients = [...network, ...parameters];
    if (![loss, ...gradients.map(sum)].every(Number.isFinite))
      throw new RangeError('Its numbers ran off: the loss or a gradient is none any more.');
    const { rate, schedule = { kind: 'one-cycle' } } = this.#options;
    const own = this.#network.parameters;
    const peaks = [
      ...own.map((parameter) => rate * parameter.rate),
      ...this.#objective.parameters.map((parameter) => parameter.rate),
    ];
    this.#optimiser.update(
      gradients,
      peaks.map((peak) => scheduledRate(schedule, this.#step, this.steps, peak)),
      peaks.map((_, index) => own[index]?.decay ?? 0),
    );
    this.#objective.updated();
    this.#step++;
    return { loss, waited };
  }

  /** The captions of a step. Each pass has an order of its own, which follows from the seed: any step's can be asked for ahead. */
  #captions(step: number): Uint32Array {
    const count = this.#objective.captions;
    const pass = Math.floor(step / this.stepsPerPass);
    if (this.#order?.pass !== pass) {
      const captions = Uint32Array.from({ length: count }, (_, index) => index);
      this.#order = { pass, captions: new Random(seedOf(this.#options.seed, pass)).shuffle(captions) };
    }
    const position = step % this.stepsPerPass;
    return this.#order.captions.slice(
      Math.floor((position * count) / this.stepsPerPass),
      Math.floor(((position + 1) * count) / this.stepsPerPass),
    );
  }

  #photos(captions: Uint32Array): Uint32Array {
    return captions.map((caption) => this.#rows[caption]!);
  }

  /** Asks for the next step's photos. */
  #lookAhead(): void {
    const step = this.#step + 1;
    if (step >= this.steps) return;
    const batch = Promise.resolve(this.#network.load(this.#photos(this.#captions(step)), step));
    // If it fails, that is an error of the step that needs it.
    batch.catch(() => {});
    this.#ahead = { step, batch };
  }

  /** A copy of everything that a step changes. */
  state(): TrainerState {
    const tensors: Record<string, Float32Array> = {};
    for (const [name, array] of this.#named()) tensors[name] = array.slice();
    return { step: this.#step, tensors, random: this.#random.state };
  }

  /**
   * Continues from a saved state; the network, the objective and the photos must be those it was saved with.
   * @throws {RangeError} if an array is missing or of another size.
   */
  restore(state: TrainerState): void {
    for (const [name, array] of this.#named()) {
      const saved = state.tensors[name];
      if (saved?.length !== array.length) throw new RangeError(`The saved training does not fit: ${name}.`);
      array.set(saved);
    }
    this.#step = state.step;
    this.#optimiser.step = state.step;
    this.#random.restore(state.random as [number, number, number, number]);
    this.#ahead = null;
    // Before the first step nothing has changed, and what an objective derives would only be rounded.
    if (state.step > 0) this.#objective.updated();
  }

  /** What is learned, and what the optimiser remembers of it. */
  #named(): [string, Float32Array][] {
    return [...this.#network.parameters, ...this.#objective.parameters].flatMap(
      ({ name, values }, index): [string, Float32Array][] => [
        [name, values],
        ...Object.entries(this.#optimiser.memory[index]!).map(([what, array]): [string, Float32Array] => [
          `${name}.${what}`,
          array,
        ]),
      ],
    );
  }
}
