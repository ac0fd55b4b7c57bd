/**
 * The comparison that the paper makes, on anyone's photos: the five text embeddings, their words' mean or tf-idf weighted mean,
 * and two losses, each learned from nothing but the captions at hand. Prints the table row by row and writes it to
 * docs/comparison.md.
 *
 *     npm run comparison -- <folder> [--library <folder>] [--only lda,glove] [--out docs/comparison.md]
 *
 * The folder has pictures, `captions.tsv` and `labels.tsv` as in main-job.ts. Every eighth photo is held out. Simple queries
 * are one label, complex ones two labels that at least five held-out photos have together; a result counts only if all that is
 * asked for is in the picture. Queries are composed by the mean, as in the paper. `--library` keeps the indexed library for another run; with
 * `--only` the table is printed and not written.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type TrainInput, textNames } from '../../electron/engine/contract.ts';
import { createEngine } from '../../electron/engine/createEngine.ts';
import { finished, judge, labelSums, measure, readJudgedPhotos } from './judgedPhotos.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    library: { type: 'string' },
    only: { type: 'string' },
    out: { type: 'string', default: 'docs/comparison.md' },
  },
});
const [given] = positionals;
if (!given) {
  console.error(
    'Usage: npm run comparison -- <folder with captions.tsv and labels.tsv> [--library <folder>] [--out <file>]',
  );
  process.exit(2);
}
const folder = resolve(given);
const photos = readJudgedPhotos(folder);
const queries = labelSums(photos, 5);

/** What is compared, in the order of the table. Doc2Vec and LDA embed whole captions, so there is nothing to weigh. */
const rows: TrainInput[] = (['sigmoid', 'contrastive'] as const)
  .flatMap((loss) => [
    ...(['word2vec', 'glove', 'fasttext'] as const).flatMap((text) =>
      (['mean', 'tfidf'] as const).map((weighting) => ({ text, weighting, loss })),
    ),
    ...(['doc2vec', 'lda'] as const).map((text) => ({ text, loss })),
  ])
  .filter(({ text }) => !values.only || values.only.split(',').includes(text!));

const work = mkdtempSync(join(tmpdir(), 'photolex-comparison-'));
process.env.PHOTOLEX_HOME = join(work, 'home');
const engine = await createEngine({ learnsByItself: false });
const table: string[] = [];
const add = (line: string): void => {
  table.push(line);
  console.log(line);
};
try {
  await engine.calls.openLibrary({ path: values.library ?? join(work, 'library'), create: true });
  await finished(engine, () => engine.calls.importPhotos({ path: folder }));
  add(
    '| text embedding | captions | loss | P@5 simple | P@5 complex | mAP simple | mAP complex | recall@10 |',
  );
  add('|---|---|---|---|---|---|---|---|');
  for (const row of rows) {
    await finished(engine, () =>
      engine.calls.train({ ...row, init: 'scratch', holdout: photos.heldOut, seed: 1 }),
    );
    const simple = await judge(engine, photos, {}, { compose: 'mean' });
    const complex = await judge(engine, photos, {}, { compose: 'mean', queries });
    add(
      `| ${[
        textNames[row.text!],
        { mean: 'mean', tfidf: 'tf-idf', own: 'its own' }[row.weighting ?? 'own'],
        row.loss,
        measure(simple.precisionAt5),
        measure(complex.precisionAt5),
        measure(simple.meanAveragePrecision),
        measure(complex.meanAveragePrecision),
        measure(simple.recallAt10),
      ].join(' | ')} |`,
    );
  }
} finally {
  await engine.close();
  rmSync(work, { recursive: true, force: true });
}

if (!values.only)
  writeFileSync(
    resolve(values.out),
    `# Which text embedding fits?

The comparison that the paper makes (Gomez et al. 2018), on one's own photos. Here: ${photos.captions.length.toLocaleString('en')} photos, of
which every eighth was held out and judged by what people saw in it. Everything is learned from the captions of the other photos
alone, without the starter and without pretrained vectors; only the backbone knew pictures before. The network on top of it is the same in all
rows. *Sigmoid* is the paper's loss, *contrastive* the one that Photolex uses by default; P@5 is the share of right photos among the first five.

    npm run comparison -- <folder with the photos, captions.tsv and labels.tsv>

${table.join('\n')}

Simple queries are the ${new Set(photos.relevance.flatMap(({ concepts }) => concepts)).size} labels; complex ones are ${queries.length} pairs of labels, where both must be in the picture. Recall@10: how often a held-out
caption finds its own photo among the first ten. ${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}.
`,
  );
