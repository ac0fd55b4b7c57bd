/** What the benches share: a folder of captioned photos that people labelled, its held-out part, and waiting for jobs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EvaluateInput, Evaluation, Job } from '../../electron/engine/contract.ts';
import type { Engine } from '../../electron/engine/engine.ts';

/** Photos with captions to learn from and labels to judge by. */
export interface JudgedPhotos {
  /** Path and caption of each photo. */
  captions: readonly [string, string][];
  /** Who is really in the pictures; never learned from. */
  relevance: readonly { path: string; concepts: string[] }[];
  /** Paths of the photos that are held out: every eighth. */
  heldOut: string[];
}

/** Reads `captions.tsv` (file, tab, caption) and `labels.tsv` (file, tab, labels) of a folder. @param split 0 to 7: which eighth is held out */
export function readJudgedPhotos(folder: string, split = 0): JudgedPhotos {
  const lines = (name: string): [string, string][] =>
    readFileSync(join(folder, name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t') as [string, string]);
  const captions = lines('captions.tsv');
  return {
    captions,
    relevance: lines('labels.tsv').map(([path, labels = '']) => ({
      path,
      concepts: labels.split(', ').filter(Boolean),
    })),
    heldOut: captions.flatMap(([path], row) => (row % 8 === split ? [path] : [])),
  };
}

/** Waits for a job that `start` starts. @throws {Error} with its message if it failed. */
export async function finished(
  engine: Engine,
  start: () => Promise<{ job: number }>,
): Promise<{ job: Job; seconds: number }> {
  const started = performance.now();
  const ended = Promise.withResolvers<Job>();
  let id = 0;
  const stop = engine.on('job', (job) => {
    if (job.state !== 'running' && (id === 0 || job.id === id)) ended.resolve(job);
  });
  ({ job: id } = await start());
  const job = await ended.promise;
  stop();
  if (job.state !== 'done') throw new Error(job.message ?? job.state);
  return { job, seconds: (performance.now() - started) / 1000 };
}

/** Judges the active model on the held-out photos. @param rename labels that are asked for by another word */
export function judge(
  engine: Engine,
  { heldOut, relevance }: JudgedPhotos,
  rename: Record<string, string> = {},
  options: EvaluateInput = {},
): Promise<Evaluation> {
  return engine.calls.evaluate({
    ...options,
    photos: heldOut,
    relevance: relevance.map(({ path, concepts }) => ({
      path,
      concepts: concepts.map((label) => rename[label] ?? label),
    })),
  });
}

/** The photos to judge a training by that holds out `heldOut`: those, and all that never had a caption. */
export function unlearned(photos: JudgedPhotos): JudgedPhotos {
  const captioned = new Set(photos.captions.map(([path]) => path));
  const bare = photos.relevance.map(({ path }) => path).filter((path) => !captioned.has(path));
  return { ...photos, heldOut: [...photos.heldOut, ...bare] };
}

/** The labels of each held-out photo. */
function heldOutLabels({ heldOut, relevance }: JudgedPhotos): Set<string>[] {
  const judged = new Set(heldOut);
  return relevance.filter(({ path }) => judged.has(path)).map(({ concepts }) => new Set(concepts));
}

/** A label as the query language writes it. */
const quoted = (label: string): string => (label.includes(' ') ? `"${label}"` : label);

/** Labels that at least so many held-out photos have. */
export function commonLabels(photos: JudgedPhotos, least: number): string[] {
  const own = heldOutLabels(photos);
  const labels = [...new Set(own.flatMap((labels) => [...labels]))].sort();
  return labels.filter((label) => own.filter((labels) => labels.has(label)).length >= least).map(quoted);
}

/** Two labels that at least so many held-out photos have together, in each order, as the query language writes them. */
export function labelPairs(judged: JudgedPhotos, least: number): [string, string][] {
  const photos = heldOutLabels(judged);
  const labels = [...new Set(photos.flatMap((own) => [...own]))].sort();
  return labels.flatMap((one) =>
    labels.flatMap((other): [string, string][] =>
      one !== other && photos.filter((own) => own.has(one) && own.has(other)).length >= least
        ? [[quoted(one), quoted(other)]]
        : [],
    ),
  );
}

/** Queries for both of two labels. */
export const labelSums = (photos: JudgedPhotos, least: number): string[] =>
  labelPairs(photos, least).flatMap(([one, other]) => (one < other ? [`${one} + ${other}`] : []));

/** A measure as tables have it. */
export const measure = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
