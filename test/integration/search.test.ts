/** Searching and evaluating a library that has learned its owner's words, as a host asks for it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Compose, Concept, SearchResult } from '../../electron/engine/contract.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { Library } from '../../electron/engine/library/library.ts';
import { learnedAlbum, photoIds, relevance, text } from '../fixtures/learnedAlbum.ts';

const learned = learnedAlbum();

describe('a search', () => {
  /** The whole ranking of a query. */
  const ranking = async (
    engine: Engine,
    concepts: Concept[],
    compose: Compose = 'all',
  ): Promise<SearchResult[]> => (await engine.calls.search({ concepts, compose, limit: 5000 })).results;

  const order = (results: readonly SearchResult[]): number[] => results.map(({ id }) => id);

  test.each(['mean', 'all'] as const)('mixes its concepts by their weights (%s)', async (compose) => {
    const { engine } = await learned.open();
    const ranked = (...concepts: Concept[]) => ranking(engine, concepts, compose);
    const plain = await ranked(text('beach'), text('sunset'));
    expect(plain).toHaveLength(120);
    const scores = plain.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((one, other) => other - one));
    // Only proportions matter, a weight of 0 says nothing, and a negative one turns the ranking round.
    expect(order(await ranked(text('beach', 0.5), text('sunset', 0.5)))).toEqual(order(plain));
    const beaches = await ranked(text('beach'));
    expect(order(await ranked(text('beach'), text('sunset', 0)))).toEqual(order(beaches));
    const away = await ranked(text('beach', -1));
    expect(order(away).slice(0, 20).toSorted()).toEqual(order(beaches).slice(-20).toSorted());
    expect(
      await ranking(engine, await engine.calls.parseQuery({ query: 'beach + sunset' }), compose),
    ).toEqual(plain);
  });

  test('scores the mean as one multiple of the weighted sum of cosines', async () => {
    const { engine } = await learned.open();
    const mixed = await ranking(engine, [text('beach'), text('sunset', -0.4)], 'mean');
    const sums = mixed.map(({ similarities: [beach, sunset] }) => beach! - 0.4 * sunset!);
    const factor = mixed[0]!.score / sums[0]!;
    expect(factor).toBeGreaterThan(0);
    for (const [index, { score }] of mixed.entries()) expect(score).toBeCloseTo(factor * sums[index]!, 5);
  });

  test('finds first what has the words, then what looks like it', async () => {
    const { engine } = await learned.open();
    const has = async (id: number, word: RegExp): Promise<boolean> =>
      (await engine.calls.photoDetails({ photo: id })).texts.some((found) => word.test(found.text));
    const cats = await ranking(engine, [text('Figaro')]);
    const written = await Promise.all(cats.map(({ id }) => has(id, /\bfigaro\b/i)));
    const count = written.filter(Boolean).length;
    expect(count).toBeGreaterThan(3);
    expect(written.indexOf(false)).toBe(count);
    // Among each other they stand as they look.
    const seen = cats.slice(0, count).map(({ similarities: [similarity] }) => similarity!);
    expect(seen).toEqual(seen.toSorted((one, other) => other - one));
    const without = await ranking(engine, [text('Figaro', -1)]);
    const last = await Promise.all(without.slice(-count).map(({ id }) => has(id, /\bfigaro\b/i)));
    expect(last.every(Boolean)).toBe(true);
  });

  test('is given a page at a time', async () => {
    const { engine } = await learned.open();
    const all = await ranking(engine, [text('dog')]);
    const pages: SearchResult[] = [];
    for (let offset = 0; offset < 120; offset += 50)
      pages.push(...(await engine.calls.search({ concepts: [text('dog')], offset, limit: 50 })).results);
    expect(pages).toEqual(all);
    expect((await engine.calls.search({ concepts: [text('dog')], offset: 500 })).results).toEqual([]);
    expect(await engine.calls.listPhotos({ offset: 110, limit: 50 })).toMatchObject({ total: 120 });
    expect((await engine.calls.listPhotos({ offset: 110, limit: 50 })).photos).toHaveLength(10);
  });

  test('by a photo finds that photo first, whether it is named or brought as a picture', async () => {
    const { engine } = await learned.open();
    const { file } = learned.album.pictures[7]!;
    const id = (await photoIds(engine)).get(file)!;
    const byId = await ranking(engine, await engine.calls.parseQuery({ query: `photo:${id}` }), 'mean');
    expect(byId[0]).toMatchObject({ id, path: file });
    expect(byId[0]!.score).toBeCloseTo(1, 2);
    const { image } = await engine.calls.addImage({
      name: 'mine.jpg',
      bytes: readFileSync(join(learned.album.folder, file)),
    });
    const byPicture = await ranking(engine, [{ kind: 'image', image, weight: 1 }], 'mean');
    expect(byPicture[0]).toMatchObject({ id });
    for (const [rank, { score }] of byPicture.slice(0, 10).entries())
      expect(score).toBeCloseTo(byId[rank]!.score, 2);
    const thumbnail = (await engine.media('image', image))!;
    expect(thumbnail.type).toBe('image/jpeg');
    expect(await sharp(thumbnail.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 512 });
    await expect(
      engine.calls.addImage({ name: 'notes.txt', bytes: Buffer.from('words') }),
    ).rejects.toMatchObject({
      code: 'not-a-picture',
      message: expect.stringContaining('notes.txt'),
    });

    // The picture stays a concept when another model answers.
    await engine.calls.activateModel({ model: 'starter' });
    expect((await ranking(engine, [{ kind: 'image', image, weight: 1 }]))[0]).toMatchObject({ id });
  });

  test('for what nobody knows finds nothing, and says so', async () => {
    const { engine } = await learned.open();
    for (const concept of [
      text('qwrtzpsd'),
      { kind: 'photo', photo: 9999, weight: 1 },
      { kind: 'image', image: 'picture-9', weight: 1 },
    ] as Concept[]) {
      expect(await engine.calls.search({ concepts: [concept] })).toMatchObject({
        total: 0,
        results: [],
        concepts: [{ known: false }],
      });
      // Beside a known concept it changes nothing.
      for (const compose of ['mean', 'all'] as const) {
        const both = await ranking(engine, [text('beach'), concept], compose);
        expect(both.map(({ id, score }) => [id, score])).toEqual(
          (await ranking(engine, [text('beach')], compose)).map(({ id, score }) => [id, score]),
        );
      }
    }
  });

  test.each(['mean', 'all'] as const)('explains where a photo stands (%s)', async (compose) => {
    const { engine } = await learned.open();
    const concepts = [text('Figaro'), text('pink sofa', 0.5), text('beach', -0.7), text('qwrtzpsd')];
    const results = await ranking(engine, concepts, compose);
    const explained = await Promise.all(
      results.map(({ id }) => engine.calls.explain({ photo: id, concepts, compose })),
    );
    const height = ({ score }: SearchResult) => (compose === 'all' ? Math.log(score) : score);
    for (const [index, { score, rank, total, contributions, seen }] of explained.entries()) {
      const result = results[index]!;
      expect([rank, total]).toEqual([index + 1, 120]);
      // The parts add up, and what lies between two photos is what lies between their scores.
      expect(contributions.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(score, 5);
      expect(explained[0]!.score - score).toBeCloseTo(height(results[0]!) - height(result), 3);
      expect(contributions.map(({ similarity }) => similarity)).toEqual(result.similarities);
      expect(contributions[3]).toMatchObject({ contribution: 0, probability: null });
      for (const { probability } of contributions.slice(0, 3)) {
        expect(probability).toBeGreaterThan(0);
        expect(probability).toBeLessThanOrEqual(1);
      }
      const { texts } = await engine.calls.photoDetails({ photo: result.id });
      expect(texts.length > 0).toBe(result.captioned);
      expect(contributions[0]!.written).toEqual(
        texts.some((item) => item.text.startsWith('Figaro')) ? ['figaro'] : [],
      );
      expect(seen).toHaveLength(8);
    }
    await expect(engine.calls.explain({ photo: 9999, concepts })).rejects.toMatchObject({ code: 'no-photo' });
  });

  test('says how likely a word is, and mixes by the root of its odds', async () => {
    const { engine } = await learned.open();
    const concepts = [text('Figaro')];
    const unread = (await ranking(engine, concepts)).filter(({ captioned }) => !captioned);
    for (const { id, score } of unread) {
      const { contributions } = (await engine.calls.explain({ photo: id, concepts }))!;
      const odds = contributions[0]!.probability! / (1 - contributions[0]!.probability!);
      expect(score).toBeCloseTo(Math.sqrt(odds) / (1 + Math.sqrt(odds)), 4);
    }
    expect(unread.length).toBeGreaterThan(20);
  });

  test('finds what a word covers, and says as what', async () => {
    const { engine } = await learned.open();
    const concepts = [text('animal')];
    const { covers } = await engine.calls.nearestWords({ word: 'animal' });
    expect(covers).toEqual(expect.arrayContaining(['cat', 'dog']));
    expect(covers.length).toBeLessThanOrEqual(8);
    const { results } = await engine.calls.search({ concepts, limit: 20 });
    const explained = await Promise.all(
      results.map(({ id }) => engine.calls.explain({ photo: id, concepts })),
    );
    const seenAs = explained.flatMap((explanation) => explanation!.contributions[0]!.seenAs);
    expect(seenAs.length).toBeGreaterThan(0);
    for (const word of seenAs) expect(covers).toContain(word);
  });

  test('can leave out the photos that have words', async () => {
    const { engine } = await learned.open();
    const { results, total } = await engine.calls.search({ concepts: [text('cat')], untagged: true });
    const uncaptioned = learned.album.pictures
      .filter(({ caption }) => caption === undefined)
      .map(({ file }) => file);
    expect(total).toBe(uncaptioned.length);
    expect(results.map(({ path }) => path).toSorted()).toEqual(uncaptioned);
    const all = (await ranking(engine, [text('cat')])).filter(({ captioned }) => !captioned);
    expect(results).toEqual(all);
  });

  test('finds the words that lie near a word', async () => {
    const { engine } = await learned.open();
    const figaro = await engine.calls.nearestWords({ word: 'Figaro', limit: 5 });
    expect(figaro).toMatchObject({ source: 'learned', count: 10 });
    expect(figaro.words).toHaveLength(5);
    expect(figaro.words.map(({ word }) => word)).not.toContain('figaro');
    expect(await engine.calls.nearestWords({ word: 'dog' })).toMatchObject({
      words: expect.arrayContaining([expect.objectContaining({ word: 'dogs' })]),
    });
    // Of words together it is enough that one is known.
    const together = await engine.calls.nearestWords({ word: 'qwrtzpsd dog', limit: 5 });
    expect(together).toMatchObject({ source: 'learned', words: expect.any(Array) });
    expect(together.words).toHaveLength(5);
    const photo = [...(await photoIds(engine)).values()][0]!;
    await engine.calls.editWords({ photos: [photo], add: [{ kind: 'keyword', text: 'Qwrtzpsd' }] });
    expect(await engine.calls.nearestWords({ word: 'qwrtzpsd' })).toEqual({
      source: 'written',
      count: 1,
      words: [],
      covers: [],
    });
    await engine.calls.undoEdit();
    expect(await engine.calls.nearestWords({ word: 'qwrtzpsd' })).toEqual({
      source: 'unknown',
      count: 0,
      words: [],
      covers: [],
    });
  });
});

