import { describe, expect, it } from 'vitest';
import { Random } from '../../models/random.ts';
import { stopWords } from '../../models/text/stopWords.ts';
import { tokenize } from '../../models/text/tokens.ts';

const captions: [caption: string, tokens: string][] = [
  [
    'A man tossing an orange frisbee on top of a lush green field.',
    'man tossing orange frisbee top lush green field',
  ],
  ["It's Rex, our dog's best friend!", 'rex dog best friend'],
  ['Don’t wake the cat — she can’t sleep', 'wake cat sleep'],
  ["Rock 'n' roll at 9 o'clock in the '80s", 'rock roll clock 80s'],
  ["L'eau d'Annecy, vue de l’hôtel", 'eau annecy vue de hôtel'],
  ['#goldenGate #a#b #snow_leopard #NoFilter #PhotoOfTheDay', 'golden gate snow leopard'],
  ['#ILoveNY #iPhone #DogsOfInstagram #SUNSET#beach', 'love ny iphone dogs sunset beach'],
  ['#berlin2019 #2019trip #mp3 #4k', 'berlin trip mp3 4k'],
  ['Best day ever 😀😀 with @anna.b and @tom! ❤️', 'best day ever 😀 😀 ❤'],
  ['👍🏽 👩🏽‍🌾 🇨🇦🇫🇷 #sun☀️ ▶️ ✔️ 1️⃣ ‼️', '👍 👩‍🌾 🇨🇦 🇫🇷 sun ☀'],
  ['RT photo via http://t.co/Ab1?x=y, www.site.org and flickr.com/photos/me or bit.ly/2x', ''],
  ['Mail me@example.com about the example.com boat', 'mail boat'],
  ['IMG_1234.JPG', ''],
  ['DSC_0042 beach.sunset:surf,sand;sea', 'beach sunset surf sand sea'],
  ['End of the road.The car stops…then', 'end road car stops'],
  ['A black-and-white t-shirt & 1,000 3.5 42', 'black white shirt'],
  ['Watching T.V. in the U.S.A. at 5 p.m.', 'watching tv usa pm'],
  ['Café in İSTANBUL, Straße, ΑΘΗΝΑ', 'café istanbul straße αθηνα'],
  ['𝓢𝓾𝓷𝓼𝓮𝓽 ｂｅａｃｈ ﬁsh Cola™ ©2020 so\u00adfa \u200eocean\u200b', 'sunset beach fish cola sofa ocean'],
  ['Awww...so cute', 'awww cute'],
  ['日本の猫が好き', '日本 猫 好き'],
  ['𠮷 𝐚', '𠮷'],
  ['산과 강', '산과 강'],
  ['สวัสดีชาวโลก', 'สวัสดี ชาว โลก'],
  ["п'ять котів, ג'ירפה, قطة جميلة", "п'ять котів ג'ירפה قطة جميلة"],
  ['tab\tnew\nline\0null', 'tab new line null'],
  ['a b c 1 2 3 … !!! --', ''],
  ['', ''],
];

describe('tokenize', () => {
  it.each(captions)('%j', (caption, tokens) => {
    expect(tokenize(caption).join(' ')).toBe(tokens);
  });

  it('keeps stop words when asked, but never numbers, letters or addresses', () => {
    expect(tokenize("It's the photo of a 5 at http://x.yz", { keepStopWords: true })).toEqual([
      'it',
      'the',
      'photo',
      'of',
      'at',
    ]);
  });

  it('drops words longer than any word', () => {
    expect(tokenize(`cat ${'x'.repeat(41)} é${'x'.repeat(41)} ${'y'.repeat(40)}`)).toEqual([
      'cat',
      'y'.repeat(40),
    ]);
  });

  it('gives plain ASCII text the same tokens as the Unicode way', () => {
    const random = new Random(11);
    const parts = [
      ..."abcXYZ019''\".,;:_-#@/&()!?<>\n\t\x01 \x7f",
      ' the ',
      "n't",
      "'s ",
      'http://',
      'www.',
      '.com',
    ];
    for (let round = 0; round < 20_000; round++) {
      const text = Array.from({ length: random.integer(20) }, () => parts[random.integer(parts.length)]).join(
        '',
      );
      // An ideographic space is not ASCII, so that it sends the text the long way round, and means nothing.
      expect(tokenize(text), JSON.stringify(text)).toEqual(tokenize(`${text}\u3000`));
    }
  });

  it('takes time in proportion to the length, whatever is repeated', () => {
    for (const part of ['a', 'a.', 'a@', '#aB', "a'", 'é', '.com/', '@a.', '1,', '\u200d', '👩‍']) {
      const tokens = tokenize(part.repeat(100_000));
      expect(tokens.length).toBeLessThanOrEqual(100_000);
    }
  });

  it('survives half a surrogate pair', () => {
    expect(tokenize('cat \ud83d dog \ude00')).toEqual(['cat', 'dog']);
  });
});

describe('stopWords', () => {
  it('spares the words of sight', () => {
    const seen =
      'red orange yellow green blue purple pink brown black white grey gray gold silver man woman men women boy girl kid child ' +
      'baby people person family crowd dog cat bird car bike train bus boat street road city house home room kitchen table food ' +
      'beach sea water river lake mountain snow rain sun sky sunset sunrise night day light shadow tree flower park field grass ' +
      'big small little old new young tall long top bottom front side left right inside outside near two three face hand eye ' +
      'wedding birthday party holiday summer winter spring autumn fall sitting standing running playing camera video painting';
    expect(seen.split(' ').filter((word) => stopWords.has(word))).toEqual([]);
  });

  it('has the function words and the words of the web', () => {
    const said =
      'a an the and of in on with is are was it its she he they this rt http www photo picture image img flickr instagram';
    expect(said.split(' ').filter((word) => !stopWords.has(word))).toEqual([]);
  });
});
