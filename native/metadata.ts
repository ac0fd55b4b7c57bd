/**
 * The words, date, place and camera that photo programs leave in files and in XMP sidecars, read with exiftool.
 * Originals are only read. Who the words belong to, and where they are kept, is decided elsewhere.
 *
 * [Note: fields of words] Keywords and captions are looked for in the fields and the order that digiKam uses, the
 * fullest list among photo programs. The same keyword in several fields is kept once, under the first. Hierarchies
 * (`Places|Spain|Barcelona`) become one keyword for each level: every level is a word that says something.
 */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { ExifTool, exiftoolPath } from 'exiftool-vendored';

/** Words found in metadata; `source` is the field in exiftool's spelling, for example `XMP-dc:Description`. */
export interface MetadataText {
  kind: 'caption' | 'title' | 'keyword';
  text: string;
  source: string;
}

export interface Metadata {
  texts: MetadataText[];
  /** ISO 8601 without a zone unless the file names one: `2014-05-03T12:30:01+02:00`. */
  takenAt: string | null;
  /** Degrees, north and east positive. */
  latitude: number | null;
  longitude: number | null;
  camera: string | null;
}

type Tags = Record<string, unknown>;

/** How one keyword field is written: levels divided by a character, joined in one string, or as an XML tree. */
interface KeywordField {
  source: string;
  levels?: '/' | '|';
  joined?: true;
  tree?: true;
}

const KEYWORD_FIELDS: readonly KeywordField[] = [
  { source: 'XMP-digiKam:TagsList', levels: '/' },
  { source: 'XMP-microsoft:LastKeywordXMP', levels: '/' },
  { source: 'XMP-lr:HierarchicalSubject', levels: '|' },
  { source: 'XMP-mediapro:CatalogSets', levels: '|' },
  { source: 'XMP-acdsee:Categories', tree: true },
  { source: 'XMP-dc:Subject' },
  { source: 'IPTC:Keywords' },
  { source: 'IFD0:XPKeywords', joined: true },
];

const CAPTION_FIELDS: readonly string[] = [
  'XMP-dc:Description',
  'XMP-exif:UserComment',
  'XMP-tiff:ImageDescription',
  'XMP-acdsee:Notes',
  'File:Comment',
  'IFD0:ImageDescription',
  'ExifIFD:UserComment',
  'IPTC:Caption-Abstract',
  'PNG:Description',
  'PNG:Comment',
];

const TITLE_FIELDS: readonly string[] = ['XMP-dc:Title', 'IPTC:ObjectName', 'PNG:Title'];

/** Every field that words can come from: what a changed file no longer says in one of these is gone. */
export const METADATA_SOURCES: readonly string[] = [
  ...KEYWORD_FIELDS.map((field) => field.source),
  ...CAPTION_FIELDS,
  ...TITLE_FIELDS,
];

/** Moments, best first, each with the field of its zone where EXIF keeps that apart. */
const DATE_FIELDS: readonly { source: string; zone?: string }[] = [
  { source: 'ExifIFD:DateTimeOriginal', zone: 'ExifIFD:OffsetTimeOriginal' },
  { source: 'XMP-exif:DateTimeOriginal' },
  { source: 'XMP-photoshop:DateCreated' },
  { source: 'ExifIFD:CreateDate', zone: 'ExifIFD:OffsetTimeDigitized' },
  { source: 'XMP-xmp:CreateDate' },
  { source: 'Composite:DateTimeCreated' },
  { source: 'IPTC:DateCreated' },
];

const PLACE_FIELDS: readonly [latitude: string, longitude: string][] = [
  ['Composite:GPSLatitude', 'Composite:GPSLongitude'],
  ['XMP-exif:GPSLatitude', 'XMP-exif:GPSLongitude'],
];

const CAMERA_FIELDS: readonly [make: string, model: string][] = [
  ['IFD0:Make', 'IFD0:Model'],
  ['XMP-tiff:Make', 'XMP-tiff:Model'],
];

