import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { PhotolexError } from '../../electron/engine/contract.ts';
import { importSource, newImportReport } from '../../electron/engine/import/importer.ts';
import { fillVectors, type IndexModel, indexPhotos } from '../../electron/engine/index/indexer.ts';
import { SharedVision } from '../../electron/engine/index/sharedVision.ts';
import { Vision, type VisionWorker } from '../../electron/engine/index/vision.ts';
import { Library } from '../../electron/engine/library/library.ts';
import { startWorker } from '../../electron/engine/workers/workerProcess.ts';
import type { HeadParameters } from '../../models/vision/head.ts';
import { encodeHead } from '../../models/vision/headGraph.ts';
import { encodeOnnx } from '../../models/vision/onnx.ts';
import { networkSize } from '../../native/image.ts';
import { builtPath, projectRoot, weightsPath } from '../../native/runtime.ts';
import { childProcesses } from '../fixtures/childProcesses.ts';
import { picture, temporaryFolder } from '../fixtures/pictures.ts';
import { D, smallNetwork } from '../fixtures/smallNetwork.ts';

const BACKBONE = 'efficientnet-lite0';
const WIDTH = 1280;

let vision: Vision;
beforeAll(async () => {
  vision = await Vision.create();
});

/** A library with photos of several shapes that wait to be indexed. */
async function libraryOf(
  count: number,
  extra: Record<string, Uint8Array> = {},
): Promise<{ library: Library; photos: string }> {
  const photos = temporaryFolder();
  const shapes = [
    [300, 200],
    [200, 300],
    [240, 240],
    [400, 150],
  ] as const;
  for (let number = 0; number < count; number++) {
    const [width, height] = shapes[number % shapes.length]!;
    await picture(number, width, height)
      .jpeg()
      .toFile(join(photos, `${String(number).padStart(3, '0')}.jpg`));
  }
  for (const [name, bytes] of Object.entries(extra)) writeFileSync(join(photos, name), bytes);
  const library = Library.open(join(temporaryFolder(), 'library'), { create: true });
  onTestFinished(() => library.close());
  await importSource(library, photos, { report: newImportReport(photos, '2026-01-01T00:00:00.000Z') });
  return { library, photos };
}

/** Builds what runs in processes of its own. */
function buildIfMissing(): void {
  if (!existsSync(builtPath('node', 'vision-worker.js')))
    execFileSync(process.execPath, [join(projectRoot, 'build', 'launch.js'), 'build'], { cwd: projectRoot });
}

/** A small head with numbers of its own, as a model of a library. */
function addModel(library: Library, id: string, dimension = 8): IndexModel {
  const stored = library.models.add({
    id,
    name: id,
    dimension,
    text: 'word2vec',
    backbone: BACKBONE,
    loss: 'contrastive',
    tune: 'head',
    device: null,
    seconds: null,
    network: 'test',
    createdAt: '2026-01-01T00:00:00.000Z',
    captions: 0,
    captioned: 0,
    heldOut: 0,
    precisionAt5: null,
    meanAveragePrecision: null,
  });
  library.vectors.createTable(stored);
  const wave = (length: number, step: number) =>
    Float32Array.from({ length }, (_, at) => Math.sin((at + 1) * step));
  const hidden = 16;
  const network = join(temporaryFolder(), 'network.onnx');
  const parameters: HeadParameters = {
    features: WIDTH,
    hidden,
    dimension,
    activation: 'none',
    centre: null,
    mean: new Float32Array(WIDTH).fill(0.02),
    deviation: new Float32Array(WIDTH).fill(0.03),
    hiddenWeight: wave(WIDTH * hidden, 0.37 + id.length),
    hiddenBias: wave(hidden, 1),
    outputWeight: wave(hidden * dimension, 0.7),
    outputBias: wave(dimension, 2),
  };
  writeFileSync(network, encodeHead(parameters, {}, 'float32'));
  return { stored, network };
}

function cosine(one: Float32Array, other: Float32Array): number {
  let [product, left, right] = [0, 0, 0];
  for (let at = 0; at < one.length; at++) {
    product += one[at]! * other[at]!;
    left += one[at]! ** 2;
    right += other[at]! ** 2;
  }
  return product / Math.sqrt(left * right);
}

