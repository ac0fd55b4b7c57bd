/** The process that looks at photos, started by `startWorker('vision-worker')`. What it can do is `VisionProcess`. */
import { viewableJpeg } from '../../../native/viewablePhoto.ts';
import { Vision, type VisionProcess } from '../index/vision.ts';
import { serveWorker } from './workerProcess.ts';

export type { VisionWorker } from '../index/vision.ts';

/** Made at the first call, so that a backbone that cannot be loaded is an error of that call and not a dead process; the next tries again. */
let vision: Promise<Vision> | undefined;
const ready = (): Promise<Vision> => {
  vision ??= Vision.create().catch((error: unknown) => {
    vision = undefined;
    throw error;
  });
  return vision;
};

serveWorker<object, VisionProcess>({
  load: async (options) => (await ready()).load(options),
  index: async (items) => (await ready()).index(items),
  picture: async (bytes) => (await ready()).picture(bytes),
  vectors: async (features, thumbnails) => (await ready()).vectors(features, thumbnails),
  looks: async (thumbnails) => (await ready()).looks(thumbnails),
  closer: async (thumbnails) => (await ready()).closer(thumbnails),
  // It needs no network, and a page waits for it.
  viewable: viewableJpeg,
});
