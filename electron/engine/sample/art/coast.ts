/** The coast, painted over the whole picture: beach and sea, and what water does with the light. */
import { type Canvas, type Ground, type Point, round, smooth } from './canvas.ts';
import { between, chance, pick, repeat } from './chance.ts';
import { mix, shade } from './light.ts';
import { palm } from './plants.ts';
import { paintSky, type Sun } from './sky.ts';

/** Water from the horizon down, with the sun's path and small waves. */
function water(canvas: Canvas, horizon: number, bottom: number, sun: Sun | undefined): string {
  const { width, light, random } = canvas;
  const depth = bottom - horizon;
  const tone = pick(random, ['#1f7fae', '#2489a8', '#1a6fa5', '#2b9ab0']);
  const surface = canvas.lit(() => {
    const fill = canvas.linear([
      [0, mix(tone, light.time === 'day' ? '#bfe0ee' : tone, 0.35)],
      [0.35, tone],
      [1, light.weather === 'clear' && light.time === 'day' ? '#4cbcc4' : shade(tone, -0.12)],
    ]);
    return `<rect y="${round(horizon)}" width="${width}" height="${round(depth + 2)}" fill="${fill}"/>`;
  });
  const mirrored = canvas.linear([
    [0, light.sky.at(-1)!, light.time === 'day' ? 0.25 : 0.62],
    [1, light.sky[1]!, light.time === 'day' ? 0 : 0.22],
  ]);
  const sheen = `<rect y="${round(horizon)}" width="${width}" height="${round(depth + 2)}" fill="${mirrored}"/>`;
  const waves = repeat(26, () => {
    const part = random.next() ** 1.4;
    const [x, y] = [random.next() * width, horizon + 3 + part * (depth - 4)];
    const half = 5 + part * between(random, 14, 34);
    return `M${round(x - half)},${round(y)}q${round(half)},${round(-1.4 - part * 2.4)} ${round(half * 2)},0`;
  });
  const crests = `<path d="${waves}" stroke="#ffffff" stroke-width="1.2" fill="none" opacity="${light.time === 'night' ? 0.2 : 0.38}"/>`;
  return surface + sheen + (sun ? sunPath(canvas, sun, horizon, bottom) : '') + crests;
}

function sunPath(canvas: Canvas, sun: Sun, horizon: number, bottom: number): string {
  const { light, random } = canvas;
  if (light.time === 'day') return '';
  const depth = bottom - horizon;
  return repeat(22, (i) => {
    const part = (i + 0.5) / 22;
    const half = (6 + part * 30) * between(random, 0.4, 1);
    const y = horizon + part * depth;
    const x = sun.x + between(random, -0.3, 0.3) * half;
    return `<ellipse cx="${round(x)}" cy="${round(y)}" rx="${round(half)}" ry="${round(1 + part * 1.6)}" fill="${light.source}" opacity="${round(0.85 - part * 0.45, 2)}"/>`;
  });
}

/** Land far across the water. */
function headland(canvas: Canvas, horizon: number): string {
  const { width, height, random } = canvas;
  const left = chance(random, 0.5);
  const reach = between(random, 0.25, 0.5) * width;
  const rise = between(random, 0.05, 0.12) * height;
  const points: Point[] = [
    [-10, horizon - rise * 0.9],
    [reach * 0.25, horizon - rise],
    [reach * 0.5, horizon - rise * 0.62],
    [reach * 0.8, horizon - rise * 0.3],
    [reach, horizon + 1],
  ];
  const flip = left ? '' : ` transform="translate(${width} 0) scale(-1 1)"`;
  return canvas.lit(
    () => `<path d="${smooth(points)}L-10,${round(horizon + 1)}Z" fill="#5d8a78"${flip}/>`,
    0.55,
  );
}

export function paintBeach(canvas: Canvas): Ground {
  const { width, height, random } = canvas;
  const horizon = height * between(random, 0.4, 0.5);
  const shore = height * between(random, 0.62, 0.7);
  const sun = paintSky(canvas, horizon);
  canvas.add(water(canvas, horizon, shore + height * 0.08, sun));
  if (chance(random, 0.55)) canvas.add(headland(canvas, horizon));
  const slope = between(random, -0.05, 0.05) * height;
  const edge = (lift: number): string => {
    const points: Point[] = [];
    const phase = random.next() * 6;
    for (let i = -1; i <= 9; i += 1) {
      points.push([
        (i / 8) * width,
        shore + lift + (i / 8 - 0.5) * slope + Math.sin(i * 1.3 + phase) * height * 0.012,
      ]);
    }
    return `${smooth(points)}L${width * 1.1},${height}L${-width * 0.1},${height}Z`;
  };
  canvas.add(
    canvas.lit(() => {
      const sand = pick(random, ['#f0d6a0', '#ecd2a4', '#f3deb2', '#e6c791']);
      const fill = canvas.linear([
        [0, shade(sand, 0.12)],
        [1, shade(sand, -0.14)],
      ]);
      return (
        `<path d="${edge(-7)}" fill="#ffffff" opacity="0.75"/><path d="${edge(-2)}" fill="#bfd5c4" opacity="0.8"/>` +
        `<path d="${edge(1)}" fill="#ffffff"/><path d="${edge(5)}" fill="${shade(sand, -0.2)}"/>` +
        `<path d="${edge(16)}" fill="${fill}"/>${grains(canvas, shore + 22, '#b08f58')}`
      );
    }),
  );
  if (chance(random, 0.35)) {
    const side = chance(random, 0.5) ? between(random, 0.02, 0.13) : between(random, 0.87, 0.98);
    const mirror = side > 0.5;
    const size = height * between(random, 0.62, 0.85);
    canvas.place({ x: side * width, y: height * 0.86, size, mirror, shadow: 24 }, () => palm(canvas));
  }
  return { far: shore + height * 0.1, near: height * 0.97 };
}

function grains(canvas: Canvas, top: number, colour: string): string {
  const { width, height, random } = canvas;
  return repeat(46, () => {
    const [x, y] = [random.next() * width, between(random, top, height)];
    return `<ellipse cx="${round(x)}" cy="${round(y)}" rx="${round(between(random, 0.8, 2.6))}" ry="0.8" fill="${colour}" opacity="0.4"/>`;
  });
}

export function paintSea(canvas: Canvas): Ground {
  const { height, random } = canvas;
  const horizon = height * between(random, 0.4, 0.54);
  const sun = paintSky(canvas, horizon);
  canvas.add(water(canvas, horizon, height, sun));
  if (chance(random, 0.6)) canvas.add(headland(canvas, horizon));
  return { far: horizon + height * 0.08, near: height * 0.86 };
}
