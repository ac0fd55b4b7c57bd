/**
 * The words that say nothing about what is in a picture, and are left out of tokens: function words of each language, and what
 * the web writes around pictures. Words of sight are kept: the tests hold lists of colours, places and things against these sets.
 */
import { cat, deu, eng, fra, ita, nld, porBr, spa } from 'stopword';

/** Languages whose stop words are known, by their ISO 639-1 code. */
export const languages = ['en', 'es', 'fr', 'de', 'it', 'pt', 'ca', 'nl'] as const;
export type Language = (typeof languages)[number];

/** The lists of the package `stopword`, what they lack, and words of sight that they should not have. */
const lists: Readonly<Record<Language, { list: readonly string[]; more?: string; kept?: string }>> = {
  en: {
    list: eng,
    more:
      'a i am does doing done having she hers herself himself its itself mine myself ours ourselves themselves theirs yours ' +
      'yourself yourselves whom whose why will shall let not no nor so just onto upon',
  },
  es: {
    list: spa,
    more:
      'a y es son era eran fue fueron ser soy eres somos está están estaba estaban estar este esta esto estos estas esa esos esas ' +
      'aquel aquella aquellos aquellas hay había ha han he hemos tiene tienen mis tus nuestro nuestra nuestros nuestras ' +
      'vuestro vuestra unos unas e o u ellos ellas nosotros nosotras usted ustedes qué cómo cuándo dónde entre tan ' +
      'tanto todo toda todos todas otra otros otras cada mucho mucha muchos muchas hacia aquí allí ahí si nada algo',
  },
  fr: {
    list: fra,
    more: 'à aussi très plus tout toute tous toutes comme dont chez vers depuis entre sous avant après pendant',
    kept: 'été étés',
  },
  de: {
    list: deu,
    kept:
      'mann mensch menschen morgen tag tage tagen uhr rund hoch lang lange kurz gross grosse grossen grosser grosses groß große ' +
      'großen großer großes kleine kleinen kleiner kleines neue neuen',
  },
  it: {
    list: ita,
    more: 'molto molta molti molte tutto tutta ogni questo questa questi queste quello quella come più a e i o è',
  },
  pt: {
    list: porBr,
    more: 'a à e é o',
    kept: 'dia noite viagem obra lugar grande grandes maior menor pequena pequenas pequeno pequenos nova novas novo novos longe tarde',
  },
  ca: { list: cat, more: 'a i o estem som' },
  nl: {
    list: nld,
    more: 'onze ons jullie hun waar deze heel erg hebben naast onder door bij vanaf tussen vandaag',
  },
};

/** What a caption says about being a caption, a file or a post, and not about the picture; in captions of any language. */
const webWordList =
  'rt via http https www com html href nbsp quot photo photos photograph photographs photography picture pictures pic pics ' +
  'image images img imgs dsc dscn dscf pxl jpg jpeg png heic gif flickr instagram insta ig facebook fb twitter tumblr ' +
  'pinterest snapchat tiktok instagood instadaily instamood instalike instapic instaphoto igers igdaily iphoneography ' +
  'photooftheday picoftheday pictureoftheday tbt repost regram nofilter follow followme ' +
  'follow4follow followforfollow like4like likeforlike likes l4l f4f tagsforlikes hashtag';

/** What the web writes around pictures, lower case. */
export const webWords: ReadonlySet<string> = new Set(webWordList.split(' '));

/** The function words of each language, lower case. */
export const functionWords: Readonly<Record<Language, ReadonlySet<string>>> = Object.fromEntries(
  languages.map((language) => {
    const { list, more = '', kept = '' } = lists[language];
    // Letters of the alphabet are in some lists; those that are words of the language are among ours.
    const words = new Set(
      [...list.filter((word) => word.length > 1), ...more.split(' ')].map((word) => word.normalize('NFKC')),
    );
    for (const word of kept.split(' ')) words.delete(word);
    words.delete('');
    return [language, words];
  }),
) as unknown as Record<Language, ReadonlySet<string>>;

/** English function words and the web's words about pictures: what a text is read without where its language is not asked for. */
export const stopWords: ReadonlySet<string> = new Set([...functionWords.en, ...webWords]);
