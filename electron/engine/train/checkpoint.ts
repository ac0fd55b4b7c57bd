/**
 * The checkpoint of a training: a folder with everything that a training needs to go on where it was to the same result. Its one
 * changing file is replaced atomically; the text embedding is written once, when it is learned, before the first checkpoint that
 * needs it. A finished training removes the folder.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { decodeTensorFile, encodeTensorFile, type Tensor } from '../../../models/tensorFile.ts';
import type { TextAlgorithm } from '../../../models/text/algorithms.ts';
import type { TextModel } from '../../../models/text/textModel.ts';
import type { TextState } from '../../../models/text/textTraining.ts';
import type { TrainerState } from '../../../models/vision/trainer.ts';
import { writeAtomically } from '../../../native/files.ts';
import { PhotolexError, type TrainingPoint } from '../contract.ts';
import { readTextModel, writeTextModel } from '../library/textFiles.ts';
import type { BestState } from './bestFound.ts';
import type { LearnState } from './learner.ts';
import type { LossSum } from './pictureRun.ts';

export interface Checkpoint extends LearnState {
  /** JSON of what was asked for, so that a resumed training is the same one. */
  input: string;
  /** Photos that are held out. */
  heldOut: Uint32Array;
}

const file = (folder: string): string => join(folder, 'checkpoint.safetensors');

/** Writes checkpoints of one training into a folder. */
export class CheckpointWriter {
  readonly #folder: string;
  #text: TextModel | null = null;

  /** @param text the text embedding that the folder has already, of a training that is resumed */
  constructor(folder: string, text: TextModel | null) {
    this.#folder = folder;
    this.#text = text;
  }

  async write({ input, source, heldOut, stage }: Checkpoint): Promise<void> {
    const tensors: Record<string, Tensor> = {
      heldOut: { shape: [heldOut.length], data: heldOut },
    };
    const metadata: Record<string, string> = { input, source, stage: stage.kind };
    if (stage.kind === 'words') {
      Object.assign(metadata, pack(stage.state, 'text', tensors));
    } else {
      if (this.#text !== stage.text) await writeTextModel(this.#folder, stage.text);
      this.#text = stage.text;
      const { tensors: parameters, ...trainer } = stage.trainer;
      if (stage.kind === 'network')
        Object.assign(metadata, pack({ best: stage.best, head: stage.head }, 'network', tensors));
      Object.assign(metadata, pack(parameters, 'parameters', tensors), pack(trainer, 'trainer', tensors), {
        curve: JSON.stringify(stage.curve),
        losses: JSON.stringify(stage.losses),
        algorithm: stage.text.algorithm,
      });
    }
    await writeAtomically(file(this.#folder), encodeTensorFile({ tensors, metadata }));
  }
}

/** @throws {PhotolexError} `no-checkpoint` if there is nothing to resume, or it cannot be read. */
export async function readCheckpoint(folder: string): Promise<Checkpoint> {
  try {
    const { tensors, metadata } = decodeTensorFile(await readFile(file(folder)));
    const common = {
      input: metadata.input!,
      source: metadata.source!,
      heldOut: tensors.heldOut!.data as Uint32Array,
    };
    if (metadata.stage === 'words') {
      return { ...common, stage: { kind: 'words', state: unpack('text', tensors, metadata) as TextState } };
    }
    const text = await readTextModel(folder, metadata.algorithm as TextAlgorithm);
    if (!text) throw new Error('its text embedding is missing');
    const learned = {
      text,
      trainer: {
        ...(unpack('trainer', tensors, metadata) as Omit<TrainerState, 'tensors'>),
        tensors: unpack('parameters', tensors, metadata) as TrainerState['tensors'],
      },
      curve: JSON.parse(metadata.curve!) as TrainingPoint[],
      losses: JSON.parse(metadata.losses!) as LossSum,
    };
    if (metadata.stage !== 'network') return { ...common, stage: { kind: 'pictures', ...learned } };
    const network = unpack('network', tensors, metadata) as { best: BestState | null; head: Float32Array[] };
    return { ...common, stage: { kind: 'network', ...learned, ...network } };
  } catch (error) {
    throw new PhotolexError('no-checkpoint', 'There is no interrupted training to resume. Train anew.', {
      cause: error,
    });
  }
}

export const removeCheckpoint = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true });

/** Stands in JSON for an array that is among the tensors. */
const reference = z.object({ tensor: z.string() }).strict();

/** Puts the typed arrays of an object, however deep, among the tensors, and returns the rest as JSON, both under a name. */
function pack(object: object, name: string, tensors: Record<string, Tensor>): Record<string, string> {
  const replaced = (value: unknown, path: string): unknown => {
    if (value instanceof Float32Array || value instanceof Uint32Array) {
      tensors[path] = { shape: [value.length], data: value };
      return { tensor: path };
    }
    if (Array.isArray(value)) return value.map((item, index) => replaced(item, `${path}.${index}`));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, replaced(item, `${path}.${key}`)]),
    );
  };
  return { [name]: JSON.stringify(replaced(object, name)) };
}

function unpack(
  name: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>>,
): object {
  return JSON.parse(metadata[name]!, (_, value: unknown) => {
    const found = reference.safeParse(value);
    return found.success ? tensors[found.data.tensor]!.data : value;
  }) as object;
}
