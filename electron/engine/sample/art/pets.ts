/** Dogs and cats, 100 units high, standing or sitting at the origin; their heads also serve as portraits. */
import { type Canvas, round, smooth } from './canvas.ts';
import { between, pick, repeat } from './chance.ts';
import { fur } from './fur.ts';
import { mix, shade } from './light.ts';

export type Coat = 'golden' | 'brown' | 'black' | 'white' | 'spotted' | 'husky';
export type Fur = 'ginger' | 'grey' | 'black' | 'white' | 'siamese';

interface Colours {
  coat: string;
  pale: string;
  ear: string;
}

const coats: Record<Coat, Colours> = {
  golden: { coat: '#d9a35c', pale: '#f3d9a8', ear: '#b97f3e' },
  brown: { coat: '#8a5a38', pale: '#c99b6c', ear: '#643d25' },
  black: { coat: '#34343b', pale: '#a8744a', ear: '#222228' },
  white: { coat: '#efe9df', pale: '#ffffff', ear: '#d8ccba' },
  spotted: { coat: '#f2ede4', pale: '#ffffff', ear: '#7a4a2c' },
  husky: { coat: '#747c88', pale: '#f7f8fa', ear: '#4c535f' },
};

const furs: Record<Fur, Colours> = {
  ginger: { coat: '#e2974a', pale: '#fae3c2', ear: '#c4742c' },
  grey: { coat: '#8f949c', pale: '#dfe2e6', ear: '#666b74' },
  black: { coat: '#33333c', pale: '#50505c', ear: '#222229' },
  white: { coat: '#f1eee8', pale: '#ffffff', ear: '#d9d3c8' },
  siamese: { coat: '#e8d8bf', pale: '#f6ecdc', ear: '#5f4638' },
};

/** A dog's head about the origin, 50 units wide. */
function dogHead(canvas: Canvas, kind: Coat, panting = true): string {
  const { coat, pale, ear } = coats[kind];
  const upright = kind === 'husky';
  const ears = upright
    ? `<path d="M-19,-8L-20,-30L-4,-18Z M19,-8L20,-30L4,-18Z" fill="${ear}"/><path d="M-16.5,-13L-17.5,-24L-8,-17Z M16.5,-13L17.5,-24L8,-17Z" fill="#d9a9a0"/>`
    : `<path d="M-13,-16C-27,-19 -33,-4 -29,11C-26,18 -18,14 -17,4Z M13,-16C27,-19 33,-4 29,11C26,18 18,14 17,4Z" fill="${ear}"/>` +
      `<path d="M-14,-14C-24,-16 -29,-5 -27,7C-24,4 -20,-4 -17,-6Z M14,-14C24,-16 29,-5 27,7C24,4 20,-4 17,-6Z" fill="${shade(ear, 0.13)}"/>`;
  const fill = canvas.radial(
    [
      [0, shade(coat, 0.18)],
      [1, shade(coat, -0.1)],
    ],
    0.45,
    0.3,
    0.75,
  );
  const skull = `<path d="${smooth(
    [
      [0, -20],
      [13, -17],
      [19, -5],
      [17, 8],
      [9, 18],
      [0, 20],
      [-9, 18],
      [-17, 8],
      [-19, -5],
      [-13, -17],
    ],
    true,
  )}" fill="${fill}"/>`;
  const mask =
    kind === 'husky'
      ? `<path d="M0,-6C-4,-12 -15,-12 -17,-1C-18,8 -10,18 0,19C10,18 18,8 17,-1C15,-12 4,-12 0,-6Z" fill="${pale}"/>`
      : kind === 'spotted'
        ? `<path d="M4,-18C14,-18 19,-8 17,3C12,6 5,2 4,-6Z" fill="${ear}"/>`
        : kind === 'black'
          ? `<circle cx="-7.5" cy="-9.5" r="2" fill="${pale}"/><circle cx="7.5" cy="-9.5" r="2" fill="${pale}"/>`
          : `<path d="M0,-19C-3,-10 -3,-4 -4,2H4C3,-4 3,-10 0,-19Z" fill="${pale}" opacity="0.75"/>`;
  const tongue = panting
    ? '<path d="M-4.2,12.5C-5,20 -3,24 0,24C3,24 5,20 4.2,12.5Z" fill="#ee8a95"/><path d="M0,13V20" stroke="#c9616f" stroke-width="0.9"/>'
    : '';
  const muzzle =
    `<ellipse cx="0" cy="8" rx="11.5" ry="8.6" fill="${pale}"/>${tongue}` +
    '<path d="M0,5V10M0,10C-2,13.5 -7,13.5 -8.5,10.5M0,10C2,13.5 7,13.5 8.5,10.5" stroke="#3a2a26" stroke-width="1.3" fill="none" stroke-linecap="round"/>' +
    '<path d="M-5,0.5C-5,-2.6 5,-2.6 5,0.5C5,3.6 2,5.6 0,5.6C-2,5.6 -5,3.6 -5,0.5Z" fill="#2a2022"/><ellipse cx="-1.6" cy="-0.4" rx="1.6" ry="0.9" fill="#8b8085"/>' +
    '<g fill="#7a5c48" opacity="0.6"><circle cx="-6" cy="8" r="0.6"/><circle cx="-8" cy="6.5" r="0.6"/><circle cx="6" cy="8" r="0.6"/><circle cx="8" cy="6.5" r="0.6"/></g>';
  const iris = kind === 'husky' ? '#6fb3d9' : '#5a3a22';
  const eye = (x: number): string =>
    `<ellipse cx="${x}" cy="-4" rx="3.1" ry="3.3" fill="#241a18"/><circle cx="${x}" cy="-4" r="2.2" fill="${iris}"/><circle cx="${x}" cy="-4" r="1.3" fill="#17100f"/><circle cx="${x + 1}" cy="-5.1" r="0.9" fill="#ffffff"/>`;
  const brows = `<path d="M-11,-9.5q3,-2.2 6,-0.6M11,-9.5q-3,-2.2 -6,-0.6" stroke="${shade(coat, -0.35)}" stroke-width="1.1" fill="none" stroke-linecap="round"/>`;
  const hairs = fur(canvas, coat, [{ x: 0, y: -2, rx: 17, ry: 18 }], [0, 4], 2.8);
  return `${upright ? ears : ''}${skull}${hairs}${mask}${upright ? '' : ears}${muzzle}${eye(-8)}${eye(8)}${brows}`;
}

