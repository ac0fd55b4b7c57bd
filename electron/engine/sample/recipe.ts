/**
 * What a recipe of the sample album is: a kind of picture that people take, how it is drawn, and what they write
 * under it. Recipes themselves are in `recipes/`; `scenes.ts` deals them out.
 */
import type { Canvas, Ground, Placement } from './art/canvas.ts';
import { between } from './art/chance.ts';
import { paintBeach, paintSea } from './art/coast.ts';
import { paintBackdrop, paintRoom, paintShelf, paintTable, paintTableTop } from './art/interior.ts';
import type { TimeOfDay, Weather } from './art/light.ts';
import { paintDesert, paintForest, paintMountain, paintPark, paintSnowField } from './art/scenery.ts';
import { paintBridge, paintSkyline, paintStreet } from './art/town.ts';

/** Backgrounds by name. Each paints the whole picture and says where subjects can stand. */
export const places = {
  beach: paintBeach,
  sea: paintSea,
  mountain: paintMountain,
  snowfield: paintSnowField,
  forest: paintForest,
  desert: paintDesert,
  park: paintPark,
  street: paintStreet,
  skyline: paintSkyline,
  bridge: paintBridge,
  room: paintRoom,
  table: paintTable,
  tabletop: paintTableTop,
  shelf: paintShelf,
  backdrop: paintBackdrop,
} satisfies Record<string, (canvas: Canvas) => Ground>;

export type Place = keyof typeof places;

/** Hours and weathers by the name that recipes use. */
export const lights = {
  day: ['day', 'clear'],
  sunrise: ['sunrise', 'clear'],
  sunset: ['sunset', 'clear'],
  night: ['night', 'clear'],
  rain: ['day', 'rain'],
  rainyNight: ['night', 'rain'],
  snowfall: ['day', 'snowfall'],
  fog: ['day', 'fog'],
} as const satisfies Record<string, readonly [TimeOfDay, Weather]>;

export type LightName = keyof typeof lights;

/** Paints, cloths and leathers by the name that captions use. */
export const colours = {
  yellow: '#f4c025',
  red: '#d6403a',
  blue: '#3a78c2',
  pink: '#f0609c',
  green: '#4a9c62',
  white: '#f3f0ea',
  black: '#35373e',
  orange: '#ee8533',
  brown: '#8a5a38',
  purple: '#8a5fb5',
} satisfies Record<string, string>;

export type ColourName = keyof typeof colours;

/** What is decided about one picture before it is drawn: all that its caption can speak of. */
export interface Choice {
  place: Place;
  light: LightName;
  /** The colour of its subject; meaningless where the recipe names none. */
  colour: ColourName;
  /** The variant of its subject; '' where the recipe names none. */
  kind: string;
}

export interface Recipe {
  /** What the picture is of, for its readers and for tests. */
  name: string;
  /** How many of every thousand or so pictures: only the ratios count. */
  weight: number;
  places: readonly Place[];
  /** `day` when left out. */
  lights?: readonly LightName[];
  colours?: readonly ColourName[];
  kinds?: readonly string[];
  /** Which way the camera is held; either when left out. */
  format?: 'wide' | 'tall';
  /** The concepts that its subjects bring to the picture. */
  shows: readonly string[];
  /** Draws the subjects in front of the place. Leaves the place alone when left out. */
  draw?: (canvas: Canvas, ground: Ground, choice: Choice) => void;
  /** Whole captions, in the notation of `captions.ts`. */
  sentences: readonly string[];
  /** Tags, in the same notation. The first ones are used most. */
  tags: readonly string[];
}

/** A subject on the ground: `across` and `depth` from 0 to 1, `size` as a part of the picture's height. */
export interface Standing extends Pick<Placement, 'mirror' | 'tilt' | 'shadow'> {
  across: number;
  depth: number;
  size: number;
}

/** Places a subject on the ground. */
export function stand(canvas: Canvas, ground: Ground, standing: Standing, draw: () => string): void {
  const { across, depth, size, ...rest } = standing;
  // A tall picture is narrow: what is measured by the height would run out of it.
  const unit = Math.min(canvas.height, canvas.width * 0.95);
  canvas.place(
    {
      x: across * canvas.width,
      y: ground.far + (ground.near - ground.far) * depth,
      size: size * unit,
      ...rest,
    },
    draw,
  );
}

/** A little off the middle. */
export function middle(canvas: Canvas, spread = 0.12): number {
  return 0.5 + between(canvas.random, -spread, spread);
}
