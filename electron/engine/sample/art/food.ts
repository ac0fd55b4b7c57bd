/** Cake, pizza, quiche, ice cream and wine. Plates lie at the origin; upright things stand there, 100 units high. */
import { type Canvas, round } from './canvas.ts';
import { between, chance, pick, repeat } from './chance.ts';
import { mix, shade } from './light.ts';

/** A plate seen at an angle, 60 units to either side. */
export function plate(half: number, flat: number): string {
  return (
    `<ellipse cx="0" cy="0" rx="${half}" ry="${round(half * flat)}" fill="#fdfcf9"/><ellipse cx="0" cy="${round(half * 0.02)}" rx="${round(half * 0.97)}" ry="${round(half * flat * 0.96)}" fill="#e9e6e0"/>` +
    `<ellipse cx="0" cy="0" rx="${round(half * 0.8)}" ry="${round(half * flat * 0.8)}" fill="#fbfaf6"/>`
  );
}

export type CakeKind = 'chocolate' | 'strawberry' | 'cream' | 'birthday';

const cakes: Record<CakeKind, { sponge: string; filling: string; icing: string }> = {
  chocolate: { sponge: '#5a3420', filling: '#8a5a3a', icing: '#3d2216' },
  strawberry: { sponge: '#edc98a', filling: '#f7e9ea', icing: '#f6b3bf' },
  cream: { sponge: '#e8c07a', filling: '#fff7e6', icing: '#fffaf0' },
  birthday: { sponge: '#f0d59a', filling: '#f59ab0', icing: '#9fd8e0' },
};

const berry = (x: number, y: number, r: number): string =>
  `<path d="M${round(x - r)},${round(y - r * 0.3)}C${round(x - r)},${round(y + r * 0.7)} ${round(x - r * 0.3)},${round(y + r * 1.2)} ${x},${round(y + r * 1.3)}C${round(x + r * 0.3)},${round(y + r * 1.2)} ${round(x + r)},${round(y + r * 0.7)} ${round(x + r)},${round(y - r * 0.3)}C${round(x + r * 0.6)},${round(y - r)} ${round(x - r * 0.6)},${round(y - r)} ${round(x - r)},${round(y - r * 0.3)}Z" fill="#d92f3d"/>` +
  `<path d="M${round(x - r * 0.8)},${round(y - r * 0.6)}L${x},${round(y - r * 0.2)}L${round(x + r * 0.8)},${round(y - r * 0.6)}L${x},${round(y - r * 1.1)}Z" fill="#4f9a45"/><circle cx="${round(x - r * 0.3)}" cy="${round(y + r * 0.3)}" r="${round(r * 0.1, 2)}" fill="#f9dd8a"/><circle cx="${round(x + r * 0.3)}" cy="${round(y + r * 0.5)}" r="${round(r * 0.1, 2)}" fill="#f9dd8a"/>`;

