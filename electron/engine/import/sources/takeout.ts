/**
 * Google Takeout: beside each photo a JSON file with its description, people, date and place.
 *
 * [Note: names of Takeout's files] Which JSON file is which photo's follows from names that were cut and numbered: `<name>.json` of old, now the first
 * 46 characters of `<name>.supplemental-metadata` and `.json`; the `(1)` of a second `IMG(1).jpg` stands at the end of the JSON file's
 * name (`IMG.jpg(1).json`); the photo's own name was cut near 47 characters; an edited copy has no file of its own
 * and shares the original's. Both may be in different archives of one export.
 */
import { basename, extname } from 'node:path';
import { z } from 'zod';
import type { FoundFile } from '../files.ts';
import type { FoundPhoto } from '../folder.ts';
import { readJson } from '../json.ts';
import {
  comparablePath,
  type FileTree,
  momentOf,
  placeOf,
  type Source,
  type SourceWords,
} from '../source.ts';

const NAME_LENGTH = 46;
const SUFFIX = '.supplemental-metadata';
const START_LENGTH = 24;
/** What Google writes behind the name of a copy that was edited, in the languages of its exports. */
const EDITED =
  /-(?:edited|bearbeitet|modifi[eé]|editad[oa]|modificato|bewerkt|edytowane|redigeret|redigerad|redigert|muokattu|upraveno|düzenlendi|отредактировано|編集済み|已修改|수정됨)$/iu;

/** A name without its extension as it was before its photo was edited; itself if it does not say so. */
export function withoutEdited(stem: string): string {
  const number = /\(\d+\)$/.exec(stem)?.[0] ?? '';
  return stem.slice(0, stem.length - number.length).replace(EDITED, '') + number;
}

const placeSchema = z.looseObject({ latitude: z.number().nullish(), longitude: z.number().nullish() });
const sidecarSchema = z.looseObject({
  title: z.string(),
  description: z.string().nullish(),
  people: z
    .array(z.looseObject({ name: z.string().nullish() }))
    .nullish()
    .catch(null),
  photoTakenTime: z.looseObject({ timestamp: z.union([z.string(), z.number()]) }),
  geoDataExif: placeSchema.nullish().catch(null),
  geoData: placeSchema.nullish().catch(null),
  trashed: z.boolean().nullish(),
  favorited: z.boolean().nullish(),
});
type Sidecar = z.infer<typeof sidecarSchema>;
const albumSchema = z.looseObject({ title: z.string() });

const ALBUM_FILES = new Set([
  'metadata.json',
  'metadaten.json',
  'métadonnées.json',
  'metadatos.json',
  'metadati.json',
  'metagegevens.json',
]);

export const takeout: Source = {
  name: 'takeout',
  title: 'Google Takeout',

  recognise(tree) {
    const file =
      tree.matching(/(?:^|\/)Takeout\/.*\.json$/)[0] ??
      tree.matching(/\.(?:jpe?g|png|heic|webp|gif)\.suppl[a-z-]*(?:\(\d+\))?\.json$/i)[0];
    if (file) return `it has ${file.inside}`;
    const sidecar = tree.photos.map(({ inside }) => tree.at(`${inside}.json`)).find(Boolean);
    return sidecar ? `${sidecar.inside} lies beside its photo` : null;
  },

  async read(tree, words, signal) {
    for (const [folder, { sidecars, photos }] of folders(tree)) {
      signal?.throwIfAborted();
      const known = new Sidecars();
      let album: string | null = null;
      for (const file of sidecars) {
        const name = comparablePath(basename(file.inside));
        const content = await words.file(file, readJson);
        const sidecar = sidecarSchema.safeParse(content);
        if (sidecar.success) known.add(name.slice(0, -'.json'.length), sidecar.data);
        else if (ALBUM_FILES.has(name.toLowerCase()))
          album = albumSchema.safeParse(content).data?.title ?? null;
      }
      const used = new Set<Sidecar>();
      for (const photo of photos) {
        words.add(photo, 'album', album);
        const sidecar = known.of(comparablePath(basename(photo.inside)));
        if (!sidecar) continue;
        used.add(sidecar);
        addSidecar(words, photo, sidecar);
      }
      for (const [name, sidecar] of known.byName)
        if (!used.has(sidecar) && !/\.(?:mp4|mov|m4v|3gp|avi|mkv|webm|mpg|mp)$/i.test(sidecar.title))
          words.missing.push({ path: sidecar.title, where: `${folder}${name}.json` });
    }
  },
};

