/** How much of a network a fine-tuning moves. */
import { expect, it } from 'vitest';
import { FineTuning, type FineTuningDepth } from '../../electron/engine/train/fineTuning.ts';
import type { PictureTrainer } from '../../electron/engine/train/pictureTrainer.ts';
import { Random } from '../../models/random.ts';
import { createHead } from '../../models/vision/head.ts';
import { featureGraph } from '../../models/vision/imageGraph.ts';
import { SigmoidObjective } from '../../models/vision/regressionObjectives.ts';
import { graphOf, pooled, same } from '../fixtures/operators.ts';

it.each<[FineTuningDepth, string[]]>([
  ['last', ['last']],
  ['all', ['first', 'last']],
])('of a network whose last blocks have no name trains what is asked for (%s)', async (depth, expected) => {
  const graph = featureGraph(
    graphOf(
      [
        ['Conv', ['image', 'first'], 'x', same(3, 2)],
        ['Conv', ['x', 'last'], 'y', same(3, 2)],
        ...pooled('y'),
      ],
      { first: [[4, 3, 3, 3]], last: [[6, 4, 3, 3]] },
    ),
  );
  const features = new Float32Array(6).fill(1);
  const size = { features: 6, hidden: 3, dimension: 2 };
  let trained: string[] = [];
  const tuning = await FineTuning.start({
    backbone: {
      name: 'small',
      graph,
      isIndexed: false,
      isNew: false,
      entry: null,
      lastBlocks: null,
      side: null,
    },
    depth,
    recipe: 'best',
    passes: 1,
    strange: 0,
    head: createHead(size, features, [0], new Random(1)),
    objective: new SigmoidObjective(Float32Array.of(0, 1), 2),
    rows: [0],
    thumbnail: () => ({ path: 'no photo is looked at', closer: false }),
    seed: 1,
    startTraining: async ({ parameters }) => {
      trained = parameters.map(({ name }) => name);
      return {} as PictureTrainer;
    },
  });
  await tuning.close();
  expect(trained.filter((name) => !/^(hidden|output)\./.test(name))).toEqual(expected);
});
