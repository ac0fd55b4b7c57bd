/** Near-duplicates of a library as it is asked for them: found once, and anew when the library has changed. */
import type { z } from 'zod';
import type { CallOutput, calls } from '../contract.ts';
import type { Library } from '../library/library.ts';
import { similarPairs, similarSets } from './similarPhotos.ts';

export class NearDuplicates {
  readonly #library: Library;
  /** As they were found last. */
  #sets: Promise<ReturnType<typeof similarSets>> | null = null;

  constructor(library: Library) {
    this.#library = library;
  }

  /** A page of their sets, or those of one photo. */
  async page({
    photo,
    offset,
    limit,
  }: z.output<(typeof calls)['similarPhotos']['input']>): Promise<CallOutput<'similarPhotos'>> {
    const { photos } = this.#library;
    const finding = this.#sets ?? similarPairs(this.#library).then(similarSets);
    this.#sets = finding;
    finding.catch(() => this.forget());
    const all = await finding;
    const sets = photo === undefined ? all : all.filter((set) => set.photos.includes(photo));
    const page = sets.slice(offset, offset + limit).map(({ similarity, photos: ids }) => {
      const found = new Map(photos.withFacts(ids).map((one) => [one.id, one]));
      return { similarity, photos: ids.flatMap((id) => found.get(id) ?? []) };
    });
    return { total: sets.length, sets: page, waiting: photos.countLacking('hash') };
  }

  /** The library has changed. */
  forget(): void {
    this.#sets = null;
  }
}
