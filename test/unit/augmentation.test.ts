/** Random parts of photos: where they lie, what they show, and that a seed decides. Optimiser and schedules of fine-tuning. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../models/random.ts';
import {
  cropPixels,
  drawRegion,
  googlenetCrop,
  type Pixels,
  plainCrop,
  type Region,
} from '../../models/vision/augmentation.ts';
import { stepDecay, warmCosine } from '../../models/vision/schedule.ts';
import { Sgd } from '../../models/vision/sgd.ts';
import { picture } from '../fixtures/pictures.ts';

const size = { width: 512, height: 384 };
const regions = (options: typeof plainCrop, seed: number, photo = size): Region[] => {
  const random = new Random(seed);
  return Array.from({ length: 500 }, () => drawRegion(photo, options, random));
};
const inside = ({ left, top, width, height }: Region, photo: { width: number; height: number }): boolean =>
  left >= 0 && top >= 0 && left + width <= photo.width + 1e-9 && top + height <= photo.height + 1e-9;

describe('parts of photos', () => {
  it('lie in the photo, with areas and shapes all over the range', () => {
    const drawn = regions(googlenetCrop, 1);
    const areas = drawn.map(({ width, height }) => (width * height) / (size.width * size.height));
    const aspects = drawn.map(({ width, height }) => width / height);
    expect(drawn.every((region) => inside(region, size))).toBe(true);
    expect(Math.min(...areas)).toBeGreaterThanOrEqual(0.08 - 1e-9);
    expect(Math.min(...areas)).toBeLessThan(0.12);
    expect(Math.max(...areas)).toBeGreaterThan(0.85);
    expect(Math.min(...aspects)).toBeLessThan(0.8);
    expect(Math.max(...aspects)).toBeLessThanOrEqual(4 / 3 + 1e-9);
    const mirrored = drawn.filter((region) => region.mirrored).length;
    expect(mirrored).toBeGreaterThan(200);
    expect(mirrored).toBeLessThan(300);
  });

  it('the plain crop is 224 of 256 in both directions', () => {
    for (const region of regions(plainCrop, 2)) {
      expect(region.width / size.width).toBeCloseTo(224 / 256, 9);
      expect(region.height / size.height).toBeCloseTo(224 / 256, 9);
    }
  });

  it('of a panorama are as large as the shape allows', () => {
    const panorama = { width: 2000, height: 100 };
    const drawn = regions({ area: [0.9, 1], aspect: [3 / 4, 4 / 3], shape: 'square' }, 3, panorama);
    for (const region of drawn) {
      expect(inside(region, panorama)).toBe(true);
      expect(region.height).toBe(100);
      expect(region.width / region.height).toBeCloseTo(4 / 3, 9);
    }
  });

  it('the same seed draws the same', () => {
    expect(regions(googlenetCrop, 7)).toEqual(regions(googlenetCrop, 7));
    expect(regions(googlenetCrop, 7)).not.toEqual(regions(googlenetCrop, 8));
  });
});

describe('cropping', () => {
  const photo = async (width: number, height: number): Promise<Pixels> => ({
    width,
    height,
    pixels: await picture(3, width, height).raw().toBuffer(),
  });
  const whole = { left: 0, top: 0, mirrored: false };

  it('of the whole photo at its own size is the photo, and mirrored its mirror', async () => {
    const from = await photo(40, 40);
    expect(cropPixels(from, { ...whole, width: 40, height: 40 }, { width: 40, height: 40 })).toEqual(
      new Uint8Array(from.pixels),
    );
    const mirror = cropPixels(
      from,
      { ...whole, width: 40, height: 40, mirrored: true },
      { width: 40, height: 40 },
    );
    expect(Array.from(mirror.subarray(0, 3))).toEqual(Array.from(from.pixels.subarray(39 * 3, 40 * 3)));
    expect(Array.from(mirror.subarray(39 * 3, 40 * 3))).toEqual(Array.from(from.pixels.subarray(0, 3)));
  });

  it('keeps a slope, enlarged or shrunk, and takes the part that was asked for', () => {
    const width = 90;
    const pixels = new Uint8Array(width * 60 * 3);
    for (let at = 0; at < width * 60; at++)
      pixels.set([2 * (at % width), 4 * Math.floor(at / width), 99], at * 3);
    for (const side of [10, 75]) {
      const region = { left: 20, top: 10, width: 60, height: 40, mirrored: false };
      const part = cropPixels({ width, height: 60, pixels }, region, { width: side, height: side });
      for (const y of [2, side >> 1, side - 3]) {
        for (const x of [2, side >> 1, side - 3]) {
          const [red, green, blue] = part.subarray((y * side + x) * 3, (y * side + x) * 3 + 3);
          expect(Math.abs(red! - 2 * (20 + ((x + 0.5) * 60) / side - 0.5))).toBeLessThan(1);
          expect(Math.abs(green! - 4 * (10 + ((y + 0.5) * 40) / side - 0.5))).toBeLessThan(1);
          expect(blue).toBe(99);
        }
      }
    }
  });

  it('shrinks by averaging, so that fine patterns become grey instead of other patterns', () => {
    const pixels = new Uint8Array(80 * 80 * 3);
    for (let at = 0; at < 80 * 80; at++)
      pixels.fill((at + Math.floor(at / 80)) % 2 ? 255 : 0, at * 3, at * 3 + 3);
    const part = cropPixels(
      { width: 80, height: 80, pixels },
      { ...whole, width: 80, height: 80 },
      { width: 20, height: 20 },
    );
    for (const value of part) expect(Math.abs(value - 127.5)).toBeLessThan(8);
  });
});

describe('descent', () => {
  it('follows the recurrence of momentum and weight decay', () => {
    const parameter = Float32Array.of(1);
    const frozen = Float32Array.of(1);
    const sgd = new Sgd([parameter, frozen], { momentum: 0.9, weightDecay: 0.1 });
    let w = 1;
    let v = 0;
    for (const gradient of [0.5, -1, 0.25]) {
      sgd.update([Float32Array.of(gradient), null], [0.2, 0.2]);
      v = 0.9 * v + 0.2 * (gradient + 0.1 * w);
      w -= v;
      expect(parameter[0]).toBeCloseTo(w, 6);
    }
    expect(frozen[0]).toBe(1);
    expect(sgd.velocities[0]![0]).toBeCloseTo(v, 6);
  });

  it('decays weights but not biases when told so', () => {
    const parameters = [Float32Array.of(1), Float32Array.of(1)];
    new Sgd(parameters, { momentum: 0, weightDecay: 0.5 }).update(
      [Float32Array.of(0), Float32Array.of(0)],
      [0.1, 0.1],
      [1, 0],
    );
    expect(parameters.map(([value]) => value)).toEqual([Math.fround(0.95), 1]);
  });

  it('the cosine rises for the warm-up, then falls to nearly nothing', () => {
    const rates = Array.from({ length: 100 }, (_, step) => warmCosine(step, 100, 1, 10));
    expect(rates[0]).toBeCloseTo(1 / 11, 9);
    expect(rates[10]).toBe(1);
    expect(rates[55]).toBeCloseTo(0.5, 9);
    expect(rates[99]).toBeLessThan(1e-3);
    for (let step = 1; step <= 10; step++) expect(rates[step]).toBeGreaterThan(rates[step - 1]!);
    for (let step = 11; step < 100; step++) expect(rates[step]).toBeLessThan(rates[step - 1]!);
  });

  it('the seed system divides its rate by ten every so often', () => {
    expect(stepDecay(99_999, 0.001, 100_000)).toBe(0.001);
    expect(stepDecay(100_000, 0.001, 100_000)).toBeCloseTo(1e-4, 12);
    expect(stepDecay(250_000, 0.001, 100_000)).toBeCloseTo(1e-5, 12);
  });
});
