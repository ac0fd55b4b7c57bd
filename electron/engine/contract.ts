/**
 * The one contract between the engine and whoever asks: every call with the schema of its input and output,
 * and every event. The renderer imports this file and nothing else of the engine; the command line, the server
 * and the Electron shell speak the same calls over other transports. Types are inferred from the schemas, so
 * nothing is declared twice. Each area has a file of its own in `contract/`, which only this one passes on.
 *
 * Units: times are ISO 8601 strings or seconds where the name says so, sizes are pixels or bytes, weights lie in
 * [-1, 1], similarities are cosines, probabilities and measures are fractions.
 */
import type { z } from 'zod';
import { accelerationCalls, accelerationSchema } from './contract/acceleration.ts';
import { applicationCalls } from './contract/application.ts';
import { conceptCalls } from './contract/concepts.ts';
import { editCalls } from './contract/edits.ts';
import { evaluationCalls } from './contract/evaluation.ts';
import { importCalls } from './contract/imports.ts';
import { jobCalls, jobSchema } from './contract/jobs.ts';
import { libraryCalls, libraryStatusSchema } from './contract/library.ts';
import { modelCalls } from './contract/models.ts';
import { photoCalls } from './contract/photos.ts';
import { searchCalls } from './contract/search.ts';
import { sidecarCalls } from './contract/sidecars.ts';
import { similarPhotoCalls } from './contract/similarPhotos.ts';
import { suggestionCalls } from './contract/suggestions.ts';
import { trainingCalls } from './contract/training.ts';
import { wordCalls } from './contract/words.ts';

export * from './contract/acceleration.ts';
export * from './contract/application.ts';
export * from './contract/concepts.ts';
export * from './contract/edits.ts';
export * from './contract/errors.ts';
export * from './contract/evaluation.ts';
export * from './contract/imports.ts';
export * from './contract/jobs.ts';
export * from './contract/library.ts';
export * from './contract/media.ts';
export * from './contract/models.ts';
export * from './contract/photos.ts';
export * from './contract/search.ts';
export * from './contract/sidecars.ts';
export * from './contract/similarPhotos.ts';
export * from './contract/suggestions.ts';
export * from './contract/training.ts';
export * from './contract/words.ts';

/** Every call: the schema of its input and of its output. */
export const calls = {
  ...applicationCalls,
  ...accelerationCalls,
  ...libraryCalls,
  ...importCalls,
  ...photoCalls,
  ...similarPhotoCalls,
  ...conceptCalls,
  ...searchCalls,
  ...wordCalls,
  ...suggestionCalls,
  ...editCalls,
  ...sidecarCalls,
  ...trainingCalls,
  ...jobCalls,
  ...modelCalls,
  ...evaluationCalls,
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
