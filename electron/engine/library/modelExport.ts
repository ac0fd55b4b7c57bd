/** A trained model as one ONNX file for other programs: from the pixels of a photo to its vector in the space. */
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { featureGraph, joinGraphs } from '../../../models/vision/imageGraph.ts';
import { decodeOnnx, encodeOnnx, type OnnxGraph } from '../../../models/vision/onnx.ts';
import { BACKBONES, type BackboneName } from '../../../native/backbone.ts';
import { writeAtomically } from '../../../native/files.ts';
import { isSystemError, systemReason } from '../../../native/problem.ts';
import { weightsPath } from '../../../native/runtime.ts';
import { PhotolexError } from '../contract.ts';
import { networkPath } from './modelFiles.ts';

/** A model's network from `image` to `vector`: the file itself if its backbone was trained, or else its backbone and head joined. */
function wholeNetwork(folder: string, backbone: string): OnnxGraph {
  const network = decodeOnnx(readFileSync(networkPath(folder)));
  if (network.inputs[0]?.name === 'image') return network;
  const weights = decodeOnnx(readFileSync(weightsPath(BACKBONES[backbone as BackboneName].file)));
  return joinGraphs(featureGraph(weights), network);
}

/**
 * Writes the network of the model in `folder` to `path`, over a file that may be there: input `image` [n, 3, h, w], the pixels as
 * (RGB − 127) / 128; output `vector` [n, D] of length 1. Returns the bytes written.
 * @throws {PhotolexError} `not-exported` saying why `path` cannot be written, `model-damaged` naming the folder
 */
export async function exportNetwork(folder: string, backbone: string, path: string): Promise<number> {
  if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()) {
    throw new PhotolexError(
      'not-exported',
      `${path} cannot be written: there is no folder ${dirname(path)}. Make it, or choose another.`,
    );
  }
  let bytes: Uint8Array;
  try {
    bytes = encodeOnnx({ ...wholeNetwork(folder, backbone), name: 'photolex' });
  } catch (error) {
    throw new PhotolexError(
      'model-damaged',
      `The network of the model in ${folder} cannot be read (${(error as Error).message}). Train again, or export another model.`,
      { cause: error },
    );
  }
  try {
    await writeAtomically(path, bytes);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new PhotolexError('not-exported', `${path} cannot be written: ${systemReason(error, 'write')}.`, {
      cause: error,
    });
  }
  return bytes.length;
}
