/** Towns, painted over the whole picture: street, skyline, bridge. Windows glow by themselves at night. */
import { type Canvas, type Ground, round } from './canvas.ts';
import { between, chance, pick, repeat } from './chance.ts';
import { shade } from './light.ts';
import { paintSky } from './sky.ts';

const walls = ['#d98b6a', '#e8c48c', '#c9d3c0', '#b8705a', '#e6dccb', '#9fb4bf', '#d7a7a0', '#8f9c7a'];
const awnings = ['#c8453f', '#3e7fa8', '#3f8f63', '#e0a434', '#8a4f86'];

/** Lamps and windows are lit at night, and in the dimness of rain. */
function isDim(canvas: Canvas): boolean {
  return canvas.light.time === 'night' || canvas.light.weather === 'rain';
}

export function paintStreet(canvas: Canvas): Ground {
  const { width, height, random, light } = canvas;
  const pavement = height * between(random, 0.66, 0.71);
  const road = pavement + height * 0.07;
  paintSky(canvas, height * 0.5);
  const far = canvas.lit(
    () =>
      repeat(9, (i) => {
        const top = height * between(random, 0.1, 0.32);
        return `<rect x="${round((i / 9) * width - 6)}" y="${round(top)}" width="${round(width / 8)}" height="${round(pavement - top)}" fill="${pick(random, walls)}"/>`;
      }),
    0.6,
  );
  canvas.add(far);
  let x = -between(random, 0, 0.1) * width;
  while (x < width) {
    const wide = between(random, 0.19, 0.3) * width;
    paintFront(canvas, x, wide, between(random, 0.14, 0.34) * height, pavement);
    x += wide;
  }
  canvas.add(
    canvas.lit(() => {
      const asphalt = canvas.linear([
        [0, '#6f747c'],
        [1, '#4b5058'],
      ]);
      const dashes = repeat(
        8,
        (i) => `M${round(i * width * 0.15)},${round(height * 0.9)}h${round(width * 0.075)}`,
      );
      return (
        `<rect y="${round(pavement)}" width="${width}" height="${round(height)}" fill="#b9b6ae"/>` +
        `<rect y="${round(road - 4)}" width="${width}" height="5" fill="#8f8c86"/>` +
        `<rect y="${round(road)}" width="${width}" height="${round(height - road)}" fill="${asphalt}"/>` +
        `<path d="${dashes}" stroke="#f1efe6" stroke-width="4"/>`
      );
    }),
  );
  if (isDim(canvas)) canvas.add(wetStreet(canvas, road));
  if (chance(random, 0.75)) paintLamp(canvas, between(random, 0.06, 0.94) * width, road - 3);
  if (light.weather === 'snowfall')
    canvas.add(
      `<rect y="${round(pavement)}" width="${width}" height="${round(height)}" fill="#f2f6fa" opacity="0.72"/>`,
    );
  return { far: road + height * 0.06, near: height * 0.96 };
}

