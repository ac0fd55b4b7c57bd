/** What the user does to words, from an edit to the sidecars beside photos, with real files and real exiftool. */

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { exiftoolPath } from 'exiftool-vendored';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import yazl from 'yazl';
import type { EditableText, SidecarReport } from '../../electron/engine/contract.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { importSource, newImportReport } from '../../electron/engine/import/importer.ts';
import { Library } from '../../electron/engine/library/library.ts';
import { writeSidecars } from '../../electron/engine/tags/sidecars.ts';
import { projectRoot } from '../../native/runtime.ts';
import { endOf } from '../fixtures/jobs.ts';
import { startEngine } from '../fixtures/learnedAlbum.ts';
import { picture, temporaryFolder, writeTags } from '../fixtures/pictures.ts';

const keyword = (text: string): EditableText => ({ kind: 'keyword', text });
const caption = (text: string): EditableText => ({ kind: 'caption', text });
const fixture = (name: string): string => join(projectRoot, 'test', 'fixtures', 'sidecars', `${name}.xmp`);

/** All that exiftool says of a file but where and when it lies. */
async function tagsOf(path: string): Promise<Record<string, unknown>> {
  const output = execFileSync(await exiftoolPath(), ['-json', '-G1', '-struct', path], { encoding: 'utf8' });
  const [tags] = JSON.parse(output) as Record<string, unknown>[];
  return Object.fromEntries(
    Object.entries(tags!).filter(([field]) => /^XMP-/.test(field) && field !== 'XMP-x:XMPToolkit'),
  );
}

/** A folder of photos and an engine with its library open. */
class Album {
  readonly folder = temporaryFolder();
  readonly path = join(temporaryFolder(), 'library');
  engine!: Engine;

  async open(): Promise<void> {
    this.engine = await startEngine({ learnsByItself: false });
    await this.engine.calls.openLibrary({ path: this.path, create: true });
  }

  async add(...names: string[]): Promise<void> {
    for (const name of names) {
      const seed = createHash('sha256').update(name).digest().readUInt16BE() % 10_007;
      await picture(seed, 48, 32).jpeg().toFile(join(this.folder, name));
    }
  }

  async import(): Promise<{ added: number; unchanged: number }> {
    const job = await endOf(this.engine, () => this.engine.calls.importPhotos({ path: this.folder }));
    expect(job.state, job.message ?? '').toBe('done');
    return (await this.engine.calls.importReport())!;
  }

  async photo(name: string): Promise<number> {
    const { photos } = await this.engine.calls.findPhotos({ paths: [name] });
    return photos[0]!;
  }

  /** Kind, source and text of each of a photo's texts. */
  async texts(name: string): Promise<string[]> {
    const { texts } = await this.engine.calls.photoDetails({ photo: await this.photo(name) });
    return texts.map(({ kind, source, text }) => `${kind} ${source}: ${text}`).sort();
  }

  async edit(names: string[], add: EditableText[], remove: EditableText[] = []) {
    const { photos } = await this.engine.calls.findPhotos({ paths: names });
    return await this.engine.calls.editWords({ photos, add, remove });
  }

  async write(): Promise<SidecarReport> {
    const job = await endOf(this.engine, () => this.engine.calls.writeSidecars({}));
    expect(job.state, job.message ?? '').toBe('done');
    return (await this.engine.calls.sidecarReport())!;
  }

  hash(name: string): string {
    return createHash('sha256')
      .update(readFileSync(join(this.folder, name)))
      .digest('hex');
  }
}

let album: Album;
beforeEach(async () => {
  album = new Album();
  await album.open();
});

