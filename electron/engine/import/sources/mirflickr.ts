/**
 * MIRFLICKR-25000: `im<N>.jpg` with the tags of Flickr's users in `meta/tags/tags<N>.txt`, one a line. Its annotations, which say what is really in a picture, are for
 * judging a search and are not imported: no owner wrote them.
 */
import { basename } from 'node:path';
import { type FoundFile, readText } from '../files.ts';
import type { Source } from '../source.ts';

const TAGS = /(?:^|\/)tags\/tags(\d+)\.txt$/;
const IMAGE = /^im(\d+)\.jpg$/i;

export const mirflickr: Source = {
  name: 'mirflickr',
  title: 'MIRFLICKR',

  recognise(tree) {
    const file = tree.matching(TAGS)[0];
    return file ? `it has ${file.inside}` : null;
  },

  async read(tree, words, signal) {
    const photos = new Map<string, FoundFile>();
    for (const photo of tree.photos) {
      const number = IMAGE.exec(basename(photo.inside))?.[1];
      if (number !== undefined) photos.set(number, photo);
    }
    for (const file of tree.matching(TAGS)) {
      signal?.throwIfAborted();
      const number = TAGS.exec(file.inside)![1]!;
      const photo = photos.get(number);
      if (!photo) {
        words.missing.push({ path: `im${number}.jpg`, where: file.path });
        continue;
      }
      for (const tag of ((await words.file(file, readText)) ?? '').split('\n'))
        words.add(photo, 'keyword', tag);
    }
  },
};
