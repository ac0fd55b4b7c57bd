/** Snow leopards, horses and birds, about 100 units high at the origin. */
import { type Canvas, type Point, round, smooth } from './canvas.ts';
import { between, pick, repeat } from './chance.ts';
import { fur } from './fur.ts';
import { shade } from './light.ts';

const pelt = '#d5d2c8';
const spot = '#3b393b';

/** Dark broken rings scattered over a box, to be clipped to a coat. */
function rosettes(
  canvas: Canvas,
  left: number,
  top: number,
  right: number,
  bottom: number,
  size: number,
): string {
  const { random } = canvas;
  const step = size * 2.1;
  let rings = '';
  let odd = false;
  for (let y = top; y < bottom; y += step * 0.82) {
    odd = !odd;
    for (let x = left + (odd ? 0 : step / 2); x < right; x += step) {
      const [cx, cy] = [x + between(random, -0.22, 0.22) * step, y + between(random, -0.2, 0.2) * step];
      const r = size * between(random, 0.5, 0.72);
      const dash = `${round(r * 1.5)} ${round(r * 0.6)} ${round(r * 1.1)} ${round(r * 0.5)}`;
      rings += `<ellipse cx="${round(cx)}" cy="${round(cy)}" rx="${round(r * 1.1)}" ry="${round(r * 0.86)}" fill="#a9a497" stroke="${spot}" stroke-width="${round(size * 0.3, 2)}" stroke-dasharray="${dash}"/>`;
    }
  }
  return rings;
}

/** A snow leopard's head about the origin, 52 units wide. */
function leopardHead(canvas: Canvas): string {
  const { random } = canvas;
  const fill = canvas.radial(
    [
      [0, '#f1eee6'],
      [0.6, '#dcd8cd'],
      [1, '#bdb9ae'],
    ],
    0.5,
    0.5,
    0.6,
  );
  const ear = (side: number): string =>
    `<circle cx="${side * 18}" cy="-17" r="8" fill="#4a474a"/><circle cx="${side * 17.5}" cy="-15.5" r="5.6" fill="#cfcabe"/><circle cx="${side * 17}" cy="-14.5" r="3.2" fill="#8d877f"/>`;
  const skull = smooth(
    [
      [0, -20],
      [13, -18],
      [22, -8],
      [25, 6],
      [18, 18],
      [8, 23],
      [0, 24],
      [-8, 23],
      [-18, 18],
      [-25, 6],
      [-22, -8],
      [-13, -18],
    ],
    true,
  );
  const crown: readonly Point[] = [
    [0, -17],
    [-4.5, -14],
    [4.5, -14],
    [0, -11.5],
    [-9, -15.5],
    [9, -15.5],
    [-8.5, -11],
    [8.5, -11],
    [-3.5, -8.5],
    [3.5, -8.5],
    [-13, -11.5],
    [13, -11.5],
    [-16.5, -6.5],
    [16.5, -6.5],
  ];
  const cheeks: readonly Point[] = [
    [-21, 2],
    [21, 2],
    [-18.5, 7.5],
    [18.5, 7.5],
    [-21.5, 10],
    [21.5, 10],
    [-16, 13.5],
    [16, 13.5],
    [-19, 0],
    [19, 0],
  ];
  const dots = [...crown, ...cheeks].map(([x, y]) => {
    const r = between(random, 0.9, 1.7);
    return `<ellipse cx="${x}" cy="${y}" rx="${round(r, 2)}" ry="${round(r * 1.25, 2)}" fill="${spot}" transform="rotate(${round(x * 1.6)} ${x} ${y})"/>`;
  });
  const eye = (side: number): string =>
    `<path d="M${side * 4.5},0.5Q${side * 8},-5 ${side * 14},-2.5Q${side * 11},3 ${side * 6.5},2.5Z" fill="#262325"/>` +
    `<circle cx="${side * 9.2}" cy="-0.8" r="2.7" fill="#a9c9b4"/><circle cx="${side * 9.2}" cy="-0.8" r="1.2" fill="#171516"/><circle cx="${side * 9.2 + 0.9}" cy="-1.8" r="0.7" fill="#ffffff"/>` +
    `<path d="M${side * 4.5},1C${side * 4},5 ${side * 4.5},8 ${side * 5},10" stroke="#4a4648" stroke-width="1" fill="none"/>`;
  const whiskerDots = repeat(
    3,
    (i) =>
      `<g fill="#4a4648"><circle cx="${-6 - i * 2}" cy="${12.5 + (i % 2)}" r="0.55"/><circle cx="${6 + i * 2}" cy="${12.5 + (i % 2)}" r="0.55"/></g>`,
  );
  return (
    `${ear(-1)}${ear(1)}<path d="${skull}" fill="${fill}"/>${fur(canvas, '#cfcbc0', [{ x: 0, y: 2, rx: 24, ry: 21 }], [0, 6], 3)}${dots.join('')}` +
    '<path d="M-4,-8C-4.5,0 -5,4 -6,8H6C5,4 4.5,0 4,-8Z" fill="#e9e5da"/>' +
    '<ellipse cx="-6" cy="13" rx="8" ry="6.6" fill="#fbfaf6"/><ellipse cx="6" cy="13" rx="8" ry="6.6" fill="#fbfaf6"/><ellipse cx="0" cy="19" rx="6" ry="4.4" fill="#fbfaf6"/>' +
    '<path d="M-5,6C-3,4.5 3,4.5 5,6L2,10.5H-2Z" fill="#c98d88" stroke="#3b3436" stroke-width="0.9"/>' +
    '<path d="M0,10.5V14C-2,17 -6,17 -8.5,15M0,14C2,17 6,17 8.5,15" stroke="#3b3436" stroke-width="1.1" fill="none" stroke-linecap="round"/>' +
    `${whiskerDots}${eye(-1)}${eye(1)}` +
    '<path d="M-9,13L-30,9M-9,14.5L-30,16M-9,16L-27,22M9,13L30,9M9,14.5L30,16M9,16L27,22" stroke="#ffffff" stroke-width="0.55"/>'
  );
}

