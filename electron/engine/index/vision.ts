/**
 * Looking at photos: decode, thumbnail, backbone features, and image vectors under one model's head. It runs in the
 * vision worker, because inference computes on its own thread; `VisionWorker` is how the engine reaches it.
 * It reads photos and writes thumbnails, and never touches the library's database.
 */
import { availableParallelism } from 'node:os';
import { Backbone, type BackboneName, Head } from '../../../native/backbone.ts';
import { writeAtomically } from '../../../native/files.ts';
import { decodePhoto } from '../../../native/image.ts';
import { FileProblem, isSystemError, systemReason } from '../../../native/problem.ts';

/** A photo to look at, and where its thumbnail goes. */
export interface IndexItem {
  photo: number;
  /** Absolute path of a file with the photo's bytes. */
  path: string;
  /** Absolute path of the thumbnail, which is written whole or not at all. */
  thumbnail: string;
}

/** What was seen in a photo. */
export interface IndexedPhoto {
  photo: number;
  /** As displayed. */
  width: number;
  height: number;
  /** `[width of the backbone]`. */
  feature: Float32Array;
  /** `[dimension of the model]`; null if no head is loaded. */
  vector: Float32Array | null;
}

/** Why a photo could not be looked at. */
export interface UnindexedPhoto {
  photo: number;
  problem: string;
  /** True if the photo's bytes are the reason, so that trying again cannot help. */
  lasting: boolean;
}

export interface IndexReply {
  /** The head that the vectors were made with, as given to `load`. */
  network: string | null;
  photos: (IndexedPhoto | UnindexedPhoto)[];
}

/** A picture from outside the library. */
export interface SeenPicture {
  feature: Float32Array;
  vector: Float32Array | null;
  /** JPEG. */
  thumbnail: Uint8Array;
}

/** The calls of the vision worker. */
export interface VisionWorker {
  /** Chooses the head, by the path of its ONNX file, for all calls that come later; null for features alone. */
  load(options: { network: string | null }): Promise<void>;
  /** Looks at photos. It never rejects because of a photo. Several calls may be under way. */
  index(items: IndexItem[]): Promise<IndexReply>;
  /** Looks at a picture, given as its bytes. Rejects with a `FileProblem`'s message if it cannot be decoded. */
  picture(bytes: Uint8Array): Promise<SeenPicture>;
  /** Image vectors `[n, dimension]` of features `[n, width of the backbone]`. Rejects if no head is loaded. */
  vectors(features: Float32Array): Promise<Float32Array>;
}

/** Threads of one inference. Decoding has four threads of its own beside them, those of Node's pool. */
const THREADS = Math.min(4, availableParallelism());

export class Vision implements VisionWorker {
  readonly #backbone: Backbone;
  #network: string | null = null;
  #head: Head | null = null;

  private constructor(backbone: Backbone) {
    this.#backbone = backbone;
  }

  static async create(backbone: BackboneName = 'efficientnet-lite0'): Promise<Vision> {
    return new Vision(await Backbone.load(backbone, { threads: THREADS }));
  }

  async load({ network }: { network: string | null }): Promise<void> {
    if (network === this.#network) return;
    // The old head is left to the garbage collector: a call under way may still need it.
    this.#head = network === null ? null : await Head.load(network);
    this.#network = network;
  }

  async index(items: IndexItem[]): Promise<IndexReply> {
    const [network, head] = [this.#network, this.#head];
    const photos = await Promise.all(items.map((item) => this.#indexPhoto(item)));
    const seen = photos.filter((photo) => 'feature' in photo);
    if (head && seen.length > 0) {
      const { width } = this.#backbone;
      const features = new Float32Array(seen.length * width);
      seen.forEach(({ feature }, row) => {
        features.set(feature, row * width);
      });
      const vectors = await head.vectors(features, width);
      const dimension = vectors.length / seen.length;
      seen.forEach((photo, row) => {
        photo.vector = vectors.slice(row * dimension, (row + 1) * dimension);
      });
    }
    return { network, photos };
  }

  async picture(bytes: Uint8Array): Promise<SeenPicture> {
    const head = this.#head;
    const { thumbnail, network } = await decodePhoto(bytes);
    const feature = await this.#backbone.features(network);
    return { feature, vector: head && (await head.vectors(feature, this.#backbone.width)), thumbnail };
  }

  vectors(features: Float32Array): Promise<Float32Array> {
    if (!this.#head)
      return Promise.reject(new Error('No model is loaded that could turn features into vectors.'));
    return this.#head.vectors(features, this.#backbone.width);
  }

  async #indexPhoto(item: IndexItem): Promise<IndexedPhoto | UnindexedPhoto> {
    const { photo, path } = item;
    try {
      const { width, height, thumbnail, network } = await decodePhoto(path);
      const [feature] = await Promise.all([
        this.#backbone.features(network),
        writeAtomically(item.thumbnail, thumbnail, { durable: false }),
      ]);
      return { photo, width, height, feature, vector: null };
    } catch (error) {
      if (error instanceof FileProblem) return { photo, problem: error.message, lasting: error.lasting };
      if (isSystemError(error))
        return { photo, problem: `its thumbnail cannot be written: ${systemReason(error)}`, lasting: false };
      return { photo, problem: `it cannot be looked at (${(error as Error).message})`, lasting: false };
    }
  }
}
