/** Short messages that come up over the window and go again: what went wrong, in the engine's own words. */

export interface Notice {
  readonly key: number;
  readonly kind: 'error' | 'hint';
  readonly text: string;
}

/** How long a notice stays, in milliseconds; an error stays until it is closed, or three others have come. */
const HINT_STAYS = 5000;
const MOST = 3;

export class Notices {
  list = $state.raw<readonly Notice[]>([]);
  #serial = 0;

  show(kind: Notice['kind'], text: string): void {
    const key = ++this.#serial;
    const others = this.list.filter((notice) => notice.text !== text);
    this.list = [...others, { key, kind, text }].slice(-MOST);
    if (kind === 'hint') setTimeout(() => this.dismiss(key), HINT_STAYS);
  }

  /** Shows what was thrown. */
  fail(error: unknown): void {
    this.show('error', error instanceof Error ? error.message : String(error));
  }

  dismiss(key: number): void {
    this.list = this.list.filter((notice) => notice.key !== key);
  }

  /** Does a task and shows its error, if there is one; then the result is undefined. */
  async attempt<Result>(task: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await task();
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }
}
