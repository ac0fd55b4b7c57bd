/** Files of a model: ONNX against onnxruntime, tensor files, the model folder, and the space that is read back. */
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { PbfWriter } from 'pbf';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  bundledWords,
  networkPath,
  readModel,
  readSpace,
  type TrainedModel,
  writeModel,
} from '../../electron/engine/library/modelFiles.ts';
import { Random } from '../../models/random.ts';
import { decodeTensorFile, encodeTensorFile } from '../../models/tensorFile.ts';
import { TextPreparation } from '../../models/text/preparation.ts';
import { decodeWord2Vec, WordVectors } from '../../models/text/wordVectors.ts';
import { createHead, imageVectors } from '../../models/vision/head.ts';
import { decodeHead, encodeHead } from '../../models/vision/headGraph.ts';
import { joinGraphs } from '../../models/vision/imageGraph.ts';
import { decodeOnnx, encodeOnnx, type OnnxGraph, type OnnxTensor } from '../../models/vision/onnx.ts';
import { useWasm } from '../../native/compute/wasm.ts';

beforeAll(useWasm);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'photolex-model-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const random = new Random(5);
const gaussian = (length: number): Float32Array => Float32Array.from({ length }, () => random.gaussian());
const features = gaussian(6 * 20).map((value) => Math.max(0, value));
const head = createHead(
  { features: 20, hidden: 15, dimension: 8 },
  features,
  [0, 1, 2, 3, 4, 5],
  new Random(1),
);

function model(): TrainedModel {
  return {
    info: {
      name: 'Test',
      text: 'word2vec',
      backbone: 'efficientnet-lite0',
      loss: 'contrastive',
      pretrained: 'glove',
    },
    head,
    space: {
      dimension: 8,
      words: ['dog', 'zorro'],
      vectors: gaussian(16),
      inverseDocumentFrequency: Float32Array.of(2, 5),
      bias: Float32Array.of(-3, -6),
      counts: Uint32Array.of(0, 12),
      taught: Uint32Array.of(800, 12),
      scale: 18.5,
      map: gaussian(101 * 8),
      spellingMap: null,
      origin: null,
    },
    network: null,
    pretrained: null,
    preparation: TextPreparation.plain,
    text: { algorithm: 'word2vec', words: new WordVectors(['zorro'], 100, gaussian(100)) },
  };
}

describe('a head as ONNX', () => {
  it.each(['float32', 'float16'] as const)(
    'runs in onnxruntime to the same vectors (%s)',
    async (precision) => {
      const session = await InferenceSession.create(encodeHead(head, {}, precision));
      const { vector } = await session.run({ features: new Tensor('float32', features, [6, 20]) });
      const expected = await imageVectors(head, features, [0, 1, 2, 3, 4, 5]);
      const tolerance = precision === 'float32' ? 1e-5 : 2e-3;
      (vector!.data as Float32Array).forEach((value, i) => {
        expect(Math.abs(value - expected[i]!)).toBeLessThan(tolerance);
      });
    },
  );

  it.each([
    ['sigmoid', true],
    ['sigmoid', false],
    ['none', true],
  ] as const)('runs and is read back with its output stage (%s, centre: %s)', async (activation, centred) => {
    const centre = centred ? gaussian(8).map((value) => 0.5 + value / 20) : null;
    const staged = { ...head, activation, centre };
    const bytes = encodeHead(staged, {}, 'float32');
    expect(decodeHead(bytes).head).toEqual(staged);
    const session = await InferenceSession.create(bytes);
    const { vector } = await session.run({ features: new Tensor('float32', features, [6, 20]) });
    const expected = await imageVectors(staged, features, [0, 1, 2, 3, 4, 5]);
    (vector!.data as Float32Array).forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-4);
    });
    const half = decodeHead(encodeHead(staged, {}, 'float16')).head;
    expect(half.activation).toBe(activation);
    half.centre?.forEach((value, i) => {
      expect(value).toBeCloseTo(centre![i]!, 3);
    });
  });

  it('is read back from behind a backbone that has a sigmoid', () => {
    const backbone: OnnxGraph = {
      name: 'backbone',
      nodes: [{ operator: 'Sigmoid', inputs: ['image'], outputs: ['features'] }],
      inputs: [{ name: 'image', shape: ['n', 20] }],
      outputs: [{ name: 'features', shape: ['n', 20] }],
      initializers: new Map(),
      metadata: {},
    };
    const whole = joinGraphs(backbone, decodeOnnx(encodeHead(head, {}, 'float32')));
    expect(decodeHead(encodeOnnx(whole)).head).toEqual(head);
  });

  it('is read back as it was', () => {
    const { head: read, metadata } = decodeHead(encodeHead(head, { name: 'Zoë' }, 'float32'));
    expect(read).toEqual(head);
    expect(metadata).toEqual({ name: 'Zoë' });
  });

  it('reads the initializers of the bundled backbone by name', () => {
    const { initializers } = decodeOnnx(readFileSync('models/weights/efficientnet-lite0.onnx'));
    expect(initializers.get('stem.conv.weight')?.shape).toEqual([32, 3, 3, 3]);
    expect(initializers.get('classifier.weight')?.data.length).toBe(1280 * 1000);
  });

  it('refuses what is no model', () => {
    expect(() => decodeOnnx(new Uint8Array())).toThrow(/not an ONNX model/);
    expect(() => decodeHead(readFileSync('models/weights/efficientnet-lite0.onnx'))).toThrow(
      /no head of Photolex/,
    );
  });
});

