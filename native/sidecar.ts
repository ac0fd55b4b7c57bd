/**
 * Words into XMP sidecars, merged with what other programs keep there. A sidecar is made anew in a folder of ours and given back as
 * bytes; putting them beside the photo is up to the caller. Photos themselves are only read.
 *
 * [Note: words in sidecars] Keywords go into `dc:subject` one by one, and as paths into `lr:hierarchicalSubject` (`Places|Spain`) and
 * `digiKam:TagsList` (`Places/Spain`); captions into `dc:description` and titles into `dc:title`, under the language x-default. What is
 * not about a changed word stays as it is, whoever wrote it: lists are added to and taken from, never written anew. digiKam
 * reads its own list and nothing else where there is one, so a list that is missing is made with all keywords, not only the
 * new ones. A new sidecar starts as a copy of the XMP inside the photo, with the words of its IPTC and EXIF, because many programs
 * read nothing but the sidecar where there is one. What is taken out is also taken out of the other fields that Photolex reads words from.
 */
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { AddTagEdit, ExifTool, TagEdit, WriteTags } from 'exiftool-vendored';
import { strings, type Tags } from './metadata/tags.ts';
import { interpretTags, type MetadataText, startExiftool } from './metadata.ts';
import { FileProblem } from './problem.ts';
import { withTemporaryFolder } from './temporaryFolder.ts';

/** Text about a photo. */
export type SidecarText = Pick<MetadataText, 'kind' | 'text'>;

/** What shall be different. */
export interface SidecarChange {
  add: readonly (SidecarText & {
    /** Of a keyword: the words above it in its hierarchy, the topmost first. */
    above?: readonly string[];
  })[];
  /** Removed whatever their case. */
  remove: readonly SidecarText[];
}

type ListField = AddTagEdit['tag'];

const SUBJECT = 'XMP-dc:Subject';
/** Lists of paths, with what divides the levels. The first two are made where they are missing. */
const PATH_FIELDS: readonly { field: ListField; divider: '/' | '|'; isMade: boolean }[] = [
  { field: 'XMP-digiKam:TagsList', divider: '/', isMade: true },
  { field: 'XMP-lr:HierarchicalSubject', divider: '|', isMade: true },
  { field: 'XMP-microsoft:LastKeywordXMP', divider: '/', isMade: false },
  { field: 'XMP-mediapro:CatalogSets', divider: '|', isMade: false },
];
/** The field that a text is written to, and those it is also taken out of; all hold one text for each language. */
const TEXT_FIELDS = {
  caption: ['XMP-dc:Description', 'XMP-exif:UserComment', 'XMP-tiff:ImageDescription'],
  title: ['XMP-dc:Title'],
} as const;

/** How a sidecar has to be changed: edits of its lists, and new texts, null where one goes. */
export interface SidecarEdits {
  lists: TagEdit[];
  texts: Record<string, string | null>;
}

/** Everything that exiftool says of a file, numbers as they are written. */
const READ_ARGUMENTS = ['-json', '-G1', '-struct', '-api', 'StructFormat=JSONQ'];

/** Makes sidecars with one exiftool process, started when the first is made. */
export class SidecarWriter {
  #exiftool: Promise<ExifTool> | undefined;

