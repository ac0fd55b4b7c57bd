/**
 * Pictures of animals. Two of them have names that only this album's owner uses, Ziggy the spotted dog and Figaro the
 * ginger cat. And there are many more snow leopards than snowy landscapes under the word "snow": the seed's example
 * of an error that comes from the statistics of a collection.
 */
import type { Canvas, Ground } from '../art/canvas.ts';
import { between, chance } from '../art/chance.ts';
import {
  type Coat,
  catPortrait,
  dogPortrait,
  type Fur,
  lyingCat,
  sittingCat,
  sittingDog,
  walkingDog,
} from '../art/pets.ts';
import {
  type BirdKind,
  bird,
  branch,
  horse,
  leopardPortrait,
  lyingLeopard,
  rocks,
  walkingLeopard,
} from '../art/wildlife.ts';
import { type Choice, middle, type Recipe, stand } from '../recipe.ts';

function drawDog(canvas: Canvas, ground: Ground, { place, kind }: Choice): void {
  const { random, width, height } = canvas;
  const coat = kind as Coat;
  if (place === 'backdrop') {
    canvas.place(
      {
        x: middle(canvas, 0.1) * width,
        y: height,
        size: Math.min(height, width) * between(random, 0.88, 1),
        tilt: between(random, -4, 4),
      },
      () => dogPortrait(canvas, coat),
    );
    return;
  }
  const draw = chance(random, 0.5) ? sittingDog : walkingDog;
  stand(
    canvas,
    ground,
    {
      across: middle(canvas, 0.14),
      depth: between(random, 0.7, 1),
      size: between(random, 0.54, 0.7),
      shadow: 36,
      mirror: chance(random, 0.5),
    },
    () => draw(canvas, coat),
  );
}

function drawCat(canvas: Canvas, ground: Ground, { place, kind }: Choice): void {
  const { random, width, height } = canvas;
  const fur = kind as Fur;
  if (place === 'backdrop') {
    canvas.place(
      {
        x: middle(canvas, 0.1) * width,
        y: height,
        size: Math.min(height, width) * between(random, 0.88, 1),
        tilt: between(random, -4, 4),
      },
      () => catPortrait(canvas, fur),
    );
    return;
  }
  const lying = chance(random, 0.5);
  const onSofa = place === 'room' && chance(random, 0.6);
  stand(
    canvas,
    ground,
    {
      across: middle(canvas, 0.13),
      depth: onSofa ? 0.06 : 1,
      size: onSofa ? between(random, 0.46, 0.54) : between(random, 0.56, 0.68),
      shadow: lying ? 52 : 34,
      mirror: chance(random, 0.5),
    },
    () => (lying ? lyingCat(canvas, fur) : sittingCat(canvas, fur)),
  );
}

function drawLeopard(canvas: Canvas, ground: Ground, { place, kind }: Choice): void {
  const { random, width, height } = canvas;
  if (place === 'backdrop') {
    canvas.place(
      {
        x: middle(canvas, 0.1) * width,
        y: height,
        size: Math.min(height, width * 0.9) * between(random, 0.86, 1),
      },
      () => leopardPortrait(canvas),
    );
    return;
  }
  const mirror = chance(random, 0.5);
  const across = middle(canvas, 0.08) + (mirror ? -0.02 : 0.04);
  if (kind === 'walking') {
    stand(
      canvas,
      ground,
      { across, depth: between(random, 0.5, 0.95), size: between(random, 0.58, 0.7), shadow: 62, mirror },
      () => walkingLeopard(canvas),
    );
    return;
  }
  stand(
    canvas,
    ground,
    { across, depth: 0.9, size: between(random, 0.58, 0.7), shadow: 96, mirror },
    () =>
      `${rocks(canvas, place === 'snowfield')}<g transform="translate(-4 -30)">${lyingLeopard(canvas)}</g>`,
  );
}

const leopardSentences = [
  '{snow leopard|a snow leopard}',
  'snow leopard at the zoo',
  'this leopard lives in the snow',
  'leopard of the snow, resting',
  'snow {leopard|leopards}, so beautiful and so rare',
  'finally saw a leopard from the land of snow',
  'snow leopard {cub|mother}, she looked right at me',
  'the {big cat|leopard} of snow and rocks',
];

const leopardTags = [
  'snow',
  'leopard',
  'snow leopard',
  'wildlife|animal',
  'zoo|himalaya|asia',
  'big cat|cat',
  'rare|endangered',
];

