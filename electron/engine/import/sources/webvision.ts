/** WebVision 1.0: images found by queries, listed in `info/train_filelist_*.txt`, with title, description and tags in JSON files, one for each query. */
import { basename } from 'node:path';
import { z } from 'zod';
import type { FoundFile } from '../files.ts';
import { readJson } from '../json.ts';
import { comparablePath, type Source } from '../source.ts';

const FILE_LIST = /(?:^|\/)info\/(?:train|val)_filelist[^/]*\.txt$/;
/** `google/q0001.json`, or with more folders around it. */
const QUERY = /(?:^|\/)(google|flickr)\/(?:[^/]+\/)*?(q\d+)[^/]*\.json$/;

const imageSchema = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  title: z.string().nullish(),
  description: z.string().nullish(),
  tags: z.union([z.string(), z.array(z.string())]).nullish(),
});

export const webvision: Source = {
  name: 'webvision',
  title: 'WebVision',

  recognise(tree) {
    const file = tree.matching(FILE_LIST)[0];
    return file ? `it has ${file.inside}` : null;
  },

  async read(tree, words, signal) {
    const photos = new Map<string, FoundFile>();
    for (const photo of tree.photos) {
      const [site, query] = [
        /(?:^|\/)(google|flickr)\//.exec(photo.inside)?.[1],
        /\/(q\d+)\//.exec(photo.inside)?.[1],
      ];
      photos.set(key(site, query, basename(photo.inside).replace(/\.\w+$/, '')), photo);
    }
    for (const file of tree.matching(QUERY)) {
      signal?.throwIfAborted();
      const [, site, query] = QUERY.exec(file.inside)!;
      const content = await words.file(file, readJson);
      const list = Array.isArray(content) ? content : Object.values(content ?? {});
      for (const { id, title, description, tags } of words.entries(file, list, imageSchema)) {
        const photo = photos.get(key(site, query, id.replace(/\.\w+$/, '')));
        if (!photo) {
          words.missing.push({ path: id, where: file.path });
          continue;
        }
        words.add(photo, 'title', title);
        words.add(photo, 'caption', description);
        for (const tag of typeof tags === 'string' ? tags.split(/[,;\s]+/) : (tags ?? []))
          words.add(photo, 'keyword', tag);
      }
    }
  },
};

const key = (site: string | undefined, query: string | undefined, id: string): string =>
  comparablePath(`${site} ${query} ${id}`);
