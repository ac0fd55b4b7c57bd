/** Where keywords stand in the hierarchies that the library's files have: `Barcelona` below `Spain` below `Places`. */

export class KeywordTree {
  /** By word in lower case: the words above it, in the place where it stands most often. */
  readonly #above = new Map<string, { words: readonly string[]; photos: number }>();

  constructor(paths: Iterable<{ levels: readonly string[]; photos: number }>) {
    for (const { levels, photos } of paths) {
      for (const [depth, level] of levels.entries()) {
        const key = level.toLowerCase();
        const known = this.#above.get(key);
        if (!known || known.photos < photos) this.#above.set(key, { words: levels.slice(0, depth), photos });
      }
    }
  }

  /** The words above a keyword, the topmost first; none if it stands nowhere, or at the top. */
  above(keyword: string): readonly string[] {
    return this.#above.get(keyword.toLowerCase())?.words ?? [];
  }
}
