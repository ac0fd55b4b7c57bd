/**
 * The main job from end to end, measured: import and index a folder of captioned photos, search with the starter, learn the
 * captions, search again, and learn names that only this user has. Prints the table that the README quotes.
 *
 *     npm run bench -- <folder> [--split 0..7] [--only import,starter,learn,scratch,few,zorro,twelve,latency,compose]
 *
 * The folder has pictures, `captions.tsv` (file, tab, caption) and `labels.tsv` (file, tab, labels: who is really in the picture;
 * never learned from). Every eighth photo is held out and judged.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { EvaluateInput, Evaluation, TrainInput } from '../../electron/engine/contract.ts';
import { createEngine } from '../../electron/engine/createEngine.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { Library } from '../../electron/engine/library/library.ts';
import { finished, judge, labelPairs, labelSums, measure, readJudgedPhotos } from './judgedPhotos.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { split: { type: 'string', default: '0' }, only: { type: 'string' } },
});
const [given] = positionals;
if (!given) {
  console.error(
    'Usage: npm run bench -- <folder with captions.tsv and labels.tsv> [--split 0..7] [--only …]',
  );
  process.exit(2);
}
const folder = resolve(given);
const wanted = values.only?.split(',');
const wants = (part: string): boolean => !wanted || wanted.includes(part);

const photos = readJudgedPhotos(folder, Number(values.split));
const { captions, heldOut } = photos;
const judged = new Set(heldOut);
const known = captions.filter(([path]) => !judged.has(path));

const work = mkdtempSync(join(tmpdir(), 'photolex-bench-'));
process.env.PHOTOLEX_HOME = join(work, 'home');
const rows: [string, string, string][] = [];
const note = (what: string, measured: string, goal = ''): void => {
  rows.push([what, measured, goal]);
  console.log(`${what}: ${measured}${goal && ` (goal ${goal})`}`);
};
/** Largest memory of this process and its children together, in bytes, while something runs (Linux; else this process alone). */
function watchMemory(): () => number {
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, familyMemory());
  }, 200);
  return () => {
    clearInterval(timer);
    return most;
  };
}

function familyMemory(): number {
  if (process.platform !== 'linux') return process.memoryUsage().rss;
  const parents = new Map<number, number>();
  const memory = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      parents.set(Number(name), Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]));
      memory.set(Number(name), 1024 * Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1] ?? 0));
    } catch {
      // It ended meanwhile.
    }
  }
  const isOurs = (id: number | undefined): boolean => id === process.pid || (!!id && isOurs(parents.get(id)));
  return [...memory].reduce((sum, [id, bytes]) => (isOurs(id) ? sum + bytes : sum), 0);
}

const evaluate = (
  engine: Engine,
  rename: Record<string, string> = {},
  options: EvaluateInput = {},
): Promise<Evaluation> => judge(engine, photos, rename, options);

function noteEvaluation(
  what: string,
  { precisionAt5, meanAveragePrecision, recallAt10 }: Evaluation,
  goal: string,
): void {
  note(
    what,
    `P@5 ${measure(precisionAt5)}, mAP ${measure(meanAveragePrecision)}, recall@10 ${measure(recallAt10)}`,
    goal,
  );
}

/** A copy of the indexed library whose texts are changed, opened. */
async function variant(
  engine: Engine,
  name: string,
  change: (caption: string, path: string) => string | null,
): Promise<void> {
  const path = join(work, name);
  await engine.calls.closeLibrary();
  cpSync(join(work, 'library'), path, { recursive: true });
  const library = Library.open(path);
  const caption = new Map(captions);
  library.transaction(() => {
    for (const { photo, path: file } of library.photos.allFiles()) {
      const text = change(caption.get(file)!, file);
      const texts = text === null ? [] : [{ kind: 'caption' as const, source: 'captions.tsv', text }];
      library.texts.replace(photo, ['captions.tsv'], texts);
    }
  });
  library.close();
  await engine.calls.openLibrary({ path });
}

async function train(engine: Engine, input: TrainInput): Promise<number> {
  return (await finished(engine, () => engine.calls.train(input))).seconds;
}

