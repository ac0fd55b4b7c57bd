/** How a model is trained, and how its training goes. */
import { z } from 'zod';
import { textAlgorithms } from '../../../models/text/algorithms.ts';
import { negativeSamplings } from '../../../models/vision/negatives.ts';
import { job } from './parts.ts';

export { textNames } from '../../../models/text/algorithms.ts';

export const textSchema = z.enum(textAlgorithms);
/**
 * What training minimises: pictures and words learn together (`contrastive`), or pictures learn where the text embedding puts their
 * captions (`sigmoid`, the paper's; `triplet`, its sequel's).
 */
export const lossSchema = z.enum(['contrastive', 'sigmoid', 'triplet']);
export type Loss = z.infer<typeof lossSchema>;

/** The numbers that an image network may want of a pixel; see `electron/engine/train/backbones.ts`. */
export const pixelFormatSchema = z.enum(['imagenet', 'symmetric', 'unit', 'bytes', 'caffe']);
export type PixelFormat = z.infer<typeof pixelFormatSchema>;

export const trainInputSchema = z.object({
  text: textSchema.default('word2vec'),
  /** Of the space; left out, 400 or what the vectors that it starts from have. */
  dimension: z.number().int().min(16).max(1024).optional(),
  /** Left out, `starter` for the contrastive loss and `pretrained` for the others, which learn no words to start from. */
  init: z.enum(['starter', 'pretrained', 'scratch']).optional(),
  /** A file of word vectors (word2vec, GloVe, fastText) to start from in place of the bundled ones. */
  pretrained: z.string().min(1).max(4096).optional(),
  weighting: z.enum(['mean', 'tfidf']).default('tfidf'),
  /** `efficientnet-lite0`, `googlenet` (which begins with random weights), or the path of an ONNX file. */
  backbone: z.string().min(1).max(4096).default('efficientnet-lite0'),
  /** What a file's network wants of a pixel, where the file does not say so. */
  pixels: pixelFormatSchema.optional(),
  /** Side of the squares that the network sees; left out, photos keep their shape, or have what the file declares. */
  side: z.number().int().min(32).max(640).optional(),
  loss: lossSchema.default('contrastive'),
  /** Which captions of a batch the triplet loss tells a picture's own from; see `models/vision/negatives.ts`. */
  negatives: z.enum(negativeSamplings).default('semi-hard'),
  tune: z.enum(['head', 'last', 'all']).default('head'),
  /** How the network descends: as is best, or as the paper's does. */
  recipe: z.enum(['best', 'paper']).default('best'),
  /** Passes of the network over the photos; left out, as many as the recipe thinks right. */
  passes: z.number().int().min(1).max(1000).optional(),
  /** What computes; `auto` is the best that is there. */
  backend: z.enum(['auto', 'tensorflow', 'webgpu', 'wasm']).default('auto'),
  /** A fraction of the captioned photos, or the paths of the photos whose captions stay hidden. */
  holdout: z.union([z.number().min(0).max(0.9), z.array(z.string())]).optional(),
  /** Given, the same captions make the same model: chance starts from it, and text is learnt on one thread. */
  seed: z.number().int().min(0).optional(),
  /** Goes on from the checkpoint of the last interrupted or cancelled training. */
  resume: z.boolean().default(false),
});
export type TrainInput = z.input<typeof trainInputSchema>;

/** Choices that belong together. `paper` is Gomez et al. 2018, "Learning to Learn from Web Data through Deep Semantic Embeddings". */
export const presets: Readonly<Record<'paper', TrainInput>> = {
  paper: {
    text: 'glove',
    weighting: 'tfidf',
    loss: 'sigmoid',
    backbone: 'googlenet',
    side: 224,
    tune: 'all',
    recipe: 'paper',
  },
};

/** One point of a training curve. Measures are null where nothing was held out. */
export const trainingPointSchema = z.object({
  step: z.number().int(),
  steps: z.number().int(),
  pass: z.number(),
  loss: z.number(),
  precisionAt5: z.number().nullable(),
  meanAveragePrecision: z.number().nullable(),
});
export type TrainingPoint = z.infer<typeof trainingPointSchema>;

export const trainingCalls = {
  train: { input: trainInputSchema, output: job },
  /** What was asked for when a model was trained; null where that is not known. */
  trainedAs: { input: z.object({ model: z.string() }), output: trainInputSchema.nullable() },
} as const;
