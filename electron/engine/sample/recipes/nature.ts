/** Pictures of land, sea and sky. */
import { between, chance, pick } from '../art/chance.ts';
import { createPerson, figure, standing } from '../art/people.ts';
import { type Bloom, bouquet, flower } from '../art/plants.ts';
import { airBalloon, house, houseLights, skis } from '../art/things.ts';
import { fishingBoat, sailboat } from '../art/vehicles.ts';
import { flyingGull, gull } from '../art/wildlife.ts';
import { middle, type Recipe, stand } from '../recipe.ts';

export const nature: readonly Recipe[] = [
  {
    name: 'beach at sunrise',
    weight: 18,
    places: ['beach'],
    lights: ['sunrise'],
    shows: [],
    sentences: [
      '{sunrise|first light|early morning} at the {beach|beach|seaside}',
      'got up at five for this {sunrise|sunrise|dawn}',
      'sunrise over the {sea|ocean}, nobody else on the beach',
      'the beach before breakfast, what a sunrise',
      '{good morning|morning} from the {beach|coast}',
    ],
    tags: ['sunrise', 'beach', 'sea|ocean|waves', 'morning|dawn', 'sand', 'holiday|vacation|travel', 'sky'],
  },
  {
    name: 'beach at sunset',
    weight: 14,
    places: ['beach'],
    lights: ['sunset'],
    shows: [],
    sentences: [
      'sunset at the {beach|beach|seaside}',
      'watching the sun go down by the {sea|ocean}',
      'last evening of our {holiday|trip}, beach and sunset',
      'golden hour on the beach',
      '{sunset|evening} walk along the {shore|beach}',
    ],
    tags: ['sunset', 'beach', 'sea|ocean', 'evening|dusk', 'holiday|vacation', 'sky|clouds'],
  },
  {
    name: 'beach',
    weight: 12,
    places: ['beach'],
    shows: [],
    sentences: [
      'a day at the beach',
      '{sun, sand and sea|sand between my toes}',
      'our {beach|bay} this summer',
      'finally at the {sea|beach|seaside}',
      'palm trees and blue water, I could stay on this beach forever',
    ],
    tags: ['beach', 'summer', 'sea|ocean|waves', 'sand', 'palm|tropical', 'holiday|vacation|travel'],
  },
  {
    name: 'sea',
    weight: 10,
    places: ['sea'],
    lights: ['day', 'day', 'sunset', 'sunrise', 'fog'],
    format: 'wide',
    shows: ['bird'],
    draw: (canvas, ground) => {
      const { random, width, height } = canvas;
      if (chance(random, 0.45)) {
        canvas.place(
          {
            x: middle(canvas, 0.2) * width,
            y: between(random, 0.36, 0.5) * height,
            size: between(random, 0.5, 0.75) * height,
            mirror: chance(random, 0.5),
          },
          flyingGull,
        );
        return;
      }
      for (let i = 0; i < 6; i += 1) {
        canvas.place(
          {
            x: between(random, 0.1, 0.9) * width,
            y: between(random, 0.1, 0.8) * ground.far,
            size: between(random, 90, 200),
            mirror: chance(random, 0.5),
          },
          gull,
        );
      }
    },
    sentences: [
      'gulls over the {sea|water}',
      'a seagull came to say hello',
      'nothing but {sea|water|ocean} and sky',
      'the {birds|gulls} follow us out to {sea|the open water}',
    ],
    tags: ['sea|ocean', 'seagull|gull|bird', 'water|waves', 'sky', 'coast'],
  },
  {
    name: 'boat',
    weight: 16,
    places: ['sea'],
    lights: ['day', 'day', 'sunset', 'sunrise'],
    kinds: ['sail', 'sail', 'fishing'],
    shows: ['boat'],
    draw: (canvas, ground, { kind }) => {
      const { random } = canvas;
      const far = chance(random, 0.5) ? 1 + random.integer(3) : 0;
      for (let i = 0; i < far; i += 1) {
        stand(
          canvas,
          ground,
          {
            across: between(random, 0.05, 0.95),
            depth: between(random, -0.1, 0.08),
            size: between(random, 0.1, 0.17),
            mirror: chance(random, 0.5),
          },
          () => sailboat(canvas),
        );
      }
      const boat = kind === 'sail' ? sailboat : fishingBoat;
      stand(
        canvas,
        ground,
        {
          across: middle(canvas),
          depth: between(random, 0.45, 0.75),
          size: between(random, 0.48, 0.68),
          mirror: chance(random, 0.5),
        },
        () => boat(canvas),
      );
    },
    sentences: [
      '{sailing|out on the water|out at sea} today',
      'a {boat|little boat|ship} off the coast',
      'the {boat|fishing boat|sailing boat} comes home',
      'we rented a boat!',
      'boat trip with the {family|neighbours}',
    ],
    tags: ['boat', 'sailing|sail|ship', 'sea|ocean', 'water', 'harbour|coast', 'summer'],
  },
  {
    name: 'mountains',
    weight: 18,
    places: ['mountain'],
    lights: ['day', 'day', 'sunrise', 'sunset', 'fog'],
    shows: [],
    sentences: [
      'up in the {mountains|hills|alps}',
      'what a view, {mountains|peaks} as far as you can see',
      'three days of hiking to see these {mountains|peaks}',
      '{mountain|mountain air} does me good',
      'the {lake|valley} below the {mountain|summit}',
    ],
    tags: [
      'mountain|mountains',
      'hiking|hike',
      'nature|landscape',
      'alps|peaks',
      'view|panorama',
      'outdoors',
    ],
  },
  {
    name: 'winter landscape',
    weight: 13,
    places: ['snowfield'],
    lights: ['day', 'snowfall', 'snowfall', 'sunset', 'sunrise'],
    shows: ['snow'],
    sentences: [
      'winter wonderland',
      'so much {snow|white}',
      'everything is white this morning',
      'it has been {snowing|snowing and snowing} all night',
      'the coldest {day|walk} of the year',
      'fresh snow on the {trees|pines}',
      'minus twelve degrees and so quiet',
    ],
    tags: ['winter', 'cold|frozen|snow', 'white|frost|snow', 'december|january', 'trees|pines', 'snow'],
  },
  {
    name: 'skiing',
    weight: 12,
    places: ['snowfield'],
    lights: ['day', 'day', 'snowfall'],
    kinds: ['woman', 'man', 'kid'],
    shows: ['ski', 'person', 'snow'],
    draw: (canvas, ground, { kind }) => {
      const { random } = canvas;
      const role = kind === 'kid' ? 'kid' : kind === 'man' ? 'man' : 'woman';
      const size = role === 'kid' ? between(random, 0.36, 0.44) : between(random, 0.48, 0.62);
      stand(
        canvas,
        ground,
        {
          across: middle(canvas),
          depth: between(random, 0.4, 0.95),
          size,
          shadow: 34,
          mirror: chance(random, 0.5),
        },
        () => skis() + figure(canvas, createPerson(random, role, true), standing),
      );
    },
    sentences: [
      'first time on {skis|ski}',
      '{ski|skiing} all week long',
      'best slope of the {season|year}, skiing until dark',
      'ski holiday in the {alps|mountains}',
      'fresh snow and a new pair of skis',
    ],
    tags: ['ski|skiing', 'winter|snow', 'slope|piste', 'sport|winter sports', 'alps|mountains', 'snow'],
  },
  {
    name: 'house in winter',
    weight: 8,
    places: ['snowfield'],
    lights: ['day', 'snowfall', 'night'],
    shows: ['house', 'snow'],
    draw: (canvas, ground, { light }) => {
      const standingAt = {
        across: middle(canvas, 0.2),
        depth: 0.3,
        size: between(canvas.random, 0.34, 0.46),
      };
      stand(canvas, ground, { ...standingAt, shadow: 66 }, () => house(canvas, true));
      if (light === 'night') {
        const size = (standingAt.size * Math.min(canvas.height, canvas.width * 0.95)) / 100;
        canvas.add(
          `<g transform="translate(${standingAt.across * canvas.width} ${ground.far + (ground.near - ground.far) * 0.3}) scale(${size})">${houseLights()}</g>`,
        );
      }
    },
    sentences: [
      'our {cabin|hut|little house} for the {week|holidays}',
      'home, sweet home',
      'the {cabin|house} under the snow',
      'the {cabin|house} up in the hills, snowed in',
      'hot chocolate is waiting inside the {cabin|house}',
    ],
    tags: ['house|cabin', 'winter|snow', 'cosy|home', 'christmas|holidays', 'cold', 'snow'],
  },
  {
    name: 'forest',
    weight: 16,
    places: ['forest'],
    lights: ['day', 'day', 'fog', 'sunset'],
    shows: [],
    sentences: [
      'a walk in the {forest|woods}',
      '{deep in|lost in} the {forest|woods}',
      'mist between the {trees|trunks}, I love this forest',
      'mushroom hunting in the woods',
      'forest bathing, as they call it',
    ],
    tags: ['forest|woods', 'trees', 'nature', 'green|autumn', 'walk|hiking', 'sunbeams|light'],
  },
  {
    name: 'desert',
    weight: 13,
    places: ['desert'],
    lights: ['day', 'day', 'sunset', 'sunrise'],
    shows: [],
    sentences: [
      'sand as far as you can see',
      'two days in the {desert|dunes}',
      'the {desert|dunes} at its best',
      'forty degrees in the desert and no shade',
      'cactus and sand, that is the desert',
    ],
    tags: ['desert', 'dunes|sand', 'hot|heat', 'travel|adventure', 'cactus|landscape'],
  },
  {
    name: 'starry night',
    weight: 9,
    places: ['mountain', 'desert', 'snowfield', 'sea'],
    lights: ['night'],
    shows: ['stars'],
    sentences: [
      'so many stars {tonight|up here}',
      '{moon|full moon} and stars',
      'night sky, no city for miles',
      'could not sleep, so I watched the {stars|moon}',
    ],
    tags: ['night', 'stars|milky way', 'moon|moonlight', 'sky', 'camping|outdoors'],
  },
  {
    name: 'hot-air balloons',
    weight: 14,
    places: ['mountain', 'desert', 'park'],
    lights: ['day', 'sunrise', 'sunrise', 'sunset'],
    shows: ['balloon'],
    draw: (canvas) => {
      const { random, width, height } = canvas;
      const far = random.integer(5);
      for (let i = 0; i < far; i += 1) {
        canvas.place(
          {
            x: between(random, 0.06, 0.94) * width,
            y: between(random, 0.2, 0.52) * height,
            size: between(random, 0.11, 0.2) * height,
            distance: 0.2,
          },
          () => airBalloon(canvas),
        );
      }
      canvas.place(
        {
          x: middle(canvas, 0.2) * width,
          y: between(random, 0.6, 0.68) * height,
          size: between(random, 0.44, 0.56) * height,
        },
        () => airBalloon(canvas),
      );
    },
    sentences: [
      '{up, up and away|up in the air}',
      '{hot air balloons|balloons} over the {valley|hills} this morning',
      'woke up to {balloons|a balloon} right above us',
      'balloon ride for my {birthday|fortieth}',
    ],
    tags: ['balloon|balloons|hot air balloon', 'sky|flying', 'morning', 'colourful', 'travel|adventure'],
  },
  {
    name: 'flowers in a meadow',
    weight: 13,
    places: ['park'],
    lights: ['day', 'day', 'sunset'],
    kinds: ['tulip', 'sunflower', 'daisy', 'poppy'],
    shows: ['flowers'],
    draw: (canvas, _ground, { kind }) => {
      const { random, width, height } = canvas;
      const tints =
        kind === 'poppy'
          ? ['#e0402f', '#e85a3a']
          : pick(random, [
              ['#e0486a', '#f2a0b8'],
              ['#f2b52f', '#e8562f'],
              ['#8a5fb5', '#e58ad0'],
              ['#e0403f', '#f4c83f'],
            ]);
      const count = kind === 'sunflower' ? 9 : 16;
      for (let i = 0; i < count; i += 1) {
        const nearness = i / count;
        const x = ((i * 0.618 + between(random, 0, 0.12)) % 1) * width;
        const y = height * (0.86 + 0.22 * nearness);
        canvas.place({ x, y, size: height * (0.2 + 0.2 * nearness) * between(random, 0.85, 1.15) }, () =>
          flower(canvas, kind as Bloom, pick(random, tints)),
        );
      }
    },
    sentences: [
      '{flowers|wild flowers} everywhere',
      'spring is here at last, the {meadow|park} is full of flowers',
      'the {flowers|meadow} behind our house',
      'picked some flowers for {mum|grandma}',
    ],
    tags: ['flowers|flower', 'spring|summer', 'meadow|garden', 'nature|blossom', 'colourful'],
  },
  {
    name: 'bouquet',
    weight: 10,
    places: ['table', 'table', 'shelf'],
    kinds: ['tulip', 'rose', 'sunflower', 'daisy', 'poppy'],
    shows: ['flowers', 'vase'],
    draw: (canvas, ground, { kind }) => {
      const tints = pick(canvas.random, [
        ['#e0486a', '#f2a0b8', '#fbe3e8'],
        ['#f2b52f', '#e8762f'],
        ['#8a5fb5', '#e58ad0', '#f6f0f8'],
        ['#d8333f', '#e85a5a'],
      ]);
      stand(
        canvas,
        ground,
        { across: middle(canvas), depth: 0.72, size: between(canvas.random, 0.64, 0.76), shadow: 26 },
        () => bouquet(canvas, kind as Bloom, tints),
      );
    },
    sentences: [
      '{flowers|a bunch of flowers} from the market',
      'fresh flowers on the table',
      'he brought me {flowers|roses}!',
      'thank you for the {flowers|bouquet}',
    ],
    tags: ['flowers', 'bouquet|vase', 'home|decor', 'roses|tulips', 'gift'],
  },
  {
    name: 'park',
    weight: 10,
    places: ['park'],
    lights: ['day', 'day', 'fog', 'sunset'],
    shows: [],
    sentences: [
      '{sunday|lunch break} in the park',
      'our park, it never looks the same',
      'the big old {tree|trees} in the park',
      'a {walk|run} round the park',
    ],
    tags: ['park', 'trees', 'green|grass', 'walk|sunday', 'city|nature'],
  },
  {
    name: 'house in the country',
    weight: 10,
    places: ['park', 'mountain'],
    lights: ['day', 'day', 'sunset'],
    shows: ['house'],
    draw: (canvas, ground) => {
      stand(
        canvas,
        ground,
        { across: middle(canvas, 0.18), depth: 0.1, size: between(canvas.random, 0.34, 0.48), shadow: 64 },
        () => house(canvas),
      );
    },
    sentences: [
      'the {house|cottage} where grandma lives',
      'our new {house|home}!',
      'a little {house|cottage} in the country',
      'this {house|farm} is for sale and I am tempted',
    ],
    tags: ['house|cottage', 'home', 'country|village', 'garden', 'architecture'],
  },
];