describe('an edit', () => {
  test('holds at once, is searched by, survives a restart, and is undone in several steps', async () => {
    await album.add('a.jpg', 'b.jpg');
    await writeTags(join(album.folder, 'a.jpg'), '-XMP-dc:Subject=harbour', '-XMP-dc:Subject=wrong');
    await album.import();
    const before = await album.texts('a.jpg');
    expect(await album.edit(['a.jpg', 'b.jpg'], [keyword('zorro')])).toMatchObject({
      label: 'Added “zorro” to 2 photos',
      photos: 2,
    });
    await album.edit(['a.jpg'], [caption('Zorro at home')], [keyword('WRONG')]);
    await album.edit(['a.jpg'], [caption('Zorro in the harbour')]);
    expect(await album.edit(['a.jpg'], [keyword('Zorro')])).toBeNull();
    expect(await album.texts('a.jpg')).toEqual([
      'caption Photolex: Zorro in the harbour',
      'keyword Photolex: zorro',
      'keyword XMP-dc:Subject: harbour',
    ]);
    const { results } = await album.engine.calls.search({
      concepts: [{ kind: 'text', text: 'zorro', weight: 1 }],
      untagged: false,
      limit: 5,
    });
    expect(results.map(({ path }) => path).sort()).toEqual(['a.jpg', 'b.jpg']);

    // A text that was taken out stays so although the file still says it, even if it is read again.
    await writeTags(join(album.folder, 'a.jpg'), '-XMP-dc:Creator=me');
    copyFileSync(join(album.folder, 'b.jpg'), join(album.folder, 'copy.jpg'));
    await album.engine.calls.closeLibrary();
    await album.open();
    expect((await album.engine.calls.edits({})).map(({ label }) => label)).toEqual([
      'Changed the caption of a photo',
      'Changed the words of a photo',
      'Added “zorro” to 2 photos',
    ]);
    await album.engine.calls.undoEdit();
    expect(await album.texts('a.jpg')).toContain('caption Photolex: Zorro at home');
    await album.engine.calls.undoEdit();
    await album.engine.calls.undoEdit();
    expect(await album.texts('a.jpg')).toEqual(before);
    expect(await album.texts('b.jpg')).toEqual([]);
    expect(await album.engine.calls.undoEdit()).toBeNull();
    expect(await album.engine.calls.pendingWrites({})).toEqual({ total: 0, writes: [] });
  });

  test('takes out what a file says, and no import brings it back', async () => {
    await album.add('a.jpg');
    await writeTags(join(album.folder, 'a.jpg'), '-IPTC:Keywords=harbour', '-IPTC:Keywords=wrong');
    writeFileSync(join(album.folder, 'captions.tsv'), 'a.jpg\tthe old caption\n');
    await album.import();
    await album.edit(['a.jpg'], [], [keyword('wrong'), caption('the old caption')]);
    writeFileSync(join(album.folder, 'a.xmp'), readFileSync(fixture('lightroom')));
    await album.import();
    const texts = await album.texts('a.jpg');
    expect(texts).toContain('keyword XMP-lr:HierarchicalSubject: Mountains');
    expect(texts.join()).not.toMatch(/wrong|old caption/);
  });
});

