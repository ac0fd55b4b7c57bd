/** Many small files: their first import, with the memory that it takes, and the import of all of them unchanged. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { importSource, newImportReport } from '../../../electron/engine/import/importer.ts';
import { Library } from '../../../electron/engine/library/library.ts';
import { type Note, seconds } from './note.ts';

const FOLDER_SIZE = 500;
/** One file in so many has a sidecar, which costs a call of exiftool. */
const SIDECAR_EVERY = 50;

export async function benchRescan(folder: string, files: number, note: Note): Promise<void> {
  const photos = join(folder, 'photos');
  await makeFiles(photos, files);
  const library = Library.open(join(folder, 'library'), { create: true });
  try {
    const memory: string[] = [];
    const first = await timedImport(library, photos, ({ stage, done, total }) => {
      if (stage === 'Reading files' && total !== null && done >= (total * (memory.length + 1)) / 4)
        memory.push(`${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MB`);
    });
    note(`first import of ${files.toLocaleString('en')} small files`, seconds(first));
    note('memory at each quarter of it', memory.join(', '));
    for (const time of ['', ', once more']) {
      const again = await timedImport(library, photos);
      note(`import of the same files unchanged${time}`, seconds(again), '≤ 20 s');
    }
  } finally {
    library.close();
  }
}

async function timedImport(
  library: Library,
  path: string,
  onProgress: (progress: { stage: string; done: number; total: number | null }) => void = () => {},
): Promise<number> {
  const started = performance.now();
  const report = newImportReport(path, new Date().toISOString());
  await importSource(library, path, { report, onProgress });
  if (report.skipped.length > 0) throw new Error(`${report.skipped[0]!.path}: ${report.skipped[0]!.reason}`);
  return performance.now() - started;
}

/** Small JPEGs, each of other bytes by a segment that no program reads; half of them captioned, some with a sidecar. */
async function makeFiles(folder: string, files: number): Promise<void> {
  const jpeg = await sharp({ create: { width: 32, height: 24, channels: 3, background: 'teal' } })
    .jpeg()
    .toBuffer();
  let captions: string[] = [];
  for (let start = 0; start < files; start += FOLDER_SIZE) {
    const inside = join(folder, `day-${String(start / FOLDER_SIZE).padStart(4, '0')}`);
    await mkdir(inside, { recursive: true });
    captions = [];
    const numbers = Array.from({ length: Math.min(FOLDER_SIZE, files - start) }, (_, index) => start + index);
    await Promise.all(
      numbers.flatMap((number) => {
        const name = `IMG_${String(number).padStart(6, '0')}.jpg`;
        const segment = Buffer.alloc(8);
        segment.writeUInt32BE(0xffef0006, 0);
        segment.writeUInt32BE(number, 4);
        if (number % 2 === 0) captions.push(`${name}\tphoto number ${number} of a day at the sea`);
        const writes = [
          writeFile(join(inside, name), Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)])),
        ];
        if (number % SIDECAR_EVERY === 0)
          writes.push(writeFile(join(inside, `${name}.xmp`), sidecar(number)));
        return writes;
      }),
    );
    await writeFile(join(inside, 'captions.tsv'), `${captions.join('\n')}\n`);
  }
}

const sidecar = (number: number): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject><rdf:Bag><rdf:li>day ${number % 365}</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>`;
