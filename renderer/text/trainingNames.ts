/** What the choices and measures of a training are called, the same wherever they are shown, and what they mean. */
import type { Loss, TrainingPoint, trainInputSchema } from '../../electron/engine/contract.ts';

type Depth = ReturnType<typeof trainInputSchema.parse>['tune'];

/** How deep a training goes. */
export const depths: Record<Depth, { name: string; gain: string; term: string }> = {
  head: {
    name: 'Quick',
    gain: 'Learns which of the things it sees belong to your words.',
    term: 'the head, on features that are kept',
  },
  last: {
    name: 'Thorough',
    gain: 'Then learns to see your pictures better, too.',
    term: 'the head and the last blocks of the network',
  },
  all: {
    name: 'From the first layer',
    gain: 'The same with all of the network. For large libraries and graphics cards.',
    term: 'all layers',
  },
};

/** What a training minimises. */
export const losses: Record<Loss, { name: string; aim: string }> = {
  contrastive: {
    name: 'Words and pictures learn together',
    aim: 'Each picture learns to find its caption among others, and each word its pictures (contrastive).',
  },
  sigmoid: {
    name: 'As in the paper (sigmoid)',
    aim: 'Pictures learn to lie where the words of their caption do.',
  },
  triplet: {
    name: 'As in the paper’s sequel (triplet)',
    aim: 'Pictures learn to be nearer their own caption than another.',
  },
};

/** How far a training is. */
export const measures: Record<
  keyof Pick<TrainingPoint, 'loss' | 'precisionAt5' | 'meanAveragePrecision'>,
  { name: string; meaning: string }
> = {
  loss: { name: 'Loss', meaning: 'how far off what it learns still is; it should fall' },
  precisionAt5: { name: 'P@5', meaning: 'of the first five photos found, the share that is right' },
  meanAveragePrecision: {
    name: 'mAP',
    meaning: 'how near the top of the whole list the right photos are (mean average precision)',
  },
};
