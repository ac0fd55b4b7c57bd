/**
 * How fast image networks see and train on this machine: `npm run bench:vision`, with
 *
 *     --python <python>        a Python with PyTorch and onnx, for PyTorch's photos per second beside ours
 *     --backends <list>        what trains: tensorflow, webgpu (both unless said; one that is not here says so)
 *     --backbones <list>       efficientnet-lite0, googlenet
 *     --side <pixels>, --batch <photos>   of a step (default 224, 16)
 *     --seconds <s>            of each measurement (default 8); --repetitions <n> of each, ours and PyTorch's in turn; the best counts (default 2)
 *     --parts <list>           inference, training, feeding
 *
 * Inference is one photo after another in onnxruntime, as Photolex looks at photos. Training is a step with all layers: pixels to the
 * device, forward, backward, Adam. Feeding is the product's own fine-tuning, from thumbnails on a disk, and the share of
 * the time in which what trains waits for photos. A backend cannot be unloaded, so each has a process of its own.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { openBackbone } from '../../electron/engine/train/backbones.ts';
import { FineTuning, type FineTuningDepth } from '../../electron/engine/train/fineTuning.ts';
import { trainHere } from '../../electron/engine/train/pictureTrainer.ts';
import { Random } from '../../models/random.ts';
import { Adam } from '../../models/vision/adam.ts';
import { ContrastiveObjective, scratchOptions } from '../../models/vision/contrastiveObjective.ts';
import { createGoogLeNet } from '../../models/vision/googlenet.ts';
import { createHead } from '../../models/vision/head.ts';
import { featureGraph } from '../../models/vision/imageGraph.ts';
import { Network } from '../../models/vision/network.ts';
import { decodeOnnx, encodeOnnx } from '../../models/vision/onnx.ts';
import { ImageInference } from '../../native/backbone.ts';
import { type BackendName, chooseBackend } from '../../native/compute/backends.ts';
import { userDataFolder, weightsPath } from '../../native/runtime.ts';

const { values: given } = parseArgs({
  options: {
    python: { type: 'string' },
    backends: { type: 'string', default: 'tensorflow,webgpu' },
    backbones: { type: 'string', default: 'efficientnet-lite0,googlenet' },
    side: { type: 'string', default: '224' },
    batch: { type: 'string', default: '16' },
    seconds: { type: 'string', default: '8' },
    repetitions: { type: 'string', default: '2' },
    parts: { type: 'string', default: 'inference,training,feeding' },
    apart: { type: 'boolean', default: false },
  },
});
const side = Number(given.side);
const batch = Number(given.batch);
const seconds = Number(given.seconds);

/** What a process of its own measures: photos per second of one network on one backend, or the feeding of a fine-tuning. */
type Measurement =
  | { kind: 'training'; backend: BackendName; file: string }
  | { kind: 'feeding'; backend: BackendName; depth: FineTuningDepth; thumbnails: string[] };
type Measured = { device: string; photosPerSecond: number; waited?: number } | { missing: string };

/** Repeats `step` for the time given, after once for warming up. Returns steps per second. */
async function repeat(step: () => unknown): Promise<number> {
  await step();
  const started = performance.now();
  let steps = 0;
  for (; performance.now() - started < 1000 * seconds; steps++) await step();
  return (1000 * steps) / (performance.now() - started);
}

async function inference(file: string): Promise<number> {
  const network = await ImageInference.load(file, 'features', { threads: availableParallelism() });
  const random = new Random(1);
  const pixels = Buffer.from(Uint8Array.from({ length: side * side * 3 }, () => random.integer(256)));
  const speed = await repeat(() => network.run({ width: side, height: side, pixels }));
  await network.release();
  return speed;
}

