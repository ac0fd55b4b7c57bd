/**
 * The inner loops of `wordPredictor.ts`, in AssemblyScript: one step of negative sampling, and the merge of what several replicas of
 * the matrices have learnt, in 128-bit SIMD. It owns no memory: the
 * caller lays everything out and tells where (`place`), so this file allocates nothing and checks nothing. The extension keeps
 * the TypeScript compiler away. `node build/textKernel.ts` compiles it into `compiled.ts`.
 *
 * Each row of a matrix is `stride` bytes: float32 numbers, zeros up to a multiple of 16 bytes.
 */

/** Targets that are read together, so that each load of the hidden vector serves six of them: one word and five draws. */
const TOGETHER: u32 = 6;
/** Bytes of a SIMD register. */
const REGISTER: usize = 16;
/** Where the loss is looked up: between −LIMIT and LIMIT, at KNOTS knots per unit. */
const LIMIT: f64 = 16;
const KNOTS: f64 = 32;

let inputs: usize = 0;
let outputs: usize = 0;
let shares: usize = 0;
let rows: usize = 0;
let targets: usize = 0;
let slopes: usize = 0;
let hidden: usize = 0;
let gradient: usize = 0;
let table: usize = 0;
let stride: usize = 0;
let owned: usize = 0;
let ownedFrom: u32 = 0;
let inputCounts: usize = 0;
let outputCounts: usize = 0;

/**
 * Tells the addresses of all arrays, and the bytes of a row. Input rows from number `firstOwned` on are counted from `ownedAt` instead
 * of `inputsAt`. Each row below it, and each output row, has a u32 at the addresses of the counts, which counts its steps.
 */
export function place(
  inputsAt: usize,
  outputsAt: usize,
  sharesAt: usize,
  rowsAt: usize,
  targetsAt: usize,
  slopesAt: usize,
  hiddenAt: usize,
  gradientAt: usize,
  tableAt: usize,
  rowBytes: usize,
  ownedAt: usize,
  firstOwned: u32,
  inputCountsAt: usize,
  outputCountsAt: usize,
): void {
  inputs = inputsAt;
  outputs = outputsAt;
  shares = sharesAt;
  rows = rowsAt;
  targets = targetsAt;
  slopes = slopesAt;
  hidden = hiddenAt;
  gradient = gradientAt;
  table = tableAt;
  stride = rowBytes;
  owned = ownedAt;
  ownedFrom = firstOwned;
  inputCounts = inputCountsAt;
  outputCounts = outputCountsAt;
}

/** See `WordPredictor.predict`. */
export function predict(rowCount: u32, targetCount: u32, scale: f32, inputRate: f32, outputRate: f32): f64 {
  gather(rowCount, scale);
  let loss: f64 = 0;
  for (let first: u32 = 0; first < targetCount; first += TOGETHER) loss += learn(first, targetCount, outputRate);
  if (inputRate !== 0) scatter(rowCount, inputRate);
  return loss;
}

/** hidden = scale Σ rows; gradient = 0. */
function gather(rowCount: u32, scale: f32): void {
  const factor = f32x4.splat(scale);
  const zero = f32x4.splat(0);
  const single = rowCount % 4;
  if (single === 0) {
    for (let i: usize = 0; i < stride; i += REGISTER) {
      v128.store(hidden + i, zero);
      v128.store(gradient + i, zero);
    }
  } else {
    const row = rowAt(0);
    for (let i: usize = 0; i < stride; i += REGISTER) {
      v128.store(hidden + i, f32x4.mul(factor, v128.load(row + i)));
      v128.store(gradient + i, zero);
    }
  }
  for (let r: u32 = 1; r < single; r++) addTo(hidden, rowAt(r), scale);
  for (let r = single; r < rowCount; r += 4) {
    const a = rowAt(r);
    const b = rowAt(r + 1);
    const c = rowAt(r + 2);
    const d = rowAt(r + 3);
    for (let i: usize = 0; i < stride; i += REGISTER) {
      const ab = f32x4.add(v128.load(a + i), v128.load(b + i));
      const cd = f32x4.add(v128.load(c + i), v128.load(d + i));
      v128.store(hidden + i, f32x4.add(v128.load(hidden + i), f32x4.mul(factor, f32x4.add(ab, cd))));
    }
  }
}

function rowAt(r: u32): usize {
  const row = load<u32>(rows + (r << 2));
  return select(inputs, owned, row < ownedFrom) + <usize>row * stride;
}

/** Each row += rate × its share × gradient. */
function scatter(rowCount: u32, rate: f32): void {
  for (let r: u32 = 0; r < rowCount; r++) {
    const row = load<u32>(rows + (r << 2));
    const share = load<f32>(shares + (row << 2));
    if (share === 0) continue;
    if (row < ownedFrom) count(inputCounts, row);
    addTo(rowAt(r), gradient, rate * share);
  }
}

