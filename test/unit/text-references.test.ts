/** Our word vectors beside Gensim's, learnt from the same book (test/fixtures/corpus.md) with the same options. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FastText } from '../../models/text/fasttext.ts';
import { Word2Vec } from '../../models/text/word2vec.ts';
import { nearestTo, prepare, train } from '../fixtures/captions.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
const references = JSON.parse(fixture('textReferences.json')) as {
  queries: string;
  methods: Record<'skip-gram' | 'cbow' | 'fasttext', { overlapOfSeeds: number; neighbours: string[][] }>;
};
const queries = references.queries.split(' ');
const { vocabulary, corpus } = prepare(
  fixture('corpus.txt')
    .split('\n')
    .map((line) => line.toLowerCase().match(/[a-z]+/g) ?? []),
  5,
);
// In the book's order, as Gensim reads it: two runs that end on different chapters agree a little less (.55 for .61).
const options = { dimension: 50, window: 5, negative: 5, epochs: 50, shuffle: false };

/** The share of neighbours in common, mean over the queries. */
function overlap(ours: string[][], theirs: string[]): number {
  const shares = ours.map(
    (words, i) => words.filter((word) => theirs[i]!.split(' ').includes(word)).length / 10,
  );
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

describe("the ten nearest words agree with Gensim's as Gensim's seeds agree with each other", () => {
  it.each([
    ['skip-gram', () => train(new Word2Vec(options, vocabulary, corpus)).vectors()],
    ['cbow', () => train(new Word2Vec({ ...options, mode: 'cbow' }, vocabulary, corpus)).vectors()],
    ['fasttext', () => train(new FastText(options, vocabulary, corpus)).vectors()],
  ] as const)('%s', (method, learn) => {
    const { overlapOfSeeds, neighbours } = references.methods[method];
    const vectors = learn();
    const ours = queries.map((word) => nearestTo(vectors, word, 10));
    for (const seed of neighbours) expect(overlap(ours, seed)).toBeGreaterThanOrEqual(overlapOfSeeds - 0.05);
  });
});
