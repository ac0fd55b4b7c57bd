/** Judges a training as it goes, on the photos that it does not learn from: a point of the curve for each pass. */
import type { JointSpace } from '../../../models/joint/space.ts';
import { withPhraseWords } from '../../../models/text/phrases.ts';
import { type HeldOutMeasures, heldOutMeasures, heldOutQueries } from '../evaluate/heldOut.ts';
import type { Corpus } from './corpus.ts';

/** Image vectors of rows of the corpus, as training stands: `[rows, D]`. */
export type VectorsOf = (rows: readonly number[]) => Promise<Float32Array>;

/** Judges the current state on the rows of the corpus that are held out. @param space the words as training stands */
export function heldOutJudge(
  corpus: Corpus,
  heldOut: ReadonlySet<number>,
  space: () => JointSpace,
): (vectors: VectorsOf) => Promise<HeldOutMeasures> {
  const rows = [...heldOut].filter((row) => corpus.documents[row]!.length > 0);
  const queries = heldOutQueries(
    rows.map((row) => withPhraseWords(corpus.documents[row]!)),
    { choosing: true },
  );
  return async (vectors) => {
    if (queries.length === 0) return { precisionAt5: null, meanAveragePrecision: null, choice: null };
    const images = await vectors(rows);
    const current = space();
    return heldOutMeasures(queries, (word) => {
      const vector = current.compose([word]).vector;
      return Float32Array.from(rows, (_, row) => (vector ? dot(vector, images, row * vector.length) : 0));
    });
  };
}

function dot(vector: Float32Array, vectors: Float32Array, start: number): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i]! * vectors[start + i]!;
  return sum;
}
