/**
 * A list of photos of any length, loaded page by page as it comes into view. Where the pages come from (all photos, or a
 * search) is the source's business; how they are laid out, the grid's.
 *
 * [Note: Places in a list]
 * Where the keyboard is and where the view begins are numbers, and photos that come or go before them shift what stands
 * there: while an import runs, Enter would open a neighbour and the view would move. So `refresh` finds the photos of both
 * places again by their ids, in the pages it loads anyway and those to which the growth of the list would have shifted them. A
 * photo that is not there any more leaves its number to the one that has it now. The head of the list stays its head.
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

/** The photo at the top of the view, and how many pixels above its edge it begins. */
export interface Anchor {
  index: number;
  above: number;
}

/** Pages from the first to the last. */
interface PageRange {
  first: number;
  last: number;
}

export class PhotoList {
  total = $state(0);
  /** Page by page; undefined where nothing was loaded yet. */
  pages = $state.raw<readonly (readonly Photo[] | undefined)[]>([]);
  /** Counts the lists shown: when it changes, this is another list and belongs at its top. */
  generation = $state(0);
  /** True once a first list has come. */
  loaded = $state(false);
  /** The photo that the keyboard is at; see [Note: Places in a list]. */
  cursor = $state(0);
  /** Where the view begins; null at the head of the list. */
  anchor = $state.raw<Anchor | null>(null);
  /** Whether the photo at the cursor is open: then another list goes on from there. */
  isOpenAtCursor = false;

  #source: PhotoSource = async () => ({ total: 0, photos: [] });
  #onError: (error: unknown) => void;
  /** Changes with every answer that makes older ones worthless. */
  #version = 0;
  /** Counts what was heard of changes behind the list. */
  #changes = 0;
  #pending = new Map<number, Promise<void>>();
  #view: PageRange = { first: 0, last: 0 };

