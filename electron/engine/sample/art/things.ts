/** Umbrellas, balloons, bags, skis and houses, standing or hanging at the origin, about 100 units high. */
import { type Canvas, round } from './canvas.ts';
import { pick, repeat } from './chance.ts';
import { shade } from './light.ts';

/** An open umbrella, its handle's grip at the origin, 130 units wide. */
export function umbrella(canvas: Canvas, colour: string): string {
  const second = pick(canvas.random, [shade(colour, -0.16), shade(colour, -0.16), '#fbf7ee']);
  const ribs = [-64, -40, -14, 14, 40, 64];
  const panels = ribs.slice(0, -1).map((left, i) => {
    const right = ribs[i + 1]!;
    const bend = (x: number): string => `${round(x * 0.92)},-92 ${round(x * 0.5)},-108`;
    return `<path d="M${left},-62Q${(left + right) / 2},-73 ${right},-62C${bend(right)} 0,-110C${round(left * 0.5)},-108 ${round(left * 0.92)},-92 ${left},-62Z" fill="${i % 2 ? second : colour}"/>`;
  });
  return (
    '<path d="M0,-108V-2C0,8 -11,8 -11,-1" stroke="#4a3a30" stroke-width="3.6" fill="none" stroke-linecap="round"/>' +
    `<path d="M-64,-62C-59,-92 -32,-108 0,-110C32,-108 59,-92 64,-62Q52,-73 40,-62Q27,-73 14,-62Q0,-73 -14,-62Q-27,-73 -40,-62Q-52,-73 -64,-62Z" fill="${shade(colour, -0.35)}"/>${panels.join('')}` +
    '<path d="M-50,-76C-42,-94 -26,-103 -12,-105" stroke="#ffffff" stroke-width="3" fill="none" opacity="0.35" stroke-linecap="round"/><path d="M0,-110V-118" stroke="#4a3a30" stroke-width="3" stroke-linecap="round"/>'
  );
}

const hues = [
  '#e0483f',
  '#f0a83a',
  '#f6d34f',
  '#4fa86a',
  '#3f8fd0',
  '#8a5fb5',
  '#ec6a8b',
  '#57bfc4',
  '#fbf7ee',
];

/** A hot-air balloon, 100 units high from basket to crown. */
export function airBalloon(canvas: Canvas, colour = pick(canvas.random, hues)): string {
  const { random } = canvas;
  const other = pick(
    random,
    hues.filter((hue) => hue !== colour),
  );
  const outline =
    'M-36,-62C-36,-88 -18,-100 0,-100C18,-100 36,-88 36,-62C36,-46 18,-30 8,-20H-8C-18,-30 -36,-46 -36,-62Z';
  const gore = (outer: number, inner: number, fill: string): string =>
    `<path d="M0,-100C${outer},-100 ${outer * 1.9},-88 ${outer * 1.9},-62C${outer * 1.9},-46 ${outer * 0.9},-30 ${outer * 0.4},-20H${inner * 0.4}C${inner * 0.9},-30 ${inner * 1.9},-46 ${inner * 1.9},-62C${inner * 1.9},-88 ${inner},-100 0,-100Z" fill="${fill}"/>`;
  const gloss = canvas.linear(
    [
      [0, '#ffffff', 0.25],
      [0.4, '#ffffff', 0.1],
      [1, '#101528', 0.28],
    ],
    'right',
  );
  return (
    '<path d="M-8,-20L-6,-9M8,-20L6,-9M-3,-20L-2,-9M3,-20L2,-9" stroke="#5a4a3f" stroke-width="0.9"/>' +
    `<path d="${outline}" fill="${colour}"/>${gore(-13.5, -7, other)}${gore(13.5, 7, other)}${gore(-2.5, 2.5, other)}<path d="M-35,-66Q0,-56 35,-66L35.5,-58Q0,-48 -35.5,-58Z" fill="${shade(colour, 0.5)}" opacity="0.9"/><path d="${outline}" fill="${gloss}"/>` +
    '<rect x="-7" y="-9.5" width="14" height="9.5" rx="2" fill="#9a6a3f"/><path d="M-7,-6.5H7M-7,-3.5H7" stroke="#6f4826" stroke-width="0.8"/>'
  );
}

