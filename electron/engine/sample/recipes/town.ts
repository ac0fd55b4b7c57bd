/** Pictures of the town: skylines, streets, rain, cars and bicycles. */
import type { Canvas, Ground } from '../art/canvas.ts';
import { between, chance, pick } from '../art/chance.ts';
import { createPerson, figure, holdingUp, type Role, standing, walking } from '../art/people.ts';
import { umbrella } from '../art/things.ts';
import { basket, bicycle, type CarKind, car } from '../art/vehicles.ts';
import { type Choice, colours, middle, type Recipe, stand } from '../recipe.ts';

/** Someone under an umbrella of the chosen colour, and sometimes a second one behind. */
function drawUmbrella(canvas: Canvas, ground: Ground, { colour, kind }: Choice): void {
  const { random } = canvas;
  const across = middle(canvas, 0.2);
  if (chance(random, 0.35))
    drawWalker(
      canvas,
      ground,
      'man',
      pick(random, Object.values(colours)),
      across > 0.5 ? across - 0.3 : across + 0.3,
      0.2,
      0.46,
    );
  drawWalker(
    canvas,
    ground,
    kind as Role,
    colours[colour],
    across,
    0.85,
    kind === 'kid' ? 0.46 : between(random, 0.58, 0.68),
  );
}

function drawWalker(
  canvas: Canvas,
  ground: Ground,
  role: Role,
  colour: string,
  across: number,
  depth: number,
  size: number,
): void {
  const { random } = canvas;
  stand(canvas, ground, { across, depth, size, shadow: 20, mirror: chance(random, 0.5) }, () => {
    const person = { ...createPerson(random, role, true), hat: false };
    const canopy = umbrella(canvas, colour);
    return `<g transform="translate(13 ${role === 'kid' ? -64 : -68}) scale(0.66)">${canopy}</g>${figure(canvas, person, holdingUp)}`;
  });
}

function drawCar(canvas: Canvas, ground: Ground, { colour, kind, place }: Choice): void {
  const { random } = canvas;
  const depth = place === 'street' ? between(random, 0.35, 0.7) : between(random, 0.4, 0.85);
  stand(
    canvas,
    ground,
    {
      across: middle(canvas, 0.1),
      depth,
      size: between(random, 0.38, 0.54),
      shadow: 100,
      mirror: chance(random, 0.5),
    },
    () => car(canvas, kind as CarKind, colours[colour]),
  );
}

function drawBicycle(canvas: Canvas, ground: Ground, { colour, kind }: Choice): void {
  const { random } = canvas;
  const across = middle(canvas, 0.1);
  if (kind === 'owner') {
    const person = createPerson(random, pick(random, ['woman', 'man'] as const));
    stand(canvas, ground, { across: across + 0.02, depth: 0.35, size: 0.6, shadow: 18 }, () =>
      figure(canvas, person, pick(random, [standing, walking])),
    );
  }
  stand(
    canvas,
    ground,
    { across, depth: 0.75, size: between(random, 0.44, 0.6), shadow: 72, mirror: chance(random, 0.5) },
    () => bicycle(colours[colour]) + (kind === 'basket' ? basket(canvas) : ''),
  );
}

const bicycleColours = ['red', 'blue', 'green', 'black', 'orange', 'yellow', 'white'] as const;

