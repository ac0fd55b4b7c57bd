/** What of a half-typed query is finished, and chips written back as text. */
import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../electron/engine/search/query.ts';
import { splitDraft, writeConcept } from '../../renderer/text/draft.ts';

describe('splitting a draft', () => {
  it.each([
    ['', '', ''],
    ['dog', '', 'dog'],
    ['dog ', 'dog', ''],
    ['dog, c', 'dog,', 'c'],
    ['dog+', 'dog', '+'],
    ['dog + ', 'dog', '+ '],
    ['dog + beach - ', 'dog + beach', '- '],
    ['dog -people', 'dog', '-people'],
    ['-people ', '-people', ''],
    ['ice-cream', '', 'ice-cream'],
    ['"snow leo', '', '"snow leo'],
    ['"snow leopard" ', '"snow leopard"', ''],
    ['"snow leopard"', '', '"snow leopard"'],
    ['night:0.5 ', 'night:0.5', ''],
    ['犬、猫', '犬、', '猫'],
    [' + ', '', '+ '],
  ])('%j is finished up to %j and goes on with %j', (draft, finished, rest) => {
    expect(splitDraft(draft)).toEqual({ finished, rest });
  });

  it('means the same however it is typed', () => {
    const query = 'beach + "snow leopard" -people night:0.5, ice-cream - car';
    let typed = '';
    const finishedParts: string[] = [];
    for (const character of `${query} `) {
      const { finished, rest } = splitDraft(typed + character);
      if (finished) finishedParts.push(finished);
      typed = finished ? rest : typed + character;
    }
    expect(typed.trim()).toBe('');
    expect(finishedParts.flatMap((part) => parseQuery(part, { lenient: true }))).toEqual(parseQuery(query));
  });
});

describe('writing a concept', () => {
  it.each([
    ['dog', 1],
    ['dog', -1],
    ['dog', 0.35],
    ['snow leopard', -0.5],
    ['say "cheese"', 1],
    ['-negative', 1],
    ['10:30', 0.25],
    ['dog', 0],
  ])('%j at %d reads back as the same', (text, weight) => {
    expect(parseQuery(writeConcept(text, weight))).toEqual([{ kind: 'text', text, weight }]);
  });
});
