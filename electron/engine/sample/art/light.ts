/**
 * The light of a scene: the time of day and the weather, what they make of the sky, and what they do to every
 * colour under it. Art is written in daylight colours; `inLight` turns them into the colours of the hour.
 */
import type { Random } from '../../../../models/random.ts';
import { pick } from './chance.ts';

export type TimeOfDay = 'day' | 'sunrise' | 'sunset' | 'night';
export type Weather = 'clear' | 'rain' | 'snowfall' | 'fog';

export interface Light {
  time: TimeOfDay;
  weather: Weather;
  /** The sky from its top to the horizon. */
  sky: readonly string[];
  /** What the light multiplies every colour by, as a colour: white changes nothing. */
  ambient: string;
  /** The colour that far things fade into. */
  haze: string;
  /** How much haze even near things have, 0 to 1. */
  thickness: number;
  /** The sun's or the moon's own colour. */
  source: string;
}

type Appearance = Omit<Light, 'time' | 'weather' | 'sky'> & { skies: readonly (readonly string[])[] };

const clear: Record<TimeOfDay, Appearance> = {
  day: {
    skies: [
      ['#3f93dc', '#8cc6f1', '#d9effb'],
      ['#2f86d6', '#7fbdee', '#f3f3e6'],
      ['#5aa9e0', '#a9d7f3', '#f9f1de'],
      ['#4aa0cf', '#9ad4e6', '#e2f5f0'],
    ],
    ambient: '#ffffff',
    haze: '#cfe6f3',
    thickness: 0,
    source: '#fff6d0',
  },
  sunrise: {
    skies: [
      ['#6f86c6', '#d7a6c4', '#ffcba4', '#fff0bf'],
      ['#7f8fd0', '#f0b3bd', '#ffd5a5', '#fff3cc'],
      ['#5f7fc0', '#b7a4d3', '#ffb9a6', '#ffe7a8'],
    ],
    ambient: '#fde4d8',
    haze: '#ffdcc0',
    thickness: 0.06,
    source: '#fff3c2',
  },
  sunset: {
    skies: [
      ['#2f2a63', '#8d3b78', '#ee6a4a', '#ffbf57'],
      ['#43307a', '#c24b6d', '#ff8142', '#ffd060'],
      ['#27365f', '#7a4a86', '#e8604f', '#ff9d4d'],
    ],
    ambient: '#dba79c',
    haze: '#c9685f',
    thickness: 0.08,
    source: '#ffd987',
  },
  night: {
    skies: [
      ['#060a22', '#121c4a', '#2b3a78'],
      ['#080d2a', '#18275a', '#3a4787'],
      ['#050b1e', '#0f2345', '#22507a'],
    ],
    ambient: '#5a6799',
    haze: '#26356e',
    thickness: 0.04,
    source: '#f6f1d8',
  },
};

const grey: Record<Exclude<Weather, 'clear'>, Appearance> = {
  rain: {
    skies: [
      ['#5f7282', '#8b9ca8', '#b9c5cb'],
      ['#56677a', '#7f91a3', '#a9b6c4'],
    ],
    ambient: '#c2ccd6',
    haze: '#9aa9b4',
    thickness: 0.1,
    source: '#dfe6ea',
  },
  snowfall: {
    skies: [
      ['#9db4cb', '#c5d5e4', '#e6eef5'],
      ['#8fa9c6', '#bccfe2', '#eef2f5'],
    ],
    ambient: '#e3ebf4',
    haze: '#dbe6f0',
    thickness: 0.06,
    source: '#ffffff',
  },
  fog: {
    skies: [
      ['#b4c1c8', '#d3dcdf', '#e8ebe9'],
      ['#c3c8c4', '#dedfd8', '#efede4'],
    ],
    ambient: '#e9edee',
    haze: '#e1e6e6',
    thickness: 0.12,
    source: '#ffffff',
  },
};

/** What an hour takes from a grey sky, and from the things under it, which lamps help at night. */
const dimmed: Record<TimeOfDay, { sky: string; ground: string }> = {
  day: { sky: '#ffffff', ground: '#ffffff' },
  sunrise: { sky: '#f4dcdc', ground: '#f4dcdc' },
  sunset: { sky: '#d9b7b3', ground: '#d9b7b3' },
  night: { sky: '#4f5c94', ground: '#a2a6c9' },
};

/** The light of an hour and a weather. Rain, snow and fog hide the sun, so they decide the sky, darker at night. */
export function createLight(time: TimeOfDay, weather: Weather, random: Random): Light {
  if (weather === 'clear') {
    const { skies, ...rest } = clear[time];
    return { time, weather, sky: pick(random, skies), ...rest };
  }
  const { skies, ambient, haze, ...rest } = grey[weather];
  const filter = dimmed[time];
  return {
    time,
    weather,
    sky: pick(random, skies).map((colour) => multiply(colour, filter.sky)),
    ambient: multiply(ambient, filter.ground),
    haze: multiply(haze, filter.sky),
    ...rest,
  };
}

/** Every `#rrggbb` in a piece of SVG as this light shows it, `distance` (0 to 1) away. */
export function inLight(light: Light, svg: string, distance = 0): string {
  const fade = Math.min(1, light.thickness * (0.4 + distance) + distance * 0.8);
  return svg.replaceAll(/#[0-9a-f]{6}\b/g, (colour) =>
    mix(multiply(colour, light.ambient), light.haze, fade),
  );
}

/** Part of the way from one colour to another. */
export function mix(from: string, to: string, part: number): string {
  const [a, b] = [channels(from), channels(to)];
  return hex(a.map((value, i) => value + (b[i]! - value) * part));
}

/** A colour through a filter of another colour. */
function multiply(colour: string, filter: string): string {
  const [a, b] = [channels(colour), channels(filter)];
  return hex(a.map((value, i) => (value * b[i]!) / 255));
}

/** Darker when `amount` is negative, lighter when positive (−1 to 1). */
export function shade(colour: string, amount: number): string {
  return amount < 0 ? mix(colour, '#101528', -amount) : mix(colour, '#ffffff', amount);
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
}

function hex(values: readonly number[]): string {
  return `#${values.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;
}
