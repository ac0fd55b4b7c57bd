/**
 * The one contract between the engine and whoever asks: every call with the schema of its input and output,
 * and every event. The renderer imports this file and nothing else of the engine; the command line, the server
 * and the Electron shell speak the same calls over other transports. Types are inferred from the schemas, so
 * nothing is declared twice.
 *
 * Units: times are ISO 8601 strings or seconds where the name says so, sizes are pixels or bytes, weights lie in
 * [-1, 1], similarities are cosines, probabilities and measures are fractions.
 */
import { z } from 'zod';
import { textAlgorithms } from '../../models/text/algorithms.ts';
import { negativeSamplings } from '../../models/vision/negatives.ts';

export { textNames } from '../../models/text/algorithms.ts';

/** The largest weight of a concept, either way. */
export const MAXIMUM_WEIGHT = 1;

const weight = z.number().min(-MAXIMUM_WEIGHT).max(MAXIMUM_WEIGHT);

/** One thing to look for or to avoid: words, a photo of the library, or a picture brought from outside. */
export const conceptSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string().min(1).max(200), weight }),
  z.object({ kind: z.literal('photo'), photo: z.number().int().positive(), weight }),
  z.object({ kind: z.literal('image'), image: z.string().min(1).max(100), weight }),
]);
export type Concept = z.infer<typeof conceptSchema>;

/**
 * How columns of concept scores become one ranking: `all` asks that every concept be there and none that is taken away, `mean` is
 * the paper's weighted sum; see `models/joint/composition.ts`. The default is the better one, measured with
 * `npm run bench -- <folder> --only compose`.
 */
export const composeSchema = z.enum(['all', 'mean']);
const compose = composeSchema.default('all');
export type Compose = z.infer<typeof composeSchema>;

/**
 * Where the meaning of a query word comes from: `learned` from this library's captions, `starter` from the model
 * that ships with Photolex, `pretrained` through the map from text vectors, `spelling` guessed from its letters. `written` is a
 * word that no model knows and that stands in texts of photos, which are found by it; `unknown` if nobody knows it.
 */
export const wordSourceSchema = z.enum([
  'learned',
  'starter',
  'pretrained',
  'spelling',
  'written',
  'unknown',
]);
export type WordSource = z.infer<typeof wordSourceSchema>;

export const conceptInfoSchema = z.object({
  /** What a chip shows: the words as typed, or the name of the picture. */
  label: z.string(),
  words: z.array(z.object({ word: z.string(), source: wordSourceSchema })),
  /** False if the concept has no vector and nobody wrote it; it then contributes nothing. */
  known: z.boolean(),
});
export type ConceptInfo = z.infer<typeof conceptInfoSchema>;

export const photoSchema = z.object({
  id: z.number().int(),
  /** As displayed, after EXIF orientation. */
  width: z.number().int(),
  height: z.number().int(),
  captioned: z.boolean(),
  /** Changes with the photo's bytes, for addresses of its pictures that must not show what was kept of the old ones. */
  revision: z.string(),
  /** True while none of its files is there; its thumbnail is shown. */
  offline: z.boolean(),
  /** Of a photo that stands for a group of photos that are one: what kind of one, and how many, with their videos. */
  group: z.object({ kind: z.enum(['raw', 'live', 'edited', 'burst']), size: z.number().int() }).nullable(),
});
export type Photo = z.infer<typeof photoSchema>;

export const photoTextSchema = z.object({
  /** What kind of words: `caption`, `title`, `keyword`, … */
  kind: z.enum(['caption', 'title', 'keyword', 'album', 'person']),
  text: z.string(),
  /** Where they were found, for example `captions.tsv` or `XMP-dc:Description`. */
  source: z.string(),
});
export type PhotoText = z.infer<typeof photoTextSchema>;

export const labelColours = [
  'red',
  'orange',
  'yellow',
  'green',
  'blue',
  'purple',
  'grey',
  'black',
  'white',
] as const;