async function training(file: string): Promise<number> {
  const network = new Network(decodeOnnx(readFileSync(file)), { outputs: ['features'], depth: 'all' });
  network.checkBackend();
  const random = new Random(1);
  const images = Float32Array.from({ length: batch * side * side * 3 }, () => random.gaussian());
  const adam = new Adam(network.trainable.map(({ values }) => values));
  const steps = await repeat(async () => {
    const gradients = tf.tidy(() => {
      const { outputs, backward } = network.forward(tf.tensor4d(images, [batch, side, side, 3]));
      return backward({ features: tf.onesLike(outputs.features!) });
    });
    const values = await Promise.all(gradients.map((gradient) => gradient.data() as Promise<Float32Array>));
    tf.dispose(gradients);
    adam.update(
      values,
      values.map(() => 1e-6),
      values.map(() => 0),
    );
  });
  network.dispose();
  return steps * batch;
}

/** Fine-tunes on thumbnails with captions of random words. The first step warms up. */
async function feeding(
  depth: FineTuningDepth,
  thumbnails: readonly string[],
): Promise<{ photosPerSecond: number; waited: number }> {
  const random = new Random(1);
  const rows = thumbnails.map((_, row) => row);
  const width = 1280;
  const features = Float32Array.from({ length: rows.length * width }, () => random.next());
  const dimension = 400;
  const head = createHead({ features: width, hidden: 1024, dimension }, features, rows, random);
  const words = 3500;
  const objective = new ContrastiveObjective(
    {
      vectors: Float32Array.from({ length: words * dimension }, () => random.gaussian()),
      bias: new Float32Array(words).fill(-5),
      scale: 10,
    },
    rows.map(() => ({
      words: Uint32Array.from({ length: 8 }, () => random.integer(words)),
      weights: new Float32Array(8).fill(1),
    })),
    scratchOptions,
  );
  const tuning = await FineTuning.start({
    backbone: await openBackbone({ backbone: 'efficientnet-lite0', seed: 1 }),
    depth,
    recipe: 'best',
    passes: undefined,
    strange: 0,
    head,
    objective,
    rows,
    thumbnail: (row) => ({ path: thumbnails[row]!, closer: false }),
    seed: 1,
    startTraining: trainHere,
  });
  try {
    await tuning.trainer.step();
    const started = performance.now();
    const first = tuning.trainer.stepsDone;
    let waited = 0;
    while (!tuning.trainer.done && performance.now() - started < 4000 * seconds)
      waited += (await tuning.trainer.step()).waited;
    const time = performance.now() - started;
    const photos = ((tuning.trainer.stepsDone - first) * rows.length) / tuning.trainer.stepsPerPass;
    return { photosPerSecond: (1000 * photos) / time, waited: waited / time };
  } finally {
    await tuning.close();
  }
}

async function measure(measurement: Measurement): Promise<Measured> {
  try {
    const { device } = await chooseBackend(measurement.backend, userDataFolder());
    return measurement.kind === 'training'
      ? { device, photosPerSecond: await training(measurement.file) }
      : { device, ...(await feeding(measurement.depth, measurement.thumbnails)) };
  } catch (error) {
    return { missing: (error as Error).message };
  }
}

function measureApart(measurement: Measurement): Promise<Measured> {
  const { promise, resolve, reject } = Promise.withResolvers<Measured>();
  const options = ['side', 'batch', 'seconds'].flatMap((name) => [
    `--${name}`,
    String(given[name as 'side' | 'batch' | 'seconds']),
  ]);
  const child = fork(import.meta.filename, ['--apart', ...options]);
  // Not as an argument: onnxruntime looks through the arguments by a regular expression, and a thread's stack overflows on long ones.
  child.send(measurement);
  child.once('message', (measured) => resolve(measured as Measured));
  child.once('exit', (code, signal) => reject(new Error(`The measurement ended with ${signal ?? code}.`)));
  return promise;
}

/** PyTorch, in a process that answers line by line. */
class Torch {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(python: string) {
    this.#child = spawn(python, [join(import.meta.dirname, 'torch_vision.py')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface(this.#child.stdout!)[Symbol.asyncIterator]();
  }

  async answer(): Promise<Record<string, string | number>> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('PyTorch has ended.');
    return JSON.parse(value);
  }

  async photosPerSecond(task: 'inference' | 'training', file: string): Promise<number> {
    this.#child.stdin!.write(`${JSON.stringify({ task, file, side, batch, seconds: seconds / 2 })}\n`);
    return (await this.answer()).photosPerSecond as number;
  }

  stop(): void {
    this.#child.kill();
  }
}

