/**
 * Training by several threads at once.
 *
 * [Note: replicas]
 * Threads that write to the same rows wait for each other's cache lines, and in captions half of the words are the same few: that is
 * no gain (measured). So each thread has a replica of the matrices and a shard of the texts. It learns from its shard alone; after each
 * round all threads meet, and the replicas become one again: each thread merges its part of the rows. Nobody locks anything, and
 * the same seed on as many threads gives the same bytes.
 *
 * What the replicas have learnt about a row adds up as long as each went only a little of the way to where its texts pull it: so with a
 * rare word. A frequent word gets there within a round, in every replica, and the sum would overshoot (with four threads and rounds of
 * 5,000 words: to infinity). n steps at the learning rate η leave about x = 1 / (1 + cηn) of the way, with c for the curvature of
 * the loss. One thread after the other would leave xᵐ of it and so have gone 1 − xᵐ, where each of m replicas went 1 − x: their
 * sum counts (1 − xᵐ) / m(1 − x), which is 1 for few steps and 1/m, the mean, for many. Beside it were tried the plain sum, which
 * needs rounds ten times as short, and adaptive summation (Maleki et al. 2020), which takes the slow common drift of young
 * vectors for agreement: ten nearest words in common with Gensim .54 on two threads, .60 this way, .61 on one thread.
 *
 * The vectors of documents are nobody's replicas: all words of a document are in one shard, so its thread owns its row.
 */
import { Random } from '../random.ts';
import { CorpusReader, type CorpusSource, type Pieces, type ReaderState, wordsOf } from './corpusReader.ts';
import { type PredictorReplicas, replicaPredictor, type WordPredictor } from './wordPredictor.ts';

/**
 * c in [Note: replicas] is this times the square of the threads: two sums can hardly overshoot, four can. Of those tried (0.03 to 3) best
 * for skip-gram, bags and FastText alike.
 */
const curvature = 0.0125;
/** Words read between two merges, by all threads, times the square of the threads, for each word of the vocabulary … */
const wordsPerWord = 12;
/** … but no fewer for each thread: to meet takes as long as to read fifty. */
const leastWords = 250;

/** How several threads train: plain data, which can be posted to them. */
export interface ReplicaPlan {
  readonly source: CorpusSource;
  readonly replicas: PredictorReplicas;
  /** Rounds in all; each epoch ends with one. */
  readonly rounds: number;
  /** Rounds done. */
  readonly round: number;
  /** Where each thread begins, `[threads]`. */
  readonly readers: readonly ReaderState[];
}

/** Where the threads of a training are, between two rounds or at a stop within one. */
export interface ReplicaState {
  readonly rounds: number;
  readonly round: number;
  readonly readers: readonly ReaderState[];
}

/** One thread's part of a training. */
export class Replica {
  readonly reader: CorpusReader;
  private readonly plan: ReplicaPlan;
  private readonly index: number;
  private readonly predictor: WordPredictor;

  /** Replica number `index` of the plan, the same as the common matrices. */
  constructor(plan: ReplicaPlan, index: number) {
    this.plan = plan;
    this.index = index;
    this.predictor = replicaPredictor(plan.replicas, index);
    this.predictor.take(plan.replicas);
    const state = plan.readers[index]!;
    this.reader = new CorpusReader(plan.source, this.predictor, new Random(0), state.order.slice());
    this.reader.restore(state);
  }

  /** Learns from about `words` more words, but no further than round number `round` (from 0) goes; false when there it is. */
  read(round: number, words: number): boolean {
    const end = Math.round(this.reader.totalWords * ((round + 1) / this.plan.rounds));
    this.reader.read(Math.min(end, this.reader.wordsDone + words));
    return this.reader.wordsDone < end;
  }

  /** Merges this thread's part of the rows after round number `round`. All threads must have met before, and meet after. */
  merge(round: number): void {
    const { source, replicas, rounds } = this.plan;
    const { learningRate, minimumLearningRate } = source;
    const rate = learningRate + (minimumLearningRate - learningRate) * (round / rounds);
    const damping = curvature * replicas.count ** 2 * rate;
    this.predictor.merge(replicas, this.index, replicas.count, damping);
  }
}

/**
 * Rounds in all, for so many threads. Chosen on 8,000 captions and on the book of the tests, for a loss within 1 % of one thread's with two
 * threads and 1.5 % with four; rounds twice as long double the difference. They cost 10 to 20 % of the time.
 */
export function roundsFor({ pieces, counts, epochs }: CorpusSource, threads: number): number {
  const roundWords = Math.max(leastWords * threads, (wordsPerWord * counts.length) / threads ** 2);
  const rounds = Math.min(
    Math.ceil(pieces.words.length / roundWords),
    Math.floor(pieces.texts.length / threads),
  );
  return epochs * Math.max(1, rounds);
}

/**
 * Deals the texts to threads, in turn. What was read in this epoch stays read.
 * @param whole where a single reader of all texts would be
 */
export function dealReaders(
  { pieces, epochs }: CorpusSource,
  whole: ReaderState,
  threads: number,
): ReaderState[] {
  const random = new Random(0);
  random.restore(whole.random);
  const words = pieces.words.length;
  const epoch = words === 0 ? epochs : Math.floor(whole.wordsDone / words);
  return Array.from({ length: threads }, (_, thread) => {
    const isMine = (piece: number): boolean => pieces.texts[piece]! % threads === thread;
    const order = whole.order.filter(isMine);
    const read = whole.order.subarray(0, whole.position).filter(isMine);
    return {
      order,
      position: read.length % Math.max(order.length, 1),
      wordsDone: epoch * wordsOf(pieces, order) + wordsOf(pieces, read),
      random: new Random(random.uint32()).state,
    };
  });
}

/** Where a single reader of all texts would be that had read what these have. */
export function gatherReaders(source: CorpusSource, readers: readonly ReaderState[]): ReaderState {
  const { pieces } = source;
  const totals = readers.map(({ order }) => wordsOf(pieces, order));
  const epochOf = (reader: number): number =>
    totals[reader] === 0 ? source.epochs : Math.floor(readers[reader]!.wordsDone / totals[reader]!);
  const epoch = Math.min(...readers.keys().map(epochOf));
  // A reader that is through with this epoch has begun none of the next: all end each epoch together.
  const readOf = (reader: number): number =>
    epochOf(reader) > epoch ? readers[reader]!.order.length : readers[reader]!.position;
  const read = readers.flatMap(({ order }, reader) => [...order.subarray(0, readOf(reader))]);
  const unread = readers.flatMap(({ order }, reader) => [...order.subarray(readOf(reader))]);
  if (!source.shuffle) unread.sort((a, b) => a - b);
  const order = Uint32Array.from([...read, ...unread]);
  return {
    order,
    position: read.length % Math.max(order.length, 1),
    wordsDone: readers.reduce((sum, { wordsDone }) => sum + wordsDone, 0),
    random: readers[0]!.random,
  };
}

/** Which pieces there are. */
export function allPieces(pieces: Pieces): Uint32Array {
  return pieces.texts.map((_, piece) => piece);
}