export const photoDetailsSchema = photoSchema.extend({
  texts: z.array(photoTextSchema),
  /** Keywords that stand below others, the outermost level first. Each level is among the texts too. */
  hierarchies: z.array(z.object({ levels: z.array(z.string()), source: z.string() })),
  /** Files that are there come first. An offline one is where the photo was last. */
  files: z.array(z.object({ path: z.string(), folder: z.string(), offline: z.boolean() })),
  /**
   * ISO 8601, as precise as it is known: a year, a month, a day or a time. A time is what the clock showed at the place, with its distance to
   * UTC if known; a `Z` stands where only UTC is known.
   */
  takenAt: z.string().nullable(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  camera: z.string().nullable(),
  /** Names from small to large; written by somebody, or of the inhabited place nearest to the coordinates. */
  place: z.object({ names: z.array(z.string()), origin: z.enum(['written', 'coordinates']) }).nullable(),
  /** Stars from 1 to 5, −1 for a rejected photo. */
  rating: z.number().int().min(-1).max(5).nullable(),
  label: z.enum(labelColours).nullable(),
  flag: z.enum(['picked', 'rejected']).nullable(),
  bytes: z.number().int(),
  /** The photos that are one with it, the one that is shown for all first, and itself; each with its file's name. */
  members: z.array(photoSchema.extend({ path: z.string() })),
  /** Names of the short videos that belong to them. */
  videos: z.array(z.string()),
});
export type PhotoDetails = z.infer<typeof photoDetailsSchema>;

/** A photo beside others that look like it. */
export const similarPhotoSchema = photoSchema.extend({
  path: z.string(),
  folder: z.string(),
  bytes: z.number().int(),
  takenAt: z.string().nullable(),
  /** In how many files its bytes are. */
  files: z.number().int(),
});
export type SimilarPhoto = z.infer<typeof similarPhotoSchema>;
export const similarSetSchema = z.object({
  photos: z.array(similarPhotoSchema),
  /** How alike the least alike is to the first: a cosine of what the network sees. */
  similarity: z.number(),
});
export type SimilarSet = z.infer<typeof similarSetSchema>;

export const textSchema = z.enum(textAlgorithms);
/**
 * What training minimises: pictures and words learn together (`contrastive`), or pictures learn where the text embedding puts their
 * captions (`sigmoid`, the paper's; `triplet`, its sequel's).
 */
export const lossSchema = z.enum(['contrastive', 'sigmoid', 'triplet']);
export type Loss = z.infer<typeof lossSchema>;
export const modelSchema = z.object({
  id: z.string(),
  name: z.string(),
  text: z.string(),
  backbone: z.string(),
  loss: z.string(),
  /** What of the network was trained: `head`, `last` or `all`. */
  tune: z.string(),
  /** What computed, in the user's words, and for how many seconds; null for the starter and for what is not known any more. */
  device: z.string().nullable(),
  seconds: z.number().nullable(),
  active: z.boolean(),
  createdAt: z.string(),
  /** Captioned photos it learned from; 0 for the starter, which learned elsewhere. */
  captions: z.number().int(),
  heldOut: z.number().int(),
  precisionAt5: z.number().nullable(),
  meanAveragePrecision: z.number().nullable(),
});
export type Model = z.infer<typeof modelSchema>;

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

export const jobKindSchema = z.enum(['sample', 'import', 'train', 'tag', 'sidecars']);
export const jobStateSchema = z.enum(['running', 'done', 'failed', 'cancelled', 'interrupted']);

/** Long work, as it stands. `rate` is units a second; `secondsLeft` is null until there is ground for an estimate. */
export const jobSchema = z.object({
  id: z.number().int(),
  kind: jobKindSchema,
  state: jobStateSchema,
  /** What is being done now, in the user's words: "Reading files", "Learning the words", … */
  stage: z.string(),
  done: z.number(),
  total: z.number().nullable(),
  unit: z.string(),
  rate: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  /** What a training minimises, in its latest step. */
  loss: z.number().nullable(),
  /** Share of the time in which what trains waited for photos; null for what trains on nothing that must be read. */
  waiting: z.number().nullable(),
  /** The result in one line, or why it failed. */
  message: z.string().nullable(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  curve: z.array(trainingPointSchema),
});
export type Job = z.infer<typeof jobSchema>;

export const libraryStatusSchema = z.object({
  path: z.string(),
  name: z.string(),
  photos: z.number().int(),
  captioned: z.number().int(),
  indexed: z.number().int(),
  /** Photos that could not be decoded. */
  problems: z.number().int(),
  /** Photos none of whose files is there, and those among them that nothing that is away could bring back. */
  offline: z.number().int(),
  lost: z.number().int(),
  /** Folders that are away. */
  away: z.array(z.string()),
  /** How many folders are watched for changes. */
  watched: z.number().int(),
  /** Why changes in some folder are not noticed by themselves, and what to do; null if they are, or nobody wants it. */
  watchProblem: z.string().nullable(),
  folders: z.array(z.string()),
  models: z.array(modelSchema),
  databaseBytes: z.number().int(),
  /** How many captioned photos start learning by themselves. */
  learnsFrom: z.number().int(),
  /** Captioned photos that have come since the active model learned, so that learning again would change something. */
  newCaptions: z.number().int(),
});
export type LibraryStatus = z.infer<typeof libraryStatusSchema>;

export const searchInputSchema = z.object({
  concepts: z.array(conceptSchema).max(32),
  compose,
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(5000).default(200),
  /** Only photos without words of their own. */
  untagged: z.boolean().default(false),
});
export type SearchInput = z.input<typeof searchInputSchema>;

export const searchResultSchema = photoSchema.extend({
  /** Relative to the imported folder. */
  path: z.string(),
  folder: z.string(),
  /** Under `all` how likely it is that everything is as asked (see `tempered` in `models/joint/composition.ts`), under `mean` the cosine with the whole query. */
  score: z.number(),
  /** Cosine of each concept with the photo, in the order of the query. */
  similarities: z.array(z.number()),
});
export type SearchResult = z.infer<typeof searchResultSchema>;

export const searchOutputSchema = z.object({
  model: z.string().nullable(),
  total: z.number().int(),
  concepts: z.array(conceptInfoSchema),
  results: z.array(searchResultSchema),
  milliseconds: z.number(),
});
export type SearchOutput = z.infer<typeof searchOutputSchema>;

/**
 * Why a photo stands where it stands: what each concept adds to its score, above what it adds to the average photo of the
 * library. The contributions add up to `score`.
 */
export const explanationSchema = z.object({
  score: z.number(),
  rank: z.number().int(),
  total: z.number().int(),
  contributions: z.array(
    z.object({
      label: z.string(),
      weight: z.number(),
      similarity: z.number(),
      /** Calibrated probability that the concept is in the picture; null for pictures and unknown words. */
      probability: z.number().nullable(),
      /** What the picture shows of the words that the concept's own cover, where that is likelier than the word itself: a "man" for "person". */
      seenAs: z.array(z.string()),
      contribution: z.number(),
      /** Words of the photo's own texts that this concept also has. */
      written: z.array(z.string()),
    }),
  ),
  /** The words of the vocabulary that the picture itself is most like, best first. */
  seen: z.array(z.object({ word: z.string(), probability: z.number() })),
});
export type Explanation = z.infer<typeof explanationSchema>;

export const nearestWordSchema = z.object({
  word: z.string(),
  similarity: z.number(),
  count: z.number().int(),
});
export type NearestWord = z.infer<typeof nearestWordSchema>;

/** Where words are compared: `pictures`, in the space where they lie among photos, or `text`, in the text embedding. */
export const wordSpaceSchema = z.enum(['pictures', 'text']);
export type WordSpace = z.infer<typeof wordSpaceSchema>;

/** A word that the active model has learned. */
export const learnedWordSchema = z.object({
  word: z.string(),
  /** How often it was written, and under how many photos. */
  count: z.number().int(),
  photos: z.number().int(),
});
export type LearnedWord = z.infer<typeof learnedWordSchema>;

/** What LDA found people to write about: words that go together. */
export const topicSchema = z.object({
  topic: z.number().int(),
  /** Its share of all that was written. */
  share: z.number(),
  words: z.array(z.object({ word: z.string(), probability: z.number() })),
});
export type Topic = z.infer<typeof topicSchema>;

const word = z.string().trim().min(1).max(100);
/** What the user says of words; the next training heeds it. */
export const wordRulesSchema = z.object({
  /** Words that say nothing: they are left out. */
  exclude: z.array(word).max(10_000),
  /** Words that mean the same: the first is read as the second. */
  merge: z.array(z.object({ from: word, into: word })).max(10_000),
  /** Words that belong together: "sagrada família" is one. */
  join: z.array(word).max(10_000),
});
export type WordRules = z.infer<typeof wordRulesSchema>;

export const evaluationSchema = z.object({
  model: z.string(),
  photos: z.number().int(),
  precisionAt5: z.number(),
  meanAveragePrecision: z.number(),
  /** Caption → photo; null where no judged photo has a caption. */
  recallAt10: z.number().nullable(),
  medianRank: z.number().nullable(),
  perQuery: z.array(
    z.object({
      query: z.string(),
      relevant: z.number().int(),
      precisionAt5: z.number(),
      averagePrecision: z.number(),
    }),
  ),
});
export type Evaluation = z.infer<typeof evaluationSchema>;

/** What an import did: every skipped file by name, with the reason and what to do. */
export const sourceNameSchema = z.enum([
  'captions',
  'instagram',
  'facebook',
  'flickr',
  'takeout',
  'coco',
  'webvision',
  'instacities',
  'mirflickr',
]);
/** Where words about photos come from, beside the photos and their sidecars themselves. */
export type SourceName = z.infer<typeof sourceNameSchema>;
/** What an import is told of its source: `folder` reads only the photos and their sidecars. */
export const importSourceSchema = z.enum(['auto', 'folder', ...sourceNameSchema.options]);
export type ImportSource = z.infer<typeof importSourceSchema>;

export const importReportSchema = z.object({
  folder: z.string(),
  /** The exports and lists that were recognised, why, and how many photos each had words, dates or places for. */
  sources: z
    .array(
      z.object({ name: sourceNameSchema, title: z.string(), because: z.string(), photos: z.number().int() }),
    )
    .default([]),
  startedAt: z.string(),
  seconds: z.number(),
  added: z.number().int(),
  unchanged: z.number().int(),
  duplicates: z.number().int(),
  /** Photos whose file holds other bytes than before; they keep their words. */
  replaced: z.number().int().default(0),
  /** Files that were there before and are not now, and files that came back. */
  missing: z.number().int().default(0),
  found: z.number().int().default(0),
  /** Folders that are gone, or empty although many photos were in them, as of a drive that is away. */
  away: z.array(z.string()).default([]),
  captioned: z.number().int(),
  indexed: z.number().int(),
  /** Videos, which Photolex leaves alone. */
  videos: z.number().int().default(0),
  /** Short videos that belong to a photo. */
  livePhotos: z.number().int().default(0),
  /** Every file that was skipped, or that an export names and that is not there. `group` is the place of its reason in `reasons`. */
  skipped: z.array(
    z.object({ path: z.string(), reason: z.string(), group: z.number().int().nonnegative().optional() }),
  ),
  /** Why files were skipped, without what concerns one file alone, and how many for it; the most frequent first. */
  reasons: z.array(z.object({ reason: z.string(), files: z.number().int() })).default([]),
});
export type ImportReport = z.infer<typeof importReportSchema>;

/** An import whose report is kept. */
export const pastImportSchema = z.object({
  id: z.number().int(),
  folder: z.string(),
  startedAt: z.string(),
  added: z.number().int(),
  skipped: z.number().int(),
});
export type PastImport = z.infer<typeof pastImportSchema>;

/** Text about a photo that the user can write: everything else comes from elsewhere. */
export const editableTextSchema = z.object({
  kind: z.enum(['caption', 'title', 'keyword']),
  text: z
    .string()
    .max(20_000)
    .transform((text) => text.normalize('NFC').trim())
    .refine((text) => text !== '', 'It must not be empty.'),
});
export type EditableText = z.infer<typeof editableTextSchema>;

/** One thing that the user did to words, on one photo or many. It can be undone, the last first. */
export const editSchema = z.object({
  id: z.number().int(),
  /** In the user's words: `Added “zorro” to 12 photos`. */
  label: z.string(),
  madeAt: z.string(),
  photos: z.number().int(),
});
export type Edit = z.infer<typeof editSchema>;

/**
 * The probability from which a word is suggested. Of 2,400 photos of COCO, every eighth hidden, more than half of the words from here on stand
 * in the one caption that was hidden (`test/bench/suggestions.ts`), and most others are in the picture all the same.
 */
export const SUGGESTED_FROM = 0.8;

/** Which words may be suggested: those that the user writes, or all that the model has seen in pictures. */
export const suggestedWordsSchema = z.enum(['own', 'all']);
export type SuggestedWords = z.infer<typeof suggestedWordsSchema>;

/** A keyword for a photo, and why. */
export const suggestionSchema = z.object({
  /** As the user writes it. */
  word: z.string(),
  /** Calibrated probability that it is in the picture. */
  probability: z.number(),
  /** How many photos of the library have it in their words. */
  photos: z.number().int(),
  /** Those of them that look most alike, at most three. */
  examples: z.array(z.number().int()),
});
export type Suggestion = z.infer<typeof suggestionSchema>;

export const suggestedPhotoSchema = photoSchema.extend({
  path: z.string(),
  folder: z.string(),
  /** Best first. */
  suggestions: z.array(suggestionSchema),
});
export type SuggestedPhoto = z.infer<typeof suggestedPhotoSchema>;

/** What writing would do to the files of a photo. */
export const pendingWriteSchema = z.object({
  photo: z.number().int(),
  add: z.array(editableTextSchema),
  remove: z.array(editableTextSchema),
  files: z.array(
    z.object({
      /** Absolute, of the photo. */
      path: z.string(),
      /** Absolute; more than one where both spellings are there. Empty if there is a problem. */
      sidecars: z.array(z.string()),
      /** Whether the sidecar is there already and is added to. */
      exists: z.boolean(),
      /** Why nothing can be written beside it. */
      problem: z.string().nullable(),
    }),
  ),
});
export type PendingWrite = z.infer<typeof pendingWriteSchema>;

/** What writing sidecars did. */
export const sidecarReportSchema = z.object({
  startedAt: z.string(),
  seconds: z.number(),
  /** Photos whose words are in all of their sidecars now. */
  photos: z.number().int(),
  /** Absolute paths of the sidecars that are new, and of those that were added to. */
  created: z.array(z.string()),
  changed: z.array(z.string()),
  skipped: z.array(z.object({ path: z.string(), reason: z.string() })),
});
export type SidecarReport = z.infer<typeof sidecarReportSchema>;

export const themeSchema = z.enum(['system', 'light', 'dark']);
const settingsFields = {
  theme: themeSchema,
  thumbnailHeight: z.number().int().min(80).max(480),
  learnAutomatically: z.boolean(),
  watchFolders: z.boolean(),
  /** Whether photos are looked at once more, larger: it takes longer, and finds more. */
  lookCloser: z.boolean(),
  /** Folders of the libraries opened before, latest first. */
  recentLibraries: z.array(z.string()),
};
/** All settings, with what a user has who never changed one. */
export const settingsSchema = z.object({
  theme: settingsFields.theme.default('system'),
  thumbnailHeight: settingsFields.thumbnailHeight.default(200),
  learnAutomatically: settingsFields.learnAutomatically.default(true),
  watchFolders: settingsFields.watchFolders.default(true),
  lookCloser: settingsFields.lookCloser.default(false),
  recentLibraries: settingsFields.recentLibraries.default([]),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Another ending is refused, so that a slip of the hand writes over no photo. */
const onnxPath = z
  .string()
  .max(4096)
  .regex(/\.onnx$/i, 'The file to write must end in .onnx.');

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

export const evaluateInputSchema = z.object({
  /** Queries in the query language; without them, the concepts of the relevance, or words of hidden captions. */
  queries: z.array(z.string()).optional(),
  /** Who is really in the picture: path → concepts. */
  relevance: z.array(z.object({ path: z.string(), concepts: z.array(z.string()) })).optional(),
  photos: z.array(z.string()).optional(),
  compose,
});
export type EvaluateInput = z.input<typeof evaluateInputSchema>;

/** What training computes on, and the TensorFlow that makes it faster. */
export const accelerationSchema = z.object({
  /** In the user's words: a processor or a graphics card, and what computes on it. */
  device: z.string(),
  /** What computes on it; only with WebAssembly the network itself cannot learn. */
  backend: z.enum(['tensorflow', 'webgpu', 'wasm']),
  /** Why no graphics card is used by WebGPU; null if one is, if nobody has looked, or where TensorFlow trains. */
  cardProblem: z.string().nullable(),
  /** The TensorFlow that is installed. */
  tensorflow: z
    .object({ version: z.string(), variant: z.enum(['cpu', 'gpu']), bytes: z.number().int() })
    .nullable(),
  /** The installation that runs; `done` and `total` are bytes, both 0 where nothing is counted. */
  installing: z.object({ stage: z.string(), done: z.number(), total: z.number() }).nullable(),
  /** Why the last installation did not succeed, and what to do. */
  problem: z.string().nullable(),
});
export type Acceleration = z.infer<typeof accelerationSchema>;

export const accelerateInputSchema = z.object({
  /** For the processor or for a graphics card of NVIDIA; `auto` takes the card if it can be used. */
  variant: z.enum(['auto', 'cpu', 'gpu']).default('auto'),
});
export type AccelerateInput = z.output<typeof accelerateInputSchema>;

const nothing = z.object({}).strict().optional();
const job = z.object({ job: z.number().int() });
const wordLimit = z.number().int().min(1).max(200);
const path = z.string().min(1).max(4096);
const photo = z.object({ photo: z.number().int().positive() });
const photos = z.array(z.number().int().positive()).max(1_000_000);
const suggesting = {
  /** The least probability. */
  threshold: z.number().min(0).max(1).default(SUGGESTED_FROM),
  words: suggestedWordsSchema.default('own'),
};

/** Every call: the schema of its input and of its output. */
export const calls = {
  about: {
    input: nothing,
    /** `device` looks at photos; what trains is in `acceleration`. */
    output: z.object({ version: z.string(), device: z.string(), homeFolder: z.string() }),
  },
  acceleration: { input: nothing, output: accelerationSchema },
  /** Starts installing TensorFlow; the event `acceleration` tells how it goes. */
  accelerate: { input: accelerateInputSchema, output: accelerationSchema },
  /** Stops the installation; what was fetched is kept for the next. */
  stopAccelerating: { input: nothing, output: accelerationSchema },
  /** Removes TensorFlow, and what an unfinished installation left. */
  removeAcceleration: { input: nothing, output: accelerationSchema },
  getSettings: { input: nothing, output: settingsSchema },
  /** Changes the settings named and leaves the others. (Defaults would survive `settingsSchema.partial()`.) */
  setSettings: { input: z.object(settingsFields).partial(), output: settingsSchema },

  /** Libraries opened before, latest first; those whose folder is gone are left out. */
  recentLibraries: {
    input: nothing,
    output: z.array(z.object({ path: z.string(), name: z.string(), photos: z.number().int() })),
  },
  /** The library that is open, or null. */
  libraryStatus: { input: nothing, output: libraryStatusSchema.nullable() },
  openLibrary: {
    /** `create` makes the library if there is none. */
    input: z.object({ path, create: z.boolean().default(false) }),
    output: libraryStatusSchema,
  },
  closeLibrary: { input: nothing, output: z.null() },
  /** Makes or opens the library of a folder of photos, starts importing it, and learns when there is enough to learn from. */
  openFolder: { input: z.object({ path }), output: job },
  /** Draws (once), imports and learns the sample album in a library of its own. */
  openSampleAlbum: { input: nothing, output: job },
  /** Adds a folder, an export or a captions file to the open library. */
  importPhotos: {
    input: z.object({ path, source: importSourceSchema.default('auto') }),
    output: job,
  },
  /** Imports everything again, as it was imported before; only what changed is read. */
  rescan: { input: nothing, output: job },
  /** Photos whose files are gone for good, as far as can be seen, each with where it was last. */
  lostPhotos: {
    input: z.object({ limit: z.number().int().min(1).max(1000).default(100) }),
    output: z.object({
      total: z.number().int(),
      photos: z.array(z.object({ photo: z.number().int(), path: z.string() })),
    }),
  },
  /** Forgets the photos whose files are gone, with their words. Nothing else ever does. */
  forgetLost: { input: nothing, output: z.object({ forgotten: z.number().int() }) },
  /** The report of an import, of the latest if none is named. */
  importReport: {
    input: z.object({ report: z.number().int().optional() }).strict().optional(),
    output: importReportSchema.nullable(),
  },
  /** The imports whose reports are kept, the latest first. */
  importReports: { input: nothing, output: z.array(pastImportSchema) },
  /** The folders inside a folder, for choosing one where there is no native dialog. Hidden ones are left out. */
  listFolder: {
    input: z.object({ path: path.optional() }),
    output: z.object({
      path: z.string(),
      parent: z.string().nullable(),
      folders: z.array(z.string()),
      /** Photos directly inside. */
      photos: z.number().int(),
    }),
  },

  /** Photos by date, latest first. */
  listPhotos: {
    input: z.object({ offset: z.number().int().min(0), limit: z.number().int().min(1).max(5000) }),
    output: z.object({ total: z.number().int(), photos: z.array(photoSchema) }),
  },
  photoDetails: { input: photo, output: photoDetailsSchema },
  /** Photos by path: relative to an imported folder, or absolute. */
  findPhotos: {
    input: z.object({ paths: z.array(path).max(1_000_000) }),
    output: z.object({ photos: z.array(z.number().int()), missing: z.array(z.string()) }),
  },

  /** Sets of near-duplicates, the largest first, or those that one photo is in. */
  similarPhotos: {
    input: z.object({
      photo: z.number().int().positive().optional(),
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(500).default(50),
    }),
    output: z.object({
      total: z.number().int(),
      sets: z.array(similarSetSchema),
      /** Photos that were not compared yet; `comparePhotos` does it. */
      waiting: z.number().int(),
    }),
  },
  /** Compares the photos that were indexed before Photolex looked for near-duplicates; null if there are none. */
  comparePhotos: { input: nothing, output: z.object({ job: z.number().int().nullable() }) },

  /** `lenient` forgives what is unfinished while typing. */
  parseQuery: {
    input: z.object({ query: z.string().max(2000), lenient: z.boolean().default(false) }),
    output: z.array(conceptSchema),
  },
  search: { input: searchInputSchema, output: searchOutputSchema },
  explain: {
    input: photo.extend({ concepts: z.array(conceptSchema).max(32), compose }),
    output: explanationSchema,
  },
  /** A picture from outside the library becomes a concept for this session. Bytes of any image format that Photolex reads. */
  addImage: {
    input: z.object({ name: z.string().max(255), bytes: z.instanceof(Uint8Array) }),
    output: z.object({ image: z.string() }),
  },
  /** The words nearest to a word, those of the library's captions first among equals. */
  nearestWords: {
    input: z.object({ word, limit: wordLimit.default(20), space: wordSpaceSchema.default('pictures') }),
    output: z.object({
      source: wordSourceSchema,
      count: z.number().int(),
      words: z.array(nearestWordSchema),
      /** What a search for the word also finds, under `all`: its plural and its kinds. */
      covers: z.array(z.string()),
    }),
  },
  /** What is to `c` as `b` is to `a`. */
  analogy: {
    input: z.object({
      a: word,
      b: word,
      c: word,
      limit: wordLimit.default(10),
      space: wordSpaceSchema.default('text'),
    }),
    output: z.array(nearestWordSchema),
  },
  /** The topics of the active model, those most written about first; only a model trained with LDA has any. */
  topics: { input: z.object({ words: wordLimit.default(10) }), output: z.array(topicSchema) },
  /** The words that the active model has learned from this library, the most written first. */
  learnedWords: {
    input: z.object({
      /** Only words that have this in them. */
      filter: z.string().max(100).default(''),
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(5000).default(200),
    }),
    output: z.object({ total: z.number().int(), words: z.array(learnedWordSchema) }),
  },
  /** Photos in whose texts a word stands. */
  wordPhotos: {
    input: z.object({ word, limit: z.number().int().min(1).max(1000).default(60) }),
    output: z.object({ total: z.number().int(), photos: z.array(photoSchema) }),
  },
  /** How a text is read: what each step of its preparation leaves, in the user's words, and the tokens at the end. */
  prepareText: {
    input: z.object({ text: z.string().max(1_000_000) }),
    output: z.object({
      steps: z.array(z.object({ step: z.string(), result: z.string() })),
      tokens: z.array(z.string()),
    }),
  },
  /** What the user said of words, and whether the active model has learned by it. */
  wordRules: { input: nothing, output: z.object({ rules: wordRulesSchema, learned: z.boolean() }) },
  setWordRules: { input: wordRulesSchema, output: wordRulesSchema },

  /** Keywords for photos: those named, or a page of those without words, latest first. */
  suggestTags: {
    input: z.object({
      ...suggesting,
      photos: photos.max(500).optional(),
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(500).default(60),
    }),
    output: z.object({
      total: z.number().int(),
      photos: z.array(suggestedPhotoSchema),
      milliseconds: z.number(),
    }),
  },
  /**
   * Accepts what is suggested for photos, those named or all without words, as one edit: one word, or every word. Stopped, the job keeps
   * what it accepted so far.
   */
  acceptTags: {
    input: z.object({ ...suggesting, photos: photos.optional(), word: word.optional() }),
    output: job,
  },
  /** Never suggests a word for these photos again. */
  rejectTag: { input: z.object({ photos: photos.min(1), word }), output: editSchema.nullable() },
  /**
   * Adds words to photos and takes others out, as one edit; null if nothing was different. A keyword whose place in a hierarchy is known
   * brings the words above it. A caption or title takes the place of the one there.
   */
  editWords: {
    input: z.object({
      photos: photos.min(1),
      add: z.array(editableTextSchema).max(200).default([]),
      remove: z.array(editableTextSchema).max(200).default([]),
    }),
    output: editSchema.nullable(),
  },
  /** What can be undone, the last first. */
  edits: {
    input: z.object({ limit: z.number().int().min(1).max(200).default(20) }),
    output: z.array(editSchema),
  },
  /** Takes back the last edit; null if there is none. */
  undoEdit: { input: nothing, output: editSchema.nullable() },
  /** What writing sidecars would do, photo by photo. */
  pendingWrites: {
    input: z.object({
      photos: photos.optional(),
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(1000).default(200),
    }),
    output: z.object({ total: z.number().int(), writes: z.array(pendingWriteSchema) }),
  },
  /** Writes what is pending, of all photos or of those named, into sidecars beside them. */
  writeSidecars: { input: z.object({ photos: photos.optional() }), output: job },
  /** What the last writing did. */
  sidecarReport: { input: nothing, output: sidecarReportSchema.nullable() },

  train: { input: trainInputSchema, output: job },
  jobs: { input: nothing, output: z.array(jobSchema) },
  /** Asks a job to stop at its next safe point; what it committed stays. */
  cancelJob: { input: job, output: z.null() },
  activateModel: { input: z.object({ model: z.string() }), output: libraryStatusSchema },
  /** Writes a model, or the active one, as one ONNX file at the absolute path `path`: from `image` to `vector`. */
  exportModel: {
    input: z.object({ model: z.string().optional(), path: onnxPath }),
    output: z.object({ model: z.string(), dimension: z.number().int(), bytes: z.number().int() }),
  },
  evaluate: { input: evaluateInputSchema, output: evaluationSchema },
} as const;

export type CallName = keyof typeof calls;
export type CallInput<N extends CallName> = z.input<(typeof calls)[N]['input']>;
export type CallOutput<N extends CallName> = z.output<(typeof calls)[N]['output']>;

/** What the engine offers, whatever the transport. */
export type EngineCalls = {
  [N in CallName]: undefined extends CallInput<N>
    ? (input?: CallInput<N>) => Promise<CallOutput<N>>
    : (input: CallInput<N>) => Promise<CallOutput<N>>;
};

/** What the engine tells without being asked. */
export const events = {
  /** A job moved on, at most a few times a second, and always when it ends. */
  job: jobSchema,
  /** The open library changed: photos, captions, models, or another library, or none. */
  library: libraryStatusSchema.nullable(),
  /** What training computes on changed, or the installation of TensorFlow moved on. */
  acceleration: accelerationSchema,
} as const;
export type EventName = keyof typeof events;
export type EventPayload<N extends EventName> = z.infer<(typeof events)[N]>;
export type EngineEvents = { [N in EventName]: (payload: EventPayload<N>) => void };

/**
 * The pictures behind the calls, by URL, the same in Electron (custom protocol) and on the server: a thumbnail of a
 * photo, the photo itself in a format that browsers show, or a picture added with `addImage`.
 */
export const mediaKinds = ['thumbnail', 'photo', 'image'] as const;
export type MediaKind = (typeof mediaKinds)[number];
export const mediaUrl = (kind: MediaKind, id: number | string, revision?: string): string =>
  `/media/${kind}/${encodeURIComponent(id)}${revision === undefined ? '' : `?${revision}`}`;

/** An error as it crosses a transport: what went wrong in the user's words, and what to do about it. */
export const errorSchema = z.object({ code: z.string(), message: z.string() });

/**
 * An error meant for the user. `code` is stable for programs (`library-newer`, `no-library`, …); `message` names the
 * file or field and says what to do.
 */
export class PhotolexError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PhotolexError';
    this.code = code;
  }
}
