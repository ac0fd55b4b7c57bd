/**
 * An image network that can be trained: an ONNX graph as TensorFlow.js operations, with a backward pass of its own. The ONNX file is
 * the truth: parameters go by the names of its initializers, are read from it and written back into it, and onnxruntime
 * computes the same from it.
 *
 * Memory is what limits training, so below the first layer that trains nothing is kept, above it only what the backward pass
 * reads, and that is let go as soon as it has been read.
 *
 * Images are `[B, H, W, 3]`, as TensorFlow.js wants them; the ONNX file takes `[B, 3, H, W]`.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type LayerPlan, planLayers, type Stage, type Step } from './layerPlan.ts';
import type { NetworkParameter } from './layers.ts';
import type { OnnxGraph, OnnxTensor } from './onnx.ts';

/** How much of a network trains: what lies behind its pooling, its last blocks too, or everything. See [Note: The last blocks]. */
export type TuningDepth = 'head' | 'last' | 'all';

const TRAINED_STAGES: Record<TuningDepth, readonly Stage[]> = {
  head: ['head'],
  last: ['last', 'head'],
  all: ['first', 'last', 'head'],
};

export interface NetworkOptions {
  /** Names of the values to compute. */
  outputs: readonly string[];
  depth: TuningDepth;
  /** Names of values of which training drops some at random. */
  dropout?: readonly string[];
}

/** The mask by which a value is multiplied in training; see `dropoutMask` of `head.ts`. */
export type DropoutMask = (value: string, length: number) => Float32Array;

/** A training's forward pass, to be followed by one `backward`. */
export interface NetworkPass {
  outputs: Readonly<Record<string, tf.Tensor2D>>;
  /**
   * The gradients of what trains, in the order of `Network.trainable`, from those of the outputs; an output without one counts
   * as 0. Can be called once, for it lets go of what the forward pass kept.
   */
  backward(gradients: Readonly<Record<string, tf.Tensor2D>>): tf.Tensor[];
}

/** Arithmetic that layers take throughout. */
const ARITHMETIC = [
  tf.Add,
  tf.Identity,
  tf.Multiply,
  tf.Neg,
  tf.PadV2,
  tf.RealDiv,
  tf.Reshape,
  tf.Square,
  tf.Sub,
  tf.Sum,
  tf.Transpose,
];

/** A step with what is known of it before anything runs. */
interface PlannedStep extends Step {
  trains: boolean;
  /** Whether the gradient goes on to what this step reads. */
  passesOn: boolean;
}

export class Network {
  readonly #plan: LayerPlan;
  readonly #steps: PlannedStep[];
  readonly #outputs: readonly string[];
  readonly #dropout: ReadonlySet<string>;
  /** How many steps read each value. */
  readonly #readers = new Map<string, number>();
  /** Values that the backward pass reads. */
  readonly #kept = new Set<string>();
  /** What does not train, on the backend. */
  readonly #frozen = new Map<NetworkParameter, tf.Tensor>();
  /** What training changes, in place. */
  readonly trainable: readonly (NetworkParameter & { stage: Stage })[];

