/** What moves parameters along their gradients: `Adam` or `Sgd`. */
export interface Optimiser {
  /** How many updates were done. */
  step: number;
  /** What it remembers of each parameter, as long as that; to be saved and, in place, restored. */
  readonly memory: readonly Readonly<Record<string, Float32Array>>[];
  /**
   * One update of all parameters. `gradients` has an array or null (unchanged) for each parameter, `rates` a learning rate for
   * each, and `decays` how much of the weight decay holds for each (1 for weights; biases usually have 0).
   */
  update(
    gradients: readonly (Float32Array | null)[],
    rates: readonly number[],
    decays?: readonly number[],
  ): void;
}