function collar(canvas: Canvas, y: number, half: number): string {
  const colour = pick(canvas.random, ['#d9483f', '#2f7fb8', '#3fa06a', '#e0a32f']);
  return `<path d="M${-half},${y}Q0,${y + 8} ${half},${y}" stroke="${colour}" stroke-width="4.2" fill="none" stroke-linecap="round"/><circle cx="0" cy="${y + 8}" r="3" fill="#f3cf5f" stroke="#b98f2c" stroke-width="0.7"/>`;
}

/** A dog that sits and looks at us. */
export function sittingDog(canvas: Canvas, kind: Coat): string {
  const { coat, pale, ear } = coats[kind];
  const dark = shade(coat, -0.16);
  const spots =
    kind === 'spotted'
      ? `<ellipse cx="-15" cy="-38" rx="6" ry="8" fill="${ear}"/><ellipse cx="18" cy="-16" rx="7" ry="6" fill="${ear}"/>`
      : '';
  return (
    `<path d="M18,-8C32,-8 38,-18 36,-32" stroke="${dark}" stroke-width="7" fill="none" stroke-linecap="round"/>` +
    `<ellipse cx="-16" cy="-11" rx="12" ry="11" fill="${dark}"/><ellipse cx="16" cy="-11" rx="12" ry="11" fill="${dark}"/>` +
    `<path d="M-14,-60C-24,-42 -25,-16 -19,-3H19C25,-16 24,-42 14,-60Z" fill="${coat}"/>` +
    `<path d="M-8,-58C-13,-42 -11,-26 0,-20C11,-26 13,-42 8,-58Z" fill="${pale}"/>${spots}` +
    fur(canvas, coat, [{ x: 0, y: -30, rx: 18, ry: 26 }], [0, -70], 3) +
    `<path d="M-12,-36C-14,-20 -13,-8 -13,-2H-3V-24ZM12,-36C14,-20 13,-8 13,-2H3V-24Z" fill="${shade(coat, 0.07)}"/>` +
    `<path d="M0,-24V-3" stroke="${dark}" stroke-width="1.4"/>` +
    `<ellipse cx="-8.5" cy="-2.5" rx="7.5" ry="4" fill="${pale}"/><ellipse cx="8.5" cy="-2.5" rx="7.5" ry="4" fill="${pale}"/>` +
    '<path d="M-10,-1V-4M-7,-1V-4M7,-1V-4M10,-1V-4" stroke="#6b4f40" stroke-width="0.8"/>' +
    `${collar(canvas, -58, 13)}<g transform="translate(0 -76) scale(1.08)">${dogHead(canvas, kind)}</g>`
  );
}

