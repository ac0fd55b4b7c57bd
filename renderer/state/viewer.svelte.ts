/**
 * The one photo that the user is at: the focused place in the grid, and the photo open in the lightbox with all that is
 * known about it. Moving in one moves in the other.
 */
import type { Explanation, Photo, PhotoDetails, Suggestion } from '../../electron/engine/contract.ts';
import type { EngineClient } from '../engine.ts';
import { latestWins } from './latestWins.ts';
import type { Search } from './search.svelte.ts';

export class Viewer {
  /** Counts the moves to another place of the list: the view follows each. */
  moves = $state(0);
  /** The photo that is open; null while the grid is shown. */
  photo = $state.raw<Photo | null>(null);
  details = $state.raw<PhotoDetails | null>(null);
  explanation = $state.raw<Explanation | null>(null);
  /** Keywords that the photo might have. */
  suggestions = $state.raw<readonly Suggestion[]>([]);
  /** The photos to go through, if those of the list are not meant. */
  #among = $state.raw<readonly Photo[] | null>(null);
  /** Place among them. */
  #place = $state(0);
  /** Whether the side panel is shown. */
  panel = $state(true);

  readonly #engine: EngineClient;
  readonly #search: Search;
  readonly #failed: (error: unknown) => void;
  readonly #describe: (photo: Photo) => Promise<void>;
  readonly #suggest: (photo: Photo) => Promise<void>;
  readonly #showLibrary: () => void;

  /** @param showLibrary closes whatever lies over the photos of the library */
  constructor(
    engine: EngineClient,
    search: Search,
    failed: (error: unknown) => void,
    showLibrary: () => void,
  ) {
    this.#engine = engine;
    this.#search = search;
    this.#failed = failed;
    this.#showLibrary = showLibrary;
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
    });
    this.#suggest = latestWins(async (photo) => {
      if (this.photo?.id !== photo.id) return;
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

  /** Place in the list. */
  get index(): number {
    return this.#search.list.cursor;
  }

  set index(index: number) {
    this.#search.list.cursor = index;
    this.moves++;
  }

  /** Opens photo `index` of the list; nothing happens if there is none. */
  async open(index: number): Promise<void> {
    try {
      const photo = await this.#search.list.fetch(index);
      if (!photo) return;
      this.index = index;
      this.#among = null;
      await this.#show(photo);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Opens a photo that is not of the list, with others to go on to. */
  async openAmong(photos: readonly Photo[], place: number): Promise<void> {
    const photo = photos[place];
    if (!photo) return;
    this.#among = photos;
    this.#place = place;
    await this.#show(photo);
  }

  /** Shows another photo of the group that the open one is of; the place stays. */
  async showMember(photo: Photo): Promise<void> {
    await this.#show(photo);
  }

  /** Goes on by so many photos of the group that the open one is of, and from its end to its beginning. */
  async stepMember(by: number): Promise<void> {
    const members = this.details?.members ?? [];
    const place = members.findIndex(({ id }) => id === this.photo?.id);
    const next = members[(place + by + members.length) % members.length];
    if (members.length > 1 && next) await this.#show(next);
  }

  async #show(photo: Photo): Promise<void> {
    if (this.photo?.id !== photo.id) {
      // What is one stays in sight while the rest is looked up.
      if (!this.details?.members.some(({ id }) => id === photo.id)) this.details = null;
      this.explanation = null;
      this.suggestions = [];
    }
    this.photo = photo;
    this.#search.list.isOpenAtCursor = this.#among === null;
    await this.#look(photo);
  }

  /** Looks up what is known about a photo, and then what it might be: the first time, all texts of the library are read for that. */
  async #look(photo: Photo): Promise<void> {
    await this.#describe(photo);
    await this.#suggest(photo);
  }

  /** Goes on by so many photos, if the lightbox is open. */
  async step(by: number): Promise<void> {
    if (!this.photo) return;
    if (this.#among) await this.openAmong(this.#among, this.#place + by);
    else await this.open(this.index + by);
  }

  /** Where the open photo is among those that are gone through, from 0, and how many they are. */
  get place(): number {
    return this.#among ? this.#place : this.index;
  }

  get total(): number {
    return this.#among?.length ?? this.#search.list.total;
  }

  /** Loads again what is known about the open photo. */
  async refresh(): Promise<void> {
    if (this.photo) await this.#look(this.photo);
  }

  /** The photos before and after, as far as they are known, so that they can be loaded ahead. */
  get neighbours(): Photo[] {
    const { list } = this.#search;
    const at = (place: number): Photo | undefined => (this.#among ? this.#among[place] : list.at(place));
    return [at(this.place + 1), at(this.place - 1)].filter((photo) => photo !== undefined);
  }

  close(): void {
    this.photo = null;
    this.#search.list.isOpenAtCursor = false;
  }

  /** Adds a photo to the query, as a picture to look for. */
  moreLike(photo: Photo): void {
    this.#showLibrary();
    this.#search.query.add({ kind: 'photo', photo: photo.id, weight: 1 }, `Photo ${photo.id}`);
  }

  /** The moment a photo was taken; null if it does not say. */
  async takenAt(photo: Photo): Promise<string | null> {
    const { takenAt } = await this.#engine.calls.photoDetails({ photo: photo.id });
    return takenAt;
  }
}
