/**
 * Open country, painted over the whole picture: mountains, snow, forest, desert, park. Each returns the ground on
 * which subjects can stand. Beach and sea are in `coast.ts`, towns in `town.ts`, rooms in `interior.ts`.
 */
import { type Canvas, type Ground, type Point, round, smooth, straight } from './canvas.ts';
import { between, chance, pick, repeat } from './chance.ts';
import { shade } from './light.ts';
import { bloom, cactus, pine, tree } from './plants.ts';
import { paintSky } from './sky.ts';

/** Rolling outline from the left edge to the right, closed along the bottom of the picture. */
function hill(canvas: Canvas, y: number, amplitude: number, waves = 1.6): string {
  const { width, height, random } = canvas;
  const [phase, second] = [random.next() * 6.28, random.next() * 6.28];
  const points: Point[] = [];
  for (let i = -1; i <= 13; i += 1) {
    const part = i / 12;
    const wave = Math.sin(part * waves * 6.28 + phase) * 0.6 + Math.sin(part * waves * 14 + second) * 0.25;
    points.push([part * width, y - wave * amplitude]);
  }
  return `${smooth(points)}L${width * 1.1},${height}L${-width * 0.1},${height}Z`;
}

/** One peak: a lit and a shaded flank, and a cap of snow. */
function peak(canvas: Canvas, x: number, base: number, rise: number, rock: string, cap: boolean): string {
  const { random } = canvas;
  const half = rise * between(random, 0.85, 1.25);
  const top = base - rise;
  const ridge: Point[] = [
    [x, top],
    [x + half * 0.1, top + rise * 0.2],
    [x - half * 0.03, top + rise * 0.42],
    [x + half * 0.16, top + rise * 0.7],
    [x + half * 0.04, base],
  ];
  const left: Point[] = [
    [x - half, base],
    [x - half * 0.62, base - rise * 0.42],
    [x - half * 0.4, base - rise * 0.55],
    ...ridge,
  ];
  const right: Point[] = [
    ...ridge,
    [x + half * 1.1, base],
    [x + half * 0.66, base - rise * 0.4],
    [x + half * 0.36, base - rise * 0.66],
  ];
  const snow = cap
    ? `<path d="${straight([
        [x, top],
        [x - half * 0.13, top + rise * 0.145],
        [x - half * 0.27, top + rise * 0.3],
        [x - half * 0.17, top + rise * 0.27],
        [x - half * 0.12, top + rise * 0.38],
        [x - half * 0.04, top + rise * 0.3],
        [x + half * 0.02, top + rise * 0.37],
        [x + half * 0.1, top + rise * 0.2],
      ])}Z" fill="#f7fafd"/>` +
      `<path d="${straight([
        [x, top],
        [x + half * 0.1, top + rise * 0.2],
        [x + half * 0.02, top + rise * 0.37],
        [x + half * 0.13, top + rise * 0.3],
        [x + half * 0.2, top + rise * 0.4],
        [x + half * 0.3, top + rise * 0.29],
        [x + half * 0.2, top + rise * 0.19],
      ])}Z" fill="#c3d3e6"/>`
    : '';
  return `<path d="${straight(left)}Z" fill="${rock}"/><path d="${straight(right)}Z" fill="${shade(rock, -0.32)}"/>${snow}`;
}

/** A range of peaks, far ones first. */
function range(canvas: Canvas, base: number, rise: number, distance: number, cap: boolean): string {
  const { width, random } = canvas;
  canvas.extras.add('mountain');
  const rock = pick(random, ['#7c87a0', '#86818f', '#6f86a0', '#8d8578']);
  const count = 3 + random.integer(2);
  const order = random.shuffle(Array.from({ length: count }, (_, i) => i));
  return canvas.lit(
    () =>
      order
        .map((i) => {
          const x = ((i + between(random, 0.2, 0.8)) / count) * width * 1.1 - width * 0.05;
          return peak(canvas, x, base, rise * between(random, 0.6, 1), rock, cap);
        })
        .join(''),
    distance,
  );
}

/** A row of trees along a line, jittered. */
function row(
  canvas: Canvas,
  y: number,
  size: number,
  count: number,
  distance: number,
  draw: () => string,
): void {
  const { width, random } = canvas;
  for (let i = 0; i < count; i += 1) {
    const x = ((i + between(random, 0.1, 0.9)) / count) * width;
    canvas.place(
      { x, y: y + between(random, -2, 4), size: size * between(random, 0.7, 1.15), distance },
      draw,
    );
  }
}

