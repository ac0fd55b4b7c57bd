/**
 * How fast text embeddings are learnt, beside Gensim in the same run, and what a million captions take in memory.
 *
 *     npm run bench:text -- [--captions <captions.tsv>] [--python <python with gensim 4.4>] [--repeats 3] [--memory]
 *
 * Without captions it makes some; without a Python only our own figures are there. Words a second are words of the corpus read,
 * as both sides count them: no subsampling, window 5, five words drawn, words written twice or more. Each figure is the best of the
 * repeats, ours and Gensim's in turn. Needs a built `dist` for threads (`npm run build`).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TextThreads } from '../../electron/engine/train/textThreads.ts';
import { Random } from '../../models/random.ts';
import type { CorpusTraining } from '../../models/text/corpusTraining.ts';
import { Doc2Vec } from '../../models/text/doc2vec.ts';
import { FastText } from '../../models/text/fasttext.ts';
import { startTextTraining, type TextTraining } from '../../models/text/textTraining.ts';
import { tokenize } from '../../models/text/tokens.ts';
import { Vocabulary } from '../../models/text/vocabulary.ts';
import { Word2Vec } from '../../models/text/word2vec.ts';

const { values } = parseArgs({
  options: {
    captions: { type: 'string' },
    python: { type: 'string' },
    repeats: { type: 'string', default: '3' },
    memory: { type: 'boolean', default: false },
  },
});
const repeats = Number(values.repeats);

/** Captions of words as frequent as words are (Zipf), when nobody gives any. */
function madeCaptions(count: number): string[][] {
  const random = new Random(1);
  return Array.from({ length: count }, () =>
    Array.from({ length: 6 + random.integer(8) }, () => `word${Math.floor(20_000 ** random.next())}`),
  );
}

const documents = values.captions
  ? readFileSync(values.captions, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => tokenize(line.split('\t').at(-1)!))
  : madeCaptions(10_000);
const vocabulary = Vocabulary.fromDocuments(documents, { minimumCount: 2 });
const corpus = documents.map((tokens) => vocabulary.encode(tokens));
const words = corpus.reduce((sum, text) => sum + text.length, 0);
const work = mkdtempSync(join(tmpdir(), 'photolex-text-'));
const file = join(work, 'captions.txt');
writeFileSync(
  file,
  corpus.map((text) => Array.from(text, (word) => vocabulary.words[word]).join(' ')).join('\n'),
);

/** What is compared; `epochs` make each run a second or more. */
const methods = {
  'skip-gram': { epochs: 20, make: (options: object) => new Word2Vec(options, vocabulary, corpus) },
  cbow: {
    epochs: 60,
    make: (options: object) => new Word2Vec({ ...options, mode: 'cbow' }, vocabulary, corpus),
  },
  fasttext: { epochs: 10, make: (options: object) => new FastText(options, vocabulary, corpus) },
  dbow: { epochs: 60, make: (options: object) => new Doc2Vec(options, vocabulary, corpus) },
  dm: { epochs: 40, make: (options: object) => new Doc2Vec({ ...options, mode: 'dm' }, vocabulary, corpus) },
} as const;
type Method = keyof typeof methods;

async function ours(method: Method, dimension: number, threads: number): Promise<number> {
  const { epochs, make } = methods[method];
  const training: CorpusTraining = make({ dimension, epochs, seed: 1 });
  if (threads === 1) {
    const started = performance.now();
    while (!training.done) training.step(10_000);
    return training.totalWords / ((performance.now() - started) / 1000);
  }
  const single: TextTraining = {
    ...startTextTraining('word2vec', { documents: [], vocabulary, dimension, seed: 1 }),
    total: training.totalWords,
    shared: { training, corpus },
  };
  const shared = new TextThreads(single, threads, 1);
  // The first round starts the threads, which a long training does not notice.
  const first = await shared.step();
  const started = performance.now();
  while (!shared.done) await shared.step();
  const rate = (training.totalWords - first.done) / ((performance.now() - started) / 1000);
  await shared.close();
  return rate;
}

function gensim(method: Method, dimension: number, threads: number): number {
  const script = new URL('text_gensim.py', import.meta.url).pathname;
  const given = [script, file, method, String(dimension), String(methods[method].epochs), String(threads)];
  return Number(execFileSync(values.python!, given, { encoding: 'utf8' }));
}

const rate = (value: number): string => Math.round(value / 1000).toLocaleString('en');

async function speeds(): Promise<void> {
  console.log(
    `${documents.length.toLocaleString('en')} captions, ${words.toLocaleString('en')} words, ${vocabulary.size.toLocaleString('en')} different; ${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}\n`,
  );
  console.log('| | dimension | threads | thousand words/s | Gensim | ratio |\n|---|---|---|---|---|---|');
  for (const method of Object.keys(methods) as Method[]) {
    for (const dimension of [100, 400]) {
      for (const threads of [1, 2]) {
        let [own, theirs] = [0, 0];
        for (let repeat = 0; repeat < repeats; repeat++) {
          own = Math.max(own, await ours(method, dimension, threads));
          if (values.python) theirs = Math.max(theirs, gensim(method, dimension, threads));
        }
        const beside = theirs > 0 ? `${rate(theirs)} | ${(own / theirs).toFixed(2)}` : '– | –';
        console.log(`| ${method} | ${dimension} | ${threads} | ${rate(own)} | ${beside} |`);
      }
    }
  }
}

/** Peak memory of this process for a million captions, from their tokens to the vectors. */
function memory(): void {
  const million = madeCaptions(1_000_000);
  const ofMillion = Vocabulary.fromDocuments(million, { minimumCount: 2 });
  const training = startTextTraining('word2vec', {
    documents: million,
    vocabulary: ofMillion,
    dimension: 100,
    seed: 1,
  });
  training.step();
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(
    `1,000,000 captions, ${ofMillion.size.toLocaleString('en')} words: ${peak.toFixed(0)} MB at most`,
  );
}

try {
  if (values.memory) memory();
  else await speeds();
} finally {
  rmSync(work, { recursive: true, force: true });
}
