/**
 * The process that looks at photos, shared by all who need it: imports, the model that answers, pictures from outside. It holds one
 * model's head at a time, so those who need one take turns; otherwise an import could get its vectors from a model that is
 * activated meanwhile.
 */
import type { PhotoSource } from '../../../native/image.ts';
import { PhotolexError } from '../contract.ts';
import { isWorkerStopped, startWorker, type WorkerHandle } from '../workers/workerProcess.ts';
import type { SeenPicture, VisionProcess, VisionWorker } from './vision.ts';

export class SharedVision {
  #worker: WorkerHandle<VisionProcess> | null = null;
  /** Settled when the head of the worker is free for another model. */
  #headFree: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** The worker as one model's: vectors are made by its head and no other. `network` is the path of the model's ONNX file. */
  of(network: string): VisionWorker {
    return {
      load: () => this.#withHead(network, async () => {}),
      // The reply names the head that was loaded then, and the indexer throws away what another one made.
      index: (items) => this.#calls().index(items),
      picture: (bytes) => this.#calls().picture(bytes),
      vectors: (features, thumbnails) =>
        this.#withHead(network, (vision) => vision.vectors(features, thumbnails)),
      looks: (thumbnails) => this.#calls().looks(thumbnails),
      closer: (thumbnails) => this.#calls().closer(thumbnails),
    };
  }

  /** Looks at a picture from outside the library; see `VisionWorker`. */
  picture(bytes: Uint8Array): Promise<SeenPicture> {
    return this.#calls().picture(bytes);
  }

  /** A photo as a JPEG for the screen; see `VisionProcess`. */
  async viewable(source: PhotoSource): Promise<Uint8Array> {
    try {
      return await this.#calls().viewable(source);
    } catch (error) {
      // What ended the process may have been another photo.
      if (!isWorkerStopped(error)) throw error;
      return await this.#calls().viewable(source);
    }
  }

  /** The calls of the process; of another one if the last ended by itself. @throws {PhotolexError} `closed` */
  #calls(): VisionProcess {
    if (this.#closed) throw new PhotolexError('closed', 'The library has been closed.');
    if (!this.#worker || this.#worker.calls.$closed) this.#worker = startWorker('vision-worker', {});
    return this.#worker.calls as unknown as VisionProcess;
  }

  #withHead<T>(network: string, work: (vision: VisionWorker) => Promise<T>): Promise<T> {
    const turn = this.#headFree.then(async () => {
      const vision = this.#calls();
      await vision.load({ network });
      return await work(vision);
    });
    this.#headFree = turn.catch(() => {});
    return turn;
  }

  /** No worker is started any more. */
  refuse(): void {
    this.#closed = true;
  }

  async stop(): Promise<void> {
    this.#closed = true;
    await this.#worker?.stop();
  }
}
