/** What Instagram's and Facebook's exports have in common: how they write a medium. */
import { z } from 'zod';
import type { FoundFile } from '../files.ts';
import { type FileTree, momentOf, placeOf, repaired, type SourceWords } from '../source.ts';

const text = z.string().transform(repaired).nullish();
const exifSchema = z.looseObject({
  latitude: z.number().nullish(),
  longitude: z.number().nullish(),
  taken_timestamp: z.number().nullish(),
  camera_make: text,
  camera_model: text,
});

export const mediumSchema = z.looseObject({
  uri: z.string(),
  title: text,
  description: text,
  creation_timestamp: z.number().nullish(),
  media_metadata: z
    .looseObject({ photo_metadata: z.looseObject({ exif_data: z.array(exifSchema).nullish() }).nullish() })
    .nullish()
    .catch(null),
});
export type Medium = z.infer<typeof mediumSchema>;

/** A text of the export, its bytes put together again. */
export const exportedText = text;

/** Tells when, where and with what a medium was taken. The files themselves come without metadata. */
export function addFacts(words: SourceWords, photo: FoundFile, medium: Medium): void {
  const exif = medium.media_metadata?.photo_metadata?.exif_data ?? [];
  const taken = exif.find(({ taken_timestamp }) => momentOf(taken_timestamp) !== null)?.taken_timestamp;
  const placed = exif
    .map(({ latitude, longitude }) => placeOf(latitude, longitude))
    .find((place) => place !== null);
  const camera = exif.find(({ camera_model }) => camera_model)?.camera_model ?? null;
  words.fact(photo, { takenAt: momentOf(taken ?? medium.creation_timestamp), camera, ...placed });
}

/** Where an export begins, for each of its files that match: what stands before the match. */
export function exportFiles(tree: FileTree, pattern: RegExp): { file: FoundFile; root: string }[] {
  return tree.others.flatMap((file) => {
    const match = pattern.exec(file.inside);
    return match ? [{ file, root: match[1] ?? '' }] : [];
  });
}

/** Names an export that was asked for in HTML, whose words cannot be read. */
export function refuseHtml(tree: FileTree, words: SourceWords, pattern: RegExp): void {
  for (const { file } of exportFiles(tree, pattern))
    words.skip(
      file.path,
      `this is ${words.title}'s export in HTML, which is made for reading. Ask for your information again, in JSON.`,
    );
}
