/**
 * A graphics card behind TensorFlow.js by WebGPU, whoever brings WebGPU: Dawn in Node (`webgpu.ts`), or Chromium in the window that
 * trains. Nothing of Node here.
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

type Device = ConstructorParameters<typeof WebGPUBackend>[0];
type AdapterInfo = NonNullable<ConstructorParameters<typeof WebGPUBackend>[1]>;

/** `navigator.gpu`, as far as it is used here. */
export interface Gpu {
  requestAdapter(options: { powerPreference: 'high-performance' }): Promise<Adapter | null>;
}
interface Adapter {
  info: AdapterInfo;
  limits: Record<(typeof LIMITS)[number], number>;
  requestDevice(options: { requiredLimits: Record<string, number> }): Promise<Device>;
}

export interface CardOptions {
  /** Whether a driver that computes on the processor will do, as in tests. */
  software: boolean;
}

/** Makes a card the backend of all tensor operations here. @returns its name @throws {Error} saying why it cannot be used. */
export async function useGraphicsCard(gpu: Gpu, { software }: CardOptions): Promise<string> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('there is no graphics card with a driver for WebGPU');
  const name = cardName(adapter.info);
  if (!software && SOFTWARE.test(`${name} ${adapter.info.device} ${adapter.info.architecture}`))
    throw new Error(`the only driver for WebGPU computes on the processor (${name})`);
  const requiredLimits = Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]]));
  const backend = new CardBackend(await adapter.requestDevice({ requiredLimits }), adapter.info);
  // In a browser TensorFlow.js has registered one of its own, which would be used instead.
  if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => backend);
  if (!(await tf.setBackend('webgpu'))) throw new Error('WebGPU could not be started for training');
  return name;
}

/** Makers whose names are not written as words are. */
const MAKERS: Readonly<Record<string, string>> = { amd: 'AMD', arm: 'Arm', nvidia: 'NVIDIA' };

/** A browser tells only the maker and the architecture, in lower case: `nvidia ampere`. */
function cardName({ description, device, vendor, architecture }: AdapterInfo): string {
  if (description || device) return description || device;
  const words = [vendor, ...architecture.split('-')].filter((word) => word !== '');
  const name = words.map((word) => MAKERS[word] ?? word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
  return name || 'Graphics card';
}

/** Milliseconds that a failed read waits for its reason. */
const REASON_LIMIT = 10_000;

/** What errors say where memory is short, and where a piece of it is larger than the card gives. */
const MEMORY = /out.?of.?memory|max buffer size/i;

/**
 * WebGPU tells late and elsewhere that memory ran out or that the card went away, and then gives zeros for numbers. Here whoever
 * reads a number is told.
 */
class CardBackend extends WebGPUBackend {
  #failure: string | null = null;

  constructor(device: Device, info: AdapterInfo) {
    super(device, info);
    device.addEventListener('uncapturederror', ({ error }) => {
      this.#failure ??= MEMORY.test(`${error.constructor.name} ${error.message}`)
        ? 'the graphics card has too little memory for it'
        : `the graphics card refused: ${error.message.split('\n')[0]}`;
    });
    device.lost.then(({ message }) => {
      this.#failure ??= `the graphics card was lost${message && `: ${message}`}`;
    });
  }

  override async read(data: object): ReturnType<WebGPUBackend['read']> {
    const values = await super.read(data).catch(async (error: Error) => {
      // The reason may be told later than what it is the reason of.
      if (this.#failure === null)
        await Promise.race([this.device.lost, new Promise((resolve) => setTimeout(resolve, REASON_LIMIT))]);
      throw new Error(this.#failure ?? error.message, { cause: error });
    });
    if (this.#failure !== null) throw new Error(this.#failure);
    return values;
  }
}
