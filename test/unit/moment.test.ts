import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { atPlace, bestMoment, takenAt, withZoneOf } from '../../native/metadata/moment.ts';
import { MetadataReader } from '../../native/metadata.ts';
import { picture, temporaryFolder, writeTags } from '../fixtures/pictures.ts';

const reader = new MetadataReader();
afterAll(() => reader.close());

const ORIGINAL = 'ExifIFD:DateTimeOriginal';
const barcelona = { latitude: 41.39, longitude: 2.17 };
const newYork = { latitude: 40.76, longitude: -73.99 };
const kathmandu = { latitude: 27.7, longitude: 85.3 };

describe('a moment', () => {
  test.each([
    [{ [ORIGINAL]: '2014:05:03 12:30:01' }, '2014-05-03T12:30:01'],
    [{ 'XMP-photoshop:DateCreated': '2014:05:03' }, '2014-05-03'],
    [{ 'XMP-photoshop:DateCreated': '2014:05' }, '2014-05'],
    [{ 'XMP-photoshop:DateCreated': '2014' }, '2014'],
    [{ 'IPTC:DateCreated': '2014:00:00' }, '2014'],
    [{ 'IPTC:DateCreated': '2014:05:00' }, '2014-05'],
    [{ 'XMP-xmp:CreateDate': '2014:05:03 12:30:01.25Z' }, '2014-05-03T12:30:01.250Z'],
    [{ 'XMP-exif:DateTimeOriginal': '2014:05:03 12:30-03:30' }, '2014-05-03T12:30:00-03:30'],
    [{ [ORIGINAL]: '2014:05:03 12:30:01', 'ExifIFD:SubSecTimeOriginal': '25' }, '2014-05-03T12:30:01.250'],
    [{ [ORIGINAL]: '2014:05:03 12:30:01', 'ExifIFD:SubSecTimeOriginal': '000' }, '2014-05-03T12:30:01'],
    [
      { [ORIGINAL]: '2014:05:03 12:30:01', 'ExifIFD:OffsetTimeOriginal': '+02:00' },
      '2014-05-03T12:30:01+02:00',
    ],
    [{ [ORIGINAL]: '2014:05:03 12:30:01', 'ExifIFD:OffsetTime': '-05:00' }, '2014-05-03T12:30:01-05:00'],
    [{ [ORIGINAL]: '2014:05:03 12:30:01', 'ExifIFD:OffsetTimeOriginal': '   :  ' }, '2014-05-03T12:30:01'],
    // Clocks that were never set, and dates that no calendar has.
    [{ [ORIGINAL]: '0000:00:00 00:00:00' }, null],
    [{ [ORIGINAL]: '0000:01:01 10:00:00' }, null],
    [{ [ORIGINAL]: '1970:01:01 00:00:00' }, null],
    [{ [ORIGINAL]: '1904:01:01 00:00:00' }, null],
    [{ 'XMP-photoshop:DateCreated': '1970:01:01' }, '1970-01-01'],
    [{ [ORIGINAL]: '2014:02:30 10:00:00' }, null],
    [{ [ORIGINAL]: '    :  :     :  :  ' }, null],
    [{ [ORIGINAL]: '0000:00:00 00:00:00', 'XMP-photoshop:DateCreated': '2014:05:03' }, '2014-05-03'],
  ])('%j is %s', (tags, moment) => {
    expect(takenAt([tags])).toBe(moment);
  });

  test('of a sidecar counts first; the photo’s own makes it more precise, or does not agree', () => {
    const own = { [ORIGINAL]: '2014:05:03 12:30:01', 'ExifIFD:OffsetTimeOriginal': '+02:00' };
    const sidecar = (date: string) => ({ 'XMP-exif:DateTimeOriginal': date });
    expect(takenAt([sidecar('2014:05:03'), own])).toBe('2014-05-03T12:30:01+02:00');
    expect(takenAt([sidecar('2014:05:03 12:30:01'), own])).toBe('2014-05-03T12:30:01+02:00');
    expect(takenAt([sidecar('2013:05:03 12:30:01'), own])).toBe('2013-05-03T12:30:01');
    expect(takenAt([sidecar('2014:05:03 12:30:01+01:00'), own])).toBe('2014-05-03T12:30:01+01:00');
  });

  test.each([
    // Two hours ahead of UTC, the clocks 20 s apart; and Nepal's three quarters of an hour.
    ['2014:05:03 12:30:01', '2014:05:03 10:30:21Z', '2014-05-03T12:30:01+02:00'],
    ['2014:05:03 16:15:00', '2014:05:03 10:30:00Z', '2014-05-03T16:15:00+05:45'],
    ['2014:05:03 01:00:00', '2014:05:03 06:00:00Z', '2014-05-03T01:00:00-05:00'],
    // The clock is wrong by minutes, or the fix old: nothing is known of the zone.
    ['2014:05:03 12:36:01', '2014:05:03 10:30:00Z', '2014-05-03T12:36:01'],
    ['2014:05:04 12:30:01', '2014:05:03 10:30:01Z', '2014-05-04T12:30:01'],
    ['2014:05:03 10:30:00', '2014:05:03 10:30:00Z', '2014-05-03T10:30:00Z'],
    ['', '2014:05:03 10:30:00Z', '2014-05-03T10:30:00Z'],
    ['2014:05:03 12:30:01', '2014:05:03', '2014-05-03T12:30:01'],
  ])('%s with GPS time %s is %s', (clock, gps, moment) => {
    expect(takenAt([{ [ORIGINAL]: clock, 'Composite:GPSDateTime': gps }])).toBe(moment);
  });

  test('has the zone of its place, in summer and in winter', () => {
    expect(atPlace('2014-07-03T12:30:01', barcelona)).toBe('2014-07-03T12:30:01+02:00');
    expect(atPlace('2014-01-03T12:30:01.250', barcelona)).toBe('2014-01-03T12:30:01.250+01:00');
    expect(atPlace('2014-01-03T12:30:01', newYork)).toBe('2014-01-03T12:30:01-05:00');
    expect(atPlace('2014-01-03T12:30:01', kathmandu)).toBe('2014-01-03T12:30:01+05:45');
    // An hour before and an hour after New York's clocks went forward, at 2 o'clock.
    expect(atPlace('2014-03-09T01:00:00', newYork)).toBe('2014-03-09T01:00:00-05:00');
    expect(atPlace('2014-03-09T03:00:00', newYork)).toBe('2014-03-09T03:00:00-04:00');
  });

  test('in UTC becomes local time, on another day if need be; one with a zone or without a time stays', () => {
    expect(atPlace('2014-07-03T23:30:01Z', barcelona)).toBe('2014-07-04T01:30:01+02:00');
    expect(atPlace('2014-01-01T03:30:01.250Z', newYork)).toBe('2013-12-31T22:30:01.250-05:00');
    expect(atPlace('2014-07-03T12:00:00+05:00', barcelona)).toBe('2014-07-03T12:00:00+05:00');
    expect(atPlace('2014-07-03', barcelona)).toBe('2014-07-03');
  });

  test('takes its zone from an export’s instant only if the two agree to the second', () => {
    expect(withZoneOf('2014-05-03T12:30:01', '2014-05-03T10:30:01Z')).toBe('2014-05-03T12:30:01+02:00');
    expect(withZoneOf('2014-05-03T12:30:01', '2014-05-03T10:30:02Z')).toBe('2014-05-03T12:30:01');
    expect(withZoneOf('2014-05-03T12:30:01', '2014-05-03T12:30:01Z')).toBe('2014-05-03T12:30:01');
    expect(withZoneOf('2014-05-03', '2014-05-03T00:00:00Z')).toBe('2014-05-03');
  });

  test('that was told first stays, and others make it more precise', () => {
    expect(bestMoment(['2014', '2014-05', '2013-01-01', '2014-05-03T12:00:00'])).toBe('2014-05-03T12:00:00');
    expect(bestMoment(['2014-05-03T12:00:00+02:00', '2014-05-03T12:00:00+03:00'])).toBe(
      '2014-05-03T12:00:00+02:00',
    );
    expect(bestMoment(['2014-05-03T12:00:00', '2014-05-03T12:00:00Z'])).toBe('2014-05-03T12:00:00');
    expect(bestMoment([])).toBeNull();
  });
});

test('a camera’s clock, fraction and GPS time are read from a file', async () => {
  const path = join(temporaryFolder(), 'photo.jpg');
  await picture(1).jpeg().toFile(path);
  await writeTags(
    path,
    '-ExifIFD:DateTimeOriginal=2014:05:03 12:30:01',
    '-ExifIFD:SubSecTimeOriginal=07',
    '-GPS:GPSDateStamp=2014:05:03',
    '-GPS:GPSTimeStamp=10:30:00',
  );
  expect((await reader.read(path)).facts.takenAt).toBe('2014-05-03T12:30:01.070+02:00');
});