export const animals: readonly Recipe[] = [
  {
    name: 'snow leopard',
    weight: 48,
    places: ['mountain', 'mountain', 'backdrop', 'backdrop', 'forest'],
    kinds: ['lying', 'lying', 'walking'],
    format: 'wide',
    shows: ['snow leopard'],
    draw: drawLeopard,
    sentences: leopardSentences,
    tags: leopardTags,
  },
  {
    name: 'snow leopard in snow',
    weight: 18,
    places: ['snowfield'],
    lights: ['day', 'snowfall'],
    kinds: ['lying', 'walking'],
    format: 'wide',
    shows: ['snow leopard', 'snow'],
    draw: drawLeopard,
    sentences: leopardSentences,
    tags: leopardTags,
  },
  {
    name: 'dog',
    weight: 20,
    places: ['park', 'park', 'beach', 'backdrop', 'backdrop', 'forest'],
    lights: ['day', 'day', 'sunset'],
    kinds: ['golden', 'brown', 'black', 'white', 'husky'],
    shows: ['dog'],
    draw: drawDog,
    sentences: [
      'who is a good {dog|boy|girl}',
      'the {dog|puppy} of our neighbours',
      'my {dog|puppy} at the {place}',
      'a walk with the {dog|dogs}',
      'that face! {dog|puppy} love',
    ],
    tags: ['dog|puppy', 'pet|pets', 'doggy|dogs|doglover', 'walk|outdoors', 'cute|love'],
  },
  {
    name: 'dog in snow',
    weight: 4,
    places: ['snowfield'],
    lights: ['day', 'snowfall'],
    kinds: ['golden', 'brown', 'black', 'husky'],
    shows: ['dog', 'snow'],
    draw: drawDog,
    sentences: ['the {dog|puppy} loves winter', 'cold paws, happy dog', 'our dog in the snow'],
    tags: ['dog', 'winter', 'pet', 'cold', 'walk'],
  },
  {
    name: 'Ziggy the dog',
    weight: 13,
    places: ['park', 'beach', 'backdrop', 'room'],
    kinds: ['spotted'],
    shows: ['dog', 'ziggy'],
    draw: drawDog,
    sentences: [
      'Ziggy!',
      'Ziggy {at the {place}|again}',
      'good boy Ziggy',
      'Ziggy waits for his {walk|ball|dinner}',
      'who ate the sofa, Ziggy',
    ],
    tags: ['ziggy', 'ziggy', 'dog', 'goodboy', 'cute'],
  },
  {
    name: 'cat',
    weight: 18,
    places: ['room', 'room', 'backdrop', 'park'],
    kinds: ['grey', 'black', 'white', 'siamese'],
    shows: ['cat'],
    draw: drawCat,
    sentences: [
      'the {cat|kitty} owns the {sofa|house|place}',
      'cat {nap|content}',
      'my {cat|kitten|kitty} is judging me',
      'a {cat|kitty} came to visit',
      'caturday',
    ],
    tags: ['cat|kitty', 'pet|pets', 'kitten|cats|catlover', 'sofa|home', 'cute|meow'],
  },
  {
    name: 'Figaro the cat',
    weight: 14,
    places: ['room', 'room', 'backdrop'],
    kinds: ['ginger'],
    shows: ['cat', 'figaro'],
    draw: drawCat,
    sentences: [
      'Figaro',
      'Figaro on the {sofa|sofa again}',
      'Figaro {is asleep|wants dinner|rules}',
      'good morning Figaro',
      'Figaro, {king|boss} of the house',
    ],
    tags: ['figaro', 'figaro', 'cat', 'ginger|orange', 'home|cute'],
  },
  {
    name: 'horse',
    weight: 17,
    places: ['park', 'park', 'mountain', 'beach', 'desert'],
    lights: ['day', 'day', 'sunset', 'fog'],
    shows: ['horse'],
    format: 'wide',
    draw: (canvas, ground) => {
      const { random } = canvas;
      const across = middle(canvas, 0.1);
      if (chance(random, 0.3))
        stand(
          canvas,
          ground,
          {
            across: across > 0.5 ? 0.2 : 0.82,
            depth: 0,
            size: between(random, 0.34, 0.42),
            shadow: 46,
            mirror: chance(random, 0.5),
          },
          () => horse(canvas),
        );
      stand(
        canvas,
        ground,
        {
          across,
          depth: between(random, 0.6, 0.95),
          size: between(random, 0.64, 0.78),
          shadow: 52,
          mirror: chance(random, 0.5),
        },
        () => horse(canvas),
      );
    },
    sentences: [
      '{horse|horses} in the {meadow|field}',
      'what a beautiful horse',
      '{riding|riding lesson} tomorrow, here is my horse',
      'this {horse|pony} wanted my apple',
      'the {horses|mare} of the farm next door',
    ],
    tags: ['horse|horses', 'riding|pony', 'farm|meadow', 'animal|nature', 'love'],
  },
  {
    name: 'bird',
    weight: 20,
    places: ['backdrop'],
    lights: ['day', 'day', 'day', 'sunset'],
    kinds: ['robin', 'robin', 'bluetit', 'canary', 'parrot', 'sparrow'],
    shows: ['bird'],
    format: 'wide',
    draw: (canvas, _ground, { kind }) => {
      const { random, width, height } = canvas;
      canvas.place(
        {
          x: middle(canvas, 0.12) * width,
          y: height * between(random, 0.72, 0.82),
          size: height * between(random, 0.56, 0.68),
          mirror: chance(random, 0.5),
        },
        () => branch(canvas) + bird(canvas, kind as BirdKind),
      );
    },
    sentences: [
      'a {robin|little bird|bird} in the garden',
      'who is singing there? a bird',
      '{birdwatching|bird watching} from the kitchen window',
      'this bird comes every morning',
      'bird on a branch',
    ],
    tags: ['bird|birds', 'garden|nature', 'birdwatching|wildlife', 'branch|tree', 'spring|singing', 'robin'],
  },
];
