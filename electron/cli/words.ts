/** `photolex words`: what the active model knows about words, and what the user says of them. */
import type { NearestWord, WordRules, WordSource, WordSpace } from '../engine/contract.ts';
import { PhotolexError } from '../engine/contract.ts';
import { counted } from '../engine/counted.ts';
import type { Engine } from '../engine/engine.ts';
import { type LibraryOptions, withLibrary } from './session.ts';
import { print, printJson } from './terminal.ts';
import { UsageError } from './usage.ts';

export interface WordsOptions extends LibraryOptions {
  limit: number;
  space?: WordSpace;
  analogy?: string[];
  topics?: boolean;
  tokens?: string;
  rules?: boolean;
  exclude: string[];
  merge: string[];
  join: string[];
  forget: string[];
}

export async function words(word: string | undefined, options: WordsOptions): Promise<void> {
  await withLibrary(options.library, false, async (engine) => {
    if (changes(options)) return changeRules(engine, options);
    if (options.rules) return showRules(engine, options);
    if (options.tokens !== undefined) return showTokens(engine, options.tokens, options);
    if (options.topics) return showTopics(engine, options);
    if (options.analogy) return showAnalogy(engine, options.analogy, options);
    if (word === undefined) return showLearned(engine, options);
    return showNearest(engine, word, options);
  });
}

const origins: Record<Exclude<WordSource, 'unknown' | 'written'>, string> = {
  learned: 'learned from your captions',
  starter: 'from the starter',
  pretrained: 'from general English',
  spelling: 'guessed from its letters',
};

async function showNearest(
  engine: Engine,
  word: string,
  { limit, space, json }: WordsOptions,
): Promise<void> {
  const nearest = await engine.calls.nearestWords({ word, limit, ...(space && { space }) });
  if (nearest.source === 'unknown') {
    throw new PhotolexError(
      'unknown-word',
      `Nobody knows the word "${word}": neither your captions nor the bundled vectors have it.`,
    );
  }
  if (json) return printJson({ word, ...nearest });
  if (nearest.source === 'written') {
    return print(
      `${word}: written under ${counted(nearest.count, 'photo')}, which a search finds; the active model has not learned it.`,
    );
  }
  print(`${word}: ${origins[nearest.source]}${nearest.count > 0 ? `, written ${nearest.count} times` : ''}`);
  if (nearest.covers.length > 0) print(`also finds: ${nearest.covers.join(', ')}`);
  printWords(nearest.words);
}

function printWords(near: readonly NearestWord[]): void {
  for (const { word, similarity, count } of near) {
    print(`  ${similarity.toFixed(3)}  ${word}${count > 0 ? ` (${count})` : ''}`);
  }
}

async function showAnalogy(
  engine: Engine,
  [a, b, c]: readonly string[],
  { limit, space, json }: WordsOptions,
): Promise<void> {
  if (!a || !b || !c) throw new UsageError('--analogy takes three words: --analogy king queen man');
  const near = await engine.calls.analogy({ a, b, c, limit, ...(space && { space }) });
  if (json) return printJson({ a, b, c, words: near });
  print(`${a} is to ${b} as ${c} is to:`);
  printWords(near);
}

async function showTopics(engine: Engine, { limit, json }: WordsOptions): Promise<void> {
  const topics = await engine.calls.topics({ words: limit });
  if (json) return printJson({ topics });
  for (const { topic, share, words: topicWords } of topics) {
    print(
      `topic ${topic}, ${(100 * share).toFixed(1)} %: ${topicWords.map((entry) => entry.word).join(', ')}`,
    );
  }
}

async function showLearned(engine: Engine, { limit, json }: WordsOptions): Promise<void> {
  const { total, words: learned } = await engine.calls.learnedWords({ limit });
  if (json) return printJson({ total, words: learned });
  if (total === 0) return print('The active model has learned no word of this library. Train it first.');
  print(`${total.toLocaleString('en')} words learned from this library, the most written first:`);
  for (const entry of learned) print(`  ${String(entry.count).padStart(7)}  ${entry.word}`);
}

async function showTokens(engine: Engine, text: string, { json }: WordsOptions): Promise<void> {
  const prepared = await engine.calls.prepareText({ text });
  if (json) return printJson(prepared);
  for (const { step, result } of prepared.steps) print(`${step}: ${result}`);
  print(`tokens: ${prepared.tokens.join(' · ') || '(none)'}`);
}

const changes = ({ exclude, merge, join, forget }: WordsOptions): boolean =>
  exclude.length + merge.length + join.length + forget.length > 0;

/** Adds rules to those that there are; `--forget` takes away every rule about a word. */
async function changeRules(engine: Engine, options: WordsOptions): Promise<void> {
  const { rules } = await engine.calls.wordRules();
  const forgotten = new Set(options.forget);
  const merge = options.merge.map((pair) => {
    const [from, into] = pair.split('=', 2).map((part) => part.trim());
    if (!from || !into) throw new UsageError(`--merge takes two words, as in kitty=cat, not "${pair}".`);
    return { from, into };
  });
  const changed = await engine.calls.setWordRules({
    exclude: [...rules.exclude.filter((word) => !forgotten.has(word)), ...options.exclude],
    merge: [
      ...rules.merge.filter(({ from }) => !forgotten.has(from) && !merge.some((pair) => pair.from === from)),
      ...merge,
    ],
    join: [...rules.join.filter((word) => !forgotten.has(word)), ...options.join],
  });
  if (options.json) return printJson(changed);
  printRules(changed);
  print('Train again for them to take effect.');
}

async function showRules(engine: Engine, { json }: WordsOptions): Promise<void> {
  const { rules, learned } = await engine.calls.wordRules();
  if (json) return printJson({ ...rules, learned });
  printRules(rules);
  if (!learned) print('The active model was learned by other rules. Train again for these to take effect.');
}

function printRules({ exclude, merge, join }: WordRules): void {
  if (exclude.length + merge.length + join.length === 0) print('No rules about words.');
  for (const word of exclude) print(`leave out ${word}`);
  for (const { from, into } of merge) print(`read ${from} as ${into}`);
  for (const word of join) print(`one word: ${word}`);
}
