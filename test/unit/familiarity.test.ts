/** How well a space knows the pictures of a library, and what learning makes of it. */
import { describe, expect, it } from 'vitest';
import { tuningRecipe } from '../../electron/engine/train/fineTuning.ts';
import { familiarity, strangeness } from '../../models/joint/familiarity.ts';
import { fineTuneOptions, scratchOptions } from '../../models/vision/contrastiveObjective.ts';

const WORDS = 12;
const PHOTOS = 120;

/** Photo p has word p mod 12, which lies on an axis of its own; a share of the photos looks like the next word instead. */
function library(mistaken: number) {
  const axis = (word: number) => Float32Array.from({ length: WORDS }, (_, i) => (i === word % WORDS ? 1 : 0));
  const images = new Float32Array(PHOTOS * WORDS);
  for (let photo = 0; photo < PHOTOS; photo++) {
    const seen = Math.floor(photo / WORDS) < (mistaken * PHOTOS) / WORDS ? photo + 1 : photo;
    // The rest is noise that differs by photo, so that no two photos are alike.
    images.set(
      axis(seen).map((value, i) => value + 1e-3 * Math.sin(photo * WORDS + i)),
      photo * WORDS,
    );
  }
  const documents = Array.from({ length: PHOTOS }, (_, photo) => Uint32Array.of(photo % WORDS));
  const places = Array.from({ length: WORDS }, (_, word) => axis(word));
  return { documents, images, dimension: WORDS, places };
}

describe('familiarity', () => {
  it('is the chance that a photo with a word stands before one without', () => {
    expect(familiarity(library(0))).toBe(1);
    // A photo taken for another stands behind the ten taken for this word, and by chance before or behind the other hundred.
    const half = familiarity(library(0.5))!;
    expect(half).toBeGreaterThan(0.68);
    expect(half).toBeLessThan(0.76);
  });

  it('is known of no library whose words no picture taught, or of which few are written often', () => {
    const { documents, images, dimension, places } = library(0);
    expect(familiarity({ documents, images, dimension, places: places.map(() => null) })).toBeNull();
    expect(familiarity({ documents: documents.slice(0, 48), images, dimension, places })).toBeNull();
  });

  it('of a large library is that of a part of it', () => {
    const { documents, images, dimension, places } = library(0);
    const times = 20;
    const many = new Float32Array(images.length * times);
    for (let copy = 0; copy < times; copy++) many.set(images, copy * images.length);
    const all = Array.from({ length: times }, () => documents).flat();
    expect(familiarity({ documents: all, images: many, dimension, places })).toBeCloseTo(1, 2);
  });
});

describe('strangeness', () => {
  it('is none where nothing is known, and grows as familiarity falls', () => {
    expect(strangeness(null)).toBe(0);
    const found = [0.9, 0.85, 0.8, 0.75, 0.7, 0.5].map(strangeness);
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect([found[1], found[4], found[5]]).toEqual([0, 1, 1]);
  });

  it('takes learning from staying near to what learning from nothing does', () => {
    const [near, between, far] = [0, 0.5, 1].map((strange) => fineTuneOptions(412, strange));
    expect(near).toEqual(fineTuneOptions(412));
    expect(far!.rate).toBeCloseTo(scratchOptions.rate, 9);
    expect(far!.wordRate).toBeCloseTo(scratchOptions.wordRate, 9);
    expect(between!.rate).toBeCloseTo(Math.sqrt(near!.rate * far!.rate), 9);
    // 412 captions are two batches: sixty steps take thirty passes.
    expect([near!.passes, between!.passes, far!.passes]).toEqual([10, 20, 30]);
  });

  it('takes the training of a network farther from what it knew, at the rate that many captions have', () => {
    const recipes = [0, 0.5, 1].map((strange) => tuningRecipe(412, strange));
    expect(recipes.map(({ share }) => share)).toEqual([0.5, 0.75, 1]);
    const [near, between, far] = recipes.map(({ options }) => options.rate);
    expect(near! / far!).toBeCloseTo(Math.sqrt(412 / 7000), 9);
    expect(between).toBeCloseTo(Math.sqrt(near! * far!), 9);
    // 7,000 captions have that rate in any case.
    expect(far).toBe(tuningRecipe(7000, 0).options.rate);
  });
});
