/**
 * People: whole figures 100 units high standing at the origin, and portraits. A figure's looks are decided once, by
 * `createPerson`, so that the same person can be drawn standing, riding or close up.
 */
import type { Random } from '../../../../models/random.ts';
import { type Canvas, round } from './canvas.ts';
import { chance, pick } from './chance.ts';
import { mix, shade } from './light.ts';

export type Role = 'woman' | 'man' | 'kid';

export interface Person {
  role: Role;
  skin: string;
  hair: string;
  /** Which of the role's hair styles. */
  style: number;
  top: string;
  bottom: string;
  /** A dress rather than trousers. */
  dress: boolean;
  beard: boolean;
  glasses: boolean;
  hat: boolean;
  /** A winter coat and a scarf. */
  warm: boolean;
}

/** Skins with the hair colours that go with them. */
const complexions = [
  { skin: '#f7d9c2', hairs: ['#c8924f', '#b5522f', '#7a4e2c', '#e0bd7a', '#4b3020'] },
  { skin: '#f4cfb0', hairs: ['#4b3020', '#7a4e2c', '#c8924f', '#2b2120', '#e0bd7a'] },
  { skin: '#eab995', hairs: ['#2b2120', '#4b3020', '#7a4e2c', '#1d1b20'] },
  { skin: '#d79b72', hairs: ['#1d1b20', '#2b2120', '#4b3020'] },
  { skin: '#a86f4a', hairs: ['#1d1b20', '#2b2120', '#3a2822'] },
  { skin: '#7a4c33', hairs: ['#1d1b20', '#241c1b'] },
] as const;
const tops = [
  '#e0604f',
  '#3f7fb5',
  '#f0b13f',
  '#4fa07a',
  '#8a62a8',
  '#f4f0e8',
  '#2f4763',
  '#e58ba4',
  '#57b0b8',
];
const bottoms = ['#34476b', '#4b4a52', '#7a664f', '#25324a', '#8a9099'];

/** Someone to draw. `warm` dresses them for the cold. */
export function createPerson(random: Random, role: Role, warm = false): Person {
  const { skin, hairs } = pick(random, complexions);
  return {
    role,
    skin,
    hair: pick<string>(random, hairs),
    style: random.integer(3),
    top: pick(random, tops),
    bottom: pick(random, bottoms),
    dress: role === 'woman' && !warm && chance(random, 0.6),
    beard: role === 'man' && chance(random, 0.55),
    glasses: role !== 'kid' && chance(random, 0.22),
    hat: chance(random, role === 'kid' ? 0.3 : 0.18),
    warm,
  };
}

/** Where a figure's hands are, in its units: what it holds goes there. */
export interface Pose {
  left: readonly [x: number, y: number];
  right: readonly [x: number, y: number];
  /** How far the feet are apart. */
  stride?: number;
}

export const standing: Pose = { left: [-15, -44], right: [15, -44] };
export const waving: Pose = { left: [-15, -44], right: [21, -96] };
export const holdingUp: Pose = { left: [-14, -45], right: [13, -66] };
export const walking: Pose = { left: [-17, -47], right: [16, -50], stride: 11 };

/** A whole figure. A kid is as high in these units as an adult: place it smaller. */
export function figure(canvas: Canvas, person: Person, pose: Pose): string {
  canvas.extras.add('person').add(person.role);
  const kid = person.role === 'kid';
  const headY = kid ? -82 : -89;
  const scale = kid ? 0.62 : 0.42;
  const neck = kid ? -68 : -78;
  const half = kid ? 11.5 : person.role === 'man' ? 11.5 : 9.5;
  const hip = kid ? -38 : -46;
  return (
    `${hairBehind(person, headY, scale)}${limbsBehind(person, pose, neck, half, hip)}${torso(canvas, person, neck, half, hip)}` +
    `${arm(person, [half - 1, neck + 5], pose.right)}` +
    `<g transform="translate(0 ${headY}) scale(${scale})">${head(canvas, person)}</g>`
  );
}

function limbsBehind(person: Person, pose: Pose, neck: number, half: number, hip: number): string {
  const stride = pose.stride ?? 4.5;
  const bare = person.dress || (person.role === 'kid' && !person.warm && person.style === 1);
  const width = person.role === 'kid' ? 8 : person.dress ? 5.4 : 7.4;
  const leg = (side: number): string => {
    const x = side * stride;
    const trousers = `<path d="M${side * 4},${hip}L${x},-5" stroke="${bare ? person.skin : person.bottom}" stroke-width="${width}" stroke-linecap="round"/>`;
    const shoe = `<path d="M${x - 4},0C${x - 4},-6 ${x + 3},-6 ${x + 7},-1.5V0Z" fill="${person.warm ? '#5a3f30' : shade(person.top, -0.45)}"/>`;
    return trousers + shoe;
  };
  return `${leg(-1)}${leg(1)}${arm(person, [-half + 1, neck + 5], pose.left)}`;
}

