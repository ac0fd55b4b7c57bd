/** Exiftool's tags of one file (`-json -G1 -n -struct`), by field: `XMP-dc:Description`. What a value is, only its reader knows. */
export type Tags = Record<string, unknown>;

/** A field's values as text: exiftool gives a list or a single value, and numbers where text looks like one. */
export function strings(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(strings);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? [String(value)]
    : [];
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
