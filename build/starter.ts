/**
 * Makes the starter: the model that ships with Photolex, so that a library is searchable before anyone wrote a caption. It is
 * learned by the product's own learner from captioned photos given as `captions.tsv` (file, tab, caption) and
 * `features.f16` ([photos, 1,280] little-endian float16, row i for caption i, by the bundled backbone).
 *
 *     npm run starter -- <folder with both files> [--out <folder>] [--seed <n>]
 */
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { starterPath, writeModel } from '../electron/engine/library/modelFiles.ts';
import { INDEXED_BACKBONE, openBackbone } from '../electron/engine/train/backbones.ts';
import { backboneWidths, type Corpus } from '../electron/engine/train/corpus.ts';
import { learn } from '../electron/engine/train/learner.ts';
import { TextPreparation } from '../models/text/preparation.ts';
import { useWasm } from '../native/compute/wasm.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string', default: starterPath() }, seed: { type: 'string', default: '1' } },
});
const [folder] = positionals;
if (!folder) {
  console.error(
    'Usage: npm run starter -- <folder with captions.tsv and features.f16> [--out <folder>] [--seed <n>]',
  );
  process.exit(2);
}

const width = backboneWidths[INDEXED_BACKBONE]!;
const corpus = readStarterCorpus(resolve(folder));
await useWasm();
const started = performance.now();
const learned = await learn(
  corpus,
  {
    backbone: await openBackbone({ backbone: INDEXED_BACKBONE, seed: Number(values.seed) }),
    text: 'word2vec',
    loss: 'contrastive',
    negatives: 'semi-hard',
    dimension: 400,
    init: 'pretrained',
    weighting: 'tfidf',
    seed: Number(values.seed),
    heldOut: new Set(),
    starter: null,
    tune: 'head',
    recipe: 'best',
    passes: undefined,
    thumbnail: () => ({ path: '', closer: false }),
    pretrained: null,
  },
  {
    progress: () => {},
    point: ({ step, steps, loss }) => {
      const seconds = (performance.now() - started) / 1000;
      console.log(`step ${step} of ${steps}: loss ${loss.toFixed(3)}, ${seconds.toFixed(0)} s`);
    },
    cancelled: () => false,
    checkpoint: async () => {},
    pause: async () => {},
  },
);
const { model } = learned;
model.info.name = 'Starter';
model.info.text = 'glove';
// Its text embedding is the bundled one, and no word of it was written by the user.
model.text = null;
model.space.counts.fill(0);
await rm(values.out, { recursive: true, force: true });
await writeModel(values.out, model, 'float16');
console.log(`${learned.captions} captions, ${model.space.words.length} words, written to ${values.out}`);

function readStarterCorpus(path: string): Corpus {
  const bytes = readFileSync(join(path, 'features.f16'));
  const features = new Float32Array(new Float16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2));
  const lines = readFileSync(join(path, 'captions.tsv'), 'utf8').trimEnd().split('\n');
  if (features.length !== lines.length * width) {
    throw new Error(
      `${path}: ${lines.length} captions do not fit ${features.length / width} rows of features.`,
    );
  }
  const preparation = TextPreparation.plain;
  const documents = lines.map((line) => preparation.tokens(line.split('\t')[1] ?? ''));
  return { photos: Int32Array.from(lines, (_, row) => row + 1), features, width, documents, preparation };
}
