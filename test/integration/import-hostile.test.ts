/** Files that are made, or happen, to do harm: each is named, refused or repaired, never followed, and the rest comes in. */
import { execFile, execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { printable } from '../../electron/cli/terminal.ts';
import { checkShape } from '../../electron/engine/import/json.ts';
import { inspectPicture } from '../../native/pictureFile.ts';
import { projectRoot } from '../../native/runtime.ts';
import { type ExportFiles, exportFiles, writeFolder, writeZip } from '../fixtures/exports.ts';
import { importInto, openLibrary, photoAt, words } from '../fixtures/imports.ts';
import { picture, temporaryFolder } from '../fixtures/pictures.ts';

const isWindows = process.platform === 'win32';

describe('archives and what lies in folders', () => {
  test('an archive whose names lead out of it, and links in it, are named and not followed', async () => {
    const files = await exportFiles(['good.jpg', 'aa/escape.jpg'], {});
    const path = await writeZip(join(temporaryFolder(), 'slip.zip'), files);
    // The writer refuses such names, so one is put in afterwards, in both places where the name stands.
    const bytes = readFileSync(path);
    for (let at = bytes.indexOf('aa/escape.jpg'); at !== -1; at = bytes.indexOf('aa/escape.jpg', at + 1))
      bytes.write('../', at);
    writeFileSync(path, bytes);
    const library = openLibrary();
    const report = await importInto(library, path);
    expect(Object.keys(words(library))).toEqual(['slip.zip/good.jpg']);
    expect(report.skipped).toEqual([
      { path: 'slip.zip/../escape.jpg', reason: 'its name leads out of the archive; it was not read' },
    ]);
    expect(readdirSync(join(path, '..'))).toEqual(['slip.zip']);
  });

  test('a file in an archive that is made to fill the disk is refused', async () => {
    const files = await exportFiles(['good.jpg'], {});
    files.set('bomb.png', Buffer.alloc(32 * 2 ** 20));
    const library = openLibrary();
    const report = await importInto(library, await writeZip(join(temporaryFolder(), 'bomb.zip'), files));
    expect(report.added).toBe(1);
    expect(report.skipped).toMatchObject([
      { path: 'bomb.zip/bomb.png', reason: expect.stringMatching(/fill a disk/) },
    ]);
  });

  test('an archive that is cut off is named, and the next one is read', async () => {
    const folder = temporaryFolder();
    await writeZip(join(folder, 'whole.zip'), await exportFiles(['good.jpg'], {}));
    writeFileSync(join(folder, 'cut.zip'), 'PK\x03\x04 and then nothing');
    const library = openLibrary();
    const report = await importInto(library, folder);
    expect(Object.keys(words(library))).toEqual(['whole.zip/good.jpg']);
    expect(report.skipped).toMatchObject([
      { path: 'cut.zip', reason: expect.stringMatching(/not a whole zip archive/) },
    ]);
  });

  test('links that lead in circles, names with line breaks, captions of 64 KB and dates of year 0', async () => {
    const long = 'word '.repeat(13_000);
    const files = await exportFiles(['a.jpg', 'b\nc.jpg'], {
      'captions.tsv': `a.jpg\t${long}\n`,
      'photo_60001.json': { id: 60001, name: 'Old', date_taken: '0000-01-01 00:00:00' },
    });
    files.set('x_60001_o.jpg', (await exportFiles(['1', '2', '3'], {})).get('3')!);
    const folder = writeFolder(temporaryFolder(), files);
    mkdirSync(join(folder, 'loop'));
    symlinkSync(folder, join(folder, 'loop', 'back'));
    const library = openLibrary();
    const report = await importInto(library, folder);
    expect(Object.keys(words(library))).toEqual(['a.jpg', 'b\nc.jpg', 'x_60001_o.jpg']);
    expect(words(library)['a.jpg']![0]!.length).toBeLessThan(20_100);
    expect(photoAt(library, 'x_60001_o.jpg').takenAt).toBeNull();
    expect(report.skipped).toEqual([
      { path: 'loop/back/', reason: 'it is a link to a folder that is read anyway' },
      { path: 'a.jpg', reason: 'its caption is longer than 20,000 characters; the rest was left out' },
    ]);
  });
});

/** Changes what an archive says of one of its files, in its list of files. */
function tamper(path: string, name: string, change: (header: Buffer) => void): void {
  const bytes = readFileSync(path);
  for (let at = bytes.indexOf('PK\x01\x02'); at !== -1; at = bytes.indexOf('PK\x01\x02', at + 1)) {
    const length = bytes.readUInt16LE(at + 28);
    if (bytes.toString('utf8', at + 46, at + 46 + length) === name)
      change(bytes.subarray(at, at + 46 + length));
  }
  writeFileSync(path, bytes);
}
const [FLAGS, METHOD, SIZE, NAME] = [8, 10, 24, 46];

const zipOf = (files: ExportFiles): Promise<string> => writeZip(join(temporaryFolder(), 'a.zip'), files);

describe('archives that lie', () => {
  test.each([
    [
      'a password',
      (header: Buffer) => header.writeUInt16LE(header.readUInt16LE(FLAGS) | 1, FLAGS),
      /locked with a password/,
    ],
    [
      'a method of packing that nobody knows',
      (header: Buffer) => header.writeUInt16LE(97, METHOD),
      /packed in a way/,
    ],
    [
      'four gigabytes in a few bytes',
      (header: Buffer) => header.writeUInt32LE(0xfffffffe, SIZE),
      /larger than any photo/,
    ],
    [
      'fewer bytes than there are',
      (header: Buffer) => header.writeUInt32LE(10, SIZE),
      /damaged in the archive/,
    ],
    ['the name of another file', (header: Buffer) => header.write('a', NAME), /two files of this name/],
    ['a drive in the name', (header: Buffer) => header.write('C:/', NAME), /leads out of the archive/],
  ])('%s', async (_, change, reason) => {
    const path = await zipOf(await exportFiles(['a.jpg', 'bb.jpg', 'b.jpg'], {}));
    tamper(path, 'b.jpg', change);
    const library = openLibrary();
    const report = await importInto(library, path);
    expect(Object.keys(words(library))).toEqual(['a.zip/a.jpg', 'a.zip/bb.jpg']);
    expect(report.skipped).toEqual([
      { path: expect.stringMatching(/^a\.zip\//), reason: expect.stringMatching(reason) },
    ]);
  });

  test('many files that lie in the same bytes', async () => {
    const names = Array.from({ length: 90 }, (_, index) => `${index}.png`);
    const path = await zipOf(new Map(names.map((name) => [name, Buffer.alloc(1000)])));
    for (const name of names) tamper(path, name, (header) => header.writeUInt32LE(15 * 2 ** 20, SIZE));
    const { skipped, added } = await importInto(openLibrary(), path);
    expect(added).toBe(0);
    expect(skipped.filter(({ reason }) => /fill a disk/.test(reason))).toHaveLength(90 - 68);
  });

  test('a list of files that is not where the archive says', async () => {
    const path = await zipOf(await exportFiles(['a.jpg'], {}));
    const bytes = readFileSync(path);
    bytes.writeUInt32LE(0xfffffff0, bytes.lastIndexOf('PK\x05\x06') + 16);
    writeFileSync(path, bytes);
    const { skipped } = await importInto(openLibrary(), path);
    expect(skipped).toEqual([{ path: 'a.zip', reason: expect.stringMatching(/not a whole zip archive/) }]);
  });
});

describe('JSON', () => {
  const depth = '['.repeat(500_000);

  test.each([
    ['lists in each other without end', depth + ']'.repeat(500_000), /lie in each other/],
    ['lists in each other that do not even end', depth, /lie in each other/],
    ['no JSON', 'root:x:0:0:root', /not whole JSON/],
    ['bytes that are no text', '\xff\xfe', /not understood|not whole JSON|UTF-8/],
  ])('with %s is named', async (_, content, reason) => {
    const files = await exportFiles(['media/posts/a.jpg'], {
      'your_instagram_activity/media/posts_1.json': content,
      'your_instagram_activity/media/posts_2.json': [{ uri: 'media/posts/a.jpg', title: 'Still here' }],
    });
    const library = openLibrary();
    const report = await importInto(library, writeFolder(temporaryFolder(), files));
    expect(words(library)).toEqual({ 'media/posts/a.jpg': ['caption: Still here'] });
    expect(report.skipped).toEqual([
      { path: 'your_instagram_activity/media/posts_1.json', reason: expect.stringMatching(reason) },
    ]);
  });

  test('with more in it than any list has is refused before it is parsed', () => {
    expect(() => checkShape(`[${'{},'.repeat(10_000_001)}{}]`)).toThrow(
      'more entries than any list of photos',
    );
    expect(() => checkShape(`[${'0,'.repeat(20_000_001)}0]`)).toThrow('more entries than any list of photos');
    expect(() => checkShape(JSON.stringify(['[{'.repeat(1000), '",\\"['.repeat(1000)]))).not.toThrow();
  });

  test('with thousands of entries that are nonsense names some and counts the rest', async () => {
    const files = await exportFiles(['media/posts/a.jpg'], {
      'content/posts_1.json': [...new Array(3000).fill(7), { uri: 'media/posts/a.jpg', title: 'Fine' }],
    });
    const library = openLibrary();
    const { skipped } = await importInto(library, writeFolder(temporaryFolder(), files));
    expect(words(library)).toEqual({ 'media/posts/a.jpg': ['caption: Fine'] });
    expect(skipped).toHaveLength(1001);
    expect(skipped.at(-1)!.reason).toBe('2,000 more entries are not understood');
  });

  test('with keys that would change every object changes none', async () => {
    const poison =
      '"__proto__": {"polluted": true, "title": "Stolen"}, "constructor": {"prototype": {"polluted": true}}';
    const files = await exportFiles(['media/posts/a.jpg', '__proto__.jpg', 'toString.jpg'], {
      'content/posts_1.json': `[{${poison}, "media": [{${poison}, "uri": "media/posts/a.jpg", "title": "Mine"}]}]`,
      '__proto__.jpg.json': `{${poison}, "title": "__proto__.jpg", "description": "Named so", "photoTakenTime": {"timestamp": "1"}}`,
      'captions.tsv': '__proto__\tnobody\ntoString.jpg\tA method\n',
    });
    const library = openLibrary();
    await importInto(library, writeFolder(temporaryFolder(), files));
    expect(words(library)).toEqual({
      '__proto__.jpg': ['caption: Named so'],
      'media/posts/a.jpg': ['caption: Mine'],
      'toString.jpg': ['caption: A method'],
    });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('with markup that takes for ever to remove is read at once', async () => {
    const files = await exportFiles(['a_70001_o.jpg'], {
      'photo_70001.json': { id: 70001, name: 'Angles', description: `${'<'.repeat(400_000)} end` },
    });
    const library = openLibrary();
    await importInto(library, writeFolder(temporaryFolder(), files));
    expect(words(library)['a_70001_o.jpg']).toContain('title: Angles');
  });
});

const xmp = (content: string, before = ''): string =>
  `${before}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${content}</dc:title></rdf:Description></rdf:RDF></x:xmpmeta>`;

describe('sidecars', () => {
  test('whose entities stand for a billion words, or for a file of this computer, stay as small as they are', async () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`,
    );
    const files = await exportFiles(['a.jpg', 'b.jpg'], {
      'a.jpg.xmp': xmp('&l9;', `<!DOCTYPE x [<!ENTITY l0 "lol">${levels.join('')}]>`),
      'b.jpg.xmp': xmp('&file;', '<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/hosts">]>'),
    });
    const library = openLibrary();
    expect(await importInto(library, writeFolder(temporaryFolder(), files))).toMatchObject({ added: 2 });
    const all = Object.values(words(library)).flat().join('\n');
    expect(all.length).toBeLessThan(100);
    expect(all).not.toContain('localhost');
  });

  test('of any size are not read', async () => {
    const folder = writeFolder(
      temporaryFolder(),
      await exportFiles(['a.jpg'], { 'a.jpg.xmp': xmp('Title') }),
    );
    truncateSync(join(folder, 'a.jpg.xmp'), 3 * 2 ** 30);
    const library = openLibrary();
    const report = await importInto(library, folder);
    expect(report).toMatchObject({
      added: 1,
      skipped: [{ path: 'a.jpg.xmp', reason: 'it is too large for a sidecar' }],
    });
    // It is named again as long as it lies there.
    expect((await importInto(library, folder)).skipped).toEqual(report.skipped);
  });

  test.skipIf(isWindows)(
    'that are pipes, devices, folders or links elsewhere are not waited for',
    async () => {
      const files = await exportFiles(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'e.jpg', 'f.jpg'], {});
      const folder = writeFolder(temporaryFolder(), files);
      execFileSync('mkfifo', [join(folder, 'a.jpg.xmp')]);
      symlinkSync('/dev/zero', join(folder, 'b.jpg.xmp'));
      mkdirSync(join(folder, 'c.jpg.xmp'));
      symlinkSync('/etc/passwd', join(folder, 'd.jpg.xmp'));
      symlinkSync('nowhere', join(folder, 'e.jpg.xmp'));
      writeFileSync(join(folder, 'f.jpg.xmp'), xmp('Read'));
      const library = openLibrary();
      const report = await importInto(library, folder);
      expect(Object.values(words(library)).flat()).toEqual(['title: Read']);
      expect(report.skipped).toEqual([
        { path: 'a.jpg.xmp', reason: 'it is not a file' },
        { path: 'b.jpg.xmp', reason: 'it is not a file' },
        { path: 'e.jpg.xmp', reason: 'it is a link to a file that is not there' },
      ]);
    },
  );
});

describe('files', () => {
  test.skipIf(isWindows)(
    'that are pipes, devices, folders or links to themselves, by the name of a photo or a list',
    async () => {
      const files = await exportFiles(['good.jpg', 'folder.jpg/inside.jpg'], {});
      const folder = writeFolder(temporaryFolder(), files);
      for (const name of ['pipe.jpg', 'captions.tsv', 'photo_1.json', 'b.zip'])
        execFileSync('mkfifo', [join(folder, name)]);
      mkdirSync(join(folder, 'c.zip'));
      symlinkSync('/dev/zero', join(folder, 'device.jpg'));
      symlinkSync('self.jpg', join(folder, 'self.jpg'));
      const library = openLibrary();
      const report = await importInto(library, folder);
      expect(Object.keys(words(library))).toEqual(['folder.jpg/inside.jpg', 'good.jpg']);
      expect(report.skipped).toEqual([
        { path: 'device.jpg', reason: 'it is not a file' },
        { path: 'pipe.jpg', reason: 'it is not a file' },
        { path: 'self.jpg', reason: 'it is a link to a file that is not there' },
      ]);
    },
  );

  test('that grow while they are read are left for the next import', async () => {
    const path = join(temporaryFolder(), 'growing.jpg');
    const jpeg = await picture(3).jpeg().toBuffer();
    writeFileSync(path, Buffer.concat([jpeg, Buffer.alloc(16 * 2 ** 20)]));
    let reading = true;
    const read = expect(inspectPicture(path)).rejects.toMatchObject({
      message: 'it changed while it was read; import it again when it is complete',
      lasting: false,
    });
    const ended = read.finally(() => {
      reading = false;
    });
    while (reading) {
      appendFileSync(path, 'more');
      await setImmediate();
    }
    await ended;
  });

  test.skipIf(isWindows || process.getuid?.() === 0)('that may not be read are named', async () => {
    const folder = writeFolder(temporaryFolder(), await exportFiles(['a.jpg', 'b.jpg', 'shut/c.jpg'], {}));
    chmodSync(join(folder, 'b.jpg'), 0);
    chmodSync(join(folder, 'shut'), 0);
    const { skipped, added } = await importInto(openLibrary(), folder);
    chmodSync(join(folder, 'shut'), 0o700);
    expect(added).toBe(1);
    expect(skipped).toEqual([
      { path: 'shut/', reason: expect.stringMatching(/permission/) },
      { path: 'b.jpg', reason: expect.stringMatching(/permission/) },
    ]);
  });

  test.skipIf(process.platform !== 'linux')('whose names are no text are named', async () => {
    const folder = writeFolder(temporaryFolder(), await exportFiles(['a.jpg'], {}));
    const bytes = readFileSync(join(folder, 'a.jpg'));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/m`), Buffer.of(0xfc), Buffer.from('de.jpg')]), bytes);
    const { skipped, added } = await importInto(openLibrary(), folder);
    expect({ skipped, added }).toEqual({
      added: 1,
      skipped: [
        { path: 'm\ufffdde.jpg', reason: expect.stringMatching(/no characters in UTF-8.*rename it/) },
      ],
    });
  });

  test('whose names differ only in how accents are composed find their words', async () => {
    const files = await exportFiles(['e\u0301te\u0301/cafe\u0301.jpg'], {
      '\u00e9t\u00e9/captions.tsv': 'caf\u00e9.jpg\tComposed\n',
      'captions.tsv': '\u00e9t\u00e9/caf\u00e9.jpg\tFrom above\n',
    });
    const library = openLibrary();
    await importInto(library, await zipOf(files));
    expect(words(library)).toEqual({
      'a.zip/e\u0301te\u0301/cafe\u0301.jpg': ['caption: Composed', 'caption: From above'],
    });
  });
});