function arm(person: Person, shoulder: readonly [number, number], hand: readonly [number, number]): string {
  const [sx, sy] = shoulder;
  const [hx, hy] = hand;
  const outward = Math.sign(sx) * 5;
  const [ex, ey] = [(sx + hx) / 2 + outward, (sy + hy) / 2 + (hy < sy ? 6 : 3)];
  const width = person.role === 'kid' ? 6.6 : 5.6;
  const colour = shade(person.top, -0.12);
  const short = !person.warm && person.style !== 0;
  const forearm = short ? person.skin : colour;
  return (
    `<path d="M${sx},${sy}Q${round(ex)},${round(ey)} ${hx},${hy}" stroke="${forearm}" stroke-width="${short ? width * 0.82 : width}" fill="none" stroke-linecap="round"/>` +
    (short
      ? `<path d="M${sx},${sy}L${round((sx + ex) / 2)},${round((sy + ey) / 2)}" stroke="${colour}" stroke-width="${width + 0.6}" stroke-linecap="round"/>`
      : '') +
    `<circle cx="${hx}" cy="${hy}" r="${width * 0.52}" fill="${person.skin}"/>`
  );
}

function torso(canvas: Canvas, person: Person, neck: number, half: number, hip: number): string {
  const fill = canvas.linear(
    [
      [0, shade(person.top, 0.08)],
      [1, shade(person.top, -0.14)],
    ],
    'right',
  );
  const throat = `<path d="M-3,${neck + 4}V${neck - 5}H3V${neck + 4}Z" fill="${shade(person.skin, -0.14)}"/>`;
  const shoulders = `M-3.5,${neck}C${-half * 0.7},${neck} ${-half},${neck + 2} ${-half},${neck + 8}`;
  const mirrored = `C${half},${neck + 2} ${half * 0.7},${neck} 3.5,${neck}Z`;
  if (person.dress) {
    const hem = -24;
    return (
      `${throat}<path d="${shoulders}L-6.5,${neck + 20}C-9,${hip} -14,${hem - 8} -16,${hem}Q0,${hem + 4} 16,${hem}C14,${hem - 8} 9,${hip} 6.5,${neck + 20}L${half},${neck + 8}${mirrored}" fill="${fill}"/>` +
      `<path d="M-6.6,${neck + 20}Q0,${neck + 23} 6.6,${neck + 20}" stroke="${shade(person.top, -0.35)}" stroke-width="1.8" fill="none"/>`
    );
  }
  const waist = person.role === 'woman' ? 7.5 : half - 1;
  const hem = person.warm ? hip + 10 : hip + 3;
  const body = `<path d="${shoulders}L${-waist},${hip - 8}L${-waist - 0.6},${hem}H${waist + 0.6}L${waist},${hip - 8}L${half},${neck + 8}${mirrored}" fill="${fill}"/>`;
  if (!person.warm) return throat + body;
  const scarf = person.top === '#e0604f' ? '#f3dfb0' : '#d9483f';
  return `${throat}${body}<path d="M0,${neck + 4}V${hem}" stroke="${shade(person.top, -0.3)}" stroke-width="1"/><path d="M-7,${neck}Q0,${neck + 6} 7,${neck}" stroke="${scarf}" stroke-width="5" fill="none" stroke-linecap="round"/><path d="M4,${neck + 2}L6,${neck + 18}" stroke="${scarf}" stroke-width="4.5" stroke-linecap="round"/>`;
}

/** Long hair falls behind the body. */
function hairBehind(person: Person, headY: number, scale: number): string {
  if (person.role === 'man' || person.style === 2) return '';
  const length = person.role === 'kid' ? 22 : person.style === 0 ? 44 : 26;
  if (person.role === 'kid' && person.style === 1) return '';
  return `<g transform="translate(0 ${headY}) scale(${scale})"><path d="M-20,-4C-26,12 -25,${length - 6} -20,${length}Q0,${length + 6} 20,${length}C25,${length - 6} 26,12 20,-4Z" fill="${shade(person.hair, -0.2)}"/></g>`;
}

