/**
 * What a network sees of photos while it trains: made by threads from the thumbnails, a step ahead of the device. A thread
 * decodes, crops, mirrors, and runs the layers that do not train, so that what it hands on is where training begins.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { CropOptions } from '../../../models/vision/augmentation.ts';
import type { Thumbnail } from '../../../native/image.ts';
import { builtPath } from '../../../native/runtime.ts';

/** How a photo is looked at: a random part of it, mirrored or not, that follows from the seed; or as a whole, and only then `closer` counts. */
export interface View extends Thumbnail {
  seed: number | null;
}

/** What a view became: pixels `[height, width, 3]`, or what a network made of them, channels last. */
export interface SeenView {
  shape: readonly [number, number, number];
  values: Float32Array;
}

export type ViewRequest =
  | { id: number; kind: 'network'; name: string; bytes: Uint8Array; output: string }
  | { id: number; kind: 'views'; network: string | null; views: readonly View[] };

/** After this nothing is looked at any more, and the thread ends. */
export interface EndRequest {
  kind: 'end';
}

export type ViewReply = { id: number; views: SeenView[] } | { id: number; error: string };

export interface ViewOptions {
  crop: CropOptions;
  /** Side of a random part in pixels; null for the size at which the whole photo would be seen. */
  side: number | null;
}

/** How long a thread may take to end, in milliseconds. */
const ENDING_LIMIT = 10_000;

interface Thread {
  worker: Worker;
  waiting: Map<number, PromiseWithResolvers<SeenView[]>>;
  ended: Promise<void>;
}

export class PictureViews {
  readonly #threads: Thread[];
  #next = 0;

  /** @param threads by default as many as there are processors */
  constructor(options: ViewOptions, threads = availableParallelism()) {
    this.#threads = Array.from({ length: threads }, (): Thread => {
      const worker = new Worker(builtPath('node', 'picture-thread.js'), { workerData: options });
      const waiting = new Map<number, PromiseWithResolvers<SeenView[]>>();
      const end = (error: Error): void => {
        for (const { reject } of waiting.values()) reject(error);
        waiting.clear();
      };
      worker.on('message', (reply: ViewReply) => {
        const waits = waiting.get(reply.id);
        waiting.delete(reply.id);
        if ('error' in reply) waits?.reject(new Error(reply.error));
        else waits?.resolve(reply.views);
      });
      worker.on('error', end);
      const ended = new Promise<void>((resolve) => {
        worker.on('exit', () => {
          end(new Error('The threads that look at photos have ended.'));
          resolve();
        });
      });
      return { worker, waiting, ended };
    });
  }

  /** Gives all threads a network from `image` to `output`, in place of one of the same name. @throws if it cannot be run. */
  async setNetwork(name: string, bytes: Uint8Array, output: string): Promise<void> {
    await Promise.all(
      this.#threads.map((_, thread) => this.#ask(thread, { kind: 'network', name, bytes, output })),
    );
  }

  /** What a network, or none, makes of some views, in their order. @throws naming a thumbnail that cannot be read. */
  async look(views: readonly View[], network: string | null): Promise<SeenView[]> {
    const count = this.#threads.length;
    const shares = this.#threads.map((_, thread) => views.filter((_, index) => index % count === thread));
    const seen = await Promise.all(
      shares.map((share, thread) =>
        share.length > 0 ? this.#ask(thread, { kind: 'views', network, views: share }) : [],
      ),
    );
    return views.map((_, index) => seen[index % count]![Math.floor(index / count)]!);
  }

  #ask(
    thread: number,
    request: ViewRequest extends infer R ? (R extends ViewRequest ? Omit<R, 'id'> : never) : never,
  ): Promise<SeenView[]> {
    const { worker, waiting } = this.#threads[thread]!;
    const id = this.#next++;
    const waits = Promise.withResolvers<SeenView[]>();
    waiting.set(id, waits);
    worker.postMessage({ ...request, id });
    return waits.promise;
  }

  /** Ends the threads, each after the photo that it is at: native code that is cut off takes the whole process with it. */
  async close(): Promise<void> {
    await Promise.all(
      this.#threads.map(async ({ worker, ended }) => {
        worker.postMessage({ kind: 'end' } satisfies EndRequest);
        const late = setTimeout(() => void worker.terminate(), ENDING_LIMIT);
        await ended;
        clearTimeout(late);
      }),
    );
  }
}
