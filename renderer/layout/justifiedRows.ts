/**
 * Justified rows: photos side by side, each in its own proportions, every row as wide as the window. A pure function of
 * sizes; it knows neither scrolling nor pages (see `gridLayout.ts`).
 *
 * The number of rows follows from the wanted height, and each row is broken where it comes nearest to an equal share of
 * what is left. So a block of photos ends in a full row, and blocks can be stacked without ragged seams.
 */

export interface Size {
  width: number;
  height: number;
}

/** One row: photos `first` … `first + count − 1` of the block; `top` and `height` in pixels. */
export interface Row {
  first: number;
  count: number;
  top: number;
  height: number;
}

export interface JustifiedRows {
  rows: readonly Row[];
  /** `[photos]`, pixels from the left edge. */
  lefts: Float64Array;
  /** `[photos]`, pixels. */
  widths: Float64Array;
  /** Of all rows with the gaps between them, in pixels. */
  height: number;
}

/** Photos more extreme than this are shown cropped, so that one panorama does not make a sliver of its row. */
const NARROWEST = 0.4;
const WIDEST = 4;
/** A row that would get higher than this many times the wanted height stays at the wanted height and ends early. */
const TALLEST = 1.4;

/** Lays out one block of photos in `width` pixels, in rows about `targetHeight` high with `gap` pixels in between. */
export function justifiedRows(
  photos: readonly Size[],
  width: number,
  targetHeight: number,
  gap: number,
): JustifiedRows {
  const lefts = new Float64Array(photos.length);
  const widths = new Float64Array(photos.length);
  const rows: Row[] = [];
  if (photos.length === 0 || width <= 0) return { rows, lefts, widths, height: 0 };

  const aspects = photos.map(displayedAspect);
  // With the gap counted as part of each photo, a row is full when its shares reach `capacity`.
  const share = (index: number): number => aspects[index]! + gap / targetHeight;
  const capacity = (width + gap) / targetHeight;
  let left = 0;
  for (let index = 0; index < photos.length; index++) left += share(index);
  let rowsLeft = Math.max(1, Math.round(left / capacity));
  let top = 0;

  for (let first = 0; first < photos.length; rowsLeft--) {
    const goal = left / Math.max(1, rowsLeft);
    let end = first;
    let filled = 0;
    while (end < photos.length && (end === first || rowsLeft <= 1 || filled + share(end) / 2 <= goal)) {
      filled += share(end);
      end++;
    }
    left -= filled;

    const count = end - first;
    let aspectSum = 0;
    for (let index = first; index < end; index++) aspectSum += aspects[index]!;
    let height = (width - (count - 1) * gap) / aspectSum;
    if (height > targetHeight * TALLEST) height = targetHeight;

    let x = 0;
    for (let index = first; index < end; index++) {
      const photoWidth = aspects[index]! * height;
      lefts[index] = Math.round(x);
      widths[index] = Math.round(x + photoWidth) - Math.round(x);
      x += photoWidth + gap;
    }
    rows.push({ first, count, top, height: Math.round(height) });
    top += Math.round(height) + gap;
    first = end;
  }
  return { rows, lefts, widths, height: top - gap };
}

function displayedAspect({ width, height }: Size): number {
  if (width <= 0 || height <= 0) return 1;
  return Math.min(WIDEST, Math.max(NARROWEST, width / height));
}
