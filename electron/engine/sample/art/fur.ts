/** Fur: short hairs over a coat and beyond its outline, which is what tells an animal from a toy. */
import { type Canvas, round } from './canvas.ts';
import { between } from './chance.ts';
import { shade } from './light.ts';

/** A part of a coat, in the animal's units. */
export interface Oval {
  x: number;
  y: number;
  rx: number;
  ry: number;
}

/**
 * Hairs of three shades of `colour` that grow away from `root` (a face's nose, a body's shoulder), `length` units long.
 * They are spread evenly over the ovals; those at the edge stick out.
 */
export function fur(
  canvas: Canvas,
  colour: string,
  ovals: readonly Oval[],
  root: readonly [x: number, y: number],
  length: number,
): string {
  const { random } = canvas;
  const shades = [shade(colour, 0.3), shade(colour, 0.08), shade(colour, -0.28)];
  const hairs = shades.map(() => '');
  for (const { x, y, rx, ry } of ovals) {
    const count = Math.round(((rx * ry) / (length * length)) * 4);
    for (let i = 0; i < count; i += 1) {
      const [angle, reach] = [random.next() * 6.283, Math.sqrt(random.next())];
      const [hx, hy] = [x + Math.cos(angle) * rx * reach, y + Math.sin(angle) * ry * reach];
      const flow = Math.atan2(hy - root[1], hx - root[0]) + between(random, -0.4, 0.4);
      const grown = length * between(random, 0.7, 1.3);
      hairs[i % 3] +=
        `M${round(hx)},${round(hy)}l${round(Math.cos(flow) * grown)},${round(Math.sin(flow) * grown)}`;
    }
  }
  return hairs
    .map(
      (path, i) =>
        `<path d="${path}" stroke="${shades[i]}" stroke-width="${round(length * 0.13, 2)}" stroke-linecap="round" fill="none" opacity="0.5"/>`,
    )
    .join('');
}
