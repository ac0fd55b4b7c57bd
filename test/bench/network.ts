/**
 * How fast a backbone trains, and how much memory a photo takes, for each depth of tuning.
 * Usage: node test/bench/network.ts [wasm|cpu] [side of the photos] [photos of a batch]
 */
import { readFileSync } from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { createGoogLeNet } from '../../models/vision/googlenet.ts';
import { featureGraph } from '../../models/vision/imageGraph.ts';
import { Network, type TuningDepth } from '../../models/vision/network.ts';
import { decodeOnnx, type OnnxGraph } from '../../models/vision/onnx.ts';
import { useWasm } from '../../native/compute/wasm.ts';

const [backend = 'wasm', side = '96', batch = '8'] = process.argv.slice(2);
if (backend === 'wasm') await useWasm();
else await tf.setBackend(backend);

const size = Number(side);
const graphs: Record<string, OnnxGraph> = {
  'efficientnet-lite0': featureGraph(decodeOnnx(readFileSync('models/weights/efficientnet-lite0.onnx'))),
  googlenet: createGoogLeNet({ seed: 1 }),
};

/** Seconds of the forward and of the backward pass, and the bytes in use between them. */
function step(network: Network, photos: number): { forward: number; backward: number; bytes: number } {
  return tf.tidy(() => {
    const images = tf.randomNormal([photos, size, size, 3], 0, 1, 'float32', 1) as tf.Tensor4D;
    const before = tf.memory().numBytes;
    const start = performance.now();
    const pass = network.forward(images);
    const features = pass.outputs.features!;
    features.dataSync();
    const middle = performance.now();
    const bytes = tf.memory().numBytes - before;
    for (const gradient of pass.backward({ features: tf.onesLike(features) })) gradient.dataSync();
    return { forward: (middle - start) / 1e3, backward: (performance.now() - middle) / 1e3, bytes };
  });
}

for (const [name, graph] of Object.entries(graphs)) {
  for (const depth of ['last', 'all'] as TuningDepth[]) {
    const network = new Network(graph, { outputs: ['features'], depth });
    network.checkBackend();
    step(network, 1);
    const one = step(network, 1);
    const many = step(network, Number(batch));
    const perPhoto = (many.bytes - one.bytes) / (Number(batch) - 1);
    console.log(
      `${name}, ${depth}, ${backend}, ${side} px, ${batch} photos: forward ${many.forward.toFixed(2)} s, ` +
        `backward ${many.backward.toFixed(2)} s, ${(Number(batch) / (many.forward + many.backward)).toFixed(1)} photos/s, ` +
        `${(perPhoto / 2 ** 20).toFixed(1)} MB kept a photo`,
    );
    network.dispose();
  }
}
