/**
 * What people would write under the pictures of the sample album: sentences, tags, hashtags, moods, and often nothing.
 *
 * A recipe's sentences and tags are templates: `{dog|puppy}` stands for one of the alternatives; `{place}` and
 * `{colour}` for a word for the picture's place and for its subject's colour. A caption is one line without tabs.
 */
import type { Random } from '../../../models/random.ts';
import { chance, pick } from './art/chance.ts';
import type { Choice, LightName, Place, Recipe } from './recipe.ts';

/** How often nobody wrote anything. Search has to find these pictures too. */
const untagged = 0.2;

const placeWords: Record<Place, readonly string[]> = {
  beach: ['beach', 'beach', 'seaside'],
  sea: ['sea', 'ocean', 'water'],
  mountain: ['mountains', 'mountain'],
  snowfield: ['mountains', 'cold'],
  forest: ['forest', 'woods'],
  desert: ['desert', 'dunes'],
  park: ['park', 'park', 'garden'],
  street: ['street', 'city', 'town'],
  skyline: ['city', 'river'],
  bridge: ['river', 'bay'],
  room: ['living room', 'house'],
  table: ['table', 'kitchen'],
  tabletop: ['table', 'kitchen'],
  shelf: ['shop', 'store'],
  backdrop: ['garden', 'door'],
};

const lightWords: Record<LightName, readonly string[]> = {
  day: [],
  sunrise: ['sunrise', 'morning', 'sunrise'],
  sunset: ['sunset', 'evening', 'sunset'],
  night: ['night', 'by night', 'night'],
  rain: ['rain', 'rainy', 'rain'],
  rainyNight: ['rain', 'rainy night', 'night'],
  snowfall: ['winter', 'cold'],
  fog: ['fog', 'mist', 'foggy'],
};

const moods = [
  'love it',
  'so good',
  'best day ever',
  'no filter',
  'just wow',
  'miss this',
  'throwback',
  'finally weekend',
  'happy me',
  'not bad for a phone',
  'take me back',
  'enough said',
  'thanks for everything',
  'mood',
  'hello from here',
  'again please',
] as const;

const moodTags = [
  'love',
  'nofilter',
  'tbt',
  'instagood',
  'weekend',
  'happy',
  'picoftheday',
  'monday',
  'life',
  'me',
  'goodtimes',
] as const;

const signs = ['🙂', '❤️', '😍', '☀️', '✨', '😂', '👌', '🎉'] as const;

/** A caption for a picture of this recipe, or nothing. */
export function writeCaption(random: Random, recipe: Recipe, choice: Choice): string | undefined {
  if (chance(random, untagged)) return undefined;
  const style = random.next();
  if (style < 0.04) return finish(random, pick(random, moods));
  if (style < 0.5) return finish(random, sentence(random, recipe, choice));
  if (style < 0.68) return tags(random, recipe, choice, 3 + random.integer(4)).join(', ');
  if (style < 0.86) return hashtags(random, recipe, choice, 2 + random.integer(4));
  return `${finish(random, sentence(random, recipe, choice))} ${hashtags(random, recipe, choice, 1 + random.integer(3))}`;
}

function sentence(random: Random, recipe: Recipe, choice: Choice): string {
  return fill(random, pick(random, recipe.sentences), choice);
}

/** Capital letter or not, a full stop or a mood behind it: as people type. */
function finish(random: Random, text: string): string {
  const start = chance(random, 0.6) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  const closed = /[!?.]$/.test(start);
  const ending = random.next();
  if (ending < 0.12) return `${start} ${pick(random, signs)}`;
  if (ending < 0.22) return `${start}${closed ? '' : '.'} ${pick(random, moods)}`;
  if (ending < 0.32 && !closed) return `${start}!`;
  if (ending < 0.45 && !closed) return `${start}.`;
  return start;
}

function hashtags(random: Random, recipe: Recipe, choice: Choice, count: number): string {
  return tags(random, recipe, choice, count)
    .map((tag) => `#${tag.replaceAll(' ', '')}`)
    .join(' ');
}

/** Distinct tags: mostly the recipe's first ones, the hour or the weather, and noise. */
function tags(random: Random, recipe: Recipe, choice: Choice, count: number): string[] {
  const chosen = new Set<string>();
  const light = lightWords[choice.light];
  if (light.length > 0 && chance(random, 0.6)) chosen.add(pick(random, light));
  for (const [i, tag] of recipe.tags.entries()) {
    if (chosen.size >= count) break;
    if (chance(random, 0.92 - i * 0.11)) chosen.add(fill(random, tag, choice));
  }
  if (chance(random, 0.25)) chosen.add(pick(random, moodTags));
  if (chosen.size === 0) chosen.add(fill(random, recipe.tags[0]!, choice));
  return random.shuffle([...chosen]);
}

/** A template with one alternative of each choice. */
function fill(random: Random, template: string, choice: Choice): string {
  return template
    .replaceAll('{place}', () => pick(random, placeWords[choice.place]))
    .replaceAll('{colour}', choice.colour)
    .replaceAll(/\{([^{}]*)\}/g, (_, alternatives: string) => pick(random, alternatives.split('|')))
    .replace(/^[^{}]*\|[^{}]*$/, (alternatives) => pick(random, alternatives.split('|')));
}
