import { describe, expect, it } from 'vitest';
import { calls, MAXIMUM_WEIGHT } from '../../electron/engine/contract.ts';
import {
  formatQuery,
  parseQuery,
  type QueryConcept,
  QueryError,
} from '../../electron/engine/search/query.ts';
import { Random } from '../../models/random.ts';

const text = (name: string, weight = 1): QueryConcept => ({ kind: 'text', text: name, weight });
const photo = (id: number, weight = 1): QueryConcept => ({ kind: 'photo', photo: id, weight });

describe('a query', () => {
  it.each<[string, QueryConcept[]]>([
    ['', []],
    ['  , ', []],
    ['beach', [text('beach')]],
    ['beach + sunset -people', [text('beach'), text('sunset'), text('people', -1)]],
    ['beach sunset', [text('beach'), text('sunset')]],
    ['beach, sunset;people', [text('beach'), text('sunset'), text('people')]],
    ['beach+sunset', [text('beach'), text('sunset')]],
    ['+beach', [text('beach')]],
    ['"snow leopard" cat', [text('snow leopard'), text('cat')]],
    ['"  snow\t leopard "', [text('snow leopard')]],
    ['“snow leopard” „alte Brücke“ «le chat»', [text('snow leopard'), text('alte Brücke'), text('le chat')]],
    ['"a \\"b\\" \\\\ \\c"', [text('a "b" \\ \\c')]],
    ['cat"snow leopard"dog', [text('cat'), text('snow leopard'), text('dog')]],
    ['street - car', [text('street'), text('car', -1)]],
    ['ice-cream', [text('ice-cream')]],
    ['ice-cream -ice-cube', [text('ice-cream'), text('ice-cube', -1)]],
    ['-"snow leopard":0.5', [text('snow leopard', -0.5)]],
    ['street −car –bus － tram', [text('street'), text('car', -1), text('bus', -1), text('tram', -1)]],
    ['street ＋　car', [text('street'), text('car')]],
    ['street + - car', [text('street'), text('car', -1)]],
    [
      'beach:0.25 night:.5 sea:0,75, moon:1.',
      [text('beach', 0.25), text('night', 0.5), text('sea', 0.75), text('moon')],
    ],
    ['beach:-0.5 -night:−0.5', [text('beach', -0.5), text('night', 0.5)]],
    ['beach：0.5', [text('beach', 0.5)]],
    ['photo:17', [photo(17)]],
    ['-Photo:17:0.5 beach', [photo(17, -0.5), text('beach')]],
    ['photo "photo":0.5', [text('photo', 1.5)]],
    ['-beach:0', [text('beach', 0)]],
    ['#sunset 🏖️ don’t été', [text('#sunset'), text('🏖️'), text('don’t'), text('été')]],
  ])('%j', (query, concepts) => {
    const scaled = Math.max(1, ...concepts.map((concept) => Math.abs(concept.weight)));
    expect(parseQuery(query)).toEqual(
      concepts.map((concept) => ({ ...concept, weight: concept.weight / scaled })),
    );
  });

  it('keeps the proportions of weights beyond the maximum', () => {
    expect(MAXIMUM_WEIGHT).toBe(1);
    expect(parseQuery('beach:2 night:0.5 -car:4')).toEqual([
      text('beach', 0.5),
      text('night', 0.125),
      text('car', -1),
    ]);
  });

  it('adds the weights of a concept that is repeated, however it is written', () => {
    expect(parseQuery('Cafe\u0301 café:0.5 -CAFÉ')).toEqual([text('Cafe\u0301', 0.5)]);
    expect(parseQuery('photo:1 dog "dog" photo:1:-1')).toEqual([photo(1, 0), text('dog', 1)]);
    expect(parseQuery('dog cat dog')).toEqual([text('dog', 1), text('cat', 0.5)]);
  });

  it('is what the contract allows', () => {
    const concepts = parseQuery('beach:900 beach:900 -photo:3:1e-9 "a b"');
    expect(calls.parseQuery.output.parse(concepts)).toEqual(concepts);
  });
});

