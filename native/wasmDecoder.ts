/**
 * A picture decoder in WebAssembly. It is loaded when the first picture needs it, and again after it has failed in any way but
 * finding a file damaged: its memory has a limit, and after an allocation that did not fit, or a crash, it decodes nothing any more.
 */
import { FileProblem } from './problem.ts';

export class WasmDecoder<T> {
  readonly #load: () => Promise<T>;
  #loading: Promise<T> | undefined;

  /** `load` makes a decoder with memory of its own. */
  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  /**
   * What `decode` makes with the decoder; if that fails, with another one.
   * @throws {FileProblem} that `decode` throws; one that is not lasting if it fails twice.
   */
  async use<R>(decode: (decoder: T) => R | Promise<R>): Promise<R> {
    try {
      return await this.#attempt(decode);
    } catch (error) {
      if (error instanceof FileProblem) throw error;
    }
    try {
      return await this.#attempt(decode);
    } catch (error) {
      if (error instanceof FileProblem) throw error;
      // Emscripten throws C++ exceptions as bare numbers.
      const reason = error instanceof Error ? error.message : `error ${error}`;
      throw new FileProblem(`its decoder failed or had not enough memory (${reason})`, false, {
        cause: error,
      });
    }
  }

  async #attempt<R>(decode: (decoder: T) => R | Promise<R>): Promise<R> {
    this.#loading ??= this.#load();
    const loading = this.#loading;
    try {
      return await decode(await loading);
    } catch (error) {
      if (!(error instanceof FileProblem) && this.#loading === loading) this.#loading = undefined;
      throw error;
    }
  }
}
