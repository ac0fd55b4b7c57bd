/** Keys that do something wherever the focus is, unless what has the focus wants them itself. */

/** What takes letters and signs: fields, choices, and open menus, in which one types ahead. */
const TAKES_KEYS = 'input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [role=menu]';

/** What is read of a key event. */
type KeyPress = Pick<
  KeyboardEvent,
  'key' | 'target' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing' | 'defaultPrevented'
>;

/** The key that was pressed, a letter in lower case whatever Caps Lock says; null if it is no shortcut, or not for everyone. */
export function shortcutOf(event: KeyPress): string | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented)
    return null;
  return (event.target as Element).closest(TAKES_KEYS) ? null : event.key.toLowerCase();
}
