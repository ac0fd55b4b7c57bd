/**
 * What is being typed into the search box: which part of it is finished and can become chips. Only where words end is
 * decided here; what they mean is the query language's business (`parseQuery`).
 */

/** The finished part, ready to be parsed, and what is still being typed. */
export interface SplitDraft {
  finished: string;
  rest: string;
}

const separator = /[\s,;，、；]/u;
const plus = /[+＋]/u;
const sign = /[+＋\-−–－]/u;

/**
 * Cuts a draft after its last finished word: one that a space, comma, semicolon or plus follows, outside quotes. Signs
 * belong to the word that comes after them, so `dog - ` leaves `- ` to go on with.
 */
export function splitDraft(draft: string): SplitDraft {
  let cut = 0;
  let quoted = false;
  let word = false;
  for (let index = 0; index < draft.length; index++) {
    const character = draft[index]!;
    if (character === '"') {
      quoted = !quoted;
      word = true;
    } else if (quoted) {
      // Anything may stand between quotes.
    } else if (word && (separator.test(character) || plus.test(character))) {
      cut = plus.test(character) ? index : index + 1;
      word = false;
    } else if (!separator.test(character) && !(sign.test(character) && !word)) {
      word = true;
    }
  }
  return { finished: draft.slice(0, cut).trim(), rest: draft.slice(cut).trimStart() };
}

/** How a text chip is written, for going back from chip to text. */
export function writeConcept(text: string, weight: number): string {
  const size = Math.round(Math.abs(weight) * 100) / 100;
  const name = /[\s,;+:"]|^[-−–－]/u.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text;
  return `${weight < 0 ? '-' : ''}${name}${size === 1 ? '' : `:${size}`}`;
}
