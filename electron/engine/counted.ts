/** So many of something, as people write it: `1 photo`, `1,200 photos`. */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
