/**
 * What the grid shows: all photos by date while the query is empty, else the photos that answer it, best first. Searches
 * follow every change of the query, one at a time, and the latest wins.
 */
import type { SearchInput } from '../../electron/engine/contract.ts';
import type { EngineClient } from '../engine.ts';
import { latestWins } from './latestWins.ts';
import { PhotoList, type PhotoSource } from './photoList.svelte.ts';
import { Query } from './query.svelte.ts';

/** How the last answer came about; null while all photos are shown. */
export interface Answer {
  model: string | null;
  milliseconds: number;
}

export class Search {
  readonly query: Query;
  readonly list: PhotoList;
  answer = $state.raw<Answer | null>(null);
  /** Only photos without words of their own. */
  untagged = $state(false);
  /** True from a change until its answer is shown. */
  busy = $state(false);

  readonly #engine: EngineClient;
  readonly #failed: (error: unknown) => void;
  readonly #run: () => Promise<void>;
  /** The search whose photos are shown; null while all are. */
  #shown: PhotoSource | null = null;
  #updates = 0;

  constructor(engine: EngineClient, failed: (error: unknown) => void) {
    this.#engine = engine;
    this.#failed = failed;
    this.query = new Query(engine, () => void this.update(), failed);
    this.list = new PhotoList(failed);
    this.#run = latestWins(async () => {
      const show = this.query.isEmpty ? this.#showAll() : this.#showFound();
      await show.catch(failed);
    });
  }

  /** Asks again; never rejects, errors are reported. */
  async update(): Promise<void> {
    this.busy = true;
    this.#updates++;
    await this.#run();
    this.#updates--;
    this.busy = this.#updates > 0;
  }

  /** Brings what is shown up to date with the library, without losing the place. */
  async refresh(): Promise<void> {
    await this.list.refresh().catch(this.#failed);
  }

  setUntagged(untagged: boolean): void {
    this.untagged = untagged;
    void this.update();
  }

  async #showAll(): Promise<void> {
    await this.list.show((offset, limit) => this.#engine.calls.listPhotos({ offset, limit }));
    this.#shown = null;
    this.answer = null;
  }

  async #showFound(): Promise<void> {
    const { chips, concepts } = this.query;
    const input: SearchInput = { concepts, untagged: this.untagged };
    let tell = (): void => undefined;
    const source: PhotoSource = async (offset, limit) => {
      const {
        total,
        results,
        milliseconds,
        model,
        concepts: infos,
      } = await this.#engine.calls.search({
        ...input,
        offset,
        limit,
      });
      if (offset === 0) {
        tell = () => {
          this.answer = { model, milliseconds };
          this.query.describe(chips, infos);
        };
        // The list is brought up to date; an answer that comes when another list is shown already is not about that.
        if (this.#shown === source) tell();
      }
      return { total, photos: results };
    };
    await this.list.show(source);
    this.#shown = source;
    tell();
  }
}
