/** Indoors and close-ups, painted over the whole picture: living room, laid table, shop shelf, blurred backdrop. */
import { type Canvas, type Ground, round } from './canvas.ts';
import { between, chance, pick, repeat } from './chance.ts';
import { mix, shade } from './light.ts';
import { bouquet } from './plants.ts';

const papers = ['#e9ddc9', '#cfd9d2', '#e3cfc4', '#c9d3df', '#f0e6d6', '#d8cfe0', '#bcccc0'];

/** A living room with a window and a sofa. Subjects stand on the sofa's seat (far) or the carpet (near). */
export function paintRoom(canvas: Canvas): Ground {
  const { width, height, random } = canvas;
  const floor = height * 0.76;
  const wall = pick(random, papers);
  const backdrop = canvas.linear([
    [0, shade(wall, -0.06)],
    [1, shade(wall, 0.12)],
  ]);
  const boards = repeat(
    12,
    (i) =>
      `M${round((i / 11) * width * 1.6 - width * 0.3)},${height}L${round((i / 11) * width)},${round(floor)}`,
  );
  canvas.add(
    `<rect width="${width}" height="${height}" fill="${backdrop}"/>` +
      `<rect y="${round(floor)}" width="${width}" height="${round(height - floor)}" fill="#b98a5e"/><path d="${boards}" stroke="#9a6f48" stroke-width="1.5"/>` +
      `<rect y="${round(floor - 7)}" width="${width}" height="8" fill="#ffffff" opacity="0.85"/>`,
  );
  const right = chance(random, 0.5);
  canvas.add(window(canvas, width * (right ? 0.68 : 0.08), height * 0.09, width * 0.24, height * 0.36));
  canvas.add(pictures(canvas, width * (right ? 0.2 : 0.62), height * 0.12));
  const seat = height * 0.66;
  canvas.add(sofa(canvas, width * 0.5, seat, height));
  const rug = pick(random, ['#c96f5a', '#5f87a3', '#d8b45f', '#8a9f78', '#b0728e']);
  canvas.add(
    `<ellipse cx="${round(width / 2)}" cy="${round(height * 0.92)}" rx="${round(width * 0.42)}" ry="${round(height * 0.075)}" fill="${rug}"/>` +
      `<ellipse cx="${round(width / 2)}" cy="${round(height * 0.92)}" rx="${round(width * 0.36)}" ry="${round(height * 0.058)}" fill="none" stroke="${shade(rug, 0.4)}" stroke-width="3"/>`,
  );
  canvas.place({ x: width * (right ? 0.07 : 0.94), y: height * 0.83, size: height * 0.36, shadow: 22 }, () =>
    houseplant(canvas),
  );
  return { far: seat, near: height * 0.94 };
}

function window(canvas: Canvas, x: number, y: number, wide: number, tall: number): string {
  const { light } = canvas;
  const steps = light.sky.length - 1;
  const sky = canvas.linear(light.sky.map((colour, i) => [i / steps, colour] as const));
  const box = (inset: number): string =>
    `x="${round(x + inset)}" y="${round(y + inset)}" width="${round(wide - inset * 2)}" height="${round(tall - inset * 2)}"`;
  const curtain = (at: number, turn: number): string =>
    `<path d="M${round(at)},${round(y - 8)}h${round(turn * wide * 0.26)}q${round(turn * -6)},${round(tall * 0.6)} ${round(turn * -wide * 0.08)},${round(tall + 22)}h${round(turn * -wide * 0.18)}Z" fill="#f4ead9" opacity="0.94"/>`;
  return (
    `<rect ${box(-5)} fill="#ffffff"/><rect ${box(0)} fill="${sky}"/>` +
    `<path d="M${round(x)},${round(y + tall)}v${round(-tall * 0.2)}q${round(wide * 0.25)},${round(-tall * 0.18)} ${round(wide * 0.5)},${round(-tall * 0.04)}t${round(wide * 0.5)},${round(-tall * 0.05)}v${round(tall * 0.29)}Z" fill="#7fae78"/>` +
    `<path d="M${round(x + wide / 2)},${round(y)}v${round(tall)}M${round(x)},${round(y + tall * 0.46)}h${round(wide)}" stroke="#ffffff" stroke-width="5"/>` +
    `<rect x="${round(x - 12)}" y="${round(y + tall + 4)}" width="${round(wide + 24)}" height="8" fill="#fbfaf6"/>${curtain(x - 14, 1)}${curtain(x + wide + 14, -1)}`
  );
}

