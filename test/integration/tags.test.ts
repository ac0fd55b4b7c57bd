/** Keywords that are suggested for photos, and `photolex tags`, over a library that has learned its captions. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { builtPath } from '../../native/runtime.ts';
import { endOf, nextJob } from '../fixtures/jobs.ts';
import { learnedAlbum, photoIds, text } from '../fixtures/learnedAlbum.ts';
import { temporaryFolder } from '../fixtures/pictures.ts';

const learned = learnedAlbum();

test('a word that only the owner uses is suggested for the photos of its bearer, with photos that show why', async () => {
  const { engine } = await learned.open();
  const { calls } = engine;
  const ids = await photoIds(engine);
  const ofFigaro = new Map(
    learned.album.pictures.map(({ file, concepts, caption }) => [
      ids.get(file)!,
      { isHe: concepts.includes('figaro'), caption },
    ]),
  );
  const page = await calls.suggestTags({ threshold: 0.5 });
  expect(page.total).toBe(25);
  const named = page.photos.filter(({ suggestions }) => suggestions.some(({ word }) => word === 'figaro'));
  expect(named.filter(({ id }) => ofFigaro.get(id)!.isHe).length).toBeGreaterThanOrEqual(8);
  for (const { suggestions } of page.photos) {
    const probabilities = suggestions.map(({ probability }) => probability);
    expect(probabilities).toEqual(probabilities.toSorted((one, other) => other - one));
    expect(probabilities.every((probability) => probability >= 0.5)).toBe(true);
    for (const { word, photos, examples } of suggestions) {
      expect(photos, word).toBeGreaterThanOrEqual(examples.length);
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) expect(ofFigaro.get(example)!.caption).toBeDefined();
    }
  }
  const { examples } = named[0]!.suggestions.find(({ word }) => word === 'figaro')!;
  for (const example of examples) expect(ofFigaro.get(example)!.caption).toMatch(/figaro/i);

  // A word that was rejected does not come again; one that the photo has is not suggested for it.
  const [photo, other] = named.map(({ id }) => id);
  const wordsFor = async (id: number, words: 'own' | 'all' = 'own'): Promise<string[]> => {
    const { photos } = await calls.suggestTags({ photos: [id], threshold: 0.1, words });
    return photos[0]!.suggestions.map(({ word }) => word);
  };
  expect(await wordsFor(photo!)).toContain('figaro');
  await calls.rejectTag({ photos: [photo!], word: 'figaro' });
  expect(await wordsFor(photo!)).not.toContain('figaro');
  await calls.editWords({ photos: [other!], add: [{ kind: 'keyword', text: 'Figaro' }] });
  expect(await wordsFor(other!)).not.toContain('figaro');
  await calls.undoEdit();
  await calls.undoEdit();
  expect(await wordsFor(photo!)).toContain('figaro');
  // Spelled as keywords spell it.
  await calls.editWords({ photos: [other!], add: [{ kind: 'keyword', text: 'Figaro' }] });
  expect(await wordsFor(photo!)).toContain('Figaro');

  // All at once, as one edit.
  const job = await endOf(engine, () => calls.acceptTags({ word: 'Figaro', threshold: 0.5 }));
  expect(job.message).toMatch(/^Added “Figaro” to \d+ photos\.$/);
  const [edit] = await calls.edits({ limit: 1 });
  expect(edit!.photos).toBeGreaterThanOrEqual(7);
  await calls.undoEdit();
  expect((await calls.suggestTags({ threshold: 0.5 })).total).toBe(24);
});

test('a search that was made before knows the words that are added, accepted and taken back', async () => {
  const { engine } = await learned.open();
  const { calls } = engine;
  const ranks = async (): Promise<Map<number, number>> => {
    const { results } = await calls.search({ concepts: [text('figaro')], limit: 5000 });
    return new Map(results.map(({ id }, rank) => [id, rank]));
  };
  // Before anything was suggested, with suggestions, and when their model answers no more.
  for (const prepare of [
    async () => {},
    () => calls.suggestTags({}),
    () => calls.activateModel({ model: 'starter' }),
  ]) {
    await prepare();
    const before = await ranks();
    const last = [...before.keys()].at(-1)!;
    await calls.editWords({ photos: [last], add: [{ kind: 'keyword', text: 'Figaro' }] });
    expect((await ranks()).get(last)).toBeLessThan(30);
    await calls.undoEdit();
    expect(await ranks()).toEqual(before);
  }
  await calls.activateModel({ model: 'model-1' });
  const before = await ranks();
  const { photos } = await calls.suggestTags({ threshold: 0.5 });
  const unnamed = photos.filter(({ suggestions }) => suggestions.some(({ word }) => word === 'figaro'));
  await endOf(engine, () => calls.acceptTags({ word: 'figaro', threshold: 0.5 }));
  const after = await ranks();
  const worst = (found: Map<number, number>) => Math.max(...unnamed.map(({ id }) => found.get(id)!));
  expect(worst(after)).toBeLessThan(worst(before));
});

test('what is being accepted cannot be undone before it is done', async () => {
  const { engine } = await learned.open();
  const { calls } = engine;
  const photos = [...(await photoIds(engine)).values()];
  const adding = nextJob(engine, ({ kind, done }) => kind === 'tag' && done > 0);
  const ended = endOf(engine, () => calls.acceptTags({ photos, threshold: 0.3 }));
  expect((await adding).done).toBeLessThan(photos.length);
  await expect(calls.undoEdit()).rejects.toMatchObject({
    code: 'busy',
    message: expect.stringContaining('still being added'),
  });
  // What the user did meanwhile can be.
  await calls.editWords({ photos: [photos[0]!], add: [{ kind: 'keyword', text: 'mine' }] });
  expect(await calls.undoEdit()).toMatchObject({ label: 'Added “mine” to a photo' });
  expect(await ended).toMatchObject({ state: 'done', message: expect.stringMatching(/^Added \d+ words/) });
  expect(await calls.undoEdit()).toMatchObject({ label: expect.stringMatching(/^Added \d+ words/) });
  expect(await calls.edits({ limit: 1 })).toEqual([]);
});

test('photolex tags suggests, accepts, writes and undoes', async () => {
  const { engine, path } = await learned.open();
  await engine.close();
  const home = temporaryFolder();
  const photolex = (...given: string[]) => {
    const outcome = spawnSync(
      process.execPath,
      [builtPath('node', 'cli.js'), 'tags', '--library', path, ...given],
      { encoding: 'utf8', env: { ...process.env, PHOTOLEX_HOME: home, NO_COLOR: '1' } },
    );
    return { ...outcome, json: () => JSON.parse(outcome.stdout) };
  };
  const { photos } = photolex('suggest', '--threshold', '0.5', '--limit', '30', '--json').json();
  expect(photos).toHaveLength(25);
  const planned = photolex('accept', '--dry-run', '--word', 'figaro', '--limit', '2', '--json').json();
  expect(planned.photos).toHaveLength(2);
  const accepted = photolex('accept', '--word', 'figaro', '--json').json();
  expect(accepted.edit.photos).toBeGreaterThan(4);
  expect(planned.total).toBe(accepted.edit.photos);
  expect(photolex('accept', '--dry-run', '--word', 'figaro').stdout).toMatch(
    /^0 photos would get words\. Nothing was changed\.$/m,
  );
  expect(photolex('accept', '--word', 'figaro', '--json').json()).toEqual({
    message: 'No photo looked enough like a word.',
    edit: null,
  });
  const pending = photolex('write', '--dry-run', '--json').json();
  expect(pending.total).toBe(accepted.edit.photos);
  const sidecars: string[] = pending.writes.map(
    ({ files }: { files: { sidecars: string[] }[] }) => files[0]!.sidecars[0]!,
  );
  onTestFinished(() => {
    for (const sidecar of sidecars) rmSync(sidecar, { force: true });
  });
  expect(sidecars.some((sidecar) => existsSync(sidecar))).toBe(false);
  expect(photolex('write', '--json').json()).toMatchObject({ photos: pending.total, skipped: [] });
  expect(sidecars.every((sidecar) => existsSync(sidecar))).toBe(true);
  expect(photolex('undo').stdout).toMatch(/^Undone: Added “figaro” to \d+ photos\.$/m);
  expect(photolex('undo').stdout).toBe('There is nothing to undo.\n');
  expect(photolex('undo', '--threshold', '0.5').status).toBe(2);
  expect(photolex('accept', '--threshold', '2').status).toBe(2);
  expect(join(path, 'photolex.db')).toSatisfy(existsSync);
});