/** A whole cake on a stand. */
export function cake(canvas: Canvas, kind: CakeKind): string {
  const { random } = canvas;
  const { sponge, filling, icing } = cakes[kind];
  const [half, ry, top, bottom] = [44, 11, -72, -24];
  const side = canvas.linear(
    [
      [0, shade(sponge, -0.18)],
      [0.3, shade(sponge, 0.08)],
      [1, shade(sponge, -0.28)],
    ],
    'right',
  );
  const band = (y: number): string =>
    `<path d="M${-half},${y}A${half},${ry} 0 0 0 ${half},${y}V${y + 6}A${half},${ry} 0 0 1 ${-half},${y + 6}Z" fill="${filling}"/>`;
  const drips = repeat(9, (i) => {
    const x = -half + ((i + 0.5) / 9) * half * 2;
    const y = top + Math.sqrt(Math.max(0, 1 - (x / half) ** 2)) * ry;
    const length = between(random, 9, 22);
    return `<path d="M${round(x - 5.4)},${round(y - 3)}V${round(y + length - 5)}a5,5 0 0 0 10.6,0V${round(y - 3)}Z" fill="${icing}"/>`;
  });
  const decoration =
    kind === 'birthday'
      ? repeat(5, (i) => {
          const [x, y] = [-26 + i * 13, top - 2 + (i % 2) * 5];
          return `<path d="M${x},${y}v-20" stroke="${pick(random, ['#e0604f', '#f0b13f', '#8a62a8', '#4fa07a'])}" stroke-width="4"/><path d="M${x},${y - 31}c4,5 4,9 0,11c-4,-2 -4,-6 0,-11Z" fill="#ffb83a"/><path d="M${x},${y - 27}c2,3 2,5 0,6c-2,-1 -2,-3 0,-6Z" fill="#fff3b8"/>`;
        })
      : kind === 'chocolate'
        ? repeat(7, (i) => {
            const angle = (i / 7) * 6.28;
            const [x, y] = [Math.cos(angle) * 31, top + Math.sin(angle) * 7];
            return `<circle cx="${round(x)}" cy="${round(y - 4)}" r="6" fill="${shade(icing, 0.1)}"/><circle cx="${round(x)}" cy="${round(y - 8)}" r="3.6" fill="#c9283a"/><circle cx="${round(x - 1)}" cy="${round(y - 9)}" r="1" fill="#f6a5a8"/>`;
          })
        : repeat(7, (i) => {
            const angle = (i / 7) * 6.28 + 0.4;
            return berry(round(Math.cos(angle) * 29), round(top - 4 + Math.sin(angle) * 7), 7);
          });
  return (
    `<path d="M-7,-20H7L10,-2H-10Z" fill="#dfe3e6"/><ellipse cx="0" cy="-2" rx="26" ry="6" fill="#eef0f2"/><ellipse cx="0" cy="-20" rx="60" ry="12" fill="#d5d9dc"/><ellipse cx="0" cy="-22" rx="60" ry="12" fill="#f7f8f9"/>` +
    `<path d="M${-half},${top}V${bottom}A${half},${ry} 0 0 0 ${half},${bottom}V${top}Z" fill="${side}"/>${band(-56)}${band(-40)}` +
    `<ellipse cx="0" cy="${top}" rx="${half + 0.6}" ry="${ry + 0.6}" fill="${icing}"/>${drips}<ellipse cx="0" cy="${top}" rx="${half - 4}" ry="${ry - 2.5}" fill="${shade(icing, 0.14)}"/>${decoration}`
  );
}

/** A slice of cake on a plate, 60 units high. */
export function cakeSlice(canvas: Canvas, kind: CakeKind): string {
  const { sponge, filling, icing } = cakes[kind];
  const face = canvas.linear([
    [0, shade(sponge, 0.08)],
    [1, shade(sponge, -0.1)],
  ]);
  const crumbs = repeat(26, () => {
    const [x, y] = [between(canvas.random, -34, 34), between(canvas.random, -46, -8)];
    return `<circle cx="${round(x)}" cy="${round(y)}" r="1" fill="${shade(sponge, -0.25)}"/>`;
  });
  const topping =
    kind === 'chocolate'
      ? '<circle cx="20" cy="-66" r="6" fill="#c9283a"/><circle cx="18" cy="-68" r="1.6" fill="#f6a5a8"/><path d="M20,-72q4,-9 10,-10" stroke="#4f7a3a" stroke-width="1.4" fill="none"/>'
      : berry(18, -65, 9);
  return (
    `<g transform="translate(0 -2)">${plate(70, 0.28)}</g><path d="M-46,-48L40,-60L46,-14L-40,-2Z" fill="${face}"/>${canvas.within('<path d="M-46,-48L40,-60L46,-14L-40,-2Z"/>', crumbs)}` +
    `<path d="M-45,-38L41.5,-50L42.3,-44L-44,-32ZM-43,-24L43.5,-36L44.3,-30L-42,-18Z" fill="${filling}"/>` +
    `<path d="M-46,-50L34,-70L48,-62L40,-56L-44,-44Z" fill="${shade(icing, 0.12)}"/><path d="M-46,-50L-44,-44L40,-56L41,-48C36,-40 32,-52 26,-48C22,-36 16,-50 8,-46C4,-34 -4,-48 -10,-43C-14,-34 -22,-46 -28,-40C-34,-34 -42,-40 -46,-50Z" fill="${icing}"/>${topping}`
  );
}

