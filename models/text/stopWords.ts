/**
 * The words that say nothing about what is in a picture, and are left out of tokens: the function words of eight languages, and
 * what the web writes around pictures. Words of sight are kept: the tests hold a list of colours, places and things against each
 * language's set.
 */
import { cat, deu, eng, fra, ita, nld, por, spa } from 'stopword';

/** The languages whose function words are known, by their ISO 639-1 codes. */
export const languages = ['en', 'es', 'fr', 'de', 'it', 'pt', 'ca', 'nl'] as const;
export type Language = (typeof languages)[number];

/** What is added to a list of the package `stopword`, and what is taken out of it because a picture can show it. */
interface Changes {
  readonly list: readonly string[];
  readonly added: string;
  readonly spared: string;
}

// The lists of the package differ in reach: the Spanish has 59 words, the German 621 with "Mann" and "große".
const changes: Readonly<Record<Language, Changes>> = {
  en: {
    list: eng,
    added:
      'am does doing done having she hers herself himself its itself mine myself ours ourselves themselves theirs yours ' +
      'yourself yourselves whom whose why will shall let not no nor so just onto upon',
    spared: '',
  },
  es: {
    list: spa,
    added:
      'es son ser era eran fue fueron fui soy somos eres está están estaba estaban estoy estamos estás estar este esta estos estas ' +
      'esto esa esos esas eso aquel aquella aquellos aquellas hay había he has ha hemos han haber mis tus nuestro nuestra ' +
      'nuestros nuestras vuestro vuestra vuestros vuestras nosotros vosotros ellos ellas usted ustedes yo les os todo toda ' +
      'todos todas mucho mucha muchos muchas tan tanto tanta tantos tantas otra otros otras unos unas algo nada nadie alguien ' +
      'algún alguno alguna algunos algunas así aquí ahí allí ya siempre nunca ahora cada qué cómo cuándo dónde quién si ' +
      'entre hacia según mientras aunque pues ante bajo tengo tiene tienen tenemos voy va vas van vamos hacer hace hago hecho ' +
      'aún todavía casi además luego entonces',
    spared: '',
  },
  fr: {
    list: fra,
    added:
      'cet cette ça tout toute tous toutes plus très trop comme si bien aussi encore puis donc car ni chez vers depuis entre ' +
      'avant après chaque autre autres aucun aucune quand dont lorsque jamais toujours fait font vont va vais peu peut peux ' +
      'parce presque voici voilà alors ainsi lors mien mienne miens miennes tien tienne sien sienne quoi jusque jusqu lorsqu ' +
      'puisque aujourd hui leurs elles moins déjà enfin rien devant derrière là',
    // "Soirée d'été" is oftener under a picture than "a été".
    spared: 'été étés',
  },
  de: {
    list: deu,
    added:
      'mittlerweile sowas hätt hab habs wars ists gibts gehts ums aufs beim übers unterm wären sogar bloß halt eh fuer ueber waere wuerde koennen unserem unseren',
    spared:
      'mann mensch menschen kleine kleinen kleiner kleines groß große großen großer großes gross grosse grossen grosser grosses ' +
      'tag tage tagen jahr jahre jahren morgen gott uhr hoch rund offen lang lange kurz leicht neue neuen gut gute guter gutes ' +
      'schlecht rechte rechten rechter rechtes zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig ende teil liebe ' +
      'lieber',
  },
  it: {
    list: ita,
    added:
      'essere stato stata state ancora poi più molto molta molti molte così quando mentre già sempre mai dopo prima qui qua là lì ' +
      'ecco tra fra ogni proprio solo anche ed od ad noi alcuni alcune altro altra altri altre niente nulla qualche perchè però ' +
      'quindi senza sotto sopra verso fino quest quell tutta tutte vostri vostre loro cosa fare fatto',
    spared: 'faccia',
  },
  pt: {
    list: por,
    added:
      'é és são está estão estou estás estamos estar estava estavam ser foi foram fui era eram sou somos tem têm tenho temos tens ter ' +
      'há vai vão vou vamos ir isso esse essa aquele ali aqui ainda lá bem mal outro outra outros outras todo toda todos todas ' +
      'tudo nada cada onde porque porquê pra pro pras pros né tão sempre nunca agora antes desde sobre entre sob contra dum ' +
      'duma deste desta destes destas nesse nessa neste nesta desse dessa disso disto nisto nisso daquele daquela si mim comigo ' +
      'contigo conosco connosco ti fazer faz fiz feito pouco muita muitas tanto tanta enquanto pois sim',
    spared: '',
  },
  ca: {
    list: cat,
    added:
      'que és era estan estem estic està estava som sou ets soc sóc fa fan fem faig fer tinc té tenim tenen aquest aquesta hi ens em ' +
      'es ell ella ells elles jo tu més sense cap quan on com molt sempre mai res ara des dels pels als amb dalt ser estar ' +
      'anem vaig per ho això allò seva meva teva nostra vostra cada fins gaire força qualsevol ningú damunt davant darrere',
    spared: 'sols baix',
  },
  nl: {
    list: nld,
    added:
      'onze jouw jullie jij mijn hun haar zich gaan gaat ga ging heb hebt kunt kun mag mogen moeten heel erg bij uit vanuit langs ' +
      'tussen tegen achter binnen zo dan toen wel weer alweer gewoon nog al eens ook maar bent deze wie waar waarom hoe elke elk ' +
      'alle iedereen niemand zoals sinds vanaf totdat terwijl want omdat hierbij daarna erbij er eruit erop ervan',
    spared: '',
  },
};

/** What a caption says about being a caption, a file or a post, and not about the picture. In every language. */
export const webWords: ReadonlySet<string> = new Set(
  (
    'rt via http https www com html href nbsp quot photo photos photograph photographs photography picture pictures pic pics ' +
    'image images img imgs dsc dscn dscf pxl jpg jpeg png heic gif flickr instagram insta ig facebook fb twitter tumblr ' +
    'pinterest snapchat tiktok instagood instadaily instamood instalike instapic instaphoto igers igdaily iphoneography ' +
    'photooftheday picoftheday pictureoftheday tbt repost regram nofilter follow followme ' +
    'follow4follow followforfollow like4like likeforlike likes l4l f4f tagsforlikes hashtag'
  ).split(' '),
);

/** The function words of each language, in lower case, also as they are written without accents. */
export const functionWords: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: wordsOf(changes.en),
  es: wordsOf(changes.es),
  fr: wordsOf(changes.fr),
  de: wordsOf(changes.de),
  it: wordsOf(changes.it),
  pt: wordsOf(changes.pt),
  ca: wordsOf(changes.ca),
  nl: wordsOf(changes.nl),
};

/** English function words and the web's words about pictures, in lower case. */
export const stopWords: ReadonlySet<string> = new Set([...functionWords.en, ...webWords]);

function wordsOf({ list, added, spared }: Changes): Set<string> {
  const words = new Set([...list, ...added.split(' ')]);
  for (const word of spared.split(' ')) words.delete(word);
  for (const word of [...words]) {
    const bare = word.normalize('NFD').replace(/\p{M}/gu, '');
    // A shorter one is another word without its accent.
    if (bare.length >= 3) words.add(bare);
  }
  return words;
}
