/**
 * Pretrained networks through onnxruntime: a backbone turns the pixels of a photo into features, a head turns
 * features into vectors of a model's space. Weights are files; nothing here knows what the numbers mean.
 *
 * onnxruntime's Node binding computes on the calling thread, so whoever uses this lives in a worker process.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { NORMALISED } from '../models/vision/pixels.ts';
import type { NetworkInput } from './image.ts';
import { weightsPath } from './runtime.ts';

/**
 * Backbones that ship with Photolex: the file in `models/weights` that training reads, the same network in 8 bits, which looks at
 * photos, and the width of its features.
 *
 * [Note: Features in 8 bits]
 * The network in whole numbers of 8 bits (`build/quantise_efficientnet.py`) is about twice as fast, and its features are so near those of
 * the other that both are one backbone's: they may stand side by side in a library, and a head learned on either takes the other.
 * Measured with `npm run bench:looking`; the figures are in `models/weights/README.md`.
 */
export const BACKBONES = {
  'efficientnet-lite0': {
    file: 'efficientnet-lite0.onnx',
    looking: 'efficientnet-lite0.int8.onnx',
    width: 1280,
  },
} as const;
export type BackboneName = keyof typeof BACKBONES;

export interface SessionOptions {
  /** Threads of one computation. */
  threads?: number;
}

function createSession(
  file: string | Uint8Array,
  { threads = 1 }: SessionOptions,
): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // Threads that spin while they wait would take the cores from decoding.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    // Warnings about graph details help nobody who reads a log.
    logSeverityLevel: 3,
  };
  return typeof file === 'string'
    ? InferenceSession.create(file, options)
    : InferenceSession.create(file, options);
}

/** A photo as networks take it: `[1, 3, height, width]`. */
function imageTensor({ width, height, pixels }: NetworkInput): Tensor {
  const plane = width * height;
  const planes = new Float32Array(3 * plane);
  for (let at = 0, from = 0; at < plane; at++) {
    planes[at] = NORMALISED[pixels[from++]!]!;
    planes[plane + at] = NORMALISED[pixels[from++]!]!;
    planes[2 * plane + at] = NORMALISED[pixels[from++]!]!;
  }
  return new Tensor('float32', planes, [1, 3, height, width]);
}

/** A network from `image` `[1, 3, h, w]` to one of its values: a whole model, or the first layers of one. */
export class ImageInference {
  readonly #session: InferenceSession;
  readonly #output: string;

  private constructor(session: InferenceSession, output: string) {
    this.#session = session;
    this.#output = output;
  }

  /** @param file its path or its bytes @throws if it is damaged, or does not make `output` of an `image`. */
  static async load(
    file: string | Uint8Array,
    output: string,
    options: SessionOptions = {},
  ): Promise<ImageInference> {
    const session = await createSession(file, options);
    if (session.inputNames.includes('image') && session.outputNames.includes(output))
      return new ImageInference(session, output);
    await session.release();
    throw new Error(`The network does not make ${output} of an image.`);
  }

  /** The value for one photo, and its shape with the 1 of the batch. */
  async run(photo: NetworkInput): Promise<{ shape: readonly number[]; values: Float32Array }> {
    const { [this.#output]: value } = await this.#session.run({ image: imageTensor(photo) }, [this.#output]);
    return { shape: value!.dims, values: (value!.data as Float32Array).slice() };
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/**
 * An image network whose ONNX file takes `image` `[n, 3, h, w]` and gives `features` `[n, width]`.
 *
 * Photos go through it one at a time: measured on two cores at 224 × 288, a photo takes 6 ms of processor time
 * alone, 6.5 in a batch of 4, 7.3 in one of 8 and 9.5 in one of 16, because the activations of a batch do not stay
 * in the cache. So photos need not be sorted by size either.
 */
export class Backbone {
  readonly name: BackboneName;
  readonly width: number;
  readonly #session: InferenceSession;

  private constructor(name: BackboneName, session: InferenceSession) {
    this.name = name;
    this.width = BACKBONES[name].width;
    this.#session = session;
  }

  /** See [Note: Features in 8 bits]. @throws if the weights are missing or damaged. */
  static async load(name: BackboneName, options: SessionOptions = {}): Promise<Backbone> {
    return new Backbone(name, await createSession(weightsPath(BACKBONES[name].looking), options));
  }

  /** The features of one photo, `[width]` float32, never negative. */
  async features(photo: NetworkInput): Promise<Float32Array> {
    const { features } = await this.#session.run({ image: imageTensor(photo) }, ['features']);
    return (features!.data as Float32Array).slice();
  }
}

/** The network of a model: a head on the backbone's features, or the whole from the pixels on. @throws if the file is neither. */
export async function loadNetwork(
  path: string,
  options: SessionOptions = {},
): Promise<Head | ImageInference> {
  const session = await createSession(path, options);
  const whole = session.inputNames.includes('image');
  await session.release();
  return whole ? ImageInference.load(path, 'vector', options) : Head.load(path, options);
}

/** The head of a model: an ONNX file that takes `features` `[n, width]` and gives `vector` `[n, dimension]`. */
export class Head {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** @throws if the file is missing or is no such network. */
  static async load(path: string, options: SessionOptions = {}): Promise<Head> {
    const session = await createSession(path, options);
    if (session.inputNames.includes('features') && session.outputNames.includes('vector'))
      return new Head(session);
    await session.release();
    throw new Error(`${path} is not the head of a model: it must take "features" and give "vector".`);
  }

  /** Image vectors `[n, dimension]` of features `[n, width]`, row by row. */
  async vectors(features: Float32Array, width: number): Promise<Float32Array> {
    const { vector } = await this.#session.run(
      { features: new Tensor('float32', features, [features.length / width, width]) },
      ['vector'],
    );
    return (vector!.data as Float32Array).slice();
  }
}