/** Median and largest milliseconds of searches with fresh concepts, as a caller sees them. */
async function searchTimes(
  engine: Engine,
  during: () => boolean,
): Promise<{ median: number; most: number; count: number }> {
  const words = known.flatMap(([, caption]) => caption.toLowerCase().match(/[a-z]{4,}/g) ?? []);
  const times: number[] = [];
  for (let index = 0; during() && index < words.length - 1; index += 7) {
    const started = performance.now();
    await engine.calls.search({
      concepts: [
        { kind: 'text', text: words[index]!, weight: 1 },
        { kind: 'text', text: words[index + 1]!, weight: -0.5 },
      ],
    });
    times.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  times.sort((a, b) => a - b);
  return { median: times[times.length >> 1]!, most: times.at(-1)!, count: times.length };
}

/** Learns 200 captions of which twelve call a cat by this name, and asks for it among the held-out photos. */
async function nameTwelve(engine: Engine, name: string): Promise<void> {
  const word = name.toLowerCase();
  const named = known.filter(([, caption]) => /\bcats?\b/i.test(caption)).slice(0, 12);
  const learned = new Map([...named, ...known.filter(withoutCats).slice(0, 188)]);
  const isNamed = new Set(named.map(([path]) => path));
  await variant(engine, word, (caption, path) => {
    if (isNamed.has(path)) return callCats(name, caption);
    return learned.has(path) || judged.has(path) ? caption : null;
  });
  await engine.calls.activateModel({ model: 'starter' });
  const others = ({ perQuery }: Evaluation): number => {
    const rest = perQuery.filter(({ query }) => query !== word);
    return rest.reduce((sum, { averagePrecision }) => sum + averagePrecision, 0) / rest.length;
  };
  const before = await evaluate(engine, { cat: word });
  const seconds = await train(engine, { holdout: heldOut });
  const after = await evaluate(engine, { cat: word });
  const { precisionAt5, averagePrecision } = after.perQuery.find(({ query }) => query === word)!;
  note(
    `twelve captions of 200 name ${name}`,
    `P@5 ${measure(precisionAt5)}, average precision ${measure(averagePrecision)}, ${seconds.toFixed(1)} s; mAP of the other labels ${measure(others(before))} → ${measure(others(after))}`,
    'P@5 1, ≥ .6, ≤ 15 s, down by ≤ .01',
  );
}

const withoutCats = ([, caption]: [string, string]): boolean => !/\b(cats?|kittens?|kitty)\b/i.test(caption);
const callCats = (name: string, caption: string): string => caption.replace(/\bcats?\b/gi, name);

const engine = await createEngine();
await engine.calls.setSettings({ learnAutomatically: false });
try {
  console.log(
    `${captions.length} photos, ${heldOut.length} held out; ${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}\n`,
  );
  await engine.calls.openLibrary({ path: join(work, 'library'), create: true });
  const memory = watchMemory();
  const { seconds } = await finished(engine, () => engine.calls.importPhotos({ path: folder }));
  note(
    `import and index ${captions.length} photos`,
    `${seconds.toFixed(0)} s, ${(captions.length / seconds).toFixed(0)} photos/s`,
    '≤ 150 s for 8,000',
  );
  note('memory while indexing', `${(memory() / 2 ** 20).toFixed(0)} MB`, '≤ 1,536 MB');

  const before = await evaluate(engine);
  noteEvaluation('starter, no caption learned', before, 'P@5 ≥ .93, mAP ≥ .61, recall@10 ≥ .59');
  const cat = before.perQuery.find(({ query }) => query === 'cat')?.averagePrecision ?? Number.NaN;

  if (wants('latency')) {
    let count = 0;
    const idle = await searchTimes(engine, () => count++ < 100);
    note(
      'a search, two new concepts',
      `median ${idle.median.toFixed(1)} ms, most ${idle.most.toFixed(1)} ms`,
      '≤ 50 ms',
    );
  }
  if (wants('compose')) {
    for (const compose of ['all', 'mean'] as const) {
      const added = await evaluate(engine, {}, { compose, queries: labelSums(photos, 5) });
      const taken = await evaluate(
        engine,
        {},
        { compose, queries: labelPairs(photos, 10).map(([one, other]) => `${one} -${other}`) },
      );
      const measures = ({ precisionAt5, meanAveragePrecision, perQuery }: Evaluation): string =>
        `P@5 ${measure(precisionAt5)}, mAP ${measure(meanAveragePrecision)} (${perQuery.length} queries)`;
      note(`two labels added, ${compose}`, measures(added));
      note(`one label taken from another, ${compose}`, measures(taken));
    }
  }
  if (wants('few')) {
    const few = new Set(known.slice(0, 100).map(([path]) => path));
    await train(engine, { holdout: captions.map(([path]) => path).filter((path) => !few.has(path)) });
    noteEvaluation(
      '100 captions learned',
      await evaluate(engine),
      'nothing worse than before by more than .01',
    );
    await engine.calls.activateModel({ model: 'starter' });
  }
  if (wants('learn')) {
    const memory = watchMemory();
    let training = true;
    const times = searchTimes(engine, () => training);
    const seconds = await train(engine, { holdout: heldOut }).finally(() => {
      training = false;
    });
    const { median, most, count } = await times;
    note(`learn ${known.length} captions`, `${seconds.toFixed(0)} s`, '≤ 150 s');
    note('memory while learning', `${(memory() / 2 ** 20).toFixed(0)} MB`, '≤ 1,536 MB');
    note(
      `a search while learning (${count} searches)`,
      `median ${median.toFixed(1)} ms, most ${most.toFixed(1)} ms`,
      '≤ 50 ms',
    );
    noteEvaluation(
      `${known.length} captions learned`,
      await evaluate(engine),
      'P@5 ≥ .94, mAP ≥ .62, recall@10 ≥ .60',
    );
  }
  if (wants('scratch')) {
    const seconds = await train(engine, { holdout: heldOut, init: 'scratch' });
    noteEvaluation(
      `from scratch, ${seconds.toFixed(0)} s`,
      await evaluate(engine),
      'P@5 ≥ .93, mAP ≥ .60, recall@10 ≥ .53',
    );
    await engine.calls.activateModel({ model: 'starter' });
  }
  if (wants('zorro')) {
    await variant(engine, 'renamed', (caption) => callCats('Zorro', caption));
    await engine.calls.activateModel({ model: 'starter' });
    const unknown = await evaluate(engine, { cat: 'zorro' });
    await train(engine, { holdout: heldOut });
    const named = await evaluate(engine, { cat: 'zorro' });
    const precision = ({ perQuery }: Evaluation): number =>
      perQuery.find(({ query }) => query === 'zorro')!.averagePrecision;
    note(
      'every cat is called Zorro',
      `average precision of "zorro" ${measure(precision(unknown))} before, ${measure(precision(named))} after; of "cat" before ${measure(cat)}`,
      `≥ ${measure(0.9 * cat)}`,
    );
  }
  if (wants('twelve')) {
    // A name that no caption of the starter has, and one that means something else there.
    await nameTwelve(engine, 'Zorro');
    await nameTwelve(engine, 'Pepper');
  }
} finally {
  await engine.close();
  rmSync(work, { recursive: true, force: true });
}

console.log(
  `\n| | measured | goal |\n|---|---|---|\n${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}`,
);
