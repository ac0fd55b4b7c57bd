/**
 * TensorFlow.js over TensorFlow's own libraries: loads the addon of `@tensorflow/tfjs-node-gpu` and makes it the backend of
 * this process. Its JavaScript runs on the TensorFlow.js that Photolex brings, not on a second one of its own.
 */
import { existsSync, realpathSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';

const BINDING = join('lib', 'napi-v8', 'tfjs_binding.node');

/** What the compiled part of the addon tells of itself. */
interface Binding {
  isUsingGpuDevice(): boolean;
}

/** The folder of the addon that npm installed with a TensorFlow of its own, or null: many systems have none. */
export function publishedAddon(): string | null {
  try {
    const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json');
    return existsSync(join(dirname(manifest), BINDING)) ? dirname(manifest) : null;
  } catch {
    return null;
  }
}

/**
 * Makes TensorFlow the backend of all tensor operations of this process, once and for good: its libraries cannot be
 * unloaded. @param folder of the addon @returns whether it computes on a GPU. @throws {Error} if it cannot be loaded.
 */
export async function useTensorflow(folder: string): Promise<{ gpu: boolean }> {
  // Its own tale on stderr is for those who develop it; a whole GPU's memory is more than training needs.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  restoreUtilities();
  lendTensorflow(folder);
  const load = createRequire(join(folder, 'package.json'));
  const binding = load(`./${BINDING}`) as Binding;
  const { NodeJSKernelBackend } = load('./dist/nodejs_kernel_backend.js') as {
    NodeJSKernelBackend: new (binding: Binding, packageName: string) => tf.KernelBackend;
  };
  load('./dist/register_all_kernels.js');
  // Made here and not when it is first used, so that its own error is the one that is thrown.
  const backend = new NodeJSKernelBackend(binding, 'photolex');
  tf.registerBackend('tensorflow', () => backend);
  if (!(await tf.setBackend('tensorflow'))) throw new Error('TensorFlow could not be started.');
  return { gpu: binding.isUsingGpuDevice() };
}

/** The addon calls two functions that Node 23 took away. */
function restoreUtilities(): void {
  const utilities = util as unknown as Record<string, unknown>;
  utilities.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  utilities.isArray ??= Array.isArray;
}

const LENT = Symbol.for('photolex.tensorflow.js');

/** Answers the addon's imports of TensorFlow.js with ours, and its one of Protocol Buffers (for TensorBoard) with nothing. */
function lendTensorflow(folder: string): void {
  // The addon was compiled to old JavaScript, which calls the class that it extends; a class can only be made new.
  function KernelBackend(): void {}
  KernelBackend.prototype = tf.KernelBackend.prototype;
  (globalThis as Record<symbol, unknown>)[LENT] = { ...tf, KernelBackend };
  const sources: Record<string, string> = {
    'photolex:tensorflow.js': 'module.exports = globalThis[Symbol.for("photolex.tensorflow.js")];',
    'photolex:nothing': '',
  };
  // A module's URL is its real place, whatever links lead there.
  const place = pathToFileURL(realpathSync(folder)).href;
  registerHooks({
    resolve(specifier, context, next) {
      const lent =
        specifier === '@tensorflow/tfjs' || specifier === '@tensorflow/tfjs-core'
          ? 'photolex:tensorflow.js'
          : specifier.endsWith('/proto/api_pb')
            ? 'photolex:nothing'
            : null;
      if (!lent || !context.parentURL?.startsWith(`${place}/`)) return next(specifier, context);
      return { url: lent, format: 'commonjs', shortCircuit: true };
    },
    load(url, context, next) {
      const source = sources[url];
      return source === undefined ? next(url, context) : { format: 'commonjs', source, shortCircuit: true };
    },
  });
}
