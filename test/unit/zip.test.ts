/** Zip archives that many photos are read from at the same time. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withArchive, ZipArchive } from '../../native/zip.ts';
import { writeZip } from '../fixtures/exports.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';
import { until } from '../fixtures/until.ts';

/** The files of a folder that this process has open. */
const openIn = (folder: string): string[] =>
  readdirSync('/proc/self/fd').flatMap((number) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${number}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });

describe.skipIf(process.platform !== 'linux')('archives', () => {
  test('stay open while they are read, however many there are, and few do afterwards', async () => {
    const folder = temporaryFolder();
    const contents = randomBytes(2e6);
    const paths = await Promise.all(
      Array.from({ length: 14 }, (_, at) =>
        writeZip(join(folder, `${at}.zip`), new Map(['a', 'b'].map((name) => [name, contents]))),
      ),
    );
    const read = (path: string) =>
      ['a', 'b'].map((name) => withArchive(path, (archive) => archive.bytes(name)));
    for (const bytes of await Promise.all(paths.flatMap(read))) expect(bytes.equals(contents)).toBe(true);
    await until(() => openIn(folder).length === 8);
    // The one that was used last stays.
    await Promise.all(read(paths[0]!));
    for (const path of paths.slice(1, 8)) await Promise.all(read(path));
    await until(() => openIn(folder).length === 8);
    expect(openIn(folder)).toContain(paths[0]);
  });

  test('that are replaced while they are read are read to their end, and then anew', async () => {
    const folder = temporaryFolder();
    const path = await writeZip(join(folder, 'a.zip'), new Map([['a', Buffer.from('before')]]));
    const [later, read] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const before = withArchive(path, async (archive) => {
      read.resolve();
      await later.promise;
      return archive.bytes('a');
    });
    await read.promise;
    utimesSync(path, 1e9, 1e9);
    expect(String(await withArchive(path, (archive) => archive.bytes('a')))).toBe('before');
    expect(openIn(folder)).toHaveLength(2);
    later.resolve();
    expect(String(await before)).toBe('before');
    await until(() => openIn(folder).length === 1);
  });

  test('that are damaged are closed, and what is damaged in them is told from what could not be read', async () => {
    const folder = temporaryFolder();
    const path = await writeZip(join(folder, 'a.zip'), new Map([['a', Buffer.alloc(1e5, 'words ')]]));
    const bytes = readFileSync(path);
    // Within the packed bytes, and then the signature of the list of files.
    bytes.fill(0xff, 40, 60);
    writeFileSync(path, bytes);
    const damaged = withArchive(path, (archive) => archive.bytes('a'));
    await expect(damaged).rejects.toMatchObject({
      message: expect.stringContaining('damaged in the archive'),
      lasting: true,
    });
    const closed = await ZipArchive.open(path);
    closed.close();
    await expect(closed.bytes('a')).rejects.toMatchObject({
      message: 'it could not be read (closed)',
      lasting: false,
    });
    const broken = join(folder, 'b.zip');
    bytes[bytes.indexOf('PK\x01\x02', 0, 'latin1')] = 0;
    writeFileSync(broken, bytes);
    const opening = withArchive(broken, (archive) => archive.bytes('a'));
    await expect(opening).rejects.toMatchObject({
      message: expect.stringContaining('not a whole zip archive'),
      lasting: true,
    });
    await until(() => !openIn(folder).includes(broken));
    await expect(withArchive(join(folder, 'c.zip'), async () => {})).rejects.toMatchObject({
      message: 'it is not there any more',
      lasting: false,
    });
  });
});
