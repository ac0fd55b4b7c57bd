/** Draws the application's icon as PNG, for systems that take no SVG: `node build/icons/render.ts`. */
import { join } from 'node:path';
import sharp from 'sharp';

/** Electron-builder makes every other size from this one. */
const SIZE = 1024;

const folder = import.meta.dirname;
await sharp(join(folder, 'icon.svg'), { density: (72 * SIZE) / 512 })
  .resize(SIZE, SIZE)
  .png({ compressionLevel: 9, palette: true })
  .toFile(join(folder, 'icon.png'));
