/** The features of a corpus under a backbone other than the index's: its photos are looked at before the training. */
import { plainCrop } from '../../../models/vision/augmentation.ts';
import { encodeOnnx } from '../../../models/vision/onnx.ts';
import type { Thumbnail } from '../../../native/image.ts';
import type { TrainingBackbone } from './backbones.ts';
import type { Corpus } from './corpus.ts';
import { cancelledError, type LearnHooks } from './learnHooks.ts';
import { PictureViews } from './pictureViews.ts';

/** Photos that are looked at together. */
const LOOK_BATCH = 64;

/** A corpus with the features of a backbone that the index does not keep. @throws {PhotolexError} `cancelled` */
export async function seenBy(
  backbone: TrainingBackbone,
  corpus: Corpus,
  thumbnail: (row: number) => Thumbnail,
  hooks: LearnHooks,
): Promise<Corpus> {
  if (backbone.isIndexed) return corpus;
  const views = new PictureViews({ crop: plainCrop, side: null });
  try {
    await views.setNetwork('backbone', encodeOnnx(backbone.graph), 'features');
    const total = corpus.photos.length;
    let features = new Float32Array();
    for (let start = 0; start < total; start += LOOK_BATCH) {
      hooks.progress({ stage: 'Looking at the photos', done: start, total, unit: 'photos' });
      await hooks.pause();
      if (hooks.cancelled()) throw cancelledError();
      const rows = Array.from({ length: Math.min(LOOK_BATCH, total - start) }, (_, index) => start + index);
      const seen = await views.look(
        rows.map((row) => ({ ...thumbnail(row), seed: null })),
        'backbone',
      );
      const width = seen[0]!.values.length;
      if (start === 0) features = new Float32Array(total * width);
      seen.forEach(({ values }, index) => {
        features.set(values, (start + index) * width);
      });
    }
    return { ...corpus, features, width: features.length / Math.max(1, total) };
  } finally {
    await views.close();
  }
}