/** A pizza from above (`flat` 1) or at an angle, 60 units to either side. */
export function pizza(canvas: Canvas, flat: number): string {
  const { random } = canvas;
  const style = pick(random, ['margherita', 'salami', 'mixed'] as const);
  const scatter = (count: number, reach: number, make: (x: number, y: number, i: number) => string): string =>
    repeat(count, (i) => {
      const angle = i * 2.4 + between(random, -0.25, 0.25);
      const r = Math.sqrt((i + 0.6) / count) * reach;
      return make(round(Math.cos(angle) * r), round(Math.sin(angle) * r), i);
    });
  const crust = canvas.radial([
    [0.7, '#e9b868'],
    [0.9, '#d99a4a'],
    [1, '#a8672c'],
  ]);
  const blisters = repeat(16, (i) => {
    const angle = (i / 16) * 6.28 + between(random, -0.1, 0.1);
    return `<ellipse cx="${round(Math.cos(angle) * 55)}" cy="${round(Math.sin(angle) * 55)}" rx="${round(between(random, 2, 5))}" ry="2.4" fill="#8f5423" opacity="0.6"/>`;
  });
  const cheese = scatter(
    15,
    42,
    (x, y) =>
      `<ellipse cx="${x}" cy="${y}" rx="${round(between(random, 6, 11))}" ry="${round(between(random, 5, 8))}" fill="${pick(random, ['#fbe7a2', '#fdf3cf', '#f7d877'])}" opacity="0.92"/>`,
  );
  const salami =
    style === 'margherita'
      ? ''
      : scatter(
          style === 'mixed' ? 6 : 10,
          40,
          (x, y) =>
            `<circle cx="${x}" cy="${y}" r="8" fill="#b5322a"/><circle cx="${x}" cy="${y}" r="6.6" fill="#cf4a38"/><circle cx="${x + 2}" cy="${y - 2}" r="1.1" fill="#f0a58a"/><circle cx="${x - 3}" cy="${y + 1}" r="1" fill="#f0a58a"/>`,
        );
  const tomato =
    style === 'salami'
      ? ''
      : scatter(
          6,
          36,
          (x, y) =>
            `<circle cx="${-y}" cy="${x}" r="6.5" fill="#d93a2c"/><path d="M${-y - 3},${x}a3,3 0 0 1 6,0M${-y - 2},${x + 2}h4" stroke="#f7b08a" stroke-width="1.3" fill="none"/>`,
        );
  const olives =
    style === 'mixed'
      ? scatter(
          8,
          44,
          (x, y) => `<circle cx="${y}" cy="${-x}" r="3.2" fill="none" stroke="#2d2a2e" stroke-width="2.2"/>`,
        )
      : '';
  const basil = scatter(
    5,
    34,
    (x, y, i) =>
      `<path d="M0,0C4,-6 11,-6 14,0C11,6 4,6 0,0Z" fill="${i % 2 ? '#3f8f45' : '#2f7a3d'}" transform="translate(${y} ${x}) rotate(${i * 73})"/>`,
  );
  const cuts = chance(random, 0.6)
    ? repeat(
        4,
        (i) =>
          `<path d="M-58,0H58" stroke="#8f4a22" stroke-width="1.3" opacity="0.7" transform="rotate(${i * 45 + 12})"/>`,
      )
    : '';
  const rim = flat < 0.9 ? '<ellipse cx="0" cy="5" rx="60" ry="59" fill="#8a5526"/>' : '';
  return `<g transform="scale(1 ${flat})">${rim}<circle r="60" fill="${crust}"/>${blisters}<circle r="50" fill="#c8432c"/><circle r="48.5" fill="#f3c65c"/><g fill="#d9512f" opacity="0.6">${scatter(9, 44, (x, y) => `<circle cx="${y}" cy="${x}" r="7"/>`)}</g>${cheese}${salami}${tomato}${olives}${basil}${cuts}</g>`;
}