  /** @throws {Error} naming what of the graph cannot be trained through. */
  constructor(graph: OnnxGraph, { outputs, depth, dropout = [] }: NetworkOptions) {
    this.#plan = planLayers(graph, outputs);
    this.#outputs = outputs;
    this.#dropout = new Set(dropout);
    const stages = TRAINED_STAGES[depth];
    const moving = new Set<string>();
    this.#steps = this.#plan.steps.map((step) => {
      const trains = step.layer.parameters.length > 0 && stages.includes(step.stage);
      const passesOn = step.inputs.some((input) => moving.has(input));
      if (trains || passesOn) moving.add(step.output);
      return { ...step, trains, passesOn };
    });
    for (const { layer, inputs, output, trains, passesOn } of this.#steps) {
      for (const input of inputs) this.#readers.set(input, (this.#readers.get(input) ?? 0) + 1);
      if (!trains && !passesOn) continue;
      const keeps = layer.keeps(trains);
      if (keeps.inputs) for (const input of inputs) this.#kept.add(input);
      if (keeps.output) this.#kept.add(output);
    }
    const trainable = new Map<NetworkParameter, Stage>();
    for (const { layer, stage, trains } of this.#steps)
      if (trains) for (const parameter of layer.parameters) trainable.set(parameter, stage);
    this.trainable = [...trainable].map(([parameter, stage]) => Object.assign(parameter, { stage }));
  }

  /** The outputs without keeping anything for a backward pass. The caller disposes of them. */
  infer(images: tf.Tensor4D, mask?: DropoutMask): Record<string, tf.Tensor2D> {
    return this.#run(images, false, mask).outputs;
  }

  /** The forward pass of a training step. Call it within a `tf.tidy`. */
  forward(images: tf.Tensor4D, mask?: DropoutMask): NetworkPass {
    const run = this.#run(images, true, mask);
    return { outputs: run.outputs, backward: (gradients) => this.#backward(run, gradients) };
  }

  /** The kernels that a backend needs for this network, to compute it or to train it. */
  kernels(training: boolean): string[] {
    const own = this.#steps.flatMap(({ layer, trains, passesOn }) =>
      layer.kernels(training && (trains || passesOn)),
    );
    return [...new Set([...own, ...ARITHMETIC])].sort();
  }

  /** @throws {Error} naming the kernels that the present backend lacks for training this network. */
  checkBackend(): void {
    const backend = tf.getBackend();
    const missing = this.kernels(true).filter((kernel) => !tf.getKernel(kernel, backend));
    if (missing.length > 0)
      throw new Error(`The backend ${backend} cannot train this network: it lacks ${missing.join(', ')}.`);
  }

  /** The graph with the parameters as they are now, ready for `encodeOnnx`. Whatever did not train is as it was read. */
  graph(metadata: Readonly<Record<string, string>> = this.#plan.graph.metadata): OnnxGraph {
    const initializers = new Map<string, OnnxTensor>(this.#plan.graph.initializers);
    for (const parameter of this.trainable)
      initializers.set(parameter.name, this.#plan.values.tensorOf(parameter));
    return { ...this.#plan.graph, initializers, metadata };
  }

  /** Frees what this network holds on the backend. */
  dispose(): void {
    tf.dispose([...this.#frozen.values()]);
    this.#frozen.clear();
  }

  #tensor(parameter: NetworkParameter, trained: Map<NetworkParameter, tf.Tensor>): tf.Tensor {
    const known = trained.get(parameter) ?? this.#frozen.get(parameter);
    if (known) return known;
    const tensor = tf.keep(tf.tensor(parameter.values, [...parameter.shape]));
    this.#frozen.set(parameter, tensor);
    return tensor;
  }

  #run(images: tf.Tensor4D, training: boolean, mask?: DropoutMask): Run {
    const trained = new Map(
      this.trainable.map((parameter): [NetworkParameter, tf.Tensor] => [
        parameter,
        tf.tensor(parameter.values, [...parameter.shape]),
      ]),
    );
    const values = new Map<string, tf.Tensor>([[this.#plan.image, images]]);
    const masks = new Map<string, tf.Tensor>();
    const unread = new Map(this.#readers);
    const parameters = this.#steps.map(({ layer }) =>
      layer.parameters.map((parameter) => this.#tensor(parameter, trained)),
    );
    const passes = this.#steps.map(({ layer, inputs, output }, index): StepPass => {
      const read = inputs.map((input) => values.get(input)!);
      const made = tf.tidy(() => layer.forward(read, parameters[index]!));
      let given = made;
      if (mask && this.#dropout.has(output)) {
        const factors = tf.tensor(mask(output, made.size), made.shape);
        masks.set(output, factors);
        given = tf.mul(made, factors);
      }
      values.set(output, given);
      for (const input of inputs) {
        const left = unread.get(input)! - 1;
        unread.set(input, left);
        const needed = training && this.#kept.has(input);
        if (left === 0 && !needed && !this.#holds(input)) values.get(input)!.dispose();
      }
      return { inputs: read, made, given, parameters: parameters[index]! };
    });
    if (!training) tf.dispose([...trained.values(), ...masks.values()]);
    const outputs = Object.fromEntries(this.#outputs.map((name) => [name, values.get(name) as tf.Tensor2D]));
    return { passes, outputs, masks, trained };
  }

  /** Whether a value is not this network's to dispose of. */
  #holds(value: string): boolean {
    return value === this.#plan.image || this.#outputs.includes(value);
  }

  #backward({ passes, masks, trained }: Run, given: Readonly<Record<string, tf.Tensor2D>>): tf.Tensor[] {
    const gradients = new Map<string, tf.Tensor>();
    const results = new Map<NetworkParameter, tf.Tensor>();
    for (const [output, gradient] of Object.entries(given)) gradients.set(output, tf.clone(gradient));
    for (let index = this.#steps.length - 1; index >= 0; index--) {
      const { layer, inputs, output, trains, passesOn } = this.#steps[index]!;
      const pass = passes[index]!;
      const arrived = gradients.get(output);
      if (arrived && (trains || passesOn)) {
        const factors = masks.get(output);
        const found = tf.tidy(() => {
          const gradient = factors ? tf.mul(arrived, factors) : arrived;
          const wanted = { inputs: passesOn, parameters: trains };
          return { ...layer.backward(gradient, { ...pass, output: pass.made }, wanted) };
        });
        for (const [at, parameter] of layer.parameters.entries())
          add(results, parameter, found.parameters[at]);
        for (const [at, input] of inputs.entries()) add(gradients, input, found.inputs[at]);
      }
      arrived?.dispose();
      gradients.delete(output);
      if (pass.made !== pass.given) pass.made.dispose();
      if (!this.#holds(output)) pass.given.dispose();
    }
    tf.dispose([...gradients.values(), ...masks.values(), ...trained.values()]);
    return this.trainable.map((parameter) => results.get(parameter) ?? tf.zeros([...parameter.shape]));
  }
}

/** Adds a gradient to what is known of it. */
function add<Key>(sums: Map<Key, tf.Tensor>, key: Key, gradient: tf.Tensor | undefined): void {
  if (!gradient) return;
  const known = sums.get(key);
  if (!known) {
    sums.set(key, gradient);
    return;
  }
  sums.set(key, tf.add(known, gradient));
  tf.dispose([known, gradient]);
}

/** What a step made; `given` differs from `made` where some of it was dropped. */
interface StepPass {
  inputs: tf.Tensor[];
  made: tf.Tensor;
  given: tf.Tensor;
  parameters: tf.Tensor[];
}

interface Run {
  passes: StepPass[];
  outputs: Record<string, tf.Tensor2D>;
  masks: Map<string, tf.Tensor>;
  trained: Map<NetworkParameter, tf.Tensor>;
}
