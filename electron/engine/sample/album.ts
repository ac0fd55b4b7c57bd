/**
 * Draws the sample album: a folder of pictures with a `captions.tsv`, to be imported as any other folder is, for somebody
 * who wants to see what Photolex does before showing it their own photos. Nothing is downloaded: every picture is drawn.
 */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { renderSvg } from '../../../native/drawing.ts';
import { writeAtomically } from '../../../native/files.ts';
import { type Drawing, drawScene, planAlbum, type Scene } from './scenes.ts';

export interface SampleAlbumOptions {
  /** How many pictures; 600 when left out. */
  photos?: number;
  /** Equal seeds give equal albums; 1 when left out. */
  seed?: number;
  /** Stops the drawing. What is drawn stays, and the next call draws the album anew. */
  signal?: AbortSignal;
  /** Called after each picture. */
  onProgress?: (done: number, total: number) => void;
}

export interface SampleAlbum {
  /** How many pictures the folder holds. */
  photos: number;
  /** Path of its `captions.tsv`: lines of `file<TAB>text`, captioned pictures only. */
  captions: string;
  /** Path of its `labels.tsv`: lines of `file<TAB>concept, concept, …`, what is truly in each picture. */
  labels: string;
}

/** Pictures drawn at a time. The renderer is single-threaded per picture, its encoder is not. */
const concurrency = 4;

const quality = 86;

/**
 * Draws the album into a folder, which is made if it is missing. `captions.tsv` comes last, so a folder that has it is
 * complete, and is left as it is when the same album is asked for again (a picture that is missing is drawn).
 *
 * Throws an Error when the folder holds anything but a sample album, a RangeError for a number of photos below 1, and the
 * signal's reason when stopped; nothing is written after the promise is settled.
 */
export async function drawSampleAlbum(
  folder: string,
  options: SampleAlbumOptions = {},
): Promise<SampleAlbum> {
  const { photos = 600, seed = 1, signal, onProgress } = options;
  signal?.throwIfAborted();
  const scenes = planAlbum(photos, seed);
  const album: SampleAlbum = {
    photos,
    captions: join(folder, 'captions.tsv'),
    labels: join(folder, 'labels.tsv'),
  };
  await mkdir(folder, { recursive: true });
  const present = new Set(await readdir(folder));
  refuseStrangers(folder, present);

  const captions = scenes
    .filter((scene) => scene.caption !== undefined)
    .map((scene) => `${scene.file}\t${scene.caption}\n`);
  const complete =
    present.has('captions.tsv') &&
    present.has('labels.tsv') &&
    (await readFile(album.captions, 'utf8')) === captions.join('');
  if (complete) {
    const missing = scenes.filter((scene) => !present.has(scene.file));
    await drawAll(folder, missing, signal, onProgress);
    return album;
  }

  await rm(album.captions, { force: true });
  await removeSurplus(folder, present, scenes);
  const drawings = await drawAll(folder, scenes, signal, onProgress);
  const labels = scenes.map((scene, i) => `${scene.file}\t${drawings[i]!.concepts.join(', ')}\n`);
  await writeAtomically(album.labels, labels.join(''));
  await writeAtomically(album.captions, captions.join(''));
  return album;
}

const ours = /^(sample-\d+\..*|(captions|labels)\.tsv(\.unfinished)?|\..*)$/;

/** The album's files carry common names: never write among somebody's own. */
function refuseStrangers(folder: string, present: ReadonlySet<string>): void {
  const stranger = [...present].find((name) => !ours.test(name));
  if (stranger === undefined) return;
  throw new Error(
    `${folder} already holds other files, for example ${stranger}. Choose an empty folder for the sample album.`,
  );
}

/** Pictures of a longer album drawn here before. */
async function removeSurplus(
  folder: string,
  present: ReadonlySet<string>,
  scenes: readonly Scene[],
): Promise<void> {
  const planned = new Set(scenes.map((scene) => scene.file));
  for (const name of present) {
    if (/^sample-\d+\.jpg$/.test(name) && !planned.has(name)) await rm(join(folder, name), { force: true });
  }
}

/**
 * Draws scenes into the folder, a few at a time, and returns what is in each. Settles only when nothing is being
 * written any more.
 */
async function drawAll(
  folder: string,
  scenes: readonly Scene[],
  signal: AbortSignal | undefined,
  onProgress: SampleAlbumOptions['onProgress'],
): Promise<Pick<Drawing, 'concepts'>[]> {
  const drawn = new Array<Pick<Drawing, 'concepts'>>(scenes.length);
  let next = 0;
  let done = 0;
  let failed = false;
  const work = async (): Promise<void> => {
    try {
      while (next < scenes.length && !failed) {
        const index = next;
        next += 1;
        signal?.throwIfAborted();
        const { svg, concepts } = drawScene(scenes[index]!);
        await writeAtomically(join(folder, scenes[index]!.file), await renderSvg(svg, quality), {
          durable: false,
        });
        drawn[index] = { concepts };
        done += 1;
        onProgress?.(done, scenes.length);
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: concurrency }, work));
  const failure = workers.find((worker) => worker.status === 'rejected');
  if (failure) throw failure.reason;
  signal?.throwIfAborted();
  return drawn;
}
