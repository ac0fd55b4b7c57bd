/** The joint space on its side of words, with numbers small enough to work out by hand. */
import { describe, expect, test } from 'vitest';
import { JointSpace, type SpaceData } from '../../models/joint/space.ts';
import { TextPreparation } from '../../models/text/preparation.ts';
import { Thesaurus } from '../../models/text/thesaurus.ts';
import { WordVectors } from '../../models/text/wordVectors.ts';

/** Words along the axes of a space of three dimensions; text vectors have two, which the map carries onto the first and third. */
const data: SpaceData = {
  dimension: 3,
  words: ['beach', 'zorro', 'common'],
  vectors: Float32Array.of(2, 0, 0, 0, 5, 0, 0, 0, 1),
  inverseDocumentFrequency: Float32Array.of(3, 4, 0),
  bias: Float32Array.of(-1, -2, 0.5),
  counts: Uint32Array.of(0, 12, 40),
  taught: Uint32Array.of(300, 12, 40),
  scale: 10,
  map: Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0.5, 0),
  spellingMap: null,
  origin: null,
};
const pretrained = new WordVectors(['beach', 'shore', 'after'], 2, Float32Array.of(9, 9, 3, 0, 0, 2));
const knowledge = { pretrained, spelling: null, documents: null, english: null };
const space = new JointSpace(data, knowledge, TextPreparation.plain);

