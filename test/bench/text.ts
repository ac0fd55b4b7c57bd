/**
 * How fast text embeddings train: `node build/launch.js prepare && node test/bench/text.ts`, with
 *
 *     --captions <captions.tsv>   texts to learn from (file, tab, caption); else it makes some
 *     --python <python>           a Python with Gensim 4.4, for Gensim's words per second beside ours
 *     --methods, --dimensions, --threads <list>   separated by commas
 *     --words <n>                 words to read in a run (default 400,000)
 *     --repetitions <n>           runs of each, ours and Gensim's in turn; the best counts (default 3)
 *     --memory                    instead: peak memory for a million captions
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { trainText } from '../../electron/engine/train/textThreads.ts';
import { Random } from '../../models/random.ts';
import type { CorpusTraining } from '../../models/text/corpusTraining.ts';
import { Doc2Vec } from '../../models/text/doc2vec.ts';
import { FastText } from '../../models/text/fasttext.ts';
import { tokenize } from '../../models/text/tokens.ts';
import { Vocabulary } from '../../models/text/vocabulary.ts';
import { Word2Vec } from '../../models/text/word2vec.ts';

const { values: given } = parseArgs({
  options: {
    captions: { type: 'string' },
    python: { type: 'string' },
    methods: { type: 'string', default: 'skip-gram,cbow,fasttext,dbow,dm' },
    dimensions: { type: 'string', default: '100,400' },
    threads: { type: 'string', default: '1,2' },
    words: { type: 'string', default: '400000' },
    repetitions: { type: 'string', default: '3' },
    memory: { type: 'boolean', default: false },
    'memory-run': { type: 'string' },
  },
});

type Make = (dimension: number, epochs: number) => CorpusTraining;

function methodsOf(vocabulary: Vocabulary, corpus: Uint32Array[]): Record<string, Make> {
  return {
    'skip-gram': (dimension, epochs) => new Word2Vec({ dimension, epochs }, vocabulary, corpus),
    cbow: (dimension, epochs) => new Word2Vec({ dimension, epochs, mode: 'cbow' }, vocabulary, corpus),
    fasttext: (dimension, epochs) => new FastText({ dimension, epochs }, vocabulary, corpus),
    dbow: (dimension, epochs) => new Doc2Vec({ dimension, epochs }, vocabulary, corpus),
    dm: (dimension, epochs) => new Doc2Vec({ dimension, epochs, mode: 'dm' }, vocabulary, corpus),
  };
}

/** Captions of 6 to 16 words, drawn as language does: the n-th most frequent word of `size` with probability ∝ 1 / (n + 2.7). */
function* madeCaptions(count: number, size: number): Generator<string> {
  const random = new Random(1);
  const syllables = ['ka', 'lo', 'mi', 'ren', 'su', 'tor', 'vel', 'zin', 'po', 'dra'];
  const word = (n: number): string => [...String(n + 100)].map((digit) => syllables[Number(digit)]!).join('');
  for (let caption = 0; caption < count; caption++) {
    const length = 6 + random.integer(11);
    const words = Array.from({ length }, () =>
      word(Math.floor(2.7 * ((1 + size / 2.7) ** random.next() - 1))),
    );
    yield words.join(' ');
  }
}

/** Gensim, in a process of its own that answers one request after another. */
class Gensim {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(python: string, texts: string) {
    const script = join(import.meta.dirname, 'gensim_text.py');
    this.#process = spawn(python, [script, texts], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#answers = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  async answer(): Promise<Record<string, string | number>> {
    const { value, done } = await this.#answers.next();
    if (done) throw new Error('Gensim ended without an answer; its message is above.');
    return JSON.parse(value);
  }

  async wordsPerSecond(method: string, dimension: number, workers: number, epochs: number): Promise<number> {
    this.#process.stdin!.write(`${JSON.stringify({ method, dimension, workers, epochs })}\n`);
    return Number((await this.answer()).wordsPerSecond);
  }

  stop(): void {
    this.#process.kill();
  }
}

