/** COCO and whatever is written like it: a JSON file with `images` and `annotations`, captions or categories of each image. */
import { basename } from 'node:path';
import { z } from 'zod';
import type { FoundFile } from '../files.ts';
import { readJson } from '../json.ts';
import { comparablePath, type FileTree, pathWithin, type Source } from '../source.ts';

const NAMED = /(?:^|\/)(?:captions|instances|annotations|dataset|_annotations)[^/]*\.json$/i;

const id = z.union([z.string(), z.number()]);
const cocoSchema = z.looseObject({
  images: z.array(z.looseObject({ id, file_name: z.string() })),
  annotations: z.array(
    z.looseObject({ image_id: id, caption: z.string().nullish(), category_id: id.nullish() }),
  ),
  categories: z.array(z.looseObject({ id, name: z.string() })).nullish(),
});

export const coco: Source = {
  name: 'coco',
  title: 'COCO',

  async recognise(tree) {
    for (const file of tree.matching(NAMED))
      if (await isCoco(file)) return `${file.inside} lists images and annotations`;
    return null;
  },

  async read(tree, words, signal) {
    const byName = photosByName(tree);
    for (const file of lists(tree)) {
      signal?.throwIfAborted();
      const content = await words.file(file, readJson);
      const parsed = cocoSchema.safeParse(content);
      if (!parsed.success) continue;
      const { images, annotations, categories } = parsed.data;
      const folder = file.inside.slice(0, -basename(file.inside).length);
      const photos = new Map<string, FoundFile>();
      for (const image of images) {
        const path = pathWithin(folder, image.file_name);
        // Images lie in a folder beside that of the annotations, so a name alone is enough if only one photo has it.
        const photo =
          path === null
            ? undefined
            : (tree.at(path) ?? byName.get(comparablePath(basename(path))) ?? undefined);
        if (photo) photos.set(String(image.id), photo);
        else words.missing.push({ path: image.file_name, where: file.path });
      }
      const names = new Map((categories ?? []).map((category) => [String(category.id), category.name]));
      for (const { image_id, caption, category_id } of annotations) {
        const photo = photos.get(String(image_id));
        if (!photo) continue;
        words.add(photo, 'caption', caption);
        words.add(photo, 'keyword', names.get(String(category_id)));
      }
    }
  },
};

/** Files that may be lists: by their names, or the one that was named itself. */
const lists = (tree: FileTree): FoundFile[] =>
  tree.others.length === 1 ? tree.matching(/\.json$/i) : tree.matching(NAMED);

async function isCoco(file: FoundFile): Promise<boolean> {
  return cocoSchema.safeParse(await readJson(file).catch(() => null)).success;
}

/** Photos by file name; null where two have the same. */
function photosByName(tree: FileTree): Map<string, FoundFile | null> {
  const photos = new Map<string, FoundFile | null>();
  for (const photo of tree.photos) {
    const name = comparablePath(basename(photo.inside));
    photos.set(name, photos.has(name) ? null : photo);
  }
  return photos;
}