/** Thumbnails of noise at several sizes, which are as much work to decode as photos with much in them. */
async function makeThumbnails(folder: string, count: number): Promise<string[]> {
  mkdirSync(folder);
  const sides = [
    [512, 384],
    [384, 512],
    [512, 341],
    [512, 512],
  ] as const;
  return Promise.all(
    Array.from({ length: count }, async (_, number) => {
      const [width, height] = sides[number % sides.length]!;
      const path = join(folder, `${number}.jpg`);
      const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
      const create = { width, height, channels: 3, background: 'grey', noise } as const;
      await sharp({ create }).blur(2).jpeg({ quality: 85 }).toFile(path);
      return path;
    }),
  );
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'photolex-bench-'));
  const torch = given.python === undefined ? undefined : new Torch(given.python);
  const shown = (speed: number | undefined): string => (speed ? speed.toFixed(speed < 10 ? 1 : 0) : '–');
  const parts = given.parts.split(',');
  const backends = given.backends.split(',') as BackendName[];
  try {
    const header = torch && (await torch.answer());
    console.log(`${cpus()[0]?.model}, ${availableParallelism()} processors, Node ${process.version}`);
    if (header) console.log(`PyTorch ${header.torch}, ${header.device}`);
    console.log(
      `\n| task, ${side} px | backbone | device | photos/s | PyTorch | ratio |\n|---|---|---|---|---|---|`,
    );
    const row = (task: string, backbone: string, device: string, ours: number, theirs: number): void => {
      const ratio = torch ? (ours / theirs).toFixed(2) : '–';
      console.log(
        `| ${task} | ${backbone} | ${device} | ${shown(ours)} | ${shown(torch && theirs)} | ${ratio} |`,
      );
    };
    for (const backbone of given.backbones.split(',')) {
      const graph =
        backbone === 'googlenet'
          ? createGoogLeNet({ seed: 1 })
          : featureGraph(decodeOnnx(readFileSync(weightsPath(`${backbone}.onnx`))));
      const file = join(folder, `${backbone}.onnx`);
      writeFileSync(file, encodeOnnx(graph));
      for (const task of ['inference', 'training'] as const) {
        if (!parts.includes(task)) continue;
        for (const backend of task === 'training' ? backends : [null]) {
          let [ours, theirs, device] = [0, 0, 'onnxruntime'];
          let missing: string | null = null;
          for (let repetition = 0; repetition < Number(given.repetitions) && !missing; repetition++) {
            if (backend) {
              const measured = await measureApart({ kind: 'training', backend, file });
              if ('missing' in measured) missing = measured.missing;
              else [ours, device] = [Math.max(ours, measured.photosPerSecond), measured.device];
            } else ours = Math.max(ours, await inference(file));
            if (torch && !missing) theirs = Math.max(theirs, await torch.photosPerSecond(task, file));
          }
          if (missing) console.log(`| ${task} | ${backbone} | ${backend} | ${missing} | | |`);
          else row(task, backbone, device, ours, theirs);
        }
      }
    }
    if (parts.includes('feeding')) {
      console.log(
        '\n| fine-tuning from thumbnails | device | photos/s | waited for photos |\n|---|---|---|---|',
      );
      const thumbnails = await makeThumbnails(join(folder, 'thumbnails'), 1024);
      for (const backend of backends) {
        for (const depth of ['last', 'all'] as const) {
          const measured = await measureApart({ kind: 'feeding', backend, depth, thumbnails });
          if ('missing' in measured) console.log(`| ${depth} | ${backend} | ${measured.missing} | |`);
          else {
            const { device, photosPerSecond, waited } = measured;
            console.log(
              `| ${depth} | ${device} | ${shown(photosPerSecond)} | ${(100 * (waited ?? 0)).toFixed(1)} % |`,
            );
          }
        }
      }
    }
  } finally {
    torch?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (!given.apart) await main();
else {
  process.once('message', async (measurement: Measurement) => {
    process.send!(await measure(measurement), () => process.exit(0));
  });
}
