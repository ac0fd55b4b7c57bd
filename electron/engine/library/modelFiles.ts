/**
 * A trained space as a folder of files that open elsewhere too:
 *
 * - `network.onnx`: the head, from backbone features to unit vectors (onnxruntime in any language); of a model whose backbone was
 *   trained too, the whole network, from `image` [n, 3, h, w] = (RGB − 127) / 128;
 * - `words.bin`: the words' vectors in the space, word2vec binary format (Gensim);
 * - `text.bin`: the words' vectors in the text embedding that was learned from the user's captions, same format; absent from the
 *   starter, whose text embedding is the bundled GloVe;
 * - `text.safetensors`: what FastText, Doc2Vec and LDA have beyond words (see `models/text/textModel.ts`);
 * - `pretrained.int8`, `pretrained.words.txt`: word vectors that the user brought, packed as `models/weights/README.md` tells;
 * - `preparation.json`: how texts become tokens; absent from the starter, which reads plain English;
 * - `space.safetensors`: what else the space needs: weights and calibration of the words, the map from text vectors.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { JointSpace, type SpaceData } from '../../../models/joint/space.ts';
import { textKnowledge } from '../../../models/joint/textKnowledge.ts';
import { decodeTensorFile, encodeTensorFile, type Tensor } from '../../../models/tensorFile.ts';
import type { TextAlgorithm } from '../../../models/text/algorithms.ts';
import { type PreparationData, TextPreparation } from '../../../models/text/preparation.ts';
import { languages } from '../../../models/text/stopWords.ts';
import type { TextModel } from '../../../models/text/textModel.ts';
import { Thesaurus } from '../../../models/text/thesaurus.ts';
import {
  decodePacked,
  decodeWord2Vec,
  encodeWord2Vec,
  type PackedWordVectors,
  packedFile,
  WordVectors,
} from '../../../models/text/wordVectors.ts';
import type { HeadParameters } from '../../../models/vision/head.ts';
import { decodeHead, encodeHead, type Precision } from '../../../models/vision/headGraph.ts';
import { decodeOnnx, encodeOnnx, type OnnxGraph } from '../../../models/vision/onnx.ts';
import { writeAtomically } from '../../../native/files.ts';
import { weightsPath } from '../../../native/runtime.ts';
import { PhotolexError, wordRulesSchema } from '../contract.ts';
import { readTextModel, writeTextModel } from './textFiles.ts';

/** Raised when the meaning of a file in the folder changes. */
const FORMAT = 1;

export const modelInfoSchema = z.object({
  format: z.coerce.number().int(),
  name: z.string(),
  text: z.string(),
  backbone: z.string(),
  loss: z.string(),
  /**
   * Where words that the text embedding lacks are looked up: `glove`, in the bundled vectors; `own`, in those that the user brought,
   * which are kept with the model; `none`: they stay unknown.
   */
  pretrained: z.enum(['glove', 'own', 'none']),
  /** Mean of the image vectors it was trained on and so on are facts of the head; this is the scale of the word loss. */
  scale: z.coerce.number(),
});
export type ModelInfo = Omit<z.infer<typeof modelInfoSchema>, 'format' | 'scale'>;

const preparationSchema: z.ZodType<PreparationData> = z.object({
  version: z.literal(
    1,
    'its preparation of texts has a version that this Photolex does not know: update Photolex',
  ),
  languages: z.partialRecord(z.enum(languages), z.number()),
  kept: z.array(z.string()),
  hashtags: z.array(z.string()),
  phrases: z.array(
    z.array(z.object({ first: z.string(), second: z.string(), count: z.number(), score: z.number() })),
  ),
  rules: wordRulesSchema,
});

/** A trained space in memory. */
export interface TrainedModel {
  info: ModelInfo;
  head: HeadParameters;
  /** The whole network from the pixels on, of which the head is the end; null where the backbone is as it ships. */
  network: OnnxGraph | null;
  space: SpaceData;
  /** The user's own text embedding, null for the starter. */
  text: TextModel | null;
  /** Vectors that the user brought; null for a model that has the bundled ones, or none. */
  pretrained: PackedWordVectors | null;
  /** How texts became tokens. */
  preparation: TextPreparation;
}

export const STARTER = 'starter';

/** Folder of the model that ships with Photolex. */
export const starterPath = (): string => weightsPath(STARTER);
const preparationPath = (folder: string): string => join(folder, 'preparation.json');
export const networkPath = (folder: string): string => join(folder, 'network.onnx');

/** Hash of a model's network: two models with the same hash give the same image vectors. */
export function networkHash(folder: string): string {
  return createHash('sha256')
    .update(readFileSync(networkPath(folder)))
    .digest('hex');
}

let glove: PackedWordVectors | undefined;

/** The bundled GloVe vectors (200,000 words, 100 dimensions), read once. */
export function bundledWords(): PackedWordVectors {
  glove ??= decodePacked(
    readFileSync(weightsPath('glove-100d.words.txt'), 'utf8'),
    readFileSync(weightsPath('glove-100d.int8')),
  );
  return glove;
}

let thesaurus: Thesaurus | undefined;

/** The bundled thesaurus, read once. */
export function bundledThesaurus(): Thesaurus {
  thesaurus ??= new Thesaurus(gunzipSync(readFileSync(weightsPath('thesaurus.gz'))).toString('utf8'));
  return thesaurus;
}

