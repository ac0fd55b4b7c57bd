/** Taking photos out of a library: their words, features, vectors and thumbnails. Files of photos are never touched. */
import { rm } from 'node:fs/promises';
import type { Library } from './library.ts';

/** Photos removed in one transaction. */
const BATCH = 200;

/** Removes photos. Of one that is cut off, whatever was removed is removed whole. */
export async function removePhotos(
  library: Library,
  gone: readonly { photo: number; hash: string }[],
): Promise<void> {
  const models = library.models.list();
  for (let start = 0; start < gone.length; start += BATCH) {
    const batch = gone.slice(start, start + BATCH);
    library.transaction(() => {
      for (const { photo } of batch) {
        for (const model of models) library.vectors.remove(model, photo);
        library.photos.remove(photo);
      }
    });
    await Promise.all(batch.map(({ hash }) => rm(library.thumbnailPath(hash), { force: true })));
  }
}
