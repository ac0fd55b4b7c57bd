/**
 * The query language, the same in the search box and on the command line: from text to concepts and back. It does
 * not know which words exist, nor what they mean.
 *
 *     beach + sunset -people         three concepts; a minus looks away from its concept
 *     beach sunset                   words side by side are concepts of their own
 *     "snow leopard" ice-cream       quotes keep words together; a hyphen inside a word is a letter of it
 *     street - car                   a sign with spaces around it belongs to what follows
 *     beach:2 night:0.5 -car:0.3     weights
 *     photo:17                       a photo of the library
 *
 *     query   = { separator | concept }            separator: white space, comma, semicolon
 *     concept = { sign } ( photo | quoted | word ) [ ":" weight ]
 *     sign    = + or −, in any of their shapes; of several, one minus makes a minus
 *     photo   = "photo:" digits
 *     quoted  = anything between quotes; between straight ones \" and \\ stand for " and \
 *     word    = anything up to a separator, a quote, a plus or a colon
 *     weight  = a decimal number, with point or comma; it may be negative
 *
 * The weights of a concept that is named twice add up. Only the proportions of weights matter to a ranking, so where one
 * is beyond the contract's `MAXIMUM_WEIGHT`, all are divided alike until it fits: `beach:2 night:0.5` is
 * `beach:1 night:0.25`. The word "photo" with a weight is written `"photo":0.5`.
 */
import { type Concept, conceptSchema, MAXIMUM_WEIGHT, PhotolexError } from '../contract.ts';

/** What a query can say. A picture from outside the library has no words for it. */
export type QueryConcept = Extract<Concept, { kind: 'text' | 'photo' }>;

/** A query that cannot be understood. Its code is `query`; the message ends with the hint. */
export class QueryError extends PhotolexError {
  /** Where in the query, in UTF-16 units from 0. */
  readonly position: number;
  /** What to write instead. */
  readonly hint: string;

  constructor(problem: string, position: number, hint: string) {
    super('query', `${problem} ${hint}`);
    this.name = 'QueryError';
    this.position = position;
    this.hint = hint;
  }
}

// Characters by their part in the grammar, for use inside [ ]. Hyphen-minus, minus sign, en dash, full-width minus; …
const minus = '\\-\u2212\u2013\uff0d';
const plus = '+\uff0b';
const colon = ':\uff1a';
const roundQuotes = '\u201c\u201d\u201e\u00ab\u00bb';
const separator = '\\s,;\uff0c\u3001\uff1b';
const wordEnd = `${separator}${plus}${colon}"${roundQuotes}`;

// Each matches at the cursor and nowhere else (the y flag).
const separators = new RegExp(`[${separator}]*`, 'uy');
const sign = new RegExp(`[${plus}${minus}]`, 'uy');
const word = new RegExp(`[^${wordEnd}]+`, 'uy');
const photoMark = new RegExp(`photo[${colon}]`, 'iuy');
const photoId = new RegExp(`\\d+(?=[${wordEnd}]|$)`, 'uy');
const weightMark = new RegExp(`[${colon}]`, 'uy');
const weightNumber = new RegExp(
  `(?<sign>[${plus}${minus}]?)(?<digits>\\d+[.,]\\d+|\\d+\\.?|[.,]\\d+)(?<exponent>e[+-]?\\d+)?(?=[${separator}${plus}"${roundQuotes}]|$)`,
  'uy',
);
const unfinishedWeight = new RegExp(`[${plus}${minus}]?[.,]?$`, 'uy');
const openingRoundQuote = new RegExp(`[${roundQuotes}]`, 'uy');
const insideRoundQuotes = new RegExp(`[^${roundQuotes}]*`, 'uy');

const isMinus = new RegExp(`[${minus}]`, 'u');
const mustBeQuoted = new RegExp(`^[${minus}]|[${wordEnd}]`, 'u');

/** The largest weight that a query may name, so that no sum of them overflows. */
const largestWritten = 1000;

type Unweighted = { kind: 'text'; text: string } | { kind: 'photo'; photo: number };

/**
 * The concepts of a query, in the order of their first mention; none for an empty query.
 *
 * @param options.lenient for a query that is still being typed: what is unfinished at its end (a sign, an open quote,
 *   `beach:`, `photo:`) is taken as far as it goes
 * Throws a QueryError for an open or empty quote, a weight or photo that is not a number, a weight or sign without a
 * concept, a weight beyond 1000, and a concept that the contract does not allow.
 */
