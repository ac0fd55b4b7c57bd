/** Moving through the grid by keys: along the photos, or up and down in a column that is kept until the next step aside. */
import type { GridLayout } from './gridLayout.ts';

/** Rows by key; `page` is how many rows are in view. */
const VERTICAL: Readonly<Record<string, (page: number) => number>> = {
  ArrowUp: () => -1,
  ArrowDown: () => 1,
  PageUp: (page) => -page,
  PageDown: (page) => page,
};

/** The photo to go to by key, before it is kept inside the list. */
const ALONG: Readonly<Record<string, (index: number, count: number) => number>> = {
  ArrowLeft: (index) => index - 1,
  ArrowRight: (index) => index + 1,
  Home: () => 0,
  End: (_index, count) => count - 1,
};

export class GridCursor {
  /** Pixels from the left; null until somebody moves up or down. */
  #column: number | null = null;

  /** Where `key` leads from photo `index`; undefined if it is no key for moving. `page` is how many rows are in view. */
  move(key: string, index: number, layout: GridLayout, page: number): number | undefined {
    const rows = VERTICAL[key]?.(page);
    if (rows !== undefined) {
      const cell = layout.cell(index);
      this.#column ??= cell ? cell.left + cell.width / 2 : 0;
      return layout.vertical(index, rows, this.#column);
    }
    const next = ALONG[key]?.(index, layout.count);
    if (next === undefined) return undefined;
    this.#column = null;
    return Math.max(0, Math.min(layout.count - 1, next));
  }

  /** Forgets the column, when a photo is chosen in another way. */
  reset(): void {
    this.#column = null;
  }
}
