import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileScanKernel } from '../../build/kernel.ts';
import { Random } from '../../models/random.ts';
import { projectRoot } from '../../native/runtime.ts';
import { VectorScan } from '../../native/scan/vectorScan.ts';

const { fround } = Math;

/** `count` random unit vectors, `[count, dimension]`; `shape` makes their components heavy-tailed. */
function unitVectors(random: Random, count: number, dimension: number, shape = 1): Float32Array {
  const vectors = new Float32Array(count * dimension);
  for (let row = 0; row < count; row++) {
    const part = vectors.subarray(row * dimension, (row + 1) * dimension);
    for (let index = 0; index < dimension; index++) part[index] = random.gaussian() ** shape;
    const norm = Math.hypot(...part);
    for (let index = 0; index < dimension; index++) part[index] = part[index]! / norm;
  }
  return vectors;
}

/** The arithmetic of the scan, one component at a time: int8 rows, a 16-bit query, a float32 product of scales. */
function referenceScores(vectors: Float32Array, query: Float32Array): Float32Array {
  const dimension = query.length;
  const size = (part: Float32Array) => part.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const sum = query.reduce((total, value) => total + Math.abs(value), 0);
  const factor = sum > 0 ? Math.min(32767 / size(query), (2 ** 31 / 127 - dimension) / sum) : 0;
  const queryScale = fround(sum > 0 ? 1 / factor : 0);
  return Float32Array.from({ length: vectors.length / dimension }, (_, row) => {
    const part = vectors.subarray(row * dimension, (row + 1) * dimension);
    const largest = size(part);
    let dot = 0;
    for (let index = 0; index < dimension; index++) {
      const component = largest > 0 ? Math.round(part[index]! * (127 / largest)) : 0;
      dot += component * Math.round(query[index]! * factor);
    }
    return fround(fround(dot) * fround(fround(largest / 127) * queryScale));
  });
}

function exactScores(vectors: Float32Array, query: Float32Array): Float64Array {
  const dimension = query.length;
  return Float64Array.from({ length: vectors.length / dimension }, (_, row) =>
    query.reduce((total, value, index) => total + value * vectors[row * dimension + index]!, 0),
  );
}

const range = (count: number, first = 0) => Array.from({ length: count }, (_, index) => first + index);

function scanOf(vectors: Float32Array, dimension: number): VectorScan {
  const scan = new VectorScan(dimension);
  scan.append(range(vectors.length / dimension), vectors);
  return scan;
}

const best = (scores: ArrayLike<number>, count: number) =>
  range(scores.length)
    .sort((a, b) => scores[b]! - scores[a]!)
    .slice(0, count);

describe('the scan kernel', () => {
  it('is committed as its source compiles', async () => {
    const committed = readFileSync(join(projectRoot, 'native', 'scan', 'kernel.wasm'));
    expect(Buffer.from(await compileScanKernel()).equals(committed), 'run `node build/kernel.ts`').toBe(true);
  });
});

describe('scores', () => {
  it.each([1, 2, 7, 15, 16, 17, 31, 33, 100, 400, 1000, 4095, 4096])(
    'equal the arithmetic in TypeScript bit for bit, dimension %i',
    (dimension) => {
      const random = new Random(dimension);
      for (const count of [1, 2, 3, 4, 5, 29]) {
        const vectors = unitVectors(random, count, dimension);
        const query = unitVectors(random, 1, dimension);
        expect(scanOf(vectors, dimension).scores(query)).toEqual(referenceScores(vectors, query));
      }
    },
  );

  it('equal it for vectors at the edge of the integers', () => {
    for (const dimension of [16, 400, 4096]) {
      const level = new Float32Array(dimension).fill(1 / Math.sqrt(dimension));
      const alternating = level.map((value, index) => (index % 2 === 0 ? value : -value));
      const axis = new Float32Array(dimension).fill(0).fill(1, 3, 4);
      const zero = new Float32Array(dimension);
      const minute = new Float32Array(dimension).fill(1e-45);
      const vectors = new Float32Array([level, alternating, axis, zero, minute].flatMap((part) => [...part]));
      for (const query of [level, alternating, axis, zero, minute]) {
        expect(scanOf(vectors, dimension).scores(query)).toEqual(referenceScores(vectors, query));
      }
      // Nothing wraps around: a vector has cosine 1 with itself and −1 with its opposite.
      const scores = scanOf(vectors, dimension).scores(level);
      expect(scores[0]).toBeCloseTo(1, 3);
      expect(scanOf(vectors, dimension).scores(level.map((value) => -value))[0]).toBeCloseTo(-1, 3);
      expect(scores[3]).toBe(0);
    }
  });

  it('are the same one by one', () => {
    const vectors = unitVectors(new Random(11), 37, 50);
    const query = unitVectors(new Random(12), 1, 50);
    const scan = new VectorScan(50);
    scan.append(range(37, 100), vectors);
    const scores = scan.scores(query);
    for (const position of range(37)) expect(scan.score(query, position)).toBeCloseTo(scores[position]!, 3);
  });

  it('equal it beyond one window of rows, appended in pieces', () => {
    const random = new Random(7);
    const vectors = unitVectors(random, 40_001, 5);
    const query = unitVectors(random, 1, 5);
    const scan = new VectorScan(5);
    for (let first = 0; first < 40_001; ) {
      const count = Math.min(1 + random.integer(3000), 40_001 - first);
      scan.append(range(count, first), vectors.subarray(first * 5, (first + count) * 5));
      first += count;
    }
    expect(scan.length).toBe(40_001);
    expect(scan.scores(query)).toEqual(referenceScores(vectors, query));
  });

  it.each([
    ['normally distributed', 1, 3.2e-4],
    ['heavy-tailed', 3, 7.5e-4],
  ])('estimate the cosine and find the nearest, components %s', (_, shape, tolerance) => {
    const random = new Random(1);
    const [dimension, count, queries] = [400, 2000, 10];
    const vectors = unitVectors(random, count, dimension, shape);
    const scan = scanOf(vectors, dimension);
    let error = 0;
    let found = 0;
    for (let index = 0; index < queries; index++) {
      const query = unitVectors(random, 1, dimension, shape);
      const exact = exactScores(vectors, query);
      const scores = scan.scores(query);
      error += exact.reduce((sum, value, row) => sum + Math.abs(value - scores[row]!), 0) / count / queries;
      const nearest = new Set(best(exact, 10));
      found += best(scores, 10).filter((row) => nearest.has(row)).length / 10 / queries;
    }
    expect(error).toBeLessThan(tolerance);
    expect(found).toBeGreaterThan(0.95);
  });

  it('are none for no vectors, and go where they are told', () => {
    const scan = new VectorScan(3);
    expect(scan.scores(new Float32Array([1, 0, 0]))).toEqual(new Float32Array(0));
    scan.append([5], new Float32Array([0, 1, 0]));
    const out = new Float32Array([9]);
    expect(scan.scores(new Float32Array([0, 1, 0]), out)).toBe(out);
    expect(out[0]).toBeCloseTo(1, 4);
  });
});

