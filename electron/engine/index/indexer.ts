/**
 * Indexes what an import left to index: the vision worker looks at the photos, and what it saw is committed batch by
 * batch. A photo is either done, with its thumbnail, features and vector, or still to do, so an index that was
 * killed at any moment goes on where it was by simply being started again.
 */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { BackboneName } from '../../../native/backbone.ts';
import type { Progress } from '../import/progress.ts';
import type { Library } from '../library/library.ts';
import type { StoredModel } from '../library/models.ts';
import type { PhotoFile } from '../library/photos.ts';
import { isWorkerStopped } from '../workers/workerProcess.ts';
import type { IndexedPhoto, IndexReply, UnindexedPhoto, VisionWorker } from './vision.ts';

/** Photos of one call to the worker, and of one transaction. */
const BATCH = 24;
/** Calls under way: while the worker computes on one, it decodes the next. */
const CALLS = 3;
/** Features turned into vectors in one call. */
const VECTOR_BATCH = 256;

export interface IndexModel {
  stored: StoredModel;
  /** Path of its head, as the worker was told to load it. */
  network: string;
}

/** A photo that could not be indexed, and why. */
export interface IndexProblem {
  photo: number;
  path: string;
  reason: string;
}

export interface IndexOptions {
  /** The active model; null if there is none yet, then photos get features only. */
  model: IndexModel | null;
  backbone?: BackboneName;
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Told of each photo that could not be indexed. */
  onProblem?: (problem: IndexProblem) => void;
}

/**
 * Indexes every photo that waits for it, and gives a vector to every photo that has features and no vector yet.
 * Returns how many photos were indexed.
 * @throws the signal's reason if it is aborted, `worker-stopped` if the worker ends and there is no other; what was committed stays.
 */