  /** @param onError told when a page that came into view could not be loaded */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Shows another list. The old one stays until the first photos of the new one are here. */
  async show(source: PhotoSource): Promise<void> {
    const changes = this.#changes;
    const { total, photos } = await source(0, PAGE_SIZE);
    this.#source = source;
    this.#view = { first: 0, last: 0 };
    this.#replace(total, pagesOf(photos, 0));
    this.cursor = this.isOpenAtCursor ? this.#clamp(this.cursor) : 0;
    this.anchor = null;
    this.generation++;
    // What changed since it was asked for may not be in it.
    if (changes !== this.#changes) await this.#reload().catch(this.#onError);
  }

  /** Loads what is in view again, because the photos behind the list have changed. */
  async refresh(): Promise<void> {
    this.#changes++;
    await this.#reload();
  }

  async #reload(): Promise<void> {
    const version = this.#version;
    const pages = new Map<number, readonly Photo[]>();
    const load = async ({ first, last }: PageRange): Promise<number> => {
      const { total, photos } = await this.#source(first * PAGE_SIZE, (last - first + 1) * PAGE_SIZE);
      for (const [page, its] of pagesOf(photos, first)) pages.set(page, its);
      return total;
    };
    let total = await load(this.#view);
    for (const index of [this.#keepsCursor ? this.cursor : null, this.anchor?.index ?? null]) {
      const photo = index === null ? undefined : this.at(index);
      if (index === null || !photo || indexIn(pages, photo) !== undefined) continue;
      const range = pagesBetween(index, index + total - this.total, total);
      if (range && !covers(pages, range)) total = await load(range);
    }
    // Another list, or a later state of this one, has come meanwhile, and may not know of the change.
    if (version !== this.#version) return this.#reload();
    const moved = (index: number): number => {
      const photo = this.at(index);
      return (photo && indexIn(pages, photo)) ?? index;
    };
    const cursor = this.#keepsCursor ? moved(this.cursor) : 0;
    const anchor = this.anchor && { ...this.anchor, index: moved(this.anchor.index) };
    this.#replace(total, pages);
    this.cursor = this.#clamp(cursor);
    this.anchor = anchor && { ...anchor, index: this.#clamp(anchor.index) };
  }

  /** The head of the list is where everyone begins: until somebody goes on or opens it, it is no choice of a photo. */
  get #keepsCursor(): boolean {
    return this.cursor > 0 || this.isOpenAtCursor;
  }

  /** Says which photos are in view, so that their pages get loaded. */
  want(firstIndex: number, lastIndex: number): void {
    const lastPage = Math.max(0, Math.ceil(this.total / PAGE_SIZE) - 1);
    const first = Math.min(lastPage, pageOf(firstIndex));
    const last = Math.min(lastPage, pageOf(lastIndex), first + PAGES_AT_ONCE - 1);
    this.#view = { first, last };
    for (let page = first; page <= last; page++) {
      const isThere = this.pages[page] || this.#pending.has(page) || page * PAGE_SIZE >= this.total;
      if (!isThere) this.#load(page).catch(this.#onError);
    }
  }

  /** Photo `index`, if its page is here. */
  at(index: number): Photo | undefined {
    return this.pages[pageOf(index)]?.[index % PAGE_SIZE];
  }

  /** Photo `index`, loading its page if need be; undefined if the list is shorter. */
  async fetch(index: number): Promise<Photo | undefined> {
    while (index >= 0 && index < this.total) {
      const photo = this.at(index);
      if (photo) return photo;
      const version = this.#version;
      await this.#load(pageOf(index));
      // A page of a list that was replaced meanwhile is not there; the list that is shown now has one, too.
      if (version === this.#version) return this.at(index);
    }
    return undefined;
  }

  #load(page: number): Promise<void> {
    const pending = this.#pending.get(page);
    if (pending) return pending;
    const version = this.#version;
    const loading = this.#source(page * PAGE_SIZE, PAGE_SIZE)
      .then(({ photos }) => {
        if (version === this.#version) this.pages = this.#with([[page, photos]]);
      })
      .finally(() => {
        if (version === this.#version) this.#pending.delete(page);
      });
    this.#pending.set(page, loading);
    return loading;
  }

  #replace(total: number, pages: Iterable<[number, readonly Photo[]]>): void {
    this.#version++;
    this.#pending.clear();
    this.total = total;
    this.pages = [];
    this.pages = this.#with(pages);
    this.loaded = true;
  }

  #with(changes: Iterable<[number, readonly Photo[]]>): (readonly Photo[] | undefined)[] {
    const pages = Array.from({ length: Math.ceil(this.total / PAGE_SIZE) }, (_, page) => this.pages[page]);
    for (const [page, photos] of changes) if (page < pages.length) pages[page] = photos;
    return pages;
  }

  #clamp(index: number): number {
    return Math.max(0, Math.min(this.total - 1, index));
  }
}

const pageOf = (index: number): number => Math.floor(index / PAGE_SIZE);

/** Photos cut into pages, the first of which is `first`. */
function* pagesOf(photos: readonly Photo[], first: number): Generator<[number, readonly Photo[]]> {
  for (let at = 0; at < photos.length; at += PAGE_SIZE)
    yield [first + at / PAGE_SIZE, photos.slice(at, at + PAGE_SIZE)];
}

/** The pages between two places, as many as one call may fetch; null if the list ends before. */
function pagesBetween(one: number, other: number, total: number): PageRange | null {
  const first = pageOf(Math.max(0, Math.min(one, other)));
  const last = pageOf(Math.min(total - 1, Math.max(one, other)));
  return last < first ? null : { first, last: Math.min(last, first + PAGES_AT_ONCE - 1) };
}

function covers(pages: ReadonlyMap<number, unknown>, { first, last }: PageRange): boolean {
  for (let page = first; page <= last; page++) if (!pages.has(page)) return false;
  return true;
}

/** The place of a photo in these pages. */
function indexIn(pages: ReadonlyMap<number, readonly Photo[]>, { id }: Photo): number | undefined {
  for (const [page, photos] of pages) {
    const at = photos.findIndex((photo) => photo.id === id);
    if (at >= 0) return page * PAGE_SIZE + at;
  }
  return undefined;
}