/** A head about the origin, 40 units wide, looking at us. */
function head(canvas: Canvas, person: Person): string {
  const { skin, hair, role } = person;
  const kid = role === 'kid';
  const blush = shade(skin, -0.08);
  const face = canvas.linear(
    [
      [0, shade(skin, 0.08)],
      [1, shade(skin, -0.07)],
    ],
    'right',
  );
  const jaw = kid ? 19 : role === 'man' ? 22 : 21;
  const outline = `M-17,-6C-18,8 -13,${jaw - 4} 0,${jaw}C13,${jaw - 4} 18,8 17,-6C16,-20 -16,-20 -17,-6Z`;
  const ears = `<ellipse cx="-17.5" cy="2" rx="3.4" ry="4.6" fill="${blush}"/><ellipse cx="17.5" cy="2" rx="3.4" ry="4.6" fill="${blush}"/>`;
  const eye = (x: number): string =>
    `<ellipse cx="${x}" cy="1" rx="${kid ? 3.2 : 2.9}" ry="${kid ? 2.9 : 2.3}" fill="#ffffff"/><circle cx="${x}" cy="1" r="${kid ? 2.3 : 1.9}" fill="#3b2a22"/><circle cx="${x + 0.7}" cy="0.3" r="0.7" fill="#ffffff"/>` +
    (role === 'woman'
      ? `<path d="M${x - 3.6},0.4Q${x},-3.4 ${x + 3.6},0.2" stroke="#2a1d1a" stroke-width="1.2" fill="none" stroke-linecap="round"/>`
      : '');
  const brow = shade(hair, -0.2);
  const brows = `<path d="M-11,-4.6q4,-2.6 7.5,-0.6M11,-4.6q-4,-2.6 -7.5,-0.6" stroke="${brow}" stroke-width="${role === 'man' ? 2 : 1.3}" fill="none" stroke-linecap="round"/>`;
  const nose = `<path d="M0.5,2Q2.8,7 -0.4,7.6" stroke="${shade(skin, -0.28)}" stroke-width="1.3" fill="none" stroke-linecap="round"/>`;
  const lip = role === 'woman' ? '#c9485a' : '#a8564c';
  const mouth =
    person.style === 0 || kid
      ? `<path d="M-6.5,11Q0,18.5 6.5,11Q0,12.6 -6.5,11Z" fill="#8a2f36"/><path d="M-5.4,11.6Q0,14.4 5.4,11.6Q0,12.6 -5.4,11.6Z" fill="#ffffff"/>`
      : `<path d="M-5.5,11.5Q0,15.8 5.5,11.5" stroke="${lip}" stroke-width="2" fill="none" stroke-linecap="round"/>`;
  const beard = person.beard
    ? `<path d="M-17,0C-18,12 -12,${jaw + 3} 0,${jaw + 4}C12,${jaw + 3} 18,12 17,0C14,8 9,8.5 0,8.4C-9,8.5 -14,8 -17,0Z" fill="${shade(hair, -0.06)}"/>`
    : '';
  const glasses = person.glasses
    ? '<g stroke="#2d2a2e" stroke-width="1.3" fill="#ffffff" fill-opacity="0.2"><circle cx="-7.5" cy="1" r="5"/><circle cx="7.5" cy="1" r="5"/><path d="M-2.5,0.5q2.5,-1.6 5,0M-12.5,0.5L-17,-1M12.5,0.5L17,-1"/></g>'
    : '';
  return (
    `${ears}<path d="${outline}" fill="${face}"/><circle cx="-10.5" cy="8" r="3.6" fill="${mix(skin, '#e0605a', 0.45)}" opacity="0.5"/><circle cx="10.5" cy="8" r="3.6" fill="${mix(skin, '#e0605a', 0.45)}" opacity="0.5"/>` +
    `${beard}${eye(-7.5)}${eye(7.5)}${brows}${nose}${mouth}${glasses}${hairInFront(person)}${person.hat || person.warm ? hat(person) : ''}`
  );
}

