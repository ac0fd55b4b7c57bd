/**
 * Photos as telephones take them, 12 megapixels, from the file to what the library keeps of each: hash and metadata, thumbnail, which is the training
 * image too, and features. Beside it the decoding alone, at full size and at the size at which JPEG lets itself be decoded for a
 * thumbnail. Processor time is told too, because a machine with other work to do changes it little.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { importSource, newImportReport } from '../../../electron/engine/import/importer.ts';
import { indexPhotos } from '../../../electron/engine/index/indexer.ts';
import { Vision } from '../../../electron/engine/index/vision.ts';
import { Library } from '../../../electron/engine/library/library.ts';
import { drawScene, planAlbum } from '../../../electron/engine/sample/scenes.ts';
import { Random } from '../../../models/random.ts';
import { renderSvg } from '../../../native/drawing.ts';
import { thumbnailSize } from '../../../native/image.ts';
import type { Note } from './note.ts';

const [WIDTH, HEIGHT] = [4000, 3000];
const SCENES = 8;
/** Photos of one measurement; all are measured in turn until all photos were. */
const ROUND = 40;
/** Photos under way at a time, as many as Node has threads for. */
const AT_ONCE = 4;

interface Cost {
  seconds: number;
  /** Of all threads. */
  processorSeconds: number;
}

export async function benchPhotos(folder: string, count: number, note: Note): Promise<void> {
  const rounds = await makePhotos(join(folder, 'photos'), count);
  const bytes = rounds.flatMap(({ bytes }) => bytes).reduce((sum, size) => sum + size, 0) / count;
  note('photos', `${count} JPEGs of ${WIDTH} × ${HEIGHT}, ${(bytes / 1e6).toFixed(1)} MB each`);
  const library = Library.open(join(folder, 'library'), { create: true });
  const vision = await Vision.create();
  const small = thumbnailSize(WIDTH, HEIGHT);
  const parts: Record<string, (round: Round) => Promise<void>> = {
    'decode at full size': ({ paths }) => eachAtOnce(paths, (path) => sharp(path).raw().toBuffer()),
    'decode as small as a thumbnail needs': ({ paths }) =>
      eachAtOnce(paths, (path) => sharp(path).resize(small.width, small.height).raw().toBuffer()),
    'file to thumbnail, training image and features': async ({ folder }) => {
      await importSource(library, folder, { report: newImportReport(folder, new Date().toISOString()) });
      await indexPhotos(library, vision, { model: null });
    },
  };
  const costs = new Map<string, Cost[]>(Object.keys(parts).map((name) => [name, []]));
  try {
    await Promise.all(rounds[0]!.paths.map((path) => sharp(path).resize(32).toBuffer()));
    for (const round of rounds)
      for (const [name, work] of Object.entries(parts))
        costs.get(name)!.push(await costOf(() => work(round)));
    if (library.photos.counts().indexed !== count) throw new Error('Not every photo was indexed.');
  } finally {
    library.close();
  }
  const sums = [...costs].map(([name, all]) => {
    const sum = (of: keyof Cost) => all.reduce((total, cost) => total + cost[of], 0) / count;
    return { name, seconds: sum('seconds'), processorSeconds: sum('processorSeconds') };
  });
  const whole = sums.at(-1)!;
  for (const { name, seconds, processorSeconds } of sums)
    note(
      name,
      `${(1 / seconds).toFixed(1)} photos/s, ${(1000 * processorSeconds).toFixed(0)} ms of processor a photo` +
        (name === whole.name
          ? ''
          : `; ${percent(seconds / whole.seconds)} of the whole by time, ${percent(processorSeconds / whole.processorSeconds)} by processor`),
      name === 'decode at full size' ? '≥ 80 %' : '',
    );
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

interface Round {
  folder: string;
  paths: string[];
  bytes: number[];
}

async function costOf(work: () => Promise<void>): Promise<Cost> {
  const [started, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - started) / 1000, processorSeconds: (user + system) / 1e6 };
}

async function eachAtOnce(paths: readonly string[], work: (path: string) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < paths.length) await work(paths[next++]!);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** Scenes of the sample album at 12 megapixels with the noise of a sensor, in folders of a round each. */
async function makePhotos(folder: string, count: number): Promise<Round[]> {
  const random = new Random(1);
  const noise = Float32Array.from({ length: 1 << 20 }, () => 5 * random.gaussian());
  const jpegs: Buffer[] = [];
  for (const scene of planAlbum(SCENES, 3)) {
    const drawing = await renderSvg(drawScene(scene).svg, 95);
    const pixels = await sharp(drawing).resize(WIDTH, HEIGHT, { fit: 'fill' }).raw().toBuffer();
    const clamped = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
    for (let at = 0, from = random.integer(noise.length); at < clamped.length; at++)
      clamped[at] = clamped[at]! + noise[from++ % noise.length]!;
    jpegs.push(
      await sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
        .jpeg({ quality: 90 })
        .toBuffer(),
    );
  }
  const rounds: Round[] = [];
  for (let start = 0; start < count; start += ROUND) {
    const inside = join(folder, `round-${rounds.length}`);
    await mkdir(inside, { recursive: true });
    const round: Round = { folder: inside, paths: [], bytes: [] };
    for (let number = start; number < Math.min(start + ROUND, count); number++) {
      const path = join(inside, `${number}.jpg`);
      // What follows the end of the picture makes each a photo of its own.
      const bytes = Buffer.concat([jpegs[number % SCENES]!, Buffer.from(String(number))]);
      await writeFile(path, bytes);
      round.paths.push(path);
      round.bytes.push(bytes.length);
    }
    rounds.push(round);
  }
  return rounds;
}
