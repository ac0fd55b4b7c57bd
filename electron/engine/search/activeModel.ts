/**
 * The model that answers: the search over it, what it knows about words, and the pictures from outside as it sees them. Another one
 * takes its place when all of that is loaded, and until then the one before answers.
 */
import { PhotolexError } from '../contract.ts';
import { fillVectors, type IndexModel } from '../index/indexer.ts';
import type { SharedVision } from '../index/sharedVision.ts';
import type { VisionWorker } from '../index/vision.ts';
import type { Library } from '../library/library.ts';
import { bundledWords, networkPath, readSpace } from '../library/modelFiles.ts';
import type { StoredModel } from '../library/models.ts';
import { modelFolder } from '../library/starter.ts';
import { type Picture, Searcher } from './searcher.ts';
import { ModelWords } from './words.ts';

/** A picture from outside the library, whatever the model. */
interface OutsidePicture {
  name: string;
  feature: Float32Array;
  /** JPEG. */
  thumbnail: Uint8Array;
}

/** The search over one model, and the pictures from outside as that model sees them. */
interface LoadedModel {
  searcher: Searcher;
  words: ModelWords;
  /** The searcher's own map, which grows. */
  pictures: Map<string, Picture>;
}

export class ActiveModel {
  readonly #library: Library;
  readonly #vision: SharedVision;
  /** Pictures from outside, by id. */
  readonly #pictures = new Map<string, OutsidePicture>();
  #loading: Promise<LoadedModel> | null = null;

  constructor(library: Library, vision: SharedVision) {
    this.#library = library;
    this.#vision = vision;
  }

  /** @throws {PhotolexError} `no-model` if there is none, which needs a damaged installation. */
  get stored(): StoredModel {
    const active = this.#library.models.active();
    if (active) return active;
    throw new PhotolexError(
      'no-model',
      'This library has no model to search with, because the starter that ships with Photolex is missing. Reinstall Photolex.',
    );
  }

  /** The model that answers now, with eyes that stay its own when another one is activated. */
  eyes(stored = this.stored): { model: IndexModel; vision: VisionWorker } {
    const network = networkPath(modelFolder(this.#library, stored.id));
    return { model: { stored, network }, vision: this.#vision.of(network) };
  }

  /** The search over it; loaded at the first call. */
  async searcher(): Promise<Searcher> {
    return (await this.#loaded()).searcher;
  }

  /** What it knows about words. */
  async words(): Promise<ModelWords> {
    return (await this.#loaded()).words;
  }

  /** Gives every photo that has features its vector under the model that answers now. */
  place(): Promise<void> {
    return this.#place(this.stored);
  }

  async #place(stored: StoredModel): Promise<void> {
    if (this.#library.vectors.missing(stored).length === 0) return;
    const { model, vision } = this.eyes(stored);
    await fillVectors(this.#library, vision, { model });
  }

  #loaded(): Promise<LoadedModel> {
    if (this.#loading) return this.#loading;
    const loading = this.#load(this.stored);
    this.#loading = loading;
    loading.catch(() => {
      // The next call tries again.
      if (this.#loading === loading) this.#loading = null;
    });
    return loading;
  }

  /** Loads a model, with a vector for every photo: a new starter, or a crash, may have left some without. */
  async #load(stored: StoredModel): Promise<LoadedModel> {
    const { space, text, pretrained } = await readSpace(modelFolder(this.#library, stored.id));
    await this.#place(stored);
    const pictures = new Map<string, Picture>();
    const loaded = {
      searcher: await Searcher.load(this.#library, stored, space, pictures),
      words: new ModelWords(space, text, pretrained, bundledWords().words),
      pictures,
    };
    await this.#seePictures(loaded);
    return loaded;
  }

  /** What was seen in the old bytes of these photos answers no search any more. */
  async forget(photos: readonly number[]): Promise<void> {
    const loaded = await this.#loading?.catch(() => null);
    loaded?.searcher.forget(photos);
  }

  /** The texts of photos have changed: the next search reads them anew. */
  async forgetTexts(): Promise<void> {
    const loaded = await this.#loading?.catch(() => null);
    loaded?.searcher.forgetTexts();
  }

  /** What the library got meanwhile becomes searchable, and what it lost is found no more. */
  async refresh(): Promise<void> {
    const loading = this.#loading;
    const loaded = await loading?.catch(() => null);
    if (!loaded) return;
    const { model, space } = loaded.searcher;
    const searcher = await Searcher.load(this.#library, model, space, loaded.pictures);
    if (this.#loading === loading) this.#loading = Promise.resolve({ ...loaded, searcher });
  }

  /**
   * Makes a model answer; photos that it has not seen get their vectors first.
   * @throws {PhotolexError} `no-model`, `model-damaged`.
   */
  async activate(id: string): Promise<void> {
    const { models, vectors } = this.#library;
    const stored = models.require(id);
    const loaded = await this.#load(stored);
    while (loaded.pictures.size < this.#pictures.size) await this.#seePictures(loaded);
    models.activate(id);
    this.#loading = Promise.resolve(loaded);
    // What an import indexed meanwhile has vectors of the model before.
    if (vectors.missing(stored).length > 0) {
      await this.#place(stored);
      await this.refresh();
    }
  }

  /** A picture from outside becomes a concept; returns its id. @throws {PhotolexError} `not-a-picture`. */
  async addPicture(name: string, bytes: Uint8Array): Promise<string> {
    try {
      const { feature, thumbnail } = await this.#vision.picture(bytes);
      const id = `picture-${this.#pictures.size + 1}`;
      this.#pictures.set(id, { name, feature, thumbnail });
      await this.#seePictures(await this.#loaded());
      return id;
    } catch (error) {
      if (error instanceof PhotolexError) throw error;
      throw new PhotolexError('not-a-picture', `${name} cannot be used: ${(error as Error).message}.`, {
        cause: error,
      });
    }
  }

  /** Gives the pictures that a loaded model has not seen their vectors. */
  async #seePictures({ searcher, pictures }: LoadedModel): Promise<void> {
    const { vision } = this.eyes(searcher.model);
    for (const [id, { name, feature, thumbnail }] of this.#pictures) {
      if (!pictures.has(id)) pictures.set(id, { name, vector: await vision.vectors(feature, [thumbnail]) });
    }
  }

  /** JPEG of a picture from outside; null if there is no such picture. */
  pictureThumbnail(id: string): Uint8Array | null {
    return this.#pictures.get(id)?.thumbnail ?? null;
  }
}
