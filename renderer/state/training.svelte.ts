/** The Train screen: what the user chose for the next training, and how the latest one went. */
import {
  type Model,
  presets,
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

const isOfPreset = (choice: TrainingChoice, preset: TrainingChoice): boolean =>
  (Object.keys(preset) as (keyof TrainingChoice)[]).every(
    (key) => key === 'backend' || key === 'holdout' || choice[key] === preset[key],
  );

const fitsStarter = ({ loss, backbone }: TrainingChoice): boolean =>
  loss === 'contrastive' && backbone === BUNDLED_BACKBONE;
