/** What is said of a word: where its meaning comes from. */
import type { WordSource } from '../../electron/engine/contract.ts';
import { formatPlural } from './format.ts';

/** @param count how often the word stands in captions */
export function accountOf(source: WordSource, count: number): string {
  switch (source) {
    case 'learned':
      return `Learned from your captions, where it stands ${formatPlural(count, 'time')}.`;
    case 'starter':
      return 'Not in your captions often enough; known from those of other people.';
    case 'pretrained':
      return 'Nobody wrote it here. Its meaning is taken from general English.';
    case 'spelling':
      return 'Nobody wrote it here. Its meaning is guessed from its letters.';
    case 'written':
      return 'No model knows it; photos are found by their words.';
    case 'unknown':
      return 'Neither your captions nor general English have this word.';
  }
}
