/** Skipped files of one import, counted by reason. */
import type { ImportReport } from '../contract.ts';

/** Notes a file that was skipped, or not read whole. */
export type Skip = (path: string, reason: string) => void;

/** A reason without what it says of one file alone: numbers, names, what a decoder said. */
export function generalReason(reason: string): string {
  return reason
    .replace(/^line \d+: /, '')
    .replace(/^entry \d+ is not understood.*$/s, 'an entry is not understood')
    .replace(/^.* has words for it, but /s, 'there are words for it, but ')
    .replace(/^.* names it, but /s, 'it is named, but ')
    .replace(
      /^.* is outside the folder of the captions file$/s,
      'it is outside the folder of the captions file',
    )
    .replace(/^there is no caption after the tab for .*$/s, 'there is no caption after the tab')
    .replaceAll(/ \([^()]*\)/g, '')
    .replaceAll(/\d[\d,.]*/g, '…');
}

/** Puts each skipped file of a report under its reason; the most frequent reason first. */
export function groupReasons(report: ImportReport): ImportReport {
  const counts = new Map<string, number>();
  for (const { reason } of report.skipped) {
    const general = generalReason(reason);
    counts.set(general, (counts.get(general) ?? 0) + 1);
  }
  const reasons = [...counts]
    .map(([reason, files]) => ({ reason, files }))
    .sort((one, other) => other.files - one.files);
  const places = new Map(reasons.map(({ reason }, place) => [reason, place]));
  const skipped = report.skipped.map((file) => ({ ...file, group: places.get(generalReason(file.reason))! }));
  return { ...report, reasons, skipped };
}
