/**
 * The compute backends for training, best first. A process chooses one for good: see `chooseBackend`.
 */
import { ComputeProblem } from './problem.ts';
import { tensorflowProcessor, wasmProcessor } from './processor.ts';
import { publishedAddon, useTensorflow } from './tensorflow/addon.ts';
import { findGraphicsCard } from './tensorflow/graphicsCard.ts';
import { addonFolder, installedPack } from './tensorflow/pack.ts';
import { useWasm } from './wasm.ts';
import { useWebgpu } from './webgpu.ts';
import type { CardOptions } from './webgpuCard.ts';

export type BackendName = 'tensorflow' | 'webgpu' | 'wasm';

/** What trains. */
export interface Backend {
  name: BackendName;
  /** In the user's words: `AMD EPYC 7B13, 8 threads (TensorFlow)`. */
  device: string;
  /** Why it is not the better one that is installed; null if it is. */
  reason: string | null;
  /** Why no graphics card is used by WebGPU; null if one is, or if none was asked for. */
  cardProblem: string | null;
}

/**
 * Loads the best backend that works, or the one that is wanted. Call it once, in a process that does nothing but train.
 * @param home the user's data folder, which may have a TensorFlow pack
 * @param useCard how this process comes to WebGPU: gives the card's name, or says why there is none
 * @throws {ComputeProblem} `no-tensorflow`, `no-webgpu` if it is wanted and cannot be used.
 */
export async function chooseBackend(
  wanted: BackendName | 'auto',
  home: string,
  useCard: (options: CardOptions) => Promise<string> = useWebgpu,
): Promise<Backend> {
  const failures: string[] = [];
  let cardProblem: string | null = null;
  if (wanted === 'tensorflow' || wanted === 'auto') {
    const pack = installedPack(home);
    const published = publishedAddon();
    for (const addon of [pack && addonFolder(pack.folder), published]) {
      if (!addon) continue;
      try {
        const { gpu } = await useTensorflow(addon);
        const lost = pack?.variant === 'gpu' && addon !== published && !gpu;
        return {
          name: 'tensorflow',
          device: gpu ? await tensorflowCard() : tensorflowProcessor(),
          reason: lost
            ? 'TensorFlow does not see the graphics card any more, so the processor trained; see what nvidia-smi says.'
            : null,
          cardProblem,
        };
      } catch (error) {
        failures.push((error as Error).message.split('\n')[0]!);
      }
    }
    if (wanted === 'tensorflow') throw noTensorflow(failures);
  }
  if (wanted === 'webgpu' || wanted === 'auto') {
    try {
      const card = await useCard({ software: wanted === 'webgpu' });
      return { name: 'webgpu', device: `${card} (WebGPU)`, reason: whyNot(failures, 'WebGPU'), cardProblem };
    } catch (error) {
      if (wanted === 'webgpu') throw noWebgpu(error as Error);
      cardProblem = (error as Error).message.split('\n')[0]!;
    }
  }
  await useWasm();
  return {
    name: 'wasm',
    device: wasmProcessor(),
    reason: whyNot(failures, 'WebAssembly'),
    cardProblem,
  };
}

/** What the user should know where TensorFlow is installed and something else trained; null if it is not installed. */
function whyNot(failures: readonly string[], trained: string): string | null {
  return failures.length > 0
    ? `TensorFlow cannot be used (${failures.join('; ')}), so ${trained} trained. Install it again with photolex accelerate.`
    : null;
}

function noWebgpu(error: Error): ComputeProblem {
  return new ComputeProblem(
    'no-webgpu',
    `WebGPU cannot be used: ${error.message}. Train with the best that is there.`,
  );
}

/** What TensorFlow trains on where it uses a graphics card. */
async function tensorflowCard(): Promise<string> {
  const card = await findGraphicsCard();
  return `${card?.name ?? 'Graphics card'} (TensorFlow)`;
}

function noTensorflow(failures: readonly string[]): ComputeProblem {
  return new ComputeProblem(
    'no-tensorflow',
    failures.length > 0
      ? `TensorFlow cannot be used (${failures.join('; ')}). Install it again (in the settings, or with photolex accelerate), or train on WebAssembly.`
      : 'TensorFlow is not installed. Install it (in the settings, or with photolex accelerate), or train on WebAssembly.',
  );
}
