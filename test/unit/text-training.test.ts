/** The five text embeddings from outside: all are trained, stopped, saved and asked in one way. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../models/random.ts';
import { textAlgorithms } from '../../models/text/algorithms.ts';
import {
  decodeTextModel,
  documentEmbedding,
  encodeTextModel,
  type TextModel,
} from '../../models/text/textModel.ts';
import { startTextTraining, type TextTraining } from '../../models/text/textTraining.ts';
import { WordVectors } from '../../models/text/wordVectors.ts';
import { captionsOf, everyScene, prepare, scenes, shareWithinScene } from '../fixtures/captions.ts';

const documents = captionsOf(3, 300, everyScene);
const { vocabulary } = prepare(documents);

function start(algorithm: (typeof textAlgorithms)[number]): TextTraining {
  return startTextTraining(algorithm, { documents, vocabulary, dimension: 16, seed: 7 });
}

function finish(training: TextTraining): TextModel {
  while (!training.done) training.step();
  return training.model();
}

describe.each(textAlgorithms)('%s', (algorithm) => {
  it('puts the words of a scene near each other, with a vector for each', () => {
    const model = finish(start(algorithm));
    expect(model.words.words).toHaveLength(vocabulary.size);
    // Four words of ten are nearest by chance. Topics and documents know scenes, too.
    expect(shareWithinScene(model.words)).toBeGreaterThan(0.9);
  });

  it('counts what it has done up to its total, and its loss falls', () => {
    const training = start(algorithm);
    const steps = [];
    while (!training.done) steps.push(training.step());
    expect(steps.at(-1)!.done).toBe(training.total);
    expect(steps.map(({ done }) => done)).toEqual(steps.map(({ done }) => done).toSorted((a, b) => a - b));
    expect(steps.at(-1)!.loss).toBeLessThan(steps[0]!.loss);
  });

  it('goes on from a state to the same bytes', () => {
    const whole = encodeTextModel(finish(start(algorithm)));
    const stopped = start(algorithm);
    let { done } = stopped.step();
    while (done < stopped.total / 3) ({ done } = stopped.step());
    const resumed = start(algorithm);
    resumed.restore(structuredClone(stopped.state()));
    expect(resumed.step().done).toBeGreaterThan(done);
    const goneOn = encodeTextModel(finish(resumed));
    expect(Buffer.from(goneOn.words).equals(Buffer.from(whole.words))).toBe(true);
  });

  it('is read back from its files', () => {
    const model = finish(start(algorithm));
    const read = decodeTextModel(algorithm, encodeTextModel(model));
    expect(read.words.vectors).toEqual(model.words.vectors);
    const [tokens] = documents;
    expect(documentEmbedding(read)?.infer(tokens!)).toEqual(documentEmbedding(model)?.infer(tokens!));
  });
});

it('starts Word2Vec and GloVe from pretrained vectors, and keeps their words comparable with those', () => {
  const beach = scenes.beach.split(' ');
  const random = new Random(1);
  const vectors = new Float32Array(beach.length * 16).map(() => random.gaussian());
  const pretrained = { words: new WordVectors(beach, 16, vectors) };
  for (const algorithm of ['word2vec', 'glove'] as const) {
    const input = { documents, vocabulary, dimension: 16, pretrained, seed: 1 };
    const { words } = finish(startTextTraining(algorithm, input));
    for (const word of beach) {
      const [nearest] = words.nearest(pretrained.words.vector(word)!, 1);
      expect(nearest).toMatchObject({ word });
    }
    expect(() => startTextTraining(algorithm, { ...input, dimension: 12 })).toThrow('12 does not fit');
  }
});

it('misses its second file', () => {
  const { words } = encodeTextModel(finish(start('lda')));
  expect(() => decodeTextModel('lda', { words, rest: null })).toThrow('second file');
});