/** The long, thick, ringed tail along a path. */
function ringedTail(d: string): string {
  return (
    `<path d="${d}" stroke="#b5b1a6" stroke-width="13" fill="none" stroke-linecap="round"/><path d="${d}" stroke="${pelt}" stroke-width="10.5" fill="none" stroke-linecap="round"/>` +
    `<path d="${d}" stroke="${spot}" stroke-width="9.5" fill="none" stroke-dasharray="3 8"/>`
  );
}

/** A snow leopard at rest, 75 units high and 170 wide. */
export function lyingLeopard(canvas: Canvas): string {
  const body = smooth(
    [
      [-68, -20],
      [-60, -44],
      [-34, -56],
      [0, -52],
      [26, -52],
      [46, -40],
      [48, -16],
      [38, -2],
      [0, 0],
      [-44, 0],
      [-64, -4],
    ],
    true,
  );
  const fill = canvas.linear([
    [0, '#e3e0d7'],
    [0.6, pelt],
    [1, '#b3afa4'],
  ]);
  const outline = `<path d="${body}"/>`;
  const haunch = 'M-66,-14C-64,-36 -36,-38 -28,-18C-25,-6 -34,0 -46,0C-58,0 -66,-4 -66,-14Z';
  return (
    `${ringedTail('M-58,-10C-88,-8 -100,-22 -90,-36C-84,-44 -74,-42 -74,-34')}<path d="${body}" fill="${fill}"/>` +
    canvas.within(outline, rosettes(canvas, -68, -56, 46, -6, 6.5)) +
    fur(canvas, '#c9c5ba', [{ x: -8, y: -28, rx: 56, ry: 27 }], [50, -46], 4) +
    `<path d="${haunch}" fill="#cbc7bc"/>${canvas.within(`<path d="${haunch}"/>`, rosettes(canvas, -66, -34, -26, -4, 5.5))}` +
    '<path d="M14,-12C24,-16 44,-12 50,-5C50,0 44,1 36,1H14C6,0 6,-8 14,-12Z" fill="#dedad0"/><path d="M-44,-8C-34,-12 -20,-10 -16,-4C-16,1 -22,1 -30,1H-46Z" fill="#dedad0"/>' +
    '<path d="M52,-10C62,-14 76,-10 78,-4C78,1 72,1 66,1H44C40,-2 44,-8 52,-10Z" fill="#e6e2d9"/>' +
    `<g fill="${spot}"><circle cx="22" cy="-8" r="1.7"/><circle cx="29" cy="-6" r="1.6"/><circle cx="57" cy="-7" r="1.6"/><circle cx="64" cy="-6" r="1.5"/><circle cx="-32" cy="-6" r="1.5"/></g>` +
    '<path d="M26,-46C24,-30 34,-16 50,-14C60,-20 64,-36 58,-48Z" fill="#eeebe3"/>' +
    `<g transform="translate(44 -54) scale(0.92)">${leopardHead(canvas)}</g>`
  );
}

