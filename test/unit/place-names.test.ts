import { expect, test } from 'vitest';
import { placeNamesAt } from '../../native/metadata/placeNames.ts';

test.each([
  ['a section of a city is named with its city', 41.8902, 12.4922, /^Celio, Rome, .*Lazio, Italy$/],
  [
    'a capital’s region is the capital',
    51.5014,
    -0.1419,
    /^City of Westminster, London, Greater London, England, United Kingdom$/,
  ],
  ['a suburb is a place of its own', 48.8049, 2.1204, /^Versailles, Yvelines, Île-de-France, France$/],
  ['a name is not said twice', 43.738, 7.424, /^(?!.*Monaco, Monaco)Monaco/],
  ['west and south are negative', -33.8568, 151.2153, /New South Wales, Australia$/],
  ['across the line of dates', 63.061, -179.99, /^Chukotka, Russia$/],
  ['far from any place the region is still true', 36.5, -117.1, /^Inyo County, California, United States$/],
])('%s', (_, latitude, longitude, name) => {
  expect(placeNamesAt({ latitude, longitude }).join(', ')).toMatch(name);
});

test('at sea, at the poles and in the wilderness there is no name', () => {
  const at = (latitude: number, longitude: number) => placeNamesAt({ latitude, longitude });
  expect([at(30, -40), at(90, 0), at(-90, 180), at(28.2, 2.48)]).toEqual([[], [], [], []]);
});
