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

/** Whether a computation failed because memory ran out, of the machine or of the graphics card, as the backends put it. */
export function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof Error &&
    /out of memory|\bOOM\b|resource exhausted|allocation failed|failed to allocate|cannot enlarge memory/i.test(
      `${error.name} ${error.message}`.replace('OutOfMemory', 'out of memory'),
    )
  );
}
