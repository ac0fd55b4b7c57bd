/**
 * What training computes on, and the TensorFlow that makes it faster: installed on demand, one installation at a time, told
 * of as it goes. It belongs to the user, not to a library, so it is no job.
 */
import type { Logger } from 'pino';
import type { Backend } from '../../native/compute/backends.ts';
import { tensorflowProcessor, wasmProcessor } from '../../native/compute/processor.ts';
import { findGraphicsCard } from '../../native/compute/tensorflow/graphicsCard.ts';
import { installPack } from '../../native/compute/tensorflow/installation.ts';
import { installedPack, removePacks } from '../../native/compute/tensorflow/pack.ts';
import { downloadBytes } from '../../native/compute/tensorflow/wheels.ts';
import { type AccelerateInput, type Acceleration, PhotolexError } from './contract.ts';
import type { TrainWorker } from './train/training.ts';
import { type LaunchProcess, startWorker, type WorkerHandle } from './workers/workerProcess.ts';

/** Milliseconds between two tellings of the same stage. */
const EVENT_INTERVAL = 200;

type Installing = NonNullable<Acceleration['installing']>;

export class Accelerator {
  readonly #home: string;
  readonly #log: Logger;
  readonly #tell: (acceleration: Acceleration) => void;
  #installing: Installing | null = null;
  #controller: AbortController | null = null;
  #finished: Promise<void> = Promise.resolve();
  #problem: string | null = null;
  #told = 0;
  readonly #launchTrainer: LaunchProcess;
  /** What trains without TensorFlow, once somebody has looked. */
  #found: Pick<Backend, 'name' | 'device' | 'cardProblem'> | null = null;
  #looking: WorkerHandle<TrainWorker> | null = null;

  /** @param home the user's data folder. @param tell hears every change. @param launchTrainer starts the process that trains. */
  constructor(
    home: string,
    log: Logger,
    tell: (acceleration: Acceleration) => void,
    launchTrainer: LaunchProcess,
  ) {
    this.#home = home;
    this.#log = log;
    this.#tell = tell;
    this.#launchTrainer = launchTrainer;
  }

  status(): Acceleration {
    const pack = installedPack(this.#home);
    const found = pack ? null : this.#found;
    return {
      device: pack?.device ?? found?.device ?? wasmProcessor(),
      backend: pack ? 'tensorflow' : (found?.name ?? 'wasm'),
      cardProblem: found?.cardProblem ?? null,
      tensorflow: pack && { version: pack.version, variant: pack.variant, bytes: pack.bytes },
      offered: { cpu: downloadBytes('cpu'), gpu: downloadBytes('gpu') },
      installing: this.#installing && { ...this.#installing },
      problem: this.#problem,
    };
  }

  /** The status. The first time it also looks for a graphics card, where TensorFlow is not installed, and tells what it finds. */
  look(): Acceleration {
    const status = this.status();
    if (!status.tensorflow && !this.#found && !this.#looking) void this.#findCard();
    return status;
  }

  async #findCard(): Promise<void> {
    const worker = startWorker<TrainWorker, object>('train-worker', {}, this.#launchTrainer);
    this.#looking = worker;
    try {
      this.#found = await worker.calls.findBackend(this.#home);
    } catch (error) {
      const cardProblem = (error as Error).message;
      this.#found = { name: 'wasm', device: wasmProcessor(), cardProblem };
    }
    await worker.stop();
    this.#looking = null;
    this.#tell(this.status());
  }

  /** Starts an installation; `status` and what is told say how it goes. @throws {PhotolexError} `busy` */
  start({ variant }: AccelerateInput): Acceleration {
    if (this.#controller) throw busy();
    const controller = new AbortController();
    this.#controller = controller;
    this.#problem = null;
    this.#installing = { stage: 'Starting', done: 0, total: 0 };
    this.#finished = this.#install(variant, controller.signal);
    return this.status();
  }

  async #install(variant: AccelerateInput['variant'], signal: AbortSignal): Promise<void> {
    try {
      const { version, device } = await installPack({
        home: this.#home,
        variant,
        signal,
        progress: (progress) => this.#progress(progress),
        prove: (addon) => proveInProcess(addon, signal),
      });
      this.#log.info({ version, device }, 'TensorFlow installed');
    } catch (error) {
      this.#problem = (error as Error).message;
      this.#log.error(
        { error: this.#problem, cause: String((error as Error).cause) },
        'TensorFlow not installed',
      );
    } finally {
      this.#controller = null;
      this.#installing = null;
    }
    this.#tell(this.status());
  }

  #progress(progress: Installing): void {
    const sameStage = this.#installing?.stage === progress.stage;
    this.#installing = progress;
    const now = Date.now();
    if (sameStage && now - this.#told < EVENT_INTERVAL) return;
    this.#told = now;
    this.#tell(this.status());
  }

  /** Stops the installation; what was fetched is kept. */
  async stop(): Promise<Acceleration> {
    this.#controller?.abort();
    await this.#finished;
    return this.status();
  }

  /** Stops whatever runs. */
  async close(): Promise<void> {
    await this.stop();
    await this.#looking?.stop();
  }

  /** Removes TensorFlow, and what an unfinished installation left. @throws {PhotolexError} `busy` */
  async remove(): Promise<Acceleration> {
    if (this.#controller) throw busy();
    await removePacks(this.#home);
    this.#problem = null;
    const status = this.status();
    this.#tell(status);
    return status;
  }
}

const busy = (): PhotolexError =>
  new PhotolexError('busy', 'TensorFlow is being installed. Wait for it, or stop it first.');

/** Trains a step in a training process, which ends with the signal. */
async function proveInProcess(addon: string, signal: AbortSignal): Promise<{ gpu: boolean; device: string }> {
  const worker = startWorker<TrainWorker, object>('train-worker', {});
  const stop = (): void => void worker.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const { gpu } = await worker.calls.prove(addon);
    const card = gpu ? await findGraphicsCard() : null;
    return { gpu, device: card ? `${card.name} (TensorFlow)` : tensorflowProcessor() };
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.stop();
  }
}
