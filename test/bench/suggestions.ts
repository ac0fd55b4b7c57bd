/**
 * How far suggested keywords can be trusted: the captions of some photos are hidden, the rest is learned, and each word that is suggested for
 * a photo with a hidden caption is right if it stands there or among the photo's labels. (A word that is in the picture and that nobody
 * wrote counts as wrong, so the truth is better.) Also how long a screenful takes.
 *
 *     npm run bench:suggestions -- <folder> [--photos 2000] [--split 0..7] [--words own|all]
 *
 * The folder has pictures, `captions.tsv` (file, tab, caption) and, if people labelled them, `labels.tsv` (file, tab, labels). Every
 * eighth photo is hidden. Prints the table from which the default threshold was chosen.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { suggestedWordsSchema } from '../../electron/engine/contract.ts';
import { createEngine } from '../../electron/engine/createEngine.ts';
import { stem } from '../../models/text/porterStemmer.ts';
import { finished, readJudgedPhotos } from './judgedPhotos.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    photos: { type: 'string', default: '2000' },
    split: { type: 'string', default: '0' },
    words: { type: 'string', default: 'own' },
  },
});
const [given] = positionals;
if (!given || !existsSync(join(given, 'captions.tsv'))) {
  console.error('Usage: npm run bench:suggestions -- <folder with captions.tsv> [--photos N] [--split 0..7]');
  process.exit(2);
}
const folder = resolve(given);
const words = suggestedWordsSchema.parse(values.words);
const THRESHOLDS = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const SCREENFUL = 60;

const { captions, relevance } = readJudgedPhotos(folder, Number(values.split));
const used = captions.slice(0, Number(values.photos));
const isHidden = (row: number): boolean => row % 8 === Number(values.split);
const labels = new Map(relevance.map(({ path, concepts }) => [path, concepts]));
const tokensOf = (text: string): string[] => (text.toLowerCase().match(/\p{L}+/gu) ?? []).map(stem);

const work = mkdtempSync(join(tmpdir(), 'photolex-suggestions-'));
try {
  const photos = join(work, 'photos');
  for (const [path] of used) {
    mkdirSync(dirname(join(photos, path)), { recursive: true });
    symlinkSync(join(folder, path), join(photos, path));
  }
  const known = used.filter((_, row) => !isHidden(row));
  writeFileSync(join(photos, 'captions.tsv'), known.map((line) => `${line.join('\t')}\n`).join(''));
  const engine = await createEngine({ home: join(work, 'home'), learnsByItself: false });
  try {
    await engine.calls.openLibrary({ path: join(work, 'library'), create: true });
    await finished(engine, () => engine.calls.importPhotos({ path: photos }));
    await judge('before learning', engine);
    await finished(engine, () => engine.calls.train({}));
    await judge(`${known.length} captions learned`, engine);
  } finally {
    await engine.close();
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function judge(what: string, engine: Awaited<ReturnType<typeof createEngine>>): Promise<void> {
  const hidden = used.filter((_, row) => isHidden(row));
  const truth = new Map(
    hidden.map(([path, caption]) => [
      path,
      new Set(tokensOf([caption, ...(labels.get(path) ?? [])].join(' '))),
    ]),
  );
  const judged: { probability: number; isRight: boolean; photo: string }[] = [];
  const times: number[] = [];
  for (let offset = 0; ; offset += SCREENFUL) {
    const page = await engine.calls.suggestTags({
      offset,
      limit: SCREENFUL,
      threshold: THRESHOLDS[0]!,
      words,
    });
    times.push(page.milliseconds);
    for (const { path, suggestions } of page.photos) {
      for (const { word, probability } of suggestions) {
        const isRight = tokensOf(word).every((token) => truth.get(path)?.has(token));
        judged.push({ probability, isRight, photo: path });
      }
    }
    if (page.photos.length < SCREENFUL) break;
  }
  times.sort((one, other) => one - other);
  console.log(`\n${what}: ${hidden.length} photos with hidden captions, words: ${words}`);
  console.log(
    `a screenful of ${SCREENFUL}: median ${times[times.length >> 1]!.toFixed(0)} ms, slowest ${times.at(-1)!.toFixed(0)} ms`,
  );
  console.log('threshold  precision  suggestions a photo  photos with one');
  for (const threshold of THRESHOLDS) {
    const above = judged.filter(({ probability }) => probability >= threshold);
    const right = above.filter(({ isRight }) => isRight).length;
    const reached = new Set(above.map(({ photo }) => photo)).size;
    console.log(
      [
        threshold.toFixed(1).padEnd(9),
        (above.length > 0 ? right / above.length : 0).toFixed(3).padEnd(9),
        (above.length / hidden.length).toFixed(2).padEnd(19),
        (reached / hidden.length).toFixed(2),
      ].join('  '),
    );
  }
}