/** A snow leopard on the move, seen from the side, 80 units high. */
export function walkingLeopard(canvas: Canvas): string {
  const fill = canvas.linear([
    [0, '#e0ddd3'],
    [0.6, pelt],
    [1, '#bbb7ac'],
  ]);
  const body = smooth(
    [
      [-54, -48],
      [-40, -60],
      [-12, -56],
      [16, -60],
      [42, -60],
      [50, -44],
      [40, -30],
      [10, -28],
      [-22, -29],
      [-46, -32],
    ],
    true,
  );
  const leg = (x: number, dx: number, shadeOf: string): string => {
    const d = `M${x - 9},-44C${x - 10},-26 ${x + dx * 0.4 - 6},-18 ${x + dx - 6},-3H${x + dx + 9}C${x + dx + 6},-18 ${x + 9},-26 ${x + 12},-44Z`;
    return `<path d="${d}" fill="${shadeOf}"/><ellipse cx="${x + dx + 4}" cy="-3" rx="9" ry="4" fill="${shade(shadeOf, 0.3)}"/>${canvas.within(`<path d="${d}"/>`, rosettes(canvas, x - 12, -40, x + 14, -10, 4))}`;
  };
  return (
    `${ringedTail('M-48,-48C-70,-46 -78,-28 -92,-22C-104,-18 -112,-26 -108,-36')}${leg(-34, -10, '#aeaa9f')}${leg(34, 10, '#aeaa9f')}` +
    `<path d="${body}" fill="${fill}"/>${canvas.within(`<path d="${body}"/>`, rosettes(canvas, -54, -62, 48, -26, 6))}${fur(canvas, '#c9c5ba', [{ x: -2, y: -45, rx: 50, ry: 16 }], [50, -60], 4)}` +
    `${leg(-38, 6, '#cfcbc0')}${leg(30, -6, '#cfcbc0')}<path d="M34,-58C30,-44 36,-34 48,-34C58,-40 62,-52 58,-60Z" fill="#e8e4db"/>` +
    `<g transform="translate(52 -60) scale(0.86)">${leopardHead(canvas)}</g>`
  );
}

/** A snow leopard's head and shoulders, 100 units high. */
export function leopardPortrait(canvas: Canvas): string {
  const shoulders = 'M-26,-58C-44,-44 -56,-18 -60,14H60C56,-18 44,-44 26,-58Z';
  const fill = canvas.linear([
    [0, '#d9d5ca'],
    [1, '#aca89d'],
  ]);
  return (
    `<path d="${shoulders}" fill="${fill}"/>${canvas.within(`<path d="${shoulders}"/>`, rosettes(canvas, -60, -40, 60, 12, 7.5))}${fur(canvas, '#c4c0b5', [{ x: 0, y: -16, rx: 50, ry: 36 }], [0, -62], 5)}` +
    '<path d="M-17,-40C-22,-20 -14,2 0,12C14,2 22,-20 17,-40Z" fill="#f4f1ea"/>' +
    `<g transform="translate(0 -58) scale(1.5)">${leopardHead(canvas)}</g>`
  );
}