/** One house front, with its windows and a shop under an awning. */
function paintFront(canvas: Canvas, x: number, wide: number, top: number, bottom: number): void {
  const { random } = canvas;
  const shop = (bottom - top) * 0.3;
  const columns = 2 + random.integer(2);
  const rows = 2 + random.integer(2);
  const wall = pick(random, walls);
  const cell = wide / columns;
  const rise = (bottom - top - shop) / rows;
  const panes: { x: number; y: number; lit: boolean }[] = [];
  for (let r = 0; r < rows; r += 1) {
    for (let c = 0; c < columns; c += 1) {
      panes.push({
        x: x + cell * (c + 0.26),
        y: top + rise * (r + 0.28),
        lit: isDim(canvas) && chance(random, 0.6),
      });
    }
  }
  const size = `width="${round(cell * 0.48)}" height="${round(rise * 0.56)}"`;
  canvas.add(
    canvas.lit(() => {
      const awning = pick(random, awnings);
      const stripes = repeat(6, (i) => {
        const w = (wide * 0.84) / 6;
        const sx = x + wide * 0.08 + i * w;
        const sy = bottom - shop * 0.95;
        return `<path d="M${round(sx)},${round(sy)}h${round(w)}v${round(shop * 0.3)}a${round(w / 2)},${round(w / 2.6)} 0 0 1 ${round(-w)},0Z" fill="${i % 2 ? '#f6efe2' : awning}"/>`;
      });
      return (
        `<rect x="${round(x)}" y="${round(top)}" width="${round(wide + 1)}" height="${round(bottom - top)}" fill="${wall}"/>` +
        `<rect x="${round(x - 2)}" y="${round(top - 4)}" width="${round(wide + 5)}" height="8" fill="${shade(wall, -0.22)}"/>` +
        panes
          .map(
            (pane) =>
              `<rect x="${round(pane.x - 2)}" y="${round(pane.y - 2)}" width="${round(cell * 0.48 + 4)}" height="${round(rise * 0.56 + 4)}" fill="${shade(wall, 0.45)}"/>` +
              `<rect x="${round(pane.x)}" y="${round(pane.y)}" ${size} fill="#5f7f92"/>` +
              `<rect x="${round(pane.x)}" y="${round(pane.y)}" width="${round(cell * 0.2)}" height="${round(rise * 0.56)}" fill="#86a6b6"/>`,
          )
          .join('') +
        `<rect x="${round(x + wide * 0.1)}" y="${round(bottom - shop * 0.8)}" width="${round(wide * 0.5)}" height="${round(shop * 0.66)}" fill="#4f6672"/>` +
        `<rect x="${round(x + wide * 0.68)}" y="${round(bottom - shop * 0.8)}" width="${round(wide * 0.18)}" height="${round(shop * 0.8)}" fill="${shade(awning, -0.35)}"/>${stripes}`
      );
    }),
  );
  if (!isDim(canvas)) return;
  const glowing = panes
    .filter((pane) => pane.lit)
    .map((pane) => `<rect x="${round(pane.x)}" y="${round(pane.y)}" ${size} fill="#ffd98a"/>`);
  canvas.add(
    `${glowing.join('')}<rect x="${round(x + wide * 0.1)}" y="${round(bottom - shop * 0.62)}" width="${round(wide * 0.5)}" height="${round(shop * 0.48)}" fill="#ffe2a0" opacity="0.92"/>`,
  );
}

function wetStreet(canvas: Canvas, road: number): string {
  const { width, height, random } = canvas;
  return repeat(12, () => {
    const fill = canvas.linear([
      [0, pick(random, ['#ffd98a', '#ffb070', '#9fc8e8']), 0.5],
      [1, '#ffd98a', 0],
    ]);
    const [x, wide] = [random.next() * width, between(random, 6, 20)];
    return `<rect x="${round(x)}" y="${round(road)}" width="${round(wide)}" height="${round((height - road) * between(random, 0.4, 0.95))}" fill="${fill}"/>`;
  });
}

function paintLamp(canvas: Canvas, x: number, y: number): void {
  const { height } = canvas;
  const top = y - height * 0.42;
  canvas.add(
    canvas.lit(
      () =>
        `<path d="M${round(x)},${round(y)}V${round(top)}" stroke="#33403f" stroke-width="5"/>` +
        `<path d="M${round(x - 7)},${round(y)}h14v-8h-14Z M${round(x - 11)},${round(top)}h22l-4,-24h-14Z" fill="#33403f"/>` +
        `<path d="M${round(x - 8)},${round(top - 3)}h16l-3,-18h-10Z" fill="#f3ead0"/>`,
    ),
  );
  if (isDim(canvas)) canvas.add(canvas.glow(x, top - 12, height * 0.2, '#ffdf9a', 0.85));
}