export function paintMountain(canvas: Canvas): Ground {
  const { width, height, random } = canvas;
  const base = height * between(random, 0.6, 0.7);
  paintSky(canvas, base);
  canvas.add(range(canvas, base, height * 0.38, 0.62, false));
  canvas.add(range(canvas, base + 6, height * between(random, 0.42, 0.52), 0.2, true));
  const lake = chance(random, 0.4);
  const green = pick(random, ['#6fa053', '#86a94f', '#5c9660']);
  canvas.add(
    canvas.lit(
      () => `<path d="${hill(canvas, base + 2, height * 0.025)}" fill="${shade(green, -0.25)}"/>`,
      0.22,
    ),
  );
  row(canvas, base + height * 0.04, height * 0.11, 16, 0.2, () => pine(canvas));
  if (lake) {
    canvas.extras.add('lake');
    const top = base + height * 0.06;
    canvas.add(
      canvas.lit(() => {
        const fill = canvas.linear([
          [0, '#a9d0df'],
          [1, '#3f87a6'],
        ]);
        const glints = repeat(9, () => {
          const [x, y] = [random.next() * width, between(random, top + 6, height * 0.86)];
          return `M${round(x)},${round(y)}h${round(between(random, 14, 50))}`;
        });
        return `<rect y="${round(top)}" width="${width}" height="${round(height - top)}" fill="${fill}"/><path d="${glints}" stroke="#ffffff" stroke-width="1.4" opacity="0.5"/>`;
      }),
    );
  }
  const meadow = height * (lake ? 0.87 : 0.79);
  canvas.add(
    canvas.lit(() => {
      const fill = canvas.linear([
        [0, green],
        [1, shade(green, -0.2)],
      ]);
      return `<path d="${hill(canvas, meadow, height * 0.03)}" fill="${fill}"/>`;
    }),
  );
  row(canvas, meadow + height * 0.08, height * 0.27, 3 + random.integer(4), 0, () => pine(canvas));
  return { far: meadow + height * 0.05, near: height * 0.97 };
}

export function paintSnowField(canvas: Canvas): Ground {
  const { height, random } = canvas;
  const base = height * between(random, 0.5, 0.6);
  paintSky(canvas, base);
  if (chance(random, 0.6))
    canvas.add(range(canvas, base + 8, height * between(random, 0.26, 0.38), 0.4, true));
  const drift = (y: number, amplitude: number, distance: number): void =>
    canvas.add(
      canvas.lit(() => {
        const fill = canvas.linear([
          [0, '#ffffff'],
          [0.3, '#e9f1f9'],
          [1, '#c4d7ea'],
        ]);
        return `<path d="${hill(canvas, y, amplitude)}" fill="${fill}"/>`;
      }, distance),
    );
  drift(base, height * 0.04, 0.25);
  row(canvas, base + height * 0.06, height * 0.16, 9 + random.integer(6), 0.25, () => pine(canvas, true));
  drift(base + height * 0.09, height * 0.04, 0.08);
  row(canvas, base + height * 0.2, height * 0.33, 2 + random.integer(4), 0, () => pine(canvas, true));
  drift(height * 0.78, height * 0.03, 0);
  return { far: height * 0.8, near: height * 0.97 };
}

