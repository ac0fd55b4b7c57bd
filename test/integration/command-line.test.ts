/** `photolex` as a terminal or a script uses it: what goes to stdout and to stderr, and the exit codes. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evaluationSchema, importReportSchema, modelSchema } from '../../electron/engine/contract.ts';
import { builtPath } from '../../native/runtime.ts';
import { drawTestAlbum, type TestAlbum } from '../fixtures/album.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';

let shared: string;
let library: string;
let album: TestAlbum;

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the built command line. */
function photolex(...given: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [builtPath('node', 'cli.js'), ...given], {
      env: { ...process.env, PHOTOLEX_HOME: join(shared, 'home'), NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const outcome: Outcome = { code: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      outcome.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      outcome.stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ ...outcome, code }));
  });
}

/** Runs a command with `--json` that must succeed, and parses all of stdout as one value. */
async function json(...given: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await photolex(...given, '--library', library, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** A file in the test's own folder. */
function file(name: string, content: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

const labels = (): string =>
  file(
    'labels.tsv',
    `\uFEFF${album.pictures.map((picture) => `${picture.file}\t${picture.concepts.join(', ')}`).join('\r\n')}\r\n`,
  );

let imported: Outcome;
beforeAll(async () => {
  shared = mkdtempSync(join(tmpdir(), 'photolex-cli-'));
  library = join(shared, 'library');
  const folder = join(shared, 'album');
  mkdirSync(folder);
  album = await drawTestAlbum(folder);
  imported = await photolex('import', folder, '--library', library, '--json');
});
afterAll(() => rmSync(shared, { recursive: true, force: true }));

describe('import', () => {
  test('reports what it did, and leaves learning to train', async () => {
    expect(imported.code, imported.stderr).toBe(0);
    const report = importReportSchema.parse(JSON.parse(imported.stdout));
    expect(report).toMatchObject({
      folder: album.folder,
      added: 120,
      indexed: 120,
      captioned: 95,
      skipped: [],
    });
    expect(imported.stderr.trim().split('\n')).toEqual([
      'Starting',
      'Looking for photos',
      'Reading captions.tsv',
      'Reading files',
      'Keeping the words',
      'Looking at the photos',
    ]);
    expect(await json('status')).toEqual({
      photos: 120,
      captioned: 95,
      indexed: 120,
      offline: 0,
      lost: 0,
      away: [],
      models: [
        { id: 'starter', text: 'glove', backbone: 'efficientnet-lite0', loss: 'contrastive', active: true },
      ],
      databaseBytes: expect.any(Number),
    });
    expect(readdirSync(library)).not.toContain('models');
  });

  test('a second time adds nothing, and names in words what it skipped', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'broken.jpg'), 'no picture');
    const own = join(temporaryFolder(), 'own');
    const once = await photolex('import', folder, '--library', own);
    expect(once).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/skipped broken\.jpg: .*\n0 photos in the library/),
    });
    const report = await json('import', album.folder);
    expect(report).toMatchObject({ added: 0, unchanged: 120, indexed: 0 });
  });

  test('of what is not there fails, and of what cannot be meant is wrong usage', async () => {
    const own = join(temporaryFolder(), 'own');
    const missing = join(shared, 'nowhere');
    expect(await photolex('import', missing, '--library', own)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`photolex: There is no folder or file ${missing}`),
    });
    expect(await photolex('import', file('notes.txt', 'a'), '--library', own)).toMatchObject({
      code: 1,
      stdout: '',
    });
    expect(await photolex('import', album.folder, '--library', own, '--source', 'instagram')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('no words about photos in the form of Instagram'),
    });
    expect(await photolex('import', album.folder, '--library', own, '--source', 'shoebox')).toMatchObject({
      code: 2,
      stdout: '',
    });
  });
});