/** Features of one photo by the shortest way: the whole picture scaled at once, planes filled one by one. */
async function plainFeatures(session: InferenceSession, bytes: Uint8Array): Promise<Float32Array> {
  const original = await sharp(bytes).metadata();
  const { width, height } = networkSize(original.width, original.height);
  const channels = await Promise.all(
    ([0, 1, 2] as const).map((channel) =>
      sharp(bytes)
        .resize(width, height, { fit: 'fill', kernel: 'cubic' })
        .extractChannel(channel)
        .raw()
        .toBuffer(),
    ),
  );
  const image = Float32Array.from(
    channels.flatMap((channel) => [...channel]),
    (value) => (value - 127) / 128,
  );
  const { features } = await session.run({ image: new Tensor('float32', image, [1, 3, height, width]) });
  return features!.data as Float32Array;
}

describe('indexing', () => {
  test('gives each photo its size, a thumbnail and the features that a plain run of the network gives', async () => {
    const { library, photos } = await libraryOf(6, {
      'large.jpg': await picture(9, 1800, 1200).jpeg().toBuffer(),
    });
    const progress: number[] = [];
    const indexed = await indexPhotos(library, vision, {
      model: null,
      onProgress: ({ done }) => progress.push(done),
    });
    expect(indexed).toBe(7);
    expect(progress.at(-1)).toBe(7);
    expect(library.photos.counts()).toEqual({ photos: 7, captioned: 0, indexed: 7, problems: 0 });
    const session = await InferenceSession.create(weightsPath('efficientnet-lite0.int8.onnx'));
    const float = await InferenceSession.create(weightsPath('efficientnet-lite0.onnx'));
    for (const photo of library.photos.page(0, 10)) {
      const { path } = library.photos.filesOf(photo.id)[0]!;
      const bytes = readFileSync(join(photos, path));
      const { width, height } = await sharp(bytes).metadata();
      expect(photo).toMatchObject({ width, height });
      const { hash } = library.photos.get(photo.id)!;
      const thumbnail = await sharp(readFileSync(library.thumbnailPath(hash))).metadata();
      expect(thumbnail).toMatchObject({ format: 'jpeg', width: Math.min(512, width) });
      const feature = library.features.get(photo.id, BACKBONE)!;
      const plain = await plainFeatures(session, bytes);
      // float16 in the library: 11 bits. The large photo was scaled in two steps, which costs a little more.
      expect(cosine(feature, plain)).toBeGreaterThan(path === 'large.jpg' ? 0.995 : 0.999999);
      expect(feature.every((value) => value >= 0)).toBe(true);
      // What 8 bits make of it is the same picture: two different ones have .5.
      expect(cosine(feature, await plainFeatures(float, bytes))).toBeGreaterThan(0.96);
    }
    expect(await indexPhotos(library, vision, { model: null })).toBe(0);
  });

  test('names photos that cannot be decoded, once, and goes on', async () => {
    const whole = await picture(5, 300, 200).jpeg().toBuffer();
    const { library } = await libraryOf(2, { 'cut.jpg': whole.subarray(0, whole.length / 2) });
    const problems: { path: string; reason: string }[] = [];
    const onProblem = ({ path, reason }: { path: string; reason: string }) => problems.push({ path, reason });
    expect(await indexPhotos(library, vision, { model: null, onProblem })).toBe(2);
    expect(problems).toEqual([{ path: 'cut.jpg', reason: 'the file is cut off' }]);
    expect([...library.photos.problems().values()]).toEqual(['the file is cut off']);
    expect(await indexPhotos(library, vision, { model: null, onProblem })).toBe(0);
    expect(problems).toHaveLength(1);
  });

  test('tries a photo again whose file could not be reached', async () => {
    const { library, photos } = await libraryOf(2);
    const bytes = readFileSync(join(photos, '000.jpg'));
    rmSync(join(photos, '000.jpg'));
    const reasons: string[] = [];
    const onProblem = ({ reason }: { reason: string }) => reasons.push(reason);
    expect(await indexPhotos(library, vision, { model: null, onProblem })).toBe(1);
    expect(reasons).toEqual(['it is not there any more']);
    writeFileSync(join(photos, '000.jpg'), bytes);
    expect(await indexPhotos(library, vision, { model: null, onProblem })).toBe(1);
    expect(library.photos.counts()).toMatchObject({ indexed: 2, problems: 0 });
  });

  test('stops when cancelled, keeps what was committed, and goes on later', async () => {
    const { library } = await libraryOf(80);
    const controller = new AbortController();
    const cancelled = indexPhotos(library, vision, {
      model: null,
      signal: controller.signal,
      onProgress: ({ done }) => done > 0 && controller.abort(new Error('cancelled')),
    });
    await expect(cancelled).rejects.toThrow('cancelled');
    const { indexed } = library.photos.counts();
    expect(indexed).toBe(24);
    expect(await indexPhotos(library, vision, { model: null })).toBe(80 - indexed);
  });
});

