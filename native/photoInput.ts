/** A photo of the library as a decoder takes it, wherever it lies and whatever it is. */
import { extname, join } from 'node:path';
import type { PhotoSource } from './image.ts';
import { FileProblem } from './problem.ts';
import { isRawName, rawPreview } from './rawPhoto.ts';
import { withTemporaryFolder } from './temporaryFolder.ts';
import { pathInZip, withArchive } from './zip.ts';

/**
 * The photo at `path`, which may go through a zip archive; of a RAW photo its preview.
 * @throws {FileProblem} if it cannot be read, or is a RAW photo without a preview.
 */
export async function photoInput(path: string): Promise<PhotoSource> {
  const zipped = await pathInZip(path);
  if (!isRawName(path)) {
    if (zipped === null) return { input: path };
    return { input: await withArchive(zipped.archive, (archive) => archive.bytes(zipped.inside)) };
  }
  if (zipped === null) return previewOf(path);
  return await withTemporaryFolder(async (folder) => {
    const file = join(folder, `photo${extname(path)}`);
    await withArchive(zipped.archive, (archive) => archive.extract(zipped.inside, file));
    return await previewOf(file);
  });
}

async function previewOf(path: string): Promise<PhotoSource> {
  const preview = await rawPreview(path);
  if (preview === null)
    throw new FileProblem('this RAW photo has no preview in it, and Photolex does not develop RAW', true);
  return { input: preview.bytes, orientation: preview.orientation };
}
