/** Justified rows and the grid made of them: full rows, no overlap, pages that move nothing but what comes after them. */
import { describe, expect, it } from 'vitest';
import { GridCursor } from '../../renderer/layout/gridCursor.ts';
import { GridLayouter } from '../../renderer/layout/gridLayout.ts';
import { justifiedRows, type Size } from '../../renderer/layout/justifiedRows.ts';

const WIDTH = 1400;
const TARGET = 200;
const GAP = 4;

/** Photos in the shapes of cameras and phones, in an order that repeats only after many rows. */
function photos(count: number): Size[] {
  const shapes = [
    { width: 3000, height: 2000 },
    { width: 3000, height: 4000 },
    { width: 4000, height: 2250 },
    { width: 2000, height: 2000 },
    { width: 2000, height: 3000 },
  ];
  return Array.from({ length: count }, (_, index) => shapes[(index * index + 3 * index) % 5]!);
}

describe('justified rows', () => {
  const sizes = photos(200);
  const { rows, lefts, widths, height } = justifiedRows(sizes, WIDTH, TARGET, GAP);

  it('show every photo once, in order', () => {
    const indexes = rows.flatMap(({ first, count }) => Array.from({ length: count }, (_, at) => first + at));
    expect(indexes).toEqual(sizes.map((_, index) => index));
  });

  it('are all exactly as wide as they may be, the last one too', () => {
    for (const { first, count } of rows) {
      const last = first + count - 1;
      expect(lefts[first]).toBe(0);
      expect(lefts[last]! + widths[last]!).toBe(WIDTH);
      for (let index = first + 1; index <= last; index++) {
        const gap = lefts[index]! - lefts[index - 1]! - widths[index - 1]!;
        expect(Math.abs(gap - GAP)).toBeLessThanOrEqual(1);
      }
    }
  });

  it('are near the wanted height and keep the proportions of each photo', () => {
    for (const row of rows) {
      expect(row.height).toBeGreaterThan(TARGET * 0.75);
      expect(row.height).toBeLessThan(TARGET * 1.3);
      for (let index = row.first; index < row.first + row.count; index++) {
        const { width, height } = sizes[index]!;
        expect(widths[index]! / row.height).toBeCloseTo(width / height, 1);
      }
    }
  });

  it('stand under each other with the gap in between', () => {
    rows.forEach((row, at) => {
      const above = rows[at - 1];
      expect(row.top).toBe(above ? above.top + above.height + GAP : 0);
    });
    const last = rows.at(-1)!;
    expect(height).toBe(last.top + last.height);
  });

  it('do not blow up a photo that is alone', () => {
    const alone = justifiedRows([{ width: 2000, height: 3000 }], WIDTH, TARGET, GAP);
    expect(alone.rows).toEqual([{ first: 0, count: 1, top: 0, height: TARGET }]);
    expect(alone.widths[0]).toBe(Math.round((TARGET * 2) / 3));
  });

  it('crop panoramas and take photos without a size for squares', () => {
    const odd = justifiedRows(
      [
        { width: 20_000, height: 1000 },
        { width: 0, height: 0 },
      ],
      WIDTH,
      TARGET,
      GAP,
    );
    expect(odd.widths[0]! / odd.rows[0]!.height).toBeCloseTo(4, 1);
    expect(odd.widths[1]! / odd.rows[0]!.height).toBeCloseTo(1, 1);
  });

  it('are none for no photos or no room', () => {
    expect(justifiedRows([], WIDTH, TARGET, GAP)).toMatchObject({ rows: [], height: 0 });
    expect(justifiedRows(photos(3), 0, TARGET, GAP)).toMatchObject({ rows: [], height: 0 });
  });
});

