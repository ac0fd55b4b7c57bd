import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeTensorFile, encodeTensorFile } from '../../models/tensorFile.ts';
import { Doc2Vec } from '../../models/text/doc2vec.ts';
import {
  type Doc2VecModel,
  type Doc2VecOptions,
  decodeDoc2Vec,
  encodeDoc2Vec,
} from '../../models/text/doc2vecModel.ts';
import { captionsOf, everyScene, prepare, shareWithinScene, train } from '../fixtures/captions.ts';

const documents = captionsOf(1, 300, everyScene);
const { vocabulary, corpus } = prepare(documents);
const smallest: Partial<Doc2VecOptions> = { dimension: 12, epochs: 3, seed: 5 };
const modes = ['dbow', 'dm'] as const;

/** The number of the document whose vector has the highest cosine to `vector`. */
function nearestDocument({ documents: vectors, dimension }: Doc2VecModel, vector: Float32Array): number {
  let [best, bestCosine] = [-1, Number.NEGATIVE_INFINITY];
  for (let document = 0; document * dimension < vectors.length; document++) {
    let [dot, square] = [0, 0];
    for (let i = 0; i < dimension; i++) {
      const value = vectors[document * dimension + i]!;
      dot += value * vector[i]!;
      square += value * value;
    }
    const cosine = square > 0 ? dot / Math.sqrt(square) : -1;
    if (cosine > bestCosine) [best, bestCosine] = [document, cosine];
  }
  return best;
}

describe('Doc2Vec', () => {
  it.each(modes)('equals a step computed by hand: %s', (mode) => {
    // No word drawn, outputs of zero, σ = ½: u_b = 0.1 · ½ · h, where h is the document's vector, or the mean of it and that of "a".
    const { vocabulary: words, corpus: texts } = prepare([['a', 'b']]);
    const options = {
      dimension: 2,
      window: 1,
      negative: 0,
      epochs: 1,
      learningRate: 0.1,
      minimumLearningRate: 0.1,
      mode,
    };
    const training = new Doc2Vec(options, words, texts);
    const { inputs } = training.state();
    training.step(2);
    const { outputs } = training.state();
    for (const i of [0, 1]) {
      const [a, b, document] = [inputs[i]!, inputs[2 + i]!, inputs[4 + i]!];
      const hidden = mode === 'dm' ? [(document + b) / 2, (document + a) / 2] : [document, document];
      expect(Math.abs(outputs[i]! - 0.05 * hidden[0]!)).toBeLessThan(1e-6);
      expect(Math.abs(outputs[2 + i]! - 0.05 * hidden[1]!)).toBeLessThan(1e-6);
    }
    expect(training.state().inputs).toEqual(inputs);
  });

  it.each(modes)(
    'infers vectors that find their own document first, in a book of 600 paragraphs: %s',
    (mode) => {
      const text = readFileSync(new URL('../fixtures/corpus.txt', import.meta.url), 'utf8');
      const paragraphs = text.split('\n').map((line) => line.toLowerCase().match(/[a-z]+/g) ?? []);
      // Shorter ones say little more than "said Alice", and many say the same.
      const long = paragraphs.filter((words) => words.length >= 10);
      expect(long.length).toBeGreaterThan(500);
      const book = prepare(long);
      const training = new Doc2Vec({ dimension: 50, epochs: 40, mode }, book.vocabulary, book.corpus);
      const model = train(training).model();
      const found = long.filter((tokens, i) => nearestDocument(model, model.infer(tokens)!) === i).length;
      expect(found / long.length).toBeGreaterThanOrEqual(0.9);
    },
  );

  it('learns words beside the documents when asked', () => {
    const options = { dimension: 24, epochs: 40, learningRate: 0.05, dbowWords: true };
    const model = train(new Doc2Vec(options, vocabulary, corpus)).model();
    expect(shareWithinScene(model.wordVectors()!)).toBeGreaterThan(0.95);
    expect(
      train(new Doc2Vec(smallest, vocabulary, corpus))
        .model()
        .wordVectors(),
    ).toBeNull();
  });

  it.each(modes)('gives the same bytes for a seed, and continues from a saved state: %s', (mode) => {
    const make = (): Doc2Vec => new Doc2Vec({ ...smallest, mode }, vocabulary, corpus);
    const whole = train(make());
    expect(train(make(), 1).state()).toEqual(whole.state());
    expect(train(new Doc2Vec({ ...smallest, mode, seed: 6 }, vocabulary, corpus)).state()).not.toEqual(
      whole.state(),
    );
    const stopped = make();
    stopped.step(1000);
    const resumed = make();
    resumed.restore(structuredClone(stopped.state()));
    expect(train(resumed).state()).toEqual(whole.state());
  });

  it.each(modes)('infers the same vector every time, before and after being saved: %s', (mode) => {
    const model = train(new Doc2Vec({ ...smallest, mode }, vocabulary, corpus)).model();
    const [tokens, others] = [documents[0]!, documents[1]!];
    const vector = model.infer(tokens)!;
    expect(model.infer(others)).not.toEqual(vector);
    expect(model.infer(tokens)).toEqual(vector);
    expect(model.infer(tokens, 20)).not.toEqual(vector);
    const read = decodeDoc2Vec(encodeDoc2Vec(model));
    expect(read.infer(tokens)).toEqual(vector);
    expect(read.documents).toEqual(model.documents);
    expect(model.infer(['never', 'written'])).toBeNull();
  });

  it('says what is wrong with a file', () => {
    const bytes = encodeDoc2Vec(train(new Doc2Vec(smallest, vocabulary, corpus)).model());
    const { tensors, metadata } = decodeTensorFile(bytes);
    const changed = (change: Record<string, string>): Uint8Array =>
      encodeTensorFile({ tensors, metadata: { ...metadata, ...change } });
    expect(() => decodeDoc2Vec(bytes.slice(0, -4))).toThrow('damaged');
    expect(() => decodeDoc2Vec(changed({ format: 'other' }))).toThrow('not a Doc2Vec file');
    expect(() => decodeDoc2Vec(changed({ version: '2' }))).toThrow('has version 2');
    expect(() => decodeDoc2Vec(changed({ options: '{"dimension": 4}' }))).toThrow('do not fit');
    const { outputs: _, ...rest } = tensors;
    expect(() => decodeDoc2Vec(encodeTensorFile({ tensors: rest, metadata }))).toThrow('lacks its outputs');
  });

  it('gives a document without words zeros, and learns nothing from none', () => {
    const some = prepare([['a', 'b'], [], ['b']]);
    const model = train(new Doc2Vec({ dimension: 3 }, some.vocabulary, some.corpus)).model();
    expect([...model.documents.slice(3, 6)]).toEqual([0, 0, 0]);
    expect(model.documents.slice(0, 3).every((value) => value !== 0)).toBe(true);
    const none = prepare([]);
    expect(
      train(new Doc2Vec({}, none.vocabulary, none.corpus))
        .model()
        .infer(['a']),
    ).toBeNull();
  });

  it('names the option that is out of range', () => {
    expect(() => new Doc2Vec({ epochs: 0 }, vocabulary, corpus)).toThrow('Doc2Vec: epochs must be');
    expect(() => new Doc2Vec({ mode: 'cbow' as 'dm' }, vocabulary, corpus)).toThrow(
      'mode must be dbow or dm',
    );
  });
});
