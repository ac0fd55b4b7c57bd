/** What a training is asked for that goes on with an earlier one. A file of its own: the engine reads it, and must not load what trains. */
import { trainInputSchema } from '../contract.ts';
import type { TrainRequest } from './training.ts';

/** What an interrupted training was asked for, from its JSON; another backend may do the rest of it. */
export function resumedRequest(input: string, asked: TrainRequest): TrainRequest {
  const first = trainInputSchema.parse(JSON.parse(input));
  return { ...first, resume: true, backend: asked.backend === 'auto' ? first.backend : asked.backend };
}