describe('the grid', () => {
  const PAGE = 100;
  const all = photos(950);
  const page = (number: number): Size[] => all.slice(number * PAGE, (number + 1) * PAGE);
  const layoutWith = (layouter: GridLayouter, ...loaded: number[]) => {
    const pages = Array.from({ length: 10 }, (_, number) =>
      loaded.includes(number) ? page(number) : undefined,
    );
    return layouter.layout(pages, all.length, PAGE, WIDTH, TARGET, GAP);
  };

  it('finds the cells in a band, also far down', () => {
    const layout = layoutWith(new GridLayouter(), 0, 5);
    const middle = layout.cell(520)!;
    const band = layout.cellsBetween(middle.top, middle.top + 1);
    expect(band).toContainEqual(middle);
    expect(band.every(({ top, height }) => top <= middle.top + 1 && top + height >= middle.top)).toBe(true);
    expect(layout.cellsBetween(0, layout.height).map(({ index }) => index)).toEqual(
      all.map((_, index) => index),
    );
  });

  it('moves nothing above a page that arrives, and nothing inside the pages below', () => {
    const layouter = new GridLayouter();
    const before = layoutWith(layouter, 0, 5);
    const after = layoutWith(layouter, 0, 3, 5);
    expect(after.cell(250)).toEqual(before.cell(250));
    const shift = after.cell(500)!.top - before.cell(500)!.top;
    expect(after.height - before.height).toBe(shift);
    expect(after.cell(599)).toEqual({ ...before.cell(599)!, top: before.cell(599)!.top + shift });
  });

  it('moves up and down to the photo nearest to a column, across pages, and stops at the ends', () => {
    const layout = layoutWith(new GridLayouter(), 0, 1);
    const middleOf = (index: number) => layout.cell(index)!.left + layout.cell(index)!.width / 2;
    const top = layout.cell(0)!.top;
    let index = 2;
    const column = middleOf(index);
    for (let row = 0; row < 40; row++) {
      const next = layout.vertical(index, 1, column);
      expect(layout.cell(next)!.top).toBeGreaterThan(layout.cell(index)!.top);
      expect(Math.abs(middleOf(next) - column)).toBeLessThanOrEqual(layout.cell(next)!.width);
      index = next;
    }
    expect(index).toBeGreaterThan(PAGE);
    expect(layout.cell(layout.vertical(index, -1000, column))!.top).toBe(top);
    expect(layout.vertical(949, 3, column)).toBeGreaterThan(940);
  });

  it('has no cells where there are no photos', () => {
    const layout = new GridLayouter().layout([], 0, PAGE, WIDTH, TARGET, GAP);
    expect(layout.height).toBe(0);
    expect(layout.cell(0)).toBeUndefined();
    expect(layout.cellsBetween(0, 1000)).toEqual([]);
  });
});

describe('the cursor of the grid', () => {
  const layout = new GridLayouter().layout([photos(60)], 60, 60, WIDTH, TARGET, GAP);
  const rowOf = (index: number) => layout.cell(index)!.top;

  it('goes along the photos and stays inside the list', () => {
    const cursor = new GridCursor();
    expect(cursor.move('ArrowRight', 3, layout, 4)).toBe(4);
    expect(cursor.move('ArrowLeft', 0, layout, 4)).toBe(0);
    expect(cursor.move('End', 3, layout, 4)).toBe(59);
    expect(cursor.move('ArrowRight', 59, layout, 4)).toBe(59);
    expect(cursor.move('Home', 59, layout, 4)).toBe(0);
    expect(cursor.move('a', 3, layout, 4)).toBeUndefined();
  });

  it('comes back to where it was, down and up again', () => {
    const cursor = new GridCursor();
    let index = 4;
    for (const key of ['ArrowDown', 'ArrowDown', 'PageDown', 'PageUp', 'ArrowUp', 'ArrowUp']) {
      index = cursor.move(key, index, layout, 2)!;
    }
    expect(index).toBe(4);
  });

  it('moves a page by the rows in view', () => {
    const rows = [...new Set(Array.from({ length: 60 }, (_, index) => rowOf(index)))];
    const down = new GridCursor().move('PageDown', 0, layout, 3)!;
    expect(rowOf(down)).toBe(rows[3]);
  });
});
