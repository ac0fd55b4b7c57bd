/**
 * What looking at photos costs and gives: the network in float and in 8 bits, and finer looks, judged by the starter, and with
 * `--train` by a head that learned from what each saw. See [Note: Features in 8 bits] in `native/backbone.ts`.
 *
 *     npm run bench:looking -- <folder> [--library <folder>] [--looks float,int8,mixed,mirrored,centre,closer,half-closer,closest] [--threads 1] [--train]
 *
 * The folder is that of main-job.ts. Without `--train` only the held-out photos are looked at. `--library` keeps the imported library
 * for another run. Photos a second are those of the network alone; the looks take turns at each photo, so that whatever else
 * the machine does slows all of them alike.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { createEngine } from '../../electron/engine/createEngine.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { Library } from '../../electron/engine/library/library.ts';
import { INDEXED_BACKBONE } from '../../electron/engine/train/backbones.ts';
import { BACKBONES, ImageInference } from '../../native/backbone.ts';
import { CLOSER_SIDE, type NetworkInput, networkSize, openPhoto } from '../../native/image.ts';
import { weightsPath } from '../../native/runtime.ts';
import { finished, judge, labelSums, measure, readJudgedPhotos } from './judgedPhotos.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    library: { type: 'string' },
    looks: { type: 'string', default: 'float,int8,mixed,mirrored,centre,closer,half-closer,closest' },
    threads: { type: 'string', default: '1' },
    train: { type: 'boolean', default: false },
  },
});
const [given] = positionals;
if (!given) {
  console.error(
    'Usage: npm run bench:looking -- <folder with captions.tsv and labels.tsv> [--library <folder>] [--train]',
  );
  process.exit(2);
}
const folder = resolve(given);
const photos = readJudgedPhotos(folder);
const pairs = labelSums(photos, 5);
const { file, looking, width } = BACKBONES[INDEXED_BACKBONE];
const options = { threads: Number(values.threads) };
const float = await ImageInference.load(weightsPath(file), 'features', options);
const int8 = await ImageInference.load(weightsPath(looking), 'features', options);

type Picture = (scale: number, part?: number) => Promise<NetworkInput>;

/** A photo at any size, and its middle. */
async function pictureOf(path: string): Promise<Picture> {
  const { image, width, height } = await openPhoto({ input: path });
  const whole = await image
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer();
  const usual = networkSize(width, height);
  return async (scale, part = 1) => {
    const wanted = {
      width: 32 * Math.round((scale * usual.width) / 32),
      height: 32 * Math.round((scale * usual.height) / 32),
    };
    const [w, h] = [Math.round(part * width), Math.round(part * height)];
    const pixels = await sharp(whole, { raw: { width, height, channels: 3 } })
      .extract({ left: (width - w) >> 1, top: (height - h) >> 1, width: w, height: h })
      .resize(wanted.width, wanted.height, { fit: 'fill', kernel: 'cubic' })
      .raw()
      .toBuffer();
    return { ...wanted, pixels };
  };
}

async function mirrored({ width, height, pixels }: NetworkInput): Promise<NetworkInput> {
  return {
    width,
    height,
    pixels: await sharp(pixels, { raw: { width, height, channels: 3 } })
      .flop()
      .raw()
      .toBuffer(),
  };
}

/** Ways of looking: the pictures that the network sees of a photo, of whose features the mean counts. */
const looks: Record<string, { network: ImageInference; views: (photo: Picture) => Promise<NetworkInput[]> }> =
  {
    float: { network: float, views: async (photo) => [await photo(1)] },
    int8: { network: int8, views: async (photo) => [await photo(1)] },
    mirrored: {
      network: int8,
      views: async (photo) => {
        const seen = await photo(1);
        return [seen, await mirrored(seen)];
      },
    },
    centre: { network: int8, views: async (photo) => [await photo(1), await photo(1, 0.7)] },
    closer: { network: int8, views: async (photo) => [await photo(CLOSER_SIDE / 256)] },
    closest: { network: int8, views: async (photo) => [await photo(1.5)] },
  };
