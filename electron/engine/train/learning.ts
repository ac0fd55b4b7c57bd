/** Trainings as jobs: the user asks for one, or enough has come to learn; a process of its own does it, and its model answers. */
import { existsSync } from 'node:fs';
import type { Logger } from 'pino';
import { PhotolexError, type TrainInput, trainInputSchema } from '../contract.ts';
import { counted } from '../counted.ts';
import type { JobControl, Jobs } from '../jobs/jobs.ts';
import type { Library } from '../library/library.ts';
import { networkHash } from '../library/modelFiles.ts';
import { type LaunchProcess, startWorker } from '../workers/workerProcess.ts';
import { removeCheckpoint } from './checkpoint.ts';
import { resumedRequest } from './resumedRequest.ts';
import type { TrainingHost, TrainOutcome, TrainRequest, TrainWorker } from './training.ts';

/** Captioned photos from which learning starts by itself. */
export const LEARNS_FROM = 50;
/** Learning again starts by itself when captions have grown by this share since. */
const LEARNS_AGAIN = 0.25;

/** What learning needs of the open library. */
export interface LearningHost {
  library: Library;
  jobs: Jobs;
  log: Logger;
  /** The user's data folder. */
  home: string;
  launchTrainer: LaunchProcess;
  /** Whether learning may start by itself. */
  learnsByItself(): boolean;
  /** Makes a model answer. */
  activate(id: string): Promise<void>;
}

export class Learning {
  readonly #host: LearningHost;
  /** Photos that got other bytes while a training runs, which saw the old ones. */
  readonly #replaced = new Set<number>();

  constructor(host: LearningHost) {
    this.#host = host;
  }

  /** What was seen of these photos is worth nothing any more. */
  forget(photos: readonly number[]): void {
    for (const photo of photos) this.#replaced.add(photo);
  }

  /** Starts learning if there is enough to learn from, or clearly more than was learned last. */
  startIfDue(): void {
    const { library, jobs, learnsByItself } = this.#host;
    const captioned = library.photos.countLearnable();
    const last = library.models.list().findLast(({ captions }) => captions > 0);
    const due = last ? captioned - last.captioned > LEARNS_AGAIN * last.captions : captioned >= LEARNS_FROM;
    if (!due || !learnsByItself() || jobs.isRunning('train') || this.#wasStopped()) return;
    const active = library.models.active();
    // As the user chose to learn before; the starter was not learned here.
    const { text, loss } = active && active.captions > 0 ? active : {};
    this.start(trainInputSchema.pick({ text: true, loss: true }).parse({ text, loss }));
  }

  /** Whether the user stopped the last training, which waits to be resumed, or for another that they ask for. */
  #wasStopped(): boolean {
    const { library, jobs } = this.#host;
    const last = jobs.list().find(({ kind }) => kind === 'train');
    return last?.state === 'cancelled' && existsSync(library.checkpointPath);
  }

  /** Learns the captions of the library, and makes the result the active model. Returns the job. */
  start(input: TrainInput): number {
    const asked = trainInputSchema.parse(input);
    const last = asked.resume ? this.#host.library.jobs.latest('train') : undefined;
    // What is resumed is known by what it was asked for, not by what it is resumed with.
    const request = last ? resumedRequest(last.input, asked) : asked;
    return this.#start(request, (id, request, control) => this.#train(id, request, control));
  }

  /** What was asked for when a model was trained; null for the starter. @throws {PhotolexError} `no-model` */
  trainedAs(id: string): TrainRequest | null {
    const { models, jobs } = this.#host.library;
    const { captions, createdAt } = models.require(id);
    const job = captions > 0 ? jobs.trainingAt(createdAt) : undefined;
    return job ? { ...trainInputSchema.parse(JSON.parse(job.input)), resume: false } : null;
  }

