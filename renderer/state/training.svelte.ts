/** The Train screen: what the user chose for the next training, and how the latest one went. */
import {
  type Model,
  type TrainInput,
  type TrainingPoint,
  trainInputSchema,
} from '../../electron/engine/contract.ts';
import type { EngineClient } from '../engine.ts';
import type { Jobs } from './jobs.svelte.ts';
import type { Library } from './library.svelte.ts';

/** What can be chosen; everything else is as it is best. */
export type TrainingChoice = Pick<
  Required<ReturnType<typeof trainInputSchema.parse>>,
  'tune' | 'text' | 'loss' | 'weighting' | 'backend'
> & { init: NonNullable<TrainInput['init']> };

const defaults: TrainingChoice = { ...trainInputSchema.parse({}), init: 'starter' };

export class Training {
  isOpen = $state(false);
  choice = $state<TrainingChoice>({ ...defaults });
  /** Of the latest training that an earlier session ran. */
  #storedCurve = $state.raw<readonly TrainingPoint[]>([]);
  readonly #engine: EngineClient;
  readonly #library: Library;
  readonly #jobs: Jobs;

  constructor(engine: EngineClient, library: Library, jobs: Jobs) {
    this.#engine = engine;
    this.#library = library;
    this.#jobs = jobs;
  }

  /** Of the training that runs, or of the latest one. */
  get curve(): readonly TrainingPoint[] {
    const heard = this.#jobs.list.findLast(({ kind }) => kind === 'train');
    return heard && (heard.state === 'running' || heard.curve.length > 0) ? heard.curve : this.#storedCurve;
  }

  /** The latest model that trained as deep as the choice says, for how long that took. */
  get similar(): Model | undefined {
    return this.#library.status?.models.findLast(
      ({ tune, seconds }) => tune === this.choice.tune && seconds !== null,
    );
  }

  /** Opens the screen with the choices that made the model that answers. */
  async open(): Promise<void> {
    const model = this.#library.hasLearned ? this.#library.model : undefined;
    const known = trainInputSchema.pick({ text: true, loss: true, tune: true }).safeParse(model);
    if (known.success) this.change({ ...defaults, ...known.data });
    this.isOpen = true;
    const jobs = await this.#engine.calls.jobs();
    this.#storedCurve = jobs.find(({ kind, curve }) => kind === 'train' && curve.length > 0)?.curve ?? [];
  }

  close(): void {
    this.isOpen = false;
  }

  /** Takes a choice. Only words and pictures that learn together can start from the starter. */
  change(choice: Partial<TrainingChoice>): void {
    const next = { ...this.choice, ...choice };
    if (next.loss !== 'contrastive' && next.init === 'starter') next.init = 'pretrained';
    else if (choice.loss === 'contrastive' && this.choice.loss !== 'contrastive') next.init = 'starter';
    this.choice = next;
  }

  async start(): Promise<void> {
    await this.#engine.calls.train(trainInputSchema.parse(this.choice));
  }
}
