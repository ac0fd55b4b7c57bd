/** The processor in the user's words, by what computes on it. */
import { availableParallelism, cpus } from 'node:os';

/** Name of the processor, or what is known of it. */
export const processorName = (): string => cpus()[0]?.model.trim() || `${process.arch} processor`;

/** What TensorFlow trains on where there is no graphics card for it. */
export function tensorflowProcessor(): string {
  const threads = availableParallelism();
  return `${processorName()}, ${threads} thread${threads === 1 ? '' : 's'} (TensorFlow)`;
}

/** What WebAssembly trains on. */
export const wasmProcessor = (): string => `${processorName()}, 1 thread (WebAssembly)`;
