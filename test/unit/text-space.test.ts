/** A text model's space as the joint space: the origin, the map that takes it off, and the targets of the sigmoid loss. */
import { describe, expect, it } from 'vitest';
import { JointSpace } from '../../models/joint/space.ts';
import { fromOrigin, meanRow, minMaxTargets, originMap } from '../../models/joint/textSpace.ts';
import { TextPreparation } from '../../models/text/preparation.ts';
import { WordVectors } from '../../models/text/wordVectors.ts';

const text = new WordVectors(['dog', 'beach', 'boat'], 3, Float32Array.of(3, 1, 2, 1, 4, 2, 2, 2, 5));

describe('a text space', () => {
  it('stretches each vector over 0 to 1', () => {
    const targets = minMaxTargets(Float32Array.of(-1, 0, 3, 8, 8, 8), 3);
    expect([...targets]).toEqual([0, 0.25, 1, 0.5, 0.5, 0.5]);
  });

  it('has its origin at the mean of the captions', () => {
    const captions = Float32Array.of(3, 1, 2, 1, 3, 4);
    const origin = meanRow(captions, 3);
    expect([...origin]).toEqual([2, 2, 3]);
    expect([...fromOrigin(captions, origin)]).toEqual([1, -1, -1, -1, 1, 1]);
    expect(() => meanRow(new Float32Array(), 3)).toThrow(/not rows of dimension 3/);
  });

  it('composes a query of learned and other words as the caption of these words', () => {
    const origin = Float32Array.of(2, 2, 3);
    const weights = Float32Array.of(1, 3);
    // "boat" is no word of the model: it comes through the map, as rare as the rarest.
    const space = new JointSpace(
      {
        dimension: 3,
        words: ['dog', 'beach'],
        vectors: fromOrigin(text.vectors.subarray(0, 6), origin),
        inverseDocumentFrequency: weights,
        bias: new Float32Array(2),
        counts: Uint32Array.of(1, 1),
        taught: Uint32Array.of(1, 1),
        scale: 1,
        map: originMap(origin),
        spellingMap: null,
        origin,
      },
      { pretrained: text, spelling: null, documents: null, english: null },
      TextPreparation.plain,
    );
    const weighted = [1, 3, 3];
    const caption = fromOrigin(
      Float32Array.from({ length: 3 }, (_, i) =>
        weighted.reduce((sum, weight, word) => sum + (weight * text.vectors[word * 3 + i]!) / 7, 0),
      ),
      origin,
    );
    const length = Math.hypot(...caption);
    space.compose(['dog', 'beach', 'boat']).vector!.forEach((value, i) => {
      expect(value).toBeCloseTo(caption[i]! / length, 5);
    });
  });
});
