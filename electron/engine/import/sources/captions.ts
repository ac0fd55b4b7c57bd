/**
 * Captions files: text files with a line `file<TAB>text` for each caption, several for one photo if need be. Files
 * are named relative to the captions file's folder, with either slash, and never outside of it. This reads and
 * resolves them; which photo has which path is the caller's.
 */
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { readText } from '../files.ts';
import { comparablePath, pathWithin, type Source } from '../source.ts';

/** Lines of one file that are named one by one in the report; the rest is counted. */
const NAMED_LINES = 1000;

export const captions: Source = {
  name: 'captions',
  title: 'captions.tsv',

  recognise(tree) {
    const [file] = tree.captions;
    return file ? `it has ${file.inside}` : null;
  },

  async read(tree, words, signal) {
    for (const file of tree.captions) {
      // Paths in the file are relative to its folder, and those of photos to the library's root.
      const folder = file.path.slice(0, -basename(file.path).length);
      const text = await words.file(file, readText);
      if (text === null) continue;
      const { captions, malformed } = await parseCaptions(text, folder, signal);
      for (const { line, reason } of malformed.slice(0, NAMED_LINES))
        words.skip(file.path, `line ${line}: ${reason}`);
      const more = malformed.length - NAMED_LINES;
      if (more > 0) words.skip(file.path, `${more} more lines could not be used`);
      let missing = 0;
      for (const { line, path, text: caption } of captions) {
        if (tree.hasPhoto(path)) words.add(path, 'caption', caption);
        else if (missing++ < NAMED_LINES) words.missing.push({ path, where: `line ${line} of ${file.path}` });
      }
      if (missing > NAMED_LINES)
        words.skip(file.path, `${missing - NAMED_LINES} more lines are about photos that are not there`);
    }
  },
};

/** Lines read before other work of this process gets its turn. */
const LINES_AT_ONCE = 2000;

export interface Caption {
  /** Number of the line, from 1. */
  line: number;
  /** The photo's path relative to the imported folder, with forward slashes, in Unicode's composed form (NFC). */
  path: string;
  text: string;
}

export interface CaptionsFile {
  captions: Caption[];
  /** Lines that say nothing usable, with the reason. */
  malformed: { line: number; reason: string }[];
}

/** Reads the text of a captions file. `folder` is its own folder relative to the library's root, empty or ending with a slash. */
export async function parseCaptions(
  text: string,
  folder: string,
  signal?: AbortSignal,
): Promise<CaptionsFile> {
  const file: CaptionsFile = { captions: [], malformed: [] };
  let line = 0;
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('\n', start);
    if (end === -1) end = text.length;
    line += 1;
    const content = text.slice(start, end).replace(/\r$/, '');
    const parsed = content.trim() === '' ? null : parseLine(content, folder);
    if (typeof parsed === 'string') file.malformed.push({ line, reason: parsed });
    else if (parsed !== null && !(line === 1 && isHeading(parsed))) file.captions.push({ line, ...parsed });
    start = end + 1;
    if (line % LINES_AT_ONCE === 0) {
      await setImmediate();
      signal?.throwIfAborted();
    }
  }
  return file;
}

type Parsed = Omit<Caption, 'line'>;

/** A line's caption, or why it has none. */
function parseLine(content: string, folder: string): Parsed | string {
  const tab = content.indexOf('\t');
  if (tab === -1) return 'there is no tab between the file and its caption';
  const name = content.slice(0, tab).trim();
  const text = content
    .slice(tab + 1)
    .replaceAll('\t', ' ')
    .trim();
  if (name === '') return 'there is no file name before the tab';
  if (text === '') return `there is no caption after the tab for ${name}`;
  const path = pathWithin(folder, name);
  return path === null
    ? `${name} is outside the folder of the captions file`
    : { path: comparablePath(path), text: text.normalize('NFC') };
}

function isHeading({ path, text }: Parsed): boolean {
  return (
    /(^|\/)(file|filename|path|photo|image)$/i.test(path) &&
    /^(text|caption|captions|description)$/i.test(text)
  );
}
