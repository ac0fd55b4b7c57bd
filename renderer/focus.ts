/** Where the keyboard goes when what it was on goes away. */
import { tick } from 'svelte';

/**
 * Call it before what has the focus may go away (in `$effect.pre`, or where the change is made). If the focus is inside
 * `around` then, and its element is gone after the update, what `next` finds gets it, instead of nothing.
 */
export function keepFocus(around: Element | undefined, next: () => HTMLElement | undefined): void {
  const focused = document.activeElement;
  if (!focused || !around?.contains(focused)) return;
  void tick().then(() => {
    if (!focused.isConnected) next()?.focus();
  });
}
