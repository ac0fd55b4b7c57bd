import { describe, expect, it } from 'vitest';
import { documentVector } from '../../models/text/documents.ts';
import { Vocabulary } from '../../models/text/vocabulary.ts';
import { WordVectors } from '../../models/text/wordVectors.ts';

const documents = [['dog', 'beach', 'dog'], ['beach', 'cat'], ['apple', 'beach'], []];

describe('Vocabulary', () => {
  it('orders words by falling count, then by spelling, however the documents are ordered', () => {
    const vocabulary = Vocabulary.fromDocuments(documents);
    expect(vocabulary.words).toEqual(['beach', 'dog', 'apple', 'cat']);
    expect([...vocabulary.counts]).toEqual([3, 2, 1, 1]);
    expect([...vocabulary.documentFrequency]).toEqual([3, 1, 1, 1]);
    expect(vocabulary.documents).toBe(4);
    expect(Vocabulary.fromDocuments(documents.toReversed()).toJSON()).toEqual(vocabulary.toJSON());
  });

  it('leaves out rare words', () => {
    const vocabulary = Vocabulary.fromDocuments(documents, { minimumCount: 2 });
    expect(vocabulary.words).toEqual(['beach', 'dog']);
    expect(vocabulary.size).toBe(2);
    expect(vocabulary.index('dog')).toBe(1);
    expect(vocabulary.index('cat')).toBeUndefined();
    expect(vocabulary.has('cat')).toBe(false);
    expect([...vocabulary.encode(['dog', 'cat', 'beach', 'dog'])]).toEqual([1, 0, 1]);
  });

  it('knows no words in no documents', () => {
    const vocabulary = Vocabulary.fromDocuments([]);
    expect(vocabulary.size).toBe(0);
    expect(vocabulary.encode(['dog'])).toHaveLength(0);
    expect(vocabulary.inverseDocumentFrequency()).toHaveLength(0);
  });

  it('takes any string as a word', () => {
    const words = ['constructor', '__proto__', '👍', ''];
    expect(Vocabulary.fromDocuments([words]).words.toSorted()).toEqual(words.toSorted());
  });

  it('weighs with log₂(N / df), 0 for a word in every document', () => {
    const idf = Vocabulary.fromDocuments([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'c'],
      ['a', 'c', 'd'],
    ]).inverseDocumentFrequency();
    expect([...idf]).toEqual([0, 1, 1, 2]);
  });

  it('survives JSON', () => {
    const vocabulary = Vocabulary.fromDocuments(documents);
    const back = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)));
    expect(back).toEqual(vocabulary);
    expect(back.index('cat')).toBe(3);
  });

  it('names what is wrong in damaged data', () => {
    const data = Vocabulary.fromDocuments(documents).toJSON();
    expect(() => Vocabulary.fromJSON({ ...data, counts: [1] })).toThrow('counts has 1 entries for 4 words');
    expect(() => Vocabulary.fromJSON({ ...data, counts: [3, -2, 1, 1] })).toThrow('counts[1]');
    expect(() => Vocabulary.fromJSON({ ...data, documentFrequency: [3, 1, 1, 9] })).toThrow(
      'documentFrequency[3]',
    );
    expect(() => Vocabulary.fromJSON({ ...data, documents: 0.5 })).toThrow('documents');
    expect(() => Vocabulary.fromJSON({ ...data, words: ['a', 'b', 'c', 'a'] })).toThrow(
      '"a" is listed twice',
    );
  });
});

describe('documentVector', () => {
  const lookup = new WordVectors(['beach', 'dog', 'apple'], 2, Float32Array.of(1, 0, 0, 1, 2, 2));

  it('is the mean of the known words, repeats counted', () => {
    expect([...documentVector(['dog', 'beach', 'dog', 'dog', 'unknown'], lookup)!]).toEqual([0.25, 0.75]);
  });

  it('weighs each word by its inverse document frequency', () => {
    // N = 4: beach log₂(4/3), dog log₂ 4 = 2 twice.
    const vocabulary = Vocabulary.fromDocuments(documents);
    const weights = vocabulary.inverseDocumentFrequency();
    const weight = (word: string): number => weights[vocabulary.index(word)!]!;
    const [x, y] = documentVector(['dog', 'beach', 'dog'], lookup, weight)!;
    expect(x).toBeCloseTo(Math.log2(4 / 3) / (Math.log2(4 / 3) + 4), 6);
    expect(y).toBeCloseTo(4 / (Math.log2(4 / 3) + 4), 6);
  });

  it('falls back to the mean when no word has weight', () => {
    expect([...documentVector(['dog', 'beach'], lookup, () => 0)!]).toEqual([0.5, 0.5]);
  });

  it('is null for a text without a known word', () => {
    expect(documentVector([], lookup)).toBeNull();
    expect(documentVector(['unknown'], lookup)).toBeNull();
  });
});
