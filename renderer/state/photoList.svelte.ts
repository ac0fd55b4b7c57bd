/**
 * A list of photos of any length, loaded page by page as it comes into view. Where the pages come from (all photos, or a
 * search) is the source's business; how they are laid out, the grid's.
 */
import type { Photo } from '../../electron/engine/contract.ts';

/** Part of a list: `photos` from the offset that was asked for, and how many there are in all. */
export interface PhotoPage {
  total: number;
  photos: readonly Photo[];
}

export type PhotoSource = (offset: number, limit: number) => Promise<PhotoPage>;

/** Photos of one page. */
export const PAGE_SIZE = 200;
/** Pages that one call may fetch. */
const PAGES_AT_ONCE = 5;

export class PhotoList {
  total = $state(0);
  /** Page by page; undefined where nothing was loaded yet. */
  pages = $state.raw<readonly (readonly Photo[] | undefined)[]>([]);
  /** Counts the lists shown: when it changes, this is another list and belongs at its top. */
  generation = $state(0);
  /** True once a first list has come. */
  loaded = $state(false);

  #source: PhotoSource = async () => ({ total: 0, photos: [] });
  #onError: (error: unknown) => void;
  /** Changes with every answer that makes older ones worthless. */
  #version = 0;
  #pending = new Set<number>();
  #view = { first: 0, last: 0 };

  /** @param onError told when a page that came into view could not be loaded */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Shows another list. The old one stays until the first photos of the new one are here. */
  async show(source: PhotoSource): Promise<void> {
    const page = await source(0, PAGE_SIZE);
    this.#source = source;
    this.#view = { first: 0, last: 0 };
    this.#replace(page, 0);
    this.generation++;
  }

  /** Loads what is in view again, because the photos behind the list have changed. */
  async refresh(): Promise<void> {
    const { first, last } = this.#view;
    const version = this.#version;
    const offset = first * PAGE_SIZE;
    const page = await this.#source(offset, (last - first + 1) * PAGE_SIZE);
    if (version === this.#version) this.#replace(page, first);
  }

  /** Says which photos are in view, so that their pages get loaded. */
  want(firstIndex: number, lastIndex: number): void {
    const lastPage = Math.max(0, Math.ceil(this.total / PAGE_SIZE) - 1);
    const first = Math.min(lastPage, Math.floor(firstIndex / PAGE_SIZE));
    const last = Math.min(lastPage, Math.floor(lastIndex / PAGE_SIZE), first + PAGES_AT_ONCE - 1);
    this.#view = { first, last };
    for (let page = first; page <= last; page++) {
      if (!this.pages[page] && page * PAGE_SIZE < this.total) this.#load(page).catch(this.#onError);
    }
  }

  /** Photo `index`, if its page is here. */
  at(index: number): Photo | undefined {
    return this.pages[Math.floor(index / PAGE_SIZE)]?.[index % PAGE_SIZE];
  }

  /** Photo `index`, loading its page if need be; undefined if the list is shorter. */
  async fetch(index: number): Promise<Photo | undefined> {
    if (index < 0 || index >= this.total) return undefined;
    const page = Math.floor(index / PAGE_SIZE);
    if (!this.pages[page]) await this.#load(page);
    return this.at(index);
  }

  async #load(page: number): Promise<void> {
    if (this.#pending.has(page)) return;
    this.#pending.add(page);
    const version = this.#version;
    try {
      const { photos } = await this.#source(page * PAGE_SIZE, PAGE_SIZE);
      if (version === this.#version) this.pages = this.#with([[page, photos]]);
    } finally {
      if (version === this.#version) this.#pending.delete(page);
    }
  }

  #replace({ total, photos }: PhotoPage, firstPage: number): void {
    this.#version++;
    this.#pending.clear();
    this.total = total;
    this.pages = [];
    const pages: [number, readonly Photo[]][] = [];
    for (let at = 0; at < photos.length; at += PAGE_SIZE) {
      pages.push([firstPage + at / PAGE_SIZE, photos.slice(at, at + PAGE_SIZE)]);
    }
    this.pages = this.#with(pages);
    this.loaded = true;
  }

  #with(changes: readonly [number, readonly Photo[]][]): (readonly Photo[] | undefined)[] {
    const pages = Array.from({ length: Math.ceil(this.total / PAGE_SIZE) }, (_, page) => this.pages[page]);
    for (const [page, photos] of changes) pages[page] = photos;
    return pages;
  }
}