const wanted = values.looks.split(',');
const seen = Object.keys(looks).filter(
  (name) =>
    wanted.includes(name) ||
    (wanted.includes('mixed') && /^(float|int8)$/.test(name)) ||
    (wanted.includes('half-closer') && /^(closer|int8)$/.test(name)),
);

const judged = new Set(photos.heldOut);
const paths = photos.captions.map(([path]) => path).filter((path) => values.train || judged.has(path));
const features: Record<string, Float32Array[]> = Object.fromEntries(seen.map((name) => [name, []]));
const milliseconds: Record<string, number> = Object.fromEntries(seen.map((name) => [name, 0]));
for (const path of paths) {
  const photo = await pictureOf(join(folder, path));
  for (const name of seen) {
    const { network, views } = looks[name]!;
    const pictures = await views(photo);
    const mean = new Float32Array(width);
    const started = performance.now();
    for (const picture of pictures) {
      const { values } = await network.run(picture);
      for (let i = 0; i < width; i++) mean[i]! += values[i]! / pictures.length;
    }
    milliseconds[name]! += performance.now() - started;
    features[name]!.push(mean);
  }
}
// Photos whose features the library has from either of two.
if (wanted.includes('half-closer'))
  features['half-closer'] = features.closer!.map((feature, row) =>
    row % 2 ? feature : features.int8![row]!,
  );
if (wanted.includes('mixed'))
  features.mixed = features.float!.map((feature, row) => (row % 2 ? feature : features.int8![row]!));

/** Cosine of the features of two looks: mean and least. */
function agreement(one: readonly Float32Array[], other: readonly Float32Array[]): string {
  const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const cosines = one.map(
    (a, row) => dot(a, other[row]!) / Math.sqrt(dot(a, a) * dot(other[row]!, other[row]!)),
  );
  const mean = cosines.reduce((sum, x) => sum + x, 0) / cosines.length;
  return `${mean.toFixed(4)} (${Math.min(...cosines).toFixed(3)})`;
}

const work = mkdtempSync(join(tmpdir(), 'photolex-looking-'));
const library = values.library ?? join(work, 'library');
const engine = await createEngine({ learnsByItself: false });

/** Opens the library with these features in place of those that it has. */
async function open(engine: Engine, seen: readonly Float32Array[]): Promise<void> {
  await engine.calls.closeLibrary();
  const stored = Library.open(library);
  const photo = new Map(stored.photos.allFiles().map(({ photo, path }) => [path, photo]));
  stored.transaction(() => {
    paths.forEach((path, row) => {
      stored.features.set(photo.get(path)!, INDEXED_BACKBONE, seen[row]!);
    });
    for (const model of stored.models.list()) if (model.id === 'starter') stored.vectors.clear(model);
  });
  stored.close();
  await engine.calls.openLibrary({ path: library });
  await engine.calls.activateModel({ model: 'starter' });
}

async function measures(engine: Engine): Promise<string> {
  const simple = await judge(engine, photos);
  const complex = await judge(engine, photos, {}, { queries: pairs });
  return [
    simple.precisionAt5,
    simple.meanAveragePrecision,
    complex.precisionAt5,
    complex.meanAveragePrecision,
    simple.recallAt10,
  ]
    .map(measure)
    .join(' | ');
}

try {
  await engine.calls.openLibrary({ path: library, create: true });
  await finished(engine, () => engine.calls.importPhotos({ path: folder }));
  console.log(`${paths.length} photos, ${values.threads} threads; ${cpus()[0]?.model}`);
  console.log(
    '| look | photos/s | cosine to float: mean (least) | judged by | P@5 | mAP | P@5 of pairs | mAP of pairs | recall@10 |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|');
  for (const name of wanted) {
    const speed = milliseconds[name] ? ((1000 * paths.length) / milliseconds[name]).toFixed(0) : '–';
    const like = features.float ? agreement(features[name]!, features.float) : '–';
    await open(engine, features[name]!);
    console.log(`| ${name} | ${speed} | ${like} | starter | ${await measures(engine)} |`);
    if (!values.train) continue;
    await finished(engine, () => engine.calls.train({ seed: 1, holdout: photos.heldOut }));
    console.log(`| ${name} | | | head, seed 1 | ${await measures(engine)} |`);
  }
} finally {
  await engine.close();
  rmSync(work, { recursive: true, force: true });
}