/** Photos and JSON files by the folder that they share, in whichever archives it lies. */
function folders(tree: FileTree): Map<string, { sidecars: FoundFile[]; photos: FoundPhoto[] }> {
  const found = new Map<string, { sidecars: FoundFile[]; photos: FoundPhoto[] }>();
  const at = ({ inside }: FoundFile) => {
    const folder = comparablePath(inside.slice(0, -basename(inside).length));
    const known = found.get(folder);
    if (known) return known;
    const made = { sidecars: [], photos: [] };
    found.set(folder, made);
    return made;
  };
  for (const file of tree.matching(/\.json$/i)) at(file).sidecars.push(file);
  for (const photo of tree.photos) at(photo).photos.push(photo);
  return found;
}

/** The JSON files of one folder, found by the names of their photos. See [Note: names of Takeout's files]. */
class Sidecars {
  /** By file name without `.json`. */
  readonly byName = new Map<string, Sidecar>();
  /** By title, as it is written into file names; and by how a name begins: a year of photos lies in one folder, too many to look through for each. */
  readonly #byTitle = new Map<string, [name: string, Sidecar][]>();
  readonly #byStart = new Map<string, [name: string, Sidecar][]>();

  add(name: string, sidecar: Sidecar): void {
    this.byName.set(name, sidecar);
    for (const [map, key] of [
      [this.#byTitle, writtenName(sidecar.title)],
      [this.#byStart, name.slice(0, START_LENGTH)],
    ] as const) {
      const list = map.get(key);
      if (list) list.push([name, sidecar]);
      else map.set(key, [[name, sidecar]]);
    }
  }

  /** The JSON file of the photo with this file name. */
  of(photo: string): Sidecar | undefined {
    const extension = extname(photo);
    const stem = photo.slice(0, photo.length - extension.length);
    const number = /\(\d+\)$/.exec(stem)?.[0] ?? '';
    const base = stem.slice(0, stem.length - number.length);
    const original = base.replace(EDITED, '');
    for (const start of base === original ? [base] : [base, original]) {
      const whole = start + extension;
      const withSuffix = (whole + SUFFIX).slice(0, NAME_LENGTH);
      for (const candidate of [
        `${start}${number}${extension}`,
        `${whole}${number}`,
        `${withSuffix}${number}`,
        `${whole.slice(0, NAME_LENGTH)}${number}`,
        // The number is part of the photo's own name. Of a long name the cut takes it away, so the others go first.
        `${start}${number}${extension}${SUFFIX}`.slice(0, NAME_LENGTH),
        `${start}${number}`,
      ]) {
        const found = this.byName.get(candidate);
        if (found) return found;
      }
      const titled = (this.#byTitle.get(whole) ?? []).find(
        ([name]) => name.endsWith(number) && (number !== '' || !/\(\d+\)$/.test(name)),
      );
      if (titled) return titled[1];
    }
    // A name that was cut: its JSON file's name goes on a little further.
    if (photo.length < NAME_LENGTH) return undefined;
    return (this.#byStart.get(original.slice(0, START_LENGTH)) ?? []).find(
      ([name]) => name.startsWith(original) && name.endsWith(number),
    )?.[1];
  }
}

/** A title as Google writes it into a file name. */
const writtenName = (title: string): string => comparablePath(title).replaceAll(/[&?<>:"/\\|*%]/g, '_');

function addSidecar(words: SourceWords, photo: FoundPhoto, sidecar: Sidecar): void {
  if (sidecar.trashed) {
    words.unwanted.set(comparablePath(photo.path), 'it is in the trash of Google Photos');
    return;
  }
  words.add(photo, 'caption', sidecar.description);
  for (const { name } of sidecar.people ?? []) words.add(photo, 'person', name);
  const place = [sidecar.geoDataExif, sidecar.geoData]
    .map((found) => placeOf(found?.latitude, found?.longitude))
    .find((found) => found !== null);
  words.fact(photo, {
    takenAt: momentOf(sidecar.photoTakenTime.timestamp),
    ...place,
    flag: sidecar.favorited ? 'picked' : null,
  });
}