/** What cameras and programs write into caption fields by themselves. Nobody's words. */
const WRITTEN_BY_MACHINES: readonly RegExp[] = [
  /^(olympus|minolta|konica minolta|kodak|samsung|sony|digital)\s+(digital )?(camera|dsc|dcim)$/i,
  /^(dcim|dsc|camera|image|picture|default|untitled|exif_jpeg_picture|jpeg|screenshot)\W*$/i,
  /^(creator|file (source|written by)|created (with|by|in)|compressed by|optimized by|software)\b/i,
  /^(lead technologies|intel\(r\) jpeg|lavc\d|ashampoo|handmade software|gd-jpeg|processed by)/i,
  /^\(binary data \d+ bytes/i,
];

/** Exiftool's arguments: groups in names, numbers for coordinates, and only the fields named above. */
const READ_ARGUMENTS: readonly string[] = [
  '-json',
  '-G1',
  '-n',
  ...[
    ...METADATA_SOURCES,
    ...DATE_FIELDS.flatMap(({ source, zone }) => (zone ? [source, zone] : [source])),
    ...PLACE_FIELDS.flat(),
    ...CAMERA_FIELDS.flat(),
  ].map((field) => `-${field}`),
];

/** Exiftool processes are slow to start and never share a photo: as many as half the cores, at most four. */
const PROCESSES = Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2)));

/** Milliseconds that exiftool may take to start; a cold disk with a virus scanner needs some. */
const START_TIMEOUT = 30_000;

/** In a JPEG everything stands before the picture, and reading the rest would cost more than the metadata does. */
const isJpeg = (path: string): boolean => /\.jpe?g$/i.test(path);

/** Exiftool itself could not be started: no file's metadata can be read. */
export class ExiftoolUnavailable extends Error {}

/** Reads metadata with a few exiftool processes, started when the first file needs one. */
export class MetadataReader {
  #exiftool: Promise<ExifTool> | undefined;

  /**
   * The metadata of a photo: the sidecars' and its own. What a sidecar says about date, place and camera counts
   * first, because programs write corrections there; words are united. Without `path` only sidecars are read.
   * @throws {ExiftoolUnavailable} if exiftool cannot be started.
   * @throws if exiftool cannot make sense of a file.
   */
  async read(path: string | null, sidecars: readonly string[] = []): Promise<Metadata> {
    this.#exiftool ??= startExiftool();
    const exiftool = await this.#exiftool;
    const files = path === null ? sidecars : [...sidecars, path];
    const tags = await Promise.all(
      files.map((file) => {
        const readArgs = isJpeg(file) ? ['-fast', ...READ_ARGUMENTS] : [...READ_ARGUMENTS];
        return exiftool.readRaw(file, { readArgs }) as Promise<Tags>;
      }),
    );
    return interpretTags(tags);
  }

  /** Ends the processes. */
  async close(): Promise<void> {
    const exiftool = await this.#exiftool?.catch(() => undefined);
    this.#exiftool = undefined;
    await exiftool?.end(true);
  }
}

/** Asks for the version first: the pool of processes would go on trying for minutes before it gives up. */
async function startExiftool(): Promise<ExifTool> {
  try {
    await promisify(execFile)(await exiftoolPath(), ['-ver'], { timeout: START_TIMEOUT });
  } catch (error) {
    throw new ExiftoolUnavailable((error as Error).message.replaceAll(/\s+/g, ' ').trim(), { cause: error });
  }
  return new ExifTool({ maxProcs: PROCESSES });
}