describe('an ONNX file', () => {
  /** What onnxruntime makes of x [2, 3] = 1 … 6. */
  const run = async (bytes: Uint8Array): Promise<{ dims: readonly number[]; data: number[] }> => {
    const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
    const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]) });
    return { dims: y!.dims, data: [...(y!.data as Float32Array)] };
  };
  const graph = (nodes: OnnxGraph['nodes'], initializers: [string, OnnxTensor][], opset = 17): OnnxGraph => ({
    name: 'test',
    opset,
    nodes,
    inputs: [{ name: 'x', shape: [2, 3] }],
    outputs: [{ name: 'y', shape: ['n', 'm'] }],
    initializers: new Map(initializers),
    metadata: {},
  });

  it('keeps the tensor of a node that is no constant', async () => {
    const bytes = encodeOnnx(
      graph(
        [
          {
            operator: 'ConstantOfShape',
            inputs: ['size'],
            outputs: ['filled'],
            attributes: { value: { shape: [1], data: Float32Array.of(10) } },
          },
          {
            operator: 'Constant',
            inputs: [],
            outputs: ['one'],
            attributes: { value: { shape: [1], data: Float32Array.of(1) } },
          },
          { operator: 'Add', inputs: ['x', 'filled'], outputs: ['sum'] },
          { operator: 'Add', inputs: ['sum', 'one'], outputs: ['y'] },
        ],
        [['size', { shape: [2], data: BigInt64Array.of(2n, 3n) }]],
      ),
    );
    const read = decodeOnnx(bytes);
    expect([...read.initializers.keys()].sort()).toEqual(['one', 'size']);
    const expected = { dims: [2, 3], data: [12, 13, 14, 15, 16, 17] };
    expect(await run(bytes)).toEqual(expected);
    expect(await run(encodeOnnx(read))).toEqual(expected);
  });

  it('has slices that go to the end by the largest number of 64 bits', async () => {
    const message = (...fields: [number, number | string | Uint8Array][]): Uint8Array => {
      const pbf = new PbfWriter();
      for (const [field, value] of fields) {
        if (typeof value === 'number') pbf.writeVarintField(field, value);
        else if (typeof value === 'string') pbf.writeStringField(field, value);
        else pbf.writeBytesField(field, value);
      }
      return pbf.finish();
    };
    const toTheEnd = Uint8Array.of(...Array(8).fill(255), 127);
    const attribute = message([1, 'ends'], [8, toTheEnd], [20, 7]);
    const tensor = message([1, 1], [2, 7], [7, toTheEnd], [8, 'ends']);
    const read = decodeOnnx(message([7, message([1, message([4, 'Slice'], [5, attribute])], [5, tensor])]));
    const { ends } = read.nodes[0]!.attributes as { ends: number[] };
    const expected = { dims: [2, 2], data: [2, 3, 5, 6] };
    for (const end of [ends, [2 ** 63]]) {
      const slice = { operator: 'Slice', inputs: ['x'], outputs: ['y'] };
      const old = { ...slice, attributes: { axes: [1], starts: [1], ends: end } };
      const unused: OnnxTensor = { shape: [1], data: Float32Array.of(0) };
      expect(await run(encodeOnnx(graph([old], [['unused', unused]], 9)))).toEqual(expected);
    }
    const one: OnnxTensor = { shape: [1], data: BigInt64Array.of(1n) };
    const today = { operator: 'Slice', inputs: ['x', 'one', 'ends', 'one'], outputs: ['y'] };
    const numbers: [string, OnnxTensor][] = [
      ['one', one],
      ['ends', read.initializers.get('ends')!],
    ];
    expect(await run(encodeOnnx(graph([today], numbers)))).toEqual(expected);
  });
});

