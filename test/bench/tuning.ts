/**
 * What training the network itself is worth: the head alone and deeper trainings, each with several seeds, judged on photos that
 * were held out.
 *
 *     npm run bench:tuning -- <folder> [--library <folder>] [--seeds 1,2,3] [--tune head,last] [--passes <n>]
 *
 * The folder has pictures, `captions.tsv` and `labels.tsv` as in main-job.ts. Every eighth photo is held out. The user's data
 * folder must have TensorFlow (`photolex accelerate`) for all but the head. `--library` keeps the indexed library for another run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { TrainInput } from '../../electron/engine/contract.ts';
import { createEngine } from '../../electron/engine/createEngine.ts';
import { finished, judge, labelSums, measure, readJudgedPhotos } from './judgedPhotos.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    library: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3' },
    tune: { type: 'string', default: 'head,last' },
    passes: { type: 'string' },
  },
});
const [given] = positionals;
if (!given) {
  console.error(
    'Usage: npm run bench:tuning -- <folder with captions.tsv and labels.tsv> [--library <folder>]',
  );
  process.exit(2);
}
const photos = readJudgedPhotos(resolve(given));
/** Pairs that so many held-out photos have at least: all that can reach a P@5 of 1, and those that are frequent. */
const pairs = [5, 12].map((least) => ({ least, queries: labelSums(photos, least) }));
const work = mkdtempSync(join(tmpdir(), 'photolex-tuning-'));
const engine = await createEngine({ learnsByItself: false });
const names = [
  'P@5',
  'mAP',
  'recall@10',
  ...pairs.flatMap(({ least }) => [`P@5 of pairs ≥ ${least}`, `mAP of pairs ≥ ${least}`]),
];
try {
  await engine.calls.openLibrary({ path: values.library ?? join(work, 'library'), create: true });
  await finished(engine, () => engine.calls.importPhotos({ path: resolve(given) }));
  console.log(
    `${photos.heldOut.length} photos held out, ${pairs.map(({ least, queries }) => `${queries.length} pairs of labels that at least ${least} of them have`).join(', ')}; ${(await engine.calls.acceleration()).device}`,
  );
  console.log(
    `| trained | seed | ${names.join(' | ')} | minutes |\n|---|---|${names.map(() => '---|').join('')}---|`,
  );
  for (const tune of values.tune.split(',') as NonNullable<TrainInput['tune']>[]) {
    const rows: (number | null)[][] = [];
    for (const seed of values.seeds.split(',').map(Number)) {
      const passes = values.passes === undefined ? {} : { passes: Number(values.passes) };
      const started = performance.now();
      await finished(engine, () => engine.calls.train({ tune, seed, holdout: photos.heldOut, ...passes }));
      const minutes = (performance.now() - started) / 60_000;
      const simple = await judge(engine, photos);
      const row = [simple.precisionAt5, simple.meanAveragePrecision, simple.recallAt10];
      for (const { queries } of pairs) {
        const { precisionAt5, meanAveragePrecision } = await judge(engine, photos, {}, { queries });
        row.push(precisionAt5, meanAveragePrecision);
      }
      rows.push(row);
      console.log(`| ${tune} | ${seed} | ${row.map(measure).join(' | ')} | ${minutes.toFixed(1)} |`);
    }
    const means = names.map(
      (_, column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0) / rows.length,
    );
    console.log(`| ${tune} | mean | ${means.map(measure).join(' | ')} | |`);
  }
} finally {
  await engine.close();
  rmSync(work, { recursive: true, force: true });
}