function unit(...vector: number[]): number[] {
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

function expectNear(vector: Float32Array | null, expected: readonly number[]): void {
  expect(vector).not.toBeNull();
  for (const [index, value] of expected.entries()) expect(vector![index]).toBeCloseTo(value, 6);
}

describe('a concept', () => {
  test('is the sum of its words, weighted by how rare they are', () => {
    expectNear(space.concept('Zorro at the beach').vector, unit(3 * 2, 4 * 5, 0));
  });

  test('counts a word once, however often it is named', () => {
    expectNear(space.concept('beach beach Zorro BEACH').vector, unit(3 * 2, 4 * 5, 0));
    expect(space.concept('beach beach').words).toHaveLength(1);
  });

  test('of a word that text alone knows lies where the map puts it, as weighty as the rarest word', () => {
    expectNear(space.concept('shore').vector, unit(3, 0.5, 0));
    expectNear(space.concept('shore beach').vector, unit(4 * 3 + 3 * 2, 4 * 0.5, 0));
    expect(space.concept('shore').words).toEqual([
      { word: 'shore', source: 'pretrained', vector: expect.any(Float32Array), calibration: null },
    ]);
  });

  test('of a word under every photo still has a direction', () => {
    expectNear(space.concept('common').vector, [0, 0, 1]);
    // Beside others it weighs next to nothing.
    expectNear(space.concept('common beach').vector, unit(6, 0, 1e-3));
  });

  test('leaves out what nobody knows and what means nothing', () => {
    const { vector, words } = space.concept('the qwrtzpsd beach');
    expectNear(vector, [1, 0, 0]);
    expect(words.map(({ word, source }) => [word, source])).toEqual([
      ['qwrtzpsd', 'unknown'],
      ['beach', 'starter'],
    ]);
    expect(space.concept('qwrtzpsd')).toEqual({
      vector: null,
      words: [{ word: 'qwrtzpsd', source: 'unknown', vector: null, calibration: null }],
    });
    expect(space.concept('!?')).toEqual({ vector: null, words: [] });
  });

  test('of stop words alone is what they say', () => {
    expectNear(space.concept('after').vector, unit(0, 0.5, 2));
  });

  test('has the direction and the calibration of each of its words', () => {
    const [zorro, beach] = space.concept('Zorro beach').words;
    expectNear(zorro!.vector, [0, 1, 0]);
    expect(zorro!.calibration).toEqual({ scale: 10, bias: -2 });
    expectNear(beach!.vector, [1, 0, 0]);
    expect(beach!.calibration).toEqual({ scale: 10, bias: -1 });
  });
});

test('a word knows where it comes from and how many pictures taught it', () => {
  expect(['zorro', 'beach', 'shore', 'qwrtzpsd'].map((word) => space.source(word))).toEqual([
    'learned',
    'starter',
    'pretrained',
    'unknown',
  ]);
  expect(space.place('zorro')).toEqual({ vector: Float32Array.of(0, 5, 0), taught: 12 });
  expect(space.place('beach')).toEqual({ vector: Float32Array.of(2, 0, 0), taught: 300 });
  expect(space.place('shore')).toEqual({ vector: Float32Array.of(3, 0.5, 0), taught: 0 });
  expect(space.place('qwrtzpsd')).toBeNull();
  expect([space.row('zorro'), space.row('shore')]).toEqual([1, undefined]);
});

test('nearest words are by angle, whatever their lengths, without those excluded', () => {
  const near = space.nearest(Float32Array.of(0.6, 0.8, 0), 2);
  expect(near.map(({ word }) => word)).toEqual(['zorro', 'beach']);
  expect(near[0]!.similarity).toBeCloseTo(0.8, 6);
  expect(space.nearest(Float32Array.of(0.6, 0.8, 0), 9, new Set(['zorro'])).map(({ word }) => word)).toEqual([
    'beach',
    'common',
  ]);
});

test('what is seen in a picture is by probability, not by nearness', () => {
  const seen = space.seen(Float32Array.of(0, 0.3, Math.sqrt(1 - 0.09)), 2);
  const probability = (cosine: number, bias: number) => 1 / (1 + Math.exp(-(10 * cosine + bias)));
  expect(seen.map(({ word }) => word)).toEqual(['common', 'zorro']);
  expect(seen[0]!.probability).toBeCloseTo(probability(Math.sqrt(0.91), 0.5), 6);
  expect(seen[1]!.probability).toBeCloseTo(probability(0.3, -2), 6);
  // "common" is likelier than "beach" at the same angle.
  const even = space.seen(Float32Array.of(Math.SQRT1_2, 0, Math.SQRT1_2), 3);
  expect(even.map(({ word }) => word)).toEqual(['common', 'beach', 'zorro']);
});

test('a direction that nobody calibrated has even odds half way', () => {
  const { scale, bias } = space.uncalibrated;
  expect(scale * 0.5 + bias).toBe(0);
});

describe('a word covers', () => {
  // Lines 1 to 5: being, person, man, dog, and a vegetable with a dog's name.
  const thesaurus = new Thesaurus(
    ['\tbeing', '1\tperson/people', '1\tman/men', '3\tdog', '4\tvegetable', '1\tpepper'].join('\n'),
  );
  const words = ['person', 'man', 'men', 'people', 'dogs', 'pepper', 'vegetable'];
  const place = (cosine: number): number[] => [3 * cosine, 3 * Math.sqrt(1 - cosine ** 2)];
  const pictured = {
    ...data,
    dimension: 2,
    words,
    vectors: Float32Array.from([
      ...place(1),
      ...place(0.4),
      ...place(0.3),
      ...place(0.6),
      ...place(0),
      ...place(0),
      ...place(1),
    ]),
    inverseDocumentFrequency: new Float32Array(7).fill(1),
    bias: Float32Array.of(-1, -2, -3, -4, -5, -6, -7),
    counts: Uint32Array.of(0, 1, 0, 0, 0, 0, 0),
    taught: Uint32Array.of(5, 20, 90, 40, 10, 8, 3),
    map: null,
  };
  const near = new JointSpace(
    pictured,
    { ...knowledge, pretrained: null, english: { thesaurus, vectors: null } },
    TextPreparation.plain,
  );

  test('its plural and its kinds, what is written most and then what most pictures taught first, with the calibration of each', () => {
    expect(near.covered('person').map(({ word }) => word)).toEqual(['man', 'men', 'people']);
    expect(near.covered('people').map(({ word }) => word)).toEqual(['man', 'men', 'person']);
    expect(near.covered('man')).toEqual([
      { word: 'men', vector: expect.any(Float32Array), calibration: { scale: 10, bias: -3 } },
    ]);
    expectNear(near.covered('man')[0]!.vector, [0.3, Math.sqrt(1 - 0.09)]);
  });

  test('what lies less near among the pictures, if English has the two together', () => {
    const withEnglish = (text: number) => {
      const vectors = new WordVectors(['person', 'man'], 2, Float32Array.from([...place(1), ...place(text)]));
      return new JointSpace(
        { ...pictured, vectors: Float32Array.from([...place(1), ...place(0.15)]), words: ['person', 'man'] },
        { ...knowledge, pretrained: null, english: { thesaurus, vectors } },
        TextPreparation.plain,
      );
    };
    expect(
      withEnglish(0.3)
        .covered('person')
        .map(({ word }) => word),
    ).toEqual(['man']);
    expect(withEnglish(0.2).covered('person')).toEqual([]);
  });

  test('nothing that lies elsewhere among the pictures, whatever general English says', () => {
    expect(near.covered('vegetable')).toEqual([]);
  });

  test('nothing if nobody knows it', () => {
    expect(near.covered('being')).toEqual([]);
    expect(near.covered('qwrtzpsd')).toEqual([]);
    expect(space.covered('beach')).toEqual([]);
  });
});