  /**
   * Starts a training again that was stopped or has failed: from its checkpoint, and anew where there is none that fits. Returns the
   * new job.
   * @param input as its job wrote it down
   * @param isLatest whether no other training began since, so that the checkpoint, if there is one, is its own
   */
  resume(input: unknown, isLatest: boolean): number {
    const asked = { ...trainInputSchema.parse(input), resume: isLatest };
    return this.#start(asked, async (id, request, control) => {
      try {
        return await this.#train(id, request, control);
      } catch (error) {
        const fits = !(error instanceof PhotolexError && error.code === 'no-checkpoint');
        if (fits) throw error;
        return await this.#train(id, { ...request, resume: false }, control);
      }
    });
  }

  #start(
    request: TrainRequest,
    train: (id: string, request: TrainRequest, control: JobControl) => Promise<TrainOutcome>,
  ): number {
    const { library, jobs } = this.#host;
    return jobs.start('train', request, async (control) => {
      const { captioned } = library.photos.counts();
      if (captioned === 0) {
        throw new PhotolexError(
          'no-captions',
          'No photo has words to learn from. Add captions, titles or keywords, or import a captions.tsv, then learn again.',
        );
      }
      const outcome = await train(this.#newModelId(), request, control);
      const skipped = outcome.wordless > 0 ? `, ${outcome.wordless} without a word it could learn` : '';
      return [
        `Learned from ${counted(outcome.captions, 'captioned photo')}${skipped}.`,
        ...outcome.notes,
      ].join(' ');
    });
  }

  #newModelId(): string {
    const { library } = this.#host;
    const numbers = library.models.list().map(({ id }) => Number(/^model-(\d+)$/.exec(id)?.[1] ?? 0));
    let next = Math.max(0, ...numbers) + 1;
    while (existsSync(library.modelPath(`model-${next}`))) next++;
    return `model-${next}`;
  }

  async #train(
    id: string,
    request: TrainRequest,
    { signal, progress, point }: JobControl,
  ): Promise<TrainOutcome> {
    const { library, log, home, launchTrainer, activate } = this.#host;
    const pending: { photos: Int32Array; vectors: Float32Array }[] = [];
    const local: TrainingHost = {
      progress,
      point,
      // The model is known to the database only when all is done, so that a crash leaves no half of one.
      vectors: async (photos, vectors) => {
        pending.push({ photos, vectors });
      },
    };
    const worker = startWorker<TrainWorker, TrainingHost>('train-worker', local, launchTrainer);
    const cancel = (): void => {
      // It may end before it answers, and then there is nothing left to cancel.
      worker.calls.cancel().catch(() => {});
    };
    signal.addEventListener('abort', cancel, { once: true });
    const started = performance.now();
    this.#replaced.clear();
    const closerBefore = library.photos.lookedAtCloser();
    try {
      const outcome = await worker.calls.train(library.path, library.modelPath(id), home, request);
      if ('cancelled' in outcome) throw new PhotolexError('cancelled', outcome.cancelled);
      if ('unfit' in outcome) throw new PhotolexError('no-checkpoint', outcome.unfit);
      const { heldOut, wordless: _, notes: __, ...facts } = outcome;
      log.info({ device: facts.device }, 'trained');
      const model = library.transaction(() => {
        const stored = library.models.add({
          id,
          network: networkHash(library.modelPath(id)),
          createdAt: new Date().toISOString(),
          ...facts,
          // Of a resumed training only the last part is known.
          seconds: request.resume ? null : (performance.now() - started) / 1000,
          heldOut: heldOut.length,
        });
        library.vectors.createTable(stored);
        library.models.setHeldOut(stored, heldOut);
        return stored;
      });
      await removeCheckpoint(library.checkpointPath);
      const closerSince = library.photos.lookedAtCloser().difference(closerBefore);
      for (const { photos, vectors } of pending) {
        library.transaction(() => library.vectors.set(model, photos, vectors));
        // Of photos that look different by now; they get theirs when the model is activated.
        for (const photo of photos)
          if (this.#replaced.has(photo) || closerSince.has(photo)) library.vectors.remove(model, photo);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await activate(id);
      return outcome;
    } finally {
      signal.removeEventListener('abort', cancel);
      await worker.stop();
    }
  }
}
