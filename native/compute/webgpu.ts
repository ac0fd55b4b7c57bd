/**
 * TensorFlow.js on a graphics card through WebGPU (Dawn, the npm package `webgpu`): any card that has a driver, without CUDA. Not
 * inside Electron, whose V8 keeps memory in a cage of its own that Dawn does not know.
 */
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';

/** Limits of which TensorFlow.js wants as much as the card has. */
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/** Drivers that compute on the processor and are slower there than WebAssembly. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

/** What of Dawn is used here. */
interface Dawn {
  create(options: readonly string[]): { requestAdapter(options: object): Promise<Adapter | null> };
  globals: object;
}
interface Adapter {
  info: { vendor: string; architecture: string; device: string; description: string };
  features: { has(name: string): boolean };
  limits: Record<(typeof LIMITS)[number], number>;
  requestDevice(options: object): Promise<ConstructorParameters<typeof WebGPUBackend>[0]>;
}

/**
 * Makes WebGPU the backend of all tensor operations of this process.
 * @param software whether a driver that computes on the processor will do, as in tests
 * @returns the card's name @throws {Error} saying why it cannot be used.
 */
export async function useWebgpu({ software }: { software: boolean }): Promise<string> {
  if (process.versions.electron) throw new Error('WebGPU is not available in this process');
  const { create, globals } = (await import('webgpu').catch(() => {
    throw new Error('the package webgpu is not installed');
  })) as unknown as Dawn;
  Object.assign(globalThis, globals);
  const gpu = create([]);
  // TensorFlow.js believes in WebGPU only where a browser would have it.
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('there is no graphics card with a driver for WebGPU');
  const { description, device, vendor, architecture } = adapter.info;
  const name = description || device || `${vendor} ${architecture}`.trim() || 'Graphics card';
  if (!software && SOFTWARE.test(`${name} ${device} ${architecture}`))
    throw new Error(`the only driver for WebGPU computes on the processor (${name})`);
  const requiredLimits = Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]]));
  const opened = await adapter.requestDevice({ requiredLimits, requiredFeatures: [] });
  const backend = new WebGPUBackend(opened, adapter.info as ConstructorParameters<typeof WebGPUBackend>[1]);
  tf.registerBackend('webgpu', () => backend);
  if (!(await tf.setBackend('webgpu'))) throw new Error('WebGPU could not be started for training');
  return name;
}