/** Towers along the water. */
export function paintSkyline(canvas: Canvas): Ground {
  const { width, height, random, light } = canvas;
  const shore = height * between(random, 0.68, 0.78);
  paintSky(canvas, shore);
  for (const distance of [0.62, 0.3, 0]) {
    const near = 1 - distance;
    let x = -width * 0.04;
    while (x < width) {
      const wide = width * between(random, 0.05, 0.1);
      const middle = 1 - Math.abs((x + wide / 2) / width - 0.5);
      const tall = height * between(random, 0.14, 0.36) * (0.55 + middle * 0.9) * (0.82 + distance * 0.55);
      paintTower(canvas, x, wide, shore - tall, shore, distance, near);
      x += wide * between(random, 0.85, 1.35);
    }
  }
  canvas.add(
    canvas.lit(() => {
      const fill = canvas.linear([
        [0, '#5b8fae'],
        [1, '#2a6488'],
      ]);
      return `<rect y="${round(shore)}" width="${width}" height="${round(height - shore)}" fill="${fill}"/><rect y="${round(shore - 3)}" width="${width}" height="5" fill="#4b5a5e"/>`;
    }),
  );
  const sheen = canvas.linear([
    [0, light.sky.at(-1)!, 0.55],
    [1, light.sky[1]!, 0.15],
  ]);
  canvas.add(
    `<rect y="${round(shore + 2)}" width="${width}" height="${round(height - shore)}" fill="${sheen}"/>`,
  );
  const glints = repeat(light.time === 'night' ? 46 : 20, () => {
    const [x, y] = [random.next() * width, shore + 5 + random.next() ** 1.5 * (height - shore)];
    const colour =
      light.time === 'night' ? pick(random, ['#ffd98a', '#ffc06a', '#9fd4ff', '#ff9a8a']) : '#ffffff';
    return `<rect x="${round(x)}" y="${round(y)}" width="${round(between(random, 6, 24))}" height="1.6" fill="${colour}" opacity="0.6"/>`;
  });
  canvas.add(glints);
  return { far: shore + height * 0.06, near: height * 0.95 };
}

function paintTower(
  canvas: Canvas,
  x: number,
  wide: number,
  top: number,
  bottom: number,
  distance: number,
  near: number,
): void {
  const { random, light } = canvas;
  const wall = pick(random, ['#8296a8', '#a9b5bd', '#6f8496', '#b4a596', '#94a7a6', '#5f7486']);
  const roof = random.integer(4);
  const points = [
    `M${round(x)},${round(bottom)}V${round(top)}H${round(x + wide)}V${round(bottom)}Z`,
    `M${round(x)},${round(bottom)}V${round(top + 14)}L${round(x + wide)},${round(top)}V${round(bottom)}Z`,
    `M${round(x)},${round(bottom)}V${round(top + 16)}H${round(x + wide * 0.2)}V${round(top)}H${round(x + wide * 0.8)}V${round(top + 16)}H${round(x + wide)}V${round(bottom)}Z`,
    `M${round(x)},${round(bottom)}V${round(top)}H${round(x + wide)}V${round(bottom)}ZM${round(x + wide / 2 - 1.5)},${round(top)}V${round(top - 26)}h3V${round(top)}Z`,
  ];
  canvas.add(
    canvas.lit(
      () =>
        `<path d="${points[roof]}" fill="${wall}"/><rect x="${round(x + wide * 0.68)}" y="${round(top + 16)}" width="${round(wide * 0.32)}" height="${round(bottom - top - 16)}" fill="${shade(wall, -0.18)}"/>`,
      distance,
    ),
  );
  const [columns, pitch] = [Math.max(2, Math.round(wide / 8)), 9];
  const rows = Math.max(1, Math.floor((bottom - top - 24) / pitch));
  const dark = light.time === 'night' || light.time === 'sunset';
  const odds = light.time === 'night' ? 0.5 : light.time === 'sunset' ? 0.24 : 0.75;
  let panes = '';
  for (let r = 0; r < rows; r += 1) {
    for (let c = 0; c < columns; c += 1) {
      if (chance(random, odds))
        panes += `M${round(x + ((c + 0.25) / columns) * wide)},${round(top + 20 + r * pitch)}h${round((wide / columns) * 0.5)}v4.6h${round((-wide / columns) * 0.5)}Z`;
    }
  }
  const colour = dark ? pick(random, ['#ffd98a', '#ffe7b0', '#ffc873']) : '#e4eff5';
  canvas.add(
    `<path d="${panes}" fill="${colour}" opacity="${round(dark ? 0.35 + near * 0.6 : 0.16 + near * 0.3, 2)}"/>`,
  );
}