describe('vectors', () => {
  test('are made by the head of the active model, in the same commit', async () => {
    const { library } = await libraryOf(5);
    const model = addModel(library, 'one');
    await vision.load({ network: model.network });
    await indexPhotos(library, vision, { model });
    expect(library.vectors.missing(model.stored)).toEqual([]);
    const { photos, features } = library.features.all(BACKBONE, WIDTH);
    const session = await InferenceSession.create(model.network);
    const { vector } = await session.run({
      features: new Tensor('float32', features, [photos.length, WIDTH]),
    });
    photos.forEach((photo, row) => {
      const expected = (vector!.data as Float32Array).subarray(row * 8, row * 8 + 8);
      const found = library.vectors.get(model.stored, photo)!;
      expect(Math.hypot(...found)).toBeCloseTo(1, 5);
      expect(cosine(found, expected)).toBeGreaterThan(0.9999);
    });
  });

  test('of another model are thrown away, and made anew from the cached features', async () => {
    const { library } = await libraryOf(4);
    const [asked, other] = [addModel(library, 'asked'), addModel(library, 'other', 6)];
    await vision.load({ network: other.network });
    // The worker changes to the right model only when the photos have been looked at.
    const late: VisionWorker = {
      load: (options) => vision.load(options),
      index: (items) => vision.index(items),
      picture: (bytes) => vision.picture(bytes),
      vectors: async (features, thumbnails) => {
        await vision.load({ network: asked.network });
        return vision.vectors(features, thumbnails);
      },
      looks: (thumbnails) => vision.looks(thumbnails),
      closer: (thumbnails) => vision.closer(thumbnails),
    };
    await indexPhotos(library, late, { model: asked });
    const { vector } = await vision.picture(readFileSync(join(library.photos.roots()[0]!.path, '000.jpg')));
    expect(cosine(library.vectors.get(asked.stored, 1)!, vector!)).toBeGreaterThan(0.9999);
    expect(library.vectors.missing(other.stored)).toHaveLength(4);
    await vision.load({ network: other.network });
    await fillVectors(library, vision, { model: other });
    expect(library.vectors.missing(other.stored)).toEqual([]);
  });

  test('of a whole network cost nobody but the photos whose thumbnails cannot be read, which get theirs later', async () => {
    const { library } = await libraryOf(4);
    await indexPhotos(library, vision, { model: null });
    const { stored } = addModel(library, 'whole', D);
    const model = { stored, network: join(temporaryFolder(), 'network.onnx') };
    writeFileSync(model.network, encodeOnnx(smallNetwork()));
    await vision.load({ network: model.network });
    const [lost, damaged] = [2, 3].map((id) => library.thumbnailPath(library.photos.get(id)!.hash));
    const thumbnail = readFileSync(damaged!);
    rmSync(lost!);
    writeFileSync(damaged!, thumbnail.subarray(0, thumbnail.length / 2));
    for (const _ of ['once', 'again']) {
      await fillVectors(library, vision, { model });
      expect(library.vectors.missing(stored)).toEqual([2, 3]);
      expect(Math.hypot(...library.vectors.get(stored, 4)!)).toBeCloseTo(1, 5);
    }
    writeFileSync(damaged!, thumbnail);
    await fillVectors(library, vision, { model });
    expect(library.vectors.missing(stored)).toEqual([2]);
  });
});

test('a picture from outside is seen like one of the library, and a broken one says why', async () => {
  const { library, photos } = await libraryOf(1);
  await vision.load({ network: null });
  await indexPhotos(library, vision, { model: null });
  const seen = await vision.picture(readFileSync(join(photos, '000.jpg')));
  expect(cosine(seen.feature, library.features.get(1, BACKBONE)!)).toBeGreaterThan(0.999999);
  expect(seen.vector).toBeNull();
  expect(await sharp(seen.thumbnail).metadata()).toMatchObject({ format: 'jpeg', width: 300 });
  await expect(vision.picture(Buffer.from('words'))).rejects.toThrow('this is not a picture: it is text');
  await expect(vision.vectors(new Float32Array(WIDTH), [])).rejects.toThrow('No model is loaded');
});

