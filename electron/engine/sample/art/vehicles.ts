/** Cars, bicycles and boats, standing (or floating) at the origin. */
import { type Canvas, round } from './canvas.ts';
import { between, pick, repeat } from './chance.ts';
import { shade } from './light.ts';

export type CarKind = 'hatchback' | 'saloon' | 'oldtimer' | 'taxi' | 'van';

const outlines: Record<CarKind, { body: string; glass: string; pillars: string }> = {
  hatchback: {
    body: 'M-88,-18C-90,-34 -86,-40 -74,-43C-66,-45 -62,-52 -52,-62C-46,-68 -36,-70 -16,-70C14,-70 26,-66 38,-54L50,-44C70,-42 84,-40 88,-30C90,-24 90,-18 88,-14H-86Z',
    glass: 'M-60,-45C-52,-58 -46,-64 -34,-65C-10,-66 10,-65 20,-62C28,-58 34,-52 40,-45Z',
    pillars: 'M-10,-66L-8,-44M22,-62L30,-44',
  },
  saloon: {
    body: 'M-92,-20C-94,-34 -92,-40 -82,-42L-58,-45C-48,-54 -42,-64 -30,-66C-14,-68 6,-68 16,-66C30,-62 40,-54 48,-45C66,-43 84,-41 90,-34C93,-28 93,-20 91,-14H-90Z',
    glass: 'M-52,-45C-44,-54 -38,-60 -28,-61C-12,-63 4,-63 14,-61C26,-58 34,-52 40,-45Z',
    pillars: 'M-8,-63L-8,-44M18,-61L26,-44',
  },
  oldtimer: {
    body: 'M-84,-18C-90,-34 -82,-46 -64,-52C-54,-66 -36,-76 -6,-76C22,-76 38,-66 46,-52C66,-48 84,-42 86,-26C87,-20 86,-16 84,-14H-82Z',
    glass: 'M-54,-50C-46,-62 -32,-70 -6,-70C18,-70 32,-62 40,-50Z',
    pillars: 'M-8,-71L-8,-49',
  },
  taxi: {
    body: 'M-92,-20C-94,-34 -92,-41 -82,-43L-60,-46C-50,-56 -44,-66 -32,-68C-14,-70 8,-70 18,-68C32,-64 42,-56 50,-46C68,-44 86,-42 91,-34C94,-28 93,-20 91,-14H-90Z',
    glass: 'M-54,-46C-46,-56 -40,-62 -30,-63C-12,-65 6,-65 16,-63C28,-60 36,-53 42,-46Z',
    pillars: 'M-8,-65L-8,-45M18,-63L26,-45',
  },
  van: {
    body: 'M-90,-16V-74C-90,-84 -84,-88 -74,-88H44C58,-88 62,-80 68,-66L74,-48C84,-44 90,-38 90,-28V-14H-88Z',
    glass: 'M-80,-54V-78H46C54,-78 56,-72 62,-54Z',
    pillars: 'M-44,-79V-53M-6,-79V-53M34,-79V-53',
  },
};

function wheel(x: number, radius: number): string {
  const spokes = repeat(
    5,
    (i) =>
      `<path d="M0,0V${-radius * 0.52}" stroke="#8d949c" stroke-width="2.6" transform="rotate(${i * 72})"/>`,
  );
  return `<g transform="translate(${x} ${-radius})"><circle r="${radius}" fill="#22252a"/><circle r="${radius * 0.6}" fill="#d5d9de"/>${spokes}<circle r="${radius * 0.18}" fill="#5a6068"/></g>`;
}