function hairInFront(person: Person): string {
  const { hair, role, style } = person;
  const gloss = `<path d="M-10,-17Q-2,-21 8,-18.5" stroke="${shade(hair, 0.22)}" stroke-width="1.6" fill="none" stroke-linecap="round" opacity="0.8"/>`;
  if (role === 'man') {
    const shapes = [
      'M-18,0C-21,-16 -12,-26 2,-25C15,-25 21,-14 18,0C17,-6 15,-10 12,-12C4,-9 -6,-10 -11,-13C-15,-10 -17,-6 -18,0Z',
      'M-18.5,-1C-21,-13 -15,-23 0,-23C15,-23 21,-13 18.5,-1C17,-9 14,-13 9,-14H-9C-14,-13 -17,-9 -18.5,-1Z',
      'M-18,1C-22,-12 -18,-22 -8,-24C-4,-29 8,-28 11,-24C20,-21 21,-10 18,1C18,-6 14,-11 8,-10C4,-14 -6,-13 -9,-9C-14,-10 -17,-6 -18,1Z',
    ];
    return `<path d="${shapes[style]}" fill="${hair}"/>${gloss}`;
  }
  if (role === 'kid') {
    const shapes = [
      'M-18,2C-22,-14 -12,-24 0,-24C12,-24 22,-14 18,2C16,-6 13,-10 9,-10C4,-7 -5,-7 -10,-10C-14,-9 -17,-5 -18,2Z',
      'M-18,1C-22,-14 -14,-25 1,-24C13,-25 21,-14 18,1C16,-6 14,-9 10,-8C8,-12 2,-8 0,-12C-3,-8 -8,-12 -10,-8C-14,-9 -17,-5 -18,1Z',
      'M-18,3C-22,-14 -12,-24 0,-24C12,-24 22,-14 18,3C16,-8 10,-13 0,-13C-10,-13 -16,-8 -18,3Z',
    ];
    const bunches =
      style === 2
        ? `<circle cx="-21" cy="-12" r="7.5" fill="${hair}"/><circle cx="21" cy="-12" r="7.5" fill="${hair}"/><circle cx="-16.5" cy="-12" r="2" fill="#ec6a8b"/><circle cx="16.5" cy="-12" r="2" fill="#ec6a8b"/>`
        : '';
    return `${bunches}<path d="${shapes[style]}" fill="${hair}"/>${gloss}`;
  }
  const side = style === 0 ? 26 : style === 1 ? 14 : 4;
  const bun = style === 2 ? `<circle cx="0" cy="-27" r="8.5" fill="${shade(hair, -0.06)}"/>` : '';
  return `${bun}<path d="M3,-13C10,-12 15,-8 17,0C18,${side * 0.5} 18,${side * 0.8} 17,${side}C23,${side - 4} 24,-4 20,-13C15,-26 -15,-26 -20,-13C-24,-4 -23,${side - 4} -17,${side}C-18,${side * 0.8} -18,${side * 0.5} -17,0C-13,-4 -4,-7 3,-13Z" fill="${hair}"/>${gloss}`;
}

function hat(person: Person): string {
  const colour = person.warm
    ? shade(person.top, -0.08)
    : person.role === 'woman'
      ? '#ead3a0'
      : shade(person.bottom, 0.1);
  if (person.warm) {
    return `<path d="M-20,-7C-22,-32 22,-32 20,-7Z" fill="${colour}"/><rect x="-21.5" y="-12" width="43" height="8" rx="4" fill="${shade(colour, 0.3)}"/><circle cx="0" cy="-29" r="5.5" fill="${shade(colour, 0.45)}"/>`;
  }
  if (person.role === 'woman') {
    return `<ellipse cx="0" cy="-13" rx="33" ry="7.5" fill="${colour}"/><path d="M-18,-14C-19,-32 19,-32 18,-14Q0,-9 -18,-14Z" fill="${shade(colour, 0.1)}"/><path d="M-18,-16.5Q0,-11 18,-16.5V-13Q0,-8 -18,-13Z" fill="#b5523f"/>`;
  }
  return `<path d="M-19,-9C-21,-29 21,-29 19,-9Z" fill="${colour}"/><path d="M-4,-10C8,-14 24,-13 31,-7C22,-6 8,-6 -4,-8Z" fill="${shade(colour, -0.22)}"/>`;
}

/** Head and shoulders, 100 units high, the origin at the bottom of the picture. */
export function portrait(canvas: Canvas, person: Person): string {
  canvas.extras.add('person').add(person.role);
  const broad = person.role === 'man' ? 56 : person.role === 'kid' ? 42 : 46;
  const cloth = canvas.linear(
    [
      [0, shade(person.top, 0.1)],
      [1, shade(person.top, -0.18)],
    ],
    'right',
  );
  const shadeOf = shade(person.skin, -0.16);
  const neckline = person.warm
    ? `<path d="M-20,-19Q0,-6 20,-19" stroke="${shade(person.bottom, 0.2)}" stroke-width="12" fill="none" stroke-linecap="round"/>`
    : person.role === 'man'
      ? `<path d="M-12,-21L0,-4L12,-21L17,-18L8,4L0,-3L-8,4L-17,-18Z" fill="${shade(person.top, 0.35)}"/>`
      : `<path d="M-14,-21Q0,-2 14,-21Z" fill="${person.skin}"/>`;
  return (
    `<g transform="translate(0 -58) scale(1.55)">${hairBehind(person, 0, 1)}</g>` +
    `<path d="M${-broad},14C${-broad},-12 -30,-17 -14,-22H14C30,-17 ${broad},-12 ${broad},14Z" fill="${cloth}"/>` +
    `<path d="M-11,-40V-20Q0,-10 11,-20V-40Z" fill="${shadeOf}"/>${neckline}` +
    `<g transform="translate(0 -60) scale(1.55)">${head(canvas, person)}</g>`
  );
}
