/** TensorFlow.js on WebAssembly with SIMD: the compute backend that is always there. One core, no GPU. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/** Makes WebAssembly the backend of all tensor operations of this process. @throws {Error} if it cannot be started. */
export async function useWasm(): Promise<void> {
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${dirname(main)}/`);
  if (!(await tf.setBackend('wasm'))) throw new Error('WebAssembly could not be started for training.');
  await tf.ready();
}
