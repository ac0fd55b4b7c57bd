/** Texts as people write them, in several languages, with hashtags, phrases, and what the user says of words. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { TagSplitter } from '../../models/text/hashtags.ts';
import { detectLanguage } from '../../models/text/languageDetection.ts';
import { withPhraseWords } from '../../models/text/phrases.ts';
import { TextPreparation } from '../../models/text/preparation.ts';
import { functionWords, type Language, languages } from '../../models/text/stopWords.ts';
import { noRules } from '../../models/text/wordRules.ts';
import { captions } from '../fixtures/languageCaptions.ts';

const wordList = readFileSync(new URL('../../models/weights/glove-100d.words.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');
const ranks = new Map(wordList.map((word, rank) => [word, rank]));
const rank = (word: string): number | undefined => ranks.get(word);
const nobody = (): boolean => false;

describe('languages', () => {
  const all = languages.flatMap((language) => captions[language].map((text) => ({ language, text })));
  test('of short captions are told', () => {
    const right = all.filter(({ language, text }) => detectLanguage(text) === language);
    expect(all.length).toBeGreaterThanOrEqual(80);
    expect(right.length / all.length).toBeGreaterThanOrEqual(0.95);
  });

  test.each(languages)('%s: function words go, words of sight stay', (language) => {
    const seen: Record<Language, string> = {
      en: 'beach sunset dog red old big water street',
      es: 'playa sol perro rojo casa mar calle noche gato mesa',
      fr: 'plage soleil été chien rouge maison mer rue nuit pont',
      de: 'strand sonne hund rot haus mann mensch tag morgen straße klein kleine große',
      it: 'spiaggia sole cane rosso casa mare strada notte gatto ponte',
      pt: 'praia sol cachorro vermelho casa mar rua noite dia gato grande',
      ca: 'platja sol gos vermell casa mar carrer nit gat pont',
      nl: 'strand zon hond rood huis zee straat nacht kat brug',
    };
    expect(seen[language].split(' ').filter((word) => functionWords[language].has(word))).toEqual([]);
    for (const text of captions[language]) {
      const tokens = TextPreparation.learn(captions[language], { phrases: false }).tokens(text);
      expect(tokens.length).toBeGreaterThan(0);
      expect(tokens.filter((token) => functionWords[language].has(token))).toEqual([]);
    }
  });

  test('of a word alone is that of the library', () => {
    const spanish = TextPreparation.learn(captions.es);
    expect(spanish.explain('sobre la mesa')).toMatchObject({ language: 'es', tokens: ['mesa'] });
    expect(spanish.explain('mesa').language).toBe('es');
    expect(TextPreparation.plain().explain('mesa').language).toBe('en');
  });

  test('meet in a library of two: each text loses the stop words of its own', () => {
    const both = TextPreparation.learn([...captions.en, ...captions.de]);
    expect(both.tokens('Der Hund und die Katze im Garten')).toEqual(['hund', 'katze', 'garten']);
    expect(both.tokens('The dog will die of joy in this garden')).toContain('die');
    // A query does not tell its language: stop words of both go, but what the model has learnt stays.
    expect(both.query('die Katze on the sofa', nobody)).toEqual(['katze', 'sofa']);
    expect(both.query('die', nobody)).toEqual(['die']);
    expect(both.query('the die', (word) => word === 'die')).toEqual(['die']);
  });
});

describe('hashtags', () => {
  const split: [string, string][] = [
    ['goldengate', 'golden gate'],
    ['snowleopard', 'snow leopard'],
    ['sunsetlovers', 'sunset lovers'],
    ['blackandwhite', 'black and white'],
    ['streetart', 'street art'],
    ['newyorkcity', 'new york city'],
    ['dogsofberlin', 'dogs of berlin'],
    ['weddingday', 'wedding day'],
    ['mountainbike', 'mountain bike'],
    ['redpanda', 'red panda'],
    ['cityofangels', 'city of angels'],
    ['birdwatching', 'bird watching'],
    ['catsleeping', 'cat sleeping'],
    ['eiffeltower', 'eiffel tower'],
    ['autumncolors', 'autumn colors'],
    ['oldtown', 'old town'],
    ['greenhouse', 'greenhouse'],
    ['sunset', 'sunset'],
    ['barcelona', 'barcelona'],
    ['photographer', 'photographer'],
    ['skateboarding', 'skateboarding'],
    ['lighthouse', 'lighthouse'],
    ['butterfly', 'butterfly'],
    ['waterfall', 'waterfall'],
    ['strawberry', 'strawberry'],
    ['rainbow', 'rainbow'],
    ['qwrtzpsdf', 'qwrtzpsdf'],
    ['zorro', 'zorro'],
    ['猫のいる生活', '猫のいる生活'],
    ['#', '#'],
  ];

  test('that run words together are taken apart, and words stay whole', () => {
    const splitter = new TagSplitter({ counts: new Map(), rank });
    const wrong = split.filter(([tag, words]) => splitter.split(tag).join(' ') !== words);
    expect(wrong.length / split.length).toBeLessThanOrEqual(0.05);
  });

  test('are read by the words that the user writes elsewhere', () => {
    const own = [
      'Perros en la playa',
      'Dos perros',
      'Los perros de Figueres',
      'Figueres',
      'Figueres de noche',
    ];
    expect(TextPreparation.learn(own, { rank }).tokens('#perrosfigueres')).toEqual(['perros', 'figueres']);
    expect(TextPreparation.learn([], { rank }).tokens('#perrosfigueres')).toHaveLength(1);
    const english = TextPreparation.learn(captions.en, { rank });
    expect(english.tokens('#goldenGate #goldengate #photooftheday #blackandwhite')).toEqual([
      'golden',
      'gate',
      'golden',
      'gate',
      'black',
      'white',
    ]);
  });
});

describe('phrases', () => {
  const texts = Array.from({ length: 8 }, (_, i) => [
    `a snow leopard on rock ${'abcdefgh'[i]}`,
    'a red car in the street',
    'old trees and a house',
    'boats in the harbour at night',
  ])
    .flat()
    .concat('tracks in the snow', 'the leopard sleeps');
  const preparation = TextPreparation.learn(texts);

  it('are learnt, and joined in captions and queries alike', () => {
    expect(preparation.tokens('A snow leopard!')).toEqual(['snow_leopard']);
    expect(preparation.query('snow leopard', nobody)).toEqual(['snow_leopard']);
    expect(preparation.explain('A snow leopard').joined).toEqual(['snow leopard']);
    expect(TextPreparation.learn(texts, { phrases: false }).tokens('snow leopard')).toEqual([
      'snow',
      'leopard',
    ]);
  });

  it('bring their words with them', () => {
    expect(withPhraseWords(['big', 'snow_leopard'])).toEqual(['big', 'snow_leopard', 'snow', 'leopard']);
  });
});

describe('what the user says of words', () => {
  const rules = {
    exclude: ['Nikon', 'copyright notice'],
    merge: [
      { from: 'kitty', into: 'cat' },
      { from: 'moggy', into: 'kitty' },
      { from: 'big apple', into: 'New York' },
    ],
    join: ['Sagrada Família'],
  };
  const preparation = TextPreparation.learn(captions.en, { rules });

  it('is heeded in captions and queries', () => {
    expect(preparation.tokens('Kitty and moggy, Nikon D500 nikon')).toEqual(['cat', 'cat', 'd500']);
    expect(preparation.tokens('The big apple from the sagrada família; copyright notice')).toEqual([
      'new_york',
      'sagrada_família',
    ]);
    expect(preparation.query('my kitty', nobody)).toEqual(['cat']);
    expect(preparation.explain('a kitty with a Nikon')).toMatchObject({
      dropped: ['with', 'nikon'],
      merged: [{ from: 'kitty', into: 'cat' }],
      tokens: ['cat'],
    });
    expect(preparation.withRules(noRules).tokens('Nikon kitty')).toEqual(['nikon', 'kitty']);
  });

  it('is refused where it goes round in a circle, or says nothing', () => {
    const merge = [
      { from: 'cat', into: 'kitty' },
      { from: 'kitty', into: 'cat' },
    ];
    expect(() => preparation.withRules({ ...noRules, merge })).toThrow('"cat" → "kitty" → "cat"');
    expect(() => preparation.withRules({ ...noRules, exclude: ['!?'] })).toThrow('"!?" is no word');
  });

  it('is kept with what was learnt', () => {
    const kept = TextPreparation.fromJSON(JSON.parse(JSON.stringify(preparation)), {
      counts: new Map(),
      rank,
    });
    for (const text of [...captions.en, 'Kitty in the big apple #goldengate'])
      expect(kept.tokens(text)).toEqual(TextPreparation.learn(captions.en, { rules, rank }).tokens(text));
    const newer = { ...preparation.toJSON(), version: 2 as 1 };
    expect(() => TextPreparation.fromJSON(newer, { counts: new Map(), rank })).toThrow('version 2');
  });
});

describe('what no one should write', () => {
  const preparation = TextPreparation.learn(captions.en, { rank });
  test.each([
    ['nothing', '', []],
    ['control characters', 'dog\u0000\u0007 \u001b[31mcat\u202e', ['dog', '31mcat']],
    ['mixed directions', 'dog שלום cat مرحبا', ['dog', 'שלום', 'cat', 'مرحبا']],
    ['emoji alone', '🐶🐱', ['🐶', '🐱']],
    ['addresses alone', 'https://a.b/c @joe me@x.org', []],
    ['lone surrogates', 'dog \ud800 #\udfff cat', ['dog', 'cat']],
    ['a hash alone', '# ## #_ #1', []],
  ])('%s', (_, text, tokens) => {
    expect(preparation.tokens(text)).toEqual(tokens);
  });

  test('100,000 words are words', () => {
    const long = Array.from({ length: 100_000 }, (_, i) => `word${i % 1000}`).join(' ');
    expect(preparation.tokens(long)).toHaveLength(100_000);
    expect(preparation.tokens(`#${'a'.repeat(100_000)}`)).toEqual([]);
  });
});
