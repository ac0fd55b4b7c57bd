/**
 * The inner loop of `vectorScan.ts`, in AssemblyScript: dot products of one query with many rows, in 128-bit SIMD.
 * It owns no memory: the caller lays out the query, the rows and the output (see [Note: scan layout] there), so this
 * file allocates nothing and checks nothing. `node build/kernel.ts` compiles it to `native/scan/kernel.wasm`.
 */

/** Rows that are read together, so that each load of the query serves four of them. */
const ROWS: usize = 4;
/** Bytes of a block: sixteen components of one row. */
const BLOCK: usize = 16;

/** Sixteen int8 components at `row` times the int16 query `low`, `high`; products summed in pairs into four int32. */
// @ts-ignore: decorator
@inline
function product(row: usize, low: v128, high: v128): v128 {
  return i32x4.add(
    i32x4.dot_i16x8_s(v128.load_ext<i8>(row), low),
    i32x4.dot_i16x8_s(v128.load_ext<i8>(row, 8), high),
  );
}

/** The sum of each of four vectors of four int32, as the four lanes of one: a 4 × 4 transpose and three additions. */
// @ts-ignore: decorator
@inline
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

/**
 * Writes one float32 score for each row of `groupCount` groups to `output`: `(query · row) · scale of row · queryScale`,
 * where the dot product is exact in int32.
 *
 * @param query address of `blocks` × 16 int16
 * @param groups address of the first group; each is four float32 scales, then `blocks` × four blocks of 16 int8
 */
export function scan(
  query: usize,
  groups: usize,
  groupCount: u32,
  blocks: u32,
  queryScale: f32,
  output: usize,
): void {
  const querySplat = f32x4.splat(queryScale);
  const queryEnd = query + <usize>blocks * 2 * BLOCK;
  let row = groups;
  for (let group: u32 = 0; group < groupCount; group++) {
    const scales = f32x4.mul(v128.load(row), querySplat);
    row += ROWS * sizeof<f32>();
    let a = i32x4.splat(0);
    let b = i32x4.splat(0);
    let c = i32x4.splat(0);
    let d = i32x4.splat(0);
    for (let component = query; component < queryEnd; component += 2 * BLOCK) {
      const low = v128.load(component);
      const high = v128.load(component, BLOCK);
      a = i32x4.add(a, product(row, low, high));
      b = i32x4.add(b, product(row + BLOCK, low, high));
      c = i32x4.add(c, product(row + 2 * BLOCK, low, high));
      d = i32x4.add(d, product(row + 3 * BLOCK, low, high));
      row += ROWS * BLOCK;
    }
    v128.store(output, f32x4.mul(f32x4.convert_i32x4_s(sums(a, b, c, d)), scales));
    output += ROWS * sizeof<f32>();
  }
}