/** A suspension bridge over water. */
export function paintBridge(canvas: Canvas): Ground {
  const { width, height, random } = canvas;
  const horizon = height * between(random, 0.58, 0.66);
  const deck = height * between(random, 0.52, 0.58);
  const top = height * between(random, 0.12, 0.2);
  paintSky(canvas, horizon);
  canvas.add(
    canvas.lit(
      () =>
        `<path d="M-10,${round(horizon + 2)}C${round(width * 0.2)},${round(horizon - height * 0.16)} ${round(width * 0.35)},${round(horizon - height * 0.05)} ${round(width * 0.5)},${round(horizon)}C${round(width * 0.7)},${round(horizon - height * 0.05)} ${round(width * 0.85)},${round(horizon - height * 0.18)} ${width + 10},${round(horizon + 2)}Z" fill="#6f9077"/>`,
      0.5,
    ),
  );
  canvas.add(
    canvas.lit(() => {
      const fill = canvas.linear([
        [0, '#7fb3c9'],
        [1, '#2d7396'],
      ]);
      const waves = repeat(24, () => {
        const [x, y] = [random.next() * width, between(random, horizon + 6, height)];
        return `M${round(x)},${round(y)}q8,-3 16,0t16,0`;
      });
      return `<rect y="${round(horizon)}" width="${width}" height="${round(height - horizon)}" fill="${fill}"/><path d="${waves}" stroke="#ffffff" stroke-width="1.2" fill="none" opacity="0.4"/>`;
    }),
  );
  const steel = pick(random, ['#c8492f', '#b8402c', '#5f7886', '#8a5a48']);
  const [left, right] = [width * between(random, 0.2, 0.26), width * between(random, 0.74, 0.8)];
  const sag = deck - height * 0.04;
  canvas.add(
    canvas.lit(() => {
      const cable = `M-20,${round(deck - height * 0.02)}Q${round(left * 0.6)},${round(deck - height * 0.1)} ${round(left)},${round(top)}Q${round((left + right) / 2)},${round(sag * 2 - top)} ${round(right)},${round(top)}Q${round(right + (width - right) * 0.4)},${round(deck - height * 0.1)} ${width + 20},${round(deck - height * 0.02)}`;
      const hangers = repeat(19, (i) => {
        const part = (i + 1) / 20;
        const x = left + (right - left) * part;
        const y = (1 - part) ** 2 * top + 2 * part * (1 - part) * (sag * 2 - top) + part ** 2 * top;
        return `M${round(x)},${round(y)}V${round(deck)}`;
      });
      const pier = (x: number): string =>
        `<path d="M${round(x - 9)},${round(horizon + height * 0.1)}L${round(x - 7)},${round(top - 6)}h5V${round(horizon + height * 0.1)}ZM${round(x + 3)},${round(horizon + height * 0.1)}V${round(top - 6)}h5L${round(x + 10)},${round(horizon + height * 0.1)}Z" fill="${steel}"/>` +
        `<path d="M${round(x - 8)},${round(top + 12)}h17v6h-17ZM${round(x - 8)},${round((top + deck) / 2)}h17v6h-17Z" fill="${shade(steel, -0.16)}"/>` +
        `<rect x="${round(x - 16)}" y="${round(horizon + height * 0.08)}" width="32" height="${round(height * 0.05)}" rx="3" fill="#a9a59b"/>`;
      return (
        `<path d="${hangers}" stroke="${steel}" stroke-width="1.2"/><path d="${cable}" stroke="${steel}" stroke-width="3.4" fill="none"/>` +
        `${pier(left)}${pier(right)}<rect x="-5" y="${round(deck)}" width="${width + 10}" height="9" fill="${steel}"/><rect x="-5" y="${round(deck + 9)}" width="${width + 10}" height="4" fill="${shade(steel, -0.35)}"/>`
      );
    }),
  );
  if (canvas.light.time === 'night') {
    canvas.add(repeat(14, (i) => canvas.glow(((i + 0.5) / 14) * width, deck - 4, 10, '#ffe1a0', 0.95)));
  }
  return { far: height * 0.76, near: height * 0.9 };
}