describe('search', () => {
  test('prints photos with the cosine of each concept', async () => {
    const query = 'beach + sunset -people';
    const found = await json('search', query, '--limit', '3');
    expect(Object.keys(found)).toEqual(['query', 'model', 'results']);
    expect(found).toMatchObject({ query, model: 'starter' });
    const results = found.results as { id: number; path: string; score: number; concepts: object }[];
    expect(results).toHaveLength(3);
    for (const result of results) {
      expect(result).toEqual({
        id: expect.any(Number),
        path: expect.stringMatching(/^sample-\d{4}\.jpg$/),
        folder: album.folder,
        score: expect.any(Number),
        concepts: { beach: expect.any(Number), sunset: expect.any(Number), people: expect.any(Number) },
      });
    }
    const scores = results.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  test('takes pictures and photos as concepts, explains, and leaves out what has words', async () => {
    const { file: name } = album.pictures[3]!;
    const byPicture = await json('search', '--image', join(album.folder, name), '--limit', '1', '--explain');
    const [first] = byPicture.results as {
      id: number;
      path: string;
      concepts: object;
      explanation: object;
    }[];
    expect(byPicture.query).toBe('');
    expect(first).toMatchObject({
      path: name,
      concepts: { [name]: expect.closeTo(1, 1) },
      explanation: {
        rank: 1,
        total: 120,
        contributions: [{ label: name, weight: 1 }],
        seen: expect.any(Array),
      },
    });
    const byId = await json('search', `photo:${first!.id}`, '--limit', '1');
    expect(byId.results).toMatchObject([{ path: name }]);
    const untagged = (await json('search', 'cat', '--untagged', '--compose', 'all')).results as object[];
    expect(untagged).toHaveLength(25);
    const shown = await photolex('search', 'beach - wine', '--library', library, '--limit', '2', '--explain');
    expect(shown.stdout).toMatch(
      /^-?\d\.\d{3} {2}sample-\d{4}\.jpg {2}\(photo:\d+\)\n +[+−]\d\.\d{3} beach, probability/,
    );
    expect(shown.stderr).toMatch(/2 of 120 photos, [\d.]+ ms, model starter/);
  });

  test('says on stderr which words nobody knows', async () => {
    const { code, stdout, stderr } = await photolex('search', 'qwrtzpsd', '--library', library, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ query: 'qwrtzpsd', model: 'starter', results: [] });
    expect(stderr).toContain('Nobody knows "qwrtzpsd"');
    const photo = await photolex('search', 'photo:9999', '--library', library);
    expect(photo.stderr).toContain('There is no photo 9999');
  });

  test('that cannot be understood is wrong usage', async () => {
    for (const wrong of [
      ['beach:lots'],
      ['"beach'],
      ['  '],
      [],
      ['--image', join(shared, 'no.jpg')],
      ['dog', '--limit', '0'],
      ['dog', '--limit', '9999'],
      ['dog', '--compose', 'max'],
    ]) {
      const outcome = await photolex('search', ...wrong, '--library', library);
      expect(outcome, wrong.join(' ')).toMatchObject({ code: 2, stdout: '' });
      expect(outcome.stderr, wrong.join(' ')).not.toBe('');
    }
    expect(
      await photolex('search', '--image', file('notes.jpg', 'words'), '--library', library),
    ).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('notes.jpg'),
    });
  });
});

describe('evaluate', () => {
  test('prints measures for labels, queries and photos from files', async () => {
    const evaluation = await json('evaluate', '--relevance', labels());
    expect(evaluationSchema.strict().parse(evaluation)).toEqual(evaluation);
    expect(evaluation).toMatchObject({ model: 'starter', photos: 120 });
    const some = album.pictures.slice(0, 60);
    const asked = await json(
      'evaluate',
      '--relevance',
      labels(),
      '--queries',
      file('queries.txt', 'beach + sea\n\nbeach\n'),
      '--photos',
      file('photos.txt', some.map((picture) => `${picture.file}\tignored`).join('\n')),
    );
    const beaches = some.filter(({ concepts }) => concepts.includes('beach'));
    expect(asked).toMatchObject({
      photos: 60,
      perQuery: [
        { query: 'beach + sea', relevant: beaches.filter(({ concepts }) => concepts.includes('sea')).length },
        { query: 'beach', relevant: beaches.length },
      ],
    });
    const shown = await photolex('evaluate', '--library', library);
    expect(shown.stdout).toMatch(
      /^query +photos +P@5 +AP\n[\s\S]*\n120 photos judged, model starter: P@5 \d\.\d{3}, mAP/,
    );
  });

  test('names files that cannot be read, and photos that are not there', async () => {
    const missing = join(shared, 'no-labels.tsv');
    expect(await photolex('evaluate', '--library', library, '--relevance', missing)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(missing),
    });
    expect(
      await photolex('evaluate', '--library', library, '--photos', file('photos.txt', 'x.jpg\n')),
    ).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('x.jpg'),
    });
  });
});

describe('words', () => {
  test('prints the nearest words, and fails for a word that nobody knows', async () => {
    const near = await json('words', 'dog', '--limit', '4');
    expect(near).toEqual({
      word: 'dog',
      source: 'starter',
      count: 0,
      words: Array.from({ length: 4 }, () => ({
        word: expect.any(String),
        similarity: expect.any(Number),
        count: 0,
      })),
      covers: expect.arrayContaining(['dogs', 'puppy']),
    });
    expect((await photolex('words', 'dog', '--library', library)).stdout).toMatch(
      /^dog: from the starter\nalso finds: .*\bdogs\b.*\n {2}0\.\d{3} {2}\w+/,
    );
    expect(await photolex('words', 'qwrtzpsd', '--library', library)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('Nobody knows the word "qwrtzpsd"'),
    });
  });
});