describe('tensor files', () => {
  it('keep names, shapes, types and facts', () => {
    const file = {
      tensors: {
        a: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
        b: { shape: [3], data: Uint32Array.of(7, 8, 9) },
        odd: { shape: [3], data: Int8Array.of(-1, 0, 1) },
      },
      metadata: { name: '雪' },
    };
    expect(decodeTensorFile(encodeTensorFile(file))).toEqual(file);
  });

  it('are laid out as safetensors says', () => {
    const bytes = encodeTensorFile({
      tensors: { a: { shape: [1], data: Float32Array.of(0.5) } },
      metadata: {},
    });
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    expect(header.a).toEqual({ dtype: 'F32', shape: [1], data_offsets: [0, 4] });
    expect(bytes.length).toBe(8 + length + 4);
    expect(new DataView(bytes.buffer).getFloat32(8 + length, true)).toBe(0.5);
  });

  it.each([0, 4, 30, -2])('say when they are cut off (%i bytes)', (length) => {
    const bytes = encodeTensorFile({
      tensors: { a: { shape: [2], data: Float32Array.of(1, 2) } },
      metadata: {},
    });
    expect(() => decodeTensorFile(bytes.slice(0, length < 0 ? bytes.length + length : length))).toThrow(
      /cut off|damaged/,
    );
  });
});

describe('a model folder', () => {
  it('is read back whole, and its words open as word2vec', async () => {
    const path = join(folder, 'model');
    const written = model();
    await writeModel(path, written, 'float32');
    expect(existsSync(`${path}.writing`)).toBe(false);
    const { info, head: network, space, text } = await readModel(path);
    expect(info).toEqual(written.info);
    expect(network).toEqual(head);
    expect(space).toEqual(written.space);
    expect(text!.words.vector('zorro')).toEqual(written.text!.words.vector('zorro'));
    expect(decodeWord2Vec(readFileSync(join(path, 'words.bin'))).words).toEqual(['dog', 'zorro']);
  });

  it('names the folder when a file is damaged', async () => {
    const path = join(folder, 'model');
    await writeModel(path, model(), 'float32');
    truncateSync(join(path, 'words.bin'), 40);
    await expect(readSpace(path)).rejects.toThrow(path);
    writeFileSync(networkPath(path), 'no network');
    await expect(readModel(path)).rejects.toMatchObject({ code: 'model-damaged' });
  });
});

describe('a space', () => {
  it('takes a word from the user, the starter, the bundled vectors, or nowhere', async () => {
    const path = join(folder, 'model');
    await writeModel(path, model(), 'float32');
    const { space } = await readSpace(path);
    expect(['zorro', 'dog', 'puppy', 'qwrtzp'].map((word) => space.source(word))).toEqual([
      'learned',
      'starter',
      'pretrained',
      'unknown',
    ]);
    expect(space.concept('qwrtzp').vector).toBeNull();
    expect(space.concept('puppy').words[0]!.calibration).toBeNull();
    expect(space.concept('dog').words[0]!.calibration).toEqual({ scale: 18.5, bias: -3 });
  });

  it('composes a text as training composes captions', async () => {
    const path = join(folder, 'model');
    const written = model();
    await writeModel(path, written, 'float32');
    const { space } = await readSpace(path);
    const { vectors } = written.space;
    const sum = Float32Array.from({ length: 8 }, (_, i) => 2 * vectors[i]! + 5 * vectors[8 + i]!);
    const norm = Math.hypot(...sum);
    space.concept('the dog Zorro').vector!.forEach((value, i) => {
      expect(value).toBeCloseTo(sum[i]! / norm, 5);
    });
  });

  it('bundles words that lie near what they mean', () => {
    const near = bundledWords()
      .nearest(bundledWords().vector('puppy')!, 20)
      .map(({ word }) => word);
    expect(near).toContain('dog');
  });
});
