/**
 * The checkpoint of a training: one file, replaced atomically, with everything that a training needs to go on where it
 * was to the same result. A finished training removes it.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeTensorFile, encodeTensorFile, type Tensor } from '../../../models/tensorFile.ts';
import { WordVectors } from '../../../models/text/wordVectors.ts';
import type { TrainerState } from '../../../models/vision/trainer.ts';
import { writeAtomically } from '../../../native/files.ts';
import { PhotolexError, type TrainingPoint } from '../contract.ts';

export interface Checkpoint {
  /** JSON of what was asked for, so that a resumed training is the same one. */
  input: string;
  /** The user's words, in the order of the trainer's. */
  words: string[];
  /** Photos it learns from, and those it holds out. */
  photos: Uint32Array;
  heldOut: Uint32Array;
  text: WordVectors;
  trainer: TrainerState;
  curve: TrainingPoint[];
}

const file = (folder: string): string => join(folder, 'checkpoint.safetensors');

export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const { trainer, text } = checkpoint;
  const tensors: Record<string, Tensor> = {
    photos: { shape: [checkpoint.photos.length], data: checkpoint.photos },
    heldOut: { shape: [checkpoint.heldOut.length], data: checkpoint.heldOut },
    order: { shape: [trainer.order.length], data: trainer.order },
    text: { shape: [text.words.length, text.dimension], data: text.vectors },
  };
  for (const [name, data] of Object.entries(trainer.tensors))
    tensors[`trainer.${name}`] = { shape: [data.length], data };
  const metadata = {
    input: checkpoint.input,
    words: JSON.stringify(checkpoint.words),
    textWords: JSON.stringify(text.words),
    curve: JSON.stringify(checkpoint.curve),
    trainer: JSON.stringify({ step: trainer.step, random: trainer.random }),
  };
  await writeAtomically(file(folder), encodeTensorFile({ tensors, metadata }));
}

/** @throws {PhotolexError} `no-checkpoint` if there is nothing to resume, or it cannot be read. */
export async function readCheckpoint(folder: string): Promise<Checkpoint> {
  try {
    const { tensors, metadata } = decodeTensorFile(await readFile(file(folder)));
    const trainerTensors: Record<string, Float32Array> = {};
    for (const [name, { data }] of Object.entries(tensors)) {
      if (name.startsWith('trainer.')) trainerTensors[name.slice('trainer.'.length)] = data as Float32Array;
    }
    const text = tensors.text!;
    return {
      input: metadata.input!,
      words: JSON.parse(metadata.words!) as string[],
      photos: tensors.photos!.data as Uint32Array,
      heldOut: tensors.heldOut!.data as Uint32Array,
      text: new WordVectors(
        JSON.parse(metadata.textWords!) as string[],
        text.shape[1]!,
        text.data as Float32Array,
      ),
      trainer: {
        ...(JSON.parse(metadata.trainer!) as Pick<TrainerState, 'step' | 'random'>),
        tensors: trainerTensors,
        order: tensors.order!.data as Uint32Array,
      },
      curve: JSON.parse(metadata.curve!) as TrainingPoint[],
    };
  } catch (error) {
    throw new PhotolexError(
      'no-checkpoint',
      'There is no interrupted training to resume. Train without --resume.',
      {
        cause: error,
      },
    );
  }
}

export const removeCheckpoint = (folder: string): Promise<void> => rm(file(folder), { force: true });
