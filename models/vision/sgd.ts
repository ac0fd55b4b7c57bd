/**
 * Stochastic gradient descent with momentum and weight decay over plain float32 arrays, as Caffe does it (the seed system's way):
 * v ← μ v + rate (g + λ w), w ← w − v.
 */

export interface SgdOptions {
  /** μ */
  momentum: number;
  /** λ */
  weightDecay: number;
}

/** The seed system's: Gomez et al. 2018, with GoogLeNet. */
export const seedSgdOptions: SgdOptions = { momentum: 0.9, weightDecay: 2e-4 };

export class Sgd {
  readonly #parameters: readonly Float32Array[];
  readonly #options: SgdOptions;
  /** v of each parameter array. */
  readonly velocities: Float32Array[];

  /** @param parameters the arrays that `update` will change, in the order of its gradients. */
  constructor(parameters: readonly Float32Array[], options: SgdOptions = seedSgdOptions) {
    this.#parameters = parameters;
    this.#options = options;
    this.velocities = parameters.map(({ length }) => new Float32Array(length));
  }

  /**
   * One update of all parameters. `gradients` has an array or null (unchanged) for each parameter, `rates` a learning rate for
   * each, and `decays` how much of the weight decay holds for each (1 for weights; biases usually have 0).
   */
  update(
    gradients: readonly (Float32Array | null)[],
    rates: readonly number[],
    decays?: readonly number[],
  ): void {
    const { momentum, weightDecay } = this.#options;
    this.#parameters.forEach((parameter, index) => {
      const gradient = gradients[index];
      if (!gradient) return;
      const velocity = this.velocities[index]!;
      const rate = rates[index]!;
      const decay = weightDecay * (decays?.[index] ?? 1);
      for (let i = 0; i < parameter.length; i++) {
        const v = momentum * velocity[i]! + rate * (gradient[i]! + decay * parameter[i]!);
        velocity[i] = v;
        parameter[i] = parameter[i]! - v;
      }
    });
  }
}
