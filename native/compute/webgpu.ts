/**
 * WebGPU in Node (Dawn, the npm package `webgpu`): any graphics card that has a driver, without CUDA. Not inside Electron, whose V8
 * keeps memory in a cage of its own that Dawn does not know. See [Note: Training in a window].
 */
import { type CardOptions, type Gpu, useGraphicsCard } from './webgpuCard.ts';

/** What of Dawn is used here. */
interface Dawn {
  create(options: readonly string[]): Gpu;
  globals: object;
}

/** Makes WebGPU the backend of all tensor operations of this process. @returns the card's name @throws {Error} saying why it cannot be used. */
export async function useWebgpu(options: CardOptions): Promise<string> {
  if (process.versions.electron) throw new Error('WebGPU is not available in this process');
  const { create, globals } = (await import('webgpu').catch(() => {
    throw new Error('the package webgpu is not installed');
  })) as unknown as Dawn;
  Object.assign(globalThis, globals);
  const gpu = create([]);
  // TensorFlow.js believes in WebGPU only where a browser would have it.
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  return useGraphicsCard(gpu, options);
}