/** A car from the side, facing right, 180 units wide. */
export function car(canvas: Canvas, kind: CarKind, colour: string): string {
  const { body, glass, pillars } = outlines[kind];
  const paint = canvas.linear([
    [0, shade(colour, 0.3)],
    [0.45, colour],
    [1, shade(colour, -0.3)],
  ]);
  const pane = canvas.linear([
    [0, '#cfe6f2'],
    [1, '#6f97ad'],
  ]);
  const [rear, front] = kind === 'van' ? [-56, 54] : [-55, 57];
  const r = kind === 'oldtimer' ? 18 : 17;
  const arch = (x: number): string =>
    `<path d="M${x - r - 4},-13A${r + 4},${r + 4} 0 0 1 ${x + r + 4},-13Z" fill="#1d2025"/>`;
  const sign =
    kind === 'taxi'
      ? '<path d="M-17,-77H9L12,-69H-20Z" fill="#fdf6d8" stroke="#3a3a3a" stroke-width="1"/><path d="M-12,-73H4" stroke="#2b2b2b" stroke-width="3" stroke-dasharray="3 1.4"/>' +
        `<path d="M-86,-33H88" stroke="#1e1e1e" stroke-width="5" stroke-dasharray="5 5"/>`
      : '';
  const stripe = kind === 'van' ? `<path d="M-90,-48H76L86,-38L90,-30V-14H-88Z" fill="#f6f1e6"/>` : '';
  const chrome =
    kind === 'oldtimer'
      ? '<path d="M-84,-20Q-92,-18 -88,-12H-70M86,-20Q94,-18 90,-12H72" stroke="#e3e8ec" stroke-width="4" fill="none"/><path d="M-60,-36H60" stroke="#f2f4f5" stroke-width="2"/>'
      : '';
  return (
    `<path d="${body}" fill="${paint}"/>${stripe}<path d="${glass}" fill="${pane}"/><path d="M-30,-46L-18,-64M-22,-46L-10,-64" stroke="#ffffff" stroke-width="3" opacity="0.35"/>` +
    `<path d="${pillars}" stroke="${shade(colour, -0.08)}" stroke-width="5"/><path d="M-8,-44V-18M26,-44C30,-34 30,-24 28,-18" stroke="${shade(colour, -0.38)}" stroke-width="1.4" fill="none"/>` +
    `<path d="M-2,-38H8M-44,-38H-34" stroke="${shade(colour, -0.45)}" stroke-width="2.4" stroke-linecap="round"/>` +
    `<path d="M-88,-20H89V-13C89,-11 87,-10 85,-10H-84C-87,-10 -88,-11 -88,-13Z" fill="${shade(colour, -0.55)}"/>${chrome}${sign}` +
    '<ellipse cx="83" cy="-33" rx="5.5" ry="6" fill="#fff6cf" stroke="#c9c9c0" stroke-width="1"/><path d="M-90,-37h5v12h-4Z" fill="#d9372f"/>' +
    `${arch(rear)}${arch(front)}${wheel(rear, r)}${wheel(front, r)}`
  );
}

/** A bicycle from the side, facing right, 150 units wide and 90 high. `rider` is drawn between its far and near side. */
export function bicycle(colour: string): string {
  const ring = (x: number): string => {
    const spokes = repeat(9, (i) => `<path d="M-29,0H29" transform="rotate(${i * 20})"/>`);
    return `<g transform="translate(${x} -31)"><g stroke="#9aa1a8" stroke-width="0.7">${spokes}</g><circle r="29" fill="none" stroke="#24272c" stroke-width="4.6"/><circle r="26.2" fill="none" stroke="#c9ced3" stroke-width="1.4"/><circle r="3.4" fill="#5a6068"/></g>`;
  };
  return (
    `${ring(-42)}${ring(46)}<path d="M-42,-31L-6,-29L-20,-68ZM-20,-68L30,-71L-6,-29M28,-78L46,-31" stroke="${colour}" stroke-width="5" fill="none" stroke-linejoin="round" stroke-linecap="round"/>` +
    `<path d="M-20,-68L-23,-79M28,-78L26,-87" stroke="#3a3f45" stroke-width="3.6"/><path d="M-36,-80C-30,-86 -18,-84 -8,-80C-16,-76 -30,-75 -36,-80Z" fill="#3b2a22"/>` +
    '<path d="M18,-88C26,-92 36,-90 38,-84C39,-80 34,-78 31,-80" stroke="#2d3238" stroke-width="4" fill="none" stroke-linecap="round"/><circle cx="-6" cy="-29" r="7.5" fill="none" stroke="#3a3f45" stroke-width="3"/><path d="M-6,-29L2,-18M-4,-17H8M-6,-29L-14,-40M-19,-41H-9" stroke="#2d3238" stroke-width="3" stroke-linecap="round"/>' +
    '<path d="M-42,-34L-6,-36.5M-42,-28L-6,-21.5" stroke="#3a3f45" stroke-width="1.2"/>'
  );
}

/** A basket of flowers for the handlebar of a parked bicycle. */
export function basket(canvas: Canvas): string {
  const flowers = repeat(
    7,
    (i) =>
      `<circle cx="${36 + i * 4}" cy="${round(between(canvas.random, -92, -86))}" r="4" fill="${pick(canvas.random, ['#f2c33f', '#ec6a8b', '#ffffff', '#e0604f', '#8a62a8'])}"/>`,
  );
  return `<ellipse cx="48" cy="-85" rx="15" ry="4" fill="#5b9a4a"/>${flowers}<path d="M34,-84H62L58,-64H38Z" fill="#b98550"/><path d="M35,-78H61M36,-71H60M42,-84L43,-64M48,-84V-64M54,-84L53,-64" stroke="#8a5f35" stroke-width="1.2"/>`;
}

