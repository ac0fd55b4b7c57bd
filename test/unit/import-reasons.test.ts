import { expect, test } from 'vitest';
import { newImportReport } from '../../electron/engine/import/importer.ts';
import { generalReason, groupReasons } from '../../electron/engine/import/reasons.ts';

test('reasons that differ only in what they say of one file are one', () => {
  expect(
    [
      'line 12: there is no tab between the file and its caption',
      'a/posts_1.json has words for it, but there is no such photo',
      'line 2 of captions.tsv has words for it, but there is no such photo',
      'entry 5 is not understood (media: Invalid input)',
      '20,000 × 15,000 pixels is more than the limit of 268 million pixels',
      'it is not whole JSON (Unexpected token)',
      'the file is cut off',
    ].map(generalReason),
  ).toEqual([
    'there is no tab between the file and its caption',
    'there are words for it, but there is no such photo',
    'there are words for it, but there is no such photo',
    'an entry is not understood',
    '… × … pixels is more than the limit of … million pixels',
    'it is not whole JSON',
    'the file is cut off',
  ]);
});

test('a report counts its reasons, the most frequent first, and names the reason of each file', () => {
  const report = newImportReport('/photos', '2026-01-01T00:00:00.000Z');
  report.skipped = [
    { path: 'a', reason: 'the file is empty' },
    { path: 'b', reason: 'line 1: there is no tab between the file and its caption' },
    { path: 'c', reason: 'line 2: there is no tab between the file and its caption' },
  ];
  const { reasons, skipped } = groupReasons(report);
  expect(reasons).toEqual([
    { reason: 'there is no tab between the file and its caption', files: 2 },
    { reason: 'the file is empty', files: 1 },
  ]);
  expect(skipped.map(({ group }) => group)).toEqual([1, 0, 0]);
});
