/**
 * When a photo was taken, from fields that know the clock but not its zone, the instant but not the clock, or only the day.
 *
 * [Note: when a photo was taken] A moment is kept as the clock showed it at the place of the photo, with its distance to UTC where that is
 * known: `2014-05-03T12:30:01+02:00`. So photos sort, and are shown, by the time that the photographer remembers, wherever the
 * library is looked at. It is written as ISO 8601 and no more precisely than the source: `2014`, `2014-05`, `2014-05-03`,
 * `…T12:30:01.250`; `Z` stands behind an instant whose place, and so its clock, nobody knows.
 *
 * 1. The fields that tell of the photo's making are asked in the order of `DATE_FIELDS`, a sidecar's before the photo's own. The first
 *    real moment counts; a later one only makes it more precise, by a time of that day, fractions of that second, its zone.
 *    Not real are years that no photo has (0000 among them), days that no calendar has, and the zero of a clock that was never set
 *    (midnight before 1970 and 1904 began, with a time).
 * 2. A zone that is written beside the moment (EXIF's OffsetTime…, or in the field itself) is believed.
 * 3. Else GPS time, which is UTC, tells it: whole quarters of an hour between the two clocks, give or take 90 seconds, are the
 *    camera's zone. Without any other date, GPS time is the moment. So does a moment in UTC that an export keeps of the same photo (Google
 *    Takeout), if the difference is exact and not zero: zero is what programs take for an unknown zone.
 * 4. Else the zone of the place does, if there are coordinates; an instant in UTC becomes local time in the same way.
 * 5. Else the zone stays unknown, and nothing is added.
 *
 * Fields that always are in UTC are GPS time and those of QuickTime, which stand in videos and are not read.
 */
import timeZoneAt from '@photostructure/tz-lookup';
import { strings, type Tags } from './tags.ts';

/** Moments of making, best first, each with the fields of its fraction and its zone where EXIF keeps those apart. */
const DATE_FIELDS: readonly { source: string; fraction?: string; zone?: string }[] = [
  {
    source: 'ExifIFD:DateTimeOriginal',
    fraction: 'ExifIFD:SubSecTimeOriginal',
    zone: 'ExifIFD:OffsetTimeOriginal',
  },
  { source: 'XMP-exif:DateTimeOriginal' },
  { source: 'XMP-photoshop:DateCreated' },
  {
    source: 'ExifIFD:CreateDate',
    fraction: 'ExifIFD:SubSecTimeDigitized',
    zone: 'ExifIFD:OffsetTimeDigitized',
  },
  { source: 'XMP-xmp:CreateDate' },
  { source: 'Composite:DateTimeCreated' },
  { source: 'IPTC:DateCreated' },
];

/** The zone of the camera's clock, for programs that write it beside no moment in particular. */
const ZONE_FIELD = 'ExifIFD:OffsetTime';
const GPS_FIELDS = ['Composite:GPSDateTime', 'XMP-exif:GPSDateTime'];

export const MOMENT_FIELDS: readonly string[] = [
  ...DATE_FIELDS.flatMap(({ source, fraction, zone }) => [source, fraction, zone]),
  ZONE_FIELD,
  ...GPS_FIELDS,
].filter((field) => field !== undefined);

/** The years in which a photo can have been taken; what lies outside is a clock that was never set. */
export const FIRST_YEAR = 1826;
export const LAST_YEAR = 2200;

const UNSET_CLOCKS: readonly string[] = ['1970-01-01T00:00:00', '1904-01-01T00:00:00'];

const MINUTE = 60_000;
/** How far a camera's clock may be from GPS time, in milliseconds, so that what is left can be its zone. */
const CLOCK_ERROR = 1.5 * MINUTE;
const LARGEST_OFFSET = 14 * 60;

const ZONE = /(?:Z|[+-]\d\d:\d\d)$/;
/** `2014:05:03 12:30:01.25+02:00`, or less of it, as exiftool writes moments. */
const WRITTEN =
  /^(\d{4})(?:[:-](\d\d)(?:[:-](\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(Z|[+-]\d\d:\d\d)?)?)?)?(?:\D|$)/;

