/** Pictures of food and drink, on tables and on the beach. */
import type { Canvas, Ground } from '../art/canvas.ts';
import { between, chance, pick } from '../art/chance.ts';
import {
  type CakeKind,
  cake,
  cakeSlice,
  iceCream,
  pizza,
  plate,
  quiche,
  sundae,
  wineBottle,
  wineGlass,
} from '../art/food.ts';
import { toyBalloons } from '../art/things.ts';
import { type Choice, middle, type Recipe, stand } from '../recipe.ts';

const wines = ['#7a1528', '#8f1f35', '#e6d58a', '#e58a92'];

function drawCake(canvas: Canvas, ground: Ground, { kind }: Choice): void {
  const { random } = canvas;
  const sliced = kind !== 'birthday' && chance(random, 0.35);
  stand(
    canvas,
    ground,
    {
      across: middle(canvas),
      depth: sliced ? 0.55 : 0.6,
      size: sliced ? between(random, 0.68, 0.85) : between(random, 0.64, 0.8),
      shadow: sliced ? 76 : 62,
    },
    () => (sliced ? cakeSlice(canvas, kind as CakeKind) : cake(canvas, kind as CakeKind)),
  );
}

/** Something round on a plate, from above or at an angle. */
function drawRound(
  canvas: Canvas,
  ground: Ground,
  { place }: Choice,
  dish: (canvas: Canvas, flat: number) => string,
): void {
  const { random } = canvas;
  if (place === 'tabletop') {
    const size = between(random, 0.66, 0.8);
    stand(
      canvas,
      ground,
      { across: middle(canvas, 0.1), depth: between(random, 0.4, 0.6), size, tilt: between(random, -40, 40) },
      () => (chance(random, 0.6) ? plate(67, 1) : '') + dish(canvas, 1),
    );
    return;
  }
  stand(
    canvas,
    ground,
    { across: middle(canvas, 0.08), depth: 0.5, size: between(random, 0.62, 0.76), shadow: 84 },
    () => plate(70, 0.5) + dish(canvas, 0.5),
  );
}

function drawCone(canvas: Canvas, _ground: Ground, { place }: Choice): void {
  const { random, width, height } = canvas;
  if (place === 'table') {
    stand(
      canvas,
      _ground,
      { across: middle(canvas), depth: 0.75, size: between(random, 0.66, 0.78), shadow: 30 },
      () => sundae(canvas),
    );
    return;
  }
  const count = chance(random, 0.25) ? 2 : 1;
  for (let i = 0; i < count; i += 1) {
    const x = (count === 1 ? middle(canvas, 0.14) : 0.34 + i * 0.32) * width;
    canvas.place(
      {
        x,
        y: height * between(random, 0.97, 1.04),
        size: Math.min(height, width * 1.1) * between(random, 0.72, 0.84),
        tilt: between(random, -9, 9),
      },
      () => iceCream(canvas),
    );
  }
}