describe('sidecars', () => {
  test.each(['digikam', 'lightroom'])(
    'of %s are added to, and everything else in them stays',
    async (program) => {
      const name = program === 'digikam' ? 'a.jpg.xmp' : 'a.xmp';
      await album.add('a.jpg');
      copyFileSync(fixture(program), join(album.folder, name));
      await album.import();
      const before = await tagsOf(join(album.folder, name));
      const photo = album.hash('a.jpg');
      await album.edit(['a.jpg'], [keyword('zorro & Co'), caption('A cat, “Zorro” <3')]);
      const report = await album.write();
      expect(report).toMatchObject({
        photos: 1,
        created: [],
        changed: [join(album.folder, name)],
        skipped: [],
      });
      const after = await tagsOf(join(album.folder, name));
      const list = (field: string): unknown[] => (before[field] as unknown[] | undefined) ?? [];
      const { 'XMP-tiff:ImageDescription': _, ...rest } = before;
      expect(after).toEqual({
        ...rest,
        'XMP-dc:Subject': [...list('XMP-dc:Subject'), 'zorro & Co'],
        'XMP-lr:HierarchicalSubject': [...list('XMP-lr:HierarchicalSubject'), 'zorro & Co'],
        'XMP-digiKam:TagsList':
          program === 'digikam'
            ? [...list('XMP-digiKam:TagsList'), 'zorro & Co']
            : ['Nature/Mountains/Alps', 'lake', 'zorro & Co'],
        'XMP-dc:Description': 'A cat, “Zorro” <3',
      });
      expect(album.hash('a.jpg')).toBe(photo);
      expect(readdirSync(album.folder).sort()).toEqual(['a.jpg', name].sort());

      // The library knows what was written, each word once, and the next import has nothing to do.
      const texts = await album.texts('a.jpg');
      expect(texts.filter((text) => text.includes('zorro & Co'))).toEqual([
        'keyword XMP-digiKam:TagsList: zorro & Co',
      ]);
      expect(await album.import()).toMatchObject({ added: 0, unchanged: 1 });
      expect(await album.texts('a.jpg')).toEqual(texts);
      expect(await album.write()).toMatchObject({ photos: 0, changed: [] });
    },
  );

  test('lose what was taken out, in all fields, and get it back when that is undone', async () => {
    await album.add('a.jpg');
    const sidecar = join(album.folder, 'a.jpg.xmp');
    copyFileSync(fixture('digikam'), sidecar);
    await album.import();
    const before = await tagsOf(sidecar);
    const texts = await album.texts('a.jpg');
    await album.edit(['a.jpg'], [], [keyword('barcelona'), keyword('2019'), caption('A square at noon')]);
    await album.write();
    const after = await tagsOf(sidecar);
    expect(after).toMatchObject({
      'XMP-digiKam:TagsList': ['Places/Spain', 'People/Ana', 1.1],
      'XMP-lr:HierarchicalSubject': ['Places|Spain', 'People|Ana', 1.1],
      'XMP-mediapro:CatalogSets': ['Places|Spain'],
      'XMP-dc:Subject': ['Ana', 1.1],
      'XMP-dc:Description-ca-ES': 'Una plaça al migdia',
    });
    expect(after).not.toHaveProperty('XMP-dc:Description');
    expect(after).not.toHaveProperty('XMP-tiff:ImageDescription');
    expect((await album.texts('a.jpg')).join()).not.toMatch(/Barcelona|noon/);
    await album.engine.calls.undoEdit();
    await album.write();
    const spoken = (all: string[]) => all.map((text) => text.replace(/ .*?:.*?:/, ':')).sort();
    expect(spoken(await album.texts('a.jpg'))).toEqual(spoken(texts));
    expect((await tagsOf(sidecar))['XMP-dc:Description']).toBe(before['XMP-dc:Description']);
  });

  test('that are new begin with the words inside the photo, and use the place of a keyword in a hierarchy', async () => {
    await album.add('a.jpg', 'b.jpg');
    await writeTags(
      join(album.folder, 'a.jpg'),
      '-IPTC:Keywords=dusk',
      '-XMP-dc:Subject=harbour',
      '-XMP-xmp:Rating=4',
      '-IPTC:Caption-Abstract=Boats',
    );
    await writeTags(join(album.folder, 'b.jpg'), '-XMP-lr:HierarchicalSubject=Places|Spain|Barcelona');
    await album.import();
    const photo = album.hash('a.jpg');
    await album.edit(['a.jpg'], [keyword('barcelona'), keyword('AC/DC')]);
    expect(await album.texts('a.jpg')).toEqual(expect.arrayContaining(['keyword Photolex: Spain']));
    const { writes } = await album.engine.calls.pendingWrites({});
    expect(writes).toMatchObject([
      { files: [{ sidecars: [join(album.folder, 'a.jpg.xmp')], exists: false, problem: null }] },
    ]);
    expect(existsSync(join(album.folder, 'a.jpg.xmp'))).toBe(false);
    await album.write();
    expect(await tagsOf(join(album.folder, 'a.jpg.xmp'))).toEqual({
      'XMP-xmp:Rating': 4,
      'XMP-dc:Description': 'Boats',
      'XMP-dc:Subject': ['harbour', 'dusk', 'Places', 'Spain', 'barcelona', 'AC/DC'],
      'XMP-lr:HierarchicalSubject': ['harbour', 'dusk', 'Places|Spain|barcelona', 'AC/DC'],
      'XMP-digiKam:TagsList': ['harbour', 'dusk', 'Places/Spain/barcelona'],
    });
    expect(album.hash('a.jpg')).toBe(photo);
    await album.engine.calls.undoEdit();
    await album.write();
    expect((await tagsOf(join(album.folder, 'a.jpg.xmp')))['XMP-dc:Subject']).toEqual(['harbour', 'dusk']);
  });

  test('are not written where that cannot be, and each such file is named', async () => {
    await album.add('here.jpg', 'gone.jpg', 'changed.jpg', 'broken.jpg', 'linked.jpg');
    writeFileSync(join(album.folder, 'broken.xmp'), 'this is no XMP');
    mkdirSync(join(album.folder, 'elsewhere'));
    copyFileSync(fixture('lightroom'), join(album.folder, 'elsewhere', 'real.xmp'));
    symlinkSync(join('elsewhere', 'real.xmp'), join(album.folder, 'linked.xmp'));
    const zip = new yazl.ZipFile();
    zip.addBuffer(await picture(91, 48, 32).jpeg().toBuffer(), 'inside.jpg');
    zip.end();
    await pipeline(zip.outputStream, createWriteStream(join(album.folder, 'more.zip')));
    await album.import();
    await album.edit(
      ['here.jpg', 'gone.jpg', 'changed.jpg', 'broken.jpg', 'linked.jpg', 'more.zip/inside.jpg'],
      [keyword('zorro')],
    );
    renameSync(join(album.folder, 'gone.jpg'), join(temporaryFolder(), 'gone.jpg'));
    await writeTags(join(album.folder, 'changed.jpg'), '-XMP-dc:Creator=me');
    const report = await album.write();
    expect(report.created).toEqual([join(album.folder, 'here.jpg.xmp')]);
    expect(report.changed).toEqual([join(album.folder, 'linked.xmp')]);
    expect(Object.fromEntries(report.skipped.map(({ path, reason }) => [path, reason]))).toEqual({
      [join(album.folder, 'gone.jpg')]: expect.stringContaining('drive may be away'),
      [join(album.folder, 'changed.jpg')]: expect.stringContaining('changed since it was imported'),
      [join(album.folder, 'broken.jpg')]: expect.stringContaining('it is not XMP'),
      [join(album.folder, 'more.zip', 'inside.jpg')]: expect.stringContaining('archives are never changed'),
    });
    expect(readFileSync(join(album.folder, 'broken.xmp'), 'utf8')).toBe('this is no XMP');
    expect((await tagsOf(join(album.folder, 'elsewhere', 'real.xmp')))['XMP-dc:Subject']).toContain('zorro');
    // They wait until it can be.
    expect((await album.engine.calls.pendingWrites({})).total).toBe(4);
  });
});

