/**
 * Scrolling through a list that is longer than an element may be. Browsers cut elements off at some 33 (Chromium, Safari) or 17
 * (Firefox) million pixels, where a million photos need 47. Such a list gets an element of `TALLEST` pixels, and each pixel that
 * is scrolled stands for several of the list, so that both ends are reached; a shorter one is scrolled as it is.
 */

/** Pixels that the element of a list is high at most. */
export const TALLEST = 15_000_000;

/** Pixels of a list `length` high that one scrolled pixel stands for, where `view` of them are in sight: 1 unless the list is too long. */
export function scrollScale(length: number, view: number): number {
  return length <= TALLEST ? 1 : (length - view) / (TALLEST - view);
}