export const food: readonly Recipe[] = [
  {
    name: 'ice cream on the beach',
    weight: 16,
    places: ['beach'],
    lights: ['day', 'day', 'day', 'sunset'],
    shows: ['ice cream'],
    draw: drawCone,
    sentences: [
      '{ice cream|icecream} at the beach',
      'two scoops and the {sea|beach}',
      'beach day calls for ice cream',
      'it melts faster than I can eat, {ice cream|icecream} by the sea',
      '{ice cream|gelato} first, swimming later',
    ],
    tags: ['ice cream|icecream', 'beach', 'summer', 'cone|gelato', 'holiday|vacation', 'yummy'],
  },
  {
    name: 'ice cream',
    weight: 14,
    places: ['backdrop', 'backdrop', 'street', 'table'],
    shows: ['ice cream'],
    draw: drawCone,
    sentences: [
      '{ice cream|icecream|gelato} time',
      'I scream, you scream',
      'the best {ice cream|icecream|gelato} in town',
      'strawberry or {lemon|chocolate}? both!',
      'an ice cream a day',
    ],
    tags: ['ice cream|icecream', 'gelato|cone', 'sweet|dessert', 'summer', 'yummy|food'],
  },
  {
    name: 'chocolate cake',
    weight: 18,
    places: ['table'],
    kinds: ['chocolate'],
    shows: ['cake', 'chocolate'],
    draw: drawCake,
    sentences: [
      'chocolate cake, {the recipe is from grandma|still warm}',
      'a {slice|piece} of chocolate cake',
      'chocolate {cake|heaven}',
      'baked a chocolate cake for {dad|the office}',
      'diet starts tomorrow, today there is chocolate cake',
    ],
    tags: ['chocolate', 'cake', 'baking|homemade', 'dessert|sweet', 'yummy|foodporn'],
  },
  {
    name: 'cake',
    weight: 16,
    places: ['table'],
    kinds: ['strawberry', 'cream'],
    shows: ['cake'],
    draw: drawCake,
    sentences: [
      '{strawberry|cream} cake',
      'coffee and cake at {mum|grandma} and dad',
      'my first {cake|strawberry cake}, not too bad',
      'let them eat cake',
      'a cake {for the bake sale|just because}',
    ],
    tags: ['cake', 'strawberry|cream', 'baking|homemade', 'dessert|sweet', 'coffee|sunday'],
  },
  {
    name: 'birthday cake',
    weight: 8,
    places: ['table', 'room'],
    kinds: ['birthday'],
    shows: ['cake', 'balloon'],
    draw: (canvas, ground, choice) => {
      const { random } = canvas;
      const across = middle(canvas, 0.06);
      stand(
        canvas,
        ground,
        { across: across < 0.5 ? across + 0.34 : across - 0.34, depth: -0.1, size: 0.5 },
        () => toyBalloons(canvas, 4 + random.integer(3)),
      );
      const depth = choice.place === 'room' ? 0.8 : 0.6;
      stand(canvas, ground, { across, depth, size: choice.place === 'room' ? 0.5 : 0.66, shadow: 62 }, () =>
        cake(canvas, 'birthday'),
      );
    },
    sentences: [
      'happy birthday!',
      '{five|six|forty} candles on the cake',
      'birthday cake and balloons',
      'make a wish',
    ],
    tags: ['birthday', 'cake', 'party', 'balloons', 'candles|family'],
  },
  {
    name: 'pizza',
    weight: 18,
    places: ['tabletop', 'tabletop', 'table'],
    shows: ['pizza'],
    draw: (canvas, ground, choice) => drawRound(canvas, ground, choice, pizza),
    sentences: [
      'pizza {night|time|friday}',
      '{homemade pizza|pizza from the oven}',
      'the best pizza {in town|ever}',
      'pizza, because it is {monday|friday}',
      'extra cheese on that pizza',
    ],
    tags: ['pizza', 'cheese|tomato|salami', 'dinner|lunch', 'italian|food', 'yummy|foodporn'],
  },
  {
    name: 'pizza and wine',
    weight: 15,
    places: ['table'],
    shows: ['pizza', 'wine'],
    format: 'wide',
    draw: (canvas, ground) => {
      const { random } = canvas;
      const left = chance(random, 0.5);
      const wine = pick(random, wines);
      const glasses = 1 + random.integer(2);
      if (chance(random, 0.5))
        stand(canvas, ground, { across: left ? 0.9 : 0.1, depth: 0.02, size: 0.54, shadow: 20 }, () =>
          wineBottle(canvas),
        );
      for (let i = 0; i < glasses; i += 1) {
        const offset = 0.77 - i * 0.16;
        stand(
          canvas,
          ground,
          {
            across: left ? offset : 1 - offset,
            depth: i === 0 ? 0.28 : 0.02,
            size: between(random, 0.54, 0.6) - i * 0.08,
            shadow: 24,
          },
          () => wineGlass(canvas, wine),
        );
      }
      stand(
        canvas,
        ground,
        { across: left ? 0.38 : 0.62, depth: 0.62, size: between(random, 0.5, 0.6), shadow: 84 },
        () => plate(70, 0.5) + pizza(canvas, 0.5),
      );
    },
    sentences: [
      'pizza and {wine|red wine|a glass of wine}',
      'friday: pizza, wine, sofa',
      'wine goes with pizza, full stop',
      'date night with pizza and a {glass|bottle} of wine',
    ],
    tags: ['pizza', 'wine', 'dinner|date night', 'italian', 'friends|weekend'],
  },
  {
    name: 'quiche',
    weight: 8,
    places: ['tabletop', 'table'],
    shows: ['quiche'],
    draw: (canvas, ground, choice) => drawRound(canvas, ground, choice, quiche),
    sentences: [
      '{quiche|quiche lorraine} for lunch',
      'leek and bacon quiche',
      'tried a quiche, turned out fine',
      'savoury pie from the oven',
    ],
    tags: ['quiche', 'pie|tart', 'lunch', 'cheese|bacon', 'homemade|food'],
  },
  {
    name: 'wine',
    weight: 11,
    places: ['table', 'backdrop'],
    shows: ['wine'],
    draw: (canvas, ground, { place }) => {
      const { random, height } = canvas;
      const base = place === 'table' ? ground : { far: height * 0.9, near: height * 0.99 };
      if (chance(random, 0.55))
        stand(canvas, base, { across: 0.3, depth: 0.45, size: 0.7, shadow: 18 }, () => wineBottle(canvas));
      stand(
        canvas,
        base,
        { across: between(random, 0.5, 0.66), depth: 0.7, size: between(random, 0.64, 0.74), shadow: 24 },
        () => wineGlass(canvas, pick(random, wines)),
      );
    },
    sentences: [
      'a glass of {wine|red wine}',
      '{wine|wine tasting} with friends',
      'wine o clock',
      'cheers to the weekend',
    ],
    tags: ['wine', 'glass|red wine', 'cheers|drinks', 'evening|weekend', 'friends'],
  },
];
