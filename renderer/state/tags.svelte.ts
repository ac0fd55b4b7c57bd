/**
 * Words for photos that have none, as the Tags screen shows them: what is suggested, what was accepted of it, what can be undone, and
 * what waits to be written to sidecars.
 */
import {
  type Edit,
  type EditableText,
  MOST_SUGGESTED_PHOTOS,
  type PendingWrite,
  type SidecarReport,
  SUGGESTED_FROM,
  type SuggestedPhoto,
  type SuggestedWords,
  type Suggestion,
} from '../../electron/engine/contract.ts';
import type { EngineClient } from '../engine.ts';
import { latestWins } from './latestWins.ts';

/** Photos that are loaded at a time: about a screenful. */
const PAGE = 40;
/** Photos whose files the dialog names before it writes. */
const NAMED = 200;

/** What is pending, as far as the dialog shows it. */
export interface WritePreview {
  total: number;
  writes: readonly PendingWrite[];
}

export class Tags {
  isOpen = $state(false);
  photos = $state.raw<readonly SuggestedPhoto[]>([]);
  /** Photos without words, in all. */
  total = $state(0);
  loaded = $state(false);
  threshold = $state(SUGGESTED_FROM);
  words = $state<SuggestedWords>('own');
  /** The last edit, which can be undone; null if there is none. */
  lastEdit = $state.raw<Edit | null>(null);
  /** Photos whose words wait to be written. */
  pending = $state(0);
  /** What the dialog shows before it writes; null while it is closed. */
  preview = $state.raw<WritePreview | null>(null);
  /** What the last writing did. */
  report = $state.raw<SidecarReport | null>(null);
  /** By photo: words that were accepted since it was shown. */
  #accepted = $state.raw<ReadonlyMap<number, ReadonlySet<string>>>(new Map());

  /** Suggestions that were asked for in place of those shown and have not come yet. */
  #awaited = $state(0);
  /** Whether what is shown was suggested by another choice or another state of the library: then more of it is not wanted, but it anew. */
  #outdated = true;
  /** Changes with the library, so that answers of the one before are thrown away. */
  #version = 0;

  readonly #engine: EngineClient;
  readonly #failed: (error: unknown) => void;
  /** Told of photos whose words were changed here. */
  readonly #changed: () => void;
  readonly #load: () => Promise<void>;

  constructor(engine: EngineClient, failed: (error: unknown) => void, changed: () => void) {
    this.#engine = engine;
    this.#failed = failed;
    this.#changed = changed;
    this.#load = latestWins(() => (this.#outdated ? this.#loadAnew() : this.#loadMore()));
  }

  /** Whether other suggestions than those shown are on their way. */
  get busy(): boolean {
    return this.#awaited > 0;
  }

  /** Words that are suggested for the photos shown, those of most photos first. */
  get suggested(): { word: string; photos: number }[] {
    const counts = new Map<string, number>();
    for (const { id, suggestions } of this.photos)
      for (const { word } of suggestions)
        if (!this.isAccepted(id, word)) counts.set(word, (counts.get(word) ?? 0) + 1);
    return [...counts]
      .map(([word, photos]) => ({ word, photos }))
      .sort((one, other) => other.photos - one.photos || (one.word < other.word ? -1 : 1));
  }

  isAccepted(photo: number, word: string): boolean {
    return this.#accepted.get(photo)?.has(word) ?? false;
  }

  async open(): Promise<void> {
    this.isOpen = true;
    await this.refresh();
  }

  close(): void {
    this.isOpen = false;
  }

  /** Forgets what belonged to another library. */
  clear(): void {
    this.#version++;
    this.#outdated = true;
    this.isOpen = false;
    this.photos = [];
    this.total = 0;
    this.loaded = false;
    this.lastEdit = null;
    this.pending = 0;
    this.preview = null;
    this.report = null;
    this.#accepted = new Map();
  }

  /** Loads everything again; never rejects. */
  async refresh(): Promise<void> {
    await this.#try(() => Promise.all([this.#replace(), this.#loadEdits()]));
  }

  /** Loads more photos, if there are more. */
  async more(): Promise<void> {
    if (this.photos.length > 0) await this.#try(() => this.#load());
  }

  async choose(choice: { threshold?: number; words?: SuggestedWords }): Promise<void> {
    Object.assign(this, choice);
    await this.#try(() => this.#replace());
  }

  /** Accepts a word for a photo, or takes it back if it was accepted. */
  async toggle(photo: number, word: string): Promise<void> {
    await this.#setAccepted(photo, [word], !this.isAccepted(photo, word));
  }

  /** Accepts all that is suggested for a photo. */
  async acceptAll({ id, suggestions }: SuggestedPhoto): Promise<void> {
    const words = suggestions.map(({ word }) => word).filter((word) => !this.isAccepted(id, word));
    await this.#setAccepted(id, words, true);
  }

