/** Where keywords stand, as edits and sidecars ask for it. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { Library } from '../../electron/engine/library/library.ts';
import { openLibrary } from '../fixtures/imports.ts';

test('is read once, and again when a hierarchy was added or replaced, here or by another process', () => {
  const library = openLibrary();
  const { id: photo } = library.photos.add('hash', 1);
  const levels = (...names: string[]) => [{ source: 'test', levels: names }];
  const above = (): readonly string[] => library.hierarchies.tree().above('barcelona');
  library.hierarchies.add(photo, levels('Places', 'Spain', 'Barcelona'));
  expect(above()).toEqual(['Places', 'Spain']);
  const prepare = vi.spyOn(library.database, 'prepare');
  library.hierarchies.add(photo, levels('Places', 'Spain', 'Barcelona'));
  library.texts.add(photo, [{ kind: 'keyword', source: 'test', text: 'dog' }]);
  expect(above()).toEqual(['Places', 'Spain']);
  expect(prepare.mock.calls.filter(([sql]) => sql.includes('GROUP BY path'))).toEqual([]);
  library.hierarchies.replace(photo, ['test'], levels('Europe', 'Barcelona'));
  expect(above()).toEqual(['Europe']);
  const other = Library.open(library.path);
  onTestFinished(() => other.close());
  other.hierarchies.replace(photo, ['test'], levels('Catalonia', 'Barcelona'));
  expect(above()).toEqual(['Catalonia']);
});
