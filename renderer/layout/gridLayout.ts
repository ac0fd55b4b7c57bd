/**
 * Where every photo of a long list stands, of which only some pages are loaded. Each page is laid out for itself, so a page
 * that arrives moves nothing above it and nothing inside its neighbours; a page that is not there yet is laid out with
 * photos of a usual shape, which gives the scroll bar an honest length. Does not touch the DOM.
 */
import { type JustifiedRows, justifiedRows, type Row, type Size } from './justifiedRows.ts';

/** One photo's place: `index` in the list, the rest in pixels from the top left of the list. */
export interface Cell {
  index: number;
  left: number;
  top: number;
  width: number;
  height: number;
}

interface Section extends JustifiedRows {
  first: number;
  count: number;
  top: number;
}

const USUAL: Size = { width: 10, height: 7 };

/** Lays out lists, and remembers the pages it has seen while width and height stay the same. */
export class GridLayouter {
  #known = new WeakMap<readonly Size[], JustifiedRows>();
  #estimates = new Map<number, JustifiedRows>();
  #geometry = '';

  /** @param pages arrays are taken as values: a page that changes must be a new array */
  layout(
    pages: readonly (readonly Size[] | undefined)[],
    total: number,
    pageSize: number,
    width: number,
    targetHeight: number,
    gap: number,
  ): GridLayout {
    const geometry = `${width} ${targetHeight} ${gap}`;
    if (geometry !== this.#geometry) {
      this.#geometry = geometry;
      this.#known = new WeakMap();
      this.#estimates.clear();
    }
    const sections: Section[] = [];
    let top = 0;
    for (let first = 0; first < total && width > 0; first += pageSize) {
      const count = Math.min(pageSize, total - first);
      const page = pages[first / pageSize];
      let rows: JustifiedRows | undefined;
      if (page?.length === count) {
        rows = this.#known.get(page) ?? justifiedRows(page, width, targetHeight, gap);
        this.#known.set(page, rows);
      } else {
        rows =
          this.#estimates.get(count) ??
          justifiedRows(Array<Size>(count).fill(USUAL), width, targetHeight, gap);
        this.#estimates.set(count, rows);
      }
      sections.push({ ...rows, first, count, top });
      top += rows.height + gap;
    }
    return new GridLayout(sections, Math.max(0, top - gap));
  }
}

/** A finished layout, to be asked; it never changes. */
export class GridLayout {
  readonly #sections: readonly Section[];
  /** Of the whole list, in pixels. */
  readonly height: number;

  constructor(sections: readonly Section[], height: number) {
    this.#sections = sections;
    this.height = height;
  }

  /** Photos in the list. */
  get count(): number {
    const last = this.#sections.at(-1);
    return last ? last.first + last.count : 0;
  }

  /** All cells that touch the band from `top` to `bottom`, in order. */
  cellsBetween(top: number, bottom: number): Cell[] {
    const cells: Cell[] = [];
    for (let at = this.#sectionAt(top); at < this.#sections.length; at++) {
      const section = this.#sections[at]!;
      if (section.top > bottom) break;
      for (const row of section.rows) {
        if (section.top + row.top + row.height < top) continue;
        if (section.top + row.top > bottom) break;
        for (let index = row.first; index < row.first + row.count; index++) {
          cells.push(cellOf(section, row, index));
        }
      }
    }
    return cells;
  }

  /** The place of photo `index`; undefined if the list is shorter. */
  cell(index: number): Cell | undefined {
    const place = this.#placeOf(index);
    return place && cellOf(place.section, place.section.rows[place.row]!, index - place.section.first);
  }

  /** The photo in the row `rows` below (above, if negative) whose middle is nearest to `x`; the nearest row that exists. */
  vertical(index: number, rows: number, x: number): number {
    const place = this.#placeOf(index);
    if (!place) return index;
    let at = this.#sections.indexOf(place.section);
    let row = place.row;
    for (let left = Math.abs(rows); left > 0; left--) {
      row += Math.sign(rows);
      if (row < 0) {
        if (at === 0) return this.#nearest(at, 0, x);
        at--;
        row = this.#sections[at]!.rows.length - 1;
      } else if (row >= this.#sections[at]!.rows.length) {
        if (at === this.#sections.length - 1) return this.#nearest(at, row - 1, x);
        at++;
        row = 0;
      }
    }
    return this.#nearest(at, row, x);
  }

  #nearest(at: number, rowIndex: number, x: number): number {
    const section = this.#sections[at]!;
    const row = section.rows[rowIndex]!;
    let best = row.first;
    let distance = Number.POSITIVE_INFINITY;
    for (let index = row.first; index < row.first + row.count; index++) {
      const away = Math.abs(section.lefts[index]! + section.widths[index]! / 2 - x);
      if (away < distance) {
        distance = away;
        best = index;
      }
    }
    return section.first + best;
  }

  /** The last section that starts at or above `y`, by bisection. */
  #sectionAt(y: number): number {
    let low = 0;
    let high = this.#sections.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#sections[middle]!.top <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #placeOf(index: number): { section: Section; row: number } | undefined {
    if (index < 0 || index >= this.count) return undefined;
    const pageSize = this.#sections[0]!.count;
    const section = this.#sections[Math.floor(index / pageSize)]!;
    const inside = index - section.first;
    const row = section.rows.findIndex(({ first, count }) => inside < first + count);
    return { section, row };
  }
}

function cellOf(section: Section, row: Row, index: number): Cell {
  return {
    index: section.first + index,
    left: section.lefts[index]!,
    top: section.top + row.top,
    width: section.widths[index]!,
    height: row.height,
  };
}
