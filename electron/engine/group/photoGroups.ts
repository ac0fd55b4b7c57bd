/**
 * Photos that are one to their owner: a RAW photo and its JPEG, a live photo and its video, an edited copy and its original, the
 * shots of a burst. One of them is shown for all.
 *
 * [Note: groups] Files of one folder belong together by their names: `IMG_1.CR2` and `IMG_1.JPG`, `IMG_1.HEIC` and `IMG_1.MOV`, `IMG_1.jpg` and
 * Google's `IMG_1-edited.jpg` or Apple's `IMG_E1.jpg`. A burst is told by the camera, a second at most between two shots, and their looks:
 * all three, because hiding a photo wrongly is worse than showing it twice. What is shown is the edited copy before the
 * original, the JPEG before the RAW, and else the first.
 */
import { basename, extname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { hashDistance } from '../../../models/vision/perceptualHash.ts';
import { isRawName } from '../../../native/rawPhoto.ts';
import { isLiveName } from '../import/folder.ts';
import { withoutEdited } from '../import/sources/takeout.ts';
import type { GroupedFile, GroupedPhoto, GroupKind } from '../library/groups.ts';
import type { Library } from '../library/library.ts';
import { LEAST_COSINE, RADIUS, RootedFeatures } from '../similar/similarPhotos.ts';

/** Milliseconds between two shots of a burst, at most; cameras write whole seconds. */
const BURST_GAP = 1000;
/** Milliseconds that a RAW photo and its JPEG may differ. */
const PAIR_GAP = 2000;
/** Photos looked at before other work gets its turn. */
const SLICE = 2000;

/** Finds the groups of a library and keeps them. Returns how many photos changed. */
export async function groupPhotos(library: Library): Promise<number> {
  const photos = new Map(library.groups.photos().map((photo) => [photo.id, photo]));
  await setImmediate();
  const groups = new Groups();
  const videos = new Map<number, Set<string>>();
  const named = new Map<string, GroupedFile[]>();
  for (const page of library.groups.filePages()) {
    for (const file of page) {
      if (!photos.has(file.photo)) continue;
      if (file.video !== null) videos.set(file.photo, (videos.get(file.photo) ?? new Set()).add(file.video));
      const key = `${file.root}/${folderOf(file.path)}${stemOf(file.path).stem}`;
      const same = named.get(key);
      if (same) same.push(file);
      else named.set(key, [file]);
    }
    await setImmediate();
  }
  const edited = new Set<number>();
  const raw = new Set<number>();
  for (const files of named.values()) if (files.length > 1) joinNamed(files, photos, groups, edited, raw);
  await joinBursts(library, photos, groups);

  const wanted = new Map<number, { shownBy: number | null; kind: GroupKind | null; size: number }>();
  for (const { kind, members } of groups.all()) {
    const rank = (id: number): number => (edited.has(id) ? 0 : raw.has(id) ? 2 : 1);
    const time = (id: number): string => photos.get(id)!.takenAt ?? '';
    members.sort(
      (one, other) =>
        rank(one) - rank(other) || (time(one) < time(other) ? -1 : time(one) > time(other) ? 1 : one - other),
    );
    const size = members.reduce((sum, id) => sum + 1 + (videos.get(id)?.size ? 1 : 0), 0);
    for (const [place, id] of members.entries())
      wanted.set(
        id,
        place === 0 ? { shownBy: null, kind, size } : { shownBy: members[0]!, kind: null, size: 1 },
      );
  }
  for (const id of videos.keys())
    if (!wanted.has(id)) wanted.set(id, { shownBy: null, kind: 'live', size: 2 });
  const changed = [...photos.values()].flatMap(({ id, shownBy, kind, size }) => {
    const now = wanted.get(id) ?? { shownBy: null, kind: null, size: 1 };
    return now.shownBy === shownBy && now.kind === kind && now.size === size ? [] : [{ id, ...now }];
  });
  for (let start = 0; start < changed.length; start += SLICE) {
    library.transaction(() => library.groups.set(changed.slice(start, start + SLICE)));
    await setImmediate();
  }
  return changed.length;
}

const folderOf = (path: string): string => path.slice(0, path.length - basename(path).length);

/** The name that files of one shot share, in lower case, and whether this one says that it is an edited copy. */
function stemOf(path: string): { stem: string; edited: boolean } {
  const name = basename(path);
  const whole = name.slice(0, name.length - extname(name).length);
  const stem = withoutEdited(whole).replace(/^IMG_E(\d+)$/, 'IMG_$1');
  return { stem: stem.toLowerCase(), edited: stem !== whole };
}

/** Joins files of one folder and name. */
function joinNamed(
  files: readonly GroupedFile[],
  photos: ReadonlyMap<number, GroupedPhoto>,
  groups: Groups,
  edited: Set<number>,
  raw: Set<number>,
): void {
  const originals = files.filter(({ path }) => !stemOf(path).edited);
  for (const file of files) {
    if (originals.includes(file) || originals.length === 0) continue;
    for (const original of originals) {
      groups.join(file.photo, original.photo, 'edited');
      if (file.photo !== original.photo) edited.add(file.photo);
    }
  }
  const developed = originals.filter(({ path }) => isLiveName(path));
  for (const file of originals.filter(({ path }) => isRawName(path)))
    for (const other of developed) {
      const [one, two] = [photos.get(file.photo)!.takenAt, photos.get(other.photo)!.takenAt];
      if (one && two && Math.abs(Date.parse(one) - Date.parse(two)) > PAIR_GAP) continue;
      raw.add(file.photo);
      groups.join(file.photo, other.photo, 'raw');
    }
}

async function joinBursts(
  library: Library,
  photos: ReadonlyMap<number, GroupedPhoto>,
  groups: Groups,
): Promise<void> {
  const features = new RootedFeatures(library, 'efficientnet-lite0');
  const timed = [...photos.values()]
    .flatMap(({ id, camera, takenAt, look }) =>
      // Of a day without a time nobody knows how long it was between two shots.
      camera && takenAt?.includes('T') && look?.some((byte) => byte !== 0)
        ? [{ id, camera, look, time: Date.parse(takenAt) }]
        : [],
    )
    .sort((one, other) =>
      one.camera === other.camera
        ? one.time - other.time || one.id - other.id
        : one.camera < other.camera
          ? -1
          : 1,
    );
  for (let at = 1; at < timed.length; at++) {
    if (at % SLICE === 0) await setImmediate();
    const [one, other] = [timed[at - 1]!, timed[at]!];
    if (one.camera !== other.camera || other.time - one.time > BURST_GAP) continue;
    if (groups.isJoined(one.id, other.id) || hashDistance(one.look, other.look) > RADIUS) continue;
    if (features.cosine(one.id, other.id) >= LEAST_COSINE) groups.join(one.id, other.id, 'burst');
  }
}

/** What a group with several reasons is called: the first of them. */
const KINDS: readonly GroupKind[] = ['burst', 'edited', 'raw', 'live'];

/** Photos joined pair by pair. */
class Groups {
  readonly #parents = new Map<number, number>();
  readonly #reasons: { photo: number; kind: GroupKind }[] = [];

  join(one: number, other: number, kind: GroupKind): void {
    if (one === other) return;
    this.#parents.set(this.#root(one), this.#root(other));
    this.#reasons.push({ photo: one, kind });
  }

  isJoined(one: number, other: number): boolean {
    return this.#root(one) === this.#root(other);
  }

  #root(photo: number): number {
    let root = photo;
    for (
      let next = this.#parents.get(root);
      next !== undefined && next !== root;
      next = this.#parents.get(root)
    )
      root = next;
    if (root !== photo) this.#parents.set(photo, root);
    else this.#parents.set(root, root);
    return root;
  }

  all(): { kind: GroupKind; members: number[] }[] {
    const members = Map.groupBy([...this.#parents.keys()], (photo) => this.#root(photo));
    const kinds = new Map<number, GroupKind>();
    for (const kind of KINDS.toReversed())
      for (const reason of this.#reasons) if (reason.kind === kind) kinds.set(this.#root(reason.photo), kind);
    return [...members].flatMap(([root, photos]) =>
      photos.length > 1 ? [{ kind: kinds.get(root)!, members: photos }] : [],
    );
  }
}
