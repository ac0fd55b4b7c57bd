/**
 * The joint space of a model that learns towards a text model's vectors (`SigmoidObjective`, `TripletObjective`): the text
 * model's own space, about the mean of its captions.
 *
 * [Note: A text model's space as the joint space]
 * All text vectors have much in common (frequent words do, and their mean dominates every caption's), which tells no photo from
 * another. So the mean of the captions' vectors, the origin, is taken off every text vector: captions, words, queries. What
 * is left of a query's words, added with their weights, is what a caption of these words would be. Judged on 1,000 of 8,000 COCO
 * photos, sigmoid loss on GloVe's tf-idf means: without an origin P@5 .77 and mAP .52 by the correlation of σ(output) with the
 * query, .71 and .50 by their cosine; with it .89 and .56.
 *
 * The sigmoid targets stretch each of these vectors over [0, 1], and the network's σ(output) follows them; about the mean of
 * the targets both point the same way again, so the head's centre is that mean, and photos and words are compared by the cosine.
 * It needs no learning: at the optimum of the loss the mean of σ(output) is the mean of the targets.
 *
 * Shape letters: N captions, D dimension.
 */

/** Mean of the rows of `vectors` [N, D]: the origin of captions, or the centre of targets. @throws {RangeError} without a row. */
export function meanRow(vectors: Float32Array, dimension: number): Float32Array {
  const rows = vectors.length / dimension;
  if (!(Number.isInteger(rows) && rows > 0))
    throw new RangeError(`${vectors.length} numbers are not rows of dimension ${dimension}.`);
  const sum = new Float64Array(dimension);
  for (let at = 0; at < vectors.length; at++) sum[at % dimension]! += vectors[at]!;
  return Float32Array.from(sum, (value) => value / rows);
}

/** Text vectors [N, D] as places in the space: less the origin [D]. */
export function fromOrigin(vectors: Float32Array, origin: Float32Array): Float32Array {
  return vectors.map((value, at) => value - origin[at % origin.length]!);
}

/** The same as a map [D + 1, D] for `SpaceData.map`: the identity, with the origin taken off by its constant. */
export function originMap(origin: Float32Array): Float32Array {
  const D = origin.length;
  const map = new Float32Array((D + 1) * D);
  for (let i = 0; i < D; i++) {
    map[i * D + i] = 1;
    map[D * D + i] = -origin[i]!;
  }
  return map;
}

/**
 * Targets of the sigmoid loss: each row of `vectors` [N, D] stretched so that its least number is 0 and its greatest 1, as the
 * seed paper's author did (Gomez et al. 2018, published training scripts). A row of equal numbers says nothing and becomes ½.
 */
export function minMaxTargets(vectors: Float32Array, dimension: number): Float32Array {
  const targets = new Float32Array(vectors.length);
  for (let start = 0; start < vectors.length; start += dimension) {
    const row = vectors.subarray(start, start + dimension);
    const least = row.reduce((one, other) => Math.min(one, other));
    const range = row.reduce((one, other) => Math.max(one, other)) - least;
    for (let i = 0; i < dimension; i++) targets[start + i] = range > 0 ? (row[i]! - least) / range : 0.5;
  }
  return targets;
}
