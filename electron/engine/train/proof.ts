/**
 * The proof that a compute backend trains: one step of a small head, over TensorFlow and over WebAssembly, with the same
 * result. It runs in a process of its own, because libraries that do not suit a processor end the process.
 */
import { Random } from '../../../models/random.ts';
import { ContrastiveObjective, scratchOptions } from '../../../models/vision/contrastiveObjective.ts';
import { createHead, trainable } from '../../../models/vision/head.ts';
import { HeadNetwork } from '../../../models/vision/headNetwork.ts';
import { Trainer } from '../../../models/vision/trainer.ts';

/** Photos, words, and the widths of the head. */
const PHOTOS = 64;
const WORDS = 50;
const FEATURES = 96;
const HIDDEN = 64;
const DIMENSION = 32;

/** Largest difference between two results of one step that float32 in another order explains. */
const TOLERANCE = 1e-4;

/** Does one step of training on the current backend. Returns the loss and then every parameter of the head. */
export async function trainingStep(): Promise<Float32Array> {
  const random = new Random(1);
  const features = Float32Array.from({ length: PHOTOS * FEATURES }, () => random.next());
  const rows = Array.from({ length: PHOTOS }, (_, row) => row);
  const head = createHead(
    { features: FEATURES, hidden: HIDDEN, dimension: DIMENSION },
    features,
    rows,
    random,
  );
  const words = {
    vectors: Float32Array.from({ length: WORDS * DIMENSION }, () => random.gaussian()),
    bias: new Float32Array(WORDS).fill(-2),
    scale: 10,
  };
  const captions = rows.map((row) => ({
    words: Uint32Array.of(row % WORDS, (row + 7) % WORDS),
    weights: Float32Array.of(1, 1),
  }));
  const options = { ...scratchOptions, passes: 1 };
  const objective = new ContrastiveObjective(words, captions, options);
  const trainer = new Trainer(new HeadNetwork(head, features, options.dropout), objective, rows, options);
  const { loss } = await trainer.step();
  return Float32Array.from([loss, ...trainable(head).flatMap((values) => [...values])]);
}

/** @throws {Error} if a step gave another result than it does on WebAssembly. */
export function compareSteps(step: Float32Array, reference: Float32Array): void {
  const worst = step.reduce((most, value, index) => Math.max(most, Math.abs(value - reference[index]!)), 0);
  // Not a number is not below either.
  if (!(worst < TOLERANCE)) throw new Error(`Its results are wrong (by ${worst}).`);
}
