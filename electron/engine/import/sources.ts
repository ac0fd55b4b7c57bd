/** All sources that Photolex knows beside plain folders, and which of them an import is from. */
import type { ImportSource } from '../contract.ts';
import type { FileTree, Source } from './source.ts';
import { captions } from './sources/captions.ts';
import { coco } from './sources/coco.ts';
import { facebook } from './sources/facebook.ts';
import { flickr } from './sources/flickr.ts';
import { instacities } from './sources/instacities.ts';
import { instagram } from './sources/instagram.ts';
import { mirflickr } from './sources/mirflickr.ts';
import { takeout } from './sources/takeout.ts';
import { webvision } from './sources/webvision.ts';

const SOURCES: readonly Source[] = [
  captions,
  instagram,
  facebook,
  flickr,
  takeout,
  coco,
  webvision,
  instacities,
  mirflickr,
];

/**
 * The sources of some files, with what shows it. A folder can hold several exports. A source that was named by the user is taken at
 * their word; the words of a folder itself (metadata, sidecars) are read anyway.
 */
export async function sourcesOf(
  tree: FileTree,
  asked: ImportSource,
): Promise<{ source: Source; because: string }[]> {
  if (asked !== 'auto')
    return SOURCES.filter(({ name }) => name === asked).map((source) => ({ source, because: 'you said so' }));
  const found: { source: Source; because: string }[] = [];
  for (const source of SOURCES) {
    const because = await source.recognise(tree);
    if (because !== null) found.push({ source, because });
  }
  return found;
}
