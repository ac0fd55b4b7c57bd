/** What each command does: calls of the engine, and their results as text or JSON. */
import { readFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import type { Command } from 'commander';
import type {
  Acceleration,
  Compose,
  Concept,
  Evaluation,
  Explanation,
  ImportReport,
  ImportSource,
  LibraryStatus,
  SearchOutput,
  TrainInput,
} from '../engine/contract.ts';
import { PhotolexError, presets } from '../engine/contract.ts';
import { createEngine } from '../engine/createEngine.ts';
import type { Engine } from '../engine/engine.ts';
import { startServer } from '../server/server.ts';
import { ProgressBar } from './progress.ts';
import { finished, type LibraryOptions, withLibrary } from './session.ts';
import { print, printJson, printNotice } from './terminal.ts';
import { UsageError, writtenOptions } from './usage.ts';

const percent = (value: number | null): string => (value === null ? '–' : value.toFixed(3));

/** Lines of a text file without the empty ones. @throws {UsageError} if it cannot be read. */
export async function lines(path: string): Promise<string[]> {
  try {
    const text = await readFile(path, 'utf8');
    return text
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '');
  } catch (error) {
    throw new UsageError(`The file ${path} cannot be read (${(error as Error).message}).`);
  }
}

interface ImportOptions extends LibraryOptions {
  source: ImportSource;
  closer?: boolean;
}

/** Paths of photos, one a line; of a line with tabs, as in a captions file, what stands before the first. */
async function paths(file: string): Promise<string[]> {
  return (await lines(file)).map((line) => line.split('\t')[0]!);
}

export async function importPhotos(source: string, options: ImportOptions): Promise<void> {
  const work = async (engine: Engine): Promise<void> => {
    const job = await finished(engine, () =>
      engine.calls.importPhotos({ path: source, source: options.source }),
    );
    const report = (await engine.calls.importReport())!;
    if (options.json) {
      printJson(report);
      return;
    }
    print(job.message ?? '');
    printReport(report);
    print(importSummary((await engine.calls.libraryStatus())!));
  };
  await withLibrary(options.library, true, work, { looksCloser: options.closer ?? false });
}

export const importSummary = ({ photos, captioned, offline }: LibraryStatus): string =>
  `${photos} photos in the library, ${captioned} with words${offline > 0 ? `, ${offline} offline` : ''}.`;

export async function importReport(options: LibraryOptions): Promise<void> {
  await withLibrary(options.library, false, async (engine) => {
    const report = await engine.calls.importReport();
    if (options.json) printJson(report);
    else if (report === null) print('Nothing was imported yet.');
    else {
      print(`${report.folder}, ${report.startedAt}`);
      print(
        `  ${report.added} added, ${report.unchanged} unchanged, ${report.duplicates} copies, ${report.captioned} with words, ${report.skipped.length} skipped`,
      );
      printReport(report);
    }
  });
}

export function printReport({ sources, videos, livePhotos, away, skipped, reasons }: ImportReport): void {
  for (const { title, because, photos } of sources)
    print(`  ${title}: words for ${photos} photos (recognised because ${because})`);
  for (const folder of away) print(`  away: ${folder}; its photos stay in the library`);
  if (livePhotos > 0) print(`  ${livePhotos} live photos`);
  if (videos > 0) print(`  ${videos} videos left alone`);
  for (const { reason, files } of reasons) print(`  ${files} skipped: ${reason}`);
  for (const { path, reason } of skipped) print(`  skipped ${path}: ${reason}`);
}

interface TrainOptions extends LibraryOptions {
  holdout?: string;
  pretrained?: string;
  preset?: keyof typeof presets;
  backbone: string;
  resume?: boolean;
  [option: string]: unknown;
}