function addTo(sum: usize, row: usize, scale: f32): void {
  const factor = f32x4.splat(scale);
  for (let i: usize = 0; i < stride; i += REGISTER) {
    v128.store(sum + i, f32x4.add(v128.load(sum + i), f32x4.mul(factor, v128.load(row + i))));
  }
}

/** Learns six targets, from number `first`: moves their rows, adds to the gradient, returns their loss before the step. */
function learn(first: u32, targetCount: u32, rate: f32): f64 {
  const at = targets + (first << 2);
  const t0 = load<u32>(at);
  const a0 = outputs + <usize>t0 * stride;
  const t1 = load<u32>(at, 4);
  const a1 = outputs + <usize>t1 * stride;
  const t2 = load<u32>(at, 8);
  const a2 = outputs + <usize>t2 * stride;
  const t3 = load<u32>(at, 12);
  const a3 = outputs + <usize>t3 * stride;
  const t4 = load<u32>(at, 16);
  const a4 = outputs + <usize>t4 * stride;
  const t5 = load<u32>(at, 20);
  const a5 = outputs + <usize>t5 * stride;

  let d0 = f32x4.splat(0);
  let d1 = d0;
  let d2 = d0;
  let d3 = d0;
  let d4 = d0;
  let d5 = d0;
  for (let i: usize = 0; i < stride; i += REGISTER) {
    const v = v128.load(hidden + i);
    d0 = f32x4.add(d0, f32x4.mul(v, v128.load(a0 + i)));
    d1 = f32x4.add(d1, f32x4.mul(v, v128.load(a1 + i)));
    d2 = f32x4.add(d2, f32x4.mul(v, v128.load(a2 + i)));
    d3 = f32x4.add(d3, f32x4.mul(v, v128.load(a3 + i)));
    d4 = f32x4.add(d4, f32x4.mul(v, v128.load(a4 + i)));
    d5 = f32x4.add(d5, f32x4.mul(v, v128.load(a5 + i)));
  }
  store<f32>(slopes, total(d0));
  store<f32>(slopes, total(d1), 4);
  store<f32>(slopes, total(d2), 8);
  store<f32>(slopes, total(d3), 12);
  store<f32>(slopes, total(d4), 16);
  store<f32>(slopes, total(d5), 20);
  let loss: f64 = 0;
  for (let k: u32 = 0; k < TOGETHER; k++) loss += judge(slopes + (k << 2), first + k, targetCount);

  const g0 = v128.load32_splat(slopes);
  const g1 = v128.load32_splat(slopes, 4);
  const g2 = v128.load32_splat(slopes, 8);
  const g3 = v128.load32_splat(slopes, 12);
  const g4 = v128.load32_splat(slopes, 16);
  const g5 = v128.load32_splat(slopes, 20);
  const rates = f32x4.splat(rate);
  count(outputCounts, t0);
  count(outputCounts, t1);
  count(outputCounts, t2);
  count(outputCounts, t3);
  count(outputCounts, t4);
  count(outputCounts, t5);
  // Each row is written before the next is read: a row drawn twice moves twice.
  for (let i: usize = 0; i < stride; i += REGISTER) {
    const v = f32x4.mul(rates, v128.load(hidden + i));
    let u = v128.load(a0 + i);
    let sum = f32x4.mul(g0, u);
    v128.store(a0 + i, f32x4.add(u, f32x4.mul(g0, v)));
    u = v128.load(a1 + i);
    sum = f32x4.add(sum, f32x4.mul(g1, u));
    v128.store(a1 + i, f32x4.add(u, f32x4.mul(g1, v)));
    u = v128.load(a2 + i);
    sum = f32x4.add(sum, f32x4.mul(g2, u));
    v128.store(a2 + i, f32x4.add(u, f32x4.mul(g2, v)));
    u = v128.load(a3 + i);
    sum = f32x4.add(sum, f32x4.mul(g3, u));
    v128.store(a3 + i, f32x4.add(u, f32x4.mul(g3, v)));
    u = v128.load(a4 + i);
    sum = f32x4.add(sum, f32x4.mul(g4, u));
    v128.store(a4 + i, f32x4.add(u, f32x4.mul(g4, v)));
    u = v128.load(a5 + i);
    sum = f32x4.add(sum, f32x4.mul(g5, u));
    v128.store(a5 + i, f32x4.add(u, f32x4.mul(g5, v)));
    v128.store(gradient + i, f32x4.add(v128.load(gradient + i), sum));
  }
  return loss;
}

function total(d: v128): f32 {
  return (
    f32x4.extract_lane(d, 0) +
    f32x4.extract_lane(d, 1) +
    (f32x4.extract_lane(d, 2) + f32x4.extract_lane(d, 3))
  );
}

