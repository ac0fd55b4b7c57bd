/** Pictures, by address: they are too large for the answer to a call. */

/**
 * The pictures behind the calls, by URL, the same in Electron (custom protocol) and on the server: a thumbnail of a
 * photo, the photo itself in a format that browsers show, or a picture added with `addImage`.
 */
export const mediaKinds = ['thumbnail', 'photo', 'image'] as const;
export type MediaKind = (typeof mediaKinds)[number];
export const mediaUrl = (kind: MediaKind, id: number | string, revision?: string): string =>
  `/media/${kind}/${encodeURIComponent(id)}${revision === undefined ? '' : `?${revision}`}`;
