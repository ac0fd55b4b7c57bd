/**
 * Adam (Kingma and Ba 2015, algorithm 1) over plain float32 arrays. On tfjs-wasm one pass over the arrays is several
 * times faster than the dozen tensor operations that the same update takes, and the state is ready to be saved.
 */

import type { Optimiser } from './optimiser.ts';

/** First and second moments of one parameter array, each as long as the array. */
export interface AdamMoments {
  mean: Float32Array;
  square: Float32Array;
}

export interface AdamOptions {
  /** β₁, decay of the first moment. */
  meanDecay?: number;
  /** β₂, decay of the second moment. */
  squareDecay?: number;
  epsilon?: number;
  /** λ of the weight decay that is taken from the parameters and not from their gradients (Loshchilov and Hutter 2019, AdamW). */
  weightDecay?: number;
}

export class Adam implements Optimiser {
  readonly #parameters: readonly Float32Array[];
  readonly #meanDecay: number;
  readonly #squareDecay: number;
  readonly #epsilon: number;
  readonly #weightDecay: number;
  /** t of the paper: how many updates were done. */
  step = 0;
  readonly moments: AdamMoments[];

  /** @param parameters the arrays that `update` will change, in the order of its gradients. */
  constructor(parameters: readonly Float32Array[], options: AdamOptions = {}) {
    this.#parameters = parameters;
    this.#meanDecay = options.meanDecay ?? 0.9;
    this.#squareDecay = options.squareDecay ?? 0.999;
    this.#epsilon = options.epsilon ?? 1e-8;
    this.#weightDecay = options.weightDecay ?? 0;
    this.moments = parameters.map(({ length }) => ({
      mean: new Float32Array(length),
      square: new Float32Array(length),
    }));
  }

  get memory(): readonly Readonly<Record<'mean' | 'square', Float32Array>>[] {
    return this.moments.map(({ mean, square }) => ({ mean, square }));
  }

  update(
    gradients: readonly (Float32Array | null)[],
    rates: readonly number[],
    decays?: readonly number[],
  ): void {
    this.step++;
    const meanCorrection = 1 - this.#meanDecay ** this.step;
    const squareCorrection = 1 - this.#squareDecay ** this.step;
    this.#parameters.forEach((parameter, index) => {
      const gradient = gradients[index];
      if (!gradient) return;
      const { mean, square } = this.moments[index]!;
      const rate = (rates[index]! * Math.sqrt(squareCorrection)) / meanCorrection;
      const epsilon = this.#epsilon * Math.sqrt(squareCorrection);
      const meanDecay = this.#meanDecay;
      const squareDecay = this.#squareDecay;
      const kept = 1 - rates[index]! * this.#weightDecay * (decays?.[index] ?? 1);
      for (let i = 0; i < parameter.length; i++) {
        const g = gradient[i]!;
        const m = meanDecay * mean[i]! + (1 - meanDecay) * g;
        const v = squareDecay * square[i]! + (1 - squareDecay) * g * g;
        mean[i] = m;
        square[i] = v;
        parameter[i] = kept * parameter[i]! - (rate * m) / (Math.sqrt(v) + epsilon);
      }
    });
  }
}
