/**
 * Makes `models/weights/thesaurus.gz`, which words are kinds of which, from the database of WordNet 3.0 (Miller 1995, "WordNet: a lexical
 * database for English"): `node build/thesaurus.ts <folder with data.noun, index.noun, cntlist.rev and noun.exc>`, as Debian's package
 * `wordnet-base` has them in /usr/share/wordnet. See `models/text/thesaurus.ts` for the format.
 *
 * Of a word only the meanings count that people use: a dog may be a man, but hardly ever is. A word that the bundled vectors do not know is
 * left out, and so are the names of single things and people.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundledWords } from '../electron/engine/library/modelFiles.ts';
import { projectRoot } from '../native/runtime.ts';

const folder = process.argv[2];
if (!folder)
  throw new Error("Say in which folder WordNet's data.noun, index.noun, cntlist.rev and noun.exc are.");

/** The part of a word's uses, in the texts that WordNet counted, which a meaning must have. */
const LEAST_SHARE = 0.25;
/** Added to each count: a meaning that was never met may still be the usual one. */
const SMOOTHING = 0.5;

/** The lines of a file of WordNet, without its licence, which stands first and is indented. */
const lines = (name: string): string[] =>
  readFileSync(join(folder, name), 'latin1')
    .split('\n')
    .filter((line) => line && !line.startsWith('  '));

/** Uses of a meaning: lemma, number of the meaning from 1. */
const uses = new Map<string, number>();
for (const line of lines('cntlist.rev')) {
  const [key, number, count] = line.split(' ') as [string, string, string];
  const [lemma, sense] = key.split('%') as [string, string];
  // 1 is WordNet's number for nouns.
  if (sense.startsWith('1:')) uses.set(`${lemma} ${number}`, Number(count));
}

/** The meanings (offsets of synsets) that a lemma is used for. */
const usual = new Map<string, ReadonlySet<string>>();
const known = new Set(bundledWords().words);
for (const line of lines('index.noun')) {
  const fields = line.trim().split(' ');
  const lemma = fields[0]!;
  if (!lemma.split('_').every((word) => known.has(word))) continue;
  const offsets = fields.slice(-Number(fields[2]));
  const counts = offsets.map((_, index) => SMOOTHING + (uses.get(`${lemma} ${index + 1}`) ?? 0));
  const all = counts.reduce((sum, count) => sum + count, 0);
  usual.set(lemma, new Set(offsets.filter((_, index) => counts[index]! >= LEAST_SHARE * all)));
}

/** Plurals that no rule makes. WordNet calls "people" no plural; everybody else does. */
const plurals = new Map<string, string[]>([['person', ['people']]]);
for (const line of lines('noun.exc')) {
  const [plural, ...lemmas] = line.split(' ') as [string, ...string[]];
  for (const lemma of lemmas) {
    if (lemma !== plural && known.has(plural)) plurals.set(lemma, [...(plurals.get(lemma) ?? []), plural]);
  }
}

interface Synset {
  lemmas: string[];
  broader: string[];
}

const synsets = new Map<string, Synset>();
for (const line of lines('data.noun')) {
  const [offset, , , size, ...rest] = line.split(' | ')[0]!.trim().split(' ') as [
    string,
    string,
    string,
    string,
    ...string[],
  ];
  const count = Number.parseInt(size, 16);
  const lemmas = rest.slice(0, 2 * count).filter((_, index) => index % 2 === 0);
  const pointers = rest.slice(2 * count + 1);
  const broader = pointers.flatMap((symbol, index) =>
    index % 4 === 0 && symbol === '@' ? [pointers[index + 1]!] : [],
  );
  synsets.set(offset, {
    lemmas: lemmas.map((lemma) => lemma.toLowerCase()).filter((lemma) => usual.get(lemma)?.has(offset)),
    broader,
  });
}

/** Only what has a word, or stands between two that have. */
const kept = new Set<string>();
const keep = (offset: string): void => {
  if (kept.has(offset)) return;
  kept.add(offset);
  synsets.get(offset)!.broader.forEach(keep);
};
for (const [offset, { lemmas, broader }] of synsets) {
  // What is not broader than anything, and has nothing broader, is a name.
  if (lemmas.length > 0 && broader.length > 0) keep(offset);
}

const order = [...kept].sort();
const place = new Map(order.map((offset, index) => [offset, index]));
const text = order
  .map((offset, index) => {
    const { lemmas, broader } = synsets.get(offset)!;
    const words = lemmas.map((lemma) => [lemma, ...(plurals.get(lemma) ?? [])].join('/'));
    return `${broader.map((other) => (index - place.get(other)!).toString(36)).join(' ')}\t${words.join(' ')}`;
  })
  .join('\n');
const file = gzipSync(text, { level: 9 });
writeFileSync(join(projectRoot, 'models/weights/thesaurus.gz'), file);
console.log(
  `${order.length} meanings, ${(text.match(/[^\s/]+(?=[\s/]|$)/g) ?? []).length} words, ${file.length} bytes`,
);
