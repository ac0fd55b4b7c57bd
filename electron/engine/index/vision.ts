/**
 * Looking at photos: decode, thumbnail, backbone features, and image vectors under one model's head. It runs in the
 * vision worker, because inference computes on its own thread; `VisionWorker` is how the engine reaches it.
 * It reads photos and writes thumbnails, and never touches the library's database.
 */
import { availableParallelism } from 'node:os';
import { perceptualHash } from '../../../models/vision/perceptualHash.ts';
import {
  Backbone,
  type BackboneName,
  Head,
  type ImageInference,
  loadNetwork,
} from '../../../native/backbone.ts';
import { writeAtomically } from '../../../native/files.ts';
import {
  decodePhoto,
  decodeThumbnail,
  type NetworkInput,
  networkInput,
  type PhotoSource,
  type Thumbnail,
} from '../../../native/image.ts';
import { photoInput } from '../../../native/photoInput.ts';
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
  /** Its perceptual hash, 8 bytes. */
  look: Uint8Array;
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
  /**
   * Image vectors `[n, dimension]` of photos that were looked at before: by their features `[n, width of the backbone]`, or, if the model
   * has a backbone of its own, by their thumbnails, of pictures from outside given as bytes. The row of a thumbnail that cannot be read is
   * not a number; there are no rows if none can be read. Rejects if no model is loaded.
   */
  vectors(features: Float32Array, thumbnails: readonly (Thumbnail | Uint8Array)[]): Promise<Float32Array>;
  /** Perceptual hashes of photos that were looked at before, by their thumbnails; null for one that cannot be read. */
  looks(thumbnails: readonly string[]): Promise<(Uint8Array | null)[]>;
  /** Features of photos that were looked at before, seen larger, by their thumbnails; null for one that cannot be read. */
  closer(thumbnails: readonly string[]): Promise<(Float32Array | null)[]>;
}

/** The calls of the process that looks at photos, which also makes them viewable. */
export interface VisionProcess extends VisionWorker {
  /** A photo as a JPEG for the screen. Rejects if it cannot be read or decoded. */
  viewable(source: PhotoSource): Promise<Uint8Array>;
}

/** Threads of one inference. Decoding has four threads of its own beside them, those of Node's pool. */
const THREADS = Math.min(4, availableParallelism());

/**
 * Photos under way at a time, over all calls: enough for those threads never to wait, and few enough that the memory does not grow with
 * the size of photos, which of an archive are read whole.
 */
const AT_ONCE = 12;

export class Vision implements VisionWorker {
  readonly #backbone: Backbone;
  readonly #turns = new Turns(AT_ONCE);
  #network: string | null = null;
  /** The model's network: a head on the backbone's features, or one that takes the photo itself. */
  #head: Head | ImageInference | null = null;

  private constructor(backbone: Backbone) {
    this.#backbone = backbone;
  }

  static async create(backbone: BackboneName = 'efficientnet-lite0'): Promise<Vision> {
    return new Vision(await Backbone.load(backbone, { threads: THREADS }));
  }

  async load({ network }: { network: string | null }): Promise<void> {
    if (network === this.#network) return;
    // The old head is left to the garbage collector: a call under way may still need it.
    this.#head = network === null ? null : await loadNetwork(network, { threads: THREADS });
    this.#network = network;
  }

  async index(items: IndexItem[]): Promise<IndexReply> {
    const [network, head] = [this.#network, this.#head];
    const photos = await Promise.all(
      items.map((item) => this.#turns.take(() => this.#indexPhoto(item, head))),
    );
    const seen = photos.filter((photo) => 'feature' in photo);
    if (head instanceof Head && seen.length > 0) {
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
    const { thumbnail, network } = await decodePhoto({ input: bytes });
    const feature = await this.#backbone.features(network);
    const vector =
      head instanceof Head
        ? await head.vectors(feature, this.#backbone.width)
        : await vectorOf(head, network);
    return { feature, vector, thumbnail };
  }

  async vectors(
    features: Float32Array,
    thumbnails: readonly (Thumbnail | Uint8Array)[],
  ): Promise<Float32Array> {
    const head = this.#head;
    if (!head) throw new Error('No model is loaded that could turn photos into vectors.');
    if (head instanceof Head) return head.vectors(features, this.#backbone.width);
    const vectors = await Promise.all(
      thumbnails.map((thumbnail) =>
        this.#turns.take(async () => {
          const { path, closer } =
            thumbnail instanceof Uint8Array ? { path: thumbnail, closer: false } : thumbnail;
          const decoded = await decodeThumbnail(path).catch(() => null);
          return decoded && vectorOf(head, await networkInput(decoded, closer));
        }),
      ),
    );
    const dimension = vectors.find((vector) => vector !== null)?.length ?? 0;
    const all = new Float32Array(vectors.length * dimension).fill(Number.NaN);
    vectors.forEach((vector, row) => {
      if (vector) all.set(vector, row * dimension);
    });
    return all;
  }

  looks(thumbnails: readonly string[]): Promise<(Uint8Array | null)[]> {
    return Promise.all(
      thumbnails.map((path) =>
        decodeThumbnail(path)
          .then((thumbnail) => networkInput(thumbnail))
          .then(lookOf)
          .catch(() => null),
      ),
    );
  }

  closer(thumbnails: readonly string[]): Promise<(Float32Array | null)[]> {
    return Promise.all(
      thumbnails.map((path) =>
        this.#turns.take(async () => {
          const thumbnail = await decodeThumbnail(path).catch(() => null);
          return thumbnail && this.#backbone.features(await networkInput(thumbnail, true));
        }),
      ),
    );
  }

  async #indexPhoto(
    item: IndexItem,
    model: Head | ImageInference | null,
  ): Promise<IndexedPhoto | UnindexedPhoto> {
    const { photo, path } = item;
    try {
      const { width, height, thumbnail, network } = await decodePhoto(await photoInput(path));
      const [feature] = await Promise.all([
        this.#backbone.features(network),
        writeAtomically(item.thumbnail, thumbnail, { durable: false }),
      ]);
      const vector = model instanceof Head ? null : await vectorOf(model, network);
      return { photo, width, height, feature, vector, look: lookOf(network) };
    } catch (error) {
      if (error instanceof FileProblem) return { photo, problem: error.message, lasting: error.lasting };
      if (isSystemError(error))
        return {
          photo,
          problem: `its thumbnail cannot be written: ${systemReason(error, 'write')}`,
          lasting: false,
        };
      return { photo, problem: `it cannot be looked at (${(error as Error).message})`, lasting: false };
    }
  }
}

/** Lets so many pieces of work run at a time; the others wait, first come, first served. */
class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
const lookOf = ({ pixels, width, height }: NetworkInput): Uint8Array => perceptualHash(pixels, width, height);

/** The vector that a whole network makes of a photo; null without one. */
async function vectorOf(model: ImageInference | null, photo: NetworkInput): Promise<Float32Array | null> {
  return model && (await model.run(photo)).values;
}
