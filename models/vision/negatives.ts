/**
 * Which other caption of the batch is a photo's negative, for the triplet loss.
 * - `semi-hard`: the one nearest to the picture among those farther than its own caption (Schroff et al. 2015, "FaceNet", section 3.2),
 *   or the farthest of all where none is farther.
 * - `soft`: any, drawn in proportion to its squared distance from the photo's own caption, so that captions that say nearly the
 *   same are spared. (The author of the seed paper chose negatives by their distance between texts, without publishing a
 *   rule; this is ours.)
 * - `random`: any.
 */
export const negativeSamplings = ['semi-hard', 'soft', 'random'] as const;
export type NegativeSampling = (typeof negativeSamplings)[number];
