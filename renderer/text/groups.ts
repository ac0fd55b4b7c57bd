/** What photos that are shown as one are called. */
import type { Photo } from '../../electron/engine/contract.ts';
import { formatCount } from './format.ts';

export function groupTitle({ kind, size }: NonNullable<Photo['group']>): string {
  switch (kind) {
    case 'raw':
      return 'RAW and JPEG';
    case 'live':
      return 'Live photo';
    case 'edited':
      return 'Edited, with its original';
    case 'burst':
      return `Burst of ${formatCount(size)} photos`;
  }
}

/** What a photo of the grid is called by those who don't see its badges. */
export function photoLabel(place: number, total: number, { offline, group }: Photo): string {
  const marks = [group && `${groupTitle(group)} (${formatCount(group.size)})`, offline && 'offline'].filter(
    Boolean,
  );
  return [`Photo ${formatCount(place)} of ${formatCount(total)}`, ...marks].join(', ');
}