/** Grey boulders, 40 units high, on which leopards lie; `snowy` covers their tops. */
export function rocks(canvas: Canvas, snowy: boolean): string {
  const { random } = canvas;
  const stone = pick(random, ['#8b8a86', '#7f8288', '#94897c']);
  const boulder = (x: number, half: number, tall: number, fill: string): string => {
    const outline: Point[] = [
      [x - half, 6],
      [x - half * 0.9, -tall * 0.6],
      [x - half * 0.4, -tall],
      [x + half * 0.35, -tall * 0.94],
      [x + half * 0.88, -tall * 0.55],
      [x + half, 6],
    ];
    const lower: Point[] = [
      [x - half, 6],
      [x - half * 0.5, -tall * 0.3],
      [x + half * 0.3, -tall * 0.4],
      [x + half * 0.88, -tall * 0.55],
      [x + half, 6],
    ];
    const cap: Point[] = [
      [x - half * 0.92, -tall * 0.6],
      [x - half * 0.4, -tall - 2],
      [x + half * 0.35, -tall * 0.96],
      [x + half * 0.9, -tall * 0.55],
      [x + half * 0.5, -tall * 0.62],
      [x + half * 0.1, -tall * 0.56],
      [x - half * 0.4, -tall * 0.7],
    ];
    return (
      `<path d="${smooth(outline)}Z" fill="${fill}"/><path d="${smooth(lower)}Z" fill="${shade(fill, -0.22)}"/>` +
      `<path d="M${round(x - half * 0.3)},${round(-tall * 0.85)}l6,9l-4,8M${round(x + half * 0.4)},${round(-tall * 0.7)}l-5,9" stroke="${shade(fill, -0.34)}" stroke-width="1.4" fill="none"/>` +
      (snowy ? `<path d="${smooth(cap, true)}" fill="#f5f9fd"/>` : '')
    );
  };
  return (
    boulder(-66, 52, between(random, 26, 34), shade(stone, -0.1)) +
    boulder(64, 56, between(random, 24, 32), shade(stone, -0.06)) +
    boulder(0, 84, 38, stone)
  );
}

const horses = ['#8a5530', '#6b4026', '#3a2f2c', '#b98a5a', '#e8e1d6', '#9c6a3f'];

/** A horse from the side, looking right. */
export function horse(canvas: Canvas, colour = pick(canvas.random, horses)): string {
  const { random } = canvas;
  const mane = colour === '#e8e1d6' ? '#c9beac' : colour === '#b98a5a' ? '#f0e2c4' : '#2b211e';
  const dark = shade(colour, -0.24);
  const stride = between(random, -3, 6);
  /** A leg from a strip of the belly (`left` to `right`) over the knee to the hoof. */
  const leg = (left: number, right: number, knee: number, foot: number, fill: string): string =>
    `<path d="M${left},-54C${left - 1},-40 ${round(knee - 5)},-34 ${round(knee - 3.6)},-25L${round(foot - 2.6)},-7L${round(foot - 4)},0H${round(foot + 5)}L${round(foot + 3.6)},-7L${round(knee + 3.8)},-25C${round(knee + 5)},-34 ${right},-38 ${right},-50Z" fill="${fill}"/>` +
    `<path d="M${round(foot - 2.9)},-5.5H${round(foot + 3.9)}L${round(foot + 5.4)},0H${round(foot - 4.2)}Z" fill="#2d2522"/>`;
  const fill = canvas.linear([
    [0, shade(colour, 0.16)],
    [0.55, colour],
    [1, shade(colour, -0.2)],
  ]);
  const body =
    'M-42,-58C-40,-68 -28,-70 -16,-67C-4,-64 6,-66 14,-70C22,-77 28,-86 33,-94C36,-98 41,-98 44,-95' +
    'C50,-89 56,-82 61,-76C64,-72 62,-67 57,-67C52,-67 48,-71 43,-73C40,-66 38,-58 34,-50C30,-42 20,-39 8,-40C-6,-38 -18,-39 -28,-42C-38,-45 -43,-51 -42,-58Z';
  const blaze =
    random.next() < 0.4
      ? '<path d="M46,-91C51,-86 56,-80 59,-76L55,-77C51,-82 47,-87 46,-91Z" fill="#f6f1e8"/>'
      : '';
  return (
    `<path d="M-41,-60C-52,-58 -57,-44 -54,-22C-50,-16 -47,-20 -46,-26C-46,-40 -42,-48 -38,-52Z" fill="${mane}"/>` +
    `${leg(-36, -16, -31 - stride, -27 - stride, dark)}${leg(18, 34, 27 + stride, 28 + stride * 1.6, dark)}` +
    `<path d="${body}" fill="${fill}"/>` +
    `${leg(-42, -18, -36 + stride, -31 + stride, colour)}${leg(8, 27, 17 - stride, 17 - stride * 1.6, colour)}` +
    `<path d="M35,-95L36,-104L41,-97Z" fill="${colour}"/><path d="M38,-98C28,-96 20,-84 14,-71C12,-62 15,-58 17,-60C22,-64 24,-72 28,-80C32,-86 38,-90 43,-93Z" fill="${mane}"/><path d="M40,-98C46,-97 48,-92 47,-88C44,-90 41,-93 40,-98Z" fill="${mane}"/>` +
    `${blaze}<circle cx="46" cy="-86" r="1.7" fill="#171211"/><circle cx="46.5" cy="-86.6" r="0.5" fill="#ffffff"/><ellipse cx="58.5" cy="-72" rx="1.3" ry="0.9" fill="#2b211e"/><path d="M52,-68.5q4,1.5 7,-0.5" stroke="#2b211e" stroke-width="0.8" fill="none"/>`
  );
}