/** A quiche: round and golden like a pizza, and often taken for one. */
export function quiche(canvas: Canvas, flat: number): string {
  const { random } = canvas;
  const scallops = repeat(26, (i) => {
    const angle = (i / 26) * 6.28;
    return `<circle cx="${round(Math.cos(angle) * 55)}" cy="${round(Math.sin(angle) * 55)}" r="7.5" fill="${i % 2 ? '#d9a356' : '#c98d42'}"/>`;
  });
  const bits = repeat(26, (i) => {
    const angle = i * 2.4;
    const r = Math.sqrt((i + 0.5) / 26) * 46;
    const [x, y] = [round(Math.cos(angle) * r), round(Math.sin(angle) * r)];
    return i % 3 === 0
      ? `<rect x="${x - 4}" y="${y - 2}" width="8" height="4" rx="1.5" fill="#d9776a" transform="rotate(${i * 40} ${x} ${y})"/>`
      : `<ellipse cx="${x}" cy="${y}" rx="${round(between(random, 3, 7))}" ry="${round(between(random, 2, 4))}" fill="${i % 3 === 1 ? '#c98a35' : '#6f9a4a'}" opacity="0.75"/>`;
  });
  const custard = canvas.radial([
    [0, '#f9dd84'],
    [0.8, '#f0c257'],
    [1, '#d99a3a'],
  ]);
  return `<g transform="scale(1 ${flat})"><ellipse cx="0" cy="${flat < 0.9 ? 9 : 2}" rx="60" ry="60" fill="#a8702f"/>${scallops}<circle r="53" fill="${custard}"/>${bits}</g>`;
}

const flavours = ['#f7b6c2', '#fdf3d6', '#7a4a30', '#bfe3b4', '#f6d05f', '#c9a0d6', '#f28a7a'];

/** A scoop of ice cream of radius 20 about the origin. */
function scoop(canvas: Canvas, colour: string): string {
  const fill = canvas.radial(
    [
      [0, shade(colour, 0.45)],
      [0.6, colour],
      [1, shade(colour, -0.2)],
    ],
    0.36,
    0.3,
    0.75,
  );
  return `<path d="M-20,2C-21,-14 -10,-21 0,-21C10,-21 21,-14 20,2C22,8 16,10 13,6C10,11 5,11 2,7C-1,12 -7,11 -10,7C-14,11 -21,9 -20,2Z" fill="${fill}"/>`;
}

/** An ice cream cone, its tip at the origin, 100 units high. */
export function iceCream(canvas: Canvas): string {
  const { random } = canvas;
  const scoops = pick(random, [1, 2, 2, 3]);
  const colours = Array.from({ length: scoops }, () => pick(random, flavours));
  const top = -52;
  const waffle = 'M-17,-52H17L2,-2Q0,1 -2,-2Z';
  const lattice = repeat(9, (i) => `M${-34 + i * 8},-56l34,56M${34 - i * 8},-56l-34,56`);
  const places =
    scoops === 1
      ? [[0, top - 4]]
      : scoops === 2
        ? [
            [0, top - 4],
            [0, top - 27],
          ]
        : [
            [-11, top - 3],
            [11, top - 3],
            [0, top - 23],
          ];
  const balls = places.map(
    ([x, y], i) =>
      `<g transform="translate(${x} ${y}) scale(${scoops === 3 ? 0.86 : 1})">${scoop(canvas, colours[i]!)}</g>`,
  );
  const [tx, ty] = places.at(-1)! as [number, number];
  const extra = random.integer(3);
  const sprinkles = repeat(12, () => {
    const [x, y] = [tx + between(random, -13, 13), ty - between(random, 4, 17)];
    return `<path d="M${round(x)},${round(y)}l${round(between(random, -2.5, 2.5))},2.4" stroke="${pick(random, ['#e0483f', '#3f8fd0', '#f2c33f', '#4fa07a', '#ffffff'])}" stroke-width="1.7" stroke-linecap="round"/>`;
  });
  const cherry = `<circle cx="${tx}" cy="${ty - 24}" r="5" fill="#d92f3d"/><circle cx="${tx - 1.5}" cy="${ty - 25.5}" r="1.3" fill="#ffffff" opacity="0.8"/><path d="M${tx},${ty - 28}q3,-8 9,-9" stroke="#5a7a35" stroke-width="1.3" fill="none"/>`;
  const wafer = `<rect x="${tx + 4}" y="${ty - 40}" width="6" height="30" rx="1.5" fill="#d9a356" transform="rotate(18 ${tx + 4} ${ty - 20})"/>`;
  return `${extra === 2 ? wafer : ''}<path d="${waffle}" fill="#dca35a"/>${canvas.within(`<path d="${waffle}"/>`, `<path d="${lattice}" stroke="#b5783a" stroke-width="1.5"/><path d="M4,-52H17L2,0Z" fill="#8a5526" opacity="0.25"/>`)}<path d="M-19,-54Q0,-47 19,-54L18,-49Q0,-42 -18,-49Z" fill="#c98d48"/>${balls.join('')}${extra === 0 ? sprinkles : extra === 1 ? cherry : ''}`;
}