/** A dog that trots by, seen from the side with its head turned to us. */
export function walkingDog(canvas: Canvas, kind: Coat): string {
  const { coat, pale, ear } = coats[kind];
  const dark = shade(coat, -0.2);
  const leg = (x: number, dx: number, fill: string): string =>
    `<path d="M${x - 7},-40C${x - 7},-26 ${x + dx * 0.3 - 4},-20 ${x + dx - 4},-2H${x + dx + 6}C${x + dx + 4},-16 ${x + 7},-26 ${x + 9},-40Z" fill="${fill}"/><ellipse cx="${x + dx + 2}" cy="-2.5" rx="6.5" ry="3.2" fill="${fill === dark ? dark : pale}"/>`;
  const fill = canvas.linear([
    [0, shade(coat, 0.1)],
    [0.7, coat],
    [1, shade(coat, -0.15)],
  ]);
  const spots =
    kind === 'spotted'
      ? `<ellipse cx="-22" cy="-50" rx="10" ry="8" fill="${ear}"/><ellipse cx="8" cy="-44" rx="7" ry="6" fill="${ear}"/>`
      : '';
  const bushy = kind === 'golden' || kind === 'husky';
  return (
    `<path d="M-40,-52C-54,-56 -62,-70 -56,-82" stroke="${coat}" stroke-width="${bushy ? 11 : 6.5}" fill="none" stroke-linecap="round"/>` +
    `${leg(-30, -8, dark)}${leg(26, 9, dark)}` +
    `<path d="${smooth(
      [
        [-46, -52],
        [-36, -62],
        [-8, -60],
        [20, -64],
        [38, -58],
        [40, -42],
        [26, -32],
        [2, -32],
        [-20, -34],
        [-40, -34],
      ],
      true,
    )}" fill="${fill}"/>${spots}` +
    `<path d="M22,-34C30,-34 38,-40 40,-48C34,-44 24,-46 18,-52Z" fill="${pale}" opacity="0.8"/>` +
    fur(canvas, coat, [{ x: -3, y: -47, rx: 41, ry: 14 }], [46, -56], 3.4) +
    `${leg(-33, 6, coat)}${leg(24, -4, coat)}` +
    `<g transform="translate(34 -56)">${collar(canvas, -5, 13)}</g><g transform="translate(38 -78) scale(0.98)">${dogHead(canvas, kind)}</g>`
  );
}