describe('words', () => {
  test('shows how a caption is read, and what is to one word as another is to a third', async () => {
    const read = (await json('words', '--tokens', 'A dog with Rex #goldengate')) as { tokens: string[] };
    expect(read.tokens).toEqual(['dog', 'rex', 'golden', 'gate']);
    const { stdout } = await photolex('words', '--tokens', 'The dog', '--library', library);
    expect(stdout).toMatch(/^Language: English\nWords: the · dog\nLeft out: the\n[\s\S]*tokens: dog\n$/);
    const { words } = (await json('words', '--analogy', 'king', 'queen', 'man')) as {
      words: { word: string }[];
    };
    expect(words.map(({ word }) => word)).toContain('woman');
    expect(await photolex('words', '--analogy', 'king', 'queen', '--library', library)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--analogy takes three words'),
    });
    expect(await photolex('words', '--topics', '--library', library)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('only LDA finds them'),
    });
  });

  test('keeps what is said of words, and takes it back', async () => {
    const said = ['--exclude', 'nikon', '--merge', 'kitty=cat', '--join', 'sagrada família'];
    expect(await json('words', ...said)).toEqual({
      exclude: ['nikon'],
      merge: [{ from: 'kitty', into: 'cat' }],
      join: ['sagrada família'],
    });
    expect((await photolex('words', '--rules', '--library', library)).stdout).toBe(
      'leave out nikon\nread kitty as cat\none word: sagrada família\n' +
        'The active model was learned by other rules. Train again for these to take effect.\n',
    );
    expect(await photolex('words', '--merge', 'cat=kitty', '--library', library)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('in a circle'),
    });
    expect(await photolex('words', '--merge', 'cat', '--library', library)).toMatchObject({ code: 2 });
    expect(
      await json('words', '--forget', 'nikon', '--forget', 'kitty', '--forget', 'sagrada família'),
    ).toEqual({ exclude: [], merge: [], join: [] });
  });
});

test('train learns with its progress on stderr, and models changes back', async () => {
  const { code, stdout, stderr } = await photolex(
    'train',
    '--library',
    library,
    '--holdout',
    '0.4',
    '--seed',
    '3',
    '--json',
  );
  expect(code, stderr).toBe(0);
  const { model, message } = JSON.parse(stdout) as { model: unknown; message: string };
  expect(modelSchema.parse(model)).toMatchObject({ id: 'model-1', active: true, heldOut: 38 });
  expect(message).toContain('Learned from');
  expect(stderr).toContain('Learning the words\nLearning the pictures\n');
  expect(stderr).toMatch(/step 10 of 10: loss \d+\.\d{3}/);
  expect(await json('evaluate')).toMatchObject({ model: 'model-1', photos: 38 });

  expect(await photolex('train', '--library', library, '--resume')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('no interrupted training to resume'),
  });
  expect(await photolex('train', '--library', library, '--holdout', join(shared, 'no.txt'))).toMatchObject({
    code: 2,
    stdout: '',
  });
  expect(await photolex('train', '--library', library, '--holdout', '1.5')).toMatchObject({
    code: 2,
    stdout: '',
  });
  expect(await photolex('train', '--library', library, '--text', 'bert')).toMatchObject({
    code: 2,
    stdout: '',
  });

  for (const [wrong, message] of [
    ['--resume --seed 3', 'photolex train --resume takes no --seed'],
    ['--resume --preset paper', 'takes no --preset'],
    ['--passes 3', '--passes is for the network'],
    ['--preset paper --tune head --recipe best', '--recipe is for the network'],
    ['--loss sigmoid --negatives soft', '--negatives is for --loss triplet'],
    ['--pixels unit', '--pixels is for a --backbone of your own'],
  ] as const)
    expect(await photolex('train', '--library', library, ...wrong.split(' ')), wrong).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
  // What a preset says, nobody wrote.
  const preset = await photolex('train', '--library', shared, '--preset', 'paper', '--tune', 'head');
  expect(preset).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no Photolex library') });

  const { models } = await json('models', '--activate', 'starter');
  expect((models as { id: string; active: boolean }[]).map(({ id, active }) => [id, active])).toEqual([
    ['starter', true],
    ['model-1', false],
  ]);
  expect(await photolex('models', '--library', library, '--activate', 'model-9')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('It has: starter, model-1.'),
  });
});

describe('every command', () => {
  test('without a library says so and makes none', async () => {
    const missing = join(shared, 'missing');
    for (const command of [
      ['status'],
      ['search', 'dog'],
      ['evaluate'],
      ['words', 'dog'],
      ['train'],
      ['models'],
    ]) {
      expect(await photolex(...command, '--library', missing), command[0]).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining(`There is no Photolex library in ${missing}`),
      });
      expect(await photolex(...command), command[0]).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining('--library'),
      });
    }
    expect(readdirSync(shared)).not.toContain('missing');
  });

  test('has help, and what is no command is wrong usage', async () => {
    const help = await photolex('--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const command of [
      'import',
      'train',
      'search',
      'evaluate',
      'words',
      'models',
      'export',
      'status',
      'serve',
      'demo',
    ]) {
      expect(help.stdout).toContain(`\n  ${command} `);
      expect(await photolex(command, '--help')).toMatchObject({
        code: 0,
        stderr: '',
        stdout: expect.stringContaining(`photolex ${command}`),
      });
    }
    expect(await photolex('--version')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    for (const wrong of [
      [],
      ['fly'],
      ['status', '--libary', library],
      ['words', '--space', 'nowhere', '--library', library],
    ])
      expect(await photolex(...wrong), wrong.join(' ')).toMatchObject({ code: 2, stdout: '' });
  });
});
