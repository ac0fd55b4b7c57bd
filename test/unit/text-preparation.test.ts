import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Random } from '../../models/random.ts';
import { type PreparationData, TextPreparation } from '../../models/text/preparation.ts';
import type { Language } from '../../models/text/stopWords.ts';
import { tokenize } from '../../models/text/tokens.ts';
import { noRules, type WordRules } from '../../models/text/wordRules.ts';
import { captionsByLanguage } from '../fixtures/languages.ts';

const photosOf = (captions: readonly string[]): string[][] => captions.map((caption) => [caption]);
const english = captionsByLanguage.english;
const lexicon = readFileSync('models/weights/glove-100d.words.txt', 'utf8').trimEnd().split('\n');

/** A preparation with these rules and nothing else. */
const withRules = (rules: Partial<WordRules>): TextPreparation =>
  TextPreparation.learn(photosOf(english), { rules: { ...noRules, ...rules } });

describe('TextPreparation', () => {
  it.each<[keyof typeof captionsByLanguage, Language, caption: string, tokens: string]>([
    ['english', 'en', 'The men in a hat by the door of the car', 'men hat door car'],
    ['spanish', 'es', 'El sol sobre nuestra casa y los árboles #felizDía', 'sol casa árboles feliz día'],
    ['french', 'fr', "C'est l'été, le chat est dans l'arbre", 'été chat arbre'],
    ['german', 'de', 'Der Mann hat die große Tür für uns geöffnet', 'mann große tür geöffnet'],
    ['italian', 'it', "Com'è bello il sole sull'acqua del lago", 'bello sole acqua lago'],
    ['portuguese', 'pt', 'A noite não é escura, são as luzes da cidade', 'noite escura luzes cidade'],
    [
      'catalan',
      'ca',
      "Els castellers a la plaça i l'església amb col·legi",
      'castellers plaça església col·legi',
    ],
    ['dutch', 'nl', 'Het meisje met de parel en haar hond bij de zee', 'meisje parel hond zee'],
  ])('drops the stop words of %s', (name, language, caption, tokens) => {
    const preparation = TextPreparation.learn(photosOf(captionsByLanguage[name]));
    expect(preparation.languages[0]!.language).toBe(language);
    expect(preparation.tokens(caption).join(' ')).toBe(tokens);
    expect(preparation.explain(caption).language).toBe(language);
  });

  it('reads each caption of a library in many languages by its own stop words', () => {
    const preparation = TextPreparation.learn(Object.values(captionsByLanguage).flatMap(photosOf));
    expect(preparation.tokens('The red hat was by the door')).toEqual(['red', 'hat', 'door']);
    expect(preparation.tokens('Der Hund hat einen Ball und die Katze auch')).toEqual([
      'hund',
      'ball',
      'katze',
    ]);
    expect(preparation.tokens('Il fait beau, car le soleil est là')).toEqual(['beau', 'soleil']);
    expect(preparation.tokens('My car and the sea')).toEqual(['car', 'sea']);
    // Nobody can tell Spanish from Catalan here, and nobody must.
    expect(preparation.tokens('flors de la platja')).toEqual(['flors', 'platja']);
  });

  it('reads what tells no language in the language of the library', () => {
    const [spanish, dutch] = [captionsByLanguage.spanish, captionsByLanguage.dutch].map((captions) =>
      TextPreparation.learn(photosOf(captions)),
    );
    expect(spanish!.tokens('door')).toEqual(['door']);
    expect(dutch!.tokens('sneeuw door wind')).toEqual(['sneeuw', 'wind']);
  });

  it('leaves English as it was', () => {
    const preparation = TextPreparation.learn(photosOf(english), { phrases: false });
    for (const caption of english) {
      expect(preparation.tokens(caption)).toEqual(tokenize(caption));
      expect(TextPreparation.plain.tokens(caption)).toEqual(tokenize(caption));
    }
  });

  it('drops web words in every language, and tags of them as a whole', () => {
    const preparation = TextPreparation.learn(photosOf(captionsByLanguage.spanish));
    expect(preparation.tokens('Una foto de mi gato #PhotoOfTheDay #instagood #picoftheday photo')).toEqual([
      'foto',
      'gato',
    ]);
  });

  it('splits hashtags, and drops the stop words in them whatever the language of the text', () => {
    const preparation = TextPreparation.learn(
      photosOf([
        ...captionsByLanguage.spanish,
        'Atardecer #goldengate #dogsofinstagram #perrosdeinstagram #playa',
      ]),
      { lexicon },
    );
    expect(preparation.tokens('Atardecer #goldengate #dogsofinstagram #perrosdeinstagram #playa')).toEqual(
      'atardecer golden gate dogs perros playa'.split(' '),
    );
    expect(preparation.tokens('#goldenGate #golden_gate #GOLDENGATE #goldengate2019 goldengate')).toEqual(
      'golden gate golden gate golden gate golden gate goldengate'.split(' '),
    );
    expect(preparation.query('#goldengate')).toEqual(['golden', 'gate']);
  });

  describe('of queries', () => {
    const mixed = TextPreparation.learn(
      photosOf([
        ...Array.from({ length: 3 }, () => [
          ...english,
          'A man with a red hat and the dog',
          'My hat is in the car',
        ]).flat(),
        ...captionsByLanguage.german,
      ]),
    );

    it('counts stop words where there is nothing else', () => {
      for (const preparation of [mixed, TextPreparation.plain]) {
        expect(preparation.query('after')).toEqual(['after']);
        expect(preparation.query('Not the')).toEqual(['not', 'the']);
        expect(preparation.query('after the rain')).toEqual(['rain']);
        expect(preparation.query('a 5 !')).toEqual([]);
      }
    });

    it('keeps a function word of one language that is another word in most of the library', () => {
      const german = TextPreparation.fromJSON({ ...mixed.toJSON(), languages: { de: 0.9, en: 0.1 } });
      expect(german.tokens('hat rot')).toEqual(['rot']);
      expect(german.query('hat rot')).toEqual(['hat', 'rot']);
      expect(german.query('die hat')).toEqual(['hat']);
      expect(german.query('der Hund hat einen Ball')).toEqual(['hund', 'ball']);
    });

    it('keeps words that are function words elsewhere', () => {
      const spanish = TextPreparation.learn(photosOf(captionsByLanguage.spanish));
      expect(spanish.query('sol')).toEqual(['sol']);
      expect(TextPreparation.learn(photosOf(english)).query('die hard van')).toEqual(['die', 'hard', 'van']);
    });
  });

  describe('with rules', () => {
    it('leaves out excluded words and phrases, in queries too', () => {
      const preparation = withRules({ exclude: ['Rex', 'big ben', '🐶', '#lovemydog'] });
      expect(preparation.tokens('REX the dog 🐶 near Big Ben, a big clock')).toEqual([
        'dog',
        'near',
        'big',
        'clock',
      ]);
      expect(preparation.query('rex')).toEqual([]);
    });

    it('merges words and phrases to the end of their chain', () => {
      const preparation = withRules({
        merge: [
          { from: 'NYC', into: 'New York' },
          { from: 'big apple', into: 'nyc' },
          { from: 'pup', into: 'puppy' },
          { from: 'puppy', into: 'dog' },
          { from: 'Beach', into: 'beach' },
          { from: 'the', into: 'article' },
        ],
      });
      expect(preparation.tokens('NYC, the big apple: a pup on the beach of new york')).toEqual(
        'new_york article new_york dog article beach new_york'.split(' '),
      );
      expect(preparation.query('nyc')).toEqual(['new_york']);
    });

    it('excludes what was merged, and what is merged into it', () => {
      const preparation = withRules({
        exclude: ['cat', 'pup'],
        merge: [
          { from: 'kitty', into: 'cat' },
          { from: 'pup', into: 'dog' },
        ],
      });
      expect(preparation.tokens('kitty cat pup dog')).toEqual(['dog']);
    });

    it('always joins phrases, stop words inside them too, and never as part of a longer one', () => {
      const rules = {
        ...noRules,
        join: ['Sagrada Família', 'statue of liberty', 'statue of liberty island'],
      };
      const texts = Array.from({ length: 30 }, (_, i) => [`Sagrada Família Barcelona ${english[i % 18]}`]);
      const preparation = TextPreparation.learn(texts, { rules });
      expect(preparation.tokens('The sagrada família barcelona')).toEqual(['sagrada_família', 'barcelona']);
      expect(preparation.tokens('sagrada familia')).toEqual(['sagrada', 'familia']);
      expect(preparation.query('statue of liberty')).toEqual(['statue_of_liberty']);
      expect(preparation.query('Statue of Liberty Island')).toEqual(['statue_of_liberty_island']);
    });

    it('takes a hashtag that a rule names as one word', () => {
      const texts = photosOf(['Bridge #goldengate']);
      const merge = [{ from: 'goldengate', into: 'the bridge' }];
      expect(
        TextPreparation.learn(texts, { lexicon, rules: { ...noRules, merge } }).tokens('#goldengate'),
      ).toEqual(['the_bridge']);
    });

    it.each<[Partial<WordRules>, RegExp]>([
      [{ merge: [{ from: 'a b', into: 'cat' }] }, /"a b" has no word/],
      [{ exclude: ['!!'] }, /exclude "!!" has no word/],
      [{ join: ['beach'] }, /join "beach" has only one word/],
      [
        {
          merge: [
            { from: 'cat', into: 'dog' },
            { from: 'Cat', into: 'pet' },
          ],
        },
        /"cat" cannot be merged into both "dog" and "pet"/,
      ],
      [
        {
          merge: [
            { from: 'big cat', into: 'lion' },
            { from: 'lion', into: 'king' },
            { from: 'king', into: 'Big Cat' },
          ],
        },
        /circle: "big cat" → "lion" → "king" → "big cat"/,
      ],
    ])('refuses %j', (rules, message) => {
      expect(() => withRules(rules)).toThrow(message);
    });
  });

  describe('with phrases', () => {
    const random = new Random(5);
    const things = 'tree lake road house cloud field boat stone grass bird child hat'.split(' ');
    const some = (): string => things[random.integer(things.length)]!;
    const texts = Array.from({ length: 300 }, (_, i) => [
      `The ${some()} and ${i % 3 === 0 ? 'a snow leopard 🐆 🐆' : i % 3 === 1 ? 'a #snowleopard' : 'snow'} with my ${some()}`,
    ]);
    const preparation = TextPreparation.learn(texts, { lexicon });

    it('joins those of the library, however they are written', () => {
      for (const text of ['snow leopard', 'Snow-Leopard', '#snowLeopard', '#snowleopard', 'snow_leopard']) {
        expect(preparation.tokens(text), text).toEqual(['snow_leopard']);
        expect(preparation.query(text), text).toEqual(['snow_leopard']);
      }
      expect(preparation.tokens('snow on a leopard')).toEqual(['snow_leopard']);
      expect(preparation.tokens('leopard in the snow 🐆 🐆')).toEqual(['leopard', 'snow', '🐆', '🐆']);
    });

    it('joins none when not asked to', () => {
      expect(TextPreparation.learn(texts, { phrases: false }).query('snow leopard')).toEqual([
        'snow',
        'leopard',
      ]);
    });

    it('lets rules merge and exclude them', () => {
      const rules = { ...noRules, merge: [{ from: 'snow leopard', into: 'irbis' }] };
      expect(TextPreparation.learn(texts, { rules }).query('A snow leopard')).toEqual(['irbis']);
    });

    it('survives JSON', () => {
      const saved = JSON.stringify(preparation);
      const back = TextPreparation.fromJSON(JSON.parse(saved) as PreparationData);
      expect(back.explain('A #snowleopard 🐆 y la casa')).toEqual(
        preparation.explain('A #snowleopard 🐆 y la casa'),
      );
      expect(texts.map(([text]) => back.tokens(text!))).toEqual(
        texts.map(([text]) => preparation.tokens(text!)),
      );
      expect(back.query('snow leopard')).toEqual(['snow_leopard']);
      expect(JSON.stringify(back)).toBe(saved);
      const newer = { ...preparation.toJSON(), version: 2 } as unknown as PreparationData;
      expect(() => TextPreparation.fromJSON(newer)).toThrow('version 2');
    });
  });

  it('explains each step', () => {
    const rules = {
      exclude: ['rex'],
      merge: [{ from: 'perrito', into: 'perro' }],
      join: ['Sagrada Família'],
    };
    const preparation = TextPreparation.learn(
      photosOf([
        ...captionsByLanguage.spanish,
        'La #costabrava',
        ...Array.from({ length: 9 }, () => 'Un oso polar con su sombra'),
      ]),
      { rules, lexicon },
    );
    const text =
      'Mi perrito Rex 🐶 y un oso polar con @anna en la Sagrada Família  https://a.bc/d #costabrava photo';
    expect(preparation.explain(text)).toEqual({
      cleaned: 'Mi perrito Rex 🐶 y un oso polar con en la Sagrada Família #costabrava photo',
      language: 'es',
      languageProbability: expect.closeTo(1, 2),
      hashtags: [{ hashtag: 'costabrava', words: ['costa', 'brava'] }],
      words: 'mi perrito rex 🐶 un oso polar con en la sagrada família costa brava photo'.split(' '),
      stopWords: [
        { word: 'mi', lists: expect.arrayContaining(['es', 'it']) },
        { word: 'un', lists: expect.arrayContaining(['es', 'fr', 'it', 'ca']) },
        { word: 'con', lists: ['es', 'it'] },
        { word: 'en', lists: expect.arrayContaining(['es']) },
        { word: 'la', lists: expect.arrayContaining(['es']) },
        { word: 'photo', lists: ['web'] },
      ],
      merged: [{ from: 'perrito', into: 'perro' }],
      excluded: ['rex'],
      phrases: ['sagrada_família', 'oso_polar'],
      tokens: 'perro 🐶 oso_polar sagrada_família costa brava'.split(' '),
    });
  });

  it('explains what it does', () => {
    const all = Object.values(captionsByLanguage).flat();
    const preparation = TextPreparation.learn(photosOf(all), { lexicon });
    for (const caption of all)
      expect(preparation.explain(caption).tokens).toEqual(preparation.tokens(caption));
  });

  describe('given what is no caption', () => {
    const preparation = TextPreparation.learn(photosOf(Object.values(captionsByLanguage).flat()), {
      lexicon,
    });
    it.each<[what: string, text: string, tokens: string[]]>([
      ['nothing', '', []],
      ['control characters', 'dog\0beach\x07sun\x1b\r\n\tsea', ['dog', 'beach', 'sun', 'sea']],
      [
        'text of both directions',
        'כלב dog \u202eשלום\u202c beach قطة',
        ['כלב', 'dog', 'שלום', 'beach', 'قطة'],
      ],
      ['emoji alone', '😀👩🏽‍🌾🇨🇦', ['😀', '👩‍🌾', '🇨🇦']],
      ['addresses alone', 'https://a.b/c www.d.com me@e.org @you', []],
      ['half surrogate pairs', 'dog \ud83d beach \ude00 #\ud83d #sun\udc00', ['dog', 'beach', 'sun']],
      ['punctuation', '#### ### # @ @@ :// ... ___ -- ¿? ¡!', []],
    ])('%s', (_, text, tokens) => {
      expect(preparation.tokens(text)).toEqual(tokens);
      expect(preparation.explain(text).tokens).toEqual(tokens);
      expect(() => TextPreparation.learn([[text]], { lexicon })).not.toThrow();
    });

    it.each([
      'dog ',
      'de la ',
      '#goldengate ',
      '#aB',
      'ñ',
      'é',
      '😀',
      '@a.',
      "l'",
      'a_',
      '#',
      'thing',
      'ij ',
      '\u202e',
    ])('a hundred thousand times %j, in time in proportion', (part) => {
      const text = part.repeat(100_000);
      const learnt = TextPreparation.learn([[text]], { lexicon });
      const tokens = learnt.tokens(text);
      expect(tokens.length).toBeLessThanOrEqual(200_000);
      expect(learnt.explain(text).tokens).toEqual(tokens);
      expect(learnt.query(text).length).toBeLessThanOrEqual(200_000);
    });

    it('an empty library', () => {
      for (const photos of [[], [[]], [['']]]) {
        const empty = TextPreparation.learn(photos);
        expect(empty.languages).toEqual([{ language: 'en', share: 1 }]);
        expect(empty.tokens('The dog on the beach')).toEqual(['dog', 'beach']);
      }
    });
  });
});
