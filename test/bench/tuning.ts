/**
 * What training the network itself is worth: the head alone and deeper trainings, each with several seeds, judged on photos that
 * were held out.
 *
 *     npm run bench:tuning -- [<folder>] [--library <folder>] [--seeds 1,2,3] [--tune head,last] [--preset paper] [--backbone <name>]
 *                              [--side <n>] [--passes <n>] [--photos <n>] [--split 0] [--closer before|after] [--judge]
 *
 * The folder has pictures, `captions.tsv` and `labels.tsv` as in main-job.ts; without one it is the sample album, of
 * 600 pictures or as many as asked for. Every eighth captioned photo is held out (`--split 0` to `7`: which of eight); judged are these
 * and the photos without captions. The user's data folder must have TensorFlow (`photolex accelerate`) for all but the head.
 * `--library` keeps the indexed library for another run, which with `--judge` trains nothing and judges the models of this one. A closer
 * look is taken before all trainings, or after them, and then each model is judged once more. What the training itself measures after
 * each pass goes to stderr.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { presets, type TrainInput } from '../../electron/engine/contract.ts';
import { createEngine } from '../../electron/engine/createEngine.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { drawSampleAlbum } from '../../electron/engine/sample/album.ts';
import {
  commonLabels,
  finished,
  judge,
  labelSums,
  measure,
  readJudgedPhotos,
  unlearned,
} from './judgedPhotos.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    library: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3' },
    tune: { type: 'string', default: 'head,last' },
    passes: { type: 'string' },
    side: { type: 'string' },
    backbone: { type: 'string' },
    preset: { type: 'string' },
    photos: { type: 'string', default: '600' },
    split: { type: 'string', default: '0' },
    closer: { type: 'string' },
    judge: { type: 'boolean', default: false },
  },
});
const work = mkdtempSync(join(tmpdir(), 'photolex-tuning-'));
const [given] = positionals;
const folder = given ? resolve(given) : join(work, 'album');
if (!given) await drawSampleAlbum(folder, { photos: Number(values.photos) });
const library = values.library ?? join(work, 'library');
const photos = readJudgedPhotos(folder, Number(values.split));
const judged = unlearned(photos);
/** A label that fewer photos have cannot reach a P@5 of 1. */
const labels = commonLabels(judged, 5);
/** Pairs that so many held-out photos have at least: all that can reach a P@5 of 1, and those that are frequent. */
const pairs = [5, 12].map((least) => ({ least, queries: labelSums(judged, least) }));
const chosen: TrainInput = {
  ...(values.preset === 'paper' ? presets.paper : {}),
  ...(values.backbone ? { backbone: values.backbone } : {}),
  ...(values.side ? { side: Number(values.side) } : {}),
  ...(values.passes ? { passes: Number(values.passes) } : {}),
};
/** Opens the library and indexes all photos. */
async function indexPhotos(engine: Engine): Promise<void> {
  await engine.calls.openLibrary({ path: library, create: true });
  await finished(engine, () => engine.calls.importPhotos({ path: folder }));
}

function tellPasses(engine: Engine): void {
  let told = 0;
  engine.on('job', ({ curve }) => {
    if (curve.length < told) told = 0;
    for (const { step, loss, precisionAt5, meanAveragePrecision } of curve.slice(told)) {
      console.error(
        `step ${step}: loss ${loss.toFixed(3)}, P@5 ${measure(precisionAt5)}, mAP ${measure(meanAveragePrecision)}`,
      );
    }
    told = curve.length;
  });
}

const names = [
  'P@5',
  'mAP',
  'recall@10',
  ...pairs.flatMap(({ least }) => [`P@5 of pairs ≥ ${least}`, `mAP of pairs ≥ ${least}`]),
];

/** The measures of the active model. */
async function judgeActive(): Promise<(number | null)[]> {
  const simple = await judge(engine, judged, {}, { queries: labels });
  const row = [simple.precisionAt5, simple.meanAveragePrecision, simple.recallAt10];
  for (const { queries } of pairs) {
    const both = queries.length > 0 ? await judge(engine, judged, {}, { queries }) : null;
    row.push(both?.precisionAt5 ?? null, both?.meanAveragePrecision ?? null);
  }
  return row;
}

function tellMean(what: string, rows: readonly (readonly (number | null)[])[]): void {
  const means = names.map((_, column) => {
    const values = rows.flatMap((row) => row[column] ?? []);
    return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
  });
  console.log(`| ${what} | mean | ${means.map(measure).join(' | ')} | |`);
}

/** Trains, and judges each result. Returns the ids of the models. */
async function train(tune: NonNullable<TrainInput['tune']>): Promise<string[]> {
  const rows: (number | null)[][] = [];
  const models: string[] = [];
  for (const seed of values.seeds.split(',').map(Number)) {
    const started = performance.now();
    await finished(engine, () => engine.calls.train({ ...chosen, tune, seed, holdout: photos.heldOut }));
    const minutes = (performance.now() - started) / 60_000;
    models.push((await engine.calls.libraryStatus())!.models.find(({ active }) => active)!.id);
    const row = await judgeActive();
    rows.push(row);
    console.log(`| ${tune} | ${seed} | ${row.map(measure).join(' | ')} | ${minutes.toFixed(1)} |`);
  }
  tellMean(tune, rows);
  return models;
}

const looksCloser = values.closer === 'before';
let engine = await createEngine({ learnsByItself: false, watches: false, looksCloser });
tellPasses(engine);
try {
  if (labels.length === 0)
    throw new Error(
      'No label is on five of the photos that are held out, so nothing can be judged: take more photos.',
    );
  await indexPhotos(engine);
  console.log(
    `${judged.heldOut.length} photos judged, ${labels.length} labels, ${pairs.map(({ least, queries }) => `${queries.length} pairs of labels that at least ${least} of them have`).join(', ')}; ${(await engine.calls.acceleration()).device}`,
  );
  console.log(
    `| trained | seed | ${names.join(' | ')} | minutes |\n|---|---|${names.map(() => '---|').join('')}---|`,
  );
  const models: string[] = [];
  if (values.judge) {
    for (const { id, tune } of (await engine.calls.libraryStatus())!.models) {
      await engine.calls.activateModel({ model: id });
      console.log(`| ${id} (${tune}) | | ${(await judgeActive()).map(measure).join(' | ')} | |`);
      models.push(id);
    }
  } else {
    for (const tune of values.tune.split(',') as NonNullable<TrainInput['tune']>[])
      models.push(...(await train(tune)));
  }
  if (values.closer === 'after') {
    await engine.close();
    engine = await createEngine({ learnsByItself: false, watches: false, looksCloser: true });
    await indexPhotos(engine);
    for (const id of models) {
      await engine.calls.activateModel({ model: id });
      console.log(`| ${id}, closer | | ${(await judgeActive()).map(measure).join(' | ')} | |`);
    }
  }
} finally {
  await engine.close();
  rmSync(work, { recursive: true, force: true });
}