export const town: readonly Recipe[] = [
  {
    name: 'skyline at night',
    weight: 22,
    places: ['skyline'],
    lights: ['night'],
    shows: ['skyline', 'city'],
    sentences: [
      'the {city|skyline|city lights} at night',
      'skyline by night, seen from the {ferry|other side}',
      'city lights, could look at them all night',
      '{the city that never sleeps|downtown never sleeps}',
      'night over the {city|towers|skyscrapers}',
    ],
    tags: [
      'skyline',
      'night',
      'city|urban|downtown',
      'lights|city lights',
      'skyscrapers|towers|architecture',
      'moon',
    ],
  },
  {
    name: 'skyline',
    weight: 14,
    places: ['skyline'],
    lights: ['day', 'day', 'sunset', 'sunrise', 'fog'],
    shows: ['skyline', 'city'],
    sentences: [
      'the skyline from the {ferry|bridge|hotel}',
      'back in the big city',
      '{downtown|city} {skyline|towers}',
      'what a skyline!',
      'the {city|skyscrapers} across the water',
    ],
    tags: ['skyline', 'city|urban|downtown', 'skyscrapers|towers|architecture', 'river|water', 'travel'],
  },
  {
    name: 'bridge',
    weight: 12,
    places: ['bridge'],
    lights: ['day', 'fog', 'sunset', 'sunrise', 'night'],
    format: 'wide',
    shows: ['bridge'],
    sentences: [
      'the {bridge|big bridge} on our way home',
      'we walked across the bridge',
      '{bridge|the old bridge} over the {bay|river}',
      'they have been painting this bridge for years',
    ],
    tags: ['bridge', 'river|bay|water', 'city|architecture', 'travel'],
  },
  {
    name: 'street',
    weight: 12,
    places: ['street'],
    lights: ['day', 'day', 'night', 'sunset'],
    shows: ['street', 'city'],
    sentences: [
      'our street',
      'the {old town|city} has such pretty {houses|shops}',
      '{strolling|walking} through the {old town|city}',
      'shops, houses, coffee, repeat',
    ],
    tags: ['street', 'city|town|urban', 'houses|buildings|architecture', 'shops', 'walk|travel'],
  },
  {
    name: 'umbrella in the rain',
    weight: 26,
    places: ['street', 'street', 'park'],
    lights: ['rain', 'rain', 'rainyNight'],
    colours: ['red', 'yellow', 'blue', 'green', 'pink', 'black', 'orange', 'purple'],
    kinds: ['woman', 'woman', 'man', 'kid'],
    shows: ['umbrella', 'person'],
    draw: drawUmbrella,
    sentences: [
      'singing in the rain',
      'good thing I took my {umbrella|brolly}',
      'the {colour} umbrella in the rain',
      '{rainy day|rain, rain, rain}, where is my umbrella',
      'it is {pouring|raining} again',
      'umbrella weather',
    ],
    tags: ['rain|rainy', 'umbrella', 'wet|rainy day', 'city|street', 'autumn|november', '{colour}'],
  },
  {
    name: 'rain',
    weight: 11,
    places: ['street', 'mountain', 'park', 'forest', 'sea'],
    lights: ['rain', 'rain', 'rainyNight'],
    shows: [],
    sentences: [
      '{rain|more rain}, day four',
      'rainy {day|sunday|afternoon}',
      'it {rains|is raining} and I like it',
      'the smell after the rain',
      'no umbrella, of course',
    ],
    tags: ['rain|rainy', 'grey|clouds', 'wet|storm', 'weather', 'autumn'],
  },
  {
    name: 'yellow car',
    weight: 20,
    places: ['street', 'street', 'desert', 'beach', 'park'],
    lights: ['day', 'day', 'sunset'],
    colours: ['yellow'],
    kinds: ['taxi', 'hatchback', 'oldtimer', 'saloon', 'van'],
    format: 'wide',
    shows: ['car', 'yellow'],
    draw: drawCar,
    sentences: [
      'a yellow {car|cab|taxi}',
      'my {new|first} car is yellow!',
      'spotted this yellow {beauty|car|classic}',
      'yellow {car|taxi}, no returns',
      'road trip in a yellow car',
    ],
    tags: ['car|cars', 'yellow', 'taxi|cab|vintage', 'street|road', 'drive|roadtrip'],
  },
  {
    name: 'car',
    weight: 18,
    places: ['street', 'street', 'desert', 'beach', 'park', 'mountain'],
    lights: ['day', 'day', 'sunset', 'night'],
    colours: ['red', 'blue', 'green', 'white', 'black', 'orange', 'pink'],
    kinds: ['hatchback', 'oldtimer', 'saloon', 'van'],
    format: 'wide',
    shows: ['car'],
    draw: drawCar,
    sentences: [
      'my {new|old|beloved} car',
      '{road trip|on the road}',
      'dad and his {colour} {car|classic}',
      'they do not build {cars|them} like this anymore',
      'washed the {car|old lady} today',
    ],
    tags: ['car|cars', '{colour}', 'drive|road|roadtrip', 'vintage|classic|auto', 'street'],
  },
  {
    name: 'bike in the park',
    weight: 18,
    places: ['park'],
    lights: ['day', 'day', 'day', 'sunset'],
    colours: bicycleColours,
    kinds: ['', 'basket', 'owner'],
    format: 'wide',
    shows: ['bike'],
    draw: drawBicycle,
    sentences: [
      '{bike|bicycle} ride through the park',
      'my {bike|bicycle} and the park, that is all I need',
      'cycling in the park after work',
      'parked the {bike|bicycle} under the trees',
      'new {colour} bike, first tour: the park',
    ],
    tags: ['bike|bicycle', 'park', 'cycling|ride', 'trees|green', 'sunday|summer'],
  },
  {
    name: 'bike',
    weight: 10,
    places: ['street', 'beach'],
    lights: ['day', 'day', 'sunset'],
    colours: bicycleColours,
    kinds: ['', 'basket', 'owner'],
    format: 'wide',
    shows: ['bike'],
    draw: drawBicycle,
    sentences: [
      'my {bike|bicycle|two wheels}',
      '{cycling|biking} around town',
      'the best way to see a city is by {bike|bicycle}',
      'somebody loves their {colour} bike',
    ],
    tags: ['bike|bicycle', 'cycling|ride', '{colour}', 'street|city', 'wheels'],
  },
];