/** What exiftool's tags (`-G1 -n`) of a photo's files mean, the file that counts first at the front. */
export function interpretTags(files: readonly Tags[]): Metadata {
  const texts: MetadataText[] = [];
  const seen = new Set<string>();
  const add = (kind: MetadataText['kind'], source: string, found: string) => {
    const text = found.normalize('NFC').replaceAll('\0', '').trim();
    const key = `${kind === 'keyword' ? kind : 'text'} ${text.toLowerCase()}`;
    if (text === '' || seen.has(key)) return;
    seen.add(key);
    texts.push({ kind, text, source });
  };
  for (const source of TITLE_FIELDS)
    for (const text of files.flatMap((tags) => strings(tags[source]))) add('title', source, text);
  for (const source of CAPTION_FIELDS)
    for (const text of files.flatMap((tags) => strings(tags[source])))
      if (!WRITTEN_BY_MACHINES.some((pattern) => pattern.test(text.trim()))) add('caption', source, text);
  for (const field of KEYWORD_FIELDS)
    for (const text of files.flatMap((tags) => keywords(field, strings(tags[field.source]))))
      add('keyword', field.source, text);
  return {
    texts,
    takenAt: firstOf(files, takenAt),
    ...(firstOf(files, place) ?? { latitude: null, longitude: null }),
    camera: firstOf(files, camera),
  };
}

function firstOf<T>(files: readonly Tags[], find: (tags: Tags) => T | null): T | null {
  for (const tags of files) {
    const found = find(tags);
    if (found !== null) return found;
  }
  return null;
}

/** A field's values as text: exiftool gives a list or a single value, and numbers where text looks like one. */
function strings(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(strings);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? [String(value)]
    : [];
}

/** The keywords in one field, hierarchies taken apart. See [Note: fields of words]. */
function keywords(field: KeywordField, values: string[]): string[] {
  if (field.tree) return values.flatMap(treeKeywords);
  // A field that is a list holds one keyword an entry, and a comma there is the user's. One string alone may be a
  // whole list that a program joined.
  const entries =
    field.joined || values.length === 1 ? values.flatMap((value) => value.split(/[,;]/)) : values;
  return field.levels ? entries.flatMap((entry) => entry.split(field.levels!)) : entries;
}

/** ACDSee keeps its categories as XML: `<Category Assigned="0">Places<Category Assigned="1">Spain</Category></Category>`. */
function treeKeywords(xml: string): string[] {
  const names = xml.split(/<[^>]*>/).map((name) => name.trim());
  const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return names
    .filter((name) => name !== '')
    .map((name) => name.replace(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => entities[entity]!));
}

/** `2014:05:03 12:30:01.25+02:00`, or less of it, as exiftool writes moments. */
const MOMENT =
  /^(\d{4})[:-](\d\d)[:-](\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*(Z|[+-]\d\d:\d\d)?)?/;

function takenAt(tags: Tags): string | null {
  for (const { source, zone } of DATE_FIELDS) {
    const moment = MOMENT.exec(strings(tags[source])[0] ?? '');
    if (!moment) continue;
    const [, year, month, day, hour = '00', minute = '00', second = '00', ownZone] = moment;
    const date = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
    // A date that the calendar does not know (year 0, a 31st of June) is a camera's clock that was never set.
    const parsed = new Date(`${date}Z`);
    const isReal =
      Number(year) >= 1800 && !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date);
    if (!isReal) continue;
    const separate = zone === undefined ? undefined : strings(tags[zone])[0];
    const offset = ownZone ?? (/^([+-]\d\d:\d\d|Z)$/.test(separate ?? '') ? separate : '');
    return `${date}${offset}`;
  }
  return null;
}

function place(tags: Tags): { latitude: number; longitude: number } | null {
  for (const [latitudeField, longitudeField] of PLACE_FIELDS) {
    const latitude = tags[latitudeField];
    const longitude = tags[longitudeField];
    if (typeof latitude !== 'number' || typeof longitude !== 'number') continue;
    if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) continue;
    // Receivers without a fix write 0, 0: a spot in the Gulf of Guinea where nobody takes photos.
    if (latitude !== 0 || longitude !== 0) return { latitude, longitude };
  }
  return null;
}

function camera(tags: Tags): string | null {
  for (const [makeField, modelField] of CAMERA_FIELDS) {
    const make = strings(tags[makeField])[0]?.trim() ?? '';
    const model = strings(tags[modelField])[0]?.trim() ?? '';
    if (make === '' && model === '') continue;
    const brand = make.split(/\s/)[0]!.toLowerCase();
    return brand !== '' && model.toLowerCase().startsWith(brand) ? model : `${make} ${model}`.trim();
  }
  return null;
}
