/** Where a photo was taken: coordinates, and the names of the place that people or their programs wrote down. */
import { number, strings, structures, type Tags, trimmed } from './tags.ts';

const COORDINATE_FIELDS: readonly [latitude: string, longitude: string][] = [
  ['Composite:GPSLatitude', 'Composite:GPSLongitude'],
  ['XMP-exif:GPSLatitude', 'XMP-exif:GPSLongitude'],
];

/** Names of a place from small to large. Where the photo was taken counts before what it shows. */
const NAME_FIELDS: readonly (readonly string[])[] = [
  ['XMP-iptcCore:Location', 'XMP-photoshop:City', 'XMP-photoshop:State', 'XMP-photoshop:Country'],
  ['IPTC:Sub-location', 'IPTC:City', 'IPTC:Province-State', 'IPTC:Country-PrimaryLocationName'],
];
const CREATED = 'XMP-iptcExt:LocationCreated';
const SHOWN = 'XMP-iptcExt:LocationShown';
const NAMES_IN_STRUCTURE = ['LocationName', 'Sublocation', 'City', 'ProvinceState', 'CountryName'];

export const PLACE_FIELDS: readonly string[] = [
  ...COORDINATE_FIELDS.flat(),
  ...NAME_FIELDS.flat(),
  CREATED,
  SHOWN,
];

/** Degrees; null if no field has any. */
export function coordinates(tags: Tags): { latitude: number; longitude: number } | null {
  for (const [latitudeField, longitudeField] of COORDINATE_FIELDS) {
    const latitude = number(tags[latitudeField]);
    const longitude = number(tags[longitudeField]);
    if (latitude === null || longitude === null) continue;
    if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) continue;
    // Receivers without a fix write 0, 0: a spot in the Gulf of Guinea where nobody takes photos.
    if (latitude !== 0 || longitude !== 0) return { latitude, longitude };
  }
  return null;
}

/** The written names of the place, from small to large: Gràcia, Barcelona, Catalonia, Spain. Null if there are none. */
export function placeNames(tags: Tags): string[] | null {
  const inStructure = (field: string): unknown[] => {
    const [place = {}] = structures(tags[field]);
    return NAMES_IN_STRUCTURE.map((name) => place[name]);
  };
  for (const values of [
    inStructure(CREATED),
    ...NAME_FIELDS.map((fields) => fields.map((field) => tags[field])),
    inStructure(SHOWN),
  ]) {
    const names = values.map((value) => trimmed(strings(value)[0] ?? '')).filter((name) => name !== '');
    if (names.length > 0) return [...new Set(names)];
  }
  return null;
}
