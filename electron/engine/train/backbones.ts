/**
 * The networks that photos go through before the head: the one that ships with Photolex, GoogLeNet as the paper has it, or any
 * image network of the user's. Each becomes a graph from `image` to `features`; see `featureGraph`.
 */
import { readFileSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { createGoogLeNet } from '../../../models/vision/googlenet.ts';
import type { HeadParameters } from '../../../models/vision/head.ts';
import { encodeHead } from '../../../models/vision/headGraph.ts';
import {
  featureGraph,
  joinGraphs,
  networkEntry,
  type PixelNormalisation,
  pooledGraph,
} from '../../../models/vision/imageGraph.ts';
import { decodeOnnx, encodeOnnx, type OnnxGraph } from '../../../models/vision/onnx.ts';
import { BACKBONES, type BackboneName, ImageInference } from '../../../native/backbone.ts';
import { systemReason } from '../../../native/problem.ts';
import { weightsPath } from '../../../native/runtime.ts';
import { PhotolexError, type PixelFormat } from '../contract.ts';

/** The backbone whose features the index keeps of every photo. */
export const INDEXED_BACKBONE: BackboneName = 'efficientnet-lite0';

export interface TrainingBackbone {
  /** As a model's record calls it. */
  name: string;
  /** From `image` to `features`. */
  graph: OnnxGraph;
  /** Whether the index keeps its features, so that photos need not be looked at again. */
  isIndexed: boolean;
  /** Whether its weights are random, so that all of it must learn. */
  isNew: boolean;
  /** The value where the network proper begins, after what makes a photo fit for it; null if nothing comes before. */
  entry: string | null;
  /** The value where the last blocks begin, where it is known; see [Note: The last blocks]. */
  lastBlocks: string | null;
  /** Side of the squares that it sees; null if it takes photos of any shape. */
  side: number | null;
}

export interface BackboneRequest {
  /** `efficientnet-lite0`, `googlenet`, or the path of an ONNX file. */
  backbone: string;
  /** The numbers that a file wants of a pixel; undefined if the file says so itself. */
  pixels?: PixelFormat | undefined;
  /** Side of the squares that the network is to see; undefined for what it is made for. */
  side?: number | undefined;
  seed: number;
}

const NAMES: Record<BackboneName, { lastBlocks: string }> = {
  'efficientnet-lite0': { lastBlocks: 'block10.add' },
};

const imagenet = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };
const same = (value: number): number[] => [value, value, value];

/** What networks commonly want of a pixel. Caffe's, of its ImageNet models: blue first, less the mean colour, in bytes. */
const PIXELS: Record<PixelFormat, PixelNormalisation> = {
  imagenet,
  symmetric: { mean: same(0.5), deviation: same(0.5) },
  unit: { mean: same(0), deviation: same(1) },
  bytes: { mean: same(0), deviation: same(1 / 255) },
  caffe: { mean: [123 / 255, 117 / 255, 104 / 255], deviation: same(1 / 255), order: 'bgr' },
};

/** @throws {PhotolexError} `no-backbone` naming the file and what to do. */
export async function openBackbone(request: BackboneRequest): Promise<TrainingBackbone> {
  const { backbone, pixels, side, seed } = request;
  if (backbone in BACKBONES && side === undefined) {
    const name = backbone as BackboneName;
    const graph = featureGraph(decodeOnnx(readFileSync(weightsPath(BACKBONES[name].file))));
    return {
      name,
      graph,
      isIndexed: name === INDEXED_BACKBONE,
      isNew: false,
      entry: null,
      side: null,
      ...NAMES[name],
    };
  }
  if (backbone === 'googlenet') {
    // From opset 18 on photos are made smaller without aliasing.
    const made = { ...createGoogLeNet({ seed }), opset: 18 };
    return described('googlenet', featureGraph(made, undefined, side), { isNew: true, side: side ?? null });
  }
  const file =
    backbone in BACKBONES ? weightsPath(BACKBONES[backbone as BackboneName].file) : resolve(backbone);
  return readBackbone(file, pixels, side);
}

/** A backbone and a head as one network, from `image` to `vector`. */
export function wholeNetwork({ graph }: TrainingBackbone, head: HeadParameters): OnnxGraph {
  return joinGraphs(graph, decodeOnnx(encodeHead(head, {}, 'float32')));
}

async function readBackbone(
  file: string,
  pixels: PixelFormat | undefined,
  side: number | undefined,
): Promise<TrainingBackbone> {
  const refuse = (reason: string, cause?: unknown): PhotolexError =>
    new PhotolexError('no-backbone', `${file} cannot be used as a backbone: ${reason}.`, { cause });
  if (extname(file).toLowerCase() !== '.onnx')
    throw refuse('it must be an ONNX file, or one of efficientnet-lite0 and googlenet');
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw refuse(systemReason(error), error);
  }
  try {
    const model = decodeOnnx(bytes);
    const normalisation = pixels ? PIXELS[pixels] : toldNormalisation(model.metadata);
    const isOurs = file === weightsPath(basename(file));
    if (!normalisation && !isOurs) {
      throw refuse(
        `it does not say what numbers it wants of a pixel (Image.NominalPixelRange in its metadata); say it with --pixels ${Object.keys(PIXELS).join('|')}`,
      );
    }
    const graph = featureGraph(model, normalisation ?? undefined, side);
    const probed = await probe(graph);
    const fixed = side ?? fixedSide(model);
    return described(basename(file, extname(file)), probed, { isNew: false, side: fixed });
  } catch (error) {
    if (error instanceof PhotolexError) throw error;
    throw refuse((error as Error).message.split('\n')[0]!.replace(/\.$/, ''), error);
  }
}

function described(
  name: string,
  graph: OnnxGraph,
  facts: Pick<TrainingBackbone, 'isNew' | 'side'>,
): TrainingBackbone {
  return { name, graph, isIndexed: false, entry: networkEntry(graph), lastBlocks: null, ...facts };
}

/** What ONNX's metadata for images says of pixels; null if it says nothing. */
function toldNormalisation(metadata: Readonly<Record<string, string>>): PixelNormalisation | null {
  const range = {
    NominalRange_0_255: PIXELS.bytes,
    Normalized_0_1: PIXELS.unit,
    Normalized_1_1: PIXELS.symmetric,
  }[metadata['Image.NominalPixelRange'] ?? ''];
  if (!range) return null;
  return { ...range, order: /^bgr/i.test(metadata['Image.BitmapPixelFormat'] ?? '') ? 'bgr' : 'rgb' };
}

/** The side of the photos that a network is made for; null if it takes any. */
function fixedSide({ inputs }: OnnxGraph): number | null {
  const sides = inputs[0]!.shape.slice(1).filter((size) => typeof size === 'number' && size > 3);
  return sides.length === 2 ? Math.max(...(sides as number[])) : null;
}

/** Runs a network once, so that what is wrong with it is known before the training; places that are left are averaged. */
async function probe(graph: OnnxGraph): Promise<OnnxGraph> {
  const shapeOf = async (candidate: OnnxGraph): Promise<readonly number[]> => {
    const network = await ImageInference.load(encodeOnnx(candidate), 'features');
    try {
      const [width, height] = [256, 256];
      const pixels = Buffer.alloc(width * height * 3, 127);
      return (await network.run({ width, height, pixels })).shape;
    } finally {
      await network.release();
    }
  };
  const shape = await shapeOf(graph);
  if (shape.length === 2) return graph;
  if (shape.length === 4) return pooledGraph(graph);
  throw new Error(`its features have ${shape.length} axes, where one row for each photo is needed`);
}
