/** Scrolling through lists that are longer than a browser lets an element be. */
import { describe, expect, it } from 'vitest';
import { scrollScale, TALLEST } from '../../renderer/layout/scrollScale.ts';

const VIEW = 900;

describe('what a scrolled pixel stands for', () => {
  it.each([0, 500, 1_000_000, TALLEST])('is a pixel of a list of %d', (length) => {
    expect(scrollScale(length, VIEW)).toBe(1);
  });

  it.each([TALLEST + 1, 47_000_000, 500_000_000])('leads to both ends of a list of %d, evenly', (length) => {
    const scale = scrollScale(length, VIEW);
    const lastScroll = TALLEST - VIEW;
    expect(lastScroll * scale).toBeCloseTo(length - VIEW, 3);
    expect((lastScroll / 2) * scale).toBeCloseTo((length - VIEW) / 2, 3);
    expect(scale).toBeGreaterThan(1);
  });
});