/** A cat's head about the origin, 46 units wide. */
function catHead(canvas: Canvas, kind: Fur): string {
  const { coat, pale, ear } = furs[kind];
  const { random } = canvas;
  const striped = kind === 'ginger' || kind === 'grey';
  const points = kind === 'siamese' ? ear : coat;
  const fill = canvas.radial(
    [
      [0, shade(coat, 0.16)],
      [1, shade(coat, -0.1)],
    ],
    0.5,
    0.3,
    0.75,
  );
  const ears =
    `<path d="M-20,-6C-22,-18 -22,-26 -20,-32C-14,-28 -8,-22 -5,-16ZM20,-6C22,-18 22,-26 20,-32C14,-28 8,-22 5,-16Z" fill="${points}"/>` +
    '<path d="M-17.5,-12C-18.5,-19 -18.5,-23 -17.8,-26.5C-14,-23.5 -11,-20 -9,-16ZM17.5,-12C18.5,-19 18.5,-23 17.8,-26.5C14,-23.5 11,-20 9,-16Z" fill="#e9a5a0"/>';
  const skull = `<path d="${smooth(
    [
      [0, -18],
      [13, -16],
      [21, -6],
      [22, 4],
      [14, 14],
      [0, 17],
      [-14, 14],
      [-22, 4],
      [-21, -6],
      [-13, -16],
    ],
    true,
  )}" fill="${fill}"/>`;
  const stripes = striped
    ? `<path d="M0,-17.5V-9M-5,-17L-4,-9.5M5,-17L4,-9.5M-21,0L-13.5,2M-21.5,5L-14,5.5M21,0L13.5,2M21.5,5L14,5.5" stroke="${ear}" stroke-width="2.2" fill="none" stroke-linecap="round"/>`
    : '';
  const mask =
    kind === 'siamese' ? `<ellipse cx="0" cy="4" rx="12" ry="11" fill="${ear}" opacity="0.85"/>` : '';
  const iris =
    kind === 'siamese' || kind === 'white'
      ? '#6fb7e0'
      : pick(random, ['#8fbf4a', '#c9b83f', '#6fae5f', '#e0a83a']);
  const eye = (x: number): string =>
    `<ellipse cx="${x}" cy="-1.5" rx="4.7" ry="4.5" fill="#1f1a1c"/><ellipse cx="${x}" cy="-1.5" rx="4" ry="3.9" fill="${iris}"/><ellipse cx="${x}" cy="-1.5" rx="1.3" ry="3.5" fill="#14100f"/><circle cx="${x + 1.4}" cy="-3.2" r="1.1" fill="#ffffff"/>`;
  const muzzle =
    `<ellipse cx="-4.6" cy="8.5" rx="5.6" ry="4.6" fill="${pale}"/><ellipse cx="4.6" cy="8.5" rx="5.6" ry="4.6" fill="${pale}"/><ellipse cx="0" cy="12" rx="4" ry="3" fill="${pale}"/>` +
    '<path d="M-2.8,4.2H2.8L0,7.2Z" fill="#d9747a"/><path d="M0,7V9.5C-1,11.5 -4,11.5 -5,10M0,9.5C1,11.5 4,11.5 5,10" stroke="#4a2f2c" stroke-width="0.9" fill="none" stroke-linecap="round"/>' +
    `<path d="M-8,8L-26,5M-8,9.5L-26,10.5M-8,11L-24,15.5M8,8L26,5M8,9.5L26,10.5M8,11L24,15.5" stroke="${kind === 'white' || kind === 'siamese' ? '#a89f94' : '#ffffff'}" stroke-width="0.6" opacity="0.9"/>`;
  const hairs = fur(canvas, coat, [{ x: 0, y: 0, rx: 22, ry: 16 }], [0, 5], 2.8);
  return `${ears}${skull}${hairs}${stripes}${mask}${muzzle}${eye(-9)}${eye(9)}`;
}

/** A cat that sits and looks at us, its tail around its feet. */
export function sittingCat(canvas: Canvas, kind: Fur): string {
  const { coat, pale, ear } = furs[kind];
  const dark = shade(coat, -0.16);
  const limbs = kind === 'siamese' ? ear : coat;
  const striped = kind === 'ginger' || kind === 'grey';
  const stripes = striped
    ? `<path d="M-20,-36q6,2 8,6M-22,-27q7,2 9,5M-22,-18q7,1 9,4M20,-36q-6,2 -8,6M22,-27q-7,2 -9,5M22,-18q-7,1 -9,4" stroke="${ear}" stroke-width="2.6" fill="none" stroke-linecap="round"/>`
    : '';
  return (
    `<path d="M14,-6C34,-4 42,-16 36,-28C33,-34 28,-32 29,-27" stroke="${kind === 'siamese' ? ear : dark}" stroke-width="7" fill="none" stroke-linecap="round"/>` +
    `<path d="M-12,-60C-20,-46 -28,-24 -24,-4C-20,1 20,1 24,-4C28,-24 20,-46 12,-60Z" fill="${coat}"/>` +
    `<path d="M-8,-58C-12,-44 -8,-32 0,-28C8,-32 12,-44 8,-58Z" fill="${pale}"/>${fur(canvas, coat, [{ x: 0, y: -28, rx: 20, ry: 26 }], [0, -64], 3)}${stripes}` +
    `<path d="M-10,-34C-11,-20 -10,-8 -10,-2H-2V-26ZM10,-34C11,-20 10,-8 10,-2H2V-26Z" fill="${shade(limbs, 0.05)}"/>` +
    `<ellipse cx="-6.5" cy="-2" rx="6.3" ry="3.4" fill="${kind === 'siamese' ? ear : pale}"/><ellipse cx="6.5" cy="-2" rx="6.3" ry="3.4" fill="${kind === 'siamese' ? ear : pale}"/>` +
    `<ellipse cx="-19" cy="-3" rx="8" ry="4" fill="${dark}"/><ellipse cx="19" cy="-3" rx="8" ry="4" fill="${dark}"/>` +
    `<g transform="translate(0 -69)">${catHead(canvas, kind)}</g>`
  );
}

