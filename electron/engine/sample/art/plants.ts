/** Trees and flowers, 100 units high, standing at the origin. */
import { type Canvas, round, smooth } from './canvas.ts';
import { between, pick, repeat } from './chance.ts';
import { shade } from './light.ts';

const leaves = ['#3f8f4a', '#5aa553', '#2f7d4f', '#7bab45', '#4f9a62'];
const autumn = ['#d9822b', '#c8502d', '#e3a72f', '#b5482f'];

/** A broad-leaved tree with a round crown. */
export function tree(canvas: Canvas, inAutumn = false): string {
  canvas.extras.add('tree');
  const { random } = canvas;
  const colour = pick(random, inAutumn ? autumn : leaves);
  const trunk =
    '<path d="M-5,0C-3,-14 -4,-30 -3,-46L3,-46C4,-30 3,-14 6,0Z" fill="#6d4a35"/>' +
    '<path d="M0,-30L-13,-50M1,-36L13,-54" stroke="#6d4a35" stroke-width="3" stroke-linecap="round"/>';
  const lobes = [
    [-17, -52, 17],
    [17, -54, 17],
    [-9, -72, 18],
    [11, -74, 17],
    [0, -58, 20],
    [1, -85, 14],
  ] as const;
  const jitter = lobes.map(
    ([x, y, r]) => [x + between(random, -3, 3), y + between(random, -3, 3), r] as const,
  );
  const crown = (dx: number, dy: number, grow: number, fill: string): string =>
    jitter
      .map(
        ([x, y, r]) =>
          `<circle cx="${round(x + dx)}" cy="${round(y + dy)}" r="${round(r * grow)}" fill="${fill}"/>`,
      )
      .join('');
  const sparkle = repeat(7, () => {
    const [x, y] = [between(random, -24, 20), between(random, -92, -56)];
    return `<path d="M${round(x)},${round(y)}q3,-4 7,-2" stroke="${shade(colour, 0.38)}" stroke-width="1.8" fill="none" stroke-linecap="round"/>`;
  });
  return (
    trunk +
    crown(2, 3, 1.02, shade(colour, -0.28)) +
    crown(0, 0, 0.96, colour) +
    crown(-3, -4, 0.66, shade(colour, 0.14)) +
    sparkle
  );
}

/** A conifer; `snowy` puts snow on its branches. */
export function pine(canvas: Canvas, snowy = false): string {
  canvas.extras.add('tree');
  const colour = pick(canvas.random, ['#2c6148', '#24563f', '#35705a', '#2a5a52']);
  const tiers = [
    [0, -8, 26],
    [0, -30, 21],
    [0, -52, 16],
    [0, -72, 11],
  ] as const;
  return (
    '<rect x="-3" y="-12" width="6" height="12" fill="#5c4030"/>' +
    tiers
      .map(([, y, half]) => {
        const top = y - half - 8;
        const skirt = `M0,${top}C${half * 0.3},${y - half * 0.6} ${half * 0.7},${y - 6} ${half},${y}Q${half * 0.5},${y + 3} 0,${y + 1}Q${-half * 0.5},${y + 3} ${-half},${y}C${-half * 0.7},${y - 6} ${-half * 0.3},${y - half * 0.6} 0,${top}Z`;
        const dark = `<path d="M0,${top}C${half * 0.3},${y - half * 0.6} ${half * 0.7},${y - 6} ${half},${y}Q${half * 0.5},${y + 3} 0,${y + 1}Z" fill="${shade(colour, -0.22)}"/>`;
        const snow = snowy
          ? `<path d="M0,${top - 1}C${half * 0.25},${y - half * 0.7} ${half * 0.55},${y - 9} ${half * 0.82},${y - 5}Q${half * 0.5},${y - 5} ${half * 0.36},${y - 9}Q${half * 0.12},${y - 3} 0,${y - 10}Q${-half * 0.2},${y - 4} ${-half * 0.42},${y - 8}Q${-half * 0.6},${y - 4} ${-half * 0.84},${y - 5}C${-half * 0.55},${y - 9} ${-half * 0.25},${y - half * 0.7} 0,${top - 1}Z" fill="#f4f8fc"/>`
          : '';
        return `<path d="${skirt}" fill="${colour}"/>${dark}${snow}`;
      })
      .join('')
  );
}