test('killed at any commit, the index goes on: each photo once, every thumbnail whole', async () => {
  const { library } = await libraryOf(96);
  const child = join(projectRoot, 'test', 'fixtures', 'indexUntilKilled.ts');
  let before = 0;
  for (const commits of [1, 2]) {
    const { signal, stderr } = spawnSync(process.execPath, [child, library.path, String(commits)], {
      encoding: 'utf8',
    });
    expect(signal, stderr).toBe('SIGKILL');
    const { indexed } = library.photos.counts();
    expect(indexed - before).toBe(commits * 24);
    before = indexed;
  }
  expect(await indexPhotos(library, vision, { model: null })).toBe(96 - before);
  expect(library.photos.counts()).toEqual({ photos: 96, captioned: 0, indexed: 96, problems: 0 });
  expect(library.database.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(new Set(library.features.all(BACKBONE, WIDTH).photos).size).toBe(96);
  const thumbnails = readdirSync(join(library.path, 'thumbnails'), { recursive: true, encoding: 'utf8' });
  const files = thumbnails.filter((name) => name.includes('.'));
  expect(files).toHaveLength(96);
  for (const name of files) {
    const { width } = await sharp(join(library.path, 'thumbnails', name), { failOn: 'warning' })
      .toBuffer({ resolveWithObject: true })
      .then(({ info }) => info);
    expect(width).toBeGreaterThan(0);
  }
});

test('a photo that ends the worker is left out, and all others are looked at', async () => {
  buildIfMissing();
  const names = ['010.jpg', '055.jpg'];
  const { library } = await libraryOf(60);
  const shared = new SharedVision();
  onTestFinished(() => shared.stop());
  const worker = shared.of(addModel(library, 'one').network);
  // As a crash of native code: the process is gone before it has answered.
  const crashing: VisionWorker = {
    ...worker,
    index: async (items) => {
      await worker.index([]);
      if (items.some(({ path }) => names.includes(basename(path))))
        for (const pid of childProcesses('vision-worker')) process.kill(pid, 'SIGKILL');
      return await worker.index(items);
    },
  };
  const problems: string[] = [];
  const done: number[] = [];
  const look = () =>
    indexPhotos(library, crashing, {
      model: null,
      onProblem: ({ path, reason }) => problems.push(`${path}: ${reason}`),
      onProgress: (progress) => done.push(progress.done),
    });
  expect(await look()).toBe(58);
  expect(problems.sort()).toEqual(names.map((name) => `${name}: it makes the decoder crash`));
  expect(done.at(-1)).toBe(60);
  expect(library.photos.counts()).toMatchObject({ indexed: 58, problems: 2 });
  // Nothing is left that could end it again.
  expect(await look()).toBe(0);
});

test('no photo is blamed where there is no worker at all', async () => {
  const { library } = await libraryOf(3);
  const stopped = () => Promise.reject(new PhotolexError('worker-stopped', 'It cannot be started.'));
  const none = { index: stopped } as unknown as VisionWorker;
  await expect(indexPhotos(library, none, { model: null })).rejects.toMatchObject({ code: 'worker-stopped' });
  expect(library.photos.counts()).toMatchObject({ indexed: 0, problems: 0 });
});

test('the worker process answers like the same code here, and its end is an error of the call', async () => {
  buildIfMissing();
  const { library, photos } = await libraryOf(3);
  const worker = startWorker<VisionWorker, object>('vision-worker', {});
  try {
    const model = addModel(library, 'one');
    await worker.calls.load({ network: model.network });
    expect(await indexPhotos(library, worker.calls, { model })).toBe(3);
    await vision.load({ network: model.network });
    const here = await vision.picture(readFileSync(join(photos, '001.jpg')));
    const there = await worker.calls.picture(readFileSync(join(photos, '001.jpg')));
    expect(cosine(here.feature, there.feature)).toBeGreaterThan(0.999999);
    expect(cosine(library.vectors.get(model.stored, 2)!, there.vector!)).toBeGreaterThan(0.999999);
    await expect(worker.calls.picture(Buffer.alloc(0))).rejects.toThrow('the file is empty');
  } finally {
    const unanswered = worker.calls.picture(await picture(1).jpeg().toBuffer());
    await Promise.all([expect(unanswered).rejects.toMatchObject({ code: 'worker-stopped' }), worker.stop()]);
  }
});