  /** Accepts words for a photo or takes them back: shown at once, and as before if it cannot be done. */
  async #setAccepted(photo: number, words: readonly string[], isAccepted: boolean): Promise<void> {
    const texts = words.map((text): EditableText => ({ kind: 'keyword', text }));
    this.#mark(photo, words, isAccepted);
    const done = await this.edit([photo], isAccepted ? texts : [], isAccepted ? [] : texts);
    if (!done) this.#mark(photo, words, !isAccepted);
  }

  #mark(photo: number, words: readonly string[], isAccepted: boolean): void {
    const marked = new Set(this.#accepted.get(photo));
    for (const word of words) {
      if (isAccepted) marked.add(word);
      else marked.delete(word);
    }
    const accepted = new Map(this.#accepted);
    if (marked.size > 0) accepted.set(photo, marked);
    else accepted.delete(photo);
    this.#accepted = accepted;
  }

  /** Accepts a word for every photo for which it is suggested, shown or not; the job tells how it goes. */
  async acceptEverywhere(word: string): Promise<void> {
    const { threshold, words } = this;
    await this.#try(() => this.#engine.calls.acceptTags({ word, threshold, words }));
  }

  /** Never suggests a word for a photo again: it goes at once, and comes back if it cannot be done. */
  async reject(photo: number, word: string): Promise<void> {
    const rejected = this.photos
      .find(({ id }) => id === photo)
      ?.suggestions.find((suggestion) => suggestion.word === word);
    const without = (suggestions: readonly Suggestion[]): Suggestion[] =>
      suggestions.filter((suggestion) => suggestion.word !== word);
    this.#suggest(photo, without);
    const done = await this.#edited(() => this.#engine.calls.rejectTag({ photos: [photo], word }));
    if (done || !rejected) return;
    this.#suggest(photo, (suggestions) =>
      [...without(suggestions), rejected].sort((one, other) => other.probability - one.probability),
    );
  }

  /** Changes what is suggested for a photo, if it is shown. */
  #suggest(photo: number, change: (suggestions: readonly Suggestion[]) => Suggestion[]): void {
    this.photos = this.photos.map((shown) =>
      shown.id === photo ? { ...shown, suggestions: change(shown.suggestions) } : shown,
    );
  }

  /** Changes the words of photos; false if that failed, which is reported. */
  async edit(
    photos: number[],
    add: readonly EditableText[],
    remove: readonly EditableText[] = [],
  ): Promise<boolean> {
    return this.#edited(() => this.#engine.calls.editWords({ photos, add: [...add], remove: [...remove] }));
  }

  /** Takes back the last edit. */
  async undo(): Promise<void> {
    await this.#edited(() => this.#engine.calls.undoEdit());
    if (this.isOpen) await this.refresh();
  }

  async #edited(change: () => Promise<unknown>): Promise<boolean> {
    const done = await this.#try(change);
    await this.#try(() => this.#loadEdits());
    this.#changed();
    return done;
  }

  async #replace(): Promise<void> {
    this.#outdated = true;
    this.#awaited++;
    try {
      await this.#load();
    } finally {
      this.#awaited--;
    }
  }

  /** Loads as many photos again as are shown, so that nobody loses the place. */
  async #loadAnew(): Promise<void> {
    const version = this.#version;
    this.#outdated = false;
    try {
      const { threshold, words } = this;
      const limit = Math.min(MOST_SUGGESTED_PHOTOS, Math.max(PAGE, this.photos.length));
      const { total, photos } = await this.#engine.calls.suggestTags({ threshold, words, limit });
      if (version !== this.#version) return;
      this.#accepted = new Map();
      this.#show(photos, total);
    } catch (error) {
      this.#outdated = true;
      throw error;
    }
  }

  async #loadMore(): Promise<void> {
    const version = this.#version;
    // What got words meanwhile is not among those without any more.
    const offset = this.photos.filter(({ id }) => !this.#accepted.has(id)).length;
    if (offset >= this.total) return;
    const { threshold, words } = this;
    const { total, photos } = await this.#engine.calls.suggestTags({ threshold, words, offset, limit: PAGE });
    if (version !== this.#version) return;
    const known = new Set(this.photos.map(({ id }) => id));
    this.#show([...this.photos, ...photos.filter(({ id }) => !known.has(id))], total);
  }

  #show(photos: readonly SuggestedPhoto[], total: number): void {
    this.photos = photos;
    this.total = total;
    this.loaded = true;
  }

  async #loadEdits(): Promise<void> {
    const [[last], { total }] = await Promise.all([
      this.#engine.calls.edits({ limit: 1 }),
      this.#engine.calls.pendingWrites({ limit: 1 }),
    ]);
    this.lastEdit = last ?? null;
    this.pending = total;
  }

  /** Whether writing would write anything; of photos that the preview does not name, that is only known when they are written. */
  get canWrite(): boolean {
    if (!this.preview) return false;
    const { total, writes } = this.preview;
    return total > writes.length || writes.some(({ files }) => files.some(({ problem }) => problem === null));
  }

  /** Shows what would be written. */
  async prepare(): Promise<void> {
    await this.#try(async () => {
      this.preview = await this.#engine.calls.pendingWrites({ limit: NAMED });
    });
  }

  /** Writes all that waits. */
  async write(): Promise<void> {
    this.preview = null;
    await this.#try(() => this.#engine.calls.writeSidecars({}));
  }

  /** Takes notice that a job has changed words or written them. */
  async hearEnd(kind: 'tag' | 'sidecars'): Promise<void> {
    await this.#try(async () => {
      if (kind === 'sidecars') this.report = await this.#engine.calls.sidecarReport();
      await this.#loadEdits();
      if (kind === 'tag' && this.isOpen) await this.#replace();
    });
    this.#changed();
  }

  /** Whether a task succeeded; if not, that is reported. */
  async #try(task: () => Promise<unknown>): Promise<boolean> {
    try {
      await task();
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }
}