export type BirdKind = 'robin' | 'bluetit' | 'canary' | 'parrot' | 'sparrow';

const birds: Record<BirdKind, { back: string; breast: string; wing: string; beak: string }> = {
  robin: { back: '#7d6248', breast: '#e2622f', wing: '#63492f', beak: '#3b332c' },
  bluetit: { back: '#4f86c6', breast: '#f2d55a', wing: '#3565a5', beak: '#33363b' },
  canary: { back: '#f2c62f', breast: '#f9dd63', wing: '#d9a51f', beak: '#e0865a' },
  parrot: { back: '#3a9a52', breast: '#58b85a', wing: '#2d6fb5', beak: '#e0563a' },
  sparrow: { back: '#96724f', breast: '#d9cbb5', wing: '#6d4f36', beak: '#4a4038' },
};

/** A small bird on its feet, looking right, 100 units high with its tail. */
export function bird(canvas: Canvas, kind: BirdKind): string {
  const { back, breast, wing, beak } = birds[kind];
  const fill = canvas.linear([
    [0, shade(back, 0.1)],
    [1, shade(back, -0.12)],
  ]);
  const body = smooth(
    [
      [-30, -26],
      [-20, -48],
      [0, -66],
      [10, -84],
      [26, -90],
      [40, -82],
      [43, -68],
      [38, -46],
      [26, -24],
      [6, -12],
      [-16, -14],
    ],
    true,
  );
  const belly = smooth(
    [
      [43, -68],
      [40, -44],
      [26, -22],
      [6, -11],
      [-8, -14],
      [8, -28],
      [18, -46],
      [24, -62],
      [34, -70],
    ],
    true,
  );
  const face =
    kind === 'bluetit'
      ? '<path d="M20,-76C28,-84 40,-80 42,-72C38,-64 26,-64 20,-70Z" fill="#fbfbf7"/><path d="M14,-77C24,-78 34,-76 44,-74" stroke="#22324a" stroke-width="2.6" fill="none"/>'
      : kind === 'parrot'
        ? '<path d="M28,-88C38,-90 44,-80 43,-70C38,-70 30,-74 28,-80Z" fill="#e2483a"/>'
        : '';
  const bill =
    kind === 'parrot' ? 'M41,-80C52,-80 54,-70 48,-63C46,-68 42,-70 40,-71Z' : 'M41,-77L56,-72L41,-68Z';
  return (
    `<path d="M-26,-30L-62,-12L-58,-4L-50,-6L-14,-18Z" fill="${wing}"/><path d="M-30,-26L-60,-9" stroke="${shade(wing, 0.25)}" stroke-width="1.5"/>` +
    '<path d="M4,-14L2,0M14,-14L16,0M-4,0H8M10,0H23" stroke="#8a5f3c" stroke-width="2.6" fill="none" stroke-linecap="round"/>' +
    `<path d="${body}" fill="${fill}"/>${canvas.within(`<path d="${body}"/>`, `<path d="${belly}" fill="${breast}"/>${kind === 'robin' ? `<ellipse cx="36" cy="-62" rx="16" ry="18" fill="${breast}"/><ellipse cx="8" cy="-14" rx="22" ry="11" fill="#efe6d8"/>` : ''}`)}${face}` +
    `<path d="M4,-58C-14,-54 -30,-36 -40,-20C-22,-20 2,-26 12,-42C14,-50 10,-56 4,-58Z" fill="${wing}"/><path d="M-2,-48C-14,-42 -24,-32 -30,-24M4,-42C-6,-36 -14,-30 -18,-24" stroke="${shade(wing, 0.3)}" stroke-width="2" fill="none"/>` +
    `<path d="${bill}" fill="${beak}"/><circle cx="31" cy="-77" r="3.4" fill="#1a1614"/><circle cx="32.2" cy="-78.2" r="1.1" fill="#ffffff"/>`
  );
}

