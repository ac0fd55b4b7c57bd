/**
 * Why a compute backend cannot be used or installed, as its user understands it, with what to do. `code` is stable for
 * programs (`no-python`, `no-space`, …).
 */
export class ComputeProblem extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ComputeProblem';
    this.code = code;
  }
}