function pictures(canvas: Canvas, x: number, y: number): string {
  const { height, random } = canvas;
  return repeat(2, (i) => {
    const [wide, tall] = [height * 0.15, height * between(random, 0.15, 0.2)];
    const px = x + i * height * 0.19;
    const art = pick(random, ['#e7b98a', '#9fc0c9', '#d9a3a3', '#b9c79a']);
    return (
      `<rect x="${round(px)}" y="${round(y)}" width="${round(wide)}" height="${round(tall)}" fill="#fffdf8" stroke="#5b4a3d" stroke-width="3"/>` +
      `<rect x="${round(px + 8)}" y="${round(y + 8)}" width="${round(wide - 16)}" height="${round(tall - 16)}" fill="${art}"/>` +
      `<circle cx="${round(px + wide / 2)}" cy="${round(y + tall * 0.45)}" r="${round(wide * 0.17)}" fill="${shade(art, 0.5)}"/>`
    );
  });
}

function sofa(canvas: Canvas, x: number, seat: number, height: number): string {
  const { random } = canvas;
  const cloth = pick(random, ['#5f8a8b', '#7a8fb0', '#a8655a', '#8a8f96', '#c29a5b', '#6f7f5a']);
  const half = height * 0.5;
  const box = (dx: number, y: number, wide: number, tall: number, fill: string, radius = 14): string =>
    `<rect x="${round(x + dx)}" y="${round(y)}" width="${round(wide)}" height="${round(tall)}" rx="${radius}" fill="${fill}"/>`;
  const cushion = pick(random, ['#f0c36a', '#e8e0d2', '#d9798a', '#9cc4c0']);
  return (
    canvas.shadow(x, height * 0.84, half * 1.2, 0.4) +
    box(-half, seat - height * 0.21, half * 2, height * 0.3, shade(cloth, -0.14), 22) +
    box(-half * 0.92, seat - height * 0.19, half * 0.9, height * 0.24, cloth) +
    box(half * 0.02, seat - height * 0.19, half * 0.9, height * 0.24, cloth) +
    box(-half * 0.66, seat - height * 0.13, height * 0.15, height * 0.13, cushion, 10) +
    box(-half, seat, half * 2, height * 0.1, shade(cloth, 0.1)) +
    box(-half, seat + height * 0.06, half * 2, height * 0.1, shade(cloth, -0.2), 8) +
    box(-half - height * 0.05, seat - height * 0.09, height * 0.11, height * 0.25, shade(cloth, -0.05), 20) +
    box(half - height * 0.06, seat - height * 0.09, height * 0.11, height * 0.25, shade(cloth, -0.05), 20)
  );
}

function houseplant(canvas: Canvas): string {
  const { random } = canvas;
  const leaf = pick(random, ['#4f8f5a', '#3f7f62', '#6aa05a']);
  const foliage = repeat(9, (i) => {
    const angle = -168 + i * 19.5;
    return `<path d="M0,0Q24,-11 48,0Q24,9 0,0Z" fill="${i % 2 ? leaf : shade(leaf, -0.16)}" transform="translate(0 -34) rotate(${angle})"/>`;
  });
  return `${foliage}<path d="M-17,-36H17L12,0H-12Z" fill="#c9785a"/><path d="M-19,-38H19V-29H-19Z" fill="#d98a6a"/>`;
}

/** A laid table with a blurred room behind it. */
export function paintTable(canvas: Canvas): Ground {
  const { width, height, random } = canvas;
  const edge = height * between(random, 0.42, 0.5);
  paintBlur(
    canvas,
    pick(random, [
      ['#5a4638', '#e0a868'],
      ['#3f5560', '#c9d6cf'],
      ['#7a5a48', '#ffd9a0'],
      ['#4d5a48', '#d9dfae'],
      ['#d9d2c6', '#ffffff'],
    ]),
  );
  const cloth = chance(random, 0.3);
  const wood = cloth
    ? pick(random, ['#f4efe6', '#e9d9d2', '#dbe5e6'])
    : pick(random, ['#b9824f', '#a06d43', '#c99a68', '#8a5c3c', '#d9b48a']);
  const fill = canvas.linear([
    [0, shade(wood, -0.14)],
    [0.25, wood],
    [1, shade(wood, 0.1)],
  ]);
  const vanish = width * between(random, 0.35, 0.65);
  const lines = repeat(9, (i) => {
    const bottom = (i / 8) * width * 2.2 - width * 0.6;
    return `M${round(bottom)},${height}L${round(vanish + (bottom - vanish) * 0.5)},${round(edge)}`;
  });
  const squares = repeat(6, (i) => `M0,${round(edge + (height - edge) * ((i + 1) / 6) ** 1.5)}H${width}`);
  const pattern = cloth
    ? `<path d="${lines}${squares}" stroke="${pick(random, ['#d9626a', '#6f9fc0', '#7aa877'])}" stroke-width="7" opacity="0.35" fill="none"/>`
    : `<path d="${lines}" stroke="${shade(wood, -0.28)}" stroke-width="2" opacity="0.75"/>${grain(canvas, edge, wood)}`;
  canvas.add(
    `<rect y="${round(edge)}" width="${width}" height="${round(height - edge)}" fill="${fill}"/>${pattern}` +
      `<rect y="${round(edge)}" width="${width}" height="4" fill="${shade(wood, 0.35)}" opacity="0.7"/>`,
  );
  return { far: edge + (height - edge) * 0.18, near: height * 0.95 };
}

