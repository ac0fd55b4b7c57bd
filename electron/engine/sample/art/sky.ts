/** The sky and what falls from it: sun, moon, stars, clouds, rain, snow and fog. Its colours are those of the light itself. */
import { type Canvas, round } from './canvas.ts';
import { between, chance, pick, repeat } from './chance.ts';
import { mix } from './light.ts';

/** Where the sun or the moon stands, if it shows. */
export interface Sun {
  x: number;
  y: number;
}

/** Paints the sky down to the horizon, with sun or moon, stars and clouds as the light has them. */
export function paintSky(canvas: Canvas, horizon: number): Sun | undefined {
  const { width, light, random } = canvas;
  const steps = light.sky.length - 1;
  const fill = canvas.linear(light.sky.map((colour, i) => [i / steps, colour] as const));
  canvas.add(`<rect width="${width}" height="${round(horizon + 4)}" fill="${fill}"/>`);
  if (light.weather !== 'clear') {
    if (light.weather !== 'fog') canvas.add(cloudCover(canvas, horizon));
    return undefined;
  }
  const x = between(random, 0.2, 0.8) * width;
  if (light.time === 'night') {
    canvas.extras.add('stars');
    canvas.add(stars(canvas, horizon));
    if (chance(random, 0.25)) return undefined;
    const y = between(random, 0.16, 0.42) * horizon;
    canvas.extras.add('moon');
    canvas.add(moon(canvas, x, y));
    return { x, y };
  }
  const low = light.time !== 'day';
  const y = (low ? between(random, 0.72, 0.93) : between(random, 0.14, 0.4)) * horizon;
  canvas.add(sun(canvas, x, y, low));
  canvas.add(clouds(canvas, horizon));
  return { x, y };
}

function sun(canvas: Canvas, x: number, y: number, low: boolean): string {
  const { light, height, random } = canvas;
  const radius = height * (low ? between(random, 0.055, 0.085) : between(random, 0.04, 0.055));
  const face = low && light.time === 'sunset' ? '#ffe9a3' : light.source;
  return (
    canvas.glow(x, y, radius * (low ? 7 : 4.5), light.source, low ? 0.75 : 0.6) +
    `<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" fill="${face}"/>`
  );
}

function moon(canvas: Canvas, x: number, y: number): string {
  const { light, height, random } = canvas;
  const radius = height * between(random, 0.035, 0.06);
  const halo = canvas.glow(x, y, radius * 4.5, '#c9d4ff', 0.5);
  if (chance(random, 0.4)) {
    const crescent =
      `M${round(x)},${round(y - radius)}a${round(radius)},${round(radius)} 0 1 1 0,${round(radius * 2)}` +
      `a${round(radius * 1.35)},${round(radius * 1.35)} 0 0 0 0,${round(-radius * 2)}Z`;
    return `${halo}<path d="${crescent}" fill="${light.source}"/>`;
  }
  const craters = repeat(3, (i) => {
    const angle = i * 2.2 + 0.6;
    const [cx, cy] = [x + Math.cos(angle) * radius * 0.45, y + Math.sin(angle) * radius * 0.45];
    return `<circle cx="${round(cx)}" cy="${round(cy)}" r="${round(radius * (0.14 + 0.05 * i))}" fill="#d9d2b4"/>`;
  });
  return `${halo}<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" fill="${light.source}"/>${craters}`;
}

function stars(canvas: Canvas, horizon: number): string {
  const { width, random } = canvas;
  return repeat(70, () => {
    const [x, y] = [random.next() * width, random.next() ** 1.3 * horizon * 0.95];
    const size = between(random, 0.4, 1.5);
    const opacity = between(random, 0.35, 1);
    return `<circle cx="${round(x)}" cy="${round(y)}" r="${round(size, 2)}" fill="#fff" opacity="${round(opacity, 2)}"/>`;
  });
}

/** A few clouds with flat undersides, lit from where the sun is. */
function clouds(canvas: Canvas, horizon: number): string {
  const { width, light, random } = canvas;
  const count = pick(random, [0, 2, 3, 3, 4]);
  const low = light.time !== 'day';
  const colour = low ? mix(light.sky[1]!, light.sky.at(-1)!, 0.55) : '#ffffff';
  return repeat(count, () => {
    const [x, y] = [random.next() * width, between(random, 0.08, low ? 0.6 : 0.62) * horizon];
    const size = between(random, 0.06, 0.13) * width;
    return low ? streak(canvas, x, y, size * 1.6, colour) : puff(canvas, x, y, size, colour, 0.92);
  });
}

