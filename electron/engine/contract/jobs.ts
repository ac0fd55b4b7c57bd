/** Long work that goes on after the call that began it has its answer. */
import { z } from 'zod';
import { job, nothing } from './parts.ts';
import { trainingPointSchema } from './training.ts';

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

export const jobCalls = {
  jobs: { input: nothing, output: z.array(jobSchema) },
  /**
   * Starts again what a job that has ended was asked to do. A training goes on from its checkpoint if that fits, and begins anew if
   * not.
   */
  resumeJob: { input: job, output: job },
  /** Asks a job to stop at its next safe point; what it committed stays. */
  cancelJob: { input: job, output: z.null() },
} as const;
