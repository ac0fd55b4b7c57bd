/**
 * Captions files: text files with a line `file<TAB>text` for each caption, several for one photo if need be. Files
 * are named relative to the captions file's folder, with either slash, and never outside of it. This reads and
 * resolves them; which photo has which path is the caller's.
 */
import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FileProblem, isSystemError, systemReason } from '../../../native/problem.ts';

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

/** How a path is spelled when paths are compared: file systems differ in how they compose accented letters. */
export const comparablePath = (path: string): string => path.normalize('NFC');

/**
 * Reads a captions file. `folder` is its own folder relative to the imported one, empty or ending with a slash.
 * @throws {FileProblem} if it cannot be read or is not UTF-8 text.
 */
export async function readCaptions(
  path: string,
  folder: string,
  signal?: AbortSignal,
): Promise<CaptionsFile> {
  let text: string;
  try {
    // The decoder drops a byte order mark.
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (isSystemError(error)) throw new FileProblem(systemReason(error), false, { cause: error });
    throw new FileProblem('it is not UTF-8 text; save it again as UTF-8', true, { cause: error });
  }
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
  const path = resolvePath(name, folder);
  return path === null
    ? `${name} is outside the folder of the captions file`
    : { path, text: text.normalize('NFC') };
}

function isHeading({ path, text }: Parsed): boolean {
  return (
    /(^|\/)(file|filename|path|photo|image)$/i.test(path) &&
    /^(text|caption|captions|description)$/i.test(text)
  );
}

/** A path as written in a captions file, relative to the imported folder; null if it leaves the file's own folder. */
function resolvePath(name: string, folder: string): string | null {
  const slashed = name.replaceAll('\\', '/');
  if (slashed.startsWith('/') || /^[a-z]:/i.test(slashed)) return null;
  const path = posix.normalize(slashed);
  return path === '..' || path.startsWith('../') ? null : comparablePath(folder + path);
}