describe('an evaluation', () => {
  test('by labels measures the rankings that pictures alone give', async () => {
    const { engine } = await learned.open();
    // The mean reads no texts, as an evaluation does not.
    const compose = 'mean';
    const evaluation = await engine.calls.evaluate({ relevance: relevance(learned.album), compose });
    expect(evaluation).toMatchObject({ model: 'model-1', photos: 120 });
    expect(evaluation.perQuery.map(({ query }) => query)).toEqual(
      [...new Set(learned.album.pictures.flatMap(({ concepts }) => concepts))].toSorted(),
    );
    const concepts = new Map(learned.album.pictures.map(({ file, concepts }) => [file, concepts]));
    for (const { query, relevant, precisionAt5, averagePrecision } of evaluation.perQuery) {
      const { results } = await engine.calls.search({ concepts: [text(query)], compose, limit: 200 });
      const hits = results.map(({ path }) => concepts.get(path)!.includes(query));
      const precisions = hits.flatMap((hit, index) =>
        hit ? [hits.slice(0, index + 1).filter(Boolean).length / (index + 1)] : [],
      );
      expect(relevant).toBe(precisions.length);
      expect(precisionAt5).toBeCloseTo(hits.slice(0, 5).filter(Boolean).length / 5, 10);
      expect(averagePrecision).toBeCloseTo(precisions.reduce((sum, value) => sum + value, 0) / relevant, 10);
    }
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(evaluation.precisionAt5).toBeCloseTo(
      mean(evaluation.perQuery.map((query) => query.precisionAt5)),
      10,
    );
    expect(evaluation.meanAveragePrecision).toBeCloseTo(
      mean(evaluation.perQuery.map((query) => query.averagePrecision)),
      10,
    );
    expect(evaluation.recallAt10).toBeGreaterThan(0.3);
    expect(evaluation.medianRank).toBeLessThan(20);
  });

  test('of a query with two concepts needs both, and a third that is away', async () => {
    const { engine } = await learned.open();
    const having = (wanted: string[], unwanted: string[] = []) =>
      learned.album.pictures.filter(
        ({ concepts }) =>
          wanted.every((concept) => concepts.includes(concept)) &&
          !unwanted.some((concept) => concepts.includes(concept)),
      ).length;
    const queries = ['beach + sea', 'Beach + sea - sunset', '"snow leopard" + snow', 'beach + wine'];
    const { perQuery } = await engine.calls.evaluate({ relevance: relevance(learned.album), queries });
    expect(having(['beach', 'wine'])).toBe(0);
    expect(perQuery.map(({ query, relevant }) => [query, relevant])).toEqual([
      ['beach + sea', having(['beach', 'sea'])],
      ['Beach + sea - sunset', having(['beach', 'sea'], ['sunset'])],
      ['"snow leopard" + snow', having(['snow leopard', 'snow'])],
    ]);
  });

  test('does not judge a query that labels say nothing of', async () => {
    const { engine } = await learned.open();
    const { perQuery } = await engine.calls.evaluate({
      relevance: relevance(learned.album),
      queries: ['photo:12', 'beach', 'beach + photo:12'],
    });
    expect(perQuery.map(({ query }) => query)).toEqual(['beach', 'beach + photo:12']);
  });

  test('without labels judges by the captions that the model did not see', async () => {
    const { engine } = await learned.open();
    const captions = learned.album.pictures.flatMap(({ caption }) => caption ?? []);
    await engine.calls.activateModel({ model: 'starter' });
    const { model, photos, perQuery } = await engine.calls.evaluate({});
    expect([model, photos]).toEqual(['starter', 120]);
    for (const { query, relevant } of perQuery) {
      expect(relevant).toBeGreaterThanOrEqual(5);
      if (query === 'figaro') expect(relevant).toBe(10);
    }
    expect(perQuery.map(({ query }) => query)).toContain('beach');
    const asked = await engine.calls.evaluate({
      queries: ['snow leopard', 'beach -sunset', 'the', 'qwrtzpsd'],
    });
    const both = captions.filter(
      (caption) => /\bsnow\b/i.test(caption) && /\bleopard\b/i.test(caption),
    ).length;
    expect(asked.perQuery.map(({ query, relevant }) => [query, relevant])).toEqual([
      ['snow leopard', both],
      ['beach -sunset', expect.any(Number)],
    ]);
    expect(
      (
        await engine.calls.evaluate({
          photos: [learned.album.pictures[0]!.file, learned.album.pictures[1]!.file],
          relevance: relevance(learned.album),
        })
      ).photos,
    ).toBe(2);
    await expect(engine.calls.evaluate({ photos: ['nowhere.jpg'] })).rejects.toMatchObject({
      code: 'no-such-photos',
      message: expect.stringContaining('nowhere.jpg'),
    });
    await expect(engine.calls.evaluate({ queries: ['qwrtzpsd'] })).rejects.toMatchObject({
      code: 'nothing-to-evaluate',
    });
  });

  test('does not find photos by the very words that they are judged by', async () => {
    const { engine, path } = await learned.open();
    await engine.calls.closeLibrary();
    // A word that no model knows, in captions that came after learning.
    const library = Library.open(path);
    for (const photo of [3, 40, 41, 42, 80])
      library.texts.add(photo, [{ kind: 'caption', source: 'test', text: 'qwrtzpsd' }]);
    const photos = [...library.photos.paths().values()].map((file) => file.path);
    library.close();
    await engine.calls.openLibrary({ path });
    expect(await engine.calls.search({ concepts: [text('qwrtzpsd')], limit: 5 })).toMatchObject({
      concepts: [{ known: true, words: [{ word: 'qwrtzpsd', source: 'written' }] }],
      results: [3, 40, 41, 42, 80].map((id) => ({ id })),
    });
    const { perQuery } = await engine.calls.evaluate({ photos, queries: ['qwrtzpsd'] });
    expect(perQuery).toMatchObject([{ relevant: 5 }]);
    expect(perQuery[0]!.averagePrecision).toBeLessThan(0.5);
  });

  test('refuses to judge a model by the captions it learned', async () => {
    const { engine } = await learned.open();
    await expect(engine.calls.evaluate({})).rejects.toMatchObject({ code: 'nothing-to-evaluate' });
  });
});
