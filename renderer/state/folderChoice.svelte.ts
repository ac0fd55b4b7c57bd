/** Choosing a folder of the machine that the engine runs on: the one that is looked into, and the path that is typed. */
import type { CallOutput } from '../../electron/engine/contract.ts';
import type { EngineClient } from '../engine.ts';

export class FolderChoice {
  /** The folder that is shown; null until the first is. */
  folder = $state.raw<CallOutput<'listFolder'> | null>(null);
  /** Why the folder that was asked for last cannot be shown. */
  problem = $state<string | null>(null);
  #path = $state('');
  readonly #engine: EngineClient;
  /** Changes with every folder that is asked for: the last one is shown, whichever comes last. */
  #turn = 0;

  constructor(engine: EngineClient) {
    this.#engine = engine;
  }

  /** The path as it stands in the field. */
  get path(): string {
    return this.#path;
  }

  set path(path: string) {
    this.#path = path;
    this.problem = null;
  }

  /** Looks into a folder, or into the one to begin with. True if it is shown now; false if it cannot be, or another was asked for since. */
  async go(to?: string): Promise<boolean> {
    const turn = ++this.#turn;
    const typed = this.#path;
    try {
      const folder = await this.#engine.calls.listFolder(to ? { path: to } : {});
      if (turn !== this.#turn) return false;
      this.folder = folder;
      this.problem = null;
      // What was typed meanwhile stays.
      if (this.#path === typed) this.#path = folder.path;
      return true;
    } catch (error) {
      if (turn === this.#turn) this.problem = (error as Error).message;
      return false;
    }
  }

  /** Looks into a folder inside the one that is shown. */
  async enter(name: string): Promise<boolean> {
    const path = this.folder?.path ?? '';
    const separator = path.includes('\\') ? '\\' : '/';
    return this.go(path.endsWith(separator) ? path + name : `${path}${separator}${name}`);
  }

  /** The folder whose path stands in the field, once it is shown; null if it cannot be. */
  async choose(): Promise<string | null> {
    const isShown = this.#path === this.folder?.path || (await this.go(this.#path));
    return isShown && this.folder ? this.folder.path : null;
  }
}
