/** Judging by hidden captions: which words are asked for, and what their measures are. */
import { describe, expect, test } from 'vitest';
import { heldOutMeasures, heldOutQueries } from '../../electron/engine/evaluate/heldOut.ts';
import { Random } from '../../models/random.ts';

/** Documents in which each word stands this often, each time in another photo. */
function documentsWith(counts: Record<string, number>): string[][] {
  const documents = Array.from({ length: Math.max(...Object.values(counts)) }, (): string[] => []);
  for (const [word, count] of Object.entries(counts))
    for (let photo = 0; photo < count; photo++) documents[photo]!.push(word);
  return documents;
}

describe('queries', () => {
  test('are the words under at least five photos, the most written first, equals by name', () => {
    const queries = heldOutQueries(documentsWith({ cat: 7, rare: 4, zebra: 6, ape: 6, dog: 5 }));
    expect(queries.map(({ word }) => word)).toEqual(['cat', 'ape', 'zebra', 'dog']);
    expect([...queries[1]!.relevant]).toEqual([0, 1, 2, 3, 4, 5]);
    const choosing = heldOutQueries(documentsWith({ cat: 7, rare: 2, once: 1 }), { choosing: true });
    expect(choosing.map(({ word }) => word)).toEqual(['cat', 'rare']);
  });

  test('count photos, not how often a caption repeats a word', () => {
    expect(heldOutQueries([['dog', 'dog', 'dog'], ['dog', 'dog'], ['dog'], ['dog']])).toEqual([]);
  });

  test('are a hundred at most', () => {
    const counts = Object.fromEntries(
      Array.from({ length: 130 }, (_, number) => [`word${number}`, 5 + number]),
    );
    const words = heldOutQueries(documentsWith(counts)).map(({ word }) => word);
    expect(words).toHaveLength(100);
    expect(words[0]).toBe('word129');
    expect(words.at(-1)).toBe('word30');
  });

  test('of nothing are none', () => {
    expect(heldOutQueries([])).toEqual([]);
    expect(heldOutMeasures([], () => new Float32Array(3))).toEqual({
      precisionAt5: null,
      meanAveragePrecision: null,
      choice: null,
    });
  });
});

describe('measures', () => {
  test('are 1 where every relevant photo comes first, and near 0 where it comes last', () => {
    const queries = heldOutQueries([
      ...documentsWith({ dog: 5 }),
      ...Array.from({ length: 95 }, () => ['cat']),
    ]);
    const first = heldOutMeasures(queries, (word) =>
      Float32Array.from({ length: 100 }, (_, photo) => (photo < 5 === (word === 'dog') ? 1 : 0)),
    );
    expect(first).toEqual({ precisionAt5: 1, meanAveragePrecision: 1, choice: 1 });
    const last = heldOutMeasures(queries.slice(1), () =>
      Float32Array.from({ length: 100 }, (_, photo) => photo),
    );
    expect(queries[1]!.word).toBe('dog');
    expect(last.precisionAt5).toBe(0);
    // Five photos at ranks 96 to 100.
    const expected = [1, 2, 3, 4, 5].reduce((sum, hit) => sum + hit / (95 + hit), 0) / 5;
    expect(last.meanAveragePrecision).toBeCloseTo(expected, 12);
  });

  test('of words under fewer than five photos only help to choose', () => {
    const documents = documentsWith({ cat: 6, rare: 2 });
    const queries = heldOutQueries(documents, { choosing: true });
    const scores = { cat: [6, 5, 4, 3, 2, 1], rare: [2, 1, 6, 5, 4, 3] };
    const measured = (words: typeof queries) =>
      heldOutMeasures(words, (word) => Float32Array.from(scores[word as keyof typeof scores]));
    // Both photos of the rare word come last, at ranks 5 and 6.
    const rare = (1 / 5 + 2 / 6) / 2;
    expect(measured(queries)).toEqual({
      precisionAt5: 1,
      meanAveragePrecision: 1,
      choice: expect.closeTo((1 + rare) / 2, 12),
    });
    expect(measured(queries.slice(1))).toEqual({
      precisionAt5: null,
      meanAveragePrecision: null,
      choice: expect.closeTo(rare, 12),
    });
  });

  test('are means over words of a plain count along the ranking', () => {
    const random = new Random(3);
    const words = ['ant', 'bee', 'cow', 'doe'];
    const documents = Array.from({ length: 60 }, () => words.filter(() => random.next() < 0.3));
    const columns = new Map(words.map((word) => [word, Float32Array.from(documents, () => random.next())]));
    const measures = heldOutMeasures(heldOutQueries(documents), (word) => columns.get(word)!);
    const each = words.map((word) => {
      const ranked = [...columns.get(word)!.entries()]
        .toSorted(([, one], [, other]) => other - one)
        .map(([photo]) => documents[photo]!.includes(word));
      const precisions = ranked.flatMap((hit, rank) =>
        hit ? [ranked.slice(0, rank + 1).filter(Boolean).length / (rank + 1)] : [],
      );
      return {
        precision: ranked.slice(0, 5).filter(Boolean).length / 5,
        average: precisions.reduce((sum, value) => sum + value, 0) / precisions.length,
      };
    });
    expect(measures.precisionAt5).toBeCloseTo(
      each.reduce((sum, { precision }) => sum + precision / 4, 0),
      12,
    );
    expect(measures.meanAveragePrecision).toBeCloseTo(
      each.reduce((sum, { average }) => sum + average / 4, 0),
      12,
    );
  });
});