/** A bunch of toy balloons whose strings meet at the origin, 100 units high. */
export function toyBalloons(canvas: Canvas, count: number, colours: readonly string[] = hues): string {
  canvas.extras.add('balloon');
  const { random } = canvas;
  const places = [
    [0, -82],
    [-20, -70],
    [20, -72],
    [-9, -56],
    [12, -52],
    [0, -68],
  ].slice(0, count);
  return places
    .map(([x, y]) => {
      const colour = pick(random, colours);
      const fill = canvas.radial(
        [
          [0, shade(colour, 0.5)],
          [0.5, colour],
          [1, shade(colour, -0.22)],
        ],
        0.36,
        0.3,
        0.75,
      );
      return `<path d="M${x},${y! + 15}Q${x! * 0.3},${y! * 0.4} 0,0" stroke="#6b6f76" stroke-width="0.7" fill="none"/><path d="M${x},${y! + 14}l-2.5,4h5Z" fill="${shade(colour, -0.2)}"/><ellipse cx="${x}" cy="${y}" rx="12.5" ry="15" fill="${fill}"/>`;
    })
    .join('');
}

export type BagKind = 'handbag' | 'tote' | 'bucket';

/** A bag, 100 units high with its handle. */
export function bag(canvas: Canvas, kind: BagKind, colour: string): string {
  const dark = shade(colour, -0.28);
  const leather = canvas.linear([
    [0, shade(colour, 0.16)],
    [1, shade(colour, -0.16)],
  ]);
  switch (kind) {
    case 'handbag':
      return (
        `<path d="M-26,-56C-28,-96 28,-96 26,-56" stroke="${dark}" stroke-width="5.5" fill="none"/><path d="M-46,-56H46L54,-6Q54,0 48,0H-48Q-54,0 -54,-6Z" fill="${leather}"/>` +
        `<path d="M-46,-58H46Q50,-58 50,-54L44,-30Q40,-22 30,-22H-30Q-40,-22 -44,-30L-50,-54Q-50,-58 -46,-58Z" fill="${shade(colour, 0.08)}"/><path d="M-46,-52L-41,-31Q-38,-25.5 -30,-25.5H30Q38,-25.5 41,-31L46,-52" stroke="${shade(colour, 0.45)}" stroke-width="1" stroke-dasharray="3 2" fill="none"/>` +
        '<rect x="-7" y="-30" width="14" height="12" rx="2.5" fill="#f0cf6a" stroke="#b58a2c" stroke-width="1"/><circle cx="0" cy="-24" r="2" fill="#8a661c"/><circle cx="-26" cy="-56" r="3.5" fill="#f0cf6a"/><circle cx="26" cy="-56" r="3.5" fill="#f0cf6a"/>'
      );
    case 'tote':
      return (
        `<path d="M-20,-60C-22,-102 -4,-102 -2,-98M20,-60C22,-102 4,-102 2,-98M-20,-60C-18,-98 18,-98 20,-60" stroke="${dark}" stroke-width="4.5" fill="none"/><path d="M-42,-62H42L36,-2Q36,0 34,0H-34Q-36,0 -36,-2Z" fill="${leather}"/>` +
        `<path d="M-42,-62H42L41.3,-56H-41.3Z" fill="${dark}"/><path d="M-14,-34C-14,-44 0,-44 0,-34C0,-44 14,-44 14,-34C14,-26 4,-20 0,-14C-4,-20 -14,-26 -14,-34Z" fill="${shade(colour, 0.62)}"/>`
      );
    case 'bucket':
      return (
        `<path d="M-28,-58C-30,-100 30,-100 28,-58" stroke="${dark}" stroke-width="4.5" fill="none"/><path d="M-32,-60Q-42,-30 -40,-6Q-40,0 -34,0H34Q40,0 40,-6Q42,-30 32,-60Z" fill="${leather}"/><ellipse cx="0" cy="-60" rx="32" ry="5.5" fill="${dark}"/>` +
        `<path d="M-40,-12Q0,-4 40,-12V-6Q40,0 34,0H-34Q-40,0 -40,-6Z" fill="${dark}"/><path d="M-12,-58L-8,-34M12,-58L8,-34" stroke="#f0cf6a" stroke-width="2"/><circle cx="-8" cy="-32" r="3" fill="#f0cf6a"/><circle cx="8" cy="-32" r="3" fill="#f0cf6a"/>`
      );
  }
}