function puff(canvas: Canvas, x: number, y: number, size: number, colour: string, opacity: number): string {
  const { random } = canvas;
  const lobes = 4 + random.integer(3);
  const outline = repeat(lobes, (i) => {
    const along = (i + 0.5) / lobes - 0.5;
    const radius = size * (0.26 + 0.3 * (1 - 4 * along * along)) * between(random, 0.8, 1.15);
    return `<circle cx="${round(x + along * size * 2)}" cy="${round(y - radius * 0.35)}" r="${round(radius)}"/>`;
  });
  const fill = canvas.linear([
    [0, colour],
    [1, mix(colour, canvas.light.sky[1]!, 0.4)],
  ]);
  const box = `<rect x="${round(x - size * 1.5)}" y="${round(y - size)}" width="${round(size * 3)}" height="${round(size * 1.18)}" fill="${fill}"/>`;
  return `<g opacity="${opacity}">${canvas.within(outline, box)}</g>`;
}

function streak(canvas: Canvas, x: number, y: number, size: number, colour: string): string {
  const { random } = canvas;
  return repeat(3, (i) => {
    const half = size * between(random, 0.5, 1);
    const [cx, cy] = [x + between(random, -0.4, 0.4) * size, y + i * size * 0.09];
    const thickness = size * between(random, 0.03, 0.06);
    return `<ellipse cx="${round(cx)}" cy="${round(cy)}" rx="${round(half)}" ry="${round(thickness)}" fill="${colour}" opacity="0.6"/>`;
  });
}

/** The closed ceiling of a rainy or snowy day. */
function cloudCover(canvas: Canvas, horizon: number): string {
  const { width, light, random } = canvas;
  return repeat(5, (i) => {
    const [x, y] = [(i / 4) * width, between(random, 0.02, 0.2) * horizon];
    return puff(
      canvas,
      x,
      y,
      width * between(random, 0.14, 0.22),
      mix(light.sky[0]!, light.sky[1]!, 0.4),
      0.55,
    );
  });
}

/** What falls or hangs in front of everything: drawn last. */
export function paintWeather(canvas: Canvas): void {
  const { light } = canvas;
  if (light.weather === 'rain') canvas.add(rain(canvas));
  if (light.weather === 'snowfall') canvas.add(snowfall(canvas));
  if (light.weather === 'fog') canvas.add(fog(canvas));
}

function rain(canvas: Canvas): string {
  const { width, height, random } = canvas;
  const slant = between(random, -0.28, 0.28);
  const drops = repeat(150, () => {
    const [x, y] = [random.next() * width * 1.2 - width * 0.1, random.next() * height];
    const length = between(random, 9, 24);
    return `M${round(x)},${round(y)}l${round(slant * length)},${round(length)}`;
  });
  return `<path d="${drops}" stroke="#eef5fb" stroke-width="1.1" opacity="0.55" fill="none"/>`;
}

function snowfall(canvas: Canvas): string {
  const { width, height, random } = canvas;
  return repeat(130, () => {
    const [x, y] = [random.next() * width, random.next() * height];
    const size = between(random, 0.8, 2.3) * (chance(random, 0.12) ? 1.9 : 1);
    const opacity = between(random, 0.55, 0.98);
    return `<circle cx="${round(x)}" cy="${round(y)}" r="${round(size, 2)}" fill="#fff" opacity="${round(opacity, 2)}"/>`;
  });
}

function fog(canvas: Canvas): string {
  const { width, height, light, random } = canvas;
  const veil = canvas.linear([
    [0, light.haze, 0.1],
    [0.55, light.haze, 0.42],
    [1, light.haze, 0.12],
  ]);
  const banks = repeat(6, () => {
    const fill = canvas.radial([
      [0, light.haze, 0.55],
      [1, light.haze, 0],
    ]);
    const [x, y] = [random.next() * width, between(random, 0.3, 0.85) * height];
    return `<ellipse cx="${round(x)}" cy="${round(y)}" rx="${round(width * 0.55)}" ry="${round(height * 0.09)}" fill="${fill}"/>`;
  });
  return `<rect width="${width}" height="${height}" fill="${veil}"/>${banks}`;
}

/** A slight darkening towards the corners, as a lens gives it. */
export function paintVignette(canvas: Canvas): void {
  const { width, height } = canvas;
  const fill = canvas.radial(
    [
      [0.6, '#0b1024', 0],
      [1, '#0b1024', 0.26],
    ],
    0.5,
    0.5,
    0.75,
  );
  canvas.add(`<rect width="${width}" height="${height}" fill="${fill}"/>`);
}