/** Wings of a bird far off, 20 units wide. */
export function gull(): string {
  return '<path d="M-10,-2Q-5,-9 0,-3Q5,-9 10,-2Q5,-6 0,-1Q-5,-6 -10,-2Z" fill="#ffffff"/><path d="M-10,-2Q-5,-9 0,-3Q5,-9 10,-2" stroke="#5b6673" stroke-width="1" fill="none"/>';
}

/** A gull in flight close by, 60 units high. */
export function flyingGull(): string {
  return (
    '<path d="M-4,-26C-20,-52 -44,-60 -70,-52C-54,-46 -34,-34 -18,-20Z" fill="#aeb9c4"/><path d="M-70,-52L-56,-54L-50,-46Z" fill="#2f343b"/>' +
    '<path d="M-30,-10C-20,-24 6,-32 26,-30C36,-30 42,-26 42,-22C36,-14 10,-4 -12,-6L-38,-2Z" fill="#fdfdfb"/>' +
    '<path d="M4,-24C0,-52 16,-72 40,-80C36,-62 32,-40 22,-22Z" fill="#c3ccd6"/><path d="M40,-80L31,-74L35,-62Z" fill="#2f343b"/>' +
    '<path d="M41,-26L54,-22L41,-19Z" fill="#efa52f"/><circle cx="35" cy="-25" r="1.8" fill="#1d1d20"/>'
  );
}

/** A branch to sit on, from the left edge at the origin's height, 200 units long. */
export function branch(canvas: Canvas): string {
  const { random } = canvas;
  const leaf = pick(random, ['#5b9a4a', '#7fae4f', '#4a8a58', '#d98aa8']);
  const leaves = repeat(11, () => {
    const [x, y] = [between(random, -150, 120), between(random, -8, 14)];
    return `<ellipse cx="${round(x)}" cy="${round(y)}" rx="12" ry="5" fill="${random.next() < 0.5 ? leaf : shade(leaf, -0.15)}" transform="rotate(${round(between(random, -60, 60))} ${round(x)} ${round(y)})"/>`;
  });
  return `<path d="M-260,22C-160,2 -60,10 20,2S120,-6 170,-18" stroke="#6b4a35" stroke-width="9" fill="none" stroke-linecap="round"/><path d="M-260,19C-160,-1 -60,7 20,-1" stroke="#8d6a50" stroke-width="2.5" fill="none"/><path d="M-90,6C-70,-14 -60,-24 -40,-36" stroke="#6b4a35" stroke-width="4" fill="none" stroke-linecap="round"/>${leaves}`;
}