/** Replaces the product at `at` by its slope and returns its loss; the slope of a target past the last is 0. */
function judge(at: usize, target: u32, targetCount: u32): f64 {
  if (target >= targetCount) {
    store<f32>(at, 0);
    return 0;
  }
  const product = <f64>load<f32>(at);
  const x = target === 0 ? product : -product;
  let loss: f64 = 0;
  let wrong: f64 = 0;
  // Written so that a product that is no number ends here and not in a wild address.
  if (!(x > -LIMIT)) {
    loss = -x;
    wrong = 1;
  } else if (x < LIMIT) {
    // Cubic Hermite interpolation of the loss; its derivative is that of the same cubic.
    const place = (x + LIMIT) * KNOTS;
    const knot = <u32>place;
    const t = place - <f64>knot;
    const entry = table + (<usize>knot << 4);
    const start = load<f64>(entry);
    const startSlope = load<f64>(entry, 8);
    const rise = load<f64>(entry, 16) - start;
    const endSlope = load<f64>(entry, 24);
    const cubic = startSlope + endSlope - 2 * rise;
    const square = rise - startSlope - cubic;
    loss = start + t * (startSlope + t * (square + t * cubic));
    wrong = -KNOTS * (startSlope + t * (2 * square + 3 * t * cubic));
  }
  store<f32>(at, <f32>(target === 0 ? wrong : -wrong));
  return loss;
}

/** Counts one more step of a row. */
function count(counts: usize, row: u32): void {
  const at = counts + (<usize>row << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/**
 * See `WordPredictor.merge`. Replica k of the matrix at `common` is at `first + k * distance`, its counts of steps at `counts + k * distance`.
 * Needs no `place` but for the bytes of a row. `moved` is room for a u32 per replica.
 */
export function merge(
  common: usize,
  first: usize,
  counts: usize,
  distance: usize,
  replicas: u32,
  from: u32,
  to: u32,
  damping: f32,
  moved: usize,
): void {
  for (let row = from; row < to; row++) {
    const at = <usize>row * stride;
    let movers: u32 = 0;
    let steps: u32 = 0;
    for (let k: u32 = 0; k < replicas; k++) {
      const counted = counts + <usize>k * distance + (<usize>row << 2);
      const own = load<u32>(counted);
      if (own === 0) continue;
      store<u32>(counted, 0);
      store<u32>(moved + (movers << 2), <u32>(first + <usize>k * distance + at));
      movers++;
      steps += own;
    }
    if (movers === 0) continue;
    const share = shareOf(movers, (damping * <f32>steps) / <f32>movers);
    // c + s Σ (r − c) = (1 − sm) c + s Σ r
    const factor = f32x4.splat(share);
    const rest = f32x4.splat(1 - share * <f32>movers);
    const one = <usize>load<u32>(moved);
    if (replicas === 2) {
      const other = first + at + (one === first + at ? distance : 0);
      if (movers === 2) mergePair(common + at, one, other, factor, rest);
      else copyTwice(one, common + at, other);
      continue;
    }
    for (let i: usize = 0; i < stride; i += REGISTER) {
      let sum = v128.load(one + i);
      for (let m: u32 = 1; m < movers; m++) sum = f32x4.add(sum, v128.load(<usize>load<u32>(moved + (m << 2)) + i));
      sum = f32x4.add(f32x4.mul(rest, v128.load(common + at + i)), f32x4.mul(factor, sum));
      v128.store(common + at + i, sum);
    }
    for (let k: u32 = 0; k < replicas; k++) memory.copy(first + <usize>k * distance + at, common + at, stride);
  }
}

/** The common row and both replicas' become rest c + factor (a + b). */
function mergePair(c: usize, a: usize, b: usize, factor: v128, rest: v128): void {
  for (let i: usize = 0; i < stride; i += REGISTER) {
    const sum = f32x4.add(v128.load(a + i), v128.load(b + i));
    const merged = f32x4.add(f32x4.mul(rest, v128.load(c + i)), f32x4.mul(factor, sum));
    v128.store(c + i, merged);
    v128.store(a + i, merged);
    v128.store(b + i, merged);
  }
}

function copyTwice(from: usize, to: usize, other: usize): void {
  for (let i: usize = 0; i < stride; i += REGISTER) {
    const v = v128.load(from + i);
    v128.store(to + i, v);
    v128.store(other + i, v);
  }
}

/** (1 + x + … + xᵐ⁻¹) / m with x = 1 / (1 + way). */
function shareOf(movers: u32, way: f32): f32 {
  const left: f32 = 1 / (1 + way);
  let sum: f32 = 0;
  for (let m: u32 = 0; m < movers; m++) sum = 1 + left * sum;
  return sum / <f32>movers;
}
