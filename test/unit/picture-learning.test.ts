/** What words weigh in captions and in queries, where pictures and words are learned together. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { TrainedModel } from '../../electron/engine/library/modelFiles.ts';
import { contrastiveLearning } from '../../electron/engine/train/contrastiveLearning.ts';
import { type PictureLearningInput, wordWeights } from '../../electron/engine/train/pictureLearning.ts';
import { JointSpace, LEAST_WEIGHT } from '../../models/joint/space.ts';
import { Random } from '../../models/random.ts';
import { TextPreparation } from '../../models/text/preparation.ts';
import { Vocabulary } from '../../models/text/vocabulary.ts';
import { WordVectors } from '../../models/text/wordVectors.ts';
import { createHead } from '../../models/vision/head.ts';
import { normaliseRows } from '../../models/vision/wordTable.ts';
import { useWasm } from '../../native/compute/wasm.ts';
import { gaussian } from '../fixtures/operators.ts';

beforeAll(useWasm);

const F = 6;
const D = 4;
const documents = [['photo'], ['photo', 'dog'], ['photo', 'dog'], ['photo', 'zorro']];
const rows = [0, 1, 2, 3];
const features = gaussian(rows.length * F, 1).map(Math.abs);
const preparation = TextPreparation.plain;
const knowledge = { pretrained: null, shared: false, spelling: null, documents: null, english: null };

const starter = {
  head: createHead({ features: F, hidden: 5, dimension: D }, features, rows, new Random(1)),
  space: {
    dimension: D,
    words: ['dog', 'beach'],
    vectors: gaussian(2 * D, 2),
    inverseDocumentFrequency: Float32Array.of(3, 9),
    bias: Float32Array.of(-3, -6),
    counts: Uint32Array.of(0, 0),
    taught: Uint32Array.of(800, 300),
    scale: 18.5,
    map: null,
    spellingMap: null,
    origin: null,
  },
} as unknown as TrainedModel;

const input = (weighting: PictureLearningInput['weighting']): PictureLearningInput => ({
  corpus: { photos: Int32Array.from(rows), features, width: F, documents, preparation },
  rows,
  documents,
  vocabulary: Vocabulary.fromDocuments(documents),
  text: {
    algorithm: 'word2vec',
    words: new WordVectors(['photo', 'dog', 'zorro'], D, gaussian(3 * D, 3)),
  },
  knowledge,
  dimension: D,
  weighting,
  starter,
  seed: 1,
});

describe('the words of a space that was learned on from the starter', () => {
  it('all weigh the same where captions are the mean of their words', async () => {
    const data = (await contrastiveLearning(input('mean'))).space();
    expect(data.words).toEqual(['photo', 'dog', 'zorro', 'beach']);
    expect(data.inverseDocumentFrequency).toEqual(new Float32Array(4).fill(1));
    const space = new JointSpace(data, knowledge, preparation);
    const sum = data.vectors.subarray(2 * D, 3 * D).map((value, i) => value + data.vectors[3 * D + i]!);
    const expected = normaliseRows(sum, D).unit;
    space.concept('zorro beach').vector!.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
  });

  it('weigh what their rarity says where captions are weighted by it', async () => {
    const { inverseDocumentFrequency } = (await contrastiveLearning(input('tfidf'))).space();
    expect([...inverseDocumentFrequency]).toEqual([Math.fround(LEAST_WEIGHT), 3, 2, 9]);
  });
});

it('a caption of words that all captions have is something to learn from', async () => {
  const { vocabulary } = input('tfidf');
  expect([...wordWeights(vocabulary, 'tfidf')]).toEqual([Math.fround(LEAST_WEIGHT), 1, 2]);
  const task = (await contrastiveLearning(input('tfidf'))).objective.task();
  expect(task.kind === 'contrastive' && task.captions[0]!.weights).toEqual(Float32Array.of(LEAST_WEIGHT));
});