function grain(canvas: Canvas, edge: number, wood: string): string {
  const { width, height, random } = canvas;
  const strokes = repeat(22, () => {
    const [x, y] = [random.next() * width, between(random, edge + 8, height)];
    return `M${round(x)},${round(y)}q${round(between(random, 10, 30))},${round(between(random, -3, 3))} ${round(between(random, 30, 70))},0`;
  });
  return `<path d="${strokes}" stroke="${shade(wood, -0.2)}" stroke-width="1" fill="none" opacity="0.5"/>`;
}

/** A table top seen from right above. */
export function paintTableTop(canvas: Canvas): Ground {
  const { width, height, random } = canvas;
  const wood = pick(random, ['#a8743f', '#8f6038', '#c79763', '#6f4d36', '#e0d6c8', '#7f8a8c']);
  const planks = repeat(6, (i) => {
    const y = (i / 6) * height;
    return `<rect y="${round(y)}" width="${width}" height="${round(height / 6 - 1.5)}" fill="${shade(wood, between(random, -0.1, 0.1))}"/>`;
  });
  canvas.add(
    `<rect width="${width}" height="${height}" fill="${shade(wood, -0.45)}"/>${planks}${grain(canvas, 0, wood)}`,
  );
  return { far: height * 0.3, near: height * 0.7 };
}

/** A bare wall and a shelf, as shops photograph their goods. */
export function paintShelf(canvas: Canvas): Ground {
  const { width, height, random } = canvas;
  const wall = pick(random, ['#f6e9e4', '#f3efe6', '#e7edf0', '#f7dfe3', '#e9e4f0']);
  const shelf = height * between(random, 0.8, 0.86);
  const fill = canvas.radial(
    [
      [0, '#ffffff'],
      [1, wall],
    ],
    0.4,
    0.35,
    0.8,
  );
  const board = pick(random, ['#d9b48a', '#f4f1ec', '#cfa27a', '#bfc4c6']);
  canvas.add(
    `<rect width="${width}" height="${height}" fill="${fill}"/><rect y="${round(shelf)}" width="${width}" height="${round(height - shelf)}" fill="${board}"/>` +
      `<rect y="${round(shelf)}" width="${width}" height="5" fill="${shade(board, 0.4)}"/><rect y="${round(height * 0.95)}" width="${width}" height="${round(height * 0.05)}" fill="${shade(board, -0.25)}"/>`,
  );
  if (chance(random, 0.4)) {
    const x = width * pick(random, [0.12, 0.88]);
    canvas.place({ x, y: shelf + 6, size: height * 0.4, shadow: 22 }, () =>
      bouquet(canvas, 'daisy', ['#ffffff']),
    );
  }
  return { far: shelf + height * 0.03, near: height * 0.93 };
}

/** Soft discs of light out of focus, behind a close-up: a garden, an evening, a plain wall. */
export function paintBackdrop(canvas: Canvas): Ground {
  const { height, random, light } = canvas;
  const palettes: readonly (readonly [string, string])[] =
    light.time === 'night'
      ? [
          ['#1b2140', '#ffcf8a'],
          ['#231b38', '#9fc8ff'],
        ]
      : light.time === 'sunset' || light.time === 'sunrise'
        ? [
            ['#c96f52', '#ffd79a'],
            ['#8a5a78', '#ffc08a'],
          ]
        : [
            ['#5f9a5c', '#d9efa8'],
            ['#7fae8a', '#f3f7d0'],
            ['#8fb9d6', '#ffffff'],
            ['#d8b79a', '#fff3dc'],
            ['#7f8f9c', '#e3ebef'],
            ['#4f7f6f', '#bfe3c8'],
          ];
  paintBlur(canvas, pick(random, palettes));
  return { far: height * 0.9, near: height * 1.02 };
}

function paintBlur(canvas: Canvas, [dark, bright]: readonly string[]): void {
  const { width, height, random } = canvas;
  const fill = canvas.linear([
    [0, mix(dark!, bright!, 0.45)],
    [0.6, mix(dark!, bright!, 0.16)],
    [1, shade(dark!, -0.15)],
  ]);
  const discs = repeat(26, () => {
    const [x, y, r] = [
      random.next() * width,
      random.next() * height * 0.85,
      between(random, 0.03, 0.12) * height,
    ];
    const colour = mix(dark!, bright!, between(random, 0.25, 1));
    const soft = canvas.radial([
      [0, colour, 0.5],
      [0.8, colour, 0.42],
      [1, colour, 0],
    ]);
    return `<circle cx="${round(x)}" cy="${round(y)}" r="${round(r)}" fill="${soft}"/>`;
  });
  canvas.add(`<rect width="${width}" height="${height}" fill="${fill}"/>${discs}`);
}