/** A cup of ice cream, 80 units high. */
export function sundae(canvas: Canvas): string {
  const { random } = canvas;
  const balls = [
    [-15, -58],
    [15, -58],
    [0, -72],
  ].map(
    ([x, y]) =>
      `<g transform="translate(${x} ${y}) scale(0.95)">${scoop(canvas, pick(random, flavours))}</g>`,
  );
  return (
    `${balls.join('')}<path d="M-8,-90C-4,-84 10,-82 13,-74" stroke="#4a2616" stroke-width="5" fill="none" stroke-linecap="round"/><circle cx="0" cy="-95" r="5.5" fill="#d92f3d"/><circle cx="-1.7" cy="-96.8" r="1.4" fill="#ffffff"/>` +
    '<path d="M-38,-56H38C36,-36 22,-24 6,-20V-6H-6V-20C-22,-24 -36,-36 -38,-56Z" fill="#dcecf3" opacity="0.85"/><path d="M-32,-50C-28,-36 -18,-28 -10,-26" stroke="#ffffff" stroke-width="3" fill="none" opacity="0.9"/><ellipse cx="0" cy="-4" rx="22" ry="5" fill="#cfe0ea"/><ellipse cx="0" cy="-56" rx="38" ry="5" fill="#ffffff" opacity="0.45"/>'
  );
}

/** A glass of wine. */
export function wineGlass(canvas: Canvas, colour: string): string {
  const liquid = canvas.linear(
    [
      [0, shade(colour, -0.28)],
      [0.4, shade(colour, 0.12)],
      [1, shade(colour, -0.2)],
    ],
    'right',
  );
  const bowl = 'M-17,-98C-24,-76 -22,-50 -2,-44H2C22,-50 24,-76 17,-98Z';
  return (
    '<ellipse cx="0" cy="-3" rx="19" ry="4.5" fill="#e9f1f5" opacity="0.8"/><path d="M-1.7,-46V-5H1.7V-46Z" fill="#dfeaf0" opacity="0.9"/>' +
    `<path d="${bowl}" fill="#eef5f8" opacity="0.45"/>${canvas.within(`<path d="${bowl}"/>`, `<rect x="-26" y="-76" width="52" height="34" fill="${liquid}"/><ellipse cx="0" cy="-76" rx="22" ry="3.6" fill="${shade(colour, 0.22)}"/>`)}` +
    '<ellipse cx="0" cy="-98" rx="17" ry="3" fill="none" stroke="#ffffff" stroke-width="1.2" opacity="0.9"/><path d="M-15,-92C-18,-78 -17,-64 -11,-56" stroke="#ffffff" stroke-width="2.6" fill="none" opacity="0.75" stroke-linecap="round"/>'
  );
}

/** A bottle of wine, 100 units high. */
export function wineBottle(canvas: Canvas): string {
  const glass = canvas.linear(
    [
      [0, '#16301f'],
      [0.3, mix('#2f5f3d', '#ffffff', 0.15)],
      [1, '#12261a'],
    ],
    'right',
  );
  return `<path d="M-13,0V-56C-13,-66 -5,-68 -5,-78V-98H5V-78C5,-68 13,-66 13,-56V0Z" fill="${glass}"/><path d="M-5.5,-100H5.5V-82H-5.5Z" fill="#8a2530"/><rect x="-13" y="-44" width="26" height="28" fill="#f3e9d2"/><path d="M-8,-37H8M-6,-31H6M-8,-22H8" stroke="#8a6f4a" stroke-width="1.6"/>`;
}