/** A pair of skis with poles, under a figure that stands at the origin. */
export function skis(): string {
  return '<path d="M-34,0H30Q38,-1 42,-7M-30,4H34Q42,3 46,-3" stroke="#e0483f" stroke-width="3.4" fill="none" stroke-linecap="round"/><path d="M-22,3L-15,-46M26,3L15,-46" stroke="#4a5058" stroke-width="1.6" stroke-linecap="round"/><circle cx="-22" cy="-1" r="3" fill="none" stroke="#4a5058"/><circle cx="26" cy="-1" r="3" fill="none" stroke="#4a5058"/>';
}

/** A small house with a chimney; `snowy` covers its roof. */
export function house(canvas: Canvas, snowy = false): string {
  const { random } = canvas;
  const wall = pick(random, ['#f3e6cf', '#e8b98a', '#d9796a', '#bcd0c4', '#f7f3ea', '#c9a27a']);
  const roof = pick(random, ['#a8483a', '#6d4a45', '#4f5f70', '#b5683f']);
  const front = canvas.linear(
    [
      [0, shade(wall, 0.08)],
      [1, shade(wall, -0.1)],
    ],
    'right',
  );
  const pane = (x: number, y: number): string =>
    `<rect x="${x - 1.5}" y="${y - 1.5}" width="19" height="19" fill="#ffffff"/><rect x="${x}" y="${y}" width="16" height="16" fill="#7fa8bd"/><path d="M${x + 8},${y}v16M${x},${y + 8}h16" stroke="#ffffff" stroke-width="1.6"/><rect x="${x - 3}" y="${y + 17}" width="22" height="3.5" fill="${shade(roof, 0.2)}"/>`;
  const tiles = repeat(
    4,
    (i) =>
      `<path d="M${-50 - i * 4},${-72 + i * 7}H${50 + i * 4}" stroke="${shade(roof, -0.2)}" stroke-width="1.2"/>`,
  );
  const snow = snowy
    ? '<path d="M-40,-96H40L68,-52Q60,-44 54,-52Q46,-42 38,-52Q28,-44 20,-53Q10,-44 2,-53Q-8,-43 -18,-53Q-28,-44 -36,-53Q-46,-43 -54,-52Q-62,-46 -68,-52Z" fill="#f7fafd"/><path d="M22,-112H40V-104H22Z" fill="#f7fafd"/>'
    : '';
  return (
    `<rect x="24" y="-108" width="14" height="30" fill="${shade(roof, -0.2)}"/><rect x="-54" y="-54" width="108" height="54" fill="${front}"/><path d="M-38,-94H38L66,-50H-66Z" fill="${roof}"/>${tiles}${snow}` +
    `<path d="M-66,-50H66V-46H-66Z" fill="${shade(roof, -0.35)}"/><path d="M-10,0V-32Q-10,-38 0,-38Q10,-38 10,-32V0Z" fill="${shade(roof, -0.15)}"/><circle cx="6" cy="-16" r="1.6" fill="#f0cf6a"/>${pane(-42, -36)}${pane(26, -36)}` +
    '<path d="M-54,0Q-46,-10 -38,0Q-30,-12 -22,0ZM22,0Q30,-12 38,0Q46,-10 54,0Z" fill="#5f9a4f"/>'
  );
}

/** The lit windows of `house`, to be laid over it at night. */
export function houseLights(): string {
  return '<path d="M-42,-36h16v16h-16ZM26,-36h16v16h-16Z" fill="#ffd98a"/><path d="M-34,-36v16M-42,-28h16M34,-36v16M26,-28h16" stroke="#fff3d0" stroke-width="1.6"/>';
}
