/** The photos of a library for the training of an image network: views of them as the chunks of a batch. */
import { seedOf } from '../../../models/random.ts';
import type { PictureChunk, PictureSupply } from '../../../models/vision/imageNetwork.ts';
import type { Thumbnail } from '../../../native/image.ts';
import type { PictureViews, SeenView } from './pictureViews.ts';

export interface PictureSupplyOptions {
  /** The thumbnail of a row of the corpus. */
  thumbnail: (row: number) => Thumbnail;
  /** The network that the views go through first, as `PictureViews` knows it; null for none. */
  network: string | null;
  /** Most photos of a chunk. */
  chunk: number;
  seed: number;
}

export class LibraryPictures implements PictureSupply {
  readonly #views: PictureViews;
  readonly #options: PictureSupplyOptions;
  #chunk: number;

  constructor(views: PictureViews, options: PictureSupplyOptions) {
    this.#views = views;
    this.#options = options;
    this.#chunk = options.chunk;
  }

  /** Makes chunks of half as many photos from now on. Returns false where a chunk is one photo already. */
  halveChunks(): boolean {
    if (this.#chunk === 1) return false;
    this.#chunk >>= 1;
    return true;
  }

  async load(rows: Uint32Array, step: number): Promise<PictureChunk[]> {
    const { thumbnail, network, seed } = this.#options;
    const views = Array.from(rows, (row) => ({ ...thumbnail(row), seed: seedOf(seed, step, row) }));
    return chunks(await this.#views.look(views, network), this.#chunk);
  }
}

/** Views by their shape, no more than `most` together. */
function chunks(views: readonly SeenView[], most: number): PictureChunk[] {
  const byShape = Map.groupBy(views.keys(), (index) => views[index]!.shape.join());
  return [...byShape.values()].flatMap((positions) => {
    const parts = Math.ceil(positions.length / most);
    return Array.from({ length: parts }, (_, part) =>
      join(
        views,
        positions.slice((part * positions.length) / parts, ((part + 1) * positions.length) / parts),
      ),
    );
  });
}

function join(views: readonly SeenView[], positions: readonly number[]): PictureChunk {
  const { shape, values: first } = views[positions[0]!]!;
  const values = new Float32Array(positions.length * first.length);
  positions.forEach((position, index) => {
    values.set(views[position]!.values, index * first.length);
  });
  return { positions: Int32Array.from(positions), shape: [positions.length, ...shape], values };
}