describe('a terminal', () => {
  test('gets no control characters', () => {
    expect(printable('a\x1b[31mred\x9b2J\r\n\u202egpj.exe é😀')).toBe(
      'a\\u001b[31mred\\u009b2J\\u000d\\n\\u202egpj.exe é😀',
    );
  });

  test('gets a report of hostile names as text that is safe, and as JSON that says the same', async () => {
    const name = 'line\nbreak \x1b]0;title\x07 \u202egpj.jpg';
    const folder = writeFolder(temporaryFolder(), new Map([[name, Buffer.from('no picture')]]));
    const library = openLibrary();
    library.reports.add(await importInto(library, folder));
    const command = (...more: string[]) =>
      promisify(execFile)(
        process.execPath,
        [join(projectRoot, 'electron', 'cli', 'main.ts'), 'report', '--library', library.path, ...more],
        { env: { ...process.env, PHOTOLEX_HOME: temporaryFolder() } },
      );
    const [text, json] = await Promise.all([command(), command('--json')]);
    for (const { stdout } of [text, json]) {
      expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
      expect(stdout).toContain('gpj.jpg');
    }
    expect(text.stdout.split('\n').filter((line) => line.includes('gpj.jpg'))).toHaveLength(1);
    expect(JSON.parse(json.stdout).skipped).toMatchObject([{ path: name }]);
  });
});
