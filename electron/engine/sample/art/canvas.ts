/**
 * One picture while it is being drawn: its size, its light, its random stream, and the SVG collected so far.
 * The art functions return SVG text in units of their own (the ground at y = 0, a subject 100 units high), and
 * the canvas places that text, in the colours that the scene's light gives it. It renders nothing: `album.ts` does.
 */
import type { Random } from '../../../../models/random.ts';
import { inLight, type Light } from './light.ts';

/** A colour at a place along a gradient: offset 0 to 1, `#rrggbb`, opacity (1 when left out). */
export type Stop = readonly [offset: number, colour: string, opacity?: number];

/** A point in the units of whatever is being drawn. */
export type Point = readonly [x: number, y: number];

/** Where a subject stands and how large it is. */
export interface Placement {
  /** From the left of the picture to the subject's middle. */
  x: number;
  /** From the top of the picture to the ground that it stands on. */
  y: number;
  /** How much of the picture 100 units of the subject take. */
  size: number;
  mirror?: boolean;
  /** Degrees, clockwise. */
  tilt?: number;
  /** How much of the haze lies between it and us, 0 to 1. */
  distance?: number;
  /** Half the width of its shadow in units; none when left out. */
  shadow?: number;
}

/** The strip of a background where subjects stand, in units from the top. */
export interface Ground {
  /** Its far edge. */
  far: number;
  /** Its near edge, where feet still are in the picture. */
  near: number;
}

/** See the top of this file. Widths, heights and places on it are in its own units, 480 along the longer side. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly light: Light;
  readonly random: Random;
  /** What has been drawn that the plan of the picture did not ask for: a palm, the moon, somebody passing. */
  readonly extras = new Set<string>();
  private readonly definitions: string[] = [];
  private readonly layers: string[] = [];

  constructor(width: number, height: number, light: Light, random: Random) {
    this.width = width;
    this.height = height;
    this.light = light;
    this.random = random;
  }

  /** A gradient from top to bottom, or from left to right, of whatever it fills. Returns the fill. */
  linear(stops: readonly Stop[], direction: 'down' | 'right' = 'down'): string {
    const axis = direction === 'down' ? 'x2="0" y2="1"' : 'x2="1" y2="0"';
    return this.define(
      (id) => `<linearGradient id="${id}" x1="0" y1="0" ${axis}>${stopList(stops)}</linearGradient>`,
    );
  }

  /** A gradient from a middle (fractions of what it fills) outwards. Returns the fill. */
  radial(stops: readonly Stop[], x = 0.5, y = 0.5, radius = 0.5): string {
    return this.define(
      (id) =>
        `<radialGradient id="${id}" cx="${x}" cy="${y}" r="${radius}">${stopList(stops)}</radialGradient>`,
    );
  }

  /** What lies inside `outline` (SVG shapes) of `content`. */
  within(outline: string, content: string): string {
    const url = this.define((id) => `<clipPath id="${id}">${outline}</clipPath>`);
    return `<g clip-path="${url}">${content}</g>`;
  }

  /** SVG drawn in daylight colours, as this scene's light shows it. Gradients that `draw` makes are lit alike. */
  lit(draw: () => string, distance = 0): string {
    const before = this.definitions.length;
    const drawn = draw();
    for (let i = before; i < this.definitions.length; i += 1) {
      this.definitions[i] = inLight(this.light, this.definitions[i]!, distance);
    }
    return inLight(this.light, drawn, distance);
  }

  /** Adds a layer in front of all others, colours as they are. */
  add(svg: string): void {
    this.layers.push(svg);
  }

  /** Adds a subject, lit, at its place. */
  place(placement: Placement, draw: () => string): void {
    const { x, y, size, mirror = false, tilt = 0, distance = 0, shadow } = placement;
    const scale = size / 100;
    const turn = tilt === 0 ? '' : ` rotate(${round(tilt)})`;
    const flip = mirror ? `${round(-scale, 4)} ${round(scale, 4)}` : `${round(scale, 4)}`;
    if (shadow !== undefined) this.add(this.shadow(x, y, shadow * scale, 0.32 * (1 - distance)));
    this.add(
      `<g transform="translate(${round(x)} ${round(y)})${turn} scale(${flip})">${this.lit(draw, distance)}</g>`,
    );
  }

  /** A soft shadow on the ground, `reach` to either side. */
  shadow(x: number, y: number, reach: number, strength = 0.32): string {
    const fill = this.radial([
      [0, '#0b1020', strength],
      [0.55, '#0b1020', strength * 0.55],
      [1, '#0b1020', 0],
    ]);
    return `<ellipse cx="${round(x)}" cy="${round(y)}" rx="${round(reach)}" ry="${round(reach * 0.2)}" fill="${fill}"/>`;
  }

  /** A soft round light. */
  glow(x: number, y: number, radius: number, colour: string, strength = 0.8): string {
    const fill = this.radial([
      [0, colour, strength],
      [0.35, colour, strength * 0.45],
      [1, colour, 0],
    ]);
    return `<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" fill="${fill}"/>`;
  }

  /** The whole picture as an SVG document with `pixels` pixels for each of its units. */
  toSvg(pixels = 1): string {
    const { width, height } = this;
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width * pixels)}" height="${round(height * pixels)}" viewBox="0 0 ${width} ${height}">` +
      `<defs>${this.definitions.join('')}</defs>${this.layers.join('')}</svg>`
    );
  }

  private define(definition: (id: string) => string): string {
    const id = `d${this.definitions.length}`;
    this.definitions.push(definition(id));
    return `url(#${id})`;
  }
}

/** A number with as many decimals as a drawing needs. */
export function round(value: number, decimals = 1): number {
  const unit = 10 ** decimals;
  return Math.round(value * unit) / unit;
}

/** Path data of straight lines through points. */
export function straight(points: readonly Point[]): string {
  return `M${points.map(([x, y]) => `${round(x)},${round(y)}`).join('L')}`;
}

/** Path data of a curve through points: a Catmull–Rom spline written as cubic Béziers. */
export function smooth(points: readonly Point[], closed = false): string {
  const count = points.length;
  const at = (i: number): Point =>
    closed ? points[(i + count) % count]! : points[Math.min(count - 1, Math.max(0, i))]!;
  const first = at(0);
  let path = `M${round(first[0])},${round(first[1])}`;
  for (let i = 0; i < (closed ? count : count - 1); i += 1) {
    const [before, from, to, after] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    path +=
      `C${round(from[0] + (to[0] - before[0]) / 6)},${round(from[1] + (to[1] - before[1]) / 6)} ` +
      `${round(to[0] - (after[0] - from[0]) / 6)},${round(to[1] - (after[1] - from[1]) / 6)} ${round(to[0])},${round(to[1])}`;
  }
  return closed ? `${path}Z` : path;
}

function stopList(stops: readonly Stop[]): string {
  return stops
    .map(([offset, colour, opacity = 1]) => {
      const clear = opacity === 1 ? '' : ` stop-opacity="${round(opacity, 3)}"`;
      return `<stop offset="${round(offset, 3)}" stop-color="${colour}"${clear}/>`;
    })
    .join('');
}
