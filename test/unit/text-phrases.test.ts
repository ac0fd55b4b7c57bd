import { describe, expect, it } from 'vitest';
import { Random } from '../../models/random.ts';
import { Phrases, phraseText, phraseToken } from '../../models/text/phrases.ts';

/** Captions of words drawn at random, with phrases strewn in. */
function captions(phrases: readonly string[], seed = 3): string[][] {
  const random = new Random(seed);
  const words = 'tree lake road house cloud field boat stone grass bird child hat'.split(' ');
  const some = (): string[] =>
    Array.from({ length: random.integer(3) }, () => words[random.integer(words.length)]!);
  return Array.from({ length: 400 }, () => [
    ...some(),
    ...phrases[random.integer(phrases.length)]!.split(' '),
    ...some(),
  ]);
}

describe('Phrases', () => {
  const documents = captions([
    'snow leopard',
    'golden gate bridge',
    'new york city hall',
    'snow',
    'city',
    'tree',
  ]);

  it('joins words that belong together, phrases of three and four words too', () => {
    const phrases = Phrases.learn(documents);
    expect(phrases.join(['tree', 'snow', 'leopard', 'snow'])).toEqual(['tree', 'snow_leopard', 'snow']);
    expect(phrases.join(['golden', 'gate', 'bridge', 'lake'])).toEqual(['golden_gate_bridge', 'lake']);
    expect(phrases.join(['new', 'york', 'city', 'hall'])).toEqual(['new_york_city_hall']);
    expect(phrases.join(['leopard', 'snow', 'constructor'])).toEqual(['leopard', 'snow', 'constructor']);
    expect(phrases.join([])).toEqual([]);
  });

  it('joins nothing that comes together by chance', () => {
    const phrases = Phrases.learn(documents);
    const joined = new Set(documents.flatMap((tokens) => phrases.join(tokens)));
    const longer = [...joined].filter((token) => token.includes('_')).sort();
    expect(longer).toEqual(['golden_gate_bridge', 'new_york_city_hall', 'snow_leopard']);
  });

  it('scores by normalised mutual information', () => {
    // Of 10 words, a 3 times, b 2 times, a b 2 times: ln(.2 / (.3 × .2)) / −ln .2.
    const few = [['a', 'b', 'c', 'd'], ['a', 'b'], ['c', 'a', 'e'], ['f']];
    const [found] = Phrases.learn(few, { minimumCount: 2, threshold: 0 }).toJSON();
    expect(found).toEqual([{ first: 'a', second: 'b', count: 2, score: expect.closeTo(0.74807, 6) }]);
  });

  it('keeps to the minimum count and the threshold', () => {
    const rare = [...documents, ...Array.from({ length: 4 }, () => ['polar', 'bear'])];
    expect(Phrases.learn(rare).join(['polar', 'bear'])).toEqual(['polar', 'bear']);
    expect(Phrases.learn(rare, { minimumCount: 4 }).join(['polar', 'bear'])).toEqual(['polar_bear']);
    expect(Phrases.learn(documents, { threshold: 1 }).toJSON()).toEqual([[]]);
    expect(Phrases.learn(documents, { passes: 1 }).join(['golden', 'gate', 'bridge'])).toHaveLength(2);
  });

  it('gives a word between two phrases to the better one', () => {
    const phrases = Phrases.fromJSON([
      [
        { first: 'talking', second: 'cell', count: 20, score: 0.7 },
        { first: 'cell', second: 'phone', count: 60, score: 0.9 },
      ],
    ]);
    expect(phrases.join(['talking', 'cell', 'phone'])).toEqual(['talking', 'cell_phone']);
    expect(phrases.join(['talking', 'cell', 'wall'])).toEqual(['talking_cell', 'wall']);
  });

  it('survives JSON', () => {
    const phrases = Phrases.learn(documents);
    const back = Phrases.fromJSON(JSON.parse(JSON.stringify(phrases)));
    expect(documents.map((tokens) => back.join(tokens))).toEqual(
      documents.map((tokens) => phrases.join(tokens)),
    );
  });

  it.each([[[]], [[[]]], [[['one']]], [Array.from({ length: 9 }, () => ['a', 'a', 'a'])]])(
    'finds nothing, or nothing wrong, in %j',
    (few: string[][]) => {
      expect(Phrases.learn(few).join(['a', 'one'])).toEqual(['a', 'one']);
    },
  );

  it('names the option that is out of range', () => {
    expect(() => Phrases.learn([], { minimumCount: 0 })).toThrow('minimumCount must be');
    expect(() => Phrases.learn([], { threshold: 2 })).toThrow('threshold must be');
    expect(() => Phrases.learn([], { passes: 0.5 })).toThrow('passes must be');
  });

  it('is shown as people write it', () => {
    expect(phraseText(phraseToken(['snow', 'leopard']))).toBe('snow leopard');
    expect(phraseText('dog')).toBe('dog');
  });
});
