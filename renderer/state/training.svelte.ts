/** The Train screen: what the user chose for the next training, and how the latest one went. */
import {
  type Job,
  type Model,
  presets,
  type TrainInput,
  type TrainingPoint,
  trainInputSchema,
} from '../../electron/engine/contract.ts';
import type { EngineClient } from '../engine.ts';
import type { AccelerationState } from './acceleration.svelte.ts';
import type { Jobs } from './jobs.svelte.ts';
import type { Library } from './library.svelte.ts';

/** What can be chosen; everything else is as it is best. */
export type TrainingChoice = Pick<
  Required<ReturnType<typeof trainInputSchema.parse>>,
  'tune' | 'text' | 'loss' | 'negatives' | 'weighting' | 'backbone' | 'recipe' | 'backend'
> & {
  init: NonNullable<TrainInput['init']>;
  /** The fraction of the captions that stay hidden; undefined: what suits their number. */
  holdout: number | undefined;
};

const defaults: TrainingChoice = {
  ...trainInputSchema.parse({}),
  init: 'starter',
  holdout: undefined,
};

/** Of the paper's preset this alone is not to be chosen by itself. */
const { side: paperSide, ...paper } = presets.paper;

/** The choices of each preset. `best` is what nobody chose. */
const presetChoices = {
  best: defaults,
  paper: { ...defaults, init: 'pretrained', ...paper } as TrainingChoice,
};
export type PresetName = keyof typeof presetChoices;
export const presetNames = Object.keys(presetChoices) as PresetName[];

/** The networks that the engine knows by name; everything else is the path of an ONNX file. */
export const BUNDLED_BACKBONE = defaults.backbone;
export const NEW_BACKBONE = 'googlenet';

export class Training {
  isOpen = $state(false);
  choice = $state<TrainingChoice>({ ...defaults });
  /** Of the latest training that has one. The job itself leaves sight soon after it has ended. */
  #latestCurve = $state.raw<readonly TrainingPoint[]>([]);
  readonly #engine: EngineClient;
  readonly #library: Library;
  readonly #jobs: Jobs;
  readonly #acceleration: AccelerationState;

  constructor(engine: EngineClient, library: Library, jobs: Jobs, acceleration: AccelerationState) {
    this.#engine = engine;
    this.#library = library;
    this.#jobs = jobs;
    this.#acceleration = acceleration;
  }

  /** Of the training that runs, or of the latest one. */
  get curve(): readonly TrainingPoint[] {
    return this.#jobs.training?.curve ?? this.#latestCurve;
  }

  /** Takes news of a job. */
  hear({ kind, curve }: Job): void {
    if (kind === 'train' && curve.length > 0) this.#latestCurve = curve;
  }

  /** Whether more than the head can be trained: WebAssembly does not. */
  get trainsDeep(): boolean {
    const { current } = this.#acceleration;
    const trains: Record<TrainingChoice['backend'], boolean> = {
      auto: current !== null && current.backend !== 'wasm',
      tensorflow: current?.tensorflow != null,
      webgpu: true,
      wasm: false,
    };
    return trains[this.choice.backend];
  }

  /** The latest model that trained as deep as the choice says, for how long that took. */
  get similar(): Model | undefined {
    return this.#library.status?.models.findLast(
      ({ tune, seconds }) => tune === this.choice.tune && seconds !== null,
    );
  }

  /** Opens the screen with the choices that made the model that answers, as far as the screen has them. */
  async open(): Promise<void> {
    this.isOpen = true;
    const model = this.#library.hasLearned ? this.#library.model : undefined;
    if (model) this.choice = choiceOf(pickKnown(model));
    const { choice } = this;
    const [jobs, asked] = await Promise.all([
      this.#engine.calls.jobs(),
      model ? this.#engine.calls.trainedAs({ model: model.id }) : null,
    ]);
    for (const job of jobs.toReversed()) this.hear(job);
    // What the user has chosen meanwhile stays.
    if (asked && this.choice === choice) this.choice = choiceOf(asked);
  }

  close(): void {
    this.isOpen = false;
  }

  /** Forgets what belonged to another library. */
  clear(): void {
    this.close();
    this.choice = { ...defaults };
    this.#latestCurve = [];
  }

  /** The preset that these choices are of; null if they are the user's own. What is measured belongs to none. */
  get preset(): PresetName | null {
    return presetNames.find((name) => isOfPreset(this.choice, presetChoices[name])) ?? null;
  }

  usePreset(name: PresetName): void {
    const { backend, holdout } = this.choice;
    this.choice = { ...presetChoices[name], backend, holdout };
  }

  /** Whether these choices may start from the starter: it has words that learned with pictures, as the bundled network sees them. */
  get fitsStarter(): boolean {
    return fitsStarter(this.choice);
  }

  /** Takes a choice, and changes others that do not go with it. */
  change(choice: Partial<TrainingChoice>): void {
    const next = { ...this.choice, ...choice };
    if (!fitsStarter(next) && next.init === 'starter') next.init = 'pretrained';
    else if (fitsStarter(next) && !this.fitsStarter) next.init = 'starter';
    // A network with random weights sees nothing until all of it has learned.
    if (next.backbone === NEW_BACKBONE) next.tune = 'all';
    this.choice = next;
  }

  async start(): Promise<void> {
    const backbone = this.choice.backbone.trim();
    if (backbone === '') throw new Error('Write the path of the ONNX file, or choose another network.');
    const side = this.preset === 'paper' ? paperSide : undefined;
    await this.#engine.calls.train(trainInputSchema.parse({ ...this.choice, backbone, side }));
  }
}

/** The choices that a training was asked for with; what computes it is chosen anew each time. */
function choiceOf(asked: TrainInput): TrainingChoice {
  const { text, loss, negatives, tune, weighting, backbone, recipe, init, holdout } =
    trainInputSchema.parse(asked);
  const choice = { ...defaults, text, loss, negatives, tune, weighting, backbone, recipe };
  return {
    ...choice,
    init: init ?? (fitsStarter(choice) ? 'starter' : 'pretrained'),
    holdout: typeof holdout === 'number' ? holdout : undefined,
  };
}

/** What the record of a model says of how it was trained. The network of a file is known there by its name alone. */
function pickKnown({ text, loss, tune, backbone }: Model): TrainInput {
  const known = [BUNDLED_BACKBONE, NEW_BACKBONE].includes(backbone)
    ? { text, loss, tune, backbone }
    : { text, loss, tune };
  return trainInputSchema.safeParse(known).data ?? {};
}

const isOfPreset = (choice: TrainingChoice, preset: TrainingChoice): boolean =>
  (Object.keys(preset) as (keyof TrainingChoice)[]).every(
    (key) => key === 'backend' || key === 'holdout' || choice[key] === preset[key],
  );

const fitsStarter = ({ loss, backbone }: TrainingChoice): boolean =>
  loss === 'contrastive' && backbone === BUNDLED_BACKBONE;
