import { describe, expect, it } from 'vitest';
import {
  anyLanguage,
  functionWordProbability,
  languageEvidence,
  languageProbabilities,
} from '../../models/text/language.ts';
import { TextPreparation } from '../../models/text/preparation.ts';
import { functionWords, type Language, languages, webWords } from '../../models/text/stopWords.ts';
import { tokenize } from '../../models/text/tokens.ts';
import { captionsByLanguage } from '../fixtures/languages.ts';

const codes: Record<keyof typeof captionsByLanguage, Language> = {
  english: 'en',
  spanish: 'es',
  french: 'fr',
  german: 'de',
  italian: 'it',
  portuguese: 'pt',
  catalan: 'ca',
  dutch: 'nl',
};
const names = Object.keys(codes) as (keyof typeof captionsByLanguage)[];

describe('the language of short captions', () => {
  it('is told for 95 in 100 by the caption alone, and for 4 in 5 of the hardest language', () => {
    const right = names.map((name) => {
      const hits = captionsByLanguage[name].filter((caption) => {
        const words = tokenize(caption.replace(/#\S+/g, ''), { keepStopWords: true });
        const probabilities = languageProbabilities(languageEvidence(words.join(' '), words), anyLanguage);
        return languages[probabilities.indexOf(Math.max(...probabilities))] === codes[name];
      }).length;
      return hits / captionsByLanguage[name].length;
    });
    expect(Math.min(...right)).toBeGreaterThanOrEqual(0.8);
    expect(right.reduce((sum, share) => sum + share, 0) / right.length).toBeGreaterThanOrEqual(0.95);
  });

  it.each(names)('is told for each caption in a library in %s', (name) => {
    const captions = captionsByLanguage[name];
    const preparation = TextPreparation.learn(captions.map((caption) => [caption]));
    const told = captions.filter((caption) => preparation.explain(caption).language === codes[name]);
    expect(told.length / captions.length).toBeGreaterThanOrEqual(0.98);
  });

  it('is found in its share of a library of two languages', () => {
    const { english, catalan } = captionsByLanguage;
    const photos = [...english, ...english, ...english, ...catalan].map((caption) => [caption]);
    const [first, second] = TextPreparation.learn(photos).languages;
    expect([first!.language, second!.language]).toEqual(['en', 'ca']);
    expect(first!.share).toBeCloseTo(0.75, 1);
    expect(second!.share).toBeCloseTo(0.25, 1);
  });

  it('follows Bayes', () => {
    const none = new Float64Array(languages.length);
    const prior = Float64Array.of(0.5, 0.3, 0.2, 0, 0, 0, 0, 0);
    expect([...languageProbabilities(none, prior)]).toEqual([...prior].map((p) => expect.closeTo(p, 12)));
    const spanish = none.map((_, index) => (languages[index] === 'es' ? Math.log(5) : 0));
    // .5 : .3 × 5 : .2
    expect([...languageProbabilities(spanish, prior)].slice(0, 4)).toEqual(
      [0.5 / 2.2, 1.5 / 2.2, 0.2 / 2.2, 0].map((p) => expect.closeTo(p, 12)),
    );
    // "De" is Spanish and French, not English.
    expect(functionWordProbability('de', prior)).toBeCloseTo(0.5, 12);
    expect(functionWordProbability('dog', prior)).toBe(0);
  });
});

/** What pictures show: colours, people, animals, places, times of day and year. */
const wordsOfSight: Record<Language, string> = {
  en: 'red blue man woman men boy girl dog cat sea beach mountain snow sun sunset night day summer winter house door car hat war son',
  es: 'rojo azul verde negro blanco hombre mujer niño niña perro gato mar playa montaña nieve sol luna noche día tarde mañana verano invierno casa puerta coche calle árbol flor cielo río agua fiesta boda grande pequeño nuevo viejo dos tres',
  fr: 'rouge bleu vert noir blanc homme femme enfant garçon fille chien chat mer plage montagne neige soleil lune nuit jour matin soir été hiver maison porte voiture rue arbre fleur ciel rivière eau fête mariage grand petit nouveau vieux deux trois',
  de: 'rot blau grün schwarz weiß mann frau kind junge mädchen mensch menschen hund katze meer strand berg schnee sonne mond nacht tag morgen abend sommer winter haus tür auto straße baum blume himmel fluss wasser fest hochzeit groß große kleine neue alte uhr zwei drei',
  it: 'rosso blu verde nero bianco uomo donna bambino ragazza cane gatto mare spiaggia montagna neve sole luna notte giorno sera estate inverno casa porta macchina strada albero fiore cielo fiume acqua festa matrimonio grande piccolo nuovo vecchio faccia due tre',
  pt: 'vermelho azul verde preto branco homem mulher menino menina cão gato mar praia montanha neve sol lua noite dia tarde manhã verão inverno casa porta carro rua árvore flor céu rio água festa casamento grande pequeno novo velho viagem lugar dois três',
  ca: 'vermell blau verd negre blanc home dona nen nena gos gat mar platja muntanya neu sol sols lluna nit dia tarda matí estiu hivern casa porta cotxe carrer arbre flor cel riu aigua festa casament gran petit nou vell baix dos tres',
  nl: 'rood blauw groen zwart wit man vrouw kind jongen meisje hond kat zee strand berg sneeuw zon maan nacht dag ochtend avond zomer winter huis deur auto straat boom bloem lucht rivier water feest bruiloft groot klein nieuw oud twee drie',
};

describe('the stop words of each language', () => {
  it.each(languages)('%s spares the words of sight', (language) => {
    const lost = wordsOfSight[language]
      .split(' ')
      .filter((word) => functionWords[language].has(word) || webWords.has(word));
    expect(lost).toEqual([]);
  });

  it.each<[Language, string]>([
    ['en', 'the and of with my is are'],
    ['es', 'el la los de y con es está estos más mas también tambien'],
    ['fr', 'le la les de et avec est très ça même meme'],
    ['de', 'der die das und mit ist nicht für fuer über uber'],
    ['it', 'il la gli di con è più piu che nella'],
    ['pt', 'o os de e com é não nao está uma'],
    ['ca', 'el els de i amb és està més mes però'],
    ['nl', 'de het een en met is niet onze'],
  ])('%s has its articles, prepositions and pronouns, with and without accents', (language, words) => {
    expect(words.split(' ').filter((word) => !functionWords[language].has(word))).toEqual([]);
  });
});