/** A palm, leaning a little. */
export function palm(canvas: Canvas): string {
  canvas.extras.add('palm');
  const { random } = canvas;
  const lean = between(random, 8, 26);
  const trunk = `M-3.5,0C${round(lean * 0.1)},-26 ${round(lean * 0.5)},-50 ${round(lean - 1.5)},-72L${round(lean + 2)},-72C${round(lean * 0.6 + 4)},-48 ${round(lean * 0.2 + 5)},-24 4.5,0Z`;
  const rings = repeat(9, (i) => {
    const part = (i + 1) / 10;
    const x = lean * part ** 1.6;
    return `<path d="M${round(x - 3)},${round(-72 * part)}q3,2 6.5,0" stroke="#6e4d2f" stroke-width="1" fill="none"/>`;
  });
  const fronds = [-172, -150, -118, -86, -58, -28, -6, 14, 168].map((angle, i) => {
    const turn = angle + between(random, -8, 8);
    const radians = (turn * Math.PI) / 180;
    const reach = between(random, 34, 42);
    const [tx, ty] = [Math.cos(radians) * reach, Math.sin(radians) * reach * 0.7 + 17];
    const [mx, my] = [Math.cos(radians) * reach * 0.55, Math.sin(radians) * reach * 0.62 - 6];
    const colour = pick(random, ['#3d8a4a', '#2f7744', '#55a352']);
    const frond = `M0,0Q${round(mx)},${round(my - 5)} ${round(tx)},${round(ty)}Q${round(mx * 0.9)},${round(my + 6)} 0,2Z`;
    const rib = `<path d="M0,1Q${round(mx)},${round(my)} ${round(tx)},${round(ty)}" stroke="${shade(colour, 0.3)}" stroke-width="0.7" fill="none"/>`;
    return `<path d="${frond}" fill="${i % 2 ? colour : shade(colour, -0.15)}"/>${rib}`;
  });
  const nuts =
    '<circle cx="-2" cy="4" r="3" fill="#7a5230"/><circle cx="3.5" cy="4.5" r="3" fill="#8a5f38"/>';
  return `<path d="${trunk}" fill="#9a7247"/>${rings}<g transform="translate(${round(lean)} -73)">${fronds.join('')}${nuts}</g>`;
}

/** A desert cactus with two arms. */
export function cactus(canvas: Canvas): string {
  canvas.extras.add('cactus');
  const arm = (d: string): string =>
    `<path d="${d}" stroke="#3f7d4d" stroke-width="13" fill="none" stroke-linecap="round" stroke-linejoin="round"/>` +
    `<path d="${d}" stroke="#5a9a5f" stroke-width="3" fill="none" stroke-linecap="round" stroke-linejoin="round" transform="translate(-2.5 0)"/>`;
  return (
    arm('M-2,-38L-22,-40L-23,-62') +
    arm('M2,-28L22,-30L23,-54') +
    '<path d="M0,-2L0,-88" stroke="#47885a" stroke-width="19" stroke-linecap="round"/>' +
    '<path d="M-5,-4L-5,-88M1,-4L1,-90M6,-4L6,-88" stroke="#2f6a43" stroke-width="1.2" fill="none"/>' +
    '<circle cx="0" cy="-98" r="4" fill="#ec6a8b"/>'
  );
}

export type Bloom = 'tulip' | 'sunflower' | 'daisy' | 'rose' | 'poppy';