/** Writes a model into `folder`, which must not exist: all of its files appear at once, or none. */
export async function writeModel(folder: string, model: TrainedModel, precision: Precision): Promise<void> {
  const { info, head, network, space, text, pretrained, preparation } = model;
  const temporary = `${folder}.writing`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  const words = space.words.length;
  const metadata: Record<string, string> = { format: String(FORMAT), scale: String(space.scale), ...info };
  await writeAtomically(
    networkPath(temporary),
    network ? encodeOnnx({ ...network, metadata }) : encodeHead(head, metadata, precision),
  );
  await writeAtomically(
    join(temporary, 'words.bin'),
    encodeWord2Vec(new WordVectors(space.words, space.dimension, space.vectors)),
  );
  if (text) {
    await writeTextModel(temporary, text);
    await writeAtomically(preparationPath(temporary), JSON.stringify(preparation));
  }
  if (pretrained) {
    const { wordsText, bytes } = packedFile(pretrained);
    await writeAtomically(join(temporary, 'pretrained.words.txt'), wordsText);
    await writeAtomically(join(temporary, 'pretrained.int8'), bytes);
  }
  await writeAtomically(
    join(temporary, 'space.safetensors'),
    encodeTensorFile({
      tensors: {
        inverseDocumentFrequency: { shape: [words], data: space.inverseDocumentFrequency },
        bias: { shape: [words], data: space.bias },
        counts: { shape: [words], data: space.counts },
        taught: { shape: [words], data: space.taught },
        ...(space.map && { map: mapTensor(space.map, space.dimension) }),
        ...(space.origin && { origin: { shape: [space.dimension], data: space.origin } }),
        ...(space.spellingMap && { spellingMap: mapTensor(space.spellingMap, space.dimension) }),
      },
      metadata,
    }),
  );
  await rename(temporary, folder);
}

const mapTensor = (map: Float32Array, dimension: number): Tensor => ({
  shape: [map.length / dimension, dimension],
  data: map,
});

/** The side of words of a model. */
export interface ReadSpace {
  info: ModelInfo;
  space: JointSpace;
  text: TextModel | null;
  /** The vectors that it falls back on for words that nobody wrote; null if it has none. */
  pretrained: PackedWordVectors | null;
}

/** Reads the side of words: all that a search needs. @throws {PhotolexError} `model-damaged` naming the folder. */
export async function readSpace(folder: string): Promise<ReadSpace> {
  try {
    const { tensors, metadata } = decodeTensorFile(readFileSync(join(folder, 'space.safetensors')));
    const info = readInfo(metadata);
    const words = decodeWord2Vec(readFileSync(join(folder, 'words.bin')));
    const text = await readTextModel(folder, info.text as TextAlgorithm);
    const data: SpaceData = {
      dimension: words.dimension,
      words: words.words,
      vectors: words.vectors,
      inverseDocumentFrequency: tensors.inverseDocumentFrequency!.data as Float32Array,
      bias: tensors.bias!.data as Float32Array,
      counts: tensors.counts!.data as Uint32Array,
      taught: tensors.taught!.data as Uint32Array,
      map: (tensors.map?.data as Float32Array) ?? null,
      origin: (tensors.origin?.data as Float32Array) ?? null,
      spellingMap: (tensors.spellingMap?.data as Float32Array) ?? null,
      scale: Number(metadata.scale),
    };
    const pretrained = readPretrained(folder, info);
    const preparation = await readPreparation(folder);
    const space = new JointSpace(data, textKnowledge(text, pretrained, bundledThesaurus()), preparation);
    return { info, space, text, pretrained };
  } catch (error) {
    throw damaged(folder, error);
  }
}

/** The vectors that a model falls back on for words that nobody wrote. */
function readPretrained(folder: string, { pretrained }: ModelInfo): PackedWordVectors | null {
  if (pretrained === 'none') return null;
  if (pretrained === 'glove') return bundledWords();
  return decodePacked(
    readFileSync(join(folder, 'pretrained.words.txt'), 'utf8'),
    readFileSync(join(folder, 'pretrained.int8')),
  );
}

async function readPreparation(folder: string): Promise<TextPreparation> {
  let json: string;
  try {
    json = await readFile(preparationPath(folder), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return TextPreparation.plain;
    throw error;
  }
  return TextPreparation.fromJSON(preparationSchema.parse(JSON.parse(json)));
}

/** Reads the whole model, to train on from it. @throws {PhotolexError} `model-damaged` naming the folder. */
export async function readModel(folder: string): Promise<TrainedModel> {
  const { info, space, text, pretrained } = await readSpace(folder);
  try {
    const bytes = readFileSync(networkPath(folder));
    const graph = decodeOnnx(bytes);
    return {
      info,
      head: decodeHead(bytes).head,
      network: graph.inputs[0]?.name === 'image' ? graph : null,
      space: space.data,
      text,
      pretrained: info.pretrained === 'own' ? pretrained : null,
      preparation: space.preparation,
    };
  } catch (error) {
    throw damaged(folder, error);
  }
}

function readInfo(metadata: Record<string, string>): ModelInfo {
  const { format, scale: _, ...info } = modelInfoSchema.parse(metadata);
  if (format > FORMAT)
    throw new Error(`its format is ${format}, and this Photolex reads up to ${FORMAT}: update Photolex`);
  return info;
}

function damaged(folder: string, error: unknown): PhotolexError {
  return new PhotolexError(
    'model-damaged',
    `The model in ${folder} cannot be read (${(error as Error).message}). Train again, or activate another model.`,
    { cause: error },
  );
}