export async function train(
  { library, json, holdout, pretrained, preset, backbone, resume, ...rest }: TrainOptions,
  command: Command,
): Promise<void> {
  const fraction = holdout === undefined ? undefined : Number(holdout);
  const own = { ...rest, backbone: isFile(backbone) ? resolve(backbone) : backbone };
  // What a preset says goes before what nobody said.
  const said = Object.entries(own).filter(([name]) => command.getOptionValueSource(name) !== 'default');
  const input = {
    ...own,
    ...(preset ? { ...presets[preset], ...Object.fromEntries(said) } : {}),
    resume: resume ?? false,
    // The engine may run elsewhere than the terminal.
    ...(pretrained === undefined ? {} : { pretrained: resolve(pretrained) }),
    ...(holdout === undefined ? {} : { holdout: Number.isNaN(fraction) ? await paths(holdout) : fraction }),
  } as TrainInput;
  refuseIgnored(command, input);
  await withLibrary(library, false, async (engine) => {
    let shown = 0;
    const stop = engine.on('job', ({ curve, state }) => {
      const point = curve.at(-1);
      if (state !== 'running' || !point || point.step === shown) return;
      shown = point.step;
      const held =
        point.precisionAt5 === null
          ? ''
          : `, held-out P@5 ${percent(point.precisionAt5)}, mAP ${percent(point.meanAveragePrecision)}`;
      printNotice(`  step ${point.step} of ${point.steps}: loss ${point.loss.toFixed(3)}${held}`);
    });
    try {
      const job = await finished(engine, () => engine.calls.train(input));
      const status = (await engine.calls.libraryStatus())!;
      const model = status.models.find(({ active }) => active)!;
      if (json) printJson({ model, message: job.message });
      else print(`${job.message ?? ''} The library now answers with ${model.id} (${model.name}).`);
    } finally {
      stop();
    }
  });
}

const isFile = (backbone: string): boolean => extname(backbone).toLowerCase() === '.onnx';

/** What a training that goes on still heeds. */
const heededByResume: readonly string[] = ['library', 'json', 'resume', 'backend'];

/** @throws {UsageError} for an option that the user wrote, not a preset, and that this training would ignore. */
function refuseIgnored(command: Command, { resume, tune, loss, backbone = '' }: TrainInput): void {
  const ofNetwork = tune === 'head' ? 'is for the network: train it, with --tune last or --tune all' : null;
  const ignored: Record<string, string | null> = {
    passes: ofNetwork,
    recipe: ofNetwork,
    negatives: loss === 'triplet' ? null : 'is for --loss triplet',
    pixels: isFile(backbone) ? null : 'is for a --backbone of your own, an ONNX file',
  };
  for (const { name, flag } of writtenOptions(command)) {
    if (resume && !heededByResume.includes(name))
      throw new UsageError(`photolex train --resume takes no ${flag}: the training goes on as it was begun.`);
    if (ignored[name]) throw new UsageError(`${flag} ${ignored[name]}.`);
  }
}

interface SearchOptions extends LibraryOptions {
  image: string[];
  compose: Compose;
  limit: number;
  untagged?: boolean;
  explain?: boolean;
}

export async function search(query: string | undefined, options: SearchOptions): Promise<void> {
  const { library, image, compose, limit, untagged = false } = options;
  if (!query?.trim() && image.length === 0)
    throw new UsageError('Say what to look for: words, or --image <file>.');
  await withLibrary(library, false, async (engine) => {
    const concepts: Concept[] = query ? await engine.calls.parseQuery({ query }) : [];
    for (const file of image) {
      const bytes = await readFile(file).catch((error: Error) => {
        throw new UsageError(`The picture ${file} cannot be read (${error.message}).`);
      });
      const added = await engine.calls.addImage({ name: basename(file), bytes: new Uint8Array(bytes) });
      concepts.push({ kind: 'image', image: added.image, weight: 1 });
    }
    const output = await engine.calls.search({ concepts, compose, limit, untagged });
    for (const [index, { label, known }] of output.concepts.entries()) {
      if (known) continue;
      printNotice(
        concepts[index]!.kind === 'text'
          ? `Nobody knows "${label}": it adds nothing to the search. Write it in captions and train, or try another word.`
          : `There is no ${label} to look for: it adds nothing to the search.`,
      );
    }
    const explanations = options.explain
      ? await Promise.all(
          output.results.map(({ id }) => engine.calls.explain({ photo: id, concepts, compose })),
        )
      : null;
    if (options.json) printJson(searchJson(query ?? '', output, explanations));
    else printSearch(output, explanations);
  });
}

function searchJson(query: string, output: SearchOutput, explanations: Explanation[] | null): unknown {
  return {
    query,
    model: output.model,
    results: output.results.map(({ id, path, folder, score, similarities }, index) => ({
      id,
      path,
      folder,
      score,
      concepts: Object.fromEntries(
        output.concepts.map(({ label }, concept) => [label, similarities[concept]]),
      ),
      ...(explanations ? { explanation: explanations[index] } : {}),
    })),
  };
}

