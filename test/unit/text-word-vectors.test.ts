import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Random } from '../../models/random.ts';
import {
  decodePacked,
  decodeWord2Vec,
  encodeWord2Vec,
  firstOf,
  PackedWordVectors,
  packedFile,
  packVector,
  WordVectors,
} from '../../models/text/wordVectors.ts';

const weights = new URL('../../models/weights/', import.meta.url);
const animals = new WordVectors(['dog', 'cat', 'car'], 2, Float32Array.of(3, 0, 4, 3, 0, -2));
const random = new Random(1);
const many = new WordVectors(
  ['the', 'café', '日本', "o'clock", '👍', 'snow_leopard'],
  7,
  Float32Array.from({ length: 42 }, () => random.gaussian()),
);
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe('WordVectors', () => {
  it('looks words up', () => {
    expect([...animals.vector('cat')!]).toEqual([4, 3]);
    expect(animals.vector('bird')).toBeUndefined();
    expect(animals.has('car')).toBe(true);
    expect(animals.has('bird')).toBe(false);
  });

  it('finds the nearest words by cosine', () => {
    const near = animals.nearest([1, 0], 3);
    expect(near.map(({ word }) => word)).toEqual(['dog', 'cat', 'car']);
    expect(near[0]!.similarity).toBeCloseTo(1, 6);
    expect(near[1]!.similarity).toBeCloseTo(0.8, 6);
    expect(near[2]!.similarity).toBeCloseTo(0, 6);
    expect(animals.nearest([1, 0], 1, new Set(['dog'])).map(({ word }) => word)).toEqual(['cat']);
    expect(animals.nearest([1, 0], 0)).toEqual([]);
    expect(animals.nearest([0, 0], 1)[0]!.similarity).toBe(0);
    expect(() => animals.nearest([1, 0, 0], 1)).toThrow('3 numbers, the words have 2');
  });

  it('makes vectors of length 1 and leaves a zero vector', () => {
    const unit = new WordVectors(['a', 'b'], 2, Float32Array.of(3, 4, 0, 0)).normalised();
    expect([...unit.vectors]).toEqual([Math.fround(0.6), Math.fround(0.8), 0, 0]);
  });

  it('refuses what does not fit', () => {
    expect(() => new WordVectors(['a'], 2, new Float32Array(3))).toThrow('3 numbers');
    expect(() => new WordVectors(['a', 'a'], 1, new Float32Array(2))).toThrow('"a" is listed twice');
    expect(() => new PackedWordVectors(['a'], 2, new Int8Array(2), new Float32Array(2))).toThrow('2 scales');
  });

  it('asks several lookups in order', () => {
    const both = firstOf(animals, new WordVectors(['cat', 'bird'], 2, Float32Array.of(9, 9, 5, 6)));
    expect([...both.vector('cat')!]).toEqual([4, 3]);
    expect([...both.vector('bird')!]).toEqual([5, 6]);
    expect(both.has('bird') && !both.has('fish')).toBe(true);
    expect(both.vector('fish')).toBeUndefined();
    expect(() => firstOf(animals, many)).toThrow('2 and of 7 dimensions');
  });
});

describe("word2vec's binary format", () => {
  it('comes back as it went, also from the middle of a larger buffer', () => {
    const bytes = encodeWord2Vec(many);
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    for (const source of [bytes, larger.subarray(3)]) {
      const back = decodeWord2Vec(source);
      expect(back.words).toEqual(many.words);
      expect(back.dimension).toBe(7);
      expect(back.vectors).toEqual(many.vectors);
    }
  });

  it('is what the format says, byte by byte', () => {
    const file = bytesOf('2 1\nhi \0\0\x80\x3f\nyo \0\0\0\xc0\n');
    expect(encodeWord2Vec(new WordVectors(['hi', 'yo'], 1, Float32Array.of(1, -2)))).toEqual(file);
    // Gensim writes no newline after a vector.
    expect([...decodeWord2Vec(bytesOf('2 1\nhi \0\0\x80\x3fyo \0\0\0\xc0')).vectors]).toEqual([1, -2]);
  });

  it('refuses a file cut anywhere', () => {
    const bytes = encodeWord2Vec(many);
    for (let length = 0; length < bytes.length - 1; length++) {
      expect(() => decodeWord2Vec(bytes.subarray(0, length)), `${length} bytes`).toThrow(/at byte \d+/);
    }
  });

  it('names the place of other damage', () => {
    const damage =
      (text: string): (() => WordVectors) =>
      () =>
        decodeWord2Vec(bytesOf(text));
    expect(damage('hello\n')).toThrow('no header "words dimension" at byte 0');
    expect(damage('1 0\nhi \n')).toThrow('dimension of 0');
    expect(damage('4000000000 300\nhi \0\0\0\0')).toThrow('promises 4000000000 words');
    expect(damage('1 1\n \0\0\0\0\0')).toThrow('empty name of word 1 at byte 4');
    expect(damage('1 1\n\xff \0\0\0\0')).toThrow('not UTF-8 (word 1) at byte 4');
    expect(damage('1 1\nhi \0\0\xc0\x7f')).toThrow('not finite (word "hi") at byte 7');
    expect(damage('2 1\nhi \0\0\0\0\nhi \0\0\0\0')).toThrow('"hi" for the second time at byte 12');
    expect(damage('1 1\nhi \0\0\0\0\nmore')).toThrow('4 bytes after the last word at byte 12');
  });

  it('does not write words that it could not read', () => {
    for (const word of ['', 'snow leopard', 'a\nb']) {
      expect(() => encodeWord2Vec(new WordVectors([word], 1, new Float32Array(1)))).toThrow('cannot hold');
    }
  });
});

