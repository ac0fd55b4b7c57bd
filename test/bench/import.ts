/**
 * How fast photos come in: `npm run bench:import`, with
 *
 *     --parts <list>       rescan, photos (all by default)
 *     --files <n>          small files of the rescan (default 100,000)
 *     --photos <n>         12-megapixel photos (default 160)
 *
 * `rescan` imports many small files, tells the memory at each quarter, and imports them again unchanged. `photos` takes 12-megapixel JPEGs
 * from the file to thumbnail, training image and features, and the decoding alone beside it, in turn, so that a busy machine slows both.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchPhotos } from './import/photos.ts';
import { benchRescan } from './import/rescan.ts';

const { values } = parseArgs({
  options: {
    parts: { type: 'string', default: 'rescan,photos' },
    files: { type: 'string', default: '100000' },
    photos: { type: 'string', default: '160' },
  },
});

const work = mkdtempSync(join(tmpdir(), 'photolex-bench-'));
const note = (what: string, measured: string, goal = ''): void =>
  console.log(`${what}: ${measured}${goal && ` (goal ${goal})`}`);
console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}\n`);
try {
  for (const part of values.parts.split(',')) {
    const folder = join(work, part);
    mkdirSync(folder);
    if (part === 'rescan') await benchRescan(folder, Number(values.files), note);
    else if (part === 'photos') await benchPhotos(folder, Number(values.photos), note);
    else throw new Error(`There is no part ${part}.`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