export async function indexPhotos(
  library: Library,
  vision: VisionWorker,
  options: IndexOptions,
): Promise<number> {
  const { model, backbone = 'efficientnet-lite0', signal, onProgress, onProblem } = options;
  const { photos, features, vectors } = library;
  const stage = 'Looking at the photos';
  const total = photos.countToIndex();
  let indexed = 0;
  let done = 0;

  const commit = (files: ReadonlyMap<number, PhotoFile>, { network, photos: seen }: IndexReply) => {
    const at = new Date().toISOString();
    library.transaction(() => {
      for (const photo of seen) {
        if ('problem' in photo) {
          if (photo.lasting) photos.setProblem(photo.photo, photo.problem);
          continue;
        }
        photos.setIndexed(photo.photo, photo.width, photo.height, at);
        photos.setLook(photo.photo, photo.look);
        features.set(photo.photo, backbone, photo.feature);
      }
      const found = seen.filter(hasVector);
      // A vector made by another model than the one asked for is worth nothing; `fillVectors` makes the right one.
      if (model && model.network === network && found.length > 0)
        vectors.set(
          model.stored,
          found.map(({ photo }) => photo),
          joined(found.map(({ vector }) => vector)),
        );
    });
    for (const photo of seen) {
      if (!('problem' in photo)) indexed += 1;
      else onProblem?.({ photo: photo.photo, path: files.get(photo.photo)!.path, reason: photo.problem });
    }
    done += seen.length;
    onProgress?.({ stage, done, total, unit: 'photos' });
  };

  const look = async (batch: readonly PhotoFile[]): Promise<void> => {
    const items = batch.map(({ photo, hash, folder, path }) => ({
      photo,
      path: join(folder, path),
      thumbnail: library.thumbnailPath(hash),
    }));
    const reply = await vision.index(items);
    if (!signal?.aborted) commit(new Map(batch.map((file) => [file.photo, file])), reply);
  };

  /** What was under way when the worker ended: one of them may be the reason. */
  const suspects: PhotoFile[] = [];
  /** Looks at a photo that the worker is blamed for if it ends. */
  const lookAlone = async (file: PhotoFile): Promise<void> => {
    // A worker that does not get as far as this was not ended by a photo.
    await vision.index([]);
    signal?.throwIfAborted();
    try {
      await look([file]);
    } catch (error) {
      if (!isWorkerStopped(error) || signal?.aborted) throw error;
      const { photo } = file;
      const crash: UnindexedPhoto = { photo, problem: 'it makes the decoder crash', lasting: true };
      commit(new Map([[photo, file]]), { network: null, photos: [crash] });
    }
  };

  let last = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    try {
      while (!failed && suspects.length === 0) {
        signal?.throwIfAborted();
        const batch = photos.toIndex(last, BATCH);
        if (batch.length === 0) return;
        last = batch.at(-1)!.photo;
        try {
          await look(batch);
        } catch (error) {
          if (!isWorkerStopped(error) || signal?.aborted) throw error;
          suspects.push(...batch);
        }
        await setImmediate();
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  onProgress?.({ stage, done, total, unit: 'photos' });
  let alone: PhotoFile[];
  do {
    await settle(Array.from({ length: CALLS }, lane));
    alone = suspects.splice(0);
    for (const file of alone) await lookAlone(file);
  } while (alone.length > 0);
  if (model) await fillVectors(library, vision, { ...options, model });
  return indexed;
}

/**
 * Gives a vector under a model to every photo that has features and no vector: photos indexed before there was a
 * model, or while another one was active. The worker must have the model loaded.
 */
export async function fillVectors(
  library: Library,
  vision: VisionWorker,
  { model, backbone = 'efficientnet-lite0', signal, onProgress }: IndexOptions & { model: IndexModel },
): Promise<void> {
  const { features, photos, vectors } = library;
  const missing = vectors.missing(model.stored);
  for (let start = 0; start < missing.length; start += VECTOR_BATCH) {
    signal?.throwIfAborted();
    const batch = missing.slice(start, start + VECTOR_BATCH).flatMap((photo) => {
      const [feature, stored] = [features.get(photo, backbone), photos.get(photo)];
      return feature && stored
        ? [{ photo, feature, hash: stored.hash, thumbnail: library.thumbnail(stored) }]
        : [];
    });
    const made = await vision.vectors(
      joined(batch.map(({ feature }) => feature)),
      batch.map(({ thumbnail }) => thumbnail),
    );
    signal?.throwIfAborted();
    const { dimension } = model.stored;
    library.transaction(() => {
      // A photo whose file was replaced meanwhile looks different now.
      for (const [row, { photo, hash }] of batch.entries())
        if (photos.get(photo)?.hash === hash)
          vectors.set(model.stored, [photo], made.subarray(row * dimension, (row + 1) * dimension));
    });
    const done = start + batch.length;
    onProgress?.({ stage: 'Placing the photos', done, total: missing.length, unit: 'photos' });
    await setImmediate();
  }
}

/** Lets the photos whose thumbnail is lost be indexed again, which makes it anew; those without a file that is there stay as they are. */
export async function findLostThumbnails(library: Library): Promise<void> {
  const { photos } = library;
  const present = await library.thumbnailHashes();
  const lost = photos.indexedWithFile().filter(({ hash }) => !present.has(hash));
  library.transaction(() => {
    for (const { id } of lost) photos.setUnindexed(id);
  });
}

/** Thumbnails read in one call. */
const LOOK_BATCH = 48;

/** Gives a perceptual hash to every photo that was indexed before there were any. */
export async function fillLooks(
  library: Library,
  vision: Pick<VisionWorker, 'looks'>,
  { signal, onProgress }: Pick<IndexOptions, 'signal' | 'onProgress'>,
): Promise<void> {
  const total = library.photos.countLacking('hash');
  let after = 0;
  let done = 0;
  for (;;) {
    signal?.throwIfAborted();
    const batch = library.photos.lacking('hash', after, LOOK_BATCH);
    if (batch.length === 0) return;
    after = batch.at(-1)!.id;
    const looks = await vision.looks(batch.map(({ hash }) => library.thumbnailPath(hash)));
    library.transaction(() => {
      for (const [row, { id, hash }] of batch.entries()) {
        const look = looks[row];
        if (look && library.photos.get(id)?.hash === hash) library.photos.setLook(id, look);
      }
    });
    done += batch.length;
    onProgress?.({ stage: 'Comparing photos', done, total, unit: 'photos' });
    await setImmediate();
  }
}

/** Looks at every indexed photo once more, closer, by its thumbnail: its features and its vectors become those of the closer look. */
export async function lookCloser(
  library: Library,
  vision: Pick<VisionWorker, 'closer' | 'vectors'>,
  { model, backbone = 'efficientnet-lite0', signal, onProgress }: IndexOptions & { model: IndexModel },
): Promise<void> {
  const { photos, features, vectors, models } = library;
  const total = photos.countLacking('closer');
  const { dimension } = model.stored;
  let after = 0;
  let done = 0;
  for (;;) {
    signal?.throwIfAborted();
    const batch = photos.lacking('closer', after, LOOK_BATCH);
    if (batch.length === 0) return;
    after = batch.at(-1)!.id;
    done += batch.length;
    const seen = await vision.closer(batch.map(({ hash }) => library.thumbnailPath(hash)));
    const found = batch.flatMap(({ id, hash }, row) => {
      const feature = seen[row];
      return feature ? [{ id, hash, feature }] : [];
    });
    if (found.length === 0) continue;
    const made = await vision.vectors(
      joined(found.map(({ feature }) => feature)),
      found.map(({ hash }) => library.thumbnail({ hash, closer: 1 })),
    );
    signal?.throwIfAborted();
    library.transaction(() => {
      for (const [row, { id, hash, feature }] of found.entries()) {
        // A photo whose file was replaced meanwhile looks different now.
        if (photos.get(id)?.hash !== hash) continue;
        features.set(id, backbone, feature);
        photos.setCloser(id);
        // The others, of which one may have been trained meanwhile, get theirs when they are activated.
        for (const other of models.list()) if (other.id !== model.stored.id) vectors.remove(other, id);
        vectors.set(model.stored, [id], made.subarray(row * dimension, (row + 1) * dimension));
      }
    });
    onProgress?.({ stage: 'Looking closer', done, total, unit: 'photos' });
    await setImmediate();
  }
}

function hasVector(photo: IndexedPhoto | UnindexedPhoto): photo is IndexedPhoto & { vector: Float32Array } {
  return 'vector' in photo && photo.vector !== null;
}

/** Rows of equal length, one after the other. */
function joined(rows: readonly Float32Array[]): Float32Array {
  const width = rows[0]?.length ?? 0;
  const all = new Float32Array(rows.length * width);
  rows.forEach((row, index) => {
    all.set(row, index * width);
  });
  return all;
}

/** Waits for all to end, even when one fails, so that nothing writes after the caller was told; then throws. */
async function settle(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
