/** Facebook: "Download your information", in JSON. Posts, albums and photos outside of albums. */
import { z } from 'zod';
import type { FoundFile } from '../files.ts';
import { readJson } from '../json.ts';
import { type FileTree, namedPhoto, type Source, type SourceWords } from '../source.ts';
import { addFacts, exportedText, exportFiles, type Medium, mediumSchema, refuseHtml } from './meta.ts';

const FOLDER = String.raw`^(.*?)(?:your_facebook_activity\/)?posts\/`;
const POSTS = new RegExp(`${FOLDER}your_posts(?:__check_ins__photos_and_videos)?(?:_\\d+)?\\.json$`);
const ALBUMS = new RegExp(`${FOLDER}album\\/[^/]+\\.json$`);
const OTHERS = new RegExp(`${FOLDER}your_uncategorized_photos\\.json$`);
const HTML = new RegExp(`${FOLDER}your_(?:posts|photos)[^/]*\\.html$`);

/** Albums that Facebook makes by itself. Nobody's words. */
const MADE_BY_FACEBOOK =
  /^(timeline|mobile|profile|cover|instagram|untitled|ios|android|web)?\s*(photos?|pictures?|uploads?|album)$/i;

const postSchema = z.looseObject({
  data: z.array(z.looseObject({ post: exportedText })).nullish(),
  attachments: z
    .array(
      z.looseObject({
        data: z.array(z.looseObject({ media: mediumSchema.nullish().catch(null) })).nullish(),
      }),
    )
    .nullish(),
  tags: z
    .array(z.looseObject({ name: exportedText }))
    .nullish()
    .catch(null),
});
const albumSchema = z.looseObject({
  name: exportedText,
  description: exportedText,
  photos: z.array(z.unknown()),
});

export const facebook: Source = {
  name: 'facebook',
  title: 'Facebook',

  recognise(tree) {
    const file = [POSTS, ALBUMS, OTHERS, HTML].flatMap((pattern) => exportFiles(tree, pattern))[0]?.file;
    return file ? `it has ${file.inside}` : null;
  },

  async read(tree, words, signal) {
    refuseHtml(tree, words, HTML);
    for (const { file, root } of exportFiles(tree, POSTS)) {
      signal?.throwIfAborted();
      const content = await words.file(file, readJson);
      for (const post of words.entries(file, Array.isArray(content) ? content : [content], postSchema)) {
        for (const { media } of (post.attachments ?? []).flatMap(({ data }) => data ?? [])) {
          const photo = media && addMedium(tree, words, { file, root }, media);
          if (!photo) continue;
          for (const { post: written } of post.data ?? []) words.add(photo, 'caption', written);
          for (const { name } of post.tags ?? []) words.add(photo, 'person', name);
        }
      }
    }
    for (const { file, root } of exportFiles(tree, ALBUMS)) {
      signal?.throwIfAborted();
      for (const album of words.entries(file, [await words.file(file, readJson)], albumSchema)) {
        const name = isOwn(album.name) ? album.name : null;
        for (const medium of words.entries(file, album.photos, mediumSchema)) {
          const photo = addMedium(tree, words, { file, root }, medium, album.name);
          if (!photo) continue;
          words.add(photo, 'album', name);
          words.add(photo, 'caption', album.description);
        }
      }
    }
    for (const { file, root } of exportFiles(tree, OTHERS)) {
      const content = (await words.file(file, readJson)) as { other_photos_v2?: unknown } | null;
      const list = Array.isArray(content?.other_photos_v2) ? content.other_photos_v2 : [];
      for (const medium of words.entries(file, list, mediumSchema))
        addMedium(tree, words, { file, root }, medium);
    }
  },
};

const isOwn = (name: string | null | undefined): name is string => !!name && !MADE_BY_FACEBOOK.test(name);

/** The photo of a medium, with the medium's own words. A title is most often the album's name once more. */
function addMedium(
  tree: FileTree,
  words: SourceWords,
  where: { file: FoundFile; root: string },
  medium: Medium,
  album?: string | null,
): FoundFile | null {
  const photo = namedPhoto(tree, words, { ...where, uri: medium.uri });
  if (!photo) return null;
  words.add(photo, 'caption', medium.description);
  if (isOwn(medium.title) && medium.title !== album) words.add(photo, 'title', medium.title);
  addFacts(words, photo, medium);
  return photo;
}