function printSearch(
  { results, total, milliseconds, model }: SearchOutput,
  explanations: Explanation[] | null,
): void {
  for (const [index, { id, path, score }] of results.entries()) {
    print(`${score.toPrecision(3)}  ${path}  (photo:${id})`);
    const explanation = explanations?.[index];
    if (!explanation) continue;
    for (const { label, contribution, probability, seenAs, written } of explanation.contributions) {
      const sign = contribution < 0 ? '−' : '+';
      const odds = probability === null ? '' : `, probability ${probability.toFixed(2)}`;
      const seen = seenAs.length > 0 ? `, seen as ${seenAs.join(', ')}` : '';
      const words = written.length > 0 ? `, written: ${written.join(', ')}` : '';
      print(`         ${sign}${Math.abs(contribution).toFixed(3)} ${label}${odds}${seen}${words}`);
    }
    print(
      `         seen: ${explanation.seen.map(({ word, probability }) => `${word} ${probability.toFixed(2)}`).join(', ')}`,
    );
  }
  printNotice(`${results.length} of ${total} photos, ${milliseconds.toFixed(1)} ms, model ${model}.`);
}

interface EvaluateOptions extends LibraryOptions {
  queries?: string;
  relevance?: string;
  photos?: string;
  compose: Compose;
}

export async function evaluate(options: EvaluateOptions): Promise<void> {
  const input = {
    compose: options.compose,
    ...(options.queries ? { queries: await lines(options.queries) } : {}),
    ...(options.photos ? { photos: await paths(options.photos) } : {}),
    ...(options.relevance ? { relevance: (await lines(options.relevance)).map(relevanceLine) } : {}),
  };
  await withLibrary(options.library, false, async (engine) => {
    const evaluation = await engine.calls.evaluate(input);
    if (options.json) printJson(evaluation);
    else printEvaluation(evaluation);
  });
}

function relevanceLine(line: string): { path: string; concepts: string[] } {
  const [path = '', concepts = ''] = line.split('\t');
  return {
    path,
    concepts: concepts
      .split(',')
      .map((concept) => concept.trim())
      .filter(Boolean),
  };
}

function printEvaluation(evaluation: Evaluation): void {
  const width = Math.max(8, ...evaluation.perQuery.map(({ query }) => query.length));
  print(`${'query'.padEnd(width)}  photos    P@5     AP`);
  for (const { query, relevant, precisionAt5, averagePrecision } of evaluation.perQuery) {
    print(
      `${query.padEnd(width)}  ${String(relevant).padStart(6)}  ${percent(precisionAt5)}  ${percent(averagePrecision)}`,
    );
  }
  print(
    `${evaluation.photos} photos judged, model ${evaluation.model}: P@5 ${percent(evaluation.precisionAt5)}, mAP ${percent(evaluation.meanAveragePrecision)}, caption → photo recall@10 ${percent(evaluation.recallAt10)}, median rank ${evaluation.medianRank ?? '–'}`,
  );
}

export async function models(options: LibraryOptions & { activate?: string }): Promise<void> {
  await withLibrary(options.library, false, async (engine) => {
    const status = options.activate
      ? await engine.calls.activateModel({ model: options.activate })
      : (await engine.calls.libraryStatus())!;
    if (options.json) {
      printJson({ models: status.models });
      return;
    }
    for (const { id, name, active, captions, precisionAt5, meanAveragePrecision } of status.models) {
      const measured =
        precisionAt5 === null
          ? ''
          : `, held-out P@5 ${percent(precisionAt5)}, mAP ${percent(meanAveragePrecision)}`;
      print(
        `${active ? '→' : ' '} ${id}  ${name}${captions > 0 ? ` (${captions} captions${measured})` : ''}`,
      );
    }
  });
}

export async function exportModel(options: LibraryOptions & { model?: string; out: string }): Promise<void> {
  const path = resolve(options.out);
  await withLibrary(options.library, false, async (engine) => {
    const { model, dimension, bytes } = await engine.calls.exportModel({
      path,
      ...(options.model === undefined ? {} : { model: options.model }),
    });
    if (options.json) printJson({ model, path, dimension, bytes });
    else print(`${model} is written to ${path}: ${dimension} dimensions, ${formatMegabytes(bytes)}.`);
  });
}

export async function status(options: LibraryOptions): Promise<void> {
  await withLibrary(options.library, false, async (engine) => {
    const { photos, captioned, indexed, models, databaseBytes, problems, offline, lost, away } =
      (await engine.calls.libraryStatus())!;
    if (options.json) {
      printJson({
        photos,
        captioned,
        indexed,
        models: models.map(({ id, text, backbone, loss, active }) => ({ id, text, backbone, loss, active })),
        databaseBytes,
        offline,
        lost,
        away,
      });
      return;
    }
    print(
      `${photos} photos, ${captioned} with words, ${indexed} indexed${problems > 0 ? `, ${problems} that cannot be shown` : ''}`,
    );
    if (offline > 0)
      print(`${offline} offline, of which ${lost} have no file any more (see photolex forget)`);
    for (const folder of away) print(`away: ${folder}`);
    print(`database ${(databaseBytes / 1e6).toFixed(1)} MB`);
    for (const { id, name, active } of models) print(`${active ? '→' : ' '} ${id}  ${name}`);
  });
}