describe('appending and removing', () => {
  it('keeps the order of what is left and takes new vectors at the end', () => {
    const random = new Random(3);
    const dimension = 20;
    const vectors = unitVectors(random, 60, dimension);
    const query = unitVectors(random, 1, dimension);
    const all = referenceScores(vectors, query);
    const scan = new VectorScan(dimension, 50);
    scan.append(range(50), vectors.subarray(0, 50 * dimension));

    const gone = [0, 3, 4, 5, 21, 48, 49, 3, 777];
    expect(scan.remove(gone)).toBe(7);
    scan.append(range(10, 50), vectors.subarray(50 * dimension));
    const left = range(60).filter((id) => !gone.includes(id));
    expect(scan.ids).toEqual(left);
    expect(left.map((id) => scan.positionOf(id))).toEqual(range(53));
    expect(scan.positionOf(3)).toBeUndefined();
    expect(scan.scores(query)).toEqual(Float32Array.from(left, (id) => all[id]!));

    // A removed photo may come back with another vector.
    scan.append([3], vectors.subarray(0, dimension));
    expect(scan.scores(query).at(-1)).toBe(all[0]);
    scan.clear();
    expect(scan.length).toBe(0);
    expect(scan.scores(query)).toHaveLength(0);
  });
});

describe('bad input', () => {
  it('is named, and nothing is added', () => {
    const scan = new VectorScan(2);
    scan.append([1], new Float32Array([0, 1]));
    const append = (ids: number[], values: number[]) => () => scan.append(ids, new Float32Array(values));
    expect(append([2], [1, 0, 0])).toThrow(/1 vectors of dimension 2 have 2 components, got 3/);
    expect(append([2, 1], [1, 0, 0, 1])).toThrow(/Photo 1 has a vector already/);
    expect(append([2, 2], [1, 0, 0, 1])).toThrow(/Photo 2 has a vector already/);
    expect(scan.ids).toEqual([1]);
    expect(() => scan.scores(new Float32Array([Number.NaN, 0]))).toThrow(/query vector is not finite/);
    expect(() => scan.scores(new Float32Array(3))).toThrow(/query has 3 components, the vectors have 2/);
    expect(() => scan.scores(new Float32Array(2), new Float32Array(4))).toThrow(/room for 4 scores/);
  });

  it('costs only itself where it is in a vector: that one is left out', () => {
    const scan = new VectorScan(2, 1);
    scan.append([1], new Float32Array([0, 1]));
    const values = [Number.NaN, 0, 1, 0, 1, Number.NEGATIVE_INFINITY, 0.6, 0.8];
    scan.append([2, 3, 4, 5], new Float32Array(values));
    expect(scan.ids).toEqual([1, 3, 5]);
    expect([2, 3, 4, 5].map((id) => scan.positionOf(id))).toEqual([undefined, 1, undefined, 2]);
    const scores = [...scan.scores(new Float32Array([1, 0]))];
    [0, 1, 0.6].forEach((cosine, position) => void expect(scores[position]).toBeCloseTo(cosine, 2));
    scan.append([2], new Float32Array([-1, 0]));
    expect(scan.scores(new Float32Array([1, 0]))[3]).toBeCloseTo(-1, 2);
  });

  it.each([0, -1, 1.5, 4097, Number.NaN])('refuses the dimension %d', (dimension) => {
    expect(() => new VectorScan(dimension)).toThrow(/whole number from 1 to 4096/);
  });

  it('says when there is not that much memory', () => {
    expect(() => new VectorScan(4096, 2_000_000)).toThrow(/2000000 vectors of dimension 4096 need \d+ MB/);
  });
});
