/**
 * The window that trains, from the side of the process that owns the training.
 *
 * [Note: Training in a window]
 * Dawn, which brings WebGPU to Node, does not run inside Electron. Chromium, which is there, has WebGPU of its own, but only pages get
 * it. So there the steps are computed by a hidden, sandboxed window (`electron/trainer`) with the same trainer, networks and objectives
 * of `models/` as everywhere, and the training process keeps all else: photos, checkpoints, words, evaluation.
 *
 * The seam is the trainer. The process makes network, objective and trainer as if it trained itself, but its trainer never steps: it is
 * the mirror of one in the window, which was made from the first one's description (`TrainingTask`) and asks for each batch of photos,
 * a step ahead. `bring` copies what the window has learned into the mirror, and with it into the arrays that the learner reads: at the
 * end of a pass, and for a checkpoint. If the window dies, the mirror is what is kept.
 *
 * Main starts the training process and its window, because only main can, and connects the two by a message port, so that neither
 * pictures nor weights go through the engine.
 *
 * On Linux no window is needed, because nothing of the engine is in Electron: see [Note: The engine under Node].
 */
import { type BirpcReturn, createBirpc } from 'birpc';
import type { Objective } from '../../../models/vision/objective.ts';
import type { TrainableNetwork } from '../../../models/vision/trainableNetwork.ts';
import {
  type StepResult,
  Trainer,
  type TrainerOptions,
  type TrainerState,
} from '../../../models/vision/trainer.ts';
import type { TrainingTask } from '../../../models/vision/trainingTask.ts';
import { useWasm } from '../../../native/compute/wasm.ts';
import type { CardOptions } from '../../../native/compute/webgpuCard.ts';
import type { Channel } from '../channel.ts';
import type { PictureTrainer } from './pictureTrainer.ts';

/** What the window's page does for the training process. It has one training at a time. */
export interface TrainerPage {
  /** Makes the graphics card its backend. @returns the card's name @throws {Error} saying why it cannot be used. */
  useCard(options: CardOptions): Promise<string>;
  /** Begins a training, in place of the last one. */
  start(task: TrainingTask): void;
  step(): Promise<StepResult>;
  state(): TrainerState | Promise<TrainerState>;
  restore(state: TrainerState): void;
}

/** What the page asks of the training process. */
export interface TrainerOwner {
  /** What the network of the present training takes of these photos; see `TrainableNetwork.load`. */
  load(photos: Uint32Array, step: number): Promise<unknown>;
}

/** Seconds until a window that does not answer counts as none. */
const OPENING_LIMIT = 30;

const ENDED = 'the window that trains has ended';

export class TrainerWindow {
  readonly #open: () => Promise<Channel>;
  #channel: Channel | null = null;
  #page: BirpcReturn<TrainerPage, TrainerOwner> | null = null;
  /** What the page trains. */
  #network: TrainableNetwork | null = null;

  /** @param open opens the window; its channel closes when it ends, and it ends when its channel closes */
  constructor(open: () => Promise<Channel>) {
    this.#open = open;
  }

  /**
   * Opens the window on a graphics card; what else is computed in this process is then computed on WebAssembly.
   * @returns the card's name @throws {Error} saying why it cannot be used; the window is closed then.
   */
  readonly useCard = async (options: CardOptions): Promise<string> => {
    const late = Promise.withResolvers<never>();
    let isAwaited = true;
    const timer = setTimeout(
      () => late.reject(new Error(`the window that trains did not open within ${OPENING_LIMIT} seconds`)),
      OPENING_LIMIT * 1000,
    );
    try {
      const card = await Promise.race([
        this.#connect(() => isAwaited).then((page) => page.useCard(options)),
        late.promise,
      ]);
      await useWasm();
      return card;
    } catch (error) {
      this.close();
      throw asError(error);
    } finally {
      isAwaited = false;
      clearTimeout(timer);
    }
  };

  async #connect(isAwaited: () => boolean): Promise<BirpcReturn<TrainerPage, TrainerOwner>> {
    const channel = await this.#open();
    if (!isAwaited()) {
      // With it ends the window, which nobody knows of.
      channel.close?.();
      throw new Error(ENDED);
    }
    this.#channel = channel;
    const page = createBirpc<TrainerPage, TrainerOwner>(
      { load: async (photos, step) => this.#network?.load(photos, step) },
      {
        post: (message) => channel.send(message),
        on: (listener) => channel.onMessage(listener),
        timeout: -1,
      },
    );
    channel.onClose?.(() => page.$close(new Error(ENDED)));
    this.#page = page;
    return page;
  }

  /** Begins a training in the window; see `StartTraining`. @throws {Error} if the card cannot train it. */
  readonly start = async (
    network: TrainableNetwork,
    objective: Objective,
    rows: readonly number[],
    options: TrainerOptions,
  ): Promise<PictureTrainer> => {
    const page = this.#page;
    if (!page) throw new Error(ENDED);
    const mirror = new Trainer(network, objective, rows, options);
    this.#network = network;
    const task = {
      network: network.task(),
      objective: objective.task(),
      rows: Uint32Array.from(rows),
      options,
    };
    await asked(page.start(task));
    return new MirroredTrainer(page, mirror);
  };

  /** Ends the window. */
  close(): void {
    this.#page?.$close(new Error(ENDED));
    this.#channel?.close?.();
    this.#page = null;
    this.#channel = null;
  }
}

/** A trainer in the window and its mirror here. */
class MirroredTrainer implements PictureTrainer {
  readonly #page: BirpcReturn<TrainerPage, TrainerOwner>;
  readonly #mirror: Trainer;
  readonly steps: number;
  readonly stepsPerPass: number;
  #done: number;

  constructor(page: BirpcReturn<TrainerPage, TrainerOwner>, mirror: Trainer) {
    this.#page = page;
    this.#mirror = mirror;
    this.steps = mirror.steps;
    this.stepsPerPass = mirror.stepsPerPass;
    this.#done = mirror.stepsDone;
  }

  get stepsDone(): number {
    return this.#done;
  }

  get done(): boolean {
    return this.#done >= this.steps;
  }

  async step(): Promise<StepResult> {
    const result = await asked(this.#page.step());
    this.#done++;
    return result;
  }

  async bring(): Promise<void> {
    if (this.#mirror.stepsDone !== this.#done) this.#mirror.restore(await asked(this.#page.state()));
  }

  state(): TrainerState {
    return this.#mirror.state();
  }

  async restore(state: TrainerState): Promise<void> {
    this.#mirror.restore(state);
    this.#done = state.step;
    await asked(this.#page.restore(state));
  }
}

async function asked<T>(reply: Promise<T>): Promise<Awaited<T>> {
  try {
    return await reply;
  } catch (error) {
    throw asError(error);
  }
}

/** The page sends what it throws as text, because not every carrier keeps errors. */
const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
