/** Flickr: the account's data and its photos, which come in archives of their own; a file for each photo tells of it. */
import { basename } from 'node:path';
import { z } from 'zod';
import type { FoundFile } from '../files.ts';
import { readJson } from '../json.ts';
import { type FileTree, placeOf, type Source } from '../source.ts';

const PHOTO = /(?:^|\/)photo_(\d+)\.json$/;
const ALBUMS = /(?:^|\/)albums\.json$/;

const microdegrees = z.union([z.string(), z.number()]).nullish();
const placeSchema = z.looseObject({ latitude: microdegrees, longitude: microdegrees });
const photoSchema = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  name: z.string().nullish(),
  description: z.string().nullish(),
  tags: z.array(z.looseObject({ tag: z.string() })).nullish(),
  date_taken: z.string().nullish(),
  geo: z
    .union([placeSchema, z.array(placeSchema)])
    .nullish()
    .catch(null),
  albums: z.array(z.looseObject({ title: z.string().nullish() })).nullish(),
});
const albumSchema = z.looseObject({ title: z.string(), photos: z.array(z.union([z.string(), z.number()])) });

/** Names that cameras give; as a title they say nothing. */
const CAMERA_NAME = /^(?:img|dsc[fn]?|p|_?mg|gopr|dji|pxl|image)?[_-]?\d[\d_-]*(?:\.\w+)?$/i;

export const flickr: Source = {
  name: 'flickr',
  title: 'Flickr',

  recognise(tree) {
    const file = tree.matching(PHOTO)[0];
    return file ? `it has ${file.inside}` : null;
  },

  async read(tree, words, signal) {
    const files = tree.matching(PHOTO);
    const ids = new Set(files.map(({ inside }) => PHOTO.exec(inside)![1]!));
    const photos = photosById(tree, ids);
    const albums = new Map<string, string[]>();
    for (const file of tree.matching(ALBUMS)) {
      const content = (await words.file(file, readJson)) as { albums?: unknown } | null;
      const list = Array.isArray(content?.albums) ? content.albums : [];
      for (const { title, photos } of words.entries(file, list, albumSchema))
        for (const id of photos) albums.set(String(id), [...(albums.get(String(id)) ?? []), title]);
    }
    for (const file of files) {
      signal?.throwIfAborted();
      for (const photo of words.entries(file, [await words.file(file, readJson)], photoSchema)) {
        const found = photos.get(photo.id) ?? [];
        if (found.length === 0) words.missing.push({ path: `the photo ${photo.id}`, where: file.path });
        for (const media of found) {
          if (!CAMERA_NAME.test(photo.name ?? '')) words.add(media, 'title', plain(photo.name));
          words.add(media, 'caption', plain(photo.description));
          for (const { tag } of photo.tags ?? []) words.add(media, 'keyword', plain(tag));
          for (const { title } of photo.albums ?? []) words.add(media, 'album', plain(title));
          for (const title of albums.get(photo.id) ?? []) words.add(media, 'album', plain(title));
          const [place] = [photo.geo ?? []].flat();
          words.fact(media, {
            takenAt: takenAt(photo.date_taken),
            ...placeOf(degrees(place?.latitude), degrees(place?.longitude)),
          });
        }
      }
    }
  },
};

/** Photos by the id in their name: `<slug>_<id>_o.jpg` or `<id>_<secret>_o.jpg`. */
function photosById(tree: FileTree, ids: ReadonlySet<string>): Map<string, FoundFile[]> {
  const photos = new Map<string, FoundFile[]>();
  for (const photo of tree.photos) {
    const id = basename(photo.inside)
      .split(/[_.]/)
      .find((part) => ids.has(part));
    if (id !== undefined) photos.set(id, [...(photos.get(id) ?? []), photo]);
  }
  return photos;
}

const degrees = (value: string | number | null | undefined): number | null =>
  value === null || value === undefined || value === '' ? null : Number(value) / 1e6;

/** `2014-05-03 12:30:01`, without a zone; years that no camera knows are left out. */
function takenAt(written: string | null | undefined): string | null {
  const match = /^((?:1[89]|2[01])\d\d-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)$/.exec(written ?? '');
  return match && !Number.isNaN(Date.parse(`${match[1]}T${match[2]}Z`)) ? `${match[1]}T${match[2]}` : null;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
};

/** Text without the markup that Flickr allows in it. */
function plain(text: string | null | undefined): string {
  return (text ?? '')
    .replaceAll(/<[^<>]*>/g, ' ')
    .replaceAll(/&(amp|lt|gt|quot|apos|#39);/g, (_, name: string) => ENTITIES[name]!);
}