/** A moment of exiftool's as it is kept; null if there is none, or it is not real. */
function parseMoment(written: string, apart: { fraction?: string; zone?: string } = {}): string | null {
  const match = WRITTEN.exec(written);
  if (!match) return null;
  const [, year, month, day, hour, minute, second = '00', ownFraction, ownZone] = match;
  if (Number(year) < FIRST_YEAR || Number(year) > LAST_YEAR) return null;
  // A month or day that is not known is written as zeros.
  if (month === undefined || month === '00') return year!;
  const isDay = day !== undefined && day !== '00';
  const date = isDay ? `${year}-${month}-${day}` : `${year}-${month}`;
  const moment = hour === undefined || !isDay ? date : `${date}T${hour}:${minute}:${second}`;
  const parsed = new Date(moment.includes('T') ? `${moment}Z` : moment);
  // The calendar does not know a 31st of June.
  if (Number.isNaN(parsed.getTime()) || !parsed.toISOString().startsWith(moment)) return null;
  if (!moment.includes('T')) return moment;
  if (UNSET_CLOCKS.includes(moment)) return null;
  const fraction = /^\d+/.exec(ownFraction ?? apart.fraction ?? '')?.[0] ?? '';
  const milliseconds = /[1-9]/.test(fraction.slice(0, 3)) ? `.${fraction.slice(0, 3).padEnd(3, '0')}` : '';
  const separate = /^\s*(Z|[+-]\d\d:\d\d)/.exec(apart.zone ?? '')?.[1];
  return `${moment}${milliseconds}${ownZone ?? separate ?? ''}`;
}

/** When the photo of these files was taken, the file that counts first at the front. See [Note: when a photo was taken]. */
export function takenAt(files: readonly Tags[]): string | null {
  const text = (tags: Tags, field: string | undefined): string | undefined =>
    field === undefined ? undefined : strings(tags[field])[0];
  const moments = files.flatMap((tags) =>
    DATE_FIELDS.flatMap(({ source, fraction, zone }) => {
      const apart = {
        fraction: text(tags, fraction) ?? '',
        zone: text(tags, zone) ?? text(tags, ZONE_FIELD) ?? '',
      };
      return parseMoment(text(tags, source) ?? '', zone === undefined ? {} : apart) ?? [];
    }),
  );
  const gps = files
    .flatMap((tags) => GPS_FIELDS.flatMap((field) => parseMoment(text(tags, field) ?? '') ?? []))
    .find((found) => found.includes('T'));
  const moment = bestMoment(moments);
  if (gps === undefined) return moment;
  const instant = ZONE.test(gps) ? gps : `${gps}Z`;
  if (moment === null) return instant;
  const offset = offsetBetween(moment, instant, CLOCK_ERROR);
  if (offset === null) return moment;
  // A clock that shows UTC says nothing of the place's.
  return `${moment}${offset === 0 ? 'Z' : offsetText(offset)}`;
}

/** The first of these moments, made more precise by the others, but not by a `Z`, which many programs write without knowing; null if there are none. */
export function bestMoment(moments: readonly string[]): string | null {
  let [best = null] = moments;
  for (const other of moments)
    if (best !== null && !ZONE.test(best) && !other.endsWith('Z') && other.startsWith(best)) best = other;
  return best;
}

/** A moment with the zone that another source's instant of the same photo proves, where it has none. */
export function withZoneOf(moment: string, instant: string): string {
  const offset = ZONE.test(instant) ? offsetBetween(moment, instant, 0) : null;
  return offset === null || offset === 0 ? moment : `${moment}${offsetText(offset)}`;
}

/** A moment as the clocks of a place show it: with the place's zone if it has none, and UTC turned into local time. */
export function atPlace(
  moment: string,
  { latitude, longitude }: { latitude: number; longitude: number },
): string {
  const isInstant = moment.endsWith('Z');
  if (!moment.includes('T') || (!isInstant && ZONE.test(moment))) return moment;
  const zone = timeZoneAt(latitude, longitude);
  const clock = Date.parse(isInstant ? moment : `${moment}Z`);
  if (!isInstant) {
    // The offset is that of the instant, which is known only once the offset is: the second guess is right but in the hour of a change.
    const guess = zoneOffset(zone, clock);
    return `${moment}${offsetText(zoneOffset(zone, clock - guess * MINUTE))}`;
  }
  const offset = zoneOffset(zone, clock);
  const local = new Date(clock + offset * MINUTE).toISOString();
  return `${local.replace(/(?:\.000)?Z$/, '')}${offsetText(offset)}`;
}

/** Minutes between a clock without a zone and an instant, if they can be a zone and come within `error` milliseconds of one. */
function offsetBetween(moment: string, instant: string, error: number): number | null {
  if (!moment.includes('T') || ZONE.test(moment)) return null;
  const difference = Date.parse(`${moment.slice(0, 19)}Z`) - Date.parse(instant.replace(/\.\d+/, ''));
  const minutes = Math.round(difference / (15 * MINUTE)) * 15;
  const isZone = Math.abs(difference - minutes * MINUTE) <= error && Math.abs(minutes) <= LARGEST_OFFSET;
  return isZone ? minutes + 0 : null;
}

/** `+02:00` */
function offsetText(minutes: number): string {
  const part = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${part(size / 60)}:${part(size % 60)}`;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Minutes that the clocks of a zone are ahead of UTC at an instant in milliseconds, by the system's table of zones. */
function zoneOffset(timeZone: string, at: number): number {
  let clock = clocks.get(timeZone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
    clocks.set(timeZone, clock);
  }
  const name = clock.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const match = /([+-])(\d\d):(\d\d)/.exec(name);
  if (!match) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}
