/** Where words start: from the place they have, from the pictures they were written under, or from both. */
import { describe, expect, test } from 'vitest';
import { meanLength, startingVectors, type WordPlace } from '../../models/joint/wordStart.ts';

/** Four pictures along the axes of a space of four dimensions: their mean is (¼, ¼, ¼, ¼). */
const images = Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
const dimension = 4;

/** Starting vectors of words written under these pictures, by the word's number. */
function start(
  written: readonly (readonly number[])[],
  places: readonly (WordPlace | null)[],
  length = 2,
): number[][] {
  const documents = Array.from({ length: 4 }, (_, photo) =>
    Uint32Array.from(written.flatMap((photos, word) => (photos.includes(photo) ? [word] : []))),
  );
  const vectors = startingVectors({ documents, images, dimension, places, length });
  return written.map((_, word) => [...vectors.subarray(word * dimension, (word + 1) * dimension)]);
}

const place = (taught: number, ...vector: number[]): WordPlace => ({
  vector: Float32Array.from(vector),
  taught,
});

function expectNear(vector: readonly number[], expected: readonly number[]): void {
  expect(vector).toHaveLength(expected.length);
  for (const [index, value] of expected.entries()) expect(vector[index]).toBeCloseTo(value, 6);
}

/** The vector in this direction, of this length. */
function along(length: number, ...direction: number[]): number[] {
  const norm = Math.hypot(...direction);
  return direction.map((value) => (value / norm) * length);
}

describe('a word without a place', () => {
  test('starts towards what sets its pictures apart from all others', () => {
    const [first, both] = start([[0], [1, 2]], [null, null], 3);
    expectNear(first!, along(3, 0.75, -0.25, -0.25, -0.25));
    expectNear(both!, along(3, -0.25, 0.25, 0.25, -0.25));
  });
});

describe('a word with a place', () => {
  test('stays there if no picture has it', () => {
    expectNear(start([[]], [place(0, 5, 1, 0, 0)])[0]!, [5, 1, 0, 0]);
    expectNear(start([[]], [place(90, 5, 1, 0, 0)])[0]!, [5, 1, 0, 0]);
  });

  test.each([
    [[0], 1 / 4],
    [[0, 1], 2 / 5],
    [[0, 1, 2], 3 / 6],
  ])(
    'that text guessed is mixed with its pictures %j, of which three weigh as much as it',
    (photos, share) => {
      const seen = Array.from(
        { length: 4 },
        (_, axis) => (photos.includes(axis) ? 1 / photos.length : 0) - 1 / 4,
      );
      const evidence = along(share, ...seen);
      const guess = along(1 - share, 0, 0, 0, 7);
      expectNear(
        start([photos], [place(0, 0, 0, 0, 7)])[0]!,
        along(2, ...evidence.map((value, axis) => value + guess[axis]!)),
      );
    },
  );

  test('that pictures taught is kept where the own pictures agree', () => {
    // The cosine of (3, −1, −1, −1) with the first axis is .87.
    expectNear(start([[0]], [place(10, 4, 0, 0, 0)])[0]!, [4, 0, 0, 0]);
  });

  test('that pictures taught is left where they disagree altogether, however many had taught it', () => {
    const shareOf = (taught: number): number => {
      const [vector] = start([[0]], [place(taught, 0, 4, 0, 0)]);
      expect(Math.hypot(...vector!)).toBeCloseTo(2, 6);
      // Its second component is (1 − s) − s/√12 and its first 3s/√12, times one factor.
      const ratio = vector![0]! / vector![1]!;
      const unit = 1 / Math.sqrt(12);
      return ratio / (3 * unit + ratio * (1 + unit));
    };
    for (const taught of [1, 10, 1000]) expect(shareOf(taught)).toBeCloseTo(1 / (1 + 3), 6);
  });

  test.each([1, 10, 1000])(
    'that %d pictures taught is left by so much less where they half agree',
    (taught) => {
      // Cosine .15, half of what counts as agreement, with the evidence (3, −1, −1, −1) / √12.
      const across = along(Math.sqrt(1 - 0.15 ** 2), 0, 1, -1, 0);
      const towards = along(0.15, 3, -1, -1, -1);
      const own = towards.map((value, axis) => value + across[axis]!);
      const share = 0.5 / (1 + 3 + taught * 0.5);
      const evidence = along(share, 3, -1, -1, -1);
      expectNear(
        start([[0]], [place(taught, ...own)])[0]!,
        along(2, ...own.map((value, axis) => (1 - share) * value + evidence[axis]!)),
      );
    },
  );
});

test('the mean length is that of rows', () => {
  expect(meanLength(Float32Array.of(3, 4, 0, 0, 6, 8), 2)).toBeCloseTo(5, 6);
  expect(meanLength(new Float32Array(0), 2)).toBe(1);
});
