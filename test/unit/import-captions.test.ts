import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readText } from '../../electron/engine/import/files.ts';
import { parseCaptions } from '../../electron/engine/import/sources/captions.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';

async function read(content: string | Uint8Array, folder = '') {
  const path = join(temporaryFolder(), 'captions.tsv');
  writeFileSync(path, content);
  return parseCaptions(await readText({ path, absolute: path, inside: path }), folder);
}

test('a line is a file, a tab and its caption; empty lines are nothing', async () => {
  expect(await read('a.jpg\tA dog.\n\nsub/b.jpg\t  Two\tcats  \na.jpg\tAgain')).toEqual({
    captions: [
      { line: 1, path: 'a.jpg', text: 'A dog.' },
      { line: 3, path: 'sub/b.jpg', text: 'Two cats' },
      { line: 4, path: 'a.jpg', text: 'Again' },
    ],
    malformed: [],
  });
});

test('a byte order mark, Windows line ends and a heading make no difference', async () => {
  const { captions, malformed } = await read('\uFEFFfile\ttext\r\na.jpg\tMüde Käuze\r\n');
  expect(captions).toEqual([{ line: 2, path: 'a.jpg', text: 'Müde Käuze' }]);
  expect(malformed).toEqual([]);
});

test('paths are relative to the folder of the file, with either slash, in either composition', async () => {
  const { captions } = await read('.\\b\\c.jpg\tx\nb/../cafe\u0301.jpg\ty', 'album/');
  expect(captions.map(({ path }) => path)).toEqual(['album/b/c.jpg', 'album/café.jpg']);
});

test('paths that leave the folder are refused and named', async () => {
  const names = [
    '../secret.jpg',
    'a/../../secret.jpg',
    '..\\secret.jpg',
    '/etc/secret.jpg',
    'C:\\secret.jpg',
    '..',
  ];
  const { captions, malformed } = await read(names.map((name) => `${name}\tx`).join('\n'), 'album/');
  expect(captions).toEqual([]);
  expect(malformed).toEqual(
    names.map((name, index) => ({
      line: index + 1,
      reason: `${name} is outside the folder of the captions file`,
    })),
  );
});

test('lines that say nothing usable are named by number', async () => {
  const { captions, malformed } = await read('a.jpg A dog\n\tno file\nb.jpg\t \nc.jpg\tok');
  expect(captions).toHaveLength(1);
  expect(malformed).toEqual([
    { line: 1, reason: 'there is no tab between the file and its caption' },
    { line: 2, reason: 'there is no file name before the tab' },
    { line: 3, reason: 'there is no caption after the tab for b.jpg' },
  ]);
});

test('text that is not UTF-8 is refused with what to do', async () => {
  await expect(read(Buffer.from('a.jpg\tM\xfcde', 'latin1'))).rejects.toThrow(
    'it is not UTF-8 text; save it again as UTF-8',
  );
});

test('a file that is not there is a problem of that file', async () => {
  const path = join(temporaryFolder(), 'captions.tsv');
  await expect(readText({ path, absolute: path, inside: path })).rejects.toMatchObject({
    message: 'it is not there any more',
    lasting: false,
  });
});

test('reading many lines can be cancelled', async () => {
  const controller = new AbortController();
  controller.abort(new Error('enough'));
  await expect(parseCaptions('a.jpg\tx\n'.repeat(5000), '', controller.signal)).rejects.toThrow('enough');
});
