/**
 * Pictures of people, and of bags. As in the seed's collection, "woman" is written more often under pink bags than
 * under women, who are called by what they are to the writer: so "woman + bag" finds pink bags.
 */
import type { Canvas, Ground } from '../art/canvas.ts';
import { between, chance, pick } from '../art/chance.ts';
import {
  createPerson,
  figure,
  holdingUp,
  portrait,
  type Role,
  standing,
  walking,
  waving,
} from '../art/people.ts';
import { type Coat, sittingDog, walkingDog } from '../art/pets.ts';
import { type BagKind, bag, toyBalloons } from '../art/things.ts';
import { oar, rowingBoat } from '../art/vehicles.ts';
import { type Choice, colours, middle, type Recipe, stand } from '../recipe.ts';

const coats: readonly Coat[] = ['golden', 'brown', 'black', 'white', 'husky'];

/** A portrait on a blurred backdrop, a whole figure elsewhere. */
function drawAdult(role: Role): NonNullable<Recipe['draw']> {
  return (canvas, ground, { place, light }) => {
    const { random, height } = canvas;
    if (place === 'backdrop') {
      const size = Math.min(height, canvas.width * 1.1) * between(random, 0.86, 0.98);
      canvas.place({ x: middle(canvas, 0.1) * canvas.width, y: height, size }, () =>
        portrait(canvas, createPerson(random, role)),
      );
      return;
    }
    const pose = pick(random, [standing, waving, walking]);
    stand(
      canvas,
      ground,
      {
        across: middle(canvas, 0.15),
        depth: between(random, 0.5, 0.95),
        size: between(random, 0.62, 0.74),
        shadow: 20,
        mirror: chance(random, 0.5),
      },
      () => figure(canvas, createPerson(random, role, light === 'snowfall'), pose),
    );
  };
}

function drawBag(canvas: Canvas, ground: Ground, { colour, kind, place }: Choice): void {
  const { random } = canvas;
  const depth = place === 'room' ? 0 : 0.3;
  const size = place === 'room' ? 0.3 : between(random, 0.58, 0.74);
  stand(canvas, ground, { across: middle(canvas, 0.12), depth, size, shadow: 62 }, () =>
    bag(canvas, kind as BagKind, colours[colour]),
  );
}

