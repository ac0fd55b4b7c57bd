/** Instagram: "Download your information", in JSON. Posts, archived posts, stories, reels and profile photos. */
import { z } from 'zod';
import { readJson } from '../json.ts';
import { namedPhoto, type Source } from '../source.ts';
import { addFacts, exportedText, exportFiles, mediumSchema, refuseHtml } from './meta.ts';

const POSTS =
  /^(.*?)(?:(?:your_instagram_activity\/)?(?:content|media)\/)(?:posts_\d+|archived_posts|stories|reels|profile_photos|other_content)\.json$/;
const HTML = /^(.*?)(?:your_instagram_activity\/)?(?:content|media)\/posts_\d+\.html$/;

const postSchema = z.union([
  z.looseObject({ title: exportedText, media: z.array(mediumSchema) }),
  mediumSchema.transform((medium) => ({ title: null, media: [medium] })),
]);

export const instagram: Source = {
  name: 'instagram',
  title: 'Instagram',

  recognise(tree) {
    const file = [...exportFiles(tree, POSTS), ...exportFiles(tree, HTML)][0]?.file;
    return file ? `it has ${file.inside}` : null;
  },

  async read(tree, words, signal) {
    refuseHtml(tree, words, HTML);
    for (const { file, root } of exportFiles(tree, POSTS)) {
      signal?.throwIfAborted();
      const content = await words.file(file, readJson);
      for (const post of words.entries(file, posts(content), postSchema)) {
        for (const medium of post.media) {
          const photo = namedPhoto(tree, words, { file, root, uri: medium.uri });
          if (!photo) continue;
          words.add(photo, 'caption', post.title);
          words.add(photo, 'caption', medium.title);
          addFacts(words, photo, medium);
        }
      }
    }
  },
};

/** A list of posts, bare or under names such as `ig_stories`. */
function posts(content: unknown): unknown[] {
  if (Array.isArray(content)) return content;
  if (typeof content !== 'object' || content === null) return [];
  return Object.values(content).flatMap((value) => (Array.isArray(value) ? value : []));
}
