/**
 * Exiftool's tags of one file (`-json -G1 -n -struct`, all values quoted), by field: `XMP-dc:Description`. A value is a text, a
 * structure, or a list of one of these; which of them, only the reader of the field knows.
 */
export type Tags = Record<string, unknown>;

/** A field's values as text: exiftool gives a list or a single value. */
export function strings(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(strings);
  return typeof value === 'string' ? [value] : [];
}

/** The number in a field; null if it holds none. Of a list the first value is asked. */
export function number(value: unknown): number | null {
  const [text = ''] = strings(value);
  return text.trim() === '' || !Number.isFinite(Number(text)) ? null : Number(text);
}

/** The structures in a field that holds one or a list of them; none if it holds anything else. */
export function structures(value: unknown): Tags[] {
  if (Array.isArray(value)) return value.flatMap(structures);
  return typeof value === 'object' && value !== null ? [value as Tags] : [];
}

/** A text as it is kept: one form of Unicode, nothing around it. */
export const trimmed = (text: string): string => text.normalize('NFC').replaceAll('\0', '').trim();

/** What the first of a photo's files says that says anything. */
export function firstOf<T>(files: readonly Tags[], find: (tags: Tags) => T | null): T | null {
  for (const tags of files) {
    const found = find(tags);
    if (found !== null) return found;
  }
  return null;
}
