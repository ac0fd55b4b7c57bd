/**
 * Stochastic gradient descent with momentum and weight decay over plain float32 arrays, as Caffe does it (the seed system's way):
 * v ← μ v + rate (g + λ w), w ← w − v.
 */
import type { Optimiser } from './optimiser.ts';

export interface SgdOptions {
  /** μ */
  momentum: number;
  /** λ */
  weightDecay: number;
}

/** The seed system's: Gomez et al. 2018, with GoogLeNet. */
export const seedSgdOptions: SgdOptions = { momentum: 0.9, weightDecay: 2e-4 };

export class Sgd implements Optimiser {
  readonly #parameters: readonly Float32Array[];
  readonly #options: SgdOptions;
  /** v of each parameter array. */
  readonly velocities: Float32Array[];
  step = 0;

  /** @param parameters the arrays that `update` will change, in the order of its gradients. */
  constructor(parameters: readonly Float32Array[], options: SgdOptions = seedSgdOptions) {
    this.#parameters = parameters;
    this.#options = options;
    this.velocities = parameters.map(({ length }) => new Float32Array(length));
  }

  get memory(): readonly Readonly<Record<string, Float32Array>>[] {
    return this.velocities.map((velocity) => ({ velocity }));
  }

  update(
    gradients: readonly (Float32Array | null)[],
    rates: readonly number[],
    decays?: readonly number[],
  ): void {
    this.step++;
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
