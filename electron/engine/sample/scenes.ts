/**
 * The plan of the sample album: which pictures it has, what each shows and what is written under it. Planning is fast
 * and separate from drawing; drawing a planned scene gives SVG text, which `album.ts` renders.
 */
import { Random } from '../../../models/random.ts';
import { Canvas } from './art/canvas.ts';
import { pick } from './art/chance.ts';
import { createLight } from './art/light.ts';
import { paintVignette, paintWeather } from './art/sky.ts';
import { writeCaption } from './captions.ts';
import { type Choice, type LightName, lights, type Place, places, type Recipe } from './recipe.ts';
import { animals } from './recipes/animals.ts';
import { food } from './recipes/food.ts';
import { nature } from './recipes/nature.ts';
import { people } from './recipes/people.ts';
import { town } from './recipes/town.ts';

/** Every recipe of the album. */
export const recipes: readonly Recipe[] = [...nature, ...town, ...food, ...people, ...animals];

/** One picture of the album, planned. */
export interface Scene {
  /** Its file name. */
  file: string;
  /** In the units of the drawing. */
  width: number;
  height: number;
  recipe: Recipe;
  choice: Choice;
  /** What somebody wrote under it; undefined where nobody did. */
  caption: string | undefined;
  /** What it is of, in words of its own: `snow leopard`, `beach`, `yellow`. The drawing may add to it. */
  concepts: readonly string[];
  /** The seed of its drawing. */
  seed: number;
}

/** Places that are drawn without weather, since they are indoors or out of focus. */
const sheltered: ReadonlySet<Place> = new Set(['room', 'table', 'tabletop', 'shelf', 'backdrop']);

const placeConcepts: Record<Place, readonly string[]> = {
  beach: ['beach', 'sea'],
  sea: ['sea'],
  mountain: ['mountain'],
  snowfield: ['snow'],
  forest: ['forest', 'tree'],
  desert: ['desert'],
  park: ['park', 'tree'],
  street: ['street', 'city'],
  skyline: ['skyline', 'city'],
  bridge: ['bridge'],
  room: ['room', 'sofa'],
  table: ['table'],
  tabletop: ['table'],
  shelf: [],
  backdrop: [],
};

const lightConcepts: Record<LightName, readonly string[]> = {
  day: [],
  sunrise: ['sunrise'],
  sunset: ['sunset'],
  night: ['night'],
  rain: ['rain'],
  rainyNight: ['rain', 'night'],
  snowfall: ['snow'],
  fog: ['fog'],
};

/** Widths and heights in the units of the drawings; pictures have `pixelsPerUnit` times as many pixels. */
const wide = [
  [480, 360],
  [480, 360],
  [480, 321],
] as const;
const tall = [360, 480] as const;
const pixelsPerUnit = 4 / 3;

/** Plans an album of `photos` pictures. The same seed gives the same plan. Throws a RangeError for a number of photos below 1. */
export function planAlbum(photos: number, seed: number): Scene[] {
  if (!Number.isSafeInteger(photos) || photos < 1)
    throw new RangeError(`A sample album needs at least 1 photo, not ${photos}.`);
  const random = new Random(seed);
  return random.shuffle(deal(photos)).map((recipe, i) => planScene(recipe, i, random));
}

/** Each recipe as often as its weight asks for, the rounding settled by largest remainder. */
function deal(photos: number): Recipe[] {
  const total = recipes.reduce((sum, recipe) => sum + recipe.weight, 0);
  const shares = recipes.map((recipe) => ({ recipe, share: (recipe.weight / total) * photos }));
  const dealt = shares.flatMap(({ recipe, share }) => new Array<Recipe>(Math.floor(share)).fill(recipe));
  const remainders = shares.toSorted((a, b) => (b.share % 1) - (a.share % 1));
  return [...dealt, ...remainders.slice(0, photos - dealt.length).map(({ recipe }) => recipe)];
}

function planScene(recipe: Recipe, index: number, random: Random): Scene {
  const place = pick(random, recipe.places);
  const choice: Choice = {
    place,
    light: sheltered.has(place) ? 'day' : pick(random, recipe.lights ?? ['day']),
    colour: pick(random, recipe.colours ?? ['white']),
    kind: pick(random, recipe.kinds ?? ['']),
  };
  const format = recipe.format ?? (random.next() < 0.3 ? 'tall' : 'wide');
  const [width, height] = format === 'tall' ? tall : pick(random, wide);
  const colour = recipe.colours ? [choice.colour] : [];
  const person = recipe.name === 'skiing' || recipe.name === 'umbrella in the rain' ? [choice.kind] : [];
  return {
    file: `sample-${String(index + 1).padStart(4, '0')}.jpg`,
    width,
    height,
    recipe,
    choice,
    caption: writeCaption(random, recipe, choice),
    concepts: [
      ...new Set([
        ...recipe.shows,
        ...person,
        ...colour,
        ...lightConcepts[choice.light],
        ...placeConcepts[place],
      ]),
    ],
    seed: random.uint32(),
  };
}

/** A scene as it was drawn. */
export interface Drawing {
  /** An SVG document, 640 pixels along its longer side. */
  svg: string;
  /** What is truly in the picture: what it is of, and whatever else got into it. */
  concepts: readonly string[];
}

/** Draws a planned scene. The same scene gives the same drawing. */
export function drawScene(scene: Scene): Drawing {
  const { recipe, choice, width, height } = scene;
  const random = new Random(scene.seed);
  const [time, weather] = lights[choice.light];
  const canvas = new Canvas(width, height, createLight(time, weather, random), random);
  const ground = places[choice.place](canvas);
  recipe.draw?.(canvas, ground, choice);
  if (!sheltered.has(choice.place)) paintWeather(canvas);
  paintVignette(canvas);
  return { svg: canvas.toSvg(pixelsPerUnit), concepts: [...new Set([...scene.concepts, ...canvas.extras])] };
}
