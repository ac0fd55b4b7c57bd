/**
 * [Note: facts of a photo] When, where and with what a photo was taken and how it was judged may be said by several: the metadata of
 * each of its files, sidecars included, and exports. What each says is kept apart, and the photo has what follows from all:
 * field by field the file whose sidecar changed last counts first, then the other files, then exports in the order in which
 * they came. So whatever is corrected or removed at its source changes the photo too. Coordinates come from one source
 * together. 0 stars and the label or flag `none` are said, not missing: they take back what counts less. While a file
 * is still to be read by the current rules, nothing that was known is forgotten.
 *
 * [Note: names of places] A place is named as somebody wrote it, or else by the inhabited place nearest to the coordinates and what
 * that is a part of. Who looks for one of the names, and for all of it, finds the photo as if somebody had written the name under it; half a name is
 * none, or the beach would be in every photo from Long Beach. But a name is no text: a photo is not captioned by it, and no
 * model learns from it. Every photo of one trip would teach that what is in it, dogs, cakes, clouds, looks like Barcelona;
 * and fifty photos with coordinates would start learning before anyone wrote a word.
 */
import { preparedOnce, type SqliteDatabase } from '../../../native/database.ts';
import { atPlace, bestMoment, withZoneOf } from '../../../native/metadata/moment.ts';
import { placeNamesAt } from '../../../native/metadata/placeNames.ts';
import { METADATA_VERSION, type PhotoFacts } from '../../../native/metadata.ts';
import type { PhotoDetails } from '../contract.ts';

/** What the photo itself has of the facts. */
type Known = Omit<PhotoFacts, 'label' | 'flag' | 'place'> & Pick<PhotoDetails, 'label' | 'flag'>;

/** Of the facts that a photo had before its bytes were replaced, in place of an export's name. */
const REPLACED = 'the photo before it was edited';

/** The columns of `photos` that hold facts. */
export const FACT_COLUMNS = 'taken_at AS takenAt, latitude, longitude, camera, rating, label, flag';

export class FactRepository {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** Keeps what a file's metadata says, as the current rules read it; null if it has none. `resolve` applies it. */
  setOfFile(root: number, path: string, facts: PhotoFacts | null): void {
    preparedOnce(
      this.#database,
      'UPDATE files SET facts = ?, metadata_version = ? WHERE root = ? AND path = ?',
    ).run(facts && JSON.stringify(facts), METADATA_VERSION, root, path);
  }

  /** Keeps what an export says of a photo. Returns whether it is something new, which `resolve` has to apply. */
  setOfExport(photo: number, source: string, facts: Partial<PhotoFacts>): boolean {
    const { changes } = preparedOnce(
      this.#database,
      `INSERT INTO export_facts (photo, source, facts) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET facts = excluded.facts WHERE facts <> excluded.facts`,
    ).run(photo, source, JSON.stringify(facts));
    return changes > 0;
  }

  /** Forgets what an export said of a photo. Returns whether it had said anything. */
  removeOfExport(photo: number, source: string): boolean {
    return (
      preparedOnce(this.#database, 'DELETE FROM export_facts WHERE photo = ? AND source = ?').run(
        photo,
        source,
      ).changes > 0
    );
  }

  /** Keeps what is known of a photo whose bytes are replaced, for what those that come do not say. */
  keep(photo: number): void {
    this.setOfExport(photo, REPLACED, this.#known(photo));
  }

  /** Gives a photo the facts that follow from its sources. See [Note: facts of a photo]. */
  resolve(photo: number): void {
    const files = preparedOnce(
      this.#database,
      'SELECT facts, metadata_version AS version FROM files WHERE photo = ? ORDER BY sidecar_modified DESC, id',
    ).all(photo) as { facts: string | null; version: number }[];
    const exports = preparedOnce(this.#database, 'SELECT facts FROM export_facts WHERE photo = ? ORDER BY id')
      .pluck()
      .all(photo) as string[];
    const parse = (json: string | null): Partial<PhotoFacts>[] =>
      json === null ? [] : [JSON.parse(json) as Partial<PhotoFacts>];
    const ofFiles = files.flatMap(({ facts }) => parse(facts));
    const ofExports = exports.flatMap(parse);
    const said = [...ofFiles, ...ofExports];
    if (files.some(({ version }) => version < METADATA_VERSION)) said.push(this.#known(photo));

    const first = <F extends keyof PhotoFacts>(field: F): PhotoFacts[F] | null =>
      said.map((facts) => facts[field] ?? null).find((value) => value !== null) ?? null;
    const where = said.find(({ latitude, longitude }) => latitude != null && longitude != null);
    const latitude = where?.latitude ?? null;
    const longitude = where?.longitude ?? null;
    const place = latitude === null || longitude === null ? null : { latitude, longitude };
    let takenAt = bestMoment(said.flatMap((facts) => facts.takenAt ?? []));
    for (const { takenAt: instant } of ofExports)
      if (takenAt !== null && instant) takenAt = withZoneOf(takenAt, instant);
    const label = first('label');
    const flag = first('flag');
    this.#store(photo, {
      takenAt: takenAt && place ? atPlace(takenAt, place) : takenAt,
      latitude,
      longitude,
      camera: first('camera'),
      rating: first('rating') || null,
      label: label === 'none' ? null : label,
      flag: flag === 'none' ? null : flag,
    });
    const written = first('place');
    if (written) this.#storePlace(photo, written, 'written');
    else this.#storePlace(photo, place ? placeNamesAt(place) : [], 'coordinates');
  }

  /** The names of a photo's place; null if nobody knows any. */
  place(photo: number): PhotoDetails['place'] {
    const rows = preparedOnce(
      this.#database,
      'SELECT name, origin FROM places WHERE photo = ? ORDER BY position',
    ).all(photo) as { name: string; origin: 'written' | 'coordinates' }[];
    return rows[0] ? { names: rows.map(({ name }) => name), origin: rows[0].origin } : null;
  }

  /** Photos whose place has this name, whatever its capitals, accents and punctuation. */
  photosAt(name: string): number[] {
    return preparedOnce(this.#database, 'SELECT DISTINCT photo FROM places WHERE folded = ? ORDER BY photo')
      .pluck()
      .all(foldedName(name)) as number[];
  }

  #known(photo: number): Known {
    return preparedOnce(this.#database, `SELECT ${FACT_COLUMNS} FROM photos WHERE id = ?`).get(
      photo,
    ) as Known;
  }

  #store(photo: number, facts: Known): void {
    preparedOnce(
      this.#database,
      `UPDATE photos SET taken_at = @takenAt, latitude = @latitude, longitude = @longitude, camera = @camera,
           rating = @rating, label = @label, flag = @flag WHERE id = @photo`,
    ).run({ ...facts, photo });
  }

  #storePlace(photo: number, names: readonly string[], origin: 'written' | 'coordinates'): void {
    const known = this.place(photo);
    if (known?.origin === origin && known.names.join('\n') === names.join('\n')) return;
    preparedOnce(this.#database, 'DELETE FROM places WHERE photo = ?').run(photo);
    const insert = preparedOnce(
      this.#database,
      'INSERT INTO places (photo, position, name, folded, origin) VALUES (?, ?, ?, ?, ?)',
    );
    for (const [position, name] of names.entries())
      insert.run(photo, position, name, foldedName(name), origin);
  }
}

/** A name as names are compared. */
const foldedName = (name: string): string =>
  name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