/** One flower head of radius 10 about the origin, seen from the front (the tulip from the side). */
export function bloom(kind: Bloom, colour: string): string {
  const petals = (count: number, length: number, half: number, fill: string): string =>
    repeat(count, (i) => {
      const angle = (i * 360) / count;
      return `<ellipse cx="0" cy="${-length}" rx="${half}" ry="${length * 0.62}" fill="${fill}" transform="rotate(${round(angle)})"/>`;
    });
  switch (kind) {
    case 'tulip':
      return (
        `<path d="M-7,-8C-9,2 -6,9 0,10C6,9 9,2 7,-8L3,-3L0,-10L-3,-3Z" fill="${colour}"/>` +
        `<path d="M0,-10L-3,-3C-3,4 -1,8 0,10C3,8 3,2 3,-3Z" fill="${shade(colour, -0.18)}"/>`
      );
    case 'sunflower':
      return (
        petals(16, 8, 2.5, '#e9a51c') +
        `<g transform="rotate(11)">${petals(16, 7.4, 2.2, '#f9c733')}</g>` +
        '<circle r="5.4" fill="#4a2c17"/><circle r="3.6" fill="#6b4423"/><circle r="1.7" fill="#3a2312"/>'
      );
    case 'daisy':
      return `${petals(12, 6.4, 1.9, '#ffffff')}<circle r="3.2" fill="#f4bd2d"/><circle cx="-0.7" cy="-0.7" r="1.6" fill="#f9d363"/>`;
    case 'poppy':
      return (
        `${petals(4, 5.4, 6.2, colour)}<g transform="rotate(45)">${petals(4, 4, 4.6, shade(colour, -0.12))}</g>` +
        '<circle r="2.7" fill="#27201f"/><circle r="1.1" fill="#7fa05a"/>'
      );
    case 'rose':
      return (
        `<circle r="9.4" fill="${shade(colour, -0.14)}"/><circle cx="-1" cy="-1" r="7.8" fill="${colour}"/>` +
        `<path d="M-6,1C-5,-6 4,-8 6,-2C7,4 -2,7 -3,2C-3,-2 2,-3 2.6,0" stroke="${shade(colour, -0.34)}" stroke-width="1.3" fill="none" stroke-linecap="round"/>` +
        `<path d="M-8,-1C-8,6 0,10 6,6" stroke="${shade(colour, -0.3)}" stroke-width="1.1" fill="none" stroke-linecap="round"/>`
      );
  }
}

/** A flower on its stem, 100 units high. */
export function flower(canvas: Canvas, kind: Bloom, colour: string): string {
  const bend = between(canvas.random, -8, 8);
  const size = kind === 'sunflower' ? 2.5 : kind === 'tulip' ? 1.9 : 1.75;
  return (
    `<path d="M0,0Q${round(bend)},-40 0,-78" stroke="#4d8a3d" stroke-width="3.4" fill="none"/>` +
    '<path d="M0,-18C-18,-28 -22,-46 -18,-58C-8,-48 -2,-36 0,-22Z" fill="#5b9a45"/>' +
    '<path d="M1,-12C14,-20 22,-32 22,-46C10,-40 3,-28 1,-16Z" fill="#4a8a3c"/>' +
    `<g transform="translate(0 -82) scale(${size})">${bloom(kind, colour)}</g>`
  );
}

/** A bunch of flowers in a vase. */
export function bouquet(canvas: Canvas, kind: Bloom, colours: readonly string[]): string {
  canvas.extras.add('flowers').add('vase');
  const { random } = canvas;
  const heads = [
    [-26, -70],
    [24, -72],
    [0, -82],
    [-14, -88],
    [15, -91],
    [-30, -52],
    [30, -53],
    [-11, -64],
    [12, -65],
    [1, -53],
  ] as const;
  const stems = heads.map(
    ([x, y]) =>
      `<path d="M${x * 0.2},-34Q${x * 0.4},-50 ${x},${y}" stroke="#4d8a3d" stroke-width="1.8" fill="none"/>`,
  );
  const foliage = repeat(8, (i) => {
    const angle = -160 + i * 20;
    return `<ellipse cx="26" cy="0" rx="20" ry="6" fill="${i % 2 ? '#4f8f46' : '#67a552'}" transform="translate(0 -46) rotate(${angle})"/>`;
  });
  const blooms = heads.map(([x, y]) => {
    const scale = between(random, 0.95, 1.2);
    return `<g transform="translate(${x} ${y}) scale(${round(scale, 2)})">${bloom(kind, pick(random, colours))}</g>`;
  });
  const glass = pick(random, ['#7fb0c9', '#d9d2c3', '#c98d6b', '#5a7f9a']);
  const vase = smooth(
    [
      [-11, -42],
      [-9, -36],
      [-16, -20],
      [-13, -3],
      [0, 0],
      [13, -3],
      [16, -20],
      [9, -36],
      [11, -42],
    ],
    true,
  );
  const fill = canvas.linear(
    [
      [0, shade(glass, -0.25)],
      [0.35, shade(glass, 0.35)],
      [1, shade(glass, -0.2)],
    ],
    'right',
  );
  return `${foliage}${stems.join('')}<path d="${vase}" fill="${fill}"/>${blooms.join('')}`;
}