export function paintForest(canvas: Canvas): Ground {
  const { width, height, random } = canvas;
  const floor = height * between(random, 0.74, 0.82);
  paintSky(canvas, floor);
  const inAutumn = chance(random, 0.25);
  const foliage = inAutumn ? ['#d08a3a', '#c4642f', '#d9a640'] : ['#4f9158', '#3c7d52', '#6aa556'];
  const misty = canvas.linear([
    [0, canvas.light.haze, 0.2],
    [1, canvas.light.haze, 0.75],
  ]);
  canvas.add(`<rect width="${width}" height="${height}" fill="${misty}"/>`);
  for (const distance of [0.75, 0.5, 0.25, 0]) {
    const near = 1 - distance;
    const count = Math.round(5 + distance * 12);
    const thickness = width * (0.012 + 0.03 * near);
    const foot = floor - height * 0.1 * distance + height * 0.06 * near;
    canvas.add(
      canvas.lit(() => {
        const leafage = repeat(18, (i) => {
          const r = height * between(random, 0.07, 0.13) * (0.7 + near * 0.5);
          const [cx, cy] = [
            ((i + random.next()) / 18) * width,
            between(random, -0.06, 0.16 + distance * 0.2) * height,
          ];
          return `<circle cx="${round(cx)}" cy="${round(cy)}" r="${round(r)}" fill="${pick(random, foliage)}"/>`;
        });
        const trunks = repeat(count, (i) => {
          const x = ((i + between(random, 0.1, 0.9)) / count) * width;
          const half = (thickness * between(random, 0.7, 1.2)) / 2;
          const lean = between(random, -8, 8);
          const bark = pick(random, ['#5f4636', '#6d5140', '#54402f']);
          const trunk = `M${round(x - half * 1.5)},${round(foot)}Q${round(x - half)},${round(foot - 20)} ${round(x - half + lean)},-10L${round(x + half + lean)},-10Q${round(x + half)},${round(foot - 20)} ${round(x + half * 1.5)},${round(foot)}Z`;
          const lit = `M${round(x - half * 0.9)},${round(foot - 4)}L${round(x - half * 0.8 + lean)},-10L${round(x - half * 0.3 + lean)},-10L${round(x - half * 0.3)},${round(foot - 4)}Z`;
          return `<path d="${trunk}" fill="${bark}"/><path d="${lit}" fill="${shade(bark, 0.18)}"/>`;
        });
        const moss = pick(random, inAutumn ? ['#a9703a', '#96683b'] : ['#4c7f45', '#5b8c48']);
        return `${trunks}<path d="${hill(canvas, foot, height * 0.012, 2.5)}" fill="${shade(moss, -0.1 * near)}"/>${leafage}`;
      }, distance),
    );
  }
  canvas.add(
    canvas.lit(() =>
      repeat(10, () =>
        fern(canvas, random.next() * width, between(random, floor + height * 0.06, height), inAutumn),
      ),
    ),
  );
  if (canvas.light.weather === 'clear' && chance(random, 0.7)) canvas.add(sunbeams(canvas));
  return { far: floor + height * 0.06, near: height * 0.97 };
}

function fern(canvas: Canvas, x: number, y: number, inAutumn: boolean): string {
  const { random, height } = canvas;
  const colour = pick(random, inAutumn ? ['#b9833f', '#8f9145'] : ['#5fa352', '#3f8a4c', '#7fb254']);
  return repeat(6, (i) => {
    const angle = -150 + i * 24 + between(random, -6, 6);
    const length = height * between(random, 0.05, 0.08);
    return `<ellipse cx="${round(length / 2)}" cy="0" rx="${round(length / 2)}" ry="2.4" fill="${i % 2 ? colour : shade(colour, -0.15)}" transform="translate(${round(x)} ${round(y)}) rotate(${round(angle)})"/>`;
  });
}

function sunbeams(canvas: Canvas): string {
  const { width, height, random, light } = canvas;
  const fill = canvas.linear([
    [0, light.source, 0.4],
    [1, light.source, 0],
  ]);
  const start = between(random, 0.1, 0.6) * width;
  return repeat(4, (i) => {
    const x = start + i * width * 0.11;
    const spread = between(random, 14, 34);
    return `<path d="M${round(x)},-5L${round(x + spread)},-5L${round(x + spread * 2.6 + 60)},${round(height * 0.9)}L${round(x + 40)},${round(height * 0.9)}Z" fill="${fill}"/>`;
  });
}

export function paintDesert(canvas: Canvas): Ground {
  const { width, height, random } = canvas;
  const horizon = height * between(random, 0.42, 0.55);
  paintSky(canvas, horizon);
  const sand = pick(random, ['#e3a765', '#e8b877', '#d9935a', '#e9c083']);
  for (const [i, distance] of [0.55, 0.32, 0.14, 0].entries()) {
    const y = horizon + i * height * 0.115;
    canvas.add(canvas.lit(() => dune(canvas, y, height * (0.05 + i * 0.028), sand), distance));
  }
  if (chance(random, 0.5)) {
    const count = 1 + random.integer(3);
    for (let i = 0; i < count; i += 1) {
      const size = height * between(random, 0.14, 0.34);
      const y = height * (0.72 + size / height / 2);
      canvas.place(
        { x: between(random, 0.08, 0.92) * width, y, size, shadow: 30, mirror: chance(random, 0.5) },
        () => cactus(canvas),
      );
    }
  }
  return { far: height * 0.8, near: height * 0.96 };
}

