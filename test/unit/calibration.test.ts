/** The calibration of models trained without the word loss, on data drawn from a known one, and at its edges. */
import { beforeAll, describe, expect, it } from 'vitest';
import { fitCalibration } from '../../models/joint/calibration.ts';
import { Random } from '../../models/random.ts';
import { normaliseRows } from '../../models/vision/wordTable.ts';
import { useWasm } from '../../native/compute/wasm.ts';

beforeAll(useWasm);

const D = 8;

/** Photos whose words are drawn with p = σ(scale · cosine + bias). */
function drawn(photos: number, biases: readonly number[], scale: number, seed: number) {
  const random = new Random(seed);
  const rows = (count: number): Float32Array =>
    normaliseRows(
      Float32Array.from({ length: count * D }, () => random.gaussian()),
      D,
    ).unit;
  const images = rows(photos);
  const words = rows(biases.length);
  const documents = Array.from({ length: photos }, (_, photo) =>
    Uint32Array.from(
      biases.flatMap((bias, word) => {
        let cosine = 0;
        for (let i = 0; i < D; i++) cosine += images[photo * D + i]! * words[word * D + i]!;
        return random.next() < 1 / (1 + Math.exp(-scale * cosine - bias)) ? [word] : [];
      }),
    ),
  );
  return { images, words, dimension: D, documents };
}

describe('calibration', () => {
  it('finds the scale and the biases that the words were drawn with', async () => {
    const biases = Array.from({ length: 40 }, (_, word) => -4 + word / 10);
    const { scale, bias } = await fitCalibration(drawn(6000, biases, 7, 1));
    expect(Math.abs(scale - 7)).toBeLessThan(0.15);
    // The deviation of a maximum likelihood estimate from some thousand drawings is about a tenth.
    biases.forEach((expected, word) => {
      expect(Math.abs(bias[word]! - expected)).toBeLessThan(0.4);
    });
    const meanError = biases.reduce((sum, expected, word) => sum + bias[word]! - expected, 0) / 40;
    expect(Math.abs(meanError)).toBeLessThan(0.05);
  });

  it('meets how often a word is written, on average over the photos', async () => {
    const data = drawn(3000, [-3, -1, 0.5], 5, 2);
    const { scale, bias } = await fitCalibration(data);
    for (let word = 0; word < 3; word++) {
      let expected = 0;
      for (let photo = 0; photo < 3000; photo++) {
        let cosine = 0;
        for (let i = 0; i < D; i++) cosine += data.images[photo * D + i]! * data.words[word * D + i]!;
        expected += 1 / (1 + Math.exp(-scale * cosine - bias[word]!));
      }
      const written = data.documents.filter((document) => document.includes(word)).length;
      expect(Math.abs(expected - written)).toBeLessThan(2);
    }
  });

  it('finds them from a sample of the pairs as from all', async () => {
    // 3,000 words and 4,000 photos are more pairs than are looked at.
    const biases = Array.from({ length: 3000 }, (_, word) => -6 + (word % 40) / 10);
    const { scale, bias } = await fitCalibration(drawn(4000, biases, 7, 3));
    expect(Math.abs(scale - 7)).toBeLessThan(0.15);
    for (let kind = 20; kind < 40; kind++) {
      const own = bias.filter((_, word) => word % 40 === kind);
      expect(Math.abs(own.reduce((a, b) => a + b) / own.length + 6 - kind / 10)).toBeLessThan(0.1);
    }
  });

  it('stays finite for words under every photo and under none, and for one photo', async () => {
    const data = drawn(200, [-1, -1, -1], 5, 4);
    const documents = data.documents.map((document) =>
      Uint32Array.from([0, ...document.filter((w) => w === 2)]),
    );
    const { scale, bias } = await fitCalibration({ ...data, documents });
    expect(Number.isFinite(scale)).toBe(true);
    expect(bias[0]).toBeGreaterThan(2);
    expect(bias[1]).toBeLessThan(-2);
    expect([...bias].every(Number.isFinite)).toBe(true);

    const one = await fitCalibration({
      images: data.images.subarray(0, D),
      words: data.words,
      dimension: D,
      documents: [Uint32Array.of(0)],
    });
    expect([one.scale, ...one.bias].every(Number.isFinite)).toBe(true);
    expect(one.bias[0]).toBeGreaterThan(one.bias[1]!);
  });

  it('takes a word without a direction', async () => {
    const data = drawn(300, [-1, -1], 5, 5);
    const words = data.words.slice();
    words.fill(0, 0, D);
    const { scale, bias } = await fitCalibration({ ...data, words });
    const written = data.documents.filter((document) => document.includes(0)).length;
    expect(bias[0]).toBeCloseTo(Math.log(written / (300 - written)), 1);
    expect(scale).toBeGreaterThan(3);
  });

  it('refuses what it cannot learn from', async () => {
    const words = new Float32Array(D);
    const images = new Float32Array(D);
    await expect(fitCalibration({ images, words, dimension: D, documents: [] })).rejects.toThrow(/no photo/);
    const documents = [new Uint32Array(), new Uint32Array()];
    await expect(fitCalibration({ images, words, dimension: D, documents })).rejects.toThrow(
      /1 image vectors do not fit 2/,
    );
  });
});
