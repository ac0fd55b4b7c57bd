/**
 * The one photo that the user is at: the focused place in the grid, and the photo open in the lightbox with all that is
 * known about it. Moving in one moves in the other.
 */
import type { Explanation, Photo, PhotoDetails, Suggestion } from '../../electron/engine/contract.ts';
import type { EngineClient } from '../engine.ts';
import { latestWins } from './latestWins.ts';
import type { Search } from './search.svelte.ts';

export class Viewer {
  /** Place in the list. */
  index = $state(0);
  /** The photo that is open; null while the grid is shown. */
  photo = $state.raw<Photo | null>(null);
  details = $state.raw<PhotoDetails | null>(null);
  explanation = $state.raw<Explanation | null>(null);
  /** Keywords that the photo might have. */
  suggestions = $state.raw<readonly Suggestion[]>([]);
  /** Whether the side panel is shown. */
  panel = $state(true);

  readonly #engine: EngineClient;
  readonly #search: Search;
  readonly #failed: (error: unknown) => void;
  readonly #describe: (photo: Photo) => Promise<void>;

  constructor(engine: EngineClient, search: Search, failed: (error: unknown) => void) {
    this.#engine = engine;
    this.#search = search;
    this.#failed = failed;
    this.#describe = latestWins(async (photo) => {
      const [details, explanation] = await Promise.all([
        engine.calls.photoDetails({ photo: photo.id }),
        engine.calls.explain({ photo: photo.id, concepts: search.query.concepts }),
      ]).catch((error: unknown) => {
        failed(error);
        return [null, null];
      });
      if (this.photo?.id !== photo.id) return;
      this.details = details;
      this.explanation = explanation;
      // They come last: the first time, all texts of the library are read for them.
      const suggested = await engine.calls.suggestTags({ photos: [photo.id] }).catch((error: unknown) => {
        failed(error);
        return null;
      });
      if (this.photo?.id === photo.id) this.suggestions = suggested?.photos[0]?.suggestions ?? [];
    });
  }

  get isOpen(): boolean {
    return this.photo !== null;
  }

  /** Opens photo `index` of the list; nothing happens if there is none. */
  async open(index: number): Promise<void> {
    try {
      const photo = await this.#search.list.fetch(index);
      if (!photo) return;
      this.index = index;
      if (this.photo?.id !== photo.id) {
        this.details = null;
        this.explanation = null;
        this.suggestions = [];
      }
      this.photo = photo;
      await this.#describe(photo);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Goes on by so many photos, if the lightbox is open. */
  async step(by: number): Promise<void> {
    if (this.photo) await this.open(this.index + by);
  }

  /** Loads again what is known about the open photo. */
  async refresh(): Promise<void> {
    if (this.photo) await this.#describe(this.photo);
  }

  /** The photos before and after, as far as they are known, so that they can be loaded ahead. */
  get neighbours(): Photo[] {
    const { list } = this.#search;
    return [list.at(this.index + 1), list.at(this.index - 1)].filter((photo) => photo !== undefined);
  }

  close(): void {
    this.photo = null;
  }

  /** Adds a photo to the query, as a picture to look for. */
  moreLike(photo: Photo): void {
    this.close();
    this.#search.query.add({ kind: 'photo', photo: photo.id, weight: 1 }, `Photo ${photo.id}`);
  }

  /** The moment a photo was taken; null if it does not say. */
  async takenAt(photo: Photo): Promise<string | null> {
    const { takenAt } = await this.#engine.calls.photoDetails({ photo: photo.id });
    return takenAt;
  }
}
