/**
 * Reading a corpus, epoch after epoch: texts in random order, frequent words subsampled, a learning rate that falls with the words
 * read, as in Mikolov's program and in Gensim. A reader reads all texts, or the shard that one replica learns from; see [Note:
 * replicas] in replicas.ts.
 */
import type { Random, RandomState } from '../random.ts';
import { type Context, ContextLearner } from './contextLearner.ts';
import { NoiseDistribution } from './negativeSampling.ts';
import type { WordPredictor } from './wordPredictor.ts';

/** Longer texts are read in pieces of this many words, so that a step stays short. */
export const pieceLength = 1000;

/** All texts in one array, which takes a fraction of the memory of an array each. The arrays are shared between threads. */
export interface Pieces {
  readonly words: Uint32Array;
  /** Piece p is `words[starts[p]]` to `words[starts[p + 1] − 1]`, `[pieces + 1]`. */
  readonly starts: Uint32Array;
  /** The number of the text in the corpus that each piece is of, `[pieces]`. */
  readonly texts: Uint32Array;
}

/** What is read and how: plain data, which can be posted to a thread. */
export interface CorpusSource {
  readonly pieces: Pieces;
  /** How often each word was written, `[words]`. */
  readonly counts: Uint32Array;
  readonly context: Context;
  /** For the readings with documents, the input row of text 0. */
  readonly documentRow: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly minimumLearningRate: number;
  readonly sample: number;
  readonly shuffle: boolean;
}

/** Where a reader is. */
export interface ReaderState {
  /** The order of its pieces in the current epoch; it has read those before `position`. */
  readonly order: Uint32Array;
  readonly position: number;
  /** Words read so far, over all epochs. */
  readonly wordsDone: number;
  readonly random: RandomState;
}

/** Reads pieces and teaches a predictor what it reads. */
export class CorpusReader {
  /** Words to read in all: those of its pieces, once each epoch. */
  readonly totalWords: number;
  /** It adds up the losses and the predictions. */
  readonly learner: ContextLearner;
  private readonly source: CorpusSource;
  private readonly random: Random;
  /** Chance to keep an occurrence of each word, `[words]`, 1 and more for always. */
  private readonly keep: Float64Array;
  private readonly order: Uint32Array;
  private readonly kept = new Uint32Array(pieceLength);
  private position = 0;
  private done = 0;

  /** @param order the pieces to read, in the order of the corpus */
  constructor(source: CorpusSource, predictor: WordPredictor, random: Random, order: Uint32Array) {
    this.source = source;
    this.random = random;
    this.order = order;
    this.keep = keepChances(source.counts, source.sample);
    this.totalWords = source.epochs * wordsOf(source.pieces, order);
    this.learner = new ContextLearner(
      predictor,
      source.context,
      new NoiseDistribution(source.counts),
      random,
    );
  }

  get wordsDone(): number {
    return this.done;
  }

  /** Reads whole pieces until `until` words have been read since the first epoch began, or all. */
  read(until: number): void {
    const { learningRate, minimumLearningRate, shuffle, documentRow, pieces } = this.source;
    const { starts, texts } = pieces;
    const { learner, kept, order, random, totalWords } = this;
    const end = Math.min(until, totalWords);
    while (this.done < end) {
      if (this.position === 0) {
        if (shuffle) random.shuffle(order);
        else order.sort();
      }
      const piece = order[this.position]!;
      const [from, to] = [starts[piece]!, starts[piece + 1]!];
      const rate = learningRate + (minimumLearningRate - learningRate) * (this.done / totalWords);
      const length = this.subsample(from, to);
      learner.learn(kept, length, { input: rate, output: rate }, documentRow + texts[piece]!);
      this.done += to - from;
      this.position = (this.position + 1) % order.length;
    }
  }

  /** A copy of where it is. */
  state(): ReaderState {
    return {
      order: this.order.slice(),
      position: this.position,
      wordsDone: this.done,
      random: this.random.state,
    };
  }

  /** Goes on from a state of a reader of the same pieces. */
  restore(state: ReaderState): void {
    this.order.set(state.order);
    this.position = state.position;
    this.done = state.wordsDone;
    this.random.restore(state.random);
  }

  /** Copies the words of the corpus from `start` to `end` that stay into `kept` and returns their number. */
  private subsample(start: number, end: number): number {
    const { kept, keep, random } = this;
    const { words } = this.source.pieces;
    let length = 0;
    for (let i = start; i < end; i++) {
      const word = words[i]!;
      if (keep[word]! >= 1 || random.next() < keep[word]!) kept[length++] = word;
    }
    return length;
  }
}

/** The words in some pieces. */
export function wordsOf({ starts }: Pieces, order: Uint32Array): number {
  let sum = 0;
  for (const piece of order) sum += starts[piece + 1]! - starts[piece]!;
  return sum;
}

/** Mikolov's program: an occurrence of a word of frequency f stays with chance √(sample/f) + sample/f. */
function keepChances(counts: Uint32Array, sample: number): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Float64Array.from(counts, (count) => {
    if (sample === 0) return 1;
    const ratio = (sample * total) / count;
    return Math.sqrt(ratio) + ratio;
  });
}

/** The texts of a corpus, one array of word numbers each, as pieces. */
export function piecesOf(corpus: readonly Uint32Array[]): Pieces {
  const words = sharedNumbers(corpus.reduce((sum, text) => sum + text.length, 0));
  const pieces = corpus.reduce((sum, text) => sum + Math.ceil(text.length / pieceLength), 0);
  const starts = sharedNumbers(pieces + 1).fill(words.length, pieces);
  const texts = sharedNumbers(pieces);
  let [piece, at] = [0, 0];
  for (const [text, tokens] of corpus.entries()) {
    words.set(tokens, at);
    for (let start = 0; start < tokens.length; start += pieceLength) {
      starts[piece] = at + start;
      texts[piece++] = text;
    }
    at += tokens.length;
  }
  return { words, starts, texts };
}

const sharedNumbers = (length: number): Uint32Array => new Uint32Array(new SharedArrayBuffer(4 * length));