interface AccelerateOptions {
  cpu?: boolean;
  gpu?: boolean;
  remove?: boolean;
  json?: boolean;
}

/** Installs TensorFlow and waits for it, or removes it. Ctrl-C stops; the next time goes on from there. */
export async function accelerate({ cpu, gpu, remove, json: asJson }: AccelerateOptions): Promise<void> {
  const engine = await createEngine({ learnsByItself: false });
  const interrupt = (): void => void engine.calls.stopAccelerating();
  process.once('SIGINT', interrupt);
  try {
    const { device, tensorflow } = remove
      ? await engine.calls.removeAcceleration()
      : await accelerated(engine, cpu ? 'cpu' : gpu ? 'gpu' : 'auto');
    if (asJson) printJson({ device, tensorflow });
    else if (tensorflow)
      print(
        `TensorFlow ${tensorflow.version} is installed (${formatMegabytes(tensorflow.bytes)}). Training computes on ${device}.`,
      );
    else print(`TensorFlow is removed. Training computes on ${device}.`);
  } finally {
    process.off('SIGINT', interrupt);
    await engine.close();
  }
}

/** The end of an installation. @throws {PhotolexError} `not-installed` with the reason. */
async function accelerated(engine: Engine, variant: 'auto' | 'cpu' | 'gpu'): Promise<Acceleration> {
  const bar = new ProgressBar();
  const ended = Promise.withResolvers<Acceleration>();
  const stop = engine.on('acceleration', (acceleration) => {
    const { installing } = acceleration;
    if (!installing) ended.resolve(acceleration);
    bar.show({
      state: installing ? 'running' : 'done',
      stage: installing?.stage ?? '',
      done: Math.round((installing?.done ?? 0) / 1e6),
      total: installing?.total ? Math.round(installing.total / 1e6) : null,
      unit: 'MB',
      rate: null,
      loss: null,
      waiting: null,
      secondsLeft: null,
    });
  });
  try {
    await engine.calls.accelerate({ variant });
    const acceleration = await ended.promise;
    if (acceleration.problem) throw new PhotolexError('not-installed', acceleration.problem);
    return acceleration;
  } finally {
    stop();
  }
}

const formatMegabytes = (bytes: number): string => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;

/** Serves until Ctrl-C. */
async function serveUntilInterrupted(engine: Engine, port: number | undefined): Promise<void> {
  const server = await startServer({ engine, ...(port === undefined ? {} : { port }) });
  print(server.url);
  printNotice('Open this address in a browser on this computer. Ctrl-C stops.');
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await server.close();
}

export async function serve(options: { library?: string; port?: number }): Promise<void> {
  const engine = await createEngine();
  try {
    if (options.library) await engine.calls.openLibrary({ path: options.library });
    await serveUntilInterrupted(engine, options.port);
  } finally {
    await engine.close();
  }
}

export async function demo(options: { port?: number; open: boolean; json?: boolean }): Promise<void> {
  const engine = await createEngine();
  try {
    const started = performance.now();
    await finished(engine, () => engine.calls.openSampleAlbum());
    const { models } = (await engine.calls.libraryStatus())!;
    // A sample album that was learned before is only opened.
    if (!models.some(({ captions }) => captions > 0)) await finished(engine, () => training(engine));
    const album = (await engine.calls.libraryStatus())!;
    const seconds = (performance.now() - started) / 1000;
    if (options.json) printJson({ ...album, seconds });
    else
      print(
        `The sample album is ready: ${album.photos} pictures, ${album.captioned} with words, learned in ${seconds.toFixed(0)} s.`,
      );
    if (options.open) await serveUntilInterrupted(engine, options.port);
  } finally {
    await engine.close();
  }
}

/** The training that the import started, or a new one where the user's settings do not let it. */
async function training(engine: Engine): Promise<{ job: number }> {
  const running = (await engine.calls.jobs()).find(
    ({ kind, state }) => kind === 'train' && state === 'running',
  );
  return running ? { job: running.id } : engine.calls.train({});
}
