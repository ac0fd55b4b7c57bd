/** The screen of photos that look alike: sets of near-duplicates, loaded page by page, or those of one photo. */
import { MOST_SIMILAR_SETS, type Photo, type SimilarSet } from '../../electron/engine/contract.ts';
import type { EngineClient } from '../engine.ts';

/** Sets that are loaded at a time. */
const PAGE = 40;

export class Similar {
  isOpen = $state(false);
  /** The photo whose likes are shown; null for all sets of the library. */
  of = $state.raw<Photo | null>(null);
  sets = $state.raw<readonly SimilarSet[]>([]);
  total = $state(0);
  /** Photos that were not compared yet. */
  waiting = $state(0);
  /** True while sets are on their way. */
  busy = $state(false);
  readonly #engine: EngineClient;
  /** Changes with every list that makes older answers worthless. */
  #version = 0;

  constructor(engine: EngineClient) {
    this.#engine = engine;
  }

  /** Opens the screen, and has photos compared that were not yet. */
  async open(photo: Photo | null = null): Promise<void> {
    this.isOpen = true;
    this.of = photo;
    await this.refresh();
    // While an import runs, its end brings the rest.
    if (this.waiting > 0) await this.#engine.calls.comparePhotos().catch(() => null);
  }

  close(): void {
    this.#version++;
    this.isOpen = false;
    this.busy = false;
    this.sets = [];
    this.total = 0;
  }

  /** Loads again what is shown, because the photos have changed. */
  async refresh(): Promise<void> {
    const version = ++this.#version;
    this.busy = true;
    try {
      const limit = Math.min(MOST_SIMILAR_SETS, Math.max(PAGE, this.sets.length));
      const { sets, total, waiting } = await this.#engine.calls.similarPhotos({ ...this.#which, limit });
      if (version !== this.#version) return;
      Object.assign(this, { sets, total, waiting });
    } finally {
      if (version === this.#version) this.busy = false;
    }
  }

  /** Loads the next sets, unless some are on their way already. */
  async more(): Promise<void> {
    if (this.busy) return;
    const version = this.#version;
    this.busy = true;
    try {
      const offset = this.sets.length;
      const { sets, total } = await this.#engine.calls.similarPhotos({ ...this.#which, offset, limit: PAGE });
      if (version !== this.#version) return;
      // Sets that were found meanwhile have pushed some that are shown into the next page.
      const known = new Set(this.sets.map(firstOf));
      this.sets = [...this.sets, ...sets.filter((set) => !known.has(firstOf(set)))];
      this.total = total;
    } finally {
      if (version === this.#version) this.busy = false;
    }
  }

  get #which(): { photo?: number } {
    return this.of ? { photo: this.of.id } : {};
  }
}

/** What tells one set from another: no photo is in two. */
const firstOf = ({ photos }: SimilarSet): number | undefined => photos[0]?.id;
