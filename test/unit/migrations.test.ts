/** Libraries that are made, brought up to date and opened by several at once. */
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Library } from '../../electron/engine/library/library.ts';
import { LIBRARY_VERSION, migrateLibrary } from '../../electron/engine/library/migrations/index.ts';
import { openDatabase, type SqliteDatabase } from '../../native/database.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';

function openFile(path: string): SqliteDatabase {
  const database = openDatabase(path);
  onTestFinished(() => void database.close());
  return database;
}

test.each([1, 4])(
  'what another process did meanwhile is not done again (from its migration %i on)',
  (turn) => {
    const path = join(temporaryFolder(), 'photolex.db');
    const [one, other] = [openFile(path), openFile(path)];
    const transaction = one.transaction.bind(one) as typeof one.transaction;
    let begun = 0;
    vi.spyOn(one, 'transaction').mockImplementation(((work: () => void) => {
      if (++begun === turn) migrateLibrary(other, path);
      return transaction(work);
    }) as typeof one.transaction);
    migrateLibrary(one, path);
    expect(begun).toBe(LIBRARY_VERSION);
    for (const database of [one, other])
      expect(database.pragma('user_version', { simple: true })).toBe(LIBRARY_VERSION);
  },
);

test('a library that another program keeps to itself is in use, not damaged', () => {
  const path = join(temporaryFolder(), 'library');
  Library.open(path, { create: true }).close();
  const other = openFile(join(path, 'photolex.db'));
  other.pragma('locking_mode = EXCLUSIVE');
  other.exec('BEGIN EXCLUSIVE');
  expect(() => Library.open(path)).toThrow(
    expect.objectContaining({
      code: 'library-in-use',
      message: expect.stringMatching(/photolex\.db is in use by another program/),
    }),
  );
});