async function speed(): Promise<void> {
  const texts =
    given.captions === undefined
      ? [...madeCaptions(8000, 5000)]
      : readFileSync(given.captions, 'utf8')
          .split('\n')
          .map((line) => line.split('\t')[1] ?? '');
  const tokens = texts.map((text) => tokenize(text));
  const vocabulary = Vocabulary.fromDocuments(tokens, { minimumCount: 2 });
  const known = tokens
    .map((document) => document.filter((word) => vocabulary.has(word)))
    .filter((document) => document.length > 0);
  const corpus = known.map((document) => vocabulary.encode(document));
  const words = corpus.reduce((sum, document) => sum + document.length, 0);
  const epochs = Math.max(1, Math.round(Number(given.words) / words));
  const methods = methodsOf(vocabulary, corpus);
  console.log(
    `${corpus.length} texts, ${words} words, ${vocabulary.size} different; ${epochs} epochs, no subsampling`,
  );

  const folder = mkdtempSync(join(tmpdir(), 'photolex-bench-'));
  const file = join(folder, 'texts.txt');
  writeFileSync(file, known.map((document) => `${document.join(' ')}\n`).join(''));
  const gensim = given.python === undefined ? undefined : new Gensim(given.python, file);
  try {
    if (gensim) console.log(`Gensim ${(await gensim.answer()).gensim}`);
    const round = (value: number): string => Math.round(value / 1000).toString();
    console.log(
      '| method | dimension | threads | thousand words/s | Gensim | ratio |\n|---|---|---|---|---|---|',
    );
    for (const method of given.methods.split(',')) {
      for (const dimension of given.dimensions.split(',').map(Number)) {
        for (const threads of given.threads.split(',').map(Number)) {
          let [ours, theirs] = [0, 0];
          for (let repetition = 0; repetition < Number(given.repetitions); repetition++) {
            const training = methods[method]!(dimension, epochs);
            const started = performance.now();
            await trainText(training, { threads });
            ours = Math.max(ours, (training.totalWords / (performance.now() - started)) * 1000);
            if (!gensim) continue;
            theirs = Math.max(theirs, await gensim.wordsPerSecond(method, dimension, threads, epochs));
          }
          const beside = gensim ? `${round(theirs)} | ${(ours / theirs).toFixed(2)}` : '– | –';
          console.log(`| ${method} | ${dimension} | ${threads} | ${round(ours)} | ${beside} |`);
        }
      }
    }
  } finally {
    gensim?.stop();
    rmSync(folder, { recursive: true });
  }
}

/** A process for each measurement: memory that was once taken stays in the peak. */
async function memory(): Promise<void> {
  console.log(
    'Peak memory in MB with a million captions: texts, tokens, word numbers, training begun, 3 % of it done',
  );
  for (const method of given.methods.split(',')) {
    for (const dimension of given.dimensions.split(',')) {
      for (const threads of given.threads.split(',')) {
        const run = JSON.stringify([method, Number(dimension), Number(threads)]);
        await new Promise((resolve) => {
          fork(import.meta.filename, ['--memory-run', run]).once('exit', resolve);
        });
      }
    }
  }
}

async function memoryRun([method, dimension, threads]: [string, number, number]): Promise<void> {
  const peaks: number[] = [];
  const note = (): number => peaks.push(Math.round(process.resourceUsage().maxRSS / 1024));
  const training = ((): CorpusTraining => {
    const texts = [...madeCaptions(1_000_000, 50_000)];
    note();
    const tokens = texts.map((text) => tokenize(text));
    note();
    const vocabulary = Vocabulary.fromDocuments(tokens, { minimumCount: 5 });
    const corpus = tokens.map((document) => vocabulary.encode(document));
    note();
    return methodsOf(vocabulary, corpus)[method]!(dimension, 10);
  })();
  note();
  const controller = new AbortController();
  await trainText(training, {
    threads,
    signal: controller.signal,
    onProgress: ({ wordsDone, totalWords }) => {
      if (wordsDone > 0.03 * totalWords) controller.abort();
    },
  });
  note();
  console.log(`${method}, dimension ${dimension}, threads ${threads}: ${peaks.join(', ')}`);
}

if (given['memory-run'] !== undefined) await memoryRun(JSON.parse(given['memory-run']));
else if (given.memory) await memory();
else await speed();