/** A dune with a sharp crest: sunlit on one side, in shadow on the other. */
function dune(canvas: Canvas, y: number, rise: number, sand: string): string {
  const { width, height, random } = canvas;
  const crest = between(random, 0.2, 0.8) * width;
  const foot = crest + between(random, -0.25, 0.25) * width;
  const outline = `M-20,${round(y + rise * 0.5)}C${round(crest * 0.4)},${round(y + rise * 0.3)} ${round(crest * 0.75)},${round(y - rise)} ${round(crest)},${round(y - rise)}C${round(crest + (width - crest) * 0.3)},${round(y - rise * 0.4)} ${round(crest + (width - crest) * 0.6)},${round(y + rise * 0.5)} ${width + 20},${round(y + rise * 0.2)}L${width + 20},${height}L-20,${height}Z`;
  const shaded = `M${round(crest)},${round(y - rise)}C${round(crest + (width - crest) * 0.3)},${round(y - rise * 0.4)} ${round(crest + (width - crest) * 0.6)},${round(y + rise * 0.5)} ${width + 20},${round(y + rise * 0.2)}L${width + 20},${height}L${round(foot)},${height}C${round(foot + 40)},${round(y + rise * 2)} ${round(crest - 30)},${round(y + rise)} ${round(crest)},${round(y - rise)}Z`;
  const ripples = repeat(5, (i) => {
    const ry = y + rise * 0.9 + i * height * 0.035;
    const x = random.next() * width * 0.7;
    return `M${round(x)},${round(ry)}q30,-5 60,0t60,0`;
  });
  return `<path d="${outline}" fill="${sand}"/><path d="${shaded}" fill="${shade(sand, -0.2)}"/><path d="${ripples}" stroke="${shade(sand, -0.16)}" stroke-width="1.3" fill="none" opacity="0.7"/>`;
}

export function paintPark(canvas: Canvas): Ground {
  const { width, height, random } = canvas;
  const base = height * between(random, 0.5, 0.58);
  paintSky(canvas, base);
  const inAutumn = chance(random, 0.18);
  const green = pick(random, ['#86bb55', '#79b35a', '#98c25a']);
  canvas.add(
    canvas.lit(() => `<path d="${hill(canvas, base - height * 0.02, height * 0.05)}" fill="#6f9f78"/>`, 0.5),
  );
  row(canvas, base + height * 0.02, height * 0.2, 9, 0.3, () => tree(canvas, inAutumn));
  canvas.add(
    canvas.lit(() => {
      const fill = canvas.linear([
        [0, shade(green, 0.16)],
        [1, shade(green, -0.16)],
      ]);
      const [from, to] = [between(random, 0.1, 0.9) * width, between(random, 0.25, 0.75) * width];
      const path = `M${round(to - width * 0.24)},${height}C${round(to - width * 0.1)},${round(height * 0.82)} ${round(from - 60)},${round(base + height * 0.2)} ${round(from)},${round(base + height * 0.01)}L${round(from + 9)},${round(base + height * 0.01)}C${round(from - 8)},${round(base + height * 0.2)} ${round(to + width * 0.18)},${round(height * 0.82)} ${round(to + width * 0.22)},${height}Z`;
      return `<path d="${hill(canvas, base + height * 0.02, height * 0.012)}" fill="${fill}"/><path d="${path}" fill="#e8d8b4"/>${tufts(canvas, base + height * 0.08, green)}`;
    }),
  );
  const sides = chance(random, 0.5) ? [0.1, 0.92] : [between(random, 0.05, 0.95)];
  for (const side of sides) {
    const size = height * between(random, 0.42, 0.6);
    const x = (side + between(random, -0.05, 0.05)) * width;
    canvas.place({ x, y: height * between(random, 0.68, 0.74), size, shadow: 34 }, () =>
      tree(canvas, inAutumn),
    );
  }
  return { far: height * 0.76, near: height * 0.96 };
}

/** Grass tufts and small meadow flowers. */
function tufts(canvas: Canvas, top: number, green: string): string {
  const { width, height, random } = canvas;
  const blades = repeat(34, () => {
    const [x, y] = [random.next() * width, between(random, top, height)];
    return `M${round(x)},${round(y)}l-2,-6m2,6l1,-8m-1,8l4,-5`;
  });
  const colours = ['#ffffff', '#f7d154', '#f08fb0', '#ffffff'];
  const flowers = repeat(12, () => {
    const [x, y] = [random.next() * width, between(random, top + 10, height)];
    return `<g transform="translate(${round(x)} ${round(y)}) scale(0.32)">${bloom('daisy', pick(random, colours))}</g>`;
  });
  return `<path d="${blades}" stroke="${shade(green, -0.24)}" stroke-width="1.2" fill="none"/>${flowers}`;
}
