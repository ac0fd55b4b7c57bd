/**
 * What learning on from the starter gives where pictures are not of the kind that it knows: the photos of the bench drawn as outlines,
 * turned to negatives, upside down or blurred, and with captions in a cipher, whose words nobody knows. See `models/joint/familiarity.ts`.
 *
 *     npm run bench:strange -- <folder> [--kinds plain,outlines,negative,rotated,blurred,cipher] [--captions 400,2000]
 *
 * The folder is that of main-job.ts. Every eighth photo is judged by its labels; learned are captions of others, drawn by a seed.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { createEngine } from '../../electron/engine/createEngine.ts';
import { Random } from '../../models/random.ts';
import {
  commonLabels,
  finished,
  type JudgedPhotos,
  judge,
  labelSums,
  measure,
  readJudgedPhotos,
} from './judgedPhotos.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kinds: { type: 'string', default: 'plain,outlines,negative,rotated,blurred,cipher' },
    captions: { type: 'string', default: '400,2000' },
  },
});
const [given] = positionals;
if (!given) {
  console.error('Usage: npm run bench:strange -- <folder with captions.tsv and labels.tsv>');
  process.exit(2);
}
const source = resolve(given);

/** Photos whose captions can be learned. */
const POOL = 2000;

const OUTLINES = [-1, -1, -1, -1, 8, -1, -1, -1, -1];
const copy = async (from: string, to: string): Promise<unknown> => copyFileSync(from, to);
const pictures: Record<string, (from: string, to: string) => Promise<unknown>> = {
  plain: copy,
  cipher: copy,
  outlines: (from, to) =>
    sharp(from).greyscale().convolve({ width: 3, height: 3, kernel: OUTLINES }).negate().jpeg().toFile(to),
  negative: (from, to) => sharp(from).negate().jpeg().toFile(to),
  rotated: (from, to) => sharp(from).rotate(180).jpeg().toFile(to),
  blurred: (from, to) => sharp(from).blur(9).jpeg().toFile(to),
};

/** The letters of each word backwards, each moved by seven. */
const enciphered = (text: string): string =>
  text.replace(/[a-z]+/gi, (word) =>
    [...word.toLowerCase()]
      .reverse()
      .map((letter) => String.fromCharCode(97 + ((letter.charCodeAt(0) - 97 + 7) % 26)))
      .join(''),
  );

const all = readJudgedPhotos(source);
const pool = all.captions.filter((_, row) => row % 4 === 1).slice(0, POOL);
const heldOut = new Set(all.heldOut);

console.log('| pictures | captions | P@5 | mAP | recall@10 | P@5 of pairs ≥ 12 |\n|---|---|---|---|---|---|');
for (const kind of values.kinds.split(',')) {
  const make = pictures[kind];
  if (!make) throw new Error(`There are no ${kind} pictures; see the head of this file.`);
  const work = mkdtempSync(join(tmpdir(), 'photolex-strange-'));
  const written = kind === 'cipher' ? enciphered : (text: string): string => text;
  const captions = [...all.captions.filter(([path]) => heldOut.has(path)), ...pool];
  for (const [path] of captions) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    await make(join(source, path), join(work, path));
  }
  writeFileSync(
    join(work, 'captions.tsv'),
    `${captions.map(([path, caption]) => `${path}\t${written(caption)}`).join('\n')}\n`,
  );
  const photos: JudgedPhotos = {
    captions,
    relevance: all.relevance.map(({ path, concepts }) => ({ path, concepts: concepts.map(written) })),
    heldOut: all.heldOut,
  };
  const labels = commonLabels(photos, 5);
  const pairs = labelSums(photos, 12);

  const engine = await createEngine({ home: join(work, 'home'), learnsByItself: false, watches: false });
  try {
    await engine.calls.openLibrary({ path: join(work, 'library'), create: true });
    await finished(engine, () => engine.calls.importPhotos({ path: work }));
    const tell = async (learned: string): Promise<void> => {
      const simple = await judge(engine, photos, {}, { queries: labels });
      const both = await judge(engine, photos, {}, { queries: pairs });
      const row = [simple.precisionAt5, simple.meanAveragePrecision, simple.recallAt10, both.precisionAt5];
      console.log(`| ${kind} | ${learned} | ${row.map(measure).join(' | ')} |`);
    };
    await engine.calls.activateModel({ model: 'starter' });
    await tell('none: the starter');
    for (const count of values.captions.split(',')) {
      const mine = new Set(new Random(1).shuffle(pool.map(([path]) => path)).slice(0, Number(count)));
      const hidden = [...heldOut, ...pool.flatMap(([path]) => (mine.has(path) ? [] : [path]))];
      await finished(engine, () => engine.calls.train({ tune: 'head', seed: 1, holdout: hidden }));
      await tell(count);
    }
  } finally {
    await engine.close();
    rmSync(work, { recursive: true, force: true });
  }
}