/** A cat lying on its side with its head up, 60 units high. */
export function lyingCat(canvas: Canvas, kind: Fur): string {
  const { coat, pale, ear } = furs[kind];
  const dark = shade(coat, -0.18);
  const fill = canvas.linear([
    [0, shade(coat, 0.1)],
    [1, shade(coat, -0.14)],
  ]);
  const striped = kind === 'ginger' || kind === 'grey';
  const stripes = striped
    ? repeat(
        6,
        (i) =>
          `<path d="M${-44 + i * 11},-40q${round(between(canvas.random, 2, 6))},8 1,17" stroke="${ear}" stroke-width="3.2" fill="none" stroke-linecap="round"/>`,
      )
    : '';
  return (
    `<path d="M-50,-12C-72,-12 -76,-2 -60,-2C-46,-1 -38,-3 -30,-4" stroke="${kind === 'siamese' ? ear : dark}" stroke-width="8" fill="none" stroke-linecap="round"/>` +
    `<path d="${smooth(
      [
        [-58, -18],
        [-48, -38],
        [-22, -45],
        [8, -41],
        [30, -36],
        [38, -16],
        [32, -2],
        [0, 0],
        [-40, 0],
        [-56, -4],
      ],
      true,
    )}" fill="${fill}"/>${fur(canvas, coat, [{ x: -10, y: -22, rx: 44, ry: 20 }], [40, -36], 3.2)}${stripes}` +
    `<path d="M-56,-10C-54,-26 -34,-26 -28,-12C-26,-4 -34,0 -44,0C-52,0 -56,-4 -56,-10Z" fill="${mix(coat, dark, 0.5)}"/>` +
    `<ellipse cx="18" cy="-4" rx="15" ry="4.5" fill="${kind === 'siamese' ? ear : pale}"/><ellipse cx="42" cy="-3.5" rx="13" ry="4.5" fill="${kind === 'siamese' ? ear : pale}"/>` +
    `<path d="M20,-34C22,-22 34,-16 44,-18C48,-26 46,-34 42,-38Z" fill="${pale}" opacity="0.9"/>` +
    `<g transform="translate(33 -43) scale(0.98)">${catHead(canvas, kind)}</g>`
  );
}

/** The breast and shoulders under a portrait's head; the head's middle is 60 units above the origin. */
function shoulders(canvas: Canvas, colours: Colours): string {
  return (
    `<path d="M-22,-52C-34,-36 -40,-14 -42,12H42C40,-14 34,-36 22,-52Z" fill="${shade(colours.coat, -0.1)}"/>` +
    `<path d="M-13,-50C-20,-32 -14,-12 0,0C14,-12 20,-32 13,-50Z" fill="${colours.pale}"/>` +
    fur(canvas, colours.coat, [{ x: 0, y: -14, rx: 34, ry: 34 }], [0, -64], 4.5)
  );
}

/** A dog's head and shoulders. */
export function dogPortrait(canvas: Canvas, kind: Coat): string {
  return `${shoulders(canvas, coats[kind])}<g transform="translate(0 -34)">${collar(canvas, 0, 24)}</g><g transform="translate(0 -60) scale(1.55)">${dogHead(canvas, kind)}</g>`;
}

/** A cat's head and shoulders. */
export function catPortrait(canvas: Canvas, kind: Fur): string {
  return `${shoulders(canvas, furs[kind])}<g transform="translate(0 -56) scale(1.5)">${catHead(canvas, kind)}</g>`;
}