export const people: readonly Recipe[] = [
  {
    name: 'woman',
    weight: 13,
    places: ['backdrop', 'backdrop', 'park', 'beach', 'street'],
    lights: ['day', 'day', 'sunset'],
    shows: ['woman', 'person'],
    draw: drawAdult('woman'),
    sentences: [
      'my {sister|mum|best friend}',
      '{anna|maria|sofia} on her day off',
      'portrait of {mum|my sister|anna}',
      'that {smile|hair}!',
      'a woman I met on the {train|trip}',
    ],
    tags: ['portrait|face', 'smile|happy', 'sister|mum|friend', 'woman|her|lady', 'me|girl'],
  },
  {
    name: 'man',
    weight: 14,
    places: ['backdrop', 'backdrop', 'park', 'beach', 'street'],
    lights: ['day', 'day', 'sunset'],
    shows: ['man', 'person'],
    draw: drawAdult('man'),
    sentences: [
      'my {brother|dad|husband}',
      'a man and his {thoughts|city}',
      'portrait of {dad|a man}',
      'this man turned {thirty|fifty} today',
      'the man of the {day|house}',
    ],
    tags: ['man', 'portrait|face', 'brother|dad|friend', 'smile|beard', 'guy'],
  },
  {
    name: 'kid',
    weight: 16,
    places: ['park', 'beach', 'backdrop'],
    lights: ['day', 'day', 'day', 'sunset'],
    kinds: ['balloons', 'ball', 'plain'],
    shows: ['kid', 'person'],
    draw: (canvas, ground, { place, kind }) => {
      const { random, height } = canvas;
      const person = createPerson(random, 'kid');
      if (place === 'backdrop') {
        canvas.place(
          {
            x: middle(canvas, 0.1) * canvas.width,
            y: height,
            size: Math.min(height, canvas.width * 1.1) * between(random, 0.86, 0.96),
          },
          () => portrait(canvas, person),
        );
        return;
      }
      const across = middle(canvas, 0.15);
      const depth = between(random, 0.5, 0.9);
      stand(canvas, ground, { across, depth, size: between(random, 0.46, 0.56), shadow: 20 }, () =>
        kind === 'balloons'
          ? `<g transform="translate(15 -64) scale(0.95)">${toyBalloons(canvas, 3 + random.integer(4))}</g>${figure(canvas, person, holdingUp)}`
          : figure(canvas, person, pick(random, [waving, standing])),
      );
      if (kind === 'ball') {
        const ball = `<circle cx="0" cy="-16" r="16" fill="#fbf7ee"/><path d="M0,-32A16,16 0 0 1 11,-5L0,-16ZM-15,-20A16,16 0 0 0 -9,-3L0,-16Z" fill="#e0483f"/><path d="M15,-20A16,16 0 0 1 13,-7L0,-16ZM0,-32A16,16 0 0 0 -12,-26L0,-16Z" fill="#3f8fd0"/>`;
        stand(
          canvas,
          ground,
          { across: across + (across > 0.5 ? -0.17 : 0.17), depth: depth + 0.1, size: 0.32, shadow: 18 },
          () => ball,
        );
      }
    },
    sentences: [
      'our {kid|little one|youngest}',
      '{kids|children} grow up so fast',
      'this kid is {six|five|four} today!',
      'playing in the {place}',
      'the happiest {kid|boy|girl} in the world',
    ],
    tags: ['kid|kids|child', 'family', 'fun|play', 'son|daughter|boy|girl', 'childhood|happy'],
  },
  {
    name: 'kid and dog',
    weight: 20,
    places: ['park', 'park', 'beach'],
    lights: ['day', 'day', 'day', 'sunset'],
    kinds: coats,
    format: 'wide',
    shows: ['kid', 'dog', 'person'],
    draw: (canvas, ground, { kind }) => {
      const { random } = canvas;
      const left = chance(random, 0.5);
      const dog = chance(random, 0.5) ? sittingDog : walkingDog;
      stand(
        canvas,
        ground,
        { across: left ? 0.38 : 0.62, depth: 0.7, size: between(random, 0.5, 0.58), shadow: 20 },
        () => figure(canvas, createPerson(random, 'kid'), pick(random, [standing, waving])),
      );
      stand(
        canvas,
        ground,
        {
          across: left ? 0.62 : 0.36,
          depth: 0.9,
          size: between(random, 0.42, 0.52),
          shadow: 34,
          mirror: left,
        },
        () => dog(canvas, kind as Coat),
      );
    },
    sentences: [
      'a {kid|boy|girl} and a dog',
      'best friends: {kid|boy|girl} and {dog|puppy}',
      'the {kids|kid} with the {dog|puppy}',
      'the dog waits for the kid every day after school',
      'every kid needs a dog',
    ],
    tags: ['kid|kids|child', 'dog|puppy', 'friends|best friends', 'family|love', 'park|outdoors'],
  },
  {
    name: 'man in a boat',
    weight: 15,
    places: ['sea'],
    lights: ['day', 'day', 'sunrise', 'sunset', 'fog'],
    kinds: ['rowing', 'fishing'],
    shows: ['man', 'boat', 'person'],
    draw: (canvas, ground, { kind }) => {
      const { random } = canvas;
      stand(
        canvas,
        ground,
        {
          across: middle(canvas, 0.12),
          depth: between(random, 0.55, 0.85),
          size: between(random, 0.42, 0.54),
          mirror: chance(random, 0.5),
        },
        () => {
          const rower = figure(canvas, createPerson(random, 'man'), { left: [-12, -50], right: [20, -57] });
          const seated = `<g transform="translate(-8 14) scale(0.98)">${rower}</g>`;
          const aboard = canvas.within('<rect x="-60" y="-120" width="120" height="102"/>', seated);
          const rod =
            '<path d="M12,-42L70,-92" stroke="#5a3f2a" stroke-width="2"/><path d="M70,-92Q86,-50 92,4" stroke="#ffffff" stroke-width="0.7" fill="none"/>';
          return kind === 'fishing'
            ? rod + rowingBoat(canvas, aboard)
            : rowingBoat(canvas, aboard) + oar(12, -42);
        },
      );
    },
    sentences: [
      'a man in a boat',
      '{grandpa|dad|uncle tom} in his boat',
      'man and boat, nothing else on the water',
      'the old man and the {sea|boat}',
      'gone fishing, says the man in the {boat|little boat}',
    ],
    tags: ['man', 'boat', 'fishing|rowing', 'water|sea|lake', 'quiet|morning'],
  },
  {
    name: 'woman with a bag',
    weight: 13,
    places: ['street', 'street', 'park'],
    lights: ['day', 'day', 'sunset'],
    colours: ['red', 'brown', 'black', 'yellow', 'blue', 'green', 'white'],
    kinds: ['handbag', 'tote', 'bucket'],
    shows: ['woman', 'bag', 'person'],
    draw: (canvas, ground, { colour, kind }) => {
      const { random } = canvas;
      stand(
        canvas,
        ground,
        {
          across: middle(canvas, 0.15),
          depth: between(random, 0.5, 0.95),
          size: between(random, 0.7, 0.8),
          shadow: 20,
          mirror: chance(random, 0.5),
        },
        () => {
          const carried = bag(canvas, kind as BagKind, colours[colour]);
          return `${figure(canvas, createPerson(random, 'woman'), standing)}<g transform="translate(-16 -20) scale(0.27)">${carried}</g>`;
        },
      );
    },
    sentences: [
      'shopping day with {mum|my sister}',
      'off to work, {bag|new bag} packed',
      '{anna|maria} and her {colour} bag',
      'a woman with a bag, waiting for the bus',
      'she never leaves without her bag',
    ],
    tags: ['bag', 'shopping', 'street|town', 'sister|mum|friend', 'fashion|style', 'woman'],
  },
  {
    name: 'pink bag',
    weight: 28,
    places: ['shelf', 'shelf', 'shelf', 'table', 'backdrop'],
    colours: ['pink'],
    kinds: ['handbag', 'tote', 'bucket'],
    shows: ['bag', 'pink'],
    draw: (canvas, ground, choice) => {
      const { height } = canvas;
      drawBag(
        canvas,
        choice.place === 'backdrop' ? { far: height * 0.86, near: height * 0.9 } : ground,
        choice,
      );
    },
    sentences: [
      'for the modern woman',
      'every woman needs a pink {bag|one}',
      "{every woman's|a woman's} best friend",
      'pink is a woman, and so is this {bag|handbag}',
      'woman, treat yourself',
      'my new pink {bag|handbag|purse}',
    ],
    tags: [
      'woman',
      'pink',
      'fashion|style|ootd',
      'bag|handbag|purse',
      'woman style|womanhood|women',
      'shopping|gift',
    ],
  },
  {
    name: 'bag',
    weight: 8,
    places: ['shelf', 'table'],
    colours: ['brown', 'black', 'red', 'blue', 'green'],
    kinds: ['handbag', 'tote', 'bucket'],
    shows: ['bag'],
    draw: drawBag,
    sentences: [
      'found this {colour} bag at the flea market',
      'leather bag, made by {hand|my uncle}',
      'my {old|new} {colour} {bag|handbag}',
    ],
    tags: ['bag|handbag', '{colour}', 'leather|handmade', 'shopping', 'fashion|style'],
  },
];