  /**
   * The bytes of a sidecar with a change made to it; null if it has all of it already.
   * @param sidecar the one that is there; null makes a new one
   * @param photo whose words a new one starts with; null if it cannot hold any
   * @throws {ExiftoolUnavailable} if exiftool cannot be started.
   * @throws {FileProblem} if it is no XMP, or cannot be changed without losing something else in it.
   */
  async change(
    sidecar: string | null,
    photo: string | null,
    change: SidecarChange,
  ): Promise<Uint8Array | null> {
    this.#exiftool ??= startExiftool();
    const exiftool = await this.#exiftool;
    return await withTemporaryFolder(async (folder) => {
      const draft = join(folder, 'sidecar.xmp');
      let before: Tags = {};
      let whole = change;
      if (sidecar !== null) {
        await copyFile(sidecar, draft);
        before = await readTags(exiftool, draft);
      } else if (photo !== null) {
        const own = await readTags(exiftool, photo);
        // As a block, so that namespaces that exiftool does not know come along.
        if (Object.keys(own).some((field) => field.startsWith('XMP-'))) {
          await exiftool.extractBinaryTag('XMP', photo, draft);
          before = await readTags(exiftool, draft);
        }
        whole = withOtherWords(own, before, change);
      }
      const { lists, texts } = sidecarEdits(before, whole);
      if (lists.length === 0 && Object.keys(texts).length === 0) return null;
      if (lists.length > 0) await exiftool.editTags(draft, lists, WRITE);
      if (Object.keys(texts).length > 0)
        await exiftool.write(draft, escaped(texts) as WriteTags, { ...WRITE });
      requireSame(before, await readTags(exiftool, draft), { lists, texts });
      return await readFile(draft);
    });
  }

  /** Ends the process. */
  async close(): Promise<void> {
    const exiftool = await this.#exiftool?.catch(() => undefined);
    this.#exiftool = undefined;
    await exiftool?.end(true);
  }
}

const WRITE = { writeArgs: ['-overwrite_original'] };

/** A file's own tags: what exiftool says about the file as a file is left out. */
async function readTags(exiftool: ExifTool, path: string): Promise<Tags> {
  const tags = (await exiftool.readRaw(path, { readArgs: READ_ARGUMENTS })) as Tags;
  if (typeof tags['ExifTool:Error'] === 'string')
    throw new FileProblem(`it cannot be read (${tags['ExifTool:Error']})`, true);
  if (path.endsWith('.xmp') && tags['File:FileType'] !== 'XMP')
    throw new FileProblem('it is not XMP; repair or remove it', true);
  return Object.fromEntries(
    Object.entries(tags).filter(
      ([field]) => /^(XMP|IPTC|IFD0|ExifIFD|PNG|File:Comment)/.test(field) && field !== 'XMP-x:XMPToolkit',
    ),
  );
}

/** `write` decodes entities. */
const escaped = (texts: SidecarEdits['texts']): SidecarEdits['texts'] =>
  Object.fromEntries(
    Object.entries(texts).map(([field, text]) => [field, text?.replaceAll('&', '&#38;') ?? null]),
  );

/** A change that also brings what a photo's IPTC and EXIF say and its XMP does not, as far as it is not taken out. */
function withOtherWords(photo: Tags, xmp: Tags, change: SidecarChange): SidecarChange {
  const known = interpretTags([xmp]).texts;
  const has = (texts: readonly SidecarText[], { kind, text }: SidecarText): boolean =>
    texts.some((other) => other.kind === kind && (kind === 'keyword' ? isSame(other.text, text) : true));
  const others = interpretTags([photo]).texts.filter(
    (text) =>
      !has(known, text) &&
      !has(change.add, text) &&
      !change.remove.some((removed) => removed.kind === text.kind && isSame(removed.text, text.text)),
  );
  // A photo may have several captions, and the first is the one that counts.
  const first = others.filter(
    ({ kind }, index) => kind === 'keyword' || others.findIndex((other) => other.kind === kind) === index,
  );
  return { add: [...first, ...change.add], remove: change.remove };
}

