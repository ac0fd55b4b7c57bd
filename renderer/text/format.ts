/** Numbers, times and places as people read them. Pure functions; the locale is the browser's. */

const integer = new Intl.NumberFormat();
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });
const localTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

// Of a photo the clock is shown that hung at its place, wherever this is read: what it showed is formatted as if it were UTC.
const timeZone = 'UTC';
const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short', timeZone });
const dayTaken = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeZone });
const wholeDay = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeZone });
const month = new Intl.DateTimeFormat(undefined, { month: 'long', year: 'numeric', timeZone });
const year = new Intl.DateTimeFormat(undefined, { year: 'numeric', timeZone });

/** `8,000`. */
export const formatCount = (count: number): string => integer.format(count);

/** `1 photo`, `8,000 photos`. The plural is the word with an s unless given. */
export const formatPlural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** `+0.6`, `−0.3`, `0`: a weight with a real minus sign. */
export function formatWeight(weight: number): string {
  const rounded = Math.round(weight * 100) / 100;
  if (rounded === 0) return '0';
  return `${rounded > 0 ? '+' : '−'}${Math.abs(rounded)}`;
}

/** `+0.21`, with a real minus sign; `0.00` has none. */
export function formatSigned(value: number): string {
  const size = Math.abs(value).toFixed(2);
  if (size === '0.00') return size;
  return `${value < 0 ? '−' : '+'}${size}`;
}

/** `96 %`; below one percent `< 1 %`. */
export function formatPercent(fraction: number): string {
  if (fraction > 0 && fraction < 0.01) return '< 1 %';
  return `${Math.round(fraction * 100)} %`;
}

/** `.96`: a measure, as the literature writes it; `–` if there is none. */
export const formatMeasure = (value: number | null): string =>
  value === null ? '–' : value.toFixed(2).replace(/^0/, '');

/** `4.8 MB`, in powers of ten. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return formatPlural(bytes, 'byte');
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `40 seconds`, `3 minutes`, `2 hours`: rough, as time left should be. */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return formatPlural(Math.max(1, Math.round(seconds)), 'second');
  if (seconds < 90 * 60) return formatPlural(Math.round(seconds / 60), 'minute');
  return formatPlural(Math.round(seconds / 360) / 10, 'hour');
}

/** `0.4 ms`, `12 ms`. */
export const formatMilliseconds = (milliseconds: number): string =>
  `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;

/** `62/s`, `4.1/s`; with a unit, of which the first word is taken, `62 photos/s`. */
export const formatRate = (rate: number, unit = ''): string => {
  const number = rate >= 10 ? formatCount(Math.round(rate)) : rate.toFixed(1);
  return `${[number, unit.split(' ')[0]].join(' ').trim()}/s`;
};

/** When something happened here, by the clock of whoever reads it: `May 3, 2026, 2:30 PM`. */
export const formatTime = (time: string): string => localTime.format(new Date(time));

/** A day in words. */
export const formatDay = (time: string): string => day.format(new Date(time));

/** What the clock showed in a moment as the contract's `takenAt` has it, as if it were UTC; a year or a month begins with its first day. */
const clockOf = (moment: string): Date => new Date(/T/.test(moment) ? `${moment.slice(0, 19)}Z` : moment);

/**
 * When a photo was taken, no more precisely than is known: a year, a month, a day, or a day with its time and, behind
 * it, the distance of the clock to UTC if it is known: `Saturday, May 3, 2014 at 12:30 PM (UTC+2)`.
 */
export function formatMoment(moment: string): string {
  const clock = clockOf(moment);
  if (/^\d{4}$/.test(moment)) return year.format(clock);
  if (/^\d{4}-\d\d$/.test(moment)) return month.format(clock);
  const zone = /T.*?(Z|[+-]\d\d:\d\d)$/.exec(moment)?.[1];
  if (!/T/.test(moment)) return wholeDay.format(clock);
  return `${dayAndTime.format(clock)}${zone === undefined ? '' : ` (${formatZone(zone)})`}`;
}

/** The day on which a photo was taken, or only the month or year if no more is known: `May 3, 2014`. */
export const formatDayTaken = (moment: string): string =>
  /^\d{4}(-\d\d)?$/.test(moment) ? formatMoment(moment) : dayTaken.format(clockOf(moment));

/** `UTC`, `UTC+2`, `UTC−3:30` of `Z`, `+02:00`, `-03:30`. */
function formatZone(zone: string): string {
  const match = /^([+-])0?(\d+):(\d\d)$/.exec(zone);
  if (!match || /^[+-]00:00$/.test(zone)) return 'UTC';
  return `UTC${match[1] === '-' ? '−' : '+'}${match[2]}${match[3] === '00' ? '' : `:${match[3]}`}`;
}

/** `March 2024`, or only the year if the month is not known. */
export const formatMonth = (moment: string): string =>
  (/^\d{4}$/.test(moment) ? year : month).format(clockOf(moment));

/** `46.5547° N, 7.9791° E`. */
export function formatPlace(latitude: number, longitude: number): string {
  const part = (value: number, positive: string, negative: string): string =>
    `${Math.abs(value).toFixed(4)}° ${value < 0 ? negative : positive}`;
  return `${part(latitude, 'N', 'S')}, ${part(longitude, 'E', 'W')}`;
}