describe('a query that cannot be understood', () => {
  it.each<[string, number, RegExp]>([
    ['cat "snow leopard', 4, /quote is not closed. Add "/],
    ['cat “snow leopard', 4, /quote is not closed/],
    ['cat ""', 4, /nothing between these quotes/],
    ['beach:x', 6, /weight must be a number.*beach:0.5/],
    ['beach:', 6, /weight must be a number/],
    ['beach:0.5-car', 6, /weight must be a number/],
    ['https://example.org', 6, /put words that have a colon in quotes/],
    ['beach:1001', 6, /too large. Write at most 1000/],
    ['beach:1e400', 6, /too large/],
    ['cat :2', 4, /no word before this colon/],
    ['cat -', 4, /nothing after this sign/],
    ['+', 0, /nothing after this sign/],
    ['photo:', 6, /named by its number/],
    ['photo:cat', 6, /named by its number. Write photo:17/],
    ['cat photo:0', 4, /no photo 0. Photos are numbered from 1/],
    [`cat "${'long '.repeat(50)}"`, 4, /too long/],
  ])('%j says where, and what to write', (query, position, message) => {
    let error: unknown;
    try {
      parseQuery(query);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(QueryError);
    expect(error).toMatchObject({ name: 'QueryError', code: 'query', position });
    expect((error as QueryError).message).toMatch(message);
    expect((error as QueryError).message.endsWith((error as QueryError).hint)).toBe(true);
  });

  it.each<[string, QueryConcept[]]>([
    ['cat -', [text('cat')]],
    ['cat + ', [text('cat')]],
    ['cat "snow leo', [text('cat'), text('snow leo')]],
    ['cat “', [text('cat')]],
    ['cat ""', [text('cat')]],
    ['beach:', [text('beach')]],
    ['beach:-', [text('beach')]],
    ['beach:0.', [text('beach', 0)]],
    ['beach:-.', [text('beach')]],
    ['cat photo:', [text('cat')]],
  ])('%j is taken as far as it goes while typing', (query, concepts) => {
    expect(parseQuery(query, { lenient: true })).toEqual(concepts);
  });

  it('is an error while typing too, where it is not only unfinished', () => {
    for (const query of ['beach:x', 'beach: cat', ':2', 'photo:x', 'photo: cat']) {
      expect(() => parseQuery(query, { lenient: true }), query).toThrow(QueryError);
    }
  });

  it('never fails in another way, whatever is typed', () => {
    const random = new Random(5);
    const pieces = [
      '"',
      '“',
      ':',
      '-',
      '+',
      ' ',
      ',',
      '\\',
      'a',
      'photo:',
      '1',
      '.',
      '−',
      'é',
      '\ud83c',
      '\n',
    ];
    for (let round = 0; round < 3000; round++) {
      const query = Array.from(
        { length: random.integer(12) },
        () => pieces[random.integer(pieces.length)],
      ).join('');
      for (const lenient of [false, true]) {
        try {
          expect(calls.parseQuery.output.safeParse(parseQuery(query, { lenient })).success, query).toBe(true);
        } catch (error) {
          if (!(error instanceof QueryError)) throw error;
          expect(error.position).toBeLessThanOrEqual(query.length);
        }
      }
    }
  });
});

describe('formatting', () => {
  it.each([
    'beach + sunset -people',
    '-"snow leopard":0.5 + photo:17',
    'ice-cream + "5\\" disk" + "a+b":0.25',
  ])('%j is written as it was read', (query) => {
    expect(formatQuery(parseQuery(query))).toBe(query);
  });

  it('quotes what would read as something else', () => {
    expect(formatQuery([text('-5'), text('photo', 0.5), text('12:30'), text('photo'), text('a«b')])).toBe(
      '"-5" + "photo":0.5 + "12:30" + photo + "a«b"',
    );
  });

  it('is the inverse of parsing', () => {
    const random = new Random(11);
    const characters = [...'abcPhoto  "\\:+-−–＋：，、;,.“”„«»\'#0123456789éß雪🐆'];
    const randomText = () =>
      Array.from({ length: 1 + random.integer(9) }, () => characters[random.integer(characters.length)])
        .join('')
        .trim()
        .replace(/\s+/g, ' ');
    const weights = [1, 1, -1, 0.5, -0.25, 0, 1e-7, -3e-12];
    for (let round = 0; round < 2000; round++) {
      const concepts = new Map<string, QueryConcept>();
      for (let count = random.integer(6); count > 0; count--) {
        const weight = random.next() < 0.5 ? weights[random.integer(weights.length)]! : 2 * random.next() - 1;
        if (random.next() < 0.2) {
          const id = 1 + random.integer(50);
          concepts.set(`photo ${id}`, photo(id, weight));
        } else {
          const name = random.next() < 0.1 ? 'photo' : randomText();
          if (name !== '') concepts.set(name.toLowerCase(), text(name, weight));
        }
      }
      const query = formatQuery([...concepts.values()]);
      expect(parseQuery(query), query).toEqual([...concepts.values()]);
    }
  });
});
