/** Numbers, times and places as people read them. */
import { describe, expect, it, vi } from 'vitest';
import {
  formatBytes,
  formatDayTaken,
  formatDuration,
  formatMeasure,
  formatMoment,
  formatMonth,
  formatPercent,
  formatPlace,
  formatPlural,
  formatRate,
  formatSigned,
  formatTime,
  formatWeight,
} from '../../renderer/text/format.ts';

// Read far west of Greenwich, where a day that is taken for midnight UTC is the day before.
vi.hoisted(() => {
  process.env.TZ = 'America/Los_Angeles';
});

describe('formatting', () => {
  it('writes weights and shares with a real minus sign, and zero without a sign', () => {
    expect([1, -1, 0.349, -0.5, 0, -0.001].map(formatWeight)).toEqual([
      '+1',
      '−1',
      '+0.35',
      '−0.5',
      '0',
      '0',
    ]);
    expect([0.214, -0.3, 0, -0.001].map(formatSigned)).toEqual(['+0.21', '−0.30', '0.00', '0.00']);
  });

  it('goes on to the next unit where the smaller one would have four digits', () => {
    expect([1, 999, 1000, 12_345, 999_600, 4_812_334, 2.5e9].map(formatBytes)).toEqual([
      '1 byte',
      '999 bytes',
      '1.0 kB',
      '12.3 kB',
      '1.0 MB',
      '4.8 MB',
      '2.5 GB',
    ]);
    expect([0.2, 1, 89, 90, 5000, 5400].map(formatDuration)).toEqual([
      '1 second',
      '1 second',
      '89 seconds',
      '2 minutes',
      '83 minutes',
      '1.5 hours',
    ]);
  });

  it('writes fractions as percent or as the literature does', () => {
    expect([0, 0.004, 0.956, 1].map(formatPercent)).toEqual(['0 %', '< 1 %', '96 %', '100 %']);
    expect([0.9618, 1, null].map(formatMeasure)).toEqual(['.96', '1.00', '–']);
  });

  it('counts one and many', () => {
    expect([0, 1, 2].map((count) => formatPlural(count, 'photo'))).toEqual([
      '0 photos',
      '1 photo',
      '2 photos',
    ]);
    expect(formatPlural(1, 'file was', 'files were')).toBe('1 file was');
  });

  it('shows the clock of the place where a photo was taken, as precisely as it is known', () => {
    const moments = [
      '2014',
      '2014-05',
      '2014-05-03',
      '2014-05-03T23:30:01',
      '2014-05-03T23:30:01.250+02:00',
      '2014-05-03T23:30:01-03:30',
      '2014-05-03T23:30:01Z',
      '2014-05-03T23:30:01+00:00',
    ].map(formatMoment);
    expect(moments.slice(0, 3)).toEqual(['2014', 'May 2014', 'Saturday, May 3, 2014']);
    const clock = moments[3];
    expect(clock).toMatch(/^Saturday, May 3, 2014 at 11:30.PM$/);
    expect(moments.slice(4)).toEqual(['UTC+2', 'UTC−3:30', 'UTC', 'UTC'].map((zone) => `${clock} (${zone})`));
    expect(['2014', '2014-05-31T23:30:01-11:00'].map(formatMonth)).toEqual(['2014', 'May 2014']);
    expect(['2014', '2014-05', '2014-05-03', '2014-05-03T23:30:01-11:00'].map(formatDayTaken)).toEqual([
      '2014',
      'May 2014',
      'May 3, 2014',
      'May 3, 2014',
    ]);
  });

  it('writes rates with what is counted, where that is said', () => {
    expect([62.4, 1234, 4.13].map((rate) => formatRate(rate))).toEqual(['62/s', '1,234/s', '4.1/s']);
    expect([formatRate(62.4, 'photos seen'), formatRate(4.13, 'words')]).toEqual([
      '62 photos/s',
      '4.1 words/s',
    ]);
  });

  it('shows the reader’s clock of what Photolex did', () => {
    const at = new Date(2026, 4, 3, 14, 30);
    expect(formatTime(at.toISOString())).toMatch(/^May 3, 2026, 2:30.PM$/);
  });

  it('names the side of the equator and of Greenwich', () => {
    expect(formatPlace(46.5547, 7.9791)).toBe('46.5547° N, 7.9791° E');
    expect(formatPlace(-33.8568, -0.5)).toBe('33.8568° S, 0.5000° W');
  });
});