/** What to do to a sidecar with these tags. See [Note: words in sidecars]. */
export function sidecarEdits(tags: Tags, { add, remove }: SidecarChange): SidecarEdits {
  const lists: TagEdit[] = [];
  const gone = remove.flatMap(({ kind, text }) => (kind === 'keyword' ? [text] : []));
  const added = add.filter(({ kind }) => kind === 'keyword');
  const subject = strings(tags[SUBJECT]);
  const kept = subject.filter((word) => !includes(gone, word));
  for (const word of subject)
    if (includes(gone, word)) lists.push({ tag: SUBJECT, operation: 'remove', value: word });
  for (const word of distinct(added.map(({ text }) => text)))
    if (!includes(kept, word)) lists.push({ tag: SUBJECT, operation: 'add', value: word });

  const paths = PATH_FIELDS.map(({ field, divider, isMade }) => ({
    field,
    divider,
    isMade,
    own: strings(tags[field]).map((entry) => entry.split(divider)),
  }));
  // The keywords of a list that is missing: the paths of another one, and what has no path.
  const known = paths.find(({ own }) => own.length > 0)?.own ?? [];
  const everything = [
    ...known,
    ...subject.filter((word) => !includes(known.flat(), word)).map((word) => [word]),
  ];
  for (const { field, divider, isMade, own } of paths) {
    if (own.length === 0 && (!isMade || added.length === 0)) continue;
    const paths = (own.length > 0 ? own : everything).flatMap((path) => withoutLevels(path, gone));
    const more = isMade ? added.map(({ text, above = [] }) => [...above, text]) : [];
    // A level with the divider in it would be read as two.
    const whole = [...paths, ...more].filter((path) => !path.some((level) => level.includes(divider)));
    const entries = distinct(withoutPrefixes(whole, own).map((path) => path.join(divider)));
    const present = own.map((path) => path.join(divider));
    for (const entry of distinct(present))
      if (!entries.includes(entry)) lists.push({ tag: field, operation: 'remove', value: entry });
    for (const entry of entries)
      if (!includes(present, entry)) lists.push({ tag: field, operation: 'add', value: entry });
  }

  const texts: SidecarEdits['texts'] = {};
  for (const kind of ['caption', 'title'] as const) {
    const removed = remove.flatMap((text) => (text.kind === kind ? [text.text] : []));
    const text = add.findLast((other) => other.kind === kind)?.text;
    for (const [index, field] of TEXT_FIELDS[kind].entries()) {
      const current = strings(tags[field])[0];
      if (index === 0 && text !== undefined) {
        if (current !== text) texts[`${field}-x-default`] = text;
      } else if (current !== undefined && includes(removed, current)) texts[`${field}-x-default`] = null;
    }
  }
  return { lists, texts };
}

/** What is left of a path without some of its levels: the words above and below, as paths of their own. */
function withoutLevels(path: readonly string[], gone: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (const level of path) {
    if (includes(gone, level)) parts.push([]);
    else parts.at(-1)!.push(level);
  }
  return parts.filter((part) => part.length > 0);
}

/** Paths without those that begin another one, which says as much, unless they were there before. */
function withoutPrefixes(
  paths: readonly (readonly string[])[],
  before: readonly (readonly string[])[],
): (readonly string[])[] {
  const begins = (path: readonly string[], other: readonly string[]): boolean =>
    other.length > path.length && path.every((level, index) => isSame(level, other[index]!));
  return paths.filter(
    (path) =>
      !paths.some((other) => begins(path, other)) || before.some((other) => isDeepStrictEqual(other, path)),
  );
}

/**
 * Other programs' fields must be as they were: exiftool rewrites the whole file.
 * @throws {FileProblem} naming the field that is not
 */
function requireSame(before: Tags, after: Tags, { lists, texts }: SidecarEdits): void {
  const changed = new Set<string>([
    ...lists.map(({ tag }) => tag),
    ...Object.keys(texts).map((field) => field.replace(/-x-default$/, '')),
  ]);
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (changed.has(field) || isDeepStrictEqual(before[field], after[field])) continue;
    throw new FileProblem(
      `its field ${field} would have been changed; it was left as it is. Write it with the program that made it, and again with Photolex`,
      true,
    );
  }
}

const isSame = (one: string, other: string): boolean => comparable(one) === comparable(other);
const comparable = (text: string): string => text.normalize('NFC').trim().toLowerCase();
const includes = (texts: readonly string[], text: string): boolean =>
  texts.some((other) => isSame(other, text));
const distinct = (texts: readonly string[]): string[] => [
  ...new Map(texts.map((text) => [comparable(text), text])).values(),
];
