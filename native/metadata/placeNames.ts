/**
 * Names for coordinates, without a network: the inhabited place nearest to them, from the 171,000 that GeoNames knows with more than 1,000
 * people or an office of their region, and what it is a part of. It knows no streets and no borders: far from any place it says
 * less, and nothing at sea. The data of GeoNames (geonames.org) come under CC BY 4.0, `models/weights/LICENSE-CC-BY-4.0.txt`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { projectRoot } from '../runtime.ts';

/** How far a place's name reaches, in kilometres; beyond it the region's is still true, up to the second. */
const NEAR = 10;
const REGION = 40;

/** Kilometres in a thousandth of a degree of latitude. */
const THOUSANDTH = 40_008 / 360_000;

interface Places {
  /** [N] thousandths of a degree, ascending. */
  latitudes: Int32Array;
  /** [N] thousandths of a degree. */
  longitudes: Int32Array;
  /** [N] */
  names: string[];
  /** [N] indices into `regions`. */
  regionOf: Uint16Array;
  /** `name[, name]<TAB>country` */
  regions: string[];
}

const countries = new Intl.DisplayNames('en', { type: 'region' });

let loaded: Places | undefined;

/** The names of the place at these degrees, from small to large; none where nobody lives. */
export function placeNamesAt({ latitude, longitude }: { latitude: number; longitude: number }): string[] {
  loaded ??= load();
  const { latitudes, longitudes, names, regionOf, regions } = loaded;
  const [y, x] = [latitude * 1000, longitude * 1000];
  // On so little of the globe the earth is flat.
  const width = Math.max(0.01, Math.cos((latitude * Math.PI) / 180));
  let nearest = -1;
  let distance = REGION;
  /** Whether place `i` can still be nearer than the nearest so far, which it becomes if it is. */
  const visit = (i: number): boolean => {
    const north = Math.abs(latitudes[i]! - y) * THOUSANDTH;
    const turn = Math.abs(longitudes[i]! - x);
    const away = Math.hypot(north, Math.min(turn, 360_000 - turn) * width * THOUSANDTH);
    if (away < distance) {
      distance = away;
      nearest = i;
    }
    return north < distance;
  };
  const middle = firstFrom(latitudes, y);
  for (let i = middle; i < latitudes.length && visit(i); i++);
  for (let i = middle - 1; i >= 0 && visit(i); i--);
  if (nearest === -1) return [];
  const [above = '', code = ''] = regions[regionOf[nearest]!]!.split('\t');
  const name = distance <= NEAR ? [names[nearest]!] : [];
  const region = above.split(', ').filter((part) => part !== '');
  return [...new Set([...name, ...region, countries.of(code) ?? code])];
}

/** The first index at which a value is not below `least`. */
function firstFrom(ascending: Int32Array, least: number): number {
  let [from, to] = [0, ascending.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (ascending[middle]! < least) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Reads `places.gz`, which `build/places.ts` wrote and describes. */
function load(): Places {
  const bytes = gunzipSync(readFileSync(join(projectRoot, 'native', 'metadata', 'places.gz')));
  // A copy, so that the columns lie at addresses that their types allow.
  const { buffer } = new Uint8Array(bytes);
  const [count = 0] = new Uint32Array(buffer, 0, 1);
  const lines = bytes.toString('utf8', 4 + 10 * count).split('\n');
  return {
    latitudes: new Int32Array(buffer, 4, count),
    longitudes: new Int32Array(buffer, 4 + 4 * count, count),
    regionOf: new Uint16Array(buffer, 4 + 8 * count, count),
    names: lines.slice(0, count),
    regions: lines.slice(count),
  };
}
