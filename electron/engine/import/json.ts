/** Reading JSON of unknown origin: what would take all memory, or never end, is refused before it is parsed. */
import { FileProblem } from '../../../native/problem.ts';
import { type FoundFile, readText } from './files.ts';

/** Levels of lists and objects in each other; exports have a dozen. */
const DEEPEST = 200;
/** Lists and objects; the largest export or data set has a fifth of it. Parsed they take half a gigabyte. */
const MOST_GROUPS = 10_000_000;
/** Values in all. */
const MOST_VALUES = 20_000_000;

/** A JSON file's content. @throws {FileProblem} as `readText`, or if it is no JSON, or nothing but a load for the memory. */
export async function readJson(file: FoundFile): Promise<unknown> {
  const text = await readText(file);
  checkShape(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser quotes what it stumbles over, which may be anything.
    const { message } = error as Error;
    throw new FileProblem(`it is not whole JSON (${message.replaceAll(/\s+/g, ' ').slice(0, 200)})`, true, {
      cause: error,
    });
  }
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** @throws {FileProblem} if the text is deeper or has more in it than any list of photos. */
export function checkShape(text: string): void {
  let [depth, groups, values] = [0, 0, 0];
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === COMMA) values++;
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      groups++;
      if (++depth > DEEPEST)
        throw new FileProblem(
          `its lists lie in each other more than ${DEEPEST} times, as in no export`,
          true,
        );
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
  }
  if (groups > MOST_GROUPS || values > MOST_VALUES)
    throw new FileProblem('it has more entries than any list of photos', true);
}
