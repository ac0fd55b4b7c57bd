import { describe, expect, it } from 'vitest';
import { Word2Vec, type Word2VecOptions } from '../../models/text/word2vec.ts';
import { captionsOf, everyScene, prepare, scenes, shareWithinScene, train } from '../fixtures/captions.ts';

const { vocabulary, corpus } = prepare(captionsOf(1, 300, everyScene));
const smallest: Partial<Word2VecOptions> = { dimension: 12, epochs: 3, seed: 5 };
const modes = ['skip-gram', 'cbow'] as const;

describe('Word2Vec', () => {
  // A caption here never repeats a word, which a bag learns too: its words are a little less alike.
  it.each([
    { mode: 'skip-gram', atLeast: 0.95 },
    { mode: 'cbow', atLeast: 0.8 },
  ] as const)('finds words that are used alike: $mode', ({ mode, atLeast }) => {
    const options = { dimension: 24, epochs: 40, learningRate: 0.05, mode };
    const model = new Word2Vec(options, vocabulary, corpus);
    const first = model.step(2000).loss;
    let last = first;
    while (!model.done) last = model.step(2000).loss;
    expect(last).toBeLessThan(0.8 * first);
    expect(shareWithinScene(model.vectors())).toBeGreaterThan(atLeast);
  });

  // A text of two words has one window, whatever its reach: with no word drawn there is no chance in the steps.
  it.each([
    { mode: 'skip-gram', cbowMean: true, two: 0.05, three: undefined },
    { mode: 'cbow', cbowMean: true, two: 0.05, three: 0.025 },
    { mode: 'cbow', cbowMean: false, two: 0.05, three: 0.05 },
  ] as const)('equals steps computed by hand: $mode, mean $cbowMean', ({ mode, cbowMean, two, three }) => {
    const options = { dimension: 2, window: 1, negative: 0, epochs: 1, learningRate: 0.1, mode, cbowMean };
    const start = { minimumLearningRate: 0.1, seed: 2 };
    const of = (text: string): Word2Vec => {
      const { vocabulary: words, corpus: texts } = prepare([text.split(' ')]);
      return new Word2Vec({ ...options, ...start }, words, texts);
    };
    // From outputs of zero σ = ½: first u_b += 0.1 · ½ · v_a, and v_a stays; then u_a += 0.1 · ½ · v_b.
    const pair = of('a b');
    const before = pair.vectors();
    pair.step(2);
    const [a, b] = [before.vector('a')!, before.vector('b')!];
    for (const i of [0, 1]) {
      expect(Math.abs(pair.contextVectors().vector('b')![i]! - two * a[i]!)).toBeLessThan(1e-6);
      expect(Math.abs(pair.contextVectors().vector('a')![i]! - two * b[i]!)).toBeLessThan(1e-6);
    }
    expect(pair.vectors().vectors).toEqual(before.vectors);
    if (three === undefined) return;
    // In "x m y" the word between is predicted by both: u_m += 0.1 · ½ · (v_x + v_y), halved by the mean.
    const bag = of('x m y');
    const rows = bag.vectors();
    bag.step(3);
    const [x, y] = [rows.vector('x')!, rows.vector('y')!];
    for (const i of [0, 1]) {
      expect(Math.abs(bag.contextVectors().vector('m')![i]! - three * (x[i]! + y[i]!))).toBeLessThan(1e-6);
    }
  });

  it.each(modes)(
    'gives the same bytes for a seed, however it is stepped, and others for another: %s',
    (mode) => {
      const small = { ...smallest, mode };
      const once = train(new Word2Vec(small, vocabulary, corpus)).vectors().vectors;
      expect(train(new Word2Vec(small, vocabulary, corpus), 1).vectors().vectors).toEqual(once);
      expect(train(new Word2Vec({ ...small, seed: 6 }, vocabulary, corpus)).vectors().vectors).not.toEqual(
        once,
      );
    },
  );

  it.each(modes)('continues from a saved state as if nothing had happened: %s', (mode) => {
    const small = { ...smallest, mode };
    const whole = train(new Word2Vec(small, vocabulary, corpus));
    const stopped = new Word2Vec(small, vocabulary, corpus);
    stopped.step(1000);
    const state = structuredClone(stopped.state());
    const resumed = new Word2Vec(small, vocabulary, corpus);
    resumed.restore(state);
    expect(train(resumed).vectors().vectors).toEqual(whole.vectors().vectors);
    expect(resumed.contextVectors().vectors).toEqual(whole.contextVectors().vectors);
    expect(() => new Word2Vec({ ...small, dimension: 4 }, vocabulary, corpus).restore(state)).toThrow(
      'inputs differ',
    );
    expect(() => resumed.restore({ ...state, order: state.order.map(() => 999) })).toThrow('damaged');
  });

  it('counts the words it has read, also those of long texts', () => {
    const model = new Word2Vec({ dimension: 4, epochs: 2 }, vocabulary, [
      new Uint32Array(2500).map((_, i) => i % 7),
    ]);
    expect(model.totalWords).toBe(5000);
    expect(model.step(1).wordsDone).toBeLessThanOrEqual(1000);
    expect(train(model).step(1)).toEqual({ wordsDone: 5000, loss: 0 });
  });

  it('leaves out frequent words when asked', () => {
    const model = new Word2Vec({ ...smallest, sample: 1e-15 }, vocabulary, corpus);
    const before = model.vectors().vectors;
    expect(model.step(Number.POSITIVE_INFINITY).loss).toBe(0);
    expect(model.vectors().vectors).toEqual(before);
  });

  it.each([[[]], [[[]]], [[['one']]]])(
    'is done or learns nothing with the corpus %j',
    (documents: string[][]) => {
      const tiny = prepare(documents);
      const model = train(new Word2Vec({ dimension: 3 }, tiny.vocabulary, tiny.corpus));
      expect(model.vectors().words).toEqual(documents.flat());
      expect(model.vectors().vectors.every(Number.isFinite)).toBe(true);
    },
  );

  it('names the option that is out of range', () => {
    for (const [name, value] of Object.entries({
      dimension: 0,
      window: 1.5,
      negative: -1,
      epochs: 0,
      learningRate: -1,
      sample: Number.NaN,
      pretrainedRate: 2,
    })) {
      expect(() => new Word2Vec({ [name]: value }, vocabulary, corpus), name).toThrow(`${name} must be`);
    }
  });
});

