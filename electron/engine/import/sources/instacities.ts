/** InstaCities1M: `captions/<city>/<id>.txt` beside `images/<city>/<id>.jpg`. */

import type { FoundFile } from '../files.ts';
import { readText } from '../files.ts';
import { comparablePath, type Source } from '../source.ts';

const CAPTION = /^(?:.*\/)?captions[^/]*\/((?:[^/]+\/)+[^/]+)\.txt$/;
const IMAGE = /^(?:.*\/)?(?:images|img)[^/]*\/((?:[^/]+\/)+[^/]+)\.\w+$/;

export const instacities: Source = {
  name: 'instacities',
  title: 'InstaCities1M',

  recognise(tree) {
    const photos = new Set(tree.photos.map(({ inside }) => IMAGE.exec(inside)?.[1]));
    const file = tree.matching(CAPTION).find(({ inside }) => photos.has(CAPTION.exec(inside)![1]));
    return file ? `${file.inside} is the caption of an image of the same name` : null;
  },

  async read(tree, words, signal) {
    const photos = new Map<string, FoundFile>();
    for (const photo of tree.photos) {
      const name = IMAGE.exec(photo.inside)?.[1];
      if (name !== undefined) photos.set(comparablePath(name), photo);
    }
    for (const file of tree.matching(CAPTION)) {
      signal?.throwIfAborted();
      const name = CAPTION.exec(file.inside)![1]!;
      const photo = photos.get(comparablePath(name));
      if (photo) words.add(photo, 'caption', await words.file(file, readText));
      else words.missing.push({ path: name, where: file.path });
    }
  },
};
