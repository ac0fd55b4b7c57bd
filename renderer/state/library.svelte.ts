/** The open library and how to get to another one. What is in it is the list's business (`search.svelte.ts`). */
import {
  type CallOutput,
  type ImportReport,
  type LibraryStatus,
  type Model,
  type PastImport,
  type TrainInput,
  trainInputSchema,
} from '../../electron/engine/contract.ts';
import type { EngineClient } from '../engine.ts';
import { latestWins } from './latestWins.ts';

export type RecentLibrary = CallOutput<'recentLibraries'>[number];

export class Library {
  /** Null while none is open. */
  status = $state.raw<LibraryStatus | null>(null);
  recent = $state.raw<readonly RecentLibrary[]>([]);
  /** Of the last import into this library. */
  report = $state.raw<ImportReport | null>(null);
  /** The imports whose reports are kept, the latest first. */
  imports = $state.raw<readonly PastImport[]>([]);
  readonly #engine: EngineClient;
  readonly #changed: (before: LibraryStatus | null) => void;
  readonly #activate: (model: string) => Promise<void>;

  /** @param changed is called with the status before, whenever there is another */
  constructor(engine: EngineClient, changed: (before: LibraryStatus | null) => void) {
    this.#engine = engine;
    this.#changed = changed;
    this.#activate = latestWins(async (model) => this.hear(await engine.calls.activateModel({ model })));
  }

  get isOpen(): boolean {
    return this.status !== null;
  }

  /** The model that answers searches. */
  get model(): Model | undefined {
    return this.status?.models.find((model) => model.active);
  }

  /** True if a model of this library's own captions answers; false while it is the one that ships with Photolex. */
  get hasLearned(): boolean {
    return (this.model?.captions ?? 0) > 0;
  }

  /** True if learning would change something. */
  get canLearn(): boolean {
    return (this.status?.captioned ?? 0) > 0 && (!this.hasLearned || (this.status?.newCaptions ?? 0) > 0);
  }

  /** Takes a new status, told or answered: all come through here, so that whatever follows from a change does. */
  hear(status: LibraryStatus | null): void {
    const before = this.status;
    this.status = status;
    this.#changed(before);
  }

  /** Begins with what the engine has open. */
  async load(): Promise<void> {
    this.status = await this.#engine.calls.libraryStatus();
    if (this.status) await this.loadReport();
    else await this.loadRecent();
  }

  async loadRecent(): Promise<void> {
    this.recent = await this.#engine.calls.recentLibraries();
  }

  async loadReport(): Promise<void> {
    this.report = await this.#engine.calls.importReport();
  }

  async loadImports(): Promise<void> {
    this.imports = await this.#engine.calls.importReports();
  }

  /** The report of an earlier import; null if it is not kept any more. */
  reportOf(id: number): Promise<ImportReport | null> {
    return this.#engine.calls.importReport({ report: id });
  }

  /** Makes or opens the library of a folder of photos and starts reading it. */
  async openFolder(path: string): Promise<void> {
    await this.#engine.calls.openFolder({ path });
  }

  /** Adds photos to the open library; without one, opens the folder as a library of its own. */
  async importPhotos(path: string): Promise<void> {
    if (this.isOpen) await this.#engine.calls.importPhotos({ path });
    else await this.openFolder(path);
  }

  /** Reads everything again that was imported. */
  async rescan(): Promise<void> {
    await this.#engine.calls.rescan();
  }

  async openSampleAlbum(): Promise<void> {
    await this.#engine.calls.openSampleAlbum();
  }

  async open(path: string): Promise<void> {
    await this.#engine.calls.openLibrary({ path });
  }

  async close(): Promise<void> {
    await this.#engine.calls.closeLibrary();
  }

  /** Starts learning, in the way that the model that answers has learned. @param input what shall be otherwise */
  async learn(input: TrainInput = {}): Promise<void> {
    const { text, loss } = this.hasLearned ? this.model! : {};
    await this.#engine.calls.train(trainInputSchema.parse({ text, loss, ...input }));
  }

  /** Makes a model answer; of several in a row, the last one does in the end. */
  async activate(model: string): Promise<void> {
    await this.#activate(model);
  }
}