describe('packed word vectors', () => {
  it('are code × scale', () => {
    const bytes = new Uint8Array(4 + 8);
    bytes.set([127, 256 - 64, 1, 0]);
    new DataView(bytes.buffer).setFloat32(4, 0.5, true);
    new DataView(bytes.buffer).setFloat32(8, 2, true);
    const packed = decodePacked('dog\ncat\n', bytes);
    expect(packed.dimension).toBe(2);
    expect([...packed.vector('dog')!]).toEqual([63.5, -32]);
    expect([...packed.vector('cat')!]).toEqual([2, 0]);
    expect(packed.vector('bird')).toBeUndefined();
    expect(packed.nearest([-1, 0.1], 1)[0]!.word).toBe('dog');
  });

  const pack = ({ words, dimension, vectors }: WordVectors): { wordsText: string; bytes: Uint8Array } => {
    const codes = new Int8Array(vectors.length);
    const scales = Float32Array.from(words, (_, row) =>
      packVector(vectors.subarray(row * dimension, (row + 1) * dimension), codes, row * dimension),
    );
    return packedFile(new PackedWordVectors(words, dimension, codes, scales));
  };

  it('keep the direction of what is packed', () => {
    const { wordsText, bytes } = pack(many);
    const packed = decodePacked(wordsText, bytes);
    expect(packed.words).toEqual(many.words);
    for (const word of many.words) {
      const self = packed.nearest(many.vector(word)!, 1)[0]!;
      expect(self.word).toBe(word);
      expect(self.similarity).toBeGreaterThan(0.9999);
      for (const [i, value] of packed.vector(word)!.entries()) {
        expect(Math.abs(value - many.vector(word)![i]!)).toBeLessThanOrEqual(
          packed.scales[packed.words.indexOf(word)]!,
        );
      }
    }
  });

  it('refuse parts that do not fit', () => {
    const { wordsText, bytes } = pack(many);
    expect(() => decodePacked(wordsText, bytes.subarray(1))).toThrow('do not divide into 6 words');
    expect(() => decodePacked(`${wordsText}more\n`, bytes)).toThrow('7 words');
    expect(() => decodePacked(wordsText, bytes.slice().fill(0, 42))).toThrow('scale of "the" at byte 42');
    expect(packVector(new Float32Array(2), new Int8Array(2), 0)).toBe(0);
    expect(packVector(Float32Array.of(1, Number.NaN), new Int8Array(2), 0)).toBe(0);
    const broken = new PackedWordVectors(['a\nb'], 1, Int8Array.of(1), Float32Array.of(1));
    expect(() => packedFile(broken)).toThrow('cannot hold');
  });

  it('hold the bundled GloVe vectors, where words of a kind are neighbours', () => {
    const glove = decodePacked(
      readFileSync(new URL('glove-100d.words.txt', weights), 'utf8'),
      readFileSync(new URL('glove-100d.int8', weights)),
    );
    expect(glove.words).toHaveLength(200_000);
    expect(glove.dimension).toBe(100);
    const near = (word: string): string[] =>
      glove.nearest(glove.vector(word)!, 6).map((neighbour) => neighbour.word);
    expect(near('cat')).toEqual(expect.arrayContaining(['cat', 'dog', 'cats']));
    expect(near('sunset')).toContain('sunrise');
  });
});
