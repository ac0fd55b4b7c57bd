import type { SqliteDatabase } from '../../../../native/database.ts';
import { PhotolexError } from '../../contract.ts';
import { migrate as photos } from './001-photos.ts';
import { migrate as wordRules } from './002-word-rules.ts';
import { migrate as trainings } from './003-trainings.ts';
import { migrate as metadata } from './004-metadata.ts';
import { migrate as living } from './005-living.ts';
import { migrate as edits } from './006-edits.ts';
import { migrate as closer } from './007-closer.ts';
import { migrate as triedAgain } from './008-tried-again.ts';

/** In order, one per released change of the tables; a shipped migration is never edited. */
const migrations: readonly ((database: SqliteDatabase) => void)[] = [
  photos,
  wordRules,
  trainings,
  metadata,
  living,
  edits,
  closer,
  triedAgain,
];

/** The version of the tables that this program writes. */
export const LIBRARY_VERSION = migrations.length;

/**
 * Brings a library to this program's version, one migration per transaction, so that a crash between two of them
 * leaves a whole older version. Several processes may do it at the same time: each migration is done by the one that comes first.
 * @throws {PhotolexError} `library-newer` if a newer program made it; nothing is changed then.
 */
export function migrateLibrary(database: SqliteDatabase, path: string): void {
  const currentVersion = (): number => database.pragma('user_version', { simple: true }) as number;
  const version = currentVersion();
  if (version > LIBRARY_VERSION) {
    throw new PhotolexError(
      'library-newer',
      `The library ${path} was made by a newer Photolex (format ${version}, this one reads up to ${LIBRARY_VERSION}). Update Photolex to open it; nothing was changed.`,
    );
  }
  for (let next = version; next < LIBRARY_VERSION; next++) {
    const migration = database.transaction(() => {
      if (currentVersion() > next) return;
      migrations[next]!(database);
      database.pragma(`user_version = ${next + 1}`);
    });
    migration.immediate();
  }
}
