/**
 * The words, people, date, place, camera and judgement that photo programs leave in files and in XMP sidecars, read with exiftool.
 * Originals are only read. Who the words belong to, and where they are kept, is decided elsewhere.
 *
 * [Note: fields of words] Keywords and captions are looked for in the fields and the order that digiKam uses, the
 * fullest list among photo programs. The same keyword in several fields is kept once, under the first. Hierarchies
 * (`Places|Spain|Barcelona`) become one keyword for each level, because every level is a word that says something, and are kept
 * whole beside them.
 */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { ExifTool, exiftoolPath } from 'exiftool-vendored';
import { type Flag, flag, JUDGEMENT_FIELDS, type LabelColour, label, rating } from './metadata/judgement.ts';
import { MOMENT_FIELDS, takenAt } from './metadata/moment.ts';
import { PEOPLE_FIELDS, people } from './metadata/people.ts';
import { coordinates, PLACE_FIELDS, placeNames } from './metadata/place.ts';
import { firstOf, strings, type Tags, trimmed } from './metadata/tags.ts';

/**
 * Which rules read the metadata; counted up whenever they find more. Files that an older version read are read once more
 * although they did not change.
 */
export const METADATA_VERSION = 2;

/** Words found in metadata; `source` is the field in exiftool's spelling, for example `XMP-dc:Description`. */
export interface MetadataText {
  kind: 'caption' | 'title' | 'keyword' | 'person';
  text: string;
  source: string;
}

/** A keyword below others, from the outermost level on, and the field that has it: `['Places', 'Spain', 'Barcelona']`. */
export interface Hierarchy {
  levels: string[];
  source: string;
}

/** What is known of a photo besides words; null where nothing is said. */
export interface PhotoFacts {
  /** As the clock of the place showed it, with its zone if known; see [Note: when a photo was taken]. */
  takenAt: string | null;
  /** Degrees, north and east positive. */
  latitude: number | null;
  longitude: number | null;
  camera: string | null;
  /** Stars from 1 to 5, −1 for a rejected photo; 0 says that there are none. */
  rating: number | null;
  /** `none` says that there is none. */
  label: LabelColour | 'none' | null;
  flag: Flag | 'none' | null;
  /** Names that somebody wrote, from small to large. */
  place: string[] | null;
}

export interface Metadata {
  texts: MetadataText[];
  hierarchies: Hierarchy[];
  facts: PhotoFacts;
}

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
  ...PEOPLE_FIELDS,
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

/**
 * Exiftool's arguments: groups in names, numbers for coordinates, regions as structures, and only the fields that are used. Values come
 * quoted, because a keyword `1.10` would be the number 1.1, and `TRUE` a boolean.
 */
const READ_ARGUMENTS: readonly string[] = [
  '-json',
  '-G1',
  '-n',
  '-struct',
  '-api',
  'StructFormat=JSONQ',
  ...[
    ...METADATA_SOURCES,
    ...MOMENT_FIELDS,
    ...PLACE_FIELDS,
    ...JUDGEMENT_FIELDS,
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
export async function startExiftool(): Promise<ExifTool> {
  try {
    await promisify(execFile)(await exiftoolPath(), ['-ver'], { timeout: START_TIMEOUT });
  } catch (error) {
    throw new ExiftoolUnavailable((error as Error).message.replaceAll(/\s+/g, ' ').trim(), { cause: error });
  }
  return new ExifTool({ maxProcs: PROCESSES });
}

/** What exiftool's tags of a photo's files mean, the file that counts first at the front. */
export function interpretTags(files: readonly Tags[]): Metadata {
  const texts: MetadataText[] = [];
  const seen = new Set<string>();
  const add = (kind: MetadataText['kind'], source: string, found: string) => {
    const text = trimmed(found);
    const key = `${kind === 'keyword' || kind === 'person' ? kind : 'text'} ${text.toLowerCase()}`;
    // See [Note: people among keywords].
    const isPerson = kind === 'keyword' && seen.has(`person ${text.toLowerCase()}`);
    if (text === '' || seen.has(key) || isPerson) return;
    seen.add(key);
    texts.push({ kind, text, source });
  };
  for (const source of TITLE_FIELDS)
    for (const text of files.flatMap((tags) => strings(tags[source]))) add('title', source, text);
  for (const source of CAPTION_FIELDS)
    for (const text of files.flatMap((tags) => strings(tags[source])))
      if (!WRITTEN_BY_MACHINES.some((pattern) => pattern.test(text.trim()))) add('caption', source, text);
  for (const source of PEOPLE_FIELDS)
    for (const text of files.flatMap((tags) => people(source, tags))) add('person', source, text);
  const hierarchies = new Map<string, Hierarchy>();
  for (const field of KEYWORD_FIELDS) {
    for (const levels of files.flatMap((tags) => keywords(field, strings(tags[field.source])))) {
      for (const text of levels) add('keyword', field.source, text);
      const key = JSON.stringify(levels).toLowerCase();
      if (levels.length > 1 && !hierarchies.has(key)) hierarchies.set(key, { levels, source: field.source });
    }
  }
  return {
    texts,
    hierarchies: [...hierarchies.values()],
    facts: {
      takenAt: takenAt(files),
      ...(firstOf(files, coordinates) ?? { latitude: null, longitude: null }),
      camera: firstOf(files, camera),
      rating: firstOf(files, rating),
      label: firstOf(files, label),
      flag: firstOf(files, flag),
      place: firstOf(files, placeNames),
    },
  };
}

/** The keywords in one field, each with the levels above it. See [Note: fields of words]. */
function keywords(field: KeywordField, values: string[]): string[][] {
  if (field.tree) return values.flatMap(treeKeywords);
  // A field that is a list holds one keyword an entry, and a comma there is the user's. One string alone may be a
  // whole list that a program joined.
  const entries =
    field.joined || values.length === 1 ? values.flatMap((value) => value.split(/[,;]/)) : values;
  return entries
    .map((entry) => (field.levels ? entry.split(field.levels) : [entry]).map(trimmed))
    .map((levels) => levels.filter((level) => level !== ''));
}

/** ACDSee keeps its categories as XML: `<Category Assigned="0">Places<Category Assigned="1">Spain</Category></Category>`. */
function treeKeywords(xml: string): string[][] {
  const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  const found: string[][] = [];
  /** The categories around the cursor, each with whether it is the photo's and not only above one that is. */
  const open: { name: string; isOwn: boolean }[] = [];
  for (const [, end, tag, text] of xml.matchAll(/<(\/?)([^>]*)>([^<]*)/g)) {
    if (!/^Category\b/.test(tag!)) continue;
    const category = end === '/' ? open.pop() : undefined;
    if (category?.isOwn) found.push([...open.map(({ name }) => name), category.name]);
    if (end === '/') continue;
    const name = trimmed(text!.replace(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => entities[entity]!));
    open.push({ name, isOwn: /Assigned\s*=\s*["']1/.test(tag!) });
  }
  return found;
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
