/** Word vectors of others, in every common format (written by Gensim, see test/fixtures/make_vectors.py), whole and damaged. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import { readWordVectors } from '../../native/wordVectorFile.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/vectors/${name}`, import.meta.url));
const expected = JSON.parse(readFileSync(fixture('expected.json'), 'utf8')) as Record<
  'word2vec' | 'fasttext',
  Record<string, number[]>
>;
const everything = { wanted: () => true };

function write(name: string, bytes: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

/** Kept as int8 with a scale: each number to half a step of the largest. */
function expectVector(vector: Float32Array | undefined, numbers: readonly number[]): void {
  expect(vector).toBeDefined();
  const step = Math.max(...numbers.map(Math.abs)) / 127;
  for (const [i, number] of numbers.entries())
    expect(Math.abs(vector![i]! - number)).toBeLessThanOrEqual(0.51 * step);
}

describe('a file written by Gensim', () => {
  test.each([
    ['word2vec.txt', 'word2vec text', 'word2vec'],
    ['word2vec.bin', 'word2vec binary', 'word2vec'],
    ['glove.txt', 'GloVe text', 'word2vec'],
    ['fasttext.bin', 'fastText binary', 'fasttext'],
  ] as const)('%s', async (name, format, method) => {
    const { vectors, words, skipped, ...read } = await readWordVectors(fixture(name), everything);
    const known = Object.entries(expected[method]);
    expect(read.format).toBe(format);
    expect(words).toBe(known.length);
    expect(skipped).toBeNull();
    for (const [word, numbers] of known) {
      const lower = word.toLowerCase();
      // "Paris" gives way to "paris", and serves where that is missing.
      if (lower === word || !(lower in expected[method])) expectVector(vectors.vector(lower), numbers);
    }
    expect(vectors.words).toEqual([...new Set(known.map(([word]) => word.toLowerCase()))]);
  });

  it('is read from gzip, with Windows lines', async () => {
    const text = readFileSync(fixture('word2vec.txt'), 'utf8').replaceAll('\n', '\r\n');
    const path = write('vectors.txt.gz', gzipSync(text));
    const { vectors, format } = await readWordVectors(path, everything);
    expect(format).toBe('word2vec text');
    expectVector(vectors.vector('alice'), expected.word2vec.Alice ?? expected.word2vec.alice!);
  });
});

describe('of a large file', () => {
  const lines = Array.from({ length: 3000 }, (_, i) => `word${i} ${[1, 2, i + 1].join(' ')}`);
  const path = (): string => write('large.txt', `${lines.join('\n')}\n`);

  it('the most frequent words are kept, and those that are wanted', async () => {
    const { vectors, words } = await readWordVectors(path(), {
      wanted: (token) => token === 'word2999',
      most: 10,
    });
    expect(words).toBe(3000);
    expect(vectors.words).toEqual([...Array.from({ length: 10 }, (_, i) => `word${i}`), 'word2999']);
    expectVector(vectors.vector('word2999'), [1, 2, 3000]);
  });

  it('progress is told, and it can be stopped', async () => {
    const told: number[] = [];
    await readWordVectors(path(), { ...everything, onProgress: (done, total) => told.push(done / total) });
    expect(told.at(-1)).toBe(1);
    const ofFastText: number[] = [];
    await readWordVectors(fixture('fasttext.bin'), {
      ...everything,
      onProgress: (done, total) => ofFastText.push(done / total),
    });
    expect(ofFastText.at(-1)).toBe(1);
    expect(ofFastText).toEqual(ofFastText.toSorted((one, other) => one - other));
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(readWordVectors(path(), { ...everything, signal })).rejects.toThrow('stopped');
  });
});

it('phrases and spellings become tokens as Photolex has them', async () => {
  const { vectors } = await readWordVectors(
    write('phrases.txt', 'New_York 1 2\nSan Francisco 3 4\nＷｉｄｅ 5 6\nNEW_YORK 7 8\n'),
    everything,
  );
  expect(vectors.words).toEqual(['new_york', 'san_francisco', 'wide']);
  expectVector(vectors.vector('new_york'), [1, 2]);
});

describe('what is no file of vectors', () => {
  const good = Array.from({ length: 300 }, (_, i) => `w${i} 1 ${i} 3`).join('\n');
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
  const binary = readFileSync(fixture('word2vec.bin'));
  const fasttext = readFileSync(fixture('fasttext.bin'));
  const quantised = Buffer.from(fasttext);
  test.each<[string, string | Uint8Array, string]>([
    ['an empty file', '', 'it is empty'],
    ['a picture', png, 'its first line is neither "words dimension" nor a word with numbers'],
    ['a letter', 'Dear Alice,\nthank you for the photos\n', 'its first line is neither'],
    ['a binary that is cut off', binary.subarray(0, binary.length - 40), 'it is damaged or cut off'],
    ['a fastText file that is cut off', fasttext.subarray(0, fasttext.length - 12_000), 'cut off'],
    ['gzip that is cut off', gzipSync(good).subarray(0, 200), 'gzip data is damaged or cut off'],
    ['a text that is cut off', `900 3\n${good}\n`, 'it is cut off: 300 of 900 words are there'],
    ['an absurd dimension', `3 100000\nword 1 2 3\n`, 'its vectors would have 100000 numbers'],
    ['no dimension at all', `3 0\nword\n`, 'its vectors would have 0 numbers'],
    ['words without numbers', good.replaceAll(' 1 ', ' one '), '300 of 300 entries are broken (line 1:'],
    [
      'too many broken lines',
      good.replaceAll(/^(w1\d+) .*$/gm, '$1 1 x 3'),
      '110 of 300 entries are broken (line 11:',
    ],
  ])('%s', async (_, bytes, reason) => {
    const path = write('vectors.any', bytes);
    const failed = readWordVectors(path, everything);
    await expect(failed).rejects.toThrow(path);
    await expect(failed).rejects.toThrow(reason);
  });

  it('a file that is not there, and a folder', async () => {
    await expect(readWordVectors('/nowhere/x.vec', everything)).rejects.toThrow('cannot be opened');
    await expect(readWordVectors(temporaryFolder(), everything)).rejects.toThrow('it is a folder');
  });

  it('a few broken entries are left out and counted', async () => {
    const path = write('few.txt', `${good.replace('w7 1 7 3', 'w7 1 seven')}\n`);
    const { vectors, skipped } = await readWordVectors(path, everything);
    expect(vectors.words).toHaveLength(299);
    expect(skipped).toEqual({ count: 1, first: expect.stringContaining('line 8') });
  });

  it('a quantised fastText model', async () => {
    // The flag stands after the dictionary, in front of the matrix.
    const shape = Buffer.alloc(16);
    shape.writeBigInt64LE(BigInt(Object.keys(expected.fasttext).length + 300));
    shape.writeBigInt64LE(8n, 8);
    const flag = quantised.indexOf(shape) - 1;
    quantised[flag] = 1;
    await expect(readWordVectors(write('model.ftz', quantised), everything)).rejects.toThrow(
      'quantised fastText',
    );
  });
});