describe('Word2Vec from pretrained vectors', () => {
  const teacher = train(new Word2Vec({ dimension: 24, epochs: 40, learningRate: 0.05 }, vocabulary, corpus));
  const words = teacher.vectors();
  const contexts = teacher.contextVectors();
  /** The user's captions: few, and with another name for the cat. */
  const renamed = (name: string): ReturnType<typeof prepare> =>
    prepare(
      captionsOf(2, 60, everyScene).map((tokens) => tokens.map((word) => (word === 'cat' ? name : word))),
    );
  const likePets = (vector: Float32Array): number =>
    words.nearest(vector, 5).filter(({ word }) => scenes.pets.split(' ').includes(word)).length;

  it('starts known words from their vectors and keeps them there at rate 0', () => {
    const user = renamed('zorro');
    const model = train(
      new Word2Vec({ pretrainedRate: 0 }, user.vocabulary, user.corpus, { words, contexts }),
    );
    expect(model.options.dimension).toBe(24);
    const learnt = model.vectors();
    for (const word of user.vocabulary.words) {
      if (words.has(word)) expect(learnt.vector(word)).toEqual(words.vector(word));
    }
  });

  it.each([{ words, contexts }, { words }])(
    'puts a new name among the words it is used like',
    (pretrained) => {
      const user = renamed('zorro');
      const start = new Word2Vec({ epochs: 25 }, user.vocabulary, user.corpus, pretrained);
      const zorro = train(start).vectors().vector('zorro')!;
      expect(likePets(zorro)).toBe(5);
    },
  );

  it('learns a known word anew when it is used for something else', () => {
    expect(likePets(words.vector('biscuit')!)).toBe(0);
    // Without kitchens: real biscuits would speak for the old meaning.
    const captions = captionsOf(3, 60, ['pets', 'beach', 'city']);
    const user = prepare(captions.map((tokens) => tokens.map((word) => (word === 'cat' ? 'biscuit' : word))));
    const options = { pretrainedRate: 0, epochs: 25 };
    const model = train(new Word2Vec(options, user.vocabulary, user.corpus, { words, contexts }));
    expect(likePets(model.vectors().vector('biscuit')!)).toBe(5);
  });

  it('keeps a known word that is used as ever', () => {
    const user = prepare(captionsOf(4, 60, everyScene));
    const learnt = train(
      new Word2Vec({ pretrainedRate: 0 }, user.vocabulary, user.corpus, { words, contexts }),
    ).vectors();
    for (const word of user.vocabulary.words) expect(learnt.vector(word), word).toEqual(words.vector(word));
  });

  it('refuses pretrained vectors of another dimension', () => {
    const other = train(new Word2Vec(smallest, vocabulary, corpus)).contextVectors();
    expect(() => new Word2Vec({ dimension: 50 }, vocabulary, corpus, { words })).toThrow(
      '50 does not fit pretrained vectors of 24',
    );
    expect(() => new Word2Vec({}, vocabulary, corpus, { words, contexts: other })).toThrow(
      '24 does not fit pretrained vectors of 12',
    );
  });
});
