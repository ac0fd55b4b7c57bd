/** A head as the trainer moves it: its photos are rows of cached features. */
import type { Random } from '../random.ts';
import { dropoutMask, forward, type HeadParameters, headInput, trainable } from './head.ts';
import type { TrainableNetwork, TrainedParameter, VectorPass } from './trainableNetwork.ts';
import type { NetworkTask } from './trainingTask.ts';

const NAMES = ['hidden.weight', 'hidden.bias', 'output.weight', 'output.bias'];

export class HeadNetwork implements TrainableNetwork<Float32Array> {
  readonly #head: HeadParameters;
  readonly #features: Float32Array;
  readonly #dropout: number;
  readonly parameters: readonly TrainedParameter[];

  /** Changes `head` in place. @param features [photos, F] @param dropout share of its input and of its hidden units */
  constructor(head: HeadParameters, features: Float32Array, dropout: number) {
    this.#head = head;
    this.#features = features;
    this.#dropout = dropout;
    this.parameters = trainable(head).map((values, index) => {
      const name = NAMES[index]!;
      return { name, values, rate: 1, decay: name.endsWith('weight') ? 1 : 0 };
    });
  }

  load(photos: Uint32Array): Float32Array {
    return headInput(this.#head, this.#features, photos);
  }

  forward(input: Float32Array, random: Random): VectorPass {
    const head = this.#head;
    const photos = input.length / head.features;
    return forward(head, input, {
      input: dropoutMask(photos * head.features, this.#dropout, random),
      hidden: dropoutMask(photos * head.hidden, this.#dropout, random),
    });
  }

  task(): NetworkTask {
    return { kind: 'head', head: this.#head, dropout: this.#dropout };
  }

  /** Every backend has what a head needs. */
  checkBackend(): void {}

  dispose(): void {}
}