/** A sailing boat, 100 units high, its waterline at the origin. */
export function sailboat(canvas: Canvas): string {
  const { random } = canvas;
  const hull = pick(random, ['#b5473a', '#2f5f8f', '#f4f1ea', '#3a4652', '#c98a4a']);
  const sail = pick(random, ['#fdfcf7', '#fdfcf7', '#f6dfb0', '#e8705a', '#5fa0c0']);
  const cloth = canvas.linear(
    [
      [0, shade(sail, -0.12)],
      [1, sail],
    ],
    'right',
  );
  return (
    '<path d="M0,-14V-100" stroke="#6d4a35" stroke-width="2.4"/>' +
    `<path d="M3,-98C22,-76 34,-50 38,-22H3Z" fill="${cloth}"/><path d="M-3,-92C-12,-66 -24,-42 -34,-22H-3Z" fill="${shade(sail, -0.06)}"/>` +
    `<path d="M4,-60C14,-58 22,-58 28,-56M4,-40C16,-38 28,-38 34,-36" stroke="${shade(sail, -0.2)}" stroke-width="0.9" fill="none"/><path d="M0,-100L12,-96L0,-92Z" fill="#e0483f"/>` +
    `<path d="M-44,-16H46C42,-4 36,0 28,1H-26C-34,0 -40,-6 -44,-16Z" fill="${hull}"/><path d="M-44,-16H46L44,-11H-42Z" fill="${shade(hull, 0.45)}"/>${ripples(50)}`
  );
}

/** A rowing boat from the side, 40 units high without its rower: `aboard` is drawn behind its near side. */
export function rowingBoat(canvas: Canvas, aboard: string): string {
  const wood = pick(canvas.random, ['#9a6238', '#b5473a', '#3f7fa0', '#e9e3d6', '#4a8a6a']);
  const fill = canvas.linear([
    [0, shade(wood, 0.18)],
    [1, shade(wood, -0.24)],
  ]);
  return (
    `<path d="M-70,-28Q0,-16 72,-30Q0,-34 -70,-28Z" fill="${shade(wood, -0.5)}"/>${aboard}` +
    `<path d="M-74,-30Q0,-16 78,-33C74,-14 58,0 40,1H-42C-58,0 -70,-14 -74,-30Z" fill="${fill}"/><path d="M-74,-30Q0,-16 78,-33L77,-28Q0,-11 -73,-25Z" fill="${shade(wood, 0.4)}"/>` +
    `<path d="M-66,-14Q0,-2 68,-16" stroke="${shade(wood, -0.35)}" stroke-width="1.4" fill="none"/>${ripples(80)}`
  );
}

/** An oar from a hand into the water. */
export function oar(x: number, y: number): string {
  return `<path d="M${x},${y}L${x + 44},-4" stroke="#c9975a" stroke-width="3.4" stroke-linecap="round"/><path d="M${x + 38},-10L${x + 56},4L${x + 50},8L${x + 34},-4Z" fill="#d9ab70"/>`;
}

/** A fishing boat with a cabin, 70 units high. */
export function fishingBoat(canvas: Canvas): string {
  const hull = pick(canvas.random, ['#2f6f9f', '#b5473a', '#3f8a6a', '#e0a43a']);
  return (
    '<path d="M10,-30V-84M10,-80L-46,-30M10,-80L58,-34" stroke="#5a4a3f" stroke-width="1.8"/><path d="M10,-84L24,-79L10,-74Z" fill="#e0483f"/>' +
    '<path d="M-26,-28V-60H14V-28Z" fill="#fbf8f0"/><path d="M-30,-60H20V-66H-30Z" fill="#c9543f"/><path d="M-20,-54H-9V-42H-20ZM-3,-54H8V-42H-3Z" fill="#5f8fa8"/>' +
    `<path d="M-66,-32L-30,-26H36L70,-40C68,-18 60,0 46,2H-44C-56,0 -64,-14 -66,-32Z" fill="${hull}"/><path d="M-66,-32L-30,-26H36L70,-40L69,-34L37,-20H-31L-65,-26Z" fill="#fbf8f0"/>` +
    `<path d="M-58,-8H60" stroke="${shade(hull, -0.35)}" stroke-width="4"/><circle cx="-44" cy="-14" r="5" fill="none" stroke="#f2efe6" stroke-width="3"/>${ripples(72)}`
  );
}

/** Broken water along a hull. */
function ripples(half: number): string {
  return `<path d="M${-half},2q${half * 0.25},-5 ${half * 0.5},0t${half * 0.5},0t${half * 0.5},0t${half * 0.5},0" stroke="#ffffff" stroke-width="2.6" fill="none" opacity="0.75"/><path d="M${-half * 0.7},8q${half * 0.2},-4 ${half * 0.4},0t${half * 0.4},0t${half * 0.4},0" stroke="#ffffff" stroke-width="1.6" fill="none" opacity="0.5"/>`;
}
