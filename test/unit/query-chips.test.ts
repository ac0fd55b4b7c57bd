/** The chips of the search box: typed, edited, weighed, taken away. Parsed by the engine's own query language. */
import { beforeEach, describe, expect, it } from 'vitest';
import { PhotolexError } from '../../electron/engine/contract.ts';
import { parseQuery } from '../../electron/engine/search/query.ts';
import type { EngineClient } from '../../renderer/engine.ts';
import { MOST_CHIPS, Query } from '../../renderer/state/query.svelte.ts';

let query: Query;
let changes: number;
let errors: string[];

beforeEach(() => {
  changes = 0;
  errors = [];
  const calls = {
    parseQuery: async ({ query, lenient = false }: { query: string; lenient?: boolean }) => {
      await Promise.resolve();
      if (query.includes('%')) throw new PhotolexError('query', 'A weight must be a number.');
      return parseQuery(query, { lenient });
    },
  };
  query = new Query(
    { calls } as unknown as EngineClient,
    () => changes++,
    (error) => errors.push((error as Error).message),
  );
});

const shown = () => query.chips.map(({ label, weight }) => [label, weight]);

describe('chips', () => {
  it('come from typing, in the order of typing, and the unfinished word stays', async () => {
    let text = '';
    for (const character of 'dog + "snow leopard" -pe') {
      text = query.draft + character;
      void query.type(text);
    }
    await query.commit();
    expect(shown()).toEqual([
      ['dog', 1],
      ['snow leopard', 1],
      ['pe', -1],
    ]);
    expect(query.draft).toBe('');
  });

  it('make one search per change and none for half a word', async () => {
    await query.type('do');
    expect(changes).toBe(0);
    await query.type('dog beach ');
    expect(changes).toBe(1);
    query.setWeight(query.chips[0]!, 0.5);
    query.setWeight(query.chips[0]!, 0.5);
    expect(changes).toBe(2);
    query.remove(query.chips[1]!);
    expect(changes).toBe(3);
    query.clear();
    query.clear();
    expect(changes).toBe(4);
  });

  it('are there once: a repeated word takes the new weight', async () => {
    await query.write('dog beach');
    const [dog] = query.chips;
    await query.write('dog beach');
    query.addWord('Dog', -1);
    expect(shown()).toEqual([
      ['dog', -1],
      ['beach', 1],
    ]);
    expect(query.chips[0]!.noticed).toBe(1);
    expect(query.chips[0]).not.toBe(dog);
  });

  it('go back to text with their sign and weight; pictures have none', async () => {
    await query.write('dog -"snow leopard":0.5');
    expect(query.editLast()).toBe(true);
    expect(query.draft).toBe('-"snow leopard":0.5');
    expect(shown()).toEqual([['dog', 1]]);
    query.add({ kind: 'photo', photo: 7, weight: 1 }, 'Photo 7');
    expect(query.editLast()).toBe(false);
    expect(query.chips).toHaveLength(2);
  });

  it('take their names from the engine, if they are still the ones that were asked about', async () => {
    await query.write('dog beach');
    const asked = query.chips;
    query.remove(asked[0]!);
    query.describe(asked, [
      { label: 'Dog', words: [], known: true },
      { label: 'Beach', words: [], known: false },
    ]);
    expect(shown()).toEqual([['Beach', 1]]);
    expect(query.chips[0]!.info?.known).toBe(false);
  });

  it('give back what could not be parsed, with the reason', async () => {
    await query.type('dog 50% ');
    expect(errors).toEqual(['A weight must be a number.']);
    expect(query.draft).toBe('dog 50%');
    expect(query.isEmpty).toBe(true);
  });

  it('are not more than the contract allows', async () => {
    await query.write(Array.from({ length: MOST_CHIPS }, (_, index) => `word${index}`).join(' '));
    query.addWord('more');
    expect(query.chips).toHaveLength(MOST_CHIPS);
    expect(errors).toHaveLength(1);
  });
});
