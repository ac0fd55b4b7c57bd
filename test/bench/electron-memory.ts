/**
 * What looking at photos with sharp costs in memory under Electron and under Node. See [Note: The engine under Node].
 *
 *     ELECTRON_OVERRIDE_DIST_PATH=<folder of an Electron> node test/bench/electron-memory.ts <folder of photos>
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { electronBinary } from '../../build/launcher.ts';
import { projectRoot } from '../../native/runtime.ts';

/** Photos between two readings. */
const PHOTOS = 400;

const [folder] = process.argv.slice(2);
const electron = electronBinary();
if (!folder || !electron) throw new Error('Usage: see the head of this file; an Electron must be there.');
const photos = readdirSync(folder)
  .filter((name) => /\.jpe?g$/i.test(name))
  .slice(0, 6 * PHOTOS)
  .map((name) => resolve(folder, name));

/** Runs under either: each photo as the network sees it and as a thumbnail. Prints megabytes. */
const script = `
const sharp = require(${JSON.stringify(join(projectRoot, 'node_modules', 'sharp'))});
sharp.concurrency(1);
let text = '';
process.stdin.on('data', (more) => (text += more)).on('end', async () => {
  for (const [at, photo] of JSON.parse(text).entries()) {
    await sharp(photo).resize(224, 224, { fit: 'fill' }).raw().toBuffer();
    await sharp(photo).resize(320).webp().toBuffer();
    if (at % ${PHOTOS} === ${PHOTOS - 1}) console.log(Math.round(process.memoryUsage.rss() / 1e6));
  }
});`;

for (const [name, binary] of [
  ['Node', process.execPath],
  ['Electron', electron],
] as const) {
  const { stdout } = spawnSync(binary, ['-e', script], {
    input: JSON.stringify(photos),
    encoding: 'utf8',
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    maxBuffer: 1 << 28,
  });
  console.log(`${name}: ${stdout.trim().split('\n').join(', ')} MB after each ${PHOTOS} photos`);
}