export function parseQuery(query: string, options: { lenient?: boolean } = {}): QueryConcept[] {
  const lenient = options.lenient ?? false;
  const concepts = new Map<string, QueryConcept>();
  let cursor = 0;

  /** Moves over what the pattern matches at the cursor. */
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = cursor;
    const match = pattern.exec(query);
    if (match) cursor = pattern.lastIndex;
    return match;
  };

  const readSign = (): number => {
    const start = cursor;
    let result = 1;
    let signs = 0;
    for (let found = take(sign); found; found = take(sign)) {
      if (isMinus.test(found[0])) result = -1;
      signs++;
      take(separators);
    }
    if (signs > 0 && cursor === query.length && !lenient) {
      throw new QueryError(
        'There is nothing after this sign.',
        start,
        'Write a word after it, or remove it.',
      );
    }
    return result;
  };

  const readQuoted = (): string | undefined => {
    const start = cursor;
    let text: string;
    if (query[cursor] === '"') {
      let end = cursor + 1;
      while (end < query.length && query[end] !== '"')
        end += /^\\["\\]/.test(query.slice(end, end + 2)) ? 2 : 1;
      text = query.slice(cursor + 1, end).replace(/\\(["\\])/g, '$1');
      cursor = end;
    } else if (take(openingRoundQuote)) {
      text = take(insideRoundQuotes)![0];
    } else {
      return undefined;
    }
    if (cursor < query.length) cursor++;
    else if (!lenient) {
      throw new QueryError(
        'This quote is not closed.',
        start,
        'Add " after the last word that belongs to it.',
      );
    }
    text = text.trim().replace(/\s+/g, ' ');
    if (text === '' && !lenient) {
      throw new QueryError('There is nothing between these quotes.', start, 'Write words between them.');
    }
    return text;
  };

  const readConcept = (): Unweighted | undefined => {
    const start = cursor;
    if (take(photoMark)) {
      const id = take(photoId);
      if (id) return { kind: 'photo', photo: Number(id[0]) };
      if (lenient && cursor === query.length) return undefined;
      throw new QueryError(
        'A photo is named by its number.',
        cursor,
        'Write photo:17, or "photo" in quotes for the word.',
      );
    }
    const text = readQuoted() ?? take(word)?.[0];
    if (text === undefined) {
      throw new QueryError(
        'There is no word before this colon.',
        start,
        'Write it as in beach:0.5, or remove it.',
      );
    }
    return text === '' ? undefined : { kind: 'text', text };
  };

  const readWeight = (): number => {
    if (!take(weightMark)) return 1;
    const start = cursor;
    const found = take(weightNumber);
    if (found) {
      const { sign = '', digits = '', exponent = '' } = found.groups!;
      const weight = Number(digits.replace(',', '.') + exponent);
      if (weight <= largestWritten) return isMinus.test(sign) ? -weight : weight;
      throw new QueryError(
        'This weight is too large.',
        start,
        `Write at most ${largestWritten}: only the proportions of weights matter.`,
      );
    }
    if (lenient && take(unfinishedWeight)) return 1;
    throw new QueryError(
      'A weight must be a number.',
      start,
      'Write it as in beach:0.5, or put words that have a colon in quotes.',
    );
  };

  for (take(separators); cursor < query.length; take(separators)) {
    const factor = readSign();
    if (cursor === query.length) break;
    const start = cursor;
    const concept = readConcept();
    const weight = factor * readWeight();
    if (concept) add(concepts, concept, weight, start);
  }
  return withinMaximum([...concepts.values()]);
}

/**
 * The query that says these concepts: `parseQuery(formatQuery(concepts))` gives them back, if no two are the same, the
 * weights are allowed and the texts have no white space that is doubled or at an end.
 */
export function formatQuery(concepts: readonly QueryConcept[]): string {
  return concepts
    .map((concept, index) => {
      const sign = concept.weight < 0 ? '-' : index > 0 ? '+ ' : '';
      const size = Math.abs(concept.weight);
      const name = concept.kind === 'photo' ? `photo:${concept.photo}` : formatText(concept.text, size !== 1);
      return `${sign}${name}${size === 1 ? '' : `:${size}`}`;
    })
    .join(' ');
}

function formatText(text: string, weighted: boolean): string {
  const readsAsPhoto = weighted && text.toLowerCase() === 'photo';
  if (!mustBeQuoted.test(text) && !readsAsPhoto) return text;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function add(
  concepts: Map<string, QueryConcept>,
  concept: Unweighted,
  weight: number,
  position: number,
): void {
  const checked = conceptSchema.safeParse({ ...concept, weight: 0 });
  if (!checked.success) {
    throw concept.kind === 'photo'
      ? new QueryError(`There is no photo ${concept.photo}.`, position, 'Photos are numbered from 1.')
      : new QueryError('This concept is too long.', position, 'Write fewer words between the quotes.');
  }
  const key =
    concept.kind === 'photo' ? `photo ${concept.photo}` : `text ${concept.text.normalize().toLowerCase()}`;
  const known = concepts.get(key);
  if (known) known.weight += weight;
  else concepts.set(key, { ...concept, weight });
}

/** Divides all weights alike, so that none is beyond what the contract allows. */
function withinMaximum(concepts: QueryConcept[]): QueryConcept[] {
  const largest = Math.max(MAXIMUM_WEIGHT, ...concepts.map((concept) => Math.abs(concept.weight)));
  for (const concept of concepts) {
    // Adding zero turns −0 into 0.
    concept.weight = concept.weight / (largest / MAXIMUM_WEIGHT) + 0;
  }
  return concepts;
}