test('killed at any moment, sidecars are as they were or as they shall be, and writing goes on', async () => {
  const folder = temporaryFolder();
  const library = Library.open(join(temporaryFolder(), 'library'), { create: true });
  onTestFinished(() => library.close());
  const names = Array.from({ length: 30 }, (_, index) => `${index}.png`);
  for (const [index, name] of names.entries()) {
    await picture(index, 24, 16).png().toFile(join(folder, name));
    copyFileSync(fixture('digikam'), join(folder, `${name}.xmp`));
  }
  await importSource(library, folder, { report: newImportReport(folder, '2026-01-01T00:00:00.000Z') });
  const photos = library.photos.allFiles().map(({ photo }) => photo);
  const changes = photos.map((photo) => ({ photo, action: 'add' as const, ...keyword('zorro') }));
  library.edits.make('Added', changes, '2026-01-01T00:00:00.000Z');
  const old = readFileSync(fixture('digikam'), 'utf8');
  const child = join(projectRoot, 'test', 'fixtures', 'writeUntilKilled.ts');
  const isWritten = (name: string): boolean => {
    const text = readFileSync(join(folder, `${name}.xmp`), 'utf8');
    if (text === old) return false;
    expect(text).toMatch(/<rdf:li>zorro<\/rdf:li>[\s\S]*<\?xpacket end='w'\?>\s*$/);
    return true;
  };
  for (const milliseconds of [0, 7, 31, 53, 97]) {
    const { signal, stderr } = spawnSync(process.execPath, [child, library.path, String(milliseconds)], {
      encoding: 'utf8',
    });
    expect(signal, stderr).toBe('SIGKILL');
    const written = names.filter(isWritten);
    expect(written.length).toBeGreaterThan(0);
    expect(written.length).toBeLessThan(names.length);
  }
  const report = { startedAt: '', seconds: 0, photos: 0, created: [], changed: [], skipped: [] };
  await writeSidecars(library, report, { signal: new AbortController().signal, onProgress: () => {} });
  expect(names.every(isWritten)).toBe(true);
  expect(library.edits.pendingPhotos()).toEqual([]);
  for (const photo of photos)
    expect(library.texts.of(photo).filter(({ text }) => text === 'zorro')).toHaveLength(1);
  expect(readdirSync(folder)).toHaveLength(2 * names.length);
});
